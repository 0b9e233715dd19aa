/* SPDX-License-Identifier: MIT */
/* Every stemmer has its language, and every language its codes and spellings. */
#include "tests/support/testing.h"

#include "common/text/language.h"
#include "common/text/stemmer.h"

static void assert_normalized(const char *language, const char *word, const char *expected) {
    struct buffer copy = {0};
    assert_int_equal(buffer_append(&copy, word, strlen(word)), ST_OK);
    struct slice stem = language_normalize(language_of_stemmer(language), &copy);
    assert_int_equal(stem.size, strlen(expected));
    assert_memory_equal(stem.data, expected, stem.size);
    buffer_release(&copy);
}

static void test_language_of_stemmer__knows_every_algorithm(void **state) {
    (void)state;
    for (const char **name = stemmer_names(); *name; name++) {
        const struct language *language = language_of_stemmer(*name);
        assert_non_null(language);
        assert_string_equal(language->stemmer, *name);
    }
    assert_true(language_of_stemmer("none")->unstemmed);
    assert_true(language_of_stemmer("vietnamese")->unstemmed);
    assert_true(language_of_stemmer("persian")->unstemmed);
    assert_null(language_of_stemmer(""));
}

static void test_language_of_code__iso_codes_and_names(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"en", "english"},
        {"eng", "english"},
        {"de", "german"},
        {"deu", "german"},
        {"ger", "german"},
        {"pt-BR", "portuguese"},
        {"pt_BR.UTF-8", "portuguese"},
        {"NO", "norwegian"},
        {"nb", "norwegian"},
        {"yi", "yiddish"},
        {"fra", "french"},
        {"porter", "porter"},
        {"turkish", "turkish"},
        {"vi", "vietnamese"},
        {"fa-IR", "persian"},
        {"per", "persian"},
        {"ja", "none"},
        {"zh-Hant", "none"},
        {"ko_KR", "none"},
        {"th", "none"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const struct language *language = language_of_code(pairs[i][0]);
        assert_non_null(language);
        assert_string_equal(language->stemmer, pairs[i][1]);
    }
    static const char *const unknown[] = {"", "e", "en deu", "-", "xx"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_null(language_of_code(unknown[i]));
}

static void test_language_normalize__elisions(void **state) {
    (void)state;
    assert_normalized("french", "l'avion", "avion");
    assert_normalized("french", "jusqu'alors", "alors");
    assert_normalized("french", "aujourd'hui", "aujourd'hui");
    assert_normalized("french", "l'", "l'");
    assert_normalized("french", "'", "'");
    assert_normalized("italian", "dell'acqua", "acqua");
    assert_normalized("catalan", "d'abril", "abril");
    assert_normalized("english", "l'avion", "l'avion");
}

static void test_language_normalize__suffixes_after_an_apostrophe(void **state) {
    (void)state;
    assert_normalized("turkish", "ankara'da", "ankara");
    assert_normalized("turkish", "o'neill'in", "o'neill");
    assert_normalized("turkish", "d'artagnan", "d'artagnan");
    assert_normalized("turkish", "", "");
    assert_normalized("german", "geht's", "geht's");
}

static void test_language_normalize__spelling(void **state) {
    (void)state;
    assert_normalized("romanian", "științe", "ştiinţe");
    assert_normalized("russian", "за\u0301мок", "замок");
    assert_normalized("serbian", "\u0301", "");
    assert_normalized("arabic", "کتاب", "كتاب");
    assert_normalized("persian", "ایران", "ايران");
    assert_normalized("hindi", "हिन्दी", "हिंदी");
    assert_normalized("nepali", "\u0905\u093Eम", "\u0906म");
    assert_normalized("german", "muenchen", "münchen");
    assert_normalized("danish", "aarhus", "århus");
    assert_normalized("norwegian", "aalesund", "ålesund");
    assert_normalized("swedish", "købe", "köbe");
    assert_normalized("dutch", "muenchen", "muenchen");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_language_of_stemmer__knows_every_algorithm),
        cmocka_unit_test(test_language_of_code__iso_codes_and_names),
        cmocka_unit_test(test_language_normalize__elisions),
        cmocka_unit_test(test_language_normalize__suffixes_after_an_apostrophe),
        cmocka_unit_test(test_language_normalize__spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
