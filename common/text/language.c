/* SPDX-License-Identifier: MIT */
/* The table of languages, and the spelling of words before stemming. */
#include "common/text/language.h"

#include <strings.h>

#include "common/text/stopword_lists.h"

/* French, Italian and Catalan elide closed classes of words: articles, pronouns, prepositions and
 * conjunctions. */
static const char FRENCH[] = " c d j l m n s t qu jusqu lorsqu puisqu quoiqu ";
static const char ITALIAN[] = " c d l m n s t v un gl all dall dell nell sull coll agl dagl degl "
                              "negl sugl quell quest ";
static const char CATALAN[] = " d l m n s t ";

static const struct language LANGUAGES[] = {
    {.stemmer = "arabic",
     .codes = " ar ara ",
     .revision = 1,
     .strip_marks_first = true,
     .stopwords = ARABIC_STOPWORDS,
     .spell = spelling_arabic,
     .spell_stem = spelling_arabic_stem},
    {.stemmer = "armenian",
     .codes = " hy hye arm ",
     .strip_marks_first = true,
     .stopwords = ARMENIAN_STOPWORDS},
    {.stemmer = "basque",
     .codes = " eu eus baq ",
     .strip_marks_first = true,
     .stopwords = BASQUE_STOPWORDS},
    {.stemmer = "catalan",
     .codes = " ca cat ",
     .elisions = CATALAN,
     .stopwords = CATALAN_STOPWORDS},
    {.stemmer = "danish",
     .codes = " da dan ",
     .revision = 1,
     .stopwords = DANISH_STOPWORDS,
     .spell = spelling_danish},
    {.stemmer = "dutch", .codes = " nl nld dut ", .stopwords = DUTCH_STOPWORDS},
    {.stemmer = "english",
     .codes = " en eng ",
     .strip_marks_first = true,
     .stopwords = ENGLISH_STOPWORDS},
    {.stemmer = "finnish", .codes = " fi fin ", .stopwords = FINNISH_STOPWORDS},
    {.stemmer = "french",
     .codes = " fr fra fre ",
     .elisions = FRENCH,
     .stopwords = FRENCH_STOPWORDS},
    {.stemmer = "german",
     .codes = " de deu ger ",
     .revision = 1,
     .stopwords = GERMAN_STOPWORDS,
     .spell = spelling_german},
    {.stemmer = "greek",
     .codes = " el ell gre ",
     .strip_marks_first = true,
     .stopwords = GREEK_STOPWORDS},
    {.stemmer = "hindi",
     .codes = " hi hin ",
     .revision = 1,
     .stopwords = HINDI_STOPWORDS,
     .spell = spelling_hindi,
     .spell_stem = spelling_hindi_stem},
    {.stemmer = "hungarian", .codes = " hu hun ", .stopwords = HUNGARIAN_STOPWORDS},
    {.stemmer = "indonesian", .codes = " id ind ", .strip_marks_first = true},
    {.stemmer = "irish", .codes = " ga gle ", .stopwords = IRISH_STOPWORDS},
    {.stemmer = "italian",
     .codes = " it ita ",
     .elisions = ITALIAN,
     .stopwords = ITALIAN_STOPWORDS},
    {.stemmer = "lithuanian", .codes = " lt lit "},
    {.stemmer = "nepali",
     .codes = " ne nep ",
     .revision = 1,
     .stopwords = NEPALI_STOPWORDS,
     .spell = spelling_devanagari},
    {.stemmer = "none", .codes = " ja jpn ko kor th tha zh zho chi ", .unstemmed = true},
    {.stemmer = "norwegian",
     .codes = " no nor nb nob nn nno ",
     .revision = 1,
     .stopwords = NORWEGIAN_STOPWORDS,
     .spell = spelling_danish},
    {.stemmer = "persian",
     .codes = " fa fas per ",
     .unstemmed = true,
     .strip_marks_first = true,
     .spell = spelling_persian},
    {.stemmer = "porter", .codes = "", .strip_marks_first = true, .stopwords = ENGLISH_STOPWORDS},
    {.stemmer = "portuguese", .codes = " pt por ", .stopwords = PORTUGUESE_STOPWORDS},
    {.stemmer = "romanian", .codes = " ro ron rum ", .spell = spelling_romanian},
    {.stemmer = "russian",
     .codes = " ru rus ",
     .spell = spelling_unstressed,
     .stopwords = RUSSIAN_STOPWORDS},
    {.stemmer = "serbian", .codes = " sr srp ", .spell = spelling_unstressed},
    {.stemmer = "spanish", .codes = " es spa ", .stopwords = SPANISH_STOPWORDS},
    {.stemmer = "swedish",
     .codes = " sv swe ",
     .revision = 1,
     .stopwords = SWEDISH_STOPWORDS,
     .spell = spelling_swedish},
    {.stemmer = "tamil", .codes = " ta tam "},
    {.stemmer = "turkish",
     .codes = " tr tur ",
     .fold = FOLD_TURKIC,
     .suffix_after_apostrophe = true,
     .stopwords = TURKISH_STOPWORDS},
    {.stemmer = "vietnamese", .codes = " vi vie ", .unstemmed = true, .marks_distinguish = true},
    {.stemmer = "yiddish", .codes = " yi yid "},
};

enum { LANGUAGE_COUNT = sizeof LANGUAGES / sizeof *LANGUAGES };

const struct language *language_of_stemmer(const char *name) {
    for (size_t i = 0; i < LANGUAGE_COUNT; i++)
        if (strcmp(LANGUAGES[i].stemmer, name) == 0)
            return &LANGUAGES[i];
    return NULL;
}

/* True if the word is in `list`, where each word is between spaces, in any case of ASCII
 * letters. */
static bool list_has(const char *list, const void *word, size_t size) {
    for (const char *at = list; *at == ' ' && at[1];) {
        const char *end = strchr(at + 1, ' ');
        if ((size_t)(end - at - 1) == size && strncasecmp(at + 1, word, size) == 0)
            return true;
        at = end;
    }
    return false;
}

const struct language *language_of_code(const char *code) {
    size_t size = strcspn(code, "-_.@");
    for (size_t i = 0; i < LANGUAGE_COUNT; i++)
        if (list_has(LANGUAGES[i].codes, code, size))
            return &LANGUAGES[i];
    return language_of_stemmer(code);
}

bool language_has_stopword(const struct language *language, struct slice word) {
    return language->stopwords && list_has(language->stopwords, word.data, word.size);
}

struct slice language_normalize(const struct language *language, struct buffer *word) {
    if (language->spell)
        language->spell(word);
    struct slice stem = buffer_slice(word);
    if (language->elisions) {
        const uint8_t *mark = stem.size ? memchr(stem.data, '\'', stem.size) : NULL;
        size_t size = mark ? (size_t)(mark - stem.data) : 0;
        if (mark && size + 1 < stem.size && list_has(language->elisions, stem.data, size))
            stem = slice_of(mark + 1, stem.size - size - 1);
    }
    if (language->suffix_after_apostrophe) {
        /* The last apostrophe (O'Neill'in), after at least two bytes (not d'Artagnan). */
        const uint8_t *mark = stem.size ? memrchr(stem.data, '\'', stem.size) : NULL;
        if (mark && mark - stem.data >= 2)
            stem.size = (size_t)(mark - stem.data);
    }
    return stem;
}
