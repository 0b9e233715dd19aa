/* One clause of a query in one segment: a term, or a phrase, which behaves like a term whose
 * frequency is how often it occurs. */
#ifndef QUERN_SEARCHER_SCORE_SCORER_H
#define QUERN_SEARCHER_SCORE_SCORER_H

#include "searcher/score/cursor.h"

enum scorer_kind {
    SCORER_TERM,   /* the documents of one cursor */
    SCORER_PHRASE, /* those in which several cursors' words stand at their offsets */
};

struct scorer {
    enum scorer_kind kind;
    uint32_t doc;          /* the current document, or DOC_END */
    uint32_t bound;        /* the most that any document scores */
    float weight;          /* idf · 2^scale_exponent */
    uint32_t multiplicity; /* of a phrase: how many equal clauses it scores for; of a term 1 */
    const struct bm25 *bm25;
    struct cursor *cursors; /* its words, the rarest first; owned */
    size_t word_count;      /* 1: a term */
    uint32_t *offsets;      /* of a phrase: of each word from the first; owned */
    /* Of a phrase: what a document must be able to score with it to be worth reading its positions.
     * One that cannot is passed over as if it had no such phrase, and `pruned` is set. */
    uint32_t threshold;
    bool pruned;
    uint32_t frequency;  /* at doc */
    uint32_t *starts;    /* where in doc it may begin; owned */
    uint32_t *positions; /* positions of one word; owned */
    size_t starts_capacity, positions_capacity;
};

/* Neither is on a document yet. Entries are of words that the segment has. ST_NOMEM. */
enum status scorer_init_term(struct scorer *scorer, struct segment *segment,
                             const struct term_entry *entry, const struct bm25 *bm25, float weight);
enum status scorer_init_phrase(struct scorer *scorer, struct segment *segment,
                               const struct term_entry *const *entries, const uint32_t *offsets,
                               size_t count, const struct bm25 *bm25, float weight);
void scorer_release(struct scorer *scorer);

/* Makes a phrase score for `multiplicity` equal clauses, once and before it is used: each score is
 * that many times as much, which is to the bit what the clauses would score one by one. */
void scorer_set_multiplicity(struct scorer *scorer, uint32_t multiplicity);

/* Stands on the first document. Returns scorer->doc. */
uint32_t scorer_start(struct scorer *scorer);

/* The slow path of scorer_seek(). */
uint32_t scorer_seek_phrase(struct scorer *scorer, uint32_t target);

/* Steps to the first document >= target. Returns scorer->doc. */
static inline uint32_t scorer_seek(struct scorer *scorer, uint32_t target) {
    if (scorer->doc >= target)
        return scorer->doc;
    if (scorer->kind == SCORER_TERM)
        return scorer->doc = cursor_seek(scorer->cursors, target);
    return scorer_seek_phrase(scorer, target);
}

/* How often scorer->doc has it. */
static inline uint32_t scorer_frequency(struct scorer *scorer) {
    return scorer->kind == SCORER_TERM ? cursor_frequency(scorer->cursors) : scorer->frequency;
}

/* The score of scorer->doc, whose norm it is. */
static inline uint32_t scorer_score(struct scorer *scorer, uint8_t norm) {
    return scorer->multiplicity *
           bm25_score(scorer->weight, scorer->bm25->inverse_k[norm], scorer_frequency(scorer));
}

/* What no document in [from, end) scores above; `from` may not fall from call to call, nor may a
 * document before it be sought afterwards. */
uint32_t scorer_range_bound(struct scorer *scorer, uint32_t from, uint32_t end);

/* For a phrase whose cursors somebody else has stood on a document. What that scores at most: no
 * more often than its least frequent word can a phrase occur, which is known before any position
 * is read. With "the", reading positions is nearly all that a phrase costs. */
uint32_t scorer_doc_bound(struct scorer *scorer, uint8_t norm);
/* Reads the positions and sets scorer->frequency; false when it is 0. Once for a document. */
bool scorer_match_phrase(struct scorer *scorer);

/* Whether `doc` has it; if so, scorer->doc is `doc`. For single documents in ascending order:
 * nothing between them is looked at, and scorer_start() is not needed. */
bool scorer_seek_exact(struct scorer *scorer, uint32_t doc);
/* The positions at which it begins in scorer->doc, scorer_frequency() of them, ascending; owned by
 * the scorer, valid until it moves. Once for a document. NULL when they are damaged or memory is
 * out: the segment keeps the failure. */
const uint32_t *scorer_starts(struct scorer *scorer);

#endif
