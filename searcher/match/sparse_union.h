/* SPDX-License-Identifier: MIT */
/* Evaluates unions of which a filter lets few documents pass.
 *
 * Without a filter, a rare word soon has k documents, whose scores let the search pass over nearly
 * all postings of frequent words. With one that leaves 1 %, few documents with the rare word remain,
 * so more of the frequent words must be read; but those of their documents that pass are few, too.
 * So lists are read one after the other, the strongest first (MaxScore, term at a time), and the
 * documents found are kept in an array. After each list, the k-th best of the sums so far is a
 * threshold for all lists that follow:
 *
 *   - a block of postings is decoded only if its bound lets a new document reach the threshold, or if
 *     one of the documents found lies in its range and can still reach it;
 *   - of a decoded block, the filter's bits tell the postings that pass, and only these are scored;
 *   - once the lists that remain cannot bring in a document by themselves, they complete those found
 *     (completion.h).
 *
 * Nothing but the filter's bits is computed for documents that have none of the words. What it costs,
 * in instructions (callgrind, unions of search-benchmark-game, ten hits, a million documents of 50
 * words): 14 for a posting of a decoded block, of the filter's lists too; 2.4 to ask for its bit, 6.5
 * to set it. Of 886,000 for a mean union with a keyword that 1 % of the documents have, 277,000 are the
 * filter's bits; without the filter it takes 922,000. */
#ifndef QUERN_SEARCHER_MATCH_SPARSE_UNION_H
#define QUERN_SEARCHER_MATCH_SPARSE_UNION_H

#include "searcher/match/completion.h"

/* Whether the match is a union of this kind, and this is faster than disjunction.c. */
bool sparse_union_is_faster(struct match *match);

/* Offers the best documents to match->topk. `clauses` has room for the optional ones; the candidates
 * are scratch memory. The match cannot be used again. */
void sparse_union_rank(struct match *match, struct bounded_clause *clauses,
                       struct candidates *candidates);

#endif
