/* SPDX-License-Identifier: MIT */
/* Builds a query from pieces of text: analyzes words, makes filters, and notes what had to be guessed.
 *
 *     struct query_builder builder = {.query = &query, .context = &context};
 *     status = query_builder_add(&builder, &place, text, quoted, text);    for each piece
 *     status = query_builder_finish(&builder, status, err);
 */
#ifndef QUERN_SEARCHER_QUERY_QUERY_BUILDER_H
#define QUERN_SEARCHER_QUERY_QUERY_BUILDER_H

#include "searcher/query/query_clause.h"
#include "searcher/query/query_note.h"

struct query_builder {
    struct query *query; /* without clauses at first */
    const struct query_context *context;
    struct query_note note;
    bool closed_quote; /* that the user left open */
    bool closed_group; /* likewise, a parenthesis */
    bool cut;          /* text after QUERY_BYTES_MAX was left out */
    bool dropped;      /* words after QUERY_WORDS_MAX were left out */
    /* Private. */
    size_t capacity;         /* of query->clauses */
    size_t words;            /* in all clauses so far */
    struct read_term *terms; /* of the clause being read; owned */
    size_t terms_capacity;
};

/* Where a clause stands. */
struct query_place {
    enum occur occur;
    const struct schema_field *field; /* NULL: all */
};

/* Adds a clause for `text`, which is a word or the text between two quotes. If the field of the place
 * does not take it, the clause is `whole`, in no field. ST_NOMEM. */
enum status query_builder_add(struct query_builder *builder, const struct query_place *place,
                              struct slice text, bool quoted, struct slice whole);

/* Adds the filters of the context and the note, and releases the builder. `status` is that of the
 * reading: after a failure there is no query, and this returns it with its sentence. */
enum status query_builder_finish(struct query_builder *builder, enum status status,
                                 struct error *err);

#endif
