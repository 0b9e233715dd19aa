/* SPDX-License-Identifier: MIT */
/* Where UTF-8 may be cut. Decoding and everything else about characters is in common/text/unicode.h;
 * this much is needed below it. */
#ifndef QUERN_COMMON_BASE_UTF8_H
#define QUERN_COMMON_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True for every byte of a code point's encoding but the first. */
static inline bool utf8_is_continuation(uint8_t byte) {
    return (byte & 0xC0) == 0x80;
}

/* How many of the `size` bytes of text to keep so that at most `limit` are left and no code point
 * is cut in two. Bytes that are not UTF-8 may be cut anywhere. */
static inline size_t utf8_cut(const void *text, size_t size, size_t limit) {
    const uint8_t *bytes = (const uint8_t *)text;
    if (size <= limit)
        return size;
    size_t kept = limit;
    while (kept > 0 && limit - kept < 3 && utf8_is_continuation(bytes[kept]))
        kept--;
    return utf8_is_continuation(bytes[kept]) ? limit : kept;
}

#endif
