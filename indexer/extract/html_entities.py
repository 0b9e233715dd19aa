#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes indexer/extract/html_entities.h: the named character references of HTML.

usage: html_entities.py >indexer/extract/html_entities.h

The list is the HTML Standard's (https://html.spec.whatwg.org/multipage/named-characters.html), which
Python has as html.entities.html5: names with their semicolon, and about a hundred also without.
"""
from html.entities import html5


def lines(items, width=100):
    line = "   "
    for item in items:
        if len(line) + 1 + len(item) > width:
            yield line
            line = "   "
        line += " " + item
    yield line


def main():
    rows, names, at = [], [], 0
    for name in sorted(html5):
        points = [ord(point) for point in html5[name]] + [0]
        rows.append(f"{{0x{points[0]:X}, 0x{points[1]:X}, {at}}},")
        names.append(f'"{name}\\0"')
        at += len(name) + 1
    table, text = "\n".join(lines(rows)), "\n".join(lines(names))
    print(f"""\
/* SPDX-License-Identifier: MIT */
/* The named character references of HTML. Written by indexer/extract/html_entities.py from the HTML
 * Standard's list; do not edit.
 *
 * Offsets instead of pointers, so that there is nothing to relocate at the start of the program. */
#ifndef QUERN_INDEXER_EXTRACT_HTML_ENTITIES_H
#define QUERN_INDEXER_EXTRACT_HTML_ENTITIES_H

#include <stdint.h>

/* clang-format off */
/* In ascending order of names, as bytes. */
static const struct html_entity {{
    uint32_t point;
    uint16_t second; /* a second code point, or 0 */
    uint16_t name;   /* offset in html_entity_names, without the ampersand */
}} html_entities[{len(rows)}] = {{
{table}
}};

static const char html_entity_names[] =
{text};
/* clang-format on */

#endif""")


main()
