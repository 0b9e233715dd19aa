/* SPDX-License-Identifier: MIT */
/* Encodes lists in memory, and writes them to the streams of a segment. */
#include "common/segment/postings_writer.h"

#include <assert.h>
#include <stdlib.h>

#include "common/base/array.h"
#include "common/segment/positions_writer.h"
#include "common/segment/term_entry.h"

/* The end of an encoded list. */
struct list_trailer {
    uint64_t occurrences;
    uint32_t documents;
    uint32_t doc, frequency, position; /* of df == 1, as in struct term_entry */
    struct impact impacts[IMPACT_COUNT];
    uint8_t term_size;
};

enum {
    ENCODED_SKIP_SIZE = 4 + 2 * IMPACT_COUNT, /* a skip entry without its distance */
    /* Instead of the size of an item. */
    MARK_SHORT = UINT16_MAX - 2,
    MARK_BLOCK,
    MARK_END,
    VALUES_MAX = POSITIONS_RICE_MAX + POSTINGS_VALUES_MAX,
};

_Static_assert(DICTIONARY_TERM_MAX <= UINT8_MAX, "a term's size is one byte");
_Static_assert((int)CHUNK_DATA_SIZE < (int)MARK_SHORT, "an item's size is none of the marks");

void postings_encoder_release(struct postings_encoder *encoder) {
    buffer_release(&encoder->lists);
    buffer_release(&encoder->scratch);
    free(encoder->values);
    *encoder = (struct postings_encoder){0};
}

/* There are few fields. */
static const uint8_t *norms_of(const struct field_norms *fields, uint16_t field) {
    while (fields->norms && fields->field != field)
        fields++;
    return fields->norms;
}

static inline uint8_t norm_of(const struct postings_encoder *encoder, uint32_t posting) {
    return encoder->norms ? encoder->norms[encoder->docs[posting]] : 1;
}

void postings_encoder_begin(struct postings_encoder *encoder, struct slice term) {
    assert(term.size && term.size <= DICTIONARY_TERM_MAX);
    if (encoder->fields)
        encoder->norms = norms_of(encoder->fields, field_term_field(term));
    memcpy(encoder->term, term.data, term.size);
    encoder->term_size = (uint8_t)term.size;
    encoder->overflows = false;
    encoder->documents = 0;
    encoder->occurrences = 0;
    encoder->previous_doc = UINT32_MAX;
    encoder->count = 0;
    encoder->value_count = 0;
    impact_set_clear(&encoder->list_impacts);
}

/* Between two parts of the encoded lists. */
static enum status drain_if_full(struct postings_encoder *encoder, struct error *err) {
    return encoder->drain && encoder->lists.size >= encoder->drain_size
               ? encoder->drain(encoder, err)
               : ST_OK;
}

/* Encodes the first `count` values as overflow pieces. */
static enum status put_overflow(struct postings_encoder *encoder, size_t count) {
    if (!encoder->overflows && positions_encode_overflow_marker(&encoder->lists))
        return ST_NOMEM;
    encoder->overflows = true;
    encoder->occurrences += count;
    encoder->value_count -= count;
    enum status status = positions_encode_overflow(&encoder->lists, encoder->values, count);
    memmove(encoder->values, encoder->values + count,
            encoder->value_count * sizeof *encoder->values);
    return status;
}

/* A block of more than VALUES_MAX values overflows, whatever follows. */
enum status postings_encoder_make_room(struct postings_encoder *encoder, size_t more,
                                       struct error *err) {
    size_t needed = encoder->value_count + more;
    if (needed > VALUES_MAX) {
        if (put_overflow(encoder,
                         encoder->value_count - encoder->value_count % POSITIONS_PIECE_VALUES))
            return error_nomem(err);
        return drain_if_full(encoder, err);
    }
    /* The capacity is at most half of VALUES_MAX or equal to it, so doubling never exceeds it. */
    uint32_t *values = array_reserve(encoder->values, &encoder->value_capacity,
                                     needed > VALUES_MAX / 4 ? VALUES_MAX : needed, sizeof *values);
    if (!values)
        return error_nomem(err);
    encoder->values = values;
    return ST_OK;
}

/* Encodes the remaining positions of the block. */
static enum status put_positions(struct postings_encoder *encoder) {
    if (encoder->overflows)
        return put_overflow(encoder, encoder->value_count);
    uint8_t norms[POSTINGS_BLOCK];
    for (uint32_t i = 0; i < encoder->count; i++)
        norms[i] = norm_of(encoder, i);
    encoder->occurrences += encoder->value_count;
    encoder->value_count = 0;
    return positions_encode(&encoder->lists, &encoder->scratch, encoder->frequencies, norms,
                            encoder->count, encoder->values);
}

static uint8_t *put_postings(uint8_t *next, const struct postings_encoder *encoder) {
    uint32_t previous_doc = encoder->previous_doc;
    for (uint32_t i = 0; i < encoder->count; i++) {
        uint64_t gap = (uint32_t)(encoder->docs[i] - previous_doc - 1);
        uint32_t frequency = encoder->frequencies[i];
        next = put_varint(next, gap << 1 | (frequency == 1));
        if (frequency > 1)
            next = put_varint(next, frequency - 2);
        previous_doc = encoder->docs[i];
    }
    return next;
}

/* Nearly all frequencies of most terms are 1. */
static uint8_t *put_frequencies(uint8_t *next, const struct postings_encoder *encoder) {
    uint32_t values[POSTINGS_BLOCK];
    uint64_t more = 0;
    for (uint32_t i = 0; i < POSTINGS_BLOCK; i++) {
        values[i] = encoder->frequencies[i] - 1;
        more += values[i];
    }
    if (more > POSTINGS_SPARSE_MAX)
        return next + rice_encode(next, values);
    *next++ = (uint8_t)(POSTINGS_SPARSE + more);
    for (uint32_t i = 0; i < POSTINGS_BLOCK; i++)
        for (uint32_t n = 0; n < values[i]; n++)
            *next++ = (uint8_t)i;
    return next;
}

static uint8_t *put_full_block(uint8_t *next, const struct postings_encoder *encoder) {
    uint32_t values[POSTINGS_BLOCK];
    uint32_t previous_doc = encoder->previous_doc;
    for (uint32_t i = 0; i < POSTINGS_BLOCK; i++) {
        values[i] = encoder->docs[i] - previous_doc - 1;
        previous_doc = encoder->docs[i];
    }
    return put_frequencies(next + rice_encode(next, values), encoder);
}

static uint8_t *put_skip(uint8_t *next, struct postings_encoder *encoder) {
    struct impact_set set;
    impact_set_clear(&set);
    for (uint32_t i = 0; i < encoder->count; i++)
        impact_set_add(&set, encoder->frequencies[i], norm_of(encoder, i));
    struct impact impacts[IMPACT_COUNT];
    impact_set_bound(impacts, &set);
    put_u32(next, encoder->docs[encoder->count - 1]);
    next += 4;
    for (unsigned i = 0; i < IMPACT_COUNT; i++) {
        *next++ = impacts[i].frequency;
        *next++ = impacts[i].norm;
        impact_set_add(&encoder->list_impacts, impacts[i].frequency, impacts[i].norm);
    }
    return next;
}

/* Encodes the current postings: a block or the tail of a long list, or a whole short list. */
static enum status put_block(struct postings_encoder *encoder, bool is_long) {
    struct buffer *lists = &encoder->lists;
    if (put_positions(encoder) || buffer_reserve(lists, 4 + POSTINGS_BYTES_MAX + ENCODED_SKIP_SIZE))
        return ST_NOMEM;
    uint8_t *start = lists->data + lists->size + 4, *next = start;
    if (is_long) {
        put_u32(next, 0);
        next += 4;
    }
    if (encoder->count == POSTINGS_BLOCK)
        next = put_full_block(next, encoder);
    else if (encoder->documents > 1)
        next = put_postings(next, encoder);
    put_u16(start - 4, is_long ? MARK_BLOCK : MARK_SHORT);
    put_u16(start - 2, (uint16_t)(next - start));
    if (is_long)
        next = put_skip(next, encoder);
    lists->size = (size_t)(next - lists->data);
    encoder->previous_doc = encoder->docs[encoder->count - 1];
    encoder->count = 0;
    encoder->overflows = false;
    return ST_OK;
}

enum status postings_encoder_flush_block(struct postings_encoder *encoder, struct error *err) {
    return put_block(encoder, true) ? error_nomem(err) : drain_if_full(encoder, err);
}

enum status postings_encoder_end(struct postings_encoder *encoder, struct error *err) {
    struct buffer *lists = &encoder->lists;
    if (!encoder->documents)
        return ST_OK;
    struct list_trailer end = {.documents = encoder->documents,
                               .occurrences = encoder->occurrences + encoder->value_count,
                               .doc = encoder->docs[0],
                               .frequency = encoder->frequencies[0],
                               .position = encoder->values[0],
                               .term_size = encoder->term_size};
    if (end.occurrences > 1 && put_block(encoder, encoder->documents >= POSTINGS_BLOCK))
        return error_nomem(err);
    impact_set_bound(end.impacts, &encoder->list_impacts);
    if (buffer_reserve(lists, 2 + sizeof end + end.term_size))
        return error_nomem(err);
    uint8_t *next = lists->data + lists->size;
    put_u16(next, MARK_END);
    memcpy(next + 2, &end, sizeof end);
    memcpy(next + 2 + sizeof end, encoder->term, end.term_size);
    lists->size += 2 + sizeof end + end.term_size;
    return drain_if_full(encoder, err);
}

void postings_writer_init(struct postings_writer *writer, struct chunk_sink *sink,
                          uint32_t segment) {
    *writer = (struct postings_writer){0};
    chunk_writer_init(&writer->postings, sink, segment, STREAM_POSTINGS);
    chunk_writer_init(&writer->skips, sink, segment, STREAM_SKIPS);
    chunk_writer_init(&writer->positions, sink, segment, STREAM_POSITIONS);
}

void postings_writer_release(struct postings_writer *writer) {
    chunk_writer_release(&writer->postings);
    chunk_writer_release(&writer->skips);
    chunk_writer_release(&writer->positions);
}

static enum status write_skip(struct postings_writer *writer, const uint8_t *part,
                              uint32_t distance, struct error *err) {
    uint8_t *skip;
    uint64_t address;
    enum status status =
        chunk_writer_reserve(&skip, &address, &writer->skips, POSTINGS_SKIP_SIZE, err);
    if (status)
        return status;
    memcpy(skip, part, 4);
    put_u32(skip + 4, distance);
    memcpy(skip + 8, part + 4, 2 * IMPACT_COUNT);
    writer->next_skip++;
    return ST_OK;
}

/* Writes a block, and its skip entry; NULL: the list has none. */
static enum status write_block(struct postings_writer *writer, struct slice block,
                               const uint8_t *skip, struct error *err) {
    uint64_t positions = writer->positions_address, address = 0;
    uint8_t *bytes = NULL;
    if (block.size) {
        enum status status =
            chunk_writer_reserve(&bytes, &address, &writer->postings, (uint32_t)block.size, err);
        if (status)
            return status;
        memcpy(bytes, block.data, block.size);
    }
    if (!writer->list_begun) {
        writer->entry.positions = positions;
        writer->entry.postings = address;
    }
    writer->list_begun = true;
    writer->positions_begun = false;
    if (!skip)
        return ST_OK;
    uint64_t positions_distance = chunk_distance(writer->entry.positions, positions);
    uint64_t distance = chunk_distance(writer->entry.postings, address);
    if (positions_distance > UINT32_MAX || distance > UINT32_MAX)
        return error_set(err, ST_LIMIT, 0, "the list of a term passes 4 GiB in one segment");
    put_u32(bytes, (uint32_t)positions_distance);
    return write_skip(writer, skip, (uint32_t)distance, err);
}

static enum status write_positions_item(struct postings_writer *writer, struct slice item,
                                        struct error *err) {
    uint64_t address;
    enum status status =
        chunk_writer_add(&address, &writer->positions, item.data, (uint32_t)item.size, err);
    if (!writer->positions_begun)
        writer->positions_address = address;
    writer->positions_begun = true;
    return status;
}

/* Completes the entry, and prepares for the next list. */
static void end_list(struct slice *term, struct term_entry *entry, struct postings_writer *writer,
                     const uint8_t *bytes) {
    struct list_trailer end;
    memcpy(&end, bytes, sizeof end);
    *term = slice_of(bytes + sizeof end, end.term_size);
    *entry = writer->entry;
    entry->documents = end.documents;
    entry->occurrences = end.occurrences;
    entry->doc = end.doc;
    entry->frequency = end.frequency;
    entry->position = end.position;
    if (end.documents >= POSTINGS_BLOCK)
        memcpy(entry->impacts, end.impacts, sizeof entry->impacts);
    writer->entry = (struct term_entry){.skips = writer->next_skip};
    writer->list_begun = false;
}

enum status postings_writer_add(struct slice *term, struct term_entry *entry,
                                struct postings_writer *writer, struct slice *lists,
                                struct error *err) {
    const uint8_t *next = lists->data, *end = next + lists->size;
    enum status status = ST_OK;
    *term = slice_of(NULL, 0);
    while (next < end && !term->size && !status) {
        unsigned mark = get_u16(next);
        next += 2;
        if (mark == MARK_END) {
            end_list(term, entry, writer, next);
            next = term->data + term->size;
        } else if (mark == MARK_BLOCK || mark == MARK_SHORT) {
            struct slice block = slice_of(next + 2, get_u16(next));
            next = block.data + block.size;
            status = write_block(writer, block, mark == MARK_BLOCK ? next : NULL, err);
            next += mark == MARK_BLOCK ? ENCODED_SKIP_SIZE : 0;
        } else {
            status = write_positions_item(writer, slice_of(next, mark), err);
            next += mark;
        }
    }
    *lists = slice_of(next, (size_t)(end - next));
    return status;
}

enum status postings_writer_flush(struct postings_writer *writer, struct error *err) {
    enum status status = chunk_writer_flush(&writer->postings, err);
    if (!status)
        status = chunk_writer_flush(&writer->skips, err);
    if (!status)
        status = chunk_writer_flush(&writer->positions, err);
    return status;
}
