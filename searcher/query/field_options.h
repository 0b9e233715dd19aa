/* SPDX-License-Identifier: MIT */
/* What options say about fields: the order of the hits, and facets.
 *
 * Fields are those of the schema that the options are read with, which outlives what is read. */
#ifndef QUERN_SEARCHER_QUERY_FIELD_OPTIONS_H
#define QUERN_SEARCHER_QUERY_FIELD_OPTIONS_H

#include "common/field/schema.h"

/* The order of the hits; {0}: by score. */
struct sort_order {
    const struct schema_field *field; /* a keyword, number or date; NULL: by score */
    bool descending;
};

/* Count the documents with each value of a keyword or each year of a date, and show the most
 * frequent ones. */
struct facet_request {
    const struct schema_field *field;
    uint32_t limit;
};

enum {
    FACET_LIMIT = 10, /* values, if the user does not say how many */
    FACET_LIMIT_MAX = 10000,
};

/* The field of this name. ST_INVALID: there is none; the sentence names the option. */
enum status field_options_find(const struct schema_field **field, const struct schema *schema,
                               const char *option, struct slice name, struct error *err);

/* `score`, or the name of a field; then perhaps `:asc` or `:desc`. Without it, numbers and dates
 * descend, and keywords ascend. ST_INVALID: it is neither; the sentence says what is wrong, as it does
 * below. */
enum status sort_order_parse(struct sort_order *order, const struct schema *schema,
                             const char *text, struct error *err);

/* The name of a field, then perhaps `:N`. */
enum status facet_request_parse(struct facet_request *facet, const struct schema *schema,
                                const char *text, struct error *err);

#endif
