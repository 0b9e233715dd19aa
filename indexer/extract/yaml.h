/* YAML -> the names and values at its top, through libyaml. No other module includes <yaml.h>. */
#ifndef QUERN_INDEXER_EXTRACT_YAML_H
#define QUERN_INDEXER_EXTRACT_YAML_H

#include "common/base/bytes.h"

/* Calls `on_field` for each scalar in the mapping that the document is, and for each scalar in a
 * sequence in it, in UTF-8, valid during the call; values that are null are left out.
 *
 * ST_NOT_FOUND: a document in it is no mapping. ST_INVALID: it is not YAML, or deeper than 64.
 * ST_NOMEM. After a failure some fields may have been given. Any number of threads at a time. */
enum status yaml_read_fields(struct slice utf8,
                             void (*on_field)(void *context, struct slice name, struct slice value),
                             void *context);

#endif
