#include "searcher/search.h"

#include <stdlib.h>

#include "common/norm.h"
#include "searcher/match.h"
#include "searcher/plan.h"

/* The first failure of any segment: cursors that met damage just ended. */
static enum status check(const struct plan *plan, struct error *err) {
    for (size_t i = 0; i < plan->segment_count; i++) {
        enum status status = segment_status(plan->segments[i].segment, err);
        if (status)
            return status;
    }
    return ST_OK;
}

static enum status count_all(const struct plan *plan, enum query_mode mode, uint64_t *total,
                             struct error *err) {
    *total = 0;
    for (size_t i = 0; i < plan->segment_count; i++) {
        struct match match;
        enum status status = match_open(&match, plan, i, mode, err);
        if (status)
            return status;
        *total += match_count(&match);
        match_close(&match);
    }
    return check(plan, err);
}

static enum status rank(const struct plan *plan, enum query_mode mode, struct topk *topk,
                        bool exhaustive, uint64_t *matched, bool *pruned, struct error *err) {
    *matched = 0;
    *pruned = false;
    for (size_t i = 0; i < plan->segment_count; i++) {
        struct match match;
        enum status status = match_open(&match, plan, i, mode, err);
        if (status)
            return status;
        match_top(&match, topk, exhaustive);
        *matched += match.matched;
        *pruned |= match.pruned;
        match_close(&match);
    }
    return check(plan, err);
}

static enum status take_hits(struct results *results, const struct plan *plan, struct topk *topk,
                             uint32_t offset, struct error *err) {
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
                                        .doc = entry->doc};
    }
    return ST_OK;
}

static enum status run(struct results *results, const struct plan *plan, enum query_mode mode,
                       const struct search_options *options, struct error *err) {
    struct topk topk;
    bool pruned;
    size_t limit = options->limit ? (size_t)options->offset + options->limit : 0;
    uint64_t numbered = plan->documents;
    if (topk_init(&topk, limit < numbered ? limit : (size_t)numbered))
        return error_nomem(err);
    enum status status =
        rank(plan, mode, &topk, options->exhaustive, &results->total, &pruned, err);
    results->exact = !pruned && limit;
    if (!status && options->count && !results->exact) {
        status = count_all(plan, mode, &results->total, err);
        results->exact = true;
    }
    if (!status)
        status = take_hits(results, plan, &topk, options->offset, err);
    topk_release(&topk);
    return status;
}

static enum status plan_and_run(struct results *results, struct snapshot *const *snapshots,
                                size_t count, const struct query *query, enum query_mode mode,
                                const struct search_options *options, struct error *err) {
    struct plan plan;
    enum status status =
        plan_make(&plan, snapshots, count, query, mode, options->k1, options->b, err);
    if (status)
        return status;
    status = run(results, &plan, mode, options, err);
    plan_release(&plan);
    return status;
}

/* Whether fewer words could be asked for: there are several, and one that is not required. */
static bool can_relax(const struct query *query) {
    for (size_t i = 0; i < query->count; i++)
        if (query->clauses[i].occur == OCCUR_DEFAULT)
            return query_words(query) > 1;
    return false;
}

enum status search_run(struct results *results, struct snapshot *const *snapshots, size_t count,
                       const struct query *query, const struct search_options *options,
                       struct error *err) {
    *results = (struct results){0};
    enum status status =
        plan_and_run(results, snapshots, count, query, options->mode, options, err);
    if (!status && options->mode == QUERY_RELAXED && !results->total && can_relax(query)) {
        results_release(results);
        status = plan_and_run(results, snapshots, count, query, QUERY_ANY, options, err);
        results->relaxed = !status && results->total > 0;
    }
    if (status)
        results_release(results);
    return status;
}

void results_release(struct results *results) {
    free(results->hits);
    *results = (struct results){0};
}

static enum status explain_clause(struct explanation *out, const struct plan *plan,
                                  const struct plan_clause *clause, size_t ordinal, uint32_t doc,
                                  uint8_t norm, uint64_t *points) {
    *out =
        (struct explanation){.clause = clause->clause, .idf = clause->idf, .documents = UINT64_MAX};
    size_t count = clause->clause->count;
    const struct term_entry **entries = malloc(count * sizeof *entries);
    if (!entries)
        return ST_NOMEM;
    bool here = true;
    for (size_t i = 0; i < count; i++) {
        entries[i] = &clause->terms[i].entries[ordinal];
        here &= entries[i]->documents > 0;
        if (clause->terms[i].documents < out->documents)
            out->documents = clause->terms[i].documents;
    }
    struct scorer scorer;
    enum status status = ST_OK;
    if (here) {
        status = scorer_open(&scorer, plan->segments[ordinal].segment, entries, clause->offsets,
                             count, &plan->bm25, clause->weight);
        if (!status && (scorer_start(&scorer), scorer_seek(&scorer, doc)) == doc) {
            uint32_t score = scorer_score(&scorer, norm);
            out->frequency = scorer_frequency(&scorer);
            out->contribution = plan_score(plan, score);
            *points += score;
        }
        if (!status)
            scorer_close(&scorer);
    }
    free(entries);
    return status;
}

enum status search_explain(struct explanations *explanations, struct snapshot *const *snapshots,
                           size_t count, const struct query *query,
                           const struct search_options *options, const struct hit *hit,
                           struct error *err) {
    struct plan plan;
    *explanations = (struct explanations){.k1 = options->k1, .b = options->b};
    enum status status =
        plan_make(&plan, snapshots, count, query, options->mode, options->k1, options->b, err);
    if (status)
        return status;
    size_t ordinal = hit->segment;
    for (size_t i = 0; i < hit->index; i++)
        ordinal += snapshots[i]->catalog.count;
    struct segment *segment = plan.segments[ordinal].segment;
    struct document document;
    const uint8_t *norms = norms_between(&segment->chunks, hit->doc, hit->doc + 1);
    status = segment_document(segment, hit->doc, &document, err);
    if (!status && !norms)
        status = segment_status(segment, err);
    explanations->clauses = calloc(plan.count + 1, sizeof *explanations->clauses);
    if (!status && !explanations->clauses)
        status = error_nomem(err);
    uint64_t points = 0;
    uint8_t norm = norms ? *norms : 0;
    for (size_t i = 0; i < plan.count && !status; i++)
        if (plan.clauses[i].clause->occur != OCCUR_MUST_NOT &&
            explain_clause(&explanations->clauses[explanations->count++], &plan, &plan.clauses[i],
                           ordinal, hit->doc, norm, &points))
            status = error_nomem(err);
    if (!status) {
        explanations->average_length = plan.average;
        explanations->documents = plan.documents;
        explanations->length = document.length;
        explanations->norm_length = norm_length(norm);
        explanations->score = plan_score(&plan, points);
        status = check(&plan, err);
    }
    plan_release(&plan);
    if (status)
        explanations_release(explanations);
    return status;
}

void explanations_release(struct explanations *explanations) {
    free(explanations->clauses);
    *explanations = (struct explanations){0};
}
