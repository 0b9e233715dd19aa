/* SPDX-License-Identifier: MIT */
/* Reads and prints templates. */
#include "searcher/show/printer_template.h"

#include <inttypes.h>

#define DIRECTIVES "%snqptdS"

/* How a message shows the character after a sign: whole, if it is one of UTF-8. */
static int shown_size(struct slice rest) {
    return rest.size ? (int)unicode_decode(rest.data, rest.size).size : 0;
}

static enum status take_directive(struct template_part *part, struct slice *rest,
                                  struct error *err) {
    struct slice after = slice_after(*rest, 1);
    char letter = after.size ? (char)after.data[0] : '\0';
    if (letter == '{') {
        const uint8_t *end = memchr(after.data, '}', after.size);
        if (!end)
            return error_set(err, ST_INVALID, 0, "--format: %%{ needs the name of a field and }");
        part->letter = letter;
        part->field = slice_of(after.data + 1, (size_t)(end - after.data) - 1);
        *rest = slice_after(after, part->field.size + 2);
        return ST_OK;
    }
    if (!letter || !strchr(DIRECTIVES, letter))
        return error_set(
            err, ST_INVALID, 0,
            "--format: no %%%.*s; there are %%s %%p %%t %%d %%n %%q %%S %%{field} %%%%",
            shown_size(after), (const char *)after.data);
    if (letter == '%')
        part->bytes = slice_of(after.data, 1);
    else
        part->letter = letter;
    *rest = slice_after(after, 1);
    return ST_OK;
}

static enum status take_escape(struct template_part *part, struct slice *rest, struct error *err) {
    static const char letters[] = "tn0\\", bytes[] = "\t\n\0\\";
    struct slice after = slice_after(*rest, 1);
    const char *letter = after.size && after.data[0] ? strchr(letters, (char)after.data[0]) : NULL;
    if (!letter)
        return error_set(err, ST_INVALID, 0, "--format: no \\%.*s; there are \\t \\n \\0 \\\\",
                         shown_size(after), (const char *)after.data);
    part->bytes = slice_of(bytes + (letter - letters), 1);
    *rest = slice_after(after, 1);
    return ST_OK;
}

enum status template_next(struct template_part *part, struct slice *rest, struct error *err) {
    size_t size = 0;
    *part = (struct template_part){0};
    if (!rest->size)
        return ST_END;
    if (rest->data[0] == '%')
        return take_directive(part, rest, err);
    if (rest->data[0] == '\\')
        return take_escape(part, rest, err);
    while (size < rest->size && rest->data[size] != '%' && rest->data[size] != '\\')
        size++;
    part->bytes = slice_of(rest->data, size);
    *rest = slice_after(*rest, size);
    return ST_OK;
}

enum status template_check(bool *shows_passages, const char *template, struct error *err) {
    struct slice rest = slice_of_string(template);
    struct template_part part;
    enum status status;
    *shows_passages = false;
    while (!(status = template_next(&part, &rest, err)))
        *shows_passages |= part.letter == 'S';
    return status == ST_END ? ST_OK : status;
}

enum status template_check_fields(const char *template, const struct schema *schema,
                                  struct error *err) {
    struct slice rest = slice_of_string(template);
    struct template_part part;
    while (!template_next(&part, &rest, err)) {
        if (part.letter != '{')
            continue;
        const struct schema_field *field = schema_find(schema, part.field);
        if (!field)
            return error_set(err, ST_INVALID, 0,
                             "--format: no document has a field %.*s; --field-list shows those "
                             "that there are",
                             (int)part.field.size, (const char *)part.field.data);
        if (field->number == SCHEMA_TEXT)
            return error_set(err, ST_INVALID, 0, "--format: %%{text}: use %%S, its passages");
    }
    return ST_OK;
}

static const struct hit_field *find_field(const struct result_hit *hit, struct slice name) {
    for (size_t i = 0; i < hit->field_count; i++)
        if (slice_equal(hit->fields[i].name, name))
            return &hit->fields[i];
    return NULL;
}

static void print_field(struct printer *printer, const struct result_hit *hit, struct slice name) {
    const struct hit_field *field = find_field(hit, name);
    for (size_t i = 0; field && i < field->count; i++) {
        printer_text(printer, i ? "," : "");
        printer_value(printer, field, i, ESCAPE_TEXT);
    }
}

static void print_part(struct printer *printer, const struct result_set *results,
                       const struct result_hit *hit, const struct template_part *part) {
    printer_bytes(printer, part->bytes);
    switch (part->letter) {
    case 's':
        if (results->sorted)
            printer_sort_value(printer, hit);
        else
            printer_score(printer, hit->score);
        break;
    case 'n':
        printer_printf(printer, "%" PRIu32, hit->rank);
        break;
    case 'q':
        printer_escaped(printer, results->query_id, ESCAPE_NAME);
        break;
    case 'p':
        printer_id(printer, hit->id, ESCAPE_NAME);
        break;
    case 't':
        printer_title(printer, hit);
        break;
    case 'd':
        print_field(printer, hit, slice_of_string("date"));
        break;
    case 'S':
        for (size_t i = 0; i < hit->snippet_count; i++) {
            printer_text(printer, i ? " ... " : "");
            printer_escaped(printer, hit->snippets[i].text, ESCAPE_TEXT);
        }
        break;
    case '{':
        if (slice_equal(part->field, slice_of_string("title")))
            printer_title(printer, hit);
        else
            print_field(printer, hit, part->field);
        break;
    }
}

static void template_hit(struct printer *printer, const struct result_set *results,
                         const struct result_hit *hit) {
    struct slice rest = slice_of_string(printer->template);
    struct template_part part;
    while (!template_next(&part, &rest, NULL))
        print_part(printer, results, hit, &part);
}

const struct printer_format printer_template = {
    .shows_passages = true, .fields = RESULT_FIELDS_ALL, .hit = template_hit};
