/* TOML -> the names and values at its top (https://toml.io/en/v1.0.0).
 *
 * Own code, since no parser for C is in Debian 12, and of those for C++ toml++ 3.3 frees dotted
 * keys by recursion and has undefined behaviour on some white space of Unicode. Read are keys with
 * their strings of all four kinds, numbers, dates, booleans, and arrays of them. Dotted keys and
 * inline tables are passed over, and reading ends at the first [table]. */
#ifndef QUERN_INDEXER_EXTRACT_TOML_H
#define QUERN_INDEXER_EXTRACT_TOML_H

#include "common/base/bytes.h"

/* Calls `on_field` for each scalar at the top of the document, and for each scalar in an array there,
 * in UTF-8, valid during the call; what is no string as it is written.
 *
 * ST_INVALID: it is not TOML, or deeper than 64. ST_NOMEM. After a failure some fields may have
 * been given. Any number of threads at a time. */
enum status toml_read_fields(struct slice utf8,
                             void (*on_field)(void *context, struct slice name, struct slice value),
                             void *context);

#endif
