/* Writing the lists of a segment, in two steps: encoding needs memory alone, so that any number of
 * encoders may work side by side; placing gives out addresses, one list after the other.
 *
 *     postings_encoder_begin(&encoder, term);
 *     postings_encoder_add_document(&encoder, doc, &err);                     every posting
 *     postings_encoder_add_value(&encoder, value, &err);                      every occurrence in it
 *     postings_encoder_end(&encoder, &err);
 *     for (struct slice lists = buffer_slice(&encoder.lists); lists.size > 0;)
 *         postings_writer_add(&term, &entry, &writer, &lists, &err);
 *
 * However long a list is, it goes through bounded memory: when `most` bytes are encoded, the
 * encoder has them drained, also in the midst of a list or of a posting.
 *
 * Encoded lists, in memory only (numbers in native order), which may be cut between any two parts:
 *
 *     lists     := list*
 *     list      := (item* block)* end
 *     item      := size(u16) bytes{size}            of the next block's run of positions
 *     block     := BLOCK(u16) size(u16) bytes{size} skip       of a list of df >= 128
 *                | SHORT(u16) size(u16) bytes{size}            of a shorter one
 *     skip      := last document(u32) impact{3}
 *     end       := END(u16) struct list_end term
 *
 * where the bytes are those of postings.h, the address of the positions left open. */
#ifndef QUERN_COMMON_SEGMENT_POSTINGS_WRITER_H
#define QUERN_COMMON_SEGMENT_POSTINGS_WRITER_H

#include "common/segment/dictionary.h"
#include "common/segment/postings.h"

enum { POSTINGS_VALUES_MAX = 8192 }; /* of one call of postings_encoder_add_values() */

struct postings_encoder {
    /* Set before the first term. */
    const uint8_t *norms; /* of the segment's documents, borrowed */
    /* Takes what is in `lists` and clears it; called once there are `most` bytes. NULL: they
     * grow. */
    enum status (*drain)(struct postings_encoder *encoder, struct error *err);
    size_t drain_size;

    struct buffer lists; /* encoded lists; for the caller to take and clear */

    /* The list being encoded. */
    uint8_t term[DICTIONARY_TERM_MAX];
    uint8_t term_size;
    bool overflows; /* the block's run is so long that pieces of it were encoded already */
    uint32_t documents;
    uint64_t occurrences;  /* but for those in `values` */
    uint32_t previous_doc; /* last document of the block before, UINT32_MAX: none */
    uint32_t count;        /* postings in the block being filled */
    uint32_t docs[POSTINGS_BLOCK];
    uint32_t frequencies[POSTINGS_BLOCK];
    uint32_t *values; /* positions of the block that are still to encode, as a run's; owned */
    size_t value_count, value_capacity;
    struct buffer scratch;
    struct impact_set list_impacts; /* bounds all blocks of the list so far */
};

/* Start with {0}. */
void postings_encoder_release(struct postings_encoder *encoder);

/* Starts a list; the term has 1 to DICTIONARY_TERM_MAX bytes. */
void postings_encoder_begin(struct postings_encoder *encoder, struct slice term);
/* The slow paths of the two below. */
enum status postings_encoder_flush_block(struct postings_encoder *encoder, struct error *err);
enum status postings_encoder_make_room(struct postings_encoder *encoder, size_t more,
                                       struct error *err);

/* Starts a posting with a document greater than the last one's; a value at least follows. */
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

/* Adds an occurrence to it: its position, or how far it is behind the one before. */
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

/* Adds `count` <= POSTINGS_VALUES_MAX occurrences at once: sets *values to where their values go,
 * to be filled before the next call. */
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

/* Ends the list; one without postings leaves nothing. */
enum status postings_encoder_end(struct postings_encoder *encoder, struct error *err);

/* The three streams of a segment, list after list in the order of their terms. */
struct postings_writer {
    struct chunk_writer postings, skips, positions;
    uint64_t next_skip; /* number of the next skip entry */

    /* The list being placed. */
    struct term_entry entry;    /* of what was placed of it */
    bool list_begun;            /* its first block was placed */
    bool positions_begun;       /* an item of the next block was */
    uint64_t positions_address; /* its address, of the first one */
};

void postings_writer_init(struct postings_writer *writer, struct chunk_sink *sink,
                          uint32_t segment);
void postings_writer_release(struct postings_writer *writer);

/* Places the first of the encoded lists and takes it off *lists. *term borrows from it; the entry
 * says where everything is. When *lists ends before the list does, *term is empty, and the next
 * call goes on with it. */
enum status postings_writer_add(struct slice *term, struct term_entry *entry,
                                struct postings_writer *writer, struct slice *lists,
                                struct error *err);
/* Ends the streams. */
enum status postings_writer_flush(struct postings_writer *writer, struct error *err);

#endif
