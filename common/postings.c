#include "common/postings.h"

#include <stdlib.h>

#include "common/bitpack.h"

void postings_writer_init(struct postings_writer *writer, struct chunk_sink *sink,
                          uint32_t segment) {
    *writer = (struct postings_writer){0};
    chunk_writer_init(&writer->postings, sink, segment, STREAM_POSTINGS);
    chunk_writer_init(&writer->skips, sink, segment, STREAM_SKIPS);
    chunk_writer_init(&writer->positions.stream, sink, segment, STREAM_POSITIONS);
}

void postings_writer_release(struct postings_writer *writer) {
    chunk_writer_release(&writer->postings);
    chunk_writer_release(&writer->skips);
    chunk_writer_release(&writer->positions.stream);
    buffer_release(&writer->positions.bytes);
    free(writer->values);
    writer->values = NULL;
}

void postings_writer_begin(struct postings_writer *writer) {
    writer->entry = (struct term_entry){.skips = writer->skip_next};
    writer->before = UINT32_MAX;
    writer->count = 0;
    writer->value_count = 0;
    impact_set_clear(&writer->all);
}

static enum status write_positions(struct postings_writer *writer, uint64_t *address,
                                   struct error *err) {
    bool coded = writer->entry.documents >= POSTINGS_BLOCK;
    uint8_t norms[POSTINGS_BLOCK];
    for (uint32_t i = 0; coded && i < writer->count; i++)
        norms[i] = writer->norms[writer->docs[i]];
    enum status status = positions_write(&writer->positions, writer->frequencies, norms,
                                         writer->count, writer->values, coded, address, err);
    writer->value_count = 0;
    return status;
}

static uint8_t *put_postings(const struct postings_writer *writer, uint8_t *next) {
    uint32_t before = writer->before;
    for (uint32_t i = 0; i < writer->count; i++) {
        uint64_t gap = (uint32_t)(writer->docs[i] - before - 1);
        uint32_t frequency = writer->frequencies[i];
        next = varint_put(next, gap << 1 | (frequency == 1));
        if (frequency > 1)
            next = varint_put(next, frequency - 2);
        before = writer->docs[i];
    }
    return next;
}

static enum status write_skip(struct postings_writer *writer, uint64_t address, struct error *err) {
    struct impact_set set;
    impact_set_clear(&set);
    for (uint32_t i = 0; i < writer->count; i++)
        impact_set_add(&set, writer->frequencies[i], writer->norms[writer->docs[i]]);
    struct impact impacts[IMPACT_COUNT];
    impact_set_bound(&set, impacts);
    uint8_t skip[SKIP_SIZE];
    put_u32(skip, writer->docs[writer->count - 1]);
    put_u32(skip + 4, (uint32_t)(address >> 16));
    put_u16(skip + 8, (uint16_t)address);
    for (unsigned i = 0; i < IMPACT_COUNT; i++) {
        skip[10 + 2 * i] = impacts[i].frequency;
        skip[11 + 2 * i] = impacts[i].norm;
        impact_set_add(&writer->all, impacts[i].frequency, impacts[i].norm);
    }
    uint64_t place;
    writer->skip_next++;
    return chunk_writer_add(&writer->skips, skip, SKIP_SIZE, &place, err);
}

static enum status write_block(struct postings_writer *writer, struct error *err) {
    uint64_t positions = 0;
    enum status status = write_positions(writer, &positions, err);
    if (status)
        return status;
    uint8_t block[POSTINGS_BYTES_MAX];
    uint8_t *next = block;
    if (writer->count == POSTINGS_BLOCK) {
        uint32_t values[POSTINGS_BLOCK];
        uint32_t before = writer->before;
        for (uint32_t i = 0; i < POSTINGS_BLOCK; i++) {
            values[i] = writer->docs[i] - before - 1;
            before = writer->docs[i];
        }
        unsigned width = bitpack_width(values);
        *next++ = (uint8_t)width;
        put_u48(next, positions);
        next += 6;
        bitpack_encode(next, values, width);
        next += 16 * width;
        for (uint32_t i = 0; i < POSTINGS_BLOCK; i++)
            values[i] = writer->frequencies[i] - 1;
        next += pfor_encode(next, values);
    } else {
        put_u48(next, positions);
        next = put_postings(writer, next + 6);
    }
    uint64_t address;
    status = chunk_writer_add(&writer->postings, block, (uint32_t)(next - block), &address, err);
    if (!status)
        status = write_skip(writer, address, err);
    writer->before = writer->docs[writer->count - 1];
    writer->count = 0;
    return status;
}

uint32_t *postings_writer_add(struct postings_writer *writer, uint32_t doc, uint32_t frequency,
                              struct error *err) {
    if (writer->count == POSTINGS_BLOCK && write_block(writer, err))
        return NULL;
    if (writer->value_capacity - writer->value_count < frequency) {
        size_t capacity = 2 * (writer->value_count + frequency) + 1024;
        uint32_t *values = realloc(writer->values, capacity * sizeof *values);
        if (!values) {
            error_nomem(err);
            return NULL;
        }
        writer->values = values;
        writer->value_capacity = capacity;
    }
    writer->docs[writer->count] = doc;
    writer->frequencies[writer->count] = frequency;
    writer->count++;
    writer->entry.documents++;
    writer->entry.occurrences += frequency;
    uint32_t *place = writer->values + writer->value_count;
    writer->value_count += frequency;
    return place;
}

enum status postings_writer_end(struct postings_writer *writer, struct error *err) {
    struct term_entry *entry = &writer->entry;
    if (entry->documents >= POSTINGS_BLOCK) {
        enum status status = writer->count ? write_block(writer, err) : ST_OK;
        impact_set_bound(&writer->all, entry->impacts);
        return status;
    }
    if (entry->documents == 1) {
        entry->doc = writer->docs[0];
        entry->frequency = writer->frequencies[0];
        if (entry->occurrences == 1) {
            entry->position = writer->values[0];
            return ST_OK;
        }
        return write_positions(writer, &entry->positions, err);
    }
    uint8_t block[POSTINGS_BYTES_MAX];
    size_t size = (size_t)(put_postings(writer, block) - block);
    enum status status = write_positions(writer, &entry->positions, err);
    if (!status)
        status = chunk_writer_add(&writer->postings, block, (uint32_t)size, &entry->postings, err);
    return status;
}

enum status postings_writer_flush(struct postings_writer *writer, struct error *err) {
    enum status status = chunk_writer_flush(&writer->postings, err);
    if (!status)
        status = chunk_writer_flush(&writer->skips, err);
    if (!status)
        status = chunk_writer_flush(&writer->positions.stream, err);
    return status;
}

static bool damaged(struct chunk_reader *chunks, const char *what) {
    if (!chunks->status)
        chunks->status = error_set(&chunks->error, ST_CORRUPT, 0, "segment %u: damaged %s",
                                   chunks->segment, what);
    return false;
}

/* A tail (headed by the address of its positions) or a short list. */
static bool decode_varints(struct postings_block *block, struct reader *reader, uint32_t before,
                           bool headed) {
    if (headed)
        block->positions = reader_u48(reader);
    uint32_t doc = before;
    for (uint32_t i = 0; i < block->count; i++) {
        uint64_t head = reader_varint(reader);
        doc += (uint32_t)(head >> 1) + 1;
        block->docs[i] = doc;
        block->frequencies[i] = head & 1 ? 1 : reader_varint32(reader) + 2;
    }
    block->packed = NULL;
    return !reader->bad;
}

/* The bytes at an address, as many as there are in its chunk and as a block may need. */
static const uint8_t *fetch(struct chunk_reader *chunks, uint64_t address, uint32_t most,
                            uint32_t *size) {
    uint32_t left = chunk_left(chunks, STREAM_POSTINGS, address);
    *size = left < most ? left : most;
    const uint8_t *in = *size ? chunk_read(chunks, STREAM_POSTINGS, address, *size) : NULL;
    if (!in)
        damaged(chunks, "postings");
    return in;
}

bool postings_block_load_at(struct postings_block *block, struct chunk_reader *chunks,
                            uint64_t address, uint32_t count, uint32_t before) {
    uint32_t size;
    block->count = count;
    if (count < POSTINGS_BLOCK) {
        const uint8_t *in = fetch(chunks, address, 6 + count * 2 * VARINT_MAX, &size);
        if (!in)
            return false;
        struct reader reader = reader_of(in, size);
        return decode_varints(block, &reader, before, true) || damaged(chunks, "postings");
    }
    const uint8_t *in = fetch(chunks, address, POSTINGS_BLOCK_MAX, &size);
    if (!in)
        return false;
    uint32_t width = in[0];
    size_t gaps = 7 + 16 * (size_t)width;
    if (size < 7 || width > 32 || gaps > size)
        return damaged(chunks, "postings");
    block->positions = get_u48(in + 1);
    bitpack_decode(block->docs, in + 7, width);
    bitpack_undelta(block->docs, before);
    block->packed = in + gaps;
    block->packed_size = size - gaps;
    return true;
}

bool postings_block_unpack(struct postings_block *block, struct chunk_reader *chunks) {
    if (!pfor_decode(block->frequencies, block->packed, block->packed_size))
        return damaged(chunks, "frequencies");
    for (unsigned i = 0; i < POSTINGS_BLOCK; i++)
        block->frequencies[i]++;
    block->packed = NULL;
    return true;
}

bool postings_block_load(struct postings_block *block, struct chunk_reader *chunks,
                         const struct term_entry *entry, uint32_t number) {
    if (entry->documents == 1) {
        block->docs[0] = entry->doc;
        block->frequencies[0] = entry->frequency;
        block->count = 1;
        block->packed = NULL;
        block->positions = entry->positions;
        return true;
    }
    if (entry->documents < POSTINGS_BLOCK) {
        uint32_t size;
        block->count = entry->documents;
        const uint8_t *in = fetch(chunks, entry->postings, block->count * 2 * VARINT_MAX, &size);
        if (!in)
            return false;
        struct reader reader = reader_of(in, size);
        block->positions = entry->positions;
        return decode_varints(block, &reader, UINT32_MAX, false) || damaged(chunks, "postings");
    }
    uint32_t before = UINT32_MAX;
    if (number) {
        const uint8_t *skip =
            chunk_read(chunks, STREAM_SKIPS, skip_address(entry->skips + number - 1), SKIP_SIZE);
        if (!skip)
            return false;
        before = skip_last(skip);
    }
    const uint8_t *skip =
        chunk_read(chunks, STREAM_SKIPS, skip_address(entry->skips + number), SKIP_SIZE);
    if (!skip)
        return false;
    uint32_t left = entry->documents - number * POSTINGS_BLOCK;
    if (!postings_block_load_at(block, chunks, skip_block(skip),
                                left < POSTINGS_BLOCK ? left : (uint32_t)POSTINGS_BLOCK, before))
        return false;
    return block->docs[block->count - 1] == skip_last(skip) || damaged(chunks, "postings");
}
