/* SPDX-License-Identifier: MIT */
/* Reads weights. */
#include "common/field/field_boosts.h"

#include "common/base/number.h"

/* Takes the text up to the first separator, which it drops. */
static struct slice take_until(struct slice *text, char separator) {
    const uint8_t *end = text->size ? memchr(text->data, separator, text->size) : NULL;
    struct slice part = slice_of(text->data, end ? (size_t)(end - text->data) : text->size);
    *text = slice_after(*text, part.size + (end != NULL));
    return part;
}

static int shown_size(struct slice text) {
    return text.size < SCHEMA_NAME_SIZE_MAX ? (int)text.size : SCHEMA_NAME_SIZE_MAX;
}

/* NAME:WEIGHT */
static enum status parse_boost(struct field_boost *boost, const struct schema *schema,
                               struct slice text, struct error *err) {
    struct slice weight = text, name = take_until(&weight, ':');
    const struct schema_field *field = schema_find(schema, name);
    double number;
    if (!field)
        return error_set(err, ST_INVALID, 0, "--boost: there is no field %.*s", shown_size(name),
                         (const char *)name.data);
    if (field->type != FIELD_TYPE_TEXT || !(field->flags & SCHEMA_SEARCHED) ||
        field->number == SCHEMA_TEXT)
        return error_set(err, ST_INVALID, 0,
                         "--boost=%s: only text fields that are searched have a weight, and text "
                         "itself always weighs 1",
                         field->name);
    if (number_parse_real_slice(&number, weight) || !(number >= 0 && number <= FIELD_BOOST_MAX))
        return error_set(err, ST_INVALID, 0, "--boost=%s: needs a weight from 0 to %d, as in %s:2",
                         field->name, FIELD_BOOST_MAX, field->name);
    *boost = (struct field_boost){field->number, (uint16_t)(number * FIELD_BOOST_ONE + 0.5)};
    return ST_OK;
}

enum status field_boosts_parse(struct field_boosts *boosts, const struct schema *schema,
                               const char *text, struct error *err) {
    if (strcmp(text, "none") == 0) {
        boosts->count = 0;
        return ST_OK;
    }
    for (struct slice rest = slice_of_string(text); rest.size;) {
        struct field_boost boost;
        enum status status = parse_boost(&boost, schema, take_until(&rest, ','), err);
        if (status)
            return status;
        size_t i = 0;
        while (i < boosts->count && boosts->items[i].field != boost.field)
            i++;
        if (i == FIELD_BOOSTS_MAX)
            return error_set(err, ST_LIMIT, 0, "--boost: at most %d fields", FIELD_BOOSTS_MAX);
        boosts->items[i] = boost;
        boosts->count += i == boosts->count;
    }
    return ST_OK;
}
