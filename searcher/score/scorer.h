/* SPDX-License-Identifier: MIT */
/* Scores the documents of one segment for one clause: a term, or a phrase, which counts as a term
 * whose frequency is the number of its occurrences. A clause in one field is evaluated as a phrase,
 * be it of one word: it has norms of its own.
 *
 * Memory: a phrase, and scorer_starts(), decode all positions of a word in a document at once, 4
 * bytes for each occurrence. The arrays grow to the largest document that was read. */
#ifndef QUERN_SEARCHER_SCORE_SCORER_H
#define QUERN_SEARCHER_SCORE_SCORER_H

#include "searcher/score/cursor.h"

enum scorer_kind {
    SCORER_TERM, /* one cursor */
    /* Several, whose words must be at their offsets from each other; or one or several, in a field. */
    SCORER_PHRASE,
};

struct scorer {
    enum scorer_kind kind;
    uint32_t doc;          /* the current document, or DOC_END */
    uint32_t bound;        /* upper bound of the score of any document */
    float weight;          /* idf · 2^scale_exponent */
    uint32_t multiplicity; /* number of equal clauses that it scores for; 1 of a term */
    const struct bm25 *bm25;
    struct cursor *cursors; /* one for each word, the rarest first; owned */
    size_t word_count;      /* 1 of a term */
    uint32_t *offsets;      /* of a phrase: of each word from the phrase's first; owned */
    /* Of a phrase: positions are read only in documents whose bound reaches this. Others are passed
     * over as if they did not have the phrase, and `pruned` is set. */
    uint32_t threshold;
    bool pruned;
    /* Of a clause in a field: the norms of its list. Without chunks: those of documents, which
     * functions are given. */
    struct norm_reader norms;
    /* Of a phrase: its occurrences in the lists of these, each in one field, do not count. Owned. */
    struct scorer *others;
    size_t other_count;
    uint32_t frequency;  /* of a phrase, in `doc` */
    uint32_t skipped;    /* of its occurrences, the first ones, which do not count */
    uint32_t *starts;    /* positions in `doc` where it begins; owned */
    uint32_t *positions; /* of the word being compared; owned */
    size_t starts_capacity, positions_capacity;
};

/* Make a scorer without a current document. The entries are of words that the segment has, in the
 * order of the phrase. ST_NOMEM: there is nothing to release. */
enum status scorer_init_term(struct scorer *scorer, struct segment *segment,
                             const struct term_entry *entry, const struct bm25 *bm25, float weight);
enum status scorer_init_phrase(struct scorer *scorer, struct segment *segment,
                               const struct term_entry *const *entries, const uint32_t *offsets,
                               size_t count, const struct bm25 *bm25, float weight);
/* Makes a phrase of one word or several, in a field, use the norms of their lists. */
void scorer_use_field_norms(struct scorer *scorer);
/* Gives a phrase room for so many others, which the caller initializes and then counts in
 * other_count. ST_NOMEM. */
enum status scorer_reserve_others(struct scorer *scorer, size_t count);
void scorer_release(struct scorer *scorer);

/* Makes a phrase score for `multiplicity` equal clauses: an integer factor, so the result is what
 * they would add up to one by one. To be called once at most, before the scorer is used. */
void scorer_set_multiplicity(struct scorer *scorer, uint32_t multiplicity);

/* Moves to the first document. Returns scorer->doc. */
uint32_t scorer_start(struct scorer *scorer);

/* The slow path of scorer_seek(). */
uint32_t scorer_seek_phrase(struct scorer *scorer, uint32_t target);

/* Moves to the first document >= target; stays if the current one is. Returns scorer->doc. */
static inline uint32_t scorer_seek(struct scorer *scorer, uint32_t target) {
    if (scorer->doc >= target)
        return scorer->doc;
    if (scorer->kind == SCORER_TERM)
        return scorer->doc = cursor_seek(scorer->cursors, target);
    return scorer_seek_phrase(scorer, target);
}

/* The number of occurrences in scorer->doc. */
static inline uint32_t scorer_frequency(struct scorer *scorer) {
    return scorer->kind == SCORER_TERM ? cursor_frequency(scorer->cursors) : scorer->frequency;
}

/* The norm by which a document is scored that has this norm. */
static inline uint8_t scorer_norm(struct scorer *scorer, uint32_t doc, uint8_t norm) {
    return scorer->norms.chunks ? norm_reader_norm(&scorer->norms, doc) : norm;
}

/* The score of the document that the cursors are at, which has this norm. */
static inline uint32_t scorer_score(struct scorer *scorer, uint8_t norm) {
    norm = scorer_norm(scorer, scorer->cursors->doc, norm);
    return scorer->multiplicity *
           bm25_score(scorer->weight, scorer->bm25->inverse_k[norm], scorer_frequency(scorer));
}

/* An upper bound of the score of every document in [from, end). `from` may not decrease from call
 * to call, and no document before it may be sought afterwards. */
uint32_t scorer_range_bound(struct scorer *scorer, uint32_t from, uint32_t end);

/* The next two are of a phrase whose cursors the caller has moved to one document with this norm.
 * An upper bound of its score: a phrase occurs no more often than the least frequent of its words,
 * which is known before any position is read. If one of them is "the", reading positions is nearly
 * the whole cost of a phrase. */
uint32_t scorer_doc_bound(struct scorer *scorer, uint8_t norm);
/* Reads the positions, if it has several words, and sets scorer->frequency. False: it is 0. At most once per document. */
bool scorer_match_phrase(struct scorer *scorer);

/* Whether document `doc` matches; if so, scorer->doc is `doc`. For a few documents in ascending
 * order: those between them are not evaluated, and scorer_start() is not needed. */
bool scorer_seek_exact(struct scorer *scorer, uint32_t doc);
/* The positions at which the term or phrase begins in scorer->doc: scorer_frequency() of them,
 * ascending, owned by the scorer and valid until it moves. At most once per document. NULL: they
 * are damaged or memory ran out, and the segment keeps the failure. */
const uint32_t *scorer_starts(struct scorer *scorer);

#endif
