/* SPDX-License-Identifier: MIT */
/* Merges value tables, then documents. */
#include "common/column/column_merge.h"

#include <stdlib.h>

#include "common/base/spool.h"
#include "common/column/column_reader.h"
#include "common/column/value_table_writer.h"

/* An input while it is merged. */
struct source {
    struct column_reader reader;
    struct value_table table;
    uint64_t *used;           /* bit i: a document that stays has value i */
    struct spool spool;       /* the new ordinals of these values, in order */
    const uint32_t *ordinals; /* by old ordinal */
    uint32_t next;            /* the value that is to be merged next */
    struct slice term, shown; /* of it */
};

struct merge {
    const struct column_merge_input *inputs;
    struct source *sources; /* of each */
    size_t count;
};

static enum status input_status(const struct column_merge_input *input, struct error *err) {
    if (input->chunks->status && err)
        *err = input->chunks->error;
    return input->chunks->status;
}

/* Calls `visit` with each value of the documents that stay. */
static enum status visit_values(struct merge *merge, size_t i,
                                enum status (*visit)(void *context, struct source *source,
                                                     uint32_t doc, int64_t key, struct error *err),
                                void *context, struct error *err) {
    const struct column_merge_input *input = &merge->inputs[i];
    struct source *source = &merge->sources[i];
    enum status status = ST_OK;
    for (uint32_t entry = 0; entry < source->reader.info.entries && !status; entry++) {
        struct column_entry found;
        const struct column_block *block = NULL;
        if (column_reader_entry(&found, &source->reader, entry))
            block = column_reader_block(&source->reader, found.block);
        if (!block)
            return input_status(input, err);
        for (uint32_t at = 0; at < block->docs && !status; at++) {
            const int64_t *keys;
            size_t count = column_block_values(&keys, block, block->first + at);
            uint32_t doc = count ? input->number(input->map, block->first + at) : UINT32_MAX;
            for (size_t k = 0; doc != UINT32_MAX && k < count && !status; k++)
                status = visit(context, source, doc, keys[k], err);
        }
    }
    return status ? status : input_status(input, err);
}

static enum status mark_used(void *context, struct source *source, uint32_t doc, int64_t key,
                             struct error *err) {
    (void)context, (void)doc, (void)err;
    source->used[key / 64] |= UINT64_C(1) << key % 64;
    return ST_OK;
}

/* Steps to the source's next value that is in use. */
static enum status next_value(struct merge *merge, size_t i, struct error *err) {
    struct source *source = &merge->sources[i];
    uint32_t unused = UINT32_MAX;
    enum status status = ST_OK;
    while (source->next < source->table.count && !status &&
           !(source->used[source->next / 64] >> source->next % 64 & 1)) {
        status = spool_append(&source->spool, &unused, sizeof unused, err);
        source->next++;
    }
    if (!status && source->next < source->table.count &&
        !value_table_value(&source->term, &source->shown, &source->table, source->next))
        status = input_status(&merge->inputs[i], err);
    return status;
}

static enum status find_used(struct merge *merge, size_t i, struct error *err) {
    struct source *source = &merge->sources[i];
    source->used = calloc(source->table.count / 64 + 1, sizeof *source->used);
    if (!source->used)
        return error_nomem(err);
    enum status status = visit_values(merge, i, mark_used, NULL, err);
    return status ? status : next_value(merge, i, err);
}

/* With at most a few dozen inputs, scanning for the smallest term is as fast as a heap. */
static enum status merge_tables(struct value_table_writer *table, struct merge *merge,
                                struct error *err) {
    enum status status = ST_OK;
    for (uint32_t ordinal = 0; !status; ordinal++) {
        uint8_t bytes[TERM_MAX];
        const struct source *first = NULL;
        for (size_t i = 0; i < merge->count; i++) {
            const struct source *source = &merge->sources[i];
            if (source->next < source->table.count &&
                (!first || slice_compare(source->term, first->term) < 0))
                first = source;
        }
        if (!first)
            break;
        struct slice term = slice_of(bytes, first->term.size);
        memcpy(bytes, first->term.data, term.size);
        status = value_table_writer_add(table, term, first->shown, err);
        for (size_t i = 0; i < merge->count && !status; i++) {
            struct source *source = &merge->sources[i];
            if (source->next >= source->table.count || !slice_equal(source->term, term))
                continue;
            status = spool_append(&source->spool, &ordinal, sizeof ordinal, err);
            source->next++;
            if (!status)
                status = next_value(merge, i, err);
        }
    }
    return status;
}

static enum status merge_values(struct column_info *info, struct columns_writer *writer,
                                struct merge *merge, struct error *err) {
    struct value_table_writer table;
    enum status status = ST_OK;
    for (size_t i = 0; i < merge->count && !status; i++)
        status = find_used(merge, i, err);
    value_table_writer_init(&table, &writer->values);
    if (!status)
        status = merge_tables(&table, merge, err);
    if (!status && table.count)
        status = value_table_writer_finish(info, &table, err);
    value_table_writer_release(&table);
    for (size_t i = 0; i < merge->count && !status; i++) {
        const void *ordinals;
        status = spool_read(&ordinals, &merge->sources[i].spool, err);
        merge->sources[i].ordinals = ordinals;
    }
    return status;
}

/* Where the values of documents are added. */
struct target {
    struct columns_writer *writer;
    struct columns_writer_field *field;
};

static enum status add_value(void *context, struct source *source, uint32_t doc, int64_t key,
                             struct error *err) {
    struct target *target = context;
    return column_writer_add(&target->field->column, &target->writer->blocks, doc,
                             source->ordinals ? source->ordinals[key] : key, err);
}

static void merge_release(struct merge *merge) {
    for (size_t i = 0; merge->sources && i < merge->count; i++) {
        column_reader_release(&merge->sources[i].reader);
        spool_release(&merge->sources[i].spool);
        free(merge->sources[i].used);
    }
    free(merge->sources);
}

enum status column_merge(struct columns_writer *writer, uint16_t number, enum field_type type,
                         const struct column_merge_input *inputs, size_t count, uint32_t documents,
                         const struct column_merge_options *options, struct error *err) {
    static const struct column_info none;
    struct target target = {.writer = writer,
                            .field = columns_writer_add_field(writer, number, type)};
    struct merge merge = {
        .inputs = inputs, .sources = calloc(count + 1, sizeof *merge.sources), .count = count};
    enum status status = target.field && merge.sources ? ST_OK : error_nomem(err);
    for (size_t i = 0; i < count && merge.sources; i++) {
        const struct column_info *info = inputs[i].info ? inputs[i].info : &none;
        struct source *source = &merge.sources[i];
        source->spool =
            (struct spool){.folder = options->folder, .limit = options->memory / (count + 1)};
        column_reader_init(&source->reader, inputs[i].chunks, info, type, inputs[i].documents);
        value_table_open(&source->table, inputs[i].chunks, info);
    }
    if (!status && type == FIELD_TYPE_KEYWORD)
        status = merge_values(&target.field->info, writer, &merge, err);
    for (size_t i = 0; i < count && !status; i++)
        status = visit_values(&merge, i, add_value, &target, err);
    if (!status)
        status = columns_writer_end_field(writer, target.field, documents, err);
    merge_release(&merge);
    return status;
}
