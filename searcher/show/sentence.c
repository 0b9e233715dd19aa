/* SPDX-License-Identifier: MIT */
/* Decides from the characters on both sides of an offset whether a sentence begins there. */
#include "searcher/show/sentence.h"

#include "common/base/ascii.h"
#include "common/text/unicode.h"

enum {
    WRAPPED_MIN = 60, /* bytes of a line that may be one of a wrapped paragraph */
    CLOSERS_MAX = 4,  /* quotes and brackets between a full stop and the next sentence */
};

/* What a character says about the end of a sentence before or at it. */
enum sentence_class {
    SENTENCE_OTHER,
    SENTENCE_DOT,      /* ends a sentence, an abbreviation or an ellipsis */
    SENTENCE_STOP,     /* ends a sentence, and white space follows */
    SENTENCE_UNSPACED, /* ends a sentence, and the next one may follow directly */
    SENTENCE_CLOSER,   /* a quote or bracket that belongs to the sentence before it */
};

static enum sentence_class class_of(uint32_t code) {
    switch (code) {
    case '.':
    case 0x2024: /* one dot leader */
    case 0x2026: /* ellipsis */
        return SENTENCE_DOT;
    case '!':
    case '?':
    case 0x0589: /* Armenian */
    case 0x061d:
    case 0x061e:
    case 0x061f:
    case 0x06d4: /* Arabic, Urdu */
    case 0x0700:
    case 0x0701:
    case 0x0702: /* Syriac */
    case 0x0964:
    case 0x0965: /* danda */
    case 0x0df4: /* Sinhala */
    case 0x0f0d:
    case 0x0f0e: /* Tibetan */
    case 0x104a:
    case 0x104b: /* Myanmar */
    case 0x1362:
    case 0x1367:
    case 0x1368: /* Ethiopic */
    case 0x17d4:
    case 0x17d5: /* Khmer */
    case 0x1803:
    case 0x1809: /* Mongolian */
    case 0x203c:
    case 0x203d:
    case 0x2047:
    case 0x2048:
    case 0x2049: /* !! and the like */
        return SENTENCE_STOP;
    case 0x3002:
    case 0xff01:
    case 0xff0e:
    case 0xff1f:
    case 0xff61:
        return SENTENCE_UNSPACED;
    case '"':
    case '\'':
    case ')':
    case ']':
    case '}':
    case 0x00bb:
    case 0x2019:
    case 0x201c: /* which closes a quotation in German */
    case 0x201d:
    case 0x203a:
    case 0x3009:
    case 0x300b:
    case 0x300d:
    case 0x300f:
    case 0x3011:
    case 0x3015:
    case 0xff09:
    case 0xff3d:
    case 0xff63:
        return SENTENCE_CLOSER;
    default:
        return SENTENCE_OTHER;
    }
}

/* The character that ends at `at`, which is after the view's first byte. */
static struct unicode_char before(const struct text_view *view, uint64_t at) {
    return unicode_decode_before(view->bytes, (size_t)(at - view->offset));
}

/* The character at `at`, or a space at the end of the view. */
static uint32_t code_at(const struct text_view *view, uint64_t at) {
    size_t from = (size_t)(at - view->offset);
    if (from >= view->bytes.size)
        return ' ';
    return unicode_decode(view->bytes.data + from, view->bytes.size - from).code_point;
}

/* Whether the line at `at` begins with a bullet, or with a number or letter and a full stop or
 * bracket. */
static bool is_item(const struct text_view *view, uint64_t at) {
    uint32_t code = code_at(view, at);
    if (code == '-' || code == '*' || code == '+')
        return code_at(view, at + 1) == ' ';
    if (code == 0x2022 || code == 0x2023 || code == 0x25aa || code == 0x25cf || code == 0x30fb)
        return true;
    uint64_t end = at;
    while (end < at + 3 && code_at(view, end) < 0x80 && ascii_is_digit((uint8_t)code_at(view, end)))
        end++;
    if (end == at)
        end += code < 0x80 && ascii_is_letter((uint8_t)code);
    code = code_at(view, end);
    return end > at && (code == '.' || code == ')') && code_at(view, end + 1) == ' ';
}

/* Whether a line that ends at `end` is so long that it may have been wrapped. */
static bool may_be_wrapped(const struct text_view *view, uint64_t end) {
    uint64_t at = end;
    while (at > view->offset && end - at < WRAPPED_MIN &&
           view->bytes.data[at - 1 - view->offset] != '\n')
        at--;
    return end - at >= WRAPPED_MIN || (at == view->offset && at > 0);
}

/* Whether the full stop at `at` follows a single letter, as in "J. Smith". */
static bool is_initial(const struct text_view *view, uint64_t at) {
    if (at == view->offset)
        return false;
    struct unicode_char letter = before(view, at);
    enum unicode_class class = unicode_class(letter.code_point);
    if (class != CLASS_LETTER && class != CLASS_HEBREW)
        return false;
    uint64_t start = at - letter.size;
    if (start == view->offset)
        return true;
    class = unicode_class(before(view, start).code_point);
    return class == CLASS_OTHER || class == CLASS_DOT;
}

/* Whether the text that ends at `end` ends a sentence, and the next one can begin with `next` after
 * some white space, or after none. */
static bool is_terminated(const struct text_view *view, uint64_t end, bool spaced, uint32_t next) {
    for (int closers = 0; end > view->offset; closers++) {
        struct unicode_char last = before(view, end);
        end -= last.size;
        switch (class_of(last.code_point)) {
        case SENTENCE_CLOSER:
            if (closers == CLOSERS_MAX)
                return false;
            break;
        case SENTENCE_UNSPACED:
            return spaced || class_of(next) == SENTENCE_OTHER;
        case SENTENCE_DOT:
            return spaced && !unicode_is_lower(next) && !is_initial(view, end);
        case SENTENCE_STOP:
            return spaced && !unicode_is_lower(next);
        default:
            return false;
        }
    }
    return false;
}

bool sentence_begins_at(const struct text_view *view, uint64_t at) {
    uint64_t end = at;
    unsigned newlines = 0;
    for (; end > view->offset && text_view_is_space(view, end - 1); end--)
        newlines += view->bytes.data[end - 1 - view->offset] == '\n';
    if (end == view->offset)
        return end == 0;
    if (newlines > 1)
        return true;
    /* Most characters follow an ASCII letter. */
    if (end == at && view->bytes.data[at - 1 - view->offset] < 0x80 &&
        class_of(view->bytes.data[at - 1 - view->offset]) != SENTENCE_CLOSER)
        return false;
    uint32_t next = code_at(view, at);
    if (newlines && is_item(view, at))
        return true;
    if (is_terminated(view, end, end < at, next))
        return true;
    return newlines && !unicode_is_lower(next) && !may_be_wrapped(view, end);
}

uint64_t sentence_start(const struct text_view *view, uint64_t at, uint64_t from) {
    for (;;) {
        if (at < text_view_end(view) && !text_view_is_space(view, at) &&
            sentence_begins_at(view, at))
            return at;
        if (at <= from)
            return SENTENCE_NONE;
        text_view_step_back(&at, view, from);
    }
}

uint64_t sentence_end(const struct text_view *view, uint64_t at, uint64_t to, bool more) {
    for (uint64_t next = at; next < text_view_end(view);) {
        if (next > at && !text_view_is_space(view, next) && sentence_begins_at(view, next)) {
            while (next > at && text_view_is_space(view, next - 1))
                next--;
            return next <= to ? next : SENTENCE_NONE;
        }
        if (next > to && !text_view_is_space(view, next))
            return SENTENCE_NONE;
        text_view_step_forward(&next, view, text_view_end(view));
    }
    uint64_t end = text_view_end(view);
    while (end > at && text_view_is_space(view, end - 1))
        end--;
    return !more && end <= to ? end : SENTENCE_NONE;
}
