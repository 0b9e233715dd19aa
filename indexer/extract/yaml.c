#include "indexer/extract/yaml.h"

#include <yaml.h>

enum { DEPTH_MAX = 64 }; /* libyaml takes the square of the depth of brackets */

struct reading {
    void (*field)(void *context, struct slice name, struct slice value);
    void *context;
    struct buffer name; /* of the value that is next, or that we are in */
    size_t depth;       /* mappings and sequences that we are in */
    bool named;         /* at depth 1: the next node is a value */
    bool listed;        /* at depth 2: in a sequence */
};

static bool is_null(const yaml_event_t *event) {
    const char *value = (const char *)event->data.scalar.value;
    return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (!*value || strcmp(value, "~") == 0 || strcmp(value, "null") == 0);
}

static enum status take_scalar(struct reading *reading, const yaml_event_t *event) {
    struct slice value = slice_of(event->data.scalar.value, event->data.scalar.length);
    if (reading->depth == 1 && !reading->named) {
        buffer_clear(&reading->name);
        reading->named = true;
        return buffer_append_slice(&reading->name, value);
    }
    bool wanted = reading->depth == 1 || (reading->depth == 2 && reading->listed);
    if (wanted && reading->name.size > 0 && !is_null(event))
        reading->field(reading->context, buffer_slice(&reading->name), value);
    reading->named = reading->named && reading->depth > 1;
    return reading->depth == 0 ? ST_NOT_FOUND : ST_OK;
}

/* A node that is no scalar where the name of a value should be: the value belongs to no name. */
static void miss_name(struct reading *reading) {
    if (reading->depth != 1)
        return;
    if (!reading->named)
        buffer_clear(&reading->name);
    reading->named = !reading->named;
}

static enum status take_event(struct reading *reading, const yaml_event_t *event) {
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return take_scalar(reading, event);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT: {
        bool sequence = event->type == YAML_SEQUENCE_START_EVENT;
        if (reading->depth == 0 && sequence)
            return ST_NOT_FOUND;
        if (reading->depth == 1)
            reading->listed = sequence && reading->named;
        miss_name(reading);
        reading->depth++;
        return reading->depth <= DEPTH_MAX ? ST_OK : ST_INVALID;
    }
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        reading->depth--;
        return ST_OK;
    case YAML_ALIAS_EVENT:
        miss_name(reading);
        return ST_OK;
    default:
        return ST_OK;
    }
}

enum status yaml_fields(struct slice utf8,
                        void (*field)(void *context, struct slice name, struct slice value),
                        void *context) {
    struct reading reading = {.field = field, .context = context};
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
        status = take_event(&reading, &event);
        ended = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    buffer_release(&reading.name);
    return status;
}
