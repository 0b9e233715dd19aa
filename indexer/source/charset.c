/* SPDX-License-Identifier: MIT */
/* Detects and decodes encodings: UTF-8, UTF-16 and windows-1252 here, all others by iconv(3). */
#include "indexer/source/charset.h"

#include <errno.h>
#include <iconv.h>

#include "common/base/utf8.h"
#include "common/text/unicode.h"
#include "indexer/source/charset_labels.h"

/* Bytes 0x80 to 0x9F of windows-1252. The Encoding Standard maps the five unassigned ones to C1
 * controls. */
static const uint16_t windows1252[32] = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

enum {
    /* Of random bytes, one in eleven is a control code that text does not contain. */
    BINARY_FRACTION = 32,
    CONTROL_ALLOWANCE = 24, /* lets 8 bytes have one */
};

static bool starts_with(struct slice bytes, const char *prefix, size_t size) {
    return bytes.size >= size && memcmp(bytes.data, prefix, size) == 0;
}

/* Control codes that hardly any text contains: neither white space nor used by terminals, printers
 * or ISO-2022 (BEL, BS, SUB, ESC); after zlib's doc/txtvsbin.txt. */
static bool is_control(uint8_t byte) {
    return byte < 7 || (byte >= 14 && byte < 26) || (byte >= 28 && byte < 32);
}

bool charset_is_binary(struct slice bytes) {
    if (starts_with(bytes, "%PDF-", 5))
        return true;
    if (starts_with(bytes, "\xFF\xFE", 2) || starts_with(bytes, "\xFE\xFF", 2))
        return false;
    size_t probe = bytes.size < CHARSET_PROBE_SIZE ? bytes.size : CHARSET_PROBE_SIZE, controls = 0;
    for (size_t i = 0; i < probe; i++)
        controls += is_control(bytes.data[i]);
    return controls > (probe + CONTROL_ALLOWANCE) / BINARY_FRACTION;
}

/* The number of ASCII bytes at the start. */
static size_t ascii_prefix(const uint8_t *data, size_t size) {
    size_t at = 0;
    for (uint64_t word; size - at >= sizeof word; at += sizeof word) {
        memcpy(&word, data + at, sizeof word);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    while (at < size && data[at] < 0x80)
        at++;
    return at;
}

/* The length of the well-formed sequence at the start of at least one byte, or minus the length of
 * the maximal subpart of an ill-formed one. */
static inline int sequence_length(const uint8_t *data, size_t size) {
    /* By far the most frequent sequences, checked by their bits alone. */
    if (size >= 2 && data[0] >= 0xC2 && data[0] < 0xE0 && utf8_is_continuation(data[1]))
        return 2;
    if (size >= 3 && data[0] > 0xE0 && data[0] < 0xF0 && data[0] != 0xED &&
        utf8_is_continuation(data[1]) && utf8_is_continuation(data[2]))
        return 3;
    struct unicode_char next = unicode_decode(data, size);
    return unicode_is_ill_formed(data, next) ? -(int)next.size : (int)next.size;
}

bool charset_is_utf8(struct slice bytes) {
    for (size_t at = 0; at < bytes.size;) {
        at += ascii_prefix(bytes.data + at, bytes.size - at);
        if (at == bytes.size)
            return true;
        int length = sequence_length(bytes.data + at, bytes.size - at);
        if (length < 0)
            return false;
        at += (size_t)length;
    }
    return true;
}

uint32_t charset_windows1252_code_point(uint8_t byte) {
    return byte >= 0x80 && byte < 0xA0 ? windows1252[byte - 0x80] : byte;
}

size_t charset_encode(uint8_t bytes[4], uint32_t point) {
    if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
        point = UNICODE_REPLACEMENT;
    size_t size;
    if (point < 0x80) {
        bytes[0] = (uint8_t)point;
        size = 1;
    } else if (point < 0x800) {
        bytes[0] = (uint8_t)(0xC0 | point >> 6);
        size = 2;
    } else if (point < 0x10000) {
        bytes[0] = (uint8_t)(0xE0 | point >> 12);
        size = 3;
    } else {
        bytes[0] = (uint8_t)(0xF0 | point >> 18);
        size = 4;
    }
    for (size_t i = 1; i < size; i++)
        bytes[i] = (uint8_t)(0x80 | (point >> 6 * (size - 1 - i) & 0x3F));
    return size;
}

enum status charset_append(struct buffer *out, uint32_t point) {
    uint8_t bytes[4];
    return buffer_append(out, bytes, charset_encode(bytes, point));
}

/* Counts sequences, and appends the bytes to *out unless it is NULL, with one U+FFFD for each
 * ill-formed place. A sequence that the end of the bytes cuts short is ill-formed if they are the
 * `last`, and otherwise left for the next call. */
static enum status read_utf8(struct buffer *out, size_t *used, struct charset_counts *tally,
                             struct slice bytes, bool last) {
    enum status status = out ? buffer_reserve(out, bytes.size) : ST_OK;
    size_t at = 0, good = 0; /* bytes [good, at) are well-formed and not yet copied */
    while (!status) {
        at += ascii_prefix(bytes.data + at, bytes.size - at);
        if (at == bytes.size)
            break;
        int length = sequence_length(bytes.data + at, bytes.size - at);
        if (length > 0) {
            tally->good++;
            at += (size_t)length;
            continue;
        }
        if (!last && at + (size_t)-length == bytes.size)
            break;
        tally->bad++;
        if (out)
            status = buffer_append(out, bytes.data + good, at - good);
        if (out && !status)
            status = charset_append(out, UNICODE_REPLACEMENT);
        at += (size_t)-length;
        good = at;
    }
    if (out && !status && good < at)
        status = buffer_append(out, bytes.data + good, at - good);
    *used = at;
    return status;
}

enum status charset_repair(struct buffer *out, struct slice bytes) {
    size_t used;
    struct charset_counts ignored = {0};
    return read_utf8(out, &used, &ignored, bytes, true);
}

static enum status decode_windows1252(struct buffer *out, struct slice bytes) {
    enum status status = ST_OK;
    for (size_t at = 0; at < bytes.size && !status;) {
        size_t ascii = ascii_prefix(bytes.data + at, bytes.size - at);
        status = buffer_append(out, bytes.data + at, ascii);
        at += ascii;
        if (!status && at < bytes.size)
            status = charset_append(out, charset_windows1252_code_point(bytes.data[at++]));
    }
    return status;
}

/* A unit or a pair of surrogates that the end of the bytes cuts short becomes U+FFFD if they are
 * the `last`, and is otherwise left for the next call. */
static enum status decode_utf16(struct buffer *out, size_t *used, struct slice bytes,
                                bool big_endian, bool last) {
    enum status status = buffer_reserve(out, bytes.size / 2 * 3);
    size_t at = 0;
    while (bytes.size - at >= 2 && !status) {
        uint32_t unit = (uint32_t)(bytes.data[at + !big_endian] << 8 | bytes.data[at + big_endian]);
        size_t size = 2;
        if (unit >= 0xD800 && unit < 0xDC00) {
            if (bytes.size - at < 4 && !last)
                break;
            uint32_t low = bytes.size - at < 4 ? 0
                                               : (uint32_t)(bytes.data[at + 2 + !big_endian] << 8 |
                                                            bytes.data[at + 2 + big_endian]);
            if (low >= 0xDC00 && low < 0xE000) {
                unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                size = 4;
            }
        }
        status = charset_append(out, unit);
        at += size;
    }
    if (!status && last && at < bytes.size) {
        status = charset_append(out, UNICODE_REPLACEMENT);
        at = bytes.size;
    }
    *used = at;
    return status;
}

enum charset charset_of_bom(size_t *bom_size, struct slice bytes) {
    *bom_size = 2;
    if (starts_with(bytes, "\xFF\xFE", 2))
        return CHARSET_UTF16_LITTLE;
    if (starts_with(bytes, "\xFE\xFF", 2))
        return CHARSET_UTF16_BIG;
    *bom_size = starts_with(bytes, "\xEF\xBB\xBF", 3) ? 3 : 0;
    return CHARSET_UTF8;
}

enum charset charset_guess(const struct charset_counts *tally) {
    /* Text in another encoding contains hardly any well-formed UTF-8 sequence. */
    return tally->good >= tally->bad ? CHARSET_UTF8 : CHARSET_WINDOWS1252;
}

enum status charset_decode_piece(struct buffer *out, size_t *used, struct charset_counts *tally,
                                 struct slice bytes, enum charset charset, bool last) {
    switch (charset) {
    case CHARSET_UTF16_LITTLE:
    case CHARSET_UTF16_BIG:
        return decode_utf16(out, used, bytes, charset == CHARSET_UTF16_BIG, last);
    case CHARSET_WINDOWS1252:
        *used = bytes.size;
        return decode_windows1252(out, bytes);
    case CHARSET_UTF8:
        break;
    }
    return read_utf8(out, used, tally, bytes, last);
}

/* One call of iconv(3), which advances *in and decreases *left; *reason is its errno, or 0. */
static enum status convert(struct buffer *out, int *reason, char **in, size_t *left,
                           iconv_t converter) {
    enum status status = buffer_reserve(out, *left + 16);
    if (status)
        return status;
    char *next = (char *)out->data + out->size;
    size_t room = out->capacity - out->size;
    *reason = iconv(converter, in, left, &next, &room) == (size_t)-1 ? errno : 0;
    out->size = out->capacity - room;
    return ST_OK;
}

static enum status decode_iconv(struct buffer *out, struct slice bytes, iconv_t converter) {
    char *in = (char *)bytes.data; /* iconv(3) does not write to it */
    size_t left = bytes.size;
    int reason = 0;
    while (left > 0) {
        enum status status = convert(out, &reason, &in, &left, converter);
        if (!status && reason && reason != E2BIG)
            status = charset_append(out, UNICODE_REPLACEMENT);
        if (status)
            return status;
        if (reason == EINVAL) /* the input ends within a character */
            break;
        if (reason && reason != E2BIG) {
            in++;
            left--;
        }
    }
    /* Some converters, such as that of windows-1255, hold a letter back until they know that no
     * combining mark follows. */
    left = 0;
    return convert(out, &reason, NULL, &left, converter);
}

/* Decodes all of the bytes from one encoding. */
static enum status decode(struct buffer *out, struct slice bytes, enum charset charset) {
    size_t used;
    struct charset_counts ignored = {0};
    return charset_decode_piece(out, &used, &ignored, bytes, charset, true);
}

static enum status decode_guess(struct buffer *out, struct slice bytes) {
    size_t used;
    struct charset_counts tally = {0};
    read_utf8(NULL, &used, &tally, bytes, true);
    return tally.bad == 0 ? buffer_append_slice(out, bytes)
                          : decode(out, bytes, charset_guess(&tally));
}

enum status charset_decode(struct buffer *out, struct slice bytes, struct slice declared) {
    size_t bom_size;
    enum charset charset = charset_of_bom(&bom_size, bytes);
    if (bom_size)
        return decode(out, slice_after(bytes, bom_size), charset);
    const struct charset_encoding *encoding = charset_find(declared);
    if (!encoding)
        return decode_guess(out, bytes);
    if (!encoding->converter)
        return decode(out, bytes, encoding->charset);
    iconv_t converter = iconv_open("UTF-8", encoding->converter);
    if (converter == (iconv_t)-1) /* iconv(3) does not support it here */
        return decode_guess(out, bytes);
    enum status status = decode_iconv(out, bytes, converter);
    iconv_close(converter);
    return status;
}

enum status charset_to_utf8(struct slice *text, struct buffer *scratch, struct slice bytes,
                            struct slice declared) {
    const struct charset_encoding *encoding = charset_find(declared);
    bool utf8 = !encoding || (!encoding->converter && encoding->charset == CHARSET_UTF8);
    bool marked = starts_with(bytes, "\xEF\xBB\xBF", 3);
    if ((marked || utf8) && charset_is_utf8(bytes)) {
        *text = marked ? slice_after(bytes, 3) : bytes;
        return ST_OK;
    }
    buffer_clear(scratch);
    enum status status = charset_decode(scratch, bytes, declared);
    *text = buffer_slice(scratch);
    return status;
}
