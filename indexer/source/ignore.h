/* The rules of one .gitignore or .quernignore file, with the meaning that gitignore(5) gives them.
 *
 * A line is a pattern; `#` starts a comment, `!` takes names back in, a `/` at the end means
 * folders only, a `/` elsewhere ties the pattern to the folder of the file, `**` spans folders, `\`
 * quotes. The last rule that matches decides; between files, that of the deeper folder.
 *
 * Patterns are matched by bytes, in time proportional to pattern times name, whatever the pattern
 * (fnmatch(3) may take exponential time, and these files come with the documents).
 * Threads: rules do not change once parsed; share them freely. */
#ifndef QUERN_INDEXER_SOURCE_IGNORE_H
#define QUERN_INDEXER_SOURCE_IGNORE_H

#include "common/base/bytes.h"

enum ignore_verdict {
    IGNORE_NONE, /* no rule matches: ask the folder above */
    IGNORE_SKIP,
    IGNORE_KEEP, /* a rule with `!` takes it back in */
};

struct ignore;

/* Reads the bytes of such a file; they are not needed afterwards. ST_NOMEM. */
enum status ignore_parse(struct ignore **out, struct slice bytes);
void ignore_free(struct ignore *ignore);

/* What the rules say of `path`, relative to the folder that holds them, such as "src/main.c".
 * Asking about a file does not ask about the folders it is in: a walker does not enter those. */
enum ignore_verdict ignore_match(const struct ignore *ignore, const char *path, bool is_directory);

/* True when a `/` in neither string is matched by a wildcard and the pattern, which knows `*`, `?`,
 * `[...]`, `\` and `**` between slashes, matches the whole path. */
bool ignore_glob(const char *pattern, const char *path);

#endif
