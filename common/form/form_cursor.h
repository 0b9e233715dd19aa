/* SPDX-License-Identifier: MIT */
/* Reads the surface forms of a segment in order, from any key on.
 *
 *     struct form_cursor cursor;
 *     form_cursor_open(&cursor, &segment->chunks);
 *     status = form_cursor_seek(&cursor, prefix, &err);
 *     for (; !status && slice_has_prefix(form_cursor_key(&cursor), prefix);
 *          status = form_cursor_next(&cursor, &err))
 *         form_cursor_form(&form, &cursor, &err);       of those that are wanted
 *     form_cursor_close(&cursor);
 *
 * All forms that begin alike are adjacent, so a prefix costs the blocks that have them, about 0.13 ms
 * each. What may match anywhere (`*line`, `pipline~1`) reads all keys, and of most forms nothing
 * else: three of seven columns. The 487,000 keys of enwiki take 12 ms on a busy machine, half of it
 * zstd's, which an encoder that finds no matches in such columns would save; an automaton resumes
 * after the bytes that a key shares with the last one.
 *
 * Forms that differ in marks alone have the same key and are adjacent too, so all forms that a word
 * typed without marks may stand for are one seek away.
 *
 * Threads: that of its chunk_reader. */
#ifndef QUERN_COMMON_FORM_FORM_CURSOR_H
#define QUERN_COMMON_FORM_FORM_CURSOR_H

#include "common/form/form_block.h"
#include "common/store/chunk.h"

struct form_cursor {
    struct chunk_reader *chunks;
    struct form_block_decoder decoder;
    uint64_t entry; /* address of the next entry of the index */
};

/* Begins before the first form. */
void form_cursor_open(struct form_cursor *cursor, struct chunk_reader *chunks);
void form_cursor_close(struct form_cursor *cursor);

/* Steps to the first form whose key is >= `key`, or to the next form. ST_END: there is none.
 * ST_CORRUPT, ST_NOMEM; failures of chunk_read(). */
enum status form_cursor_seek(struct form_cursor *cursor, struct slice key, struct error *err);
enum status form_cursor_next(struct form_cursor *cursor, struct error *err);

/* The key of the current form, valid until the next step. */
static inline struct slice form_cursor_key(const struct form_cursor *cursor) {
    return slice_of(cursor->decoder.key, cursor->decoder.key_size);
}

/* Sets all of the current form, valid until the next step. At most once a form. */
enum status form_cursor_form(struct surface_form *form, struct form_cursor *cursor,
                             struct error *err);

#endif
