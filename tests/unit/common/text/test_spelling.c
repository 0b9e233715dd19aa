/* SPDX-License-Identifier: MIT */
/* Spellings of a word that become one, and words that stay apart. */
#include "tests/support/testing.h"

#include "common/text/spelling.h"

static void assert_spelled(spelling_function *spell, const char *word, const char *expected) {
    struct buffer copy = {0};
    assert_int_equal(buffer_append(&copy, word, strlen(word)), ST_OK);
    spell(&copy);
    assert_int_equal(copy.size, strlen(expected));
    assert_memory_equal(copy.data, expected, copy.size);
    buffer_release(&copy);
}

struct spelling {
    const char *word, *expected;
};

static void assert_all(spelling_function *spell, const struct spelling *words, size_t count) {
    assert_spelled(spell, "x", "x");
    for (size_t i = 0; i < count; i++)
        assert_spelled(spell, words[i].word, words[i].expected);
}

#define ASSERT_ALL(spell, ...)                                                                     \
    do {                                                                                           \
        static const struct spelling words[] = {__VA_ARGS__};                                      \
        assert_all(spell, words, sizeof words / sizeof *words);                                    \
    } while (0)

static void test_spelling_arabic__letters_of_other_keyboards(void **state) {
    (void)state;
    ASSERT_ALL(spelling_arabic, {"ٱلله", "الله"}, {"کتاب", "كتاب"}, {"علی", "علي"},
               {"أحمد", "أحمد"}, {"مدرسة", "مدرسة"}, {"على", "على"});
}

static void test_spelling_arabic_stem__last_letters(void **state) {
    (void)state;
    ASSERT_ALL(spelling_arabic_stem, {"مدينه", "مدين"}, {"سنة", "سن"}, {"اخري", "اخر"},
               {"قوى", "قو"}, {"به", "به"}, {"ه", "ه"}, {"هدف", "هدف"}, {"مدينه1", "مدينه1"},
               {"", ""});
}

static void test_spelling_persian__letters_of_persian_and_arabic_keys(void **state) {
    (void)state;
    ASSERT_ALL(spelling_persian, {"ایران", "ايران"}, {"کتاب", "كتاب"}, {"خانۀ", "خانه"},
               {"خانه\u0654", "خانه"}, {"آب", "اب"}, {"ہے", "هي"}, {"\u0654", ""});
}

static void test_spelling_hindi__nukta_and_nasals(void **state) {
    (void)state;
    ASSERT_ALL(spelling_hindi, {"हिन्दी", "हिंदी"}, {"हिंदी", "हिंदी"}, {"चाँद", "चांद"},
               {"क\u093Cलम", "कलम"}, {"\u0929", "न"}, {"\u0934", "\u0933"}, {"नल", "नल"},
               {"जन्", "जं"});
}

static void test_spelling_hindi_stem__long_vowels(void **state) {
    (void)state;
    ASSERT_ALL(spelling_hindi_stem, {"आदमी", "अदमि"}, {"ऊ", "उ"}, {"औरत", "ओरत"}, {"पक्क", "पकक"},
               {"नेता", "नेता"}, {"\u094D", ""});
}

static void test_spelling_devanagari__vowels_in_several_pieces(void **state) {
    (void)state;
    ASSERT_ALL(spelling_devanagari, {"\u0905\u093Eम", "\u0906म"}, {"\u0905\u093E\u0945", "\u0911"},
               {"क\u093E\u0947", "क\u094B"}, {"\u0909\u0941", "\u090A"}, {"चाँद", "चाँद"});
    assert_spelled(spelling_hindi, "\u0905\u093E\u0948र", "\u0914र");
}

static void test_spelling_german__transcribed_umlauts(void **state) {
    (void)state;
    ASSERT_ALL(spelling_german, {"muenchen", "münchen"}, {"aehnlich", "ähnlich"}, {"koeln", "köln"},
               {"abenteuer", "abenteuer"}, {"quelle", "quelle"}, {"neue", "neue"},
               {"genaue", "genaue"}, {"häuser", "häuser"}, {"statue", "statue"},
               {"statuen", "statuen"}, {"oboen", "oboen"}, {"reggae", "reggae"}, {"ueber", "über"},
               {"ae", "ae"}, {"e", "e"}, {"ue\xC3\xA4", "üä"}, {"", ""});
}

static void test_spelling_danish__letters_of_old_names_and_of_sweden(void **state) {
    (void)state;
    ASSERT_ALL(spelling_danish, {"aalborg", "ålborg"}, {"gaard", "gård"}, {"aa", "å"},
               {"aaa", "åa"}, {"malmö", "malmø"}, {"väst", "væst"}, {"poesi", "poesi"});
    ASSERT_ALL(spelling_swedish, {"købe", "köbe"}, {"æble", "äble"}, {"aalborg", "aalborg"});
}

static void test_spelling_romanian__as_the_stemmer_spells(void **state) {
    (void)state;
    ASSERT_ALL(spelling_romanian, {"științe și țară", "ştiinţe şi ţară"}, {"é", "é"});
}

static void test_spelling_unstressed__drops_stress(void **state) {
    (void)state;
    ASSERT_ALL(spelling_unstressed, {"за\u0301мок и\u0300", "замок и"}, {"\u0301", ""}, {"й", "й"});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spelling_arabic__letters_of_other_keyboards),
        cmocka_unit_test(test_spelling_arabic_stem__last_letters),
        cmocka_unit_test(test_spelling_persian__letters_of_persian_and_arabic_keys),
        cmocka_unit_test(test_spelling_hindi__nukta_and_nasals),
        cmocka_unit_test(test_spelling_hindi_stem__long_vowels),
        cmocka_unit_test(test_spelling_devanagari__vowels_in_several_pieces),
        cmocka_unit_test(test_spelling_german__transcribed_umlauts),
        cmocka_unit_test(test_spelling_danish__letters_of_old_names_and_of_sweden),
        cmocka_unit_test(test_spelling_romanian__as_the_stemmer_spells),
        cmocka_unit_test(test_spelling_unstressed__drops_stress),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
