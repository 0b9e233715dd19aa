/* SPDX-License-Identifier: MIT */
/* Reads options about fields. */
#include "searcher/query/field_options.h"

#include "common/base/number.h"

enum { SHOWN_MAX = 80 }; /* bytes of a name in a sentence */

static int shown_size(struct slice text) {
    return text.size < SHOWN_MAX ? (int)text.size : SHOWN_MAX;
}

/* Takes the text up to the first `separator`, which it drops. */
static struct slice take_until(struct slice *text, char separator) {
    const uint8_t *end = text->size ? memchr(text->data, separator, text->size) : NULL;
    struct slice part = slice_of(text->data, end ? (size_t)(end - text->data) : text->size);
    *text = slice_after(*text, part.size + (end != NULL));
    return part;
}

enum status field_options_find(const struct schema_field **field, const struct schema *schema,
                               const char *option, struct slice name, struct error *err) {
    *field = schema_find(schema, name);
    if (*field)
        return ST_OK;
    return error_set(err, ST_INVALID, 0,
                     "--%s: no document has a field %.*s; --field-list shows the fields", option,
                     shown_size(name), (const char *)name.data);
}

enum status sort_order_parse(struct sort_order *order, const struct schema *schema,
                             const char *text, struct error *err) {
    struct slice rest = slice_of_string(text), name = take_until(&rest, ':');
    bool ascending = slice_equal(rest, slice_of_string("asc"));
    bool descending = slice_equal(rest, slice_of_string("desc"));
    *order = (struct sort_order){0};
    bool by_score = slice_equal(name, slice_of_string("score"));
    if (strchr(text, ':') ? !descending && (!ascending || by_score) : false)
        return error_set(err, ST_INVALID, 0, "--sort=%.100s: an order is asc or desc%s", text,
                         by_score ? ", and scores always descend" : "");
    if (by_score)
        return ST_OK;
    enum status status = field_options_find(&order->field, schema, "sort", name, err);
    if (status)
        return status;
    if (order->field->type == FIELD_TYPE_TEXT)
        return error_set(err, ST_INVALID, 0,
                         "--sort=%s: is text; sort by a keyword, a number or a date",
                         order->field->name);
    order->descending = descending || (!ascending && order->field->type != FIELD_TYPE_KEYWORD);
    return ST_OK;
}

enum status facet_request_parse(struct facet_request *facet, const struct schema *schema,
                                const char *text, struct error *err) {
    struct slice rest = slice_of_string(text), name = take_until(&rest, ':');
    uint64_t limit = FACET_LIMIT;
    enum status status = field_options_find(&facet->field, schema, "facet", name, err);
    if (status)
        return status;
    if (facet->field->type != FIELD_TYPE_KEYWORD && facet->field->type != FIELD_TYPE_DATE)
        return error_set(
            err, ST_INVALID, 0, "--facet=%s: is a %s; count by a keyword, or the years of a date",
            facet->field->name, facet->field->type == FIELD_TYPE_TEXT ? "text" : "number");
    if (strchr(text, ':') && (number_parse_count(&limit, (const char *)rest.data) || limit == 0 ||
                              limit > FACET_LIMIT_MAX))
        return error_set(err, ST_INVALID, 0, "--facet=%.100s: the number is 1 to %d", text,
                         FACET_LIMIT_MAX);
    facet->limit = (uint32_t)limit;
    return ST_OK;
}
