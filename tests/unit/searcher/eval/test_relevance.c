/* SPDX-License-Identifier: MIT */
/* The ten best documents of every query of every collection with relevance judgments below
 * QUERN_CORPORA are those of the oracle. bench/relevance.py compares them with the judgments. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "indexer/source/record_source.h"
#include "indexer/source/stream.h"
#include "tests/support/index_fixture.h"
#include "tests/support/oracle.h"
#include "tests/support/testing.h"

/* The oracle is slow, so only one of EACH queries is checked. */
#ifdef __SANITIZE_ADDRESS__
enum { TOP = 10, EACH = 48 };
#else
enum { TOP = 10, EACH = 3 };
#endif

/* Indexes the collection and gives the oracle the same documents. */
static void read_documents(const char *folder, const char *index, struct oracle *oracle,
                           const struct writer_options *options) {
    struct error err;
    char path[512];
    snprintf(path, sizeof path, "%s/corpus.ndjson", folder);
    struct record_source_options source_options = {0};
    struct record_source *source;
    struct writer *writer;
    struct source_document record;
    enum status status;
    int input;
    assert_ok(stream_open(&input, path, (struct file_set){0}, &err), &err);
    assert_ok(record_source_open(&source, FORMAT_NDJSON, input, path, &source_options, &err), &err);
    assert_ok(writer_open(&writer, index, options, &err), &err);
    while ((status = record_source_next(&record, source, &err)) == ST_OK) {
        enum writer_outcome outcome;
        struct document document = {.id = record.id,
                                    .title = source_document_field(&record, FIELD_TITLE),
                                    .text = source_document_field(&record, FIELD_TEXT)};
        assert_ok(index_fixture_write(&outcome, writer, &document, &err), &err);
        assert_int_equal(outcome, WRITER_ADDED);
        oracle_add(oracle, document.title, document.text);
    }
    assert_status(status, ST_END, &err);
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
    record_source_close(source);
    close(input);
}

static void check_query(struct snapshot *snapshot, struct analyzer *analyzer, struct oracle *oracle,
                        const char *text) {
    struct error err;
    struct query query;
    struct results results;
    struct oracle_answer answer;
    struct search_scratch *scratch = search_scratch_new();
    struct search_options options = {
        .mode = QUERY_ANY, .limit = TOP, .ranking = {.k1 = 1.2, .b = 0.75}};
    assert_non_null(scratch);
    assert_ok(query_parse(&query, &(struct query_context){.analyzer = analyzer},
                          slice_of_string(text), &err),
              &err);
    assert_ok(search_run(&results, scratch, &snapshot, 1, &query, &options, &err), &err);
    oracle_search(&answer, oracle, &query, options.mode, &options.ranking);
    oracle_check(&answer, &results, &options, &snapshot);
    results_release(&results);
    oracle_answer_release(&answer);
    query_release(&query);
    search_scratch_free(scratch);
}

/* Returns the number of queries. */
static unsigned check_queries(const char *folder, struct snapshot *snapshot,
                              struct analyzer *analyzer, struct oracle *oracle) {
    char path[512];
    snprintf(path, sizeof path, "%s/queries.tsv", folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *line = NULL;
    size_t capacity = 0;
    unsigned count = 0;
    while (getline(&line, &capacity, file) > 0) {
        const char *tab = strchr(line, '\t');
        assert_non_null(tab);
        if (count++ % EACH == 0)
            check_query(snapshot, analyzer, oracle, tab + 1);
    }
    free(line);
    fclose(file);
    return count;
}

static void check_collection(const char *corpora, const char *name, const char *language) {
    struct error err;
    char folder[256];
    const char *index = testing_path("index");
    struct writer_options options = index_fixture_options();
    struct analyzer *analyzer;
    struct snapshot *snapshot;
    snprintf(folder, sizeof folder, "%s/%s", corpora, name);
    options.keep_text = false;
    const char *stemmer = analyzer_stemmer_of_language(language);
    assert_non_null(stemmer);
    snprintf(options.analysis.stemmer, sizeof options.analysis.stemmer, "%s", stemmer);
    assert_ok(analyzer_new(&analyzer, &options.analysis, &err), &err);
    struct oracle *oracle = oracle_new(analyzer);
    read_documents(folder, index, oracle, &options);
    assert_ok(snapshot_open(&snapshot, index, &err), &err);
    unsigned queries = check_queries(folder, snapshot, analyzer, oracle);
    assert_true(queries > 0);
    print_message("%s: %u queries\n", name, queries);
    snapshot_close(snapshot);
    oracle_free(oracle);
    analyzer_free(analyzer);
}

static void test_search_run__top_of_every_judged_collection(void **state) {
    (void)state;
    const char *corpora = getenv("QUERN_CORPORA");
    if (!corpora) {
        print_message("skipped: no corpus\n");
        skip();
    }
    FILE *reference = fopen(TEST_DATA "/../../bench/reference.tsv", "r");
    assert_non_null(reference);
    char line[1024], name[64], language[16];
    unsigned collections = 0;
    while (fgets(line, sizeof line, reference))
        if (*line != '#' && sscanf(line, "%63s %15s", name, language) == 2) {
            check_collection(corpora, name, language);
            collections++;
        }
    fclose(reference);
    assert_true(collections > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search_run__top_of_every_judged_collection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
