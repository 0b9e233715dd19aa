#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/tokenizer.h"
#include "common/unicode.h"

/* All words of a text, taken `batch` at a time. */
struct words {
    struct word *at;
    size_t count;
};

static struct words tokenize(struct slice text, size_t batch) {
    struct words words = {0};
    struct tokenizer tokenizer;
    tokenizer_begin(&tokenizer, text);
    for (size_t room = 0, taken = 1; taken; words.count += taken) {
        if (words.count + batch > room) {
            room = 2 * (words.count + batch);
            words.at = realloc(words.at, room * sizeof *words.at);
            assert_non_null(words.at);
        }
        taken = tokenizer_next(&tokenizer, words.at + words.count, batch);
        assert_true(taken <= batch);
    }
    return words;
}

/* The words of a text as one string with | between them. */
static void assert_words_of(struct slice text, const char *expected) {
    struct words words = tokenize(text, 64);
    struct buffer joined = {0};
    for (size_t i = 0; i < words.count; i++) {
        struct word word = words.at[i];
        if (i)
            assert_int_equal(buffer_append_byte(&joined, '|'), ST_OK);
        assert_int_equal(buffer_append(&joined, text.data + word.start, word.end - word.start),
                         ST_OK);
    }
    assert_int_equal(buffer_append_byte(&joined, '\0'), ST_OK);
    assert_string_equal((const char *)joined.data, expected);
    buffer_release(&joined);
    free(words.at);
}

static void assert_words(const char *text, const char *expected) {
    assert_words_of(slice_of_string(text), expected);
}

static void test_tokenizer_next__words_as_typed(void **state) {
    (void)state;
    assert_words("", "");
    assert_words(" .,-_!? ", "");
    assert_words("The gas-pipeline, don't (stop).", "The|gas|pipeline|don't|stop");
    assert_words("don’t l'été d’Artagnan", "don’t|l'été|d’Artagnan");
    assert_words("v1.2.3 20.04 1,000;5 3.x x.3", "v1.2.3|20.04|1,000;5|3|x|x|3");
    assert_words("foo_bar __init__ _it_ _ a_._b", "foo_bar|init|it|a|b");
    assert_words("U.S.A. 'quoted' rock'n'roll o' a''b a..b", "U.S.A|quoted|rock'n'roll|o|a|b|a|b");
    assert_words("key:value http://x.org/a?b=c", "key|value|http|x.org|a|b|c");
    assert_words("multi-agent e\u2011mail ˗x", "multi|agent|e|mail|x");
    assert_words("col·lega ג׳ ג' צה\"ל a\"b", "col·lega|ג׳|ג'|צה\"ל|a|b");
    assert_words("CO₂ x² ½", "CO₂|x");
    assert_words("naïve résumé Ünïcödé Привет мир", "naïve|résumé|Ünïcödé|Привет|мир");
    assert_words("e\u0301te\u0301 co\u00ADop \u0301x", "e\u0301te\u0301|co\u00ADop|x");
    assert_words("हिन्दी में مُحَمَّد", "हिन्दी|में|مُحَمَّد");
}

static void test_tokenizer_next__suffixes(void **state) {
    (void)state;
    assert_words("C++ and c#, (F#) g++", "C++|and|c#|F#|g++");
    assert_words("C++. C#; é# é++", "C++|C#|é#|é++");
    assert_words("a+b a++b x1++ C++11 c#x c#é c++東 c+++ c## #1 ++c c+",
                 "a|b|a|b|x1|C|11|c|x|c|é|c|東|c|c|1|c|c");
    assert_words("don't# a_b#", "don't|a_b");
}

static void test_tokenizer_next__scripts_without_spaces(void **state) {
    (void)state;
    assert_words("東", "東");
    assert_words("東京", "東京");
    assert_words("東京都、京", "東京|京都|京");
    assert_words("データはABCです", "デー|ータ|タは|ABC|です");
    assert_words("ﾃﾞｰﾀ", "ﾃﾞｰ|ｰﾀ");
    assert_words("2024년 대한민국", "2024|년|대한|한민|민국");
    assert_words("\u1112\u1161\u11AB\u1100\u116E\u11A8", "\u1112\u1161\u11AB\u1100\u116E\u11A8");
    assert_words("ภาษา", "ภา|าษ|ษา");
    assert_words("กำลัง", "กำ|ำลั|ลัง");
    assert_words("ខ្មែរ", "ខ្មែ|មែរ");
    assert_words("မြန်မာ", "မြန်|န်မာ");
    assert_words("a東b", "a|東|b");
    assert_words("カ_カ", "カ|カ");
}

static void test_tokenizer_next__no_words(void **state) {
    (void)state;
    assert_words("😀 🇩🇪 👨‍👩‍👧 — … “” \u200B \u0301 ™ €", "");
    assert_words("a\u200D😀", "a\u200D");
}

static void test_tokenizer_next__invalid_bytes_separate(void **state) {
    (void)state;
    assert_words("ab\xFF"
                 "cd",
                 "ab|cd");
    assert_words("caf\xE9 na\xEFve", "caf|na|ve");
    assert_words("\xE6\x9D\xB1\xE6\x9D"
                 "a",
                 "東|a");
    assert_words("\xE2\x80", "");
    assert_words_of(slice_of("a\0b\0\0", 5), "a|b");
    assert_words_of(slice_of(NULL, 0), "");
}

static void test_tokenizer_next__words_across_blocks(void **state) {
    (void)state;
    /* Every position of a word relative to the blocks of 64 bytes, and every length. */
    char text[300];
    for (size_t start = 0; start < 130; start++)
        for (size_t size = 1; size < 140; size++) {
            memset(text, ' ', sizeof text);
            memset(text + start, 'x', size);
            struct words words = tokenize(slice_of(text, start + size + start % 3), 8);
            assert_int_equal(words.count, 1);
            assert_int_equal(words.at[0].start, start);
            assert_int_equal(words.at[0].end, start + size);
            free(words.at);
        }
}

static void assert_one_cut_word(const char *unit, size_t total, size_t expected) {
    size_t size = strlen(unit);
    uint8_t *text = malloc(total);
    assert_non_null(text);
    for (size_t i = 0; i < total; i++)
        text[i] = (uint8_t)unit[i % size];
    struct words words = tokenize(slice_of(text, total), 64);
    assert_int_equal(words.count, 1);
    assert_int_equal(words.at[0].start, 0);
    assert_int_equal(words.at[0].end, expected);
    free(words.at);
    free(text);
}

static void test_tokenizer_next__endless_words_are_cut(void **state) {
    (void)state;
    assert_one_cut_word("x", 1 << 20, WORD_MAX);
    assert_one_cut_word("é", 1 << 20, WORD_MAX);
    assert_one_cut_word("a\xE0\xA4\x95", 1 << 20, WORD_MAX);
    assert_one_cut_word("\xE0\xA4\x95", 3 << 18, WORD_MAX - 1);
    assert_one_cut_word("a.", (1 << 20) - 1, WORD_MAX);
    assert_one_cut_word("1,", (1 << 20) - 1, WORD_MAX);
    assert_one_cut_word("a_", (1 << 20) - 1, WORD_MAX);
}

/* The standard's own cases, and the rules once more, stated as the standard states them. */

struct glyph {
    enum unicode_class class;
    size_t start;
    size_t end;
};

struct glyphs {
    struct glyph *at;
    size_t count;
};

/* Rule WB4: what extends belongs to what it follows. */
static struct glyphs glyphs_of(struct slice text) {
    struct glyphs glyphs = {.at = malloc((text.size + 1) * sizeof *glyphs.at)};
    assert_non_null(glyphs.at);
    for (size_t at = 0; at < text.size;) {
        struct unicode_code code = unicode_decode(text.data + at, text.size - at);
        enum unicode_class class = unicode_class(code.code);
        struct glyph *last = glyphs.count ? &glyphs.at[glyphs.count - 1] : NULL;
        bool after_dense = last && (last->class == CLASS_DENSE || last->class == CLASS_DENSE_TAIL);
        if (last && (class == CLASS_EXTEND || (class == CLASS_DENSE_TAIL && after_dense)))
            last->end = at + code.size;
        else
            glyphs.at[glyphs.count++] = (struct glyph){class, at, at + code.size};
        at += code.size;
    }
    return glyphs;
}

static enum unicode_class class_at(const struct glyphs *glyphs, size_t i) {
    return i < glyphs->count ? glyphs->at[i].class : CLASS_OTHER;
}

static bool letter(enum unicode_class class) {
    return class == CLASS_LETTER || class == CLASS_HEBREW;
}

static bool dense(enum unicode_class class) {
    return class == CLASS_DENSE || class == CLASS_DENSE_TAIL;
}

static bool mid_letter(enum unicode_class class) {
    return class == CLASS_MID_LETTER || class == CLASS_MID_BOTH || class == CLASS_QUOTE;
}

static bool mid_number(enum unicode_class class) {
    return class == CLASS_MID_NUMBER || class == CLASS_MID_BOTH || class == CLASS_QUOTE;
}

/* Whether there is no boundary between glyphs i and i + 1. */
static bool joined(const struct glyphs *glyphs, size_t i) {
    enum unicode_class a = i ? class_at(glyphs, i - 1) : CLASS_OTHER, b = class_at(glyphs, i);
    enum unicode_class c = class_at(glyphs, i + 1), d = class_at(glyphs, i + 2);
    bool wordy_b = letter(b) || b == CLASS_DIGIT, wordy_c = letter(c) || c == CLASS_DIGIT;
    return (wordy_b && wordy_c)                                                   /* 5, 8, 9, 10 */
           || (letter(b) && mid_letter(c) && letter(d))                           /* 6 */
           || (letter(a) && mid_letter(b) && letter(c))                           /* 7 */
           || (b == CLASS_HEBREW && c == CLASS_QUOTE)                             /* 7a */
           || (b == CLASS_HEBREW && c == CLASS_DOUBLE_QUOTE && d == CLASS_HEBREW) /* 7b */
           || (a == CLASS_HEBREW && b == CLASS_DOUBLE_QUOTE && c == CLASS_HEBREW) /* 7c */
           || (a == CLASS_DIGIT && mid_number(b) && c == CLASS_DIGIT)             /* 11 */
           || (b == CLASS_DIGIT && mid_number(c) && d == CLASS_DIGIT)             /* 12 */
           || ((wordy_b || b == CLASS_CONNECTOR) && c == CLASS_CONNECTOR)         /* 13a */
           || (b == CLASS_CONNECTOR && wordy_c);                                  /* 13b */
}

/* The ++ or # behind letters that end at `at`. */
static size_t operator_at(struct slice text, size_t at) {
    size_t count = 0;
    if (text.size - at >= 2 && memcmp(text.data + at, "++", 2) == 0)
        count = 2;
    else if (text.data[at] == '#')
        count = 1;
    size_t next = at + count;
    if (!count || next == text.size)
        return count;
    uint32_t code = unicode_decode(text.data + next, text.size - next).code;
    enum unicode_class class = unicode_class(code);
    return code == text.data[at] || letter(class) || dense(class) || class == CLASS_DIGIT ||
                   class == CLASS_CONNECTOR
               ? 0
               : count;
}

/* The words of a text by the rules, in order. */
static struct words reference(struct slice text) {
    struct glyphs glyphs = glyphs_of(text);
    struct words words = {.at = malloc((glyphs.count + 1) * sizeof *words.at)};
    assert_non_null(words.at);
    for (size_t first = 0, last; first < glyphs.count; first = last + 1) {
        for (last = first; joined(&glyphs, last); last++)
            ;
        size_t start = SIZE_MAX, end = 0;
        bool only_letters = true;
        for (size_t i = first; i <= last; i++) {
            struct glyph glyph = glyphs.at[i];
            only_letters &= letter(glyph.class) || start == SIZE_MAX;
            if (letter(glyph.class) || glyph.class == CLASS_DIGIT) {
                only_letters &= letter(glyph.class);
                start = start == SIZE_MAX ? glyph.start : start;
                end = glyph.end;
            } else if (glyph.class == CLASS_QUOTE && i == last) {
                end = glyph.end;
            }
        }
        if (dense(glyphs.at[first].class)) {
            bool before = first && dense(glyphs.at[first - 1].class);
            bool after = dense(class_at(&glyphs, first + 1));
            if (before && !after)
                continue;
            start = glyphs.at[first].start;
            end = glyphs.at[first + after].end;
        } else if (start == SIZE_MAX) {
            continue;
        } else if (only_letters && last + 1 < glyphs.count) {
            end += operator_at(text, glyphs.at[last].end);
        }
        words.at[words.count++] = (struct word){(uint32_t)start, (uint32_t)end};
    }
    free(glyphs.at);
    return words;
}

static void assert_same_words(struct slice text, struct words expected, size_t batch) {
    struct words words = tokenize(text, batch);
    bool same =
        words.count == expected.count &&
        (!words.count || memcmp(words.at, expected.at, words.count * sizeof *words.at) == 0);
    if (!same) {
        for (size_t i = 0; i < text.size; i++)
            printf("%02X ", text.data[i]);
        for (size_t i = 0; i < words.count || i < expected.count; i++) {
            if (i < words.count)
                printf("\n  got      %u-%u", words.at[i].start, words.at[i].end);
            if (i < expected.count)
                printf("\n  expected %u-%u", expected.at[i].start, expected.at[i].end);
        }
        printf("\n");
    }
    assert_true(same);
    free(words.at);
}

static const char *const PIECES[] = {
    "a",    "Z",      "q",      "0",      "7",      "_",      ".",      "'",      ",",
    ";",    "+",      "++",     "#",      "\"",     "-",      ":",      " ",      "\n",
    "é",    "ñ",      "я",      "\u0301", "\u2019", "\u00AD", "\u200D", "·",      "א",
    "ה",    "٣",      "₂",      "東",     "カ",     "ﾃ",      "ﾞ",      "ไ",      "่",
    "한",   "\u1100", "\u1161", "\u11A8", "😀",      "🇩",      "—",      "\u203F", "＿",
    "\xFF", "\xE2",   "\x80",   "\0",     "word",   "longer", "2024",   "can't",  "caf\u00E9",
    "ક",    "्",       "\u05F3", "＃",     "\uFEFF", "\u200B", "x.y",    "1.5",
};

enum { PIECE_COUNT = sizeof PIECES / sizeof *PIECES };

/* xorshift: the same texts on every run. */
static uint32_t draw(uint32_t *seed, uint32_t limit) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed % limit;
}

/* `pieces`: how many kinds of pieces are drawn; the first 18 are ASCII. */
static void assert_random_texts(uint32_t seed, uint32_t pieces, unsigned rounds) {
    struct buffer text = {0};
    for (unsigned round = 0; round < rounds; round++) {
        buffer_clear(&text);
        for (uint32_t left = draw(&seed, 120); left > 0; left--) {
            const char *piece = PIECES[draw(&seed, pieces)];
            size_t size = *piece ? strlen(piece) : 1;
            assert_int_equal(buffer_append(&text, piece, size), ST_OK);
        }
        struct words expected = reference(buffer_slice(&text));
        assert_same_words(buffer_slice(&text), expected, 64);
        assert_same_words(buffer_slice(&text), expected, 1);
        free(expected.at);
    }
    buffer_release(&text);
}

static void test_tokenizer_next__follows_the_rules_on_random_ascii(void **state) {
    (void)state;
    assert_random_texts(1, 18, 20000);
}

static void test_tokenizer_next__follows_the_rules_on_random_unicode(void **state) {
    (void)state;
    assert_random_texts(2, PIECE_COUNT, 50000);
}

static void test_tokenizer_next__every_two_bytes(void **state) {
    (void)state;
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        const uint8_t bytes[4] = {'a', (uint8_t)(pair >> 8), (uint8_t)pair, 'b'};
        for (size_t start = 0; start < 2; start++) {
            struct slice text = slice_of(bytes + start, 4 - 2 * start);
            struct words expected = reference(text);
            assert_same_words(text, expected, 64);
            free(expected.at);
        }
    }
}

static void test_tokenizer_next__truncated_sequences(void **state) {
    (void)state;
    const char *whole = "aé東😀한";
    for (size_t size = 0; size <= strlen(whole); size++) {
        /* Exactly as much memory as text, so that a sanitizer sees a read behind it. */
        uint8_t *text = malloc(size + 1);
        assert_non_null(text);
        memcpy(text + 1, whole, size);
        struct words words = tokenize(slice_of(text + 1, size), 64);
        for (size_t i = 0; i < words.count; i++)
            assert_true(words.at[i].start < words.at[i].end && words.at[i].end <= size);
        free(words.at);
        free(text);
    }
}

/* Reads "0061 0308 / 0062": the code points of a text and where the standard breaks it. */
static void check_case(char *line) {
    struct buffer text = {0};
    size_t breaks[64], count = 0;
    for (char *field = strtok(line, " \n"); field; field = strtok(NULL, " \n")) {
        if (*field == '/') {
            breaks[count++] = text.size;
            continue;
        }
        uint32_t code = (uint32_t)strtoul(field, NULL, 16);
        uint8_t bytes[4];
        size_t size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        for (size_t i = size - 1; i > 0; i--, code >>= 6)
            bytes[i] = 0x80 | (code & 0x3F);
        bytes[0] = (uint8_t)(size == 1 ? code : 0xF00 >> size | code);
        assert_int_equal(buffer_append(&text, bytes, size), ST_OK);
    }
    breaks[count++] = text.size;
    struct words expected = {.at = malloc(count * sizeof *expected.at)};
    assert_non_null(expected.at);
    for (size_t i = 0, start = 0; i < count; start = breaks[i++]) {
        /* The segment without connectors at its ends, if it has a letter or a digit. */
        size_t first = SIZE_MAX, end = 0;
        for (size_t at = start; at < breaks[i];) {
            struct unicode_code code = unicode_decode(text.data + at, text.size - at);
            enum unicode_class class = unicode_class(code.code);
            if (first == SIZE_MAX && (letter(class) || class == CLASS_DIGIT))
                first = at;
            at += code.size;
            if (class != CLASS_CONNECTOR)
                end = at;
        }
        if (first != SIZE_MAX)
            expected.at[expected.count++] = (struct word){(uint32_t)first, (uint32_t)end};
    }
    assert_same_words(buffer_slice(&text), expected, 64);
    free(expected.at);
    buffer_release(&text);
}

static void test_tokenizer_next__cases_of_the_standard(void **state) {
    (void)state;
    FILE *file = fopen(TEST_DATA "/word_break.txt", "r");
    assert_non_null(file);
    char line[256];
    size_t cases = 0;
    while (fgets(line, sizeof line, file)) {
        if (*line == '#')
            continue;
        check_case(line);
        cases++;
    }
    fclose(file);
    assert_true(cases > 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokenizer_next__words_as_typed),
        cmocka_unit_test(test_tokenizer_next__suffixes),
        cmocka_unit_test(test_tokenizer_next__scripts_without_spaces),
        cmocka_unit_test(test_tokenizer_next__no_words),
        cmocka_unit_test(test_tokenizer_next__invalid_bytes_separate),
        cmocka_unit_test(test_tokenizer_next__words_across_blocks),
        cmocka_unit_test(test_tokenizer_next__endless_words_are_cut),
        cmocka_unit_test(test_tokenizer_next__follows_the_rules_on_random_ascii),
        cmocka_unit_test(test_tokenizer_next__follows_the_rules_on_random_unicode),
        cmocka_unit_test(test_tokenizer_next__every_two_bytes),
        cmocka_unit_test(test_tokenizer_next__truncated_sequences),
        cmocka_unit_test(test_tokenizer_next__cases_of_the_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
