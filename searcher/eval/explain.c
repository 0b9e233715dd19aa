/* SPDX-License-Identifier: MIT */
/* Scores one document clause by clause. */
#include "searcher/eval/explain.h"

#include <stdlib.h>

#include "searcher/eval/nearness.h"
#include "searcher/match/tree.h"

/* Says what a clause is, whatever the document. */
static void describe_clause(struct explanation *out, const struct plan *plan,
                            const struct plan_clause *clause) {
    bool in_field = clause->field->number != SCHEMA_ALL;
    *out = (struct explanation){.typed = clause->typed,
                                .idf = clause->idf,
                                .boost = clause->boost,
                                .documents = UINT64_MAX,
                                .collection = clause->field->documents,
                                .average_length = in_field ? clause->field->average_length
                                                           : plan->average_length};
    for (size_t i = 0; i < clause->term_count; i++)
        if (clause->terms[i].documents < out->documents)
            out->documents = clause->terms[i].documents;
    if (clause->expansion)
        out->documents = clause->expansion->documents;
}

/* Also adds the contribution to *fixed_score. */
static enum status explain_clause(struct explanation *out, uint64_t *fixed_score,
                                  struct lengths *lengths, const struct plan *plan,
                                  const struct plan_clause *clause, size_t ordinal, uint32_t doc) {
    describe_clause(out, plan, clause);
    if (!match_has_clause(clause, ordinal))
        return ST_OK;
    struct scorer scorer;
    if (match_init_scorer(&scorer, lengths, plan, clause, ordinal))
        return ST_NOMEM;
    if (scorer_seek_exact(&scorer, doc)) {
        uint32_t score = scorer_score(&scorer, doc);
        out->matches = true;
        out->frequency = scorer_frequency(&scorer) / (double)scorer.unit;
        out->length = lengths_weighted(scorer.lengths, doc);
        out->contribution = plan_score(plan, score);
        *fixed_score += score;
    }
    scorer_release(&scorer);
    return ST_OK;
}

/* Sets the share of each clause of a query that is not flat; the caller frees them. */
static enum status find_shares(struct tree_share **out, const struct plan *plan,
                               const struct hit *hit, struct error *err) {
    struct match match;
    struct tree_share *shares = calloc(plan->count + 1, sizeof *shares);
    enum status status = shares ? match_init(&match, plan, hit->ordinal, err) : error_nomem(err);
    *out = shares;
    if (!status) {
        if (!match.impossible && tree_explain(shares, &match, hit->doc))
            status = error_nomem(err);
        match_release(&match);
    }
    if (status)
        free(shares);
    return status;
}

/* Explains all clauses of a query that is not flat. */
static enum status explain_tree(struct explanations *explanations, uint64_t *fixed_score,
                                const struct plan *plan, const struct hit *hit, struct error *err) {
    struct tree_share *shares;
    enum status status = find_shares(&shares, plan, hit, err);
    if (status)
        return status;
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_clause *clause = &plan->clauses[i];
        const struct tree_share *share = &shares[i];
        if (clause->role == PLAN_EXCLUDED)
            continue;
        struct explanation *out = &explanations->clauses[explanations->count++];
        describe_clause(out, plan, clause);
        if (!share->counts)
            continue;
        uint32_t unit = clause->field->number == SCHEMA_ALL ? plan->bm25.unit : 1;
        out->matches = true;
        out->frequency = share->frequency / (double)unit;
        out->length = share->length;
        out->contribution = plan_score(plan, share->score);
        *fixed_score += share->score;
    }
    free(shares);
    return ST_OK;
}

/* Adds the pairs of the plan. */
static enum status explain_pairs(struct explanations *explanations, uint64_t *fixed_score,
                                 struct lengths *lengths, const struct plan *plan,
                                 const struct hit *hit, struct error *err) {
    struct nearness *pairs = calloc(plan->pair_count, sizeof *pairs);
    explanations->pairs = calloc(plan->pair_count, sizeof *explanations->pairs);
    if (!pairs || !explanations->pairs) {
        free(pairs);
        return error_nomem(err);
    }
    enum status status = nearness_explain(pairs, plan, hit->ordinal, hit->doc, err);
    for (size_t i = 0; i < plan->pair_count && !status; i++) {
        const struct plan_pair *pair = &plan->pairs[i];
        uint32_t score = nearness_score(plan, pair, pairs[i], lengths_inverse_k(lengths, hit->doc));
        explanations->pairs[explanations->pair_count++] =
            (struct pair_explanation){.first = pair->first_typed,
                                      .second = pair->second_typed,
                                      .idf = pair->idf,
                                      .adjacent = pairs[i].adjacent,
                                      .near = pairs[i].near,
                                      .contribution = plan_score(plan, score)};
        *fixed_score += score;
    }
    explanations->nearness = plan->ranking.nearness;
    free(pairs);
    return status;
}

static enum status count_words_of_tree(size_t *words, const struct plan *plan,
                                       const struct hit *hit, struct error *err) {
    struct tree_share *shares;
    enum status status = find_shares(&shares, plan, hit, err);
    for (size_t i = 0; i < plan->count && !status; i++)
        *words += shares[i].counts ? plan->clauses[i].word_count : 0;
    if (!status)
        free(shares);
    return status ? status : segment_status(plan->segments[hit->ordinal].segment, err);
}

enum status explain_word_count(size_t *words, const struct results *results, const struct hit *hit,
                               struct error *err) {
    const struct plan *plan = &results->plans[hit->part];
    struct lengths lengths;
    *words = 0;
    if (plan->tree)
        return count_words_of_tree(words, plan, hit, err);
    if (match_init_lengths(&lengths, plan, hit->ordinal))
        return error_nomem(err);
    enum status status = ST_OK;
    for (size_t i = 0; i < plan->count && !status; i++) {
        const struct plan_clause *clause = &plan->clauses[i];
        struct scorer scorer;
        if (clause->role == PLAN_EXCLUDED || !match_has_clause(clause, hit->ordinal))
            continue;
        status = match_init_scorer(&scorer, &lengths, plan, clause, hit->ordinal);
        if (status)
            break;
        if (scorer_seek_exact(&scorer, hit->doc))
            *words += clause->word_count;
        scorer_release(&scorer);
    }
    lengths_release(&lengths);
    return status ? error_nomem(err) : segment_status(plan->segments[hit->ordinal].segment, err);
}

enum status explain_hit(struct explanations *explanations, const struct results *results,
                        const struct hit *hit, struct error *err) {
    const struct plan *plan = &results->plans[hit->part];
    struct segment *segment = plan->segments[hit->ordinal].segment;
    struct document document;
    *explanations = (struct explanations){.k1 = plan->ranking.k1, .b = plan->ranking.b};
    struct lengths lengths;
    if (match_init_lengths(&lengths, plan, hit->ordinal))
        return error_nomem(err);
    enum status status = segment_document(&document, segment, hit->doc, err);
    explanations->clauses = calloc(plan->count + 1, sizeof *explanations->clauses);
    if (!status && !explanations->clauses)
        status = error_nomem(err);
    uint64_t fixed_score = 0;
    if (!status && plan->tree)
        status = explain_tree(explanations, &fixed_score, plan, hit, err);
    for (size_t i = 0; i < plan->count && !status && !plan->tree; i++)
        if (plan->clauses[i].role != PLAN_EXCLUDED &&
            explain_clause(&explanations->clauses[explanations->count++], &fixed_score, &lengths,
                           plan, &plan->clauses[i], hit->ordinal, hit->doc))
            status = error_nomem(err);
    if (!status && hit->is_near)
        status = explain_pairs(explanations, &fixed_score, &lengths, plan, hit, err);
    if (!status) {
        explanations->average_length = plan->average_length;
        explanations->documents = plan->documents;
        explanations->length = document.length;
        explanations->norm_length = lengths_weighted(&lengths, hit->doc);
        explanations->score = plan_score(plan, fixed_score);
        status = segment_status(segment, err);
    }
    lengths_release(&lengths);
    if (status)
        explain_release(explanations);
    return status;
}

void explain_release(struct explanations *explanations) {
    free(explanations->clauses);
    free(explanations->pairs);
    *explanations = (struct explanations){0};
}
