/* SPDX-License-Identifier: MIT */
/* Transactions: begun in the state that was committed, committed whole or not at all. */
#include <stdlib.h>

#include "common/store/store_meta.h"
#include "common/store/store_private.h"

enum { BEGIN_ATTEMPTS = 16 };

/* A damaged or replaced file shows another state than its number promises: its newest number is
 * below that of the lock table, or the record of the transaction is that of another. While a commit
 * goes on, an undamaged file can look the same for a moment; *again is set then. */
static enum status txn_verify(struct store_txn *txn, bool *again, struct error *err) {
    struct store *store = txn->store;
    uint64_t number = mdb_txn_id(txn->txn) - (txn->write ? 1 : 0);
    MDB_envinfo info;
    mdb_env_info(store->env, &info);
    *again = false;
    if (info.me_last_txnid < number)
        return error_set(err, ST_CORRUPT, 0,
                         "%s: data.mdb is not the file that is being written to: it was copied or "
                         "replaced while in use",
                         store->path);
    uint64_t recorded = 0;
    const uint8_t *record;
    enum status status = store_txn_record_get(&recorded, &record, txn);
    if (!status)
        store_guard_map(store, record, &info);
    if (!status && recorded == number)
        return ST_OK;
    *again = !txn->write;
    return error_set(err, ST_CORRUPT, 0,
                     "%s: damaged: commit %llu shows the state of another; rebuild the index",
                     store->path, (unsigned long long)number);
}

/* mdb_txn_begin(), after clearing dead readers or growing the map if that lets it succeed. */
static enum status txn_begin(struct store_txn *txn, struct error *err) {
    struct store *store = txn->store;
    bool cleared = false;
    for (;;) {
        int code = mdb_txn_begin(store->env, NULL, txn->write ? 0 : MDB_RDONLY, &txn->txn);
        if (!code)
            return ST_OK;
        txn->txn = NULL;
        if (code == MDB_READERS_FULL && !cleared) {
            mdb_reader_check(store->env, NULL);
            cleared = true;
            continue;
        }
        if (code != MDB_MAP_RESIZED)
            return store_fail(store, code, "cannot begin", err);
        pthread_mutex_lock(&store->lock);
        enum status status = store_map_replace(store, err);
        pthread_mutex_unlock(&store->lock);
        if (status)
            return status;
    }
}

enum status store_begin(struct store_txn **out, struct store *store, bool write,
                        struct error *err) {
    struct store_txn *txn = calloc(1, sizeof *txn);
    if (!txn)
        return error_nomem(err);
    STORE_IN_LMDB(store);
    txn->store = store;
    txn->write = write;
    if (write) /* frees the pages that only dead readers can see */
        mdb_reader_check(store->env, NULL);
    pthread_mutex_lock(&store->lock);
    store->open_count++;
    enum status status = ST_OK;
    if (store->failed)
        status = store_fail(store, MDB_PANIC, "cannot begin", err);
    else if (write)
        status = store_map_reserve(store, err);
    pthread_mutex_unlock(&store->lock);
    bool again = true;
    for (int i = 0; i < BEGIN_ATTEMPTS && !status && again; i++) {
        status = txn_begin(txn, err);
        if (!status && (status = txn_verify(txn, &again, err)) != ST_OK && again &&
            i + 1 < BEGIN_ATTEMPTS) {
            mdb_txn_abort(txn->txn);
            txn->txn = NULL;
            status = ST_OK;
        }
    }
    if (status) {
        store_abort(txn);
        return status;
    }
    *out = txn;
    return ST_OK;
}

/* Frees the transaction once LMDB's own has ended. */
static void txn_release(struct store_txn *txn) {
    pthread_mutex_lock(&txn->store->lock);
    txn->store->open_count--;
    pthread_mutex_unlock(&txn->store->lock);
    free(txn);
}

/* LMDB frees the cursors of a write transaction with it, but not those of a read transaction. */
static void txn_close_cursors(struct store_txn *txn) {
    for (int i = 0; i < TABLE_COUNT; i++)
        if (txn->cursors[i])
            mdb_cursor_close(txn->cursors[i]);
}

void store_abort(struct store_txn *txn) {
    if (!txn)
        return;
    STORE_IN_LMDB(txn->store);
    txn_close_cursors(txn);
    if (txn->txn)
        mdb_txn_abort(txn->txn);
    txn_release(txn);
}

enum status store_commit(struct store_txn *txn, struct error *err) {
    struct store *store = txn->store;
    if (!txn->changed) {
        store_abort(txn);
        return ST_OK;
    }
    STORE_IN_LMDB(store);
    txn->bytes = 0; /* the limit is the caller's; the record of the transaction always fits */
    enum status status = store_txn_record_put(txn, err);
    if (status) {
        store_abort(txn);
        return status;
    }
    txn_close_cursors(txn);
    uint64_t number = mdb_txn_id(txn->txn);
    int code = mdb_txn_commit(txn->txn);
    int fd = -1;
    if (code) {
        status = store_fail(store, code, "cannot commit", err);
        pthread_mutex_lock(&store->lock);
        store->failed = true;
        pthread_mutex_unlock(&store->lock);
    } else if (mdb_env_get_fd(store->env, &fd) == 0) {
        /* The commit is durable. Without the checksum, its meta page is merely guarded less
         * well. */
        store_meta_write_checksum(fd, store->page_size, number);
    }
    txn_release(txn);
    return status;
}

uint64_t store_txn_id(const struct store_txn *txn) {
    return mdb_txn_id(txn->txn);
}

const char *store_txn_path(const struct store_txn *txn) {
    return txn->store->path;
}

uint64_t store_txn_bytes(const struct store_txn *txn) {
    return txn->bytes;
}
