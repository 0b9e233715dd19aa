/* What is stored of documents: records in blocks (STREAM_DOCS), texts in blocks of their own
 * (STREAM_TEXT).
 *
 *     records := a block of blocks.h: unpacked it is `columns`, its tail is content hash(u40){n}
 *     columns := size(varint){13} column{13}
 *     column  :=  0  shared(varint){n}         the first bytes of the id, as the id before has them
 *             |   1  more(varint){n}           how many bytes it has besides
 *             |   2  those bytes
 *             |   3  title size(varint){n}
 *             |   4  the bytes of titles
 *             |   5  mtime(varint){n}          zigzag, less the one before
 *             |   6  size(u8){n}               the low byte
 *             |   7  size >> 8(varint){n}
 *             |   8  length(u8){n}             the low byte
 *             |   9  length >> 8(varint){n}
 *             |  10  title length(varint){n}
 *             |  11  place(varint){n}          0: no text is kept; else 1 + zigzag of the place
 *                                              less the end of the text before
 *             |  12  text size(varint)*        of texts that are kept: zigzag, less (size - title
 *                                              size)
 *
 * A block has at most 256 documents. Before its first one stand an empty id, the time 0 and the end
 * 0. A text begins at byte (place % 32 KiB) of text block (place / 32 KiB) and goes on at the start
 * of the next ones when it is longer than what is left there; its end is place + size. Differences
 * are modulo 2^64, so texts may lie in any order.
 *
 * Columns bring like beside like. Most texts follow the one before and are as long as the document
 * less its title, or nearly so; most values of the last two columns are equal then. Hashes, half of
 * all that is left, are random, so zstd need not look at them. */
#ifndef QUERN_COMMON_SEGMENT_DOC_STORE_H
#define QUERN_COMMON_SEGMENT_DOC_STORE_H

#include "common/base/codec.h"
#include "common/segment/block_store.h"
#include "common/segment/document.h"
#include "common/segment/text_packer.h"

enum {
    DOC_STORE_BLOCK_SIZE = 8 * 1024, /* bytes of columns at which a block of records is closed */
    DOC_STORE_BLOCK_DOCS = 256,      /* or so many documents */
    DOC_STORE_HASH_SIZE = DOCUMENT_HASH_BITS / 8,
};

enum doc_store_column {
    DOC_COLUMN_ID_SHARED,
    DOC_COLUMN_ID_SUFFIX_SIZE,
    DOC_COLUMN_ID_SUFFIX,
    DOC_COLUMN_TITLE_SIZE,
    DOC_COLUMN_TITLE,
    DOC_COLUMN_MTIME,
    DOC_COLUMN_SIZE_LOW,
    DOC_COLUMN_SIZE_HIGH,
    DOC_COLUMN_LENGTH_LOW,
    DOC_COLUMN_LENGTH_HIGH,
    DOC_COLUMN_TITLE_LENGTH,
    DOC_COLUMN_TEXT_OFFSET,
    DOC_COLUMN_TEXT_SIZE,
    DOC_COLUMN_COUNT,
};

/* The document before, from which the next one's record differs. */
struct doc_store_base {
    int64_t mtime;
    uint64_t text_end;
    uint32_t id_size;
    uint8_t id[DOCUMENT_ID_MAX];
};

struct doc_store_writer {
    struct block_store_writer record_blocks, text_blocks;
    struct buffer columns[DOC_COLUMN_COUNT], hashes; /* of the block of records being filled */
    struct buffer raw;                               /* the columns as one */
    struct text_packer packer;
    struct doc_store_base base;
    size_t column_size;
    uint32_t document_count; /* given out so far: the number of the next */
    uint32_t block_first;    /* first document of the block of records being filled */
    uint64_t text_bytes;
};

/* `level` is zstd's, for texts. */
enum status doc_store_writer_init(struct doc_store_writer *writer, struct chunk_sink *sink,
                                  uint32_t segment, int level);
void doc_store_writer_release(struct doc_store_writer *writer);

/* Stores a text and says where; the document is the one added next. */
enum status doc_store_writer_add_text(struct text_location *location,
                                      struct doc_store_writer *writer, struct slice text,
                                      struct error *err);
/* The same for a text that comes in parts, of `size` bytes at least: its place is known at the
 * start, its size at the end. */
enum status doc_store_writer_begin_text(struct text_location *location,
                                        struct doc_store_writer *writer, size_t size,
                                        struct error *err);
enum status doc_store_writer_append_text(struct text_location *location,
                                         struct doc_store_writer *writer, struct slice part,
                                         struct error *err);
/* Ends the block of text being filled and returns the number of the next: where blocks that are
 * copied from another segment begin. */
enum status doc_store_writer_end_text_block(uint32_t *block, struct doc_store_writer *writer,
                                            struct error *err);
/* Adds a block of texts that is compressed already: that of `first` begins it. The block being filled
 * was ended. */
enum status doc_store_writer_add_text_block(struct doc_store_writer *writer, uint32_t first,
                                            uint32_t raw_size, struct slice compressed,
                                            struct error *err);
/* Stores the record of the next document. Its id and title fit their limits. */
enum status doc_store_writer_add(struct doc_store_writer *writer, const struct document *document,
                                 const struct text_location *location, struct error *err);
enum status doc_store_writer_flush(struct doc_store_writer *writer, struct error *err);

/* A block of records being read, from its first document on. It borrows the block's bytes. */
struct doc_store_reader {
    struct reader columns[DOC_COLUMN_COUNT];
    struct reader hashes;
    uint32_t left; /* documents not read yet */
    bool bad;      /* the block is damaged */
    struct doc_store_base base;
};

/* Begins with the first document of an unpacked block. */
void doc_store_reader_init(struct doc_store_reader *reader, struct slice raw, struct slice hashes);
/* Decodes the record of the next document; `bad` when there is none. The id is valid until the next
 * call, the title as long as the block's bytes. */
void doc_store_reader_next(struct document *document, struct text_location *location,
                           struct doc_store_reader *reader);

#endif
