/* SPDX-License-Identifier: MIT */
/* Goes through the windows. */
#include "searcher/match/tree.h"

#include <stdlib.h>

#include "searcher/match/tree_node.h"

enum { FIRST_WINDOW = 2048 /* documents */ };

struct tree {
    struct tree_run run;
    struct tree_node root;
    struct tree_node asker; /* the same, to ask predicates; made if there are any */
    bool has_predicates;
};

struct tree *tree_new(struct match *match) {
    const struct plan *plan = match->plan;
    struct tree *tree = calloc(1, sizeof *tree);
    if (!tree)
        return NULL;
    tree->run = (struct tree_run){.match = match, .plan = plan};
    enum status status = tree_node_init(&tree->root, &tree->run, plan->tree, true);
    if (!status && tree_node_has_predicate(&tree->root)) {
        tree->has_predicates = true;
        status = tree_node_init(&tree->asker, &tree->run, plan->tree, true);
    }
    if (!status)
        return tree;
    tree_free(tree);
    return NULL;
}

void tree_free(struct tree *tree) {
    if (!tree)
        return;
    tree_node_release(&tree->root);
    tree_node_release(&tree->asker);
    tree_pool_release(&tree->run.pool);
    free(tree);
}

/* Removes the deleted documents of the window. */
static void drop_deleted(struct tree_frame *frame, struct tree_run *run) {
    struct segment *segment = run->match->segment;
    for (uint32_t at = tree_next(frame->bits, 0, run->end - run->from); at < run->end - run->from;
         at = tree_next(frame->bits, at + 1, run->end - run->from))
        if (segment_is_deleted(segment, run->from + at)) {
            frame->bits[at / 64] &= ~(UINT64_C(1) << at % 64);
            frame->scores[at] = 0;
        }
}

/* Adds the documents of the window that match to the frame, except some that score less than the
 * threshold. Predicates are asked about the documents that reach it. */
static void add_window(struct tree *tree, struct tree_frame *frame, uint32_t threshold) {
    struct tree_run *run = &tree->run;
    struct match *match = run->match;
    const uint64_t *within =
        match->filtered ? filter_bits(&match->filter, run->from, run->end) + run->from / 64 : NULL;
    if (within && tree_next(within, 0, run->end - run->from) == run->end - run->from)
        return;
    if (threshold)
        tree_node_look_ahead(&tree->root, run);
    struct tree_frame *found =
        tree->has_predicates ? tree_frame_take(&run->pool, run->scored) : frame;
    if (!found) {
        segment_fail_nomem(match->segment);
        return;
    }
    tree_node_add(&tree->root, run, found, within, threshold);
    if (!match->filtered && match->segment->info.deleted)
        drop_deleted(found, run);
    if (!tree->has_predicates)
        return;
    run->pruned |= tree_frame_drop_below(found, threshold, run->words);
    if (!tree_frame_is_empty(found, run->words)) {
        run->asks = true;
        if (threshold)
            tree_node_look_ahead(&tree->asker, run);
        tree_node_add(&tree->asker, run, frame, found->bits, threshold);
        run->asks = false;
    }
    tree_frame_give_back(&run->pool, found, run->words);
}

static void set_window(struct tree_run *run, uint32_t from, uint32_t end) {
    run->from = from;
    run->end = end;
    run->words = (end - from + 63) / 64;
}

static void offer(struct tree *tree, const struct tree_frame *frame) {
    struct tree_run *run = &tree->run;
    struct match *match = run->match;
    for (uint32_t i = 0; i < run->words; i++)
        for (uint64_t left = frame->bits[i]; left; left &= left - 1) {
            uint32_t at = 64 * i + (uint32_t)__builtin_ctzll(left), doc = run->from + at;
            if (frame->scores[at] < match_threshold(match)) {
                match->pruned = true;
            } else if (!match->filtered || filter_ask_predicates(&match->filter, doc)) {
                match->matched++;
                topk_offer(match->topk, frame->scores[at], match->ordinal, doc);
            }
        }
}

/* The end of the window of this width that begins with `from`; none contains a multiple of
 * TREE_WINDOW but as its first document. */
static uint32_t window_end(const struct match *match, uint32_t from, uint32_t width) {
    uint64_t end = (uint64_t)from + width, limit = ((uint64_t)from | (TREE_WINDOW - 1)) + 1;
    end = end < limit ? end : limit;
    return end < match->documents ? (uint32_t)end : match->documents;
}

void tree_rank(struct match *match, struct tree_pool *pool) {
    uint32_t width = FIRST_WINDOW;
    struct tree *tree = tree_new(match);
    if (!tree) {
        segment_fail_nomem(match->segment);
        return;
    }
    struct tree_run *run = &tree->run;
    run->pool = *pool;
    run->scored = true;
    for (uint32_t from = 0; from < match->documents; from = run->end) {
        set_window(run, from, window_end(match, from, width));
        struct tree_frame *frame = tree_frame_take(&run->pool, true);
        if (!frame) {
            segment_fail_nomem(match->segment);
            break;
        }
        add_window(tree, frame, match_threshold(match));
        offer(tree, frame);
        tree_frame_give_back(&run->pool, frame, run->words);
        width = width < TREE_WINDOW ? 2 * width : width;
    }
    match->pruned |= run->pruned;
    *pool = run->pool;
    run->pool = (struct tree_pool){0};
    tree_free(tree);
}

uint64_t tree_count(struct match *match) {
    uint64_t count = 0;
    struct tree *tree = tree_new(match);
    if (!tree) {
        segment_fail_nomem(match->segment);
        return 0;
    }
    struct tree_run *run = &tree->run;
    run->scored = false;
    for (uint32_t from = 0; from < match->documents; from = run->end) {
        set_window(run, from, window_end(match, from, TREE_WINDOW));
        struct tree_frame *frame = tree_frame_take(&run->pool, false);
        if (!frame) {
            segment_fail_nomem(match->segment);
            break;
        }
        add_window(tree, frame, 0);
        if (match->filtered)
            filter_ask_about(frame->bits, &match->filter, from, run->end);
        for (uint32_t i = 0; i < run->words; i++)
            count += (uint64_t)__builtin_popcountll(frame->bits[i]);
        tree_frame_give_back(&run->pool, frame, run->words);
    }
    tree_free(tree);
    return count;
}

void tree_window(uint64_t *bits, struct tree *tree, uint32_t from, uint32_t end) {
    struct tree_run *run = &tree->run;
    if (from < run->end) {
        tree_node_restart(&tree->root);
        tree_node_restart(&tree->asker);
    }
    run->scored = false;
    for (uint32_t start = from; start < end; start = run->end) {
        set_window(run, start, end - start < TREE_WINDOW ? end : start + TREE_WINDOW);
        struct tree_frame *frame = tree_frame_take(&run->pool, false);
        if (!frame) {
            segment_fail_nomem(run->match->segment);
            return;
        }
        add_window(tree, frame, 0);
        memcpy(bits + (start - from) / 64, frame->bits, run->words * sizeof *bits);
        tree_frame_give_back(&run->pool, frame, run->words);
    }
}

/* Whether a document matches a clause; if so, sets its share but for `counts`. */
static bool look_at_clause(struct tree_share *share, struct tree_node *node, struct tree_run *run,
                           uint32_t doc) {
    struct scorer *scorer = &node->phrase.scorer;
    if (node->is_absent)
        return false;
    if (node->expansion)
        return tree_expansion_look(&share->frequency, &share->score, &share->length,
                                   node->expansion, run, doc);
    if (!scorer_seek_exact(scorer, doc))
        return false;
    share->frequency = scorer_frequency(scorer);
    share->score = scorer_score(scorer, doc);
    share->length = lengths_weighted(scorer->lengths, doc);
    return true;
}

/* Sets node->possible, here whether the document matches, of a node and those below it. */
static void look_at(struct tree_share *shares, struct tree_node *node, struct tree_run *run,
                    uint32_t doc) {
    bool any = false, all = true;
    for (size_t i = 0; i < node->child_count; i++) {
        look_at(shares, &node->children[i], run, doc);
        any |= node->children[i].possible;
        all &= node->children[i].possible;
    }
    if (node->has_filter)
        all &= filter_meets(&node->filter, doc) && filter_ask_predicates(&node->filter, doc);
    if (node->kind == QUERY_TERM)
        node->possible = look_at_clause(&shares[node->clause - run->plan->clauses], node, run, doc);
    else if (node->kind == QUERY_ANY_OF)
        node->possible = any;
    else
        node->possible = node->kind == QUERY_NOT ? !any : node->kind == QUERY_OPTIONAL || all;
}

/* Marks the clauses that count below a node that the document matches. */
static void mark(struct tree_share *shares, const struct tree_node *node,
                 const struct tree_run *run) {
    if (!node->possible || node->kind == QUERY_NOT)
        return;
    if (node->kind == QUERY_TERM)
        shares[node->clause - run->plan->clauses].counts = true;
    for (size_t i = 0; i < node->child_count; i++)
        mark(shares, &node->children[i], run);
}

enum status tree_explain(struct tree_share *shares, struct match *match, uint32_t doc) {
    struct tree *tree = tree_new(match);
    memset(shares, 0, match->plan->count * sizeof *shares);
    if (!tree)
        return ST_NOMEM;
    set_window(&tree->run, doc & ~(uint32_t)63, doc + 1);
    look_at(shares, &tree->root, &tree->run, doc);
    mark(shares, &tree->root, &tree->run);
    tree_free(tree);
    return ST_OK;
}
