/* SPDX-License-Identifier: MIT */
/* Runs a query over all segments. */
#include "searcher/eval/search.h"

#include <stdlib.h>

#include "searcher/eval/count.h"
#include "searcher/eval/rank.h"

/* The first failure that a segment has kept: a cursor that meets damage only ends. */
static enum status first_failure(const struct plan *plan, struct error *err) {
    for (size_t i = 0; i < plan->segment_count; i++) {
        enum status status = segment_status(plan->segments[i].segment, err);
        if (status)
            return status;
    }
    return ST_OK;
}

static enum status count_all(uint64_t *total, const struct plan *plan, struct error *err) {
    *total = 0;
    for (size_t i = 0; i < plan->segment_count; i++) {
        struct match match;
        enum status status = match_init(&match, plan, i, err);
        if (status)
            return status;
        *total += count_matches(&match);
        match_release(&match);
    }
    return first_failure(plan, err);
}

/* Offers the best documents of all segments to *topk. */
static enum status rank_all(uint64_t *matched, bool *pruned, const struct plan *plan,
                            struct topk *topk, bool exhaustive, struct search_scratch *scratch,
                            struct error *err) {
    *matched = 0;
    *pruned = false;
    for (size_t i = 0; i < plan->segment_count; i++) {
        struct match match;
        enum status status = match_init(&match, plan, i, err);
        if (status)
            return status;
        rank_matches(&match, topk, exhaustive, scratch);
        *matched += match.matched;
        *pruned |= match.pruned;
        match_release(&match);
    }
    return first_failure(plan, err);
}

static enum status take_hits(struct results *results, struct topk *topk, uint32_t offset,
                             struct error *err) {
    const struct plan *plan = &results->plan;
    if (topk_sort(topk))
        return error_nomem(err);
    size_t count = topk->count > offset ? topk->count - offset : 0;
    results->hits = calloc(count + 1, sizeof *results->hits);
    if (!results->hits)
        return error_nomem(err);
    results->count = count;
    for (size_t i = 0; i < count; i++) {
        const struct topk_entry *entry = &topk->entries[offset + i];
        results->hits[i] = (struct hit){.score = plan_score(plan, entry->score),
                                        .index = plan->segments[entry->segment].index,
                                        .segment = plan->segments[entry->segment].number,
                                        .ordinal = entry->segment,
                                        .doc = entry->doc};
    }
    return ST_OK;
}

static enum status run(struct results *results, struct search_scratch *scratch,
                       const struct search_options *options, struct error *err) {
    const struct plan *plan = &results->plan;
    struct topk topk;
    bool pruned;
    size_t limit = options->limit ? (size_t)options->offset + options->limit : 0;
    if (topk_init(&topk, limit < plan->documents ? limit : (size_t)plan->documents))
        return error_nomem(err);
    enum status status =
        rank_all(&results->total, &pruned, plan, &topk, options->exhaustive, scratch, err);
    results->exact = !pruned && limit;
    if (!status && options->count && !results->exact) {
        status = count_all(&results->total, plan, err);
        results->exact = true;
    }
    if (!status)
        status = take_hits(results, &topk, options->offset, err);
    topk_release(&topk);
    return status;
}

static enum status plan_and_run(struct results *results, struct search_scratch *scratch,
                                struct snapshot *const *snapshots, size_t count,
                                const struct query *query, enum query_mode mode,
                                const struct search_options *options, struct error *err) {
    enum status status =
        plan_init(&results->plan, snapshots, count, query, mode, options->k1, options->b, err);
    return status ? status : run(results, scratch, options, err);
}

/* Whether any word could do instead of all: there are several, and not all are required. */
static bool can_relax(const struct query *query) {
    for (size_t i = 0; i < query->count; i++)
        if (query->clauses[i].occur == OCCUR_DEFAULT)
            return query_word_count(query) > 1;
    return false;
}

enum status search_run(struct results *results, struct search_scratch *scratch,
                       struct snapshot *const *snapshots, size_t count, const struct query *query,
                       const struct search_options *options, struct error *err) {
    *results = (struct results){0};
    enum status status =
        plan_and_run(results, scratch, snapshots, count, query, options->mode, options, err);
    if (!status && options->mode == QUERY_RELAXED && !results->total && can_relax(query)) {
        results_release(results);
        status = plan_and_run(results, scratch, snapshots, count, query, QUERY_ANY, options, err);
        results->relaxed = !status && results->total > 0;
    }
    if (status)
        results_release(results);
    return status;
}

void results_release(struct results *results) {
    free(results->hits);
    plan_release(&results->plan);
    *results = (struct results){0};
}
