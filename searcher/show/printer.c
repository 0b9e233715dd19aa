/* SPDX-License-Identifier: MIT */
/* The parts that output formats share. */
#include "searcher/show/printer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "common/base/ascii.h"
#include "common/index/index_path.h"

enum { LINK_MAX_SIZE = 2000 }; /* bytes of an address that terminals accept */

const struct printer_format printer_none = {.silent = true};
const char printer_plain[] = "\x1b[m";
static const char match[] = "\x1b[1;31m";

void printer_bytes(struct printer *printer, struct slice bytes) {
    if (!printer->status)
        printer->status = buffer_append_slice(&printer->out, bytes);
}

void printer_text(struct printer *printer, const char *text) {
    printer_bytes(printer, slice_of_string(text));
}

void printer_escaped(struct printer *printer, struct slice text, enum escape mode) {
    if (!printer->status)
        printer->status = escape_append(&printer->out, text, mode);
}

void printer_printf(struct printer *printer, const char *format, ...) {
    struct buffer *out = &printer->out;
    for (size_t room = 64; !printer->status;) { /* enough for most; then the size needed */
        printer->status = buffer_reserve(out, room);
        if (printer->status)
            return;
        va_list args;
        va_start(args, format);
        int length = vsnprintf((char *)out->data + out->size, room, format, args);
        va_end(args);
        if (length < 0) { /* the format is valid, so memory ran out */
            printer->status = ST_NOMEM;
        } else if ((size_t)length < room) {
            out->size += (size_t)length;
            return;
        }
        room = (size_t)length + 1;
    }
}

void printer_score(struct printer *printer, double score) {
    printer_printf(printer, "%.*g", PRINTER_SCORE_DIGITS, score);
}

void printer_date(struct printer *printer, int64_t seconds) {
    time_t when = (time_t)seconds;
    struct tm date;
    if (gmtime_r(&when, &date))
        printer_printf(printer, "%04d-%02d-%02dT%02d:%02d:%02dZ", date.tm_year + 1900,
                       date.tm_mon + 1, date.tm_mday, date.tm_hour, date.tm_min, date.tm_sec);
}

void printer_number(struct printer *printer, double number) {
    char text[32];
    int digits = 15;
    do
        snprintf(text, sizeof text, "%.*g", digits, number);
    while (digits++ < 17 && strtod(text, NULL) != number);
    printer_text(printer, text);
}

void printer_value(struct printer *printer, const struct hit_field *field, size_t i,
                   enum escape mode) {
    if (field->type == FIELD_TYPE_DATE)
        printer_date(printer, field->keys[i]);
    else if (field->type == FIELD_TYPE_NUMBER)
        printer_number(printer, field_value_number_of_key(field->keys[i]));
    else
        printer_escaped(printer, field->texts[i], mode);
}

void printer_sort_value(struct printer *printer, const struct result_hit *hit) {
    if (hit->sort_value.count)
        printer_value(printer, &hit->sort_value, 0, ESCAPE_TEXT);
}

void printer_title(struct printer *printer, const struct result_hit *hit) {
    printer_escaped(printer, hit->title, ESCAPE_TEXT);
    printer_text(printer, hit->title_cut ? " ..." : "");
}

void printer_style(struct printer *printer, const char *style) {
    if (printer->color)
        printer_text(printer, style);
}

void printer_marked(struct printer *printer, struct slice text, const struct snippet_mark *marks,
                    size_t count, const char *style) {
    size_t at = 0;
    if (style)
        printer_style(printer, style);
    for (size_t i = 0; i < count; i++) {
        struct snippet_mark mark = marks[i];
        printer_escaped(printer, slice_of(text.data + at, mark.start - at), ESCAPE_TEXT);
        printer_style(printer, match);
        printer_escaped(printer, slice_of(text.data + mark.start, mark.end - mark.start),
                        ESCAPE_TEXT);
        printer_style(printer, printer_plain);
        if (style)
            printer_style(printer, style);
        at = mark.end;
    }
    printer_escaped(printer, slice_of(text.data + at, text.size - at), ESCAPE_TEXT);
    if (style)
        printer_style(printer, printer_plain);
}

/* Whether a file has this path. */
static bool is_file(struct slice id) {
    char path[PATH_MAX];
    struct stat st;
    if (!id.size || id.data[0] != '/' || id.size >= sizeof path || memchr(id.data, '\0', id.size))
        return false;
    memcpy(path, id.data, id.size);
    path[id.size] = '\0';
    return lstat(path, &st) == 0;
}

/* The bytes that RFC 3986 reserves for nothing, and the slash. */
static bool is_plain_in_address(uint8_t byte) {
    return ascii_is_letter(byte) || ascii_is_digit(byte) || (byte && strchr("-._~/", byte));
}

bool printer_link_begin(struct printer *printer, struct slice id) {
    if (!printer->link_host || 3 * id.size > LINK_MAX_SIZE || !is_file(id))
        return false;
    printer_text(printer, "\x1b]8;;file://");
    printer_text(printer, printer->link_host);
    for (size_t i = 0; i < id.size; i++)
        if (is_plain_in_address(id.data[i]))
            printer_bytes(printer, slice_of(id.data + i, 1));
        else
            printer_printf(printer, "%%%02X", id.data[i]);
    printer_text(printer, "\x1b\\");
    return true;
}

void printer_link_end(struct printer *printer, bool begun) {
    if (begun)
        printer_text(printer, "\x1b]8;;\x1b\\");
}

void printer_id(struct printer *printer, struct slice id, enum escape mode) {
    struct slice shown = id;
    if (printer->folder.size && id.size && id.data[0] == '/')
        shown = index_path_relative(id, printer->folder);
    bool linked = !printer->nul && printer_link_begin(printer, id);
    if (shown.size < id.size && shown.data[0] == '-')
        printer_text(printer, "./");
    if (printer->nul)
        printer_bytes(printer, shown);
    else
        printer_escaped(printer, shown, mode);
    printer_link_end(printer, linked);
}

enum status printer_print(struct printer *printer, const struct result_set *results,
                          struct error *err) {
    const struct printer_format *format = printer->format;
    if (format->begin)
        format->begin(printer, results);
    for (size_t i = 0; format->hit && i < results->count; i++)
        format->hit(printer, results, &results->hits[i]);
    if (format->end)
        format->end(printer, results);
    return printer->status ? error_nomem(err) : ST_OK;
}

void printer_release(struct printer *printer) {
    buffer_release(&printer->out);
}
