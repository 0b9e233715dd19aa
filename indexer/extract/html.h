/* SPDX-License-Identifier: MIT */
/* HTML and XHTML, however broken, read as browsers read them: tokenized by the HTML Standard
 * (html_tokenizer.h) and shown as html_text.h says.
 *
 * The first <title> is the title, the first h1 to h6 the heading. What the page says of itself
 * becomes fields, as written: the `lang` of html as "lang", the content of each meta under its
 * `name`, `property` or `itemprop`, and the date of a `<time itemprop>` or, as "date", of a
 * `<time pubdate>`; other times are those of anything. A page has at most HTML_FIELDS_MAX of them.
 *
 * NUL bytes are dropped. Time and memory are linear in the size of the page. */
#ifndef QUERN_INDEXER_EXTRACT_HTML_H
#define QUERN_INDEXER_EXTRACT_HTML_H

#include "indexer/extract/content.h"

enum { HTML_FIELDS_MAX = 1024 };

/* Adds the title, the text and the fields of a page. */
void html_extract(struct content *content, const struct extract_input *input);

/* Adds title and text of a decoded fragment. */
void html_append(struct content *content, struct slice utf8);

#endif
