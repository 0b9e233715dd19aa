/* SPDX-License-Identifier: MIT */
/* The document store: what is stored of documents. Records are in blocks of STREAM_DOCS, texts in
 * blocks of STREAM_TEXT (block_store.h, text_packer.h).
 *
 *     records  = item* hash:u40*n             ; a block of n <= 256 documents; its frame holds the
 *                                             ; columns, as items (tagged.h), its tail the content
 *                                             ; hashes
 *     column   =                              ; the payload of the item with this tag; an empty
 *                                             ; column is left out
 *         1  shared:varint*n                  ; leading bytes of the id as in the previous one
 *         2  suffix_size:varint*n             ; bytes of the id after these
 *         3  suffix*n
 *         4  title_size:varint*n
 *         5  title*n
 *         6  fields:string*n                  ; empty if none has any
 *         7  length:u8*n                      ; the low byte
 *         8  length:varint*n                  ; the length >> 8
 *         9  title_length:varint*n
 *        10  text_position:varint*n           ; less title_length, and less 1 if that is not 0;
 *                                             ; modulo 2^32
 *        11  text_start:varint*n              ; 0: no text is stored; else 1 + zigzag of the start
 *                                             ; minus the end of the previous text
 *        12  text_size:varint*                ; of stored texts: zigzag of the difference to
 *                                             ; size - title_size
 *     fields   = (field:varint value:string)* ; stored values, as in document.h
 *
 * `size` is the first value of the document's field `size` in the segment's columns, without a
 * fraction; 0 if there is none, or if it is negative or 2^53 or more.
 *
 * The first document of a block refers to an empty id and text end 0. A text starts at byte
 * start % 32 KiB of text block start / 32 KiB and continues at the start of the next blocks;
 * its end is start + size. Differences are modulo 2^64, so texts may be in any order.
 *
 * Columns bring similar bytes together. Most texts follow the previous one and are as long as the
 * document without its title, or nearly so; then most values of the last two columns are equal.
 * Hashes are random and half of what remains, so zstd does not see them.
 *
 * Functions with `err` fail as the chunk writer does (chunk.h), or with ST_NOMEM.
 *
 * Threads: a writer or reader belongs to one thread at a time. */
#ifndef QUERN_COMMON_SEGMENT_DOC_STORE_H
#define QUERN_COMMON_SEGMENT_DOC_STORE_H

#include "common/base/tagged.h"
#include "common/segment/block_store.h"
#include "common/segment/document.h"
#include "common/segment/text_packer.h"

enum {
    DOC_STORE_BLOCK_SIZE = 8 * 1024, /* bytes of columns that end a block of records */
    DOC_STORE_BLOCK_DOCS = 256,      /* documents that end one */
    DOC_STORE_HASH_SIZE = DOCUMENT_HASH_BITS / 8,
};

/* A column's tag, less 1. */
enum doc_store_column {
    DOC_COLUMN_ID_SHARED,
    DOC_COLUMN_ID_SUFFIX_SIZE,
    DOC_COLUMN_ID_SUFFIX,
    DOC_COLUMN_TITLE_SIZE,
    DOC_COLUMN_TITLE,
    DOC_COLUMN_FIELDS,
    DOC_COLUMN_LENGTH_LOW,
    DOC_COLUMN_LENGTH_HIGH,
    DOC_COLUMN_TITLE_LENGTH,
    DOC_COLUMN_TEXT_POSITION,
    DOC_COLUMN_TEXT_START,
    DOC_COLUMN_TEXT_SIZE,
    DOC_COLUMN_COUNT,
};

/* The previous document, which the next record refers to. */
struct doc_store_base {
    uint64_t text_end;
    uint32_t id_size;
    uint8_t id[DOCUMENT_ID_MAX];
};

struct doc_store_writer {
    struct block_store_writer record_blocks, text_blocks;
    struct buffer columns[DOC_COLUMN_COUNT], hashes; /* of the current block of records */
    struct buffer raw;                               /* the columns, joined */
    struct text_packer packer;
    struct doc_store_base base;
    size_t column_size;
    bool has_fields;         /* a document of the block has stored values */
    uint32_t document_count; /* the number of the next document */
    uint32_t block_first;    /* first document of the current block of records */
    uint64_t text_bytes;
};

/* `level` is that of zstd for texts. ST_NOMEM. */
enum status doc_store_writer_init(struct doc_store_writer *writer, struct chunk_sink *sink,
                                  uint32_t segment, int level);
void doc_store_writer_release(struct doc_store_writer *writer);

/* Stores the text of the document that is added next, and sets where it is. */
enum status doc_store_writer_add_text(struct text_location *location,
                                      struct doc_store_writer *writer, struct slice text,
                                      struct error *err);
/* The same in parts, at least `size` bytes in all: where the text starts is known at the beginning,
 * its size at the end. */
enum status doc_store_writer_begin_text(struct text_location *location,
                                        struct doc_store_writer *writer, size_t size,
                                        struct error *err);
enum status doc_store_writer_append_text(struct text_location *location,
                                         struct doc_store_writer *writer, struct slice part,
                                         struct error *err);
/* Ends the current block of texts, which doc_store_writer_add_text_block() requires, and sets
 * *block to the number of the next one. */
enum status doc_store_writer_end_text_block(uint32_t *block, struct doc_store_writer *writer,
                                            struct error *err);
/* Adds a block of texts that is compressed already, when no block is being filled; the text of
 * document `first` begins it. */
enum status doc_store_writer_add_text_block(struct doc_store_writer *writer, uint32_t first,
                                            uint32_t raw_size, struct slice compressed,
                                            struct error *err);
/* Stores the record of the next document, whose id and title are within their limits, as are its
 * values. */
enum status doc_store_writer_add(struct doc_store_writer *writer, const struct document *document,
                                 const struct text_location *location, struct error *err);
/* Writes the last blocks. */
enum status doc_store_writer_flush(struct doc_store_writer *writer, struct error *err);

/* Reads a block of records from its first document on. It borrows the block's bytes. */
struct doc_store_reader {
    struct reader columns[DOC_COLUMN_COUNT];
    struct reader hashes;
    bool has_fields;
    uint32_t left; /* remaining documents */
    bool bad;      /* the block is damaged */
    struct doc_store_base base;
};

/* Begins with the first document of a decompressed block. */
void doc_store_reader_init(struct doc_store_reader *reader, struct slice raw, struct slice hashes);
/* Reads the next record, of a document of this `size`, or sets `bad`: the block is damaged or has no
 * more documents. The id is valid until the next call, the title and the values as long as the
 * block's bytes. */
void doc_store_reader_next(struct document *document, struct text_location *location,
                           struct doc_store_reader *reader, uint64_t size);

#endif
