/* HTML and XHTML, however broken, read as browsers read them: tokenized by the HTML Standard
 * (html_tokenizer.h), shown as html_text.h says.
 *
 * The first <title> is the title, the first h1 to h6 the heading. NUL bytes are dropped. Time and
 * memory grow with the size of the page alone. */
#ifndef QUERN_INDEXER_EXTRACT_HTML_H
#define QUERN_INDEXER_EXTRACT_HTML_H

#include "indexer/extract/content.h"

/* Appends what the page says; a fragment will do. Any number of threads at a time. */
void html_extract(struct content *content, struct slice utf8);

#endif
