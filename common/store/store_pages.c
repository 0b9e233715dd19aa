/* SPDX-License-Identifier: MIT */
/* Checks the pages below LMDB's records: its trees are whole, and no page is used twice.
 *
 * LMDB follows page numbers without checking them. An inner page that is damaged, or was lost on
 * its way to the disk, hides records from look-ups; a page that is in use and also on the free list
 * is overwritten by a later commit. Neither shows in the records themselves.
 *
 * Pages are read from the file, not through the map, and decoded only by the bounds-checked reader.
 * The layout is that of LMDB 0.9 on 64-bit machines (mdb.c: MDB_page, MDB_node, MDB_db; midl.h:
 * MDB_IDL), with the kinds of tables that a store has:
 *
 *     page  = number:u64 pad:u16 flags:u16 lower:u16 upper:u16 offset:u16* ... node*
 *     node  = low:u16 high:u16 more:u16 key_size:u16 key data
 *     large = number:u64 pad:u16 flags:u16 pages:u32 bytes     ; a value of several pages
 *     list  = count:u64 page:u64*         ; a record of the free list, pages in descending order
 *
 * The offsets locate the nodes of a page in key order; `lower` and `upper` bound the free space. In
 * a branch, `low high more` is the number of a child page, whose keys are >= the node's key and
 * below the next node's key; the key of the first node means nothing. In a leaf, `low high` is the
 * size of the data, and `more` says what the data is: 1, the number of a large value's first page;
 * 2, the root of a table's tree. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/codec.h"
#include "common/store/store_meta.h"
#include "common/store/store_private.h"

enum {
    PAGE_HEADER = 16,
    PAGE_BRANCH = 1,
    PAGE_LEAF = 2,
    PAGE_LARGE = 4,
    NODE_HEADER = 8,
    NODE_LARGE = 1,
    NODE_TABLE = 2,
    NUMBER_SIZE = 8, /* a page number as data */
};

enum kind { KIND_FREE, KIND_MAIN, KIND_TABLE };

struct page_walk {
    const struct store *store;
    int fd;
    uint64_t end;    /* number of pages in the file */
    uint8_t *seen;   /* one bit for each page */
    uint8_t *levels; /* one page for each level of a tree, and one for large values */
    struct store_pages *pages;
    /* The tree being walked. */
    enum kind kind;
    bool numbered;           /* its keys are numbers */
    struct store_tree found; /* what was counted in it */
    uint64_t depth;
    /* The tables, as described in the main tree. */
    struct store_tree tables[TABLE_COUNT];
    bool described[TABLE_COUNT];
};

/* A page in memory. */
struct page {
    struct slice bytes;
    uint16_t flags, upper;
    unsigned count; /* of nodes */
};

struct node {
    uint32_t size;  /* of the data in a leaf */
    uint16_t flags; /* kind of the data */
    uint64_t below; /* child page of a branch */
    struct slice key, data;
};

static enum status damaged(const struct page_walk *walk, uint64_t number, const char *what,
                           struct error *err) {
    return error_set(err, ST_CORRUPT, 0, "%s: damaged: page %llu of data.mdb %s; rebuild the index",
                     walk->store->path, (unsigned long long)number, what);
}

static enum status tree_damaged(const struct page_walk *walk, const char *what, struct error *err) {
    return error_set(err, ST_CORRUPT, 0, "%s: damaged: %s; rebuild the index", walk->store->path,
                     what);
}

/* Marks `count` pages from `number` on as used. */
static enum status take(struct page_walk *walk, uint64_t number, uint64_t count,
                        struct error *err) {
    if (number < 2 || number >= walk->end || count > walk->end - number)
        return damaged(walk, number, "is not in the file, but is referred to", err);
    for (uint64_t i = number; i < number + count; i++) {
        uint8_t bit = (uint8_t)(1u << i % 8);
        if (walk->seen[i / 8] & bit)
            return damaged(walk, i,
                           walk->kind == KIND_FREE ? "is free, but also in use or free elsewhere"
                                                   : "is in use twice",
                           err);
        walk->seen[i / 8] |= bit;
    }
    return ST_OK;
}

/* Reads the first `size` bytes of a page. */
static enum status read_page(uint8_t *out, const struct page_walk *walk, uint64_t number,
                             size_t size, struct error *err) {
    for (size_t done = 0; done < size;) {
        ssize_t got = pread(walk->fd, out + done, size - done,
                            (off_t)(number * walk->store->page_size + done));
        if (got == 0)
            return damaged(walk, number, "is cut off", err);
        if (got < 0 && errno != EINTR)
            return error_set(err, ST_EIO, errno, "%s/data.mdb", walk->store->path);
        done += got > 0 ? (size_t)got : 0;
    }
    return ST_OK;
}

/* Decodes the header. False: it is not that of page `number`. */
static bool open_page(struct page *page, uint64_t number, const uint8_t *bytes, uint32_t size) {
    struct reader reader = reader_of(bytes, size);
    bool right = reader_u64(&reader) == number;
    reader_u16(&reader);
    page->bytes = slice_of(bytes, size);
    page->flags = reader_u16(&reader);
    uint16_t lower = reader_u16(&reader);
    page->upper = reader_u16(&reader);
    page->count = (lower - (unsigned)PAGE_HEADER) / 2;
    return right && !reader.bad && lower > PAGE_HEADER && lower % 2 == 0 && lower <= page->upper &&
           page->upper <= size;
}

/* Reads the page from offset `at` on. */
static struct reader reader_at(const struct page *page, size_t at) {
    struct reader reader = reader_of(page->bytes.data, page->bytes.size);
    reader_bytes(&reader, at);
    return reader;
}

static bool read_node(struct node *node, const struct page *page, unsigned index) {
    struct reader reader = reader_at(page, PAGE_HEADER + 2 * (size_t)index);
    uint16_t at = reader_u16(&reader);
    if (reader.bad || at < page->upper || at % 2)
        return false;
    reader = reader_at(page, at);
    uint32_t low = reader_u16(&reader), high = reader_u16(&reader);
    node->flags = reader_u16(&reader);
    node->size = low | high << 16;
    node->below = node->size | (uint64_t)node->flags << 32;
    size_t key = reader_u16(&reader);
    node->key = slice_of(reader_bytes(&reader, key), key);
    if (page->flags == PAGE_BRANCH) {
        node->data = slice_of(NULL, 0);
    } else {
        size_t size = node->flags & NODE_LARGE ? NUMBER_SIZE : node->size;
        node->data = slice_of(reader_bytes(&reader, size), size);
    }
    return !reader.bad;
}

/* The bytes that a node takes in its page. */
static size_t node_size(const struct node *node) {
    return (NODE_HEADER + node->key.size + node->data.size + 1) & ~(size_t)1;
}

static int compare_keys(const struct page_walk *walk, struct slice a, struct slice b) {
    if (!walk->numbered)
        return slice_compare(a, b);
    uint64_t x = get_u64(a.data), y = get_u64(b.data);
    return (x > y) - (x < y);
}

static bool key_fits(const struct page_walk *walk, struct slice key) {
    return walk->numbered ? key.size == sizeof(uint64_t)
                          : key.size >= 1 && key.size <= STORE_KEY_MAX;
}

/* A record of the free list, which may come in parts. */
struct list {
    bool begun;
    uint64_t left, room; /* pages to come; pages that the record has room for */
    uint64_t before;
};

static enum status take_list(struct page_walk *walk, struct list *list, struct slice part,
                             struct error *err) {
    struct reader reader = reader_of(part.data, part.size);
    enum status status = ST_OK;
    if (!list->begun) {
        list->begun = true;
        list->before = UINT64_MAX;
        list->left = reader_u64(&reader);
        if (reader.bad || list->left > list->room)
            return tree_damaged(walk, "a list of free pages is longer than its record", err);
    }
    while (!status && list->left && reader_remaining(&reader)) {
        uint64_t number = reader_u64(&reader);
        if (reader.bad || number >= list->before)
            return tree_damaged(walk, "a list of free pages is out of order", err);
        list->before = number;
        list->left--;
        walk->pages->free++;
        status = take(walk, number, 1, err);
    }
    return status;
}

/* Checks a value of several pages. */
static enum status walk_large(struct page_walk *walk, const struct node *node, struct list *list,
                              struct error *err) {
    uint8_t *page = walk->levels + (size_t)STORE_DEPTH_MAX * walk->store->page_size;
    uint64_t number = get_u64(node->data.data);
    uint64_t needed = ((uint64_t)node->size + PAGE_HEADER - 1) / walk->store->page_size + 1;
    enum status status = take(walk, number, 1, err);
    if (!status)
        status = read_page(page, walk, number, PAGE_HEADER, err);
    if (status)
        return status;
    struct reader header = reader_of(page, PAGE_HEADER);
    bool right = reader_u64(&header) == number;
    reader_u16(&header);
    right &= reader_u16(&header) == PAGE_LARGE;
    uint64_t pages = reader_u32(&header);
    if (!right || pages < needed)
        return damaged(walk, number, "is not the large value that its record expects", err);
    walk->found.overflows += pages;
    if (pages > 1)
        status = take(walk, number + 1, pages - 1, err);
    if (!list)
        return status;
    size_t at = PAGE_HEADER, left = node->size;
    for (uint64_t i = 0; !status && left; i++, at = 0) {
        size_t size = walk->store->page_size - at < left ? walk->store->page_size - at : left;
        status = read_page(page, walk, number + i, at + size, err);
        if (!status)
            status = take_list(walk, list, slice_of(page + at, size), err);
        left -= size;
    }
    return status;
}

/* Takes a record of the main tree, which describes the tree of a table. */
static enum status take_table(struct page_walk *walk, const struct node *node, struct error *err) {
    struct reader reader = reader_of(node->data.data, node->data.size);
    struct store_tree tree = {.pad = reader_u32(&reader)};
    tree.flags = reader_u16(&reader);
    tree.depth = reader_u16(&reader);
    tree.branches = reader_u64(&reader);
    tree.leaves = reader_u64(&reader);
    tree.overflows = reader_u64(&reader);
    tree.entries = reader_u64(&reader);
    tree.root = reader_u64(&reader);
    for (int i = 0; i < TABLE_COUNT; i++) {
        const struct store_table_kind *kind = &store_table_kinds[i];
        if (!slice_equal(node->key, slice_of_string(kind->name)))
            continue;
        if (node->flags != NODE_TABLE || reader.bad || reader_remaining(&reader) ||
            tree.flags != kind->flags)
            break;
        walk->tables[i] = tree;
        walk->described[i] = true;
        return ST_OK;
    }
    return tree_damaged(walk, "the list of tables", err);
}

static enum status take_record(struct page_walk *walk, uint64_t page, const struct node *node,
                               struct error *err) {
    if (walk->kind == KIND_MAIN)
        return take_table(walk, node, err);
    if (node->flags & ~NODE_LARGE)
        return damaged(walk, page, "has a record of an unknown kind", err);
    bool large = node->flags & NODE_LARGE;
    if (walk->kind == KIND_TABLE)
        return large ? walk_large(walk, node, NULL, err) : ST_OK;
    struct list list = {.room = node->size / NUMBER_SIZE - 1};
    if (node->size < NUMBER_SIZE || node->size % NUMBER_SIZE)
        return damaged(walk, page, "has a list of free pages of a wrong size", err);
    return large ? walk_large(walk, node, &list, err) : take_list(walk, &list, node->data, err);
}

/* Whether the nodes fill the page and their keys ascend, from `low` on and below `high` (empty: no
 * bound). The first key of a branch is ignored: LMDB follows that node for all keys below the
 * second. */
static bool nodes_are_sound(const struct page_walk *walk, const struct page *page, struct slice low,
                            struct slice high) {
    bool branch = page->flags == PAGE_BRANCH;
    struct slice before = low;
    size_t used = 0;
    for (unsigned i = 0; i < page->count; i++) {
        struct node node;
        if (!read_node(&node, page, i))
            return false;
        used += node_size(&node);
        if (branch && i == 0)
            continue;
        if (!key_fits(walk, node.key))
            return false;
        int order = before.size ? compare_keys(walk, node.key, before) : 1;
        if (order < 0 || (order == 0 && (branch || i > 0)))
            return false;
        before = node.key;
    }
    return used == page->bytes.size - page->upper &&
           (!high.size || !before.size || compare_keys(walk, before, high) < 0);
}

/* Checks a page and all pages below it, whose keys are >= low and < high. One page of each level
 * stays in memory, as its keys are the bounds of the levels below. */
static enum status walk_page(struct page_walk *walk, unsigned level, uint64_t number,
                             struct slice low, struct slice high, struct error *err) {
    uint8_t *bytes = walk->levels + (size_t)level * walk->store->page_size;
    bool branch = level + 1 < walk->depth;
    struct page page;
    enum status status = take(walk, number, 1, err);
    if (!status)
        status = read_page(bytes, walk, number, walk->store->page_size, err);
    if (status)
        return status;
    if (!open_page(&page, number, bytes, walk->store->page_size) ||
        page.flags != (branch ? PAGE_BRANCH : PAGE_LEAF) ||
        (branch && walk->kind != KIND_FREE && page.count < 2))
        return damaged(walk, number, "is not the page that its tree expects there", err);
    if (!nodes_are_sound(walk, &page, low, high))
        return damaged(walk, number, "contradicts itself or its tree", err);
    if (!branch) {
        walk->found.leaves++;
        walk->found.entries += page.count;
    } else {
        walk->found.branches++;
    }
    struct node node, next;
    read_node(&next, &page, 0);
    for (unsigned i = 0; i < page.count && !status; i++) {
        node = next;
        bool last = i + 1 == page.count;
        if (!last)
            read_node(&next, &page, i + 1);
        status = branch ? walk_page(walk, level + 1, node.below, i ? node.key : low,
                                    last ? high : next.key, err)
                        : take_record(walk, number, &node, err);
    }
    return status;
}

static enum status walk_tree(struct page_walk *walk, enum kind kind, bool numbered,
                             const struct store_tree *tree, const char *name, struct error *err) {
    const struct slice unbounded = {0};
    struct store_tree found = {.root = tree->root};
    char what[64];
    walk->kind = kind;
    walk->numbered = numbered;
    walk->depth = tree->depth;
    walk->found = found;
    bool empty = tree->root == STORE_NO_PAGE;
    enum status status = ST_OK;
    if (!empty && tree->depth >= 1 && tree->depth <= STORE_DEPTH_MAX)
        status = walk_page(walk, 0, tree->root, unbounded, unbounded, err);
    if (status)
        return status;
    found = walk->found;
    walk->pages->used += found.branches + found.leaves + found.overflows;
    if (tree->depth <= STORE_DEPTH_MAX && empty == (tree->depth == 0) &&
        found.branches == tree->branches && found.leaves == tree->leaves &&
        found.overflows == tree->overflows && found.entries == tree->entries)
        return ST_OK;
    snprintf(what, sizeof what, "%s has other pages or records than it counts", name);
    return tree_damaged(walk, what, err);
}

static enum status walk_trees(struct page_walk *walk, const struct store_roots *roots, bool all,
                              struct error *err) {
    enum status status = walk_tree(walk, KIND_MAIN, false, &roots->main, "the list of tables", err);
    for (int i = 0; i < TABLE_COUNT && !status; i++) {
        const struct store_table_kind *kind = &store_table_kinds[i];
        if (!all && i != TABLE_META)
            continue;
        if (walk->described[i])
            status = walk_tree(walk, KIND_TABLE, kind->flags & MDB_INTEGERKEY, &walk->tables[i],
                               kind->name, err);
        else
            status = tree_damaged(walk, "a table is missing", err);
    }
    /* Last, so that a page with two uses is reported as one that is said to be free. */
    if (!status)
        status = walk_tree(walk, KIND_FREE, true, &roots->free, "the list of free pages", err);
    return status;
}

/* The roots that the transaction sees. LMDB does not tell where they are, so they are read from the
 * meta page, which the next commit but one rewrites: it is certainly whole only while there is no
 * newer commit. */
static enum status find_roots(struct store_roots *roots, struct page_walk *walk,
                              struct store_txn *txn, struct error *err) {
    const struct store *store = txn->store;
    MDB_envinfo info;
    if (mdb_env_get_fd(store->env, &walk->fd))
        return error_set(err, ST_EIO, 0, "%s/data.mdb: is not open", store->path);
    enum status status = store_meta_roots(roots, walk->fd, store->page_size, mdb_txn_id(txn->txn));
    if (status == ST_EIO)
        return error_set(err, ST_EIO, errno, "%s/data.mdb: cannot be read", store->path);
    mdb_env_info(store->env, &info);
    if (status || info.me_last_txnid != mdb_txn_id(txn->txn))
        return error_set(err, ST_BUSY, 0, "%s: was written to while it was opened; run again",
                         store->path);
    return ST_OK;
}

static enum status check(struct store_pages *pages, struct store_txn *txn, bool all,
                         struct error *err) {
    struct page_walk walk = {.store = txn->store, .pages = pages};
    struct store_roots roots;
    struct stat stat;
    *pages = (struct store_pages){.used = 2}; /* the meta pages */
    enum status status = find_roots(&roots, &walk, txn, err);
    if (status)
        return status;
    if (fstat(walk.fd, &stat) < 0)
        return error_set(err, ST_EIO, errno, "%s/data.mdb", txn->store->path);
    /* The last pages of the file may be missing if they are free, but not most of its pages. */
    walk.end = roots.last_page + 1;
    if (walk.end / 8 > (uint64_t)stat.st_size)
        return tree_damaged(&walk, "the file is cut off", err);
    walk.seen = calloc(walk.end / 8 + 1, 1);
    walk.levels = malloc((STORE_DEPTH_MAX + (size_t)1) * txn->store->page_size);
    status = walk.seen && walk.levels ? walk_trees(&walk, &roots, all, err) : error_nomem(err);
    free(walk.seen);
    free(walk.levels);
    if (!status)
        pages->leaked = walk.end - pages->used - pages->free;
    return status;
}

enum status store_pages_check(struct store_pages *pages, struct store_txn *txn, struct error *err) {
    return check(pages, txn, true, err);
}

enum status store_pages_check_rewritten(struct store_txn *txn, struct error *err) {
    struct store_pages pages;
    return check(&pages, txn, false, err);
}
