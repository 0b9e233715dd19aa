/* SPDX-License-Identifier: MIT */
/* Reads and writes records, and walks tables. */
#include <stdio.h>
#include <stdlib.h>

#include "common/base/codec.h"
#include "common/store/keys.h"
#include "common/store/store_private.h"

enum {
    CHECKSUM_SIZE = 4,
    /* What a deletion adds to store_txn_bytes(). It may dirty a page of its own, but often shares
     * it with its neighbours. */
    DELETE_BYTES = 2048,
    /* The header of a record, and its entry in the page. */
    RECORD_BYTES = 16,
    /* Larger records get pages of their own. */
    RECORD_INLINE = 2030,
};

struct store_cursor {
    struct store_txn *txn;
    enum store_table table;
    MDB_cursor *cursor;
    bool started;
    size_t size; /* of the last key */
    uint8_t key[STORE_KEY_MAX];
};

static MDB_val val_of(struct slice slice) {
    return (MDB_val){.mv_data = (void *)(uintptr_t)slice.data, .mv_size = slice.size};
}

static struct slice slice_of_val(MDB_val val) {
    return slice_of(val.mv_data, val.mv_size);
}

static bool table_is_numbered(enum store_table table) {
    return store_table_kinds[table].flags & MDB_INTEGERKEY;
}

const char *store_table_name(enum store_table table) {
    return store_table_kinds[table].name;
}

/* LMDB reads 8 bytes of such a key, whatever its size. */
static bool key_fits(enum store_table table, size_t size) {
    return table_is_numbered(table) ? size == sizeof(uint64_t) : size >= 1 && size <= STORE_KEY_MAX;
}

static int key_compare(enum store_table table, struct slice a, struct slice b) {
    if (!table_is_numbered(table))
        return slice_compare(a, b);
    uint64_t x, y;
    memcpy(&x, a.data, sizeof x);
    memcpy(&y, b.data, sizeof y);
    return (x > y) - (x < y);
}

static enum status table_fail(const struct store_txn *txn, int code, const char *doing,
                              enum store_table table, struct error *err) {
    char what[64];
    snprintf(what, sizeof what, "cannot %s table %s", doing, store_table_name(table));
    return store_fail(txn->store, code, what, err);
}

static enum status key_refuse(const struct store_txn *txn, enum store_table table, size_t size,
                              struct error *err) {
    return error_set(err, ST_LIMIT, 0, "%s: table %s has no keys of %zu bytes", txn->store->path,
                     store_table_name(table), size);
}

enum status store_get(struct slice *value, struct store_txn *txn, enum store_table table,
                      struct slice key, struct error *err) {
    if (!key_fits(table, key.size))
        return key_refuse(txn, table, key.size, err);
    STORE_IN_LMDB(txn->store);
    MDB_val k = val_of(key), v;
    int code = mdb_get(txn->txn, txn->store->tables[table], &k, &v);
    if (code == MDB_NOTFOUND)
        return ST_NOT_FOUND;
    if (code)
        return table_fail(txn, code, "read", table, err);
    *value = slice_of_val(v);
    return ST_OK;
}

enum status store_floor(struct slice *found, struct slice *value, struct store_txn *txn,
                        enum store_table table, struct slice key, struct error *err) {
    if (!key_fits(table, key.size))
        return key_refuse(txn, table, key.size, err);
    STORE_IN_LMDB(txn->store);
    MDB_cursor **cursor = &txn->cursors[table];
    if (!*cursor) {
        int code = mdb_cursor_open(txn->txn, txn->store->tables[table], cursor);
        if (code)
            return table_fail(txn, code, "read", table, err);
    }
    MDB_val k = val_of(key), v;
    int code = mdb_cursor_get(*cursor, &k, &v, MDB_SET_RANGE);
    if (code == MDB_NOTFOUND)
        code = mdb_cursor_get(*cursor, &k, &v, MDB_LAST);
    else if (!code && (!key_fits(table, k.mv_size) || key_compare(table, slice_of_val(k), key) > 0))
        code = mdb_cursor_get(*cursor, &k, &v, MDB_PREV);
    if (code == MDB_NOTFOUND)
        return ST_NOT_FOUND;
    if (!code && (!key_fits(table, k.mv_size) || key_compare(table, slice_of_val(k), key) > 0))
        code = MDB_CORRUPTED;
    if (code)
        return table_fail(txn, code, "read", table, err);
    *found = slice_of_val(k);
    *value = slice_of_val(v);
    return ST_OK;
}

/* Counts pages, as a transaction holds its changed pages in memory. */
static uint64_t record_bytes(const struct store *store, size_t key, size_t value) {
    uint64_t size = key + value + RECORD_BYTES;
    if (key + value <= RECORD_INLINE)
        return size;
    return (value + RECORD_BYTES + store->page_size - 1) / store->page_size * store->page_size +
           key + RECORD_BYTES;
}

enum status store_reserve(uint8_t **dest, struct store_txn *txn, enum store_table table,
                          struct slice key, size_t size, struct error *err) {
    if (!key_fits(table, key.size))
        return key_refuse(txn, table, key.size, err);
    uint64_t bytes = record_bytes(txn->store, key.size, size);
    if (txn->bytes + bytes > 2 * (uint64_t)STORE_TXN_BYTES)
        return error_set(err, ST_LIMIT, 0, "%s: a transaction of more than %d bytes",
                         txn->store->path, 2 * STORE_TXN_BYTES);
    STORE_IN_LMDB(txn->store);
    MDB_val k = val_of(key), v = {.mv_size = size};
    MDB_dbi dbi = txn->store->tables[table];
    /* After the last record of a table, MDB_APPEND fills pages to the end, where LMDB otherwise
     * splits them in the middle. Elsewhere it fails without having changed anything. */
    int code = mdb_put(txn->txn, dbi, &k, &v, MDB_RESERVE | MDB_APPEND);
    if (code == MDB_KEYEXIST) {
        v = (MDB_val){.mv_size = size};
        code = mdb_put(txn->txn, dbi, &k, &v, MDB_RESERVE);
    }
    if (code)
        return table_fail(txn, code, "write", table, err);
    txn->changed = true;
    txn->bytes += bytes;
    *dest = v.mv_data;
    return ST_OK;
}

enum status store_put(struct store_txn *txn, enum store_table table, struct slice key,
                      struct slice value, struct error *err) {
    uint8_t *dest;
    enum status status = store_reserve(&dest, txn, table, key, value.size, err);
    if (!status && value.size)
        memcpy(dest, value.data, value.size);
    return status;
}

enum status store_delete(struct store_txn *txn, enum store_table table, struct slice key,
                         struct error *err) {
    if (!key_fits(table, key.size))
        return key_refuse(txn, table, key.size, err);
    STORE_IN_LMDB(txn->store);
    MDB_val k = val_of(key);
    int code = mdb_del(txn->txn, txn->store->tables[table], &k, NULL);
    if (code == MDB_NOTFOUND)
        return ST_NOT_FOUND;
    if (code)
        return table_fail(txn, code, "write", table, err);
    txn->changed = true;
    txn->bytes += DELETE_BYTES;
    return ST_OK;
}

enum status store_cursor_open(struct store_cursor **out, struct store_txn *txn,
                              enum store_table table, struct error *err) {
    struct store_cursor *cursor = calloc(1, sizeof *cursor);
    if (!cursor)
        return error_nomem(err);
    STORE_IN_LMDB(txn->store);
    cursor->txn = txn;
    cursor->table = table;
    int code = mdb_cursor_open(txn->txn, txn->store->tables[table], &cursor->cursor);
    if (code) {
        free(cursor);
        return table_fail(txn, code, "read", table, err);
    }
    *out = cursor;
    return ST_OK;
}

void store_cursor_close(struct store_cursor *cursor) {
    if (!cursor)
        return;
    STORE_IN_LMDB(cursor->txn->store);
    mdb_cursor_close(cursor->cursor);
    free(cursor);
}

/* Passes on what LMDB found. Keys must ascend, or damaged pages that refer to each other in a
 * circle would yield records forever. */
static enum status cursor_take(struct slice *found, struct slice *value,
                               struct store_cursor *cursor, int code, MDB_val key, MDB_val val,
                               struct error *err) {
    if (code == MDB_NOTFOUND)
        return ST_END;
    struct slice last = slice_of(cursor->key, cursor->size);
    if (!code && (!key_fits(cursor->table, key.mv_size) ||
                  (cursor->started && key_compare(cursor->table, slice_of_val(key), last) <= 0)))
        code = MDB_CORRUPTED;
    if (code)
        return table_fail(cursor->txn, code, "read", cursor->table, err);
    memcpy(cursor->key, key.mv_data, key.mv_size);
    cursor->size = key.mv_size;
    cursor->started = true;
    *found = slice_of_val(key);
    *value = slice_of_val(val);
    return ST_OK;
}

enum status store_cursor_seek(struct slice *found, struct slice *value, struct store_cursor *cursor,
                              struct slice key, struct error *err) {
    if (key.size && !key_fits(cursor->table, key.size))
        return key_refuse(cursor->txn, cursor->table, key.size, err);
    STORE_IN_LMDB(cursor->txn->store);
    MDB_val k = val_of(key), v;
    int code = mdb_cursor_get(cursor->cursor, &k, &v, key.size ? MDB_SET_RANGE : MDB_FIRST);
    cursor->started = false;
    return cursor_take(found, value, cursor, code, k, v, err);
}

enum status store_cursor_next(struct slice *found, struct slice *value, struct store_cursor *cursor,
                              struct error *err) {
    STORE_IN_LMDB(cursor->txn->store);
    MDB_val k, v;
    int code = mdb_cursor_get(cursor->cursor, &k, &v, MDB_NEXT);
    return cursor_take(found, value, cursor, code, k, v, err);
}

enum status store_cursor_delete(struct store_cursor *cursor, struct error *err) {
    STORE_IN_LMDB(cursor->txn->store);
    int code = mdb_cursor_del(cursor->cursor, 0);
    if (code)
        return table_fail(cursor->txn, code, "write", cursor->table, err);
    cursor->txn->changed = true;
    cursor->txn->bytes += DELETE_BYTES;
    return ST_OK;
}

static uint32_t record_checksum(struct slice key, struct slice payload) {
    return checksum(payload.data, payload.size, hash64(key.data, key.size, 0));
}

enum status store_put_checksummed(struct store_txn *txn, enum store_table table, struct slice key,
                                  struct slice payload, struct error *err) {
    uint8_t *dest;
    enum status status = store_reserve(&dest, txn, table, key, payload.size + CHECKSUM_SIZE, err);
    if (status)
        return status;
    if (payload.size)
        memcpy(dest, payload.data, payload.size);
    put_u32(dest + payload.size, record_checksum(key, payload));
    return ST_OK;
}

enum status store_check_record(struct slice *payload, struct slice key, struct slice value) {
    if (value.size < CHECKSUM_SIZE)
        return ST_CORRUPT;
    *payload = slice_of(value.data, value.size - CHECKSUM_SIZE);
    return get_u32(value.data + payload->size) == record_checksum(key, *payload) ? ST_OK
                                                                                 : ST_CORRUPT;
}

enum status store_get_checksummed(struct slice *payload, struct store_txn *txn,
                                  enum store_table table, struct slice key, struct error *err) {
    struct slice value;
    enum status status = store_get(&value, txn, table, key, err);
    if (status)
        return status;
    if (store_check_record(payload, key, value))
        return error_set(err, ST_CORRUPT, 0,
                         "%s: damaged: a record of table %s does not match its checksum; "
                         "rebuild the index",
                         txn->store->path, store_table_name(table));
    return ST_OK;
}

enum status store_txn_record_put(struct store_txn *txn, struct error *err) {
    uint8_t number[8];
    put_u64(number, mdb_txn_id(txn->txn));
    return store_put_checksummed(txn, TABLE_META, keys_transaction(),
                                 slice_of(number, sizeof number), err);
}

enum status store_txn_record_get(uint64_t *number, const uint8_t **record, struct store_txn *txn) {
    struct slice payload;
    enum status status = store_get_checksummed(&payload, txn, TABLE_META, keys_transaction(), NULL);
    if (!status && payload.size != 8)
        status = ST_CORRUPT;
    if (!status) {
        *number = get_u64(payload.data);
        *record = payload.data;
    }
    return status;
}
