/* SPDX-License-Identifier: MIT */
/* Reads the stored text of a document, from its beginning in parts or any range of bytes of it.
 * However long the text is, only one part and one range of it are in memory.
 *
 *     struct text_source source = {0};
 *     text_source_open(&source, segment, text);
 *     while ((status = text_source_next(&part, &source, &err)) == ST_OK)
 *         use(part, source.part_offset);
 *     status = text_source_read(&bytes, &source, start, end, &err);
 *     text_source_release(&source);
 *
 * Threads: a source belongs to the thread that owns the segment. */
#ifndef QUERN_SEARCHER_SHOW_TEXT_SOURCE_H
#define QUERN_SEARCHER_SHOW_TEXT_SOURCE_H

#include "common/segment/segment.h"

/* Start with {0}. A source may be opened again for another text; it keeps its buffers. */
struct text_source {
    struct segment *segment; /* borrowed */
    struct text_location text;
    struct buffer part;   /* what was read last, from part_offset on; owned */
    uint64_t part_offset; /* in the text */
    size_t part_size;     /* bytes of `part` that text_source_next() returned */
    struct buffer range;  /* what text_source_read() returned, unless the part has it; owned */
};

void text_source_open(struct text_source *source, struct segment *segment,
                      struct text_location text);
void text_source_release(struct text_source *source);

/* The next part of the text, which ends where no word continues (unicode_split()). It begins at
 * source->part_offset and is valid until the next call. ST_END: no more. Errors: those of
 * segment_text_at(). */
enum status text_source_next(struct slice *part, struct text_source *source, struct error *err);

/* Bytes [start, end) of the text, valid until the next call of either function. The same errors. */
enum status text_source_read(struct slice *bytes, struct text_source *source, uint64_t start,
                             uint64_t end, struct error *err);

#endif
