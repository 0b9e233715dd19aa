/* SPDX-License-Identifier: MIT */
/* Takes a query apart and asks about each clause. */
#include "searcher/why_not.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/glob.h"
#include "common/base/number.h"
#include "common/text/escape.h"
#include "searcher/eval/explain.h"
#include "searcher/expand/query_expand.h"
#include "searcher/lookup.h"
#include "searcher/query/query_text.h"

enum { RANKS_MAX = 1000 }; /* hits among which the document is looked for */

struct report {
    struct buffer *out;
    const struct indexes *indexes;
    const struct query_context *context;
    const struct ranking *ranking;
    const struct query *query;
    enum query_mode mode;
    struct query_clause condition;   /* that only the document meets */
    struct buffer missing, excluded; /* the first clause of the kind as text; empty: none */
    bool has_any;                    /* it matches a clause that scores */
};

static enum status print(struct buffer *out, const char *text) {
    return buffer_append(out, text, strlen(text));
}

/* Makes the condition that only the document with this id meets; in the arena. */
static enum status make_condition(struct query_clause *condition, struct arena *arena,
                                  struct slice id) {
    struct buffer pattern = {0};
    struct query_filter *filter = arena_alloc(arena, sizeof *filter);
    struct slice *value = arena_alloc(arena, sizeof *value);
    const char *copy = NULL;
    if (!glob_append_escaped(&pattern, id))
        copy = arena_copy(arena, pattern.data, pattern.size);
    if (filter && value && copy) {
        *value = slice_of(copy, pattern.size);
        *filter = (struct query_filter){
            .kind = QUERY_FILTER_ID, .typed = *value, .values = value, .value_count = 1};
        *condition = (struct query_clause){.kind = CLAUSE_FILTER,
                                           .occur = OCCUR_MUST,
                                           .typed = *value,
                                           .boost = 1,
                                           .filter = filter};
    }
    buffer_release(&pattern);
    return filter && value && copy ? ST_OK : ST_NOMEM;
}

static enum status search(struct results *results, const struct report *report,
                          const struct query *query, enum query_mode mode, uint32_t limit,
                          struct error *err) {
    const struct indexes *indexes = report->indexes;
    struct search_options options = {
        .mode = mode, .limit = limit, .ranking = *report->ranking, .count = limit > 1};
    return search_run(results, indexes->scratch, indexes->snapshots, indexes->count, query,
                      &options, err);
}

/* Searches for these clauses in the document alone. */
static enum status ask(struct results *results, const struct report *report,
                       const struct query_clause *clauses, size_t count, enum query_mode mode,
                       struct error *err) {
    struct query query = {.schema = report->query->schema, .count = count + 1};
    query.clauses = malloc((count + 1) * sizeof *query.clauses);
    if (!query.clauses)
        return error_nomem(err);
    memcpy(query.clauses, clauses, count * sizeof *clauses);
    query.clauses[count] = report->condition;
    enum status status = search(results, report, &query, mode, 1, err);
    free(query.clauses);
    return status;
}

/* Whether the document matches a clause, and how often it has it, if that is known. */
static enum status ask_clause(bool *matches, double *frequency, const struct report *report,
                              const struct query_clause *clause, struct error *err) {
    struct results results;
    struct explanations explanations = {0};
    enum query_mode mode = report->mode == QUERY_BEST ? QUERY_ALL : report->mode;
    struct query_clause alone = *clause;
    alone.occur = OCCUR_MUST;
    enum status status = ask(&results, report, &alone, 1, mode, err);
    if (status)
        return status;
    *matches = results.count > 0;
    *frequency = 0;
    if (*matches && clause->kind == CLAUSE_WORDS)
        status = explain_hit(&explanations, &results, &results.hits[0], err);
    for (size_t i = 0; !status && i < explanations.count; i++)
        *frequency += explanations.clauses[i].frequency;
    explain_release(&explanations);
    results_release(&results);
    return status;
}

/* Whether a document without it is not found. */
static bool is_required(const struct report *report, const struct query_clause *clause) {
    return clause->occur == OCCUR_MUST || clause->kind == CLAUSE_FILTER ||
           report->mode == QUERY_ALL;
}

static enum status report_clause(struct report *report, const struct query_clause *clause,
                                 struct error *err) {
    bool matches, excluded = clause->occur == OCCUR_MUST_NOT;
    double frequency;
    struct buffer typed = {0};
    char count[32] = "";
    enum status status = ask_clause(&matches, &frequency, report, clause, err);
    if (!status && query_text_append(&typed, report->context, clause, 1))
        status = error_nomem(err);
    struct buffer *reason = excluded ? &report->excluded : &report->missing;
    if (!status && !reason->size && matches == excluded &&
        (excluded || is_required(report, clause)) &&
        buffer_append_slice(reason, buffer_slice(&typed)))
        status = error_nomem(err);
    report->has_any |= !excluded && matches && clause->kind != CLAUSE_FILTER;
    if (frequency > 0)
        snprintf(count, sizeof count, " (%.4g)", frequency);
    if (!status && (print(report->out, matches ? "yes\t" : "no\t") ||
                    escape_append(report->out, buffer_slice(&typed), ESCAPE_TEXT) ||
                    print(report->out, count) || print(report->out, "\n")))
        status = error_nomem(err);
    buffer_release(&typed);
    return status;
}

/* The number of the document among the hits of the query; 0: it is not one of the first. */
static enum status find_rank(size_t *rank, uint64_t *total, const struct report *report,
                             const struct hit *hit, struct error *err) {
    struct results results;
    enum status status = search(&results, report, report->query, report->mode, RANKS_MAX, err);
    if (status)
        return status;
    *rank = 0;
    *total = results.total;
    for (size_t i = 0; i < results.count && !*rank; i++) {
        const struct hit *other = &results.hits[i];
        if (other->index == hit->index && other->segment == hit->segment && other->doc == hit->doc)
            *rank = i + 1;
    }
    results_release(&results);
    return ST_OK;
}

static enum status print_sentence(const struct report *report, bool found, size_t rank,
                                  uint64_t total) {
    struct buffer *out = report->out;
    char text[128], number[NUMBER_TEXT_MAX];
    number_format_count(number, total);
    if (rank)
        snprintf(text, sizeof text, "found: hit %zu of %s\n", rank, number);
    else if (found)
        snprintf(text, sizeof text, "found: after the best %d of %s\n", RANKS_MAX, number);
    if (found)
        return print(out, text);
    const struct buffer *reason = report->excluded.size ? &report->excluded : &report->missing;
    if (!reason->size)
        return print(out, "not found: it has none of the words\n");
    return print(out, report->excluded.size ? "not found: it matches " : "not found: it lacks ") ||
                   escape_append(out, buffer_slice(reason), ESCAPE_TEXT) || print(out, "\n")
               ? ST_NOMEM
               : ST_OK;
}

/* Reports about a hit. */
static enum status report_hit(struct report *report, bool *found, const struct hit *hit,
                              struct error *err) {
    const struct query *query = report->query;
    struct results results;
    size_t rank = 0;
    uint64_t total = 0;
    bool excludes_only = true; /* then it finds nothing, but the condition alone would */
    enum status status = ST_OK;
    for (size_t i = 0; i < query->count && !status; i++) {
        status = report_clause(report, &query->clauses[i], err);
        excludes_only &= query->clauses[i].occur == OCCUR_MUST_NOT &&
                         !query_clause_is_condition(&query->clauses[i]);
    }
    if (!status)
        status = ask(&results, report, query->clauses, query->count, report->mode, err);
    if (status)
        return status;
    *found = results.count > 0 && !excludes_only;
    results_release(&results);
    if (*found)
        status = find_rank(&rank, &total, report, hit, err);
    if (!status && print_sentence(report, *found, rank, total))
        status = error_nomem(err);
    return status;
}

enum status why_not_report(struct buffer *out, bool *found, struct query *query,
                           const struct indexes *indexes, const struct query_options *options,
                           const struct request *request, struct error *err) {
    struct query_context context = request->context;
    struct report report = {.out = out,
                            .indexes = indexes,
                            .context = &context,
                            .ranking = &request->ranking,
                            .query = query,
                            .mode = options->mode};
    struct hit hit;
    struct buffer id;
    context.analyzer = indexes->analyzer;
    enum status status = lookup_document(&hit, &id, indexes, options->why_not, err);
    if (!status)
        status = query_expand(query, indexes->snapshots, indexes->count, err);
    if (!status && make_condition(&report.condition, &query->arena, buffer_slice(&id)))
        status = error_nomem(err);
    if (!status)
        status = report_hit(&report, found, &hit, err);
    buffer_release(&id);
    buffer_release(&report.missing);
    buffer_release(&report.excluded);
    return status;
}
