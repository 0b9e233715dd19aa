#include "common/tokenizer.h"

#if defined(__SSE2__) && !defined(QUERN_PORTABLE)
#define VECTORS
#include <emmintrin.h>
#endif

#include "common/unicode.h"

/* A class and the end of the code point that has it. At the end of the text: CLASS_OTHER. */
struct glyph {
    enum unicode_class class;
    size_t end;
};

static struct glyph glyph_at(const struct tokenizer *tokenizer, size_t at) {
    if (at >= tokenizer->size)
        return (struct glyph){CLASS_OTHER, tokenizer->size};
    struct unicode_code code = unicode_decode(tokenizer->text + at, tokenizer->size - at);
    return (struct glyph){unicode_class(code.code), at + code.size};
}

static size_t skip_extends(const struct tokenizer *tokenizer, size_t at) {
    for (;;) {
        struct glyph glyph = glyph_at(tokenizer, at);
        if (glyph.class != CLASS_EXTEND)
            return at;
        at = glyph.end;
    }
}

static bool is_letter(enum unicode_class class) {
    return class == CLASS_LETTER || class == CLASS_HEBREW;
}

static bool is_dense(enum unicode_class class) {
    return class == CLASS_DENSE || class == CLASS_DENSE_TAIL;
}

/* Keeps a word within WORD_MAX without cutting a code point in two. */
static struct word word_of(const struct tokenizer *tokenizer, size_t start, size_t end) {
    struct slice text = slice_of(tokenizer->text + start, end - start);
    return (struct word){(uint32_t)start, (uint32_t)(start + unicode_cut(text, WORD_MAX).size)};
}

/* The length of the ++ or # that belongs to the letters which end at `at`, or 0. A letter, a digit
 * or more of the same behind it makes it an operator: a++b, page#top, C##. */
static size_t suffix_at(const struct tokenizer *tokenizer, size_t at) {
    const uint8_t *text = tokenizer->text;
    size_t left = tokenizer->size - at, length;
    if (left >= 2 && text[at] == '+' && text[at + 1] == '+')
        length = 2;
    else if (left >= 1 && text[at] == '#')
        length = 1;
    else
        return 0;
    if (left > length && text[at + length] == text[at])
        return 0;
    enum unicode_class next = glyph_at(tokenizer, at + length).class;
    return is_letter(next) || is_dense(next) || next == CLASS_DIGIT || next == CLASS_CONNECTOR
               ? 0
               : length;
}

/* Rules WB6, WB7, WB7b, WB7c, WB11 and WB12: where the word goes on when `middle` stands behind a
 * letter or digit of class `before`, or 0 when it does not. */
static size_t pass_middle(const struct tokenizer *tokenizer, enum unicode_class before,
                          struct glyph middle) {
    enum unicode_class class = middle.class;
    bool both = class == CLASS_MID_BOTH || class == CLASS_QUOTE;
    if (!both && class != CLASS_MID_LETTER && class != CLASS_MID_NUMBER &&
        class != CLASS_DOUBLE_QUOTE)
        return 0;
    size_t at = skip_extends(tokenizer, middle.end);
    enum unicode_class after = glyph_at(tokenizer, at).class;
    bool joins;
    if (is_letter(before) && is_letter(after))
        joins = both || class == CLASS_MID_LETTER ||
                (class == CLASS_DOUBLE_QUOTE && before == CLASS_HEBREW && after == CLASS_HEBREW);
    else
        joins =
            before == CLASS_DIGIT && after == CLASS_DIGIT && (both || class == CLASS_MID_NUMBER);
    return joins ? at : 0;
}

/* The word whose first letter or digit is at `start`. */
static struct word take_word(struct tokenizer *tokenizer, size_t start) {
    size_t at = start, end = start;
    bool only_letters = true;
    enum unicode_class before = CLASS_OTHER;
    for (;;) {
        struct glyph glyph = glyph_at(tokenizer, at);
        if (is_letter(glyph.class) || glyph.class == CLASS_DIGIT) {
            only_letters &= glyph.class != CLASS_DIGIT;
            end = at = skip_extends(tokenizer, glyph.end);
        } else if (glyph.class == CLASS_CONNECTOR) {
            only_letters = false;
            at = skip_extends(tokenizer, glyph.end);
        } else {
            size_t next = pass_middle(tokenizer, before, glyph);
            if (!next && before == CLASS_HEBREW && glyph.class == CLASS_QUOTE) {
                end = at = skip_extends(tokenizer, glyph.end); /* WB7a: a geresh ends the word */
                only_letters = false;
            }
            if (!next)
                break;
            only_letters = false;
            at = next;
        }
        before = glyph.class;
    }
    if (only_letters)
        end = at = end + suffix_at(tokenizer, end);
    tokenizer->at = at;
    return word_of(tokenizer, start, end);
}

static size_t dense_end(const struct tokenizer *tokenizer, size_t start) {
    size_t at = glyph_at(tokenizer, start).end;
    for (;;) {
        struct glyph glyph = glyph_at(tokenizer, at);
        if (glyph.class != CLASS_EXTEND && glyph.class != CLASS_DENSE_TAIL)
            return at;
        at = glyph.end;
    }
}

/* The pair that begins with the character at `start`, or that character when it stands alone; false
 * when it is the second half of the last pair. */
static bool take_dense(struct word *word, struct tokenizer *tokenizer, size_t start) {
    size_t end = dense_end(tokenizer, start);
    bool pairs = is_dense(glyph_at(tokenizer, end).class), reported = tokenizer->paired;
    tokenizer->at = end;
    tokenizer->paired = pairs;
    if (!pairs && reported)
        return false;
    *word = word_of(tokenizer, start, pairs ? dense_end(tokenizer, end) : end);
    return true;
}

static bool is_ascii_letter(uint8_t byte) {
    return (uint8_t)((byte | 0x20) - 'a') < 26;
}

static bool is_ascii_digit(uint8_t byte) {
    return (uint8_t)(byte - '0') < 10;
}

/* Sets the masks to the 64 bytes at `at`; what lies behind the text counts as spaces. */
static void load_block(struct tokenizer *tokenizer, size_t at) {
    uint8_t tail[64];
    const uint8_t *bytes = tokenizer->text + at;
    if (tokenizer->size - at < sizeof tail) {
        memset(tail, ' ', sizeof tail);
        memcpy(tail, bytes, tokenizer->size - at);
        bytes = tail;
    }
    uint64_t starts = 0, continues = 0;
#ifdef VECTORS
    for (int i = 0; i < 4; i++) {
        __m128i text = _mm_loadu_si128((const __m128i *)(const void *)(bytes + 16 * i));
        /* SSE2 compares signed bytes only: shift 'a' and '0' down to -128. */
        __m128i letter = _mm_cmplt_epi8(
            _mm_sub_epi8(_mm_or_si128(text, _mm_set1_epi8(0x20)), _mm_set1_epi8((char)('a' + 128))),
            _mm_set1_epi8(-128 + 26));
        __m128i digit = _mm_cmplt_epi8(_mm_sub_epi8(text, _mm_set1_epi8((char)('0' + 128))),
                                       _mm_set1_epi8(-128 + 10));
        __m128i word = _mm_or_si128(letter, digit);
        __m128i line = _mm_cmpeq_epi8(text, _mm_set1_epi8('_'));
        /* A byte that is not ASCII has its top bit set, which is the bit that movemask takes. */
        uint64_t start = (uint32_t)_mm_movemask_epi8(_mm_or_si128(word, text));
        uint64_t next = (uint32_t)_mm_movemask_epi8(_mm_or_si128(word, line));
        starts |= start << 16 * i;
        continues |= next << 16 * i;
    }
#else
    for (int i = 0; i < 64; i++) {
        uint8_t byte = bytes[i];
        uint64_t word = is_ascii_letter(byte) || is_ascii_digit(byte);
        starts |= (word | byte >> 7) << i;
        continues |= (word | (byte == '_')) << i;
    }
#endif
    tokenizer->block = at;
    tokenizer->starts = starts;
    tokenizer->continues = continues;
}

static size_t next_start(struct tokenizer *tokenizer, size_t at) {
    while (at < tokenizer->size) {
        if (at - tokenizer->block >= 64)
            load_block(tokenizer, at);
        uint64_t mask = tokenizer->starts >> (at - tokenizer->block);
        if (mask)
            return at + (size_t)__builtin_ctzll(mask);
        at = tokenizer->block + 64;
    }
    return tokenizer->size;
}

static size_t run_end(struct tokenizer *tokenizer, size_t at) {
    while (at < tokenizer->size) {
        if (at - tokenizer->block >= 64)
            load_block(tokenizer, at);
        uint64_t mask = ~tokenizer->continues >> (at - tokenizer->block);
        if (mask)
            return at + (size_t)__builtin_ctzll(mask);
        at = tokenizer->block + 64;
    }
    return tokenizer->size;
}

/* What a byte that ends a run of ASCII letters and digits may mean for the word. */
enum follow { FOLLOW_NOTHING, FOLLOW_MIDDLE, FOLLOW_SUFFIX, FOLLOW_LONG };

static enum follow follow_of(uint8_t byte) {
    static const uint8_t kinds[128] = {
        ['\''] = FOLLOW_MIDDLE, ['.'] = FOLLOW_MIDDLE, [','] = FOLLOW_MIDDLE,
        [';'] = FOLLOW_MIDDLE,  ['+'] = FOLLOW_SUFFIX, ['#'] = FOLLOW_SUFFIX,
    };
    return byte < 0x80 ? (enum follow)kinds[byte] : FOLLOW_LONG;
}

static bool only_letters(const uint8_t *text, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (!is_ascii_letter(text[i]))
            return false;
    return true;
}

/* take_word() for a word that begins with ASCII; leaves it to that when the word goes on with
 * something else. */
static struct word take_ascii(struct tokenizer *tokenizer, size_t start) {
    const uint8_t *text = tokenizer->text;
    size_t size = tokenizer->size, end = run_end(tokenizer, start);
    while (end < size) {
        enum follow follow = follow_of(text[end]);
        if (follow == FOLLOW_NOTHING)
            break;
        if (follow == FOLLOW_LONG) {
            enum unicode_class class = glyph_at(tokenizer, end).class;
            if (class == CLASS_OTHER || is_dense(class))
                break;
            return take_word(tokenizer, start);
        }
        if (follow == FOLLOW_SUFFIX) {
            if (only_letters(text + start, end - start))
                end += suffix_at(tokenizer, end);
            break;
        }
        if (end + 1 == size)
            break;
        uint8_t before = text[end - 1], after = text[end + 1];
        if (after >= 0x80) {
            enum unicode_class class = glyph_at(tokenizer, end + 1).class;
            if (class == CLASS_OTHER || is_dense(class))
                break;
            return take_word(tokenizer, start);
        }
        bool letters = text[end] == '\'' || text[end] == '.';
        if (!(letters && is_ascii_letter(before) && is_ascii_letter(after)) &&
            !(is_ascii_digit(before) && is_ascii_digit(after)))
            break;
        end = run_end(tokenizer, end + 1);
    }
    tokenizer->at = end;
    while (text[end - 1] == '_')
        end--;
    return word_of(tokenizer, start, end);
}

void tokenizer_begin(struct tokenizer *tokenizer, struct slice text) {
    *tokenizer = (struct tokenizer){.text = text.data, .size = text.size};
    if (text.size)
        load_block(tokenizer, 0);
}

size_t tokenizer_next(struct tokenizer *tokenizer, struct word *words, size_t max) {
    size_t count = 0;
    while (count < max) {
        size_t at = next_start(tokenizer, tokenizer->at);
        if (at == tokenizer->size) {
            tokenizer->at = at;
            break;
        }
        if (tokenizer->text[at] < 0x80) {
            words[count++] = take_ascii(tokenizer, at);
            continue;
        }
        struct glyph glyph = glyph_at(tokenizer, at);
        if (is_dense(glyph.class))
            count += take_dense(&words[count], tokenizer, at);
        else if (is_letter(glyph.class) || glyph.class == CLASS_DIGIT)
            words[count++] = take_word(tokenizer, at);
        else
            tokenizer->at = glyph.end;
    }
    return count;
}
