/* SPDX-License-Identifier: MIT */
/* Fields that the user declares for a source: `--field=NAME[:TYPE][=MEMBER,...]`.
 *
 * Their list is part of what is remembered of the source (sources.h):
 *
 *     fields   = declared*
 *     declared = name:string type:u8 members:string
 *     type     = 0 | 1 | 2 | 3 | 4 | 5    ; none given, enum field_type, 5: a text not searched
 *
 * Threads: everything here is stateless. */
#ifndef QUERN_INDEXER_SCAN_DECLARED_FIELD_H
#define QUERN_INDEXER_SCAN_DECLARED_FIELD_H

#include "common/base/codec.h"
#include "common/field/schema.h"

enum { DECLARED_FIELDS_MAX = 256 }; /* of a source */

enum declared_type {
    DECLARED_ANY = 0, /* that of the field of this name, else a text */
    DECLARED_TEXT = FIELD_TYPE_TEXT,
    DECLARED_KEYWORD = FIELD_TYPE_KEYWORD,
    DECLARED_NUMBER = FIELD_TYPE_NUMBER,
    DECLARED_DATE = FIELD_TYPE_DATE,
    DECLARED_FILTER = 5, /* a text that only `NAME:word` searches */
};

/* Slices are borrowed. */
struct declared_field {
    struct slice name;
    enum declared_type type;
    struct slice members; /* where a source has it: names separated by commas, never empty */
};

/* Reads what --field declares, which *field borrows. ST_INVALID: *err says what is wrong. */
enum status declared_field_parse(struct declared_field *field, const char *text, struct error *err);

/* Appends the field to a list. ST_INVALID: it is in the list, or the list is full. ST_NOMEM. */
enum status declared_field_append(struct buffer *list, const struct declared_field *field,
                                  struct error *err);
/* Reads the next field of a list, borrowed from it. False: there is none, or list->bad. */
bool declared_field_next(struct declared_field *field, struct reader *list);
/* Whether a list has a field of this name. */
bool declared_field_has(struct slice list, const char *name);

/* The type and the flags with which schema_add() adds the field. ST_INVALID: the schema has it with
 * others. */
enum status declared_field_resolve(enum field_type *type, uint8_t *flags,
                                   const struct declared_field *field, const struct schema *schema,
                                   struct error *err);

#endif
