/* SPDX-License-Identifier: MIT */
/* Runs a query over all segments. */
#include "searcher/eval/search.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "searcher/eval/count.h"
#include "searcher/eval/nearness.h"
#include "searcher/match/rank.h"
#include "searcher/plan/planner.h"

/* Plans are large and set when they are made. */
static void clear_results(struct results *results) {
    memset(results, 0, offsetof(struct results, plans));
}

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

/* A call of search_run(). */
struct search {
    struct results *results;
    struct search_scratch *scratch;
    struct snapshot *const *snapshots;
    size_t count;
    const struct query *query;
    const struct search_options *options;
    struct topk parts[RESULT_PARTS];
};

/* How many documents have to be found, those before the offset included. */
static size_t wanted_count(const struct search_options *options) {
    return options->limit ? (size_t)options->offset + options->limit : 0;
}

/* Makes the part's topk, for `before` documents of earlier parts and the best ones after them. */
static enum status init_topk(struct topk *topk, const struct plan *plan, size_t before,
                             const struct search_options *options) {
    size_t wanted = wanted_count(options), limit = wanted;
    bool is_near = wanted && plan->pair_count && options->offset < before + NEARNESS_BEST;
    if (is_near && limit < before + NEARNESS_BEST)
        limit = before + NEARNESS_BEST;
    enum status status = topk_init(topk, limit < plan->documents ? limit : (size_t)plan->documents);
    return status || !is_near ? status : topk_expect(topk, wanted, plan->nearness_bound);
}

/* Makes a plan for the next part and finds its best documents, in the order of their scores. */
static enum status run_part(struct search *search, size_t before, enum query_mode mode,
                            struct error *err) {
    struct results *results = search->results;
    const struct search_options *options = search->options;
    struct plan *plan = &results->plans[results->part_count];
    struct topk *topk = &search->parts[results->part_count];
    bool pruned;
    enum status status = plan_init(plan, search->snapshots, search->count, search->query, mode,
                                   &options->ranking, err);
    if (status)
        return status;
    results->part_count++;
    if (init_topk(topk, plan, before, options))
        return error_nomem(err);
    status =
        rank_all(&results->total, &pruned, plan, topk, options->exhaustive, search->scratch, err);
    results->exact = !pruned && options->limit;
    if (!status && options->count && !results->exact) {
        status = count_all(&results->total, plan, err);
        results->exact = true;
    }
    if (!status && topk_sort(topk))
        status = error_nomem(err);
    return status;
}

static int compare_documents(const void *a, const void *b) {
    const struct topk_entry *x = a, *y = b;
    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    return x->doc < y->doc ? -1 : x->doc > y->doc;
}

/* Removes from *some the documents of *all, which are all that have all words, and sorts these by
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

/* Takes the hits of a part, of which `offset` are left out. */
static enum status take_hits(struct search *search, uint32_t part, size_t offset,
                             struct error *err) {
    struct results *results = search->results;
    const struct plan *plan = &results->plans[part];
    const struct topk *topk = &search->parts[part];
    size_t limit = search->options->limit, wanted = offset + limit - results->count;
    bool is_near = plan->pair_count && offset < NEARNESS_BEST;
    enum status status = ST_OK;
    if (is_near)
        status = nearness_rank(topk->entries, topk->count, wanted, search->options->exhaustive,
                               plan, err);
    for (size_t i = offset; !status && i < topk->count && results->count < limit; i++) {
        const struct topk_entry *entry = &topk->entries[i];
        results->hits[results->count++] =
            (struct hit){.score = plan_score(plan, entry->score),
                         .index = plan->segments[entry->segment].index,
                         .segment = plan->segments[entry->segment].number,
                         .ordinal = entry->segment,
                         .doc = entry->doc,
                         .part = part,
                         .is_near = is_near && i < NEARNESS_BEST};
    }
    return status;
}

/* Whether documents with some words are wanted after those with all. */
static bool are_more_wanted(const struct search *search) {
    const struct results *results = search->results;
    size_t found = search->parts[0].count;
    if (!results->all_first)
        return false;
    if (!search->options->limit)
        return search->options->count && !results->total;
    return found < wanted_count(search->options) && found < results->plans[0].documents;
}

static enum status run(struct search *search, struct error *err) {
    struct results *results = search->results;
    const struct search_options *options = search->options;
    enum query_mode mode = options->mode;
    results->all_first = mode == QUERY_BEST && query_has_few_words(search->query);
    if (mode == QUERY_BEST && !results->all_first)
        mode = QUERY_ANY;
    struct topk *all = &search->parts[0], *some = &search->parts[1];
    enum status status = run_part(search, 0, mode, err);
    if (!status && are_more_wanted(search)) {
        results->with_all = all->count;
        status = run_part(search, all->count, QUERY_ANY, err);
    }
    if (status)
        return status;
    size_t room = all->count + some->count, offset = options->offset;
    results->hits =
        calloc((room < options->limit ? room : options->limit) + 1ul, sizeof *results->hits);
    if (!results->hits)
        return error_nomem(err);
    status = take_hits(search, 0, offset, err);
    if (!status && results->part_count > 1) {
        remove_found(some, all);
        status = take_hits(search, 1, offset > all->count ? offset - all->count : 0, err);
    }
    return status;
}

/* Makes the plan of a search in the order of a field, and finds its first documents. */
static enum status run_in_order(struct search *search, struct sorted_docs *sorted,
                                enum query_mode mode, struct error *err) {
    const struct search_options *options = search->options;
    struct plan *plan = &search->results->plans[0];
    enum status status = plan_init(plan, search->snapshots, search->count, search->query, mode,
                                   &options->ranking, err);
    if (status)
        return status;
    search->results->part_count = 1;
    return sort_matches(sorted, plan, &options->sort, wanted_count(options), options->exhaustive,
                        err);
}

static enum status take_in_order(struct search *search, const struct sorted_docs *sorted,
                                 struct error *err) {
    struct results *results = search->results;
    const struct plan *plan = &results->plans[0];
    results->hits = calloc(sorted->count + 1, sizeof *results->hits);
    if (!results->hits)
        return error_nomem(err);
    for (size_t i = search->options->offset; i < sorted->count; i++) {
        const struct sorted_doc *doc = &sorted->docs[i];
        results->hits[results->count++] =
            (struct hit){.index = plan->segments[doc->ordinal].index,
                         .segment = plan->segments[doc->ordinal].number,
                         .ordinal = doc->ordinal,
                         .doc = doc->doc,
                         .has_value = !doc->missing,
                         .value = doc->key};
    }
    return ST_OK;
}

/* Finds hits in the order of a field. */
static enum status run_sorted(struct search *search, struct error *err) {
    struct results *results = search->results;
    const struct search_options *options = search->options;
    struct sorted_docs sorted;
    bool all_first = options->mode == QUERY_BEST && query_has_few_words(search->query);
    enum query_mode mode = options->mode == QUERY_BEST && !all_first ? QUERY_ANY : options->mode;
    enum status status = run_in_order(search, &sorted, mode, err);
    if (!status && all_first && !sorted.count) {
        sorted_docs_release(&sorted);
        results_release(results);
        status = run_in_order(search, &sorted, QUERY_ANY, err);
    }
    if (status)
        return status;
    results->total = sorted.matched;
    results->exact = !sorted.pruned;
    status = take_in_order(search, &sorted, err);
    sorted_docs_release(&sorted);
    if (!status && options->count && !results->exact) {
        status = count_all(&results->total, &results->plans[0], err);
        results->exact = true;
    }
    return status;
}

/* Counts the values of all documents with all words or, if QUERY_BEST finds none, of those with
 * some. */
static enum status count_facets(struct results *results, const struct search_options *options,
                                struct error *err) {
    uint64_t matched;
    const struct plan *plan = &results->plans[results->part_count > 1 && !results->with_all];
    results->facets =
        arena_alloc(&results->arena, (options->facet_count + 1) * sizeof *results->facets);
    if (!results->facets)
        return error_nomem(err);
    enum status status = facets_count(results->facets, &matched, &results->arena, plan,
                                      options->facets, options->facet_count, err);
    results->facet_count = status ? 0 : options->facet_count;
    if (results->part_count == 1) {
        results->total = matched;
        results->exact = true;
    }
    return status;
}

enum status search_run(struct results *results, struct search_scratch *scratch,
                       struct snapshot *const *snapshots, size_t count, const struct query *query,
                       const struct search_options *options, struct error *err) {
    struct search search = {.results = results,
                            .scratch = scratch,
                            .snapshots = snapshots,
                            .count = count,
                            .query = query,
                            .options = options};
    clear_results(results);
    bool sorted = options->sort.field && options->limit;
    enum status status = sorted ? run_sorted(&search, err) : run(&search, err);
    if (!status && options->facet_count)
        status = count_facets(results, options, err);
    for (size_t i = 0; i < RESULT_PARTS; i++)
        topk_release(&search.parts[i]);
    if (status)
        results_release(results);
    return status;
}

void results_release(struct results *results) {
    free(results->hits);
    for (size_t i = 0; i < results->part_count; i++)
        plan_release(&results->plans[i]);
    arena_release(&results->arena);
    clear_results(results);
}
