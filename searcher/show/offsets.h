/* Positions of words in a stored text -> bytes of it.
 *
 * The words before are counted, by the analyzer but without making terms of them, from the text's
 * beginning on: nothing else knows which byte a position is. A part of the text is in memory at a
 * time, however long it is, and nothing is read after the last position.
 *
 *     text_source_open(&source, segment, text);
 *     offsets_find(words, count, &source, analyzer, position, &err);
 *
 * Threads: one at a time, as analyzer and segment. */
#ifndef QUERN_SEARCHER_SHOW_OFFSETS_H
#define QUERN_SEARCHER_SHOW_OFFSETS_H

#include "common/segment/segment.h"
#include "common/text/analyzer.h"

/* The stored text of a document. Start with {0}; a source may be opened again for another text,
 * which keeps its buffers. */
struct text_source {
    struct segment *segment; /* borrowed */
    struct text_location text;
    struct buffer
        part; /* bytes of the text from `part_offset` on, those that were read last; owned */
    uint64_t part_offset;
    struct buffer range; /* of text_source_read(), where they are not in the part; owned */
};
void text_source_open(struct text_source *source, struct segment *segment,
                      struct text_location text);
void text_source_release(struct text_source *source);

/* Bytes [from, end) of the text; valid until the next call. */
enum status text_source_read(struct slice *bytes, struct text_source *source, uint64_t from,
                             uint64_t end, struct error *err);

/* A word of the text. */
struct word_offsets {
    uint32_t position;
    uint64_t weight;     /* the caller's */
    uint64_t start, end; /* its bytes; end 0: the text does not reach so far */
};

/* Finds the bytes of `count` words in ascending order of position. `position` is that of the text's
 * first word. Once after text_source_open(). */
enum status offsets_find(struct word_offsets *words, size_t count, struct text_source *source,
                         struct analyzer *analyzer, uint32_t position, struct error *err);

#endif
