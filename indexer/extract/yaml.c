/* SPDX-License-Identifier: MIT */
/* Follows the events of libyaml down to the second level. */
#include "indexer/extract/yaml.h"

#include <yaml.h>

enum { DEPTH_MAX = 64 }; /* libyaml takes time quadratic in the depth of brackets */

struct field_reader {
    void (*on_field)(void *context, struct slice name, struct slice value);
    void *context;
    struct buffer name; /* of the next or the current value */
    size_t depth;       /* open mappings and sequences */
    bool has_name;      /* at depth 1: the next node is a value */
    bool in_sequence;   /* at depth 2: in a sequence */
};

static bool is_null(const yaml_event_t *event) {
    const char *value = (const char *)event->data.scalar.value;
    return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (!*value || strcmp(value, "~") == 0 || strcmp(value, "null") == 0);
}

static enum status read_scalar(struct field_reader *reader, const yaml_event_t *event) {
    struct slice value = slice_of(event->data.scalar.value, event->data.scalar.length);
    if (reader->depth == 1 && !reader->has_name) {
        buffer_clear(&reader->name);
        reader->has_name = true;
        return buffer_append_slice(&reader->name, value);
    }
    bool wanted = reader->depth == 1 || (reader->depth == 2 && reader->in_sequence);
    if (wanted && reader->name.size > 0 && !is_null(event))
        reader->on_field(reader->context, buffer_slice(&reader->name), value);
    reader->has_name = reader->has_name && reader->depth > 1;
    return reader->depth == 0 ? ST_NOT_FOUND : ST_OK;
}

/* A node other than a scalar: as a name it leaves its value nameless, as a value it is complete. */
static void skip_name(struct field_reader *reader) {
    if (reader->depth != 1)
        return;
    if (!reader->has_name)
        buffer_clear(&reader->name);
    reader->has_name = !reader->has_name;
}

static enum status read_event(struct field_reader *reader, const yaml_event_t *event) {
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(reader, event);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT: {
        bool sequence = event->type == YAML_SEQUENCE_START_EVENT;
        if (reader->depth == 0 && sequence)
            return ST_NOT_FOUND;
        if (reader->depth == 1)
            reader->in_sequence = sequence && reader->has_name;
        skip_name(reader);
        reader->depth++;
        return reader->depth <= DEPTH_MAX ? ST_OK : ST_INVALID;
    }
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        reader->depth--;
        return ST_OK;
    case YAML_ALIAS_EVENT:
        skip_name(reader);
        return ST_OK;
    default:
        return ST_OK;
    }
}

enum status yaml_read_fields(struct slice utf8,
                             void (*on_field)(void *context, struct slice name, struct slice value),
                             void *context) {
    struct field_reader reader = {.on_field = on_field, .context = context};
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return ST_NOMEM;
    yaml_parser_set_input_string(&parser, utf8.data, utf8.size);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    enum status status = ST_OK;
    for (bool ended = false; !ended && !status;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            status = parser.error == YAML_MEMORY_ERROR ? ST_NOMEM : ST_INVALID;
            break;
        }
        status = read_event(&reader, &event);
        ended = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    buffer_release(&reader.name);
    return status;
}
