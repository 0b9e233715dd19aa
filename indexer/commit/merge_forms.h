/* SPDX-License-Identifier: MIT */
/* Merges the surface forms of segments.
 *
 * Nobody knows how often a form occurs in deleted documents, so its count is scaled by the live ones:
 * an estimate, but at least 1. A form goes when its term does. */
#ifndef QUERN_INDEXER_COMMIT_MERGE_FORMS_H
#define QUERN_INDEXER_COMMIT_MERGE_FORMS_H

#include "common/segment/segment_writer.h"

/* Adds the forms of all segments to one that has all of their lists. Errors: those of reading and of
 * writing. */
enum status merge_forms(struct segment_writer *writer, struct segment *const *segments,
                        size_t count, struct error *err);

#endif
