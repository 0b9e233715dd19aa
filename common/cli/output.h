/* SPDX-License-Identifier: MIT */
/* The standard streams: closed descriptors, terminals, colour, and errors of writing. */
#ifndef QUERN_COMMON_CLI_OUTPUT_H
#define QUERN_COMMON_CLI_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "common/base/bytes.h"
#include "common/base/status.h"

/* The first call of main(). Opens /dev/null on the standard descriptors that are closed; otherwise
 * the index would be opened as one of them, and a message would overwrite it. Ignores SIGPIPE, so
 * that a closed pipe ends neither the run nor the other stream. */
void output_sanitize_fds(void);

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };
#define WHEN_CHOICES "auto|always|never"

bool output_is_terminal(int fd);
/* Whether `fd` is a terminal that understands escape sequences: TERM is set, and not to "dumb". */
bool output_is_ansi_terminal(int fd);
/* How many columns the terminal has; 0: `fd` is none, or it does not say. */
unsigned output_columns(int fd);
/* Whether to colour the output to `fd`. WHEN_AUTO: on a terminal that understands escape sequences,
 * unless NO_COLOR is set. */
bool output_use_color(int fd, enum when when);
/* Whether to write hyperlinks to `fd`. WHEN_AUTO: on a
 * terminal that understands escape sequences. */
bool output_use_hyperlinks(int fd, enum when when);

/* Writes all bytes. ST_END: the pipe is closed, so the caller stops quietly. ST_EIO, ST_FULL. */
enum status output_write(int fd, struct slice bytes, struct error *err);

/* Flushes and closes a standard stream at the end of main(), so that a full disk is not mistaken
 * for success. ST_END: the pipe is closed. ST_EIO, ST_FULL. */
enum status output_close(FILE *stream, struct error *err);

#endif
