/* SPDX-License-Identifier: MIT */
/* Numbers the live documents of a segment. */
#include "indexer/commit/doc_map.h"

#include <stdlib.h>

#include "common/base/codec.h"

enum status doc_map_init(struct doc_map *map, struct segment *segment, uint32_t base,
                         struct error *err) {
    map->base = base;
    if (!segment->info.deleted)
        return ST_OK;
    uint32_t blocks = segment->info.documents / 256 + 1;
    map->blocks = malloc(blocks * sizeof *map->blocks);
    if (!map->blocks)
        return error_nomem(err);
    for (uint32_t i = 0; i < blocks; i++) {
        struct doc_map_block *block = &map->blocks[i];
        uint32_t doc = 256 * i;
        const uint8_t *deletes = segment_deletes(segment, doc >> SEGMENT_DELETES_BITS);
        if (!deletes)
            return segment_status(segment, err);
        deletes += doc % (1u << SEGMENT_DELETES_BITS) / 8;
        block->before = base;
        for (unsigned word = 0; word < 4; word++) {
            block->kept[word] = ~get_u64(deletes + 8 * word);
            block->within[word] = (uint8_t)(base - block->before);
            base += doc_map_count(block->kept[word]);
        }
    }
    return segment_status(segment, err);
}

void doc_map_release(struct doc_map *map) {
    free(map->blocks);
    map->blocks = NULL;
}
