/* SPDX-License-Identifier: MIT */
/* A value of a field, in the form in which it is indexed, stored and compared.
 *
 * Numbers and dates are compared as keys: signed integers in the order of the values. The key of a
 * date is its seconds since 1970. The key of a number is its IEEE 754 double with the bits of its
 * magnitude inverted if it is negative, so that equal numbers have equal keys and no order is lost.
 *
 * Threads: plain data. */
#ifndef QUERN_COMMON_FIELD_FIELD_VALUE_H
#define QUERN_COMMON_FIELD_FIELD_VALUE_H

#include <stdint.h>

#include "common/base/bytes.h"
#include "common/base/status.h"

/* The numbers are stored. */
enum field_type {
    FIELD_TYPE_TEXT = 1,    /* words with positions, a length in each document */
    FIELD_TYPE_KEYWORD = 2, /* the whole value, without regard to case */
    FIELD_TYPE_NUMBER = 3,
    FIELD_TYPE_DATE = 4, /* a point in time, in seconds */
};

/* Values of one field that a document may have; it is indexed without further ones. */
enum { FIELD_VALUES_MAX = 1024 };

struct field_value {
    uint16_t field;       /* its number in the schema (schema.h) */
    uint8_t flags;        /* of that field; the indexer fills them in */
    enum field_type type; /* of that field */
    struct slice text;    /* of a text or a keyword, in UTF-8; borrowed */
    struct slice term;    /* of a keyword: as it is compared, folded; borrowed */
    int64_t key;          /* of a number or a date */
};

/* The key of a number that is not a NaN; -0 has that of 0. */
static inline int64_t field_value_key_of_number(double number) {
    int64_t bits;
    number += 0.0; /* -0 + 0 is 0 */
    memcpy(&bits, &number, sizeof bits);
    return bits < 0 ? bits ^ INT64_MAX : bits;
}

static inline double field_value_number_of_key(int64_t key) {
    int64_t bits = key < 0 ? key ^ INT64_MAX : key;
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

/* Reads the value of a document's number or date as a key; white space around it is ignored.
 * ST_INVALID: it is no value of this type, which is one of the two. */
enum status field_value_parse_key(int64_t *key, enum field_type type, struct slice text);

/* Reads a decimal number that may end in one of the letters k, M, G, T, in either case, for powers
 * of `thousand`. Queries read sizes with 1024, as find(1) and du(1) do, and other numbers with
 * 1000. ST_INVALID: it is none, or not finite. */
enum status field_value_parse_quantity(double *number, struct slice text, double thousand);

#endif
