#include "searcher/run.h"

#include <time.h>

static double now_in_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static struct search_options search_options(const struct request *request) {
    struct search_options search = {.mode = request->mode,
                                    .limit = request->limit,
                                    .offset = request->offset,
                                    .k1 = request->k1,
                                    .b = request->b,
                                    .exhaustive = request->exhaustive};
    if (request->format == FORMAT_COUNT)
        search.limit = search.offset = 0;
    if (request->format == FORMAT_NONE && !request->timing && search.limit > 1)
        search.limit = 1;
    search.count = request->total || search.limit == 0;
    return search;
}

enum status ask_query(struct answer *answer, const struct query *query,
                      const struct indexes *indexes, const struct request *request,
                      struct error *err) {
    struct search_options search = search_options(request);
    struct answer_options wanted = {.snippets = request->snippets, .why = request->why};
    struct results results = {0};
    double best = 0;
    uint32_t runs = request->timing ? request->repeat + 1 : 1;
    for (uint32_t run = 0; run < runs; run++) {
        results_release(&results);
        double start = now_in_milliseconds();
        enum status status =
            search_run(&results, indexes->snapshots, indexes->count, query, &search, err);
        if (status)
            return status;
        double took = now_in_milliseconds() - start;
        if (run <= 1 || took < best) /* run 0 warms up, or is the only one */
            best = took;
    }
    enum status status = answer_load(answer, &results, indexes->snapshots, indexes->count, query,
                                     &search, &wanted, indexes->analyzer, err);
    answer->milliseconds = best;
    results_release(&results);
    return status;
}

bool ask_found(const struct answer *answer, const struct request *request) {
    return answer->count > 0 || (search_options(request).limit == 0 && answer->total > 0);
}
