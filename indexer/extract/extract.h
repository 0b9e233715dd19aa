/* SPDX-License-Identifier: MIT */
/* The bytes of a document -> its fields: title, text, and what else it says about itself.
 *
 *     struct content content = {0};
 *     struct extract_input input = {.bytes = bytes, .name = path};
 *     extract_run(&content, &input, &err);
 *     index(content.fields, content.field_count);
 *     content_release(&content);
 *
 * The title is what the document says it is (<title>, `title:` of a front matter), else its first
 * heading, for plain text its first line when it is short (plain_text.h), and else the name of the
 * file. A heading that opens the text is not repeated there once it is the title, so that title and
 * text together say everything once. Further fields come from front matter (front_matter.h) and from
 * the head of a page (html.h), under the names that they have there.
 *
 * Nothing stops the extraction: bytes that are not text in their encoding become U+FFFD
 * (charset.h). Time grows in proportion to the input, hostile input included; title and text are at
 * most 4 times the input each, or the file's name.
 *
 * Threads: a struct content belongs to one thread at a time; any number may run side by side. */
#ifndef QUERN_INDEXER_EXTRACT_EXTRACT_H
#define QUERN_INDEXER_EXTRACT_EXTRACT_H

#include "indexer/extract/content.h"
#include "indexer/extract/extract_input.h"

/* Replaces the content by what the input says; NDJSON is read as text. FORMAT_AUTO is decided by
 * the name and then the bytes. Valid until the next call, as long as the input is. ST_NOMEM is the
 * only failure. */
enum status extract_run(struct content *content, const struct extract_input *input,
                        struct error *err);

/* The format of a path's extension in any letter case; for NDJSON also with .gz or .zst after it.
 * FORMAT_AUTO: unknown. */
enum format extract_format_of_name(struct slice path);

/* The name of a format as users know it: "html". */
const char *extract_format_name(enum format format);

/* FORMAT_HTML when the bytes begin like a page, else FORMAT_TEXT. */
enum format extract_format_of_bytes(struct slice bytes);

#endif
