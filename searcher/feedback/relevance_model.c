/* SPDX-License-Identifier: MIT */
/* Counts terms in a hash table. */
#include "searcher/feedback/relevance_model.h"

#include <stdlib.h>

#include "common/base/array.h"
#include "common/base/codec.h"

enum { SLOTS_INITIAL = 1 << 12 };

void relevance_model_release(struct relevance_model *model) {
    free(model->terms);
    free(model->index.slots);
    free(model->touched);
    arena_release(&model->arena);
    *model = (struct relevance_model){0};
}

/* Keeps at least half of the slots free. */
static enum status reserve_slots(struct relevance_model *model) {
    struct hash_index *index = &model->index;
    if (index->slots && 2 * model->count < index->mask)
        return ST_OK;
    struct hash_index larger = {.mask = index->slots ? 2 * index->mask + 1 : SLOTS_INITIAL - 1};
    larger.slots = calloc(larger.mask + 1, sizeof *larger.slots);
    if (!larger.slots)
        return ST_NOMEM;
    for (size_t i = 0; i < model->count; i++)
        hash_index_insert(&larger, model->terms[i].hash, (uint32_t)i);
    free(index->slots);
    *index = larger;
    return ST_OK;
}

/* The number of a term, which is added if it is new. */
static enum status find_term(uint32_t *number, struct relevance_model *model, struct slice term,
                             struct slice typed) {
    uint64_t hash = hash64(term.data, term.size, 0);
    size_t slot;
    if (reserve_slots(model))
        return ST_NOMEM;
    for (bool more = hash_index_first(number, &slot, &model->index, hash); more;
         more = hash_index_next(number, &slot, &model->index))
        if (model->terms[*number].hash == hash && slice_equal(model->terms[*number].term, term))
            return ST_OK;
    struct model_term *terms =
        array_reserve(model->terms, &model->capacity, model->count + 1, sizeof *terms);
    if (!terms)
        return ST_NOMEM;
    model->terms = terms;
    const char *bytes = arena_copy(&model->arena, term.data, term.size);
    const char *seen = arena_copy(&model->arena, typed.data, typed.size);
    if (!bytes || !seen)
        return ST_NOMEM;
    *number = (uint32_t)model->count++;
    terms[*number] = (struct model_term){
        .term = slice_of(bytes, term.size), .typed = slice_of(seen, typed.size), .hash = hash};
    hash_index_put(&model->index, slot, *number);
    return ST_OK;
}

static enum status add_token(struct relevance_model *model, const struct token *token,
                             struct slice text) {
    uint32_t number;
    struct slice typed = slice_of(text.data + token->start, token->end - token->start);
    if (find_term(&number, model, token->term, typed))
        return ST_NOMEM;
    model->length++;
    if (model->terms[number].frequency++)
        return ST_OK;
    uint32_t *touched = array_reserve(model->touched, &model->touched_capacity,
                                      model->touched_count + 1, sizeof *touched);
    if (!touched)
        return ST_NOMEM;
    model->touched = touched;
    touched[model->touched_count++] = number;
    return ST_OK;
}

enum status relevance_model_add(struct relevance_model *model, struct analyzer *analyzer,
                                struct slice text) {
    struct token tokens[ANALYZER_BATCH];
    analyzer_begin(analyzer, text, 0);
    for (size_t count; (count = analyzer_next(tokens, ANALYZER_BATCH, analyzer)) > 0;)
        for (size_t i = 0; i < count; i++)
            if (add_token(model, &tokens[i], text))
                return ST_NOMEM;
    return analyzer_status(analyzer);
}

void relevance_model_end_document(struct relevance_model *model, double weight) {
    for (size_t i = 0; i < model->touched_count; i++) {
        struct model_term *term = &model->terms[model->touched[i]];
        term->probability += weight * term->frequency / (double)model->length;
        term->frequency = 0;
    }
    model->touched_count = 0;
    model->length = 0;
}

static int compare_terms(const void *a, const void *b) {
    const struct model_term *x = a, *y = b;
    if (x->probability != y->probability)
        return x->probability > y->probability ? -1 : 1;
    return slice_compare(x->term, y->term);
}

void relevance_model_sort(struct relevance_model *model) {
    if (model->count)
        qsort(model->terms, model->count, sizeof *model->terms, compare_terms);
}
