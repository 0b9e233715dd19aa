/* The two meta pages with which an LMDB data file begins: examined before LMDB maps the file, and
 * sealed after each commit.
 *
 * LMDB believes its meta pages. A damaged one makes it divide by zero, follow wild page numbers, or
 * fall back to an older state without a word. So a store looks at both before it lets LMDB see
 * them, and keeps a checksum of each in the part of the page that LMDB leaves alone (it writes
 * bytes 16 to 151 only):
 *
 *     meta-page := page-header{16} meta{136} ... seal{32 at 2048} ...
 *     seal      := transaction{u64} file-size{u64} hash-of-meta{u64} hash-of-seal{u64}
 *
 * A seal is written without a sync of its own, after the commit is durable; so it may be one commit
 * older than its page (the writer was killed, or the power went), never newer. A page without a
 * seal (32 zero bytes: the file was written by another program) is believed when it looks sane.
 *
 * Threads: all functions are pure but for the file. */
#ifndef QUERN_COMMON_STORE_STORE_META_H
#define QUERN_COMMON_STORE_STORE_META_H

#include <stdint.h>

#include "common/base/status.h"

/* A B-tree, as a meta page or the record of a table describes it (mdb.c: MDB_db). */
struct store_tree {
    uint32_t pad; /* of the free list: the page size */
    uint16_t flags;
    uint16_t depth;
    uint64_t branches; /* pages of each kind */
    uint64_t leaves;
    uint64_t overflows;
    uint64_t entries; /* keys */
    uint64_t root;    /* a page, or STORE_NO_PAGE when there are no keys */
};
#define STORE_NO_PAGE UINT64_MAX
enum { STORE_DEPTH_MAX = 32 }; /* of a tree: CURSOR_STACK */

struct store_meta {
    uint64_t transaction; /* number of the newest commit */
    uint64_t file;        /* bytes of the file */
    uint64_t needed;      /* bytes of it that its newest state may use */
    uint32_t page;        /* bytes of a page */
};

/* Examines the meta pages of the file `fd`, whose path goes into messages. Commits may go on
 * meanwhile. ST_CORRUPT: damaged; ST_SETTINGS: another version of LMDB, or another kind of machine.
 */
enum status store_meta_examine(struct store_meta *out, int fd, const char *path, struct error *err);

/* The trees that commit number `transaction` left, and the last page that they may use. */
struct store_roots {
    struct store_tree free, main;
    uint64_t last_page;
};
/* ST_NOT_FOUND: the meta page shows another commit by now; ST_EIO: errno says why, or is 0. */
enum status store_meta_roots(struct store_roots *out, int fd, uint32_t page, uint64_t transaction);

/* Seals the meta page of the newest commit: `transaction` is its number. Fails with a status only.
 */
enum status store_meta_write_checksum(int fd, uint32_t page, uint64_t transaction);

#endif
