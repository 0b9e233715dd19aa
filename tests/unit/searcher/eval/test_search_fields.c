/* SPDX-License-Identifier: MIT */
/* Filters, orders and facets are those of the oracle, however documents are spread over segments
 * and indexes. */
#include <stdlib.h>
#include <time.h>

#include "tests/support/index_fixture.h"
#include "tests/support/oracle_fields.h"
#include "tests/support/typed_corpus.h"

enum { FILTERS_MAX = 3, FACETS = 2 };

/* Appends a clause that documents must meet, or must not. */
static void add_clause(struct query *query, const struct query_filter *filter, bool excluded) {
    struct query_clause *clauses =
        realloc(query->clauses, (query->count + 1) * sizeof *query->clauses);
    assert_non_null(clauses);
    query->clauses = clauses;
    query->clauses[query->count++] =
        (struct query_clause){.kind = CLAUSE_FILTER,
                              .occur = excluded ? OCCUR_MUST_NOT : OCCUR_DEFAULT,
                              .boost = 1,
                              .filter = filter};
}

static void check_facets(const struct oracle_answer *answer, const struct results *results,
                         const struct searcher_fixture *searcher,
                         const struct search_options *options) {
    assert_int_equal(results->facet_count, options->facet_count);
    for (size_t i = 0; i < results->facet_count; i++)
        oracle_check_facet(answer, searcher->oracle, &results->facets[i], &options->facets[i]);
}

/* By score, in all modes of evaluation, with facets. */
static void check_ranked(struct searcher_fixture *searcher, const struct query *query,
                         struct search_options options) {
    struct results results;
    struct oracle_answer answer;
    searcher_fixture_check(searcher, query, options);
    if (!options.facet_count)
        return;
    oracle_search(&answer, searcher->oracle, query, options.mode, &options.ranking);
    searcher_fixture_search(&results, searcher, query, &options);
    oracle_sort(&answer, searcher->oracle, &options.sort);
    check_facets(&answer, &results, searcher, &options);
    results_release(&results);
    oracle_answer_release(&answer);
}

/* In the order of a field. */
static void check_sorted(struct searcher_fixture *searcher, const struct query *query,
                         struct search_options options) {
    struct oracle_answer answer;
    oracle_search(&answer, searcher->oracle, query, options.mode, &options.ranking);
    oracle_sort(&answer, searcher->oracle, &options.sort);
    for (unsigned round = 0; round < 3; round++) {
        struct results results;
        options.exhaustive = round == 1;
        options.count = round == 2;
        searcher_fixture_search(&results, searcher, query, &options);
        oracle_check_sorted(&answer, &results, &options, searcher->snapshots);
        check_facets(&answer, &results, searcher, &options);
        assert_true(results.exact || !options.count);
        results_release(&results);
    }
    oracle_answer_release(&answer);
}

/* A query of words or of none, filters, and perhaps an order and facets. */
static void check_random(struct searcher_fixture *searcher, const struct typed_corpus *corpus,
                         struct testing_random *random) {
    struct arena arena = {0};
    struct buffer text = {0};
    struct query query;
    struct query_filter filters[FILTERS_MAX];
    struct facet_request facets[FACETS];
    struct search_options options = searcher_fixture_random_options(random);
    if (testing_random_below(random, 5) == 0)
        assert_int_equal(buffer_append_byte(&text, '\0'), ST_OK);
    else if (testing_random_below(random, 3))
        corpus_random_query(&text, random, &corpus->words);
    else
        corpus_mixed_query(&text, random, &corpus->words);
    searcher_fixture_parse(&query, searcher, (const char *)text.data);
    uint32_t count = testing_random_below(random, FILTERS_MAX + 1);
    for (uint32_t i = 0; i < count; i++) {
        filters[i] = typed_corpus_filter(&arena, random, corpus);
        add_clause(&query, &filters[i], testing_random_below(random, 3) == 0);
    }
    for (; options.facet_count < testing_random_below(random, FACETS + 1); options.facet_count++)
        facets[options.facet_count] = (struct facet_request){
            .field = typed_corpus_field(random, corpus,
                                        1u << FIELD_TYPE_KEYWORD | 1u << FIELD_TYPE_DATE),
            .limit = 1 + (uint32_t)testing_random_bits(random, 5)};
    options.facets = facets;
    if (testing_random_below(random, 2)) {
        options.sort.field = typed_corpus_field(random, corpus, UINT32_MAX);
        options.sort.descending = testing_random_below(random, 2);
        check_sorted(searcher, &query, options);
    } else {
        check_ranked(searcher, &query, options);
    }
    query_release(&query);
    buffer_release(&text);
    arena_release(&arena);
}

struct shape {
    uint32_t documents, words, vocabulary, indexes, commits, changes;
    unsigned queries;
};

static void check_shape(struct testing_random *random, const struct shape *shape) {
    struct typed_corpus corpus =
        typed_corpus_new(random, shape->documents, shape->words, shape->vocabulary);
    const char *paths[INDEXES_MAX];
    for (uint32_t i = 0; i < shape->indexes; i++) {
        paths[i] = typed_corpus_index(&corpus, i, shape->indexes, shape->commits);
        typed_corpus_change(&corpus, paths[i], random, i, shape->indexes, shape->words,
                            shape->changes);
    }
    struct searcher_fixture searcher;
    searcher_fixture_open(&searcher, paths, shape->indexes);
    typed_corpus_teach(&searcher, &corpus);
    for (unsigned i = 0; i < shape->queries; i++)
        check_random(&searcher, &corpus, random);
    searcher_fixture_close(&searcher);
    typed_corpus_free(&corpus);
}

static void test_search_run__filters_sorts_and_counts_as_the_oracle(void **state) {
    (void)state;
    static const struct shape shapes[] = {
        {1, 5, 5, 1, 1, 0, 20},
        {60, 8, 5, 1, 2, 10, 100},
        {1500, 10, 80, 1, 4, 200, 100},
        {1200, 10, 300, 3, 2, 60, 80},
    };
    /* Several windows, chunks and merges: tests/long/fields.sh. */
    static const struct shape long_shapes[] = {
        {20000, 6, 200, 1, 9, 2000, 100},
        {60000, 4, 400, 2, 3, 1000, 30},
        {150000, 3, 1000, 1, 2, 0, 10},
    };
    struct testing_random random = testing_random();
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        check_shape(&random, &shapes[i]);
    for (size_t i = 0; i < sizeof long_shapes / sizeof *long_shapes && getenv("QUERN_LONG"); i++)
        check_shape(&random, &long_shapes[i]);
}

/* The first and the last second of a year. */
static int64_t year_second(int year, bool last) {
    struct tm date = {.tm_year = year + last - 1900, .tm_mday = 1};
    return (int64_t)timegm(&date) - last;
}

static void test_facets_count__counts_each_year_to_its_last_second(void **state) {
    (void)state;
    const char *path = testing_path("index");
    struct writer *writer = index_fixture_writer(path);
    struct error err;
    uint32_t years = 0;
    for (int year = 1; year < 10000; year += year < 1900 || year > 2100 ? 101 : 1, years++) {
        struct field_value values[] = {
            {.field = SCHEMA_TEXT, .type = FIELD_TYPE_TEXT, .text = slice_of_string("w")},
            {.field = SCHEMA_DATE, .type = FIELD_TYPE_DATE, .key = year_second(year, false)},
            {.field = SCHEMA_DATE, .type = FIELD_TYPE_DATE, .key = year_second(year, true)},
            {.field = SCHEMA_DATE, .type = FIELD_TYPE_DATE, .key = year_second(year, false) + 1}};
        char id[16];
        snprintf(id, sizeof id, "d%d", year);
        struct index_document document = {
            .id = slice_of_string(id), .values = values, .value_count = 4};
        enum writer_outcome outcome;
        assert_ok(writer_add(&outcome, writer, &document, &err), &err);
    }
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
    struct searcher_fixture searcher;
    searcher_fixture_open_one(&searcher, path);
    struct facet_request request = {
        .field = schema_field(&searcher.snapshots[0]->catalog.schema, SCHEMA_DATE), .limit = 10000};
    searcher.schema = &searcher.snapshots[0]->catalog.schema;
    struct query query;
    struct results results;
    searcher_fixture_parse(&query, &searcher, "w");
    struct search_options options = {.mode = QUERY_ANY,
                                     .limit = 1,
                                     .ranking = {.k1 = 1.2, .b = 0.75},
                                     .facets = &request,
                                     .facet_count = 1};
    searcher_fixture_search(&results, &searcher, &query, &options);
    assert_int_equal(results.total, years);
    assert_int_equal(results.facets[0].count, years);
    for (uint32_t i = 0; i < years; i++)
        assert_int_equal(results.facets[0].values[i].count, 1);
    results_release(&results);
    query_release(&query);
    searcher_fixture_close(&searcher);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facets_count__counts_each_year_to_its_last_second),
        cmocka_unit_test(test_search_run__filters_sorts_and_counts_as_the_oracle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
