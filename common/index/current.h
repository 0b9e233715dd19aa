/* Which generation of an index counts, and what is said when that is not known.
 *
 *     index/CURRENT             the name of the generation that counts, replaced by rename
 *     index/gen-NNNNNN/         a generation: a store of its own
 *     index/CURRENT.new, index/gen-NNNNNN.new/     one of these in the making
 *
 * A generation without a CURRENT that names it is never taken for nothing: it may be all there is.
 * Only the store that a killed creation leaves, to which nothing was committed but the settings of
 * the index, does not count. */
#ifndef QUERN_COMMON_INDEX_CURRENT_H
#define QUERN_COMMON_INDEX_CURRENT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/status.h"
#include "common/index/index_path.h"

enum { GENERATION_NAME_MAX = 64 };

/* The path of the generation that index/CURRENT names. ST_NOT_FOUND: there is no
 * index. ST_CORRUPT: CURRENT is missing or nonsense, and err->text says what to do. */
enum status current_generation(char path[PATH_MAX], const char *index, struct error *err);

/* The error that the generation `path`, which CURRENT names, is missing: ST_CORRUPT. */
enum status current_missing(const char *index, const char *path, struct error *err);

/* The number in the name of a generation's folder; 0: it is none. `*draft`, if not NULL, is set:
 * whether it is one in the making. */
unsigned long current_parse_name(const char *name, bool *draft);

/* The greatest number below `limit` of the generations of an index, drafts left out; 0: none. */
unsigned long current_newest_below(const char *index, unsigned long limit);

/* The path of the generation with this number, and its name in it. */
enum status current_path(char path[PATH_MAX], const char **name, const char *index,
                         unsigned long number, struct error *err);

/* Looks into a generation. ST_NOT_FOUND: nothing was committed to it; else it holds something, or
 * *err says why it cannot be read. */
enum status current_inspect(const char *path, struct error *err);

#endif
