/* What is stored of documents: records in blocks (STREAM_DOCS), texts in blocks of their own
 * (STREAM_TEXT).
 *
 *     records   := text base(varint) record*         a block of blocks.h; up to 128 documents or 8
 * KiB record    := id(string) title(string) mtime(varint, zigzag) size(varint) length(varint) title
 * length(varint) content hash(u64) text text      := varint(0)                          none is
 * kept | varint(size + 1) block(varint) offset(varint) string    := varint(size) bytes
 *
 * A text begins at `offset` of text block `text base + block` and goes on at the start of the next
 * ones when it is longer than what is left there. */
#ifndef QUERN_COMMON_DOCS_H
#define QUERN_COMMON_DOCS_H

#include "common/blocks.h"
#include "common/codec.h"
#include "common/document.h"

enum {
    DOCS_BLOCK = 8 * 1024,       /* raw bytes at which a block of records is closed */
    DOCS_BLOCK_COUNT = 128,      /* or so many documents */
    DOCS_TEXT_BLOCK = 32 * 1024, /* raw bytes of a block of text */
};

/* Where a text is. */
struct docs_text {
    bool kept;
    uint64_t size;
    uint32_t block, offset;
};

struct docs_writer {
    struct blocks_writer records, texts;
    struct buffer record_block, text_block;
    uint32_t documents;   /* given out so far: the number of the next */
    uint32_t block_first; /* first document of the block of records being filled */
    uint32_t text_first;  /* ... of the block of text */
    uint32_t text_base;
    uint64_t text_bytes;
};

enum status docs_writer_init(struct docs_writer *writer, struct chunk_sink *sink, uint32_t segment,
                             int level);
void docs_writer_release(struct docs_writer *writer);

/* Stores a text and says where; the document is the one added next. */
enum status docs_writer_text(struct docs_writer *writer, struct slice text, struct docs_text *where,
                             struct error *err);
/* The same for a text that comes in parts: its place is known at the start, its size at the end. */
enum status docs_writer_text_begin(struct docs_writer *writer, struct docs_text *where,
                                   struct error *err);
enum status docs_writer_text_more(struct docs_writer *writer, struct slice part,
                                  struct docs_text *where, struct error *err);
/* Ends the block of text being filled and returns the number of the next: where blocks that are
 * copied from another segment begin. */
enum status docs_writer_align(struct docs_writer *writer, uint32_t *block, struct error *err);
/* Stores the record of the next document. Its id and title fit their limits. */
enum status docs_writer_add(struct docs_writer *writer, const struct document *document,
                            const struct docs_text *where, struct error *err);
enum status docs_writer_flush(struct docs_writer *writer, struct error *err);

/* Decodes the next record of a block whose text base was read. */
void docs_read(struct reader *reader, uint32_t text_base, struct document *document,
               struct docs_text *where);

#endif
