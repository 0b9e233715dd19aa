#include "searcher/run.h"

#include <time.h>

static double now_in_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static struct search_options search_options_of(const struct query_options *options) {
    struct search_options search = {.mode = options->mode,
                                    .limit = options->limit,
                                    .offset = options->offset,
                                    .k1 = options->k1,
                                    .b = options->b,
                                    .exhaustive = options->exhaustive};
    if (options->format->counts_only)
        search.limit = search.offset = 0;
    if (options->format->silent && !options->timing_file && search.limit > 1)
        search.limit = 1;
    search.count = options->total || search.limit == 0;
    return search;
}

enum status run_query(struct result_set *results, const struct query *query,
                      const struct indexes *indexes, const struct query_options *options,
                      struct error *err) {
    struct search_options search = search_options_of(options);
    struct result_options result_options = {.snippets = options->snippets, .why = options->why};
    struct results ranked = {0};
    double best = 0;
    uint32_t runs = options->timing_file ? options->repeat + 1 : 1;
    for (uint32_t run = 0; run < runs; run++) {
        results_release(&ranked);
        double start = now_in_milliseconds();
        enum status status =
            search_run(&ranked, indexes->snapshots, indexes->count, query, &search, err);
        if (status)
            return status;
        double took = now_in_milliseconds() - start;
        if (run <= 1 || took < best) /* run 0 warms up, or is the only one */
            best = took;
    }
    enum status status = result_set_load(results, &ranked, indexes->snapshots, indexes->count,
                                         query, &search, &result_options, indexes->analyzer, err);
    results->milliseconds = best;
    results_release(&ranked);
    return status;
}

bool run_found(const struct result_set *results, const struct query_options *options) {
    return results->count > 0 || (search_options_of(options).limit == 0 && results->total > 0);
}
