/* SPDX-License-Identifier: MIT */
/* Plain text: all of it is the text, and a short first line is the heading. */
#ifndef QUERN_INDEXER_EXTRACT_PLAIN_TEXT_H
#define QUERN_INDEXER_EXTRACT_PLAIN_TEXT_H

#include "indexer/extract/content.h"

enum { PLAIN_TEXT_TITLE_MAX = 120 }; /* bytes of a first line that can be a title */

/* Adds the text as it is, except white space at its start. Its first line is the heading if it has
 * at most PLAIN_TEXT_TITLE_MAX bytes: a longer one is a paragraph. */
void plain_text_extract(struct content *content, const struct extract_input *input);

/* The same for text that is decoded already. */
void plain_text_append(struct content *content, struct slice utf8);

/* The size of the white space at the start, which is dropped. */
size_t plain_text_leading_space(struct slice utf8);

/* The first line of a text without white space at its start, if it is the heading, else an empty
 * slice. The first PLAIN_TEXT_TITLE_MAX + 1 bytes of the text decide. */
struct slice plain_text_heading(struct slice utf8);

#endif
