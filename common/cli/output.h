/* Descriptors 0, 1 and 2: what a main() has to get right about them. */
#ifndef QUERN_COMMON_CLI_OUTPUT_H
#define QUERN_COMMON_CLI_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "common/base/bytes.h"
#include "common/base/status.h"

/* The first call of main(): opens /dev/null on those of 0, 1 and 2 that are closed. Otherwise the
 * index would be opened as one of them, and a message would overwrite it. And ignores SIGPIPE, so
 * that a closed pipe ends neither a run that has more to do than to print, nor the other stream. */
void output_sanitize_fds(void);

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };
#define WHEN_CHOICES "auto|always|never"

bool output_is_terminal(int fd);
/* ... and one that obeys escapes: TERM is set, and not to "dumb". */
bool output_is_ansi_terminal(int fd);
/* Whether to colour what goes to `fd`: on a terminal, unless NO_COLOR is set or TERM is "dumb" or
 * missing; `when` overrules both. */
bool output_use_color(int fd, enum when when);

/* Writes all of it. A closed pipe is ST_END: stop quietly, nobody reads on. */
enum status output_write(int fd, struct slice bytes, struct error *err);

/* Flushes and closes a standard stream at the end of main(), so that a full disk is not mistaken
 * for success. A closed pipe is ST_END. */
enum status output_close(FILE *stream, struct error *err);

#endif
