/* SPDX-License-Identifier: MIT */
/* Any tree of clauses finds the documents, with the scores and in the order, that an evaluation of the
 * stored texts finds, however documents are spread over segments and indexes.
 *
 * QUERN_TREES says how many trees are tried; the number of those tried is printed at the end. With
 * QUERN_SHOW, each is printed before it is tried. */
#include <stdio.h>
#include <stdlib.h>

#include "searcher/eval/explain.h"
#include "tests/support/index_fixture.h"
#include "tests/support/oracle_fields.h"
#include "tests/support/oracle_tree.h"
#include "tests/support/random_tree.h"

/* Checks the results in the order of a field, and a facet. */
static void check_fields(struct searcher_fixture *searcher, const struct typed_corpus *corpus,
                         struct testing_random *random, const struct query *query,
                         struct search_options options, struct oracle_answer *answer) {
    struct results results;
    struct facet_request facet = {
        .field = typed_corpus_field(random, corpus, 1u << FIELD_TYPE_KEYWORD), .limit = 5};
    options.sort.field = typed_corpus_field(random, corpus, UINT32_MAX);
    options.sort.descending = testing_random_below(random, 2);
    options.facets = &facet;
    options.facet_count = 1;
    oracle_sort(answer, searcher->oracle, &options.sort);
    searcher_fixture_search(&results, searcher, query, &options);
    oracle_check_sorted(answer, &results, &options, searcher->snapshots);
    oracle_check_facet(answer, searcher->oracle, &results.facets[0], &facet);
    results_release(&results);
}

/* Explanations of the first hits add up to their scores. */
static void check_hits(struct searcher_fixture *searcher, const struct query *query,
                       const struct search_options *options) {
    struct error err;
    struct results results;
    searcher_fixture_search(&results, searcher, query, options);
    for (size_t i = 0; i < results.count && i < 5; i++) {
        const struct hit *hit = &results.hits[i];
        struct explanations why;
        size_t words, some = 0;
        double sum = 0;
        assert_ok(explain_hit(&why, &results, hit, &err), &err);
        for (size_t k = 0; k < why.count; k++) {
            assert_true(why.clauses[k].matches || why.clauses[k].contribution == 0);
            sum += why.clauses[k].contribution;
            some += why.clauses[k].matches;
        }
        assert_true(sum == hit->score && why.score == hit->score);
        assert_ok(explain_word_count(&words, &results, hit, &err), &err);
        assert_true(words >= some || !results.plans[hit->part].tree);
        explain_release(&why);
    }
    results_release(&results);
}

static void check_tree(struct searcher_fixture *searcher, const struct oracle_forms *forms,
                       const struct typed_corpus *corpus, struct testing_random *random) {
    struct query query;
    struct oracle_answer answer;
    struct search_options options = searcher_fixture_random_options(random);
    options.ranking.nearness = 0;
    random_tree_query(&query, random, corpus, searcher->analyzer);
    if (getenv("QUERN_SHOW"))
        random_tree_show(stderr, &query, options.mode);
    oracle_tree_search(&answer, searcher->oracle, forms, &query, options.mode, &options.ranking);
    searcher_fixture_check_answer(searcher, &query, options, &answer);
    check_hits(searcher, &query, &options);
    check_fields(searcher, corpus, random, &query, options, &answer);
    oracle_answer_release(&answer);
    query_release(&query);
}

struct shape {
    uint32_t documents, words, vocabulary, indexes, commits, changes;
    unsigned part; /* of the trees */
};

static unsigned check_shape(struct testing_random *random, const struct shape *shape,
                            unsigned trees) {
    struct typed_corpus corpus =
        typed_corpus_new(random, shape->documents, shape->words, shape->vocabulary);
    const char *paths[INDEXES_MAX];
    random_tree_inflect(&corpus, random);
    for (uint32_t i = 0; i < shape->indexes; i++) {
        paths[i] = typed_corpus_index(&corpus, i, shape->indexes, shape->commits);
        typed_corpus_change(&corpus, paths[i], random, i, shape->indexes, shape->words,
                            shape->changes);
    }
    struct searcher_fixture searcher;
    searcher_fixture_open(&searcher, paths, shape->indexes);
    typed_corpus_teach(&searcher, &corpus);
    struct oracle_forms *forms = oracle_forms_new(&searcher);
    for (unsigned i = 0; i < trees; i++)
        check_tree(&searcher, forms, &corpus, random);
    oracle_forms_free(forms);
    searcher_fixture_close(&searcher);
    typed_corpus_free(&corpus);
    return trees;
}

static void test_search_run__answers_any_tree_as_the_oracle(void **state) {
    (void)state;
    static const struct shape shapes[] = {
        {40, 8, 8, 1, 2, 10, 20},     {300, 20, 40, 2, 3, 60, 35}, {600, 60, 200, 1, 3, 100, 20},
        {900, 10, 12, 3, 2, 100, 20}, {2500, 8, 30, 1, 1, 300, 5},
    };
    struct testing_random random = testing_random();
    const char *wanted = getenv("QUERN_TREES");
    unsigned trees = wanted ? (unsigned)strtoul(wanted, NULL, 10) : 250 / TESTING_FEWER, tried = 0;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        tried += check_shape(&random, &shapes[i], trees * shapes[i].part / 100);
    printf("%u trees\n", tried);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search_run__answers_any_tree_as_the_oracle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
