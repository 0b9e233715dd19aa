/* SPDX-License-Identifier: MIT */
/* Lines come out as they went in, whatever the blocks, and are bounded in size. */
#include "tests/support/testing.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/line_reader.h"

static struct error err;

/* Bytes in memory that arrive in pieces, and a failure at their end if `failure` is set. */
struct memory {
    struct slice bytes;
    size_t piece; /* bytes at a time; 0: as many as are asked for */
    enum status failure;
};

static enum status read_memory(size_t *got, void *context, uint8_t *data, size_t size,
                               struct error *error) {
    struct memory *memory = context;
    size_t wanted = memory->piece && memory->piece < size ? memory->piece : size;
    *got = wanted < memory->bytes.size ? wanted : memory->bytes.size;
    if (*got)
        memcpy(data, memory->bytes.data, *got);
    memory->bytes = slice_after(memory->bytes, *got);
    return memory->failure && memory->bytes.size == 0
               ? error_set(error, memory->failure, 0, "the source is broken")
               : ST_OK;
}

static struct line_reader open_memory(struct memory *memory, struct line_reader_options options) {
    struct line_reader reader;
    options.name = "input";
    line_reader_init(&reader, &(struct line_source){.read = read_memory, .context = memory},
                     &options);
    return reader;
}

static void assert_line(struct line_reader *reader, const char *expected) {
    struct slice line;
    assert_ok(line_reader_next(&line, reader, &err), &err);
    assert_slice(line, slice_of_string(expected));
}

static void assert_next(struct line_reader *reader, enum status expected) {
    struct slice line;
    assert_status(line_reader_next(&line, reader, &err), expected, &err);
}

static void test_line_reader_next__ends(void **state) {
    (void)state;
    for (size_t piece = 0; piece < 20; piece++) {
        struct memory memory = {slice_of_string("one\n\ntwo\r\nthree"), piece, ST_OK};
        struct line_reader reader = open_memory(&memory, (struct line_reader_options){0});
        assert_line(&reader, "one");
        assert_line(&reader, "");
        assert_line(&reader, "two\r");
        assert_line(&reader, "three");
        assert_int_equal(line_reader_line_number(&reader), 4);
        assert_next(&reader, ST_END);
        assert_next(&reader, ST_END);
        line_reader_release(&reader);
    }
    struct memory empty = {0};
    struct line_reader reader = open_memory(&empty, (struct line_reader_options){0});
    assert_next(&reader, ST_END);
    line_reader_release(&reader);
}

static void test_line_reader_next__nul_separated(void **state) {
    (void)state;
    struct memory memory = {.bytes = slice_of("a\nb\0c\0", 6)};
    struct line_reader reader =
        open_memory(&memory, (struct line_reader_options){.nul_separated = true});
    assert_line(&reader, "a\nb");
    assert_line(&reader, "c");
    assert_next(&reader, ST_END);
    line_reader_release(&reader);
}

static void append_repeated(struct buffer *text, char byte, size_t count) {
    assert_int_equal(buffer_reserve(text, count), ST_OK);
    if (count)
        memset(text->data + text->size, byte, count);
    text->size += count;
}

static void test_line_reader_next__too_long(void **state) {
    (void)state;
    struct buffer text = {0};
    buffer_append(&text, "first\n", 6);
    append_repeated(&text, 'x', 5000000);
    buffer_append(&text, "\n12345\n123456\n", 14);
    append_repeated(&text, 'y', 3000000);
    struct memory memory = {.bytes = buffer_slice(&text)};
    struct line_reader reader = open_memory(&memory, (struct line_reader_options){.max_line = 5});
    assert_line(&reader, "first");
    assert_next(&reader, ST_SKIPPED);
    assert_non_null(strstr(err.text, "input:2: "));
    assert_line(&reader, "12345");
    assert_next(&reader, ST_SKIPPED);
    assert_non_null(strstr(err.text, "input:4: "));
    assert_next(&reader, ST_SKIPPED);
    assert_int_equal(line_reader_line_number(&reader), 5);
    assert_next(&reader, ST_END);
    assert_true(reader.capacity < 100 * 1024);
    line_reader_release(&reader);
    /* Without a limit the same lines fit. */
    memory = (struct memory){.bytes = buffer_slice(&text)};
    reader = open_memory(&memory, (struct line_reader_options){0});
    struct slice line;
    assert_line(&reader, "first");
    assert_ok(line_reader_next(&line, &reader, &err), &err);
    assert_int_equal(line.size, 5000000);
    line_reader_release(&reader);
    buffer_release(&text);
}

/* Lines of all lengths around a block, with any bytes but a newline in them. */
static void test_line_reader_next__lengths_around_a_block(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 65534, 65535, 65536, 65537, 3, 0, 300000, 131072, 0, 9};
    enum { LINES = sizeof sizes / sizeof *sizes };
    for (int with_newline = 0; with_newline < 2; with_newline++) {
        struct buffer all = {0};
        for (size_t i = 0; i < LINES; i++) {
            for (size_t k = 0; k < sizes[i]; k++)
                assert_int_equal(buffer_append_byte(&all, (uint8_t)(k % 256 == '\n' ? 0 : k)),
                                 ST_OK);
            if (i + 1 < LINES || with_newline)
                assert_int_equal(buffer_append_byte(&all, '\n'), ST_OK);
        }
        struct memory memory = {.bytes = buffer_slice(&all)};
        struct line_reader reader = open_memory(&memory, (struct line_reader_options){0});
        struct slice line;
        size_t offset = 0;
        for (size_t i = 0; i < LINES; i++) {
            assert_ok(line_reader_next(&line, &reader, &err), &err);
            assert_slice(line, slice_of(all.data + offset, sizes[i]));
            offset += sizes[i] + 1;
        }
        assert_next(&reader, ST_END);
        line_reader_release(&reader);
        buffer_release(&all);
    }
}

/* The bytes after a line may be read: the sanitizer build looks. */
static void test_line_reader_next__padding(void **state) {
    (void)state;
    struct buffer text = {0};
    for (int i = 0; i < 40000; i++) {
        append_repeated(&text, 'x', (size_t)(i * 7919 % 90));
        buffer_append_byte(&text, '\n');
    }
    text.size -= 1;
    struct memory memory = {.bytes = buffer_slice(&text), .piece = 1000};
    struct line_reader reader = open_memory(&memory, (struct line_reader_options){0});
    struct slice line;
    volatile uint8_t sum = 0;
    while (line_reader_next(&line, &reader, &err) == ST_OK)
        for (size_t i = 0; i < LINE_READER_PADDING; i++)
            sum = (uint8_t)(sum + line.data[line.size + i]);
    line_reader_release(&reader);
    buffer_release(&text);
}

/* The lines before a fault are returned, then the fault, however often it is asked for. */
static void test_line_reader_next__lines_before_a_failure(void **state) {
    (void)state;
    for (size_t piece = 0; piece < 10; piece++) {
        struct memory memory = {slice_of_string("one\ntwo\nhalf"), piece, ST_CORRUPT};
        struct line_reader reader = open_memory(&memory, (struct line_reader_options){0});
        assert_line(&reader, "one");
        assert_line(&reader, "two");
        for (int i = 0; i < 2; i++) {
            err = (struct error){0};
            assert_next(&reader, ST_CORRUPT);
            assert_string_equal(err.text, "the source is broken");
        }
        line_reader_release(&reader);
    }
}

static enum status read_pipe(size_t *got, void *context, uint8_t *data, size_t size,
                             struct error *error) {
    ssize_t result = read(*(int *)context, data, size);
    *got = result < 0 ? 0 : (size_t)result;
    return result < 0 ? error_set(error, ST_EIO, 0, "read") : ST_OK;
}

static bool is_pipe_ready(void *context) {
    struct pollfd input = {.fd = *(int *)context, .events = POLLIN};
    return poll(&input, 1, 0) != 0;
}

static void put(int fd, const char *text) {
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void assert_polled(struct line_reader *reader, const char *expected) {
    struct slice line;
    assert_ok(line_reader_poll(&line, reader, &err), &err);
    assert_slice(line, slice_of_string(expected));
}

static void test_line_reader_poll__does_not_wait(void **state) {
    (void)state;
    int ends[2];
    struct slice line;
    assert_int_equal(pipe(ends), 0);
    struct line_reader reader;
    struct line_source source = {read_pipe, is_pipe_ready, &ends[0]};
    line_reader_init(&reader, &source, &(struct line_reader_options){.name = "pipe"});
    assert_int_equal(line_reader_poll(&line, &reader, &err), ST_NOT_FOUND);
    put(ends[1], "one\ntwo\n\nth");
    assert_polled(&reader, "one");
    assert_line(&reader, "two");
    assert_polled(&reader, "");
    assert_int_equal(line_reader_poll(&line, &reader, &err), ST_NOT_FOUND);
    put(ends[1], "re");
    assert_int_equal(line_reader_poll(&line, &reader, &err), ST_NOT_FOUND);
    put(ends[1], "e\nlast");
    assert_line(&reader, "three");
    assert_int_equal(line_reader_poll(&line, &reader, &err), ST_NOT_FOUND);
    close(ends[1]);
    assert_polled(&reader, "last");
    assert_int_equal(line_reader_poll(&line, &reader, &err), ST_END);
    assert_next(&reader, ST_END);
    line_reader_release(&reader);
    close(ends[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line_reader_next__ends),
        cmocka_unit_test(test_line_reader_next__nul_separated),
        cmocka_unit_test(test_line_reader_next__too_long),
        cmocka_unit_test(test_line_reader_next__lengths_around_a_block),
        cmocka_unit_test(test_line_reader_next__padding),
        cmocka_unit_test(test_line_reader_next__lines_before_a_failure),
        cmocka_unit_test(test_line_reader_poll__does_not_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
