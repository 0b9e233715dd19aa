/* SPDX-License-Identifier: MIT */
/* Replaces letters by letters. */
#include "common/text/spelling.h"

#include "common/text/unicode.h"

/* What a code point becomes before `next` (0: the end of the word): one that takes as many bytes, or
 * DROPPED. *taken: 2 if it stands for both. */
typedef uint32_t letter_function(unsigned *taken, uint32_t code, uint32_t next);

enum { DROPPED = 0 };

/* Appends a code point of two or three bytes. */
static uint8_t *put_code(uint8_t *out, uint32_t code) {
    if (code < 0x800) {
        *out++ = (uint8_t)(0xC0 | code >> 6);
    } else {
        *out++ = (uint8_t)(0xE0 | code >> 12);
        *out++ = (uint8_t)(0x80 | (code >> 6 & 0x3F));
    }
    *out++ = (uint8_t)(0x80 | (code & 0x3F));
    return out;
}

static void respell(struct buffer *word, letter_function *letter) {
    uint8_t *out = word->data;
    struct unicode_char code, next;
    for (size_t at = 0; at < word->size; at += code.size) {
        const uint8_t *bytes = word->data + at;
        code = unicode_decode(bytes, word->size - at);
        size_t after = at + code.size;
        next = after < word->size ? unicode_decode(word->data + after, word->size - after)
                                  : (struct unicode_char){0, 0};
        unsigned taken = 1;
        uint32_t becomes = letter(&taken, code.code_point, next.code_point);
        if (becomes == code.code_point) {
            memmove(out, bytes, code.size);
            out += code.size;
        } else if (becomes != DROPPED) {
            out = put_code(out, becomes);
        }
        if (taken == 2)
            code.size += next.size;
    }
    word->size = (size_t)(out - word->data);
}

static uint32_t arabic_letter(unsigned *taken, uint32_t code, uint32_t next) {
    (void)taken;
    (void)next;
    switch (code) {
    case 0x671: /* alef with wasla */
        return 0x627;
    case 0x6A9: /* keheh */
        return 0x643;
    case 0x6CC: /* Farsi yeh */
        return 0x64A;
    default:
        return code;
    }
}

static uint32_t persian_letter(unsigned *taken, uint32_t code, uint32_t next) {
    switch (code) {
    case 0x622: /* alef with madda above */
    case 0x623: /* with hamza above */
    case 0x625: /* with hamza below */
        return 0x627;
    case 0x629: /* teh marbuta */
    case 0x6C0: /* heh with yeh above */
    case 0x6C1: /* heh goal */
    case 0x6C2: /* heh goal with hamza above */
        return 0x647;
    case 0x649: /* alef maksura */
    case 0x6D2: /* yeh barree */
        return 0x64A;
    case 0x654: /* hamza above */
        return DROPPED;
    default:
        return arabic_letter(taken, code, next);
    }
}

/* A vowel letter, or sign, and the sign after it that together look like another one. */
static uint32_t devanagari_letter(unsigned *taken, uint32_t code, uint32_t next) {
    static const uint8_t pairs[][3] = {
        /* All are 0x900 + x. */
        {0x05, 0x3E, 0x06}, {0x05, 0x45, 0x72}, {0x05, 0x46, 0x04}, {0x05, 0x49, 0x11},
        {0x05, 0x4A, 0x12}, {0x05, 0x4B, 0x13}, {0x05, 0x4C, 0x14}, {0x06, 0x45, 0x11},
        {0x06, 0x46, 0x12}, {0x06, 0x47, 0x13}, {0x06, 0x48, 0x14}, {0x09, 0x41, 0x0A},
        {0x0F, 0x45, 0x0D}, {0x0F, 0x46, 0x0E}, {0x0F, 0x47, 0x10}, {0x3E, 0x45, 0x49},
        {0x3E, 0x46, 0x4A}, {0x3E, 0x47, 0x4B}, {0x3E, 0x48, 0x4C},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (code == 0x900u + pairs[i][0] && next == 0x900u + pairs[i][1]) {
            *taken = 2;
            return 0x900u + pairs[i][2];
        }
    return code;
}

static uint32_t hindi_letter(unsigned *taken, uint32_t code, uint32_t next) {
    switch (code) {
    case 0x901: /* chandrabindu */
        return 0x902;
    case 0x928:              /* na */
        if (next == 0x94D) { /* virama: no vowel follows */
            *taken = 2;
            return 0x902;
        }
        return code;
    case 0x929: /* letters with a nukta that folding has composed */
    case 0x931:
    case 0x934:
        return code - 1;
    case 0x93C: /* nukta */
        return DROPPED;
    default:
        return code;
    }
}

static uint32_t hindi_stem_letter(unsigned *taken, uint32_t code, uint32_t next) {
    (void)taken;
    (void)next;
    switch (code) {
    case 0x906: /* aa, ii, uu, ai, au */
    case 0x908:
    case 0x90A:
    case 0x910:
    case 0x914:
    case 0x940: /* the signs of ii, uu, ai, au */
    case 0x942:
    case 0x948:
    case 0x94C:
        return code - 1;
    case 0x94D: /* virama */
        return DROPPED;
    default:
        return code;
    }
}

static uint32_t danish_letter(unsigned *taken, uint32_t code, uint32_t next) {
    switch (code) {
    case 'a':
        if (next != 'a')
            return code;
        *taken = 2;
        return 0xE5;
    case 0xE4:
        return 0xE6;
    case 0xF6:
        return 0xF8;
    default:
        return code;
    }
}

static uint32_t swedish_letter(unsigned *taken, uint32_t code, uint32_t next) {
    (void)taken;
    (void)next;
    return code == 0xE6 ? 0xE4 : code == 0xF8 ? 0xF6 : code;
}

static uint32_t romanian_letter(unsigned *taken, uint32_t code, uint32_t next) {
    (void)taken;
    (void)next;
    return code == 0x219 ? 0x15F : code == 0x21B ? 0x163 : code;
}

/* Where a mark is part of a letter, folding has composed them. */
static uint32_t unstressed_letter(unsigned *taken, uint32_t code, uint32_t next) {
    (void)taken;
    (void)next;
    return code == 0x300 || code == 0x301 ? (uint32_t)DROPPED : code;
}

void spelling_arabic(struct buffer *word) {
    respell(word, arabic_letter);
}

void spelling_arabic_stem(struct buffer *word) {
    static const char last[][3] = {"\u0647", "\u0629", "\u064A", "\u0649"};
    for (size_t i = 0; word->size > 4 && i < sizeof last / sizeof *last; i++)
        if (memcmp(word->data + word->size - 2, last[i], 2) == 0) {
            word->size -= 2;
            break;
        }
}

void spelling_persian(struct buffer *word) {
    respell(word, persian_letter);
}

void spelling_devanagari(struct buffer *word) {
    respell(word, devanagari_letter); /* vowels of three code points become two, */
    respell(word, devanagari_letter); /* then one */
}

void spelling_hindi(struct buffer *word) {
    spelling_devanagari(word);
    respell(word, hindi_letter);
}

void spelling_hindi_stem(struct buffer *word) {
    respell(word, hindi_stem_letter);
}

void spelling_danish(struct buffer *word) {
    respell(word, danish_letter);
}

void spelling_swedish(struct buffer *word) {
    respell(word, swedish_letter);
}

void spelling_romanian(struct buffer *word) {
    respell(word, romanian_letter);
}

void spelling_unstressed(struct buffer *word) {
    respell(word, unstressed_letter);
}

static bool is_german_vowel(uint8_t byte) {
    return memchr("aeiouy", byte, 6) || byte >= 0x80;
}

/* Of ASCII letters, so the umlaut has as many bytes as its transcription. */
void spelling_german(struct buffer *word) {
    uint8_t *bytes = word->data;
    size_t size = word->size;
    for (size_t i = 0; i + 1 < size; i++) {
        if (bytes[i + 1] != 'e' || !memchr("aou", bytes[i], 3))
            continue;
        /* Reggae, Oboen, Statue and Statuen have none. */
        if (i + 2 == size || (i + 3 == size && bytes[i + 2] == 'n'))
            break;
        /* Nor have neue, Abenteuer, Quelle. */
        if (bytes[i] == 'u' && i > 0 && (is_german_vowel(bytes[i - 1]) || bytes[i - 1] == 'q'))
            continue;
        bytes[i + 1] = bytes[i] == 'a' ? 0xA4 : bytes[i] == 'o' ? 0xB6 : 0xBC;
        bytes[i] = 0xC3;
    }
}
