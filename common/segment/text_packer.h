/* SPDX-License-Identifier: MIT */
/* The text packer: packs texts into blocks of TEXT_BLOCK_SIZE, and locates them there. The blocks
 * of several packers are numbered when they are stored.
 *
 * Threads: a packer belongs to one thread at a time. */
#ifndef QUERN_COMMON_SEGMENT_TEXT_PACKER_H
#define QUERN_COMMON_SEGMENT_TEXT_PACKER_H

#include "common/base/bytes.h"
#include "common/base/status.h"

enum { TEXT_BLOCK_SIZE = 32 * 1024 }; /* bytes of a block before compression */

/* Where a text is stored: from byte `offset` of block `block` on, and then from the start of the
 * next blocks. */
struct text_location {
    bool stored;
    uint64_t size;
    uint32_t block, offset;
};

/* Where bytes [from, from + size) of a text are. */
static inline struct text_location text_location_part(struct text_location text, uint64_t from,
                                                      uint64_t size) {
    uint64_t start = text.offset + from;
    text.block += (uint32_t)(start / TEXT_BLOCK_SIZE);
    text.offset = (uint32_t)(start % TEXT_BLOCK_SIZE);
    text.size = size;
    return text;
}

/* A text that does not fit into the current block begins a new one; one that is longer than a block
 * continues in the next ones. Starts as {0}; the caller releases `block` at the end. */
struct text_packer {
    struct buffer block; /* the current block */
    uint32_t first;      /* the document whose text begins it */
};

/* Takes full blocks: put() copies `raw`, which the text of document `first` begins. *count is how
 * many it has taken, and so the number of the next one. */
struct text_block_sink {
    enum status (*put)(void *context, uint32_t first, struct slice raw, struct error *err);
    void *context;
    const uint32_t *count;
};

/* Begins the text of `doc`, of at least `size` bytes, and sets where it is; its size is 0. This and
 * the functions below fail as put() does, or with ST_NOMEM. */
enum status text_packer_begin(struct text_location *location, struct text_packer *packer,
                              const struct text_block_sink *sink, uint32_t doc, size_t size,
                              struct error *err);
/* Appends its next bytes, and adds them to location->size. */
enum status text_packer_append(struct text_location *location, struct text_packer *packer,
                               const struct text_block_sink *sink, struct slice part,
                               struct error *err);
/* Ends the current block. */
enum status text_packer_flush(struct text_packer *packer, const struct text_block_sink *sink,
                              struct error *err);

#endif
