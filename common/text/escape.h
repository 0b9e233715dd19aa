/* SPDX-License-Identifier: MIT */
/* Makes text from documents and file names safe to print: nothing that reaches a terminal or a pipe
 * can move the cursor, change colours, reverse the reading direction or forge a record.
 *
 *     invalid UTF-8             U+FFFD for each maximal subpart (Unicode 3.9, D93b)
 *     C0 and C1 controls, DEL   \x1b, \x9b: two hexadecimal digits
 *     bidirectional controls    \u202e; also the line separators U+2028 and U+2029
 *
 * A backslash in the text stays as it is: the result is for people. For programs, names are printed
 * raw with -0, or as JSON.
 *
 * Threads: everything here is stateless. */
#ifndef QUERN_COMMON_TEXT_ESCAPE_H
#define QUERN_COMMON_TEXT_ESCAPE_H

#include "common/base/bytes.h"

enum escape {
    ESCAPE_TEXT, /* titles and snippets: tabs and line ends become spaces */
    ESCAPE_NAME, /* ids, paths, messages: they become \x09, \x0a, so that names stay distinct */
    ESCAPE_WORD, /* a name without white space, for trec_eval: a space becomes \x20 */
    ESCAPE_JSON, /* the inside of a JSON string: controls become \u001b, and \" and \\ are added */
};

/* Appends `text`, made safe. ST_NOMEM is the only failure. */
enum status escape_append(struct buffer *out, struct slice text, enum escape mode);

/* True for well-formed UTF-8, of which ESCAPE_JSON loses nothing. */
bool escape_is_utf8(struct slice text);

#endif
