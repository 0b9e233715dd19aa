/* SPDX-License-Identifier: MIT */
/* Ranges of numbers and dates, as queries write them:
 *
 *     range = value                    ; equal to it; of a date, at any time in it
 *           | ("<" | "<=" | ">" | ">=") value
 *           | value? ".." value?       ; both included; one of them at least
 *
 * A date has the precision with which it is written: `..2021` ends with the last second of 2021, and
 * `>2021` begins with 2022. A time ago, such as 7d, is a point in time at either end of a range; alone
 * it is the range from then until now. */
#ifndef QUERN_SEARCHER_QUERY_RANGE_H
#define QUERN_SEARCHER_QUERY_RANGE_H

#include "common/field/schema.h"

/* The keys [min, max] (field_value.h); none if min > max. */
struct range {
    int64_t min, max;
};

/* Reads a range of a number or a date. `now`: the time in seconds since 1970. ST_INVALID: it is
 * none. */
enum status range_parse(struct range *range, const struct schema_field *field, struct slice text,
                        int64_t now);

#endif
