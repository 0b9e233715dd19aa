/* SPDX-License-Identifier: MIT */
/* A hash table of terms. */
#include "searcher/expand/form_terms.h"

#include <stdlib.h>

#include "common/base/array.h"
#include "common/base/codec.h"

static int compare_terms(const void *a, const void *b) {
    const struct form_term *x = a, *y = b;
    return slice_compare(x->term, y->term);
}

static int compare_counts(const void *a, const void *b) {
    const struct form_term *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return compare_terms(a, b);
}

/* Makes an index of twice the room that the items have. */
static enum status index_items(struct form_terms *terms) {
    size_t size = 64;
    while (size < 2 * terms->capacity)
        size *= 2;
    free(terms->slots);
    terms->slots = calloc(size, sizeof *terms->slots);
    if (!terms->slots)
        return ST_NOMEM;
    terms->index = (struct hash_index){.slots = terms->slots, .mask = size - 1};
    for (size_t i = 0; i < terms->count; i++)
        hash_index_insert(&terms->index, terms->items[i].hash, (uint32_t)i);
    return ST_OK;
}

/* Keeps the most frequent terms. */
static void keep_most_frequent(struct form_terms *terms, size_t max) {
    if (terms->count <= max)
        return;
    qsort(terms->items, terms->count, sizeof *terms->items, compare_counts);
    terms->count = max;
    terms->dropped = true;
}

/* Drops the rarest terms, and frees what they took. */
static enum status make_room(struct form_terms *terms) {
    struct arena old = terms->arena;
    keep_most_frequent(terms, FORM_TERMS_MAX);
    terms->arena = (struct arena){0};
    enum status status = ST_OK;
    for (size_t i = 0; i < terms->count && !status; i++) {
        struct slice *term = &terms->items[i].term;
        term->data = (const uint8_t *)arena_copy(&terms->arena, term->data, term->size);
        status = term->data ? ST_OK : ST_NOMEM;
    }
    arena_release(&old);
    return status ? status : index_items(terms);
}

static enum status add(struct form_terms *terms, size_t slot, const struct surface_form *form,
                       uint64_t hash) {
    char *copy = arena_copy(&terms->arena, form->term.data, form->term.size);
    if (!copy)
        return ST_NOMEM;
    terms->items[terms->count] =
        (struct form_term){slice_of(copy, form->term.size), form->count, hash};
    hash_index_put(&terms->index, slot, (uint32_t)terms->count++);
    return ST_OK;
}

static enum status take(struct form_visitor *visitor, const struct surface_form *form,
                        unsigned edits) {
    struct form_terms *terms = (struct form_terms *)visitor;
    (void)edits;
    enum status status = ST_OK;
    if (visitor->counts && terms->count == terms->limit)
        status = make_room(terms);
    if (!status && terms->count == terms->capacity) {
        struct form_term *items =
            array_reserve(terms->items, &terms->capacity, terms->count + 1, sizeof *items);
        if (!items)
            return ST_NOMEM;
        terms->items = items;
        status = index_items(terms);
    }
    if (status)
        return status;
    uint64_t hash = hash64(form->term.data, form->term.size, 0);
    size_t slot;
    uint32_t item;
    for (bool more = hash_index_first(&item, &slot, &terms->index, hash); more;
         more = hash_index_next(&item, &slot, &terms->index))
        if (terms->items[item].hash == hash && slice_equal(terms->items[item].term, form->term)) {
            terms->items[item].count += form->count;
            return ST_OK;
        }
    return !visitor->counts && terms->count == terms->max ? ST_LIMIT : add(terms, slot, form, hash);
}

void form_terms_init(struct form_terms *terms, size_t max) {
    *terms =
        (struct form_terms){.visitor.take = take, .max = max, .limit = FORM_TERMS_COLLECTED_MAX};
}

void form_terms_release(struct form_terms *terms) {
    free(terms->items);
    free(terms->slots);
    arena_release(&terms->arena);
    *terms = (struct form_terms){0};
}

void form_terms_count(struct form_terms *terms) {
    size_t max = terms->max;
    form_terms_release(terms);
    form_terms_init(terms, max);
    terms->visitor.counts = true;
}

void form_terms_finish(struct form_terms *terms) {
    keep_most_frequent(terms, terms->max);
    if (terms->count)
        qsort(terms->items, terms->count, sizeof *terms->items, compare_terms);
}
