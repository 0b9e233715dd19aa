/* SPDX-License-Identifier: MIT */
/* Little space: small maps that grow, and full disks. */
#include "tests/support/testing.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/store/keys.h"
#include "common/store/store.h"
#include "tests/support/child.h"
#include "tests/support/stores.h"

enum { MEBIBYTE = 1 << 20 };

/* Leaves the process `more` bytes of address space than it uses. */
static void limit_address_space(uint64_t more) {
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    require(file && fscanf(file, "%lu", &pages) == 1);
    fclose(file);
    rlim_t limit = pages * (rlim_t)sysconf(_SC_PAGESIZE) + more;
    require(setrlimit(RLIMIT_AS, &(struct rlimit){limit, limit}) == 0);
}

struct turn {
    const char *path;
    int here[2], there[2];
};

static void turn_give(const int *pipe_ends) {
    require(write(pipe_ends[1], "!", 1) == 1);
}

static void turn_take(const int *pipe_ends) {
    char byte;
    require(read(pipe_ends[0], &byte, 1) == 1);
}

/* A reader with a small map follows a writer in another process. */
static void read_with_little_space(void *context) {
    struct turn *turn = context;
    struct error err;
    struct store *store;
    struct store_txn *txn, *second;
    limit_address_space(UINT64_C(100) * MEBIBYTE);
    require(!store_open(&store, turn->path, STORE_READ, &err));
    require(!store_begin(&txn, store, false, &err));
    turn_give(turn->there);
    turn_take(turn->here);
    require(store_begin(&second, store, false, &err) == ST_BUSY);
    struct slice value;
    require(store_get(&value, txn, TABLE_META, slice_of_string("generation"), &err) == ST_OK);
    require(slice_equal(value, slice_of_string("old")));
    store_abort(txn);
    require(!store_begin(&txn, store, false, &err));
    require(stores_chunks_are_whole(txn, 0, 800));
    store_abort(txn);
    store_close(store);
}

static void test_store_begin__follows_a_map_that_grew(void **state) {
    (void)state;
    if (CHILD_SANITIZED)
        skip();
    struct error err;
    struct turn turn = {.path = stores_new()};
    struct store *store = stores_open(turn.path, STORE_WRITE);
    struct store_txn *txn = stores_begin(store, true);
    stores_put(txn, "generation", "old");
    stores_commit(txn);
    store_close(store);
    assert_int_equal(pipe(turn.here), 0);
    assert_int_equal(pipe(turn.there), 0);
    pid_t child = child_start(read_with_little_space, &turn);
    char byte;
    assert_int_equal(read(turn.there[0], &byte, 1), 1);
    store = stores_open(turn.path, STORE_WRITE);
    txn = stores_begin(store, true);
    stores_put(txn, "generation", "new");
    assert_ok(stores_put_chunks(txn, 0, 800, &err), &err);
    stores_commit(txn);
    assert_int_equal(write(turn.here[1], "!", 1), 1);
    assert_int_equal(child_wait(child), 0);
    store_close(store);
}

static void write_with_little_space(void *context) {
    struct error err;
    struct store *store;
    struct store_txn *txn, *reader;
    limit_address_space(UINT64_C(400) * MEBIBYTE);
    require(!store_open(&store, context, STORE_WRITE, &err));
    uint64_t chunks = 0;
    enum status status = ST_OK;
    /* With an open reader the map cannot grow, which is reported before anything is lost. */
    require(!store_begin(&reader, store, false, &err));
    while (!(status = store_begin(&txn, store, true, &err))) {
        require(chunks < 4000);
        require(!stores_put_chunks(txn, chunks, 200, &err));
        require(!store_commit(txn, &err));
        chunks += 200;
    }
    require(status == ST_BUSY && strstr(err.text, "ulimit -v"));
    store_abort(reader);
    for (int i = 0; i < 5; i++, chunks += 200) {
        require(!store_begin(&txn, store, true, &err));
        require(!stores_put_chunks(txn, chunks, 200, &err));
        require(!store_commit(txn, &err));
    }
    require(!store_begin(&reader, store, false, &err));
    require(stores_chunks_are_whole(reader, 0, chunks));
    store_abort(reader);
    store_close(store);
}

static void test_store_begin__grows_the_map_in_little_space(void **state) {
    (void)state;
    if (CHILD_SANITIZED)
        skip();
    assert_int_equal(child_run(write_with_little_space, (void *)(uintptr_t)stores_new()), 0);
}

/* Fills the disk to the last byte. */
static void fill_with_file(const char *path) {
    static const char bytes[4096];
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    require(file >= 0);
    while (write(file, bytes, sizeof bytes) > 0)
        continue;
    require(errno == ENOSPC);
    close(file);
}

/* Uses a disk of 8 MiB. Exits with 77 if mounting one is not allowed. */
static void fill_a_disk(void *context) {
    const char *folder = context;
    char path[512];
    struct error err;
    struct store *store;
    struct store_txn *txn;
    if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount("tmpfs", folder, "tmpfs", 0, "size=8m"))
        _exit(77);
    snprintf(path, sizeof path, "%s/store", folder);
    require(!store_create(path, &err));
    uint64_t chunks = 0;
    enum status status = ST_OK;
    for (int rounds = 0; !status; rounds++) {
        require(rounds < 100);
        require(store_open(&store, path, STORE_WRITE, &err) == ST_OK);
        require(!store_begin(&txn, store, true, &err));
        require(!stores_put_chunks(txn, chunks, 10, &err));
        status = store_commit(txn, &err);
        if (!status) {
            chunks += 10;
            store_close(store);
        }
    }
    require(status == ST_FULL && strstr(err.text, "disk is full"));
    require(store_begin(&txn, store, true, &err) < 0);
    store_close(store);
    require(chunks >= 50);
    /* There is no space for a second store, and nothing is left of it. */
    char second[512], draft[600], ballast[512], lock[600];
    snprintf(second, sizeof second, "%s/second", folder);
    snprintf(draft, sizeof draft, "%s.new", second);
    snprintf(ballast, sizeof ballast, "%s/ballast", folder);
    fill_with_file(ballast);
    require(store_create(second, &err) == ST_FULL);
    require(access(second, F_OK) < 0 && access(draft, F_OK) < 0);
    /* Searching goes on. Without a table of readers, the message says what is missing. */
    require(!store_open(&store, path, STORE_READ, &err));
    require(!store_begin(&txn, store, false, &err));
    require(stores_chunks_are_whole(txn, 0, chunks));
    store_abort(txn);
    store_close(store);
    snprintf(lock, sizeof lock, "%s/lock.mdb", path);
    require(unlink(lock) == 0);
    fill_with_file(ballast);
    require(store_open(&store, path, STORE_READ, &err) == ST_FULL);
    require(unlink(ballast) == 0);
    /* All commits are there, and with more space writing goes on. */
    require(store_open(&store, path, STORE_WRITE, &err) == ST_OK);
    require(!store_begin(&txn, store, false, &err));
    require(stores_chunks_are_whole(txn, 0, chunks));
    store_abort(txn);
    require(!store_begin(&txn, store, true, &err));
    for (uint64_t i = 0; i < chunks / 2; i++)
        require(!store_delete(txn, TABLE_CHUNK, keys_of_number(&i), &err));
    require(!store_commit(txn, &err));
    /* The second commit after a deletion reuses its space. */
    require(!store_begin(&txn, store, true, &err));
    require(!store_put(txn, TABLE_META, slice_of_string("a"), slice_of_string("b"), &err));
    require(!store_commit(txn, &err));
    for (uint64_t i = 0; i < 2; i++, chunks += 10) {
        require(!store_begin(&txn, store, true, &err));
        require(!stores_put_chunks(txn, chunks, 10, &err));
        require(!store_commit(txn, &err));
    }
    store_close(store);
}

static void test_store_commit__loses_nothing_on_a_full_disk(void **state) {
    (void)state;
    int code = child_run(fill_a_disk, (void *)(uintptr_t)testing_folder());
    if (code == 77) {
        print_message("skipped: no right to mount a small disk\n");
        skip();
    }
    assert_int_equal(code, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_store_begin__follows_a_map_that_grew),
        cmocka_unit_test(test_store_begin__grows_the_map_in_little_space),
        cmocka_unit_test(test_store_commit__loses_nothing_on_a_full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
