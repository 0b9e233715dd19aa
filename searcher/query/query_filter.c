/* SPDX-License-Identifier: MIT */
/* Makes filters of keywords. */
#include "searcher/query/query_filter.h"

#include "common/base/ascii.h"
#include "common/base/glob.h"
#include "common/text/keyword.h"

/* Takes the text up to the next comma, which it drops. */
static struct slice take_value(struct slice *text, bool whole) {
    const uint8_t *comma = whole ? NULL : memchr(text->data, ',', text->size);
    struct slice value = slice_of(text->data, comma ? (size_t)(comma - text->data) : text->size);
    *text = slice_after(*text, value.size + (comma != NULL));
    return value;
}

static size_t count_values(struct slice text, bool whole) {
    size_t count = 0;
    for (; text.size; count++)
        take_value(&text, whole);
    return count;
}

/* The value as it is indexed. */
static struct slice trim(struct slice value, const struct schema_field *field) {
    value = ascii_trim(value);
    if (field->number == SCHEMA_EXT && value.size && value.data[0] == '.')
        value = slice_after(value, 1);
    while (field->number == SCHEMA_FOLDER && value.size > 1 && value.data[value.size - 1] == '/')
        value.size--;
    return value;
}

enum status query_filter_values_of(struct query_filter *filter, struct arena *arena,
                                   const struct schema_field *field, const struct slice *texts,
                                   size_t count, bool whole) {
    struct keyword_folder folder = {0};
    struct buffer term = {0};
    size_t most = 0;
    for (size_t i = 0; i < count; i++)
        most += count_values(texts[i], whole);
    struct slice *values = arena_alloc(arena, (most + 1) * sizeof *values);
    enum status status = values ? ST_OK : ST_NOMEM;
    *filter = (struct query_filter){
        .kind = QUERY_FILTER_VALUES, .field = field->number, .values = values};
    for (size_t i = 0; i < count; i++)
        for (struct slice text = texts[i]; text.size && !status;) {
            struct slice value = trim(take_value(&text, whole), field);
            buffer_clear(&term);
            status = keyword_fold(&term, &folder, value);
            if (status || !term.size)
                continue;
            const char *copy = arena_copy(arena, term.data, term.size);
            if (copy)
                values[filter->value_count++] = slice_of(copy, term.size);
            else
                status = ST_NOMEM;
        }
    keyword_folder_release(&folder);
    buffer_release(&term);
    return !status && !filter->value_count ? ST_NOT_FOUND : status;
}

enum status query_filter_values(struct query_filter *filter, struct arena *arena,
                                const struct schema_field *field, struct slice text, bool whole) {
    return query_filter_values_of(filter, arena, field, &text, 1, whole);
}

bool query_filter_matches_id(const struct query_filter *filter, struct slice id) {
    if (filter->test)
        return filter->test(filter->context, id);
    for (size_t i = 0; i < filter->value_count; i++)
        if (glob_matches(filter->values[i], id))
            return true;
    return false;
}
