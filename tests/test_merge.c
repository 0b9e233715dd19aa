/* Merging: the same index as a fresh one, and few segments. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/verify.h"
#include "indexer/merge.h"
#include "tests/support/shelf.h"

/* Documents as strings that are theirs. */
struct texts {
    struct shelf_document *documents;
    size_t count;
};

static char *words(struct testing_random *random, uint32_t count, uint32_t vocabulary) {
    struct buffer text = {0};
    testing_words(&text, random, count, vocabulary);
    assert_int_equal(buffer_append_byte(&text, '\0'), ST_OK);
    return (char *)text.data;
}

static void make_texts(struct texts *texts, struct testing_random *random, size_t count,
                       uint32_t most, uint32_t vocabulary) {
    texts->documents = calloc(count, sizeof *texts->documents);
    assert_non_null(texts->documents);
    texts->count = count;
    for (size_t i = 0; i < count; i++) {
        char *id = malloc(24);
        assert_non_null(id);
        snprintf(id, 24, "id-%zu", i);
        texts->documents[i] =
            (struct shelf_document){.id = id,
                                    .title = words(random, testing_below(random, 4), vocabulary),
                                    .text = words(random, testing_below(random, most), vocabulary)};
    }
}

static void release_texts(struct texts *texts) {
    for (size_t i = 0; i < texts->count; i++) {
        free((char *)texts->documents[i].id);
        free((char *)texts->documents[i].title);
        free((char *)texts->documents[i].text);
    }
    free(texts->documents);
}

/* Asserts that what the writer has committed is what the other index has. */
static void assert_equal_contents(struct writer *writer, const char *other) {
    struct error err;
    struct verify_counts counts;
    struct buffer a = {0}, b = {0};
    assert_ok(verify_snapshot(writer_snapshot(writer), &counts, &err), &err);
    shelf_content(&a, writer_snapshot(writer));
    shelf_content_of(&b, other);
    assert_true(a.size > 1000);
    assert_slice(buffer_slice(&a), buffer_slice(&b));
    buffer_release(&a);
    buffer_release(&b);
}

/* Blocks of text that were taken over as they are name their documents by the new numbers. */
static void check_text_index(struct segment *segment) {
    struct error err;
    unsigned checked = 0;
    for (uint32_t doc = 0; doc < segment->info.documents; doc++) {
        struct document document;
        struct docs_text where;
        struct blocks_entry entry;
        assert_ok(segment_record(segment, doc, &document, &where, &err), &err);
        if (where.offset || !where.size)
            continue;
        assert_true(blocks_entry(&segment->chunks, STREAM_TEXT_INDEX, where.block, &entry));
        assert_int_equal(entry.first, doc);
        checked++;
    }
    assert_true(checked > 0);
}

/* Indexes the texts in random batches with random removals in between, and those that are left in
 * one piece: the two are equal before and after compaction. */
static void check_merging(struct testing_random *random, size_t count, uint32_t most,
                          uint32_t vocabulary, bool removals) {
    struct error err;
    struct texts texts;
    make_texts(&texts, random, count, most, vocabulary);
    bool *gone = calloc(count, sizeof *gone);
    struct shelf_document *left = calloc(count, sizeof *left);
    assert_true(gone && left);
    const char *index = testing_path("index"), *fresh = testing_path("fresh");
    struct writer *writer = shelf_writer(index);
    for (size_t i = 0; i < count; i++) {
        shelf_add(writer, texts.documents[i].id, texts.documents[i].title, texts.documents[i].text,
                  WRITER_NEW);
        if (removals && testing_below(random, 3) == 0) {
            size_t other = testing_below(random, (uint32_t)i + 1);
            enum status expected = gone[other] ? ST_NOT_FOUND : ST_OK;
            assert_status(writer_remove(writer, slice_of_string(texts.documents[other].id), &err),
                          expected, &err);
            gone[other] = true;
        }
        if (testing_below(random, (uint32_t)count / 12 + 1) == 0)
            assert_ok(writer_commit(writer, &err), &err);
    }
    assert_ok(writer_commit(writer, &err), &err);
    const struct writer_counts *counts = writer_counts(writer);
    assert_true(counts->merges > 0 || counts->commits < MERGE_WIDTH);
    assert_in_range(writer_snapshot(writer)->catalog.count, 1, MERGE_MOST);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!gone[i])
            left[kept++] = texts.documents[i];
    shelf_fill(fresh, left, kept, 0);
    assert_equal_contents(writer, fresh);
    assert_ok(writer_compact(writer, &err), &err);
    assert_int_equal(writer_snapshot(writer)->catalog.count, 1);
    assert_equal_contents(writer, fresh);
    check_text_index(&writer_snapshot(writer)->segments[0]);
    writer_close(writer);
    free(gone);
    free(left);
    release_texts(&texts);
}

static void test_merge_segments__equal_to_a_fresh_index(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    check_merging(&random, 2000, 30, 500, false);
    check_merging(&random, 1500, 60, 20, false);
    check_merging(&random, 60, 5000, 3000, false);
}

static void test_merge_segments__equal_without_the_removed(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    check_merging(&random, 2000, 30, 500, true);
    check_merging(&random, 1500, 60, 20, true);
    check_merging(&random, 60, 5000, 3000, true);
}

static struct catalog_segment of_bytes(uint64_t bytes) {
    return (struct catalog_segment){.documents = 1000, .bytes = bytes};
}

static uint64_t live_bytes(const struct catalog_segment *segment) {
    return (uint64_t)((double)segment->bytes * (segment->documents - segment->removed) /
                      segment->documents);
}

/* What an index does with a segment of so many bytes: it comes in, and all that should be is merged
 * into segments of the sum of the live bytes. */
static void policy_add(struct catalog *catalog, uint64_t bytes, uint64_t *written) {
    catalog->segments[catalog->count++] = of_bytes(bytes);
    size_t first, count;
    unsigned rounds = 0;
    while (merge_choose(catalog, &first, &count)) {
        struct catalog_segment merged = of_bytes(0);
        assert_true(count >= 1 && first + count <= catalog->count);
        for (size_t i = first; i < first + count; i++)
            merged.bytes += live_bytes(&catalog->segments[i]);
        *written += merged.bytes;
        catalog->segments[first] = merged;
        memmove(catalog->segments + first + 1, catalog->segments + first + count,
                (catalog->count - first - count) * sizeof merged);
        catalog->count -= count - 1;
        assert_true(++rounds < 100);
    }
}

/* Of a segment: how many times 4 MERGE_FLOOR goes into it. */
static unsigned tier_of(uint64_t bytes) {
    unsigned tier = 0;
    for (; bytes >= MERGE_FLOOR; bytes /= 4)
        tier++;
    return tier;
}

/* Batches of one tier: at most MERGE_WIDTH - 1 segments of each, and every byte is written at most
 * once a tier after the first time. */
static void test_merge_choose__batches_of_like_size(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (unsigned tier = 0; tier < 5; tier++) {
        struct catalog_segment segments[64];
        struct catalog catalog = {.segments = segments};
        uint64_t least = tier ? (uint64_t)MERGE_FLOOR << 2 * (tier - 1) : 1000;
        uint64_t below = (uint64_t)MERGE_FLOOR << 2 * tier;
        uint64_t added = 0, written = 0;
        for (unsigned commit = 0; commit < 1000; commit++) {
            uint64_t bytes = least + testing_next(&random) % (below - least);
            added += bytes;
            policy_add(&catalog, bytes, &written);
            unsigned of_tier[32] = {0}, most = 0;
            for (size_t i = 0; i < catalog.count; i++) {
                unsigned other = tier_of(segments[i].bytes);
                assert_true(++of_tier[other] < MERGE_WIDTH);
                most = other > most ? other : most;
            }
            if (tier)
                assert_true(written <= added * (most - tier));
        }
    }
}

/* Whatever comes and goes, segments are few, and no bytes are lost. */
static void test_merge_choose__batches_of_any_size(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (unsigned round = 0; round < 20; round++) {
        struct catalog_segment segments[64];
        struct catalog catalog = {.segments = segments};
        uint64_t added = 0, written = 0, left = 0;
        for (unsigned commit = 0; commit < 1000; commit++) {
            uint64_t bytes = 1 + testing_bits(&random, 10 + round);
            added += bytes;
            if (round % 2 && catalog.count) {
                struct catalog_segment *segment =
                    &segments[testing_below(&random, (uint32_t)catalog.count)];
                segment->removed += testing_below(&random, 1000 - segment->removed);
            }
            policy_add(&catalog, bytes, &written);
            assert_true(catalog.count <= MERGE_MOST);
            for (size_t i = 0; i < catalog.count; i++)
                assert_true(4 * segments[i].removed < segments[i].documents);
        }
        for (size_t i = 0; i < catalog.count; i++)
            left += segments[i].bytes;
        assert_true(round % 2 ? left <= added : left == added);
    }
}

/* Small and large in turn, and large ones that grow towards the end: what keeps tiers apart. */
static void test_merge_choose__never_too_many(void **state) {
    (void)state;
    for (unsigned period = 1; period < 12; period++) {
        struct catalog_segment segments[64];
        struct catalog catalog = {.segments = segments};
        uint64_t written = 0;
        for (unsigned commit = 0; commit < 3000; commit++) {
            /* The ruler sequence: after every few of a tier one of the next. */
            unsigned tier = 0;
            for (unsigned rest = commit + 1; rest % (period + 1) == 0; rest /= period + 1)
                tier++;
            policy_add(&catalog, (uint64_t)MERGE_FLOOR << 2 * tier, &written);
            assert_true(catalog.count <= MERGE_MOST);
        }
    }
}

/* As when cron adds a few documents to a large index again and again. */
static void test_merge_choose__small_batches_leave_large_segments_alone(void **state) {
    (void)state;
    struct catalog_segment segments[64] = {of_bytes(1 << 30)};
    struct catalog catalog = {.segments = segments, .count = 1};
    uint64_t written = 0;
    for (unsigned commit = 0; commit < 1000; commit++) {
        policy_add(&catalog, 10000, &written);
        assert_int_equal(segments[0].bytes, 1 << 30);
    }
    assert_true(written < 1 << 30);
}

static void test_merge_choose__nothing_to_do(void **state) {
    (void)state;
    struct catalog_segment segments[] = {of_bytes(100), of_bytes(1 << 30), of_bytes(100),
                                         of_bytes(100), of_bytes(1 << 20), of_bytes(100)};
    struct catalog catalog = {.segments = segments};
    size_t first, count;
    for (catalog.count = 0; catalog.count <= 6; catalog.count++)
        assert_false(merge_choose(&catalog, &first, &count));
}

/* Small segments before and between those that are merged are taken along. */
static void test_merge_choose__neighbours(void **state) {
    (void)state;
    struct catalog_segment segments[] = {
        of_bytes(2 << 20), of_bytes(1ull << 40), of_bytes(9), of_bytes(2 << 20), of_bytes(10),
        of_bytes(3 << 20), of_bytes(2 << 20),    of_bytes(7), of_bytes(2 << 20), of_bytes(5)};
    struct catalog catalog = {.segments = segments, .count = 10};
    size_t first, count;
    assert_true(merge_choose(&catalog, &first, &count));
    assert_int_equal(first, 2);
    assert_int_equal(count, 7);
}

static void test_merge_choose__much_removed(void **state) {
    (void)state;
    struct catalog_segment segments[] = {of_bytes(1 << 30), of_bytes(1 << 25)};
    struct catalog catalog = {.segments = segments, .count = 2};
    size_t first, count;
    segments[1].removed = 249;
    assert_false(merge_choose(&catalog, &first, &count));
    segments[1].removed = 250;
    assert_true(merge_choose(&catalog, &first, &count));
    assert_true(first == 1 && count == 1);
}

/* Of a few documents, one removed is not a quarter until it is. */
static void test_merge_choose__few_documents(void **state) {
    (void)state;
    size_t first, count;
    for (uint32_t documents = 2; documents < 20; documents++)
        for (uint32_t removed = 0; removed < documents; removed++) {
            struct catalog_segment segment = {
                .documents = documents, .removed = removed, .bytes = 100};
            struct catalog catalog = {.segments = &segment, .count = 1};
            assert_int_equal(merge_choose(&catalog, &first, &count),
                             removed && 4 * removed >= documents);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_merge_segments__equal_to_a_fresh_index),
        cmocka_unit_test(test_merge_segments__equal_without_the_removed),
        cmocka_unit_test(test_merge_choose__batches_of_like_size),
        cmocka_unit_test(test_merge_choose__batches_of_any_size),
        cmocka_unit_test(test_merge_choose__never_too_many),
        cmocka_unit_test(test_merge_choose__small_batches_leave_large_segments_alone),
        cmocka_unit_test(test_merge_choose__nothing_to_do),
        cmocka_unit_test(test_merge_choose__neighbours),
        cmocka_unit_test(test_merge_choose__much_removed),
        cmocka_unit_test(test_merge_choose__few_documents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
