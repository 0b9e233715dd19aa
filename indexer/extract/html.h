/* SPDX-License-Identifier: MIT */
/* HTML and XHTML, however broken, read as browsers read them: tokenized by the HTML Standard
 * (html_tokenizer.h) and shown as html_text.h says.
 *
 * The first <title> is the title, the first h1 to h6 the heading. NUL bytes are dropped. Time and
 * memory are linear in the size of the page. */
#ifndef QUERN_INDEXER_EXTRACT_HTML_H
#define QUERN_INDEXER_EXTRACT_HTML_H

#include "indexer/extract/content.h"

/* Adds the title and the text of a page. */
void html_extract(struct content *content, const struct extract_input *input);

/* The same for a decoded page, or a fragment of one. */
void html_append(struct content *content, struct slice utf8);

#endif
