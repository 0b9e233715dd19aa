/* SPDX-License-Identifier: MIT */
/* Writes the sentence of an error. */
#include "common/base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/utf8.h"

/* Ends a text that is too long with an ellipsis within its capacity; returns the end. */
static char *truncate_text(char *text, size_t capacity) {
    size_t size = utf8_cut(text, capacity - 1, capacity - sizeof "...");
    memcpy(text + size, "...", sizeof "...");
    return text + size + 3;
}

enum status error_set(struct error *err, enum status code, int sys, const char *format, ...) {
    if (!err)
        return code;
    err->code = code;
    err->sys = sys;
    char cause[256] = "";
    if (sys)
        snprintf(cause, sizeof cause, ": %s", strerror(sys));
    size_t capacity = sizeof err->text - strlen(cause);
    va_list args;
    va_start(args, format);
    int length = vsnprintf(err->text, capacity, format, args);
    va_end(args);
    char *end = err->text + (length > 0 ? length : 0);
    if (length >= 0 && (size_t)length >= capacity)
        end = truncate_text(err->text, capacity);
    memcpy(end, cause, strlen(cause) + 1);
    return code;
}

enum status status_from_errno(int sys) {
    return sys == ENOSPC || sys == EDQUOT ? ST_FULL : ST_EIO;
}

enum status error_nomem(struct error *err) {
    return error_set(err, ST_NOMEM, 0, "out of memory");
}
