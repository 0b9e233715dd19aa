/* SPDX-License-Identifier: MIT */
/* The generations of an index: folders gen-NNNNNN. CURRENT names the one in use. */
#ifndef QUERN_INDEXER_COMMIT_GENERATION_H
#define QUERN_INDEXER_COMMIT_GENERATION_H

#include <signal.h>

#include "common/index/current.h"
#include "common/store/store.h"

struct catalog;

/* ST_OK: the folder of the index holds nothing except what a killed creation leaves, so an index
 * can be created there. ST_EXISTS: it holds something else, which *err names. */
enum status generation_check_folder(const char *index, struct error *err);

/* Creates the folder of an index and its parents, unless it exists. */
enum status generation_make_index(const char *index, struct error *err);

/* The path of a generation that does not exist yet; *name points to its name in the path. */
enum status generation_next(char path[PATH_MAX], const char **name, const char *index,
                            struct error *err);

/* Makes index/CURRENT name the generation `name`, atomically and durably. */
enum status generation_publish(const char *index, const char *name, struct error *err);

/* Removes all generations, complete or not, except the one named `keep` (NULL: all). The caller
 * knows that `keep` is the current one, or that no generation holds anything. Readers that have one
 * open keep it until they close it. */
void generation_sweep(const char *index, const char *keep);

/* Deletes the records of segments that the catalog does not have: those of a killed run or of
 * merged segments. ST_INTERRUPTED: some are left, because *stop became nonzero (`stop` may be
 * NULL). ST_CORRUPT: a key names no segment. */
enum status generation_drop_orphans(struct store *store, const struct catalog *catalog,
                                    const volatile sig_atomic_t *stop, struct error *err);

#endif
