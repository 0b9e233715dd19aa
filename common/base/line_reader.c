/* SPDX-License-Identifier: MIT */
/* Splits what a source delivers in blocks into lines. */
#include "common/base/line_reader.h"

#include <stdlib.h>

enum { DEFAULT_BLOCK_SIZE = 64 * 1024 };

void line_reader_init(struct line_reader *reader, const struct line_source *source,
                      const struct line_reader_options *options) {
    *reader = (struct line_reader){.source = *source, .options = *options};
    if (reader->options.max_line == 0)
        reader->options.max_line = SIZE_MAX;
    if (reader->options.block_size == 0)
        reader->options.block_size = DEFAULT_BLOCK_SIZE;
}

void line_reader_release(struct line_reader *reader) {
    free(reader->text);
    *reader = (struct line_reader){0};
}

/* Makes room for a block at text + end, and for the padding after it. */
static enum status reserve_block(struct line_reader *reader) {
    size_t pending = reader->end - reader->start;
    if (reader->start > 0) {
        memmove(reader->text, reader->text + reader->start, pending);
        reader->scanned -= reader->start;
        reader->start = 0;
        reader->end = pending;
    }
    size_t extra = reader->options.block_size + LINE_READER_PADDING;
    size_t needed = pending + extra;
    if (needed <= reader->capacity)
        return ST_OK;
    size_t capacity = needed > 2 * reader->capacity ? needed : 2 * reader->capacity;
    /* Longer lines are skipped, so pending never exceeds max_line here. */
    if (capacity - extra > reader->options.max_line)
        capacity = reader->options.max_line + extra;
    uint8_t *text = realloc(reader->text, capacity);
    if (!text)
        return error_nomem(&reader->failure);
    reader->text = text;
    reader->capacity = capacity;
    return ST_OK;
}

/* Appends a block of text, or sets `at_end` or `failure`. */
static void read_block(struct line_reader *reader) {
    size_t got = 0;
    if (reserve_block(reader))
        return;
    enum status status =
        reader->source.read(&got, reader->source.context, reader->text + reader->end,
                            reader->options.block_size, &reader->failure);
    reader->end += got;
    reader->at_end = !status && got == 0;
    /* Callers read the padding and do not use it; its bytes must be defined all the same. */
    memset(reader->text + reader->end, 0, LINE_READER_PADDING);
}

/* Returns text[start, start + size) as a line, unless it is too long. */
static enum status return_line(struct slice *line, struct line_reader *reader, size_t size,
                               bool separated, struct error *err) {
    *line = slice_of(reader->text + reader->start, size);
    reader->start += size + separated;
    reader->scanned = reader->start;
    reader->line_number++;
    if (!reader->skipping && size <= reader->options.max_line)
        return ST_OK;
    reader->skipping = false;
    return error_set(err, ST_SKIPPED, 0, "%s:%llu: a line of more than %zu bytes",
                     reader->options.name, (unsigned long long)reader->line_number,
                     reader->options.max_line);
}

static const uint8_t *find_separator(const struct line_reader *reader) {
    return reader->scanned < reader->end
               ? memchr(reader->text + reader->scanned, reader->options.nul_separated ? '\0' : '\n',
                        reader->end - reader->scanned)
               : NULL;
}

static enum status next_line(struct slice *line, struct line_reader *reader, bool wait,
                             struct error *err) {
    for (;;) {
        const uint8_t *separator = find_separator(reader);
        if (separator)
            return return_line(line, reader, (size_t)(separator - reader->text) - reader->start,
                               true, err);
        if (reader->failure.code) {
            if (err)
                *err = reader->failure;
            return reader->failure.code;
        }
        size_t pending = reader->end - reader->start;
        if (reader->at_end && pending == 0 && !reader->skipping)
            return ST_END;
        if (reader->at_end)
            return return_line(line, reader, pending, false, err);
        if (pending > reader->options.max_line)
            reader->skipping = true;
        if (reader->skipping)
            reader->start = reader->end;
        reader->scanned = reader->end;
        if (!wait && !reader->source.is_ready(reader->source.context))
            return ST_NOT_FOUND;
        read_block(reader);
    }
}

enum status line_reader_next(struct slice *line, struct line_reader *reader, struct error *err) {
    return next_line(line, reader, true, err);
}

enum status line_reader_poll(struct slice *line, struct line_reader *reader, struct error *err) {
    return next_line(line, reader, false, err);
}

uint64_t line_reader_line_number(const struct line_reader *reader) {
    return reader->line_number;
}
