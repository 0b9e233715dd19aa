/* SPDX-License-Identifier: MIT */
/* The writer as its callers see it: outcomes, commits, and the records that go with them. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/index/verify.h"
#include "common/store/keys.h"
#include "indexer/build/doc_batch.h"
#include "indexer/commit/merge_policy.h"
#include "tests/support/index_fixture.h"

static void test_writer_add__outcomes(void **state) {
    (void)state;
    struct writer *writer = index_fixture_writer(testing_path("index"));
    for (unsigned committed = 0; committed < 2; committed++) {
        const char *id = committed ? "a" : "b";
        index_fixture_add(writer, id, "title", "text", WRITER_ADDED);
        if (committed)
            index_fixture_commit(writer);
        index_fixture_add(writer, id, "title", "text", WRITER_UNCHANGED);
        index_fixture_add(writer, id, "title", "other text", WRITER_REPLACED);
        index_fixture_add(writer, id, "title", "other text", WRITER_UNCHANGED);
        index_fixture_add(writer, id, "other title", "other text", WRITER_REPLACED);
        index_fixture_add(writer, id, "title", "text", WRITER_REPLACED);
        /* The boundary between title and text matters. */
        index_fixture_add(writer, id, "titlet", "ext", WRITER_REPLACED);
        index_fixture_commit(writer);
        index_fixture_assert_text(writer, id, "ext");
        assert_int_equal(index_fixture_documents(writer), committed + 1);
    }
    writer_close(writer);
}

static void test_writer_add__same_id_often_in_a_batch(void **state) {
    (void)state;
    struct writer *writer = index_fixture_writer(testing_path("index"));
    char text[32];
    for (unsigned i = 0; i < 500; i++) {
        snprintf(text, sizeof text, "version %u", i);
        index_fixture_add(writer, "same", NULL, text, i ? WRITER_REPLACED : WRITER_ADDED);
        if (i % 100 == 50)
            index_fixture_add(writer, "other", NULL, text, i > 50 ? WRITER_REPLACED : WRITER_ADDED);
    }
    index_fixture_commit(writer);
    assert_int_equal(index_fixture_documents(writer), 2);
    index_fixture_assert_text(writer, "same", "version 499");
    index_fixture_assert_text(writer, "other", "version 450");
    writer_close(writer);
}

static void test_writer_remove__in_a_batch_and_across(void **state) {
    (void)state;
    struct writer *writer = index_fixture_writer(testing_path("index"));
    index_fixture_remove(writer, "a", ST_NOT_FOUND);
    index_fixture_add(writer, "a", NULL, "one", WRITER_ADDED);
    index_fixture_remove(writer, "a", ST_OK);
    index_fixture_remove(writer, "a", ST_NOT_FOUND);
    index_fixture_commit(writer);
    index_fixture_assert_text(writer, "a", NULL);
    assert_int_equal(index_fixture_documents(writer), 0);

    index_fixture_add(writer, "a", NULL, "one", WRITER_ADDED);
    index_fixture_remove(writer, "a", ST_OK);
    index_fixture_add(writer, "a", NULL, "one", WRITER_ADDED);
    index_fixture_commit(writer);
    index_fixture_assert_text(writer, "a", "one");

    index_fixture_remove(writer, "a", ST_OK);
    index_fixture_remove(writer, "a", ST_NOT_FOUND);
    index_fixture_add(writer, "a", NULL, "one",
                      WRITER_ADDED); /* deleted in this batch, so it is new */
    index_fixture_commit(writer);
    index_fixture_assert_text(writer, "a", "one");

    index_fixture_remove(writer, "a", ST_OK);
    index_fixture_assert_text(writer, "a", "one"); /* until the commit */
    index_fixture_commit(writer);
    index_fixture_assert_text(writer, "a", NULL);
    index_fixture_remove(writer, "a", ST_NOT_FOUND);
    index_fixture_add(writer, "a", NULL, "two", WRITER_ADDED);
    index_fixture_commit(writer);
    index_fixture_assert_text(writer, "a", "two");
    assert_int_equal(index_fixture_documents(writer), 1);

    index_fixture_add(writer, "a", NULL, "three", WRITER_REPLACED);
    index_fixture_remove(writer, "a", ST_OK);
    index_fixture_commit(writer);
    assert_int_equal(index_fixture_documents(writer), 0);
    assert_int_equal(writer_snapshot(writer)->catalog.segment_count, 0);
    writer_close(writer);
}

/* Ids and titles at their limits are taken, longer ones refused. */
static void test_writer_add__limits(void **state) {
    (void)state;
    struct error err;
    struct writer *writer = index_fixture_writer(testing_path("index"));
    uint8_t id[DOCUMENT_ID_MAX + 1], title[DOCUMENT_TITLE_MAX + 4];
    memset(id, 'i', sizeof id);
    memset(title, 't', sizeof title);
    memcpy(title + DOCUMENT_TITLE_MAX - 1, "\xe2\x82\xac", 3); /* a code point across the cut */
    enum writer_outcome outcome;
    struct document document = {.id = slice_of(id, sizeof id), .title = slice_of(title, 2)};
    assert_status(index_fixture_write(&outcome, writer, &document, &err), ST_SKIPPED, &err);
    assert_non_null(strstr(err.text, "4097"));
    document.id.size = 0;
    assert_status(index_fixture_write(&outcome, writer, &document, &err), ST_SKIPPED, &err);
    struct buffer endless = {0};
    assert_int_equal(buffer_reserve(&endless, INDEX_DOCUMENT_VALUES_MAX + 1), ST_OK);
    memset(endless.data, 't', INDEX_DOCUMENT_VALUES_MAX + 1);
    struct document titled = {.id = slice_of_string("titled"),
                              .title = slice_of(endless.data, INDEX_DOCUMENT_VALUES_MAX + 1)};
    assert_status(index_fixture_write(&outcome, writer, &titled, &err), ST_SKIPPED, &err);
    assert_non_null(strstr(err.text, "title and other fields of 1048577 bytes"));
    titled.title.size--;
    assert_ok(index_fixture_write(&outcome, writer, &titled, &err), &err);
    buffer_release(&endless);
    const size_t sizes[] = {0, DOCUMENT_TITLE_MAX - 1, DOCUMENT_TITLE_MAX + 2, sizeof title};
    for (size_t i = 0; i < 4; i++) {
        document.id = slice_of(id, DOCUMENT_ID_MAX - i);
        document.title.size = sizes[i];
        assert_ok(index_fixture_write(&outcome, writer, &document, &err), &err);
        assert_int_equal(outcome, WRITER_ADDED);
    }
    index_fixture_commit(writer);
    for (size_t i = 0; i < 4; i++) {
        uint32_t segment, doc;
        assert_ok(snapshot_find_id(&segment, &doc, &document, writer_snapshot(writer),
                                   slice_of(id, DOCUMENT_ID_MAX - i), &err),
                  &err);
        assert_slice(document.title, slice_of(title, i ? DOCUMENT_TITLE_MAX - 1 : 0));
    }
    writer_close(writer);
}

/* A cut title has more than DOCUMENT_TITLE_CUT_MIN bytes, however long the cluster at the limit is,
 * so verification does not mistake it for a complete one. */
static void test_writer_add__title_cut_in_a_cluster(void **state) {
    (void)state;
    static const char family[] = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466";
    static const size_t marks[] = {2, 20, 31, 32, 400};
    const char *index = testing_path("index");
    struct error err;
    struct writer *writer = index_fixture_writer(index);
    for (size_t i = 0; i < 6; i++) {
        char id[] = {'0' + (char)i, 0};
        struct buffer title = {0};
        if (i == 5)
            while (title.size < 2000)
                assert_int_equal(buffer_append(&title, family, sizeof family - 1), ST_OK);
        while (i < 5 && title.size < DOCUMENT_TITLE_MAX - 2 * marks[i] + 1)
            assert_int_equal(buffer_append_byte(&title, 't'), ST_OK);
        while (title.size < 2000)
            assert_int_equal(buffer_append(&title, "\u0301", 2), ST_OK);
        enum writer_outcome outcome;
        struct document document = {.id = slice_of_string(id),
                                    .title = buffer_slice(&title),
                                    .text = slice_of_string("text")};
        assert_ok(index_fixture_write(&outcome, writer, &document, &err), &err);
        buffer_release(&title);
    }
    index_fixture_commit(writer);
    for (uint32_t doc = 0; doc < 6; doc++) {
        struct document document;
        assert_ok(segment_document(&document, &writer_snapshot(writer)->segments[0], doc, &err),
                  &err);
        assert_true(document.title.size > DOCUMENT_TITLE_CUT_MIN);
        assert_true(document.title.size <= DOCUMENT_TITLE_MAX);
    }
    writer_close(writer);
    struct snapshot *snapshot;
    struct verify_counts counts;
    assert_ok(snapshot_open(&snapshot, index, &err), &err);
    assert_ok(verify_snapshot(&counts, snapshot, &err), &err);
    snapshot_close(snapshot);
}

/* Describes an index of a large document and small ones around it, built within `memory`. */
static void index_large(struct buffer *content, const char *index, uint64_t memory,
                        unsigned threads, struct slice large) {
    struct error err;
    struct writer_options options = index_fixture_options();
    struct writer *writer;
    enum writer_outcome outcome;
    options.memory = memory;
    options.threads = threads;
    assert_ok(writer_open(&writer, index, &options, &err), &err);
    struct document document = {
        .id = slice_of_string("large"), .title = slice_of_string("A title"), .text = large};
    index_fixture_add(writer, "before", NULL, "w1 w2 w3", WRITER_ADDED);
    assert_ok(index_fixture_write(&outcome, writer, &document, &err), &err);
    assert_int_equal(outcome, WRITER_ADDED);
    index_fixture_add(writer, "after", NULL, "w1 w2 w3", WRITER_ADDED);
    index_fixture_commit(writer);
    assert_ok(index_fixture_write(&outcome, writer, &document, &err), &err);
    assert_int_equal(outcome, WRITER_UNCHANGED);
    index_fixture_dump(content, writer_snapshot(writer));
    writer_close(writer);
}

/* A document that does not fit into memory goes through temporary files, and is indexed as if it
 * had fit. */
static void test_writer_add__larger_than_memory(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct buffer text = {0}, within = {0}, beyond = {0};
    testing_random_words(&text, &random, 900000, 60000);
    assert_true(text.size > DOC_BATCH_TEXT_MAX);
    index_large(&within, testing_path("within"), 512 << 20, 1, buffer_slice(&text));
    index_large(&beyond, testing_path("beyond"), 2 << 20, 2, buffer_slice(&text));
    assert_slice(buffer_slice(&within), buffer_slice(&beyond));
    buffer_release(&text);
    buffer_release(&within);
    buffer_release(&beyond);
}

/* A document may come in any parts. One that is not whole leaves the older one. */
static void test_writer_add_part__in_parts(void **state) {
    (void)state;
    struct error err;
    struct writer *writer = index_fixture_writer(testing_path("index"));
    enum writer_outcome outcome;
    struct field_value values[INDEX_FIXTURE_VALUES_MAX];
    const struct document all = {.id = slice_of_string("a"),
                                 .title = slice_of_string("Title"),
                                 .text = slice_of_string("one two three")};
    struct index_document document = index_fixture_document(values, &all);
    uint64_t content_hash = index_document_hash(&document);
    document.value_count = 1; /* the text is last */
    assert_int_equal(
        index_document_hash_of_text(&document, hash64(all.text.data, all.text.size, 0)),
        content_hash);
    for (unsigned round = 0; round < 3; round++) {
        assert_ok(writer_begin_document(writer, &document, content_hash, &err), &err);
        assert_ok(writer_add_part(writer, slice_of_string("one "), &err), &err);
        assert_ok(writer_add_part(writer, slice_of_string("two three"), &err), &err);
        assert_ok(writer_end_document(&outcome, writer, round != 1, &err), &err);
        assert_int_equal(outcome, round ? WRITER_REPLACED : WRITER_ADDED);
        if (round < 2)
            index_fixture_commit(writer);
        index_fixture_assert_text(writer, "a", "one two three");
        assert_int_equal(index_fixture_documents(writer), 1);
    }
    index_fixture_commit(writer);
    assert_int_equal(index_fixture_documents(writer), 1);
    document.value_count = 2;
    assert_ok(writer_add(&outcome, writer, &document, &err), &err);
    assert_int_equal(outcome, WRITER_UNCHANGED);
    struct verify_counts counts;
    assert_ok(verify_snapshot(&counts, writer_snapshot(writer), &err), &err);
    writer_close(writer);
}

/* The number of threads changes neither the order nor a byte of what is stored. */
static void test_writer_add__any_number_of_threads(void **state) {
    (void)state;
    struct buffer contents[3] = {{0}};
    struct error err;
    for (unsigned i = 0; i < 3; i++) {
        struct testing_random random = {.state = 7};
        static const unsigned threads[] = {1, 2, 5};
        struct writer_options options = index_fixture_options();
        struct writer *writer;
        char name[16];
        options.threads = threads[i];
        snprintf(name, sizeof name, "threads-%u", threads[i]);
        assert_ok(writer_open(&writer, testing_path(name), &options, &err), &err);
        for (unsigned number = 0; number < 3000; number++) {
            struct buffer text = {0};
            char id[16];
            snprintf(id, sizeof id, "%u", number);
            testing_random_words(&text, &random, testing_random_below(&random, 500), 3000);
            assert_int_equal(buffer_append_byte(&text, '\0'), ST_OK);
            index_fixture_add(writer, id, NULL, (const char *)text.data, WRITER_ADDED);
            if (number % 1000 == 999)
                index_fixture_commit(writer);
            buffer_release(&text);
        }
        index_fixture_dump(&contents[i], writer_snapshot(writer));
        writer_close(writer);
        if (i)
            assert_slice(buffer_slice(&contents[0]), buffer_slice(&contents[i]));
    }
    for (unsigned i = 0; i < 3; i++)
        buffer_release(&contents[i]);
}

static void test_writer_commit__nothing_is_seen_before(void **state) {
    (void)state;
    struct writer *writer = index_fixture_writer(testing_path("index"));
    index_fixture_add(writer, "a", NULL, "one", WRITER_ADDED);
    index_fixture_assert_text(writer, "a", NULL);
    assert_int_equal(index_fixture_documents(writer), 0);
    index_fixture_commit(writer);
    index_fixture_assert_text(writer, "a", "one");
    index_fixture_add(writer, "a", NULL, "two", WRITER_REPLACED);
    index_fixture_assert_text(writer, "a", "one");
    index_fixture_commit(writer);
    index_fixture_assert_text(writer, "a", "two");
    writer_close(writer);
}

static void test_writer_commit__nothing_to_do(void **state) {
    (void)state;
    struct writer *writer = index_fixture_writer(testing_path("index"));
    uint64_t number = store_txn_id(writer_snapshot(writer)->txn);
    index_fixture_commit(writer);
    index_fixture_add(writer, "a", NULL, "one", WRITER_ADDED);
    index_fixture_commit(writer);
    uint64_t after = store_txn_id(writer_snapshot(writer)->txn);
    assert_true(after > number);
    index_fixture_commit(writer);
    index_fixture_add(writer, "a", NULL, "one", WRITER_UNCHANGED);
    index_fixture_commit(writer);
    assert_int_equal(store_txn_id(writer_snapshot(writer)->txn), after);
    assert_int_equal(writer_counts(writer)->commits, 1);
    writer_close(writer);
}

static void test_writer_close__drops_the_batch(void **state) {
    (void)state;
    const char *index = testing_path("index");
    struct writer *writer = index_fixture_writer(index);
    index_fixture_add(writer, "a", NULL, "one", WRITER_ADDED);
    index_fixture_add(writer, "b", NULL, "one", WRITER_ADDED);
    index_fixture_commit(writer);
    index_fixture_add(writer, "c", NULL, "one", WRITER_ADDED);
    index_fixture_add(writer, "a", NULL, "two", WRITER_REPLACED);
    index_fixture_remove(writer, "b", ST_OK);
    writer_close(writer);
    writer = index_fixture_writer(index);
    index_fixture_assert_text(writer, "a", "one");
    index_fixture_assert_text(writer, "b", "one");
    index_fixture_assert_text(writer, "c", NULL);
    index_fixture_add(writer, "c", NULL, "one", WRITER_ADDED);
    index_fixture_commit(writer);
    assert_int_equal(index_fixture_documents(writer), 3);
    writer_close(writer);
    writer_close(NULL);
}

static void test_writer_needs_commit__when_the_budget_is_used(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct error err;
    struct writer_options options = index_fixture_options();
    struct writer *writer;
    options.memory = 4 << 20;
    assert_ok(writer_open(&writer, testing_path("index"), &options, &err), &err);
    unsigned number = 0;
    for (unsigned batch = 0; batch < 3; batch++) {
        unsigned first = number;
        assert_false(writer_needs_commit(writer));
        while (!writer_needs_commit(writer)) {
            char id[16];
            struct buffer text = {0};
            snprintf(id, sizeof id, "%u", number++);
            testing_random_words(&text, &random, 200, 5000);
            assert_int_equal(buffer_append_byte(&text, '\0'), ST_OK);
            index_fixture_add(writer, id, NULL, (const char *)text.data, WRITER_ADDED);
            buffer_release(&text);
        }
        assert_in_range(number - first, 200, 20000);
        index_fixture_commit(writer);
    }
    assert_int_equal(index_fixture_documents(writer), number);
    writer_close(writer);
}

/* Reads a checksummed record, or finds none. */
static void assert_record(struct writer *writer, enum store_table table, const char *key,
                          const char *expected) {
    struct error err;
    struct slice value;
    enum status status = store_get_checksummed(&value, writer_snapshot(writer)->txn, table,
                                               slice_of_string(key), &err);
    assert_status(status, expected ? ST_OK : ST_NOT_FOUND, &err);
    if (expected)
        assert_slice(value, slice_of_string(expected));
}

/* The writer does not look into records, so `check` would reject these. */
static void test_writer_put_file__travels_with_the_commit(void **state) {
    (void)state;
    const char *index = testing_path("index");
    struct error err;
    struct writer *writer = index_fixture_writer(index);
    char value[] = "value";
    assert_ok(writer_put_file(writer,
                              slice_of_string("\xff"
                                              "file"),
                              slice_of_string(value), &err),
              &err);
    assert_ok(writer_put_file(writer, slice_of("\0", 1), slice_of_string("zero"), &err), &err);
    assert_ok(writer_put_meta(writer, keys_sources(), slice_of_string(value), &err), &err);
    memset(value, 'x', sizeof value - 1); /* it was copied */
    assert_record(writer, TABLE_META, "sources", NULL);
    assert_ok(writer_commit(writer, &err), &err);
    assert_record(writer, TABLE_META, "sources", "value");
    assert_record(writer, TABLE_FILE,
                  "\xff"
                  "file",
                  "value");
    /* The later of two records for a key counts; an empty one deletes, even if there is none. */
    assert_ok(writer_put_meta(writer, keys_sources(), slice_of_string("first"), &err), &err);
    assert_ok(writer_put_meta(writer, keys_sources(), slice_of_string("second"), &err), &err);
    assert_ok(writer_put_file(writer,
                              slice_of_string("\xff"
                                              "file"),
                              slice_of("", 0), &err),
              &err);
    assert_ok(writer_put_file(writer, slice_of_string("none"), slice_of("", 0), &err), &err);
    writer_set_run_times(writer, 1700000000, 0);
    assert_ok(writer_commit(writer, &err), &err);
    assert_record(writer, TABLE_META, "sources", "second");
    assert_record(writer, TABLE_FILE,
                  "\xff"
                  "file",
                  NULL);
    assert_int_equal(writer_snapshot(writer)->catalog.completed_at, 1700000000);
    assert_int_equal(writer_snapshot(writer)->catalog.failed_at, 0);
    writer_set_run_times(writer, 0, 1700000001);
    assert_ok(writer_commit(writer, &err), &err);
    assert_int_equal(writer_snapshot(writer)->catalog.completed_at, 1700000000);
    assert_int_equal(writer_snapshot(writer)->catalog.failed_at, 1700000001);
    /* Records survive compaction, also of an index without documents. */
    for (unsigned round = 0; round < 2; round++) {
        assert_ok(writer_compact(writer, &err), &err);
        assert_record(writer, TABLE_META, "sources", "second");
        struct slice found;
        assert_ok(store_get_checksummed(&found, writer_snapshot(writer)->txn, TABLE_FILE,
                                        slice_of("\0", 1), &err),
                  &err);
        assert_slice(found, slice_of_string("zero"));
        assert_int_equal(writer_snapshot(writer)->catalog.completed_at, 1700000000);
        index_fixture_add(writer, "a", NULL, round ? "two" : "one",
                          round ? WRITER_REPLACED : WRITER_ADDED);
        assert_ok(writer_commit(writer, &err), &err);
    }
    writer_close(writer);
}

/* The document of an id in the model, and when it was last changed. */
struct held {
    bool there;
    unsigned version, order;
};

enum { IDS = 60 };

static int compare_order(const void *a, const void *b) {
    const struct held *const *x = a, *const *y = b;
    return (*x)->order < (*y)->order ? -1 : 1;
}

static void text_of(char text[64], unsigned id, unsigned version) {
    snprintf(text, 64, "v%u common i%u w%u w%u", version, id, id * version % 7, version % 5);
}

/* The index equals a new one that gets the remaining documents in order of their last change. */
static void check_model(struct writer *writer, const struct held *held) {
    struct error err;
    struct verify_counts counts;
    const struct held *order[IDS];
    struct test_document left[IDS];
    char ids[IDS][16], texts[IDS][64];
    size_t count = 0;
    for (size_t i = 0; i < IDS; i++)
        if (held[i].there)
            order[count++] = &held[i];
    qsort(order, count, sizeof *order, compare_order);
    for (size_t i = 0; i < count; i++) {
        unsigned id = (unsigned)(order[i] - held);
        snprintf(ids[i], sizeof ids[i], "%u", id);
        text_of(texts[i], id, order[i]->version);
        left[i] = (struct test_document){.id = ids[i], .text = texts[i]};
    }
    assert_int_equal(index_fixture_documents(writer), count);
    assert_ok(verify_snapshot(&counts, writer_snapshot(writer), &err), &err);
    const char *fresh = testing_path("fresh");
    index_fixture_fill(fresh, left, count, 0);
    struct buffer content = {0}, expected = {0};
    index_fixture_dump(&content, writer_snapshot(writer));
    index_fixture_dump_path(&expected, fresh);
    assert_slice(buffer_slice(&content), buffer_slice(&expected));
    buffer_release(&content);
    buffer_release(&expected);
}

static void test_writer__random_operations(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct error err;
    const char *index = testing_path("index");
    struct held now[IDS] = {{0}}, committed[IDS] = {{0}};
    struct writer *writer = index_fixture_writer(index);
    for (unsigned step = 1; step <= 3000; step++) {
        unsigned id = testing_random_below(&random, IDS), what = testing_random_below(&random, 100);
        struct held *held = &now[id];
        char name[16], text[64];
        snprintf(name, sizeof name, "%u", id);
        if (what < 55) {
            unsigned version = testing_random_below(&random, 4);
            bool same = held->there && held->version == version;
            text_of(text, id, version);
            index_fixture_add(writer, name, NULL, text,
                              same          ? WRITER_UNCHANGED
                              : held->there ? WRITER_REPLACED
                                            : WRITER_ADDED);
            if (!same)
                *held = (struct held){.there = true, .version = version, .order = step};
        } else if (what < 90) {
            index_fixture_remove(writer, name, held->there ? ST_OK : ST_NOT_FOUND);
            held->there = false;
        } else if (what < 97) {
            assert_ok(writer_commit(writer, &err), &err);
            memcpy(committed, now, sizeof now);
        } else if (what == 97) {
            assert_ok(writer_commit(writer, &err), &err);
            assert_ok(writer_compact(writer, &err), &err);
            memcpy(committed, now, sizeof now);
        } else {
            writer_close(writer);
            writer = index_fixture_writer(index);
            memcpy(now, committed, sizeof now);
        }
        assert_true(writer_snapshot(writer)->catalog.segment_count <= MERGE_POLICY_SEGMENTS_MAX);
        if (step % 300 == 0) {
            assert_ok(writer_commit(writer, &err), &err);
            memcpy(committed, now, sizeof now);
            check_model(writer, now);
        }
    }
    writer_close(writer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writer_add__outcomes),
        cmocka_unit_test(test_writer_add__same_id_often_in_a_batch),
        cmocka_unit_test(test_writer_remove__in_a_batch_and_across),
        cmocka_unit_test(test_writer_add__limits),
        cmocka_unit_test(test_writer_add__title_cut_in_a_cluster),
        cmocka_unit_test(test_writer_add__larger_than_memory),
        cmocka_unit_test(test_writer_add_part__in_parts),
        cmocka_unit_test(test_writer_add__any_number_of_threads),
        cmocka_unit_test(test_writer_commit__nothing_is_seen_before),
        cmocka_unit_test(test_writer_commit__nothing_to_do),
        cmocka_unit_test(test_writer_close__drops_the_batch),
        cmocka_unit_test(test_writer_needs_commit__when_the_budget_is_used),
        cmocka_unit_test(test_writer_put_file__travels_with_the_commit),
        cmocka_unit_test(test_writer__random_operations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
