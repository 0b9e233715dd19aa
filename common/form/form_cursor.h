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
 * All forms that begin alike are adjacent, so a prefix costs the blocks that have them, about 0.04 ms
 * each. What may match anywhere (`*line`, `pipline~1`) reads all keys, and of most forms nothing
 * else, in 3 to 4 ms for the 487,000 keys of enwiki. A filter passes over blocks whose first keys
 * show that nothing in them is wanted, form_cursor_skip() over keys that begin alike, and
 * form_cursor_find() over those that lack two bytes.
 *
 * Forms that differ in marks alone have the same key and are adjacent too, so all forms that a word
 * typed without marks may stand for are one seek away.
 *
 * Threads: that of its chunk_reader. */
#ifndef QUERN_COMMON_FORM_FORM_CURSOR_H
#define QUERN_COMMON_FORM_FORM_CURSOR_H

#include "common/form/form_block.h"
#include "common/store/chunk.h"

/* Chooses blocks to read. */
struct form_filter {
    /* Whether to read the block whose keys are >= `first` and <= `end`, which is NULL for the last
     * block. */
    bool (*wants)(struct form_filter *filter, struct slice first, const struct slice *end);
};

struct form_cursor {
    struct chunk_reader *chunks;
    struct form_filter *filter; /* the caller's; NULL: all blocks are read */
    struct form_block_decoder decoder;
    uint64_t entry; /* address of the next entry of the index */
};

/* Begins before the first form. */
void form_cursor_open(struct form_cursor *cursor, struct chunk_reader *chunks);
void form_cursor_close(struct form_cursor *cursor);

/* form_cursor_next() where form_block_decoder_next() returned this status. */
enum status form_cursor_next_block(struct form_cursor *cursor, enum status status,
                                   struct error *err);

/* Steps to the first form whose key is >= `key`, or to the next form. ST_END: there is none.
 * ST_CORRUPT, ST_NOMEM; failures of chunk_read(). */
enum status form_cursor_seek(struct form_cursor *cursor, struct slice key, struct error *err);
static inline enum status form_cursor_next(struct form_cursor *cursor, struct error *err) {
    enum status status = form_block_decoder_next(&cursor->decoder);
    return status ? form_cursor_next_block(cursor, status, err) : ST_OK;
}

/* Steps to the next form whose key has the bytes of the probe. All steps of a cursor must be like this
 * one. */
enum status form_cursor_find(struct form_cursor *cursor, const struct form_probe *probe,
                             struct error *err);

/* Steps to the next form whose key does not begin with the first `size` bytes of the current one, or to
 * one before it that is the first of a block. */
enum status form_cursor_skip(struct form_cursor *cursor, size_t size, struct error *err);

/* The key of the current form, valid until the next step. */
static inline struct slice form_cursor_key(const struct form_cursor *cursor) {
    return slice_of(cursor->decoder.key, cursor->decoder.key_size);
}

/* How many of its first bytes are those of the form that was current before, at least; 0 after a
 * seek. */
static inline size_t form_cursor_shared(const struct form_cursor *cursor) {
    return cursor->decoder.key_shared;
}

/* Sets key and term of the current form, valid until the next step, or all of it. At most once a form. */
enum status form_cursor_term(struct surface_form *form, struct form_cursor *cursor,
                             struct error *err);
enum status form_cursor_form(struct surface_form *form, struct form_cursor *cursor,
                             struct error *err);

#endif
