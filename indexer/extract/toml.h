/* SPDX-License-Identifier: MIT */
/* TOML -> the names and values at its top level (https://toml.io/en/v1.0.0).
 *
 * Debian 12 has no parser for C, and toml++ 3.3, for C++, frees dotted keys by recursion and has
 * undefined behaviour on some Unicode white space. This one reads keys with strings of all four
 * kinds, numbers, dates, booleans, and arrays of them. It skips dotted keys and inline tables, and
 * ends at the first [table]. */
#ifndef QUERN_INDEXER_EXTRACT_TOML_H
#define QUERN_INDEXER_EXTRACT_TOML_H

#include "common/base/bytes.h"

/* Calls `on_field` for each scalar at the top level, and for each scalar in an array there, in
 * UTF-8, valid during the call. Values other than strings come as they are written.
 *
 * ST_INVALID: not TOML, or nested deeper than 64. ST_NOMEM. Calls before a failure are not taken
 * back. Stateless: any thread may call it. */
enum status toml_read_fields(struct slice utf8,
                             void (*on_field)(void *context, struct slice name, struct slice value),
                             void *context);

#endif
