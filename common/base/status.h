/* SPDX-License-Identifier: MIT */
/* The outcome of a function: a status for the program, an error for the user.
 *
 * A function that can fail returns an enum status: 0 is success, a positive value an expected "no"
 * (the end of a sequence, a missing key), a negative value a failure. Codecs return the status
 * alone. The first layer that knows the path, the term or the document writes the sentence with
 * error_set(), once; every layer above passes the status on. */
#ifndef QUERN_COMMON_BASE_STATUS_H
#define QUERN_COMMON_BASE_STATUS_H

enum status {
    ST_OK = 0,
    ST_END = 1,          /* no further element */
    ST_NOT_FOUND = 2,    /* no such key, file or document */
    ST_SKIPPED = 3,      /* this input is left out for the reason in the error; go on */
    ST_NOMEM = -1,       /* out of memory */
    ST_EIO = -2,         /* a system call failed; error.sys is errno */
    ST_FULL = -3,        /* the disk is full */
    ST_CORRUPT = -4,     /* stored bytes contradict their format or checksum */
    ST_INVALID = -5,     /* the user's input breaks its rules */
    ST_BUSY = -6,        /* another process holds the lock */
    ST_SETTINGS = -7,    /* the index was made with other settings or another format */
    ST_LIMIT = -8,       /* a documented limit is exceeded */
    ST_INTERRUPTED = -9, /* a signal asked us to stop */
    ST_EXISTS = -10,     /* something else is in the way */
};

/* The caller owns it and passes it down; nothing needs a release. `text` is one line without the
 * program's name and without a newline: "thing: what happened; what to do". */
struct error {
    enum status code;
    int sys; /* errno, or 0 */
    char text[1024];
};

/* Fills *err, which may be NULL, and returns `code`, so that a failure is one statement:
 *
 *     return error_set(err, ST_EIO, errno, "open %s", path);
 *
 * If sys is not 0, ": " and strerror(sys) are appended. The end of a sentence that is too long is
 * replaced by "...", but the cause is never cut. */
enum status error_set(struct error *err, enum status code, int sys, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The status of a failed system call: ST_FULL if a disk or a quota is full, else ST_EIO. */
enum status status_from_errno(int sys);

/* Reports that an allocation failed: ST_NOMEM. */
enum status error_nomem(struct error *err);

#endif
