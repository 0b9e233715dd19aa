/* SPDX-License-Identifier: MIT */
/* Runs one query, several times if its time is wanted. */
#include "searcher/run.h"

#include <stdio.h>

#include "common/base/clock.h"
#include "common/text/unicode.h"
#include "searcher/answer.h"
#include "searcher/query/query_stopwords.h"

static struct search_options search_options_of(const struct query_options *options,
                                               const struct request *request) {
    struct search_options search = {.mode = options->mode,
                                    .limit = options->limit,
                                    .offset = options->offset,
                                    .ranking = request->ranking,
                                    .exhaustive = options->exhaustive,
                                    .sort = request->sort,
                                    .facets = request->facets,
                                    .facet_count = request->facet_count};
    if (options->format->counts_only)
        search.limit = search.offset = 0;
    if (options->format->silent && !options->timing_file && search.limit > 1)
        search.limit = 1; /* which one does not matter */
    if (options->format->silent && !options->timing_file)
        search.ranking.nearness = 0;
    search.count = options->total || search.limit == 0;
    return search;
}

enum status run_prepare(struct query *query, const struct indexes *indexes,
                        const struct query_options *options, const struct request *request,
                        struct error *err) {
    enum status status = ST_OK;
    if (options->stopwords == STOPWORDS_AUTO)
        status = query_remove_stopwords(query, indexes->analyzer, err);
    if (!status && request->synonyms)
        status = synonyms_expand(query, request->synonyms, err);
    return status;
}

enum status run_query(struct result_set *results, struct query *query,
                      const struct indexes *indexes, const struct query_options *options,
                      const struct request *request, struct error *err) {
    struct search_options search = search_options_of(options, request);
    struct result_options wanted = {.fields = options->format->fields,
                                    .sort = &request->sort,
                                    .facets = request->facets,
                                    .snippets = options->snippets,
                                    .places = options->format->shows_places,
                                    .why = options->why,
                                    .word_count = options->format->shows_words,
                                    .query_words = query_word_count(query),
                                    .first_rank = search.offset + 1};
    struct answer answer = {0};
    int64_t best = 0;
    uint32_t runs = options->timing_file ? options->repeat + 1 : 1;
    for (uint32_t run = 0; run < runs; run++) {
        answer_release(&answer);
        int64_t start = clock_monotonic_ns();
        enum status status = answer_find(&answer, query, indexes, options, &search, err);
        if (status)
            return status;
        int64_t took = clock_monotonic_ns() - start;
        if (run <= 1 || took < best) /* run 0 warms up, or is the only one */
            best = took;
    }
    enum status status = result_set_load(results, &answer.results, indexes->snapshots,
                                         indexes->count, &wanted, indexes->analyzer, err);
    results->note = query->note;
    results->milliseconds = (double)best / CLOCK_NS_PER_MS;
    arena_take(&query->arena, &answer.made.arena); /* explanations borrow words from it */
    answer_release(&answer);
    return status;
}

enum status run_check(const struct query *query, const struct query_options *options,
                      struct error *err) {
    return options->strict && query->note ? error_set(err, ST_INVALID, 0, "%s", query->note)
                                          : ST_OK;
}

static bool may_be_text(const struct query_clause *clause) {
    return clause->dashed && clause->occur == OCCUR_MUST_NOT && clause->kind == CLAUSE_WORDS &&
           !clause->quoted && clause->field == SCHEMA_ALL;
}

bool run_describe_excluded(char sentence[RUN_SENTENCE_MAX], const struct query *query) {
    enum { SHOWN_MAX = 3, WORD_SIZE_MAX = 40 }; /* words, and bytes of each */
    size_t count = 0, size = 0;
    struct slice first = {0};
    for (size_t i = 0; i < query->count; i++) {
        if (!may_be_text(&query->clauses[i]))
            continue;
        struct slice word = unicode_cut(query->clauses[i].typed, WORD_SIZE_MAX);
        first = count ? first : word;
        if (count++ < SHOWN_MAX)
            size += (size_t)snprintf(sentence + size, RUN_SENTENCE_MAX - size, "%s-%.*s",
                                     count > 1 ? " " : "", (int)word.size, (const char *)word.data);
    }
    if (count)
        snprintf(sentence + size, RUN_SENTENCE_MAX - size,
                 "%s: %s; to search for %s as text, type \"-%.*s\" or %.*s",
                 count > SHOWN_MAX ? " ..." : "",
                 count > 1 ? "these words were excluded" : "this word was excluded",
                 count > 1 ? "one" : "it", (int)first.size, (const char *)first.data,
                 (int)first.size, (const char *)first.data);
    return count > 0;
}

bool run_found(const struct result_set *results, const struct query_options *options) {
    bool only_counts = options->format->counts_only || options->limit == 0;
    return results->count > 0 || (only_counts && results->total > 0);
}

enum status run_finds(bool *found, struct query *query, const struct indexes *indexes,
                      const struct query_options *options, const struct request *request,
                      struct error *err) {
    struct search_options one = {.mode = options->mode, .limit = 1, .ranking = request->ranking};
    struct answer answer = {0};
    one.ranking.nearness = 0;
    enum status status = answer_find(&answer, query, indexes, options, &one, err);
    *found = !status && answer.results.count > 0;
    answer_release(&answer);
    return status;
}
