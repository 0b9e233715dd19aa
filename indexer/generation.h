/* The generations of an index: folders gen-NNNNNN, of which CURRENT names the one that counts. */
#ifndef QUERN_INDEXER_GENERATION_H
#define QUERN_INDEXER_GENERATION_H

#include <signal.h>
#include <stddef.h>

#include "common/status.h"
#include "common/store.h"

enum { GENERATION_NAME = 32, GENERATION_PATH = 4096 + GENERATION_NAME };

/* Makes the folder of an index, with those above it. Nothing happens when it is there. */
enum status generation_make_index(const char *index, struct error *err);

/* The name and path of a generation that is not there yet. */
enum status generation_next(const char *index, char name[GENERATION_NAME],
                            char path[GENERATION_PATH], struct error *err);

/* Removes all generations, finished or not, but the one named `keep` (NULL: none). Readers that
 * have one open keep it until they close it. */
void generation_sweep(const char *index, const char *keep);

/* Removes from the store what belongs to no segment of the catalog: what a killed run or a merge
 * left. ST_INTERRUPTED: some is left, as *stop (which may be NULL) became other than 0. */
struct catalog;
enum status generation_drop_orphans(struct store *store, const struct catalog *catalog,
                                    const volatile sig_atomic_t *stop, struct error *err);

#endif
