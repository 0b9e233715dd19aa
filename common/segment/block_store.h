/* Documents' records and texts, in compressed blocks: two streams, the blocks and where they are.
 *
 *     block     := frame tail     a zstd frame of at most BLOCKS_RAW_MAX bytes; behind it what zstd
 *                                 could not shrink, as it is
 *     index     := entry*         16 bytes each, 4,091 to a chunk
 *     entry     := first document(u32) raw size(u32) address(u48) size(u16)
 *
 * The first document is the one whose bytes begin the block, raw size the frame's, unpacked. */
#ifndef QUERN_COMMON_SEGMENT_BLOCK_STORE_H
#define QUERN_COMMON_SEGMENT_BLOCK_STORE_H

#include "common/store/chunk.h"

enum {
    BLOCKS_RAW_MAX = 48 * 1024, /* so that a block that zstd cannot shrink still fits a chunk */
    BLOCKS_ENTRY = 16,
    BLOCKS_PER_CHUNK = CHUNK_DATA_SIZE / BLOCKS_ENTRY,
};

struct blocks_entry {
    uint32_t first;
    uint32_t raw_size;
    uint64_t address;
    uint16_t size;
};

/* Compresses blocks; needs nothing else, so that any number may work side by side. Start with {0}.
 */
struct blocks_packer {
    struct ZSTD_CCtx_s *zstd;
    int level;
    struct buffer packed;
};
/* Does nothing when it was done before. ST_NOMEM. */
enum status blocks_packer_init(struct blocks_packer *packer, int level);
void blocks_packer_release(struct blocks_packer *packer);
/* The block of `raw`, at most BLOCKS_RAW_MAX bytes; valid until the next call. ST_NOMEM. */
enum status blocks_pack(struct blocks_packer *packer, struct slice raw, struct slice *packed);

struct blocks_writer {
    struct chunk_writer data, index;
    struct blocks_packer packer;
    uint32_t count; /* blocks written */
};

enum status blocks_writer_init(struct blocks_writer *writer, struct chunk_sink *sink,
                               uint32_t segment, enum stream data, enum stream index, int level);
void blocks_writer_release(struct blocks_writer *writer);
/* Compresses and writes a block, the tail behind it. */
enum status blocks_writer_add(struct blocks_writer *writer, uint32_t first, struct slice raw,
                              struct slice tail, struct error *err);
/* Writes a block that is compressed already. */
enum status blocks_writer_copy(struct blocks_writer *writer, uint32_t first, uint32_t raw_size,
                               struct slice packed, struct error *err);
enum status blocks_writer_flush(struct blocks_writer *writer, struct error *err);

/* How many blocks the stream `index` tells of. */
uint32_t blocks_count(struct chunk_reader *chunks, enum stream index);
/* False when it is damaged: chunks->status. */
bool blocks_entry(struct chunk_reader *chunks, enum stream index, uint32_t number,
                  struct blocks_entry *entry);
/* The last block whose first document is <= doc; false when there is none or it is damaged. */
bool blocks_find(struct chunk_reader *chunks, enum stream index, uint32_t doc, uint32_t *number,
                 struct blocks_entry *entry);
/* The block as it is stored, or NULL. */
const uint8_t *blocks_packed(struct chunk_reader *chunks, enum stream data,
                             const struct blocks_entry *entry);

/* Decompresses blocks, one at a time, from any segment. Start with {0}: its context is made with
 * the first block, which takes longer than to unpack one. */
struct blocks_unpacker {
    struct ZSTD_DCtx_s *zstd;
};
void blocks_unpacker_release(struct blocks_unpacker *unpacker);
/* Decompresses a block into *raw, replacing what was there. *tail is valid as long as the
 * transaction. */
enum status blocks_load(struct blocks_unpacker *unpacker, struct chunk_reader *chunks,
                        enum stream data, const struct blocks_entry *entry, struct buffer *raw,
                        struct slice *tail, struct error *err);

#endif
