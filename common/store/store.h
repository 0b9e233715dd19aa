/* SPDX-License-Identifier: MIT */
/* The LMDB environment of an index: transactions over five tables. Only store_*.c include <lmdb.h>.
 *
 * A store is the folder of one generation, with data.mdb and lock.mdb. It is created complete or
 * not at all; a process opens it only once; its meta pages are examined before LMDB maps them
 * (store_meta.h); and every commit records its own transaction number, so that a reader notices
 * damage that would show it an older state. No DUPSORT, no nested transactions, no WRITEMAP, no
 * NOSYNC on a store that others can see.
 *
 *     store_open(&store, path, STORE_WRITE, &err);
 *     store_begin(&txn, store, true, &err);
 *     store_put(txn, TABLE_META, slice_of_string("name"), value, &err);
 *     store_commit(txn, &err);        or store_abort(txn)
 *     store_close(store);             with no transaction open
 *
 * The bytes that store_get() returns are in the map: they are valid until their transaction ends,
 * in a write transaction only until its next change, and must not be written to. Values are aligned
 * to 2 bytes if their key has an even size, and to 16 if they have pages of their own (more than
 * 2,030 bytes with their key).
 *
 * A store does not survive fork(): a child opens its own.
 *
 * Threads: one write transaction at a time on the whole machine, begun and ended by one thread. Any
 * number of read transactions, each used by one thread at a time; a thread may have them beside its
 * write transaction. */
#ifndef QUERN_COMMON_STORE_STORE_H
#define QUERN_COMMON_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/base/status.h"

struct store;
struct store_txn;

enum store_table {
    TABLE_META,    /* name -> catalog, sources, record of the transaction */
    TABLE_DICT,    /* segment, first term -> dictionary block; keys.h has the layout of all keys */
    TABLE_CHUNK,   /* segment, stream, number -> chunk */
    TABLE_DELETES, /* segment, document >> 13 -> bitmap of deleted documents; LMDB's name: "live" */
    TABLE_FILE,    /* folder, name -> what was seen of that file */
    TABLE_COUNT,
};

enum {
    STORE_READERS_MAX = 1022,           /* reader slots; the first process sets their number */
    STORE_KEY_MAX = 511,                /* bytes; LMDB's own limit */
    STORE_TXN_BYTES = 64 * 1024 * 1024, /* about what one write transaction should put */
};

/* Creates an empty store in the folder `path`. ST_INVALID: something exists there. The store is
 * built as PATH.new, synced and renamed, so a crash leaves a whole store or none; what a crash left
 * at PATH.new is replaced. Only the owner can enter the folder, as an index holds the words of its
 * documents. The caller makes sure that no other process does the same. */
enum status store_create(const char *path, struct error *err);

enum store_mode {
    STORE_READ,        /* read transactions only; works on read-only media */
    STORE_WRITE,       /* read and write, every commit synced */
    STORE_WRITE_FRESH, /* as STORE_WRITE, but only store_sync() syncs: nobody sees it yet */
};

/* ST_NOT_FOUND: there is no store. ST_CORRUPT: its meta pages are damaged, or it is cut off.
 * ST_SETTINGS: it was made by an incompatible version of LMDB or on another kind of machine.
 * ST_BUSY: this process has it open already. ST_INVALID: one of the descriptors 0 to 2 is closed,
 * or `mode` writes and the store is on a network file system (mount.h; QUERN_ALLOW_NETWORK_FS=1 in
 * the environment allows it). */
enum status store_open(struct store **out, const char *path, enum store_mode mode,
                       struct error *err);
void store_close(struct store *store);

/* Syncs all commits to disk, for STORE_WRITE_FRESH. */
enum status store_sync(struct store *store, struct error *err);

/* Begins a read or write transaction. A write transaction waits until no other is open, clears the
 * slots of dead readers and makes sure that the map has room for twice STORE_TXN_BYTES. Where
 * address space is limited (`ulimit -v`) and the index outgrows the map, the map grows, or
 * store_begin() returns ST_BUSY if this process has other transactions open. ST_BUSY also if a read
 * transaction finds all reader slots taken. ST_CORRUPT: the state is not the one that was
 * committed. */
enum status store_begin(struct store_txn **out, struct store *store, bool write, struct error *err);
/* Ends the transaction, also on failure, and frees it. The caller has closed its cursors. A commit
 * without a change leaves everything as it is, the transaction number too. After a failed commit
 * nothing of it is visible, and the store can only be closed. ST_FULL: the disk is full. */
enum status store_commit(struct store_txn *txn, struct error *err);
void store_abort(struct store_txn *txn);

/* The number of the transaction, which grows by 1 with each commit. */
uint64_t store_txn_id(const struct store_txn *txn);

/* The name of the table in LMDB, for messages. */
const char *store_table_name(enum store_table table);

/* The path that the store was opened with. */
const char *store_path(const struct store *store);
/* The same, for the store of a transaction. */
const char *store_txn_path(const struct store_txn *txn);

/* An estimate of the bytes of pages that this write transaction has changed. The caller commits
 * before it reaches STORE_TXN_BYTES; a put that would reach twice that is ST_LIMIT. */
uint64_t store_txn_bytes(const struct store_txn *txn);

/* Keys of TABLE_CHUNK and TABLE_DELETES are a uint64_t in native byte order, others are 1 to
 * STORE_KEY_MAX bytes. Other sizes are ST_LIMIT. */
enum status store_get(struct slice *value, struct store_txn *txn, enum store_table table,
                      struct slice key, struct error *err); /* ST_NOT_FOUND: no such record */
/* The record with the greatest key <= `key`, or ST_NOT_FOUND. */
enum status store_floor(struct slice *found, struct slice *value, struct store_txn *txn,
                        enum store_table table, struct slice key, struct error *err);
enum status store_put(struct store_txn *txn, enum store_table table, struct slice key,
                      struct slice value, struct error *err);
/* Like store_put(), but the caller writes the `size` bytes at *dest before its next store call. */
enum status store_reserve(uint8_t **dest, struct store_txn *txn, enum store_table table,
                          struct slice key, size_t size, struct error *err);
enum status store_delete(struct store_txn *txn, enum store_table table, struct slice key,
                         struct error *err); /* ST_NOT_FOUND: no such record */

/* Walks a table in key order. A new cursor is before the first record. Keys that do not ascend are
 * ST_CORRUPT, so a walk of any file ends. Close cursors before their transaction ends. */
struct store_cursor;
enum status store_cursor_open(struct store_cursor **out, struct store_txn *txn,
                              enum store_table table, struct error *err);
void store_cursor_close(struct store_cursor *cursor);
/* Moves to the first record with a key >= `key`, or to the first of all for an empty key. ST_END:
 * there is none. */
enum status store_cursor_seek(struct slice *found, struct slice *value, struct store_cursor *cursor,
                              struct slice key, struct error *err);
/* Moves to the next record. ST_END: there is none. */
enum status store_cursor_next(struct slice *found, struct slice *value, struct store_cursor *cursor,
                              struct error *err);
/* Deletes the record that the cursor is at; store_cursor_next() then moves to the one after it. */
enum status store_cursor_delete(struct store_cursor *cursor, struct error *err);

/* The sizes that `quern-index status` shows, in bytes, as seen by a read transaction. */
struct store_size {
    uint64_t file;        /* length of data.mdb */
    uint64_t used;        /* pages that hold data */
    uint64_t reclaimable; /* free pages that the next commits use */
    uint64_t map;         /* address space claimed */
};
enum status store_size(struct store_size *size, struct store_txn *txn, struct error *err);

/* How the pages of the file are used. Leaked ones are neither in use nor free, which does no harm,
 * but only `compact` regains them. */
struct store_pages {
    uint64_t used, free, leaked;
};
/* Checks all pages of LMDB's own trees: each is what its parent says, in order and used only once,
 * so that a look-up finds every key. Commits may go on meanwhile. Takes a bit of memory for each
 * page. ST_CORRUPT: err->text names the page. ST_BUSY: the read transaction no longer sees the
 * newest commit; a new one may. */
enum status store_pages_check(struct store_pages *pages, struct store_txn *txn, struct error *err);
/* The same for the few pages that every commit rewrites: those of TABLE_META and of the free list.
 * LMDB moves their records by the sizes that are stored in them, so a damaged page would make it
 * write past its end. The caller checks before the first change of a run. */
enum status store_pages_check_rewritten(struct store_txn *txn, struct error *err);

/* Records with a checksum of their payload that is bound to their key:
 *
 *     record = payload checksum:u32       ; seeded with hash64() of the key */
enum status store_put_checksummed(struct store_txn *txn, enum store_table table, struct slice key,
                                  struct slice payload, struct error *err);
/* ST_CORRUPT: the checksum does not match. */
enum status store_get_checksummed(struct slice *payload, struct store_txn *txn,
                                  enum store_table table, struct slice key, struct error *err);
/* The payload of such a record that a cursor found. ST_CORRUPT: the checksum does not match. */
enum status store_check_record(struct slice *payload, struct slice key, struct slice value);

/* Installs handlers that report a damaged store instead of crashing: SIGBUS, SIGSEGV and SIGFPE
 * print "PROGRAM: PATH: damaged; rebuild the index" to stderr and end the process with `code` if
 * LMDB was at work on a store, or if the address is in the map of one (its file was damaged or cut
 * off while it was read). LMDB's own abort() ends in the same way; any other crash keeps its
 * status. main() calls this once, before it opens a store. In sanitized builds the sanitizer keeps
 * the signals. */
void store_guard(const char *program, int code);

#endif
