/* SPDX-License-Identifier: MIT */
/* Opens streams, which are read once, to their end: standard input, a descriptor from the shell, a
 * named pipe.
 *
 * No state: any number of threads at a time. */
#ifndef QUERN_INDEXER_SOURCE_STREAM_H
#define QUERN_INDEXER_SOURCE_STREAM_H

#include "indexer/source/file.h"

/* The descriptor that a name means: 0 for "-" and "/dev/stdin", N for "/dev/fd/N" and
 * "/proc/self/fd/N", which process substitution expands to; -1 for any other name. */
int stream_descriptor(const char *name);

/* Opens a stream, or a file of any kind, by its name; links are followed. The caller closes
 * *descriptor. A named pipe without a writer is opened without waiting; poll(2) waits for the
 * writer. ST_SKIPPED: it is one of the forbidden files. ST_NOT_FOUND, ST_EIO. */
enum status stream_open(int *descriptor, const char *name, struct file_set forbidden,
                        struct error *err);

#endif
