#include "common/postings_writer.h"

#include <assert.h>
#include <stdlib.h>

/* What an encoded list begins with. */
struct list_head {
    uint64_t size; /* of all of it */
    uint64_t occurrences;
    uint32_t documents;
    uint32_t doc, frequency, position; /* of the only posting, as in a struct term_entry */
    struct impact impacts[IMPACT_COUNT];
    uint8_t term_size;
};

enum { SKIP_PART = 4 + 2 * IMPACT_COUNT }; /* what the encoder knows of a skip entry */

_Static_assert(DICTIONARY_TERM_MAX <= UINT8_MAX, "a term's size is one byte");

void postings_encoder_release(struct postings_encoder *encoder) {
    buffer_release(&encoder->lists);
    buffer_release(&encoder->scratch);
    free(encoder->values);
    *encoder = (struct postings_encoder){0};
}

enum status postings_encoder_begin(struct postings_encoder *encoder, struct slice term,
                                   struct error *err) {
    struct list_head head = {.term_size = (uint8_t)term.size};
    assert(term.size && term.size <= DICTIONARY_TERM_MAX);
    encoder->start = encoder->lists.size;
    encoder->documents = 0;
    encoder->occurrences = 0;
    encoder->before = UINT32_MAX;
    encoder->count = 0;
    encoder->value_count = 0;
    impact_set_clear(&encoder->all);
    if (buffer_append(&encoder->lists, &head, sizeof head) ||
        buffer_append_slice(&encoder->lists, term))
        return error_nomem(err);
    return ST_OK;
}

static enum status put_positions(struct postings_encoder *encoder) {
    struct buffer *lists = &encoder->lists;
    uint8_t norms[POSTINGS_BLOCK];
    for (uint32_t i = 0; i < encoder->count; i++)
        norms[i] = encoder->norms[encoder->docs[i]];
    size_t place = lists->size;
    uint32_t items = 0;
    enum status status = buffer_append(lists, &items, sizeof items);
    if (!status)
        status = positions_encode(lists, &items, &encoder->scratch, encoder->frequencies, norms,
                                  encoder->count, encoder->values);
    if (!status)
        memcpy(lists->data + place, &items, sizeof items);
    encoder->occurrences += encoder->value_count;
    encoder->value_count = 0;
    return status;
}

static uint8_t *put_postings(const struct postings_encoder *encoder, uint8_t *next) {
    uint32_t before = encoder->before;
    for (uint32_t i = 0; i < encoder->count; i++) {
        uint64_t gap = (uint32_t)(encoder->docs[i] - before - 1);
        uint32_t frequency = encoder->frequencies[i];
        next = varint_put(next, gap << 1 | (frequency == 1));
        if (frequency > 1)
            next = varint_put(next, frequency - 2);
        before = encoder->docs[i];
    }
    return next;
}

/* Nearly all frequencies of most terms are 1. */
static uint8_t *put_frequencies(const struct postings_encoder *encoder, uint8_t *next) {
    uint32_t values[POSTINGS_BLOCK];
    uint64_t more = 0;
    for (uint32_t i = 0; i < POSTINGS_BLOCK; i++) {
        values[i] = encoder->frequencies[i] - 1;
        more += values[i];
    }
    if (more > POSTINGS_MORE)
        return next + rice_encode(next, values);
    *next++ = (uint8_t)(POSTINGS_SPARSE + more);
    for (uint32_t i = 0; i < POSTINGS_BLOCK; i++)
        for (uint32_t n = 0; n < values[i]; n++)
            *next++ = (uint8_t)i;
    return next;
}

static uint8_t *put_full(const struct postings_encoder *encoder, uint8_t *next) {
    uint32_t values[POSTINGS_BLOCK];
    uint32_t before = encoder->before;
    for (uint32_t i = 0; i < POSTINGS_BLOCK; i++) {
        values[i] = encoder->docs[i] - before - 1;
        before = encoder->docs[i];
    }
    return put_frequencies(encoder, next + rice_encode(next, values));
}

static uint8_t *put_skip(struct postings_encoder *encoder, uint8_t *next) {
    struct impact_set set;
    impact_set_clear(&set);
    for (uint32_t i = 0; i < encoder->count; i++)
        impact_set_add(&set, encoder->frequencies[i], encoder->norms[encoder->docs[i]]);
    struct impact impacts[IMPACT_COUNT];
    impact_set_bound(&set, impacts);
    put_u32(next, encoder->docs[encoder->count - 1]);
    next += 4;
    for (unsigned i = 0; i < IMPACT_COUNT; i++) {
        *next++ = impacts[i].frequency;
        *next++ = impacts[i].norm;
        impact_set_add(&encoder->all, impacts[i].frequency, impacts[i].norm);
    }
    return next;
}

/* Encodes the postings collected: a block or the tail of a long list, or all of a short one. */
static enum status put_block(struct postings_encoder *encoder, bool is_long) {
    struct buffer *lists = &encoder->lists;
    if (put_positions(encoder) || buffer_reserve(lists, 2 + POSTINGS_BYTES_MAX + SKIP_PART))
        return ST_NOMEM;
    uint8_t *start = lists->data + lists->size + 2, *next = start;
    if (is_long) {
        put_u32(next, 0);
        next += 4;
    }
    if (encoder->count == POSTINGS_BLOCK)
        next = put_full(encoder, next);
    else if (encoder->documents > 1)
        next = put_postings(encoder, next);
    put_u16(start - 2, (uint16_t)(next - start));
    if (is_long)
        next = put_skip(encoder, next);
    lists->size = (size_t)(next - lists->data);
    encoder->before = encoder->docs[encoder->count - 1];
    encoder->count = 0;
    return ST_OK;
}

enum status postings_encoder_block(struct postings_encoder *encoder, struct error *err) {
    return put_block(encoder, true) ? error_nomem(err) : ST_OK;
}

enum status postings_encoder_grow(struct postings_encoder *encoder, size_t more,
                                  struct error *err) {
    size_t capacity = 2 * (encoder->value_count + more) + 1024;
    uint32_t *values = realloc(encoder->values, capacity * sizeof *values);
    if (!values)
        return error_nomem(err);
    encoder->values = values;
    encoder->value_capacity = capacity;
    return ST_OK;
}

enum status postings_encoder_end(struct postings_encoder *encoder, struct error *err) {
    struct list_head head;
    if (!encoder->documents) {
        encoder->lists.size = encoder->start;
        return ST_OK;
    }
    memcpy(&head, encoder->lists.data + encoder->start, sizeof head);
    head.documents = encoder->documents;
    head.occurrences = encoder->occurrences + encoder->value_count;
    head.doc = encoder->docs[0];
    head.frequency = encoder->frequencies[0];
    head.position = encoder->values[0];
    bool is_long = encoder->documents >= POSTINGS_BLOCK;
    if (head.occurrences > 1 && put_block(encoder, is_long))
        return error_nomem(err);
    impact_set_bound(&encoder->all, head.impacts);
    head.size = encoder->lists.size - encoder->start;
    memcpy(encoder->lists.data + encoder->start, &head, sizeof head);
    return ST_OK;
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

/* size(u16) and so many bytes. */
static struct slice take_item(const uint8_t **next) {
    struct slice item = slice_of(*next + 2, get_u16(*next));
    *next += 2 + item.size;
    return item;
}

static enum status place_positions(struct postings_writer *writer, const uint8_t **next,
                                   uint64_t *address, struct error *err) {
    uint32_t items;
    memcpy(&items, *next, sizeof items);
    *next += sizeof items;
    for (uint32_t i = 0; i < items; i++) {
        struct slice item = take_item(next);
        uint64_t place;
        enum status status =
            chunk_writer_add(&writer->positions, item.data, (uint32_t)item.size, &place, err);
        if (status)
            return status;
        if (i == 0)
            *address = place;
    }
    return ST_OK;
}

static enum status place_skip(struct postings_writer *writer, const uint8_t *part,
                              uint32_t distance, struct error *err) {
    uint8_t *skip;
    uint64_t place;
    enum status status = chunk_writer_place(&writer->skips, SKIP_SIZE, &skip, &place, err);
    if (status)
        return status;
    memcpy(skip, part, 4);
    put_u32(skip + 4, distance);
    memcpy(skip + 8, part + 4, 2 * IMPACT_COUNT);
    writer->skip_next++;
    return ST_OK;
}

enum status postings_writer_put(struct postings_writer *writer, struct slice *lists,
                                struct slice *term, struct term_entry *entry, struct error *err) {
    struct list_head head;
    memcpy(&head, lists->data, sizeof head);
    const uint8_t *next = lists->data + sizeof head, *end = lists->data + head.size;
    *lists = slice_of(end, lists->size - head.size);
    *term = slice_of(next, head.term_size);
    next += head.term_size;
    *entry = (struct term_entry){.documents = head.documents,
                                 .occurrences = head.occurrences,
                                 .doc = head.doc,
                                 .frequency = head.frequency,
                                 .position = head.position,
                                 .skips = writer->skip_next};
    bool is_long = head.documents >= POSTINGS_BLOCK, first = true;
    if (is_long)
        memcpy(entry->impacts, head.impacts, sizeof entry->impacts);
    while (next < end) {
        uint64_t positions = 0, address = 0;
        enum status status = place_positions(writer, &next, &positions, err);
        struct slice block = take_item(&next);
        uint8_t *place = NULL;
        if (!status && block.size)
            status =
                chunk_writer_place(&writer->postings, (uint32_t)block.size, &place, &address, err);
        if (status)
            return status;
        if (block.size)
            memcpy(place, block.data, block.size);
        if (first) {
            entry->positions = positions;
            entry->postings = address;
            first = false;
        }
        if (!is_long)
            continue;
        uint64_t run = chunk_distance(entry->positions, positions);
        uint64_t behind = chunk_distance(entry->postings, address);
        if (run > UINT32_MAX || behind > UINT32_MAX)
            return error_set(err, ST_LIMIT, 0, "the list of a term passes 4 GiB in one segment");
        put_u32(place, (uint32_t)run);
        status = place_skip(writer, next, (uint32_t)behind, err);
        if (status)
            return status;
        next += SKIP_PART;
    }
    return ST_OK;
}

enum status postings_writer_flush(struct postings_writer *writer, struct error *err) {
    enum status status = chunk_writer_flush(&writer->postings, err);
    if (!status)
        status = chunk_writer_flush(&writer->skips, err);
    if (!status)
        status = chunk_writer_flush(&writer->positions, err);
    return status;
}
