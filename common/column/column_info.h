/* SPDX-License-Identifier: MIT */
/* Where the column of a field is in its segment. The catalog has this of each field. */
#ifndef QUERN_COMMON_COLUMN_COLUMN_INFO_H
#define QUERN_COMMON_COLUMN_COLUMN_INFO_H

#include <stdint.h>

struct column_info {
    uint64_t first_entry; /* number of its first entry in STREAM_COLUMN_INDEX */
    uint32_t entries;     /* blocks with values; 0: no document has one, or it is a text field */
    uint32_t values;      /* of a keyword: how many are in its value table */
    uint64_t value_index; /* address of the index of that table in STREAM_VALUES */
};

#endif
