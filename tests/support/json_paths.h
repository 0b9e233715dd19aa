/* SPDX-License-Identifier: MIT */
/* Reads JSON strictly (RFC 8259) and lists what is in it: a line for each value, with its path and
 * its type, and for what is no object or array with its text:
 *
 *     {"v":1,"hits":[{"id":"a"}]}      v number 1
 *                                      hits array
 *                                      hits[] object
 *                                      hits[].id string "a"
 *
 * The outermost object has no line. */
#ifndef QUERN_TESTS_SUPPORT_JSON_PATHS_H
#define QUERN_TESTS_SUPPORT_JSON_PATHS_H

#include "common/base/bytes.h"

/* Appends the lines of one value, and a NUL that does not count. False: it is no JSON, or a name is
 * twice in an object. */
bool json_paths_append(struct buffer *out, struct slice json);

/* How many lines have this path and type, as "hits[].id string". */
size_t json_paths_count(const struct buffer *lines, const char *path_and_type);

#endif
