/* SPDX-License-Identifier: MIT */
/* The nodes of a tree in one segment, and their evaluation in a window of documents, from the bottom
 * up. For tree.c alone.
 *
 * A node adds the documents that match it, and their scores, to a frame. It may be asked about some
 * documents only: then it reads no block of a list that has none of them. It may leave out documents
 * whose scores for it are below `need`, and skips blocks whose bounds are.
 *
 *     ALL_OF    its rarest child, or the intersection of its words, into a frame; then the others, about
 *               the documents left in it
 *     ANY_OF    the children that can bring in a document, then the others, about the documents found:
 *               MaxScore (disjunction.h) by the window
 *               A document that matches one of two ALL_OFs of words alone needs the whole score from
 *               that one; those that match both are found as what matches all the words.
 *     NOT       the complement of its child
 *
 * Predicates are expensive: they read what is stored of a document. A tree assumes their outcome to be
 * the one that leads to more documents and higher scores, which is that they hold, except below a NOT.
 * Of the documents that get in then, a second tree for the same nodes asks them (tree.c). */
#ifndef QUERN_SEARCHER_MATCH_TREE_NODE_H
#define QUERN_SEARCHER_MATCH_TREE_NODE_H

#include "searcher/match/match.h"
#include "searcher/match/tree_frame.h"

struct tree_expansion;
struct tree_words;

/* A scorer of a phrase, and where it is. */
struct tree_phrase {
    struct scorer scorer;
    int64_t tested; /* the last document whose positions were read, or that was passed; -1: none */
    int64_t found;  /* the last document that matches; -1: none */
};

struct tree_node {
    enum query_kind kind;
    struct tree_node *children;
    size_t child_count;
    const struct plan_clause *clause; /* of TERM */
    bool is_term;                     /* a clause of one word, scored by phrase.scorer */
    bool is_absent;                   /* a clause that the segment lacks */
    struct tree_phrase phrase;
    struct tree_expansion *expansion; /* owned */
    struct tree_words *words; /* of ALL_OF: its first word_count children, which are terms; owned */
    size_t word_count;
    struct tree_node *both; /* of ANY_OF of two ALL_OFs of words: an ALL_OF of them all; owned */
    struct filter filter;   /* of FILTER and EXACT */
    bool has_filter;
    bool assumed;       /* of a predicate: its outcome until it is asked */
    uint64_t documents; /* about how many match at most */
    /* In the window: */
    bool possible;  /* whether any document may match */
    uint32_t bound; /* of the scores */
};

/* What the evaluation of all nodes shares. */
struct tree_run {
    struct match *match;
    const struct plan *plan;
    struct tree_pool pool;
    uint32_t from, end, words; /* the window, and its words of bits */
    bool scored;
    bool asks;   /* predicates are asked, not assumed */
    bool pruned; /* documents were left out */
};

/* Makes the node of a plan's node. `assumed`: what is assumed of predicates. ST_NOMEM: it is to be
 * released. */
enum status tree_node_init(struct tree_node *node, struct tree_run *run,
                           const struct plan_node *from, bool assumed);
void tree_node_release(struct tree_node *node);
/* Moves it back to the first document. */
void tree_node_restart(struct tree_node *node);
/* Whether it has a predicate. */
bool tree_node_has_predicate(const struct tree_node *node);

/* Sets what is possible in the window. */
void tree_node_look_ahead(struct tree_node *node, struct tree_run *run);

/* Adds the documents of the window to the frame; only those of `within`, unless it is NULL. */
void tree_node_add(struct tree_node *node, struct tree_run *run, struct tree_frame *frame,
                   const uint64_t *within, uint32_t need);

/* The same of an ANY_OF and of an ALL_OF, for tree_node_add(). */
void tree_group_add_any(struct tree_node *node, struct tree_run *run, struct tree_frame *frame,
                        const uint64_t *within, uint32_t need);
void tree_group_add_all(struct tree_node *node, struct tree_run *run, struct tree_frame *frame,
                        const uint64_t *within, uint32_t need);

/* Adds all documents of the window, or of `within`, with a score of 0. */
void tree_add_all_documents(struct tree_run *run, struct tree_frame *frame, const uint64_t *within);

/* A clear frame of the pool. NULL: out of memory, which the segment keeps. Giving back NULL does
 * nothing. */
struct tree_frame *tree_run_take(struct tree_run *run, bool scored);
void tree_run_give_back(struct tree_run *run, struct tree_frame *frame);

/* The first document >= target that has the phrase; DOC_END: there is none. */
uint32_t tree_phrase_next(struct tree_phrase *phrase, uint32_t target);
/* Whether a document, which is after those before, has it. */
bool tree_phrase_test(struct tree_phrase *phrase, uint32_t doc);
void tree_phrase_start(struct tree_phrase *phrase);

/* The words of an ALL_OF. NULL: out of memory. */
struct tree_words *tree_words_new(struct tree_node *nodes, size_t count, struct tree_run *run);
void tree_words_free(struct tree_words *words);
/* Adds the documents with all of them. */
void tree_words_add(struct tree_words *words, struct tree_run *run, struct tree_frame *frame,
                    const uint64_t *within, uint32_t need);

/* NULL: out of memory. */
struct tree_expansion *tree_expansion_new(struct tree_run *run, const struct plan_clause *clause);
void tree_expansion_free(struct tree_expansion *expansion);
void tree_expansion_restart(struct tree_expansion *expansion);
uint64_t tree_expansion_documents(const struct tree_expansion *expansion);
uint32_t tree_expansion_bound(const struct tree_expansion *expansion);
void tree_expansion_add(struct tree_expansion *expansion, struct tree_run *run,
                        struct tree_frame *frame, const uint64_t *within, uint32_t need);

/* Whether one document of the window matches; if so, sets its frequency in units, its score and its
 * length. */
bool tree_expansion_look(uint32_t *frequency, uint32_t *score, double *length,
                         struct tree_expansion *expansion, struct tree_run *run, uint32_t doc);

#endif
