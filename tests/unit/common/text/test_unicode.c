/* SPDX-License-Identifier: MIT */
/* Decoding, classes, folding, cuts and clusters against the standard. */
#include "tests/support/testing.h"

#include "common/text/unicode.h"

static struct slice text_of(const char *string) {
    return slice_of_string(string);
}

static void assert_folds(const char *text, const char *folded, enum unicode_fold how) {
    struct buffer out = {0};
    assert_int_equal(unicode_fold(&out, text_of(text), how), ST_OK);
    assert_int_equal(out.size, strlen(folded));
    assert_memory_equal(out.data, folded, out.size);
    buffer_release(&out);
}

static void assert_strips(const char *text, const char *bare) {
    struct buffer out = {0};
    assert_int_equal(unicode_strip_marks(&out, text_of(text)), ST_OK);
    assert_int_equal(out.size, strlen(bare));
    assert_memory_equal(out.data, bare, out.size);
    buffer_release(&out);
}

static size_t encode(uint8_t bytes[4], uint32_t code) {
    if (code < 0x80) {
        bytes[0] = (uint8_t)code;
        return 1;
    }
    size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, code >>= 6)
        bytes[i] = 0x80 | (code & 0x3F);
    bytes[0] = (uint8_t)(0xF00 >> size | code);
    return size;
}

static bool is_scalar(uint32_t code) {
    return code < 0xD800 || code > 0xDFFF;
}

static void test_unicode_decode__every_code_point(void **state) {
    (void)state;
    for (uint32_t code = 0; code < 0x110000; code++) {
        uint8_t bytes[4];
        size_t size = encode(bytes, code);
        struct unicode_char got = unicode_decode(bytes, size);
        if (is_scalar(code)) {
            assert_int_equal(got.code_point, code);
            assert_int_equal(got.size, size);
        } else {
            assert_int_equal(got.code_point, UNICODE_REPLACEMENT);
            assert_int_equal(got.size, 1);
        }
        for (size_t cut = 1; is_scalar(code) && cut < size; cut++) {
            got = unicode_decode(bytes, cut);
            assert_int_equal(got.code_point, UNICODE_REPLACEMENT);
            assert_int_equal(got.size, cut);
        }
    }
}

/* Decodes the bytes: `?` stands for U+FFFD, a letter for itself. */
static void assert_reads(const char *bytes, size_t size, const char *pattern) {
    size_t at = 0;
    for (const char *expected = pattern; *expected; expected++) {
        assert_true(at < size);
        struct unicode_char got = unicode_decode((const uint8_t *)bytes + at, size - at);
        assert_int_equal(got.code_point, *expected == '?' ? UNICODE_REPLACEMENT : *expected);
        at += got.size;
    }
    assert_int_equal(at, size);
}

static void test_unicode_decode__one_replacement_for_each_maximal_subpart(void **state) {
    (void)state;
    assert_reads("\xC0\xAF"
                 "A",
                 3, "??A");                      /* overlong */
    assert_reads("\xE0\x80\xAF", 3, "???");      /* overlong */
    assert_reads("\xED\xA0\x80", 3, "???");      /* surrogate */
    assert_reads("\xF4\x90\x80\x80", 4, "????"); /* above U+10FFFF */
    assert_reads("\xF5"
                 "A\xFF",
                 3, "?A?"); /* never in UTF-8 */
    assert_reads("\xE1\x80"
                 "A\xF1\x80\x80"
                 "B\xC2",
                 8, "?A?B?"); /* truncated */
    assert_reads("\xF1\x80\xE1\x80\xC2"
                 "A",
                 6, "???A");           /* truncated by other leads */
    assert_reads("\x80\xBF", 2, "??"); /* stray continuations */
}

static void test_unicode_decode__never_reads_past_two_bytes(void **state) {
    (void)state;
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        uint8_t bytes[2] = {(uint8_t)(pair >> 8), (uint8_t)pair};
        struct unicode_char got = unicode_decode(bytes, 2);
        assert_in_range(got.size, 1, 2);
        assert_true(got.code_point < 0x110000);
        (void)unicode_class(got.code_point);
    }
}

static void test_unicode_class__samples(void **state) {
    (void)state;
    static const struct {
        uint32_t code;
        enum unicode_class class;
    } samples[] = {
        {'a', CLASS_LETTER},         {0xE9, CLASS_LETTER},
        {0x416, CLASS_LETTER},       {0x5D0, CLASS_HEBREW},
        {'7', CLASS_DIGIT},          {0x663, CLASS_DIGIT},
        {0x2082, CLASS_DIGIT},       {0xB2, CLASS_OTHER},
        {'_', CLASS_OTHER},          {0x301, CLASS_EXTEND},
        {0xAD, CLASS_EXTEND},        {0x200D, CLASS_EXTEND},
        {0xB7, CLASS_MID_LETTER},    {':', CLASS_OTHER},
        {',', CLASS_MID_NUMBER},     {'.', CLASS_DOT},
        {0x2019, CLASS_APOSTROPHE},  {'\'', CLASS_APOSTROPHE},
        {'"', CLASS_DOUBLE_QUOTE},   {0x6771, CLASS_IDEOGRAPH},
        {0x3042, CLASS_IDEOGRAPH},   {0x30AB, CLASS_IDEOGRAPH},
        {0x30FC, CLASS_IDEOGRAPH},   {0xAC00, CLASS_IDEOGRAPH},
        {0x1100, CLASS_IDEOGRAPH},   {0x1161, CLASS_UNSPACED_TAIL},
        {0xE01, CLASS_UNSPACED},     {0xE81, CLASS_UNSPACED},
        {0x1780, CLASS_UNSPACED},    {0x1000, CLASS_UNSPACED},
        {0x20000, CLASS_IDEOGRAPH},  {0xE34, CLASS_EXTEND},
        {0x1F600, CLASS_SYMBOL},     {0x1F1E9, CLASS_REGIONAL},
        {0x2014, CLASS_OTHER},       {0, CLASS_OTHER},
        {0xFFFD, CLASS_OTHER},       {0x10FFFF, CLASS_OTHER},
        {0xE000, CLASS_OTHER},       {0x915, CLASS_LETTER},
        {0x93F, CLASS_EXTEND},       {0x200B, CLASS_OTHER},
        {0x202F, CLASS_OTHER},       {';', CLASS_OTHER},
        {0x58A, CLASS_OTHER},        {0x5F3, CLASS_APOSTROPHE},
        {0x5F4, CLASS_DOUBLE_QUOTE}, {0x201D, CLASS_DOUBLE_QUOTE},
        {0x201E, CLASS_OTHER},       {0x2122, CLASS_OTHER},
        {0x2B50, CLASS_SYMBOL},      {0x1F3FB, CLASS_EXTEND},
        {0x20E3, CLASS_SYMBOL},      {0x338F, CLASS_LETTER},
        {0x1372, CLASS_DIGIT},       {0x24C2, CLASS_LETTER},
        {0xFF0E, CLASS_DOT},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        assert_int_equal(unicode_class(samples[i].code), samples[i].class);
}

static void test_unicode_fold__case_and_compatibility(void **state) {
    (void)state;
    assert_folds("", "", FOLD_PLAIN);
    assert_folds("Straße STRASSE", "strassestrasse", FOLD_PLAIN);
    assert_folds("ΣΊΣΥΦΟΣ", "σίσυφοσ", FOLD_PLAIN);
    assert_folds("ﬁnal ﬀ", "finalff", FOLD_PLAIN);
    assert_folds("ｆｕｌｌ １２", "full12", FOLD_PLAIN);
    assert_folds("ﾃﾞｰﾀ", "データ", FOLD_PLAIN);
    assert_folds("CO₂", "co2", FOLD_PLAIN);
    assert_folds("e\u0301", "é", FOLD_PLAIN);
    assert_folds("\u1112\u1161\u11AB", "한", FOLD_PLAIN);
    assert_folds("ﷺ", "صلىاللهعليهوسلم", FOLD_PLAIN);
}

static void test_unicode_fold__one_apostrophe(void **state) {
    (void)state;
    assert_folds("don’t don‘t donʼt don＇t", "don'tdon'tdon'tdon't", FOLD_PLAIN);
    assert_folds("ג׳י Hawaiʻi", "ג'יhawai'i", FOLD_PLAIN);
}

static void test_unicode_fold__one_double_quote(void **state) {
    (void)state;
    assert_folds("צה״ל צה”ל צה\"ל", "צה\"לצה\"לצה\"ל", FOLD_PLAIN);
}

static void test_unicode_fold__one_set_of_digits(void **state) {
    (void)state;
    assert_folds("١٩٧٣ ۱۲۳ १२३ ๑๒๓ ᠐ ᮹ １２ 𝟘𝟡 𞥐",
                 "197312312312309120"
                 "9"
                 "0",
                 FOLD_PLAIN);
    assert_folds("١٬٠٠٠٫٥٠ ١،٥", "1,000.501,5", FOLD_PLAIN);
    assert_folds("፲", "፲", FOLD_PLAIN); /* ten is not a digit */
}

static void test_unicode_fold__without_ignorables(void **state) {
    (void)state;
    assert_folds("co\u00ADop a\u200Db\u200Cc\uFEFF\uFE0F", "coopabc", FOLD_PLAIN);
}

static void test_unicode_fold__turkic_i(void **state) {
    (void)state;
    assert_folds("ISPARTA İZMİR iı", "ıspartaizmiriı", FOLD_TURKIC);
    assert_folds("ISPARTA", "isparta", FOLD_PLAIN);
}

static void test_unicode_fold__refuses_invalid_text(void **state) {
    (void)state;
    struct buffer out = {0};
    assert_int_equal(unicode_fold(&out, slice_of("a\xFF", 2), FOLD_PLAIN), ST_INVALID);
    assert_int_equal(unicode_strip_marks(&out, slice_of("\xED\xA0\x80", 3)), ST_INVALID);
    buffer_release(&out);
}

static void test_unicode_fold__is_idempotent(void **state) {
    (void)state;
    struct buffer once = {0}, twice = {0};
    for (uint32_t code = 0; code < 0x110000; code++) {
        if (!is_scalar(code))
            continue;
        uint8_t bytes[4];
        size_t size = encode(bytes, code);
        assert_int_equal(unicode_fold(&once, slice_of(bytes, size), FOLD_PLAIN), ST_OK);
        assert_int_equal(unicode_fold(&twice, buffer_slice(&once), FOLD_PLAIN), ST_OK);
        if (!slice_equal(buffer_slice(&once), buffer_slice(&twice)))
            fail_msg("U+%04X folds to something else the second time", code);
    }
    buffer_release(&once);
    buffer_release(&twice);
}

static void test_unicode_strip_marks__latin_greek_cyrillic(void **state) {
    (void)state;
    assert_strips("", "");
    assert_strips("café naïve", "cafe naive");
    assert_strips("øłđıæœþ", "oldiaeoeth");
    assert_strips("ńńæææææ", "nnaeaeaeaeae");
    assert_strips("ΐάώ", "ιαω");
    assert_strips("йёї", "иеі");
    assert_strips("việt", "viet");
}

static void test_unicode_strip_marks__leaves_other_scripts(void **state) {
    (void)state;
    assert_strips("हिन्दी", "हिन्दी");
    assert_strips("データ がぎ", "データ がぎ");
    assert_strips("한국어", "한국어");
    assert_strips("ภาษาไทย กำลัง", "ภาษาไทย กำลัง");
}

static void test_unicode_strip_marks__drops_optional_signs(void **state) {
    (void)state;
    assert_strips("مُحَمَّد هٰذَا كِتَابٌ", "محمد هذا كتاب");
    assert_strips("محـــمد ـُ", "محمد ");
    assert_strips("آسيا أحمد إلى مؤمن شيء", "آسيا أحمد إلى مؤمن شيء"); /* other letters */
    assert_strips("שָׁלוֹם בְּרֵאשִׁ֖ית שׁ", "שלום בראשית ש");
    assert_strips("ܫܠܳܡܳܐ", "ܫܠܡܐ");
    assert_strips("ի՞նչ", "ինչ");
    assert_strips("👍🏽", "👍");
}

static void test_unicode_space_size__every_kind(void **state) {
    (void)state;
    static const char *const spaces[] = {" ",        "\t",     "\n",     "\x7f",
                                         "\xC2\x85", "\u00A0", "\u1680", "\u2003",
                                         "\u2028",   "\u202F", "\u205F", "\u3000"};
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        assert_int_equal(unicode_space_size(text_of(spaces[i])), strlen(spaces[i]));
    assert_int_equal(unicode_space_size(text_of("")), 0);
    assert_int_equal(unicode_space_size(text_of("a ")), 0);
    assert_int_equal(unicode_space_size(text_of("\u200B")), 0);
    assert_int_equal(unicode_space_size(slice_of("\xE3\x80", 2)), 0);
}

static void test_unicode_cut__before_a_code_point(void **state) {
    (void)state;
    assert_int_equal(unicode_cut(text_of("abc"), 3).size, 3);
    assert_int_equal(unicode_cut(text_of("abc"), 2).size, 2);
    assert_int_equal(unicode_cut(text_of("aé"), 2).size, 1);
    assert_int_equal(unicode_cut(text_of("東京"), 5).size, 3);
    assert_int_equal(unicode_cut(text_of("a😀"), 4).size, 1);
    assert_int_equal(unicode_cut(slice_of("\x80\x80\x80\x80\x80\x80", 6), 5).size, 5);
    assert_int_equal(unicode_cut(slice_of(NULL, 0), 5).size, 0);
}

/* Parts end after white space near the target; the last one ends with the text. */
static void test_unicode_split__after_white_space(void **state) {
    (void)state;
    assert_int_equal(unicode_split(text_of("one two three"), 13, false), 13);
    assert_int_equal(unicode_split(text_of("one two three"), 13, true), 8);
    assert_int_equal(unicode_split(text_of("one two three"), 12, false), 8);
    assert_int_equal(unicode_split(text_of("one two three"), 8, false), 8);
    assert_int_equal(unicode_split(text_of("one two three"), 7, false), 4);
    assert_int_equal(unicode_split(text_of("one\ttwo\nthree"), 9, false), 8);
    /* None before: the next one. */
    assert_int_equal(unicode_split(text_of("abcdefghijklmn op"), 8, false), 15);
    assert_int_equal(unicode_split(text_of("abcdefghijklmn"), 8, false), 14);
    assert_int_equal(unicode_split(text_of("abcdefghijklmn"), 8, true), 0);
    assert_int_equal(unicode_split(slice_of(NULL, 0), 4, false), 0);
    assert_int_equal(unicode_split(slice_of(NULL, 0), 4, true), 0);
}

/* Where a text is cut other than at white space, when `step` bytes are read at a time. */
static size_t cuts_of(size_t cuts[16], struct slice text, size_t target, size_t step) {
    size_t count = 0;
    for (size_t from = 0, end = 0; from < text.size;) {
        size_t size =
            unicode_split(slice_of(text.data + from, end - from), target, end < text.size);
        if (!size)
            end = end + step < text.size ? end + step : text.size;
        from += size;
        if (size && from < text.size && text.data[from - 1] != ' ')
            cuts[count++] = from;
        assert_true(size <= UNICODE_UNBROKEN_MAX && count < 16);
    }
    return count;
}

static void test_unicode_split__same_places_for_any_part_size(void **state) {
    (void)state;
    static const size_t sizes[] = {
        1000, UNICODE_UNBROKEN_MAX - 1,     UNICODE_UNBROKEN_MAX,    UNICODE_UNBROKEN_MAX + 4,
        70,   2 * UNICODE_UNBROKEN_MAX + 9, UNICODE_UNBROKEN_MAX / 2};
    struct buffer text = {0};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t size = 0; size + 4 <= sizes[i]; size += 3)
            assert_int_equal(buffer_append(&text, "東", 3), ST_OK);
        assert_int_equal(buffer_append_byte(&text, ' '), ST_OK);
    }
    size_t expected[16], cuts[16];
    size_t count = cuts_of(expected, buffer_slice(&text), 1 << 20, text.size);
    assert_int_equal(count, 3);
    for (size_t target = 1 << 14; target <= 1 << 23; target *= 8)
        for (size_t step = 100000; step < 1 << 24; step *= 5) {
            assert_int_equal(cuts_of(cuts, buffer_slice(&text), target, step), count);
            assert_memory_equal(cuts, expected, count * sizeof *cuts);
        }
    for (size_t i = 0; i < count; i++)
        assert_int_equal(text.data[expected[i]], 0xE6);
    buffer_release(&text);
}

/* `clusters` has a | between any two of them. */
static void assert_clusters(const char *clusters) {
    uint8_t bytes[256];
    bool boundary[256] = {false};
    size_t size = 0;
    for (const char *at = clusters; *at; at++) {
        if (*at == '|')
            boundary[size] = true;
        else
            bytes[size++] = (uint8_t)*at;
    }
    boundary[0] = boundary[size] = true;
    struct slice text = slice_of(bytes, size);
    for (size_t at = 0; at <= size; at++) {
        size_t before = at, after = at;
        while (!boundary[before])
            before--;
        while (!boundary[after])
            after++;
        assert_int_equal(unicode_cluster_before(text, at), before);
        assert_int_equal(unicode_cluster_after(text, at), after);
    }
}

/* The rules of UAX #29, one by one. */
static void test_unicode_cluster__boundaries(void **state) {
    (void)state;
    assert_clusters("");
    assert_clusters("a|b|c");
    assert_clusters("\r\n|\n|\r|a");  /* GB3, GB4, GB5 */
    assert_clusters("\n|\xcc\x81|a"); /* GB4 */
    assert_clusters("\u1100\u1161\u11a8|\u1100\u1161|\uac00\u11a8|\uac01|\u1100\uac00"); /* GB6-8 */
    assert_clusters("e\u0301\u0323|e| \u0301|x\u200d|x");                                /* GB9 */
    assert_clusters("\u0e19\u0e33|\u0e17|\u0915\u093f|\u0915");                          /* GB9a */
    assert_clusters("a|\u0600\u0661|\u0661");                                            /* GB9b */
    assert_clusters("\U0001f469\u200d\U0001f467|\U0001f44d\U0001f3fd|\U0001f44d|"
                    "a\u200d|\U0001f467");                                   /* GB11 */
    assert_clusters("\U0001f1e9\U0001f1ea|\U0001f1e9\U0001f1ea|\U0001f1e9"); /* GB12 */
    assert_clusters("a|\U0001f1e9\U0001f1ea|\U0001f1e9|b");                  /* GB13 */
    assert_clusters("\u6771|\u4eac|\u0441|\u00e9|x");
    assert_clusters("\xff|\xc3|a"); /* ill-formed bytes are clusters of their own */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unicode_decode__every_code_point),
        cmocka_unit_test(test_unicode_decode__one_replacement_for_each_maximal_subpart),
        cmocka_unit_test(test_unicode_decode__never_reads_past_two_bytes),
        cmocka_unit_test(test_unicode_class__samples),
        cmocka_unit_test(test_unicode_fold__case_and_compatibility),
        cmocka_unit_test(test_unicode_fold__one_apostrophe),
        cmocka_unit_test(test_unicode_fold__one_double_quote),
        cmocka_unit_test(test_unicode_fold__one_set_of_digits),
        cmocka_unit_test(test_unicode_fold__without_ignorables),
        cmocka_unit_test(test_unicode_fold__turkic_i),
        cmocka_unit_test(test_unicode_fold__refuses_invalid_text),
        cmocka_unit_test(test_unicode_fold__is_idempotent),
        cmocka_unit_test(test_unicode_strip_marks__latin_greek_cyrillic),
        cmocka_unit_test(test_unicode_strip_marks__leaves_other_scripts),
        cmocka_unit_test(test_unicode_strip_marks__drops_optional_signs),
        cmocka_unit_test(test_unicode_space_size__every_kind),
        cmocka_unit_test(test_unicode_cut__before_a_code_point),
        cmocka_unit_test(test_unicode_split__after_white_space),
        cmocka_unit_test(test_unicode_split__same_places_for_any_part_size),
        cmocka_unit_test(test_unicode_cluster__boundaries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
