/* Markdown: CommonMark with GitHub's tables, strike-through and task lists, through md4c.
 *
 * Chosen over cmark 0.30.2, the other parser in Debian 12, by measurement: 222 against 131 MB/s on
 * 864 files, no tree, and every hostile input tried (a million `[`, 200,000 nested quotes, 30,000
 * nested lists, unclosed comments, ...) in linear time but one, many links to a very long address,
 * which markdown.c ends.
 *
 * What is kept: the text without its marks, code blocks as they are, text alternatives of images,
 * the text of HTML as html_text.h says, though no element reaches out of its block. The targets of
 * links are dropped. For what comes before the text see front_matter.h. */
#ifndef QUERN_INDEXER_EXTRACT_MARKDOWN_H
#define QUERN_INDEXER_EXTRACT_MARKDOWN_H

#include "indexer/extract/content.h"

/* Bytes of a document that is read as Markdown; a longer one is read as plain text. md4c keeps what
 * may be a mark: of a text of `[` alone 62 bytes for each, 3.7 GB for 60 MB. */
enum { MARKDOWN_MAX = 4 << 20 };

/* Adds what the document says; its first heading is the heading. Any number of threads at a time. */
void markdown_extract(struct content *content, const struct extract_input *input);

#endif
