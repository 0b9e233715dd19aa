/* Opening, transactions, the map, readers dead and alive, the disk. */
#include "tests/support/testing.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/store/store.h"
#include "tests/support/child.h"

enum { CHUNK = 65520, MEBIBYTE = 1 << 20 };

static struct slice number(const uint64_t *value) {
    return slice_of(value, sizeof *value);
}

/* A new store's path. */
static const char *new_store(void) {
    struct error err;
    const char *path = testing_path("store");
    assert_ok(store_create(path, &err), &err);
    return path;
}

static struct store *open_store(const char *path, enum store_mode mode) {
    struct error err;
    struct store *store = NULL;
    assert_ok(store_open(&store, path, mode, &err), &err);
    return store;
}

static struct store_txn *begin(struct store *store, bool write) {
    struct error err;
    struct store_txn *txn = NULL;
    assert_ok(store_begin(&txn, store, write, &err), &err);
    return txn;
}

static void commit(struct store_txn *txn) {
    struct error err;
    assert_ok(store_commit(txn, &err), &err);
}

static void put(struct store_txn *txn, const char *key, const char *value) {
    struct error err;
    assert_ok(store_put(txn, TABLE_META, slice_of_string(key), slice_of_string(value), &err), &err);
}

static void assert_value(struct store_txn *txn, const char *key, const char *expected) {
    struct error err;
    struct slice value;
    assert_ok(store_get(&value, txn, TABLE_META, slice_of_string(key), &err), &err);
    assert_slice(value, slice_of_string(expected));
}

static void assert_absent(struct store_txn *txn, const char *key) {
    struct slice value;
    assert_status(store_get(&value, txn, TABLE_META, slice_of_string(key), NULL), ST_NOT_FOUND,
                  NULL);
}

/* Puts chunks first, first + 1, ..., each full of its number. */
static enum status put_chunks(struct store_txn *txn, uint64_t first, uint64_t count,
                              struct error *err) {
    for (uint64_t i = first; i < first + count; i++) {
        uint8_t *dest;
        enum status status = store_reserve(&dest, txn, TABLE_CHUNK, number(&i), CHUNK, err);
        if (status)
            return status;
        memset(dest, (int)i & 0xff, CHUNK);
    }
    return ST_OK;
}

/* Whether the chunks are as put_chunks() wrote them. */
static bool chunks_are_whole(struct store_txn *txn, uint64_t first, uint64_t count) {
    for (uint64_t i = first; i < first + count; i++) {
        struct slice value;
        if (store_get(&value, txn, TABLE_CHUNK, number(&i), NULL) || value.size != CHUNK)
            return false;
        for (size_t at = 0; at < CHUNK; at += 256)
            if (value.data[at] != (i & 0xff))
                return false;
    }
    return true;
}

static uint64_t file_size(const char *store) {
    char file[512];
    struct stat stat_now;
    snprintf(file, sizeof file, "%s/data.mdb", store);
    assert_int_equal(stat(file, &stat_now), 0);
    return (uint64_t)stat_now.st_size;
}

static void test_store_create__for_its_owner_only(void **state) {
    (void)state;
    mode_t mask = umask(0);
    const char *path = new_store();
    umask(mask);
    struct stat folder, data;
    char file[512];
    snprintf(file, sizeof file, "%s/data.mdb", path);
    assert_int_equal(stat(path, &folder), 0);
    assert_int_equal(stat(file, &data), 0);
    assert_int_equal(folder.st_mode & 0777, 0700);
    assert_int_equal(data.st_mode & 0777, 0600);
}

static void test_store_create__where_something_is(void **state) {
    (void)state;
    struct error err;
    const char *path = new_store();
    assert_status(store_create(path, &err), ST_INVALID, &err);
    assert_status(store_create("/proc/version", &err), ST_INVALID, &err);
    assert_status(store_create("/nowhere/at/all", &err), ST_EIO, &err);
    assert_int_equal(err.sys, ENOENT);
    struct store *store = open_store(path, STORE_WRITE); /* and it is whole still */
    store_close(store);
}

static void test_store_create__after_a_crash(void **state) {
    (void)state;
    struct error err;
    const char *path = testing_path("store");
    char draft[512], file[600];
    snprintf(draft, sizeof draft, "%s.new", path);
    snprintf(file, sizeof file, "%s/data.mdb", draft);
    assert_int_equal(mkdir(draft, 0700), 0);
    testing_write_file(file, slice_of_string("half a page"));
    assert_ok(store_create(path, &err), &err);
    assert_int_not_equal(access(draft, F_OK), 0);
    store_close(open_store(path, STORE_READ));
}

static void test_store_open__of_nothing(void **state) {
    (void)state;
    struct error err;
    struct store *store;
    assert_status(store_open(&store, "/nowhere", STORE_READ, &err), ST_NOT_FOUND, &err);
    assert_status(store_open(&store, testing_folder(), STORE_WRITE, &err), ST_NOT_FOUND, &err);
    assert_status(store_open(&store, "/dev/null", STORE_READ, &err), ST_NOT_FOUND, &err);
}

static void open_in_child(void *context) {
    struct error err;
    struct store *store;
    struct store_txn *txn;
    require(!store_open(&store, context, STORE_READ, &err));
    require(!store_begin(&txn, store, false, &err));
    store_abort(txn);
    store_close(store);
}

/* Two environments on one file would drop each other's locks. */
static void test_store_open__twice(void **state) {
    (void)state;
    struct error err;
    const char *path = new_store();
    char other[512];
    snprintf(other, sizeof other, "%s-link", path);
    assert_int_equal(symlink(path, other), 0);
    struct store *store = open_store(path, STORE_WRITE), *second;
    assert_status(store_open(&second, path, STORE_READ, &err), ST_BUSY, &err);
    assert_status(store_open(&second, other, STORE_READ, &err), ST_BUSY, &err);
    assert_int_equal(child_run(open_in_child, (void *)(uintptr_t)path), 0);
    struct store *elsewhere = open_store(new_store(), STORE_WRITE);
    store_close(elsewhere);
    store_close(store);
    store_close(open_store(other, STORE_READ));
}

static void open_with_closed_streams(void *context) {
    struct error err;
    struct store *store;
    for (int closed = STDIN_FILENO; closed <= STDERR_FILENO; closed++) {
        int saved = fcntl(closed, F_DUPFD, 10);
        close(closed);
        enum status status = store_open(&store, context, STORE_WRITE, &err);
        dup2(saved, closed);
        require(status == ST_INVALID);
    }
}

static void test_store_open__with_a_closed_stream(void **state) {
    (void)state;
    const char *path = new_store();
    assert_int_equal(child_run(open_with_closed_streams, (void *)(uintptr_t)path), 0);
}

/* As somebody who may read the store, but not write to the table of readers. */
static void open_without_permission(void *context) {
    struct error err;
    struct store *store;
    if (geteuid() == 0)
        require(setgid(65534) == 0 && setuid(65534) == 0);
    require(store_open(&store, context, STORE_READ, &err) == ST_EIO);
    require(err.sys == EACCES && strstr(err.text, "lock.mdb"));
}

static void test_store_open__without_permission_for_the_lock(void **state) {
    (void)state;
    const char *folder = testing_folder();
    char path[512], file[600];
    struct error err;
    snprintf(path, sizeof path, "%s/store", folder);
    assert_ok(store_create(path, &err), &err);
    assert_int_equal(chmod(folder, 0755), 0);
    assert_int_equal(chmod(path, 0755), 0);
    snprintf(file, sizeof file, "%s/data.mdb", path);
    assert_int_equal(chmod(file, 0444), 0);
    snprintf(file, sizeof file, "%s/lock.mdb", path);
    assert_int_equal(chmod(file, 0444), 0);
    assert_int_equal(child_run(open_without_permission, path), 0);
}

static void make_fifo(const char *store, const char *name) {
    char file[512];
    snprintf(file, sizeof file, "%s/%s", store, name);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(mkfifo(file, 0600), 0);
}

static void open_fifos(void *context) {
    const char *const *paths = context;
    struct error err;
    struct store *store;
    require(store_open(&store, paths[0], STORE_READ, &err) == ST_CORRUPT);
    require(store_open(&store, paths[0], STORE_WRITE, &err) == ST_CORRUPT);
    require(store_open(&store, paths[1], STORE_READ, &err) < 0);
    require(store_open(&store, paths[1], STORE_WRITE, &err) < 0);
}

static void test_store_open__of_pipes_does_not_hang(void **state) {
    (void)state;
    const char *paths[] = {new_store(), new_store()};
    make_fifo(paths[0], "data.mdb");
    store_close(open_store(paths[1], STORE_READ)); /* makes the lock file */
    make_fifo(paths[1], "lock.mdb");
    assert_int_equal(child_run(open_fifos, paths), 0);
}

/* On a file system that is mounted for reading. Exits with 77 when it may not be. */
static void open_on_read_only_media(void *context) {
    const char *path = context;
    struct error err;
    struct store *store;
    struct store_txn *txn;
    if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount(path, path, NULL, MS_BIND, NULL) ||
        mount(NULL, path, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL))
        _exit(77);
    require(!store_open(&store, path, STORE_READ, &err));
    require(!store_begin(&txn, store, false, &err));
    struct slice value;
    require(!store_get(&value, txn, TABLE_META, slice_of_string("a"), &err));
    require(slice_equal(value, slice_of_string("one")));
    store_abort(txn);
    store_close(store);
    require(store_open(&store, path, STORE_WRITE, &err) == ST_EIO && err.sys == EROFS);
}

static void test_store_open__on_read_only_media(void **state) {
    (void)state;
    const char *path = new_store();
    struct store *store = open_store(path, STORE_WRITE);
    struct store_txn *txn = begin(store, true);
    put(txn, "a", "one");
    commit(txn);
    store_close(store);
    int code = child_run(open_on_read_only_media, (void *)(uintptr_t)path);
    if (code == 77) {
        print_message("skipped: no right to mount for reading\n");
        skip();
    }
    assert_int_equal(code, 0);
}

static void test_store_commit__outlives_the_process(void **state) {
    (void)state;
    const char *path = new_store();
    struct store *store = open_store(path, STORE_WRITE);
    struct store_txn *txn = begin(store, true);
    uint64_t first = store_txn_id(txn);
    put(txn, "a", "one");
    commit(txn);
    txn = begin(store, true);
    assert_int_equal(store_txn_id(txn), first + 1);
    put(txn, "a", "two");
    put(txn, "b", "two");
    store_abort(txn);
    store_close(store);

    store = open_store(path, STORE_READ);
    txn = begin(store, false);
    assert_int_equal(store_txn_id(txn), first);
    assert_string_equal(store_txn_path(txn), path);
    assert_value(txn, "a", "one");
    assert_absent(txn, "b");
    store_abort(txn);
    store_close(store);
}

static void test_store_commit__of_nothing(void **state) {
    (void)state;
    struct store *store = open_store(new_store(), STORE_WRITE);
    struct store_txn *txn = begin(store, true);
    uint64_t id = store_txn_id(txn);
    assert_absent(txn, "a");
    commit(txn);
    txn = begin(store, true);
    assert_int_equal(store_txn_id(txn), id);
    store_abort(txn);
    store_close(store);
}

/* The store's own record is not what the limit is about. */
static void test_store_commit__of_all_that_a_transaction_may_put(void **state) {
    (void)state;
    struct error err;
    const char *path = new_store();
    struct store *store = open_store(path, STORE_WRITE_FRESH);
    struct store_txn *txn = begin(store, true);
    uint64_t key = 0;
    uint8_t *dest;
    for (size_t size = MEBIBYTE; size > 0; size /= 2)
        while (!store_reserve(&dest, txn, TABLE_CHUNK, number(&key), size, &err)) {
            memset(dest, 1, size);
            key++;
        }
    assert_status(err.code, ST_LIMIT, &err);
    assert_in_range(store_txn_bytes(txn), 2 * (uint64_t)STORE_TXN_BYTES - 100,
                    2 * (uint64_t)STORE_TXN_BYTES);
    commit(txn);
    txn = begin(store, true);
    assert_int_equal(store_txn_bytes(txn), 0);
    key = 0;
    struct slice value;
    assert_ok(store_get(&value, txn, TABLE_CHUNK, number(&key), &err), &err);
    assert_int_equal(value.size, MEBIBYTE);
    store_abort(txn);
    store_close(store);
}

static void test_store_commit__of_very_many_deletions(void **state) {
    (void)state;
    enum { COUNT = 70000 }; /* which count more bytes than a transaction may put */
    struct error err;
    struct store *store = open_store(new_store(), STORE_WRITE_FRESH);
    struct store_txn *txn = begin(store, true);
    for (uint64_t key = 0; key < COUNT; key++)
        assert_ok(store_put(txn, TABLE_DELETES, number(&key), slice_of("v", 1), &err), &err);
    commit(txn);
    txn = begin(store, true);
    for (uint64_t key = 0; key < COUNT; key++)
        assert_ok(store_delete(txn, TABLE_DELETES, number(&key), &err), &err);
    assert_true(store_txn_bytes(txn) > 2 * (uint64_t)STORE_TXN_BYTES);
    commit(txn);
    store_close(store);
}

static void test_store_begin__write_in_a_store_for_reading(void **state) {
    (void)state;
    struct error err;
    struct store *store = open_store(new_store(), STORE_READ);
    struct store_txn *txn;
    assert_true(store_begin(&txn, store, true, &err) < 0);
    store_abort(begin(store, false));
    store_close(store);
}

/* What a reader has got hold of stays as it was, while commits replace and delete it. */
static void test_store_begin__keeps_its_snapshot(void **state) {
    (void)state;
    enum { CHUNKS = 20 };
    struct error err;
    struct store *store = open_store(new_store(), STORE_WRITE);
    struct store_txn *txn = begin(store, true);
    put(txn, "generation", "old");
    assert_ok(put_chunks(txn, 0, CHUNKS, &err), &err);
    commit(txn);

    struct store_txn *reader = begin(store, false);
    struct slice held[CHUNKS];
    for (uint64_t i = 0; i < CHUNKS; i++)
        assert_ok(store_get(&held[i], reader, TABLE_CHUNK, number(&i), &err), &err);
    for (int round = 0; round < 20; round++) {
        txn = begin(store, true);
        put(txn, "generation", "new");
        for (uint64_t i = 0; i < CHUNKS; i++)
            assert_ok(store_delete(txn, TABLE_CHUNK, number(&i), &err), &err);
        assert_ok(put_chunks(txn, 100 + (uint64_t)round, CHUNKS, &err), &err);
        assert_value(reader, "generation", "old");
        assert_ok(put_chunks(txn, 0, CHUNKS, &err), &err);
        commit(txn);
    }
    assert_value(reader, "generation", "old");
    assert_true(chunks_are_whole(reader, 0, CHUNKS));
    for (uint64_t i = 0; i < CHUNKS; i++)
        for (size_t at = 0; at < CHUNK; at++)
            assert_int_equal(held[i].data[at], i);
    store_abort(reader);
    reader = begin(store, false);
    assert_value(reader, "generation", "new");
    store_abort(reader);
    store_close(store);
}

static void test_store_begin__takes_every_reader_slot(void **state) {
    (void)state;
    struct error err;
    struct store *store = open_store(new_store(), STORE_READ);
    struct store_txn *readers[STORE_READERS_MAX + 16], *one_more;
    size_t count = 0;
    enum status status = ST_OK;
    while (count < sizeof readers / sizeof *readers) {
        status = store_begin(&readers[count], store, false, &err);
        if (status)
            break;
        count++;
    }
    assert_status(status, ST_BUSY, &err);
    assert_true(count >= STORE_READERS_MAX);
    store_abort(readers[--count]);
    assert_ok(store_begin(&one_more, store, false, &err), &err);
    store_abort(one_more);
    while (count > 0)
        store_abort(readers[--count]);
    store_close(store);
}

static void test_store_sync__of_a_fresh_generation(void **state) {
    (void)state;
    struct error err;
    const char *path = new_store();
    struct store *store = open_store(path, STORE_WRITE_FRESH);
    for (int i = 0; i < 5; i++) {
        struct store_txn *txn = begin(store, true);
        assert_ok(put_chunks(txn, (uint64_t)i * 10, 10, &err), &err);
        commit(txn);
    }
    assert_ok(store_sync(store, &err), &err);
    store_close(store);
    store = open_store(path, STORE_READ);
    struct store_txn *txn = begin(store, false);
    assert_true(chunks_are_whole(txn, 0, 50));
    store_abort(txn);
    store_close(store);
}

static void test_store_size__adds_up(void **state) {
    (void)state;
    struct error err;
    const char *path = new_store();
    struct store *store = open_store(path, STORE_WRITE);
    struct store_txn *txn = begin(store, true);
    assert_ok(put_chunks(txn, 0, 100, &err), &err);
    commit(txn);
    txn = begin(store, true);
    for (uint64_t i = 0; i < 50; i++)
        assert_ok(store_delete(txn, TABLE_CHUNK, number(&i), &err), &err);
    commit(txn);
    txn = begin(store, false);
    struct store_size size;
    assert_ok(store_size(&size, txn, &err), &err);
    store_abort(txn);
    store_close(store);
    assert_int_equal(size.file, file_size(path));
    assert_in_range(size.reclaimable, 50 * CHUNK, 60 * 65536);
    assert_in_range(size.used, 50 * 65536, 60 * 65536);
    assert_true(size.used + size.reclaimable <= size.file + 4096);
    assert_true(size.map >= size.file);
}

/* Killed inside a transaction. */
static void read_for_ever(void *context) {
    int *ready = context;
    struct error err;
    struct store *store;
    struct store_txn *txn;
    require(!store_open(&store, getenv("QUERN_TEST_STORE"), STORE_READ, &err));
    require(!store_begin(&txn, store, false, &err));
    require(write(ready[1], "!", 1) == 1);
    pause();
}

static void test_store_begin__forgets_dead_readers(void **state) {
    (void)state;
    enum { CHUNKS = 16, COMMITS = 100 };
    struct error err;
    const char *path = new_store();
    struct store *store = open_store(path, STORE_WRITE);
    for (int i = 0; i < 10; i++) {
        struct store_txn *txn = begin(store, true);
        assert_ok(put_chunks(txn, 0, CHUNKS, &err), &err);
        commit(txn);
    }
    uint64_t before = file_size(path);
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    setenv("QUERN_TEST_STORE", path, 1);
    pid_t child = child_start(read_for_ever, ready);
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    kill(child, SIGKILL);
    assert_int_equal(child_wait(child), -SIGKILL);
    for (int i = 0; i < COMMITS; i++) {
        struct store_txn *txn = begin(store, true);
        assert_ok(put_chunks(txn, 0, CHUNKS, &err), &err);
        commit(txn);
    }
    store_close(store);
    assert_in_range(file_size(path), before, 2 * before);
}

/* Takes all places and is killed. */
static void read_everywhere(void *context) {
    struct error err;
    struct store *store;
    struct store_txn *txn;
    require(!store_open(&store, context, STORE_READ, &err));
    while (!store_begin(&txn, store, false, &err))
        continue;
    require(err.code == ST_BUSY);
    raise(SIGKILL);
}

static void test_store_begin__takes_the_slots_of_dead_readers(void **state) {
    (void)state;
    const char *path = new_store();
    struct store *store = open_store(path, STORE_READ); /* so that the table of readers stays */
    assert_int_equal(child_run(read_everywhere, (void *)(uintptr_t)path), -SIGKILL);
    store_abort(begin(store, false));
    store_close(store);
}

/* Searchers come and go while commits go on: none may take a state for damaged. */
static void commit_many(void *context) {
    struct error err;
    struct store *store;
    require(!store_open(&store, context, STORE_WRITE, &err));
    for (uint64_t i = 1; i <= 500; i++) {
        struct store_txn *txn;
        require(!store_begin(&txn, store, true, &err));
        for (uint64_t key = 0; key < 3; key++)
            require(!store_put(txn, TABLE_DELETES, number(&key), number(&i), &err));
        require(!store_commit(txn, &err));
    }
    store_close(store);
}

static void test_store_open__while_commits_go_on(void **state) {
    (void)state;
    struct error err;
    const char *path = new_store();
    pid_t child = child_start(commit_many, (void *)(uintptr_t)path);
    uint64_t last = 0;
    while (last < 500) {
        struct store *store = open_store(path, STORE_READ);
        for (int i = 0; i < 10; i++) {
            struct store_txn *txn = begin(store, false);
            for (uint64_t key = 0; key < 3; key++) {
                struct slice value;
                uint64_t seen = 0;
                if (store_get(&value, txn, TABLE_DELETES, number(&key), &err) == ST_OK)
                    memcpy(&seen, value.data, sizeof seen);
                if (key == 0)
                    last = seen;
                assert_int_equal(seen, last);
            }
            store_abort(txn);
        }
        store_close(store);
    }
    assert_int_equal(child_wait(child), 0);
}

/* Leaves the process this much more address space than it uses. */
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

/* A reader whose map is small follows a writer in another process. */
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
    require(chunks_are_whole(txn, 0, 800));
    store_abort(txn);
    store_close(store);
}

static void test_store_begin__follows_a_map_that_grew(void **state) {
    (void)state;
    if (CHILD_SANITIZED)
        skip();
    struct error err;
    struct turn turn = {.path = new_store()};
    struct store *store = open_store(turn.path, STORE_WRITE);
    struct store_txn *txn = begin(store, true);
    put(txn, "generation", "old");
    commit(txn);
    store_close(store);
    assert_int_equal(pipe(turn.here), 0);
    assert_int_equal(pipe(turn.there), 0);
    pid_t child = child_start(read_with_little_space, &turn);
    char byte;
    assert_int_equal(read(turn.there[0], &byte, 1), 1);
    store = open_store(turn.path, STORE_WRITE);
    txn = begin(store, true);
    put(txn, "generation", "new");
    assert_ok(put_chunks(txn, 0, 800, &err), &err);
    commit(txn);
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
    /* With a reader open the map cannot grow, and that is said before anything is lost. */
    require(!store_begin(&reader, store, false, &err));
    while (!(status = store_begin(&txn, store, true, &err))) {
        require(chunks < 4000);
        require(!put_chunks(txn, chunks, 200, &err));
        require(!store_commit(txn, &err));
        chunks += 200;
    }
    require(status == ST_BUSY && strstr(err.text, "ulimit -v"));
    store_abort(reader);
    for (int i = 0; i < 5; i++, chunks += 200) {
        require(!store_begin(&txn, store, true, &err));
        require(!put_chunks(txn, chunks, 200, &err));
        require(!store_commit(txn, &err));
    }
    require(!store_begin(&reader, store, false, &err));
    require(chunks_are_whole(reader, 0, chunks));
    store_abort(reader);
    store_close(store);
}

static void test_store_begin__grows_the_map_in_little_space(void **state) {
    (void)state;
    if (CHILD_SANITIZED)
        skip();
    assert_int_equal(child_run(write_with_little_space, (void *)(uintptr_t)new_store()), 0);
}

/* Leaves no byte of the disk free. */
static void fill_with_file(const char *path) {
    static const char bytes[4096];
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    require(file >= 0);
    while (write(file, bytes, sizeof bytes) > 0)
        continue;
    require(errno == ENOSPC);
    close(file);
}

/* On a disk of 8 MiB. Exits with 77 when it may not have one. */
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
        require(!put_chunks(txn, chunks, 10, &err));
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
    /* There is no room for a second store, and nothing is left of it. */
    char second[512], draft[600], ballast[512], lock[600];
    snprintf(second, sizeof second, "%s/second", folder);
    snprintf(draft, sizeof draft, "%s.new", second);
    snprintf(ballast, sizeof ballast, "%s/ballast", folder);
    fill_with_file(ballast);
    require(store_create(second, &err) == ST_FULL);
    require(access(second, F_OK) < 0 && access(draft, F_OK) < 0);
    /* Searching goes on; without a table of readers it says what is missing. */
    require(!store_open(&store, path, STORE_READ, &err));
    require(!store_begin(&txn, store, false, &err));
    require(chunks_are_whole(txn, 0, chunks));
    store_abort(txn);
    store_close(store);
    snprintf(lock, sizeof lock, "%s/lock.mdb", path);
    require(unlink(lock) == 0);
    fill_with_file(ballast);
    require(store_open(&store, path, STORE_READ, &err) == ST_FULL);
    require(unlink(ballast) == 0);
    /* All that was committed is there, and with room made it goes on. */
    require(store_open(&store, path, STORE_WRITE, &err) == ST_OK);
    require(!store_begin(&txn, store, false, &err));
    require(chunks_are_whole(txn, 0, chunks));
    store_abort(txn);
    require(!store_begin(&txn, store, true, &err));
    for (uint64_t i = 0; i < chunks / 2; i++)
        require(!store_delete(txn, TABLE_CHUNK, number(&i), &err));
    require(!store_commit(txn, &err));
    /* What a commit freed is used by the second one after it. */
    require(!store_begin(&txn, store, true, &err));
    require(!store_put(txn, TABLE_META, slice_of_string("a"), slice_of_string("b"), &err));
    require(!store_commit(txn, &err));
    for (uint64_t i = 0; i < 2; i++, chunks += 10) {
        require(!store_begin(&txn, store, true, &err));
        require(!put_chunks(txn, chunks, 10, &err));
        require(!store_commit(txn, &err));
    }
    store_close(store);
}

static void test_store_commit__on_a_full_disk(void **state) {
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
        cmocka_unit_test(test_store_create__for_its_owner_only),
        cmocka_unit_test(test_store_create__where_something_is),
        cmocka_unit_test(test_store_create__after_a_crash),
        cmocka_unit_test(test_store_open__of_nothing),
        cmocka_unit_test(test_store_open__twice),
        cmocka_unit_test(test_store_open__with_a_closed_stream),
        cmocka_unit_test(test_store_open__without_permission_for_the_lock),
        cmocka_unit_test(test_store_open__of_pipes_does_not_hang),
        cmocka_unit_test(test_store_open__on_read_only_media),
        cmocka_unit_test(test_store_commit__outlives_the_process),
        cmocka_unit_test(test_store_commit__of_nothing),
        cmocka_unit_test(test_store_commit__of_all_that_a_transaction_may_put),
        cmocka_unit_test(test_store_commit__of_very_many_deletions),
        cmocka_unit_test(test_store_begin__write_in_a_store_for_reading),
        cmocka_unit_test(test_store_begin__keeps_its_snapshot),
        cmocka_unit_test(test_store_begin__takes_every_reader_slot),
        cmocka_unit_test(test_store_sync__of_a_fresh_generation),
        cmocka_unit_test(test_store_size__adds_up),
        cmocka_unit_test(test_store_begin__forgets_dead_readers),
        cmocka_unit_test(test_store_begin__takes_the_slots_of_dead_readers),
        cmocka_unit_test(test_store_open__while_commits_go_on),
        cmocka_unit_test(test_store_begin__follows_a_map_that_grew),
        cmocka_unit_test(test_store_begin__grows_the_map_in_little_space),
        cmocka_unit_test(test_store_commit__on_a_full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
