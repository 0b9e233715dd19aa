/* SPDX-License-Identifier: MIT */
/* Paths of documents: bytes, absolute, without a slash at the end except for the root. */
#ifndef QUERN_INDEXER_SOURCE_PATH_H
#define QUERN_INDEXER_SOURCE_PATH_H

#include <stdbool.h>

#include "common/base/bytes.h"
#include "common/base/status.h"

/* "/a/b" -> "/a" and "b"; "/b" -> "/" and "b". Both borrow from `path`. */
void path_split(struct slice *folder, struct slice *name, struct slice path);

/* True when `path` is the folder or lies in it, at any depth. */
bool path_within(struct slice path, struct slice folder);

/* Appends the path of `name` in `folder`. */
enum status path_join(struct buffer *out, struct slice folder, struct slice name);

/* Turns names that users type into the paths of documents: absolute, with symbolic links resolved.
 * It remembers the last folder, so that the files of a list cost one lstat(2) each. */
struct path_resolver {
    struct buffer typed;    /* the folder as typed, with a NUL */
    struct buffer resolved; /* its path without links */
};
void path_resolver_release(struct path_resolver *resolver);

/* Fills *out with the path, and a NUL after its end. ST_NOT_FOUND: nothing of this name exists, but
 * it may be remembered: *out is what path_normalize() gives, where nothing exists either. ST_EIO:
 * the name cannot be followed, or it leads nowhere although its normalized path exists, such as
 * "file/" or a dangling link; *out is that path. *out is empty if there is no path, because the
 * name is empty or relative to a current folder that was deleted, and after any other failure. */
enum status path_resolve(struct buffer *out, struct path_resolver *resolver, const char *typed,
                         struct error *err);

/* The same without following a link at the end of the name: the path is that of the link. */
enum status path_resolve_parent(struct buffer *out, struct path_resolver *resolver,
                                const char *typed, struct error *err);

/* The path by its letters alone, as if no part of it were a link. ST_NOT_FOUND: there is none, as
 * above. */
enum status path_normalize(struct buffer *out, const char *typed, struct error *err);

#endif
