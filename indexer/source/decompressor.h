/* SPDX-License-Identifier: MIT */
/* The bytes of a file or a stream, decompressed on the way if they are gzip or zstd data.
 *
 * Compression is recognized by the first bytes, not by the name. There may be any number of gzip
 * members or zstd frames, and zstd windows of up to 2 GiB.
 *
 *     struct decompressor *decompressor;
 *     decompressor_open(&decompressor, descriptor, "corpus.ndjson.zst", stop, &err);
 *     struct line_source lines = decompressor_line_source(decompressor);
 *     ...
 *     decompressor_close(decompressor);
 *
 * Memory: for compressed data 1 MiB; for zstd also the window that the data asks for. The output
 * streams through, so a small file that unpacks to terabytes only costs time.
 * Threads: a decompressor belongs to one thread at a time. */
#ifndef QUERN_INDEXER_SOURCE_DECOMPRESSOR_H
#define QUERN_INDEXER_SOURCE_DECOMPRESSOR_H

#include <signal.h>

#include "common/base/line_reader.h"

enum {
    DECOMPRESSOR_BLOCK_SIZE = 1024 * 1024, /* bytes; a good size to read */
    DECOMPRESSOR_MIN_READ = 4,             /* bytes */
};

struct decompressor;

/* Reads from a descriptor, which stays the caller's and outlives the decompressor; messages call
 * it `name`. Once *stop is set (`stop` may be NULL), the next read ends with ST_INTERRUPTED, even
 * one that is already waiting for input, provided that a signal sets it and that this thread
 * handles signals. ST_NOMEM. */
enum status decompressor_open(struct decompressor **out, int descriptor, const char *name,
                              const volatile sig_atomic_t *stop, struct error *err);
void decompressor_close(struct decompressor *decompressor);

/* Reads at least one byte unless it is the end, and at most `size`, which is not below
 * DECOMPRESSOR_MIN_READ. *got is set after a failure, too: the bytes before the fault. ST_EIO;
 * ST_CORRUPT: the compressed data is damaged or ends too early; ST_INTERRUPTED; ST_NOMEM. */
enum status decompressor_read(size_t *got, struct decompressor *decompressor, uint8_t *data,
                              size_t size, struct error *err);

/* Bytes read from the descriptor so far, before decompression. */
uint64_t decompressor_consumed(const struct decompressor *decompressor);

/* The decompressor as a source of lines, to be read in blocks of DECOMPRESSOR_BLOCK_SIZE. */
struct line_source decompressor_line_source(struct decompressor *decompressor);

#endif
