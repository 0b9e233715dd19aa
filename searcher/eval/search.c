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

/* Finds the best documents of one part, *topk sorted; a search of one plan. */
static enum status run_part(struct topk *topk, struct results *results, uint32_t part,
                            struct search_scratch *scratch, const struct search_options *options,
                            struct error *err) {
    const struct plan *plan = &results->plans[part];
    bool pruned;
    size_t limit = options->limit ? (size_t)options->offset + options->limit : 0;
    if (topk_init(topk, limit < plan->documents ? limit : (size_t)plan->documents))
        return error_nomem(err);
    enum status status =
        rank_all(&results->total, &pruned, plan, topk, options->exhaustive, scratch, err);
    results->exact = !pruned && limit;
    if (!status && options->count && !results->exact) {
        status = count_all(&results->total, plan, err);
        results->exact = true;
    }
    if (!status && topk_sort(topk))
        status = error_nomem(err);
    return status;
}

/* Makes a plan for the next part and runs it. */
static enum status plan_part(struct topk *topk, struct results *results,
                             struct search_scratch *scratch, struct snapshot *const *snapshots,
                             size_t count, const struct query *query, enum query_mode mode,
                             const struct search_options *options, struct error *err) {
    uint32_t part = results->part_count;
    enum status status = plan_init(&results->plans[part], snapshots, count, query, mode,
                                   options->k1, options->b, err);
    if (status)
        return status;
    results->part_count++;
    return run_part(topk, results, part, scratch, options, err);
}

static int compare_documents(const void *a, const void *b) {
    const struct topk_entry *x = a, *y = b;
    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    return x->doc < y->doc ? -1 : x->doc > y->doc;
}

/* Removes from *some the documents of *all, which are all that have all words, and sorts *all by
 * document. Of the best k documents with some words, at most all->count go, so the others are the
 * best k - all->count of those without all words. */
static void remove_found(struct topk *some, struct topk *all) {
    size_t kept = 0;
    qsort(all->entries, all->count, sizeof *all->entries, compare_documents);
    for (size_t i = 0; i < some->count; i++)
        if (!bsearch(&some->entries[i], all->entries, all->count, sizeof *all->entries,
                     compare_documents))
            some->entries[kept++] = some->entries[i];
    some->count = kept;
}

/* Appends the entries of a part from number `first` on, up to `limit` hits in all. */
static void take_hits(struct results *results, uint32_t part, const struct topk *topk, size_t first,
                      size_t limit) {
    const struct plan *plan = &results->plans[part];
    for (size_t i = first; i < topk->count && results->count < limit; i++) {
        const struct topk_entry *entry = &topk->entries[i];
        results->hits[results->count++] =
            (struct hit){.score = plan_score(plan, entry->score),
                         .index = plan->segments[entry->segment].index,
                         .segment = plan->segments[entry->segment].number,
                         .ordinal = entry->segment,
                         .doc = entry->doc,
                         .part = part};
    }
}

/* Whether documents with some words are wanted after those with all. */
static bool are_more_wanted(const struct results *results, const struct topk *all,
                            const struct search_options *options) {
    if (!results->all_first)
        return false;
    if (!options->limit)
        return options->count && !results->total;
    return all->count < (size_t)options->offset + options->limit &&
           all->count < results->plans[0].documents;
}

static enum status run(struct results *results, struct topk parts[RESULT_PARTS],
                       struct search_scratch *scratch, struct snapshot *const *snapshots,
                       size_t count, const struct query *query,
                       const struct search_options *options, struct error *err) {
    enum query_mode mode = options->mode;
    results->all_first = mode == QUERY_BEST && query_has_few_words(query);
    if (mode == QUERY_BEST && !results->all_first)
        mode = QUERY_ANY;
    struct topk *all = &parts[0], *some = &parts[1];
    enum status status =
        plan_part(all, results, scratch, snapshots, count, query, mode, options, err);
    if (!status && are_more_wanted(results, all, options)) {
        results->with_all = all->count;
        status =
            plan_part(some, results, scratch, snapshots, count, query, QUERY_ANY, options, err);
    }
    if (status)
        return status;
    size_t room = all->count + some->count, offset = options->offset;
    results->hits =
        calloc((room < options->limit ? room : options->limit) + 1ul, sizeof *results->hits);
    if (!results->hits)
        return error_nomem(err);
    take_hits(results, 0, all, offset, options->limit);
    if (results->part_count > 1) {
        offset = offset > all->count ? offset - all->count : 0;
        remove_found(some, all);
        take_hits(results, 1, some, offset, options->limit);
    }
    return ST_OK;
}

enum status search_run(struct results *results, struct search_scratch *scratch,
                       struct snapshot *const *snapshots, size_t count, const struct query *query,
                       const struct search_options *options, struct error *err) {
    struct topk parts[RESULT_PARTS] = {0};
    *results = (struct results){0};
    enum status status = run(results, parts, scratch, snapshots, count, query, options, err);
    for (size_t i = 0; i < RESULT_PARTS; i++)
        topk_release(&parts[i]);
    if (status)
        results_release(results);
    return status;
}

void results_release(struct results *results) {
    free(results->hits);
    for (size_t i = 0; i < results->part_count; i++)
        plan_release(&results->plans[i]);
    *results = (struct results){0};
}
