/* SPDX-License-Identifier: MIT */
/* An exact form is found where its words stand as they were typed, but for their case. */
#include "searcher/plan/exact_form.h"
#include "tests/support/testing.h"

static void check(const char *const *words, const uint32_t *offsets, size_t count, const char *text,
                  bool expected) {
    struct query_term terms[4];
    struct arena arena = {0};
    struct exact_form form = {0};
    bool occurs;
    for (size_t i = 0; i < count; i++)
        terms[i] = (struct query_term){.typed = slice_of_string(words[i]), .offset = offsets[i]};
    assert_int_equal(exact_form_init(&form, &arena, terms, count, FOLD_PLAIN), ST_OK);
    assert_int_equal(exact_form_occurs(&occurs, &form, slice_of_string(text)), ST_OK);
    if (occurs != expected)
        fail_msg("%s is %sfound in: %s", words[0], occurs ? "" : "not ", text);
    arena_release(&arena);
}

static void check_word(const char *word, const char *text, bool expected) {
    const uint32_t offset = 3;
    check(&word, &offset, 1, text, expected);
}

static void test_exact_form_occurs__only_as_it_was_typed(void **state) {
    (void)state;
    check_word("pipelines", "Gas PIPELINES leak.", true);
    check_word("pipelines", "A pipeline leaks; pipelined, pipelinest.", false);
    check_word("Caf\u00e9", "the cafe\u0301", true);
    check_word("cafe", "the caf\u00e9", false);
    check_word("c#", "C# or F#", true);
    check_word("c", "C# or F#", true);
    check_word("c#", "c or f", false);
    check_word("stra\u00dfe", "STRASSE", true);
    check_word("gas", "", false);
}

static void test_exact_form_occurs__in_a_row(void **state) {
    (void)state;
    static const char *const words[] = {"gas", "gas", "leak"};
    static const uint32_t near[] = {0, 1, 2}, apart[] = {1, 2, 4};
    check(words, near, 3, "gas gas gas leak", true);
    check(words, near, 3, "gas gas, gas; Gas LEAK!", true);
    check(words, near, 3, "gas leak gas gas", false);
    check(words, apart, 3, "gas gas may leak", true);
    check(words, apart, 3, "gas gas leak", false);
}

static void test_exact_form_init__takes_the_longest_at_an_offset(void **state) {
    (void)state;
    static const char *const words[] = {"c#", "c", "code"};
    static const uint32_t offsets[] = {0, 0, 1};
    check(words, offsets, 3, "some C# code", true);
    check(words, offsets, 3, "some c code", false);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_form_occurs__only_as_it_was_typed),
        cmocka_unit_test(test_exact_form_occurs__in_a_row),
        cmocka_unit_test(test_exact_form_init__takes_the_longest_at_an_offset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
