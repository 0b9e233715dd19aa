/* SPDX-License-Identifier: MIT */
/* Newline-delimited JSON as a record source: one document a line, compressed or not.
 *
 * Of a record's members, those that options.fields names are its id, title and text; by default
 * they are called "id", "title" and "text". At most JSON_FIELDS_MAX names each.
 *
 * A record without an id, or with an empty one, gets "name#line"; in a stream "-#" and 16
 * hexadecimal digits, the hash64() of its text seeded with that of its title, so that the same
 * stream changes nothing and another one does not replace it.
 *
 * Empty lines, a byte order mark at the start and carriage returns at line ends are ignored.
 *
 * Two mistakes would make an index that lacks documents without a word, so they end the source with
 * ST_INVALID: JSON in another layout, which begins with an array, or with an object that goes on in
 * the next line after a bracket or a comma; and records of which none has a member that is title or
 * text. Until the first record that has such a member, the ids of those before it are held back.
 * Later records without one are documents without content. */
#ifndef QUERN_INDEXER_SOURCE_NDJSON_H
#define QUERN_INDEXER_SOURCE_NDJSON_H

#include "indexer/source/record_source_ops.h"

enum { NDJSON_DEFERRED_MAX = 1 << 20 }; /* bytes of ids that are held back before giving up */

extern const struct record_source_ops ndjson_ops;

#endif
