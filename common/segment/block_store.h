/* SPDX-License-Identifier: MIT */
/* The block store: compressed blocks that are found by document, for records and for texts. Two
 * streams hold the blocks and their index:
 *
 *     block    = frame tail           ; a zstd frame of <= BLOCK_STORE_RAW_MAX bytes, then bytes
 *                                     ; that zstd cannot shrink
 *     index    = entry*               ; 16 bytes each, 4,091 to a chunk
 *     entry    = first_document:u32 raw_size:u32 address:u48 size:u16
 *
 * first_document is the one whose bytes begin the block, raw_size the decompressed size of the
 * frame, size that of the block.
 *
 * Threads: each structure belongs to one thread at a time; reading, to that of its chunk_reader. */
#ifndef QUERN_COMMON_SEGMENT_BLOCK_STORE_H
#define QUERN_COMMON_SEGMENT_BLOCK_STORE_H

#include "common/store/chunk.h"

enum {
    BLOCK_STORE_RAW_MAX = 48 * 1024, /* so that an incompressible block fits a chunk */
    BLOCK_STORE_ENTRY_SIZE = 16,
    BLOCK_STORE_ENTRIES_PER_CHUNK = CHUNK_DATA_SIZE / BLOCK_STORE_ENTRY_SIZE,
};

/* An entry of the index. */
struct block_store_entry {
    uint32_t first;
    uint32_t raw_size;
    uint64_t address;
    uint16_t size;
};

/* Compresses blocks in memory; each thread has its own. Starts as {0}. */
struct block_store_compressor {
    struct ZSTD_CCtx_s *zstd;
    int level;
    struct buffer compressed;
};

/* Prepares a compressor, unless that was done. ST_NOMEM. */
enum status block_store_compressor_init(struct block_store_compressor *compressor, int level);
void block_store_compressor_release(struct block_store_compressor *compressor);
/* Sets *compressed to the frame of at most BLOCK_STORE_RAW_MAX bytes; it is valid until the next
 * call. ST_NOMEM. */
enum status block_store_compress(struct slice *compressed,
                                 struct block_store_compressor *compressor, struct slice raw);

struct block_store_writer {
    struct chunk_writer data, index;
    struct block_store_compressor compressor;
    uint32_t count; /* blocks written */
};

/* Blocks go to the stream `data`, their entries to `index`. ST_NOMEM. */
enum status block_store_writer_init(struct block_store_writer *writer, struct chunk_sink *sink,
                                    uint32_t segment, enum stream data, enum stream index,
                                    int level);
void block_store_writer_release(struct block_store_writer *writer);
/* Compresses `raw` and writes it as a block with this tail; the bytes of document `first` begin it.
 * Both together have at most BLOCK_STORE_RAW_MAX bytes. Fails as chunk_writer_add() does, or with
 * ST_NOMEM. */
enum status block_store_writer_add(struct block_store_writer *writer, uint32_t first,
                                   struct slice raw, struct slice tail, struct error *err);
/* The same for a block that is compressed already, with its tail. */
enum status block_store_writer_copy(struct block_store_writer *writer, uint32_t first,
                                    uint32_t raw_size, struct slice compressed, struct error *err);
/* Writes the last chunks of both streams. */
enum status block_store_writer_flush(struct block_store_writer *writer, struct error *err);

/* How many blocks the stream `index` lists. */
uint32_t block_store_count(struct chunk_reader *chunks, enum stream index);
/* Reads the entry of a block. False: it is damaged; chunks->status has the failure. */
bool block_store_read_entry(struct block_store_entry *entry, struct chunk_reader *chunks,
                            enum stream index, uint32_t number);
/* Finds the last block whose first document is <= doc. False: there is none, or the index is
 * damaged. */
bool block_store_find(uint32_t *number, struct block_store_entry *entry,
                      struct chunk_reader *chunks, enum stream index, uint32_t doc);
/* The block as it is stored, entry->size bytes, valid as long as the transaction. NULL: it is
 * damaged; chunks->status has the failure. */
const uint8_t *block_store_compressed(struct chunk_reader *chunks, enum stream data,
                                      const struct block_store_entry *entry);

/* Decompresses blocks of any segment. Starts as {0}: the first block creates the context of zstd,
 * which takes longer than to decompress one. */
struct block_store_decompressor {
    struct ZSTD_DCtx_s *zstd;
};
void block_store_decompressor_release(struct block_store_decompressor *decompressor);
/* Replaces *raw by the decompressed frame of a block and sets *tail, which is valid as long as the
 * transaction. ST_CORRUPT, ST_NOMEM. */
enum status block_store_load(struct buffer *raw, struct slice *tail,
                             struct block_store_decompressor *decompressor,
                             struct chunk_reader *chunks, enum stream data,
                             const struct block_store_entry *entry, struct error *err);

#endif
