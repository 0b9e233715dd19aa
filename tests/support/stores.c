/* SPDX-License-Identifier: MIT */
/* Stores for the tests of the store itself. */
#include "tests/support/stores.h"

#include <stdio.h>
#include <sys/stat.h>

#include "common/store/keys.h"
#include "tests/support/testing.h"

const char *stores_new(void) {
    struct error err;
    const char *path = testing_path("store");
    assert_ok(store_create(path, &err), &err);
    return path;
}

struct store *stores_open(const char *path, enum store_mode mode) {
    struct error err;
    struct store *store = NULL;
    assert_ok(store_open(&store, path, mode, &err), &err);
    return store;
}

struct store_txn *stores_begin(struct store *store, bool write) {
    struct error err;
    struct store_txn *txn = NULL;
    assert_ok(store_begin(&txn, store, write, &err), &err);
    return txn;
}

void stores_commit(struct store_txn *txn) {
    struct error err;
    assert_ok(store_commit(txn, &err), &err);
}

void stores_put(struct store_txn *txn, const char *key, const char *value) {
    struct error err;
    assert_ok(store_put(txn, TABLE_META, slice_of_string(key), slice_of_string(value), &err), &err);
}

void stores_assert_value(struct store_txn *txn, const char *key, const char *expected) {
    struct error err;
    struct slice value;
    assert_ok(store_get(&value, txn, TABLE_META, slice_of_string(key), &err), &err);
    assert_slice(value, slice_of_string(expected));
}

void stores_assert_absent(struct store_txn *txn, const char *key) {
    struct slice value;
    assert_status(store_get(&value, txn, TABLE_META, slice_of_string(key), NULL), ST_NOT_FOUND,
                  NULL);
}

enum status stores_put_chunks(struct store_txn *txn, uint64_t first, uint64_t count,
                              struct error *err) {
    for (uint64_t i = first; i < first + count; i++) {
        uint8_t *dest;
        enum status status =
            store_reserve(&dest, txn, TABLE_CHUNK, keys_of_number(&i), STORES_CHUNK, err);
        if (status)
            return status;
        memset(dest, (int)i & 0xff, STORES_CHUNK);
    }
    return ST_OK;
}

bool stores_chunks_are_whole(struct store_txn *txn, uint64_t first, uint64_t count) {
    for (uint64_t i = first; i < first + count; i++) {
        struct slice value;
        if (store_get(&value, txn, TABLE_CHUNK, keys_of_number(&i), NULL) ||
            value.size != STORES_CHUNK)
            return false;
        for (size_t at = 0; at < STORES_CHUNK; at += 256)
            if (value.data[at] != (i & 0xff))
                return false;
    }
    return true;
}

uint64_t stores_file_size(const char *path) {
    char file[512];
    struct stat stat_now;
    snprintf(file, sizeof file, "%s/data.mdb", path);
    assert_int_equal(stat(file, &stat_now), 0);
    return (uint64_t)stat_now.st_size;
}
