#include "indexer/source/line_reader.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum {
    BLOCK = 1024 * 1024, /* read and decompressed at a time */
    WINDOW_LOG_MAX = 31, /* what `zstd --long=31` writes */
};

enum compression { COMPRESSION_UNKNOWN, COMPRESSION_NONE, COMPRESSION_GZIP, COMPRESSION_ZSTD };

struct line_reader {
    int descriptor;
    char *name;
    struct line_reader_options options;
    uint64_t number;
    uint64_t consumed;
    struct error error; /* what ended the stream, once it has ended */

    /* text[start, end) is decompressed and not yet given; text[start, scanned) has no separator. */
    uint8_t *text;
    size_t capacity;
    size_t start, scanned, end;
    bool skipping; /* within a line that is too long */
    bool at_end;   /* no text will follow */

    enum compression compression;
    uint8_t *
        compressed; /* BLOCK bytes, of which [compressed_start, compressed_end) are not yet unpacked */
    size_t compressed_start, compressed_end;
    bool compressed_eof;
    bool frame_open; /* within a member or a frame, so the end would be too early */
    z_stream gzip;
    ZSTD_DStream *zstd;
};

static enum status fail(struct line_reader *reader, enum status code, int sys, const char *what) {
    return error_set(&reader->error, code, sys, "%s: %s", reader->name, what);
}

/* Waits until there is something to read. Signals are blocked from the look at `stop` until
 * ppoll(2) waits, so that one that comes in between ends the wait instead of being lost. */
static enum status await_input(struct line_reader *reader) {
    struct pollfd input = {.fd = reader->descriptor, .events = POLLIN};
    sigset_t all, before;
    sigfillset(&all);
    for (;;) {
        pthread_sigmask(SIG_SETMASK, &all, &before);
        bool stopped = reader->options.stop && *reader->options.stop;
        int ready = stopped ? 0 : ppoll(&input, 1, NULL, &before);
        int reason = errno;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (stopped)
            return fail(reader, ST_INTERRUPTED, 0, "interrupted");
        if (ready > 0)
            return ST_OK;
        if (reason != EINTR)
            return fail(reader, ST_EIO, reason, "cannot read");
    }
}

/* Reads what there is, at least a byte unless it is the end, at most `size`. */
static enum status read_available(size_t *got, struct line_reader *reader, uint8_t *data,
                                  size_t size) {
    for (;;) {
        enum status status = await_input(reader);
        if (status)
            return status;
        ssize_t result = read(reader->descriptor, data, size);
        if (result >= 0) {
            *got = (size_t)result;
            reader->consumed += (uint64_t)result;
            return ST_OK;
        }
        if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)
            return fail(reader, ST_EIO, errno, "cannot read");
    }
}

static enum status fill_compressed(struct line_reader *reader) {
    if (reader->compressed_start < reader->compressed_end || reader->compressed_eof)
        return ST_OK;
    size_t got;
    enum status status = read_available(&got, reader, reader->compressed, BLOCK);
    if (status)
        return status;
    reader->compressed_start = 0;
    reader->compressed_end = got;
    reader->compressed_eof = got == 0;
    return ST_OK;
}

/* Makes room for BLOCK bytes at text + end, and for the padding behind them. */
static enum status reserve_block(struct line_reader *reader) {
    size_t pending = reader->end - reader->start;
    if (reader->start > 0) {
        memmove(reader->text, reader->text + reader->start, pending);
        reader->scanned -= reader->start;
        reader->start = 0;
        reader->end = pending;
    }
    size_t needed = pending + BLOCK + LINE_READER_PADDING;
    if (needed <= reader->capacity)
        return ST_OK;
    size_t capacity = needed > 2 * reader->capacity ? needed : 2 * reader->capacity;
    size_t most =
        reader->options.max_line + BLOCK + LINE_READER_PADDING; /* longer lines are skipped */
    if (needed <= most && capacity > most)
        capacity = most;
    uint8_t *text = realloc(reader->text, capacity);
    if (!text)
        return fail(reader, ST_NOMEM, 0, "out of memory");
    reader->text = text;
    reader->capacity = capacity;
    return ST_OK;
}

static bool is_gzip(const uint8_t *data, size_t size) {
    return size >= 2 && data[0] == 0x1F && data[1] == 0x8B;
}

/* A frame, or one of the skippable frames that parallel compressors put first (RFC 8878, 3.1). */
static bool is_zstd(const uint8_t *data, size_t size) {
    return size >= 4 && data[1] == (data[0] == 0x28 ? 0xB5 : 0x2A) &&
           data[2] == (data[0] == 0x28 ? 0x2F : 0x4D) &&
           data[3] == (data[0] == 0x28 ? 0xFD : 0x18) &&
           (data[0] == 0x28 || (data[0] & 0xF0) == 0x50);
}

static enum status detect_compression(struct line_reader *reader) {
    uint8_t *data = reader->text;
    while (reader->end < 4) {
        size_t got;
        enum status status = read_available(&got, reader, data + reader->end, BLOCK - reader->end);
        if (status)
            return status;
        if (got == 0) {
            reader->compressed_eof = true;
            break;
        }
        reader->end += got;
    }
    bool gzip = is_gzip(data, reader->end), zstd = is_zstd(data, reader->end);
    reader->compression = COMPRESSION_NONE;
    if (!gzip && !zstd)
        return ST_OK;

    reader->compressed = malloc(BLOCK);
    if (!reader->compressed)
        return fail(reader, ST_NOMEM, 0, "out of memory");
    memcpy(reader->compressed, data, reader->end);
    reader->compressed_end = reader->end;
    reader->end = 0;
    reader->frame_open = true;
    if (gzip) {
        if (inflateInit2(&reader->gzip, 16 + MAX_WBITS) != Z_OK)
            return fail(reader, ST_NOMEM, 0, "out of memory");
        reader->compression = COMPRESSION_GZIP;
        return ST_OK;
    }
    reader->zstd = ZSTD_createDStream();
    if (!reader->zstd ||
        ZSTD_isError(ZSTD_DCtx_setParameter(reader->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_MAX)))
        return fail(reader, ST_NOMEM, 0, "out of memory");
    reader->compression = COMPRESSION_ZSTD;
    return ST_OK;
}

/* Unpacks into text[end, end + BLOCK) from the packed bytes there are. */
static enum status decompress_gzip(struct line_reader *reader) {
    z_stream *gzip = &reader->gzip;
    const uint8_t *compressed = reader->compressed + reader->compressed_start;
    size_t size = reader->compressed_end - reader->compressed_start;
    if (!reader->frame_open) {
        /* Behind a member: another one, or the zeros with which tapes and tar fill blocks. */
        if (*compressed == 0) {
            reader->compressed_start++;
            return ST_OK;
        }
        if (*compressed != 0x1F)
            return fail(reader, ST_CORRUPT, 0, "bytes that are no gzip follow the gzip data");
        inflateReset(gzip);
        reader->frame_open = true;
    }
    gzip->next_in = (uint8_t *)compressed;
    gzip->avail_in = (uInt)size;
    gzip->next_out = reader->text + reader->end;
    gzip->avail_out = BLOCK;
    int result = inflate(gzip, Z_NO_FLUSH);
    reader->compressed_start += size - gzip->avail_in;
    reader->end += BLOCK - gzip->avail_out;
    if (result == Z_STREAM_END)
        reader->frame_open = false;
    else if (result == Z_MEM_ERROR)
        return fail(reader, ST_NOMEM, 0, "out of memory");
    else if (result != Z_OK && result != Z_BUF_ERROR)
        return fail(reader, ST_CORRUPT, 0, "damaged gzip data");
    return ST_OK;
}

static enum status decompress_zstd(struct line_reader *reader) {
    ZSTD_inBuffer in = {reader->compressed + reader->compressed_start,
                        reader->compressed_end - reader->compressed_start, 0};
    ZSTD_outBuffer out = {reader->text + reader->end, BLOCK, 0};
    size_t result = ZSTD_decompressStream(reader->zstd, &out, &in);
    reader->compressed_start += in.pos;
    reader->end += out.pos;
    if (!ZSTD_isError(result)) {
        reader->frame_open = result != 0;
        return ST_OK;
    }
    if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation)
        return fail(reader, ST_NOMEM, 0, "out of memory for the zstd window");
    return error_set(&reader->error, ST_CORRUPT, 0, "%s: damaged zstd data (%s)", reader->name,
                     ZSTD_getErrorName(result));
}

/* Appends text until there is more of it, or sets `at_end`. */
static enum status fill(struct line_reader *reader) {
    enum status status = reserve_block(reader);
    size_t before = reader->end;
    if (!status && reader->compression == COMPRESSION_UNKNOWN)
        status = detect_compression(reader);
    while (!status && reader->end == before && !reader->at_end) {
        if (reader->compression == COMPRESSION_NONE) {
            size_t got = 0;
            if (!reader->compressed_eof)
                status = read_available(&got, reader, reader->text + reader->end, BLOCK);
            reader->end += got;
            reader->at_end = !status && got == 0;
            continue;
        }
        status = fill_compressed(reader);
        if (status)
            break;
        if (reader->compressed_start == reader->compressed_end && !reader->frame_open)
            reader->at_end = true;
        else if (reader->compressed_start == reader->compressed_end)
            status = fail(reader, ST_CORRUPT, 0, "the compressed data ends too early");
        else
            status = reader->compression == COMPRESSION_GZIP ? decompress_gzip(reader)
                                                             : decompress_zstd(reader);
    }
    /* The padding is read, never used; it should be defined for all that. */
    memset(reader->text + reader->end, 0, LINE_READER_PADDING);
    return status;
}

/* Gives text[start, start + size) as a line, unless it is too long. */
static enum status emit_line(struct slice *line, struct line_reader *reader, size_t size,
                             bool separated, struct error *err) {
    *line = slice_of(reader->text + reader->start, size);
    reader->start += size + separated;
    reader->scanned = reader->start;
    reader->number++;
    if (!reader->skipping && size <= reader->options.max_line)
        return ST_OK;
    reader->skipping = false;
    return error_set(err, ST_SKIPPED, 0, "%s:%llu: a line of more than %zu bytes", reader->name,
                     (unsigned long long)reader->number, reader->options.max_line);
}

enum status line_reader_next(struct slice *line, struct line_reader *reader, struct error *err) {
    for (;;) {
        uint8_t *text = reader->text;
        uint8_t *separator = memchr(text + reader->scanned, reader->options.separator,
                                    reader->end - reader->scanned);
        if (separator)
            return emit_line(line, reader, (size_t)(separator - text) - reader->start, true, err);
        if (reader->error.code) {
            if (err)
                *err = reader->error;
            return reader->error.code;
        }
        size_t pending = reader->end - reader->start;
        if (reader->at_end && pending == 0 && !reader->skipping)
            return ST_END;
        if (reader->at_end)
            return emit_line(line, reader, pending, false, err);
        if (pending > reader->options.max_line)
            reader->skipping = true;
        if (reader->skipping)
            reader->start = reader->end;
        reader->scanned = reader->end;
        (void)fill(reader); /* a failure is in reader->error, for when the text there is used up */
    }
}

enum status line_reader_open(struct line_reader **out, int descriptor, const char *name,
                             const struct line_reader_options *options, struct error *err) {
    *out = NULL;
    struct line_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return error_nomem(err);
    reader->descriptor = descriptor;
    reader->options = *options;
    if (reader->options.max_line == 0)
        reader->options.max_line = LINE_READER_MAX_LINE;
    reader->name = strdup(name);
    if (!reader->name || reserve_block(reader)) {
        line_reader_close(reader);
        return error_nomem(err);
    }
    *out = reader;
    return ST_OK;
}

void line_reader_close(struct line_reader *reader) {
    if (!reader)
        return;
    if (reader->compression == COMPRESSION_GZIP)
        inflateEnd(&reader->gzip);
    ZSTD_freeDStream(reader->zstd);
    free(reader->compressed);
    free(reader->text);
    free(reader->name);
    free(reader);
}

uint64_t line_reader_line_number(const struct line_reader *reader) {
    return reader->number;
}

uint64_t line_reader_consumed(const struct line_reader *reader) {
    return reader->consumed;
}
