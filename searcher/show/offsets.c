/* SPDX-License-Identifier: MIT */
/* Finds the byte offsets of words by counting the words of the text. */
#include "searcher/show/offsets.h"

#include <stdlib.h>

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

static int compare_positions(const void *a, const void *b) {
    const struct word_offsets *x = a, *y = b;
    return x->position < y->position ? -1 : x->position > y->position;
}

/* Sets *words to the first and last words of the list's occurrences, each once. */
static enum status list_words(struct word_offsets **words, size_t *count,
                              const struct occurrence_list *list) {
    size_t all = 2 * list->count;
    *words = malloc((all + 1) * sizeof **words);
    *count = 0;
    if (!*words)
        return ST_NOMEM;
    for (size_t i = 0; i < all; i++)
        (*words)[i] = (struct word_offsets){.position = i % 2 ? occurrences_last(list, i / 2)
                                                              : occurrences_first(list, i / 2),
                                            .whole = true};
    qsort(*words, all, sizeof **words, compare_positions);
    for (size_t i = 0; i < all; i++)
        if (!*count || (*words)[*count - 1].position != (*words)[i].position)
            (*words)[(*count)++] = (*words)[i];
    return ST_OK;
}

/* Whether the text has the form from one word to another. */
static enum status is_exact(bool *exact, const struct exact_form *form, struct text_source *source,
                            const struct word_offsets *first, const struct word_offsets *last,
                            struct error *err) {
    struct slice text;
    *exact = false;
    if (!first->end || !last->end)
        return ST_OK; /* the text ends before them */
    enum status status = text_source_read(&text, source, first->start, last->end, err);
    if (!status && exact_form_occurs(exact, form, text))
        status = error_nomem(err);
    return status;
}

enum status offsets_keep_exact(struct occurrence_list *list, struct text_source *source,
                               struct analyzer *analyzer, uint32_t position, struct error *err) {
    struct word_offsets *words;
    size_t count, kept = 0;
    if (list->count > OFFSETS_EXACT_MAX)
        list->count = OFFSETS_EXACT_MAX;
    if (list_words(&words, &count, list))
        return error_nomem(err);
    uint32_t *starts = realloc(list->kept, (list->count + 1) * sizeof *starts);
    enum status status =
        starts ? offsets_find(words, count, source, analyzer, position, err) : error_nomem(err);
    if (starts)
        list->kept = starts;
    for (size_t i = 0; i < list->count && !status; i++) {
        struct word_offsets first = {.position = occurrences_first(list, i)};
        struct word_offsets last = {.position = occurrences_last(list, i)};
        bool exact;
        status = is_exact(&exact, list->form, source,
                          bsearch(&first, words, count, sizeof first, compare_positions),
                          bsearch(&last, words, count, sizeof last, compare_positions), err);
        if (!status && exact)
            starts[kept++] = first.position;
    }
    free(words);
    list->starts = starts;
    list->count = kept;
    return status;
}
