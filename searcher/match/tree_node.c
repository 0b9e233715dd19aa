/* SPDX-License-Identifier: MIT */
/* Evaluates nodes by windows. */
#include "searcher/match/tree_node.h"

#include <stdlib.h>

struct tree_frame *tree_run_take(struct tree_run *run, bool scored) {
    struct tree_frame *frame = tree_frame_take(&run->pool, scored);
    if (!frame)
        segment_fail_nomem(run->match->segment);
    return frame;
}

void tree_run_give_back(struct tree_run *run, struct tree_frame *frame) {
    tree_frame_give_back(&run->pool, frame, run->words);
}

void tree_phrase_start(struct tree_phrase *phrase) {
    phrase->tested = phrase->found = -1;
    for (size_t i = 0; i < phrase->scorer.word_count; i++)
        cursor_start(&phrase->scorer.cursors[i]);
}

uint32_t tree_phrase_next(struct tree_phrase *phrase, uint32_t target) {
    if (phrase->found >= (int64_t)target)
        return (uint32_t)phrase->found;
    if (phrase->tested >= (int64_t)target)
        target = (uint32_t)phrase->tested + 1;
    uint32_t doc = scorer_seek_phrase(&phrase->scorer, target);
    phrase->tested = phrase->found = doc;
    return doc;
}

bool tree_phrase_test(struct tree_phrase *phrase, uint32_t doc) {
    if (phrase->tested >= (int64_t)doc)
        return phrase->found == (int64_t)doc;
    phrase->tested = doc;
    if (phrase->scorer.threshold) {
        for (size_t i = 0; i < phrase->scorer.word_count; i++)
            if (cursor_seek(&phrase->scorer.cursors[i], doc) != doc)
                return false;
        if (scorer_doc_bound(&phrase->scorer, doc) < phrase->scorer.threshold) {
            phrase->scorer.pruned = true;
            return false;
        }
    }
    if (!scorer_seek_exact(&phrase->scorer, doc))
        return false;
    phrase->found = doc;
    return true;
}

static enum status init_clause(struct tree_node *node, struct tree_run *run,
                               const struct plan_clause *clause) {
    struct match *match = run->match;
    node->is_absent = !match_has_clause(clause, match->ordinal);
    node->possible = !node->is_absent;
    if (node->is_absent)
        return ST_OK;
    if (clause->expansion) {
        node->expansion = tree_expansion_new(run, clause);
        if (!node->expansion)
            return ST_NOMEM;
        node->documents = tree_expansion_documents(node->expansion);
        node->bound = tree_expansion_bound(node->expansion);
        return ST_OK;
    }
    struct scorer *scorer = &node->phrase.scorer;
    if (match_init_scorer(scorer, &match->lengths, run->plan, clause, match->ordinal))
        return ST_NOMEM;
    node->is_term = scorer->kind == SCORER_TERM;
    node->documents = UINT64_MAX;
    for (size_t i = 0; i < scorer->word_count; i++)
        if (scorer->cursors[i].entry.documents < node->documents)
            node->documents = scorer->cursors[i].entry.documents;
    node->bound = scorer->bound;
    if (!node->is_term)
        tree_phrase_start(&node->phrase);
    return ST_OK;
}

/* Ranks children of an ALL_OF: those that find documents, by how many; then those that exclude some;
 * then those that only score. */
static uint64_t rank_of(const struct tree_node *node) {
    uint64_t base = UINT64_C(1) << 40;
    if (node->kind == QUERY_OPTIONAL)
        return 3 * base;
    if (node->kind == QUERY_NOT)
        return 2 * base;
    return tree_node_has_predicate(node) ? base + node->documents : node->documents;
}

static int compare_children(const void *a, const void *b) {
    uint64_t x = rank_of(a), y = rank_of(b);
    return x < y ? -1 : x > y;
}

static enum status init_children(struct tree_node *node, struct tree_run *run,
                                 const struct plan_node *from, bool assumed) {
    node->children = calloc(from->child_count + 1, sizeof *node->children);
    if (!node->children)
        return ST_NOMEM;
    for (size_t i = 0; i < from->child_count; i++)
        if (tree_node_init(&node->children[node->child_count++], run, &from->children[i], assumed))
            return ST_NOMEM;
    return ST_OK;
}

static bool has_words_only(const struct tree_node *node) {
    return node->kind == QUERY_ALL_OF && node->words && node->word_count == node->child_count;
}

/* Makes the ALL_OF of all words of two. */
static enum status init_both(struct tree_node *node, struct tree_run *run,
                             const struct plan_node *from) {
    if (node->child_count != 2 || !has_words_only(&node->children[0]) ||
        !has_words_only(&node->children[1]))
        return ST_OK;
    const struct plan_node *one = &from->children[0], *other = &from->children[1];
    struct plan_node all = {.kind = QUERY_ALL_OF,
                            .child_count = one->child_count + other->child_count};
    all.children = malloc(all.child_count * sizeof *all.children);
    node->both = calloc(1, sizeof *node->both);
    enum status status = all.children && node->both ? ST_OK : ST_NOMEM;
    if (!status) {
        memcpy(all.children, one->children, one->child_count * sizeof *all.children);
        memcpy(all.children + one->child_count, other->children,
               other->child_count * sizeof *all.children);
        status = tree_node_init(node->both, run, &all, true);
    }
    free(all.children);
    return status;
}

/* Puts the children of an ALL_OF in order, its words first if they include the rarest child. */
static enum status arrange(struct tree_node *node, struct tree_run *run) {
    qsort(node->children, node->child_count, sizeof *node->children, compare_children);
    size_t count = 0;
    for (size_t i = 0; i < node->child_count && node->children[0].is_term; i++)
        if (node->children[i].is_term) {
            struct tree_node moving = node->children[i];
            memmove(&node->children[count + 1], &node->children[count],
                    (i - count) * sizeof moving);
            node->children[count++] = moving;
        }
    if (count < 2)
        return ST_OK;
    node->word_count = count;
    node->words = tree_words_new(node->children, count, run);
    return node->words ? ST_OK : ST_NOMEM;
}

static void estimate(struct tree_node *node, uint64_t all) {
    bool any = node->kind == QUERY_ANY_OF;
    node->documents = node->kind == QUERY_NOT || node->kind == QUERY_OPTIONAL || !any ? all : 0;
    for (size_t i = 0; i < node->child_count; i++) {
        const struct tree_node *child = &node->children[i];
        if (any)
            node->documents += child->documents;
        else if (node->kind == QUERY_ALL_OF && child->documents < node->documents)
            node->documents = child->documents;
    }
    if (node->documents > all)
        node->documents = all;
}

static enum status init_filter(struct tree_node *node, struct tree_run *run,
                               const struct plan_filter *filter) {
    if (filter_init(&node->filter, run->match->segment, 1, 1))
        return ST_NOMEM;
    node->has_filter = true;
    if (match_add_condition(&node->filter, run->plan, filter, run->match->ordinal))
        return ST_NOMEM;
    filter_start(&node->filter);
    node->documents = node->filter.estimate;
    return ST_OK;
}

enum status tree_node_init(struct tree_node *node, struct tree_run *run,
                           const struct plan_node *from, bool assumed) {
    *node = (struct tree_node){
        .kind = from->kind, .clause = from->clause, .assumed = assumed, .possible = true};
    const uint64_t all = run->match->documents;
    if (from->clause)
        return init_clause(node, run, from->clause);
    if (from->filter && init_filter(node, run, from->filter))
        return ST_NOMEM;
    if (init_children(node, run, from, from->kind == QUERY_NOT ? !assumed : assumed))
        return ST_NOMEM;
    if (node->kind == QUERY_FILTER)
        return ST_OK;
    if (node->kind == QUERY_EXACT)
        node->documents = node->children->documents;
    else
        estimate(node, all);
    if (node->kind == QUERY_ANY_OF)
        return init_both(node, run, from);
    return node->kind == QUERY_ALL_OF ? arrange(node, run) : ST_OK;
}

void tree_node_release(struct tree_node *node) {
    for (size_t i = 0; i < node->child_count; i++)
        tree_node_release(&node->children[i]);
    if (node->both)
        tree_node_release(node->both);
    free(node->both);
    free(node->children);
    tree_words_free(node->words);
    tree_expansion_free(node->expansion);
    if (node->phrase.scorer.cursors)
        scorer_release(&node->phrase.scorer);
    if (node->has_filter)
        filter_release(&node->filter);
    *node = (struct tree_node){0};
}

void tree_node_restart(struct tree_node *node) {
    for (size_t i = 0; i < node->child_count; i++)
        tree_node_restart(&node->children[i]);
    if (node->expansion)
        tree_expansion_restart(node->expansion);
    if (!node->phrase.scorer.cursors)
        return;
    scorer_restart(&node->phrase.scorer);
    if (!node->is_term)
        tree_phrase_start(&node->phrase);
}

bool tree_node_has_predicate(const struct tree_node *node) {
    if (node->has_filter && node->filter.predicate_count)
        return true;
    for (size_t i = 0; i < node->child_count; i++)
        if (tree_node_has_predicate(&node->children[i]))
            return true;
    return false;
}

static void look_ahead_at_words(struct tree_node *node, struct tree_run *run) {
    struct scorer *scorer = &node->phrase.scorer;
    node->possible = !node->is_absent;
    if (node->is_absent || node->expansion)
        return;
    for (size_t i = 0; i < scorer->word_count && node->possible; i++) {
        struct cursor *cursor = &scorer->cursors[i];
        if (cursor->entry.documents < POSTINGS_BLOCK)
            node->possible = cursor->doc != DOC_END && cursor->decoded_last >= run->from;
        else
            node->possible = cursor_advance_shallow(cursor, run->from);
    }
    node->bound = node->possible ? scorer_range_bound(scorer, run->from, run->end) : 0;
}

void tree_node_look_ahead(struct tree_node *node, struct tree_run *run) {
    uint64_t bound = 0;
    size_t possible = 0, finding = 0;
    if (node->kind == QUERY_TERM) {
        look_ahead_at_words(node, run);
        return;
    }
    for (size_t i = 0; i < node->child_count; i++) {
        struct tree_node *child = &node->children[i];
        tree_node_look_ahead(child, run);
        bound += child->possible ? child->bound : 0;
        possible += child->possible;
        finding += !child->possible && child->kind != QUERY_NOT && child->kind != QUERY_OPTIONAL;
    }
    if (node->both)
        tree_node_look_ahead(node->both, run);
    node->possible = true;
    if (node->kind == QUERY_ANY_OF)
        node->possible = possible > 0;
    else if (node->kind == QUERY_ALL_OF || node->kind == QUERY_EXACT)
        node->possible = !finding;
    else if (node->kind == QUERY_NOT)
        bound = 0;
    node->bound = node->possible ? (uint32_t)bound : 0;
}

/* Adds the scores of postings [begin, end) of the decoded block, those of `within` only. */
static void add_postings(struct tree_run *run, struct tree_frame *frame, struct scorer *scorer,
                         uint32_t begin, uint32_t end, const uint64_t *within) {
    struct cursor *cursor = scorer->cursors;
    uint32_t docs[POSTINGS_BLOCK], frequencies[POSTINGS_BLOCK + BM25_LANES];
    uint32_t scores[POSTINGS_BLOCK + BM25_LANES], count = 0;
    float inverses[POSTINGS_BLOCK + BM25_LANES];
    uint8_t chosen[POSTINGS_BLOCK];
    for (uint32_t i = begin; i < end; i++) {
        chosen[count] = (uint8_t)i;
        count += !within || tree_bit(within, cursor->block.docs[i] - run->from);
    }
    if (!count)
        return;
    if (!run->scored || !frame->is_scored) {
        for (uint32_t i = 0; i < count; i++) {
            uint32_t at = cursor->block.docs[chosen[i]] - run->from;
            frame->bits[at / 64] |= UINT64_C(1) << at % 64;
        }
        return;
    }
    if (!cursor_decode_frequencies(cursor))
        return;
    for (uint32_t i = 0; i < count; i++) {
        docs[i] = cursor->block.docs[chosen[i]];
        frequencies[i] = cursor->block.frequencies[chosen[i]];
    }
    memset(frequencies + count, 0, BM25_LANES * sizeof *frequencies);
    lengths_inverses(inverses, scorer->lengths, docs, count);
    memset(inverses + count, 0, BM25_LANES * sizeof *inverses);
    bm25_scores(scores, scorer->weight, inverses, frequencies, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = docs[i] - run->from;
        frame->scores[at] += scores[i];
        frame->bits[at / 64] |= UINT64_C(1) << at % 64;
    }
}

static void add_term(struct tree_node *node, struct tree_run *run, struct tree_frame *frame,
                     const uint64_t *within, uint32_t need) {
    struct scorer *scorer = &node->phrase.scorer;
    struct cursor *cursor = scorer->cursors;
    if (!within && !(run->scored && frame->is_scored)) {
        cursor_to_bitset(frame->bits, cursor, run->from, run->end);
        return;
    }
    for (uint32_t target = run->from; target < run->end;) {
        if (within)
            target = run->from + tree_next(within, target - run->from, run->end - run->from);
        if (target >= run->end || !cursor_advance_shallow(cursor, target))
            return;
        uint32_t last = cursor->shallow_last;
        if (need && cursor_block_bound(cursor, scorer->bm25, scorer->weight) < need) {
            run->pruned = true;
        } else if (cursor_decode_block(cursor)) {
            const struct postings_block *block = &cursor->block;
            uint32_t begin = postings_block_search(block, target), end = block->count;
            if (last >= run->end)
                end = postings_block_search(block, run->end);
            add_postings(run, frame, scorer, begin, end, within);
        } else {
            return;
        }
        if (last >= run->end)
            return;
        target = last + 1;
    }
}

static void add_phrase(struct tree_node *node, struct tree_run *run, struct tree_frame *frame,
                       const uint64_t *within, uint32_t need) {
    struct scorer *scorer = &node->phrase.scorer;
    uint32_t size = run->end - run->from;
    bool scored = run->scored && frame->is_scored;
    scorer->threshold = need;
    for (uint32_t at = within ? tree_next(within, 0, size) : 0; at < size;) {
        bool found = true;
        if (within)
            found = tree_phrase_test(&node->phrase, run->from + at);
        else
            at = tree_phrase_next(&node->phrase, run->from + at) - run->from;
        if (at >= size)
            break;
        if (found)
            tree_frame_set(frame, at, scored ? scorer_score(scorer, run->from + at) : 0);
        at = within ? tree_next(within, at + 1, size) : at + 1;
    }
    run->pruned |= scorer->pruned;
}

void tree_add_all_documents(struct tree_run *run, struct tree_frame *frame,
                            const uint64_t *within) {
    uint32_t size = run->end - run->from;
    for (uint32_t i = 0; i < run->words; i++)
        frame->bits[i] |= within ? within[i] : UINT64_MAX;
    if (size % 64)
        frame->bits[size / 64] &= UINT64_MAX >> (64 - size % 64);
}

/* Adds the documents that meet a condition. */
static void add_passing(struct tree_node *node, struct tree_run *run, struct tree_frame *frame,
                        const uint64_t *within) {
    struct filter *filter = &node->filter;
    if (filter->predicate_count && !run->asks) {
        if (node->assumed)
            tree_add_all_documents(run, frame, within);
        return;
    }
    const uint64_t *passing = filter_bits(filter, run->from, run->end) + run->from / 64;
    for (uint32_t i = 0; i < run->words; i++) {
        uint64_t bits = within ? passing[i] & within[i] : passing[i];
        for (uint64_t left = filter->predicate_count ? bits : 0; left; left &= left - 1) {
            uint32_t doc = run->from + 64 * i + (uint32_t)__builtin_ctzll(left);
            if (!filter_ask_predicates(filter, doc))
                bits &= ~(left & -left);
        }
        frame->bits[i] |= bits;
    }
}

static void add_not(struct tree_node *node, struct tree_run *run, struct tree_frame *frame,
                    const uint64_t *within) {
    struct tree_frame *found = tree_run_take(run, false), *all = tree_run_take(run, false);
    if (found && all) {
        tree_node_add(node->children, run, found, within, 0);
        tree_add_all_documents(run, all, within);
        tree_frame_subtract(all, found, run->words);
        all->is_clear = false;
        tree_frame_add(frame, all, run->words);
    }
    tree_run_give_back(run, found);
    tree_run_give_back(run, all);
}

static void add_exact(struct tree_node *node, struct tree_run *run, struct tree_frame *frame,
                      const uint64_t *within, uint32_t need) {
    if (!run->asks) {
        if (node->assumed)
            tree_node_add(node->children, run, frame, within, need);
        return;
    }
    struct tree_frame *found = tree_run_take(run, frame->is_scored),
                      *passing = tree_run_take(run, false);
    if (found && passing) {
        tree_node_add(node->children, run, found, within, need);
        add_passing(node, run, passing, found->bits);
        passing->is_clear = false;
        tree_frame_keep(found, passing->bits, run->words);
        tree_frame_add(frame, found, run->words);
    }
    tree_run_give_back(run, found);
    tree_run_give_back(run, passing);
}

void tree_node_add(struct tree_node *node, struct tree_run *run, struct tree_frame *frame,
                   const uint64_t *within, uint32_t need) {
    if (!node->possible)
        return;
    if (need > node->bound) {
        run->pruned = true;
        return;
    }
    switch (node->kind) {
    case QUERY_ANY_OF:
        tree_group_add_any(node, run, frame, within, need);
        break;
    case QUERY_ALL_OF:
        tree_group_add_all(node, run, frame, within, need);
        break;
    case QUERY_OPTIONAL:
        tree_add_all_documents(run, frame, within);
        frame->is_clear = false;
        tree_node_add(node->children, run, frame, within, 0);
        break;
    case QUERY_NOT:
        add_not(node, run, frame, within);
        break;
    case QUERY_FILTER:
        add_passing(node, run, frame, within);
        break;
    case QUERY_EXACT:
        add_exact(node, run, frame, within, need);
        break;
    default:
        if (node->expansion)
            tree_expansion_add(node->expansion, run, frame, within, need);
        else if (node->is_term)
            add_term(node, run, frame, within, need);
        else
            add_phrase(node, run, frame, within, need);
    }
    frame->is_clear = false;
}
