/* SPDX-License-Identifier: MIT */
/* Evaluates queries that are not flat, by windows of documents: of at most 16,384, the first ones
 * narrower, so that there is a threshold soon. A window whose bound does not reach it is passed over.
 * tree_node.h says how the nodes are evaluated.
 *
 * In memory there are the frames of a window, 66 KiB each, as many as groups are nested; 1.4 KiB for
 * each word; and what tree_expansion.c keeps. */
#ifndef QUERN_SEARCHER_MATCH_TREE_H
#define QUERN_SEARCHER_MATCH_TREE_H

#include "searcher/match/match.h"
#include "searcher/match/tree_frame.h"

struct tree;

/* Offers the best documents to match->topk. The match is not impossible. The pool may have frames of
 * earlier searches, and gets those of this one. */
void tree_rank(struct match *match, struct tree_pool *pool);
/* Counts the documents that match. */
uint64_t tree_count(struct match *match);

/* What a clause of the plan adds to the score of a document. */
struct tree_share {
    bool counts; /* the document matches the clause and all that it is in, and it is not excluded */
    uint32_t score;     /* if it counts, like the others */
    uint32_t frequency; /* in units (bm25.h) */
    double length;      /* that the document is counted as */
};

/* Sets the share of each of the plan's clauses, by their numbers. ST_NOMEM. */
enum status tree_explain(struct tree_share *shares, struct match *match, uint32_t doc);

/* Makes the tree of a match, which must outlive it. NULL: out of memory. Freeing NULL does nothing. */
struct tree *tree_new(struct match *match);
void tree_free(struct tree *tree);

/* Sets the bits of those of the documents [from, end) that match, but for the predicates of
 * match->filter, which are not asked. `from` is a multiple of 16,384. */
void tree_window(uint64_t *bits, struct tree *tree, uint32_t from, uint32_t end);

#endif
