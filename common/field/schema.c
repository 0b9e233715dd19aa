/* SPDX-License-Identifier: MIT */
/* Looks fields up by name and number. Schemas are short, so every look-up is a scan. */
#include "common/field/schema.h"

#include <stdlib.h>

#include "common/base/array.h"

static const struct schema_field built_in[] = {
    {SCHEMA_TITLE, FIELD_TYPE_TEXT, SCHEMA_SEARCHED, "title"},
    {SCHEMA_TEXT, FIELD_TYPE_TEXT, SCHEMA_SEARCHED, "text"},
    {SCHEMA_NAME, FIELD_TYPE_TEXT, SCHEMA_SEARCHED, "name"},
    {SCHEMA_EXT, FIELD_TYPE_KEYWORD, 0, "ext"},
    {SCHEMA_TYPE, FIELD_TYPE_KEYWORD, 0, "type"},
    {SCHEMA_LANG, FIELD_TYPE_KEYWORD, 0, "lang"},
    {SCHEMA_FOLDER, FIELD_TYPE_KEYWORD, 0, "folder"},
    {SCHEMA_DATE, FIELD_TYPE_DATE, 0, "date"},
    {SCHEMA_SIZE, FIELD_TYPE_NUMBER, 0, "size"},
    {SCHEMA_AUTHOR, FIELD_TYPE_TEXT, SCHEMA_SEARCHED, "author"},
    {SCHEMA_DESCRIPTION, FIELD_TYPE_TEXT, SCHEMA_SEARCHED, "description"},
    {SCHEMA_TAG, FIELD_TYPE_KEYWORD, 0, "tag"},
};

static enum status append(struct schema *schema, uint16_t number, struct slice name,
                          enum field_type type, uint8_t flags) {
    struct schema_field *fields =
        array_reserve(schema->fields, &schema->capacity, schema->count + 1, sizeof *fields);
    if (!fields)
        return ST_NOMEM;
    schema->fields = fields;
    struct schema_field *field = &fields[schema->count++];
    *field = (struct schema_field){.number = number, .type = type, .flags = flags};
    memcpy(field->name, name.data, name.size);
    return ST_OK;
}

enum status schema_init(struct schema *schema) {
    *schema = (struct schema){0};
    for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++)
        if (append(schema, built_in[i].number, slice_of_string(built_in[i].name), built_in[i].type,
                   built_in[i].flags)) {
            schema_release(schema);
            return ST_NOMEM;
        }
    return ST_OK;
}

void schema_release(struct schema *schema) {
    free(schema->fields);
    *schema = (struct schema){0};
}

enum status schema_copy(struct schema *copy, const struct schema *schema) {
    for (size_t i = 0; i < schema->count; i++) {
        const struct schema_field *field = &schema->fields[i];
        if (append(copy, field->number, slice_of_string(field->name), field->type, field->flags)) {
            schema_release(copy);
            return ST_NOMEM;
        }
    }
    return ST_OK;
}

bool schema_is_name(struct slice name) {
    if (!name.size || name.size > SCHEMA_NAME_SIZE_MAX)
        return false;
    for (size_t i = 0; i < name.size; i++) {
        uint8_t c = name.data[i];
        bool letter = c >= 'a' && c <= 'z';
        if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '_' || c == '-')))
            return false;
    }
    return true;
}

const struct schema_field *schema_find(const struct schema *schema, struct slice name) {
    for (size_t i = 0; i < schema->count; i++)
        if (slice_equal(slice_of_string(schema->fields[i].name), name))
            return &schema->fields[i];
    return NULL;
}

const struct schema_field *schema_field(const struct schema *schema, uint16_t number) {
    for (size_t i = 0; i < schema->count; i++)
        if (schema->fields[i].number == number)
            return &schema->fields[i];
    return NULL;
}

uint16_t schema_same_field(const struct schema *schema, const struct schema_field *field) {
    const struct schema_field *same = schema_find(schema, slice_of_string(field->name));
    return same && same->type == field->type ? same->number : SCHEMA_NONE;
}

enum status schema_add(uint16_t *number, struct schema *schema, struct slice name,
                       enum field_type type, uint8_t flags) {
    const struct schema_field *old = schema_find(schema, name);
    if (old) {
        *number = old->number;
        return old->type == type ? ST_OK : ST_EXISTS;
    }
    if (!schema_is_name(name))
        return ST_INVALID;
    uint16_t last = schema->count ? schema->fields[schema->count - 1].number : 0;
    if (last >= SCHEMA_OWN_MAX)
        return ST_LIMIT;
    *number = last < SCHEMA_OWN_MIN ? SCHEMA_OWN_MIN : (uint16_t)(last + 1);
    return append(schema, *number, name, type, flags);
}

enum status schema_restore(struct schema *schema, uint16_t number, struct slice name,
                           enum field_type type, uint8_t flags) {
    bool known = type >= FIELD_TYPE_TEXT && type <= FIELD_TYPE_DATE;
    uint16_t last = schema->count ? schema->fields[schema->count - 1].number : 0;
    if (!known || number <= last || number > SCHEMA_OWN_MAX || !schema_is_name(name) ||
        schema_find(schema, name))
        return ST_CORRUPT;
    return append(schema, number, name, type, flags);
}
