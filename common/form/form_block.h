/* SPDX-License-Identifier: MIT */
/* A block of surface forms, in columns:
 *
 *     block   = count:varint sizes*8 column*8      ; count > 0; forms in ascending order (surface_form.h)
 *     sizes   = raw:varint stored:varint
 *     column  = byte*stored                ; stored < raw: a zstd frame of raw bytes; else these
 *     0  pair*count                        ; leading bytes of a key as in the previous one, at first 0; bytes after these
 *     1  long*
 *     2  byte*                             ; the bytes after these, of all keys
 *     3  pair*count                        ; bytes at the end of the key that its term does not have; bytes in their
 *                                          ; place
 *     4  long*
 *     5  byte*                             ; the bytes in their place, of all terms
 *     6  (gap:varint shared:u8 size:u8 byte*size)*      ; of each form that is not its key: the number of forms since
 *                                                       ; the previous such one; leading bytes as in the key, and
 *                                                       ; the bytes after these
 *     7  varint*count                      ; occurrences - 1
 *     pair    = u8                         ; the first number + 16 * the second; 15: 15 or more
 *     long    = u8                         ; such a number, in the column after that of its pair
 *
 * Columns hold like by like, so they compress to 3.7 bytes a form, where entries one after the
 * other take 4.2 (enwiki). The first is stored as it is: a walk over the keys alone then decompresses
 * nothing but their bytes.
 *
 * Threads: each structure belongs to one thread at a time. */
#ifndef QUERN_COMMON_FORM_FORM_BLOCK_H
#define QUERN_COMMON_FORM_FORM_BLOCK_H

#include "common/base/codec.h"
#include "common/text/surface_form.h"

enum {
    FORM_BLOCK_COLUMNS = 8,
    /* A block ends when its columns have this many bytes, so it fits a chunk uncompressed. */
    FORM_BLOCK_BYTES = 24 * 1024,
    FORM_BLOCK_BYTES_MAX = FORM_BLOCK_BYTES + 4 * 256, /* of its columns, with the last form */
    FORM_BLOCK_KEY_STEP = 16, /* bytes of a key that are copied or compared at once */
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
    struct reader columns[FORM_BLOCK_COLUMNS];
    size_t count; /* forms of the block */
    /* Of the keys. */
    const uint8_t *pairs; /* one for each form */
    struct reader longs;
    struct reader keys; /* FORM_BLOCK_KEY_STEP + 1 bytes after them may be read */
    size_t next;        /* the number of forms whose keys were read */
    uint8_t key[SURFACE_FORM_MAX + FORM_BLOCK_KEY_STEP]; /* of the last form */
    size_t key_size;
    size_t key_shared; /* its leading bytes as in the key before */
    /* Of form_block_decoder_find(). */
    struct buffer
        probe_ends; /* u16: in ascending order, where in the column of keys the probe ends */
    const uint8_t *probe_end; /* the next of them; NULL: the column was not searched yet */
    size_t
        probed; /* the first bytes of the key that have those of the probe at their end; 0: none */
    /* Of the details, which are decompressed when they are first asked for. */
    bool has_terms, has_forms, has_counts;
    size_t termed, counted; /* the numbers of forms whose terms and counts were passed */
    size_t marked;          /* the next form that is not its key */
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
    size_t shared = decoder->pairs[decoder->next] & 15, size = decoder->pairs[decoder->next] >> 4;
    if (shared == 15)
        shared = reader_u8(&decoder->longs);
    if (size == 15)
        size = reader_u8(&decoder->longs);
    size_t end = shared + size;
    if (shared > decoder->key_size || end - 1 >= SURFACE_FORM_MAX || size > reader_remaining(keys))
        return ST_CORRUPT;
    if (size <= FORM_BLOCK_KEY_STEP) /* most, without a call */
        memcpy(decoder->key + shared, keys->next, FORM_BLOCK_KEY_STEP);
    else
        memcpy(decoder->key + shared, keys->next, size);
    keys->next += size;
    decoder->key_size = end;
    decoder->key_shared = shared;
    decoder->next++;
    return ST_OK;
}

/* Two neighbouring bytes that a wanted key has, or one. */
struct form_probe {
    uint8_t bytes[2];
    size_t size; /* 1 or 2 */
};

/* Reads keys up to the next one that has the bytes of the probe, or may have. Nothing else may read
 * keys of the block, so that it starts before the first. ST_END, ST_CORRUPT. */
enum status form_block_decoder_find(struct form_block_decoder *decoder,
                                    const struct form_probe *probe);

/* Passes over the next forms whose keys begin with the first `size` bytes of the last one.
 * ST_CORRUPT. */
enum status form_block_decoder_skip(struct form_block_decoder *decoder, size_t size);
/* Set parts of the form whose key was read last, each at most once: key and term, key and form, and its
 * count. The others stay as they are. Valid until the next call. ST_CORRUPT, ST_NOMEM. */
enum status form_block_decoder_term(struct surface_form *form, struct form_block_decoder *decoder);
enum status form_block_decoder_form(struct surface_form *form, struct form_block_decoder *decoder);
enum status form_block_decoder_count(struct surface_form *form, struct form_block_decoder *decoder);
/* Whether all of the block was read: nothing follows the last form in any column. */
bool form_block_decoder_is_at_end(const struct form_block_decoder *decoder);

#endif
