/* SPDX-License-Identifier: MIT */
/* Transactions: commits are whole and durable, readers keep their state, dead readers are
 * cleared. */
#include "tests/support/testing.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/store/keys.h"
#include "common/store/store.h"
#include "tests/support/child.h"
#include "tests/support/stores.h"

enum { MEBIBYTE = 1 << 20 };

static void test_store_commit__outlives_the_process(void **state) {
    (void)state;
    const char *path = stores_new();
    struct store *store = stores_open(path, STORE_WRITE);
    struct store_txn *txn = stores_begin(store, true);
    uint64_t first = store_txn_id(txn);
    stores_put(txn, "a", "one");
    stores_commit(txn);
    txn = stores_begin(store, true);
    assert_int_equal(store_txn_id(txn), first + 1);
    stores_put(txn, "a", "two");
    stores_put(txn, "b", "two");
    store_abort(txn);
    store_close(store);

    store = stores_open(path, STORE_READ);
    txn = stores_begin(store, false);
    assert_int_equal(store_txn_id(txn), first);
    assert_string_equal(store_txn_path(txn), path);
    stores_assert_value(txn, "a", "one");
    stores_assert_absent(txn, "b");
    store_abort(txn);
    store_close(store);
}

static void test_store_commit__leaves_the_number_without_a_change(void **state) {
    (void)state;
    struct store *store = stores_open(stores_new(), STORE_WRITE);
    struct store_txn *txn = stores_begin(store, true);
    uint64_t id = store_txn_id(txn);
    stores_assert_absent(txn, "a");
    stores_commit(txn);
    txn = stores_begin(store, true);
    assert_int_equal(store_txn_id(txn), id);
    store_abort(txn);
    store_close(store);
}

/* The limit does not include the store's own record. */
static void test_store_commit__takes_a_full_transaction(void **state) {
    (void)state;
    struct error err;
    const char *path = stores_new();
    struct store *store = stores_open(path, STORE_WRITE_FRESH);
    struct store_txn *txn = stores_begin(store, true);
    uint64_t key = 0;
    uint8_t *dest;
    for (size_t size = MEBIBYTE; size > 0; size /= 2)
        while (!store_reserve(&dest, txn, TABLE_CHUNK, keys_of_number(&key), size, &err)) {
            memset(dest, 1, size);
            key++;
        }
    assert_status(err.code, ST_LIMIT, &err);
    assert_in_range(store_txn_bytes(txn), 2 * (uint64_t)STORE_TXN_BYTES - 100,
                    2 * (uint64_t)STORE_TXN_BYTES);
    stores_commit(txn);
    txn = stores_begin(store, true);
    assert_int_equal(store_txn_bytes(txn), 0);
    key = 0;
    struct slice value;
    assert_ok(store_get(&value, txn, TABLE_CHUNK, keys_of_number(&key), &err), &err);
    assert_int_equal(value.size, MEBIBYTE);
    store_abort(txn);
    store_close(store);
}

static void test_store_commit__takes_any_number_of_deletions(void **state) {
    (void)state;
    enum { COUNT = 70000 }; /* count for more bytes than a transaction may put */
    struct error err;
    struct store *store = stores_open(stores_new(), STORE_WRITE_FRESH);
    struct store_txn *txn = stores_begin(store, true);
    for (uint64_t key = 0; key < COUNT; key++)
        assert_ok(store_put(txn, TABLE_DELETES, keys_of_number(&key), slice_of("v", 1), &err),
                  &err);
    stores_commit(txn);
    txn = stores_begin(store, true);
    for (uint64_t key = 0; key < COUNT; key++)
        assert_ok(store_delete(txn, TABLE_DELETES, keys_of_number(&key), &err), &err);
    assert_true(store_txn_bytes(txn) > 2 * (uint64_t)STORE_TXN_BYTES);
    stores_commit(txn);
    store_close(store);
}

static void test_store_begin__refuses_to_write_when_opened_to_read(void **state) {
    (void)state;
    struct error err;
    struct store *store = stores_open(stores_new(), STORE_READ);
    struct store_txn *txn;
    assert_true(store_begin(&txn, store, true, &err) < 0);
    store_abort(stores_begin(store, false));
    store_close(store);
}

/* What a reader sees stays as it was, while commits replace and delete it. */
static void test_store_begin__keeps_its_snapshot(void **state) {
    (void)state;
    enum { CHUNKS = 20 };
    struct error err;
    struct store *store = stores_open(stores_new(), STORE_WRITE);
    struct store_txn *txn = stores_begin(store, true);
    stores_put(txn, "generation", "old");
    assert_ok(stores_put_chunks(txn, 0, CHUNKS, &err), &err);
    stores_commit(txn);

    struct store_txn *reader = stores_begin(store, false);
    struct slice held[CHUNKS];
    for (uint64_t i = 0; i < CHUNKS; i++)
        assert_ok(store_get(&held[i], reader, TABLE_CHUNK, keys_of_number(&i), &err), &err);
    for (int round = 0; round < 20; round++) {
        txn = stores_begin(store, true);
        stores_put(txn, "generation", "new");
        for (uint64_t i = 0; i < CHUNKS; i++)
            assert_ok(store_delete(txn, TABLE_CHUNK, keys_of_number(&i), &err), &err);
        assert_ok(stores_put_chunks(txn, 100 + (uint64_t)round, CHUNKS, &err), &err);
        stores_assert_value(reader, "generation", "old");
        assert_ok(stores_put_chunks(txn, 0, CHUNKS, &err), &err);
        stores_commit(txn);
    }
    stores_assert_value(reader, "generation", "old");
    assert_true(stores_chunks_are_whole(reader, 0, CHUNKS));
    for (uint64_t i = 0; i < CHUNKS; i++)
        for (size_t at = 0; at < STORES_CHUNK; at++)
            assert_int_equal(held[i].data[at], i);
    store_abort(reader);
    reader = stores_begin(store, false);
    stores_assert_value(reader, "generation", "new");
    store_abort(reader);
    store_close(store);
}

static void test_store_begin__takes_every_reader_slot(void **state) {
    (void)state;
    struct error err;
    struct store *store = stores_open(stores_new(), STORE_READ);
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

static void test_store_sync__makes_a_fresh_generation_durable(void **state) {
    (void)state;
    struct error err;
    const char *path = stores_new();
    struct store *store = stores_open(path, STORE_WRITE_FRESH);
    for (int i = 0; i < 5; i++) {
        struct store_txn *txn = stores_begin(store, true);
        assert_ok(stores_put_chunks(txn, (uint64_t)i * 10, 10, &err), &err);
        stores_commit(txn);
    }
    assert_ok(store_sync(store, &err), &err);
    store_close(store);
    store = stores_open(path, STORE_READ);
    struct store_txn *txn = stores_begin(store, false);
    assert_true(stores_chunks_are_whole(txn, 0, 50));
    store_abort(txn);
    store_close(store);
}

static void test_store_size__adds_up(void **state) {
    (void)state;
    struct error err;
    const char *path = stores_new();
    struct store *store = stores_open(path, STORE_WRITE);
    struct store_txn *txn = stores_begin(store, true);
    assert_ok(stores_put_chunks(txn, 0, 100, &err), &err);
    stores_commit(txn);
    txn = stores_begin(store, true);
    for (uint64_t i = 0; i < 50; i++)
        assert_ok(store_delete(txn, TABLE_CHUNK, keys_of_number(&i), &err), &err);
    stores_commit(txn);
    txn = stores_begin(store, false);
    struct store_size size;
    assert_ok(store_size(&size, txn, &err), &err);
    store_abort(txn);
    store_close(store);
    assert_int_equal(size.file, stores_file_size(path));
    assert_in_range(size.reclaimable, 50 * STORES_CHUNK, 60 * 65536);
    assert_in_range(size.used, 50 * 65536, 60 * 65536);
    assert_true(size.used + size.reclaimable <= size.file + 4096);
    assert_true(size.map >= size.file);
}

/* Is killed during a transaction. */
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
    const char *path = stores_new();
    struct store *store = stores_open(path, STORE_WRITE);
    for (int i = 0; i < 10; i++) {
        struct store_txn *txn = stores_begin(store, true);
        assert_ok(stores_put_chunks(txn, 0, CHUNKS, &err), &err);
        stores_commit(txn);
    }
    uint64_t before = stores_file_size(path);
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
        struct store_txn *txn = stores_begin(store, true);
        assert_ok(stores_put_chunks(txn, 0, CHUNKS, &err), &err);
        stores_commit(txn);
    }
    store_close(store);
    assert_in_range(stores_file_size(path), before, 2 * before);
}

/* Takes all reader slots and is killed. */
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
    const char *path = stores_new();
    struct store *store = stores_open(path, STORE_READ); /* keeps the table of readers */
    assert_int_equal(child_run(read_everywhere, (void *)(uintptr_t)path), -SIGKILL);
    store_abort(stores_begin(store, false));
    store_close(store);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_store_commit__outlives_the_process),
        cmocka_unit_test(test_store_commit__leaves_the_number_without_a_change),
        cmocka_unit_test(test_store_commit__takes_a_full_transaction),
        cmocka_unit_test(test_store_commit__takes_any_number_of_deletions),
        cmocka_unit_test(test_store_begin__refuses_to_write_when_opened_to_read),
        cmocka_unit_test(test_store_begin__keeps_its_snapshot),
        cmocka_unit_test(test_store_begin__takes_every_reader_slot),
        cmocka_unit_test(test_store_sync__makes_a_fresh_generation_durable),
        cmocka_unit_test(test_store_size__adds_up),
        cmocka_unit_test(test_store_begin__forgets_dead_readers),
        cmocka_unit_test(test_store_begin__takes_the_slots_of_dead_readers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
