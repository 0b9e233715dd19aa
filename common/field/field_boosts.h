/* SPDX-License-Identifier: MIT */
/* The weights of text fields: how much a word in each counts, compared with one in the text.
 *
 * They are multiples of 1/16, so that sums of weighted frequencies are exact.
 *
 * Threads: plain data. */
#ifndef QUERN_COMMON_FIELD_FIELD_BOOSTS_H
#define QUERN_COMMON_FIELD_FIELD_BOOSTS_H

#include "common/field/schema.h"

enum {
    FIELD_BOOSTS_MAX = 64, /* fields with a weight */
    FIELD_BOOST_ONE = 16,  /* the weight 1 */
    FIELD_BOOST_MAX = 64,  /* the greatest weight */
};

struct field_boost {
    uint16_t field;      /* a searched text field, not SCHEMA_TEXT */
    uint16_t sixteenths; /* of the weight */
};

struct field_boosts {
    struct field_boost items[FIELD_BOOSTS_MAX]; /* one a field, in any order; others weigh 1 */
    size_t count;
};

/* Reads the value of an option --boost: `none`, after which no field has a weight, or weights that are
 * added to those of *boosts or replace them: `title:3,name:0.5`. They are rounded. ST_INVALID: it is
 * neither, or there is no such field. ST_LIMIT: there are too many. */
enum status field_boosts_parse(struct field_boosts *boosts, const struct schema *schema,
                               const char *text, struct error *err);

#endif
