/* SPDX-License-Identifier: MIT */
/* The lines of a file or a stream, of any size, in bounded memory.
 *
 * A line is what comes before a newline, or before a NUL; a last line without one counts.
 *
 *     struct line_source source = {.read = read_file, .context = &file};
 *     struct line_reader reader;
 *     line_reader_init(&reader, &source, &(struct line_reader_options){.name = "queries"});
 *     while ((status = line_reader_next(&line, &reader, &err)) >= 0 && status != ST_END)
 *         if (status == ST_OK)
 *             use(line);
 *         else
 *             warn(err.text);
 *     line_reader_release(&reader);
 *
 * Memory: twice the longest line, but never more than max_line, and one block.
 * Threads: a reader belongs to one thread at a time. */
#ifndef QUERN_COMMON_BASE_LINE_READER_H
#define QUERN_COMMON_BASE_LINE_READER_H

#include "common/base/bytes.h"
#include "common/base/status.h"

enum { LINE_READER_PADDING = 64 }; /* bytes after every line that may be read, of any value */

/* Where the bytes come from. */
struct line_source {
    /* Reads at least one byte and at most `size`, or none at the end; waits as long as it must.
     * *got is set after a failure, too: the bytes before the fault. */
    enum status (*read)(size_t *got, void *context, uint8_t *data, size_t size, struct error *err);
    /* True when read() would not wait. May be NULL; then line_reader_poll() must not be called. */
    bool (*is_ready)(void *context);
    void *context;
};

struct line_reader_options {
    const char *name;   /* the source in messages; borrowed */
    bool nul_separated; /* lines end in NUL instead of a newline */
    size_t max_line;    /* bytes; longer lines are skipped. 0: no limit */
    size_t block_size;  /* bytes read at a time. 0: 64 KiB */
};

/* The members are the reader's own. */
struct line_reader {
    struct line_source source;
    struct line_reader_options options;
    uint64_t line_number;
    struct error failure; /* what ended the source, reported once the text before it is used up */

    /* text[start, end) was read and not yet returned; text[start, scanned) has no separator. */
    uint8_t *text;
    size_t capacity;
    size_t start, scanned, end;
    bool skipping; /* within a line that is too long */
    bool at_end;   /* the source has no more bytes */
};

void line_reader_init(struct line_reader *reader, const struct line_source *source,
                      const struct line_reader_options *options);
void line_reader_release(struct line_reader *reader);

/* The next line, without its separator, valid until the next call; the LINE_READER_PADDING bytes
 * after it may be read. ST_END: no more. ST_SKIPPED: this line is longer than max_line and was
 * passed over; *err says which; go on. ST_NOMEM or a failure of the source: no more lines, as all
 * before the fault were returned; every further call returns the failure again. */
enum status line_reader_next(struct slice *line, struct line_reader *reader, struct error *err);

/* line_reader_next() without waiting. ST_NOT_FOUND: the source has no whole line yet. */
enum status line_reader_poll(struct slice *line, struct line_reader *reader, struct error *err);

/* The number of the line last returned or skipped, from 1. */
uint64_t line_reader_line_number(const struct line_reader *reader);

#endif
