/* SPDX-License-Identifier: MIT */
/* A merged index has the same contents as a fresh one. */
#include "tests/support/testing.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#include "common/index/verify.h"
#include "indexer/commit/commit.h"
#include "indexer/commit/merge.h"
#include "indexer/commit/merge_policy.h"
#include "tests/support/index_fixture.h"
#include "tests/support/store_fixture.h"

/* Documents whose strings are owned. */
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

/* Asserts that the last commit has the contents of the other index. */
static void assert_equal_contents(struct writer *writer, const char *other) {
    struct error err;
    struct verify_counts counts;
    struct buffer a = {0}, b = {0};
    assert_ok(verify_snapshot(&counts, writer_snapshot(writer), &err), &err);
    index_fixture_dump(&a, writer_snapshot(writer));
    index_fixture_dump_path(&b, other);
    assert_true(a.size > 1000);
    assert_slice(buffer_slice(&a), buffer_slice(&b));
    buffer_release(&a);
    buffer_release(&b);
}

/* Blocks of text that were copied as they are name their documents by the new numbers. */
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

/* Indexes the texts in random batches with random deletions in between, and the remaining texts in
 * one batch. The two indexes are equal, before and after compaction. */
static void check_merging(struct testing_random *random, size_t count, uint32_t most,
                          uint32_t vocabulary, bool removals) {
    struct error err;
    struct texts texts;
    make_texts(&texts, random, count, most, vocabulary);
    bool *removed = calloc(count, sizeof *removed);
    struct test_document *left = calloc(count, sizeof *left);
    assert_true(removed && left);
    const char *index = testing_path("index"), *fresh = testing_path("fresh");
    struct writer *writer = index_fixture_writer(index);
    for (size_t i = 0; i < count; i++) {
        index_fixture_add(writer, texts.documents[i].id, texts.documents[i].title,
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
    index_fixture_fill(fresh, left, kept, 0);
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

static void test_merge_write__equal_without_the_deleted(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    check_merging(&random, 2000, 30, 500, true);
    check_merging(&random, 1500, 60, 20, true);
    check_merging(&random, 60, 5000, 3000, true);
}

/* A thread that gets no reader slot ends the merge; a sanitizer reports leaks. */
static void test_merge_write__no_reader_left(void **state) {
    (void)state;
    static struct store_txn *readers[STORE_READERS_MAX];
    struct testing_random random = testing_random();
    struct error err;
    struct texts texts;
    make_texts(&texts, &random, 600, 5000, 3000); /* several ranges of terms */
    const char *index = testing_path("index");
    index_fixture_fill(index, texts.documents, texts.count, 200);
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
        merge_adjacent(&info, &sink, snapshot, 0, snapshot->catalog.segment_count, &options, &err),
        ST_BUSY, &err);
    pool_free(options.pool);
    chunk_sink_abort(&sink);
    while (count-- > 0)
        store_abort(readers[count]);
    snapshot_close(snapshot);
    store_close(sink.store);
    release_texts(&texts);
}

/* Segments of two indexes, one of them with deletions, become a segment of a third. */
static void test_merge_write__of_two_indexes(void **state) {
    (void)state;
    enum { COUNT = 600, DELETED = 250 };
    struct testing_random random = testing_random();
    struct error err;
    struct texts texts;
    make_texts(&texts, &random, COUNT, 3000, 3000); /* several ranges of terms */
    const char *parts[] = {testing_path("a"), testing_path("b")};
    struct snapshot *snapshots[2];
    struct merge_input inputs[16];
    size_t count = 0;
    index_fixture_fill(parts[0], texts.documents, COUNT / 2, 100);
    index_fixture_fill(parts[1], texts.documents + COUNT / 2, COUNT / 2, 100);
    struct writer *writer = index_fixture_writer(parts[0]);
    index_fixture_remove(writer, texts.documents[DELETED].id, ST_OK);
    index_fixture_commit(writer);
    writer_close(writer);
    for (size_t i = 0; i < 2; i++) {
        assert_ok(snapshot_open(&snapshots[i], parts[i], &err), &err);
        for (size_t k = 0; k < snapshots[i]->catalog.segment_count; k++)
            inputs[count++] = (struct merge_input){snapshots[i], k};
    }
    assert_int_equal(count, 6);
    for (unsigned threads = 1; threads <= 3; threads += 2) {
        struct store_fixture fixture;
        struct merge_options options = {.memory = 1 << 20};
        struct segment_info info = {.id = 7};
        struct catalog catalog = {0};
        const struct buffered_changes no_changes = {0};
        struct buffer content = {0}, expected = {0};
        store_fixture_open(&fixture);
        assert_ok(pool_new(&options.pool, threads, &err), &err);
        assert_ok(merge_write(&info, &fixture.sink, inputs, count, &options, &err), &err);
        assert_int_equal(info.documents, COUNT - 1);
        assert_int_equal(catalog_copy(&catalog, &snapshots[0]->catalog), ST_OK);
        assert_int_equal(catalog_put_segment(&catalog, 0, catalog.segment_count, &info), ST_OK);
        catalog.next_segment = info.id + 1;
        assert_ok(commit_changes(&fixture.sink, &catalog, &no_changes, &err), &err);
        struct snapshot *merged;
        assert_ok(snapshot_open_store(&merged, fixture.store, &err), &err);
        index_fixture_dump(&content, merged);
        snapshot_close(merged);
        const char *fresh = testing_path("fresh");
        writer = index_fixture_writer(fresh);
        for (size_t i = 0; i < COUNT; i++)
            if (i != DELETED)
                index_fixture_add(writer, texts.documents[i].id, texts.documents[i].title,
                                  texts.documents[i].text, WRITER_ADDED);
        index_fixture_commit(writer);
        index_fixture_dump(&expected, writer_snapshot(writer));
        writer_close(writer);
        assert_slice(buffer_slice(&content), buffer_slice(&expected));
        catalog_release(&catalog);
        pool_free(options.pool);
        store_fixture_close(&fixture);
        buffer_release(&content);
        buffer_release(&expected);
    }
    snapshot_close(snapshots[0]);
    snapshot_close(snapshots[1]);
    release_texts(&texts);
}

static volatile sig_atomic_t stop;

static void on_alarm(int number) {
    stop = number;
}

/* Has `stop` set after this many microseconds; 0: at once. */
static void stop_after(unsigned microseconds) {
    struct itimerval timer = {
        .it_value = {.tv_sec = microseconds / 1000000, .tv_usec = microseconds % 1000000}};
    stop = microseconds ? 0 : SIGALRM;
    assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

/* Whenever a merge or a compaction is stopped, the index stays as it was and the writer can
 * continue. Each attempt is stopped later, until one succeeds. */
static void test_merge_write__stopped(void **state) {
    (void)state;
    enum { BATCHES = MERGE_POLICY_LARGE_MAX + 1, BATCH = 300, COUNT = BATCHES * BATCH };
    struct testing_random random = testing_random();
    struct error err;
    struct texts texts;
    make_texts(&texts, &random, COUNT, 100, 3000);
    const char *index = testing_path("index"), *fresh = testing_path("fresh");
    index_fixture_fill(fresh, texts.documents, COUNT, 0);
    index_fixture_fill(index, texts.documents, COUNT - BATCH, BATCH);
    struct writer_options options = index_fixture_options();
    options.stop = &stop;
    options.threads = 2;
    struct writer *writer;
    assert_ok(writer_open(&writer, index, &options, &err), &err);
    for (size_t i = COUNT - BATCH; i < COUNT; i++)
        index_fixture_add(writer, texts.documents[i].id, texts.documents[i].title,
                          texts.documents[i].text, WRITER_ADDED);
    assert_int_equal(signal(SIGALRM, on_alarm), SIG_DFL);
    unsigned stopped = 0;
    enum status status = ST_INTERRUPTED;
    for (unsigned after = 0; status == ST_INTERRUPTED; after = 2 * TESTING_FEWER * after + 100) {
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
    for (unsigned after = 0; status == ST_INTERRUPTED; after = 2 * TESTING_FEWER * after + 100) {
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_merge_write__equal_to_a_fresh_index),
        cmocka_unit_test(test_merge_write__equal_without_the_deleted),
        cmocka_unit_test(test_merge_write__no_reader_left),
        cmocka_unit_test(test_merge_write__of_two_indexes),
        cmocka_unit_test(test_merge_write__stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
