/* Packs texts into blocks of 32 KiB, and says where each is. */
#ifndef QUERN_COMMON_SEGMENT_TEXT_PACKER_H
#define QUERN_COMMON_SEGMENT_TEXT_PACKER_H

#include "common/base/bytes.h"
#include "common/base/status.h"

enum { TEXT_BLOCK_SIZE = 32 * 1024 }; /* raw bytes of a block of text */

/* Where a text is. */
struct text_location {
    bool stored;
    uint64_t size;
    uint32_t block, offset;
};

/* Bytes [from, from + size) of a text. */
static inline struct text_location text_location_part(struct text_location text, uint64_t from,
                                                      uint64_t size) {
    uint64_t start = text.offset + from;
    text.block += (uint32_t)(start / TEXT_BLOCK_SIZE);
    text.offset = (uint32_t)(start % TEXT_BLOCK_SIZE);
    text.size = size;
    return text;
}

/* Texts on their way into blocks: one that does not fit behind those before begins a block, one
 * that is longer than a block goes on in the next ones. Start with {0}. */
struct text_packer {
    struct buffer block; /* being filled */
    uint32_t first;      /* the document whose text begins it */
};
/* Where full blocks go, and how many are there already. */
struct text_block_sink {
    enum status (*put)(void *context, uint32_t first, struct slice raw, struct error *err);
    void *context;
    const uint32_t *count;
};
/* Begins the text of `doc`, of which `size` bytes follow at least, and says where it will be. */
enum status text_packer_begin(struct text_location *location, struct text_packer *packer,
                              const struct text_block_sink *sink, uint32_t doc, size_t size,
                              struct error *err);
/* Its next bytes. */
enum status text_packer_append(struct text_location *location, struct text_packer *packer,
                               const struct text_block_sink *sink, struct slice part,
                               struct error *err);
/* Ends the block being filled. */
enum status text_packer_flush(struct text_packer *packer, const struct text_block_sink *sink,
                              struct error *err);

#endif
