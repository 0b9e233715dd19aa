/* A stream: what is read once, from where it is to its end. Standard input, a descriptor that the
 * shell opened for us, a named pipe.
 *
 * No state: any number of threads at a time. */
#ifndef QUERN_INDEXER_SOURCE_STREAM_H
#define QUERN_INDEXER_SOURCE_STREAM_H

#include "indexer/source/file.h"

/* The open descriptor that a name means: 0 for "-" and "/dev/stdin", N for "/dev/fd/N" and
 * "/proc/self/fd/N", as process substitution writes them; -1 for any other name. */
int stream_descriptor(const char *name);

/* Opens a stream, or a file of any kind, by its name; links are followed. *descriptor is the
 * caller's to close. A named pipe that has no writer yet is opened without waiting; poll(2) waits
 * for the writer. ST_SKIPPED: one of the forbidden files. ST_NOT_FOUND, ST_EIO. */
enum status stream_open(int *descriptor, const char *name, struct file_set forbidden,
                        struct error *err);

#endif
