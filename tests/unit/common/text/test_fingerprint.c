/* SPDX-License-Identifier: MIT */
/* A fingerprint differs in what differs. */
#include "tests/support/testing.h"

#include <limits.h>

#include "common/text/fingerprint.h"

/* With the stems of one algorithm under the name of another. */
static void make(char fingerprint[FINGERPRINT_SIZE], int version, const char *name,
                 const char *algorithm, const char *words) {
    struct stemmer stemmer;
    struct stopwords stopwords;
    assert_int_equal(stemmer_init(&stemmer, algorithm), ST_OK);
    assert_int_equal(stopwords_init(&stopwords, slice_of_string(words), FOLD_PLAIN, NULL), ST_OK);
    struct fingerprint_language language = {name, 0, &stemmer};
    assert_int_equal(fingerprint_make(fingerprint, version, &language, 1, &stopwords), ST_OK);
    stopwords_release(&stopwords);
    stemmer_release(&stemmer);
}

static void test_fingerprint_compare__tells_what_differs(void **state) {
    (void)state;
    char one[FINGERPRINT_SIZE], other[FINGERPRINT_SIZE];
    make(one, 3, "english", "english", "the\nof\n");
    make(other, 3, "english", "english", "of\nthe");
    assert_int_equal(fingerprint_compare(one, other), FINGERPRINT_SAME);
    make(other, 4, "english", "english", "the\nof\n");
    assert_int_equal(fingerprint_compare(one, other), FINGERPRINT_OTHER);
    make(other, 3, "english", "english", "the\n");
    assert_int_equal(fingerprint_compare(one, other), FINGERPRINT_OTHER);
    make(other, 3, "german", "german", "the\nof\n");
    assert_int_equal(fingerprint_compare(one, other), FINGERPRINT_OTHER);
    assert_int_equal(fingerprint_compare(one, ""), FINGERPRINT_OTHER);
    assert_int_equal(fingerprint_compare("", one), FINGERPRINT_OTHER);
}

static void test_fingerprint_compare__another_version_of_unicode(void **state) {
    (void)state;
    char one[FINGERPRINT_SIZE], other[FINGERPRINT_SIZE];
    make(one, 3, "english", "english", "");
    strcpy(other, one);
    char *version = strstr(other, "Unicode ") + strlen("Unicode ");
    *version = *version == '9' ? '8' : '9';
    assert_int_equal(fingerprint_compare(one, other), FINGERPRINT_OTHER_UNICODE);
}

static void test_fingerprint_make__sees_other_stems_under_the_same_name(void **state) {
    (void)state;
    for (const char **name = stemmer_names(); *name; name++) {
        char one[FINGERPRINT_SIZE], other[FINGERPRINT_SIZE];
        make(one, 3, *name, *name, "");
        make(other, 3, *name, "none", "");
        assert_int_equal(fingerprint_compare(one, other), FINGERPRINT_OTHER);
    }
    char english[FINGERPRINT_SIZE], porter[FINGERPRINT_SIZE];
    make(english, 3, "english", "english", "");
    make(porter, 3, "english", "porter", "");
    assert_int_equal(fingerprint_compare(english, porter), FINGERPRINT_OTHER);
}

static void test_fingerprint_make__sees_revisions_and_languages(void **state) {
    (void)state;
    char made[4][FINGERPRINT_SIZE];
    struct stemmer none = {0};
    struct stopwords stopwords = {0};
    const struct fingerprint_language languages[][2] = {
        {{"english", 0, &none}, {"german", 0, &none}},
        {{"english", 0, &none}, {"german", 7, &none}},
        {{"german", 0, &none}, {"english", 0, &none}},
        {{"english", 0, &none}},
    };
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(fingerprint_make(made[i], 3, languages[i], 2 - i / 3, &stopwords), ST_OK);
        for (size_t k = 0; k < i; k++)
            assert_int_equal(fingerprint_compare(made[k], made[i]), FINGERPRINT_OTHER);
    }
}

static void test_fingerprint_make__longest(void **state) {
    (void)state;
    char fingerprint[FINGERPRINT_SIZE];
    struct stemmer none = {0};
    struct stopwords stopwords = {.count = SIZE_MAX, .hash = UINT64_MAX};
    struct fingerprint_language languages[FINGERPRINT_LANGUAGES_MAX];
    for (size_t i = 0; i < FINGERPRINT_LANGUAGES_MAX; i++)
        languages[i] =
            (struct fingerprint_language){"an_algorithm_with_31_characters", UINT_MAX, &none};
    assert_int_equal(
        fingerprint_make(fingerprint, INT_MAX, languages, FINGERPRINT_LANGUAGES_MAX, &stopwords),
        ST_OK);
    assert_non_null(strstr(fingerprint, " ffffffffffffffff"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fingerprint_compare__tells_what_differs),
        cmocka_unit_test(test_fingerprint_compare__another_version_of_unicode),
        cmocka_unit_test(test_fingerprint_make__sees_other_stems_under_the_same_name),
        cmocka_unit_test(test_fingerprint_make__sees_revisions_and_languages),
        cmocka_unit_test(test_fingerprint_make__longest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
