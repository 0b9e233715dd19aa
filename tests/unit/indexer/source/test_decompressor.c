/* SPDX-License-Identifier: MIT */
/* Compressed input reads like plain input, and damage is noticed. */
#include "tests/support/testing.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "indexer/source/decompressor.h"

static struct error err;
static int input = -1;

static int set_up(void **state) {
    (void)state;
    return chdir(testing_folder());
}

static int tear_down(void **state) {
    (void)state;
    close(input);
    return 0;
}

static void put(struct slice bytes) {
    testing_write_file("input", bytes);
}

/* The lines of a descriptor, decompressed. */
struct lines {
    struct decompressor *decompressor;
    struct line_reader reader;
};

static void lines_open(struct lines *lines, int descriptor, const char *name, size_t max_line,
                       const volatile sig_atomic_t *stop) {
    assert_int_equal(decompressor_open(&lines->decompressor, descriptor, name, stop, &err), ST_OK);
    struct line_source source = decompressor_line_source(lines->decompressor);
    line_reader_init(&lines->reader, &source,
                     &(struct line_reader_options){.name = name,
                                                   .max_line = max_line,
                                                   .block_size = DECOMPRESSOR_BLOCK_SIZE});
}

static void lines_close(struct lines *lines) {
    line_reader_release(&lines->reader);
    decompressor_close(lines->decompressor);
}

static void open_input(struct lines *lines, size_t max_line) {
    if (input >= 0)
        close(input);
    input = open("input", O_RDONLY | O_CLOEXEC);
    assert_true(input >= 0);
    lines_open(lines, input, "input", max_line, NULL);
}

static void assert_line(struct lines *lines, const char *expected) {
    struct slice line;
    assert_int_equal(line_reader_next(&line, &lines->reader, &err), ST_OK);
    assert_true(slice_equal(line, slice_of_string(expected)));
}

static void assert_next(struct lines *lines, enum status expected) {
    struct slice line;
    assert_int_equal(line_reader_next(&line, &lines->reader, &err), expected);
}

/* `count` numbered lines of some length. */
static struct buffer many_lines(size_t count) {
    struct buffer text = {0};
    char line[128];
    for (size_t i = 0; i < count; i++) {
        int size = snprintf(line, sizeof line, "line %zu %.*s\n", i, (int)(i * 7919 % 90),
                            "0123456789012345678901234567890123456789012345678901234567890123456789"
                            "01234567890123456789");
        assert_int_equal(buffer_append(&text, line, (size_t)size), ST_OK);
    }
    return text;
}

static struct buffer gzip(struct slice text) {
    struct buffer out = {0};
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    size_t bound = deflateBound(&stream, text.size);
    assert_int_equal(buffer_reserve(&out, bound), ST_OK);
    stream.next_in = (uint8_t *)text.data;
    stream.avail_in = (uInt)text.size;
    stream.next_out = out.data;
    stream.avail_out = (uInt)bound;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.size = bound - stream.avail_out;
    deflateEnd(&stream);
    return out;
}

static struct buffer zstd(struct slice text, int window_log) {
    struct buffer out = {0};
    assert_int_equal(buffer_reserve(&out, ZSTD_compressBound(text.size)), ST_OK);
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    if (window_log) {
        ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
        ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
    }
    ZSTD_outBuffer to = {out.data, out.capacity, 0};
    ZSTD_inBuffer from = {text.data, text.size, 0};
    /* In two steps, so that the window cannot shrink to a size known beforehand. */
    from.size = text.size / 2;
    assert_false(ZSTD_isError(ZSTD_compressStream2(context, &to, &from, ZSTD_e_flush)));
    from.size = text.size;
    assert_int_equal(ZSTD_compressStream2(context, &to, &from, ZSTD_e_end), 0);
    out.size = to.pos;
    ZSTD_freeCCtx(context);
    return out;
}

/* Asserts that the input holds `text` exactly `times` times. */
static void assert_reads(struct slice text, int times) {
    struct lines lines;
    open_input(&lines, 0);
    struct slice line;
    size_t at = 0;
    uint64_t number = 0;
    enum status status;
    while ((status = line_reader_next(&line, &lines.reader, &err)) == ST_OK) {
        assert_int_equal(line_reader_line_number(&lines.reader), ++number);
        assert_true(at + line.size < text.size);
        assert_true(line.size == 0 || memcmp(line.data, text.data + at, line.size) == 0);
        assert_int_equal(text.data[at + line.size], '\n');
        at += line.size + 1;
        if (at == text.size && --times > 0)
            at = 0;
    }
    assert_int_equal(status, ST_END);
    assert_int_equal(times, 0);
    assert_int_equal(at, text.size);
    struct stat stat_of_input;
    assert_int_equal(stat("input", &stat_of_input), 0);
    assert_int_equal(decompressor_consumed(lines.decompressor), stat_of_input.st_size);
    lines_close(&lines);
}

static void test_decompressor_read__plain_and_compressed(void **state) {
    (void)state;
    struct buffer text = many_lines(100000);
    struct buffer compressed[] = {gzip(buffer_slice(&text)), zstd(buffer_slice(&text), 0),
                                  zstd(buffer_slice(&text), 27)};
    put(buffer_slice(&text));
    assert_reads(buffer_slice(&text), 1);
    for (size_t i = 0; i < sizeof compressed / sizeof *compressed; i++) {
        put(buffer_slice(&compressed[i]));
        assert_reads(buffer_slice(&text), 1);
        /* Members and frames may follow each other, as after `cat a.gz b.gz`. */
        struct buffer twice = {0};
        buffer_append_slice(&twice, buffer_slice(&compressed[i]));
        buffer_append_slice(&twice, buffer_slice(&compressed[i]));
        put(buffer_slice(&twice));
        assert_reads(buffer_slice(&text), 2);
        buffer_release(&twice);
        buffer_release(&compressed[i]);
    }
    buffer_release(&text);
}

static void test_decompressor_read__compressed_empty(void **state) {
    (void)state;
    struct buffer compressed[] = {gzip(slice_of("", 0)), zstd(slice_of("", 0), 0)};
    for (size_t i = 0; i < 2; i++) {
        put(buffer_slice(&compressed[i]));
        struct lines lines;
        open_input(&lines, 0);
        assert_next(&lines, ST_END);
        lines_close(&lines);
        buffer_release(&compressed[i]);
    }
}

/* The lines before the fault are returned, then the fault, however often it is asked for. */
static void assert_fails_midway(struct slice bytes) {
    put(bytes);
    struct lines lines;
    open_input(&lines, 0);
    struct slice line;
    enum status status;
    uint64_t given = 0;
    while ((status = line_reader_next(&line, &lines.reader, &err)) == ST_OK)
        given++;
    assert_int_equal(status, ST_CORRUPT);
    assert_non_null(strstr(err.text, "input: "));
    assert_true(given > 1000);
    assert_next(&lines, ST_CORRUPT);
    lines_close(&lines);
}

static void test_decompressor_read__truncated_or_damaged(void **state) {
    (void)state;
    struct buffer text = many_lines(100000);
    struct buffer compressed[] = {gzip(buffer_slice(&text)), zstd(buffer_slice(&text), 0)};
    for (size_t i = 0; i < 2; i++) {
        assert_fails_midway(slice_of(compressed[i].data, compressed[i].size - 1));
        assert_fails_midway(slice_of(compressed[i].data, compressed[i].size / 2));
        struct buffer garbage = {0};
        buffer_append_slice(&garbage, buffer_slice(&compressed[i]));
        buffer_append(&garbage, "garbage", 7);
        assert_fails_midway(buffer_slice(&garbage));
        buffer_release(&garbage);
        memset(compressed[i].data + compressed[i].size * 3 / 4, 0xFF, 64);
        assert_fails_midway(buffer_slice(&compressed[i]));
        buffer_release(&compressed[i]);
    }
    buffer_release(&text);
}

static void test_decompressor_read__gzip_filled_with_zeros(void **state) {
    (void)state;
    struct buffer text = many_lines(10), compressed = gzip(buffer_slice(&text));
    for (int i = 0; i < 1000; i++)
        buffer_append_byte(&compressed, 0);
    put(buffer_slice(&compressed));
    assert_reads(buffer_slice(&text), 1);
    buffer_release(&compressed);
    buffer_release(&text);
}

/* Half a gigabyte without a newline, from a few kilobytes, takes little memory. */
static void test_decompressor_read__endless_line(void **state) {
    (void)state;
    struct buffer text = {0}, compressed, all = {0};
    assert_int_equal(buffer_reserve(&text, 16 << 20), ST_OK);
    memset(text.data, 'x', text.size = 16 << 20);
    compressed = zstd(buffer_slice(&text), 0);
    for (int i = 0; i < 32; i++)
        buffer_append_slice(&all, buffer_slice(&compressed));
    put(buffer_slice(&all));
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    struct lines lines;
    open_input(&lines, 1000);
    assert_next(&lines, ST_SKIPPED);
    assert_next(&lines, ST_END);
    lines_close(&lines);
    getrusage(RUSAGE_SELF, &after);
    assert_true(after.ru_maxrss - before.ru_maxrss < 64 * 1024); /* KiB */
    buffer_release(&text);
    buffer_release(&compressed);
    buffer_release(&all);
}

static void *feed_slowly(void *context) {
    int pipe_end = *(int *)context;
    const char *parts[] = {"on", "e\ntw", "o\n", "three"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        usleep(2000);
        if (write(pipe_end, parts[i], strlen(parts[i])) < 0)
            break;
    }
    close(pipe_end);
    return NULL;
}

static void test_decompressor_read__slow_non_blocking_pipe(void **state) {
    (void)state;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, feed_slowly, &ends[1]), 0);
    struct lines lines;
    lines_open(&lines, ends[0], "pipe", 0, NULL);
    assert_line(&lines, "one");
    assert_line(&lines, "two");
    assert_line(&lines, "three");
    assert_next(&lines, ST_END);
    lines_close(&lines);
    pthread_join(thread, NULL);
    close(ends[0]);
}

/* A signal at the worst moment: after the program has looked at `stop`, when the next call that may
 * wait begins. These functions replace those of the C library. */
static int signal_of_next_call;

static void come_now(void) {
    int number = signal_of_next_call;
    signal_of_next_call = 0;
    if (number)
        raise(number);
}

ssize_t read(int descriptor, void *data, size_t size) {
    come_now();
    struct pollfd ready = {.fd = descriptor, .events = POLLIN};
    assert_int_equal(poll(&ready, 1, 0), 1); /* or it would wait for ever */
    return syscall(SYS_read, descriptor, data, size);
}

int ppoll(struct pollfd *polled, nfds_t count, const struct timespec *timeout,
          const sigset_t *mask) {
    come_now();
    return (int)syscall(SYS_ppoll, polled, count, timeout, mask, _NSIG / 8);
}

static volatile sig_atomic_t stop;

static void on_signal(int number) {
    (void)number;
    stop = 1;
}

static void test_decompressor_read__signal(void **state) {
    (void)state;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    struct sigaction action = {.sa_handler = on_signal}, before;
    sigaction(SIGUSR1, &action, &before);
    struct lines lines;
    lines_open(&lines, ends[0], "pipe", 0, &stop);
    assert_int_equal(write(ends[1], "line\nrest", 9), 9);
    assert_line(&lines, "line");
    signal_of_next_call = SIGUSR1;
    assert_next(&lines, ST_INTERRUPTED);
    assert_int_equal(stop, 1);
    assert_next(&lines, ST_INTERRUPTED);
    lines_close(&lines);
    sigaction(SIGUSR1, &before, NULL);
    close(ends[0]);
    close(ends[1]);
}

/* A signal that sets no `stop` does not end the stream. */
static void test_decompressor_read__other_signal(void **state) {
    (void)state;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    struct sigaction action = {.sa_handler = on_signal}, before;
    sigaction(SIGUSR1, &action, &before);
    pthread_t thread;
    struct lines lines;
    lines_open(&lines, ends[0], "pipe", 0, NULL);
    signal_of_next_call = SIGUSR1;
    assert_int_equal(pthread_create(&thread, NULL, feed_slowly, &ends[1]), 0);
    assert_line(&lines, "one");
    lines_close(&lines);
    pthread_join(thread, NULL);
    sigaction(SIGUSR1, &before, NULL);
    close(ends[0]);
}

static void test_decompressor_read__folder(void **state) {
    (void)state;
    struct lines lines;
    int folder = open(".", O_RDONLY | O_CLOEXEC);
    lines_open(&lines, folder, "shown", 0, NULL);
    assert_next(&lines, ST_EIO);
    assert_non_null(strstr(err.text, "shown"));
    lines_close(&lines);
    close(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decompressor_read__plain_and_compressed),
        cmocka_unit_test(test_decompressor_read__compressed_empty),
        cmocka_unit_test(test_decompressor_read__truncated_or_damaged),
        cmocka_unit_test(test_decompressor_read__gzip_filled_with_zeros),
        cmocka_unit_test(test_decompressor_read__endless_line),
        cmocka_unit_test(test_decompressor_read__slow_non_blocking_pipe),
        cmocka_unit_test(test_decompressor_read__signal),
        cmocka_unit_test(test_decompressor_read__other_signal),
        cmocka_unit_test(test_decompressor_read__folder),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
