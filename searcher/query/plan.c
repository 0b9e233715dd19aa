#include "searcher/query/plan.h"

#include <math.h>

static enum status list_segments(struct plan *plan, struct snapshot *const *snapshots, size_t count,
                                 struct error *err) {
    uint64_t length = 0;
    for (size_t i = 0; i < count; i++) {
        plan->segment_count += snapshots[i]->catalog.segment_count;
        plan->documents += catalog_total_documents(&snapshots[i]->catalog);
        length += catalog_total_length(&snapshots[i]->catalog);
    }
    plan->average_length = plan->documents ? (double)length / (double)plan->documents : 0;
    plan->segments = arena_alloc(&plan->arena, (plan->segment_count + 1) * sizeof *plan->segments);
    if (!plan->segments)
        return error_nomem(err);
    struct plan_segment *next = plan->segments;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < snapshots[i]->catalog.segment_count; k++)
            *next++ = (struct plan_segment){
                .segment = &snapshots[i]->segments[k], .index = (uint32_t)i, .number = (uint32_t)k};
    return ST_OK;
}

static enum status look_up(struct plan *plan, struct plan_term *term, struct slice bytes,
                           struct error *err) {
    *term = (struct plan_term){
        .entries = arena_alloc(&plan->arena, (plan->segment_count + 1) * sizeof *term->entries)};
    if (!term->entries)
        return error_nomem(err);
    for (size_t i = 0; i < plan->segment_count; i++) {
        enum status status =
            segment_find_term(&term->entries[i], plan->segments[i].segment, bytes, err);
        if (status < 0)
            return status;
        if (status)
            term->entries[i] = (struct term_entry){0};
        term->documents += term->entries[i].documents;
    }
    return ST_OK;
}

static enum status plan_add_clause(struct plan *plan, struct plan_clause *out,
                                   const struct query_clause *clause, struct error *err) {
    *out = (struct plan_clause){.clause = clause};
    out->terms = arena_alloc(&plan->arena, clause->count * sizeof *out->terms);
    out->offsets = arena_alloc(&plan->arena, clause->count * sizeof *out->offsets);
    if (!out->terms || !out->offsets)
        return error_nomem(err);
    for (size_t i = 0; i < clause->count; i++) {
        enum status status = look_up(plan, &out->terms[i], clause->terms[i].term, err);
        if (status)
            return status;
        out->offsets[i] = clause->terms[i].offset;
        out->idf += bm25_idf(plan->documents, out->terms[i].documents);
    }
    return ST_OK;
}

/* Whether a clause stands in the plan as its parts. */
static bool is_split(const struct query_clause *clause, enum query_mode mode) {
    return clause->parts && clause->occur == OCCUR_DEFAULT && mode == QUERY_ANY;
}

enum status plan_init(struct plan *plan, struct snapshot *const *snapshots, size_t count,
                      const struct query *query, enum query_mode mode, double k1, double b,
                      struct error *err) {
    *plan = (struct plan){0};
    size_t room = 0;
    for (size_t i = 0; i < query->count; i++)
        room += is_split(&query->clauses[i], mode) ? query->clauses[i].count : 1;
    enum status status = list_segments(plan, snapshots, count, err);
    if (!status) {
        plan->clauses = arena_alloc(&plan->arena, (room + 1) * sizeof *plan->clauses);
        if (!plan->clauses)
            status = error_nomem(err);
    }
    double sum = 0;
    for (size_t i = 0; i < query->count && !status; i++) {
        const struct query_clause *clause = &query->clauses[i];
        bool split = is_split(clause, mode);
        for (size_t k = 0; k < (split ? clause->count : 1) && !status; k++) {
            struct plan_clause *planned = &plan->clauses[plan->count++];
            status = plan_add_clause(plan, planned, split ? &clause->parts[k] : clause, err);
            if (clause->occur != OCCUR_MUST_NOT)
                sum += planned->idf;
        }
    }
    if (status) {
        plan_release(plan);
        return status;
    }
    plan->k1 = k1;
    plan->b = b;
    bm25_init(&plan->bm25, k1, b, plan->average_length);
    plan->scale_exponent = bm25_scale_exponent(sum);
    plan->inverse_scale = ldexp(1, -plan->scale_exponent);
    for (size_t i = 0; i < plan->count; i++)
        plan->clauses[i].weight = (float)ldexp(plan->clauses[i].idf, plan->scale_exponent);
    return ST_OK;
}

void plan_release(struct plan *plan) {
    arena_release(&plan->arena);
    *plan = (struct plan){0};
}

double plan_score(const struct plan *plan, uint64_t fixed_score) {
    return (double)fixed_score * plan->inverse_scale;
}
