/* The indexes that are searched as one, and the analyzer that they share.
 *
 *     struct indexes indexes[THREADS] = {0};
 *     indexes_find(&indexes[0], &note, &options->indexes, &err);
 *     indexes_open(indexes, THREADS, &err);
 *     indexes_close(indexes, THREADS);
 *
 * Threads: a struct belongs to one thread, but all are opened and closed by one. */
#ifndef QUERN_SEARCHER_INDEXES_H
#define QUERN_SEARCHER_INDEXES_H

#include "common/cli/cli.h"
#include "common/index/snapshot.h"
#include "common/text/analyzer.h"

struct indexes {
    char **paths;                /* owned by the first thread's */
    struct snapshot **snapshots; /* owned; as many as were opened so far */
    size_t count;
    bool given;                /* the user named them */
    struct analyzer *analyzer; /* owned */
};

/* Settles where the indexes are: those given, each folder once (LMDB must not open a store twice),
 * or the one of the default place. *note: see index_path_find(). indexes_close() is due in any case. */
enum status indexes_find(struct indexes *indexes, struct error *note, const struct cli_list *given,
                         struct error *err);

/* Opens all of them, once for each of *threads: indexes[0], which were found, and again as
 * indexes[1] and on. Whatever is committed meanwhile, all threads see the same state of each index;
 * when that cannot be had for so many, *threads is made less. ST_NOT_FOUND: err->text says how to
 * make one. ST_SETTINGS: their analyses differ from each other, or from this program's.
 * indexes_close() of as many as were asked for is due in any case. */
enum status indexes_open(struct indexes *indexes, unsigned *threads, struct error *err);

/* Closes what is open for so many threads. Twice does no harm. */
void indexes_close(struct indexes *indexes, unsigned threads);

#endif
