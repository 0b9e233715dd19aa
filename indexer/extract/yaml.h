/* SPDX-License-Identifier: MIT */
/* YAML -> the names and values at its top level, through libyaml. The only module that includes
 * <yaml.h>. */
#ifndef QUERN_INDEXER_EXTRACT_YAML_H
#define QUERN_INDEXER_EXTRACT_YAML_H

#include "common/base/bytes.h"

/* Calls `on_field` for each scalar in the top-level mapping, and for each scalar in a sequence
 * there, in UTF-8, valid during the call. Null values are left out.
 *
 * ST_NOT_FOUND: a document in it is not a mapping. ST_INVALID: not YAML, or nested deeper than 64.
 * ST_NOMEM. Calls before a failure are not taken back. Stateless: any thread may call it. */
enum status yaml_read_fields(struct slice utf8,
                             void (*on_field)(void *context, struct slice name, struct slice value),
                             void *context);

#endif
