/* SPDX-License-Identifier: MIT */
/* Filters that options make: --path, --ext, --type, --lang, --since, --until. */
#ifndef QUERN_SEARCHER_QUERY_RESTRICTION_H
#define QUERN_SEARCHER_QUERY_RESTRICTION_H

#include "common/cli/cli.h"
#include "searcher/query/query_filter.h"

/* The values of the options. A document must meet each option that is given, and of the values of
 * one option at least one. */
struct restriction {
    struct cli_list ext, type, lang; /* keywords, separated by commas */
    /* Folders, with all that is below them; files; and patterns of ids (common/base/glob.h). Each may
     * be relative to the current folder, and a pattern also is one of ids that are no paths. */
    struct cli_list path;
    const char *since, *until; /* dates (common/field/date.h), both included; or NULL */
};

bool restriction_is_given(const struct restriction *restriction);

enum { RESTRICTION_FILTERS_MAX = 5 };

/* Makes the filters in the arena. `now`: seconds since 1970. ST_INVALID: a date is none, or no value
 * is given. ST_NOT_FOUND: the current folder has no path. ST_NOMEM. */
enum status restriction_filters(struct query_filter filters[RESTRICTION_FILTERS_MAX], size_t *count,
                                struct arena *arena, const struct restriction *restriction,
                                const struct schema *schema, int64_t now, struct error *err);

#endif
