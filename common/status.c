#include "common/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum status error_set(struct error *err, enum status code, int sys, const char *format, ...) {
    if (!err)
        return code;
    err->code = code;
    err->sys = sys;
    va_list args;
    va_start(args, format);
    int length = vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    if (sys && length >= 0 && (size_t)length < sizeof err->text)
        snprintf(err->text + length, sizeof err->text - (size_t)length, ": %s", strerror(sys));
    return code;
}

enum status error_nomem(struct error *err) {
    return error_set(err, ST_NOMEM, 0, "out of memory");
}
