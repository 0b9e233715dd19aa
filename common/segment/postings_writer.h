/* SPDX-License-Identifier: MIT */
/* Writes the lists of a segment in two steps. Encoding needs nothing but memory, so any number of
 * encoders may work in parallel; writing assigns addresses, list after list.
 *
 *     postings_encoder_begin(&encoder, term);
 *     postings_encoder_add_document(&encoder, doc, &err);     for every posting
 *     postings_encoder_add_value(&encoder, value, &err);      for every occurrence in it
 *     postings_encoder_end(&encoder, &err);
 *     for (struct slice lists = buffer_slice(&encoder.lists); lists.size > 0;)
 *         postings_writer_add(&term, &entry, &writer, &lists, &err);
 *
 * A list of any length takes bounded memory: once `drain_size` bytes are encoded, the encoder calls
 * `drain`, even within a list or a posting.
 *
 * Encoded lists exist in memory only (numbers in native order). They may be cut between any two of
 * item, block and end:
 *
 *     lists       = list*
 *     list        = (item* block)* end
 *     item        = size:u16 byte*size               ; of the positions of the block that follows
 *     block       = MARK_BLOCK:u16 size:u16 byte*size skip      ; of a list of df >= 128
 *                 | MARK_SHORT:u16 size:u16 byte*size           ; of a shorter one
 *     skip        = last_document:u32 impact*3
 *     end         = MARK_END:u16 list_trailer term
 *
 * The bytes are those of positions.h and postings.h, with 0 in place of a block's `positions`.
 *
 * Encoding fails with ST_NOMEM or as `drain` does; writing as chunk_writer_add() does, and with
 * ST_LIMIT if a list has more than 4 GiB.
 *
 * Threads: an encoder or a writer belongs to one thread at a time. */
#ifndef QUERN_COMMON_SEGMENT_POSTINGS_WRITER_H
#define QUERN_COMMON_SEGMENT_POSTINGS_WRITER_H

#include "common/segment/dictionary.h"
#include "common/segment/postings.h"

enum { POSTINGS_VALUES_MAX = 8192 }; /* of one call of postings_encoder_add_values() */

/* The norms of a field, or of SCHEMA_ALL, of all documents of a segment. */
struct field_norms {
    uint16_t field;
    const uint8_t *norms;
};

struct postings_encoder {
    /* Set by the caller before the first list; both are borrowed. */
    const struct field_norms *fields; /* by field, ended by one without norms; NULL: the caller */
    const uint8_t *norms;             /* sets the norms of all documents; NULL: all are 1 */
    /* Takes the bytes in `lists` and clears it; called once there are `drain_size`. NULL: `lists`
     * grows. */
    enum status (*drain)(struct postings_encoder *encoder, struct error *err);
    size_t drain_size;

    struct buffer lists; /* encoded lists, which the caller takes and clears */

    /* The list being encoded. */
    uint8_t term[DICTIONARY_TERM_MAX];
    uint8_t term_size;
    bool overflows; /* overflow pieces of the block's positions were encoded already */
    uint32_t documents;
    uint64_t occurrences;  /* except those in `values` */
    uint32_t previous_doc; /* last document of the previous block; UINT32_MAX: none */
    uint32_t count;        /* postings in the block being filled */
    uint32_t docs[POSTINGS_BLOCK];
    uint32_t frequencies[POSTINGS_BLOCK];
    uint32_t *values; /* of the block's positions, not encoded yet; owned */
    size_t value_count, value_capacity;
    struct buffer scratch;
    struct impact_set list_impacts; /* of the list's blocks so far */
};

/* Releases an encoder, which starts as {0}. */
void postings_encoder_release(struct postings_encoder *encoder);

/* Begins the list of a term of 1 to DICTIONARY_TERM_MAX bytes: with encoder->fields, of a field and a
 * term (field_term.h). */
void postings_encoder_begin(struct postings_encoder *encoder, struct slice term);
/* The slow paths of the functions below. */
enum status postings_encoder_flush_block(struct postings_encoder *encoder, struct error *err);
enum status postings_encoder_make_room(struct postings_encoder *encoder, size_t more,
                                       struct error *err);

/* Begins a posting; its document is greater than the last one. At least one value follows. */
static inline enum status postings_encoder_add_document(struct postings_encoder *encoder,
                                                        uint32_t doc, struct error *err) {
    if (encoder->count == POSTINGS_BLOCK) {
        enum status status = postings_encoder_flush_block(encoder, err);
        if (status)
            return status;
    }
    encoder->docs[encoder->count] = doc;
    encoder->frequencies[encoder->count] = 0;
    encoder->count++;
    encoder->documents++;
    return ST_OK;
}

/* Adds an occurrence to it: the first position itself, each other one minus the previous one. */
static inline enum status postings_encoder_add_value(struct postings_encoder *encoder,
                                                     uint32_t value, struct error *err) {
    if (encoder->value_count == encoder->value_capacity) {
        enum status status = postings_encoder_make_room(encoder, 1, err);
        if (status)
            return status;
    }
    encoder->values[encoder->value_count++] = value;
    encoder->frequencies[encoder->count - 1]++;
    return ST_OK;
}

/* Adds `count` <= POSTINGS_VALUES_MAX occurrences: sets *values to where the caller writes their
 * values before the next call. */
static inline enum status postings_encoder_add_values(uint32_t **values,
                                                      struct postings_encoder *encoder,
                                                      uint32_t count, struct error *err) {
    if (encoder->value_capacity - encoder->value_count < count) {
        enum status status = postings_encoder_make_room(encoder, count, err);
        if (status)
            return status;
    }
    encoder->value_count += count;
    encoder->frequencies[encoder->count - 1] += count;
    *values = encoder->values + encoder->value_count - count;
    return ST_OK;
}

/* Ends the list. A list without postings is dropped. */
enum status postings_encoder_end(struct postings_encoder *encoder, struct error *err);

/* Writes the streams of postings, skip entries and positions, in the order of the terms. */
struct postings_writer {
    struct chunk_writer postings, skips, positions;
    uint64_t next_skip; /* number of the next skip entry */

    /* The list being written. */
    struct term_entry entry;    /* of the part written so far */
    bool list_begun;            /* its first block was written */
    bool positions_begun;       /* an item of the next block was written */
    uint64_t positions_address; /* of the first such item */
};

void postings_writer_init(struct postings_writer *writer, struct chunk_sink *sink,
                          uint32_t segment);
void postings_writer_release(struct postings_writer *writer);

/* Writes the first of the encoded lists, removes it from *lists and sets *entry to where it is.
 * *term borrows from the list. If *lists ends before the list does, *term is empty and the next
 * call continues it. */
enum status postings_writer_add(struct slice *term, struct term_entry *entry,
                                struct postings_writer *writer, struct slice *lists,
                                struct error *err);
/* Writes the last chunks of the streams. */
enum status postings_writer_flush(struct postings_writer *writer, struct error *err);

#endif
