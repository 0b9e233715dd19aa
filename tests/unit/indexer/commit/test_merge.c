/* Merging: the same index as a fresh one, and few segments. */
#include "tests/support/testing.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#include "common/index/verify.h"
#include "indexer/commit/merge.h"
#include "tests/support/test_index.h"

/* Documents as strings that are theirs. */
struct texts {
    struct test_document *documents;
    size_t count;
};

static char *words(struct testing_random *random, uint32_t count, uint32_t vocabulary) {
    struct buffer text = {0};
    testing_random_words(&text, random, count, vocabulary);
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
        texts->documents[i] = (struct test_document){
            .id = id,
            .title = words(random, testing_random_below(random, 4), vocabulary),
            .text = words(random, testing_random_below(random, most), vocabulary)};
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
    assert_ok(verify_snapshot(&counts, writer_snapshot(writer), &err), &err);
    test_index_dump(&a, writer_snapshot(writer));
    test_index_dump_path(&b, other);
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
        struct text_location where;
        struct block_store_entry entry;
        assert_ok(segment_record(&document, &where, segment, doc, &err), &err);
        if (where.offset || !where.size)
            continue;
        assert_true(
            block_store_read_entry(&entry, &segment->chunks, STREAM_TEXT_INDEX, where.block));
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
    bool *removed = calloc(count, sizeof *removed);
    struct test_document *left = calloc(count, sizeof *left);
    assert_true(removed && left);
    const char *index = testing_path("index"), *fresh = testing_path("fresh");
    struct writer *writer = test_index_writer(index);
    for (size_t i = 0; i < count; i++) {
        test_index_add(writer, texts.documents[i].id, texts.documents[i].title,
                       texts.documents[i].text, WRITER_ADDED);
        if (removals && testing_random_below(random, 3) == 0) {
            size_t other = testing_random_below(random, (uint32_t)i + 1);
            enum status expected = removed[other] ? ST_NOT_FOUND : ST_OK;
            assert_status(writer_remove(writer, slice_of_string(texts.documents[other].id), &err),
                          expected, &err);
            removed[other] = true;
        }
        if (testing_random_below(random, (uint32_t)count / 24 + 1) == 0)
            assert_ok(writer_commit(writer, &err), &err);
    }
    assert_ok(writer_commit(writer, &err), &err);
    const struct writer_counts *counts = writer_counts(writer);
    assert_true(counts->merges > 0 || counts->commits <= MERGE_POLICY_LARGE_MAX);
    assert_in_range(writer_snapshot(writer)->catalog.segment_count, 1, MERGE_POLICY_SEGMENTS_MAX);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!removed[i])
            left[kept++] = texts.documents[i];
    test_index_fill(fresh, left, kept, 0);
    assert_equal_contents(writer, fresh);
    assert_ok(writer_compact(writer, &err), &err);
    assert_int_equal(writer_snapshot(writer)->catalog.segment_count, 1);
    assert_equal_contents(writer, fresh);
    check_text_index(&writer_snapshot(writer)->segments[0]);
    writer_close(writer);
    free(removed);
    free(left);
    release_texts(&texts);
}

static void test_merge_write__equal_to_a_fresh_index(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    check_merging(&random, 2000, 30, 500, false);
    check_merging(&random, 1500, 60, 20, false);
    check_merging(&random, 60, 5000, 3000, false);
}

static void test_merge_write__equal_without_the_removed(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    check_merging(&random, 2000, 30, 500, true);
    check_merging(&random, 1500, 60, 20, true);
    check_merging(&random, 60, 5000, 3000, true);
}

/* A thread without a place among the readers ends the merge; a sanitizer finds what it leaves. */
static void test_merge_write__no_reader_left(void **state) {
    (void)state;
    static struct store_txn *readers[STORE_READERS_MAX];
    struct testing_random random = testing_random();
    struct error err;
    struct texts texts;
    make_texts(&texts, &random, 600, 5000, 3000); /* several ranges of terms */
    const char *index = testing_path("index");
    test_index_fill(index, texts.documents, texts.count, 200);
    char path[512];
    snprintf(path, sizeof path, "%s/gen-000001", index);
    struct chunk_sink sink = {0};
    struct snapshot *snapshot;
    assert_ok(store_open(&sink.store, path, STORE_WRITE, &err), &err);
    assert_ok(snapshot_open_store(&snapshot, sink.store, &err), &err);
    size_t count = 0;
    while (!store_begin(&readers[count], sink.store, false, &err))
        count++;
    assert_int_equal(err.code, ST_BUSY);
    struct merge_options options = {.memory = 1 << 20};
    struct segment_info info = {.id = snapshot->catalog.next_segment};
    assert_ok(pool_new(&options.pool, 4, &err), &err);
    assert_status(
        merge_write(&info, &sink, snapshot, 0, snapshot->catalog.segment_count, &options, &err),
        ST_BUSY, &err);
    pool_free(options.pool);
    chunk_sink_abort(&sink);
    while (count-- > 0)
        store_abort(readers[count]);
    snapshot_close(snapshot);
    store_close(sink.store);
    release_texts(&texts);
}

static volatile sig_atomic_t stop;

static void on_alarm(int number) {
    stop = number;
}

/* Has `stop` set after so many microseconds; 0: at once. */
static void stop_after(unsigned microseconds) {
    struct itimerval timer = {.it_value = {.tv_usec = microseconds}};
    stop = microseconds ? 0 : SIGALRM;
    assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

/* Whenever a merge or a compaction is asked to stop, the index stays as it was, and the writer can
 * go on. Later and later, until they come to their end. */
static void test_merge_write__stopped(void **state) {
    (void)state;
    enum { BATCHES = MERGE_POLICY_LARGE_MAX + 1, BATCH = 300, COUNT = BATCHES * BATCH };
    struct testing_random random = testing_random();
    struct error err;
    struct texts texts;
    make_texts(&texts, &random, COUNT, 100, 3000);
    const char *index = testing_path("index"), *fresh = testing_path("fresh");
    test_index_fill(fresh, texts.documents, COUNT, 0);
    test_index_fill(index, texts.documents, COUNT - BATCH, BATCH);
    struct writer_options options = test_index_options();
    options.stop = &stop;
    options.threads = 2;
    struct writer *writer;
    assert_ok(writer_open(&writer, index, &options, &err), &err);
    for (size_t i = COUNT - BATCH; i < COUNT; i++)
        test_index_add(writer, texts.documents[i].id, texts.documents[i].title,
                       texts.documents[i].text, WRITER_ADDED);
    assert_int_equal(signal(SIGALRM, on_alarm), SIG_DFL);
    unsigned stopped = 0;
    enum status status = ST_INTERRUPTED;
    for (unsigned after = 0; status == ST_INTERRUPTED; after = 2 * after + 100) {
        stop_after(after);
        status = writer_commit(writer, &err);
        stop_after(0);
        if (!status)
            break;
        assert_status(status, ST_INTERRUPTED, &err);
        if (!after)
            assert_int_equal(writer_snapshot(writer)->catalog.segment_count, BATCHES);
        assert_equal_contents(writer, fresh);
        writer_set_run_times(writer, 1, 0); /* something to commit */
        stopped++;
    }
    assert_ok(status, &err);
    assert_in_range(writer_snapshot(writer)->catalog.segment_count, 1, MERGE_POLICY_LARGE_MAX);
    assert_equal_contents(writer, fresh);
    uint64_t merges = writer_counts(writer)->merges;
    status = ST_INTERRUPTED;
    for (unsigned after = 0; status == ST_INTERRUPTED; after = 2 * after + 100) {
        stop_after(after);
        status = writer_compact(writer, &err);
        stop_after(0);
        if (!status)
            break;
        assert_status(status, ST_INTERRUPTED, &err);
        assert_int_equal(writer_counts(writer)->merges, merges);
        assert_equal_contents(writer, fresh);
        stopped++;
    }
    assert_ok(status, &err);
    assert_true(stopped >= 2);
    assert_int_equal(writer_counts(writer)->merges, merges + 1);
    assert_equal_contents(writer, fresh);
    stop = 0;
    writer_close(writer);
    signal(SIGALRM, SIG_DFL);
    release_texts(&texts);
}

static struct segment_info of_bytes(uint64_t bytes) {
    return (struct segment_info){.documents = 1000, .bytes = bytes};
}

static uint64_t live_bytes(const struct segment_info *segment) {
    return (uint64_t)((double)segment->bytes * (segment->documents - segment->deleted) /
                      segment->documents);
}

/* What an index does with a segment of so many bytes: it comes in, and all that should be is merged
 * into segments of the sum of the live bytes. Returns how many merges that took. */
static unsigned policy_add(struct catalog *catalog, uint64_t bytes, uint64_t *written) {
    catalog->segments[catalog->segment_count++] = of_bytes(bytes);
    size_t first, count;
    unsigned rounds = 0;
    while (merge_policy_choose(catalog, &first, &count)) {
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

/* A program that commits batches: of `bytes[0]` to `bytes[1]` bytes, small ones as often as large
 * ones, and of `bytes[1]` each `period`-th. */
struct workload {
    const char *name;
    unsigned before; /* so many segments of before_bytes are there */
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

/* However batches come, merging writes at most log2(commits) times what they bring, what it writes
 * of the segments before them included. */
static void test_merge_policy_choose__writes_a_logarithm(void **state) {
    (void)state;
    enum { KIB = 1 << 10, MIB = 1 << 20 };
    static const struct workload workloads[] = {
        {"bulk", 0, 0, {80 * MIB, 80 * MIB}, 0, 20},
        {"bulk", 0, 0, {80 * MIB, 80 * MIB}, 0, 100},
        {"bulk", 0, 0, {50 * MIB, 100 * MIB}, 0, 3000},
        {"small", 0, 0, {10 * KIB, 10 * KIB}, 0, 10000},
        {"small behind a large one", 1, 1000 * MIB, {50 * KIB, 50 * KIB}, 0, 5000},
        {"small behind two", 2, 60 * MIB, {20 * KIB, 80 * KIB}, 0, 5000},
        {"small behind eight", MERGE_POLICY_LARGE_MAX, 80 * MIB, {50 * KIB, 50 * KIB}, 0, 10000},
        {"middling behind eight", MERGE_POLICY_LARGE_MAX, 80 * MIB, {MIB, MIB}, 0, 2000},
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

/* A build of a few batches is not merged at all. */
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

/* Whatever comes and goes, segments are few, and no bytes are lost. */
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

/* Small and large in turn, and large ones that grow towards the end: what keeps tiers apart. */
static void test_merge_policy_choose__never_too_many(void **state) {
    (void)state;
    for (unsigned period = 1; period < 12; period++) {
        struct segment_info segments[64];
        struct catalog catalog = {.segments = segments};
        uint64_t written = 0;
        for (unsigned commit = 0; commit < 3000; commit++) {
            /* The ruler sequence: after every few of a tier one of the next. */
            unsigned tier = 0;
            for (unsigned rest = commit + 1; rest % (period + 1) == 0; rest /= period + 1)
                tier++;
            policy_add(&catalog, (uint64_t)MERGE_POLICY_FLOOR << 2 * tier, &written);
            assert_true(catalog.segment_count <= MERGE_POLICY_SEGMENTS_MAX);
        }
    }
}

/* As when cron adds a few documents to a large index again and again. Merges have their price, so
 * there are not many of them. */
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

/* Also when there are as many large ones as may be, and what came after them is half as much as
 * what counts as large. */
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
    assert_false(merge_policy_choose(&catalog, &first, &count));
    while (catalog.segment_count < MERGE_POLICY_SEGMENTS_MAX) {
        /* Of twelve, every third is small: eight are large. */
        bool small = catalog.segment_count % 3 == 2;
        segments[catalog.segment_count++] = of_bytes(small ? 100 : 1 << 30);
        assert_false(merge_policy_choose(&catalog, &first, &count));
    }
}

/* The small ones between large ones are taken along, those outside are not. */
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
    assert_true(merge_policy_choose(&catalog, &first, &count));
    assert_int_equal(first, 1);
    assert_int_equal(count, 10);
    segments[8].bytes--; /* one less is large */
    assert_false(merge_policy_choose(&catalog, &first, &count));
}

/* Of small ones many at once, as each merge has its price; the large one before them is not worth
 * rewriting. */
static void test_merge_policy_choose__too_many(void **state) {
    (void)state;
    struct segment_info segments[MERGE_POLICY_SEGMENTS_MAX + 1];
    struct catalog catalog = {.segments = segments, .segment_count = MERGE_POLICY_SEGMENTS_MAX + 1};
    size_t first, count;
    for (size_t i = 0; i < catalog.segment_count; i++)
        segments[i] = of_bytes(10000);
    segments[2] = of_bytes(200 << 20);
    assert_true(merge_policy_choose(&catalog, &first, &count));
    assert_int_equal(first, 3);
    assert_int_equal(count, MERGE_POLICY_SEGMENTS_MAX - 2);
}

static void test_merge_policy_choose__much_removed(void **state) {
    (void)state;
    struct segment_info segments[] = {of_bytes(1 << 30), of_bytes(1 << 25)};
    struct catalog catalog = {.segments = segments, .segment_count = 2};
    size_t first, count;
    segments[1].deleted = 249;
    assert_false(merge_policy_choose(&catalog, &first, &count));
    segments[1].deleted = 250;
    assert_true(merge_policy_choose(&catalog, &first, &count));
    assert_true(first == 1 && count == 1);
}

/* Of a few documents, one removed is not a quarter until it is. */
static void test_merge_policy_choose__few_documents(void **state) {
    (void)state;
    size_t first, count;
    for (uint32_t documents = 2; documents < 20; documents++)
        for (uint32_t removed = 0; removed < documents; removed++) {
            struct segment_info segment = {
                .documents = documents, .deleted = removed, .bytes = 100};
            struct catalog catalog = {.segments = &segment, .segment_count = 1};
            assert_int_equal(merge_policy_choose(&catalog, &first, &count),
                             removed && 4 * removed >= documents);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_merge_write__equal_to_a_fresh_index),
        cmocka_unit_test(test_merge_write__equal_without_the_removed),
        cmocka_unit_test(test_merge_write__no_reader_left),
        cmocka_unit_test(test_merge_write__stopped),
        cmocka_unit_test(test_merge_policy_choose__writes_a_logarithm),
        cmocka_unit_test(test_merge_policy_choose__few_batches_stay),
        cmocka_unit_test(test_merge_policy_choose__batches_of_any_size),
        cmocka_unit_test(test_merge_policy_choose__never_too_many),
        cmocka_unit_test(test_merge_policy_choose__small_batches_leave_large_segments_alone),
        cmocka_unit_test(test_merge_policy_choose__small_batches_have_places_left),
        cmocka_unit_test(test_merge_policy_choose__nothing_to_do),
        cmocka_unit_test(test_merge_policy_choose__too_many_large_ones),
        cmocka_unit_test(test_merge_policy_choose__too_many),
        cmocka_unit_test(test_merge_policy_choose__much_removed),
        cmocka_unit_test(test_merge_policy_choose__few_documents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
