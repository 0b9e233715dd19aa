/* SPDX-License-Identifier: MIT */
/* A document has the terms of its language if the index has it, else those of the first. */
#include "tests/support/testing.h"

#include "common/form/form_cursor.h"
#include "common/index/verify.h"
#include "tests/support/index_fixture.h"

static struct writer_options options_of(const char *first, const char *second) {
    struct writer_options options = index_fixture_options();
    snprintf(options.analysis.stemmer, sizeof options.analysis.stemmer, "%s", first);
    snprintf(options.analysis.other_stemmers[0], STEMMER_NAME_SIZE, "%s", second);
    return options;
}

static struct writer *open_index(const char *index, const struct writer_options *options) {
    struct writer *writer;
    struct error err;
    assert_ok(writer_open(&writer, index, options, &err), &err);
    return writer;
}

/* Values of a document in a language; NULL: it says none. */
static struct index_document document_of(struct field_value values[2], const char *id,
                                         const char *lang, const char *title) {
    size_t count = 0;
    values[count++] = (struct field_value){
        .field = SCHEMA_TITLE, .type = FIELD_TYPE_TEXT, .text = slice_of_string(title)};
    if (lang)
        values[count++] = (struct field_value){
            .field = SCHEMA_LANG, .type = FIELD_TYPE_KEYWORD, .text = slice_of_string(lang)};
    return (struct index_document){slice_of_string(id), values, count};
}

static void add(struct writer *writer, const char *id, const char *lang, const char *title) {
    struct field_value values[2];
    struct index_document document = document_of(values, id, lang, title);
    enum writer_outcome outcome;
    struct error err;
    assert_ok(writer_add(&outcome, writer, &document, &err), &err);
}

/* Adds a document whose text comes in parts. */
static void add_part(struct writer *writer, const char *id, const char *lang, const char *text) {
    struct field_value values[2];
    struct index_document document = document_of(values, id, lang, "");
    enum writer_outcome outcome;
    struct error err;
    uint64_t hash = index_document_hash_of_text(&document, hash64(text, strlen(text), 0));
    assert_ok(writer_begin_document(writer, &document, hash, &err), &err);
    assert_ok(writer_add_part(writer, slice_of_string(text), &err), &err);
    assert_ok(writer_end_document(&outcome, writer, true, &err), &err);
}

/* Asserts how many documents have a term, in all segments. */
static void assert_frequency(struct writer *writer, const char *term, uint32_t expected) {
    struct snapshot *snapshot = writer_snapshot(writer);
    uint32_t found = 0;
    struct error err;
    for (size_t i = 0; i < snapshot->catalog.segment_count; i++) {
        struct term_entry entry;
        enum status status = segment_find_term(&entry, &snapshot->segments[i], SCHEMA_ALL,
                                               slice_of_string(term), &err);
        found += status ? 0 : entry.documents;
    }
    assert_int_equal(found, expected);
}

static void assert_sound(struct writer *writer) {
    struct verify_counts counts;
    struct error err;
    assert_ok(verify_snapshot(&counts, writer_snapshot(writer), &err), &err);
}

/* Asserts "form term count" of the first segment, separated by semicolons. */
static void assert_forms(struct writer *writer, const char *expected) {
    struct form_cursor cursor;
    struct surface_form form;
    struct buffer out = {0};
    struct error err;
    form_cursor_open(&cursor, &writer_snapshot(writer)->segments[0].chunks);
    while (!form_cursor_next(&cursor, &err)) {
        char line[200];
        assert_ok(form_cursor_form(&form, &cursor, &err), &err);
        int size = snprintf(line, sizeof line, "%.*s %.*s %llu;", (int)form.form.size,
                            (const char *)form.form.data, (int)form.term.size,
                            (const char *)form.term.data, (unsigned long long)form.count);
        assert_int_equal(buffer_append(&out, line, (size_t)size), ST_OK);
    }
    form_cursor_close(&cursor);
    assert_slice(buffer_slice(&out), slice_of_string(expected));
    buffer_release(&out);
}

static void test_writer_add__terms_of_its_language(void **state) {
    (void)state;
    struct writer_options options = options_of("english", "german");
    struct writer *writer = open_index(testing_path("index"), &options);
    add(writer, "1", "en", "Houses");
    add(writer, "2", "de-AT", "Häuser houses");
    add(writer, "3", NULL, "Häuser houses");
    add(writer, "4", "fr", "Houses");
    add(writer, "5", "deu", "Haus");
    index_fixture_commit(writer);
    assert_frequency(writer, "hous", 4);
    assert_frequency(writer, "haus", 2);
    assert_frequency(writer, "hauser", 1);
    assert_forms(writer, "haus haus 1;häuser haus 1;häuser hauser 1;houses hous 4;");
    assert_sound(writer);
    writer_close(writer);
}

static void test_writer_add_part__terms_of_its_language(void **state) {
    (void)state;
    struct writer_options options = options_of("english", "german");
    struct writer *writer = open_index(testing_path("index"), &options);
    add(writer, "1", "en", "Häuser");
    add_part(writer, "2", "de", "Häuser");
    add_part(writer, "3", "en", "Häuser");
    index_fixture_commit(writer);
    assert_frequency(writer, "haus", 1);
    assert_frequency(writer, "hauser", 2);
    writer_close(writer);
}

static void test_writer_compact__merges_forms_with_several_terms(void **state) {
    (void)state;
    struct writer_options options = options_of("english", "german");
    struct writer *writer = open_index(testing_path("index"), &options);
    struct error err;
    for (unsigned i = 0; i < 3; i++) {
        char id[4] = {(char)('a' + i)};
        add(writer, id, i ? "de" : "en", "Häuser running");
        index_fixture_commit(writer);
    }
    assert_ok(writer_compact(writer, &err), &err);
    assert_forms(writer, "häuser haus 2;häuser hauser 1;running run 1;running running 2;");
    assert_sound(writer);
    writer_close(writer);
}

static void test_writer_open__languages_are_settings(void **state) {
    (void)state;
    const char *index = testing_path("index");
    struct writer_options options = options_of("english", "german"), other = {.memory = 1 << 20};
    struct writer *writer = open_index(index, &options);
    writer_close(writer);
    writer = open_index(index, &other);
    assert_string_equal(writer_snapshot(writer)->catalog.other_stemmers, "german");
    writer_close(writer);
    static const char *const refused[][2] = {
        {"german", "english"}, {"english", "french"}, {"english", ""}, {"german", ""}};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct error err;
        other = options_of(refused[i][0], refused[i][1]);
        other.analysis_given = true;
        assert_status(writer_open(&writer, index, &other, &err), ST_SETTINGS, &err);
        assert_non_null(strstr(err.text, "(stemmers english,german; now "));
        if (i >= 2) {
            other.analysis_of_documents = true;
            writer_close(open_index(index, &other));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writer_add__terms_of_its_language),
        cmocka_unit_test(test_writer_add_part__terms_of_its_language),
        cmocka_unit_test(test_writer_compact__merges_forms_with_several_terms),
        cmocka_unit_test(test_writer_open__languages_are_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
