/* SPDX-License-Identifier: MIT */
/* Computes windows of matching documents. */
#include "searcher/eval/match_set.h"

#include <stdlib.h>

#include "searcher/match/conjunction.h"
#include "searcher/match/tree.h"

/* Adds the documents of [from, end) that match a clause. */
static void add_clause(uint64_t *bits, struct scorer *scorer, uint32_t from, uint32_t end) {
    if (scorer->kind == SCORER_TERM) {
        cursor_to_bitset(bits, scorer->cursors, from, end);
        return;
    }
    for (uint32_t doc = scorer_seek(scorer, from); doc < end; doc = scorer_seek(scorer, doc + 1))
        bits[(doc - from) / 64] |= UINT64_C(1) << (doc - from) % 64;
}

/* Removes the deleted documents of [from, end). */
static void clear_deleted(uint64_t *bits, struct segment *segment, uint32_t from, uint32_t end) {
    for (uint32_t doc = from; doc < end; doc += 1u << SEGMENT_DELETES_BITS) {
        const uint8_t *deleted = segment_deletes(segment, doc >> SEGMENT_DELETES_BITS);
        uint64_t *words = bits + (doc - from) / 64;
        for (unsigned i = 0; deleted && i < SEGMENT_DELETES_SIZE / 8; i++)
            words[i] &= ~get_u64(deleted + 8 * i);
    }
}

void match_set_range(uint64_t *bits, uint64_t *excluded, struct match *match, uint32_t from,
                     uint32_t end) {
    uint32_t words = (end - from + 63) / 64;
    memset(bits, 0, (MATCH_SET_WORDS + 1) * sizeof *bits);
    if (match->filters_only)
        memset(bits, 0xff, words * sizeof *bits);
    if (match->required_count) /* a single term; optional clauses do not matter */
        add_clause(bits, match->required, from, end);
    for (size_t i = 0; i < match->optional_count && !match->required_count; i++)
        add_clause(bits, &match->optional[i], from, end);
    if (match->excluded_count) {
        memset(excluded, 0, (MATCH_SET_WORDS + 1) * sizeof *excluded);
        for (size_t i = 0; i < match->excluded_count; i++)
            add_clause(excluded, &match->excluded[i], from, end);
        for (unsigned i = 0; i < words; i++)
            bits[i] &= ~excluded[i];
    }
    if (match->filtered) {
        const uint64_t *passing = filter_bits(&match->filter, from, end) + from / 64;
        for (unsigned i = 0; i < words; i++)
            bits[i] &= passing[i];
    } else if (match->segment->info.deleted) {
        clear_deleted(bits, match->segment, from, end);
    }
}

static bool is_single_term(const struct match *match) {
    return match->required_count == 1 && match->required->kind == SCORER_TERM;
}

enum status match_set_init(struct match_set *set, struct match *match, struct error *err) {
    *set = (struct match_set){.match = match};
    size_t windows = match_set_window_count(set);
    set->bits = calloc(windows * MATCH_SET_WORDS + 1, sizeof *set->bits);
    set->excluded = malloc((MATCH_SET_WORDS + 1) * sizeof *set->excluded);
    set->ready = calloc(windows + 1, 1);
    bool has_tree = match->plan->tree && !match->impossible;
    set->tree = has_tree ? tree_new(match) : NULL;
    if (!set->bits || !set->excluded || !set->ready || (has_tree && !set->tree)) {
        match_set_release(set);
        return error_nomem(err);
    }
    bool by_windows =
        !match->impossible && (set->tree || is_single_term(match) || match->filters_only ||
                               (!match->required_count && match->optional_count));
    if (!by_windows && match->required_count && !match->impossible)
        conjunction_collect(match, set->bits);
    if (!by_windows)
        memset(set->ready, true, windows);
    return ST_OK;
}

void match_set_release(struct match_set *set) {
    free(set->bits);
    free(set->excluded);
    free(set->ready);
    tree_free(set->tree);
    *set = (struct match_set){0};
}

/* Moves cursors back to their beginning. */
static void restart(struct match *match) {
    size_t count = match->required_count + match->optional_count + match->excluded_count;
    for (size_t i = 0; i < count; i++) {
        scorer_restart(&match->scorers[i]);
        scorer_start(&match->scorers[i]);
    }
}

uint64_t *match_set_window(struct match_set *set, uint32_t number) {
    uint64_t *bits = set->bits + (size_t)number * MATCH_SET_WORDS;
    if (set->ready[number])
        return bits;
    if (number < set->next && !set->tree)
        restart(set->match);
    uint64_t from = (uint64_t)number << MATCH_SET_WINDOW_BITS, end = from + MATCH_SET_WINDOW,
             after = bits[MATCH_SET_WORDS]; /* the first word of the next window */
    if (end > set->match->documents)
        end = set->match->documents;
    if (set->tree)
        tree_window(bits, set->tree, (uint32_t)from, (uint32_t)end);
    else
        match_set_range(bits, set->excluded, set->match, (uint32_t)from, (uint32_t)end);
    bits[MATCH_SET_WORDS] = after;
    set->ready[number] = true;
    set->next = number + 1;
    return bits;
}
