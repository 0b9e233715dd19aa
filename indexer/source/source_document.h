/* SPDX-License-Identifier: MIT */
/* A document on its way into the index: an id and a list of named fields. */
#ifndef QUERN_INDEXER_SOURCE_SOURCE_DOCUMENT_H
#define QUERN_INDEXER_SOURCE_SOURCE_DOCUMENT_H

#include "common/base/bytes.h"
#include "indexer/source/format.h"

/* A part of a document's content, in UTF-8. A name may occur several times. */
struct field {
    struct slice name;
    struct slice value;
};

/* A value that is none, or that was left out, and why: "an object, not a value". `what` is static. */
struct field_problem {
    struct slice name;
    const char *what;
};

/* The fields that documents have. */
#define FIELD_TITLE "title"
#define FIELD_TEXT  "text"

/* Everything is borrowed; the function that fills it says for how long. */
struct source_document {
    struct slice id;    /* unique in the index; any bytes */
    enum format format; /* of a file, whose absolute path is the id; FORMAT_AUTO: it is a record */
    struct slice place; /* what messages call the file or stream that has it */
    uint64_t line;      /* in that; 0: all of it */
    const struct field *fields;
    size_t field_count;
    const struct field_problem *problems;
    size_t problem_count;
    int64_t mtime;     /* of a file, in seconds since 1970; 0: unknown */
    uint64_t size;     /* bytes of the source; 0: unknown */
    struct slice lang; /* the code of its language if no field says one, or "auto"; may be empty */
    struct slice head; /* of a text that is no field, as it comes in parts: its beginning */
};

/* The first value of a field; empty when the document has none of this name. */
static inline struct slice source_document_field(const struct source_document *document,
                                                 const char *name) {
    struct slice wanted = slice_of_string(name);
    for (size_t i = 0; i < document->field_count; i++)
        if (slice_equal(document->fields[i].name, wanted))
            return document->fields[i].value;
    return slice_of(NULL, 0);
}

#endif
