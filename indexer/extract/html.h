/* HTML and XHTML, however broken, read as browsers read them: tokenized by the HTML Standard
 * (html_tokenizer.h), shown as html_text.h says.
 *
 * The first <title> is the title, the first h1 to h6 the heading. NUL bytes are dropped. Time and
 * memory grow with the size of the page alone. */
#ifndef QUERN_INDEXER_EXTRACT_HTML_H
#define QUERN_INDEXER_EXTRACT_HTML_H

#include "indexer/extract/content.h"

/* Adds what the page says. Any number of threads at a time. */
void html_extract(struct content *content, const struct extract_input *input);

/* The same for a page, or a fragment of one, that is decoded already. */
void html_append(struct content *content, struct slice utf8);

#endif
