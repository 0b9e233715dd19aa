/* SPDX-License-Identifier: MIT */
/* Finds a document by its name instead of its words. */
#ifndef QUERN_SEARCHER_LOOKUP_H
#define QUERN_SEARCHER_LOOKUP_H

#include "searcher/eval/search.h"
#include "searcher/indexes.h"

/* Finds the document with this id, or the file at this path. Sets index, segment and doc of *hit, and *id
 * to the document's id; its bytes are the caller's to free. ST_NOT_FOUND: there is none, with a
 * sentence. Errors: those of reading the indexes, ST_NOMEM; then *id is {0}. */
enum status lookup_document(struct hit *hit, struct buffer *id, const struct indexes *indexes,
                            const char *name, struct error *err);

#endif
