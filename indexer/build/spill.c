/* SPDX-License-Identifier: MIT */
/* Writes runs of postings to a temporary file and reads them again. */
#include "indexer/build/spill.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/array.h"
#include "common/base/temp_file.h"

enum {
    WRITE_BYTES = 1 << 18,
    PIECE_BYTES = 1 << 16,
    TERM_HEAD_MAX = 1 + UINT8_MAX, /* of a term: its size and bytes */
    /* Bytes to read at a time from each run. */
    READ_MIN = 1 << 12,
    READ_MAX = 1 << 16,
};

void spills_release(struct spills *spills) {
    if (spills->run_count)
        close(spills->file);
    free(spills->runs);
    spills->runs = NULL;
    spills->run_count = spills->run_capacity = 0;
}

enum status spill_writer_begin(struct spill_writer *writer, struct spills *spills,
                               struct error *err) {
    *writer = (struct spill_writer){.spills = spills, .file = spills->file};
    if (!spills->run_count)
        return temp_file_open(&writer->file, spills->folder, err);
    writer->run.begin = writer->run.end = spills->runs[spills->run_count - 1].end;
    return ST_OK;
}

void spill_writer_release(struct spill_writer *writer) {
    if (!writer->spills->run_count && writer->file >= 0)
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

enum status spill_writer_begin_term(struct spill_writer *writer, struct slice term,
                                    struct error *err) {
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
    unsigned size_class = posting_buffer_size_class(value);
    uint8_t code[8];
    put_u64(code, value << 2 | size_class);
    if (buffer_append(&writer->codes, code, posting_buffer_code_size(size_class)))
        return error_nomem(err);
    return writer->codes.size < PIECE_BYTES ? ST_OK : end_piece(writer, err);
}

enum status spill_writer_add_posting(struct spill_writer *writer,
                                     struct posting_buffer_reader *postings, struct error *err) {
    uint32_t doc = postings->doc, distance;
    enum status status = append_code(writer, (uint64_t)postings->position << 1 | 1, err);
    if (!status)
        status = append_code(writer, (uint32_t)(doc - writer->doc), err);
    while (!status && posting_buffer_next_occurrence(&distance, postings))
        status = append_code(writer, (uint64_t)distance << 1, err);
    writer->doc = doc;
    return status;
}

enum status spill_writer_end_term(struct spill_writer *writer, struct error *err) {
    enum status status = writer->codes.size ? end_piece(writer, err) : ST_OK;
    return status ? status : end_piece(writer, err);
}

enum status spill_writer_end(struct spill_writer *writer, struct error *err) {
    struct spills *spills = writer->spills;
    enum status status = write_all(writer, err);
    if (status)
        return status;
    struct spill_run *runs =
        array_reserve(spills->runs, &spills->run_capacity, spills->run_count + 1, sizeof *runs);
    if (!runs)
        return error_nomem(err);
    spills->runs = runs;
    spills->file = writer->file;
    runs[spills->run_count++] = writer->run;
    return ST_OK;
}

static enum status cut_off(struct error *err) {
    return error_set(err, ST_EIO, 0, "a temporary file is cut off");
}

/* Moves unread bytes to the front and reads more; at least `needed` bytes must be available
 * then. */
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
            return temp_file_fail(errno, "read", err);
        if (got == 0)
            return cut_off(err);
        reader->run.begin += (uint64_t)got;
        reader->size += (size_t)got;
    }
    return reader->size >= needed ? ST_OK : cut_off(err);
}

/* Reads the size of the next piece. The piece before was read to its end. */
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

/* Provides the next bytes of the postings. A code that is cut off at their end is read again with
 * the next bytes. */
static bool refill(struct posting_buffer_reader *postings) {
    struct spill_reader *reader = (struct spill_reader *)postings;
    size_t cut = (size_t)(postings->end - postings->at);
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
    postings->at = reader->bytes + reader->next;
    postings->end = postings->at + size;
    reader->next += size;
    reader->left -= size;
    return true;
}

enum status spill_reader_next(struct spill_reader *reader, struct error *err) {
    if (reader->status) {
        if (err)
            *err = reader->err;
        return reader->status;
    }
    if (reader->size - reader->next < TERM_HEAD_MAX) {
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
    reader->postings.at = reader->postings.end = reader->bytes + reader->next;
    posting_buffer_first(&reader->postings);
    return ST_OK;
}

enum status spill_reader_open(struct spill_reader *reader, const struct spills *spills, size_t run,
                              uint64_t memory, struct error *err) {
    uint64_t share = memory / spills->run_count;
    *reader = (struct spill_reader){.file = spills->file, .run = spills->runs[run]};
    reader->postings.refill = refill;
    reader->capacity = share < READ_MIN ? READ_MIN : share > READ_MAX ? READ_MAX : share;
    reader->bytes = calloc(1, reader->capacity + POSTING_BUFFER_SLACK);
    return reader->bytes ? spill_reader_next(reader, err) : error_nomem(err);
}

void spill_reader_close(struct spill_reader *reader) {
    free(reader->bytes);
    reader->bytes = NULL;
}
