#include "tests/support/testing.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "indexer/source/ndjson.h"

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

static struct ndjson *open_records(const char *text, const struct ndjson_options *options) {
    testing_write_file(path, slice_of_string(text));
    struct ndjson *ndjson;
    open_input(path);
    assert_int_equal(ndjson_open(&ndjson, input, "/r.ndjson", options, &err), ST_OK);
    return ndjson;
}

static void assert_document(struct ndjson *ndjson, const char *id, const char *title,
                            const char *text) {
    struct document document;
    assert_int_equal(ndjson_next(&document, ndjson, &err), ST_OK);
    assert_true(slice_equal(document.id, slice_of_string(id)));
    assert_true(slice_equal(document.title, slice_of_string(title)));
    assert_true(slice_equal(document.text, slice_of_string(text)));
    assert_int_equal(document.mtime, 0);
    assert_false(document.has_text);
}

static void assert_skipped(struct ndjson *ndjson, const char *where) {
    struct document document;
    assert_int_equal(ndjson_next(&document, ndjson, &err), ST_SKIPPED);
    assert_int_equal(strncmp(err.text, where, strlen(where)), 0);
}

static void assert_end(struct ndjson *ndjson) {
    struct document document;
    assert_int_equal(ndjson_next(&document, ndjson, &err), ST_END);
    ndjson_close(ndjson);
}

static void test_ndjson_next__documents(void **state) {
    (void)state;
    struct ndjson *ndjson = open_records("{\"id\":\"a\",\"title\":\"A\",\"text\":\"first\"}\n"
                                         "{\"id\":2,\"text\":\"second\"}",
                                         &(struct ndjson_options){.fields = ndjson_default_fields});
    assert_document(ndjson, "a", "A", "first");
    assert_document(ndjson, "2", "", "second");
    assert_end(ndjson);
}

static void test_ndjson_next__mark_blanks_and_carriage_returns(void **state) {
    (void)state;
    struct ndjson *ndjson = open_records(
        "\xEF\xBB\xBF{\"id\":\"a\",\"text\":\"\"}\r\n\r\n\n \t \n  {\"id\":\"b\"}\r\n\n",
        &(struct ndjson_options){.fields = ndjson_default_fields});
    assert_document(ndjson, "a", "", "");
    assert_document(ndjson, "b", "", "");
    assert_end(ndjson);
}

static void test_ndjson_next__without_id(void **state) {
    (void)state;
    struct ndjson *ndjson = open_records("{\"text\":\"x\"}\n\n{\"id\":\"\",\"text\":\"y\"}\n",
                                         &(struct ndjson_options){.fields = ndjson_default_fields});
    assert_document(ndjson, "/r.ndjson#1", "", "x");
    assert_document(ndjson, "/r.ndjson#3", "", "y");
    assert_end(ndjson);
}

/* In a stream, an id depends on what the record says, not on where it was: another stream does not
 * take its place, and the same one changes nothing. */
static void test_ndjson_next__without_id_in_a_stream(void **state) {
    (void)state;
    struct ndjson_options options = {.fields = ndjson_default_fields, .stream = true};
    struct document document;
    uint8_t ids[4][18];
    struct ndjson *ndjson = open_records(
        "{\"text\":\"x\"}\n{\"text\":\"y\"}\n\n{\"title\":\"x\"}\n{\"n\":1,\"text\":\"x\"}\n"
        "{\"id\":\"7\",\"text\":\"x\"}\n",
        &options);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(ndjson_next(&document, ndjson, &err), ST_OK);
        assert_int_equal(document.id.size, sizeof ids[i]);
        assert_memory_equal(document.id.data, "-#", 2);
        memcpy(ids[i], document.id.data, sizeof ids[i]);
    }
    assert_document(ndjson, "7", "", "x");
    assert_end(ndjson);
    assert_memory_not_equal(ids[0], ids[1], sizeof *ids);
    assert_memory_not_equal(ids[0], ids[2], sizeof *ids);
    assert_memory_equal(ids[0], ids[3], sizeof *ids);
}

static void assert_refused(const char *text, const char *why) {
    struct document document;
    struct ndjson *ndjson =
        open_records(text, &(struct ndjson_options){.fields = ndjson_default_fields});
    assert_int_equal(ndjson_next(&document, ndjson, &err), ST_INVALID);
    assert_int_equal(strncmp(err.text, "/r.ndjson: ", 11), 0);
    if (!strstr(err.text, why))
        fail_msg("%s", err.text);
    ndjson_close(ndjson);
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

/* Ids are held back only so far: a large feed of another kind need not be read to its end. */
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

/* A record without either is a document without words, which takes the place of one with words. */
static void test_ndjson_next__some_records_have_title_or_text(void **state) {
    (void)state;
    struct ndjson *ndjson = open_records("{\"id\":\"a\"}\n{\"id\"\n{\"n\":1}\n"
                                         "{\"id\":\"c\",\"text\":\"x\"}\n{\"id\":\"d\"}\n",
                                         &(struct ndjson_options){.fields = ndjson_default_fields});
    assert_skipped(ndjson, "/r.ndjson:2: ");
    assert_document(ndjson, "a", "", "");
    assert_document(ndjson, "/r.ndjson#3", "", "");
    assert_document(ndjson, "c", "", "x");
    assert_document(ndjson, "d", "", "");
    assert_end(ndjson);
    ndjson = open_records("{\"id\":\"a\",\"title\":null}\n",
                          &(struct ndjson_options){.fields = ndjson_default_fields});
    assert_document(ndjson, "a", "", "");
    assert_end(ndjson);
}

static void test_ndjson_next__goes_on_behind_bad_records(void **state) {
    (void)state;
    struct ndjson *ndjson =
        open_records("{\"id\":\"a\",\"text\":1}\n{\"id\":\n{\"id\":{}}\n[]\n{\"id\":\"long\","
                     "\"text\":\"0123456789"
                     "0123456789\"}\n{\"id\":\"b\"}\n{\"id\":\"c",
                     &(struct ndjson_options){.fields = ndjson_default_fields, .max_line = 20});
    assert_document(ndjson, "a", "", "1");
    assert_skipped(ndjson, "/r.ndjson:2: ");
    assert_skipped(ndjson, "/r.ndjson:3: the id is an object");
    assert_skipped(ndjson, "/r.ndjson:4: ");
    assert_skipped(ndjson, "/r.ndjson:5: ");
    assert_document(ndjson, "b", "", "");
    assert_skipped(ndjson, "/r.ndjson:7: ");
    assert_end(ndjson);
}

static void test_ndjson_open__other_names(void **state) {
    (void)state;
    const char *const id[] = {"key", NULL}, *const title[] = {NULL},
                      *const text[] = {"summary", "body", NULL};
    struct ndjson *ndjson = open_records(
        "{\"id\":\"no\",\"body\":\"B\",\"key\":\"k\",\"title\":\"no\",\"summary\":\"S\"}\n",
        &(struct ndjson_options){.fields = {id, title, text}});
    assert_document(ndjson, "k", "", "S\nB");
    assert_end(ndjson);
}

/* The whole corpus, read in full: the sums are those that another JSON library finds. */
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
    struct ndjson *ndjson;
    struct ndjson_options options = {.fields = ndjson_default_fields};
    open_input(corpus);
    assert_int_equal(ndjson_open(&ndjson, input, corpus, &options, &err), ST_OK);
    struct document document;
    uint64_t documents = 0, titles = 0, texts = 0;
    enum status status;
    while ((status = ndjson_next(&document, ndjson, &err)) == ST_OK) {
        documents++;
        titles += document.title.size;
        texts += document.text.size;
    }
    assert_int_equal(status, ST_END);
    assert_int_equal(ndjson_consumed(ndjson), seen.st_size);
    assert_int_equal(documents, 36136);
    assert_int_equal(titles, 658947);
    assert_int_equal(texts, 291616682);
    ndjson_close(ndjson);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ndjson_next__documents),
        cmocka_unit_test(test_ndjson_next__mark_blanks_and_carriage_returns),
        cmocka_unit_test(test_ndjson_next__without_id),
        cmocka_unit_test(test_ndjson_next__goes_on_behind_bad_records),
        cmocka_unit_test(test_ndjson_next__without_id_in_a_stream),
        cmocka_unit_test(test_ndjson_next__other_layouts),
        cmocka_unit_test(test_ndjson_next__no_record_has_title_or_text),
        cmocka_unit_test(test_ndjson_next__first_records_without_title_or_text),
        cmocka_unit_test(test_ndjson_next__some_records_have_title_or_text),
        cmocka_unit_test(test_ndjson_open__other_names),
        cmocka_unit_test(test_ndjson_next__corpus),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
