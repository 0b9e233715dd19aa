/* SPDX-License-Identifier: MIT */
/* The surface forms of an index are those of its documents, whatever threads, memory, segments and
 * merges made it. */
#include "tests/support/testing.h"

#include "common/base/codec.h"
#include "common/form/form_cursor.h"
#include "common/index/verify.h"
#include "tests/support/index_fixture.h"

/* Appends "form term count\n" for each form of a segment. */
static void dump_forms(struct buffer *out, struct segment *segment) {
    struct form_cursor cursor;
    struct surface_form form;
    struct error err;
    enum status status;
    form_cursor_open(&cursor, &segment->chunks);
    while (!(status = form_cursor_next(&cursor, &err))) {
        char line[1024];
        assert_ok(form_cursor_form(&form, &cursor, &err), &err);
        int size = snprintf(line, sizeof line, "%.*s %.*s %llu\n", (int)form.form.size,
                            (const char *)form.form.data, (int)form.term.size,
                            (const char *)form.term.data, (unsigned long long)form.count);
        assert_int_equal(buffer_append(out, line, (size_t)size), ST_OK);
    }
    assert_status(status, ST_END, &err);
    form_cursor_close(&cursor);
}

/* Of the last commit, which has one segment. */
static void dump_only_segment(struct buffer *out, struct writer *writer) {
    struct snapshot *snapshot = writer_snapshot(writer);
    assert_int_equal(snapshot->catalog.segment_count, 1);
    buffer_clear(out);
    dump_forms(out, &snapshot->segments[0]);
}

static void assert_forms(struct writer *writer, const char *expected) {
    struct buffer forms = {0};
    dump_only_segment(&forms, writer);
    assert_slice(buffer_slice(&forms), slice_of_string(expected));
    buffer_release(&forms);
}

static void test_writer_forms__of_titles_and_texts(void **state) {
    (void)state;
    struct writer *writer = index_fixture_writer(testing_path("index"));
    index_fixture_add(writer, "a", "Pipelines", "a pipeline, Café 2024", WRITER_ADDED);
    index_fixture_add(writer, "b", NULL, "pipelines cafe", WRITER_ADDED);
    index_fixture_commit(writer);
    assert_forms(writer,
                 "a a 1\ncafe cafe 1\ncafé cafe 1\npipeline pipelin 1\npipelines pipelin 2\n");
    writer_close(writer);
}

/* Words of letters, the frequent ones more often. */
static void append_words(struct buffer *text, struct testing_random *random, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        char word[16];
        uint32_t number = testing_random_below(random, 1 + testing_random_below(random, 20000));
        int size =
            snprintf(word, sizeof word, "%c%c%c%s%s ", 'a' + number % 26, 'a' + number / 26 % 26,
                     'a' + number / 676 % 26, number / 17576 ? "Ïq" : "", number % 3 ? "" : "ing");
        assert_int_equal(buffer_append(text, word, (size_t)size), ST_OK);
    }
}

/* With little memory, what was inverted makes room for each part. */
static void add_in_parts(struct writer *writer, const char *id, struct testing_random *random) {
    struct error err;
    enum writer_outcome outcome;
    struct index_document document = {.id = slice_of_string(id)};
    struct buffer text = {0};
    size_t ends[10];
    for (unsigned part = 0; part < 10; part++) {
        append_words(&text, random, 1000);
        ends[part] = text.size;
    }
    uint64_t hash = index_document_hash_of_text(&document, hash64(text.data, text.size, 0));
    assert_ok(writer_begin_document(writer, &document, hash, &err), &err);
    for (unsigned part = 0; part < 10; part++) {
        size_t start = part ? ends[part - 1] : 0;
        assert_ok(writer_add_part(writer, slice_of(text.data + start, ends[part] - start), &err),
                  &err);
    }
    buffer_release(&text);
    assert_ok(writer_end_document(&outcome, writer, true, &err), &err);
}

/* Adds documents of random words, the same for the same seed; compacts at the end. */
static void dump_of_random_documents(struct buffer *forms, const struct writer_options *options,
                                     struct testing_random random, unsigned per_commit) {
    struct error err;
    struct writer *writer;
    struct buffer text = {0};
    assert_ok(writer_open(&writer, testing_path("index"), options, &err), &err);
    for (unsigned i = 0; i < 60; i++) {
        char id[8];
        snprintf(id, sizeof id, "%u", i);
        if (i == 30) {
            add_in_parts(writer, id, &random);
            continue;
        }
        buffer_clear(&text);
        append_words(&text, &random, 400);
        assert_int_equal(buffer_append_byte(&text, '\0'), ST_OK);
        index_fixture_add(writer, id, "Title of it", (const char *)text.data, WRITER_ADDED);
        if (writer_needs_commit(writer) || (per_commit && i % per_commit == 0))
            assert_ok(writer_commit(writer, &err), &err);
    }
    index_fixture_commit(writer);
    assert_ok(writer_compact(writer, &err), &err);
    dump_only_segment(forms, writer);
    buffer_release(&text);
    writer_close(writer);
}

static void test_writer_forms__do_not_depend_on_how_the_index_was_made(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct writer_options options = index_fixture_options();
    struct buffer one = {0}, other = {0};
    dump_of_random_documents(&one, &options, random, 0);
    assert_true(one.size > 50000);
    options.threads = 3;
    dump_of_random_documents(&other, &options, random, 7);
    assert_slice(buffer_slice(&one), buffer_slice(&other));
    options.threads = 1;
    options.memory = 1 << 20;
    dump_of_random_documents(&other, &options, random, 0);
    assert_slice(buffer_slice(&one), buffer_slice(&other));
    buffer_release(&one);
    buffer_release(&other);
}

static void test_writer_forms__go_with_their_terms(void **state) {
    (void)state;
    struct error err;
    struct writer *writer = index_fixture_writer(testing_path("index"));
    index_fixture_add(writer, "a", NULL, "gas gas gas gas pumps", WRITER_ADDED);
    index_fixture_add(writer, "b", NULL, "gas valve", WRITER_ADDED);
    index_fixture_commit(writer);
    index_fixture_add(writer, "c", NULL, "oil gas", WRITER_ADDED);
    index_fixture_commit(writer);
    index_fixture_remove(writer, "a", ST_OK);
    index_fixture_commit(writer);
    assert_ok(writer_compact(writer, &err), &err);
    /* 5 occurrences in two documents, of which one is left: 2; and the one of c. */
    assert_forms(writer, "gas gas 3\noil oil 1\nvalve valv 1\n");
    writer_close(writer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writer_forms__do_not_depend_on_how_the_index_was_made),
        cmocka_unit_test(test_writer_forms__go_with_their_terms),
        cmocka_unit_test(test_writer_forms__of_titles_and_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
