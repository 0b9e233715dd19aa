/* Text from documents and file names, made safe to print: nothing that reaches a terminal or a pipe
 * can move the cursor, change colours, reverse the reading direction or forge a record.
 *
 *     invalid UTF-8                        U+FFFD for each maximal wrong part (Unicode 3.9, D93b)
 *     C0 and C1 controls, DEL              \x1b, \x9b: backslash, x, two hexadecimal digits
 *     bidirectional controls               \u202e; also the line separators U+2028 and U+2029
 *
 * A backslash in the text stays as it is: this is for reading. What must be read back by a program
 * is printed raw with -0, or as JSON. */
#ifndef QUERN_COMMON_TEXT_ESCAPE_H
#define QUERN_COMMON_TEXT_ESCAPE_H

#include "common/base/bytes.h"

enum escape {
    ESCAPE_TEXT, /* titles and snippets: tab and line ends become a space */
    ESCAPE_NAME, /* ids, paths, messages: these are escaped too, \x0a, so that names stay distinct
                  */
    ESCAPE_WORD, /* a name that must not contain white space either: \x20 (trec_eval) */
    ESCAPE_JSON, /* the inside of a JSON string: the same characters, all as \u001b, and \" \\ */
};

/* Appends `text`, made safe. Fails only when memory is out. */
enum status escape_append(struct buffer *out, struct slice text, enum escape mode);

/* Whether it is UTF-8, so that ESCAPE_JSON loses nothing. */
bool escape_is_utf8(struct slice text);

#endif
