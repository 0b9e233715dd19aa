/* The LMDB environment: transactions over a handful of tables. store_*.c alone include <lmdb.h>.
 *
 * A store is one generation directory (data.mdb, lock.mdb). It is created complete or not at all,
 * it is opened once a process, its meta pages are examined before LMDB maps them (store_meta.h),
 * and every commit stamps its own transaction number, so that a reader notices damage that would
 * show it an older state. No DUPSORT, no nested transactions, no WRITEMAP, no NOSYNC on a store
 * that others can see.
 *
 *     store_open(&store, path, STORE_WRITE, &err);
 *     store_begin(&txn, store, true, &err);
 *     store_put(txn, TABLE_META, slice_of_string("name"), value, &err);
 *     store_commit(txn, &err);        or store_abort(txn)
 *     store_close(store);             with no transaction open
 *
 * Transactions are all-or-nothing. Bytes that store_get() returns live in the map: they are valid
 * until their transaction ends and must not be written to. In a write transaction they are also
 * invalid after the next change. Values whose keys have an even size are aligned to 2 bytes; values
 * that get pages of their own (more than 2,030 bytes with their key) to 16.
 *
 * A store does not survive fork(): a child opens its own.
 *
 * Threads: one write transaction at a time in the whole machine, begun and ended by one thread; any
 * number of read transactions, each used by one thread at a time, beside a write transaction of the
 * same thread, too. */
#ifndef QUERN_COMMON_STORE_STORE_H
#define QUERN_COMMON_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "common/base/status.h"

struct store;
struct store_txn;

enum store_table {
    TABLE_META,  /* name -> record: catalog, settings, sources, stamp */
    TABLE_DICT,  /* segment, first term -> dictionary block; see keys.h for this and the next two */
    TABLE_CHUNK, /* segment, stream, number -> chunk */
    TABLE_DELETES, /* segment, document >> 13 -> bitmap of removed documents */
    TABLE_FILE,    /* folder (64 bits, big-endian) + name -> what was seen of that file */
    TABLE_COUNT,
};

enum {
    STORE_READERS_MAX = 1022,           /* reader slots; the process that opens first decides */
    STORE_KEY_MAX = 511,                /* bytes, LMDB's own limit */
    STORE_TXN_BYTES = 64 * 1024 * 1024, /* what one write transaction should put */
};

/* Makes an empty store in the folder `path`, which must not exist (ST_INVALID): built beside it as
 * PATH.new, synced and renamed, so that a crash leaves no store or a whole one; what a crash left
 * at PATH.new is replaced. Only its owner can enter the folder: an index holds the words of its
 * documents. Two processes must not do it at once, which is for the caller to see to. */
enum status store_create(const char *path, struct error *err);

enum store_mode {
    STORE_READ,        /* read transactions only; works on read-only media */
    STORE_WRITE,       /* read and write, every commit synced */
    STORE_WRITE_FRESH, /* read and write; commits are not synced until store_sync(): only for a
                          generation that nobody can see yet */
};

/* ST_NOT_FOUND: no store there. ST_CORRUPT: its meta pages are damaged, or it is cut off.
 * ST_SETTINGS: made by an incompatible version of LMDB or on another kind of machine. ST_BUSY: this
 * process has it open. ST_INVALID: a descriptor of 0 to 2 is closed, or it is to be written on a
 * network file system (mount.h; which QUERN_ALLOW_NETWORK_FS=1 in the environment allows). */
enum status store_open(struct store **out, const char *path, enum store_mode mode,
                       struct error *err);
void store_close(struct store *store);

/* Writes everything to the disk (for STORE_WRITE_FRESH). */
enum status store_sync(struct store *store, struct error *err);

/* Starts a read or write transaction. A write transaction waits for the one that is open, clears
 * the slots of dead readers and makes sure that the map has room for twice STORE_TXN_BYTES. The map
 * is ample at once where address space is not limited (`ulimit -v`); where it is, and the index
 * outgrows it, it grows, or ST_BUSY when other transactions of this process are open. ST_CORRUPT:
 * the state is not the one that was committed. */
enum status store_begin(struct store_txn **out, struct store *store, bool write, struct error *err);
/* Ends the transaction either way and frees it; its cursors were closed before. A commit without a
 * change changes nothing, not even the number. After a failed commit nothing of it is visible and
 * the store can only be closed. Disk full is ST_FULL. */
enum status store_commit(struct store_txn *txn, struct error *err);
void store_abort(struct store_txn *txn);

/* The number of the transaction: grows by 1 with each commit. */
uint64_t store_txn_id(const struct store_txn *txn);

/* The path that the store was opened with. */
const char *store_path(const struct store *store);
/* The same, of the transaction's store. */
const char *store_txn_path(const struct store_txn *txn);

/* Bytes of pages changed so far in this write transaction, estimated; the caller commits before
 * STORE_TXN_BYTES. A put that would reach twice that is ST_LIMIT. */
uint64_t store_txn_bytes(const struct store_txn *txn);

/* Keys of TABLE_CHUNK and TABLE_DELETES are 8 bytes in native order (a uint64_t); others are 1 to
 * STORE_KEY_MAX bytes. Other sizes are ST_LIMIT. */
enum status store_get(struct slice *value, struct store_txn *txn, enum store_table table,
                      struct slice key, struct error *err); /* ST_OK, ST_NOT_FOUND, failure */
/* The record with the greatest key <= `key`, or ST_NOT_FOUND. Allocates once a table. */
enum status store_floor(struct slice *found, struct slice *value, struct store_txn *txn,
                        enum store_table table, struct slice key, struct error *err);
enum status store_put(struct store_txn *txn, enum store_table table, struct slice key,
                      struct slice value, struct error *err);
/* Like store_put(), but the caller writes the `size` bytes at *dest before the next store call. */
enum status store_reserve(uint8_t **dest, struct store_txn *txn, enum store_table table,
                          struct slice key, size_t size, struct error *err);
enum status store_delete(struct store_txn *txn, enum store_table table, struct slice key,
                         struct error *err); /* ST_NOT_FOUND: there was none */

/* Walks a table in key order. A new cursor stands before the first record. Keys that do not ascend
 * are ST_CORRUPT, so a walk ends on any file. To be closed before its transaction ends. */
struct store_cursor;
enum status store_cursor_open(struct store_cursor **out, struct store_txn *txn,
                              enum store_table table, struct error *err);
void store_cursor_close(struct store_cursor *cursor);
/* The first record with a key >= `key` (the empty key: of all), or ST_END. */
enum status store_cursor_seek(struct slice *found, struct slice *value, struct store_cursor *cursor,
                              struct slice key, struct error *err);
enum status store_cursor_next(struct slice *found, struct slice *value, struct store_cursor *cursor,
                              struct error *err);
/* Deletes the record that the cursor stands on; the next store_cursor_next() gives the one behind.
 */
enum status store_cursor_delete(struct store_cursor *cursor, struct error *err);

/* What `quern-index status` shows, in bytes. Asked of a read transaction. */
struct store_size {
    uint64_t file;        /* length of data.mdb */
    uint64_t used;        /* pages that hold data */
    uint64_t reclaimable; /* free pages that the next commits use */
    uint64_t map;         /* address space claimed */
};
enum status store_size(struct store_size *size, struct store_txn *txn, struct error *err);

/* What became of the pages of the file, in pages. Those that are leaked are neither in use nor
 * free: no harm, but lost until `compact`. */
struct store_pages {
    uint64_t used, free, leaked;
};
/* Goes through all pages of LMDB's own trees: each is what its parent says, in order, and belongs
 * to one dest only, so that a look-up finds every key. ST_CORRUPT: err->text names the page.
 * ST_BUSY: the read transaction does not see the newest commit any more; begun anew, it may go
 * well. Later commits change nothing of what is read. Takes a bit of memory a page. */
enum status store_pages_check(struct store_pages *pages, struct store_txn *txn, struct error *err);
/* The same of the few pages whose records every commit replaces, those of the table meta and of the
 * free list. LMDB moves what is on them by sizes that they state themselves: of a damaged one it
 * would write past the page. Due before the first change of a run. */
enum status store_pages_check_rewritten(struct store_txn *txn, struct error *err);

/* A record that carries its own checksum, bound to its key: payload checksum{u32}, the checksum
 * seeded with the hash64() of the key. */
enum status store_put_checksummed(struct store_txn *txn, enum store_table table, struct slice key,
                                  struct slice payload, struct error *err);
/* ST_CORRUPT when the checksum does not fit. */
enum status store_get_checksummed(struct slice *payload, struct store_txn *txn,
                                  enum store_table table, struct slice key, struct error *err);
/* The payload of a sealed record that a cursor found. */
enum status store_check_record(struct slice *payload, struct slice key, struct slice value);

/* Turns SIGBUS, SIGSEGV and SIGFPE into the line "PROGRAM: PATH: damaged; rebuild the index" on
 * stderr and _exit(`code`) when a store's file is the cause: LMDB was at work on it, or the address
 * lies in its map (it was cut off or damaged while it was read). Likewise LMDB's own abort(). Any
 * other crash keeps its status. Called once by main(), before a store is opened. Built with a
 * sanitizer, signals are left to it. */
void store_guard(const char *program, int code);

#endif
