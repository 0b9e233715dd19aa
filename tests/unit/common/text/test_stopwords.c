/* SPDX-License-Identifier: MIT */
/* Stop words match in their folded form. */
#include "tests/support/testing.h"

#include "common/text/stopwords.h"

static struct stopwords stopwords_of(const char *lines) {
    struct stopwords stopwords;
    struct error err = {0};
    assert_int_equal(stopwords_init(&stopwords, slice_of_string(lines), FOLD_PLAIN, &err), ST_OK);
    return stopwords;
}

static void test_stopwords_has__folded_words(void **state) {
    (void)state;
    struct stopwords stopwords = stopwords_of("The\r\n\n  and \t\nUND\nDon’t\nder");
    assert_int_equal(stopwords.count, 5);
    static const char *const in[] = {"the", "and", "und", "don't", "der"};
    for (size_t i = 0; i < sizeof in / sizeof *in; i++)
        assert_true(stopwords_has(&stopwords, slice_of_string(in[i])));
    static const char *const out[] = {"", "The", "th", "they", "zzz", "a"};
    for (size_t i = 0; i < sizeof out / sizeof *out; i++)
        assert_false(stopwords_has(&stopwords, slice_of_string(out[i])));
    stopwords_release(&stopwords);
}

static void test_stopwords_init__empty(void **state) {
    (void)state;
    struct stopwords stopwords = stopwords_of("\n \n\r\n");
    assert_int_equal(stopwords.count, 0);
    assert_int_equal(stopwords.hash, 0);
    assert_false(stopwords_has(&stopwords, slice_of_string("the")));
    stopwords_release(&stopwords);
    struct error err;
    assert_int_equal(stopwords_init(&stopwords, (struct slice){0}, FOLD_PLAIN, &err), ST_OK);
    stopwords_release(&stopwords);
}

static void test_stopwords_init__hash_identifies_the_set(void **state) {
    (void)state;
    struct stopwords a = stopwords_of("the\nand"), b = stopwords_of("AND\nthe\nand\n");
    struct stopwords c = stopwords_of("the\nan\nd"), d = stopwords_of("the");
    assert_true(a.hash == b.hash && a.count == b.count);
    assert_true(a.hash != c.hash && a.hash != d.hash && c.hash != d.hash);
    stopwords_release(&a);
    stopwords_release(&b);
    stopwords_release(&c);
    stopwords_release(&d);
}

static void test_stopwords_init__refuses_invalid_text(void **state) {
    (void)state;
    struct stopwords stopwords;
    struct error err = {0};
    struct slice lines = slice_of("the\ncaf\xE9\n", 9);
    assert_int_equal(stopwords_init(&stopwords, lines, FOLD_PLAIN, &err), ST_INVALID);
    assert_string_equal(err.text, "stop words: line 2 is not UTF-8");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stopwords_has__folded_words),
        cmocka_unit_test(test_stopwords_init__empty),
        cmocka_unit_test(test_stopwords_init__hash_identifies_the_set),
        cmocka_unit_test(test_stopwords_init__refuses_invalid_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
