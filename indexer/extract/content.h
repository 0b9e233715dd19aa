/* SPDX-License-Identifier: MIT */
/* Where extractors put what they find: a list of fields, title and text first, in which words stay
 * separate and white space is collapsed.
 *
 *     content_clear(&content);
 *     struct slice utf8 = content_decode(&content, input, declared);
 *     content_add_title(...), content_add_text(...), content_end_block(...), ...
 *     if (content_finish(&content, name))
 *         return error_nomem(err);
 *     use(content.fields, content.field_count);
 *
 * The text is a sequence of blocks (a paragraph, a heading, a cell), each ended by a newline. The
 * first failure is kept until content_finish(), so that callbacks of parsers stay simple: after it,
 * nothing is added.
 *
 * Threads: a content belongs to one thread at a time. */
#ifndef QUERN_INDEXER_EXTRACT_CONTENT_H
#define QUERN_INDEXER_EXTRACT_CONTENT_H

#include "indexer/extract/extract_input.h"
#include "indexer/source/source_document.h"

/* Start it with {0}, and use it for any number of documents, each after content_clear(): the buffers
 * stay. */
struct content {
    /* After content_finish(): FIELD_TITLE, FIELD_TEXT, then what content_add_field() added, in that
     * order. Valid until content_clear(). */
    struct field *fields;
    size_t field_count;
    enum format format; /* after extract_run(): what the document was read as */
    /* The other members are for extractors. */
    struct buffer title; /* UTF-8, one line */
    struct buffer text;  /* UTF-8 */
    bool has_heading;    /* text[heading_start, heading_end) is the first heading */
    size_t heading_start, heading_end;
    size_t field_capacity;
    struct arena field_bytes; /* names and values of added fields */
    struct buffer decoded;
    enum status status;
};

void content_release(struct content *content);
/* Empties it for the next document. */
void content_clear(struct content *content);

/* The input in UTF-8: the one place where documents are decoded. Its encoding is what a byte order
 * mark, input->charset or `declared`, the label that the document itself declares, says in this
 * order, and else a guess (charset.h). Valid until the next call, as long as the input is. */
struct slice content_decode(struct content *content, const struct extract_input *input,
                            struct slice declared);

/* Appends UTF-8 to the text; runs of white space become one space, and none starts a line. */
void content_add_text(struct content *content, struct slice utf8);

/* Appends UTF-8 to the text as it is. */
void content_add_verbatim(struct content *content, struct slice utf8);

/* Ends a block: what follows starts a line, and no line is empty. */
void content_end_block(struct content *content);

/* The first heading is what is added between the first pair of these that holds anything. */
void content_heading_begin(struct content *content);
void content_heading_end(struct content *content);

/* Appends UTF-8 to the title, as content_add_text(). */
void content_add_title(struct content *content, struct slice utf8);

/* Adds a field: what else the document says of itself, such as its author, in UTF-8. A name may
 * come several times. */
void content_add_field(struct content *content, struct slice name, struct slice value);

/* Completes the document. Without a title, the first heading becomes it, and leaves the text when
 * nothing is before it; without a heading, the last part of the path `name` does. Returns the first
 * failure, ST_NOMEM, or ST_OK. */
enum status content_finish(struct content *content, struct slice name);

#endif
