/* SPDX-License-Identifier: MIT */
/* Reads the stored text of a document in parts that no word reaches out of, or by ranges. */
#include "searcher/show/text_source.h"

#include "common/text/unicode.h"

enum { PART_SIZE = TEXT_BLOCK_SIZE };

void text_source_open(struct text_source *source, struct segment *segment,
                      struct text_location text) {
    source->segment = segment;
    source->text = text;
    source->part_offset = 0;
    source->part_size = 0;
    buffer_clear(&source->part);
}

void text_source_release(struct text_source *source) {
    buffer_release(&source->part);
    buffer_release(&source->range);
}

static void drop_part(struct text_source *source) {
    struct buffer *bytes = &source->part;
    bytes->size -= source->part_size;
    source->part_offset += source->part_size;
    if (bytes->size)
        memmove(bytes->data, bytes->data + source->part_size, bytes->size);
    source->part_size = 0;
}

enum status text_source_next(struct slice *part, struct text_source *source, struct error *err) {
    struct buffer *bytes = &source->part;
    if (source->part_offset + source->part_size >= source->text.size)
        return ST_END;
    drop_part(source);
    for (;;) {
        uint64_t end = source->part_offset + bytes->size, remaining = source->text.size - end;
        if (bytes->size >= PART_SIZE || !remaining)
            source->part_size = unicode_split(buffer_slice(bytes), PART_SIZE, remaining > 0);
        if (source->part_size || !remaining) {
            *part = slice_of(bytes->data, source->part_size);
            return ST_OK;
        }
        uint64_t more = bytes->size > PART_SIZE ? bytes->size : PART_SIZE;
        if (more > remaining)
            more = remaining;
        enum status status = segment_text_at(bytes, source->segment,
                                             text_location_part(source->text, end, more), err);
        if (status)
            return status;
    }
}

enum status text_source_read(struct slice *bytes, struct text_source *source, uint64_t start,
                             uint64_t end, struct error *err) {
    if (start >= source->part_offset && end <= source->part_offset + source->part.size) {
        *bytes = slice_of(source->part.data + (start - source->part_offset), (size_t)(end - start));
        return ST_OK;
    }
    buffer_clear(&source->range);
    enum status status = segment_text_at(&source->range, source->segment,
                                         text_location_part(source->text, start, end - start), err);
    *bytes = buffer_slice(&source->range);
    return status;
}
