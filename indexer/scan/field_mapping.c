/* SPDX-License-Identifier: MIT */
/* Looks fields up by name, and parses their values. */
#include "indexer/scan/field_mapping.h"

#include <stdlib.h>
#include <strings.h>

#include "common/base/array.h"
#include "common/base/ascii.h"
#include "common/column/value_table.h"
#include "common/text/analyzer.h"
#include "indexer/extract/extract.h"
#include "indexer/scan/declared_field.h"
#include "indexer/scan/metadata.h"
#include "indexer/source/charset.h"
#include "indexer/source/path.h"

enum { EXTENSION_MAX = 16 }; /* bytes; a longer one is a part of the name */

void field_mapping_release(struct field_mapping *mapping) {
    free(mapping->misfits);
    free(mapping->values);
    buffer_release(&mapping->path);
    arena_release(&mapping->bytes);
    *mapping = (struct field_mapping){0};
}

static void add_misfit(struct field_mapping *mapping, uint16_t field, const char *why,
                       struct slice value) {
    struct misfit *misfits = array_reserve(mapping->misfits, &mapping->misfit_capacity,
                                           mapping->misfit_count + 1, sizeof *misfits);
    if (!misfits) {
        mapping->status = ST_NOMEM;
        return;
    }
    mapping->misfits = misfits;
    misfits[mapping->misfit_count++] = (struct misfit){field, why, value};
}

/* The first subtag of a language tag, in lower case: "de" of de-AT and of de_DE.UTF-8. */
static struct slice primary_language(struct field_mapping *mapping, struct slice tag) {
    size_t size = 0;
    while (size < tag.size && !memchr("-_.", tag.data[size], 3))
        size++;
    char *copy = arena_copy(&mapping->bytes, tag.data, size);
    if (!copy) {
        mapping->status = ST_NOMEM;
        return slice_of(NULL, 0);
    }
    for (size_t i = 0; i < size; i++)
        copy[i] = (char)ascii_lower((uint8_t)copy[i]);
    return slice_of(copy, size);
}

/* Adds a value as it is. */
static void push(struct field_mapping *mapping, const struct field_value *value) {
    struct field_value *values =
        array_reserve(mapping->values, &mapping->capacity, mapping->count + 1, sizeof *values);
    if (!values) {
        mapping->status = ST_NOMEM;
        return;
    }
    mapping->values = values;
    values[mapping->count++] = *value;
    mapping->size += value->field == SCHEMA_TEXT ? 0 : value->text.size;
}

static void add_text(struct field_mapping *mapping, const struct schema_field *field,
                     struct slice text) {
    if (field->number == SCHEMA_LANG)
        text = primary_language(mapping, text);
    if (field->type == FIELD_TYPE_KEYWORD && text.size > VALUE_SHOWN_MAX)
        text = unicode_cut(text, VALUE_SHOWN_MAX);
    if (mapping->size + text.size > INDEX_DOCUMENT_VALUES_MAX)
        add_misfit(mapping, field->number, "too long", slice_of(NULL, 0));
    else if (text.size)
        push(mapping,
             &(struct field_value){.field = field->number, .type = field->type, .text = text});
}

/* Adds a value if it fits its field; true if it does. An empty one is none. */
static bool add_value(struct field_mapping *mapping, const struct schema_field *field,
                      struct slice value) {
    size_t before = mapping->count;
    value = ascii_trim(value);
    if (!value.size)
        return false;
    if (field->number != mapping->field)
        mapping->field_count = 0;
    mapping->field = field->number;
    if (mapping->field_count++ >= FIELD_VALUES_MAX) {
        if (mapping->field_count == FIELD_VALUES_MAX + 1)
            add_misfit(mapping, field->number, "too many values", slice_of(NULL, 0));
        return false;
    }
    if (field->type == FIELD_TYPE_TEXT || field->type == FIELD_TYPE_KEYWORD) {
        add_text(mapping, field, value);
    } else {
        struct field_value typed = {.field = field->number, .type = field->type};
        if (field_value_parse_key(&typed.key, field->type, value))
            add_misfit(mapping, field->number,
                       field->type == FIELD_TYPE_DATE ? "not a date" : "not a number", value);
        else
            push(mapping, &typed);
    }
    return mapping->count > before;
}

static void add_built_in(struct field_mapping *mapping, uint16_t number, struct slice value) {
    const struct schema_field *field = schema_field(mapping->schema, number);
    if (field)
        add_value(mapping, field, value);
}

/* Title and text are added as they are: a document whose title is too long is refused. */
static void add_content(struct field_mapping *mapping, const struct source_document *source) {
    struct slice title = source_document_field(source, FIELD_TITLE);
    struct slice text = source_document_field(source, FIELD_TEXT);
    if (title.size)
        push(mapping,
             &(struct field_value){.field = SCHEMA_TITLE, .type = FIELD_TYPE_TEXT, .text = title});
    if (text.size)
        push(mapping,
             &(struct field_value){.field = SCHEMA_TEXT, .type = FIELD_TYPE_TEXT, .text = text});
}

static void add_record_fields(struct field_mapping *mapping, const struct source_document *source) {
    for (size_t i = 0; i < source->field_count; i++) {
        const struct schema_field *field = schema_find(mapping->schema, source->fields[i].name);
        if (field && field->number != SCHEMA_TITLE && field->number != SCHEMA_TEXT)
            add_value(mapping, field, source->fields[i].value);
    }
    for (size_t i = 0; i < source->problem_count; i++) {
        const struct schema_field *field = schema_find(mapping->schema, source->problems[i].name);
        if (field)
            add_misfit(mapping, field->number, source->problems[i].what, slice_of(NULL, 0));
    }
}

static bool is_name(struct slice name, struct slice expected) {
    return name.size == expected.size &&
           strncasecmp((const char *)name.data, (const char *)expected.data, name.size) == 0;
}

/* The part of *list before its first comma, which is removed from it with the comma. */
static struct slice take_item(struct slice *list) {
    const uint8_t *comma = memchr(list->data, ',', list->size);
    struct slice item = slice_of(list->data, comma ? (size_t)(comma - list->data) : list->size);
    *list = slice_after(*list, item.size + (comma != NULL));
    return item;
}

/* Adds what a file has under a name; true if anything fits. `lists`: values are lists. */
static bool add_named(struct field_mapping *mapping, const struct schema_field *field,
                      const struct source_document *source, struct slice name, bool lists) {
    bool added = false;
    for (size_t i = 0; i < source->field_count; i++) {
        struct slice value = source->fields[i].value;
        if (!is_name(source->fields[i].name, name))
            continue;
        if (!lists)
            added |= add_value(mapping, field, value);
        else
            while (value.size)
                added |= add_value(mapping, field, take_item(&value));
    }
    return added;
}

static void add_declared(struct field_mapping *mapping, struct slice declared,
                         const struct source_document *source) {
    struct reader list = reader_of(declared.data, declared.size);
    struct declared_field item;
    while (declared_field_next(&item, &list)) {
        const struct schema_field *field = schema_find(mapping->schema, item.name);
        while (field && item.members.size)
            add_named(mapping, field, source, take_item(&item.members), false);
    }
}

/* Adds what metadata.h finds for a field, whose first name is names[0]. Returns how many names it
 * has. */
static size_t add_metadata_of_field(struct field_mapping *mapping, struct slice declared,
                                    const struct source_document *source,
                                    const struct metadata_name *names, size_t count) {
    uint16_t number = names[0].field;
    const struct schema_field *field = schema_field(mapping->schema, number);
    bool list = number == SCHEMA_TAG, single = !list && number != SCHEMA_AUTHOR;
    bool wanted = field && !declared_field_has(declared, field->name);
    size_t misfit_count = mapping->misfit_count, i = 0;
    for (; i < count && names[i].field == number; i++)
        if (wanted && add_named(mapping, field, source, slice_of_string(names[i].name), list) &&
            single) {
            mapping->misfit_count = misfit_count; /* those of names that say it less well */
            wanted = false;
        }
    return i;
}

static void add_metadata(struct field_mapping *mapping, struct slice declared,
                         const struct source_document *source) {
    size_t count;
    const struct metadata_name *names = metadata_names(&count);
    for (size_t i = 0; i < count;)
        i += add_metadata_of_field(mapping, declared, source, names + i, count - i);
}

/* The extension of a file's name, without the dot; empty if it has none. */
static struct slice extension_of(struct slice name) {
    const uint8_t *dot = name.size ? memrchr(name.data, '.', name.size) : NULL;
    if (!dot || dot == name.data)
        return slice_of(NULL, 0);
    struct slice extension = slice_after(name, (size_t)(dot - name.data) + 1);
    for (size_t i = 0; i < extension.size; i++)
        if (ascii_is_space(extension.data[i]))
            return slice_of(NULL, 0);
    return extension.size <= EXTENSION_MAX ? extension : slice_of(NULL, 0);
}

/* Adds the folder, and those above it whose paths are whole terms. */
static void add_folders(struct field_mapping *mapping, struct slice folder) {
    add_built_in(mapping, SCHEMA_FOLDER, folder);
    while (folder.size > 1) {
        struct slice parent, name;
        path_split(&parent, &name, folder);
        folder = parent;
        if (folder.size <= TERM_MAX)
            add_built_in(mapping, SCHEMA_FOLDER, folder);
    }
}

/* Adds what is known of a file without looking inside. */
static void add_file(struct field_mapping *mapping, const struct source_document *source) {
    struct slice path = source->id, folder, name;
    if (!charset_is_utf8(path)) {
        buffer_clear(&mapping->path);
        if (charset_repair(&mapping->path, path))
            mapping->status = ST_NOMEM;
        path = buffer_slice(&mapping->path);
    }
    path_split(&folder, &name, path);
    add_built_in(mapping, SCHEMA_NAME, name);
    add_built_in(mapping, SCHEMA_EXT, extension_of(name));
    add_built_in(mapping, SCHEMA_TYPE, slice_of_string(extract_format_name(source->format)));
    add_folders(mapping, folder);
}

static bool has_value(const struct field_mapping *mapping, uint16_t number) {
    for (size_t i = 0; i < mapping->count; i++)
        if (mapping->values[i].field == number)
            return true;
    return false;
}

/* Adds a number or a date unless the document has one of its own. */
static void add_default(struct field_mapping *mapping, uint16_t number, enum field_type type,
                        int64_t key) {
    if (!has_value(mapping, number))
        push(mapping, &(struct field_value){.field = number, .type = type, .key = key});
}

/* Adds the language that a document has of its source. */
static void add_language(struct field_mapping *mapping, const struct source_document *source) {
    struct slice lang = source->lang;
    if (!lang.size || has_value(mapping, SCHEMA_LANG))
        return;
    if (slice_equal(lang, slice_of_string(LANGUAGE_GUESS_CODE))) {
        struct slice title = source_document_field(source, FIELD_TITLE);
        struct slice text = source_document_field(source, FIELD_TEXT);
        lang = slice_of(NULL, 0);
        if (mapping->guess)
            lang = language_guess_text(mapping->guess, title, text.size ? text : source->head);
    }
    if (lang.size)
        add_built_in(mapping, SCHEMA_LANG, lang);
}

enum status field_mapping_run(struct index_document *document, struct field_mapping *mapping,
                              const struct schema *schema, struct slice declared,
                              const struct source_document *source) {
    mapping->schema = schema;
    mapping->count = mapping->misfit_count = mapping->size = mapping->field_count = 0;
    mapping->field = SCHEMA_ALL;
    mapping->status = ST_OK;
    arena_release(&mapping->bytes);
    add_content(mapping, source);
    if (source->format == FORMAT_AUTO) {
        add_record_fields(mapping, source);
    } else {
        add_file(mapping, source);
        add_declared(mapping, declared, source);
        add_metadata(mapping, declared, source);
    }
    add_language(mapping, source);
    if (source->mtime)
        add_default(mapping, SCHEMA_DATE, FIELD_TYPE_DATE, source->mtime);
    if (source->size)
        add_default(mapping, SCHEMA_SIZE, FIELD_TYPE_NUMBER,
                    field_value_key_of_number((double)source->size));
    if (!mapping->status)
        mapping->status = index_document_sort(mapping->values, mapping->count);
    *document = (struct index_document){source->id, mapping->values, mapping->count};
    return mapping->status;
}
