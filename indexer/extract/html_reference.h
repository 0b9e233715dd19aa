/* Character references: "&eacute;", "&#233;", "&#xE9;", "&copy" -> code points, by the HTML
 * Standard, 13.2.5.72 to 80 (https://html.spec.whatwg.org/#character-reference-state).
 *
 * The one definition for HTML and for Markdown. No state: any number of threads at a time. */
#ifndef QUERN_INDEXER_EXTRACT_HTML_REFERENCE_H
#define QUERN_INDEXER_EXTRACT_HTML_REFERENCE_H

#include "common/base/bytes.h"

enum { HTML_REFERENCE_MAX = 8 }; /* the most bytes of UTF-8 that a reference stands for */

/* Reads the reference at the start of `bytes`, which begin with an ampersand. Returns how many of
 * them belong to it and sets *text to what it stands for, written to `expansion`; 0: it is none. In an
 * attribute, a name without its semicolon that runs into a letter, a digit or `=` is none. */
size_t html_reference_read(struct slice *text, uint8_t expansion[HTML_REFERENCE_MAX],
                           struct slice bytes, bool in_attribute);

#endif
