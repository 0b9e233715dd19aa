/* SPDX-License-Identifier: MIT */
/* The two meta pages at the beginning of an LMDB data file: examined before LMDB maps the file, and
 * given a checksum after each commit.
 *
 * LMDB trusts its meta pages. A damaged one makes it divide by zero, follow wild page numbers, or
 * silently return to an older state. So a store examines both before LMDB sees them, and keeps a
 * checksum of each in the part of the page that LMDB does not use (it writes only bytes 16 to 151):
 *
 *     meta_page     = header:byte*16 meta:byte*136 ... meta_checksum ...      ; at offset 2,048
 *     meta_checksum = transaction:u64 file_size:u64 meta_hash:u64 self_hash:u64
 *                                             ; meta_hash: hash64() of meta
 *                                             ; self_hash: hash64() of the three numbers before it
 *
 * The checksum is written without a sync, after the commit is durable. If the writer is killed or
 * the power fails, it may be one commit older than its page, but never newer. A page without one
 * (32 zero bytes, as another program writes it) is accepted if its content is plausible.
 *
 * Threads: the functions keep no state. */
#ifndef QUERN_COMMON_STORE_STORE_META_H
#define QUERN_COMMON_STORE_STORE_META_H

#include <stdint.h>

#include "common/base/status.h"

/* A B-tree as described in a meta page or in the record of a table (mdb.c: MDB_db). */
struct store_tree {
    uint32_t pad; /* in the tree of the free list: the page size */
    uint16_t flags;
    uint16_t depth;
    uint64_t branches; /* pages of each kind */
    uint64_t leaves;
    uint64_t overflows;
    uint64_t entries; /* keys */
    uint64_t root;    /* a page, or STORE_NO_PAGE if there are no keys */
};
#define STORE_NO_PAGE UINT64_MAX
enum { STORE_DEPTH_MAX = 32 }; /* as LMDB's CURSOR_STACK */

struct store_meta {
    uint64_t transaction; /* number of the newest commit */
    uint64_t file_size;   /* bytes of the file */
    uint64_t used_size;   /* bytes that the newest state may use */
    uint32_t page_size;   /* in bytes */
};

/* Examines the meta pages of the file `fd`; messages name it `path`. Commits may go on meanwhile.
 * ST_CORRUPT: the pages are damaged. ST_SETTINGS: the file was made by another version of LMDB or
 * on another kind of machine. */
enum status store_meta_examine(struct store_meta *out, int fd, const char *path, struct error *err);

/* The trees of commit number `transaction`, and the last page that they may use. */
struct store_roots {
    struct store_tree free, main;
    uint64_t last_page;
};
/* ST_NOT_FOUND: the meta page already shows another commit. ST_EIO: it cannot be read; errno is the
 * cause, or 0 if the file ends there. */
enum status store_meta_roots(struct store_roots *out, int fd, uint32_t page_size,
                             uint64_t transaction);

/* Writes the checksum of the meta page of commit number `transaction`, unless a newer commit has
 * replaced the page. */
enum status store_meta_write_checksum(int fd, uint32_t page_size, uint64_t transaction);

#endif
