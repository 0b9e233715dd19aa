#include "searcher/eval/match.h"

#include <stdlib.h>

/* What a clause does in this mode; OCCUR_DEFAULT then means optional. */
static enum occur role(const struct plan_clause *clause, enum query_mode mode) {
    if (clause->clause->occur == OCCUR_DEFAULT && mode != QUERY_ANY)
        return OCCUR_MUST;
    return clause->clause->occur;
}

bool match_has_clause(const struct plan_clause *clause, size_t ordinal) {
    for (size_t i = 0; i < clause->clause->count; i++)
        if (!clause->terms[i].entries[ordinal].documents)
            return false;
    return true;
}

enum status match_init_scorer(struct scorer *scorer, const struct plan *plan,
                              const struct plan_clause *clause, size_t ordinal) {
    size_t count = clause->clause->count;
    const struct term_entry **entries = malloc(count * sizeof *entries);
    if (!entries)
        return ST_NOMEM;
    for (size_t i = 0; i < count; i++)
        entries[i] = &clause->terms[i].entries[ordinal];
    enum status status = scorer_init(scorer, plan->segments[ordinal].segment, entries,
                                     clause->offsets, count, &plan->bm25, clause->weight);
    free(entries);
    return status;
}

enum status match_init(struct match *match, const struct plan *plan, size_t ordinal,
                       enum query_mode mode, struct error *err) {
    static const enum occur order[] = {OCCUR_MUST, OCCUR_DEFAULT, OCCUR_MUST_NOT};
    *match = (struct match){.segment = plan->segments[ordinal].segment,
                            .ordinal = (uint32_t)ordinal,
                            .documents = plan->segments[ordinal].segment->info.documents};
    for (size_t i = 0; i < plan->count; i++)
        if (role(&plan->clauses[i], mode) == OCCUR_MUST &&
            !match_has_clause(&plan->clauses[i], ordinal))
            match->impossible = true;
    if (match->impossible)
        return ST_OK;
    match->scorers = calloc(plan->count + 1, sizeof *match->scorers);
    if (!match->scorers)
        return error_nomem(err);
    struct scorer *next = match->scorers;
    size_t counts[3] = {0};
    for (unsigned part = 0; part < 3; part++)
        for (size_t i = 0; i < plan->count; i++) {
            const struct plan_clause *clause = &plan->clauses[i];
            if (role(clause, mode) != order[part] || !match_has_clause(clause, ordinal))
                continue;
            if (match_init_scorer(next, plan, clause, ordinal)) {
                match_release(match);
                return error_nomem(err);
            }
            next++;
            counts[part]++;
        }
    if (!counts[0] && counts[1] == 1) { /* a sole optional clause has to match */
        counts[0] = 1;
        counts[1] = 0;
    }
    match->required = match->scorers;
    match->required_count = counts[0];
    match->optional = match->required + counts[0];
    match->optional_count = counts[1];
    match->excluded = match->optional + counts[1];
    match->excluded_count = counts[2];
    match->norms.chunks = &match->segment->chunks;
    for (size_t i = 0; i < counts[1] + counts[2]; i++)
        scorer_start(&match->optional[i]);
    return ST_OK;
}

void match_release(struct match *match) {
    for (struct scorer *scorer = match->scorers; scorer && scorer->cursors; scorer++)
        scorer_release(scorer);
    free(match->scorers);
    match->scorers = NULL;
}

void match_set_phrase_thresholds(struct scorer *scorers, size_t count, uint32_t threshold) {
    uint64_t all = 0;
    for (size_t i = 0; i < count; i++)
        all += scorers[i].bound;
    for (size_t i = 0; i < count; i++) {
        uint64_t remaining_bound = all - scorers[i].bound;
        scorers[i].threshold =
            threshold > remaining_bound ? threshold - (uint32_t)remaining_bound : 0;
    }
}

void match_rank(struct match *match, struct topk *topk, bool exhaustive) {
    if (match->impossible || topk->threshold == UINT32_MAX)
        return;
    if (match->required_count)
        conjunction_rank(match, topk, exhaustive);
    else if (match->optional_count)
        disjunction_rank(match, topk, exhaustive);
    for (size_t i = 0; i < match->required_count + match->optional_count; i++)
        match->pruned |= match->scorers[i].pruned;
}
