/* SPDX-License-Identifier: MIT */
/* Newline-delimited JSON as a record source: one document a line, compressed or not.
 *
 * Of a record's members, those that options.fields names are its id, title, text and other fields;
 * names are paths (json.h). By default, id, title and text are called "id", "title" and "text", at
 * most JSON_NAMES_MAX names each. Unless another member is declared for them, the fields "date",
 * "author", "description", "lang" (also "language") and "tag" (also "tags", "keywords") are read
 * from the members called so. What is no value, such as an object, is a problem of a declared field,
 * and of another one if it has values beside that.
 *
 * A record without an id, or with an empty one, gets "name#line"; in a stream "-#" and 16
 * hexadecimal digits, the hash64() of its text seeded with that of its title, and so on for the
 * names and values of other fields, so that the same stream changes nothing and another one does
 * not replace it.
 *
 * Empty lines, a byte order mark at the start and carriage returns at line ends are ignored.
 *
 * Two mistakes would make an index that lacks documents without a word, so they end the source with
 * ST_INVALID: JSON in another layout, which begins with an array, or with an object that goes on in
 * the next line after a bracket or a comma; and records of which none has a member that is title,
 * text or a declared field. Until the first record that has such a member, those before it are held
 * back. Later records without one are documents without content. */
#ifndef QUERN_INDEXER_SOURCE_NDJSON_H
#define QUERN_INDEXER_SOURCE_NDJSON_H

#include "indexer/source/record_source_ops.h"

enum { NDJSON_DEFERRED_MAX = 1 << 20 }; /* bytes of records that are held back before giving up */

extern const struct record_source_ops ndjson_ops;

#endif
