/* SPDX-License-Identifier: MIT */
/* Finds the byte offsets of words by counting the words of the text. */
#include "searcher/show/offsets.h"

/* Sets the offsets of the words that are among `tokens`, whose own offsets count from
 * `part_offset`. Returns how many of the words the tokens have passed. */
static size_t set_offsets(struct word_offsets *words, size_t count, const struct token *tokens,
                          size_t token_count, uint64_t part_offset) {
    size_t passed = 0;
    for (size_t i = 0; i < token_count; i++) {
        while (passed < count && words[passed].position < tokens[i].position)
            passed++;
        if (passed == count)
            break;
        struct word_offsets *word = &words[passed];
        /* The longer form comes first, and the other one replaces it. */
        if (word->position == tokens[i].position && !(word->whole && word->end)) {
            word->start = part_offset + tokens[i].start;
            word->end = part_offset + tokens[i].end;
        }
    }
    return passed;
}

/* Sets the offsets of the words that are in a part of the text, which begins at `part_offset` and at
 * `position`. Returns how many words it has passed. */
static size_t find_in_part(struct word_offsets *words, size_t count, struct slice part,
                           uint64_t part_offset, struct analyzer *analyzer, uint32_t position) {
    size_t done = 0;
    struct token tokens[ANALYZER_BATCH];
    analyzer_begin(analyzer, part, position);
    for (size_t n;
         done < count && (n = analyzer_next_positions(tokens, ANALYZER_BATCH, analyzer)) > 0;)
        if (tokens[n - 1].position >= words[done].position)
            done += set_offsets(words + done, count - done, tokens, n, part_offset);
    return done;
}

void offsets_find_in(struct word_offsets *words, size_t count, struct slice text,
                     struct analyzer *analyzer, uint32_t position) {
    find_in_part(words, count, text, 0, analyzer, position);
}

enum status offsets_find(struct word_offsets *words, size_t count, struct text_source *source,
                         struct analyzer *analyzer, uint32_t position, struct error *err) {
    size_t done = 0;
    while (done < count) {
        struct slice part;
        enum status status = text_source_next(&part, source, err);
        if (status)
            return status == ST_END ? ST_OK : status;
        done +=
            find_in_part(words + done, count - done, part, source->part_offset, analyzer, position);
        position = analyzer_position(analyzer);
        while (done < count && words[done].position < position)
            done++;
    }
    return ST_OK;
}
