#include "indexer/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    WRITE_BYTES = 1 << 20,
    READ_BYTES = 1 << 16, /* of each spill, while they are read together */
};

void spills_release(struct spills *spills) {
    for (size_t i = 0; i < spills->count; i++)
        close(spills->files[i]);
    free(spills->files);
    spills->files = NULL;
    spills->count = 0;
}

static enum status fail(struct error *err, int sys, const char *what) {
    return error_set(err, sys == ENOSPC || sys == EDQUOT ? ST_FULL : ST_EIO, sys,
                     "%s a temporary file in the index", what);
}

enum status spill_begin(struct spill_writer *writer, struct spills *spills, struct error *err) {
    *writer = (struct spill_writer){.spills = spills, .doc = UINT32_MAX};
    writer->file = open(spills->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    return writer->file < 0 ? fail(err, errno, "make") : ST_OK;
}

void spill_writer_release(struct spill_writer *writer) {
    if (writer->file >= 0)
        close(writer->file);
    writer->file = -1;
    buffer_release(&writer->buffer);
    buffer_release(&writer->chain);
}

static enum status write_all(struct spill_writer *writer, struct error *err) {
    for (size_t done = 0; done < writer->buffer.size;) {
        ssize_t wrote = write(writer->file, writer->buffer.data + done, writer->buffer.size - done);
        if (wrote < 0 && errno != EINTR)
            return fail(err, errno, "write");
        done += wrote > 0 ? (size_t)wrote : 0;
    }
    buffer_clear(&writer->buffer);
    return ST_OK;
}

static enum status append_code(struct buffer *buffer, uint64_t value) {
    unsigned bits = chain_code_bits(value);
    uint8_t code[8];
    put_u64(code, value << 2 | bits);
    return buffer_append(buffer, code, chain_code_size(bits));
}

enum status spill_posting(struct spill_writer *writer, struct chain *chain, struct error *err) {
    struct buffer *out = &writer->chain;
    uint32_t doc = chain->doc, distance;
    enum status status = append_code(out, (uint64_t)chain->position << 1 | 1);
    if (!status)
        status = append_code(out, (uint32_t)(doc - writer->doc));
    while (!status && chain_more(chain, &distance))
        status = append_code(out, (uint64_t)distance << 1);
    writer->doc = doc;
    return status ? error_nomem(err) : ST_OK;
}

enum status spill_end_term(struct spill_writer *writer, struct slice term, struct error *err) {
    if (buffer_append_byte(&writer->buffer, (uint8_t)term.size) ||
        buffer_append_slice(&writer->buffer, term) ||
        buffer_append_u64(&writer->buffer, writer->chain.size) ||
        buffer_append_slice(&writer->buffer, buffer_slice(&writer->chain)))
        return error_nomem(err);
    buffer_clear(&writer->chain);
    writer->doc = UINT32_MAX;
    return writer->buffer.size < WRITE_BYTES ? ST_OK : write_all(writer, err);
}

enum status spill_end(struct spill_writer *writer, struct error *err) {
    struct spills *spills = writer->spills;
    enum status status = write_all(writer, err);
    if (status)
        return status;
    int *files = realloc(spills->files, (spills->count + 1) * sizeof *files);
    if (!files)
        return error_nomem(err);
    spills->files = files;
    files[spills->count++] = writer->file;
    writer->file = -1;
    return ST_OK;
}

/* Moves what is unused to the front and reads on; `needed` bytes must be there then. */
static enum status fill(struct spill_reader *reader, size_t needed, struct error *err) {
    size_t kept = reader->size - reader->next;
    memmove(reader->bytes, reader->bytes + reader->next, kept);
    reader->next = 0;
    reader->size = kept;
    while (reader->size < READ_BYTES) {
        ssize_t got = pread(reader->file, reader->bytes + reader->size, READ_BYTES - reader->size,
                            (off_t)reader->place);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(err, errno, "read");
        if (got == 0)
            break;
        reader->place += (uint64_t)got;
        reader->size += (size_t)got;
    }
    return reader->size >= needed ? ST_OK
                                  : error_set(err, ST_EIO, 0, "a temporary file is cut off");
}

/* The next bytes of the chain; a code that is cut at their end is left for the next time. */
static bool refill(struct chain *chain) {
    struct spill_reader *reader = (struct spill_reader *)chain;
    size_t cut = (size_t)(chain->end - chain->at);
    if (!reader->left || reader->status)
        return false;
    reader->next -= cut;
    reader->left += cut;
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
    enum { HEAD_MAX = 1 + UINT8_MAX + 8 };
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
    if (!reader_left(&bytes))
        return ST_OK;
    size_t term_size = reader_u8(&bytes);
    const uint8_t *term = reader_bytes(&bytes, term_size);
    reader->left = reader_u64(&bytes);
    if (bytes.bad)
        return error_set(err, ST_EIO, 0, "a temporary file is cut off");
    memcpy(reader->term_bytes, term, term_size);
    reader->term.size = term_size;
    reader->next = (size_t)(bytes.next - reader->bytes);
    reader->chain.at = reader->chain.end = reader->bytes;
    chain_open(&reader->chain);
    return ST_OK;
}

enum status spill_open(struct spill_reader *reader, int file, struct error *err) {
    *reader = (struct spill_reader){.file = file, .chain.refill = refill};
    reader->bytes = calloc(1, READ_BYTES + CHAIN_SLACK);
    return reader->bytes ? spill_next(reader, err) : error_nomem(err);
}

void spill_close(struct spill_reader *reader) {
    free(reader->bytes);
    reader->bytes = NULL;
}
