/* Where the index is, and how paths are shown. */
#ifndef QUERN_COMMON_PLACE_H
#define QUERN_COMMON_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/bytes.h"
#include "common/status.h"

enum { PLACE_MAX = 4096 }; /* bytes of a path, the NUL included (Linux' PATH_MAX) */

/* The folder of the index, into path[PLACE_MAX]: `given` (-i) if not NULL; else $QUERN_INDEX if set
 * and not empty; else the nearest folder `.quern` here or further up that belongs to this user or
 * to root (in a shared /tmp, anybody could leave one); else $XDG_DATA_HOME/quern; else
 * ~/.local/share/quern; but /var/lib/quern if that exists while the one before does not - to a
 * `writer`, only when it may write there. Without $HOME, the home folder is that of the password
 * file. Only `.quern` and /var/lib/quern need to exist: whether there is an index, opening tells.
 * ST_LIMIT: the path is too long; ST_NOT_FOUND: there is no home folder. */
enum status place_index(char *path, const char *given, bool writer, struct error *err);

/* `path` as a message shows it, into shown[PLACE_MAX]: relative to the current folder when below
 * it, else with ~ for the home folder, else as it is. Returns `shown`. */
const char *place_show(char *shown, const char *path);

/* The part of `path` below the folder `base` (an absolute path, no slash at its end unless it is
 * "/"), or all of it when it is not below. Borrowed from `path`. */
struct slice place_below(struct slice path, struct slice base);

#endif
