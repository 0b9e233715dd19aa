/* SPDX-License-Identifier: MIT */
/* What the store_*.c files share. No other file includes it. */
#ifndef QUERN_COMMON_STORE_STORE_PRIVATE_H
#define QUERN_COMMON_STORE_STORE_PRIVATE_H

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "common/store/store.h"

struct store {
    MDB_env *env;
    char *path;
    enum store_mode mode;
    uint32_t page_size; /* bytes of a page */
    MDB_dbi tables[TABLE_COUNT];
    pthread_mutex_t lock; /* guards open_count, failed, and the map while it is replaced */
    unsigned open_count;  /* transactions that are open or about to be */
    bool failed;          /* a commit failed or the map is lost; the store can only be closed */
    /* Identity, for the registry of stores that this process has open. */
    dev_t device;
    ino_t inode;
    pid_t process;
    struct store *next;
    /* For store_guard(). */
    char *damage_message; /* the line to print, made in advance; NULL: no guard */
    atomic_uintptr_t map; /* where the file is mapped, as of the newest transaction */
    atomic_size_t map_size;
};

/* The list of all stores that this process has open. */
extern struct store *store_registry;

struct store_txn {
    struct store *store;
    MDB_txn *txn;
    bool write;
    bool changed;
    uint64_t bytes;
    MDB_cursor *cursors[TABLE_COUNT]; /* of store_floor(), opened on first use */
};

/* The name and the flags that LMDB has of each table. */
struct store_table_kind {
    const char *name;
    unsigned flags;
};
extern const struct store_table_kind store_table_kinds[TABLE_COUNT];

/* The steps of opening. store_new() allocates a closed store, which store_close() frees.
 * store_open_env() opens LMDB's environment and makes its files if they are missing.
 * store_open_tables() opens the tables; `create` is 0, or MDB_CREATE to make them in a first
 * commit. */
enum status store_new(struct store **out, const char *path, enum store_mode mode,
                      struct error *err);
enum status store_open_env(struct store *store, uint64_t map, struct error *err);
enum status store_open_tables(struct store *store, unsigned create, struct error *err);

/* Reports a failure of LMDB as "PATH: WHAT: cause; what to do". */
enum status store_fail(const struct store *store, int code, const char *what, struct error *err);

/* The size of the map for a file of which `file` bytes are in use. */
uint64_t store_map_size(uint64_t file, enum store_mode mode);
/* Replaces the map by one that fits the file as it is now. The caller holds store->lock. ST_BUSY:
 * it does not have the only transaction that is open or about to be. */
enum status store_map_replace(struct store *store, struct error *err);
/* The same, if the write transaction that is about to begin may need more than the map has. */
enum status store_map_reserve(struct store *store, struct error *err);

/* The record of the transaction, with which each commit proves that its state is the one it claims
 * to be:
 *
 *     record = number:u64 checksum:u32    ; of the transaction that wrote it
 *
 * *record points to the stored bytes. */
enum status store_txn_record_put(struct store_txn *txn, struct error *err);
enum status store_txn_record_get(uint64_t *number, const uint8_t **record, struct store_txn *txn);

/* The store for which LMDB works in this thread, or NULL. STORE_IN_LMDB(store) sets it until the
 * end of the block; every function that makes LMDB read pages has it. */
extern _Thread_local const struct store *store_in_lmdb;

static inline const struct store *store_enter(const struct store *store) {
    const struct store *before = store_in_lmdb;
    store_in_lmdb = store;
    return before;
}

static inline void store_leave(const struct store **before) {
    store_in_lmdb = *before;
}

#define STORE_IN_LMDB(of)                                                                          \
    const struct store *store_before __attribute__((cleanup(store_leave))) = store_enter(of)

/* Makes the message of store_guard() for a store that is about to be opened. ST_NOMEM. */
enum status store_guard_prepare(struct store *store);

/* Notes where the file is mapped: `record` is in an unchanged page of the map. */
void store_guard_map(struct store *store, const uint8_t *record, const MDB_envinfo *info);

/* LMDB calls this instead of abort(): ends the process as store_guard() promises, or returns if
 * there is no guard. */
void store_guard_assert(MDB_env *env, const char *message);

#endif
