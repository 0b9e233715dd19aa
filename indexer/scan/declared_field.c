/* SPDX-License-Identifier: MIT */
/* Parses, encodes and compares declarations. */
#include "indexer/scan/declared_field.h"

#include "indexer/source/source_document.h"

static const char *const type_names[] = {
    [DECLARED_ANY] = NULL,        [DECLARED_TEXT] = "text", [DECLARED_KEYWORD] = "keyword",
    [DECLARED_NUMBER] = "number", [DECLARED_DATE] = "date", [DECLARED_FILTER] = "filter",
};
enum { TYPE_COUNT = sizeof type_names / sizeof *type_names };

/* Removes the part after the first `separator` from *text, and returns it; empty without one. */
static struct slice split(struct slice *text, char separator) {
    const uint8_t *at = text->size ? memchr(text->data, separator, text->size) : NULL;
    if (!at)
        return slice_of(NULL, 0);
    struct slice rest = slice_after(*text, (size_t)(at - text->data) + 1);
    text->size = (size_t)(at - text->data);
    return rest;
}

static bool parse_type(enum declared_type *type, struct slice text) {
    for (int i = DECLARED_TEXT; i < TYPE_COUNT; i++)
        if (slice_equal(text, slice_of_string(type_names[i]))) {
            *type = (enum declared_type)i;
            return true;
        }
    return false;
}

/* No name of a member is empty. */
static bool is_member_list(struct slice members) {
    for (size_t i = 0; i < members.size; i++)
        if (members.data[i] == ',' &&
            (i == 0 || i + 1 == members.size || members.data[i + 1] == ','))
            return false;
    return members.size > 0;
}

/* The option for a part that every document has, or NULL. */
static const char *option_of(struct slice name) {
    return slice_equal(name, slice_of_string("id"))          ? "--id-field"
           : slice_equal(name, slice_of_string(FIELD_TITLE)) ? "--title-field"
           : slice_equal(name, slice_of_string(FIELD_TEXT))  ? "--text-field"
                                                             : NULL;
}

enum status declared_field_parse(struct declared_field *field, const char *text,
                                 struct error *err) {
    struct slice name = slice_of_string(text);
    bool has_members = strchr(text, '=') != NULL;
    struct slice members = split(&name, '=');
    bool has_type = memchr(name.data, ':', name.size) != NULL;
    struct slice type = split(&name, ':');
    *field = (struct declared_field){.name = name, .members = has_members ? members : name};
    if (!schema_is_name(name))
        return error_set(err, ST_INVALID, 0,
                         "--field %s: not NAME, NAME:TYPE or NAME:TYPE=MEMBER; a name has at most "
                         "%d of a-z, 0-9, '-' and '_', and begins with a letter",
                         text, SCHEMA_NAME_SIZE_MAX);
    if (option_of(name))
        return error_set(err, ST_INVALID, 0, "--field %s: use %s", text, option_of(name));
    if (has_type && !parse_type(&field->type, type))
        return error_set(err, ST_INVALID, 0,
                         "--field %s: a field is text, filter, keyword, number or date", text);
    if (!is_member_list(field->members))
        return error_set(err, ST_INVALID, 0, "--field %s: the name of a member is empty", text);
    return ST_OK;
}

bool declared_field_next(struct declared_field *field, struct reader *list) {
    if (list->bad || !reader_remaining(list))
        return false;
    field->name = reader_string(list);
    uint8_t type = reader_u8(list);
    field->members = reader_string(list);
    field->type = (enum declared_type)type;
    list->bad = list->bad || type >= TYPE_COUNT || !schema_is_name(field->name) ||
                !is_member_list(field->members);
    return !list->bad;
}

bool declared_field_has(struct slice list, const char *name) {
    struct declared_field field;
    struct reader reader = reader_of(list.data, list.size);
    while (declared_field_next(&field, &reader))
        if (slice_equal(field.name, slice_of_string(name)))
            return true;
    return false;
}

enum status declared_field_append(struct buffer *list, const struct declared_field *field,
                                  struct error *err) {
    struct declared_field other;
    struct reader reader = reader_of(list->data, list->size);
    size_t count = 0;
    for (; declared_field_next(&other, &reader); count++)
        if (slice_equal(other.name, field->name))
            return error_set(err, ST_INVALID, 0,
                             "--field %.*s: declared twice; several members are given as "
                             "NAME=MEMBER,MEMBER",
                             (int)field->name.size, (const char *)field->name.data);
    if (count == DECLARED_FIELDS_MAX)
        return error_set(err, ST_INVALID, 0, "--field: at most %d fields", DECLARED_FIELDS_MAX);
    if (buffer_append_string(list, field->name) || buffer_append_byte(list, (uint8_t)field->type) ||
        buffer_append_string(list, field->members))
        return error_nomem(err);
    return ST_OK;
}

/* The type of a field of the schema as it is declared. */
static enum declared_type type_of(const struct schema_field *field) {
    bool searched = field->flags & SCHEMA_SEARCHED;
    return field->type == FIELD_TYPE_TEXT && !searched ? DECLARED_FILTER
                                                       : (enum declared_type)field->type;
}

enum status declared_field_resolve(enum field_type *type, uint8_t *flags,
                                   const struct declared_field *field, const struct schema *schema,
                                   struct error *err) {
    const struct schema_field *old = schema_find(schema, field->name);
    enum declared_type declared = field->type;
    if (declared == DECLARED_ANY)
        declared = old ? type_of(old) : DECLARED_TEXT;
    if (old && declared != type_of(old))
        return error_set(err, ST_INVALID, 0,
                         "--field %.*s:%s: in this index it is of type %s; leave the type out, or "
                         "choose another name",
                         (int)field->name.size, (const char *)field->name.data,
                         type_names[declared], type_names[type_of(old)]);
    *type = declared == DECLARED_FILTER ? FIELD_TYPE_TEXT : (enum field_type)declared;
    *flags = declared == DECLARED_TEXT ? SCHEMA_SEARCHED : 0;
    return ST_OK;
}
