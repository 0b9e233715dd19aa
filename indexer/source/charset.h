/* SPDX-License-Identifier: MIT */
/* Converts bytes in any encoding to UTF-8. The output is always valid UTF-8: bytes that cannot be
 * decoded become U+FFFD and stop nothing.
 *
 * The output is appended to a buffer of the caller; it is at most 4 times as large as the input. No
 * state: any number of threads at a time. */
#ifndef QUERN_INDEXER_SOURCE_CHARSET_H
#define QUERN_INDEXER_SOURCE_CHARSET_H

#include "indexer/source/charset_labels.h"

enum {
    CHARSET_PROBE_SIZE = 8 * 1024, /* the bytes of a file that decide whether it is binary */
};

/* True when the bytes, of which the first CHARSET_PROBE_SIZE are examined, are not text. Either they have the signature of a
 * format whose head looks like text (PDF), or, unless a UTF-16 byte order mark precedes them, more
 * than one in 32 is NUL or another control code that text does not contain; of 8 to 39 bytes, more
 * than one. */
bool charset_is_binary(struct slice bytes);

/* True when all bytes are well-formed UTF-8 (Unicode, table 3-7). */
bool charset_is_utf8(struct slice bytes);

/* Appends the bytes, with one U+FFFD for each maximal subpart of an ill-formed sequence (Unicode,
 * section 3.9, "U+FFFD Substitution of Maximal Subparts"). */
enum status charset_repair(struct buffer *out, struct slice bytes);

/* Appends the bytes as UTF-8. Their encoding is that of a byte order mark (UTF-8 or UTF-16; the
 * mark is dropped), else `declared`, else UTF-8 if they are well-formed, else the likelier of
 * damaged UTF-8 and windows-1252. `declared` is a label of the WHATWG Encoding Standard
 * (https://encoding.spec.whatwg.org/#names-and-labels) in any letter case; an unknown label counts
 * as none, like an empty one. ST_NOMEM is the only failure. */
enum status charset_decode(struct buffer *out, struct slice bytes, struct slice declared);

/* charset_decode() without a copy if the bytes are UTF-8 already: *text then points into `bytes`,
 * after a byte order mark, and otherwise into *scratch, which is cleared first. */
enum status charset_to_utf8(struct slice *text, struct buffer *scratch, struct slice bytes,
                            struct slice declared);

/* The same in pieces, for text whose encoding is not declared:
 *
 *     charset = charset_of_bom(&bom_size, first bytes);
 *     for each piece, the first one without the mark, preceded by what the last call left unused
 *         charset_decode_piece(&out, &used, &tally, piece, charset, it is the last one);
 *     if (!bom_size && charset_guess(&tally) != charset)
 *         start again, in the encoding that was guessed
 *
 * The output does not depend on the pieces: it is that of charset_decode() for all at once. */

/* Counts of well-formed and ill-formed UTF-8 sequences of two and more bytes. Start with {0}. */
struct charset_counts {
    uint64_t good, bad;
};

/* The encoding named by a byte order mark at the start, and the size of the mark; UTF-8 and 0 if
 * there is none. */
enum charset charset_of_bom(size_t *bom_size, struct slice bytes);

/* Appends the bytes, decoded from this encoding. *used is how many of them were decoded: all if
 * they are the `last`; otherwise up to 3 at the end remain, whose meaning depends on the bytes
 * after them. Counts UTF-8 in *tally. ST_NOMEM is the only failure. */
enum status charset_decode_piece(struct buffer *out, size_t *used, struct charset_counts *tally,
                                 struct slice bytes, enum charset charset, bool last);

/* The likelier of UTF-8, damaged or not, and windows-1252, for text without a byte order mark. */
enum charset charset_guess(const struct charset_counts *tally);

/* Writes a code point as UTF-8 and returns its size; writes U+FFFD for one that is not a Unicode
 * scalar value. */
size_t charset_encode(uint8_t bytes[4], uint32_t point);
/* Appends it instead. */
enum status charset_append(struct buffer *out, uint32_t point);

/* The code point of a byte in windows-1252. */
uint32_t charset_windows1252_code_point(uint8_t byte);

#endif
