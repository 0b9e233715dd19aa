/* SPDX-License-Identifier: MIT */
/* What documents use most, by hand. */
#include "searcher/feedback/relevance_model.h"

#include <math.h>
#include <stdio.h>

#include "tests/support/testing.h"

static struct analyzer *new_analyzer(void) {
    struct analyzer *analyzer;
    struct error err;
    assert_ok(analyzer_new(&analyzer, &(struct analyzer_options){.stemmer = "english"}, &err),
              &err);
    return analyzer;
}

static void add(struct relevance_model *model, struct analyzer *analyzer, const char *text) {
    assert_int_equal(relevance_model_add(model, analyzer, slice_of_string(text)), ST_OK);
}

static void assert_term(const struct model_term *term, const char *bytes, const char *typed,
                        double probability) {
    assert_slice(term->term, slice_of_string(bytes));
    assert_slice(term->typed, slice_of_string(typed));
    assert_true(fabs(term->probability - probability) < 1e-12);
}

static void test_relevance_model__probabilities_by_weight_and_length(void **state) {
    (void)state;
    struct analyzer *analyzer = new_analyzer();
    struct relevance_model model = {0};
    add(&model, analyzer, "Pipelines leak");
    add(&model, analyzer, "a pipeline, gas");
    relevance_model_end_document(&model, 0.75);
    relevance_model_end_document(&model, 0); /* a document without words */
    add(&model, analyzer, "gas gas");
    relevance_model_end_document(&model, 0.25);
    relevance_model_sort(&model);
    assert_int_equal(model.count, 4);
    assert_term(&model.terms[0], "gas", "gas", 0.75 / 5 + 0.25);
    assert_term(&model.terms[1], "pipelin", "Pipelines", 0.75 * 2 / 5);
    assert_term(&model.terms[2], "a", "a", 0.75 / 5);
    assert_term(&model.terms[3], "leak", "leak", 0.75 / 5);
    relevance_model_release(&model);
    analyzer_free(analyzer);
}

static void test_relevance_model__many_terms(void **state) {
    (void)state;
    enum { TERMS = 10000 };
    struct analyzer *analyzer = new_analyzer();
    struct relevance_model model = {0};
    char word[32];
    for (unsigned i = 0; i < 2 * TERMS; i++) {
        snprintf(word, sizeof word, "w%u", i % TERMS);
        add(&model, analyzer, word);
    }
    relevance_model_end_document(&model, 1);
    assert_int_equal(model.count, TERMS);
    for (size_t i = 0; i < TERMS; i++)
        assert_true(fabs(model.terms[i].probability - 1.0 / TERMS) < 1e-12);
    relevance_model_release(&model);
    analyzer_free(analyzer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_relevance_model__probabilities_by_weight_and_length),
        cmocka_unit_test(test_relevance_model__many_terms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
