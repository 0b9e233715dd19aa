/* SPDX-License-Identifier: MIT */
/* Pairs quotes. */
#include "searcher/query/quotes.h"

#include "common/text/unicode.h"

enum quote_kind {
    QUOTE_NONE,
    QUOTE_DOUBLE,
    QUOTE_ANGLE,
    QUOTE_SINGLE_ANGLE,
    QUOTE_CORNER,
    QUOTE_WHITE_CORNER,
    QUOTE_SINGLE
};

static enum quote_kind quote_kind_of(uint32_t code) {
    switch (code) {
    case '"':
    case 0x201C: /* “ */
    case 0x201D: /* ” */
    case 0x201E: /* „ */
    case 0x201F: /* ‟ */
    case 0x301D: /* 〝 */
    case 0x301E: /* 〞 */
    case 0x301F: /* 〟 */
    case 0xFF02: /* ＂ */
        return QUOTE_DOUBLE;
    case 0xAB: /* « */
    case 0xBB: /* » */
        return QUOTE_ANGLE;
    case 0x2039: /* ‹ */
    case 0x203A: /* › */
        return QUOTE_SINGLE_ANGLE;
    case 0x300C: /* 「 */
    case 0x300D: /* 」 */
    case 0xFE41: /* the same for vertical lines */
    case 0xFE42:
    case 0xFF62: /* and of half width */
    case 0xFF63:
        return QUOTE_CORNER;
    case 0x300E: /* 『 */
    case 0x300F: /* 』 */
    case 0xFE43:
    case 0xFE44:
        return QUOTE_WHITE_CORNER;
    case 0x2018: /* ‘ */
    case 0x2019: /* ’ */
    case 0x201A: /* ‚ */
    case 0x201B: /* ‛ */
        return QUOTE_SINGLE;
    default:
        return QUOTE_NONE;
    }
}

void quotes_init(struct quotes *quotes, struct slice text) {
    *quotes = (struct quotes){.text = text};
    tokenizer_begin(&quotes->tokenizer, text);
}

/* The first word that ends after `at`. */
static const struct word *word_at(struct quotes *quotes, size_t at) {
    while (quotes->word.end <= at)
        if (!tokenizer_next(&quotes->word, 1, &quotes->tokenizer))
            quotes->word = (struct word){.start = UINT32_MAX, .end = UINT32_MAX};
    return &quotes->word;
}

static struct unicode_char code_at(const struct quotes *quotes, size_t at) {
    return unicode_decode(quotes->text.data + at, quotes->text.size - at);
}

/* The kind and size of the quote at `at`. */
static enum quote_kind quote_kind_at(size_t *size, struct quotes *quotes, size_t at) {
    if (at >= quotes->text.size)
        return QUOTE_NONE;
    struct unicode_char code = code_at(quotes, at);
    enum quote_kind kind = quote_kind_of(code.code_point);
    *size = code.size;
    return kind && word_at(quotes, at)->start < at ? QUOTE_NONE : kind;
}

size_t quotes_size_at(struct quotes *quotes, size_t at) {
    size_t size;
    enum quote_kind kind = quote_kind_at(&size, quotes, at);
    return kind && kind != QUOTE_SINGLE ? size : 0;
}

/* The offset, from `at` on, of the quote that closes one of this kind; the text's end if there is
 * none. */
static size_t find_close(size_t *size, struct quotes *quotes, size_t at, enum quote_kind kind) {
    while (at < quotes->text.size) {
        bool closes = quote_kind_at(size, quotes, at) == kind;
        size_t next = at + code_at(quotes, at).size;
        if (closes && (kind != QUOTE_SINGLE || word_at(quotes, at)->start != next))
            return at;
        at = next;
    }
    *size = 0;
    return at;
}

bool quotes_open(struct quoted *quoted, struct quotes *quotes, size_t at, bool after_word) {
    size_t size, close_size;
    enum quote_kind kind = quote_kind_at(&size, quotes, at);
    if (!kind)
        return false;
    struct slice text = quotes->text;
    bool spaced = at + size == text.size || unicode_space_size(slice_after(text, at + size));
    bool single = kind == QUOTE_SINGLE;
    if (single ? spaced || after_word || quotes->unpaired : spaced && after_word)
        return false;
    struct quotes before = *quotes;
    size_t close = find_close(&close_size, quotes, at + size, kind);
    if (single && !close_size) {
        *quotes = before;
        quotes->unpaired = true;
        return false;
    }
    *quoted = (struct quoted){.text = slice_of(text.data + at + size, close - at - size),
                              .end = close + close_size,
                              .unclosed = !close_size};
    return true;
}
