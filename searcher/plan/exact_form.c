/* SPDX-License-Identifier: MIT */
/* Compares words as they stand. */
#include "searcher/plan/exact_form.h"

#include <stdlib.h>

#include "common/base/ascii.h"
#include "common/text/tokenizer.h"

enum status exact_form_init(struct exact_form *form, struct arena *arena,
                            const struct query_term *terms, size_t count, enum unicode_fold fold) {
    struct buffer folded = {0};
    enum status status = ST_OK;
    form->fold = fold;
    form->count = count ? 1ul + terms[count - 1].offset - terms[0].offset : 0;
    form->words = arena_alloc(arena, (form->count + 1) * sizeof *form->words);
    if (!form->words)
        return ST_NOMEM;
    for (size_t i = 0; i < form->count; i++)
        form->words[i] = (struct slice){0};
    for (size_t i = 0; i < count && !status; i++) {
        if (i > 0 && terms[i].offset == terms[i - 1].offset)
            continue;
        status = unicode_fold(&folded, terms[i].typed, fold);
        char *copy = status ? NULL : arena_copy(arena, folded.data, folded.size);
        if (!copy)
            status = ST_NOMEM;
        form->words[terms[i].offset - terms[0].offset] = slice_of(copy, folded.size);
    }
    buffer_release(&folded);
    return status;
}

/* Folds a word; ASCII is what most words are. ST_NOMEM. */
static enum status fold_word(struct buffer *folded, struct slice word, enum unicode_fold fold) {
    bool ascii = fold == FOLD_PLAIN;
    for (size_t i = 0; i < word.size && ascii; i++)
        ascii = word.data[i] < 0x80;
    if (!ascii) {
        enum status status = unicode_fold(folded, word, fold);
        if (status == ST_INVALID)
            buffer_clear(folded);
        return status == ST_NOMEM ? ST_NOMEM : ST_OK;
    }
    buffer_clear(folded);
    if (buffer_append_slice(folded, word))
        return ST_NOMEM;
    for (size_t i = 0; i < word.size; i++)
        folded->data[i] = ascii_lower(word.data[i]);
    return ST_OK;
}

/* Takes the next word of a text: before[k] says whether the k words before it are the first k of the
 * form, and after[k + 1] whether it is the next. Returns whether the form ends with it. */
static bool step(bool *after, const bool *before, const struct exact_form *form,
                 struct slice word) {
    for (size_t k = 0; k < form->count; k++)
        if ((k == 0 || before[k]) && (!form->words[k].size || slice_equal(form->words[k], word)))
            after[k + 1] = true;
    return after[form->count];
}

enum status exact_form_occurs(bool *occurs, const struct exact_form *form, struct slice text) {
    struct tokenizer tokenizer;
    struct word words[64];
    struct buffer folded = {0};
    enum status status = ST_OK;
    size_t count = form->count;
    bool *states = calloc(2 * (count + 1), sizeof *states), *before = states,
         *after = states + count + 1;
    *occurs = false;
    if (!states)
        return ST_NOMEM;
    tokenizer_begin(&tokenizer, text);
    for (size_t n; !*occurs && !status && (n = tokenizer_next(words, 64, &tokenizer)) > 0;)
        for (size_t i = 0; i < n && !*occurs && !status; i++) {
            if (!words[i].same_position) {
                bool *older = before;
                before = after;
                after = older;
                memset(after, false, (count + 1) * sizeof *after);
            }
            struct slice word = slice_of(text.data + words[i].start, words[i].end - words[i].start);
            status = fold_word(&folded, word, form->fold);
            if (!status)
                *occurs = step(after, before, form, buffer_slice(&folded));
        }
    buffer_release(&folded);
    free(states);
    return status;
}
