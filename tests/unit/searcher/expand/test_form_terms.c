/* SPDX-License-Identifier: MIT */
/* Terms of forms are collected once each, and the most frequent ones are kept. */
#include "tests/support/testing.h"

#include "searcher/expand/form_terms.h"

static void start(struct form_terms *terms, size_t max) {
    form_terms_init(terms, max);
    form_terms_count(terms);
}

static void add(struct form_terms *terms, const char *term, uint64_t count) {
    struct surface_form form = {.term = slice_of_string(term), .count = count};
    assert_int_equal(terms->visitor.take(&terms->visitor, &form, 0), ST_OK);
}

static void assert_terms(const struct form_terms *terms, const char *expected) {
    struct buffer line = {0};
    for (size_t i = 0; i < terms->count; i++) {
        char text[300];
        int size = snprintf(text, sizeof text, "%.*s %llu ", (int)terms->items[i].term.size,
                            (const char *)terms->items[i].term.data,
                            (unsigned long long)terms->items[i].count);
        assert_int_equal(buffer_append(&line, text, (size_t)size), ST_OK);
    }
    assert_slice(buffer_slice(&line), slice_of_string(expected));
    buffer_release(&line);
}

static void test_form_terms__each_once_in_order(void **state) {
    (void)state;
    struct form_terms terms;
    start(&terms, FORM_TERMS_MAX);
    add(&terms, "pipelin", 3);
    add(&terms, "gas", 1);
    add(&terms, "pipelin", 2);
    form_terms_finish(&terms);
    assert_terms(&terms, "gas 1 pipelin 5 ");
    assert_false(terms.dropped);
    form_terms_release(&terms);
}

static void test_form_terms__nothing(void **state) {
    (void)state;
    struct form_terms terms;
    start(&terms, FORM_TERMS_MAX);
    form_terms_finish(&terms);
    assert_int_equal(terms.count, 0);
    form_terms_release(&terms);
}

static void test_form_terms__ends_at_the_limit_without_counts(void **state) {
    (void)state;
    struct form_terms terms;
    struct surface_form form = {.term = slice_of_string("c")};
    form_terms_init(&terms, 2);
    add(&terms, "b", 0);
    add(&terms, "a", 0);
    add(&terms, "b", 0);
    assert_int_equal(terms.visitor.take(&terms.visitor, &form, 0), ST_LIMIT);
    assert_false(terms.visitor.counts);
    form_terms_finish(&terms);
    assert_terms(&terms, "a 0 b 0 ");
    form_terms_release(&terms);
}

static void test_form_terms_finish__keeps_the_most_frequent(void **state) {
    (void)state;
    struct form_terms terms;
    start(&terms, 2);
    add(&terms, "d", 2);
    add(&terms, "c", 3);
    add(&terms, "b", 2);
    add(&terms, "a", 1);
    form_terms_finish(&terms);
    assert_terms(&terms, "b 2 c 3 ");
    assert_true(terms.dropped);
    form_terms_release(&terms);
}

static void test_form_terms__memory_is_bounded(void **state) {
    (void)state;
    enum { ALL = 3 * FORM_TERMS_MAX };
    struct form_terms terms;
    start(&terms, 3);
    terms.limit = FORM_TERMS_MAX + FORM_TERMS_MAX / 2;
    add(&terms, "frequent", 1000 * 1000);
    for (unsigned i = 0; i < ALL; i++) {
        char term[24];
        snprintf(term, sizeof term, "t%06u", i);
        add(&terms, term, i + 1);
        assert_in_range(terms.count, 1, terms.limit);
    }
    add(&terms, "frequent", 1);
    form_terms_finish(&terms);
    assert_terms(&terms, "frequent 1000001 t196606 196607 t196607 196608 ");
    form_terms_release(&terms);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_form_terms__each_once_in_order),
        cmocka_unit_test(test_form_terms__nothing),
        cmocka_unit_test(test_form_terms__ends_at_the_limit_without_counts),
        cmocka_unit_test(test_form_terms_finish__keeps_the_most_frequent),
        cmocka_unit_test(test_form_terms__memory_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
