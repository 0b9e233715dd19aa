/* SPDX-License-Identifier: MIT */
/* Markdown: CommonMark with GitHub's tables, strike-through and task lists, through md4c.
 *
 * md4c was chosen over cmark 0.30.2, the other parser in Debian 12, by measurement: 222 against 131
 * MB/s on 864 files, no tree, and linear time on every hostile input tried (a million `[`, 200,000
 * nested quotes, 30,000 nested lists, unclosed comments, ...) but one, many links to a very long
 * address, which markdown.c stops.
 *
 * Kept are the text without its markup, code blocks as they are, text alternatives of images, and
 * the text of HTML by html_text.h, though no element reaches out of its block. Link targets are
 * dropped. Front matter comes first (front_matter.h). */
#ifndef QUERN_INDEXER_EXTRACT_MARKDOWN_H
#define QUERN_INDEXER_EXTRACT_MARKDOWN_H

#include "indexer/extract/content.h"

/* Bytes of a document; a longer one is read as plain text. md4c remembers possible markup: 62 bytes
 * for each `[`, or 3.7 GB for 60 MB of them. */
enum { MARKDOWN_MAX = 4 << 20 };

/* Adds a document: front matter, text, and its first heading as the heading. */
void markdown_extract(struct content *content, const struct extract_input *input);

#endif
