/* SPDX-License-Identifier: MIT */
/* Where the index is, and how messages show paths. */
#ifndef QUERN_COMMON_INDEX_INDEX_PATH_H
#define QUERN_COMMON_INDEX_INDEX_PATH_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/bytes.h"
#include "common/base/status.h"

/* Copies `typed` into path[PATH_MAX], with a leading "~" or "~/" replaced by the home folder, as no
 * shell does it in `--index=~/x` or in a variable of a crontab. The home folder is $HOME, or else
 * that of the password file. ST_LIMIT: the path is too long. ST_NOT_FOUND: there is no home
 * folder. */
enum status index_path_expand(char *path, const char *typed, struct error *err);

/* The path of the current folder, into folder[PATH_MAX]. ST_NOT_FOUND: it has none, as it was
 * deleted or is too deep; the message names the path `relative`, which depends on it. */
enum status index_path_current_folder(char *folder, const char *relative, struct error *err);

/* Fills *out with the absolute path by its letters alone, as if no part of it were a link, and a NUL
 * inside the size. ST_NOT_FOUND: it is relative to a current folder that has no path; then, and
 * after ST_NOMEM, *out is empty. */
enum status index_path_normalize(struct buffer *out, const char *typed, struct error *err);

/* The folder of the index, into path[PATH_MAX]. The first of these that applies:
 *
 *     1. `given` (-i), unless NULL;
 *     2. $QUERN_INDEX, if set and not empty;
 *     3. the nearest folder `.quern`, here or further up, that is not a symbolic link and belongs
 *        to this user or to root (in a shared /tmp, anybody could leave one);
 *     4. /var/lib/quern, if it exists while 5 does not, and a `writer` may write there;
 *     5. $XDG_DATA_HOME/quern, or else ~/.local/share/quern.
 *
 * Only 3 and 4 need to exist; opening the index reports if there is none. note->code is ST_OK, or
 * ST_SKIPPED if an untrustworthy `.quern` was passed over, and note->text says why. ST_LIMIT: the
 * path is too long. ST_NOT_FOUND: there is no home folder, or the path is relative to a current
 * folder that has no path. */
enum status index_path_find(char *path, struct error *note, const char *given, bool writer,
                            struct error *err);

/* The folder for what programs remember from run to run, into path[PATH_MAX]: $XDG_STATE_HOME/quern,
 * or else ~/.local/state/quern. It need not exist. ST_LIMIT: the path is too long. ST_NOT_FOUND:
 * there is no home folder. */
enum status index_path_state(char *path, struct error *err);

/* Shortens `path` for a message, into shown[PATH_MAX]: relative to the current folder if it is
 * below that, else with ~ for the home folder, else unchanged. Returns `shown`. */
const char *index_path_shorten(char *shown, const char *path);

/* The part of `path` below the folder `base`, or all of it if it is not below. `base` is an
 * absolute path without a slash at its end, unless it is "/". Borrowed from `path`. */
struct slice index_path_relative(struct slice path, struct slice base);

#endif
