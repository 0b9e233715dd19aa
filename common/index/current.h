/* SPDX-License-Identifier: MIT */
/* The current generation of an index, and what is reported if it is not known.
 *
 *     index/CURRENT             the name of the current generation; replaced by rename
 *     index/gen-NNNNNN/         a generation: a store of its own
 *     index/CURRENT.new, index/gen-NNNNNN.new/     one of these under construction
 *
 * If CURRENT is missing, the generations still count as data: one may be all that is left of an
 * index. Only what a killed creation leaves does not count: a store without a commit after that of
 * the settings. */
#ifndef QUERN_COMMON_INDEX_CURRENT_H
#define QUERN_COMMON_INDEX_CURRENT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/status.h"
#include "common/index/index_path.h"

enum { GENERATION_NAME_MAX = 64 };

/* The path of the generation that index/CURRENT names. ST_NOT_FOUND: there is no index. ST_CORRUPT:
 * CURRENT is missing or names no generation; err->text says what to do. */
enum status current_generation(char path[PATH_MAX], const char *index, struct error *err);

/* Reports that the generation `path`, which CURRENT names, is missing: ST_CORRUPT. */
enum status current_missing(const char *index, const char *path, struct error *err);

/* The number in the name of a generation's folder, or 0 if it is not such a name. Sets *draft,
 * unless NULL, to whether the name is that of a generation under construction. */
unsigned long current_parse_name(const char *name, bool *draft);

/* The greatest number of a finished generation below `limit`, or 0. */
unsigned long current_newest_below(const char *index, unsigned long limit);

/* The path of the generation with this number. *name is its last part, within `path`. ST_INVALID:
 * the path is too long for the system. */
enum status current_path(char path[PATH_MAX], const char **name, const char *index,
                         unsigned long number, struct error *err);

/* Examines a generation. ST_NOT_FOUND: it holds nothing but the settings. Any other failure: it
 * cannot be read. */
enum status current_inspect(const char *path, struct error *err);

#endif
