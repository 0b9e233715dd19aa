/* Plain text. */
#ifndef QUERN_INDEXER_EXTRACT_PLAIN_TEXT_H
#define QUERN_INDEXER_EXTRACT_PLAIN_TEXT_H

#include "indexer/extract/content.h"

enum { PLAIN_TEXT_TITLE_MAX = 120 }; /* bytes of a first line that can be a title */

/* Appends the text as it is. Its first line that is not blank counts as its heading, if it has at
 * most PLAIN_TEXT_TITLE_MAX bytes: a longer one is a paragraph. */
void plain_text_extract(struct content *content, struct slice utf8);

/* The same in steps. The size of the white space at the start: */
size_t plain_text_leading_space(struct slice utf8);
/* and the line that counts as the heading of a text without it, or nothing. More than
 * PLAIN_TEXT_TITLE_MAX bytes of the text are enough to say. */
struct slice plain_text_heading(struct slice utf8);

#endif
