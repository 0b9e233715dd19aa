/* SPDX-License-Identifier: MIT */
/* Turns what a source says of a document, in named fields, into values of the schema.
 *
 * Threads: one. */
#ifndef QUERN_INDEXER_SCAN_FIELD_MAPPING_H
#define QUERN_INDEXER_SCAN_FIELD_MAPPING_H

#include "indexer/build/index_document.h"
#include "indexer/source/source_document.h"

enum { FIELD_MAPPING_VALUES_MAX = 4 };

/* Sets *document, which borrows from `values` and `source`. What the source does not say has no
 * value. */
void field_mapping_run(struct index_document *document,
                       struct field_value values[FIELD_MAPPING_VALUES_MAX],
                       const struct source_document *source);

#endif
