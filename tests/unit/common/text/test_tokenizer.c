/* SPDX-License-Identifier: MIT */
/* Words of examples, of the standard's cases, and of random texts by the rules written out. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/text/tokenizer.h"
#include "common/text/unicode.h"

/* All words of a text, taken `batch` at a time. */
struct words {
    struct word *items;
    size_t count;
};

static struct words tokenize(struct slice text, size_t batch) {
    struct words words = {0};
    struct tokenizer tokenizer;
    tokenizer_begin(&tokenizer, text);
    for (size_t capacity = 0, taken = 1; taken; words.count += taken) {
        if (words.count + batch > capacity) {
            capacity = 2 * (words.count + batch);
            words.items = realloc(words.items, capacity * sizeof *words.items);
            assert_non_null(words.items);
        }
        taken = tokenizer_next(words.items + words.count, batch, &tokenizer);
        assert_true(taken <= batch);
    }
    return words;
}

/* The words of a text as one string with | between them. */
static void assert_words_of(struct slice text, const char *expected) {
    struct words words = tokenize(text, 64);
    struct buffer joined = {0};
    for (size_t i = 0; i < words.count; i++) {
        struct word word = words.items[i];
        if (i)
            assert_int_equal(buffer_append_byte(&joined, '|'), ST_OK);
        assert_int_equal(buffer_append(&joined, text.data + word.start, word.end - word.start),
                         ST_OK);
    }
    assert_int_equal(buffer_append_byte(&joined, '\0'), ST_OK);
    assert_string_equal((const char *)joined.data, expected);
    buffer_release(&joined);
    free(words.items);
}

static void assert_words(const char *text, const char *expected) {
    assert_words_of(slice_of_string(text), expected);
}

static void test_tokenizer_next__plain_words(void **state) {
    (void)state;
    assert_words("", "");
    assert_words(" .,-_!? ", "");
    assert_words("The gas-pipeline, don't (stop).", "The|gas|pipeline|don't|stop");
    assert_words("don’t l'été d’Artagnan", "don’t|l'été|d’Artagnan");
    assert_words("v1.2.3 20.04 1,000.50 3.x x.3", "v1.2.3|20.04|1,000.50|3|x|x|3");
    assert_words("'quoted' rock'n'roll o' a''b a..b", "quoted|rock'n'roll|o|a|b|a|b");
    assert_words("key:value http://x.org/a?b=c", "key|value|http|x|org|a|b|c");
    assert_words("multi-agent e\u2011mail ˗x", "multi|agent|e|mail|x");
    assert_words("col·lega a\"b", "col·lega|a|b");
    assert_words("CO₂ x² 5㎏ ፳፻ ⠺⠁⠎", "CO₂|x|5㎏|፳፻|⠺⠁⠎");
    assert_words("Hawaiʻi dogsʼ ʻOkina", "Hawaiʻi|dogs|Okina");
    assert_words("naïve résumé Ünïcödé Привет мир", "naïve|résumé|Ünïcödé|Привет|мир");
    assert_words("e\u0301te\u0301 co\u00ADop \u0301x", "e\u0301te\u0301|co\u00ADop|x");
    assert_words("हिन्दी में مُحَمَّد", "हिन्दी|में|مُحَمَّد");
}

static void test_tokenizer_next__compounds_give_their_parts(void **state) {
    (void)state;
    assert_words("stopped.Next Node.js q.pdf pdf.q", "stopped|Next|Node|js|q|pdf|pdf|q");
    assert_words("foo_bar __init__ _it_ _ a_._b IMG_2024 1_000",
                 "foo|bar|init|it|a|b|IMG|2024|1|000");
    assert_words("jane.doe@docs.example.org ~/x_y/a.out", "jane|doe|docs|example|org|x|y|a|out");
    assert_words("слово.Слово ｎｏｄｅ．ｊｓ", "слово|Слово|ｎｏｄｅ|ｊｓ");
    assert_words("4711;12;99 ա֊բ a\u202Fb 1\u202F000", "4711|12|99|ա|բ|a|b|1|000");
}

static void test_tokenizer_next__acronyms_are_whole(void **state) {
    (void)state;
    assert_words("U.S. U.S.A e.g., p.m. x.y", "U.S|U.S.A|e.g|p.m|x.y");
    assert_words("т.е. e\u0301.e\u0301 é.a a.é", "т.е|e\u0301.e\u0301|é.a|a.é");
    assert_words("J.K.Rowling foo.a.b U.S.Army Ph.D", "J.K|Rowling|foo|a.b|U.S|Army|Ph|D");
    assert_words("U.S.'s U.S's a.b1 1.a.b a.bé", "U.S|s|U.S's|a|b1|1|a.b|a|bé");
}

static void test_tokenizer_next__hebrew(void **state) {
    (void)state;
    assert_words("צה\"ל צה״ל צה”ל ד\"ר מנכ\"לית דו\"חות", "צה\"ל|צה״ל|צה”ל|ד\"ר|מנכ\"לית|דו\"חות");
    assert_words("ב\"הארץ\" \"שלום\" \"צה\"ל\" א\"b", "ב|הארץ|שלום|צה\"ל|א|b");
    assert_words("ג'ירפה ג׳ירפה רח' רח׳ 'שלום'", "ג'ירפה|ג׳ירפה|רח|רח|שלום");
    assert_words("שָׁלוֹם", "שָׁלוֹם");
}

static void test_tokenizer_next__words_with_signs(void **state) {
    (void)state;
    assert_words("C++ and c#, (F#) g++", "C++|C|and|c#|c|F#|F|g++|g");
    assert_words("C++. C#; é# é++ Invoice# C++11 C#語",
                 "C++|C|C#|C|é#|é|é++|é|Invoice#|Invoice|C++|C|11|C#|C|語");
    assert_words("a+b a++b x1++ c#x c#é c++東 c+++ c## #1 n#1 ++c c+",
                 "a|b|a|b|x1|c|x|c|é|c++|c|東|c|c|1|n|1|c|c");
    assert_words("don't# a_b# a.b#", "don't|a|b#|b|a.b");
    assert_words(".NET (.net) 使用.NET x.net ..net é.net 1.net",
                 ".NET|NET|.net|net|使用|使|用|.NET|NET|x|net|net|é|net|1|net");
    assert_words("“.é” e\u0301.net .1 .c++ .a1", ".é|é|e\u0301|net|1|.c++|c|a1");
}

static void test_tokenizer_next__affixed_forms_share_a_position(void **state) {
    (void)state;
    static const char text[] = "C# .net C++";
    struct words words = tokenize(slice_of_string(text), 64);
    assert_int_equal(words.count, 6);
    for (size_t i = 0; i < words.count; i++)
        assert_int_equal(words.items[i].same_position, i % 2);
    free(words.items);
}

static void test_tokenizer_next__emoji(void **state) {
    (void)state;
    assert_words("pizza🍕🍕 ❤️ 👍🏽 ☎", "pizza|🍕|🍕|❤️|👍🏽|☎");
    assert_words("👩‍💻 🏳️‍🌈", "👩‍|💻|🏳️‍|🌈");
    assert_words("🇩🇪🇫🇷🇪 🇩 🇪", "🇩🇪|🇫🇷|🇪|🇩|🇪");
    assert_words("1️⃣ #️⃣ 🏴\U000E0067\U000E0062\U000E007F",
                 "1️|⃣|⃣|🏴\U000E0067\U000E0062\U000E007F");
    assert_words("a\u200D😀 😀b 東😀", "a\u200D|😀|😀|b|東|😀");
}

static void test_tokenizer_next__other_symbols(void **state) {
    (void)state;
    assert_words("10½ a① ⑴⒈ 20℃ №5 ㈱日立 C♯", "10|½|a|①|⑴|⒈|20|℃|№|5|㈱|日立|日|立|C|♯");
}

static void test_tokenizer_next__scripts_without_spaces(void **state) {
    (void)state;
    assert_words("東", "東");
    assert_words("東京", "東京|東|京");
    assert_words("東京都、京", "東京|東|京都|京|都|京");
    assert_words("データはABCです", "デー|デ|ータ|ー|タは|タ|は|ABC|です|で|す");
    assert_words("ﾃﾞｰﾀ", "ﾃﾞｰ|ﾃﾞ|ｰﾀ|ｰ|ﾀ");
    assert_words("2024년 대한민국", "2024|년|대한|대|한민|한|민국|민|국");
    assert_words("\u1112\u1161\u11AB\u1100\u116E\u11A8",
                 "\u1112\u1161\u11AB\u1100\u116E\u11A8|\u1112\u1161\u11AB|\u1100\u116E\u11A8");
    assert_words("ภาษา", "ภา|าษ|ษา");
    assert_words("กำลัง", "กำ|ำลั|ลัง");
    assert_words("ខ្មែរ", "ខ្មែ|មែរ");
    assert_words("မြန်မာ", "မြန်|န်မာ");
    assert_words("a東b", "a|東|b");
    assert_words("カ_カ カ゠カ ⼈⽣", "カ|カ|カ|カ|⼈⽣|⼈|⽣");
    assert_words("ก東ข", "ก東|東ข|東");
}

static void test_tokenizer_next__a_character_shares_the_position_of_its_pair(void **state) {
    (void)state;
    static const bool shared[] = {false, true, false, true, false, false, true, false};
    struct words words = tokenize(slice_of_string("東京都 한국"), 1);
    assert_int_equal(words.count, 8);
    for (size_t i = 0; i < words.count; i++)
        assert_int_equal(words.items[i].same_position, shared[i]);
    free(words.items);
}

static void test_tokenizer_next__no_words(void **state) {
    (void)state;
    assert_words("— … “” \u200B \u0301 ™ © € 🏽", "");
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
            assert_int_equal(words.items[0].start, start);
            assert_int_equal(words.items[0].end, start + size);
            free(words.items);
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
    assert_int_equal(words.items[0].start, 0);
    assert_int_equal(words.items[0].end, expected);
    free(words.items);
    free(text);
}

static void test_tokenizer_next__long_words_are_cut(void **state) {
    (void)state;
    assert_one_cut_word("x", 1 << 20, WORD_MAX);
    assert_one_cut_word("é", 1 << 20, WORD_MAX);
    assert_one_cut_word("a\xE0\xA4\x95", 1 << 20, WORD_MAX);
    assert_one_cut_word("\xE0\xA4\x95", 3 << 18, WORD_MAX - 1);
    assert_one_cut_word("a.", (1 << 20) - 1, WORD_MAX);
    assert_one_cut_word("1,", (1 << 20) - 1, WORD_MAX);
    assert_one_cut_word("a'", (1 << 20) - 1, WORD_MAX);
}

/* The standard's own cases, and a second implementation that follows its rules one by one. */

struct character {
    enum unicode_class class; /* of its first code point */
    enum unicode_class last;  /* of its last code point */
    size_t start;
    size_t end;
};

struct characters {
    struct character *items;
    size_t count;
};

/* Rule WB4: code points of CLASS_EXTEND belong to the one before them. */
static struct characters characters_of(struct slice text) {
    struct characters characters = {.items = malloc((text.size + 1) * sizeof *characters.items)};
    assert_non_null(characters.items);
    for (size_t at = 0; at < text.size;) {
        struct unicode_char code = unicode_decode(text.data + at, text.size - at);
        enum unicode_class class = unicode_class(code.code_point);
        struct character *last = characters.count ? &characters.items[characters.count - 1] : NULL;
        bool after_unspaced =
            last && (last->class == CLASS_UNSPACED || last->class == CLASS_UNSPACED_TAIL ||
                     last->class == CLASS_IDEOGRAPH);
        if (last && (class == CLASS_EXTEND || (class == CLASS_UNSPACED_TAIL && after_unspaced))) {
            last->last = class;
            last->end = at + code.size;
        } else {
            characters.items[characters.count++] =
                (struct character){class, class, at, at + code.size};
        }
        at += code.size;
    }
    return characters;
}

static enum unicode_class class_at(const struct characters *characters, size_t i) {
    return i < characters->count ? characters->items[i].class : CLASS_OTHER;
}

static bool is_letter(enum unicode_class class) {
    return class == CLASS_LETTER || class == CLASS_HEBREW;
}

static bool is_alphanumeric(enum unicode_class class) {
    return is_letter(class) || class == CLASS_DIGIT;
}

static bool is_unspaced(enum unicode_class class) {
    return class == CLASS_UNSPACED || class == CLASS_UNSPACED_TAIL || class == CLASS_IDEOGRAPH;
}

/* True if character i, a joiner, joins its neighbours. */
static bool joins(const struct characters *characters, size_t i) {
    enum unicode_class before = i ? class_at(characters, i - 1) : CLASS_OTHER;
    enum unicode_class class = class_at(characters, i), after = class_at(characters, i + 1);
    size_t left = 0, right = 0; /* letters and digits next to it */
    while (left < i && is_alphanumeric(class_at(characters, i - 1 - left)))
        left++;
    while (is_alphanumeric(class_at(characters, i + 1 + right)))
        right++;
    if (before == CLASS_DIGIT && after == CLASS_DIGIT) /* 11, 12 */
        return class == CLASS_DOT || class == CLASS_APOSTROPHE || class == CLASS_MID_NUMBER;
    if (!is_letter(before) || !is_letter(after))
        return false;
    return class == CLASS_APOSTROPHE || class == CLASS_MID_LETTER /* 6, 7 */
           || (class == CLASS_DOT && left == 1 && right == 1)     /* of 6, 7, the acronyms */
           || (class == CLASS_DOUBLE_QUOTE && before == CLASS_HEBREW && after == CLASS_HEBREW &&
               (left > 1 || right == 1)); /* of 7b, 7c, the abbreviations */
}

/* True if there is no boundary between characters i and i + 1. */
static bool joined(const struct characters *characters, size_t i) {
    enum unicode_class a = class_at(characters, i), b = class_at(characters, i + 1);
    return (is_alphanumeric(a) && is_alphanumeric(b)) /* 5, 8, 9, 10 */
           || (is_alphanumeric(a) && joins(characters, i + 1)) ||
           (is_alphanumeric(b) && joins(characters, i));
}

/* The ++ or # after letters that end at `at`. */
static size_t operator_at(struct slice text, size_t at) {
    size_t count = 0;
    if (text.size - at >= 2 && memcmp(text.data + at, "++", 2) == 0)
        count = 2;
    else if (text.size > at && text.data[at] == '#')
        count = 1;
    size_t next = at + count;
    if (!count || next == text.size)
        return count;
    uint32_t code = unicode_decode(text.data + next, text.size - next).code_point;
    enum unicode_class class = unicode_class(code);
    bool digit = class == CLASS_DIGIT && count == 1;
    return code == text.data[at] || is_letter(class) || digit ? 0 : count;
}

/* True if character i is a full stop that belongs to the letters after it. */
static bool prefix_at(struct slice text, const struct characters *characters, size_t i) {
    struct character dot = characters->items[i];
    if (dot.end - dot.start != 1 || text.data[dot.start] != '.')
        return false;
    enum unicode_class last = i ? characters->items[i - 1].last : CLASS_OTHER;
    return !is_alphanumeric(last) && last != CLASS_EXTEND && last != CLASS_DOT;
}

/* The words of a text by the rules. */
static struct words reference(struct slice text) {
    struct characters characters = characters_of(text);
    struct words words = {.items = malloc((2 * characters.count + 1) * sizeof *words.items)};
    assert_non_null(words.items);
    for (size_t first = 0, last; first < characters.count; first = last + 1) {
        for (last = first; joined(&characters, last); last++)
            ;
        enum unicode_class class = characters.items[first].class;
        size_t start = characters.items[first].start, end = characters.items[last].end;
        if (is_unspaced(class)) {
            bool before = first && is_unspaced(characters.items[first - 1].class);
            bool after = is_unspaced(class_at(&characters, first + 1));
            if (before && !after && class == CLASS_UNSPACED)
                continue;
            struct word character = {(uint32_t)start, (uint32_t)end, true};
            end = characters.items[first + after].end;
            words.items[words.count++] = (struct word){(uint32_t)start, (uint32_t)end, false};
            if (after && class != CLASS_UNSPACED)
                words.items[words.count++] = character;
            continue;
        } else if (class == CLASS_REGIONAL) {
            last += class_at(&characters, first + 1) == CLASS_REGIONAL;
            end = characters.items[last].end;
        } else if (!is_alphanumeric(class) && class != CLASS_SYMBOL) {
            continue;
        }
        struct word word = {.start = (uint32_t)start, .end = (uint32_t)end};
        bool only_letters = true;
        for (size_t i = first; i <= last; i++)
            only_letters &= is_letter(characters.items[i].class);
        bool prefix = only_letters && first && prefix_at(text, &characters, first - 1);
        size_t suffix = only_letters ? operator_at(text, end) : 0;
        struct word signs = {.start = (uint32_t)(start - prefix), .end = (uint32_t)(end + suffix)};
        words.items[words.count++] = signs;
        if (prefix || suffix) {
            word.same_position = true;
            words.items[words.count++] = word;
        }
    }
    free(characters.items);
    return words;
}

static bool same_word(struct word a, struct word b) {
    return a.start == b.start && a.end == b.end && a.same_position == b.same_position;
}

static void assert_equal_words(struct slice text, struct words expected, struct words words) {
    bool same = words.count == expected.count;
    for (size_t i = 0; same && i < words.count; i++)
        same = same_word(words.items[i], expected.items[i]);
    if (!same) {
        for (size_t i = 0; i < text.size; i++)
            printf("%02X ", text.data[i]);
        for (size_t i = 0; i < words.count || i < expected.count; i++) {
            if (i < words.count)
                printf("\n  got      %u-%u", words.items[i].start, words.items[i].end);
            if (i < expected.count)
                printf("\n  expected %u-%u", expected.items[i].start, expected.items[i].end);
        }
        printf("\n");
    }
    assert_true(same);
}

static void assert_same_words(struct slice text, struct words expected, size_t batch) {
    struct words words = tokenize(text, batch);
    assert_equal_words(text, expected, words);
    free(words.items);
}

static const char *const PIECES[] = {
    "a",    "Z",      "q",      "0",      "7",      "_",      ".",      "'",      ",",
    ";",    "+",      "++",     "#",      "\"",     "-",      ":",      " ",      "\n",
    "é",    "ñ",      "я",      "\u0301", "\u2019", "\u00AD", "\u200D", "·",      "א",
    "ה",    "٣",      "₂",      "東",     "カ",     "ﾃ",      "ﾞ",      "ไ",      "่",
    "한",   "\u1100", "\u1161", "\u11A8", "😀",      "🇩",      "—",      "\u203F", "＿",
    "\xFF", "\xE2",   "\x80",   "\0",     "word",   "longer", "2024",   "can't",  "caf\u00E9",
    "ક",    "्",       "\u05F3", "＃",     "\uFEFF", "\u200B", "x.y",    "1.5",    "ב",
    "״",    "”",      "．",     "🏽",   "\uFE0F", "\u20E3", "🇪",      "ʻ",      "٫",
    ".net", "c#",     "C++",    "\u202F", "ﺍ",      "፳",
};

enum { PIECE_COUNT = sizeof PIECES / sizeof *PIECES };

/* A xorshift generator: the same texts on every run. */
static uint32_t draw(uint32_t *seed, uint32_t limit) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed % limit;
}

/* Draws from the first `pieces` of PIECES, of which 18 are ASCII. */
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
        free(expected.items);
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
            free(expected.items);
        }
    }
}

static void test_tokenizer_next__truncated_sequences(void **state) {
    (void)state;
    const char *whole = "aé東😀한";
    for (size_t size = 0; size <= strlen(whole); size++) {
        /* An exact allocation, so that a sanitizer sees a read past the end. */
        uint8_t *text = malloc(size + 1);
        assert_non_null(text);
        memcpy(text + 1, whole, size);
        struct words words = tokenize(slice_of(text + 1, size), 64);
        for (size_t i = 0; i < words.count; i++)
            assert_true(words.items[i].start < words.items[i].end && words.items[i].end <= size);
        free(words.items);
        free(text);
    }
}

/* Of two forms of a word, keeps the one without signs. */
static void drop_signs(struct words *words) {
    size_t kept = 0;
    for (size_t i = 0; i < words->count; i++) {
        kept -= words->items[i].same_position;
        words->items[kept] = words->items[i];
        words->items[kept++].same_position = false;
    }
    words->count = kept;
}

/* Checks a line "0061 0308 / 0062": code points of a text, and where the standard breaks it. */
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
    struct words expected = {.items = malloc((text.size + 1) * sizeof *expected.items)};
    assert_non_null(expected.items);
    for (size_t i = 0, start = 0; i < count; start = breaks[i++]) {
        /* The parts of the segment between connectors, without an apostrophe at the end (7a), if
         * they have a letter, a digit, an emoji or a flag. */
        bool open = false;
        for (size_t at = start; at < breaks[i];) {
            struct unicode_char code = unicode_decode(text.data + at, text.size - at);
            enum unicode_class class = unicode_class(code.code_point);
            struct word *word = &expected.items[expected.count];
            bool sign = class == CLASS_SYMBOL || class == CLASS_REGIONAL;
            if (!open && (is_alphanumeric(class) || sign)) {
                *word = (struct word){.start = (uint32_t)at};
                open = true;
            }
            at += code.size;
            if (open && code.code_point != '_' && !(class == CLASS_APOSTROPHE && at == breaks[i]))
                word->end = (uint32_t)at;
            if (open && (code.code_point == '_' || at == breaks[i])) {
                expected.count++;
                open = false;
            }
        }
    }
    struct words words = tokenize(buffer_slice(&text), 64);
    drop_signs(&words);
    assert_equal_words(buffer_slice(&text), expected, words);
    free(words.items);
    free(expected.items);
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
        cmocka_unit_test(test_tokenizer_next__plain_words),
        cmocka_unit_test(test_tokenizer_next__compounds_give_their_parts),
        cmocka_unit_test(test_tokenizer_next__acronyms_are_whole),
        cmocka_unit_test(test_tokenizer_next__hebrew),
        cmocka_unit_test(test_tokenizer_next__words_with_signs),
        cmocka_unit_test(test_tokenizer_next__affixed_forms_share_a_position),
        cmocka_unit_test(test_tokenizer_next__emoji),
        cmocka_unit_test(test_tokenizer_next__other_symbols),
        cmocka_unit_test(test_tokenizer_next__scripts_without_spaces),
        cmocka_unit_test(test_tokenizer_next__a_character_shares_the_position_of_its_pair),
        cmocka_unit_test(test_tokenizer_next__no_words),
        cmocka_unit_test(test_tokenizer_next__invalid_bytes_separate),
        cmocka_unit_test(test_tokenizer_next__words_across_blocks),
        cmocka_unit_test(test_tokenizer_next__long_words_are_cut),
        cmocka_unit_test(test_tokenizer_next__follows_the_rules_on_random_ascii),
        cmocka_unit_test(test_tokenizer_next__follows_the_rules_on_random_unicode),
        cmocka_unit_test(test_tokenizer_next__every_two_bytes),
        cmocka_unit_test(test_tokenizer_next__truncated_sequences),
        cmocka_unit_test(test_tokenizer_next__cases_of_the_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
