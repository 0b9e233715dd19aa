/* The lines of a file or a stream, of any size, in bounded memory.
 *
 * gzip and zstd data is recognised by its first bytes, not by its name, and decompressed on the
 * way, with any number of members or frames, and zstd windows of up to 2 GiB. A line is what stands
 * before a newline (or a NUL); a last line without one counts.
 *
 *     struct line_reader *reader;
 *     line_reader_open(&reader, descriptor, "corpus.ndjson.zst", &options, &err);
 *     while ((status = line_reader_next(&line, reader, &err)) >= 0 && status != ST_END)
 *         if (status == ST_OK)
 *             use(line);
 *         else
 *             warn(err.text);
 *     line_reader_close(reader);
 *
 * Memory: the longest line, twice, but never more than max_line, and 2 MiB; in zstd data also the
 * window that it asks for. What is decompressed streams through, so a small file that unpacks to
 * terabytes costs time only.
 * Threads: a stream belongs to one thread at a time. */
#ifndef QUERN_INDEXER_SOURCE_LINE_READER_H
#define QUERN_INDEXER_SOURCE_LINE_READER_H

#include <signal.h>

#include "common/base/bytes.h"
#include "common/base/status.h"

enum {
    LINE_READER_MAX_LINE = 64 * 1024 * 1024, /* bytes; the default bound */
    LINE_READER_PADDING = 64, /* bytes behind every line that may be read, of any value */
};

struct line_reader_options {
    char separator;  /* '\n' or '\0'; the all-zero options separate by NUL */
    size_t max_line; /* bytes; 0 means LINE_READER_MAX_LINE */
    /* Once this is set (may be NULL), the next read ends with ST_INTERRUPTED instead, also one
     * that waits for input already, provided that a signal set it and that this thread is the one
     * that handles signals. */
    const volatile sig_atomic_t *stop;
};

struct line_reader;

/* Reads from a descriptor, which stays the caller's and outlives the stream; messages call it
 * `name`. ST_NOMEM. */
enum status line_reader_open(struct line_reader **out, int descriptor, const char *name,
                             const struct line_reader_options *options, struct error *err);

void line_reader_close(struct line_reader *reader);

/* The next line, without its separator, valid until the next call; LINE_READER_PADDING bytes behind it
 * may be read. ST_END: no more. ST_SKIPPED: this line is longer than max_line, was passed over, and
 * *err says which; go on. ST_EIO, ST_CORRUPT (compressed data that is damaged or ends too early),
 * ST_INTERRUPTED and ST_NOMEM end the stream, after the lines before the fault were given; asked
 * again, they are returned again. */
enum status line_reader_next(struct slice *line, struct line_reader *reader, struct error *err);

/* The number of the line last given or skipped, from 1. */
uint64_t line_reader_line_number(const struct line_reader *reader);

/* Bytes read from the descriptor so far, as they are there (compressed, if they are). */
uint64_t line_reader_consumed(const struct line_reader *reader);

#endif
