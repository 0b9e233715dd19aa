/* SPDX-License-Identifier: MIT */
/* Finds the name of a field before a word of a query: `title:gas`. */
#ifndef QUERN_SEARCHER_QUERY_FIELD_PREFIX_H
#define QUERN_SEARCHER_QUERY_FIELD_PREFIX_H

#include "common/field/schema.h"

/* Finds a name, followed by a colon, at the start of the text: that of a field, or `*`, which stands for
 * all of them. It is one only if a value may follow: not white space, another colon (std::vector) or
 * two slashes (http://x). */
bool field_prefix_find(struct slice *name, struct slice text);

/* The field that was meant by a name which is no field's: one whose name differs in case, in names of
 * three or four letters by one typing error, and in longer ones by two: a letter too many, missing
 * or wrong, or two exchanged. NULL: there is none. */
const struct schema_field *field_prefix_guess(const struct schema *schema, struct slice name);

#endif
