/* SPDX-License-Identifier: MIT */
/* Decoding, cuts, grapheme clusters and folding. */
#include "common/text/unicode.h"

#include <utf8proc.h>

#include "common/base/ascii.h"
#include "common/base/utf8.h"
#include "common/text/unicode_tables.h"

/* As in unicode_tables.py. */
enum {
    STRIPS_MARKS = 0x10, /* a letter that loses its marks */
    DROPPED = 0x20,      /* a sign that is in no term */
};

static uint8_t properties(utf8proc_int32_t code) {
    size_t row = (size_t)unicode_rows[code >> UNICODE_SHIFT] << UNICODE_SHIFT;
    return unicode_classes[row | (code & ((1 << UNICODE_SHIFT) - 1))];
}

struct unicode_char unicode_decode_long(const uint8_t *text, size_t size) {
    /* The second byte alone rules out overlong forms, surrogates and values above U+10FFFF. A
     * sequence that breaks off later is a maximal subpart up to there. */
    uint8_t lead = text[0], lowest = 0x80, highest = 0xBF;
    uint32_t code, length;
    if (lead >= 0xC2 && lead <= 0xDF) {
        code = lead & 0x1F;
        length = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        code = lead & 0x0F;
        length = 3;
        if (lead == 0xE0)
            lowest = 0xA0;
        else if (lead == 0xED)
            highest = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        code = lead & 0x07;
        length = 4;
        if (lead == 0xF0)
            lowest = 0x90;
        else if (lead == 0xF4)
            highest = 0x8F;
    } else {
        return (struct unicode_char){UNICODE_REPLACEMENT, 1};
    }
    for (uint32_t i = 1; i < length; i++) {
        if (i == size || text[i] < lowest || text[i] > highest)
            return (struct unicode_char){UNICODE_REPLACEMENT, i};
        code = code << 6 | (text[i] & 0x3F);
        lowest = 0x80;
        highest = 0xBF;
    }
    return (struct unicode_char){code, length};
}

struct unicode_char unicode_decode_before(struct slice text, size_t at) {
    size_t start = at - 1;
    while (start > 0 && at - start < 4 && utf8_is_continuation(text.data[start]))
        start--;
    struct unicode_char code = unicode_decode(text.data + start, at - start);
    return code.size == at - start ? code : (struct unicode_char){UNICODE_REPLACEMENT, 1};
}

bool unicode_is_space(uint32_t code_point) {
    switch (code_point) {
    case ' ':
    case 0x85:
    case 0xA0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202F:
    case 0x205F:
    case 0x3000:
        return true;
    default:
        return (code_point >= '\t' && code_point <= '\r') ||
               (code_point >= 0x2000 && code_point <= 0x200A);
    }
}

bool unicode_is_lower(uint32_t code_point) {
    return utf8proc_category((utf8proc_int32_t)code_point) == UTF8PROC_CATEGORY_LL;
}

bool unicode_is_right_to_left(uint32_t code_point) {
    unsigned class = utf8proc_get_property((utf8proc_int32_t)code_point)->bidi_class;
    return class == UTF8PROC_BIDI_CLASS_R || class == UTF8PROC_BIDI_CLASS_AL;
}

unsigned unicode_columns(uint32_t code_point) {
    int width = utf8proc_charwidth((utf8proc_int32_t)code_point);
    return width > 0 ? (unsigned)width : 0;
}

size_t unicode_space_size(struct slice text) {
    if (!text.size)
        return 0;
    struct unicode_char next = unicode_decode(text.data, text.size);
    bool control = next.code_point < ' ' || (next.code_point >= 0x7F && next.code_point < 0xA0);
    return control || unicode_is_space(next.code_point) ? next.size : 0;
}

struct slice unicode_cut(struct slice text, size_t limit) {
    return slice_of(text.data, utf8_cut(text.data, text.size, limit));
}

size_t unicode_split(struct slice text, size_t target, bool more) {
    size_t limit = text.size < UNICODE_UNBROKEN_MAX ? text.size : UNICODE_UNBROKEN_MAX;
    if (target > limit)
        target = limit;
    if (!more && text.size == target)
        return text.size;
    for (size_t size = target; size > 0; size--)
        if (ascii_is_space(text.data[size - 1]))
            return size;
    for (size_t size = target + 1; size <= limit; size++)
        if (ascii_is_space(text.data[size - 1]))
            return size;
    if (more && text.size <= UNICODE_UNBROKEN_MAX)
        return 0;
    return unicode_cut(text, limit).size;
}

/* True if the two code points around `at` suffice to see a boundary there. They do not for emoji
 * joined by U+200D and for regional indicators. */
static bool is_certain_boundary(struct slice text, size_t at) {
    if (at == 0 || at >= text.size)
        return true;
    uint8_t before = text.data[at - 1], after = text.data[at];
    if (before < 0x80 && after < 0x80)
        return before != '\r' || after != '\n';
    if (utf8_is_continuation(after))
        return false;
    uint32_t code = unicode_decode_before(text, at).code_point;
    return code != 0x200D &&
           utf8proc_grapheme_break(
               (utf8proc_int32_t)code,
               (utf8proc_int32_t)unicode_decode(text.data + at, text.size - at).code_point);
}

/* The end of the cluster that begins at `at` < text.size. */
static size_t cluster_end(struct slice text, size_t at) {
    utf8proc_int32_t state = 0;
    struct unicode_char code = unicode_decode(text.data + at, text.size - at);
    for (at += code.size; at < text.size; at += code.size) {
        utf8proc_int32_t before = (utf8proc_int32_t)code.code_point;
        code = unicode_decode(text.data + at, text.size - at);
        if (utf8proc_grapheme_break_stateful(before, (utf8proc_int32_t)code.code_point, &state))
            break;
    }
    return at;
}

size_t unicode_cluster_before(struct slice text, size_t at) {
    size_t start = at, end;
    while (!is_certain_boundary(text, start))
        start--;
    while (start < at && (end = cluster_end(text, start)) <= at)
        start = end;
    return start;
}

size_t unicode_cluster_after(struct slice text, size_t at) {
    size_t start = unicode_cluster_before(text, at);
    return start < at ? cluster_end(text, start) : at;
}

/* Decomposes the text into *count 32-bit code points in out->data, which the caller turns into
 * UTF-8 in place. */
static enum status decompose(utf8proc_ssize_t *count, struct buffer *out, struct slice text,
                             utf8proc_option_t options, utf8proc_custom_func map) {
    buffer_clear(out);
    *count = 0;
    /* Most words need one round; those that grow need a second. */
    for (size_t room = text.size + 16;; room = (size_t)*count) {
        /* One element more than utf8proc knows of: re-encoding appends a NUL. */
        enum status status = buffer_reserve(out, (room + 1) * sizeof(utf8proc_int32_t));
        if (status)
            return status;
        *count = utf8proc_decompose_custom(text.data, (utf8proc_ssize_t)text.size,
                                           (utf8proc_int32_t *)(void *)out->data,
                                           (utf8proc_ssize_t)room, options, map, NULL);
        if (*count < 0)
            return *count == UTF8PROC_ERROR_INVALIDUTF8 ? ST_INVALID : ST_NOMEM;
        if ((size_t)*count <= room)
            return ST_OK;
    }
}

static void recompose(struct buffer *out, utf8proc_ssize_t count) {
    out->size = (size_t)utf8proc_reencode((utf8proc_int32_t *)(void *)out->data, count,
                                          UTF8PROC_COMPOSE | UTF8PROC_STABLE);
}

static utf8proc_int32_t map_turkic(utf8proc_int32_t code, void *unused) {
    (void)unused;
    return code == 'I' ? 0x131 : code == 0x130 ? 'i' : code;
}

/* Folds ASCII, which most words are; false for other words. The caller has reserved the memory. */
static bool fold_ascii(struct buffer *out, struct slice text, enum unicode_fold how) {
    buffer_clear(out);
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        if (byte >= 0x80 || (byte == 'I' && how == FOLD_TURKIC))
            return false;
        if (byte != ' ')
            out->data[out->size++] = ascii_lower(byte);
    }
    return true;
}

/* 0 to 9 for a decimal digit of any script, else the code point itself. */
static utf8proc_int32_t fold_digit(utf8proc_int32_t code) {
    size_t low = 0, high = sizeof unicode_digit_zeros / sizeof *unicode_digit_zeros;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (unicode_digit_zeros[middle] <= (uint32_t)code)
            low = middle;
        else
            high = middle;
    }
    uint32_t digit = (uint32_t)code - unicode_digit_zeros[low];
    return digit < 10 ? '0' + (utf8proc_int32_t)digit : code;
}

/* The common form of code points that are typed for each other. */
static utf8proc_int32_t fold_code(utf8proc_int32_t code) {
    if (code < 0x80)
        return code;
    switch (unicode_class((uint32_t)code)) {
    case CLASS_APOSTROPHE:
        return '\'';
    case CLASS_DOUBLE_QUOTE:
        return '"';
    case CLASS_DIGIT:
        return fold_digit(code);
    case CLASS_MID_NUMBER:
        return code == 0x66B ? '.' : code == 0x66C || code == 0x60C ? ',' : code;
    default:
        return code;
    }
}

enum status unicode_fold(struct buffer *out, struct slice text, enum unicode_fold how) {
    utf8proc_ssize_t count;
    buffer_clear(out);
    enum status status = buffer_reserve(out, text.size);
    if (status)
        return status;
    if (fold_ascii(out, text, how))
        return ST_OK;
    status = decompose(&count, out, text,
                       UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                           UTF8PROC_IGNORE,
                       how == FOLD_TURKIC ? map_turkic : NULL);
    if (status)
        return status;
    utf8proc_int32_t *codes = (utf8proc_int32_t *)(void *)out->data;
    utf8proc_ssize_t kept = 0;
    for (utf8proc_ssize_t i = 0; i < count; i++)
        if (codes[i] != ' ')
            codes[kept++] = fold_code(codes[i]);
    recompose(out, kept);
    return ST_OK;
}

/* Latin letters that Unicode does not decompose, but that people type without their stroke, tail or
 * ligature. */
static const struct base {
    utf8proc_int32_t letter;
    char base[3];
} BASE_LETTERS[] = {
    {0xE6, "ae"}, {0xF0, "d"},  {0xF8, "o"},   {0xFE, "th"}, {0x111, "d"}, {0x127, "h"},
    {0x131, "i"}, {0x142, "l"}, {0x153, "oe"}, {0x167, "t"}, {0x180, "b"},
};

static const char *base_form(utf8proc_int32_t letter) {
    for (size_t i = 0; i < sizeof BASE_LETTERS / sizeof *BASE_LETTERS; i++)
        if (BASE_LETTERS[i].letter == letter)
            return BASE_LETTERS[i].base;
    return NULL;
}

enum status unicode_strip_marks(struct buffer *out, struct slice text) {
    utf8proc_ssize_t count;
    enum status status = decompose(&count, out, text, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE, NULL);
    if (status)
        return status;
    /* A letter may become two. The code points move to the second half of twice the memory, so that
     * writing from the start never overtakes reading. */
    status = buffer_reserve(out, (2 * (size_t)count + 1) * sizeof(utf8proc_int32_t));
    if (status)
        return status;
    utf8proc_int32_t *codes = (utf8proc_int32_t *)(void *)out->data;
    memmove(codes + count, codes, (size_t)count * sizeof *codes);
    const utf8proc_int32_t *source = codes + count;
    utf8proc_ssize_t kept = 0;
    bool folding = false;
    for (utf8proc_ssize_t i = 0; i < count; i++) {
        utf8proc_int32_t code = source[i];
        uint8_t has = properties(code);
        if (has & DROPPED)
            continue;
        if (utf8proc_category(code) == UTF8PROC_CATEGORY_MN) {
            if (!folding)
                codes[kept++] = code;
            continue;
        }
        folding = has & STRIPS_MARKS;
        const char *base = folding && code >= 0x80 ? base_form(code) : NULL;
        codes[kept++] = base ? base[0] : code;
        if (base && base[1])
            codes[kept++] = base[1];
    }
    recompose(out, kept);
    return ST_OK;
}

const char *unicode_class_version(void) {
    return UNICODE_TABLES_VERSION;
}

const char *unicode_fold_version(void) {
    return utf8proc_unicode_version();
}

bool unicode_has_only(struct slice text, uint32_t classes) {
    for (size_t at = 0; at < text.size;) {
        struct unicode_char code = unicode_decode(text.data + at, text.size - at);
        if (!(classes >> unicode_class(code.code_point) & 1))
            return false;
        at += code.size;
    }
    return true;
}
