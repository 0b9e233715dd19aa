/* Chunks: the unit in which a segment's bytes lie in LMDB.
 *
 * A segment is several streams; a stream is a sequence of chunks; a chunk is one LMDB value of at
 * most CHUNK_SIZE bytes: 16 pages less LMDB's own 16-byte header, so that it fills whole pages. An
 * item (a block of postings, say) never straddles two chunks and is named by its address: chunk <<
 * 16 | offset.
 *
 *     chunk    := checksum{16} data          each checksum u32, little-endian
 *     checksum := of the bytes of the chunk that lie on one page of the file, the table itself
 * excepted, seeded with segment, stream, chunk and page
 *
 * Pages are checked one by one when first touched, so a query pays for what it reads: about 0.2 us
 * a page (XXH3), beside the page fault it causes anyway. */
#ifndef QUERN_COMMON_STORE_CHUNK_H
#define QUERN_COMMON_STORE_CHUNK_H

#include <signal.h>

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/store/store.h"

/* The streams of a segment. The numbers are part of the format. */
enum { STREAM_MAX = 16 }; /* streams that a segment may have */

enum stream {
    STREAM_POSTINGS,   /* document gaps and frequencies (postings.h) */
    STREAM_SKIPS,      /* an entry for each block of a list of several (postings.h) */
    STREAM_POSITIONS,  /* where in the documents (postings.h) */
    STREAM_NORMS,      /* a byte a document (norm.h) */
    STREAM_IDS,        /* document ids, hashed -> document numbers (ids.h) */
    STREAM_ID_INDEX,   /* ... and where its pages are */
    STREAM_DOCS,       /* what is stored of documents, in compressed blocks (docs.h) */
    STREAM_DOC_INDEX,  /* ... and where its blocks are */
    STREAM_TEXT,       /* their text, in compressed blocks */
    STREAM_TEXT_INDEX, /* ... and where its blocks are */
    STREAM_COUNT,
};

enum {
    CHUNK_PAGE_COUNT = 16,
    CHUNK_PAGE_SIZE = 4096,
    CHUNK_SIZE = CHUNK_PAGE_COUNT * CHUNK_PAGE_SIZE - 16,
    CHUNK_HEADER_SIZE = 4 * CHUNK_PAGE_COUNT,         /* the checksums */
    CHUNK_DATA_SIZE = CHUNK_SIZE - CHUNK_HEADER_SIZE, /* the largest item */
    CHUNK_PAGE_BIAS = 16, /* the chunk starts so far into its first page */
};

static inline uint64_t chunk_address(uint32_t chunk, uint32_t offset) {
    return (uint64_t)chunk << 16 | offset;
}

/* The address of item `number` of a stream of items of `size` bytes, of which each chunk has as many
 * as it can hold. */
static inline uint64_t chunk_item_address(uint64_t number, uint32_t size) {
    const uint32_t count = CHUNK_DATA_SIZE / size;
    return chunk_address((uint32_t)(number / count),
                         CHUNK_HEADER_SIZE + size * (uint32_t)(number % count));
}

/* How many bytes of data lie between two addresses of a stream, and the address so many bytes on:
 * what a list keeps of places near its beginning takes 4 bytes. */
static inline uint64_t chunk_distance(uint64_t from, uint64_t to) {
    uint64_t chunks = (to >> 16) - (from >> 16);
    return chunks * CHUNK_DATA_SIZE + (to & 0xffff) - (from & 0xffff);
}

static inline uint64_t chunk_advance(uint64_t from, uint64_t distance) {
    uint64_t offset = (from & 0xffff) - CHUNK_HEADER_SIZE + distance;
    return from - (from & 0xffff) + (offset / CHUNK_DATA_SIZE << 16) + offset % CHUNK_DATA_SIZE +
           CHUNK_HEADER_SIZE;
}

/* Where new segments are written: a write transaction that is committed and begun again whenever it
 * has put so much that the next chunk might pass STORE_TXN_BYTES. What it wrote before is then on
 * disk but belongs to no published segment, so nobody sees it. */
struct chunk_sink {
    struct store *store;
    struct store_txn *txn;  /* NULL: none open */
    uint64_t max_txn_bytes; /* bytes after which a transaction is committed; 0: STORE_TXN_BYTES */
    uint64_t bytes;         /* put so far, over all transactions */
    /* Once it is other than 0, nothing more is put; NULL: nobody asks for that. */
    const volatile sig_atomic_t *stop;
};

/* ST_INTERRUPTED when the sink was told to stop. */
enum status chunk_sink_check(const struct chunk_sink *sink, struct error *err);

/* Puts a value, opening a transaction when there is none. Checks first whether to stop. */
enum status chunk_sink_put(struct chunk_sink *sink, enum store_table table, struct slice key,
                           struct slice value, struct error *err);
/* Ends the open transaction, if any. */
enum status chunk_sink_commit(struct chunk_sink *sink, struct error *err);
void chunk_sink_abort(struct chunk_sink *sink);

/* One stream being written. */
struct chunk_writer {
    struct chunk_sink *sink;
    uint32_t segment;
    enum stream stream;
    uint32_t chunk; /* number of the chunk being filled = chunks written so far */
    uint32_t size;  /* bytes of it that are used, 0: not begun */
    uint8_t *data;  /* CHUNK_SIZE bytes, owned; allocated with the first item */
};

void chunk_writer_init(struct chunk_writer *writer, struct chunk_sink *sink, uint32_t segment,
                       enum stream stream);
void chunk_writer_release(struct chunk_writer *writer);
/* Room for an item of `size` <= CHUNK_DATA_SIZE bytes: sets *dest, to be filled before the next call,
 * and *address. An item that does not fit behind the last one starts a new chunk. */
enum status chunk_writer_reserve(uint8_t **dest, uint64_t *address, struct chunk_writer *writer,
                                 uint32_t size, struct error *err);
/* Copies an item into dest. */
enum status chunk_writer_add(uint64_t *address, struct chunk_writer *writer, const void *item,
                             uint32_t size, struct error *err);
/* Writes the chunk being filled: the next item starts a new one. Also what ends a stream. */
enum status chunk_writer_flush(struct chunk_writer *writer, struct error *err);

/* Reading: all streams of a segment. */
struct chunk_ref {
    const uint8_t *data; /* in the map; NULL: not looked up yet */
    uint32_t size;
    uint32_t verified; /* bit p: page p was checked */
};

struct chunk_reader {
    struct store_txn *txn;
    uint32_t segment;
    uint32_t chunks[STREAM_MAX];
    struct chunk_ref *refs[STREAM_MAX]; /* owned; allocated on first use of a stream */
    enum status status;                 /* the first failure */
    struct error error;
};

void chunk_reader_init(struct chunk_reader *reader, struct store_txn *txn, uint32_t segment,
                       const uint32_t chunks[STREAM_MAX]);
void chunk_reader_release(struct chunk_reader *reader);

/* Keep a failure, unless there is one already: any that the caller met, out of memory, or "damaged
 * WHAT", which returns false. */
void chunk_reader_fail(struct chunk_reader *reader, const struct error *failure);
void chunk_reader_fail_nomem(struct chunk_reader *reader);
bool chunk_reader_damaged(struct chunk_reader *reader, const char *what);

/* The slow path of chunk_read(): looks the chunk up, checks the pages. */
const uint8_t *chunk_read_slow(struct chunk_reader *reader, enum stream stream, uint64_t address,
                               uint32_t size);

/* The `size` bytes at `address`, checked, or NULL: reader->status says why. */
static inline const uint8_t *chunk_read(struct chunk_reader *reader, enum stream stream,
                                        uint64_t address, uint32_t size) {
    uint32_t offset = (uint32_t)address & 0xffff;
    uint64_t number = address >> 16;
    if (reader->refs[stream] && number < reader->chunks[stream]) {
        const struct chunk_ref *ref = &reader->refs[stream][number];
        if (ref->data && offset >= CHUNK_HEADER_SIZE && size && size <= ref->size &&
            offset <= ref->size - size) {
            uint32_t first = (offset + CHUNK_PAGE_BIAS) / CHUNK_PAGE_SIZE;
            uint32_t last = (offset + size + CHUNK_PAGE_BIAS - 1) / CHUNK_PAGE_SIZE;
            uint32_t pages = (2u << last) - (1u << first);
            if ((ref->verified & pages) == pages)
                return ref->data + offset;
        }
    }
    return chunk_read_slow(reader, stream, address, size);
}

/* The slow path of chunk_bytes_left(): looks the chunk up. */
uint32_t chunk_bytes_left_slow(struct chunk_reader *reader, enum stream stream, uint64_t address);

/* How many bytes lie between `address` and the end of its chunk, or 0 when there is no such dest.
 */
static inline uint32_t chunk_bytes_left(struct chunk_reader *reader, enum stream stream,
                                        uint64_t address) {
    uint32_t offset = (uint32_t)address & 0xffff;
    uint64_t number = address >> 16;
    if (reader->refs[stream] && number < reader->chunks[stream]) {
        const struct chunk_ref *ref = &reader->refs[stream][number];
        if (offset >= CHUNK_HEADER_SIZE && offset < ref->size)
            return ref->size - offset;
    }
    return chunk_bytes_left_slow(reader, stream, address);
}

#endif
