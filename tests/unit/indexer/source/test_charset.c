/* SPDX-License-Identifier: MIT */
/* Any bytes become UTF-8, and the encoding is recognized. */
#include "indexer/source/charset.h"
#include "tests/support/testing.h"

#define BYTES(literal) slice_of("" literal, sizeof literal - 1)

static void assert_decodes(struct slice bytes, const char *declared, const char *expected) {
    struct buffer out = {0}, scratch = {0};
    struct slice text, label = slice_of_string(declared);
    assert_int_equal(charset_decode(&out, bytes, label), ST_OK);
    assert_true(charset_is_utf8(buffer_slice(&out)));
    assert_int_equal(out.size, strlen(expected));
    assert_memory_equal(out.data, expected, out.size);
    assert_int_equal(charset_to_utf8(&text, &scratch, bytes, label), ST_OK);
    assert_true(slice_equal(text, buffer_slice(&out)));
    buffer_release(&out);
    buffer_release(&scratch);
}

static void test_charset_decode__byte_order_marks(void **state) {
    (void)state;
    assert_decodes(BYTES("\xEF\xBB\xBFgrün"), "", "grün");
    assert_decodes(BYTES("\xFF\xFEg\0\xFC\0=\xD8\x00\xDE"), "", "gü😀");
    assert_decodes(BYTES("\xFE\xFF\0g\0\xFC\xD8=\xDE\x00"), "", "gü😀");
    assert_decodes(BYTES("\xFF\xFE\x00\xD8g\0x"), "", "\uFFFDg\uFFFD");
    assert_decodes(BYTES("\xEF\xBB\xBF\xC3\xA9"), "windows-1252", "é");
}

static void test_charset_decode__declared(void **state) {
    (void)state;
    assert_decodes(BYTES("\xCF\xF0\xE8"), "Windows-1251", "При");
    assert_decodes(BYTES("\x93\xFA\x96\x7B"), "shift_jis", "日本");
    assert_decodes(BYTES("\xC4\xE3"), "GB2312", "你");
    assert_decodes(BYTES("\x80\x93\xE9"), "iso-8859-1", "€“é");
    assert_decodes(BYTES("a\xFF\xFF"), "euc-jp", "a\uFFFD\uFFFD");
    assert_decodes(BYTES("\x93\xFA\x96"), "shift_jis", "日\uFFFD");
    assert_decodes(BYTES("\xC3\xA9\xC3"), "utf-8", "é\uFFFD");
    assert_decodes(BYTES("\xC3\xA9"), "no such thing", "é");
    assert_decodes(BYTES(""), "euc-kr", "");
}

/* Labels of the Encoding Standard, one encoding a line, each with a word in it. */
static void test_charset_decode__labels(void **state) {
    (void)state;
    static const struct {
        const char *labels[3], *bytes, *text;
    } cases[] = {
        {{"iso8859-2", "csISOLatin2", " l2\t"}, "\xAElu\xBB", "Žluť"},
        {{"iso-8859-3", "latin3"}, "\xA1", "Ħ"},
        {{"iso88594", "l4"}, "\xAA", "Ē"},
        {{"cyrillic", "iso_8859-5:1988"}, "\xBF", "П"},
        {{"asmo-708", "iso-8859-6-i"}, "\xD3\xE4", "سل"},
        {{"sun_eu_greek", "iso8859-7"}, "\xCA\xE1", "Κα"},
        {{"iso-8859-8-e", "logical", "visual"}, "\xF9\xEC", "של"},
        {{"iso-8859-9", "cp1254", "latin5"}, "\xDD\xFE\x80", "İş€"},
        {{"iso-8859-10", "l6"}, "\xA1", "Ą"},
        {{"tis-620", "dos-874", "iso-8859-11"}, "\xA1\x80", "ก€"},
        {{"iso885913"}, "\xC0", "Ą"},
        {{"iso8859-14"}, "\xA1", "Ḃ"},
        {{"iso_8859-15", "csisolatin9"}, "\xA4", "€"},
        {{"iso-8859-16"}, "\xAA", "Ș"},
        {{"866", "csibm866"}, "\xAF", "п"},
        {{"koi8_r", "koi"}, "\xD0", "п"},
        {{"koi8-u", "koi8-ru"}, "\xA4\xAE", "єў"},
        {{"mac", "x-mac-roman"}, "\x8E", "é"},
        {{"x-mac-ukrainian"}, "\xB4", "і"},
        {{"x-cp1250"}, "\x8A", "Š"},
        {{"x-cp1251", "cp1251"}, "\xCF", "П"},
        {{"cp819", "ansi_x3.4-1968", "x-user-defined"}, "\x93\xE9", "“é"},
        {{"x-cp1253"}, "\xE1", "α"},
        {{"x-cp1255"}, "\xF9", "ש"},
        {{"cp1256"}, "\xD3", "س"},
        {{"windows-1257"}, "\xC0", "Ą"},
        {{"cp1258"}, "\xD0", "Đ"},
        {{"gb_2312-80", "iso-ir-58", "gbk"}, "\xC4\xE3\x95\x32\x82\x36", "你𠀀"},
        {{"cn-big5", "x-x-big5"}, "\xA4\xA4\x87\x40", "中䏰"},
        {{"x-euc-jp", "cseucpkdfmtjapanese"}, "\xC6\xFC\xAD\xA1", "日①"},
        {{"csiso2022jp"}, "\x1B$BF|\x1B(B", "日"},
        {{"ms_kanji", "sjis"}, "\x93\xFA\x87\x40", "日①"},
        {{"windows-949", "ks_c_5601-1989", "korean"}, "\xC7\xD1\x81\x41", "한갂"},
        {{"iso-2022-kr"}, "\x1B$)C\x0EGQ\x0F", "한"},
        {{"unicode11utf8", "x-unicode20utf8"}, "\xC3\xA9", "é"},
        {{"utf-16", "ucs-2", "unicodefeff"}, "g\x01", "ŧ"},
        {{"unicodefffe", "utf-16be"}, "\x01g", "ŧ"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t k = 0; k < 3 && cases[i].labels[k]; k++)
            assert_decodes(slice_of_string(cases[i].bytes), cases[i].labels[k], cases[i].text);
}

static void test_charset_decode__guess(void **state) {
    (void)state;
    assert_decodes(BYTES("caf\xE9 \x80"), "", "café €");
    assert_decodes(BYTES("é é \xFF"), "", "é é \uFFFD");
    assert_decodes(BYTES(""), "", "");
}

static void test_charset_repair__maximal_subparts(void **state) {
    (void)state;
    /* The example of the Unicode Standard, table 3-8, and truncated sequences, table 3-11. */
    assert_decodes(BYTES("a\xF1\x80\x80\xE1\x80\xC2"
                         "b\x80"
                         "c"),
                   "utf-8", "a\uFFFD\uFFFD\uFFFDb\uFFFDc");
    assert_decodes(BYTES("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82"
                         "A"),
                   "utf-8", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA");
    assert_decodes(BYTES("\uFFFD kept"), "utf-8", "\uFFFD kept");
}

static void test_charset_repair__all_pairs_of_bytes(void **state) {
    (void)state;
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        const uint8_t bytes[] = {'0', (uint8_t)(pair >> 8), (uint8_t)pair};
        struct buffer out = {0};
        assert_int_equal(charset_repair(&out, slice_of(bytes, sizeof bytes)), ST_OK);
        assert_true(charset_is_utf8(buffer_slice(&out)));
        assert_true(out.size <= 4 * sizeof bytes);
        assert_int_equal(charset_is_utf8(slice_of(bytes, sizeof bytes)),
                         out.size == sizeof bytes && memcmp(out.data, bytes, out.size) == 0);
        buffer_release(&out);
    }
}

/* As many sequences of each length are well-formed as there are code points of that length. */
static void test_charset_is_utf8__all_sequences(void **state) {
    (void)state;
    size_t twos = 0, threes = 0;
    for (unsigned lead = 0x80; lead < 0x100; lead++)
        for (unsigned tail = 0; tail < 0x10000; tail++) {
            const uint8_t bytes[] = {(uint8_t)lead, (uint8_t)(tail >> 8), (uint8_t)tail};
            twos += tail < 0x100 && charset_is_utf8(slice_of((uint8_t[]){bytes[0], bytes[2]}, 2));
            threes += bytes[1] >= 0x80 && bytes[2] >= 0x80 && charset_is_utf8(slice_of(bytes, 3));
        }
    assert_int_equal(twos, 0x800 - 0x80);
    assert_int_equal(threes, 0x10000 - 0x800 - 0x800); /* without surrogates */
}

static void test_charset_append__not_scalar(void **state) {
    (void)state;
    struct buffer out = {0};
    const uint32_t points[] = {0x41, 0x7FF, 0xD800, 0xFFFF, 0x10FFFF, 0x110000};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        assert_int_equal(charset_append(&out, points[i]), ST_OK);
    assert_true(slice_equal(buffer_slice(&out),
                            slice_of_string("A\xDF\xBF\uFFFD\xEF\xBF\xBF\xF4\x8F\xBF\xBF\uFFFD")));
    buffer_release(&out);
}

static void test_charset_is_binary__signs(void **state) {
    (void)state;
    assert_true(charset_is_binary(BYTES("ab\0c")));
    assert_true(charset_is_binary(BYTES("%PDF-1.7\n")));
    assert_false(charset_is_binary(BYTES("plain \xFF\xFE")));
    assert_false(charset_is_binary(BYTES("\xFF\xFEg\0")));
    assert_false(charset_is_binary(BYTES("")));
}

/* A stray NUL does not make a text binary, nor do the codes that control terminals; compressed and
 * compiled files are binary whatever their size. */
static void test_charset_is_binary__share(void **state) {
    (void)state;
    assert_false(charset_is_binary(BYTES("gas pipeline\0 with one NUL\n")));
    assert_false(charset_is_binary(BYTES("\x1B[1mbold\x1B[0m b\bbo\bol\bld\a\f\x1A")));
    uint8_t bytes[CHARSET_PROBE_SIZE + 1000];
    memset(bytes, 'x', sizeof bytes);
    for (size_t i = 0; i < CHARSET_PROBE_SIZE / 32; i++)
        bytes[i * 32] = 0;
    memset(bytes + CHARSET_PROBE_SIZE, 0, sizeof bytes - CHARSET_PROBE_SIZE);
    assert_false(charset_is_binary(slice_of(bytes, sizeof bytes)));
    memset(bytes, 1, 8);
    assert_true(charset_is_binary(slice_of(bytes, sizeof bytes)));
    struct testing_random random = testing_random();
    for (size_t size = 400; size < sizeof bytes; size += size) {
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)testing_random_below(&random, 256);
        assert_true(charset_is_binary(slice_of(bytes, size)));
    }
}

/* Decodes in pieces of up to `max_size` bytes, as charset.h says, and compares with all at once. */
static void assert_pieces(struct slice bytes, size_t max_size, struct testing_random *random) {
    struct buffer out = {0}, whole = {0}, piece = {0};
    size_t bom_size, used;
    enum charset charset = charset_of_bom(&bom_size, bytes);
    for (int pass = 0;; pass++) {
        struct charset_counts tally = {0};
        buffer_clear(&out);
        buffer_clear(&piece);
        for (size_t at = bom_size; at <= bytes.size;) {
            size_t size = 1 + testing_random_below(random, (uint32_t)max_size);
            if (size > bytes.size - at)
                size = bytes.size - at;
            assert_int_equal(buffer_append(&piece, bytes.data + at, size), ST_OK);
            at += size;
            bool last = at == bytes.size;
            assert_int_equal(
                charset_decode_piece(&out, &used, &tally, buffer_slice(&piece), charset, last),
                ST_OK);
            assert_true(used <= piece.size && piece.size - used <= (last ? 0 : 3));
            if (used > 0)
                memmove(piece.data, piece.data + used, piece.size - used);
            piece.size -= used;
            if (last)
                break;
        }
        if (pass == 1 || bom_size || charset == charset_guess(&tally))
            break;
        charset = charset_guess(&tally);
    }
    assert_int_equal(charset_decode(&whole, bytes, slice_of(NULL, 0)), ST_OK);
    assert_slice(buffer_slice(&out), buffer_slice(&whole));
    buffer_release(&out);
    buffer_release(&whole);
    buffer_release(&piece);
}

static void test_charset_decode_piece__any_pieces(void **state) {
    (void)state;
    const struct slice texts[] = {
        BYTES(""),
        BYTES("plain text\n"),
        BYTES("\xEF\xBB\xBF"),
        BYTES("\xEF\xBB"),
        BYTES("\xEF\xBB\xBFmarked é€😀 \xE2\x82"),
        BYTES("é€😀 é€😀 \xF0\x9F\x98"),
        BYTES("é€😀 \xFF é€😀 \xF0\x9F\x98x\xED\xA0\x80 é€😀é€😀"),
        BYTES("caf\xE9 \x80\x81 na\xEFve \xF0\x9F"),
        BYTES("\xFF\xFEg\0\xFC\0=\xD8\x00\xDE=\xD8=\xD8\x00\xDE\x00\xDEx\0=\xD8y"),
        BYTES("\xFE\xFF\0g\0\xFC\xD8=\xDE\x00\xD8=\xD8=\xDE\x00\xDE\x00\0x\xD8="),
        BYTES("\xFF\xFE"),
        BYTES("\xFE\xFF\xD8"),
    };
    struct testing_random random = testing_random();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t max_size = 1; max_size <= texts[i].size + 1; max_size++)
            assert_pieces(texts[i], max_size, &random);
    /* Bytes that sequences are made of, in any order, after any byte order mark or none. */
    static const uint8_t atoms[] = {'a',  ' ',  0x80, 0xBF, 0xC3, 0xA9, 0xE2, 0x82,
                                    0xF0, 0x9F, 0xED, 0xA0, 0xD8, 0xDC, 0xFF, 0};
    static const char *const marks[] = {"", "", "\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"};
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[64];
        const char *start = marks[round % 5];
        size_t size = strlen(start);
        memcpy(bytes, start, size);
        for (uint32_t more = testing_random_below(&random, 60); more > 0; more--)
            bytes[size++] = atoms[testing_random_below(&random, sizeof atoms)];
        assert_pieces(slice_of(bytes, size), 1 + testing_random_below(&random, 9), &random);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_charset_decode__byte_order_marks),
        cmocka_unit_test(test_charset_decode__declared),
        cmocka_unit_test(test_charset_decode__labels),
        cmocka_unit_test(test_charset_decode__guess),
        cmocka_unit_test(test_charset_repair__maximal_subparts),
        cmocka_unit_test(test_charset_repair__all_pairs_of_bytes),
        cmocka_unit_test(test_charset_is_utf8__all_sequences),
        cmocka_unit_test(test_charset_append__not_scalar),
        cmocka_unit_test(test_charset_decode_piece__any_pieces),
        cmocka_unit_test(test_charset_is_binary__signs),
        cmocka_unit_test(test_charset_is_binary__share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
