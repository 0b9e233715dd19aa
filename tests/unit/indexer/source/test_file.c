/* SPDX-License-Identifier: MIT */
/* Files are read whole or not at all, and forbidden ones never. */
#include "tests/support/testing.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "indexer/source/charset.h"
#include "indexer/source/file.h"
#include "tests/support/child.h"

static struct buffer bytes;
static struct error err;

static int set_up(void **state) {
    (void)state;
    return chdir(testing_folder());
}

static int tear_down(void **state) {
    (void)state;
    buffer_release(&bytes);
    return 0;
}

static void put(const char *name, const void *data, size_t size) {
    testing_write_file(name, slice_of(data, size));
}

static enum status get(const char *name, uint64_t max_size, const struct stat *seen) {
    struct file_request request = {
        .directory = AT_FDCWD, .name = name, .path = name, .max_size = max_size, .seen = seen};
    struct stat now;
    return file_read(&bytes, &now, &request, &err);
}

static void test_file_read__whole(void **state) {
    (void)state;
    size_t size = 3 * 1024 * 1024 + 1;
    char *data = malloc(size);
    memset(data, 'x', size);
    put("large", data, size);
    struct stat seen;
    assert_int_equal(stat("large", &seen), 0);
    assert_int_equal(get("large", FILE_DEFAULT_MAX_SIZE, &seen), ST_OK);
    assert_int_equal(bytes.size, size);
    assert_memory_equal(bytes.data, data, size);
    free(data);
    put("empty", "", 0);
    assert_int_equal(get("empty", FILE_DEFAULT_MAX_SIZE, NULL), ST_OK);
    assert_int_equal(bytes.size, 0);
    assert_int_equal(get("large", size, NULL), ST_OK);
    assert_int_equal(get("large", size - 1, NULL), ST_SKIPPED);
}

static void test_file_read__missing(void **state) {
    (void)state;
    assert_int_equal(get("nothing", FILE_DEFAULT_MAX_SIZE, NULL), ST_NOT_FOUND);
    put("plain", "x", 1);
    assert_int_equal(get("plain/below", FILE_DEFAULT_MAX_SIZE, NULL), ST_NOT_FOUND);
}

/* None of these may block, and none is read. */
static void test_file_read__not_a_regular_file(void **state) {
    (void)state;
    put("target", "x", 1);
    assert_int_equal(symlink("target", "link"), 0);
    assert_int_equal(mkfifo("fifo", 0644), 0);
    assert_int_equal(mkdir("folder", 0755), 0);
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    assert_int_equal(bind(server, (struct sockaddr *)&address, sizeof address), 0);
    const char *names[] = {"link", "fifo", "folder", "socket", "/dev/zero"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(get(names[i], FILE_DEFAULT_MAX_SIZE, NULL), ST_SKIPPED);
    close(server);
}

static void test_file_read__sparse_terabyte(void **state) {
    (void)state;
    put("sparse", "", 0);
    assert_int_equal(truncate("sparse", (off_t)1 << 40), 0);
    assert_int_equal(get("sparse", FILE_DEFAULT_MAX_SIZE, NULL), ST_SKIPPED);
    assert_non_null(strstr(err.text, "1099511627776"));
}

static void test_file_read__binary(void **state) {
    (void)state;
    put("binary", "MZ\0\1", 4);
    assert_int_equal(get("binary", FILE_DEFAULT_MAX_SIZE, NULL), ST_SKIPPED);
    put("utf16", "\xFF\xFEg\0", 4);
    assert_int_equal(get("utf16", FILE_DEFAULT_MAX_SIZE, NULL), ST_OK);
}

static void test_file_read__replaced(void **state) {
    (void)state;
    put("old", "x", 1);
    put("new", "y", 1);
    struct stat seen;
    assert_int_equal(stat("old", &seen), 0);
    assert_int_equal(rename("new", "old"), 0);
    assert_int_equal(get("old", FILE_DEFAULT_MAX_SIZE, &seen), ST_SKIPPED);
}

static atomic_bool done;

static void *keep_appending(void *context) {
    int file = *(int *)context;
    while (!atomic_load(&done))
        if (write(file, "x", 1) != 1 || ftruncate(file, 1 << 20))
            break;
    return NULL;
}

static void test_file_read__changes_meanwhile(void **state) {
    (void)state;
    put("busy", "x", 1);
    int file = open("busy", O_WRONLY | O_APPEND);
    assert_int_equal(ftruncate(file, 1 << 20), 0);
    atomic_store(&done, false);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, keep_appending, &file), 0);
    /* The result is a whole file, or a status that says there was none. */
    for (int i = 0; i < 200; i++) {
        enum status status = get("busy", FILE_DEFAULT_MAX_SIZE, NULL);
        assert_true(status == ST_OK || status == ST_SKIPPED);
    }
    atomic_store(&done, true);
    pthread_join(thread, NULL);
    close(file);
}

/* A file in /proc has more bytes than its size says, every time. */
static void test_file_read__longer_than_its_size(void **state) {
    (void)state;
    assert_int_equal(get("/proc/self/status", FILE_DEFAULT_MAX_SIZE, NULL), ST_SKIPPED);
    assert_non_null(strstr(err.text, "changed while being read"));
}

static void test_file_read_next__pieces(void **state) {
    (void)state;
    char data[CHARSET_PROBE_SIZE + 1000];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)('a' + i % 23);
    put("pieces", data, sizeof data);
    struct file_request request = {.directory = AT_FDCWD,
                                   .name = "pieces",
                                   .path = "pieces",
                                   .max_size = FILE_DEFAULT_MAX_SIZE};
    struct file file;
    assert_int_equal(file_open(&file, &request, &err), ST_OK);
    assert_int_equal(file.state.st_size, sizeof data);
    for (int round = 0; round < 2; round++) {
        buffer_clear(&bytes);
        assert_int_equal(file_read_head(&bytes, &file, &err), ST_OK);
        assert_int_equal(bytes.size, CHARSET_PROBE_SIZE);
        assert_int_equal(file_read_next(&bytes, &file, 1, &err), ST_OK);
        assert_int_equal(file.offset, CHARSET_PROBE_SIZE + 1);
        assert_int_equal(file_read_next(&bytes, &file, 1000, &err), ST_OK);
        assert_int_equal(bytes.size, sizeof data);
        assert_memory_equal(bytes.data, data, sizeof data);
        assert_int_equal(file_read_next(&bytes, &file, 1000, &err), ST_OK);
        assert_int_equal(bytes.size, sizeof data);
        assert_int_equal(file_rewind(&file, &err), ST_OK);
    }
    file_close(&file);
}

/* Each condition of file_read() also holds for a file that is read in pieces. */
static void test_file_open__refuses(void **state) {
    (void)state;
    put("small", "x\0", 2);
    put("other", "y", 1);
    assert_int_equal(mkdir("open", 0755), 0);
    assert_int_equal(mkfifo("open/fifo", 0644), 0);
    assert_int_equal(symlink("../small", "open/link"), 0);
    struct stat seen;
    assert_int_equal(stat("other", &seen), 0);
    const struct {
        struct file_request request;
        enum status status;
    } cases[] = {
        {{AT_FDCWD, "open", "p", 10, NULL, {0}}, ST_SKIPPED},
        {{AT_FDCWD, "open/fifo", "p", 10, NULL, {0}}, ST_SKIPPED},
        {{AT_FDCWD, "open/link", "p", 10, NULL, {0}}, ST_SKIPPED},
        {{AT_FDCWD, "open/none", "p", 10, NULL, {0}}, ST_NOT_FOUND},
        {{AT_FDCWD, "small", "p", 1, NULL, {0}}, ST_SKIPPED},
        {{AT_FDCWD, "small", "p", 10, &seen, {0}}, ST_SKIPPED},
    };
    struct file file;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(file_open(&file, &cases[i].request, &err), cases[i].status);
        assert_int_equal(err.text[0], 'p');
    }
    struct file_request request = {
        .directory = AT_FDCWD, .name = "small", .path = "p", .max_size = 2};
    assert_int_equal(file_open(&file, &request, &err), ST_OK);
    buffer_clear(&bytes);
    assert_int_equal(file_read_head(&bytes, &file, &err), ST_SKIPPED);
    assert_string_equal(err.text, "p: binary");
    file_close(&file);
}

static void require_lock(void *context) {
    const char *name = context;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int file = open(name, O_RDWR);
    require(file >= 0 && fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK);
}

/* True when another process sees a lock of this one on the file. */
static bool is_locked(const char *name) {
    return child_run(require_lock, (void *)(uintptr_t)name) == 0;
}

static void test_file_open__forbidden_keeps_locks(void **state) {
    (void)state;
    put("lock", "x", 1);
    struct stat st;
    assert_int_equal(stat("lock", &st), 0);
    struct file_identity own = {st.st_dev, st.st_ino};
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int held = open("lock", O_RDWR);
    assert_int_equal(fcntl(held, F_SETLK, &lock), 0);
    struct file_request request = {
        .directory = AT_FDCWD, .name = "lock", .path = "p", .max_size = 10, .forbidden = {&own, 1}};
    struct file file;
    assert_int_equal(file_open(&file, &request, &err), ST_SKIPPED);
    assert_string_equal(err.text, "p: part of the index");
    assert_int_equal(file_read(&bytes, NULL, &request, &err), ST_SKIPPED);
    assert_true(is_locked("lock"));
    /* It replaced another file, or is too large. */
    struct stat other = st;
    other.st_ino++;
    request.seen = &other;
    assert_int_equal(file_open(&file, &request, &err), ST_SKIPPED);
    request.seen = NULL;
    request.max_size = 0;
    assert_int_equal(file_open(&file, &request, &err), ST_SKIPPED);
    assert_true(is_locked("lock"));
    close(held);
}

static void test_file_unchanged__what_counts(void **state) {
    (void)state;
    struct stat a = {.st_ino = 5, .st_size = 9}, b = a;
    assert_true(file_unchanged(&a, &b));
    b.st_atim.tv_sec = 7;
    assert_true(file_unchanged(&a, &b));
    b.st_mtim.tv_nsec = 1;
    assert_false(file_unchanged(&a, &b));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_read__whole),
        cmocka_unit_test(test_file_read__missing),
        cmocka_unit_test(test_file_read__not_a_regular_file),
        cmocka_unit_test(test_file_read__sparse_terabyte),
        cmocka_unit_test(test_file_read__binary),
        cmocka_unit_test(test_file_read__replaced),
        cmocka_unit_test(test_file_read__changes_meanwhile),
        cmocka_unit_test(test_file_read__longer_than_its_size),
        cmocka_unit_test(test_file_read_next__pieces),
        cmocka_unit_test(test_file_open__refuses),
        cmocka_unit_test(test_file_open__forbidden_keeps_locks),
        cmocka_unit_test(test_file_unchanged__what_counts),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
