/* SPDX-License-Identifier: MIT */
/* Patterns of names, in time proportional to the pattern times the name; fnmatch(3) may take
 * exponential time. */
#ifndef QUERN_COMMON_BASE_GLOB_H
#define QUERN_COMMON_BASE_GLOB_H

#include "common/base/bytes.h"

/* True when the pattern matches all of the name. `*` stands for any bytes, slashes included, `?` for
 * one character of UTF-8 or a byte that is none, `[abx-z]` and `[!abx-z]` for one byte in the set or
 * not in it, and `\` takes the next byte for itself. A `[` that nothing closes is itself. */
bool glob_matches(struct slice pattern, struct slice name);

/* Whether any byte of the text has a meaning in a pattern. */
bool glob_is_pattern(struct slice text);

/* Appends the pattern that matches this text alone. ST_NOMEM. */
enum status glob_append_escaped(struct buffer *pattern, struct slice text);

#endif
