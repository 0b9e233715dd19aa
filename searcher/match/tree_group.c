/* SPDX-License-Identifier: MIT */
/* Evaluates groups: the order in which their children are asked, and about which documents. */
#include "searcher/match/tree_node.h"

#include <stdlib.h>

static uint32_t minus(uint32_t need, uint64_t bound) {
    return need > bound ? need - (uint32_t)bound : 0;
}

static int compare_bounds(const void *a, const void *b) {
    const struct tree_node *const *x = a, *const *y = b;
    return (*x)->bound < (*y)->bound ? -1 : (*x)->bound > (*y)->bound;
}

/* Adds the children of an ANY_OF, the essential ones first: a document that only the others match
 * cannot have what is needed. `order` has room for them. */
static void add_essential(struct tree_node *node, struct tree_node **order, struct tree_run *run,
                          struct tree_frame *found, const uint64_t *within, uint32_t need) {
    uint64_t sum = 0, rest = 0;
    size_t count = 0, weak = 0;
    for (size_t i = 0; i < node->child_count; i++)
        if (node->children[i].possible) {
            order[count++] = &node->children[i];
            sum += node->children[i].bound;
        }
    qsort(order, count, sizeof *order, compare_bounds);
    while (weak < count && rest + order[weak]->bound < need)
        rest += order[weak++]->bound;
    for (size_t i = weak; i < count; i++)
        tree_node_add(order[i], run, found, within, minus(need, sum - order[i]->bound));
    found->is_clear = false;
    run->pruned |= weak > 0;
    run->pruned |= tree_frame_drop_below(found, minus(need, rest), run->words);
    while (weak > 0 && !tree_frame_is_empty(found, run->words)) {
        struct tree_node *child = order[--weak];
        tree_node_add(child, run, found, found->bits, 0);
        rest -= child->bound;
        run->pruned |= tree_frame_drop_below(found, minus(need, rest), run->words);
    }
}

/* Adds the documents that match one of two ALL_OFs alone, and those that match both. */
static void add_one_or_both(struct tree_node *node, struct tree_run *run, struct tree_frame *frame,
                            const uint64_t *within, uint32_t need) {
    struct tree_node *nodes[] = {&node->children[0], &node->children[1], node->both};
    struct tree_frame *found = tree_run_take(run, true);
    for (size_t i = 0; i < 3 && found; i++) {
        struct tree_frame *other = tree_run_take(run, true);
        if (other) {
            tree_node_add(nodes[i], run, other, within, need);
            tree_frame_add_best(found, other, run->words);
        }
        tree_run_give_back(run, other);
    }
    if (found)
        tree_frame_add(frame, found, run->words);
    tree_run_give_back(run, found);
}

void tree_group_add_any(struct tree_node *node, struct tree_run *run, struct tree_frame *frame,
                        const uint64_t *within, uint32_t need) {
    if (!need) {
        for (size_t i = 0; i < node->child_count; i++)
            tree_node_add(&node->children[i], run, frame, within, 0);
        return;
    }
    if (node->both) {
        add_one_or_both(node, run, frame, within, need);
        return;
    }
    struct tree_frame *found = tree_run_take(run, true);
    struct tree_node **order = malloc((node->child_count + 1) * sizeof(void *));
    if (found && order) {
        add_essential(node, order, run, found, within, need);
        tree_frame_add(frame, found, run->words);
    } else if (found) {
        segment_fail_nomem(run->match->segment);
    }
    free(order);
    tree_run_give_back(run, found);
}

/* Applies a further child of an ALL_OF to the documents found. */
static void apply(struct tree_node *child, struct tree_run *run, struct tree_frame *found,
                  uint32_t need) {
    bool excludes = child->kind == QUERY_NOT;
    struct tree_frame *other = tree_run_take(run, found->is_scored && !excludes);
    if (!other)
        return;
    tree_node_add(excludes ? child->children : child, run, other, found->bits, need);
    other->is_clear = false;
    if (excludes)
        tree_frame_subtract(found, other, run->words);
    else
        tree_frame_intersect(found, other, run->words);
    tree_run_give_back(run, other);
}

static void add_group(struct tree_node *node, struct tree_run *run, struct tree_frame *found,
                      const uint64_t *within, uint32_t need) {
    uint64_t rest = node->bound, before = 0; /* bounds of children to come, and of others */
    size_t next = 0;
    if (node->words) {
        for (; next < node->word_count; next++)
            before += node->children[next].bound;
        rest -= before < rest ? before : rest;
        tree_words_add(node->words, run, found, within, minus(need, rest));
    } else if (node->child_count && node->children->kind != QUERY_NOT &&
               node->children->kind != QUERY_OPTIONAL) {
        before = node->children->bound;
        rest -= before < rest ? before : rest;
        tree_node_add(&node->children[next++], run, found, within, minus(need, rest));
    } else {
        tree_add_all_documents(run, found, within);
    }
    found->is_clear = false;
    for (; next < node->child_count; next++) {
        struct tree_node *child = &node->children[next];
        run->pruned |= tree_frame_drop_below(found, minus(need, rest), run->words);
        if (tree_frame_is_empty(found, run->words))
            return;
        rest -= child->bound < rest ? child->bound : rest;
        bool may_leave_out = child->kind != QUERY_NOT && child->kind != QUERY_OPTIONAL;
        apply(child, run, found, may_leave_out ? minus(need, rest + before) : 0);
        before += child->bound;
    }
}

void tree_group_add_all(struct tree_node *node, struct tree_run *run, struct tree_frame *frame,
                        const uint64_t *within, uint32_t need) {
    if (frame->is_clear) {
        add_group(node, run, frame, within, need);
        return;
    }
    struct tree_frame *found = tree_run_take(run, frame->is_scored);
    if (found) {
        add_group(node, run, found, within, need);
        tree_frame_add(frame, found, run->words);
    }
    tree_run_give_back(run, found);
}
