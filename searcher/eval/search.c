#include "searcher/eval/search.h"

#include <stdlib.h>

#include "common/segment/norm.h"
#include "searcher/eval/match.h"

/* The first failure of any segment: cursors that met damage just ended. */
static enum status first_failure(const struct plan *plan, struct error *err) {
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
        enum status status = match_init(&match, plan, i, mode, err);
        if (status)
            return status;
        *total += count_matches(&match);
        match_release(&match);
    }
    return first_failure(plan, err);
}

static enum status rank(const struct plan *plan, enum query_mode mode, struct topk *topk,
                        bool exhaustive, uint64_t *matched, bool *pruned, struct error *err) {
    *matched = 0;
    *pruned = false;
    for (size_t i = 0; i < plan->segment_count; i++) {
        struct match match;
        enum status status = match_init(&match, plan, i, mode, err);
        if (status)
            return status;
        match_rank(&match, topk, exhaustive);
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

static enum status run(struct results *results, enum query_mode mode,
                       const struct search_options *options, struct error *err) {
    const struct plan *plan = &results->plan;
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
        status = take_hits(results, &topk, options->offset, err);
    topk_release(&topk);
    return status;
}

static enum status plan_and_run(struct results *results, struct snapshot *const *snapshots,
                                size_t count, const struct query *query, enum query_mode mode,
                                const struct search_options *options, struct error *err) {
    enum status status =
        plan_init(&results->plan, snapshots, count, query, mode, options->k1, options->b, err);
    return status ? status : run(results, mode, options, err);
}

/* Whether fewer words could be asked for: there are several, and one that is not required. */
static bool can_relax(const struct query *query) {
    for (size_t i = 0; i < query->count; i++)
        if (query->clauses[i].occur == OCCUR_DEFAULT)
            return query_word_count(query) > 1;
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
    plan_release(&results->plan);
    *results = (struct results){0};
}

static enum status explain_clause(struct explanation *out, const struct plan *plan,
                                  const struct plan_clause *clause, size_t ordinal, uint32_t doc,
                                  uint8_t norm, uint64_t *fixed_score) {
    *out =
        (struct explanation){.clause = clause->clause, .idf = clause->idf, .documents = UINT64_MAX};
    for (size_t i = 0; i < clause->clause->count; i++)
        if (clause->terms[i].documents < out->documents)
            out->documents = clause->terms[i].documents;
    if (!match_has_clause(clause, ordinal))
        return ST_OK;
    struct scorer scorer;
    if (match_init_scorer(&scorer, plan, clause, ordinal))
        return ST_NOMEM;
    if (scorer_seek_exact(&scorer, doc)) {
        uint32_t score = scorer_score(&scorer, norm);
        out->frequency = scorer_frequency(&scorer);
        out->contribution = plan_score(plan, score);
        *fixed_score += score;
    }
    scorer_release(&scorer);
    return ST_OK;
}

enum status search_explain(struct explanations *explanations, const struct results *results,
                           const struct hit *hit, struct error *err) {
    const struct plan *plan = &results->plan;
    struct segment *segment = plan->segments[hit->ordinal].segment;
    struct document document;
    *explanations = (struct explanations){.k1 = plan->k1, .b = plan->b};
    const uint8_t *norms = norm_reader_range(&segment->chunks, hit->doc, hit->doc + 1);
    enum status status = segment_document(&document, segment, hit->doc, err);
    if (!status && !norms)
        status = segment_status(segment, err);
    explanations->clauses = calloc(plan->count + 1, sizeof *explanations->clauses);
    if (!status && !explanations->clauses)
        status = error_nomem(err);
    uint64_t fixed_score = 0;
    uint8_t norm = norms ? *norms : 0;
    for (size_t i = 0; i < plan->count && !status; i++)
        if (plan->clauses[i].clause->occur != OCCUR_MUST_NOT &&
            explain_clause(&explanations->clauses[explanations->count++], plan, &plan->clauses[i],
                           hit->ordinal, hit->doc, norm, &fixed_score))
            status = error_nomem(err);
    if (!status) {
        explanations->average_length = plan->average_length;
        explanations->documents = plan->documents;
        explanations->length = document.length;
        explanations->norm_length = norm_length(norm);
        explanations->score = plan_score(plan, fixed_score);
        status = first_failure(plan, err);
    }
    if (status)
        explanations_release(explanations);
    return status;
}

void explanations_release(struct explanations *explanations) {
    free(explanations->clauses);
    *explanations = (struct explanations){0};
}
