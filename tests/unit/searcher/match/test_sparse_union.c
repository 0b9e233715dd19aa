/* SPDX-License-Identifier: MIT */
/* Unions of which a filter lets few documents pass have the oracle's answers. */
#include "searcher/match/sparse_union.h"
#include "searcher/plan/planner.h"

#include "tests/support/typed_corpus.h"

enum { QUERIES = 300 };

/* Appends the clause that documents must pass the filter. */
static void add_filter(struct query *query, const struct query_filter *filter) {
    struct query_clause *clauses =
        realloc(query->clauses, (query->count + 1) * sizeof *query->clauses);
    assert_non_null(clauses);
    query->clauses = clauses;
    query->clauses[query->count++] = (struct query_clause){
        .kind = CLAUSE_FILTER, .occur = OCCUR_DEFAULT, .filter = filter, .boost = 1};
}

/* Whether the query is evaluated so in some segment. */
static bool is_sparse(struct searcher_fixture *searcher, const struct query *query,
                      const struct search_options *options) {
    struct plan plan;
    struct error err;
    bool sparse = false;
    assert_ok(plan_init(&plan, searcher->snapshots, searcher->count, query, QUERY_ANY,
                        &options->ranking, &err),
              &err);
    for (size_t i = 0; i < plan.segment_count; i++) {
        struct match match;
        assert_ok(match_init(&match, &plan, i, &err), &err);
        sparse |= !match.impossible && !match.required_count && match.optional_count &&
                  sparse_union_is_faster(&match);
        match_release(&match);
    }
    plan_release(&plan);
    return sparse;
}

/* Two to five words, of which some may be a phrase. */
static void make_query(struct buffer *text, struct testing_random *random, uint32_t vocabulary) {
    uint32_t words = 2 + testing_random_below(random, 4);
    buffer_clear(text);
    for (uint32_t i = 0; i < words; i++) {
        if (testing_random_below(random, 8) == 0)
            assert_int_equal(buffer_append(text, "\"w0 w1\" ", 8), ST_OK);
        testing_random_words(text, random, 1, vocabulary);
    }
    assert_int_equal(buffer_append_byte(text, '\0'), ST_OK);
}

static void test_sparse_union_rank__finds_what_the_oracle_finds(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct typed_corpus corpus = typed_corpus_new(&random, 5000, 8, 100);
    const char *paths[2];
    for (uint32_t i = 0; i < 2; i++) {
        paths[i] = typed_corpus_index(&corpus, i, 2, 1);
        if (i)
            typed_corpus_change(&corpus, paths[i], &random, i, 2, 8, 300);
    }
    struct searcher_fixture searcher;
    searcher_fixture_open(&searcher, paths, 2);
    typed_corpus_teach(&searcher, &corpus);
    struct buffer text = {0};
    struct arena arena = {0};
    unsigned sparse = 0;
    for (unsigned i = 0; i < QUERIES / TESTING_FEWER; i++) {
        struct query query;
        struct search_options options = searcher_fixture_random_options(&random);
        options.mode = QUERY_ANY;
        make_query(&text, &random, 100);
        searcher_fixture_parse(&query, &searcher, (const char *)text.data);
        struct query_filter filter = typed_corpus_filter(&arena, &random, &corpus);
        add_filter(&query, &filter);
        if (is_sparse(&searcher, &query, &options)) {
            sparse++;
            searcher_fixture_check(&searcher, &query, options);
        }
        query_release(&query);
    }
    assert_true(sparse >= QUERIES / TESTING_FEWER / 10);
    buffer_release(&text);
    arena_release(&arena);
    searcher_fixture_close(&searcher);
    typed_corpus_free(&corpus);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sparse_union_rank__finds_what_the_oracle_finds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
