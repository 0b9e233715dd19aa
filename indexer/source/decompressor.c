/* SPDX-License-Identifier: MIT */
/* Reads a descriptor, through zlib or libzstd when its first bytes ask for it. */
#include "indexer/source/decompressor.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum { WINDOW_LOG_MAX = 31 }; /* what `zstd --long=31` writes */

enum compression { COMPRESSION_UNKNOWN, COMPRESSION_NONE, COMPRESSION_GZIP, COMPRESSION_ZSTD };

struct decompressor {
    int descriptor;
    char *name;
    const volatile sig_atomic_t *stop;
    uint64_t consumed;
    enum compression compression;
    /* DECOMPRESSOR_BLOCK_SIZE bytes, of which input[input_start, input_end) are still compressed;
     * NULL unless there is compression. */
    uint8_t *input;
    size_t input_start, input_end;
    bool input_ended;
    bool frame_open; /* within a member or a frame: the input must not end here */
    z_stream gzip;
    ZSTD_DStream *zstd;
};

/* What one read yields: the caller's memory, and the bytes in it so far. */
struct output {
    uint8_t *data;
    size_t size, used;
};

static enum status fail(const struct decompressor *decompressor, enum status code, int sys,
                        const char *what, struct error *err) {
    return error_set(err, code, sys, "%s: %s", decompressor->name, what);
}

/* Waits until there is something to read. Signals are blocked from the look at `stop` until
 * ppoll(2) waits, so that one that comes in between ends the wait instead of being lost. */
static enum status await_input(const struct decompressor *decompressor, struct error *err) {
    struct pollfd input = {.fd = decompressor->descriptor, .events = POLLIN};
    sigset_t all, before;
    sigfillset(&all);
    for (;;) {
        pthread_sigmask(SIG_SETMASK, &all, &before);
        bool stopped = decompressor->stop && *decompressor->stop;
        int ready = stopped ? 0 : ppoll(&input, 1, NULL, &before);
        int reason = errno;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (stopped)
            return fail(decompressor, ST_INTERRUPTED, 0, "interrupted", err);
        if (ready > 0)
            return ST_OK;
        if (reason != EINTR)
            return fail(decompressor, ST_EIO, reason, "cannot read", err);
    }
}

/* Reads what is available: at least a byte unless it is the end, at most `size`. */
static enum status read_available(size_t *got, struct decompressor *decompressor, uint8_t *data,
                                  size_t size, struct error *err) {
    for (;;) {
        enum status status = await_input(decompressor, err);
        if (status)
            return status;
        ssize_t result = read(decompressor->descriptor, data, size);
        if (result >= 0) {
            *got = (size_t)result;
            decompressor->consumed += (uint64_t)result;
            decompressor->input_ended = result == 0;
            return ST_OK;
        }
        if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)
            return fail(decompressor, ST_EIO, errno, "cannot read", err);
    }
}

static enum status fill_input(struct decompressor *decompressor, struct error *err) {
    if (decompressor->input_start < decompressor->input_end || decompressor->input_ended)
        return ST_OK;
    size_t got;
    enum status status =
        read_available(&got, decompressor, decompressor->input, DECOMPRESSOR_BLOCK_SIZE, err);
    if (status)
        return status;
    decompressor->input_start = 0;
    decompressor->input_end = got;
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

static enum status start_gzip(struct decompressor *decompressor, struct error *err) {
    if (inflateInit2(&decompressor->gzip, 16 + MAX_WBITS) != Z_OK)
        return fail(decompressor, ST_NOMEM, 0, "out of memory", err);
    decompressor->compression = COMPRESSION_GZIP;
    return ST_OK;
}

static enum status start_zstd(struct decompressor *decompressor, struct error *err) {
    decompressor->zstd = ZSTD_createDStream();
    if (!decompressor->zstd || ZSTD_isError(ZSTD_DCtx_setParameter(
                                   decompressor->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_MAX)))
        return fail(decompressor, ST_NOMEM, 0, "out of memory", err);
    decompressor->compression = COMPRESSION_ZSTD;
    return ST_OK;
}

/* Reads the first bytes. They stay in *output, or move to the input when they are compressed. */
static enum status detect_compression(struct decompressor *decompressor, struct output *output,
                                      struct error *err) {
    while (output->used < DECOMPRESSOR_MIN_READ && !decompressor->input_ended) {
        size_t got = 0;
        size_t room =
            output->size < DECOMPRESSOR_BLOCK_SIZE ? output->size : DECOMPRESSOR_BLOCK_SIZE;
        enum status status = read_available(&got, decompressor, output->data + output->used,
                                            room - output->used, err);
        output->used += got;
        if (status)
            return status;
    }
    bool gzip = is_gzip(output->data, output->used), zstd = is_zstd(output->data, output->used);
    decompressor->compression = COMPRESSION_NONE;
    if (!gzip && !zstd)
        return ST_OK;
    decompressor->input = malloc(DECOMPRESSOR_BLOCK_SIZE);
    if (!decompressor->input)
        return fail(decompressor, ST_NOMEM, 0, "out of memory", err);
    memcpy(decompressor->input, output->data, output->used);
    decompressor->input_end = output->used;
    decompressor->frame_open = true;
    output->used = 0;
    return gzip ? start_gzip(decompressor, err) : start_zstd(decompressor, err);
}

/* Decompresses the available input into the free part of *output. */
static enum status decompress_gzip(struct decompressor *decompressor, struct output *output,
                                   struct error *err) {
    z_stream *gzip = &decompressor->gzip;
    const uint8_t *input = decompressor->input + decompressor->input_start;
    size_t size = decompressor->input_end - decompressor->input_start;
    size_t room = output->size - output->used;
    if (room > DECOMPRESSOR_BLOCK_SIZE) /* zlib counts in 32 bits */
        room = DECOMPRESSOR_BLOCK_SIZE;
    if (!decompressor->frame_open) {
        /* After a member: another one, or the zeros with which tapes and tar fill blocks. */
        if (*input == 0) {
            decompressor->input_start++;
            return ST_OK;
        }
        if (*input != 0x1F)
            return fail(decompressor, ST_CORRUPT, 0, "bytes that are not gzip follow the gzip data",
                        err);
        inflateReset(gzip);
        decompressor->frame_open = true;
    }
    gzip->next_in = (uint8_t *)input;
    gzip->avail_in = (uInt)size;
    gzip->next_out = output->data + output->used;
    gzip->avail_out = (uInt)room;
    int result = inflate(gzip, Z_NO_FLUSH);
    decompressor->input_start += size - gzip->avail_in;
    output->used += room - gzip->avail_out;
    if (result == Z_STREAM_END)
        decompressor->frame_open = false;
    else if (result == Z_MEM_ERROR)
        return fail(decompressor, ST_NOMEM, 0, "out of memory", err);
    else if (result != Z_OK && result != Z_BUF_ERROR)
        return fail(decompressor, ST_CORRUPT, 0, "damaged gzip data", err);
    return ST_OK;
}

static enum status decompress_zstd(struct decompressor *decompressor, struct output *output,
                                   struct error *err) {
    ZSTD_inBuffer in = {decompressor->input + decompressor->input_start,
                        decompressor->input_end - decompressor->input_start, 0};
    ZSTD_outBuffer out = {output->data, output->size, output->used};
    size_t result = ZSTD_decompressStream(decompressor->zstd, &out, &in);
    decompressor->input_start += in.pos;
    output->used = out.pos;
    if (!ZSTD_isError(result)) {
        decompressor->frame_open = result != 0;
        return ST_OK;
    }
    if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation)
        return fail(decompressor, ST_NOMEM, 0, "out of memory for the zstd window", err);
    return error_set(err, ST_CORRUPT, 0, "%s: damaged zstd data (%s)", decompressor->name,
                     ZSTD_getErrorName(result));
}

static enum status decompress(struct decompressor *decompressor, struct output *output,
                              struct error *err) {
    while (output->used == 0) {
        enum status status = fill_input(decompressor, err);
        if (status)
            return status;
        if (decompressor->input_start == decompressor->input_end)
            return decompressor->frame_open ? fail(decompressor, ST_CORRUPT, 0,
                                                   "the compressed data ends too early", err)
                                            : ST_OK;
        status = decompressor->compression == COMPRESSION_GZIP
                     ? decompress_gzip(decompressor, output, err)
                     : decompress_zstd(decompressor, output, err);
        if (status)
            return status;
    }
    return ST_OK;
}

enum status decompressor_read(size_t *got, struct decompressor *decompressor, uint8_t *data,
                              size_t size, struct error *err) {
    struct output output = {.data = data, .size = size};
    enum status status = ST_OK;
    if (decompressor->compression == COMPRESSION_UNKNOWN)
        status = detect_compression(decompressor, &output, err);
    if (!status && output.used == 0 && decompressor->compression != COMPRESSION_NONE)
        status = decompress(decompressor, &output, err);
    else if (!status && output.used == 0 && !decompressor->input_ended)
        status = read_available(&output.used, decompressor, data, size, err);
    *got = output.used;
    return status;
}

enum status decompressor_open(struct decompressor **out, int descriptor, const char *name,
                              const volatile sig_atomic_t *stop, struct error *err) {
    *out = NULL;
    struct decompressor *decompressor = calloc(1, sizeof *decompressor);
    char *copy = strdup(name);
    if (!decompressor || !copy) {
        free(decompressor);
        free(copy);
        return error_nomem(err);
    }
    decompressor->descriptor = descriptor;
    decompressor->name = copy;
    decompressor->stop = stop;
    *out = decompressor;
    return ST_OK;
}

void decompressor_close(struct decompressor *decompressor) {
    if (!decompressor)
        return;
    if (decompressor->compression == COMPRESSION_GZIP)
        inflateEnd(&decompressor->gzip);
    ZSTD_freeDStream(decompressor->zstd);
    free(decompressor->input);
    free(decompressor->name);
    free(decompressor);
}

uint64_t decompressor_consumed(const struct decompressor *decompressor) {
    return decompressor->consumed;
}

static enum status read_source(size_t *got, void *context, uint8_t *data, size_t size,
                               struct error *err) {
    return decompressor_read(got, context, data, size, err);
}

struct line_source decompressor_line_source(struct decompressor *decompressor) {
    return (struct line_source){.read = read_source, .context = decompressor};
}
