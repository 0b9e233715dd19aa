/* Unicode as the analysis of text needs it: decoding, the class of a code point, folding.
 *
 * The classes are the Word_Break values of UAX #29 (https://www.unicode.org/reports/tr29/), written
 * to unicode_tables.h by unicode_tables.py, which names the tailorings. Folding is utf8proc's.
 *
 * Threads: everything here is stateless. */
#ifndef QUERN_COMMON_TEXT_UNICODE_H
#define QUERN_COMMON_TEXT_UNICODE_H

#include "common/base/bytes.h"
#include "common/base/status.h"

enum {
    UNICODE_REPLACEMENT = 0xFFFD,           /* what invalid UTF-8 reads as */
    UNICODE_SHIFT = 7,                      /* 2^7 code points share a row of unicode_classes */
    UNICODE_UNBROKEN_MAX = 4 * 1024 * 1024, /* bytes without white space that stay together */
};

/* What a code point does to the words around it. */
enum unicode_class {
    CLASS_OTHER,        /* in no word */
    CLASS_LETTER,       /* ALetter, but for Hangul; units in one square (U+338F); Braille */
    CLASS_HEBREW,       /* Hebrew_Letter */
    CLASS_DIGIT,        /* Numeric, subscript digits, numbers of scripts such as Ethiopic */
    CLASS_EXTEND,       /* Extend, Format, ZWJ: belongs to what it follows */
    CLASS_MID_LETTER,   /* MidLetter, but for colons */
    CLASS_MID_NUMBER,   /* MidNum, but for semicolons */
    CLASS_DOT,          /* MidNumLet, but for apostrophes: the full stop and its forms */
    CLASS_APOSTROPHE,   /* ' and all that is typed for it */
    CLASS_DOUBLE_QUOTE, /* what Hebrew abbreviations have: " and all that is typed for it */
    CLASS_UNSPACED, /* written without spaces: Han, kana, Hangul, Thai, Lao, Khmer, Myanmar ... */
    CLASS_UNSPACED_TAIL, /* a jamo that continues a syllable of Hangul */
    CLASS_SYMBOL,   /* a word of its own: emoji, the keycap U+20E3, circled numbers, fractions */
    CLASS_REGIONAL, /* Regional_Indicator: two make a flag */
};

/* 128 rows of classes by code point; the upper bits of an entry are not of this header's concern.
 */
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

/* Decodes what does not start with an ASCII byte; see unicode_decode(). */
struct unicode_char unicode_decode_long(const uint8_t *text, size_t size);

/* The first code point of `size` > 0 bytes. Each maximal subpart of an invalid sequence reads as
 * one U+FFFD (The Unicode Standard 15.0, table 3-7 and "U+FFFD Substitution of Maximal Subparts").
 */
static inline struct unicode_char unicode_decode(const uint8_t *text, size_t size) {
    if (text[0] < 0x80)
        return (struct unicode_char){text[0], 1};
    return unicode_decode_long(text, size);
}

/* The code point that ends at `at` > 0, by the bytes before it alone. */
struct unicode_char unicode_decode_before(struct slice text, size_t at);

/* True for the code points with the property White_Space, in ASCII and beyond. */
bool unicode_is_space(uint32_t code_point);

/* The length of the white space or control character that the text starts with, 0 when it starts
 * with none. No word has one in it. */
size_t unicode_space_size(struct slice text);

/* At most `limit` of the bytes of text, cut before a code point rather than in it. */
struct slice unicode_cut(struct slice text, size_t limit);

/* How many of the bytes of text to take as a part of it that no word reaches out of: up to the last
 * white space of ASCII among the first `target`, or else up to the next. Where more than
 * UNICODE_UNBROKEN_MAX bytes have none, they are cut between two code points, which end words then: the
 * same ones however a text is read, as long as each part begins where the one before ends. `more`:
 * the text goes on after these bytes; then 0 when more of them are needed to tell. */
size_t unicode_split(struct slice text, size_t target, bool more);

/* The last boundary between grapheme clusters that is <= at <= text.size, and the first that is
 * >= at. Clusters are what readers take for one character: the extended ones of UAX #29, GB1 to
 * GB999, as utf8proc has them. `text` begins and ends between two of them. */
size_t unicode_cluster_before(struct slice text, size_t at);
size_t unicode_cluster_after(struct slice text, size_t at);

enum unicode_fold {
    FOLD_PLAIN,
    FOLD_TURKIC, /* I and İ are the capitals of ı and i, as in Turkish and Azerbaijani */
};

/* Replaces *out by the text under NFKC_Casefold (normal form KC, full case folding, without what is
 * ignorable by default such as soft hyphens and joiners), with ' for all of CLASS_APOSTROPHE, " for
 * all of CLASS_DOUBLE_QUOTE, 0 to 9 for the decimal digits of every script, . and , for the
 * separators in Arabic numbers, and without spaces, which only a few ligatures expand to.
 * ST_INVALID: not UTF-8; or ST_NOMEM. */
enum status unicode_fold(struct buffer *out, struct slice text, enum unicode_fold how);

/* Replaces *out by the text with the letters of Latin, Greek and Cyrillic bare: no nonspacing mark
 * on them (é -> e, й -> и), and the base letter of those that Unicode does not decompose (ø -> o,
 * ł -> l, æ -> ae). Signs that most writers leave out are left out, too: points of Hebrew, vowel
 * signs of Arabic and Syriac, tatweel, Armenian marks of stress, exclamation and question, and skin
 * tones of emoji. Other marks of other scripts stay. ST_INVALID: not UTF-8; or ST_NOMEM. */
enum status unicode_strip_marks(struct buffer *out, struct slice text);

/* The versions of Unicode behind classes and folding, such as "15.0.0"; static. */
const char *unicode_class_version(void);
const char *unicode_fold_version(void);

#endif
