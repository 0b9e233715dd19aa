/* SPDX-License-Identifier: MIT */
/* The right answer to a search, computed naively: the words of every document are a plain array,
 * every clause is counted in every document word by word, and BM25 is computed in doubles by the
 * formula in searcher/eval/search.h. It shares the analyzer, norm.h and struct query with the
 * program, and no code of the engine.
 *
 *     struct oracle *oracle = oracle_new(analyzer);
 *     oracle_add(oracle, title, text);                 in the order of the index
 *     oracle_search(&answer, oracle, &query, QUERY_ANY, &ranking);
 *     oracle_answer_release(&answer);
 *     oracle_free(oracle);
 *
 * Running out of memory fails the test. */
#ifndef QUERN_TESTS_SUPPORT_ORACLE_H
#define QUERN_TESTS_SUPPORT_ORACLE_H

#include "common/index/snapshot.h"
#include "searcher/eval/search.h"

struct oracle;

/* The analyzer is borrowed. */
struct oracle *oracle_new(struct analyzer *analyzer);
void oracle_free(struct oracle *oracle);

/* Adds a document; they are numbered from 0. */
uint32_t oracle_add(struct oracle *oracle, struct slice title, struct slice text);
/* Adds all documents of an index that keeps texts. Deleted ones are not found, but still count in N,
 * df and the average length. */
void oracle_add_snapshot(struct oracle *oracle, struct snapshot *snapshot);

/* Gives a document an id and values of fields, which answer filters, sort and are counted. Keywords
 * have their terms, and fields are those of the queries' schema. Everything is borrowed. */
void oracle_set_values(struct oracle *oracle, uint32_t doc, struct slice id,
                       const struct field_value *values, size_t count);
const struct field_value *oracle_values(size_t *count, const struct oracle *oracle, uint32_t doc);

struct oracle_hit {
    double score;
    uint32_t doc;
};

struct oracle_answer {
    struct oracle_hit *hits; /* all matching documents, best first, equal ones in order; owned */
    size_t count;
    double *scores; /* by document; -1: does not match; owned */
    /* Of a query of few words in QUERY_BEST: the first `with_all` hits have all words and are
     * ordered among themselves, and so are the others. */
    bool all_first;
    size_t with_all;
    /* Rounding may decide which documents are the best 100, among which nearness counts; then only
     * what does not depend on it is checked. */
    bool ambiguous;
    /* How far a score of the engine may differ: it computes in floats, and rounds each clause down
     * to a multiple of (sum of idfs) / 2^31. */
    double tolerance;
};

void oracle_search(struct oracle_answer *answer, const struct oracle *oracle,
                   const struct query *query, enum query_mode mode, const struct ranking *ranking);
void oracle_answer_release(struct oracle_answer *answer);

/* Asserts that the engine's results are the answer: the same documents at the same ranks with the
 * same scores, as far as the tolerance distinguishes them; equal scores in document order; as many
 * hits as the limit allows; and the total, or a lower bound unless it is marked as exact. The
 * oracle's documents are those of the snapshots, one snapshot after the other. */
void oracle_check(const struct oracle_answer *answer, const struct results *results,
                  const struct search_options *options, struct snapshot *const *snapshots);

/* The oracle's number of a document of the snapshots. */
uint32_t oracle_doc_number(struct snapshot *const *snapshots, const struct hit *hit);

/* How often the clause occurs in the document. */
uint32_t oracle_frequency(const struct oracle *oracle, const struct query_clause *clause,
                          uint32_t doc);
/* The words of a document: numbers of terms by position, 0 where there is none. The title has the first
 * `title_size` positions. */
struct oracle_text {
    const uint32_t *words;
    size_t size, title_size;
    uint32_t length, title_length; /* words */
    struct slice id;
};
struct oracle_text oracle_text(const struct oracle *oracle, uint32_t doc);
uint32_t oracle_count(const struct oracle *oracle);
/* The number of a term; UINT32_MAX: no document has it. */
uint32_t oracle_term(const struct oracle *oracle, struct slice term);
/* Whether the document meets the condition of a filter. */
bool oracle_meets(const struct oracle *oracle, uint32_t doc, const struct query_filter *filter);
/* Puts the hits in order. */
void oracle_rank(struct oracle_answer *answer);

/* Whether the document is deleted. */
bool oracle_is_deleted(const struct oracle *oracle, uint32_t doc);
/* The length of the document in words. */
uint32_t oracle_length(const struct oracle *oracle, uint32_t doc);

#endif
