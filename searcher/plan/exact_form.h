/* SPDX-License-Identifier: MIT */
/* Words as they stand in texts: what `=pipelines` finds, and `pipeline` in the same text does not.
 *
 * Case does not count, nor does what else folding makes equal (unicode_fold()); marks and endings do.
 * Looked for are words in a row in the title, the stored fields and the text of a document. What is cut
 * off when a title is stored (document.h) is not found.
 *
 * Threads: once made, any number may use it. */
#ifndef QUERN_SEARCHER_PLAN_EXACT_FORM_H
#define QUERN_SEARCHER_PLAN_EXACT_FORM_H

#include "common/segment/segment.h"
#include "searcher/query/query_clause.h"

struct exact_form {
    struct slice *words; /* in a row: folded, or empty for any word; in the arena */
    size_t count;
    enum unicode_fold fold;
    uint16_t field; /* in the schema of the query, or SCHEMA_ALL */
};

/* Takes the words as they were typed, at their offsets; of several at one the first, which is the
 * longest. ST_NOMEM. */
enum status exact_form_init(struct exact_form *form, struct arena *arena,
                            const struct query_term *terms, size_t count, enum unicode_fold fold);

/* Whether a text has them. ST_NOMEM. */
enum status exact_form_occurs(bool *occurs, const struct exact_form *form, struct slice text);

#endif
