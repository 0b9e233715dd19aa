/* SPDX-License-Identifier: MIT */
/* The integers as which a block of a column stores keys; column_block.h says what they are. */
#ifndef QUERN_COMMON_COLUMN_COLUMN_INTEGER_H
#define QUERN_COMMON_COLUMN_COLUMN_INTEGER_H

#include <math.h>
#include <stdbool.h>

#include "common/field/field_value.h"

enum {
    COLUMN_EXPONENT_MAX = 15,
    COLUMN_EXPONENT_KEYS = 255, /* the integers are the keys themselves */
    /* How a block says which documents have values. */
    COLUMN_KIND_ALL = 0,
    COLUMN_KIND_BITMAP = 1,
    COLUMN_KIND_LIST = 2,
    COLUMN_KIND_COUNTS = 4, /* is added to these */
};

static inline double column_power(unsigned exponent) {
    static const double powers[COLUMN_EXPONENT_MAX + 1] = {
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    return powers[exponent];
}

static inline int64_t column_key_of_integer(int64_t integer, unsigned exponent) {
    if (exponent == COLUMN_EXPONENT_KEYS)
        return integer;
    return field_value_key_of_number((double)integer / column_power(exponent));
}

/* The integer of a key; false: with this exponent there is none. */
static inline bool column_integer_of_key(int64_t *integer, int64_t key, unsigned exponent) {
    if (exponent == COLUMN_EXPONENT_KEYS) {
        *integer = key;
        return true;
    }
    double scaled = field_value_number_of_key(key) * column_power(exponent);
    if (!(fabs(scaled) < 0x1p53))
        return false;
    *integer = llrint(scaled);
    return column_key_of_integer(*integer, exponent) == key;
}

#endif
