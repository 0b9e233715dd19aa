/* SPDX-License-Identifier: MIT */
/* Writes the surface forms of a segment: blocks (form_block.h), and an index of them.
 *
 *     index = entry*
 *     entry = address:u48 size:u16 key_size:u8 byte*key_size     ; of a block, and of its first key
 *
 * Threads: one. */
#ifndef QUERN_COMMON_FORM_FORM_WRITER_H
#define QUERN_COMMON_FORM_FORM_WRITER_H

#include "common/form/form_block.h"
#include "common/store/chunk.h"

enum { FORM_INDEX_HEAD = 9 }; /* bytes of an entry before the key */

struct form_writer {
    struct chunk_writer blocks, index;
    struct form_block_encoder encoder;
    uint8_t first[SURFACE_FORM_MAX]; /* the first key of the block */
    size_t first_size;
};

void form_writer_init(struct form_writer *writer, struct chunk_sink *sink, uint32_t segment);
void form_writer_release(struct form_writer *writer);
/* Adds a form greater than the last one (surface_form_compare()), with a count > 0. Fails as
 * chunk_writer_add() does, or with ST_NOMEM. */
enum status form_writer_add(struct form_writer *writer, const struct surface_form *form,
                            struct error *err);
/* Writes what remains. */
enum status form_writer_flush(struct form_writer *writer, struct error *err);

#endif
