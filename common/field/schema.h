/* SPDX-License-Identifier: MIT */
/* The fields of an index: the number, name and type of each.
 *
 * Some fields are in every schema, with the numbers below. Others are added when a document first
 * has them or a user declares them, and are never removed, so that a number always means the same
 * field.
 *
 * Threads: one, or any number that only read. */
#ifndef QUERN_COMMON_FIELD_SCHEMA_H
#define QUERN_COMMON_FIELD_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/status.h"
#include "common/field/field_value.h"

/* The numbers are stored. */
enum {
    /* Not a field of documents: the words of all searched text fields together, which a query
     * without a field means. */
    SCHEMA_ALL = 0,
    SCHEMA_TITLE = 1,
    SCHEMA_TEXT = 2,         /* has no lists of its own: what SCHEMA_ALL has and no other field */
    SCHEMA_NAME = 3,         /* the words of a file's name */
    SCHEMA_EXT = 4,          /* the extension of a file's name, without the dot */
    SCHEMA_TYPE = 5,         /* the format: "html" */
    SCHEMA_LANG = 6,         /* an ISO 639 code */
    SCHEMA_FOLDER = 7,       /* the folder of a file and all above it */
    SCHEMA_DATE = 8,         /* a document's own date, else the time when its file changed */
    SCHEMA_SIZE = 9,         /* in bytes */
    SCHEMA_AUTHOR = 10,      /* text */
    SCHEMA_DESCRIPTION = 11, /* text */
    SCHEMA_TAG = 12,
    SCHEMA_OWN_MIN = 32,     /* the first number of other fields */
    SCHEMA_OWN_MAX = 0xfffe, /* the last one */
    SCHEMA_NONE = 0xffff,    /* no field */
};

enum {
    SCHEMA_NAME_SIZE_MAX = 64, /* bytes of a name */
    /* Flags. */
    SCHEMA_SEARCHED = 1, /* of a text field: its words are also those of SCHEMA_ALL */
};

struct schema_field {
    uint16_t number;
    enum field_type type;
    uint8_t flags;
    char name[SCHEMA_NAME_SIZE_MAX + 1];
};

/* By ascending number. */
struct schema {
    struct schema_field *fields; /* owned */
    size_t count, capacity;
};

/* Makes the schema of a new index. ST_NOMEM: there is nothing to release. */
enum status schema_init(struct schema *schema);
/* Start with {0} for a schema without any field. */
void schema_release(struct schema *schema);
/* Makes a copy in *copy, which is {0}. ST_NOMEM. */
enum status schema_copy(struct schema *copy, const struct schema *schema);

/* Whether a field may have this name: a letter a to z, then letters, digits, '_' and '-', at most
 * SCHEMA_NAME_SIZE_MAX bytes in all. */
bool schema_is_name(struct slice name);

/* NULL: there is none. Valid until the schema changes. */
const struct schema_field *schema_find(const struct schema *schema, struct slice name);
const struct schema_field *schema_field(const struct schema *schema, uint16_t number);

/* The number of the field of this name and type in another schema, or SCHEMA_NONE. */
uint16_t schema_same_field(const struct schema *schema, const struct schema_field *field);

/* Adds a field with the next number, and sets *number. If there is one of this name, sets its
 * number: ST_EXISTS if its type differs. ST_INVALID: no field may have this name. ST_LIMIT: there
 * are too many. ST_NOMEM. */
enum status schema_add(uint16_t *number, struct schema *schema, struct slice name,
                       enum field_type type, uint8_t flags);
/* Adds a field that was stored. ST_CORRUPT: it contradicts those before it, which have smaller
 * numbers. ST_NOMEM. */
enum status schema_restore(struct schema *schema, uint16_t number, struct slice name,
                           enum field_type type, uint8_t flags);

#endif
