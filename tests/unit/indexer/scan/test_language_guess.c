/* SPDX-License-Identifier: MIT */
/* Texts are found to be in one of the languages of the index; a library that is missing is named. */
#include "tests/support/testing.h"

#include "indexer/scan/language_guess.h"

static const struct analyzer_options languages = {
    .stemmer = "english", .other_stemmers = {"german", "none", "norwegian"}};

static void assert_guess(struct language_guess *guess, const char *text, const char *expected) {
    assert_slice(language_guess_text(guess, slice_of(NULL, 0), slice_of_string(text)),
                 slice_of_string(expected));
}

static void test_language_guess_text__names_a_language_of_the_index(void **state) {
    (void)state;
    struct language_guess *guess;
    struct error err;
    enum status status = language_guess_new(&guess, &languages, &err);
    if (status == ST_SETTINGS) {
        assert_non_null(strstr(err.text, "apt install libexttextcat-2.0-0"));
        skip();
    }
    assert_ok(status, &err);
    assert_guess(
        guess, "The old pipeline was repaired after the storm of last winter, and gas flows again.",
        "en");
    assert_guess(
        guess,
        "Die alte Leitung wurde nach dem Sturm im letzten Winter repariert, und es fließt Gas.",
        "de");
    assert_guess(guess, "古い管は昨年の冬の嵐のあとに修理され、ガスが再び流れている。", "ja");
    assert_guess(
        guess,
        "Den gamle ledningen ble reparert etter stormen i fjor vinter, og gassen strømmer igjen.",
        "nb");
    /* A title counts, but not more than a text. */
    struct slice title = slice_of_string("Die alte Leitung wurde nach dem Sturm repariert");
    assert_slice(language_guess_text(guess, title, slice_of_string("")), slice_of_string("de"));
    struct slice text = slice_of_string(
        "The old pipeline was repaired after the storm, and it flows again, as it did before all "
        "of "
        "this happened in the north of the country, where the wind is strong and people stay at "
        "home in the evenings when it is cold outside.");
    assert_slice(language_guess_text(guess, title, text), slice_of_string("en"));
    assert_guess(guess, "", "");
    language_guess_free(guess);
}

static void test_language_guess_new__no_language_with_a_model(void **state) {
    (void)state;
    static const struct analyzer_options none = {.stemmer = "porter"};
    struct language_guess *guess;
    struct error err;
    assert_status(language_guess_new(&guess, &none, &err), ST_SETTINGS, &err);
    assert_null(guess);
    language_guess_free(guess);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_language_guess_text__names_a_language_of_the_index),
        cmocka_unit_test(test_language_guess_new__no_language_with_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
