/* The indexes that are searched as one, and the analyzer that they share. */
#ifndef QUERN_SEARCHER_INDEXES_H
#define QUERN_SEARCHER_INDEXES_H

#include "common/analyzer.h"
#include "common/cli.h"
#include "common/snapshot.h"

struct indexes {
    char **paths;                /* owned */
    struct snapshot **snapshots; /* owned; as many as were opened so far */
    size_t count;
    bool given;                /* the user named them */
    struct analyzer *analyzer; /* owned */
};

/* Settles where the indexes are: those given, each folder once (LMDB must not open a store twice),
 * or the one of the default place. indexes_close() is due in any case. */
enum status indexes_find(struct indexes *indexes, const struct cli_list *given, struct error *err);

/* Opens all of them. ST_NOT_FOUND: err->text says how to make one. ST_SETTINGS: their analyses
 * differ from each other, or from this program's. */
enum status indexes_open(struct indexes *indexes, struct error *err);

/* Closes what is open. Twice does no harm. */
void indexes_close(struct indexes *indexes);

#endif
