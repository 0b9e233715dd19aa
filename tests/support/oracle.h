/* What a search must answer, found the slow way: every document's words are kept as a plain array,
 * every clause is counted in every document by looking at each of its words, and BM25 is computed
 * in doubles as it is written in searcher/eval/search.h. Of the product it uses the analyzer,
 * norm.h and struct query; of the engine nothing.
 *
 *     struct oracle *oracle = oracle_new(analyzer);
 *     oracle_add(oracle, title, text);                 in the order of the index
 *     oracle_search(&answer, oracle, &query, QUERY_ANY, 1.2, 0.75);
 *     oracle_answer_release(&answer);
 *     oracle_free(oracle);
 *
 * It asserts that memory suffices. */
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
/* No search finds it any more; it still weighs in N, df and the average length. */
void oracle_remove(struct oracle *oracle, uint32_t doc);
/* Adds all documents of an index that keeps texts, removed ones as removed. */
void oracle_add_snapshot(struct oracle *oracle, struct snapshot *snapshot);

struct oracle_hit {
    double score;
    uint32_t doc;
};

struct oracle_answer {
    struct oracle_hit *hits; /* all documents that match, best first, then in order. Owned. */
    size_t count;
    double *scores; /* by document, -1: does not match. Owned. */
    bool relaxed;
    /* How far a score of the engine may be off: it computes in floats, and cuts to a whole multiple
     * of (sum of idfs) / 2^31 for each clause. */
    double tolerance;
};

void oracle_search(struct oracle_answer *answer, const struct oracle *oracle,
                   const struct query *query, enum query_mode mode, double k1, double b);
void oracle_answer_release(struct oracle_answer *answer);

/* Asserts that the engine's results are the answer: the same documents at the same places with the
 * same scores, as far as the tolerance tells documents apart; equal scores in document order; as
 * many as were asked for; the total when it says that it is exact, else no more than that. The
 * oracle's documents are those of the snapshots, one after the other. */
void oracle_check(const struct oracle_answer *answer, const struct results *results,
                  const struct search_options *options, struct snapshot *const *snapshots);

/* The number that the oracle gave a document of the snapshots. */
uint32_t oracle_doc_number(struct snapshot *const *snapshots, const struct hit *hit);

/* How often the document has the clause. */
uint32_t oracle_frequency(const struct oracle *oracle, const struct query_clause *clause,
                          uint32_t doc);
/* The number of the document's words. */
uint32_t oracle_length(const struct oracle *oracle, uint32_t doc);

#endif
