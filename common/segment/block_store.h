/* Documents' records and texts, in compressed blocks: two streams, the blocks and where they are.
 *
 *     block     := frame tail     a zstd frame of at most BLOCK_STORE_RAW_MAX bytes; behind it what zstd
 *                                 could not shrink, as it is
 *     index     := entry*         16 bytes each, 4,091 to a chunk
 *     entry     := first document(u32) raw size(u32) address(u48) size(u16)
 *
 * The first document is the one whose bytes begin the block, raw size the frame's, unpacked. */
#ifndef QUERN_COMMON_SEGMENT_BLOCK_STORE_H
#define QUERN_COMMON_SEGMENT_BLOCK_STORE_H

#include "common/store/chunk.h"

enum {
    BLOCK_STORE_RAW_MAX =
        48 * 1024, /* so that a block that zstd cannot shrink still fits a chunk */
    BLOCK_STORE_ENTRY_SIZE = 16,
    BLOCK_STORE_ENTRIES_PER_CHUNK = CHUNK_DATA_SIZE / BLOCK_STORE_ENTRY_SIZE,
};

struct block_store_entry {
    uint32_t first;
    uint32_t raw_size;
    uint64_t address;
    uint16_t size;
};

/* Compresses blocks; needs nothing else, so that any number may work side by side. Start with {0}.
 */
struct block_store_compressor {
    struct ZSTD_CCtx_s *zstd;
    int level;
    struct buffer compressed;
};
/* Does nothing when it was done before. ST_NOMEM. */
enum status block_store_compressor_init(struct block_store_compressor *compressor, int level);
void block_store_compressor_release(struct block_store_compressor *compressor);
/* The block of `raw`, at most BLOCK_STORE_RAW_MAX bytes; valid until the next call. ST_NOMEM. */
enum status block_store_compress(struct slice *compressed,
                                 struct block_store_compressor *compressor, struct slice raw);

struct block_store_writer {
    struct chunk_writer data, index;
    struct block_store_compressor compressor;
    uint32_t count; /* blocks written */
};

enum status block_store_writer_init(struct block_store_writer *writer, struct chunk_sink *sink,
                                    uint32_t segment, enum stream data, enum stream index,
                                    int level);
void block_store_writer_release(struct block_store_writer *writer);
/* Compresses and writes a block, the tail behind it. */
enum status block_store_writer_add(struct block_store_writer *writer, uint32_t first,
                                   struct slice raw, struct slice tail, struct error *err);
/* Writes a block that is compressed already. */
enum status block_store_writer_copy(struct block_store_writer *writer, uint32_t first,
                                    uint32_t raw_size, struct slice compressed, struct error *err);
enum status block_store_writer_flush(struct block_store_writer *writer, struct error *err);

/* How many blocks the stream `index` tells of. */
uint32_t block_store_count(struct chunk_reader *chunks, enum stream index);
/* False when it is damaged: chunks->status. */
bool block_store_read_entry(struct block_store_entry *entry, struct chunk_reader *chunks,
                            enum stream index, uint32_t number);
/* The last block whose first document is <= doc; false when there is none or it is damaged. */
bool block_store_find(uint32_t *number, struct block_store_entry *entry,
                      struct chunk_reader *chunks, enum stream index, uint32_t doc);
/* The block as it is stored, or NULL. */
const uint8_t *block_store_compressed(struct chunk_reader *chunks, enum stream data,
                                      const struct block_store_entry *entry);

/* Decompresses blocks, one at a time, from any segment. Start with {0}: its context is made with
 * the first block, which takes longer than to unpack one. */
struct block_store_decompressor {
    struct ZSTD_DCtx_s *zstd;
};
void block_store_decompressor_release(struct block_store_decompressor *decompressor);
/* Decompresses a block into *raw, replacing what was there. *tail is valid as long as the
 * transaction. */
enum status block_store_load(struct buffer *raw, struct slice *tail,
                             struct block_store_decompressor *decompressor,
                             struct chunk_reader *chunks, enum stream data,
                             const struct block_store_entry *entry, struct error *err);

#endif
