/* SPDX-License-Identifier: MIT */
/* An explanation adds up to exactly the score that it explains. */
#include "searcher/eval/explain.h"
#include "tests/support/searcher_fixture.h"

/* Checks the explanation of one hit against the oracle. */
static void check_explanation(struct searcher_fixture *searcher, const struct query *query,
                              const struct results *results, const struct hit *hit) {
    struct error err;
    struct explanations explanations;
    uint32_t doc = oracle_doc_number(searcher->snapshots, hit);
    assert_ok(explain_hit(&explanations, results, hit, &err), &err);
    double sum = 0;
    size_t clauses = 0, words = 0, words_expected = 0;
    for (size_t i = 0; i < query->count; i++) {
        if (query->clauses[i].occur == OCCUR_MUST_NOT)
            continue;
        const struct explanation *explanation = &explanations.clauses[clauses++];
        assert_slice(explanation->typed, query->clauses[i].typed);
        uint32_t frequency = oracle_frequency(searcher->oracle, &query->clauses[i], doc);
        assert_int_equal(explanation->matches, frequency > 0);
        if (results->plans[hit->part].weight_count == 0)
            assert_true(explanation->frequency == frequency);
        sum += explanation->contribution;
        if (explanation->matches)
            words_expected += query->clauses[i].quoted ? 1 : query->clauses[i].count;
    }
    assert_int_equal(explanations.count, clauses);
    for (size_t i = 0; i < explanations.pair_count; i++) {
        const struct pair_explanation *pair = &explanations.pairs[i];
        assert_true(pair->near || !pair->adjacent);
        assert_true((pair->contribution > 0) == (pair->near > 0));
        sum += pair->contribution;
    }
    assert_true(explanations.score == sum);
    assert_true(explanations.score == hit->score);
    assert_int_equal(explanations.length, oracle_length(searcher->oracle, doc));
    explain_release(&explanations);
    assert_ok(explain_word_count(&words, results, hit, &err), &err);
    assert_int_equal(words, words_expected);
}

static void test_explain_hit__sums_to_the_score(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct corpus corpus = corpus_new(&random, 1500, 20, 100);
    struct searcher_fixture searcher;
    const char *paths[2];
    for (uint32_t i = 0; i < 2; i++)
        paths[i] = corpus_index(&corpus, i, 2, 3, NULL);
    searcher_fixture_open(&searcher, paths, 2);
    struct buffer text = {0};
    for (unsigned i = 0; i < 150; i++) {
        corpus_random_query(&text, &random, &corpus);
        struct search_options options = searcher_fixture_random_options(&random);
        options.limit = 10;
        options.offset %= 30; /* so that there are hits to explain */
        struct query query;
        struct results results;
        searcher_fixture_parse(&query, &searcher, (const char *)text.data);
        searcher_fixture_search(&results, &searcher, &query, &options);
        for (size_t k = 0; k < results.count; k++)
            check_explanation(&searcher, &query, &results, &results.hits[k]);
        results_release(&results);
        query_release(&query);
    }
    buffer_release(&text);
    searcher_fixture_close(&searcher);
    corpus_free(&corpus);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_explain_hit__sums_to_the_score),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
