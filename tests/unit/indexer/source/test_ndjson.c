/* SPDX-License-Identifier: MIT */
/* NDJSON gives documents, and input that is something else is refused. */
#include "tests/support/testing.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "indexer/source/ndjson.h"
#include "indexer/source/record_source.h"

static const char *path;
static struct error err;
static int input = -1;

static int set_up(void **state) {
    (void)state;
    path = testing_path("records");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    close(input);
    return 0;
}

static void open_input(const char *name) {
    if (input >= 0)
        close(input);
    input = open(name, O_RDONLY | O_CLOEXEC);
    assert_true(input >= 0);
}

static struct record_source *open_records(const char *text,
                                          const struct record_source_options *options) {
    testing_write_file(path, slice_of_string(text));
    struct record_source *source;
    open_input(path);
    assert_int_equal(record_source_open(&source, FORMAT_NDJSON, input, "/r.ndjson", options, &err),
                     ST_OK);
    return source;
}

static void assert_document(struct record_source *source, const char *id, const char *title,
                            const char *text) {
    struct source_document document;
    assert_int_equal(record_source_next(&document, source, &err), ST_OK);
    assert_true(slice_equal(document.id, slice_of_string(id)));
    assert_true(slice_equal(source_document_field(&document, FIELD_TITLE), slice_of_string(title)));
    assert_true(slice_equal(source_document_field(&document, FIELD_TEXT), slice_of_string(text)));
    assert_int_equal(document.mtime, 0);
}

static void assert_skipped(struct record_source *source, const char *where) {
    struct source_document document;
    assert_int_equal(record_source_next(&document, source, &err), ST_SKIPPED);
    assert_int_equal(strncmp(err.text, where, strlen(where)), 0);
}

static void assert_end(struct record_source *source) {
    struct source_document document;
    assert_int_equal(record_source_next(&document, source, &err), ST_END);
    record_source_close(source);
}

static void test_ndjson_next__documents(void **state) {
    (void)state;
    struct record_source *source =
        open_records("{\"id\":\"a\",\"title\":\"A\",\"text\":\"first\"}\n"
                     "{\"id\":2,\"text\":\"second\"}",
                     &(struct record_source_options){0});
    assert_document(source, "a", "A", "first");
    assert_document(source, "2", "", "second");
    assert_end(source);
}

static void test_ndjson_next__byte_order_mark_blanks_and_carriage_returns(void **state) {
    (void)state;
    struct record_source *source = open_records(
        "\xEF\xBB\xBF{\"id\":\"a\",\"text\":\"\"}\r\n\r\n\n \t \n  {\"id\":\"b\"}\r\n\n",
        &(struct record_source_options){0});
    assert_document(source, "a", "", "");
    assert_document(source, "b", "", "");
    assert_end(source);
}

static void test_ndjson_next__without_id(void **state) {
    (void)state;
    struct record_source *source = open_records(
        "{\"text\":\"x\"}\n\n{\"id\":\"\",\"text\":\"y\"}\n", &(struct record_source_options){0});
    assert_document(source, "/r.ndjson#1", "", "x");
    assert_document(source, "/r.ndjson#3", "", "y");
    assert_end(source);
}

/* In a stream, an id depends on the content of the record, not on its position: another stream does
 * not replace it, and the same one changes nothing. */
static void test_ndjson_next__without_id_in_a_stream(void **state) {
    (void)state;
    struct record_source_options options = {.stream = true};
    struct source_document document;
    uint8_t ids[4][18];
    struct record_source *source = open_records(
        "{\"text\":\"x\"}\n{\"text\":\"y\"}\n\n{\"title\":\"x\"}\n{\"n\":1,\"text\":\"x\"}\n"
        "{\"id\":\"7\",\"text\":\"x\"}\n",
        &options);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(record_source_next(&document, source, &err), ST_OK);
        assert_int_equal(document.id.size, sizeof ids[i]);
        assert_memory_equal(document.id.data, "-#", 2);
        memcpy(ids[i], document.id.data, sizeof ids[i]);
    }
    assert_document(source, "7", "", "x");
    assert_end(source);
    assert_memory_not_equal(ids[0], ids[1], sizeof *ids);
    assert_memory_not_equal(ids[0], ids[2], sizeof *ids);
    assert_memory_equal(ids[0], ids[3], sizeof *ids);
}

static void assert_refused(const char *text, const char *why) {
    struct source_document document;
    struct record_source *source = open_records(text, &(struct record_source_options){0});
    assert_int_equal(record_source_next(&document, source, &err), ST_INVALID);
    assert_int_equal(strncmp(err.text, "/r.ndjson: ", 11), 0);
    if (!strstr(err.text, why))
        fail_msg("%s", err.text);
    record_source_close(source);
}

static void test_ndjson_next__other_layouts(void **state) {
    (void)state;
    assert_refused("[\n{\"id\":\"1\",\"text\":\"gas\"},\n{\"id\":\"2\",\"text\":\"oil\"}\n]\n",
                   "jq -c '.[]'");
    assert_refused("\xEF\xBB\xBF\n [{\"text\":\"gas\"}]", "a JSON array");
    assert_refused("{ \r\n \"records\": [\n{\"id\":\"1\",\"text\":\"gas\"}\n]}\n", "jq -c .");
    assert_refused("{\"type\":\"Collection\",\"features\":[ \n"
                   "{\"id\":\"1\",\"text\":\"gas\"},\n{\"id\":\"2\",\"text\":\"oil\"}\n]}\n",
                   "JSON over several lines");
    assert_refused("{\"id\":\"1\",\n\"text\":\"gas\"}\n", "JSON over several lines");
}

static void test_ndjson_next__no_record_has_title_or_text(void **state) {
    (void)state;
    assert_refused("{\"key\":1,\"Subject\":\"gas\",\"Body\":\"pipeline\"}\n{\"key\":2}\n",
                   "no record has a member title or text; the first one has key, Subject, Body;");
    assert_refused("{\"id\":\"a\"}\n", "the first one has id;");
}

/* Ids are held back up to a limit: a large file of another kind is not read to its end. */
static void test_ndjson_next__first_records_without_title_or_text(void **state) {
    (void)state;
    struct buffer many = {0};
    char record[64];
    for (int i = 0; i < 100000; i++) {
        int size = snprintf(record, sizeof record, "{\"id\":\"%016d\"}\n", i);
        assert_int_equal(buffer_append(&many, record, (size_t)size), ST_OK);
    }
    assert_int_equal(buffer_append_byte(&many, 0), ST_OK);
    assert_refused((const char *)many.data, "none of the first records has a member title or text");
    buffer_release(&many);
}

/* A record without either is a document without content, which replaces one that had some. */
static void test_ndjson_next__some_records_have_title_or_text(void **state) {
    (void)state;
    struct record_source *source = open_records("{\"id\":\"a\"}\n{\"id\"\n{\"n\":1}\n"
                                                "{\"id\":\"c\",\"text\":\"x\"}\n{\"id\":\"d\"}\n",
                                                &(struct record_source_options){0});
    assert_skipped(source, "/r.ndjson:2: ");
    assert_document(source, "a", "", "");
    assert_document(source, "/r.ndjson#3", "", "");
    assert_document(source, "c", "", "x");
    assert_document(source, "d", "", "");
    assert_end(source);
    source = open_records("{\"id\":\"a\",\"title\":null}\n", &(struct record_source_options){0});
    assert_document(source, "a", "", "");
    assert_end(source);
}

static void test_ndjson_next__goes_on_after_bad_records(void **state) {
    (void)state;
    struct record_source *source =
        open_records("{\"id\":\"a\",\"text\":1}\n{\"id\":\n{\"id\":{}}\n[]\n{\"id\":\"long\","
                     "\"text\":\"0123456789"
                     "0123456789\"}\n{\"id\":\"b\"}\n{\"id\":\"c",
                     &(struct record_source_options){.max_size = 20});
    assert_document(source, "a", "", "1");
    assert_skipped(source, "/r.ndjson:2: ");
    assert_skipped(source, "/r.ndjson:3: the id is an object");
    assert_skipped(source, "/r.ndjson:4: ");
    assert_skipped(source, "/r.ndjson:5: ");
    assert_document(source, "b", "", "");
    assert_skipped(source, "/r.ndjson:7: ");
    assert_end(source);
}

/* Form feeds are white space to ASCII but not to JSON. */
static void test_ndjson_next__form_feeds_are_no_blanks(void **state) {
    (void)state;
    struct record_source *source = open_records("{\"id\":\"a\",\"text\":\"first\"}\n"
                                                "\f\n"
                                                "{\"id\":\"b\",\"text\":\"second\"}\f\n",
                                                &(struct record_source_options){0});
    assert_document(source, "a", "", "first");
    assert_skipped(source, "/r.ndjson:2: ");
    assert_skipped(source, "/r.ndjson:3: ");
    assert_end(source);
}

static void test_ndjson_open__other_names(void **state) {
    (void)state;
    struct record_fields fields = {.id = slice_of_string("key"),
                                   .title = slice_of_string("heading"),
                                   .text = slice_of_string("summary,body")};
    struct record_source *source = open_records(
        "{\"id\":\"no\",\"body\":\"B\",\"key\":\"k\",\"title\":\"no\",\"summary\":\"S\"}\n",
        &(struct record_source_options){.fields = fields});
    assert_document(source, "k", "", "S\nB");
    assert_end(source);
}

/* "tag=oil price=3", then "price:an object, not a value" for problems. */
static void assert_fields(struct record_source *source, const char *expected) {
    struct source_document document;
    char found[512] = "";
    size_t used = 0;
    assert_int_equal(record_source_next(&document, source, &err), ST_OK);
    for (size_t i = 0; i < document.field_count; i++) {
        struct slice name = document.fields[i].name, value = document.fields[i].value;
        if (!slice_equal(name, slice_of_string(FIELD_TITLE)) &&
            !slice_equal(name, slice_of_string(FIELD_TEXT)))
            used += (size_t)snprintf(found + used, sizeof found - used, "%s%.*s=%.*s",
                                     used ? " " : "", (int)name.size, (const char *)name.data,
                                     (int)value.size, (const char *)value.data);
    }
    for (size_t i = 0; i < document.problem_count; i++)
        used += (size_t)snprintf(found + used, sizeof found - used, "%s%.*s:%s", used ? " " : "",
                                 (int)document.problems[i].name.size,
                                 (const char *)document.problems[i].name.data,
                                 document.problems[i].what);
    assert_string_equal(found, expected);
}

static void test_ndjson_next__fields_by_default(void **state) {
    (void)state;
    struct record_source *source = open_records(
        "{\"id\":1,\"text\":\"x\",\"keywords\":[\"c\"],\"tag\":\"a\",\"tags\":[\"b\"],\"price\":3}"
        "\n"
        "{\"id\":2,\"date\":\"2024-02-29\",\"author\":{\"name\":\"Ann\"},\"description\":\"d\"}\n"
        "{\"id\":3,\"language\":\"de\",\"author\":[\"Ann\",{}]}\n",
        &(struct record_source_options){0});
    assert_fields(source, "tag=a tag=b tag=c");
    assert_fields(source, "date=2024-02-29 description=d");
    assert_fields(source, "author=Ann lang=de author:an object, not a value");
    assert_end(source);
}

static const struct record_field declared[] = {
    {{(const uint8_t *)"price", 5}, {NULL, 0}},
    {{(const uint8_t *)"author", 6}, {(const uint8_t *)"by.name,author", 14}},
};

static void test_ndjson_next__declared_fields(void **state) {
    (void)state;
    struct record_source *source = open_records(
        "{\"id\":1,\"price\":{\"eur\":3},\"author\":\"Bo\",\"by\":[{\"name\":\"Ann\"}]}\n"
        "{\"id\":2,\"price\":4,\"tag\":\"a\"}\n",
        &(struct record_source_options){.fields = {.others = declared, .other_count = 2}});
    assert_fields(source, "author=Ann author=Bo price:an object, not a value");
    assert_fields(source, "price=4 tag=a");
    assert_end(source);
}

/* A declared field is what the user wants, even where no record has a title or a text; other fields
 * are no reason to take the file for what it is not. */
static void test_ndjson_next__recognized_by_declared_fields(void **state) {
    (void)state;
    struct record_source_options options = {.fields = {.others = declared, .other_count = 2}};
    struct record_source *source =
        open_records("{\"id\":1,\"tag\":\"a\"}\n{\"id\":2,\"tag\":[\"b\",\"c\"],\"lang\":\"en\"}\n"
                     "{\"id\":3,\"price\":4,\"tag\":\"d\"}\n{\"id\":4}\n",
                     &options);
    assert_fields(source, "tag=a");
    assert_fields(source, "lang=en tag=b tag=c");
    assert_fields(source, "price=4 tag=d");
    assert_fields(source, "");
    assert_end(source);
    assert_refused("{\"id\":1,\"author\":\"Ann\"}\n", "no record has a member title or text;");
    struct source_document document;
    source = open_records("{\"id\":1}\n", &options);
    assert_int_equal(record_source_next(&document, source, &err), ST_INVALID);
    assert_non_null(strstr(err.text, "a member title or text or price or by.name or author;"));
    record_source_close(source);
}

/* The id of a record without one depends on all of its fields. */
static void test_ndjson_next__fields_in_a_stream(void **state) {
    (void)state;
    struct record_source_options options = {.stream = true};
    struct source_document document;
    uint8_t ids[3][18];
    struct record_source *source = open_records(
        "{\"text\":\"x\",\"tag\":\"a\"}\n{\"text\":\"x\",\"tag\":\"b\"}\n{\"text\":\"x\"}\n",
        &options);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(record_source_next(&document, source, &err), ST_OK);
        assert_int_equal(document.id.size, sizeof ids[i]);
        memcpy(ids[i], document.id.data, sizeof ids[i]);
    }
    assert_end(source);
    assert_memory_not_equal(ids[0], ids[1], sizeof *ids);
    assert_memory_not_equal(ids[0], ids[2], sizeof *ids);
}

/* Reads the whole corpus; the sums are those that another JSON library gives. */
static void test_ndjson_next__corpus(void **state) {
    (void)state;
    const char *corpora = getenv("QUERN_CORPORA");
    char corpus[4096];
    snprintf(corpus, sizeof corpus, "%s/enwiki.ndjson.zst", corpora ? corpora : "");
    struct stat seen;
    if (!corpora || stat(corpus, &seen)) {
        print_message("skipped: no corpus\n");
        skip();
    }
    struct record_source *source;
    struct record_source_options options = {0};
    open_input(corpus);
    assert_int_equal(record_source_open(&source, FORMAT_NDJSON, input, corpus, &options, &err),
                     ST_OK);
    struct source_document document;
    uint64_t documents = 0, titles = 0, texts = 0;
    enum status status;
    while ((status = record_source_next(&document, source, &err)) == ST_OK) {
        documents++;
        titles += source_document_field(&document, FIELD_TITLE).size;
        texts += source_document_field(&document, FIELD_TEXT).size;
    }
    assert_int_equal(status, ST_END);
    assert_int_equal(record_source_consumed(source), seen.st_size);
    assert_int_equal(documents, 36136);
    assert_int_equal(titles, 658947);
    assert_int_equal(texts, 291616682);
    record_source_close(source);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ndjson_next__documents),
        cmocka_unit_test(test_ndjson_next__byte_order_mark_blanks_and_carriage_returns),
        cmocka_unit_test(test_ndjson_next__without_id),
        cmocka_unit_test(test_ndjson_next__goes_on_after_bad_records),
        cmocka_unit_test(test_ndjson_next__without_id_in_a_stream),
        cmocka_unit_test(test_ndjson_next__other_layouts),
        cmocka_unit_test(test_ndjson_next__no_record_has_title_or_text),
        cmocka_unit_test(test_ndjson_next__first_records_without_title_or_text),
        cmocka_unit_test(test_ndjson_next__some_records_have_title_or_text),
        cmocka_unit_test(test_ndjson_next__form_feeds_are_no_blanks),
        cmocka_unit_test(test_ndjson_open__other_names),
        cmocka_unit_test(test_ndjson_next__fields_by_default),
        cmocka_unit_test(test_ndjson_next__declared_fields),
        cmocka_unit_test(test_ndjson_next__recognized_by_declared_fields),
        cmocka_unit_test(test_ndjson_next__fields_in_a_stream),
        cmocka_unit_test(test_ndjson_next__corpus),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
