/* SPDX-License-Identifier: MIT */
/* Finds words: ASCII in blocks of 64 bytes, everything else code point by code point. */
#include "common/text/tokenizer.h"

#if defined(__SSE2__) && !defined(QUERN_PORTABLE)
#define TOKENIZER_SSE2
#include <emmintrin.h>
#endif

#include "common/base/ascii.h"
#include "common/text/unicode.h"

/* The class of a code point, and where it ends. At the end of the text: CLASS_OTHER. */
struct code_point {
    enum unicode_class class;
    size_t end;
};

static struct code_point code_point_at(const struct tokenizer *tokenizer, size_t at) {
    if (at >= tokenizer->size)
        return (struct code_point){CLASS_OTHER, tokenizer->size};
    struct unicode_char code = unicode_decode(tokenizer->text + at, tokenizer->size - at);
    return (struct code_point){unicode_class(code.code_point), at + code.size};
}

static size_t skip_extends(const struct tokenizer *tokenizer, size_t at) {
    for (;;) {
        struct code_point code_point = code_point_at(tokenizer, at);
        if (code_point.class != CLASS_EXTEND)
            return at;
        at = code_point.end;
    }
}

static bool is_letter(enum unicode_class class) {
    return class == CLASS_LETTER || class == CLASS_HEBREW;
}

static bool is_unspaced(enum unicode_class class) {
    return class == CLASS_UNSPACED || class == CLASS_UNSPACED_TAIL || class == CLASS_IDEOGRAPH;
}

static bool is_alphanumeric(enum unicode_class class) {
    return is_letter(class) || class == CLASS_DIGIT;
}

/* Cuts a word of more than WORD_MAX bytes at a code point. */
static struct word word_of(const struct tokenizer *tokenizer, size_t start, size_t end) {
    if (end - start > WORD_MAX)
        end = start + unicode_cut(slice_of(tokenizer->text + start, end - start), WORD_MAX).size;
    return (struct word){.start = (uint32_t)start, .end = (uint32_t)end};
}

/* Where the next part of a word begins if `joiner` follows a part of `size` letters and digits, the
 * last of class `before`; 0 if the word ends there. Rules WB6, WB7, WB7b, WB7c, WB11 and WB12,
 * tailored. */
static size_t part_after_joiner(const struct tokenizer *tokenizer, enum unicode_class before,
                                size_t size, struct code_point joiner) {
    enum unicode_class class = joiner.class;
    bool mark = class == CLASS_DOT || class == CLASS_APOSTROPHE;
    if (!mark && class != CLASS_MID_LETTER && class != CLASS_MID_NUMBER &&
        class != CLASS_DOUBLE_QUOTE)
        return 0;
    size_t at = skip_extends(tokenizer, joiner.end);
    struct code_point after = code_point_at(tokenizer, at);
    bool joins;
    if (before == CLASS_DIGIT)
        joins = after.class == CLASS_DIGIT && (mark || class == CLASS_MID_NUMBER);
    else if (!is_letter(after.class))
        joins = false;
    else if (class == CLASS_APOSTROPHE || class == CLASS_MID_LETTER)
        joins = true;
    else {
        size_t next = skip_extends(tokenizer, after.end);
        bool single = !is_alphanumeric(code_point_at(tokenizer, next).class);
        joins = class == CLASS_DOT ? single && size == 1
                                   : class == CLASS_DOUBLE_QUOTE && before == CLASS_HEBREW &&
                                         after.class == CLASS_HEBREW && (single || size > 1);
    }
    return joins ? at : 0;
}

/* The end of the word whose first letter or digit is at `start`. */
static size_t word_end(const struct tokenizer *tokenizer, size_t start) {
    size_t at = start, part = 0;
    enum unicode_class before = CLASS_OTHER;
    for (;;) {
        struct code_point code_point = code_point_at(tokenizer, at);
        if (is_alphanumeric(code_point.class)) {
            before = code_point.class;
            part++;
            at = skip_extends(tokenizer, code_point.end);
            continue;
        }
        size_t next = part_after_joiner(tokenizer, before, part, code_point);
        if (!next)
            return at;
        at = next;
        part = 0;
    }
}

/* The end of the emoji or flag at `start`. */
static size_t symbol_end(const struct tokenizer *tokenizer, size_t start) {
    struct code_point code_point = code_point_at(tokenizer, start);
    size_t end = skip_extends(tokenizer, code_point.end);
    struct code_point next = code_point_at(tokenizer, end);
    bool flag = code_point.class == CLASS_REGIONAL && next.class == CLASS_REGIONAL;
    return flag ? skip_extends(tokenizer, next.end) : end;
}

/* True if a full stop before `start` belongs to the letters there, as in .net. */
static bool has_prefix(const struct tokenizer *tokenizer, size_t start) {
    if (!start || tokenizer->text[start - 1] != '.')
        return false;
    if (start == 1)
        return true;
    struct slice text = slice_of(tokenizer->text, tokenizer->size);
    enum unicode_class before = unicode_class(unicode_decode_before(text, start - 1).code_point);
    return !is_alphanumeric(before) && before != CLASS_EXTEND && before != CLASS_DOT;
}

/* The size of the ++ or # that belongs to the letters before `at`, or 0. Some characters after it
 * make it an operator: a++b, page#top, C##. */
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
    enum unicode_class next = code_point_at(tokenizer, at + length).class;
    return is_letter(next) || (next == CLASS_DIGIT && length == 1) ? 0 : length;
}

static bool only_letters(const struct tokenizer *tokenizer, struct word word) {
    for (size_t at = word.start; at < word.end;) {
        struct code_point code_point = code_point_at(tokenizer, at);
        if (!is_letter(code_point.class) && code_point.class != CLASS_EXTEND)
            return false;
        at = code_point.end;
    }
    return true;
}

/* Adds the shorter form of the last of `count` words. Returns the new count; at `max` words, the
 * form is kept for the next call. */
static size_t add_second_form(struct tokenizer *tokenizer, struct word *words, size_t count,
                              size_t max, struct word form) {
    form.same_position = true;
    if (count < max)
        words[count++] = form;
    else
        tokenizer->pending = form;
    return count;
}

/* If signs touch the last of `count` words: replaces it by the form with its signs, followed by the
 * form without. Returns the new count. */
static size_t add_affixed_form(struct tokenizer *tokenizer, struct word *words, size_t count,
                               size_t max) {
    struct word *word = &words[count - 1];
    size_t prefix = has_prefix(tokenizer, word->start);
    size_t suffix = suffix_at(tokenizer, tokenizer->offset);
    size_t size = prefix + (tokenizer->offset - word->start) + suffix;
    if (!(prefix || suffix) || size > WORD_MAX || !only_letters(tokenizer, *word))
        return count;
    tokenizer->offset += suffix;
    struct word plain = *word;
    *word = (struct word){.start = (uint32_t)(plain.start - prefix),
                          .end = (uint32_t)tokenizer->offset};
    return add_second_form(tokenizer, words, count, max, plain);
}

static size_t character_end(const struct tokenizer *tokenizer, size_t start) {
    size_t at = code_point_at(tokenizer, start).end;
    for (;;) {
        struct code_point code_point = code_point_at(tokenizer, at);
        if (code_point.class != CLASS_EXTEND && code_point.class != CLASS_UNSPACED_TAIL)
            return at;
        at = code_point.end;
    }
}

/* Adds what begins with the character at `start`: the pair with the next one, followed by the
 * character itself if that may be a word. A letter that ends the last pair begins nothing. Returns
 * the new count. */
static size_t add_bigram(struct tokenizer *tokenizer, struct word *words, size_t count, size_t max,
                         size_t start) {
    bool letter = code_point_at(tokenizer, start).class == CLASS_UNSPACED;
    size_t end = character_end(tokenizer, start);
    bool pairs = is_unspaced(code_point_at(tokenizer, end).class), reported = tokenizer->paired;
    tokenizer->offset = end;
    tokenizer->paired = pairs;
    if (!pairs && reported && letter)
        return count;
    struct word character = word_of(tokenizer, start, end);
    if (!pairs) {
        words[count] = character;
        return count + 1;
    }
    words[count++] = word_of(tokenizer, start, character_end(tokenizer, end));
    return letter ? count : add_second_form(tokenizer, words, count, max, character);
}

/* Sets the masks to the 64 bytes at `at`; bytes past the end of the text count as spaces. */
static void load_block(struct tokenizer *tokenizer, size_t at) {
    uint8_t tail[64];
    const uint8_t *bytes = tokenizer->text + at;
    if (tokenizer->size - at < sizeof tail) {
        memset(tail, ' ', sizeof tail);
        memcpy(tail, bytes, tokenizer->size - at);
        bytes = tail;
    }
    uint64_t starts = 0, continues = 0;
#ifdef TOKENIZER_SSE2
    for (int i = 0; i < 4; i++) {
        __m128i text = _mm_loadu_si128((const __m128i *)(const void *)(bytes + 16 * i));
        /* SSE2 compares signed bytes only, so 'a' and '0' are shifted down to -128. */
        __m128i letter = _mm_cmplt_epi8(
            _mm_sub_epi8(_mm_or_si128(text, _mm_set1_epi8(0x20)), _mm_set1_epi8((char)('a' + 128))),
            _mm_set1_epi8(-128 + 26));
        __m128i digit = _mm_cmplt_epi8(_mm_sub_epi8(text, _mm_set1_epi8((char)('0' + 128))),
                                       _mm_set1_epi8(-128 + 10));
        __m128i word = _mm_or_si128(letter, digit);
        /* movemask takes the top bit, which is set in bytes that are not ASCII. */
        uint64_t start = (uint32_t)_mm_movemask_epi8(_mm_or_si128(word, text));
        uint64_t next = (uint32_t)_mm_movemask_epi8(word);
        starts |= start << 16 * i;
        continues |= next << 16 * i;
    }
#else
    for (int i = 0; i < 64; i++) {
        uint8_t byte = bytes[i];
        uint64_t word = ascii_is_letter(byte) || ascii_is_digit(byte);
        starts |= (word | byte >> 7) << i;
        continues |= word << i;
    }
#endif
    tokenizer->block_offset = at;
    tokenizer->start_mask = starts;
    tokenizer->continue_mask = continues;
}

static size_t next_start(struct tokenizer *tokenizer, size_t at) {
    while (at < tokenizer->size) {
        if (at - tokenizer->block_offset >= 64)
            load_block(tokenizer, at);
        uint64_t mask = tokenizer->start_mask >> (at - tokenizer->block_offset);
        if (mask)
            return at + (size_t)__builtin_ctzll(mask);
        at = tokenizer->block_offset + 64;
    }
    return tokenizer->size;
}

static size_t run_end(struct tokenizer *tokenizer, size_t at) {
    while (at < tokenizer->size) {
        if (at - tokenizer->block_offset >= 64)
            load_block(tokenizer, at);
        uint64_t mask = ~tokenizer->continue_mask >> (at - tokenizer->block_offset);
        if (mask)
            return at + (size_t)__builtin_ctzll(mask);
        at = tokenizer->block_offset + 64;
    }
    return tokenizer->size;
}

/* What a byte after a run of ASCII letters and digits may do to the word. */
enum terminator { TERMINATOR_SEPARATOR, TERMINATOR_JOINER, TERMINATOR_NOT_ASCII };

static enum terminator terminator_of(uint8_t byte) {
    static const uint8_t kinds[128] = {
        ['\''] = TERMINATOR_JOINER, ['.'] = TERMINATOR_JOINER, [','] = TERMINATOR_JOINER};
    return byte < 0x80 ? (enum terminator)kinds[byte] : TERMINATOR_NOT_ASCII;
}

/* True if the word whose ASCII part is [part, end) goes on after the joiner at `end`. *sure: bytes
 * that are not ASCII cannot change the answer. */
static bool ascii_joins(bool *sure, const struct tokenizer *tokenizer, size_t part, size_t end) {
    const uint8_t *text = tokenizer->text;
    size_t left = tokenizer->size - end;
    uint8_t before = text[end - 1];
    uint8_t after = left > 1 ? text[end + 1] : ' ', next = left > 2 ? text[end + 2] : ' ';
    *sure = after < 0x80;
    if (ascii_is_digit(before) || ascii_is_digit(after))
        return ascii_is_digit(before) && ascii_is_digit(after);
    if (!ascii_is_letter(after) || text[end] == ',')
        return false;
    if (text[end] == '\'')
        return true;
    bool single = end - part == 1;
    *sure = !single || next < 0x80;
    return single && !ascii_is_letter(next) && !ascii_is_digit(next);
}

/* word_end() for a word that begins with ASCII. Falls back on it if the word goes on otherwise. */
static size_t ascii_end(struct tokenizer *tokenizer, size_t start) {
    const uint8_t *text = tokenizer->text;
    for (size_t part = start;;) {
        size_t end = run_end(tokenizer, part);
        if (end == tokenizer->size)
            return end;
        enum terminator terminator = terminator_of(text[end]);
        if (terminator == TERMINATOR_SEPARATOR)
            return end;
        if (terminator == TERMINATOR_NOT_ASCII) {
            enum unicode_class class = code_point_at(tokenizer, end).class;
            bool ends = class == CLASS_OTHER || class == CLASS_DOUBLE_QUOTE || is_unspaced(class);
            return ends ? end : word_end(tokenizer, start);
        }
        bool sure, joins = ascii_joins(&sure, tokenizer, part, end);
        if (!sure)
            return word_end(tokenizer, start);
        if (!joins)
            return end;
        part = end + 1;
    }
}

void tokenizer_begin(struct tokenizer *tokenizer, struct slice text) {
    *tokenizer = (struct tokenizer){.text = text.data, .size = text.size};
    if (text.size)
        load_block(tokenizer, 0);
}

/* True if a sign that may belong to the word touches it. */
static bool may_have_affix(const struct tokenizer *tokenizer, size_t start, size_t end) {
    const uint8_t *text = tokenizer->text;
    return (start && text[start - 1] == '.') ||
           (end < tokenizer->size && (text[end] == '#' || text[end] == '+'));
}

size_t tokenizer_next(struct word *words, size_t max, struct tokenizer *tokenizer) {
    size_t count = 0;
    if (tokenizer->pending.same_position) {
        words[count++] = tokenizer->pending;
        tokenizer->pending.same_position = false;
    }
    while (count < max) {
        size_t at = next_start(tokenizer, tokenizer->offset), end;
        if (at == tokenizer->size) {
            tokenizer->offset = at;
            break;
        }
        if (tokenizer->text[at] < 0x80) {
            end = ascii_end(tokenizer, at);
        } else {
            struct code_point code_point = code_point_at(tokenizer, at);
            if (is_unspaced(code_point.class)) {
                count = add_bigram(tokenizer, words, count, max, at);
                continue;
            }
            if (is_alphanumeric(code_point.class))
                end = word_end(tokenizer, at);
            else if (code_point.class == CLASS_SYMBOL || code_point.class == CLASS_REGIONAL)
                end = symbol_end(tokenizer, at);
            else {
                tokenizer->offset = code_point.end;
                continue;
            }
        }
        tokenizer->offset = end;
        words[count++] = word_of(tokenizer, at, end);
        if (may_have_affix(tokenizer, at, end))
            count = add_affixed_form(tokenizer, words, count, max);
    }
    return count;
}
