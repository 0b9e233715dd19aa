/* Paths as bytes: absolute, without a slash at the end unless it is the root. */
#ifndef QUERN_INDEXER_SOURCE_PATH_H
#define QUERN_INDEXER_SOURCE_PATH_H

#include <stdbool.h>

#include "common/base/bytes.h"
#include "common/base/status.h"

/* "/a/b" -> "/a" and "b"; "/b" -> "/" and "b". Both borrow from `path`. */
void path_split(struct slice *folder, struct slice *name, struct slice path);

/* True when `path` lies in the folder, at any depth, or is the folder. */
bool path_within(struct slice path, struct slice folder);

/* Appends the path of `name` in `folder`. */
enum status path_join(struct buffer *out, struct slice folder, struct slice name);

/* Makes names that users type into the paths that documents are known by: absolute, with symbolic
 * links resolved. Start with {0}; it remembers the last folder, so that the files of a list cost
 * one lstat(2) each. */
struct path_resolver {
    struct buffer typed;    /* the folder as typed, with a NUL */
    struct buffer resolved; /* and where it leads */
};
void path_resolver_release(struct path_resolver *resolver);

/* Fills *out, with a NUL after its end. ST_NOT_FOUND: there is nothing of this name; *out holds the
 * path that it would have by its letters, where there is nothing either, for something that was
 * there may be remembered. It is empty when there is no such path: the name is empty, or relative
 * to a current folder that was deleted. ST_EIO: the name cannot be followed, or it leads nowhere
 * although its path by its letters is there, as "file/" or a link that dangles; *out holds that
 * path. After any other failure it is empty, too. */
enum status path_resolve(struct buffer *out, struct path_resolver *resolver, const char *typed,
                         struct error *err);

/* The same, but a link at the end of the name is not followed: the path is that of the link. */
enum status path_resolve_parent(struct buffer *out, struct path_resolver *resolver,
                                const char *typed, struct error *err);

/* The path by its letters alone, as if no part of it were a link. ST_NOT_FOUND: there is no such
 * path, as above. */
enum status path_normalize(struct buffer *out, const char *typed, struct error *err);

#endif
