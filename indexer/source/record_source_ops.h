/* SPDX-License-Identifier: MIT */
/* The operations of a format whose files and streams hold many documents, such as NDJSON.
 *
 * A new format is a module with a struct record_source_ops, a value of enum format (format.h) and a
 * row in record_source.c. Its state is a struct of its own whose first member is a struct
 * record_source. */
#ifndef QUERN_INDEXER_SOURCE_RECORD_SOURCE_OPS_H
#define QUERN_INDEXER_SOURCE_RECORD_SOURCE_OPS_H

#include <signal.h>

#include "common/base/status.h"
#include "indexer/source/source_document.h"

enum { RECORD_MAX_SIZE = 64 * 1024 * 1024 }; /* bytes of a record that are read by default */

/* A field of records besides title and text, and which members are its values: names separated by
 * commas. */
struct record_field {
    struct slice name;
    struct slice members;
};

/* Which members (columns, headers) of a record are its id, title and text: names separated by
 * commas. Empty: those that the format has by default. `others` are further fields. Borrowed. */
struct record_fields {
    struct slice id;
    struct slice title;
    struct slice text;
    const struct record_field *others;
    size_t other_count;
};

/* All zero is the default. */
struct record_source_options {
    struct record_fields fields;
    bool stream;     /* the input has no name of its own: the next run may read something else */
    size_t max_size; /* bytes; a larger record is skipped. 0: RECORD_MAX_SIZE */
    const volatile sig_atomic_t *stop; /* as in decompressor.h */
};

struct record_source {
    const struct record_source_ops *ops;
};

/* The contracts are those of the functions of the same names in record_source.h. */
struct record_source_ops {
    enum status (*open)(struct record_source **out, int descriptor, const char *name,
                        const struct record_source_options *options, struct error *err);
    enum status (*next)(struct source_document *document, struct record_source *source,
                        struct error *err);
    uint64_t (*consumed)(const struct record_source *source);
    void (*close)(struct record_source *source);
};

#endif
