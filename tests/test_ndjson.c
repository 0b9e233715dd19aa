#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "indexer/source/ndjson.h"
#include "tests/scratch.h"

static struct scratch scratch;
static char path[300];
static struct error err;

static int set_up(void **state) {
    (void)state;
    if (!scratch_make(&scratch))
        return 1;
    snprintf(path, sizeof path, "%s/records", scratch.path);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    scratch_remove(&scratch);
    return 0;
}

static struct ndjson *open_records(const char *text, const struct ndjson_options *options) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    struct ndjson *ndjson;
    assert_int_equal(ndjson_open(&ndjson, path, "/r.ndjson", options, &err), ST_OK);
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
                                         &(struct ndjson_options){.fields = ndjson_fields});
    assert_document(ndjson, "a", "A", "first");
    assert_document(ndjson, "2", "", "second");
    assert_end(ndjson);
}

static void test_ndjson_next__mark_blanks_and_carriage_returns(void **state) {
    (void)state;
    struct ndjson *ndjson =
        open_records("\xEF\xBB\xBF{\"id\":\"a\"}\r\n\r\n\n \t \n{\"id\":\"b\"}\r\n\n",
                     &(struct ndjson_options){.fields = ndjson_fields});
    assert_document(ndjson, "a", "", "");
    assert_document(ndjson, "b", "", "");
    assert_end(ndjson);
}

static void test_ndjson_next__without_id(void **state) {
    (void)state;
    struct ndjson *ndjson = open_records("{\"text\":\"x\"}\n\n{\"id\":\"\",\"text\":\"y\"}\n",
                                         &(struct ndjson_options){.fields = ndjson_fields});
    assert_document(ndjson, "/r.ndjson#1", "", "x");
    assert_document(ndjson, "/r.ndjson#3", "", "y");
    assert_end(ndjson);
}

static void test_ndjson_next__goes_on_behind_bad_records(void **state) {
    (void)state;
    struct ndjson *ndjson = open_records(
        "{\"id\":\"a\"}\n{\"id\":\n{\"id\":{}}\n[]\n{\"id\":\"long\",\"text\":\"0123456789"
        "0123456789\"}\n{\"id\":\"b\"}\n{\"id\":\"c",
        &(struct ndjson_options){.fields = ndjson_fields, .max_line = 20});
    assert_document(ndjson, "a", "", "");
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
    struct ndjson_options options = {.fields = ndjson_fields};
    assert_int_equal(ndjson_open(&ndjson, corpus, corpus, &options, &err), ST_OK);
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
        cmocka_unit_test(test_ndjson_open__other_names),
        cmocka_unit_test(test_ndjson_next__corpus),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
