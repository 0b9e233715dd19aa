/* What the store_*.c files share: the only files that know LMDB. Not for anybody else. */
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
    uint32_t page; /* bytes of a page */
    MDB_dbi tables[TABLE_COUNT];
    pthread_mutex_t lock; /* guards the two below, and the map while nobody uses it */
    unsigned open_count;  /* transactions that are open or about to be */
    bool failed;          /* a commit failed, or the map is lost: only closing is left */
    /* Who has it open, for the list of all stores of the process. */
    dev_t device;
    ino_t inode;
    pid_t process;
    struct store *next;
    /* For store_guard(). */
    char *damage_message; /* the line that it says, made beforehand; NULL: there is no guard */
    atomic_uintptr_t map; /* where the file is mapped, as of the last transaction begun */
    atomic_size_t map_size;
};

/* All stores that are open in this process. */
extern struct store *store_registry;

struct store_txn {
    struct store *store;
    MDB_txn *txn;
    bool write;
    bool changed;
    uint64_t bytes;
    MDB_cursor *cursors[TABLE_COUNT]; /* for store_floor(), opened on first use */
};

/* LMDB's name and flags of each table. */
struct store_table_kind {
    const char *name;
    unsigned flags;
};
extern const struct store_table_kind store_table_kinds[TABLE_COUNT];

/* The steps of opening. store_new(): a store that is not open yet, for store_close().
 * store_open_env(): LMDB's part of it, which makes the files when they are not there.
 * store_open_tables(): the handles; `create` is 0, or MDB_CREATE to make and stamp them in a first
 * commit. */
enum status store_new(struct store **out, const char *path, enum store_mode mode,
                      struct error *err);
enum status store_open_env(struct store *store, uint64_t map, struct error *err);
enum status store_open_tables(struct store *store, unsigned create, struct error *err);

/* Translates a failure of LMDB: "PATH: WHAT: why; what to do". */
enum status store_fail(const struct store *store, int code, const char *what, struct error *err);

/* How much to map of a file of which `file` bytes are in use. */
uint64_t store_map_size(uint64_t file, enum store_mode mode);
/* Replaces the map by one that fits the file as it is now. The caller holds store->lock and has the
 * only transaction, open or about to be; else ST_BUSY. */
enum status store_map_replace(struct store *store, struct error *err);
/* The same, if the write transaction that is about to begin might not fit the map. */
enum status store_map_reserve(struct store *store, struct error *err);

/* The record by which a transaction proves that it is the one it says: TABLE_META "stamp", sealed,
 * u64 number of the transaction that wrote it. *record is where it lies. */
enum status store_txn_record_put(struct store_txn *txn, struct error *err);
enum status store_txn_record_get(uint64_t *number, const uint8_t **record, struct store_txn *txn);

/* The store for which LMDB works in this thread, or NULL. STORE_IN_LMDB(of) sets it until the
 * end of the block; it belongs into every function that lets LMDB look at pages. */
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

/* Makes what store_guard() will say of a store, which is not open yet. ST_NOMEM. */
enum status store_guard_prepare(struct store *store);

/* Takes down where the file is mapped: `record` lies in a page of it that was not changed. */
void store_guard_map(struct store *store, const uint8_t *record, const MDB_envinfo *info);

/* Called where LMDB would abort(): ends the process as store_guard() promises, or returns when
 * there is no guard. */
void store_guard_assert(MDB_env *env, const char *message);

#endif
