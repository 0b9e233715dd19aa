/* SPDX-License-Identifier: MIT */
/* Reads columns and value tables. */
#include "searcher/show/hit_fields.h"

#include <stdlib.h>

void field_loader_release(struct field_loader *loader) {
    for (size_t i = 0; i < loader->count; i++)
        column_reader_release(&loader->columns[i].column);
    free(loader->columns);
    *loader = (struct field_loader){0};
}

/* Opens the columns of a segment, unless they are open. */
static enum status open_columns(struct field_loader *loader, const struct snapshot *snapshot,
                                struct segment *segment, struct error *err) {
    const struct segment_info *info = &segment->info;
    if (loader->segment == segment)
        return ST_OK;
    field_loader_release(loader);
    loader->columns = malloc((info->field_count + 1) * sizeof *loader->columns);
    if (!loader->columns)
        return error_nomem(err);
    loader->segment = segment;
    for (size_t i = 0; i < info->field_count; i++) {
        const struct segment_field *field = &info->fields[i];
        struct open_column *open = &loader->columns[loader->count];
        open->field = schema_field(&snapshot->catalog.schema, field->number);
        if (!open->field || !field->column.entries)
            continue;
        column_reader_init(&open->column, &segment->chunks, &field->column, open->field->type,
                           info->documents);
        if (open->field->type == FIELD_TYPE_KEYWORD)
            value_table_open(&open->table, &segment->chunks, &field->column);
        loader->count++;
    }
    return ST_OK;
}

static bool copy_text(struct slice *to, struct arena *arena, struct slice from) {
    char *bytes = arena_copy(arena, from.data, from.size);
    if (bytes)
        *to = slice_of(bytes, from.size);
    return bytes != NULL;
}

/* Reads the spellings of keywords. A damaged one is empty: the segment keeps the failure. */
static enum status read_texts(struct hit_field *field, struct open_column *open,
                              const int64_t *ordinals, struct arena *arena) {
    field->texts = arena_alloc(arena, field->count * sizeof *field->texts);
    if (!field->texts)
        return ST_NOMEM;
    for (size_t i = 0; i < field->count; i++) {
        struct slice term, shown = {0};
        value_table_value(&term, &shown, &open->table, (uint32_t)ordinals[i]);
        if (!copy_text(&field->texts[i], arena, shown))
            return ST_NOMEM;
    }
    return ST_OK;
}

/* Sets *field to `count` > 0 values. */
static enum status set_field(struct hit_field *field, struct open_column *open,
                             const int64_t *values, size_t count, struct arena *arena) {
    *field = (struct hit_field){
        .number = open->field->number, .type = open->field->type, .count = count};
    if (!copy_text(&field->name, arena, slice_of_string(open->field->name)))
        return ST_NOMEM;
    if (field->type == FIELD_TYPE_KEYWORD)
        return read_texts(field, open, values, arena);
    field->keys = arena_alloc(arena, field->count * sizeof *field->keys);
    if (!field->keys)
        return ST_NOMEM;
    memcpy(field->keys, values, field->count * sizeof *field->keys);
    return ST_OK;
}

static size_t count_texts(struct slice texts) {
    struct document_value value;
    size_t count = 0;
    while (document_next_value(&value, &texts))
        count++;
    return count;
}

/* Sets *field to the stored texts of the field whose texts are next, and moves *texts past them. */
static enum status take_texts(struct hit_field *field, struct slice *texts,
                              const struct schema *schema, struct arena *arena) {
    struct document_value value;
    struct slice rest = *texts;
    document_next_value(&value, &rest);
    const struct schema_field *known = schema_field(schema, value.field);
    *field = (struct hit_field){.number = value.field, .type = FIELD_TYPE_TEXT};
    field->texts = arena_alloc(arena, count_texts(*texts) * sizeof *field->texts);
    if (!field->texts || !copy_text(&field->name, arena, slice_of_string(known ? known->name : "")))
        return ST_NOMEM;
    for (rest = *texts; document_next_value(&value, &rest) && value.field == field->number;
         *texts = rest)
        if (!copy_text(&field->texts[field->count++], arena, value.text))
            return ST_NOMEM;
    return ST_OK;
}

static int compare_fields(const void *a, const void *b) {
    const struct hit_field *x = a, *y = b;
    return x->number < y->number ? -1 : x->number > y->number;
}

enum status field_loader_load(struct hit_field **fields, size_t *count, struct field_loader *loader,
                              const struct snapshot *snapshot, struct segment *segment,
                              uint32_t doc, struct slice texts, uint16_t only, struct arena *arena,
                              struct error *err) {
    enum status status = open_columns(loader, snapshot, segment, err);
    if (status)
        return status;
    *count = 0;
    size_t text_count = only ? 0 : count_texts(texts);
    *fields = arena_alloc(arena, (loader->count + text_count + 1) * sizeof **fields);
    if (!*fields)
        return error_nomem(err);
    for (size_t i = 0; i < loader->count; i++) {
        const int64_t *values;
        struct open_column *open = &loader->columns[i];
        bool wanted = !only || open->field->number == only;
        size_t found = wanted ? column_values(&values, &open->column, doc) : 0;
        if (found && set_field(&(*fields)[(*count)++], open, values, found, arena))
            return error_nomem(err);
    }
    for (; text_count && count_texts(texts); ++*count)
        if (take_texts(&(*fields)[*count], &texts, &snapshot->catalog.schema, arena))
            return error_nomem(err);
    qsort(*fields, *count, sizeof **fields, compare_fields);
    return segment_status(segment, err);
}

enum status field_loader_load_value(struct hit_field *field, struct field_loader *loader,
                                    const struct snapshot *snapshot, struct segment *segment,
                                    const char *name, int64_t key, struct arena *arena,
                                    struct error *err) {
    enum status status = open_columns(loader, snapshot, segment, err);
    if (status)
        return status;
    for (size_t i = 0; i < loader->count; i++)
        if (strcmp(loader->columns[i].field->name, name) == 0 &&
            set_field(field, &loader->columns[i], &key, 1, arena))
            return error_nomem(err);
    return segment_status(segment, err);
}
