/* SPDX-License-Identifier: MIT */
/* The rules of one .gitignore or .quernignore file, as gitignore(5) defines them.
 *
 * A line is a pattern; `#` begins a comment, `!` negates, a `/` at the end restricts to folders, a
 * `/` elsewhere anchors the pattern at the folder of the file, `**` spans folders, `\` quotes. The
 * last rule that matches decides; among several files, that of the deepest folder.
 *
 * Patterns are matched by bytes, in time proportional to the pattern times the name. fnmatch(3) may
 * take exponential time, and these files come with the documents, from anyone.
 *
 * Threads: parsed rules do not change; any number of threads may use them. */
#ifndef QUERN_INDEXER_SOURCE_IGNORE_H
#define QUERN_INDEXER_SOURCE_IGNORE_H

#include "common/base/bytes.h"

enum ignore_verdict {
    IGNORE_NONE, /* no rule matches: the folder above decides */
    IGNORE_SKIP,
    IGNORE_KEEP, /* a rule with `!` matches */
};

struct ignore;

/* Parses the bytes of an ignore file, which are not needed afterwards. ST_NOMEM. */
enum status ignore_parse(struct ignore **out, struct slice bytes);
void ignore_free(struct ignore *ignore);

/* The verdict on `path`, relative to the folder of the rules, such as "src/main.c". Rules that
 * match a folder above it are not consulted, because a walk does not enter ignored folders. */
enum ignore_verdict ignore_match(const struct ignore *ignore, const char *path, bool is_directory);

/* True when the pattern matches the whole path. It may contain `*`, `?`, `[...]` and `\`, of which
 * none matches a `/`, and `**` between slashes. */
bool ignore_glob(const char *pattern, const char *path);

#endif
