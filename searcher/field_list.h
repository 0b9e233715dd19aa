/* SPDX-License-Identifier: MIT */
/* Prints what fields the documents of the indexes have. */
#ifndef QUERN_SEARCHER_FIELD_LIST_H
#define QUERN_SEARCHER_FIELD_LIST_H

#include <stdio.h>

#include "searcher/indexes.h"

enum field_list_format {
    FIELD_LIST_LINES, /* name, type and number of documents, separated by tabs */
    FIELD_LIST_TABLE, /* the same in columns */
    FIELD_LIST_JSON,
};

/* Prints the fields of a schema, which is that of all indexes together, in the order of their
 * numbers. Deleted documents count until their segments are merged, and all documents count as
 * having a text. */
void field_list_print(FILE *out, const struct schema *schema, const struct indexes *indexes,
                      enum field_list_format format);

#endif
