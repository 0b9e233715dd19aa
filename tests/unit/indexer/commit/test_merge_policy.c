/* SPDX-License-Identifier: MIT */
/* The merge policy keeps segments few and writes little again. */
#include "tests/support/testing.h"

#include <math.h>

#include "indexer/commit/merge_policy.h"

static const struct merge_limits no_limits = {UINT64_MAX, UINT64_MAX, UINT64_MAX};

static struct segment_info of_bytes(uint64_t bytes) {
    return (struct segment_info){.documents = 1000, .bytes = bytes};
}

static uint64_t live_bytes(const struct segment_info *segment) {
    return (uint64_t)((double)segment->bytes * (segment->documents - segment->deleted) /
                      segment->documents);
}

/* Adds a segment of this many bytes, and merges as the policy says. A merged segment has the live
 * bytes of its parts. Returns the number of merges. */
static unsigned policy_add(struct catalog *catalog, uint64_t bytes, uint64_t *written) {
    catalog->segments[catalog->segment_count++] = of_bytes(bytes);
    size_t first, count;
    unsigned rounds = 0;
    while (merge_policy_choose(&first, &count, catalog, &no_limits)) {
        struct segment_info merged = of_bytes(0);
        assert_true(count >= 1 && first + count <= catalog->segment_count);
        for (size_t i = first; i < first + count; i++)
            merged.bytes += live_bytes(&catalog->segments[i]);
        *written += merged.bytes;
        catalog->segments[first] = merged;
        memmove(catalog->segments + first + 1, catalog->segments + first + count,
                (catalog->segment_count - first - count) * sizeof merged);
        catalog->segment_count -= count - 1;
        assert_true(++rounds < 100);
    }
    return rounds;
}

/* Commits of `bytes[0]` to `bytes[1]` bytes, evenly distributed by their logarithm; or, with a
 * period, of `bytes[1]` each `period`-th time and of `bytes[0]` otherwise. */
struct workload {
    const char *name;
    unsigned before; /* the index begins with this many segments of before_bytes */
    uint64_t before_bytes;
    uint64_t bytes[2];
    unsigned period;
    unsigned commits;
};

static uint64_t workload_bytes(const struct workload *workload, unsigned commit,
                               struct testing_random *random) {
    const uint64_t *bytes = workload->bytes;
    if (workload->period)
        return bytes[commit % workload->period == 0];
    double share = testing_random_below(random, 1001) / 1000.0;
    return (uint64_t)((double)bytes[0] * pow((double)bytes[1] / (double)bytes[0], share));
}

/* Whatever the batches, merging writes at most log2(commits) times their bytes, including what it
 * writes of earlier segments. */
static void test_merge_policy_choose__writes_a_logarithm(void **state) {
    (void)state;
    enum { KIB = 1 << 10, MIB = 1 << 20 };
    static const struct workload workloads[] = {
        {"bulk", 0, 0, {80 * MIB, 80 * MIB}, 0, 20},
        {"bulk", 0, 0, {80 * MIB, 80 * MIB}, 0, 100},
        {"bulk", 0, 0, {50 * MIB, 100 * MIB}, 0, 3000},
        {"small", 0, 0, {10 * KIB, 10 * KIB}, 0, 10000},
        {"small after a large one", 1, 1000 * MIB, {50 * KIB, 50 * KIB}, 0, 5000},
        {"small after two", 2, 60 * MIB, {20 * KIB, 80 * KIB}, 0, 5000},
        {"small after eight", MERGE_POLICY_LARGE_MAX, 80 * MIB, {50 * KIB, 50 * KIB}, 0, 10000},
        {"middling after eight", MERGE_POLICY_LARGE_MAX, 80 * MIB, {MIB, MIB}, 0, 2000},
        {"of all sizes", 0, 0, {10 * KIB, 100 * MIB}, 0, 5000},
        {"a large one at times", 0, 0, {50 * KIB, 80 * MIB}, 10, 3000},
        {"a larger one at times", 0, 0, {50 * KIB, 5 * MIB}, 100, 5000},
        {"a large one often", 0, 0, {50 * KIB, 80 * MIB}, 2, 3000},
    };
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++) {
        const struct workload *workload = &workloads[i];
        struct testing_random random = testing_random();
        struct segment_info segments[64];
        struct catalog catalog = {.segments = segments};
        uint64_t added = 0, written = 0;
        for (unsigned k = 0; k < workload->before; k++)
            policy_add(&catalog, workload->before_bytes, &written);
        assert_int_equal(written, 0);
        for (unsigned commit = 0; commit < workload->commits; commit++) {
            uint64_t bytes = workload_bytes(workload, commit, &random);
            added += bytes;
            policy_add(&catalog, bytes, &written);
            assert_in_range(catalog.segment_count, 1, MERGE_POLICY_SEGMENTS_MAX);
        }
        double most = log2(workload->commits) * (double)added;
        if ((double)written > most)
            fail_msg("%s: wrote %.1f times what came", workload->name,
                     (double)written / (double)added);
    }
}

/* A few batches are not merged at all. */
static void test_merge_policy_choose__few_batches_stay(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (unsigned round = 0; round < 100; round++) {
        struct segment_info segments[64];
        struct catalog catalog = {.segments = segments};
        uint64_t written = 0;
        for (unsigned commit = 0; commit < MERGE_POLICY_LARGE_MAX; commit++)
            policy_add(&catalog, 1 + testing_random_bits(&random, 1 + round % 30), &written);
        assert_int_equal(catalog.segment_count, MERGE_POLICY_LARGE_MAX);
        assert_int_equal(written, 0);
    }
}

/* Whatever is added and deleted, segments stay few and no bytes are lost. */
static void test_merge_policy_choose__batches_of_any_size(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (unsigned round = 0; round < 20; round++) {
        struct segment_info segments[64];
        struct catalog catalog = {.segments = segments};
        uint64_t added = 0, written = 0, left = 0;
        for (unsigned commit = 0; commit < 1000; commit++) {
            uint64_t bytes = 1 + testing_random_bits(&random, 10 + round);
            added += bytes;
            if (round % 2 && catalog.segment_count) {
                struct segment_info *segment =
                    &segments[testing_random_below(&random, (uint32_t)catalog.segment_count)];
                segment->deleted += testing_random_below(&random, 1000 - segment->deleted);
            }
            policy_add(&catalog, bytes, &written);
            assert_true(catalog.segment_count <= MERGE_POLICY_SEGMENTS_MAX);
            for (size_t i = 0; i < catalog.segment_count; i++)
                assert_true(4 * segments[i].deleted < segments[i].documents);
        }
        for (size_t i = 0; i < catalog.segment_count; i++)
            left += segments[i].bytes;
        assert_true(round % 2 ? left <= added : left == added);
    }
}

/* Batches of growing sizes in the ruler sequence are the worst case for a policy with tiers. */
static void test_merge_policy_choose__never_too_many(void **state) {
    (void)state;
    for (unsigned period = 1; period < 12; period++) {
        struct segment_info segments[64];
        struct catalog catalog = {.segments = segments};
        uint64_t written = 0;
        for (unsigned commit = 0; commit < 3000; commit++) {
            /* After every `period` batches of a tier comes one of the next. */
            unsigned tier = 0;
            for (unsigned left = commit + 1; left % (period + 1) == 0; left /= period + 1)
                tier++;
            policy_add(&catalog, (uint64_t)MERGE_POLICY_FLOOR << 2 * tier, &written);
            assert_true(catalog.segment_count <= MERGE_POLICY_SEGMENTS_MAX);
        }
    }
}

/* A few documents are added to a large index again and again, as by cron. Each merge has a fixed
 * cost, so there are few of them. */
static void test_merge_policy_choose__small_batches_leave_large_segments_alone(void **state) {
    (void)state;
    struct segment_info segments[64] = {of_bytes(1 << 30)};
    struct catalog catalog = {.segments = segments, .segment_count = 1};
    uint64_t written = 0;
    unsigned merges = 0;
    for (unsigned commit = 0; commit < 1000; commit++) {
        merges += policy_add(&catalog, 10000, &written);
        assert_int_equal(segments[0].bytes, 1 << 30);
    }
    assert_true(written < 1 << 30);
    assert_true(merges < 1000 / 5);
}

/* The same with as many large segments as may be, and small ones up to half the size of what counts
 * as large. */
static void test_merge_policy_choose__small_batches_have_places_left(void **state) {
    (void)state;
    struct segment_info segments[64];
    struct catalog catalog = {.segments = segments};
    uint64_t written = 0;
    for (unsigned i = 0; i < MERGE_POLICY_LARGE_MAX; i++)
        policy_add(&catalog, 100 << 20, &written);
    for (unsigned commit = 0; commit < (100 << 20) / MERGE_POLICY_RATIO / 20000; commit++) {
        policy_add(&catalog, 10000, &written);
        for (unsigned i = 0; i < MERGE_POLICY_LARGE_MAX; i++)
            assert_int_equal(segments[i].bytes, 100 << 20);
    }
    assert_true(written < 100 << 20);
}

static void test_merge_policy_choose__nothing_to_do(void **state) {
    (void)state;
    struct segment_info segments[MERGE_POLICY_SEGMENTS_MAX];
    struct catalog catalog = {.segments = segments};
    size_t first, count;
    assert_false(merge_policy_choose(&first, &count, &catalog, &no_limits));
    while (catalog.segment_count < MERGE_POLICY_SEGMENTS_MAX) {
        /* Of twelve, every third is small, so eight are large. */
        bool small = catalog.segment_count % 3 == 2;
        segments[catalog.segment_count++] = of_bytes(small ? 100 : 1 << 30);
        assert_false(merge_policy_choose(&first, &count, &catalog, &no_limits));
    }
}

/* Small segments between large ones are merged with them; those outside are not. */
static void test_merge_policy_choose__too_many_large_ones(void **state) {
    (void)state;
    enum { LARGE = 1 << 30 };
    struct segment_info segments[] = {
        of_bytes(9),         of_bytes(LARGE), of_bytes(LARGE),
        of_bytes(10),        of_bytes(LARGE), of_bytes(LARGE),
        of_bytes(LARGE / 2), of_bytes(LARGE), of_bytes(LARGE / MERGE_POLICY_RATIO),
        of_bytes(LARGE),     of_bytes(LARGE), of_bytes(LARGE / MERGE_POLICY_RATIO - 1)};
    struct catalog catalog = {.segments = segments, .segment_count = 12};
    size_t first, count;
    assert_true(merge_policy_choose(&first, &count, &catalog, &no_limits));
    assert_int_equal(first, 1);
    assert_int_equal(count, 10);
    segments[8].bytes--; /* now one fewer is large */
    assert_false(merge_policy_choose(&first, &count, &catalog, &no_limits));
}

/* Many small segments are merged at once, because each merge has a fixed cost; the large one before
 * them is not worth rewriting. */
static void test_merge_policy_choose__too_many(void **state) {
    (void)state;
    struct segment_info segments[MERGE_POLICY_SEGMENTS_MAX + 1];
    struct catalog catalog = {.segments = segments, .segment_count = MERGE_POLICY_SEGMENTS_MAX + 1};
    size_t first, count;
    for (size_t i = 0; i < catalog.segment_count; i++)
        segments[i] = of_bytes(10000);
    segments[2] = of_bytes(200 << 20);
    assert_true(merge_policy_choose(&first, &count, &catalog, &no_limits));
    assert_int_equal(first, 3);
    assert_int_equal(count, MERGE_POLICY_SEGMENTS_MAX - 2);
}

static void test_merge_policy_choose__many_deleted(void **state) {
    (void)state;
    struct segment_info segments[] = {of_bytes(1 << 30), of_bytes(1 << 25)};
    struct catalog catalog = {.segments = segments, .segment_count = 2};
    size_t first, count;
    segments[1].deleted = 249;
    assert_false(merge_policy_choose(&first, &count, &catalog, &no_limits));
    segments[1].deleted = 250;
    assert_true(merge_policy_choose(&first, &count, &catalog, &no_limits));
    assert_true(first == 1 && count == 1);
}

/* Of a few documents, one deleted document is a quarter only when it is. */
static void test_merge_policy_choose__few_documents(void **state) {
    (void)state;
    size_t first, count;
    for (uint32_t documents = 2; documents < 20; documents++)
        for (uint32_t removed = 0; removed < documents; removed++) {
            struct segment_info segment = {
                .documents = documents, .deleted = removed, .bytes = 100};
            struct catalog catalog = {.segments = &segment, .segment_count = 1};
            assert_int_equal(merge_policy_choose(&first, &count, &catalog, &no_limits),
                             removed && 4 * removed >= documents);
        }
}

/* Never more than a limit, and what is full stays as it is. */
static void test_merge_policy_choose__keeps_the_limits(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    static const struct merge_limits limits = {
        .documents = 100000, .tokens = 5000000, .bytes = 4000000};
    struct segment_info segments[256];
    struct catalog catalog = {.segments = segments};
    uint64_t added = 0, written = 0;
    for (unsigned i = 0; i < 3000; i++) {
        uint32_t documents = 1 + testing_random_below(&random, 1000);
        struct segment_field field = {.number = 40, .length = 90 * documents};
        segments[catalog.segment_count++] =
            (struct segment_info){.documents = documents,
                                  .length = testing_random_below(&random, 70) * documents,
                                  .bytes = testing_random_below(&random, 50) * documents,
                                  .fields = i % 2 ? &field : NULL,
                                  .field_count = i % 2};
        added += segments[catalog.segment_count - 1].bytes;
        size_t first, count;
        while (merge_policy_choose(&first, &count, &catalog, &limits)) {
            struct segment_info sum = {0};
            assert_true(count > 1);
            for (size_t k = first; k < first + count; k++) {
                const struct segment_info *part = &segments[k];
                sum.documents += part->documents;
                sum.length += part->field_count ? part->fields[0].length : part->length;
                sum.bytes += part->bytes;
                assert_true(2 * part->documents <= limits.documents);
            }
            assert_true(sum.documents <= limits.documents && sum.length <= limits.tokens &&
                        sum.bytes <= limits.bytes);
            written += sum.bytes;
            segments[first] = sum;
            memmove(segments + first + 1, segments + first + count,
                    (catalog.segment_count - first - count) * sizeof *segments);
            catalog.segment_count -= count - 1;
        }
        for (size_t k = 0; k < catalog.segment_count; k++) { /* the field is this round's */
            if (segments[k].field_count)
                segments[k].length = segments[k].fields[0].length;
            segments[k].field_count = 0;
        }
        assert_true(catalog.segment_count < 200);
    }
    assert_true(written < 12 * added);
    /* As few as the limits allow, nearly. */
    size_t groups = 0;
    for (size_t first = 0; first < catalog.segment_count; groups++)
        first += merge_policy_fitting(&catalog, first, &limits);
    assert_true(groups > 10 && catalog.segment_count < 3 * groups);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_merge_policy_choose__writes_a_logarithm),
        cmocka_unit_test(test_merge_policy_choose__few_batches_stay),
        cmocka_unit_test(test_merge_policy_choose__batches_of_any_size),
        cmocka_unit_test(test_merge_policy_choose__never_too_many),
        cmocka_unit_test(test_merge_policy_choose__small_batches_leave_large_segments_alone),
        cmocka_unit_test(test_merge_policy_choose__small_batches_have_places_left),
        cmocka_unit_test(test_merge_policy_choose__nothing_to_do),
        cmocka_unit_test(test_merge_policy_choose__too_many_large_ones),
        cmocka_unit_test(test_merge_policy_choose__too_many),
        cmocka_unit_test(test_merge_policy_choose__many_deleted),
        cmocka_unit_test(test_merge_policy_choose__few_documents),
        cmocka_unit_test(test_merge_policy_choose__keeps_the_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
