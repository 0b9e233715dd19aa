#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/text/language.h"
#include "common/text/stemmer.h"

static void assert_tailored(const char *language, const char *word, const char *expected) {
    struct buffer copy = {0};
    assert_int_equal(buffer_append(&copy, word, strlen(word)), ST_OK);
    struct slice rest = language_tailor(language_of_stemmer(language), &copy);
    assert_int_equal(rest.size, strlen(expected));
    assert_memory_equal(rest.data, expected, rest.size);
    buffer_release(&copy);
}

static void test_language_of_stemmer__knows_every_algorithm(void **state) {
    (void)state;
    for (const char **name = stemmer_names(); *name; name++) {
        const struct language *language = language_of_stemmer(*name);
        assert_non_null(language);
        assert_string_equal(language->stemmer, *name);
    }
    assert_null(language_of_stemmer("none"));
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
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const struct language *language = language_of_code(pairs[i][0]);
        assert_non_null(language);
        assert_string_equal(language->stemmer, pairs[i][1]);
    }
    static const char *const unknown[] = {"", "zh", "e", "en deu", "-", "xx"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_null(language_of_code(unknown[i]));
}

static void test_language_tailor__elided_words(void **state) {
    (void)state;
    assert_tailored("french", "l'avion", "avion");
    assert_tailored("french", "jusqu'alors", "alors");
    assert_tailored("french", "aujourd'hui", "aujourd'hui");
    assert_tailored("french", "l'", "l'");
    assert_tailored("french", "'", "'");
    assert_tailored("italian", "dell'acqua", "acqua");
    assert_tailored("catalan", "d'abril", "abril");
    assert_tailored("english", "l'avion", "l'avion");
}

static void test_language_tailor__suffixes_behind_an_apostrophe(void **state) {
    (void)state;
    assert_tailored("turkish", "ankara'da", "ankara");
    assert_tailored("turkish", "o'neill'in", "o'neill");
    assert_tailored("turkish", "d'artagnan", "d'artagnan");
    assert_tailored("turkish", "", "");
    assert_tailored("german", "geht's", "geht's");
}

static void test_language_tailor__spelling(void **state) {
    (void)state;
    assert_tailored("romanian", "științe și țară", "ştiinţe şi ţară");
    assert_tailored("russian", "за\u0301мок и\u0300", "замок и");
    assert_tailored("russian", "\u0301", "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_language_of_stemmer__knows_every_algorithm),
        cmocka_unit_test(test_language_of_code__iso_codes_and_names),
        cmocka_unit_test(test_language_tailor__elided_words),
        cmocka_unit_test(test_language_tailor__suffixes_behind_an_apostrophe),
        cmocka_unit_test(test_language_tailor__spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
