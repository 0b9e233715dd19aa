/* SPDX-License-Identifier: MIT */
/* The user's own output format: a template that is printed for each hit.
 *
 *     template = (text | directive | escape)*
 *     directive = "%" letter | "%{" field "}"
 *     escape    = "\" letter
 *
 *     %s score, or the value that the hit is sorted by   %n rank   %q id of the query
 *     %p id, which is a path where the document is a file          %t title
 *     %d date   %S passages   %{field} its values        %%        a percent sign
 *     \t tab   \n newline   \0 NUL   \\ backslash
 *
 * Values are escaped as in the other formats, so that no document breaks a line. What a hit does
 * not have is empty; several values or passages are separated by a comma or three dots. */
#ifndef QUERN_SEARCHER_SHOW_PRINTER_TEMPLATE_H
#define QUERN_SEARCHER_SHOW_PRINTER_TEMPLATE_H

#include "common/field/schema.h"
#include "searcher/show/printer.h"

/* A part of a template: bytes as they are, or what a letter or a name stands for. */
struct template_part {
    struct slice bytes; /* size 0: none */
    char letter;        /* 0: none; '{': the values of `field` */
    struct slice field;
};

/* Takes the next part; *rest starts as the template. ST_END. ST_INVALID: a directive or an escape is
 * unknown or not complete, and err->text says which. */
enum status template_next(struct template_part *part, struct slice *rest, struct error *err);

/* Checks a whole template, and whether it shows passages. ST_INVALID. */
enum status template_check(bool *shows_passages, const char *template, struct error *err);

/* Whether the schema has all fields of a valid template. ST_INVALID. */
enum status template_check_fields(const char *template, const struct schema *schema,
                                  struct error *err);

#endif
