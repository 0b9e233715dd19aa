/* A file's bytes -> its title and its text.
 *
 *     struct extract extract = {0};
 *     enum format format = extract_format_of_name(path);
 *     if (format == FORMAT_AUTO)
 *         format = extract_format_of_bytes(bytes);
 *     extract_run(&extract, format, path, bytes, &err);
 *     index(buffer_slice(&extract.content.title), buffer_slice(&extract.content.text));
 *     extract_release(&extract);
 *
 * The title is what the document says it is (<title>, `title:` of a front matter), else its first
 * heading, for plain text its first line when it is short (text.h), and else the name of the file.
 * A heading that opens the text is not repeated there once it is the title, so that title and text
 * together say everything once.
 *
 * Nothing stops the extraction: bytes that are no text in their encoding become U+FFFD (charset.h).
 * Time grows in proportion to the input, also a hostile one; title and text are at most 4 times
 * the input each, or the file's name. For fields see front_matter.h, which alone finds any.
 * Threads: a struct extract belongs to one thread at a time; any number may run side by side. */
#ifndef QUERN_INDEXER_EXTRACT_EXTRACT_H
#define QUERN_INDEXER_EXTRACT_EXTRACT_H

#include "indexer/extract/content.h"

enum format {
    FORMAT_AUTO, /* by name, then by content */
    FORMAT_TEXT,
    FORMAT_HTML,
    FORMAT_MARKDOWN,
    FORMAT_NDJSON, /* many documents: for ndjson.h, not for extract_run() */
};

/* Start it with {0} and use it for many files, one after the other: the buffers stay. */
struct extract {
    struct content content;
    struct buffer scratch;
};

void extract_release(struct extract *extract);

/* Fills extract->content. `path` names the file. FORMAT_AUTO is decided as in the example; NDJSON
 * is read as text. ST_NOMEM is the only failure. */
enum status extract_run(struct extract *extract, enum format format, const char *path,
                        struct slice bytes, struct error *err);

/* The format that the extension of a path stands for, in any letter case; for NDJSON also with .gz
 * or .zst after it. AUTO: none is known. */
enum format extract_format_of_name(const char *path);

/* HTML when the bytes begin like it, else TEXT. */
enum format extract_format_of_bytes(struct slice bytes);

/* "auto", "text", "html", "markdown" or "ndjson". False: no such name. */
bool extract_format_parse(enum format *format, const char *name);

#endif
