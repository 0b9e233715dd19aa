/* SPDX-License-Identifier: MIT */
/* Scores the documents of one segment for one clause: a term, or a phrase, which counts as a term
 * whose frequency is the number of its occurrences. Words near each other (near.h) are evaluated like
 * a phrase: the same documents are candidates, and only the test of their positions is another.
 *
 * Memory: a phrase, and scorer_starts(), decode all positions of a word in a document at once, 4
 * bytes for each occurrence. The arrays grow to the largest document that was read. */
#ifndef QUERN_SEARCHER_SCORE_SCORER_H
#define QUERN_SEARCHER_SCORE_SCORER_H

#include "searcher/score/cursor.h"
#include "searcher/score/near.h"

enum scorer_kind {
    SCORER_TERM,   /* one cursor */
    SCORER_PHRASE, /* several, whose words must be at their offsets from each other, or near */
};

/* A word or a phrase that has to be near others. */
struct scorer_words {
    const struct term_entry *const *entries;
    const uint32_t *offsets;
    size_t count;
    uint32_t needed; /* how many occurrences of it */
};

/* The same, as its scorer reads it. */
struct scorer_element {
    size_t first_word, word_count; /* of the scorer's cursors */
    uint32_t low;                  /* the least offset */
    uint32_t *starts;              /* in the current document; owned */
    size_t capacity;
};

/* What makes a scorer's words near. */
struct scorer_near {
    uint64_t length;             /* of an occurrence, at most */
    struct near_element *counts; /* of each element; owned */
    size_t count;
    struct scorer_element elements[];
};

/* How often a phrase occurs in one field, and how much that counts. */
struct scorer_part {
    struct scorer *scorer; /* of the field's lists; owned */
    int32_t delta;         /* in units (bm25.h) */
};

struct scorer {
    enum scorer_kind kind;
    uint32_t doc;          /* the current document, or DOC_END */
    uint32_t bound;        /* upper bound of the score of any document */
    float weight;          /* idf · 2^scale_exponent */
    uint32_t multiplicity; /* number of equal clauses that it scores for; 1 of a term */
    const struct bm25 *bm25;
    struct lengths *lengths; /* of the documents; owned if owns_lengths */
    bool owns_lengths;
    struct cursor_weights *weights; /* of a term; owned, or NULL */
    struct scorer_part *parts;      /* of a phrase; owned, or NULL */
    size_t part_count;
    bool subtracts;           /* a document of which the parts leave nothing does not match */
    uint32_t unit, most;      /* what an occurrence counts, and at most, in units */
    struct cursor *cursors;   /* one for each word, the rarest first; owned */
    size_t word_count;        /* 1 of a term */
    uint32_t *offsets;        /* of a phrase: of each word from the phrase's first; owned */
    struct scorer_near *near; /* owned; NULL: a phrase */
    /* Of a phrase: positions are read only in documents whose bound reaches this. Others are passed
     * over as if they did not have the phrase, and `pruned` is set. */
    uint32_t threshold;
    bool pruned;
    uint32_t occurrences; /* of a phrase, in `doc` */
    uint32_t frequency;   /* the same in units, parts included */
    uint32_t *starts;     /* positions in `doc` where it begins; owned */
    uint32_t *positions;  /* of the word being compared; owned */
    size_t starts_capacity, positions_capacity;
};

/* Make a scorer without a current document. The entries are of words that the segment has, in the
 * order of the phrase. ST_NOMEM: there is nothing to release. */
enum status scorer_init_term(struct scorer *scorer, struct segment *segment,
                             const struct term_entry *entry, struct lengths *lengths, float weight);
enum status scorer_init_phrase(struct scorer *scorer, struct segment *segment,
                               const struct term_entry *const *entries, const uint32_t *offsets,
                               size_t count, struct lengths *lengths, float weight);
/* At most `distance` positions are left over in an occurrence; UINT32_MAX: any number. */
enum status scorer_init_near(struct scorer *scorer, struct segment *segment,
                             const struct scorer_words *elements, size_t count, uint32_t distance,
                             struct lengths *lengths, float weight);

/* Makes a term count in units. Takes over the weights, which may be NULL. To be called before the
 * scorer is used. */
void scorer_set_weights(struct scorer *scorer, uint32_t unit, struct cursor_weights *weights);
/* The same of a phrase and its parts, which are in an array that the caller allocated. */
void scorer_set_parts(struct scorer *scorer, uint32_t unit, struct scorer_part *parts, size_t count,
                      bool subtracts);
void scorer_release(struct scorer *scorer);

/* Makes a phrase score for `multiplicity` equal clauses: an integer factor, so the result is what
 * they would add up to one by one. To be called once at most, before the scorer is used. */
void scorer_set_multiplicity(struct scorer *scorer, uint32_t multiplicity);

/* Moves to the first document. Returns scorer->doc. */
uint32_t scorer_start(struct scorer *scorer);

/* Moves it back to where it was made, without weights of fields: its scores mean nothing then. */
void scorer_restart(struct scorer *scorer);

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

/* The number of occurrences in scorer->doc, in units. */
static inline uint32_t scorer_frequency(struct scorer *scorer) {
    return scorer->kind == SCORER_TERM ? cursor_frequency(scorer->cursors) : scorer->frequency;
}

/* The score of document `doc`, which the scorer's cursors are at. */
static inline uint32_t scorer_score(struct scorer *scorer, uint32_t doc) {
    return scorer->multiplicity * bm25_score(scorer->weight,
                                             lengths_inverse_k(scorer->lengths, doc),
                                             scorer_frequency(scorer));
}

/* An upper bound of the score of every document in [from, end). `from` may not decrease from call
 * to call, and no document before it may be sought afterwards. */
uint32_t scorer_range_bound(struct scorer *scorer, uint32_t from, uint32_t end);

/* The next two are of a phrase whose cursors the caller has moved to document `doc`.
 * An upper bound of its score: a phrase occurs no more often than the least frequent of its words,
 * which is known before any position is read. If one of them is "the", reading positions is nearly
 * the whole cost of a phrase. */
uint32_t scorer_doc_bound(struct scorer *scorer, uint32_t doc);
/* Reads the positions and sets scorer->frequency. False: the document does not match. At most once
 * per document. */
bool scorer_match_phrase(struct scorer *scorer);

/* Whether document `doc` matches; if so, scorer->doc is `doc`. For a few documents in ascending
 * order: those between them are not evaluated, and scorer_start() is not needed. */
bool scorer_seek_exact(struct scorer *scorer, uint32_t doc);
/* The positions at which the term or phrase, not NEAR, begins in scorer->doc, ascending, owned by the scorer
 * and valid until it moves. At most once per document, and not of a scorer with weights. NULL: they
 * are damaged or memory ran out, and the segment keeps the failure. */
const uint32_t *scorer_starts(size_t *count, struct scorer *scorer);

#endif
