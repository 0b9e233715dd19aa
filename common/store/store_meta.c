/* SPDX-License-Identifier: MIT */
/* Examines LMDB's meta pages and writes their checksums. */
#include "common/store/store_meta.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/base/codec.h"

/* The layout of LMDB 0.9 on a 64-bit machine, in native byte order (mdb.c: MDB_page, MDB_meta,
 * MDB_db). It has not changed since 2011; another layout has another magic number or version. */
enum {
    META_MAGIC_OFFSET = 16,      /* after the page header of a 64-bit machine */
    META_MAGIC_OFFSET_32 = 12,   /* ... of a 32-bit one */
    META_CHECKSUM_OFFSET = 2048, /* far from the sectors that LMDB writes, in the smallest page */
    META_READ = 4096,            /* bytes of a page that are examined */
    META_PAGE_MIN = 4096,        /* LMDB uses the system's page size ... */
    META_PAGE_MAX = 32768,       /* ... up to this */
    META_PAGE_FLAG = 0x08,       /* P_META */
    META_FREE_FLAGS = 0x08,      /* MDB_INTEGERKEY, without flags that we never set */
    META_ATTEMPTS = 5,           /* to read pages that a commit may be changing */
    META_PAUSE_NS = 250 * 1000,
};
static const uint32_t META_MAGIC = 0xBEEFC0DE;
static const uint32_t META_VERSION = 1;

struct page_header {
    uint64_t number;
    uint16_t pad;
    uint16_t flags;
    uint32_t bounds;
};

struct meta {
    uint32_t magic;
    uint32_t version;
    uint64_t address;
    uint64_t map;
    struct store_tree free;
    struct store_tree main;
    uint64_t last_page;
    uint64_t transaction;
};

struct meta_checksum {
    uint64_t transaction;
    uint64_t file;
    uint64_t meta; /* hash64() of struct meta */
    uint64_t self; /* hash64() of the members above */
};

_Static_assert(sizeof(size_t) == 8, "the layout is that of 64-bit machines");
_Static_assert(sizeof(struct page_header) == META_MAGIC_OFFSET, "MDB_page");
_Static_assert(sizeof(struct meta) == 136, "MDB_meta");
_Static_assert(sizeof(struct meta_checksum) == 32, "meta_checksum");

/* Both pages, read at one time. */
struct image {
    struct page_header header[2];
    struct meta meta[2];
    struct meta_checksum checksum[2];
    uint64_t file;
};

static uint64_t checksum_hash(const struct meta_checksum *checksum) {
    return hash64(checksum, offsetof(struct meta_checksum, self), 0);
}

static void image_take(struct image *image, int which, const uint8_t *page) {
    memcpy(&image->header[which], page, sizeof image->header[which]);
    memcpy(&image->meta[which], page + META_MAGIC_OFFSET, sizeof image->meta[which]);
    memcpy(&image->checksum[which], page + META_CHECKSUM_OFFSET, sizeof image->checksum[which]);
}

/* Reads *image. Returns what is wrong with the file as a whole, or NULL. */
static const char *image_read(struct image *image, enum status *status, int fd) {
    uint8_t pages[2 * META_READ];
    *status = ST_EIO;
    ssize_t size = pread(fd, pages, sizeof pages, 0);
    if (size < 0)
        return "cannot be read";
    *status = ST_CORRUPT;
    if (size < (ssize_t)sizeof pages)
        return "is cut off";
    image_take(image, 0, pages);
    uint32_t stride = image->meta[0].free.pad;
    if (stride > META_READ && stride <= META_PAGE_MAX && image->meta[0].magic == META_MAGIC) {
        size = pread(fd, pages + META_READ, META_READ, stride);
        if (size < 0) {
            *status = ST_EIO;
            return "cannot be read";
        }
        if (size < META_READ)
            return "is cut off";
    }
    image_take(image, 1, pages + META_READ);
    /* Examined after the pages: the file only grows, so no commit makes it look too short. */
    struct stat stat;
    *status = ST_EIO;
    if (fstat(fd, &stat) < 0)
        return "cannot be examined";
    image->file = (uint64_t)stat.st_size;
    uint32_t magic_32;
    memcpy(&magic_32, pages + META_MAGIC_OFFSET_32, sizeof magic_32);
    *status = ST_SETTINGS;
    if (magic_32 == META_MAGIC || image->meta[0].magic == __builtin_bswap32(META_MAGIC))
        return "was made on another kind of machine";
    if (image->meta[0].magic == META_MAGIC && image->meta[0].version != META_VERSION &&
        image->meta[1].magic == META_MAGIC && image->meta[1].version == image->meta[0].version)
        return "was made by another version of LMDB";
    *status = ST_OK;
    return NULL;
}

static bool tree_is_sound(const struct store_tree *tree, uint16_t flags, const struct meta *meta,
                          uint64_t file) {
    if (tree->flags != flags || tree->depth > STORE_DEPTH_MAX)
        return false;
    if (tree->root == STORE_NO_PAGE)
        return tree->entries == 0;
    return tree->root >= 2 && tree->root <= meta->last_page && tree->root < file / meta->free.pad &&
           tree->depth > 0;
}

/* Returns what is wrong with the meta pages, or NULL. *newest is the one that LMDB will choose. */
static const char *image_fault(int *newest, const struct image *image) {
    for (int i = 0; i < 2; i++) {
        const struct meta *meta = &image->meta[i];
        uint32_t page = meta->free.pad;
        if (image->header[i].flags != META_PAGE_FLAG || meta->magic != META_MAGIC ||
            meta->version != META_VERSION || (meta->transaction & 1) != (uint64_t)i)
            return "a meta page is damaged";
        if (page < META_PAGE_MIN || page > META_PAGE_MAX || (page & (page - 1)) ||
            page != image->meta[0].free.pad)
            return "the page size of a meta page is damaged";
        const struct meta_checksum *checksum = &image->checksum[i];
        static const struct meta_checksum none;
        if (memcmp(checksum, &none, sizeof none) == 0)
            continue;
        if (checksum->self != checksum_hash(checksum))
            return "the checksum of a meta page is damaged";
        if (checksum->transaction > meta->transaction)
            return "a meta page shows an older state than was committed";
        if (checksum->file > image->file)
            return "the file is cut off";
    }
    *newest = image->meta[1].transaction > image->meta[0].transaction;
    const struct meta *new = &image->meta[*newest];
    const struct meta_checksum *checksum = &image->checksum[*newest];
    if (new->transaction - image->meta[!*newest].transaction != 1)
        return "the meta pages do not follow each other";
    /* The older page is not compared: it may be half of a commit that a power failure
     * interrupted. */
    if (checksum->transaction == new->transaction && checksum->meta != hash64(new, sizeof *new, 0))
        return "a meta page does not match its checksum";
    if (new->last_page < 1 || new->last_page > (UINT64_C(1) << 62) / new->free.pad ||
        !tree_is_sound(&new->free, META_FREE_FLAGS, new, image->file) ||
        !tree_is_sound(&new->main, 0, new, image->file))
        return "a meta page contradicts itself";
    return NULL;
}

enum status store_meta_examine(struct store_meta *out, int fd, const char *path,
                               struct error *err) {
    const char *fault = NULL;
    enum status status = ST_CORRUPT;
    /* A commit may change a page between the two reads, and a read may see half of a write. The
     * next attempt finds both whole. */
    for (int attempt = 0; attempt < META_ATTEMPTS; attempt++) {
        if (attempt)
            nanosleep(&(struct timespec){.tv_nsec = META_PAUSE_NS}, NULL);
        struct image image;
        int newest = 0;
        fault = image_read(&image, &status, fd);
        if (status == ST_EIO)
            return error_set(err, ST_EIO, errno, "%s: %s", path, fault);
        if (!fault) {
            status = ST_CORRUPT;
            fault = image_fault(&newest, &image);
        }
        if (fault)
            continue;
        const struct meta *meta = &image.meta[newest];
        *out = (struct store_meta){.transaction = meta->transaction,
                                   .file_size = image.file,
                                   .used_size = (meta->last_page + 1) * meta->free.pad,
                                   .page_size = meta->free.pad};
        return ST_OK;
    }
    if (status == ST_SETTINGS)
        return error_set(err, status, 0, "%s: %s; rebuild the index", path, fault);
    return error_set(err, ST_CORRUPT, 0, "%s: damaged: %s; rebuild the index", path, fault);
}

/* The offset of the meta page that this transaction writes. */
static off_t meta_at(uint32_t page_size, uint64_t transaction) {
    return (off_t)page_size * (off_t)(transaction & 1);
}

static enum status meta_read(struct meta *meta, int fd, off_t at) {
    errno = 0; /* a short read does not set it */
    return pread(fd, meta, sizeof *meta, at + META_MAGIC_OFFSET) == (ssize_t)sizeof *meta ? ST_OK
                                                                                          : ST_EIO;
}

enum status store_meta_roots(struct store_roots *out, int fd, uint32_t page_size,
                             uint64_t transaction) {
    struct meta meta;
    if (meta_read(&meta, fd, meta_at(page_size, transaction)))
        return ST_EIO;
    *out = (struct store_roots){meta.free, meta.main, meta.last_page};
    return meta.transaction == transaction ? ST_OK : ST_NOT_FOUND;
}

enum status store_meta_write_checksum(int fd, uint32_t page_size, uint64_t transaction) {
    off_t at = meta_at(page_size, transaction);
    struct meta meta;
    if (meta_read(&meta, fd, at))
        return ST_EIO;
    if (meta.transaction != transaction)
        return ST_OK; /* a newer commit replaced the page, and its writer sets the checksum */
    struct stat stat;
    if (fstat(fd, &stat) < 0)
        return ST_EIO;
    struct meta_checksum checksum = {.transaction = meta.transaction,
                                     .file = (uint64_t)stat.st_size,
                                     .meta = hash64(&meta, sizeof meta, 0)};
    checksum.self = checksum_hash(&checksum);
    /* An old checksum does no harm, but half of a new one would pass for damage. */
    const uint8_t *bytes = (const uint8_t *)&checksum;
    for (size_t done = 0; done < sizeof checksum;) {
        ssize_t size = pwrite(fd, bytes + done, sizeof checksum - done,
                              at + META_CHECKSUM_OFFSET + (off_t)done);
        if (size <= 0)
            return ST_EIO;
        done += (size_t)size;
    }
    return ST_OK;
}
