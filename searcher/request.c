/* SPDX-License-Identifier: MIT */
/* Reads the options that name fields. */
#include "searcher/request.h"

#include <math.h>
#include <stdlib.h>

#include "searcher/show/printer_template.h"

static enum status parse_facets(struct request *request, const struct cli_list *texts,
                                const struct schema *schema, struct error *err) {
    request->facets = calloc(texts->count + 1, sizeof *request->facets);
    enum status status = request->facets ? ST_OK : error_nomem(err);
    for (size_t i = 0; i < texts->count && !status; i++)
        status = facet_request_parse(&request->facets[request->facet_count++], schema,
                                     texts->items[i], err);
    return status;
}

/* The weights of the index: instead of the default ones. */
static void take_boosts(struct field_boosts *boosts, const struct schema *schema,
                        const struct catalog *catalog) {
    boosts->count = 0;
    for (size_t i = 0; i < catalog->ranking.boost_count && i < FIELD_BOOSTS_MAX; i++) {
        const struct catalog_boost *boost = &catalog->ranking.boosts[i];
        const struct schema_field *field = schema_field(&catalog->schema, boost->field);
        uint16_t number = field ? schema_same_field(schema, field) : SCHEMA_NONE;
        if (number != SCHEMA_NONE)
            boosts->items[boosts->count++] = (struct field_boost){
                .field = number,
                .sixteenths = (uint16_t)(boost->weight < FIELD_BOOST_ONE * FIELD_BOOST_MAX
                                             ? boost->weight
                                             : FIELD_BOOST_ONE * FIELD_BOOST_MAX)};
    }
}

static enum status init_ranking(struct request *request, const struct query_options *options,
                                const struct schema *schema, const struct catalog *catalog,
                                struct error *err) {
    const struct catalog_ranking *stored = &catalog->ranking;
    struct field_boosts *boosts = &request->boosts;
    request->ranking = (struct ranking){.k1 = stored->has_k1 ? stored->k1 : RANKING_K1,
                                        .b = stored->has_b ? stored->b : RANKING_B,
                                        .nearness = options->nearness,
                                        .boosts = boosts};
    if (!isnan(options->k1))
        request->ranking.k1 = options->k1;
    if (!isnan(options->b))
        request->ranking.b = options->b;
    if (stored->has_boosts)
        take_boosts(boosts, schema, catalog);
    else
        boosts->items[boosts->count++] =
            (struct field_boost){.field = SCHEMA_TITLE, .sixteenths = RANKING_TITLE};
    return options->boost ? field_boosts_parse(boosts, schema, options->boost, err) : ST_OK;
}

enum status request_init(struct request *request, const struct query_options *options,
                         const struct schema *schema, const struct catalog *catalog, int64_t now,
                         struct error *err) {
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
    if (!status && options->template)
        status = template_check_fields(options->template, schema, err);
    if (!status)
        status = parse_facets(request, &options->facets, schema, err);
    if (!status)
        status = init_ranking(request, options, schema, catalog, err);
    if (status)
        request_release(request);
    return status;
}

void request_add_test(struct request *request, bool (*test)(const void *context, struct slice id),
                      const void *context) {
    request->filters[request->context.filter_count++] =
        (struct query_filter){.kind = QUERY_FILTER_ID, .test = test, .context = context};
}

void request_release(struct request *request) {
    free(request->facets);
    arena_release(&request->arena);
    *request = (struct request){0};
}
