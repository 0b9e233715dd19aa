/* Where the index is, and how paths are shown. */
#ifndef QUERN_COMMON_INDEX_INDEX_PATH_H
#define QUERN_COMMON_INDEX_INDEX_PATH_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/bytes.h"
#include "common/base/status.h"

/* `typed`, with a leading "~" or "~/" replaced by the home folder as shells do it, into
 * path[PATH_MAX]: in `--index=~/x` and in a variable of a crontab no shell does. The home folder
 * is $HOME, or without it that of the password file. ST_LIMIT: the path is too long; ST_NOT_FOUND:
 * there is no home folder. */
enum status index_path_expand(char *path, const char *typed, struct error *err);

/* The path of the current folder, into folder[PATH_MAX]. ST_NOT_FOUND: it has none, as it was
 * deleted or lies too deep; *err says so of the path `relative`, which depends on it. */
enum status index_path_current_folder(char *folder, const char *relative, struct error *err);

/* The folder of the index, into path[PATH_MAX]: `given` (-i) if not NULL; else $QUERN_INDEX if set
 * and not empty; else the nearest folder `.quern` here or further up that is no symbolic link and
 * belongs to this user or to root (in a shared /tmp, anybody could leave one); else
 * $XDG_DATA_HOME/quern; else ~/.local/share/quern; but /var/lib/quern if that exists while the one
 * before does not - to a `writer`, only when it may write there. Only `.quern` and /var/lib/quern
 * need to exist: whether there is an index, opening reports.
 *
 * note->code is ST_SKIPPED when a `.quern` was passed over because it is not to be trusted, and
 * note->text says why; else ST_OK. ST_LIMIT: the path is too long; ST_NOT_FOUND: there is no home
 * folder, or the path is relative to a current folder that has no path. */
enum status index_path_find(char *path, struct error *note, const char *given, bool writer,
                            struct error *err);

/* `path` as a message shows it, into shown[PATH_MAX]: relative to the current folder when below
 * it, else with ~ for the home folder, else as it is. Returns `shown`. */
const char *index_path_shorten(char *shown, const char *path);

/* The part of `path` below the folder `base` (an absolute path, no slash at its end unless it is
 * "/"), or all of it when it is not below. Borrowed from `path`. */
struct slice index_path_relative(struct slice path, struct slice base);

#endif
