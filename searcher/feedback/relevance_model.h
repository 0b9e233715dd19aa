/* SPDX-License-Identifier: MIT */
/* How probable each term is in documents that are taken for relevant:
 *
 *     P(term) = sum over documents of weight · frequency in it / its length
 *
 * (Lavrenko and Croft, "Relevance-based language models", 2001).
 *
 *     struct relevance_model model = {0};
 *     relevance_model_add(&model, analyzer, title);                of each document, any number of texts
 *     relevance_model_add(&model, analyzer, text);
 *     relevance_model_end_document(&model, weight);
 *     relevance_model_sort(&model);
 *     use(model.terms, model.count);
 *     relevance_model_release(&model);
 *
 * Threads: that of the analyzer. */
#ifndef QUERN_SEARCHER_FEEDBACK_RELEVANCE_MODEL_H
#define QUERN_SEARCHER_FEEDBACK_RELEVANCE_MODEL_H

#include "common/base/hash_index.h"
#include "common/text/analyzer.h"

struct model_term {
    struct slice term;
    struct slice typed; /* as it was first seen in a text */
    uint64_t hash;
    uint32_t frequency; /* in the document being added */
    double probability;
};

struct relevance_model {
    struct model_term *terms; /* owned */
    size_t count;
    /* Private. */
    size_t capacity;
    struct hash_index index; /* of terms, by hash; its slots are owned */
    uint32_t *touched;       /* terms of the document being added; owned */
    size_t touched_count, touched_capacity;
    uint64_t length; /* of that document */
    struct arena arena;
};

void relevance_model_release(struct relevance_model *model);

/* Counts the terms of a text, which may be any part of the document between words. ST_NOMEM. */
enum status relevance_model_add(struct relevance_model *model, struct analyzer *analyzer,
                                struct slice text);
/* Adds what was counted to the probabilities. Weights of all documents add up to 1. */
void relevance_model_end_document(struct relevance_model *model, double weight);

/* Orders the terms by falling probability; equal ones by their bytes. Nothing may be added any more. */
void relevance_model_sort(struct relevance_model *model);

#endif
