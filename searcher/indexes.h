/* SPDX-License-Identifier: MIT */
/* The indexes that are searched as one, and their analyzer, once for each thread.
 *
 *     struct indexes indexes[THREADS] = {0};
 *     unsigned threads = THREADS;
 *     indexes_find(&indexes[0], &note, &options->indexes, &err);
 *     indexes_open(indexes, &threads, &err);
 *     indexes_close(indexes, THREADS);
 *
 * Threads: one thread opens and closes all of them; in between, each belongs to one thread. */
#ifndef QUERN_SEARCHER_INDEXES_H
#define QUERN_SEARCHER_INDEXES_H

#include "common/cli/cli.h"
#include "common/field/schema.h"
#include "common/index/snapshot.h"
#include "common/text/analyzer.h"
#include "searcher/match/search_scratch.h"

struct indexes {
    char **paths;                /* owned by indexes[0], which the others borrow from */
    struct snapshot **snapshots; /* one for each path, NULL until it is open; owned */
    size_t count;
    bool given;                     /* by the user, not the default path */
    struct analyzer *analyzer;      /* owned */
    struct search_scratch *scratch; /* owned */
    /* The path of an index that was made with other tables of Unicode, or NULL. Words with
     * characters that are new to one of them may not be found. */
    const char *other_unicode;
};

/* Finds the paths of the indexes: those given, each folder once (LMDB must not open a store twice),
 * or the default one. *note is as from index_path_find(). Call indexes_close() even after a
 * failure. */
enum status indexes_find(struct indexes *indexes, struct error *note, const struct cli_list *given,
                         struct error *err);

/* Opens the indexes that were found in indexes[0] for *threads threads, from indexes[0] on. All
 * threads see the same state of each index, whatever is committed meanwhile; *threads is lowered if
 * that is impossible for this many.
 *
 * ST_NOT_FOUND: there is no index; err->text says how to create one. ST_SETTINGS: the indexes split
 * text into words differently from each other, or from this program. Call indexes_close() for the
 * original number of threads even after a failure. */
enum status indexes_open(struct indexes *indexes, unsigned *threads, struct error *err);

/* Makes the schema of all indexes together, in which a field has the type that it has in each of them;
 * start with {0}. ST_SETTINGS: a field has several types. ST_NOMEM. After a failure there is nothing to
 * release. */
enum status indexes_schema(struct schema *schema, const struct indexes *indexes, struct error *err);

/* Closes what is open for this many threads. Closing again does nothing. */
void indexes_close(struct indexes *indexes, unsigned threads);

#endif
