#include "indexer/build/spill.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/temp_file.h"

enum {
    WRITE_BYTES = 1 << 18,
    PIECE_BYTES = 1 << 16,
    HEAD_MAX = 1 + UINT8_MAX, /* of a term */
    /* Of each run, while all are read together. */
    READ_LEAST = 1 << 12,
    READ_MOST = 1 << 16,
};

void spills_release(struct spills *spills) {
    if (spills->count)
        close(spills->file);
    free(spills->runs);
    spills->runs = NULL;
    spills->count = 0;
}

enum status spill_begin(struct spill_writer *writer, struct spills *spills, struct error *err) {
    *writer = (struct spill_writer){.spills = spills, .file = spills->file};
    if (!spills->count)
        return temp_file_open(&writer->file, spills->folder, err);
    writer->run.begin = writer->run.end = spills->runs[spills->count - 1].end;
    return ST_OK;
}

void spill_writer_release(struct spill_writer *writer) {
    if (!writer->spills->count && writer->file >= 0)
        close(writer->file);
    buffer_release(&writer->buffer);
    buffer_release(&writer->codes);
}

static enum status write_all(struct spill_writer *writer, struct error *err) {
    enum status status = temp_file_write(writer->file, buffer_slice(&writer->buffer), err);
    writer->run.end += writer->buffer.size;
    buffer_clear(&writer->buffer);
    return status;
}

enum status spill_term(struct spill_writer *writer, struct slice term, struct error *err) {
    writer->doc = UINT32_MAX;
    return buffer_append_byte(&writer->buffer, (uint8_t)term.size) ||
                   buffer_append_slice(&writer->buffer, term)
               ? error_nomem(err)
               : ST_OK;
}

static enum status end_piece(struct spill_writer *writer, struct error *err) {
    if (buffer_append_u32(&writer->buffer, (uint32_t)writer->codes.size) ||
        buffer_append_slice(&writer->buffer, buffer_slice(&writer->codes)))
        return error_nomem(err);
    buffer_clear(&writer->codes);
    return writer->buffer.size < WRITE_BYTES ? ST_OK : write_all(writer, err);
}

static enum status append_code(struct spill_writer *writer, uint64_t value, struct error *err) {
    unsigned bits = chain_code_bits(value);
    uint8_t code[8];
    put_u64(code, value << 2 | bits);
    if (buffer_append(&writer->codes, code, chain_code_size(bits)))
        return error_nomem(err);
    return writer->codes.size < PIECE_BYTES ? ST_OK : end_piece(writer, err);
}

enum status spill_posting(struct spill_writer *writer, struct chain *chain, struct error *err) {
    uint32_t doc = chain->doc, distance;
    enum status status = append_code(writer, (uint64_t)chain->position << 1 | 1, err);
    if (!status)
        status = append_code(writer, (uint32_t)(doc - writer->doc), err);
    while (!status && chain_more(chain, &distance))
        status = append_code(writer, (uint64_t)distance << 1, err);
    writer->doc = doc;
    return status;
}

enum status spill_end_term(struct spill_writer *writer, struct error *err) {
    enum status status = writer->codes.size ? end_piece(writer, err) : ST_OK;
    return status ? status : end_piece(writer, err);
}

enum status spill_end(struct spill_writer *writer, struct error *err) {
    struct spills *spills = writer->spills;
    enum status status = write_all(writer, err);
    if (status)
        return status;
    struct spill_run *runs = realloc(spills->runs, (spills->count + 1) * sizeof *runs);
    if (!runs)
        return error_nomem(err);
    spills->runs = runs;
    spills->file = writer->file;
    runs[spills->count++] = writer->run;
    return ST_OK;
}

static enum status cut_off(struct error *err) {
    return error_set(err, ST_EIO, 0, "a temporary file is cut off");
}

/* Moves what is unused to the front and reads on; `needed` bytes must be there then. */
static enum status fill(struct spill_reader *reader, size_t needed, struct error *err) {
    size_t kept = reader->size - reader->next;
    memmove(reader->bytes, reader->bytes + reader->next, kept);
    reader->next = 0;
    reader->size = kept;
    while (reader->size < reader->capacity && reader->run.begin < reader->run.end) {
        uint64_t left = reader->run.end - reader->run.begin;
        size_t room = reader->capacity - reader->size;
        ssize_t got = pread(reader->file, reader->bytes + reader->size, left < room ? left : room,
                            (off_t)reader->run.begin);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return temp_file_fail(err, errno, "read");
        if (got == 0)
            return cut_off(err);
        reader->run.begin += (uint64_t)got;
        reader->size += (size_t)got;
    }
    return reader->size >= needed ? ST_OK : cut_off(err);
}

/* The size of the next piece; the one before was read to its end. */
static enum status begin_piece(struct spill_reader *reader, struct error *err) {
    enum status status = ST_OK;
    if (reader->size - reader->next < sizeof(uint32_t))
        status = fill(reader, sizeof(uint32_t), err);
    if (status)
        return status;
    reader->left = get_u32(reader->bytes + reader->next);
    reader->next += sizeof(uint32_t);
    reader->ended = !reader->left;
    return ST_OK;
}

/* The next bytes of the chain; a code that is cut at their end is left for the next time. */
static bool refill(struct chain *chain) {
    struct spill_reader *reader = (struct spill_reader *)chain;
    size_t cut = (size_t)(chain->end - chain->at);
    if (reader->ended || reader->status)
        return false;
    if (!reader->left && !cut)
        reader->status = begin_piece(reader, &reader->err);
    if (reader->ended || reader->status)
        return false;
    reader->next -= cut;
    reader->left += cut;
    if (reader->size - reader->next == cut)
        reader->status = fill(reader, 1, &reader->err);
    if (reader->status)
        return false;
    size_t size = reader->size - reader->next;
    if (size > reader->left)
        size = (size_t)reader->left;
    if (size <= cut) {
        reader->status = error_set(&reader->err, ST_EIO, 0, "a temporary file is damaged");
        return false;
    }
    chain->at = reader->bytes + reader->next;
    chain->end = chain->at + size;
    reader->next += size;
    reader->left -= size;
    return true;
}

enum status spill_next(struct spill_reader *reader, struct error *err) {
    if (reader->status) {
        *err = reader->err;
        return reader->status;
    }
    if (reader->size - reader->next < HEAD_MAX) {
        enum status status = fill(reader, 0, err);
        if (status)
            return status;
    }
    struct reader bytes = reader_of(reader->bytes + reader->next, reader->size - reader->next);
    reader->term = slice_of(reader->term_bytes, 0);
    if (!reader_remaining(&bytes))
        return ST_OK;
    size_t term_size = reader_u8(&bytes);
    const uint8_t *term = reader_bytes(&bytes, term_size);
    if (bytes.bad)
        return cut_off(err);
    memcpy(reader->term_bytes, term, term_size);
    reader->term.size = term_size;
    reader->next = (size_t)(bytes.next - reader->bytes);
    reader->left = 0;
    reader->ended = false;
    reader->chain.at = reader->chain.end = reader->bytes + reader->next;
    chain_open(&reader->chain);
    return ST_OK;
}

enum status spill_open(struct spill_reader *reader, const struct spills *spills, size_t run,
                       uint64_t memory, struct error *err) {
    uint64_t share = memory / spills->count;
    *reader = (struct spill_reader){.file = spills->file, .run = spills->runs[run]};
    reader->chain.refill = refill;
    reader->capacity = share < READ_LEAST ? READ_LEAST : share > READ_MOST ? READ_MOST : share;
    reader->bytes = calloc(1, reader->capacity + CHAIN_SLACK);
    return reader->bytes ? spill_next(reader, err) : error_nomem(err);
}

void spill_close(struct spill_reader *reader) {
    free(reader->bytes);
    reader->bytes = NULL;
}
