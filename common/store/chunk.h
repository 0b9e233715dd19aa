/* SPDX-License-Identifier: MIT */
/* Chunks: the unit in which the bytes of a segment are stored in LMDB.
 *
 * A segment has several streams; a stream is a sequence of chunks; a chunk is one LMDB value of at
 * most CHUNK_SIZE bytes: 16 pages less LMDB's own header of 16 bytes, so that it fills whole pages.
 * An item, such as a block of postings, never straddles two chunks. Its address is chunk << 16 |
 * offset.
 *
 *     chunk    = checksum*16 data
 *     checksum = u32       ; of the chunk's data on one page of the file; seeded with segment,
 *                          ; stream, chunk, page and the size of the chunk
 *
 * Each page is verified when it is first touched, so a query pays only for what it reads: about 0.2
 * us a page (XXH3), on top of the page fault. */
#ifndef QUERN_COMMON_STORE_CHUNK_H
#define QUERN_COMMON_STORE_CHUNK_H

#include <signal.h>

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/store/store.h"

enum { STREAM_MAX = 16 }; /* streams that the format has room for */

/* The streams of a segment. The numbers are part of the format. */
enum stream {
    STREAM_POSTINGS,     /* gaps between documents, and frequencies (postings.h) */
    STREAM_SKIPS,        /* an entry for each block of a long list (postings.h) */
    STREAM_POSITIONS,    /* token positions (positions.h) */
    STREAM_NORMS,        /* one byte for each document: its length (norm.h) */
    STREAM_IDS,          /* hashed document ids -> document numbers (id_index.h) */
    STREAM_ID_INDEX,     /* ... and where its pages are */
    STREAM_DOCS,         /* compressed document records (doc_store.h) */
    STREAM_DOC_INDEX,    /* ... and where its blocks are */
    STREAM_TEXT,         /* compressed texts (doc_store.h) */
    STREAM_TEXT_INDEX,   /* ... and where its blocks are */
    STREAM_FIELD_NORMS,  /* norms of single fields (norm.h) */
    STREAM_COLUMNS,      /* values of fields by document (column_block.h) */
    STREAM_COLUMN_INDEX, /* ... and where their blocks are (column_reader.h) */
    STREAM_VALUES,       /* the distinct values of keywords (value_table.h) */
    STREAM_FORMS,        /* words as they stand in texts (form_block.h) */
    STREAM_FORM_INDEX,   /* ... and where their blocks are (form_writer.h) */
    STREAM_COUNT,
};

enum {
    CHUNK_PAGE_COUNT = 16,
    CHUNK_PAGE_SIZE = 4096,
    CHUNK_SIZE = CHUNK_PAGE_COUNT * CHUNK_PAGE_SIZE - 16,
    CHUNK_HEADER_SIZE = 4 * CHUNK_PAGE_COUNT,         /* the checksums */
    CHUNK_DATA_SIZE = CHUNK_SIZE - CHUNK_HEADER_SIZE, /* the largest item */
    CHUNK_PAGE_BIAS = 16,                             /* offset of the chunk in its first page */
};

static inline uint64_t chunk_address(uint32_t chunk, uint32_t offset) {
    return (uint64_t)chunk << 16 | offset;
}

/* The address of item `number` in a stream of items of `size` bytes, when each chunk is full of
 * them. */
static inline uint64_t chunk_item_address(uint64_t number, uint32_t size) {
    const uint32_t count = CHUNK_DATA_SIZE / size;
    return chunk_address((uint32_t)(number / count),
                         CHUNK_HEADER_SIZE + size * (uint32_t)(number % count));
}

/* The number of data bytes between two addresses of a stream, and the address that many bytes after
 * another. Distances within a list fit into 4 bytes. */
static inline uint64_t chunk_distance(uint64_t from, uint64_t to) {
    uint64_t chunks = (to >> 16) - (from >> 16);
    return chunks * CHUNK_DATA_SIZE + (to & 0xffff) - (from & 0xffff);
}

static inline uint64_t chunk_advance(uint64_t from, uint64_t distance) {
    uint64_t offset = (from & 0xffff) - CHUNK_HEADER_SIZE + distance;
    return from - (from & 0xffff) + (offset / CHUNK_DATA_SIZE << 16) + offset % CHUNK_DATA_SIZE +
           CHUNK_HEADER_SIZE;
}

/* Where new segments are written: a write transaction that is committed and begun again whenever
 * the next chunk might pass its limit. What was committed that way belongs to no segment of the
 * catalog, so nobody sees it. */
struct chunk_sink {
    struct store *store;
    struct store_txn *txn;  /* NULL: none is open */
    uint64_t max_txn_bytes; /* commits when a transaction passes this; 0: STORE_TXN_BYTES */
    uint64_t bytes;         /* put so far, in all transactions */
    /* Nothing more is put once it is not 0. NULL: nothing interrupts. */
    const volatile sig_atomic_t *stop;
};

/* ST_INTERRUPTED: sink->stop is set. */
enum status chunk_sink_check(const struct chunk_sink *sink, struct error *err);

/* Puts a value, and begins a transaction if none is open. ST_INTERRUPTED: sink->stop is set. */
enum status chunk_sink_put(struct chunk_sink *sink, enum store_table table, struct slice key,
                           struct slice value, struct error *err);
/* Commit or abort the open transaction, if any. */
enum status chunk_sink_commit(struct chunk_sink *sink, struct error *err);
void chunk_sink_abort(struct chunk_sink *sink);

/* Writes one stream. */
struct chunk_writer {
    struct chunk_sink *sink;
    uint32_t segment;
    enum stream stream;
    uint32_t chunk; /* number of the chunk being filled, and so how many are written */
    uint32_t size;  /* bytes used of it; 0: it is not begun */
    uint8_t *data;  /* CHUNK_SIZE bytes, owned; allocated for the first item */
};

void chunk_writer_init(struct chunk_writer *writer, struct chunk_sink *sink, uint32_t segment,
                       enum stream stream);
void chunk_writer_release(struct chunk_writer *writer);
/* Makes room for an item of `size` <= CHUNK_DATA_SIZE bytes at *dest, which the caller fills before
 * the next call, and sets its address. An item that does not fit begins a new chunk. */
enum status chunk_writer_reserve(uint8_t **dest, uint64_t *address, struct chunk_writer *writer,
                                 uint32_t size, struct error *err);
/* Appends a copy of the item. */
enum status chunk_writer_add(uint64_t *address, struct chunk_writer *writer, const void *item,
                             uint32_t size, struct error *err);
/* Writes the chunk that is being filled, so that the next item begins a new one. The last call ends
 * the stream. */
enum status chunk_writer_flush(struct chunk_writer *writer, struct error *err);

/* A chunk that was looked up. */
struct chunk_ref {
    const uint8_t *data; /* in the map; NULL: not looked up yet */
    uint32_t size;
    uint32_t verified; /* bit p is set when page p was verified */
};

/* Reads all streams of a segment. */
struct chunk_reader {
    struct store_txn *txn;
    uint32_t segment;
    uint32_t chunk_counts[STREAM_MAX];
    struct chunk_ref *refs[STREAM_MAX]; /* owned; allocated when a stream is first used */
    enum status status;                 /* the first failure */
    struct error error;
};

/* `chunks` has the number of chunks of each stream. The transaction outlives the reader. */
void chunk_reader_init(struct chunk_reader *reader, struct store_txn *txn, uint32_t segment,
                       const uint32_t chunks[STREAM_MAX]);
void chunk_reader_release(struct chunk_reader *reader);

/* Keep a failure, unless there is one already: any failure, out of memory, or "damaged WHAT". The
 * last returns false. */
void chunk_reader_fail(struct chunk_reader *reader, const struct error *failure);
void chunk_reader_fail_nomem(struct chunk_reader *reader);
bool chunk_reader_damaged(struct chunk_reader *reader, const char *what);

/* The slow path of chunk_read(): looks up the chunk and verifies its pages. */
const uint8_t *chunk_read_slow(struct chunk_reader *reader, enum stream stream, uint64_t address,
                               uint32_t size);

/* The `size` bytes at `address`, if they were verified before; else NULL. */
static inline const uint8_t *chunk_peek(const struct chunk_reader *reader, enum stream stream,
                                        uint64_t address, uint32_t size) {
    uint32_t offset = (uint32_t)address & 0xffff;
    uint64_t number = address >> 16;
    if (reader->refs[stream] && number < reader->chunk_counts[stream]) {
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
    return NULL;
}

/* The `size` bytes at `address`, verified; NULL on failure, which reader->status keeps. */
static inline const uint8_t *chunk_read(struct chunk_reader *reader, enum stream stream,
                                        uint64_t address, uint32_t size) {
    const uint8_t *bytes = chunk_peek(reader, stream, address, size);
    return bytes ? bytes : chunk_read_slow(reader, stream, address, size);
}

/* The slow path of chunk_bytes_left(): looks up the chunk. */
uint32_t chunk_bytes_left_slow(struct chunk_reader *reader, enum stream stream, uint64_t address);

/* The number of bytes from `address` to the end of its chunk, or 0 if the address is invalid. */
static inline uint32_t chunk_bytes_left(struct chunk_reader *reader, enum stream stream,
                                        uint64_t address) {
    uint32_t offset = (uint32_t)address & 0xffff;
    uint64_t number = address >> 16;
    if (reader->refs[stream] && number < reader->chunk_counts[stream]) {
        const struct chunk_ref *ref = &reader->refs[stream][number];
        if (offset >= CHUNK_HEADER_SIZE && offset < ref->size)
            return ref->size - offset;
    }
    return chunk_bytes_left_slow(reader, stream, address);
}

#endif
