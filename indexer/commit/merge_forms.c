/* SPDX-License-Identifier: MIT */
/* Merges surface forms in order, and adds up their counts. */
#include "indexer/commit/merge_forms.h"

#include <stdlib.h>

#include "common/field/schema.h"
#include "common/form/form_cursor.h"

/* The forms of an input. */
struct form_input {
    const struct segment_info *info;
    struct form_cursor cursor;
    struct surface_form form; /* the current one */
    bool ended;
};

static enum status next_form(struct form_input *input, struct error *err) {
    enum status status = form_cursor_next(&input->cursor, err);
    input->ended = status == ST_END;
    if (!status)
        status = form_cursor_form(&input->form, &input->cursor, err);
    return status == ST_END ? ST_OK : status;
}

static uint64_t scaled_count(const struct form_input *input) {
    const struct segment_info *info = input->info;
    unsigned __int128 product = (unsigned __int128)input->form.count * info->documents;
    if (info->deleted)
        product -= (unsigned __int128)input->form.count * info->deleted;
    uint64_t count = (uint64_t)(product / info->documents);
    return count ? count : 1;
}

/* Adds the least of the current forms, and steps past it. */
static enum status add_least(struct segment_writer *writer, struct form_input *inputs, size_t count,
                             const struct form_input *least, struct error *err) {
    uint8_t bytes[3][SURFACE_FORM_MAX];
    struct surface_form form = least->form;
    struct slice *parts[] = {&form.key, &form.form, &form.term};
    for (size_t i = 0; i < 3; i++) {
        memcpy(bytes[i], parts[i]->data, parts[i]->size);
        *parts[i] = slice_of(bytes[i], parts[i]->size);
    }
    bool certain = false; /* some document has the term */
    enum status status = ST_OK;
    form.count = 0;
    for (size_t i = 0; i < count && !status; i++) {
        struct form_input *input = &inputs[i];
        if (input->ended || surface_form_compare(&input->form, &form) != 0)
            continue;
        form.count += scaled_count(input);
        certain |= !input->info->deleted;
        status = next_form(input, err);
    }
    if (!status && !certain)
        status = segment_writer_find_term(writer, SCHEMA_ALL, form.term, err);
    if (status == ST_NOT_FOUND)
        return ST_OK;
    return status ? status : segment_writer_add_form(writer, &form, err);
}

enum status merge_forms(struct segment_writer *writer, struct segment *const *segments,
                        size_t count, struct error *err) {
    struct form_input *readers = calloc(count, sizeof *readers);
    if (!readers)
        return error_nomem(err);
    enum status status = ST_OK;
    for (size_t i = 0; i < count; i++) {
        readers[i].info = &segments[i]->info;
        form_cursor_open(&readers[i].cursor, &segments[i]->chunks);
        if (!status)
            status = next_form(&readers[i], err);
    }
    while (!status) {
        const struct form_input *least = NULL;
        for (size_t i = 0; i < count; i++)
            if (!readers[i].ended &&
                (!least || surface_form_compare(&readers[i].form, &least->form) < 0))
                least = &readers[i];
        if (!least)
            break;
        status = add_least(writer, readers, count, least, err);
    }
    for (size_t i = 0; i < count; i++)
        form_cursor_close(&readers[i].cursor);
    free(readers);
    return status;
}
