/* SPDX-License-Identifier: MIT */
/* The pieces of a file are the text of the whole file, whatever its bytes and their number. */
#include "tests/support/testing.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/ascii.h"
#include "common/text/tokenizer.h"
#include "common/text/unicode.h"
#include "indexer/extract/extract.h"
#include "indexer/extract/plain_text.h"
#include "indexer/extract/text_stream.h"
#include "tests/support/index_fixture.h"

#define BYTES(literal) slice_of("" literal, sizeof literal - 1)

enum { SMALL = 300 * 1024 }; /* more than one block of the reader */

static struct error err;
static struct content content;
static const char *path;

static int set_up(void **state) {
    (void)state;
    path = testing_path("some text.txt");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    content_release(&content);
    return 0;
}

static void put(struct slice bytes) {
    testing_write_file(path, bytes);
}

static void append(const char *text) {
    int file = open(path, O_WRONLY | O_APPEND);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    close(file);
}

static struct file_request request(void) {
    return (struct file_request){
        .directory = AT_FDCWD, .name = path, .path = path, .max_size = UINT64_C(1) << 32};
}

static void open_stream(struct text_stream *stream) {
    struct file_request what = request();
    assert_ok(text_stream_open(stream, &what, NULL, &err), &err);
}

/* Fills `content` by extract_run(). */
static void extract_whole(struct slice bytes) {
    struct extract_input input = {
        .bytes = bytes, .format = FORMAT_TEXT, .name = slice_of_string(path)};
    assert_ok(extract_run(&content, &input, &err), &err);
}

/* Writes the file, reads it in pieces, and compares them with the result of extract_run(). */
static void assert_same(struct slice bytes) {
    put(bytes);
    extract_whole(bytes);
    struct slice title = buffer_slice(&content.title);
    struct slice text = buffer_slice(&content.text);
    struct text_stream stream;
    open_stream(&stream);
    struct slice head = text_stream_head(&stream);
    assert_slice(head, slice_of(bytes.data,
                                bytes.size < CHARSET_PROBE_SIZE ? bytes.size : CHARSET_PROBE_SIZE));
    assert_ok(text_stream_prepare(&stream, &err), &err);
    assert_slice(buffer_slice(&stream.content.title), title);
    assert_int_equal(stream.text_hash, hash64(text.data, text.size, 0));
    assert_int_equal(stream.file.state.st_size, bytes.size);
    size_t at = 0, pieces = 0;
    enum status status;
    struct slice piece;
    while ((status = text_stream_next(&piece, &stream, &err)) == ST_OK) {
        assert_true(piece.size > 0 && piece.size <= text.size - at);
        if (memcmp(piece.data, text.data + at, piece.size) != 0)
            fail_msg("other text in the piece at %zu", at);
        at += piece.size;
        assert_true(charset_is_utf8(piece));
        assert_true(piece.size <= UNICODE_UNBROKEN_MAX);
        pieces++;
        if (at < text.size && !ascii_is_space(piece.data[piece.size - 1])) {
            assert_true(piece.size > UNICODE_UNBROKEN_MAX - 4);
            for (size_t i = 0; i < piece.size; i++)
                assert_false(ascii_is_space(piece.data[i]));
        }
    }
    assert_status(status, ST_END, &err);
    assert_int_equal(at, text.size);
    assert_true(pieces <= 2 * (text.size / TEXT_STREAM_PIECE_SIZE) + 1);
    text_stream_close(&stream);
}

static void test_text_stream_next__short_files(void **state) {
    (void)state;
    const struct slice texts[] = {
        BYTES(""),
        BYTES(" "),
        BYTES("\n\r\n \t\v\f\n"),
        BYTES("title"),
        BYTES("title\n"),
        BYTES("  title  with   spaces \r\n\r\n  body\r\nmore\r\n"),
        BYTES("title\n\n\n"),
        BYTES("title\nbody"),
        BYTES("\xEF\xBB\xBF"),
        BYTES("\xEF\xBB\xBF\n"),
        BYTES("\xEF\xBB\xBFtitle\nbody \xE2\x82"),
        BYTES("\xEF\xBB"),
        BYTES("é\nü€😀"),
        BYTES("caf\xE9\nna\xEFve \x80"),
        BYTES("caf\xE9"),
        BYTES("é€😀 é€😀 \xF0\x9F\x98"),
        BYTES("\xFF\xFE"),
        BYTES("\xFF\xFEt\0\n\0\n\0b\0=\xD8\x00\xDE"),
        BYTES("\xFE\xFF\0t\0\n\0\n\0b\xD8=\xDE\x00\xD8"),
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_same(texts[i]);
}

/* First lines around the longest title, in bytes as they are and decoded. */
static void test_text_stream_next__first_lines_of_any_length(void **state) {
    (void)state;
    struct buffer text = {0};
    static const char *const units[] = {"x", "é", "\xE9", "x ", "€"};
    static const char *const ends[] = {"", "\n", "\r\nbody", "\n\n body \n", "  \nbody"};
    for (size_t unit = 0; unit < sizeof units / sizeof *units; unit++)
        for (size_t end = 0; end < sizeof ends / sizeof *ends; end++)
            for (size_t size = PLAIN_TEXT_TITLE_MAX - 4; size <= PLAIN_TEXT_TITLE_MAX + 2; size++) {
                buffer_clear(&text);
                while (text.size < size)
                    buffer_append_slice(&text, slice_of_string(units[unit]));
                buffer_append_slice(&text, slice_of_string(ends[end]));
                assert_same(buffer_slice(&text));
            }
    buffer_release(&text);
}

/* Bytes that do not count as binary: NUL comes only after a byte order mark. */
static void append_random(struct buffer *bytes, struct testing_random *random, size_t size) {
    static const char *const styles[] = {
        "a ",         "ab cde\n", "é ü",  "€",        "😀 ", "日本語",
        "\xE9t\xE9 ", "é\xFF",    "\r\n", "\xF0\x9F", " ",  "x",
    };
    const char *some[3];
    for (size_t i = 0; i < 3; i++)
        some[i] = styles[testing_random_below(random, sizeof styles / sizeof *styles)];
    while (bytes->size < size)
        assert_int_equal(
            buffer_append_slice(bytes, slice_of_string(some[testing_random_below(random, 3)])),
            ST_OK);
}

static void test_text_stream_next__random_files(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    static const char *const starts[] = {"",         "",        "", "\n \n", "\xEF\xBB\xBF",
                                         "\xFF\xFE", "\xFE\xFF"};
    struct buffer bytes = {0};
    for (int round = 0; round < 400 / TESTING_FEWER; round++) {
        buffer_clear(&bytes);
        buffer_append_slice(&bytes, slice_of_string(starts[testing_random_below(&random, 7)]));
        append_random(&bytes, &random, (size_t)testing_random_bits(&random, round % 20 ? 12 : 19));
        if (round % 3 == 0)
            append_random(&bytes, &random, bytes.size + testing_random_below(&random, SMALL));
        assert_same(buffer_slice(&bytes));
    }
    buffer_release(&bytes);
}

/* Blocks and pieces end inside every kind of code point: the same text is shifted byte by byte. */
static void test_text_stream_next__code_points_across_blocks(void **state) {
    (void)state;
    static const struct {
        const char *mark, *unit;
        size_t unit_size, size;
    } cases[] = {
        {"", "é€😀", 9, SMALL},
        {"", "é€😀 ", 10, 2 * TEXT_STREAM_PIECE_SIZE + SMALL},
        {"\xEF\xBB\xBF", "日本\r\n", 8, TEXT_STREAM_PIECE_SIZE + SMALL},
        {"\xFF\xFE", "=\xD8\x00\xDEx\0\n\0", 8, TEXT_STREAM_PIECE_SIZE},
        {"\xFE\xFF", "\xD8=\xDE\x00\0x\0\n", 8, TEXT_STREAM_PIECE_SIZE},
        {"", "\xE9\x80 ", 3, TEXT_STREAM_PIECE_SIZE},
    };
    struct buffer bytes = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t shift = 0; shift <= cases[i].unit_size; shift++) {
            buffer_clear(&bytes);
            buffer_append_slice(&bytes, slice_of_string(cases[i].mark));
            for (size_t x = 0; x < shift; x++)
                buffer_append(&bytes, "x", 1);
            while (bytes.size < cases[i].size)
                buffer_append(&bytes, cases[i].unit, cases[i].unit_size);
            assert_same(buffer_slice(&bytes));
        }
    buffer_release(&bytes);
}

/* The last byte of several MiB decides the encoding. */
static void test_text_stream_next__encoding_decided_by_the_last_byte(void **state) {
    (void)state;
    struct buffer bytes = {0};
    static const char *const ends[] = {"", "\xE9", "é\xE9", "é\xE9\xE9", "\xC3"};
    while (bytes.size < 3 * TEXT_STREAM_PIECE_SIZE)
        buffer_append(&bytes, "some plain words of text\n", 25);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t size = bytes.size;
        buffer_append_slice(&bytes, slice_of_string(ends[i]));
        assert_same(buffer_slice(&bytes));
        bytes.size = size;
    }
    buffer_release(&bytes);
}

/* Only white space, or none: both longer than all limits. */
static void test_text_stream_next__text_without_words_or_spaces(void **state) {
    (void)state;
    static const char *const units[] = {"x", "é", "€", "\xE9"};
    struct buffer bytes = {0};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        buffer_clear(&bytes);
        buffer_append_slice(&bytes, slice_of_string("title\nonly here "));
        while (bytes.size < 2 * UNICODE_UNBROKEN_MAX + 3 * TEXT_STREAM_PIECE_SIZE)
            buffer_append_slice(&bytes, slice_of_string(units[i]));
        buffer_append_slice(&bytes, slice_of_string("\nand here"));
        assert_same(buffer_slice(&bytes));
    }
    buffer_clear(&bytes);
    while (bytes.size < 2 * TEXT_STREAM_PIECE_SIZE)
        buffer_append(&bytes, "\r\n \t", 4);
    assert_same(buffer_slice(&bytes));
    buffer_append_slice(&bytes, slice_of_string("title"));
    assert_same(buffer_slice(&bytes));
    while (bytes.size < 4 * TEXT_STREAM_PIECE_SIZE)
        buffer_append(&bytes, "\r\n \t", 4);
    assert_same(buffer_slice(&bytes));
    buffer_append_slice(&bytes, slice_of_string("body"));
    assert_same(buffer_slice(&bytes));
    /* A first line across the end of a block. */
    for (size_t size = TEXT_STREAM_PIECE_SIZE - 130; size <= TEXT_STREAM_PIECE_SIZE; size += 13) {
        buffer_clear(&bytes);
        while (bytes.size < size)
            buffer_append(&bytes, "\n", 1);
        buffer_append_slice(&bytes, slice_of_string("a first line that has some words and that "
                                                    "is a title\n\n\n\n\n\nbody\n"));
        assert_same(buffer_slice(&bytes));
    }
    buffer_release(&bytes);
}

/* Words are those of the text in one piece. */
static void test_text_stream_next__same_words_as_in_one_piece(void **state) {
    (void)state;
    static const char *const units[] = {"don't", "c++",  "_x_",      "日本語", "e\xCC\x81t",
                                        "1,000", "a.b",  "\xCC\x81", "#",      "שלום\"ה",
                                        " ",     "\r\n", "\n",       " ",      "\xC2\xA0"};
    struct testing_random random = testing_random();
    struct buffer bytes = {0};
    buffer_append_slice(&bytes, slice_of_string("title\nbody"));
    while (bytes.size < 5 * TEXT_STREAM_PIECE_SIZE)
        buffer_append_slice(
            &bytes,
            slice_of_string(units[testing_random_below(&random, sizeof units / sizeof *units)]));
    put(buffer_slice(&bytes));
    extract_whole(buffer_slice(&bytes));
    const struct buffer *text = &content.text;
    struct tokenizer whole, part;
    struct word one, other;
    tokenizer_begin(&whole, buffer_slice(text));
    struct text_stream stream;
    struct slice piece;
    open_stream(&stream);
    assert_ok(text_stream_prepare(&stream, &err), &err);
    size_t pieces = 0;
    for (uint32_t at = 0; text_stream_next(&piece, &stream, &err) == ST_OK; pieces++) {
        tokenizer_begin(&part, piece);
        while (tokenizer_next(&other, 1, &part)) {
            assert_int_equal(tokenizer_next(&one, 1, &whole), 1);
            assert_int_equal(one.start, at + other.start);
            assert_int_equal(one.end, at + other.end);
        }
        at += (uint32_t)piece.size;
    }
    assert_int_equal(tokenizer_next(&one, 1, &whole), 0);
    assert_true(pieces >= 4);
    text_stream_close(&stream);
    buffer_release(&bytes);
}

static void put_lines(size_t count) {
    struct buffer bytes = {0};
    for (size_t i = 0; i < count; i++) {
        char line[64];
        int size = snprintf(line, sizeof line, "line %zu of a file that changes\n", i);
        buffer_append(&bytes, line, (size_t)size);
    }
    put(buffer_slice(&bytes));
    buffer_release(&bytes);
}

/* Takes all pieces. Returns the last status, and sets *size to their bytes. */
static enum status take_all(struct text_stream *stream, size_t *size) {
    enum status status;
    struct slice piece;
    *size = 0;
    while ((status = text_stream_next(&piece, stream, &err)) == ST_OK)
        *size += piece.size;
    return status;
}

static void test_text_stream_next__file_that_grows(void **state) {
    (void)state;
    size_t size, first;
    struct text_stream stream;
    put_lines(100000);
    open_stream(&stream);
    append("more before the first pass\n");
    assert_ok(text_stream_prepare(&stream, &err), &err);
    append("more after the first pass\n");
    assert_status(take_all(&stream, &first), ST_END, &err);
    off_t opened = stream.file.state.st_size;
    assert_int_equal(first, (size_t)opened - strlen("line 0 of a file that changes\n"));
    text_stream_close(&stream);
    /* The next run sees the new state, and all of it. */
    open_stream(&stream);
    assert_true(stream.file.state.st_size > opened);
    assert_ok(text_stream_prepare(&stream, &err), &err);
    assert_status(take_all(&stream, &size), ST_END, &err);
    assert_int_equal(size, first + strlen("more before the first pass\n"
                                          "more after the first pass\n"));
    text_stream_close(&stream);
}

static void overwrite(off_t at, const char *text) {
    int file = open(path, O_WRONLY);
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, text, strlen(text), at), strlen(text));
    close(file);
}

static void assert_changed(struct text_stream *stream) {
    size_t size;
    assert_status(take_all(stream, &size), ST_SKIPPED, &err);
    assert_non_null(strstr(err.text, "some text.txt: changed while being read"));
    text_stream_close(stream);
}

static void test_text_stream_next__file_that_changes(void **state) {
    (void)state;
    struct text_stream stream;
    put_lines(100000);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    const off_t places[] = {st.st_size - 2, st.st_size / 2};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        open_stream(&stream);
        assert_ok(text_stream_prepare(&stream, &err), &err);
        overwrite(places[i], "!");
        assert_changed(&stream);
    }
    /* It becomes invalid UTF-8: the pieces stay valid. */
    open_stream(&stream);
    assert_ok(text_stream_prepare(&stream, &err), &err);
    overwrite(st.st_size / 2, "\xFF");
    struct slice piece;
    enum status status;
    while ((status = text_stream_next(&piece, &stream, &err)) == ST_OK)
        assert_true(charset_is_utf8(piece));
    assert_status(status, ST_SKIPPED, &err);
    text_stream_close(&stream);
    /* It becomes shorter, after the first pass and before it. */
    open_stream(&stream);
    assert_ok(text_stream_prepare(&stream, &err), &err);
    assert_int_equal(truncate(path, st.st_size / 2), 0);
    assert_changed(&stream);
    open_stream(&stream);
    assert_int_equal(truncate(path, 0), 0);
    assert_status(text_stream_prepare(&stream, &err), ST_SKIPPED, &err);
    assert_non_null(strstr(err.text, "changed while being read"));
    text_stream_close(&stream);
}

static void test_text_stream_open__refused_files(void **state) {
    (void)state;
    struct text_stream stream;
    struct file_request what = request();
    put(BYTES("MZ\0\1"));
    assert_status(text_stream_open(&stream, &what, NULL, &err), ST_SKIPPED, &err);
    assert_non_null(strstr(err.text, ": binary"));
    what.max_size = 3;
    assert_status(text_stream_open(&stream, &what, NULL, &err), ST_SKIPPED, &err);
    assert_non_null(strstr(err.text, "more than the limit of 3"));
    what.name = "/dev/zero";
    assert_status(text_stream_open(&stream, &what, NULL, &err), ST_SKIPPED, &err);
    what.name = what.path = "/nowhere/at all";
    assert_status(text_stream_open(&stream, &what, NULL, &err), ST_NOT_FOUND, &err);
}

static void test_text_stream_next__interrupted(void **state) {
    (void)state;
    struct text_stream stream;
    struct file_request what = request();
    struct slice piece;
    volatile sig_atomic_t stop = 1;
    put_lines(100000);
    assert_ok(text_stream_open(&stream, &what, &stop, &err), &err);
    assert_status(text_stream_prepare(&stream, &err), ST_INTERRUPTED, &err);
    stop = 0;
    assert_ok(text_stream_prepare(&stream, &err), &err);
    assert_ok(text_stream_next(&piece, &stream, &err), &err);
    stop = 1;
    enum status status;
    while ((status = text_stream_next(&piece, &stream, &err)) == ST_OK)
        continue;
    assert_status(status, ST_INTERRUPTED, &err);
    text_stream_close(&stream);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_stream_next__short_files),
        cmocka_unit_test(test_text_stream_next__first_lines_of_any_length),
        cmocka_unit_test(test_text_stream_next__random_files),
        cmocka_unit_test(test_text_stream_next__code_points_across_blocks),
        cmocka_unit_test(test_text_stream_next__encoding_decided_by_the_last_byte),
        cmocka_unit_test(test_text_stream_next__text_without_words_or_spaces),
        cmocka_unit_test(test_text_stream_next__same_words_as_in_one_piece),
        cmocka_unit_test(test_text_stream_next__file_that_grows),
        cmocka_unit_test(test_text_stream_next__file_that_changes),
        cmocka_unit_test(test_text_stream_open__refused_files),
        cmocka_unit_test(test_text_stream_next__interrupted),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
