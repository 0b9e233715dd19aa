/* SPDX-License-Identifier: MIT */
/* What pages and front matter call the fields that every index has: "keywords" is a tag.
 *
 * No state: any number of threads at a time. */
#ifndef QUERN_INDEXER_SCAN_METADATA_H
#define QUERN_INDEXER_SCAN_METADATA_H

#include "common/field/schema.h"

struct metadata_name {
    const char *name; /* in any letter case */
    uint16_t field;   /* SCHEMA_... */
};

/* By field, and for each field the name that says it best first. */
const struct metadata_name *metadata_names(size_t *count);

#endif
