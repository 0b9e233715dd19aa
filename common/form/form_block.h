/* SPDX-License-Identifier: MIT */
/* A block of surface forms, in columns:
 *
 *     block   = count:varint sizes*7 column*7      ; count > 0; forms in ascending order of their keys, then of themselves
 *     sizes   = raw:varint stored:varint
 *     column  = byte*stored                ; stored < raw: a zstd frame of raw bytes; else these
 *     0  shared:u8*count                   ; leading bytes of a key as in the previous one, at first 0
 *     1  size:u8*count                     ; bytes of the key after these
 *     2  byte*                             ; these bytes
 *     3  varint*count                      ; occurrences - 1
 *     4  cut:u8*count                      ; bytes at the end of the key that its term does not have
 *     5  (size:u8 byte*size)*count         ; what the term has in their place
 *     6  (gap:varint shared:u8 size:u8 byte*size)*      ; of each form that is not its key: the number of forms since
 *                                                       ; the previous such one; leading bytes as in the key, and
 *                                                       ; the bytes after these
 *
 * Columns hold like by like, so they compress to 3.5 bytes a form, where entries one after the
 * other take 4.2 (enwiki, 163,000 forms of 48 MB). A walk over the keys alone decompresses the
 * first three columns.
 *
 * Threads: each structure belongs to one thread at a time. */
#ifndef QUERN_COMMON_FORM_FORM_BLOCK_H
#define QUERN_COMMON_FORM_FORM_BLOCK_H

#include "common/base/codec.h"
#include "common/text/surface_form.h"

enum {
    FORM_BLOCK_COLUMNS = 7,
    /* A block ends when its columns have this many bytes, so it fits a chunk uncompressed. */
    FORM_BLOCK_BYTES = 32 * 1024,
    FORM_BLOCK_BYTES_MAX = FORM_BLOCK_BYTES + 4 * 256, /* of its columns, with the last form */
    FORM_BLOCK_KEY_STEP = 16,                          /* bytes of a key that are copied at once */
    FORM_BLOCK_KEY_ROOM = 17, /* bytes after a key that may be read, whatever they are */
};

struct form_block_encoder {
    struct ZSTD_CCtx_s *zstd;
    struct buffer columns[FORM_BLOCK_COLUMNS];
    struct buffer block;
    size_t count;
    size_t plain;                  /* forms since the last one that is not its key */
    uint8_t key[SURFACE_FORM_MAX]; /* of the last form */
    size_t key_size;
};

/* Prepares for a block. The encoder starts as {0}. ST_NOMEM. */
enum status form_block_encoder_begin(struct form_block_encoder *encoder);
void form_block_encoder_release(struct form_block_encoder *encoder);
/* Adds a form greater than the last one, unless the block is full. */
void form_block_encoder_add(struct form_block_encoder *encoder, const struct surface_form *form);
bool form_block_encoder_is_full(const struct form_block_encoder *encoder);
/* Sets *block to the encoded block, valid until the next call. ST_NOMEM. */
enum status form_block_encoder_end(struct slice *block, struct form_block_encoder *encoder);

/* Reads the forms of a block one by one. Starts as {0}, and may be opened again. */
struct form_block_decoder {
    struct ZSTD_DCtx_s *zstd;
    struct buffer bytes[FORM_BLOCK_COLUMNS]; /* of decompressed columns */
    struct slice stored[FORM_BLOCK_COLUMNS];
    size_t raw_sizes[FORM_BLOCK_COLUMNS];
    /* Of the keys. */
    const uint8_t *shared, *sizes; /* a byte for each form */
    struct reader keys;
    size_t count; /* forms of the block */
    size_t next;  /* the number of forms whose keys were read */
    uint8_t key[SURFACE_FORM_MAX + FORM_BLOCK_KEY_ROOM]; /* of the last form */
    size_t key_size;
    size_t key_shared; /* its leading bytes as in the key before */
    /* Of the details, which are decompressed when they are first asked for. */
    struct reader columns[FORM_BLOCK_COLUMNS];
    bool has_details;
    size_t detailed;                        /* the number of forms whose details were read */
    size_t marked;                          /* the next form that is not its key */
    uint8_t form[2 * SURFACE_FORM_MAX + 1]; /* room for any two bytes-long sizes */
    uint8_t term[2 * SURFACE_FORM_MAX + 1];
};

void form_block_decoder_release(struct form_block_decoder *decoder);
/* The block must stay valid. ST_CORRUPT, ST_NOMEM. */
enum status form_block_decoder_open(struct form_block_decoder *decoder, struct slice block);
/* Reads the key of the next form into decoder->key. ST_END: there is none. ST_CORRUPT. */
static inline enum status form_block_decoder_next(struct form_block_decoder *decoder) {
    struct reader *keys = &decoder->keys;
    if (decoder->next == decoder->count)
        return ST_END;
    size_t shared = decoder->shared[decoder->next], size = decoder->sizes[decoder->next];
    size_t left = reader_remaining(keys), end = shared + size;
    if (shared > decoder->key_size || end - 1 >= SURFACE_FORM_MAX || size > left)
        return ST_CORRUPT;
    if (size <= FORM_BLOCK_KEY_STEP && left >= FORM_BLOCK_KEY_STEP) /* most, without a call */
        memcpy(decoder->key + shared, keys->next, FORM_BLOCK_KEY_STEP);
    else
        memcpy(decoder->key + shared, keys->next, size);
    keys->next += size;
    decoder->key_size = end;
    decoder->key_shared = shared;
    decoder->next++;
    return ST_OK;
}

/* Passes over the next forms whose keys begin with the first `size` bytes of the last one.
 * ST_CORRUPT. */
enum status form_block_decoder_skip(struct form_block_decoder *decoder, size_t size);
/* Sets all of the form whose key was read last, at most once; valid until the next call. ST_CORRUPT,
 * ST_NOMEM. */
enum status form_block_decoder_form(struct surface_form *form, struct form_block_decoder *decoder);
/* Whether all of the block was read: nothing follows the last form in any column. */
bool form_block_decoder_is_at_end(const struct form_block_decoder *decoder);

#endif
