/* SPDX-License-Identifier: MIT */
/* Character references: "&eacute;", "&#233;", "&#xE9;", "&copy" -> code points, by the HTML
 * Standard, 13.2.5.72 to 80 (https://html.spec.whatwg.org/#character-reference-state).
 *
 * One definition for HTML and Markdown.
 *
 * Threads: everything here is stateless. */
#ifndef QUERN_INDEXER_EXTRACT_HTML_REFERENCE_H
#define QUERN_INDEXER_EXTRACT_HTML_REFERENCE_H

#include "common/base/bytes.h"

enum { HTML_REFERENCE_MAX = 8 }; /* bytes of UTF-8 that a reference stands for */

/* Reads the reference at the start of `bytes`, which begin with an ampersand. Returns its size, and
 * sets *text to its expansion, which is written to `expansion`. 0: it is not a reference. In
 * an attribute, a name without its semicolon is not one if a letter, a digit or `=` follows. */
size_t html_reference_read(struct slice *text, uint8_t expansion[HTML_REFERENCE_MAX],
                           struct slice bytes, bool in_attribute);

/* Appends the value of an attribute, its references replaced. ST_NOMEM. */
enum status html_reference_append_value(struct buffer *out, struct slice value);

#endif
