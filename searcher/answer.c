/* SPDX-License-Identifier: MIT */
/* Puts queries to the indexes. */
#include "searcher/answer.h"

#include "searcher/expand/query_expand.h"
#include "searcher/feedback/feedback.h"
#include "searcher/lookup.h"

static enum status search(struct results *results, const struct query *query,
                          const struct indexes *indexes, const struct search_options *options,
                          struct error *err) {
    return search_run(results, indexes->scratch, indexes->snapshots, indexes->count, query, options,
                      err);
}

static struct feedback_indexes feedback_indexes_of(const struct indexes *indexes) {
    return (struct feedback_indexes){
        .snapshots = indexes->snapshots, .count = indexes->count, .analyzer = indexes->analyzer};
}

/* Makes a query for documents like the one with this id, or at this path. */
static enum status make_alike(struct query *made, const struct query *query,
                              const struct indexes *indexes, const char *name, struct error *err) {
    struct feedback_indexes from = feedback_indexes_of(indexes);
    struct hit hit;
    struct buffer id;
    enum status status = lookup_document(&hit, &id, indexes, name, err);
    if (!status)
        status = feedback_like(made, query, &hit, buffer_slice(&id), &from, err);
    buffer_release(&id);
    return status;
}

/* Makes a query of `query` and words of its best documents. */
static enum status make_expanded(struct query *made, const struct query *query,
                                 const struct indexes *indexes,
                                 const struct search_options *options, struct error *err) {
    struct feedback_indexes from = feedback_indexes_of(indexes);
    struct search_options first = {
        .mode = options->mode, .limit = FEEDBACK_DOCUMENTS, .ranking = options->ranking};
    struct results best;
    enum status status = search(&best, query, indexes, &first, err);
    if (status)
        return status;
    status = feedback_expand(made, query, options->mode == QUERY_ALL, &best, &from, err);
    results_release(&best);
    return status;
}

enum status answer_find(struct answer *answer, struct query *query, const struct indexes *indexes,
                        const struct query_options *options, const struct search_options *wanted,
                        struct error *err) {
    struct search_options last = *wanted;
    *answer = (struct answer){0};
    enum status status = query_expand(query, indexes->snapshots, indexes->count, err);
    if (status)
        return status;
    if (options->like)
        status = make_alike(&answer->made, query, indexes, options->like, err);
    else if (options->expand)
        status = make_expanded(&answer->made, query, indexes, wanted, err);
    if (status)
        return status;
    if (options->like || options->expand)
        last.mode = QUERY_ANY; /* words that must be there have a sign */
    status = search(&answer->results, options->like || options->expand ? &answer->made : query,
                    indexes, &last, err);
    if (status)
        query_release(&answer->made);
    return status;
}

void answer_release(struct answer *answer) {
    results_release(&answer->results);
    query_release(&answer->made);
}
