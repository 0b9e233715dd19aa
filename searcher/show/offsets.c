#include "searcher/show/offsets.h"

#include "common/text/unicode.h"

enum { PART_SIZE = TEXT_BLOCK_SIZE }; /* bytes that are read at a time */

void text_source_open(struct text_source *source, struct segment *segment,
                      struct text_location text) {
    source->segment = segment;
    source->text = text;
    source->part_offset = 0;
    buffer_clear(&source->part);
}

void text_source_release(struct text_source *source) {
    buffer_release(&source->part);
    buffer_release(&source->range);
}

enum status text_source_read(struct slice *bytes, struct text_source *source, uint64_t from,
                             uint64_t end, struct error *err) {
    if (from >= source->part_offset && end <= source->part_offset + source->part.size) {
        *bytes = slice_of(source->part.data + (from - source->part_offset), (size_t)(end - from));
        return ST_OK;
    }
    buffer_clear(&source->range);
    enum status status = segment_text_at(&source->range, source->segment,
                                         text_location_part(source->text, from, end - from), err);
    *bytes = buffer_slice(&source->range);
    return status;
}

/* Replaces the part, of which the first `passed` bytes are done with, by the next one that no word
 * reaches out of: *size bytes of source->part. */
static enum status next_part(size_t *size, struct text_source *source, size_t passed,
                             struct error *err) {
    struct buffer *part = &source->part;
    part->size -= passed;
    source->part_offset += passed;
    if (part->size)
        memmove(part->data, part->data + passed, part->size);
    for (;;) {
        uint64_t end = source->part_offset + part->size, remaining = source->text.size - end;
        *size = 0;
        if (part->size >= PART_SIZE || !remaining)
            *size = unicode_split(buffer_slice(part), PART_SIZE, remaining > 0);
        if (*size || !remaining)
            return ST_OK;
        uint64_t more = part->size > PART_SIZE ? part->size : PART_SIZE;
        enum status status = segment_text_at(
            part, source->segment,
            text_location_part(source->text, end, more < remaining ? more : remaining), err);
        if (status)
            return status;
    }
}

/* Sets the places that are among these words, `part_offset` being the offset of their text. Returns how
 * many places are passed. */
static size_t set_offsets(struct word_offsets *words, size_t count, const struct token *tokens,
                          size_t n, uint64_t part_offset) {
    size_t passed = 0;
    for (size_t i = 0; i < n; i++) {
        while (passed < count && words[passed].position < tokens[i].position)
            passed++;
        if (passed == count)
            break;
        if (words[passed].position == tokens[i].position) {
            words[passed].start = part_offset + tokens[i].start;
            words[passed++].end = part_offset + tokens[i].end;
        }
    }
    return passed;
}

enum status offsets_find(struct word_offsets *words, size_t count, struct text_source *source,
                         struct analyzer *analyzer, uint32_t position, struct error *err) {
    size_t done = 0, size = 0;
    while (done < count && source->part_offset + size < source->text.size) {
        enum status status = next_part(&size, source, size, err);
        if (status)
            return status;
        analyzer_begin(analyzer, slice_of(source->part.data, size), position);
        struct token tokens[ANALYZER_BATCH];
        for (size_t n;
             done < count && (n = analyzer_next_positions(tokens, ANALYZER_BATCH, analyzer)) > 0;)
            if (tokens[n - 1].position >= words[done].position)
                done += set_offsets(words + done, count - done, tokens, n, source->part_offset);
        position = analyzer_position(analyzer);
    }
    return ST_OK;
}
