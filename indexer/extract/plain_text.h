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

/* The same in steps: the size of the white space at the start, ... */
size_t plain_text_leading_space(struct slice utf8);
/* ... and the line that is the heading of a text without it, or nothing. The first
 * PLAIN_TEXT_TITLE_MAX + 1 bytes of the text are enough to tell. */
struct slice plain_text_heading(struct slice utf8);

#endif
