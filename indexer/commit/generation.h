/* The generations of an index: folders gen-NNNNNN, of which CURRENT names the one that counts. */
#ifndef QUERN_INDEXER_COMMIT_GENERATION_H
#define QUERN_INDEXER_COMMIT_GENERATION_H

#include <signal.h>

#include "common/index/current.h"
#include "common/store/store.h"

/* ST_OK: in the folder of the index, which exists, is nothing but what a killed creation leaves, so
 * one can be made there. ST_EXISTS: there is something else, which *err names. */
enum status generation_check_folder(const char *index, struct error *err);

/* Makes the folder of an index, with those above it. Nothing happens when it is there. */
enum status generation_make_index(const char *index, struct error *err);

/* The path of a generation that is not there yet, and its name in it. */
enum status generation_next(char path[PATH_MAX], const char **name, const char *index,
                            struct error *err);

/* Makes index/CURRENT name the generation `name`, atomically and durably. */
enum status generation_publish(const char *index, const char *name, struct error *err);

/* Removes all generations, finished or not, but the one named `keep` (NULL: none). It must be known
 * before that `keep` is the current one, or that none of them holds anything. Readers that have one
 * open keep it until they close it. */
void generation_sweep(const char *index, const char *keep);

/* Removes from the store what belongs to no segment of the catalog: what a killed run or a merge
 * left. ST_INTERRUPTED: some is left, as *stop (which may be NULL) became other than 0. */
struct catalog;
enum status generation_drop_orphans(struct store *store, const struct catalog *catalog,
                                    const volatile sig_atomic_t *stop, struct error *err);

#endif
