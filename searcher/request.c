/* SPDX-License-Identifier: MIT */
/* Reads the options that name fields. */
#include "searcher/request.h"

#include <stdlib.h>

static enum status parse_facets(struct request *request, const struct cli_list *texts,
                                const struct schema *schema, struct error *err) {
    request->facets = calloc(texts->count + 1, sizeof *request->facets);
    enum status status = request->facets ? ST_OK : error_nomem(err);
    for (size_t i = 0; i < texts->count && !status; i++)
        status = facet_request_parse(&request->facets[request->facet_count++], schema,
                                     texts->items[i], err);
    return status;
}

enum status request_init(struct request *request, const struct query_options *options,
                         const struct schema *schema, int64_t now, struct error *err) {
    *request = (struct request){.context = {.schema = schema, .now = now}};
    struct query_context *context = &request->context;
    enum status status =
        restriction_filters(request->filters, &context->filter_count, &request->arena,
                            &options->restriction, schema, now, err);
    context->filters = request->filters;
    if (!status && options->field)
        status = field_options_find(&context->field, schema, "field",
                                    slice_of_string(options->field), err);
    if (!status && options->sort)
        status = sort_order_parse(&request->sort, schema, options->sort, err);
    if (!status)
        status = parse_facets(request, &options->facets, schema, err);
    if (!status && options->boost)
        status = field_boosts_parse(&request->boosts, schema, options->boost, err);
    if (status)
        request_release(request);
    return status;
}

void request_release(struct request *request) {
    free(request->facets);
    arena_release(&request->arena);
    *request = (struct request){0};
}
