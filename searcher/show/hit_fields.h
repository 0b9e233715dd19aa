/* SPDX-License-Identifier: MIT */
/* The values of a hit's fields, as they are shown.
 *
 *     struct field_loader loader = {0};
 *     field_loader_load(&fields, &count, &loader, snapshot, segment, doc, &arena, &err);
 *     field_loader_release(&loader);
 *
 * Consecutive documents of one segment share its open columns, and in ascending order each block of
 * a column is decoded once.
 *
 * Threads: a loader belongs to the thread of its snapshots. */
#ifndef QUERN_SEARCHER_SHOW_HIT_FIELDS_H
#define QUERN_SEARCHER_SHOW_HIT_FIELDS_H

#include "common/column/column_reader.h"
#include "common/column/value_table.h"
#include "common/index/snapshot.h"

/* The values of one field of a document, at least one. */
struct hit_field {
    struct slice name;
    uint16_t number; /* in the schema of its index */
    enum field_type type;
    size_t count;
    struct slice *texts; /* of a text or a keyword, as the first document with it has it */
    int64_t *keys;       /* of a number or a date (field_value.h) */
};

/* A column of the segment used last. */
struct open_column {
    const struct schema_field *field;
    struct column_reader column;
    struct value_table table; /* of a keyword */
};

struct field_loader {
    struct segment *segment;     /* used last */
    struct open_column *columns; /* by ascending field; owned */
    size_t count;
};

/* Start with {0}. */
void field_loader_release(struct field_loader *loader);

/* Sets *fields to the fields of the document that have columns, and those whose texts are stored,
 * which are document->fields, in the order of their numbers; with `only` other than 0, to that field
 * if it has a column. Everything is copied into the arena. Errors: those of reading the index,
 * ST_NOMEM. */
enum status field_loader_load(struct hit_field **fields, size_t *count, struct field_loader *loader,
                              const struct snapshot *snapshot, struct segment *segment,
                              uint32_t doc, struct slice texts, uint16_t only, struct arena *arena,
                              struct error *err);

/* Sets *field to one value of the field of this name, as struct hit has it. */
enum status field_loader_load_value(struct hit_field *field, struct field_loader *loader,
                                    const struct snapshot *snapshot, struct segment *segment,
                                    const char *name, int64_t key, struct arena *arena,
                                    struct error *err);

#endif
