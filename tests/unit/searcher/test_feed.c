/* Lines from files and pipes, and when there are none yet. */
#include "tests/support/testing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "searcher/feed.h"

static struct error err;

static void put(int fd, const char *text) {
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void assert_line(struct feed *feed, bool wait, const char *expected) {
    struct slice line;
    assert_ok(feed_next(&line, feed, wait, &err), &err);
    assert_slice(line, slice_of_string(expected));
}

static void test_feed_next__does_not_wait_unasked(void **state) {
    (void)state;
    int ends[2];
    struct slice line;
    assert_int_equal(pipe(ends), 0);
    struct feed feed = {.fd = ends[0], .name = "pipe"};
    assert_int_equal(feed_next(&line, &feed, false, &err), ST_NOT_FOUND);
    put(ends[1], "one\ntwo\n\nth");
    assert_line(&feed, false, "one");
    assert_line(&feed, true, "two");
    assert_line(&feed, false, "");
    assert_int_equal(feed_next(&line, &feed, false, &err), ST_NOT_FOUND);
    put(ends[1], "re");
    assert_int_equal(feed_next(&line, &feed, false, &err), ST_NOT_FOUND);
    put(ends[1], "e\nlast");
    assert_line(&feed, true, "three");
    assert_int_equal(feed_next(&line, &feed, false, &err), ST_NOT_FOUND);
    close(ends[1]);
    assert_line(&feed, false, "last");
    assert_int_equal(feed_next(&line, &feed, false, &err), ST_END);
    assert_int_equal(feed_next(&line, &feed, true, &err), ST_END);
    feed_release(&feed);
    close(ends[0]);
}

/* Lines of all lengths around what is read at once, with any bytes but a newline in them. */
static void test_feed_next__gives_what_is_in_a_file(void **state) {
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
        int fd = open(testing_path("lines"), O_RDWR | O_CREAT, 0600);
        assert_int_equal(write(fd, all.data, all.size), all.size);
        assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
        struct feed feed = {.fd = fd, .name = "file"};
        struct slice line;
        size_t at = 0;
        for (size_t i = 0; i < LINES; i++) {
            assert_ok(feed_next(&line, &feed, false, &err), &err);
            assert_slice(line, slice_of(all.data + at, sizes[i]));
            at += sizes[i] + 1;
        }
        assert_int_equal(feed_next(&line, &feed, false, &err), ST_END);
        feed_release(&feed);
        close(fd);
        buffer_release(&all);
    }
}

static void test_feed_next__names_what_it_cannot_read(void **state) {
    (void)state;
    struct slice line;
    struct feed feed = {.fd = open(testing_folder(), O_RDONLY), .name = "queries"};
    assert_true(feed.fd >= 0);
    assert_status(feed_next(&line, &feed, false, &err), ST_EIO, &err);
    assert_int_equal(err.sys, EISDIR);
    assert_non_null(strstr(err.text, "queries: read"));
    close(feed.fd);
    feed_release(&feed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_feed_next__does_not_wait_unasked),
        cmocka_unit_test(test_feed_next__gives_what_is_in_a_file),
        cmocka_unit_test(test_feed_next__names_what_it_cannot_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
