/* A source, scanned: everything that is new or changed in it goes in, what vanished goes out. */
#ifndef QUERN_INDEXER_SCAN_SCAN_H
#define QUERN_INDEXER_SCAN_SCAN_H

#include "indexer/scan/ingest.h"
#include "indexer/scan/sources.h"

/* Scans `source`. Folders below it that `all_sources` lists as sources with other options are left to
 * their own scan. What vanished is removed at the end, unless the guard of changes.h holds: that is
 * reported, and ingest->guard_tripped set. A source that is not there and of which nothing is remembered
 * counts as a failure, and so does one that cannot be indexed if it was `requested`: named on the
 * command line.
 *
 * A file or folder that is a symbolic link by now is not followed, and counts as a failure: who may
 * write to the folder that it is in must not choose what is read with the rights of this process.
 */
enum status scan_source(struct ingest *ingest, const struct source *source,
                        const struct sources *all_sources, bool requested, struct error *err);

/* Every path listed in the file `list` ("-": standard input) as if it had been named on its own, in
 * lines that end in NUL if `nul_separated`. A listed file that is gone is removed from the index, without
 * the guard, since the list names it; folders are guarded as sources are. */
enum status scan_list(struct ingest *ingest, const char *list, bool nul_separated,
                      const struct source *options, const struct sources *all_sources,
                      struct error *err);

/* Takes out the document with this id, and what is remembered of the file if it is one's path;
 * else, taking the word as a path, the file there or everything below the folder. They are no
 * sources any more. A word that fits nothing counts as a failure. */
enum status scan_remove(struct ingest *ingest, struct sources *sources, const char *word,
                        struct error *err);

#endif
