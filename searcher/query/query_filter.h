/* SPDX-License-Identifier: MIT */
/* Conditions that documents must meet, and that add nothing to their scores. */
#ifndef QUERN_SEARCHER_QUERY_QUERY_FILTER_H
#define QUERN_SEARCHER_QUERY_QUERY_FILTER_H

#include "searcher/query/range.h"

enum query_filter_kind {
    QUERY_FILTER_VALUES, /* one of the document's keywords is one of these */
    QUERY_FILTER_RANGE,  /* one of its numbers or dates is in this range */
    QUERY_FILTER_ID,     /* its id matches one of these patterns, or passes the test */
};

struct query_filter {
    enum query_filter_kind kind;
    struct slice typed; /* as the user wrote it */
    uint16_t field;     /* of VALUES and RANGE, in the schema of the query */
    /* The terms of keywords (common/text/keyword.h), or patterns (common/base/glob.h). */
    const struct slice *values;
    size_t value_count;
    struct range range;
    /* Of IDs, instead of patterns; or NULL. Any number of threads may call it at a time. */
    bool (*test)(const void *context, struct slice id);
    const void *context; /* borrowed */
};

/* Makes a filter of VALUES, in the arena, from keywords; separated by commas, unless `whole`. Of an
 * extension the dot before it, and of a folder the slash after it, do not count. ST_NOT_FOUND: there
 * is no keyword in the text. ST_NOMEM. */
enum status query_filter_values(struct query_filter *filter, struct arena *arena,
                                const struct schema_field *field, struct slice text, bool whole);

/* The same from several texts, of which each may hold several keywords. */
enum status query_filter_values_of(struct query_filter *filter, struct arena *arena,
                                   const struct schema_field *field, const struct slice *texts,
                                   size_t count, bool whole);

/* Whether a filter of IDs accepts a document with this id. */
bool query_filter_matches_id(const struct query_filter *filter, struct slice id);

#endif
