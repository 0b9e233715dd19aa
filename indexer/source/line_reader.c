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

enum packing { PACKING_UNKNOWN, PACKING_NONE, PACKING_GZIP, PACKING_ZSTD };

struct lines {
    int descriptor;
    char *name;
    struct lines_options options;
    uint64_t number;
    uint64_t consumed;
    struct error error; /* what ended the stream, once it has ended */

    /* text[start, end) is decompressed and not yet given; text[start, scanned) has no separator. */
    uint8_t *text;
    size_t capacity;
    size_t start, scanned, end;
    bool skipping; /* within a line that is too long */
    bool drained;  /* no text will follow */

    enum packing packing;
    uint8_t *packed; /* BLOCK bytes, of which [packed_start, packed_end) are not yet unpacked */
    size_t packed_start, packed_end;
    bool packed_eof;
    bool frame_open; /* within a member or a frame, so the end would be too early */
    z_stream gzip;
    ZSTD_DStream *zstd;
};

static enum status fail(struct lines *lines, enum status code, int sys, const char *what) {
    return error_set(&lines->error, code, sys, "%s: %s", lines->name, what);
}

/* Waits until there is something to read. Signals are blocked from the look at `stop` until
 * ppoll(2) waits, so that one that comes in between ends the wait instead of being lost. */
static enum status await_input(struct lines *lines) {
    struct pollfd input = {.fd = lines->descriptor, .events = POLLIN};
    sigset_t all, before;
    sigfillset(&all);
    for (;;) {
        pthread_sigmask(SIG_SETMASK, &all, &before);
        bool stopped = lines->options.stop && *lines->options.stop;
        int ready = stopped ? 0 : ppoll(&input, 1, NULL, &before);
        int reason = errno;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (stopped)
            return fail(lines, ST_INTERRUPTED, 0, "interrupted");
        if (ready > 0)
            return ST_OK;
        if (reason != EINTR)
            return fail(lines, ST_EIO, reason, "cannot read");
    }
}

/* Reads what there is, at least a byte unless it is the end, at most `size`. */
static enum status read_some(size_t *got, struct lines *lines, uint8_t *data, size_t size) {
    for (;;) {
        enum status status = await_input(lines);
        if (status)
            return status;
        ssize_t result = read(lines->descriptor, data, size);
        if (result >= 0) {
            *got = (size_t)result;
            lines->consumed += (uint64_t)result;
            return ST_OK;
        }
        if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)
            return fail(lines, ST_EIO, errno, "cannot read");
    }
}

static enum status fill_packed(struct lines *lines) {
    if (lines->packed_start < lines->packed_end || lines->packed_eof)
        return ST_OK;
    size_t got;
    enum status status = read_some(&got, lines, lines->packed, BLOCK);
    if (status)
        return status;
    lines->packed_start = 0;
    lines->packed_end = got;
    lines->packed_eof = got == 0;
    return ST_OK;
}

/* Makes room for BLOCK bytes at text + end, and for the padding behind them. */
static enum status make_room(struct lines *lines) {
    size_t pending = lines->end - lines->start;
    if (lines->start > 0) {
        memmove(lines->text, lines->text + lines->start, pending);
        lines->scanned -= lines->start;
        lines->start = 0;
        lines->end = pending;
    }
    size_t needed = pending + BLOCK + LINES_PADDING;
    if (needed <= lines->capacity)
        return ST_OK;
    size_t capacity = needed > 2 * lines->capacity ? needed : 2 * lines->capacity;
    size_t most = lines->options.max_line + BLOCK + LINES_PADDING; /* longer lines are skipped */
    if (needed <= most && capacity > most)
        capacity = most;
    uint8_t *text = realloc(lines->text, capacity);
    if (!text)
        return fail(lines, ST_NOMEM, 0, "out of memory");
    lines->text = text;
    lines->capacity = capacity;
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

static enum status detect_packing(struct lines *lines) {
    uint8_t *data = lines->text;
    while (lines->end < 4) {
        size_t got;
        enum status status = read_some(&got, lines, data + lines->end, BLOCK - lines->end);
        if (status)
            return status;
        if (got == 0) {
            lines->packed_eof = true;
            break;
        }
        lines->end += got;
    }
    bool gzip = is_gzip(data, lines->end), zstd = is_zstd(data, lines->end);
    lines->packing = PACKING_NONE;
    if (!gzip && !zstd)
        return ST_OK;

    lines->packed = malloc(BLOCK);
    if (!lines->packed)
        return fail(lines, ST_NOMEM, 0, "out of memory");
    memcpy(lines->packed, data, lines->end);
    lines->packed_end = lines->end;
    lines->end = 0;
    lines->frame_open = true;
    if (gzip) {
        if (inflateInit2(&lines->gzip, 16 + MAX_WBITS) != Z_OK)
            return fail(lines, ST_NOMEM, 0, "out of memory");
        lines->packing = PACKING_GZIP;
        return ST_OK;
    }
    lines->zstd = ZSTD_createDStream();
    if (!lines->zstd ||
        ZSTD_isError(ZSTD_DCtx_setParameter(lines->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_MAX)))
        return fail(lines, ST_NOMEM, 0, "out of memory");
    lines->packing = PACKING_ZSTD;
    return ST_OK;
}

/* Unpacks into text[end, end + BLOCK) from the packed bytes there are. */
static enum status inflate_some(struct lines *lines) {
    z_stream *gzip = &lines->gzip;
    const uint8_t *packed = lines->packed + lines->packed_start;
    size_t size = lines->packed_end - lines->packed_start;
    if (!lines->frame_open) {
        /* Behind a member: another one, or the zeros with which tapes and tar fill blocks. */
        if (*packed == 0) {
            lines->packed_start++;
            return ST_OK;
        }
        if (*packed != 0x1F)
            return fail(lines, ST_CORRUPT, 0, "bytes that are no gzip follow the gzip data");
        inflateReset(gzip);
        lines->frame_open = true;
    }
    gzip->next_in = (uint8_t *)packed;
    gzip->avail_in = (uInt)size;
    gzip->next_out = lines->text + lines->end;
    gzip->avail_out = BLOCK;
    int result = inflate(gzip, Z_NO_FLUSH);
    lines->packed_start += size - gzip->avail_in;
    lines->end += BLOCK - gzip->avail_out;
    if (result == Z_STREAM_END)
        lines->frame_open = false;
    else if (result == Z_MEM_ERROR)
        return fail(lines, ST_NOMEM, 0, "out of memory");
    else if (result != Z_OK && result != Z_BUF_ERROR)
        return fail(lines, ST_CORRUPT, 0, "damaged gzip data");
    return ST_OK;
}

static enum status unzstd_some(struct lines *lines) {
    ZSTD_inBuffer in = {lines->packed + lines->packed_start,
                        lines->packed_end - lines->packed_start, 0};
    ZSTD_outBuffer out = {lines->text + lines->end, BLOCK, 0};
    size_t result = ZSTD_decompressStream(lines->zstd, &out, &in);
    lines->packed_start += in.pos;
    lines->end += out.pos;
    if (!ZSTD_isError(result)) {
        lines->frame_open = result != 0;
        return ST_OK;
    }
    if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation)
        return fail(lines, ST_NOMEM, 0, "out of memory for the zstd window");
    return error_set(&lines->error, ST_CORRUPT, 0, "%s: damaged zstd data (%s)", lines->name,
                     ZSTD_getErrorName(result));
}

/* Appends text until there is more of it, or sets `drained`. */
static enum status fill(struct lines *lines) {
    enum status status = make_room(lines);
    size_t before = lines->end;
    if (!status && lines->packing == PACKING_UNKNOWN)
        status = detect_packing(lines);
    while (!status && lines->end == before && !lines->drained) {
        if (lines->packing == PACKING_NONE) {
            size_t got = 0;
            if (!lines->packed_eof)
                status = read_some(&got, lines, lines->text + lines->end, BLOCK);
            lines->end += got;
            lines->drained = !status && got == 0;
            continue;
        }
        status = fill_packed(lines);
        if (status)
            break;
        if (lines->packed_start == lines->packed_end && !lines->frame_open)
            lines->drained = true;
        else if (lines->packed_start == lines->packed_end)
            status = fail(lines, ST_CORRUPT, 0, "the compressed data ends too early");
        else
            status = lines->packing == PACKING_GZIP ? inflate_some(lines) : unzstd_some(lines);
    }
    /* The padding is read, never used; it should be defined for all that. */
    memset(lines->text + lines->end, 0, LINES_PADDING);
    return status;
}

/* Gives text[start, start + size) as a line, unless it is too long. */
static enum status give(struct slice *line, struct lines *lines, size_t size, bool separated,
                        struct error *err) {
    *line = slice_of(lines->text + lines->start, size);
    lines->start += size + separated;
    lines->scanned = lines->start;
    lines->number++;
    if (!lines->skipping && size <= lines->options.max_line)
        return ST_OK;
    lines->skipping = false;
    return error_set(err, ST_SKIPPED, 0, "%s:%llu: a line of more than %zu bytes", lines->name,
                     (unsigned long long)lines->number, lines->options.max_line);
}

enum status lines_next(struct slice *line, struct lines *lines, struct error *err) {
    for (;;) {
        uint8_t *text = lines->text;
        uint8_t *separator =
            memchr(text + lines->scanned, lines->options.separator, lines->end - lines->scanned);
        if (separator)
            return give(line, lines, (size_t)(separator - text) - lines->start, true, err);
        if (lines->error.code) {
            if (err)
                *err = lines->error;
            return lines->error.code;
        }
        size_t pending = lines->end - lines->start;
        if (lines->drained && pending == 0 && !lines->skipping)
            return ST_END;
        if (lines->drained)
            return give(line, lines, pending, false, err);
        if (pending > lines->options.max_line)
            lines->skipping = true;
        if (lines->skipping)
            lines->start = lines->end;
        lines->scanned = lines->end;
        (void)fill(lines); /* a failure is in lines->error, for when the text there is used up */
    }
}

enum status lines_new(struct lines **out, int descriptor, const char *name,
                      const struct lines_options *options, struct error *err) {
    *out = NULL;
    struct lines *lines = calloc(1, sizeof *lines);
    if (!lines)
        return error_nomem(err);
    lines->descriptor = descriptor;
    lines->options = *options;
    if (lines->options.max_line == 0)
        lines->options.max_line = LINES_MAX_LINE;
    lines->name = strdup(name);
    if (!lines->name || make_room(lines)) {
        lines_close(lines);
        return error_nomem(err);
    }
    *out = lines;
    return ST_OK;
}

void lines_close(struct lines *lines) {
    if (!lines)
        return;
    if (lines->packing == PACKING_GZIP)
        inflateEnd(&lines->gzip);
    ZSTD_freeDStream(lines->zstd);
    free(lines->packed);
    free(lines->text);
    free(lines->name);
    free(lines);
}

uint64_t lines_number(const struct lines *lines) {
    return lines->number;
}

uint64_t lines_consumed(const struct lines *lines) {
    return lines->consumed;
}
