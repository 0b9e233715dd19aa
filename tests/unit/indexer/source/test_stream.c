/* SPDX-License-Identifier: MIT */
/* Names of streams are recognized, and opening one neither waits nor drops locks. */
#include "tests/support/testing.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "indexer/source/stream.h"

static struct error err;
static const struct file_set none;

static int set_up(void **state) {
    (void)state;
    return chdir(testing_folder());
}

static void test_stream_descriptor__names(void **state) {
    (void)state;
    assert_int_equal(stream_descriptor("-"), 0);
    assert_int_equal(stream_descriptor("/dev/stdin"), 0);
    assert_int_equal(stream_descriptor("/dev/fd/63"), 63);
    assert_int_equal(stream_descriptor("/proc/self/fd/5"), 5);
    assert_int_equal(stream_descriptor("/dev/fd/"), -1);
    assert_int_equal(stream_descriptor("/dev/fd/3/x"), -1);
    assert_int_equal(stream_descriptor("/dev/fd/99999999999"), -1);
    assert_int_equal(stream_descriptor("/dev/stdin2"), -1);
    assert_int_equal(stream_descriptor("./-"), -1);
}

/* A descriptor of a file without a name, such as a here-document, is also read from where it is. */
static void test_stream_open__descriptor(void **state) {
    (void)state;
    char name[32], letter = 0;
    int file = open(".", O_TMPFILE | O_RDWR, 0600), stream;
    assert_int_equal(write(file, "ab", 2), 2);
    assert_int_equal(lseek(file, 1, SEEK_SET), 1);
    snprintf(name, sizeof name, "/dev/fd/%d", file);
    assert_int_equal(stream_open(&stream, name, none, &err), ST_OK);
    assert_int_not_equal(stream, file);
    assert_int_equal(read(stream, &letter, 1), 1);
    assert_int_equal(letter, 'b');
    close(stream);
    close(file);
    assert_int_equal(stream_open(&stream, name, none, &err), ST_EIO);
}

static void test_stream_open__pipe_without_a_writer(void **state) {
    (void)state;
    int stream;
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(symlink("fifo", "link"), 0);
    assert_int_equal(stream_open(&stream, "link", none, &err), ST_OK);
    close(stream);
    assert_int_equal(stream_open(&stream, "nothing", none, &err), ST_NOT_FOUND);
}

static void test_stream_open__forbidden_is_not_opened(void **state) {
    (void)state;
    int file = open("lock", O_RDWR | O_CREAT, 0600), stream = -1;
    struct stat st;
    assert_int_equal(fstat(file, &st), 0);
    struct file_identity own = {st.st_dev, st.st_ino};
    assert_int_equal(stream_open(&stream, "lock", (struct file_set){&own, 1}, &err), ST_SKIPPED);
    assert_int_equal(stream, -1);
    assert_int_equal(symlink("lock", "alias"), 0);
    assert_int_equal(stream_open(&stream, "alias", (struct file_set){&own, 1}, &err), ST_SKIPPED);
    assert_string_equal(err.text, "alias: part of the index");
    int next = dup(file);
    assert_int_equal(next, file + 1);
    close(next);
    close(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stream_descriptor__names),
        cmocka_unit_test(test_stream_open__descriptor),
        cmocka_unit_test(test_stream_open__pipe_without_a_writer),
        cmocka_unit_test(test_stream_open__forbidden_is_not_opened),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
