/* SPDX-License-Identifier: MIT */
/* Scans a source: ingests what is new or changed in it and removes what was deleted. */
#ifndef QUERN_INDEXER_SCAN_SCAN_H
#define QUERN_INDEXER_SCAN_SCAN_H

#include "indexer/scan/ingest.h"
#include "indexer/scan/sources.h"

/* Scans `source`. Folders in it that `all_sources` lists with other options are left to their own
 * scan. The documents of deleted files are removed at the end, unless the delete guard trips: that
 * is reported, and ingest->guard_tripped set. ST_NOT_FOUND: the source does not exist, and nothing
 * of it is remembered. A source that cannot be indexed counts as a failure if it was `requested`,
 * that is, named on the command line.
 *
 * A source that has become a symbolic link is not followed, and counts as a failure: a user who may
 * write to its folder must not choose what is read with the rights of this process. */
enum status scan_source(struct ingest *ingest, const struct source *source,
                        const struct sources *all_sources, bool requested, struct error *err);

/* Scans every path listed in the file `list` ("-": standard input) as if it had been named on its
 * own; paths end in a newline, or in NUL. A listed file that does not exist is removed from the
 * index without the guard, since the list names it; folders are guarded like sources. */
enum status scan_list(struct ingest *ingest, const char *list, bool nul_separated,
                      const struct source *options, const struct sources *all_sources,
                      struct error *err);

/* Removes the document with this id, and the record of the file if the id is a path. If there is no
 * such document, `word` is taken as a path, and the file there, or everything below the folder, is
 * removed. They are no longer sources. A word that names nothing counts as a failure. */
enum status scan_remove(struct ingest *ingest, struct sources *sources, const char *word,
                        struct error *err);

#endif
