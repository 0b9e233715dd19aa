/* Where the formats put what they find: a title, a text and fields, with words kept apart and white
 * space kept down.
 *
 * The text is a sequence of blocks (a paragraph, a heading, a cell), each ended by a newline.
 * Failures are kept until content_finish(), so that callbacks of parsers stay simple: after one,
 * nothing is appended any more. */
#ifndef QUERN_INDEXER_EXTRACT_CONTENT_H
#define QUERN_INDEXER_EXTRACT_CONTENT_H

#include "common/base/bytes.h"

/* Start it with {0}, use it for many files, each from content_clear() to content_finish(). */
struct content {
    struct buffer title;  /* UTF-8, one line */
    struct buffer text;   /* UTF-8 */
    struct buffer fields; /* UTF-8: of each field its name, NUL, its value, NUL */
    enum status status;
    bool has_heading; /* text[heading_start, heading_end) is the first heading */
    size_t heading_start, heading_end;
};

void content_release(struct content *content);
void content_clear(struct content *content);

/* Appends UTF-8 to the text; runs of white space become one space, and none at a line's start. */
void content_add_text(struct content *content, struct slice text);

/* Appends UTF-8 to the text as it is. */
void content_add_verbatim(struct content *content, struct slice text);

/* Ends a block: what follows starts a line, and no line is empty. */
void content_end_block(struct content *content);

/* The first heading is what is appended between the first pair of these that holds anything. */
void content_heading_begin(struct content *content);
void content_heading_end(struct content *content);

/* Appends UTF-8 to the title, as content_add_text(). */
void content_add_title(struct content *content, struct slice text);

/* Adds a field: what else the document says of itself, such as its author. A name may come several
 * times. NUL bytes are dropped. Fields are not indexed. */
void content_add_field(struct content *content, struct slice name, struct slice value);

/* The document is complete. Without a title, the first heading becomes it, and leaves the text when
 * nothing is before it. ST_OK or ST_NOMEM. */
enum status content_finish(struct content *content);

/* After content_finish(): without a title, the last part of the path becomes it. ST_OK or
 * ST_NOMEM. */
enum status content_default_title(struct content *content, const char *path);

#endif
