/* SPDX-License-Identifier: MIT */
/* Reads ranges. */
#include "searcher/query/range.h"

#include "common/field/date.h"

/* The range of a value alone. *ago: it reaches until now only if it stands alone. */
static enum status parse_value(struct range *range, bool *ago, const struct schema_field *field,
                               struct slice text, int64_t now) {
    *ago = false;
    if (field->type == FIELD_TYPE_DATE) {
        struct date_range date;
        enum status status = date_parse_query(&date, ago, text, now);
        *range = (struct range){date.first, date.end - 1};
        return status;
    }
    double number = 0;
    enum status status =
        field_value_parse_quantity(&number, text, field->number == SCHEMA_SIZE ? 1024 : 1000);
    range->min = range->max = field_value_key_of_number(number);
    return status;
}

/* The range of a value that is an end of a range. */
static enum status parse_end(struct range *range, const struct schema_field *field,
                             struct slice text, int64_t now) {
    bool ago;
    enum status status = parse_value(range, &ago, field, text, now);
    if (ago)
        range->max = range->min;
    return status;
}

static enum status parse_comparison(struct range *range, const struct schema_field *field,
                                    struct slice text, int64_t now) {
    struct range value;
    bool less = text.data[0] == '<';
    bool equal = text.size > 1 && text.data[1] == '=';
    enum status status = parse_end(&value, field, slice_after(text, equal ? 2 : 1), now);
    if (status)
        return status;
    if (less)
        *range = (struct range){INT64_MIN, equal ? value.max : value.min - 1};
    else
        *range = (struct range){equal ? value.min : value.max + 1, INT64_MAX};
    return ST_OK;
}

enum status range_parse(struct range *range, const struct schema_field *field, struct slice text,
                        int64_t now) {
    if (text.size && (text.data[0] == '<' || text.data[0] == '>'))
        return parse_comparison(range, field, text, now);
    const uint8_t *dots = text.size ? memmem(text.data, text.size, "..", 2) : NULL;
    if (!dots) {
        bool ago;
        return parse_value(range, &ago, field, text, now);
    }
    struct slice first = slice_of(text.data, (size_t)(dots - text.data));
    struct slice last = slice_after(text, first.size + 2);
    struct range ends[2] = {{INT64_MIN, 0}, {0, INT64_MAX}};
    enum status status = first.size || last.size ? ST_OK : ST_INVALID;
    if (!status && first.size)
        status = parse_end(&ends[0], field, first, now);
    if (!status && last.size)
        status = parse_end(&ends[1], field, last, now);
    *range = (struct range){ends[0].min, ends[1].max};
    return status;
}
