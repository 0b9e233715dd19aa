/* SPDX-License-Identifier: MIT */
/* Unicode as text analysis needs it: decoding, classes of code points, folding, cuts.
 *
 * The classes are the Word_Break values of UAX #29 (https://www.unicode.org/reports/tr29/).
 * unicode_tables.py writes them to unicode_tables.h and lists the tailorings. Folding is
 * utf8proc's.
 *
 * Threads: everything here is stateless. */
#ifndef QUERN_COMMON_TEXT_UNICODE_H
#define QUERN_COMMON_TEXT_UNICODE_H

#include "common/base/bytes.h"
#include "common/base/status.h"

enum {
    UNICODE_REPLACEMENT = 0xFFFD,           /* what invalid UTF-8 reads as */
    UNICODE_SHIFT = 7,                      /* 2^7 code points share a row of unicode_classes */
    UNICODE_UNBROKEN_MAX = 4 * 1024 * 1024, /* bytes without white space that are kept whole */
};

/* What a code point does to the words around it. */
enum unicode_class {
    CLASS_OTHER,         /* in no word */
    CLASS_LETTER,        /* ALetter except Hangul; units in one square (U+338F); Braille */
    CLASS_HEBREW,        /* Hebrew_Letter */
    CLASS_DIGIT,         /* Numeric, subscript digits, numbers of scripts such as Ethiopic */
    CLASS_EXTEND,        /* Extend, Format, ZWJ: belongs to the code point before it */
    CLASS_MID_LETTER,    /* MidLetter except colons */
    CLASS_MID_NUMBER,    /* MidNum except semicolons */
    CLASS_DOT,           /* MidNumLet except apostrophes: the full stop and its forms */
    CLASS_APOSTROPHE,    /* ' and everything typed for it */
    CLASS_DOUBLE_QUOTE,  /* " and everything typed for it, as in Hebrew abbreviations */
    CLASS_UNSPACED,      /* letters written without spaces: Thai, Lao, Khmer, Myanmar ... */
    CLASS_UNSPACED_TAIL, /* a jamo that continues a syllable of Hangul */
    CLASS_SYMBOL,    /* a word of its own: emoji, the keycap U+20E3, circled numbers, fractions */
    CLASS_REGIONAL,  /* Regional_Indicator: two make a flag */
    CLASS_IDEOGRAPH, /* written without spaces, and may be a word alone: Han, kana, Hangul ... */
};

/* Rows of 128 classes by code point. The upper bits of an entry are private to unicode.c. */
extern const uint8_t unicode_rows[0x110000 >> UNICODE_SHIFT];
extern const uint8_t unicode_classes[];

/* The class of a code point of at most U+10FFFF. */
static inline enum unicode_class unicode_class(uint32_t code) {
    size_t row = (size_t)unicode_rows[code >> UNICODE_SHIFT] << UNICODE_SHIFT;
    return (enum unicode_class)(unicode_classes[row | (code & ((1 << UNICODE_SHIFT) - 1))] & 15);
}

/* A code point and the number of bytes it takes. */
struct unicode_char {
    uint32_t code_point;
    uint32_t size;
};

/* unicode_decode() for text that does not start with an ASCII byte. */
struct unicode_char unicode_decode_long(const uint8_t *text, size_t size);

/* The first code point of `size` > 0 bytes. Each maximal subpart of an invalid sequence reads as
 * one U+FFFD (The Unicode Standard 15.0, table 3-7 and "U+FFFD Substitution of Maximal
 * Subparts"). */
static inline struct unicode_char unicode_decode(const uint8_t *text, size_t size) {
    if (text[0] < 0x80)
        return (struct unicode_char){text[0], 1};
    return unicode_decode_long(text, size);
}

/* True if a decoded U+FFFD stands for ill-formed bytes, not for that character itself, EF BF BD. */
static inline bool unicode_is_ill_formed(const uint8_t *text, struct unicode_char decoded) {
    return decoded.code_point == UNICODE_REPLACEMENT && !(decoded.size == 3 && text[0] == 0xEF);
}

/* The code point that ends at `at` > 0, decoded from the bytes before it alone. */
struct unicode_char unicode_decode_before(struct slice text, size_t at);

/* True for the code points with the property White_Space, in ASCII and beyond. */
bool unicode_is_space(uint32_t code_point);

/* Lower-case letters (the general category Ll). */
bool unicode_is_lower(uint32_t code_point);

/* Characters that are written from right to left: those of Hebrew, Arabic and the like. */
bool unicode_is_right_to_left(uint32_t code_point);

/* How many columns of a terminal a code point takes: 2 if it is wide, such as Han, kana, Hangul and
 * emoji, 0 if it combines with the one before it or is invisible, else 1. Those whose width depends
 * on the font (ambiguous in UAX #11) take 1. */
unsigned unicode_columns(uint32_t code_point);

/* The size of the white space or control character at the start of the text, or 0. No word contains
 * one. */
size_t unicode_space_size(struct slice text);

/* The text's first `limit` bytes or fewer, so that no code point is cut in two. */
struct slice unicode_cut(struct slice text, size_t limit);

/* The size of the text's first part, which ends between words: after the last ASCII white space
 * among the first `target` bytes, or else after the next one. Text without any for
 * UNICODE_UNBROKEN_MAX bytes is cut between two code points, which separates words there: at the
 * same places however the text is read, if each part begins where the last one ended. `more`: the
 * text goes on after these bytes; 0 then means that more of them are needed to decide. */
size_t unicode_split(struct slice text, size_t target, bool more);

/* The last boundary between grapheme clusters that is <= at <= text.size, and the first that is >=
 * at. A cluster is what readers take for one character: an extended one of UAX #29, GB1 to GB999,
 * by utf8proc. `text` begins and ends between two of them. */
size_t unicode_cluster_before(struct slice text, size_t at);
size_t unicode_cluster_after(struct slice text, size_t at);

enum unicode_fold {
    FOLD_PLAIN,
    FOLD_TURKIC, /* I and İ are the capitals of ı and i, as in Turkish and Azerbaijani */
};

/* Replaces *out by the text under NFKC_Casefold: normal form KC, full case folding, no default
 * ignorables such as soft hyphens and joiners. Beyond that, all of CLASS_APOSTROPHE become ', all
 * of CLASS_DOUBLE_QUOTE ", decimal digits of every script 0 to 9, and the separators of Arabic
 * numbers . and ,; spaces, which a few ligatures expand to, are dropped. ST_INVALID: not UTF-8.
 * ST_NOMEM. */
enum status unicode_fold(struct buffer *out, struct slice text, enum unicode_fold how);

/* Replaces *out by the text with base letters in Latin, Greek and Cyrillic: without nonspacing
 * marks (é -> e, й -> и), and also where Unicode does not decompose a letter (ø -> o, ł -> l, æ ->
 * ae). Signs that most writers omit are dropped: points of Hebrew, vowel signs of Arabic and
 * Syriac, tatweel, Armenian marks of stress, exclamation and question, skin tones of emoji. Other
 * marks of other scripts stay. ST_INVALID: not UTF-8. ST_NOMEM. */
enum status unicode_strip_marks(struct buffer *out, struct slice text);

/* The Unicode versions of classes and folding, such as "15.0.0"; static. */
const char *unicode_class_version(void);
const char *unicode_fold_version(void);

/* Whether all code points are of these classes; `classes` has the bit 1 << class of each. */
bool unicode_has_only(struct slice text, uint32_t classes);

#endif
