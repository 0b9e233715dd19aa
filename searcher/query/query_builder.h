/* SPDX-License-Identifier: MIT */
/* Makes clauses of words, phrases and values of fields: analyzes words, makes filters, and notes what
 * is left out.
 *
 *     struct query_builder builder = {.query = &query, .context = &context, .note = &note};
 *     status = query_builder_read(&clause, &builder, &token);    for each WORD and PHRASE
 *     query_builder_release(&builder);
 */
#ifndef QUERN_SEARCHER_QUERY_QUERY_BUILDER_H
#define QUERN_SEARCHER_QUERY_QUERY_BUILDER_H

#include "searcher/query/query_parts.h"
#include "searcher/query/query_token.h"

struct query_builder {
    struct query *query; /* whose arena has the clauses */
    const struct query_context *context;
    struct query_note *note;
    /* Private. */
    size_t words;            /* in all clauses so far */
    struct read_term *terms; /* of the clause being read; owned */
    size_t terms_capacity;
    struct query_parts parts;
};
void query_builder_release(struct query_builder *builder);

/* Makes the clause of a WORD or PHRASE, without regard to its sign: WORDS, FILTER, PATTERN, FUZZY or
 * EXACT; NEAR of a phrase with a distance; and AND of a pattern, or a fuzzy word, that is several words. If
 * the field does not take the text, it is words in no field. ST_NOT_FOUND: there is nothing to find
 * in it. ST_NOMEM. */
enum status query_builder_read(struct query_clause *clause, struct query_builder *builder,
                               const struct query_token *token);

/* The distance of a NEAR with this suffix. ST_NOMEM. */
enum status query_builder_distance(uint32_t *distance, struct query_builder *builder,
                                   const struct query_suffix *suffix);

/* Sets the members of a NEAR that follow from its children: what it is called, and its field. ST_NOMEM. */
enum status query_builder_name_near(struct query_clause *near, struct query_builder *builder);

/* A filter as a clause. */
struct query_clause query_builder_filter(const struct query_filter *filter, enum occur occur);

#endif
