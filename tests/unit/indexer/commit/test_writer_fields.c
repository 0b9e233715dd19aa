/* SPDX-License-Identifier: MIT */
/* Values of fields become the lists and norms that FORMAT.md says, however they come to be in a
 * segment. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/index/verify.h"
#include "tests/support/index_fixture.h"

static struct field_value text_of(uint16_t field, const char *text) {
    return (struct field_value){
        .field = field, .type = FIELD_TYPE_TEXT, .text = slice_of_string(text)};
}

static struct field_value keyword_of(uint16_t field, const char *text) {
    return (struct field_value){
        .field = field, .type = FIELD_TYPE_KEYWORD, .text = slice_of_string(text)};
}

static struct writer *open_writer(const char *index, unsigned threads, uint64_t memory) {
    struct error err;
    struct writer *writer;
    struct writer_options options = index_fixture_options();
    options.threads = threads;
    options.memory = memory;
    assert_ok(writer_open(&writer, index, &options, &err), &err);
    return writer;
}

static void add_values(struct writer *writer, const char *id, const struct field_value *values,
                       size_t count) {
    struct error err;
    enum writer_outcome outcome;
    const struct index_document document = {slice_of_string(id), values, count};
    assert_ok(writer_add(&outcome, writer, &document, &err), &err);
    assert_int_equal(outcome, WRITER_ADDED);
}

/* Commits, verifies and returns the dump of the index, which the caller releases. */
static struct buffer commit_and_dump(struct writer *writer) {
    struct buffer dump = {0};
    index_fixture_commit(writer);
    index_fixture_dump(&dump, writer_snapshot(writer));
    assert_int_equal(buffer_append_byte(&dump, '\0'), ST_OK);
    return dump;
}

static void assert_contains(const struct buffer *dump, const char *lines) {
    if (!strstr((const char *)dump->data, lines))
        fail_msg("no \"%s\" in:\n%s", lines, (const char *)dump->data);
}

/* Positions in SCHEMA_ALL: title, other searched fields by number, text, one unused position after
 * each value; in the field's own lists from 0. Keywords are whole and folded. */
static void test_writer_add__places_of_values(void **state) {
    (void)state;
    struct error err;
    struct writer *writer = index_fixture_writer(testing_path("index"));
    uint16_t note, shelf;
    assert_ok(writer_add_field(&note, writer, slice_of_string("note"), FIELD_TYPE_TEXT, 0, &err),
              &err);
    assert_ok(
        writer_add_field(&shelf, writer, slice_of_string("shelf"), FIELD_TYPE_KEYWORD, 0, &err),
        &err);
    assert_int_equal(note, SCHEMA_OWN_MIN);
    assert_int_equal(shelf, SCHEMA_OWN_MIN + 1);
    const struct field_value values[] = {
        text_of(SCHEMA_TITLE, "red gas"),
        text_of(SCHEMA_TEXT, "gas blue"),
        text_of(SCHEMA_AUTHOR, "Ada gas"),
        text_of(SCHEMA_AUTHOR, "..."),
        text_of(SCHEMA_AUTHOR, "gas"),
        keyword_of(SCHEMA_TAG, "  Gas  Pipe"),
        keyword_of(SCHEMA_TAG, ""),
        keyword_of(SCHEMA_TAG, "gas pipe"),
        keyword_of(SCHEMA_TAG, "\xc3\x89t\xc3\xa9"),
        text_of(note, "gas green"),
        keyword_of(shelf, "gas"),
    };
    add_values(writer, "a", values, sizeof values / sizeof *values);
    struct buffer dump = commit_and_dump(writer);
    assert_contains(&dump, " length 7 title length 2 text position 8 id a title red gas"
                           " field 10 Ada gas field 10 ... field 10 gas field 32 gas green"
                           " title norm 2 author norm 3 note norm 2 text gas blue\n");
    assert_contains(&dump, "0:ada 0: 3\n0:blue 0: 9\n0:gas 0: 1 4 6 8\n0:red 0: 0\n"
                           "1:gas 0: 1\n1:red 0: 0\n"
                           "10:ada 0: 0\n10:gas 0: 1 3\n"
                           "12:ete 0: 3\n12:gas pipe 0: 0\n"
                           "32:gas 0: 0\n32:green 0: 1\n"
                           "33:gas 0: 0\n");
    struct segment *segment = &writer_snapshot(writer)->segments[0];
    const struct segment_field *author = segment_info_field(&segment->info, SCHEMA_AUTHOR);
    assert_true(author && author->has_norms && author->documents == 1 && author->length == 3);
    struct term_entry entry;
    assert_ok(segment_find_term(&entry, segment, SCHEMA_AUTHOR, slice_of_string("gas"), &err),
              &err);
    assert_true(entry.documents == 1 && entry.occurrences == 2);
    assert_int_equal(
        segment_find_term(&entry, segment, SCHEMA_AUTHOR, slice_of_string("blue"), &err),
        ST_NOT_FOUND);
    assert_int_equal(segment_find_term(&entry, segment, SCHEMA_ALL, slice_of_string("green"), &err),
                     ST_NOT_FOUND);
    buffer_release(&dump);
    writer_close(writer);
}

/* Further values of a field are left out. */
static void test_writer_add__many_values(void **state) {
    (void)state;
    enum { COUNT = FIELD_VALUES_MAX + 5 };
    struct writer *writer = index_fixture_writer(testing_path("index"));
    struct field_value values[COUNT];
    char tags[COUNT][16];
    for (size_t i = 0; i < COUNT; i++) {
        snprintf(tags[i], sizeof tags[i], "tag%zu", i);
        values[i] = keyword_of(SCHEMA_TAG, tags[i]);
    }
    add_values(writer, "a", values, COUNT);
    struct buffer dump = commit_and_dump(writer);
    assert_contains(&dump, "12:tag1023 0: 1023\n");
    assert_null(strstr((const char *)dump.data, "tag1024"));
    buffer_release(&dump);
    writer_close(writer);
}

/* Random documents, of which each field is in some only. */
enum { DOCUMENTS = 700, VALUES_MAX = 16 };

struct values {
    struct field_value values[VALUES_MAX];
    size_t count;
};

static void random_value(struct values *to, struct arena *arena, struct testing_random *random,
                         uint16_t field, enum field_type type, uint32_t words) {
    struct buffer text = {0};
    testing_random_words(&text, random, testing_random_below(random, words + 1), 60);
    const char *copy = arena_copy(arena, text.data, text.size);
    assert_non_null(copy);
    to->values[to->count++] =
        (struct field_value){.field = field, .type = type, .text = slice_of(copy, text.size)};
    buffer_release(&text);
}

/* Fields of the first year, then all of them. */
static void random_values(struct values *to, struct arena *arena, struct testing_random *random,
                          bool second_year) {
    to->count = 0;
    if (testing_random_below(random, 3))
        random_value(to, arena, random, SCHEMA_TITLE, FIELD_TYPE_TEXT, 4);
    random_value(to, arena, random, SCHEMA_TEXT, FIELD_TYPE_TEXT, 60);
    for (uint32_t i = testing_random_below(random, 3); i > 0; i--)
        random_value(to, arena, random, SCHEMA_AUTHOR, FIELD_TYPE_TEXT, 2);
    for (uint32_t i = testing_random_below(random, 3); i > 0; i--)
        random_value(to, arena, random, SCHEMA_TAG, FIELD_TYPE_KEYWORD, 1);
    if (second_year && testing_random_below(random, 2))
        random_value(to, arena, random, SCHEMA_OWN_MIN, FIELD_TYPE_TEXT, 5);
    if (second_year && testing_random_below(random, 4) == 0)
        random_value(to, arena, random, SCHEMA_OWN_MIN + 1, FIELD_TYPE_TEXT, 5);
    if (second_year && testing_random_below(random, 2))
        random_value(to, arena, random, SCHEMA_OWN_MIN + 2, FIELD_TYPE_KEYWORD, 1);
}

static void add_fields(struct writer *writer) {
    struct error err;
    uint16_t number;
    assert_ok(writer_add_field(&number, writer, slice_of_string("subject"), FIELD_TYPE_TEXT,
                               SCHEMA_SEARCHED, &err),
              &err);
    assert_ok(writer_add_field(&number, writer, slice_of_string("note"), FIELD_TYPE_TEXT, 0, &err),
              &err);
    assert_ok(
        writer_add_field(&number, writer, slice_of_string("box"), FIELD_TYPE_KEYWORD, 0, &err),
        &err);
    assert_int_equal(number, SCHEMA_OWN_MIN + 2);
}

/* Adds the documents [0, DOCUMENTS) but each `skip`-th, with a commit after each `batch`. The fields
 * of the second year are added to the schema when they are needed. */
static void fill(struct writer *writer, const struct values *documents, size_t skip, size_t batch) {
    struct error err;
    for (size_t i = 0; i < DOCUMENTS; i++) {
        char id[16];
        snprintf(id, sizeof id, "%zu", i);
        if (i == DOCUMENTS / 2)
            add_fields(writer);
        if (!skip || i % skip)
            add_values(writer, id, documents[i].values, documents[i].count);
        if (batch && i % batch == batch - 1)
            assert_ok(writer_commit(writer, &err), &err);
    }
}

/* Segments of the first year, of both and of the second, after deletions and merged, have the same
 * contents as one fresh segment, which does not depend on the number of threads. */
static void test_writer_commit__fields_of_the_second_year(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct arena arena = {0};
    struct error err;
    struct values *documents = calloc(DOCUMENTS, sizeof *documents);
    assert_non_null(documents);
    for (size_t i = 0; i < DOCUMENTS; i++)
        random_values(&documents[i], &arena, &random, i >= DOCUMENTS / 2);

    struct writer *fresh = open_writer(testing_path("fresh"), 1, 64 << 20);
    fill(fresh, documents, 7, 0);
    struct buffer expected = commit_and_dump(fresh);
    writer_close(fresh);
    assert_contains(&expected, " subject norm ");
    assert_contains(&expected, " note norm ");

    for (unsigned round = 0; round < 2; round++) {
        char path[16];
        snprintf(path, sizeof path, "index%u", round);
        struct writer *writer = open_writer(testing_path(path), 1 + 3 * round, 64 << 20);
        fill(writer, documents, 0, round ? 100 : DOCUMENTS / 4 + 50);
        for (size_t i = 0; i < DOCUMENTS; i += 7) {
            char id[16];
            snprintf(id, sizeof id, "%zu", i);
            index_fixture_remove(writer, id, ST_OK);
        }
        struct buffer dump = commit_and_dump(writer);
        assert_true(writer_snapshot(writer)->catalog.segment_count > 1);
        assert_slice(buffer_slice(&dump), buffer_slice(&expected));
        buffer_release(&dump);
        assert_ok(writer_compact(writer, &err), &err);
        dump = commit_and_dump(writer);
        assert_int_equal(writer_snapshot(writer)->catalog.segment_count, 1);
        assert_slice(buffer_slice(&dump), buffer_slice(&expected));
        buffer_release(&dump);
        writer_close(writer);
    }
    buffer_release(&expected);
    arena_release(&arena);
    free(documents);
}

/* The totals of a merged segment are those of a fresh one, whatever was deleted. */
static void test_writer_compact__totals_of_fields(void **state) {
    (void)state;
    struct error err;
    struct writer *writer = index_fixture_writer(testing_path("index"));
    index_fixture_add(writer, "a", "one two three", "text", WRITER_ADDED);
    index_fixture_add(writer, "b", "one", "text", WRITER_ADDED);
    index_fixture_commit(writer);
    const struct segment_info *info = &writer_snapshot(writer)->segments[0].info;
    const struct segment_field *title = segment_info_field(info, SCHEMA_TITLE);
    assert_true(title && title->documents == 2 && title->length == 4);
    index_fixture_add(writer, "c", NULL, "text", WRITER_ADDED);
    index_fixture_remove(writer, "a", ST_OK);
    index_fixture_commit(writer);
    assert_ok(writer_compact(writer, &err), &err);
    info = &writer_snapshot(writer)->segments[0].info;
    title = segment_info_field(info, SCHEMA_TITLE);
    assert_true(title && title->documents == 1 && title->length == 1);
    writer_close(writer);
}

/* A document in parts, with more words than fit into memory, has the fields of one that comes
 * whole. */
static void test_writer_begin_document__with_fields(void **state) {
    (void)state;
    struct error err;
    struct testing_random random = testing_random();
    struct buffer text = {0};
    testing_random_words(&text, &random, 400000, 200000);
    const struct field_value values[] = {
        text_of(SCHEMA_TITLE, "Title of it"),
        {.field = SCHEMA_TEXT, .type = FIELD_TYPE_TEXT, .text = buffer_slice(&text)},
        text_of(SCHEMA_AUTHOR, "Ada"),
        keyword_of(SCHEMA_TAG, "Big")};
    struct writer *whole = open_writer(testing_path("whole"), 1, 256 << 20);
    add_values(whole, "a", values, 4);
    struct buffer expected = commit_and_dump(whole);
    writer_close(whole);

    struct writer *parts = open_writer(testing_path("parts"), 1, 4 << 20);
    const struct field_value rest[] = {values[0], values[2], values[3]};
    const struct index_document document = {slice_of_string("a"), rest, 3};
    const struct index_document all = {slice_of_string("a"), values, 4};
    enum writer_outcome outcome;
    assert_ok(writer_begin_document(parts, &document, index_document_hash(&all), &err), &err);
    for (struct slice left = buffer_slice(&text); left.size;) {
        size_t size = left.size < 100000 ? left.size : 100000;
        while (size < left.size && left.data[size - 1] != ' ')
            size--;
        assert_ok(writer_add_part(parts, slice_of(left.data, size), &err), &err);
        left = slice_after(left, size);
    }
    assert_ok(writer_end_document(&outcome, parts, true, &err), &err);
    struct buffer dump = commit_and_dump(parts);
    assert_true(dump.size == expected.size && memcmp(dump.data, expected.data, dump.size) == 0);
    writer_close(parts);
    buffer_release(&dump);
    buffer_release(&expected);
    buffer_release(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writer_add__places_of_values),
        cmocka_unit_test(test_writer_add__many_values),
        cmocka_unit_test(test_writer_commit__fields_of_the_second_year),
        cmocka_unit_test(test_writer_compact__totals_of_fields),
        cmocka_unit_test(test_writer_begin_document__with_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
