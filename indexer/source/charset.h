/* Bytes of any encoding to UTF-8. Whatever comes in, valid UTF-8 goes out: what cannot be read
 * becomes U+FFFD and stops nothing.
 *
 * The output is appended to a buffer of the caller; it is never more than 4 times the input. No
 * state: any number of threads at a time. */
#ifndef QUERN_INDEXER_SOURCE_CHARSET_H
#define QUERN_INDEXER_SOURCE_CHARSET_H

#include "indexer/source/charset_labels.h"

enum {
    CHARSET_PROBE_SIZE = 8 * 1024, /* bytes at the start of a file that tell text from binary */
};

/* True when the first CHARSET_PROBE_SIZE bytes are no text: without a UTF-16 mark before them more than
 * one in 32 are NUL or another control code that text does not have (of 8 to 39 bytes more than
 * one), or they have the signature of a format whose head looks like text (PDF). */
bool charset_is_binary(struct slice bytes);

/* True when all bytes are well-formed UTF-8 (Unicode, table 3-7). */
bool charset_is_utf8(struct slice bytes);

/* Appends the bytes, with one U+FFFD for each maximal subpart of an ill-formed sequence (Unicode,
 * section 3.9, "U+FFFD Substitution of Maximal Subparts"). */
enum status charset_repair(struct buffer *out, struct slice bytes);

/* Appends the bytes as UTF-8. Their encoding is, in this order: what a byte order mark says (UTF-8,
 * UTF-16; the mark itself is dropped), `declared`, UTF-8 when they are well-formed, and else the
 * likelier of damaged UTF-8 and windows-1252. `declared` is a label of the WHATWG Encoding Standard
 * (https://encoding.spec.whatwg.org/#names-and-labels) in any letter case; an unknown or an empty
 * label counts as none. ST_NOMEM is the only failure. */
enum status charset_decode(struct buffer *out, struct slice bytes, struct slice declared);

/* charset_decode() without a copy when the bytes are UTF-8 already: *text then points into `bytes`,
 * after a byte order mark, and else into *scratch, which is cleared first. */
enum status charset_to_utf8(struct slice *text, struct buffer *scratch, struct slice bytes,
                            struct slice declared);

/* The same piece by piece, for text that nobody declares an encoding of:
 *
 *     charset = charset_of_bom(&bom_size, first bytes);
 *     for each piece, the first one without the mark, with what the call before left in front of it
 *         charset_decode_piece(&out, &used, &tally, piece, charset, it is the last one);
 *     if (!bom_size && charset_guess(&tally) != charset)
 *         it was none: once more from the start, in the encoding that was guessed
 *
 * What is appended then is, whatever the pieces, what charset_decode() appends for all of them in
 * one. */
/* What was seen of UTF-8: sequences of two and more bytes, and places that are none. Start with
 * {0}. */
struct charset_counts {
    uint64_t good, bad;
};

/* The encoding that the byte order mark at the start names, and the mark's size; UTF-8 and 0 when
 * there is none. */
enum charset charset_of_bom(size_t *bom_size, struct slice bytes);

/* Appends the bytes, which are in this encoding. *used says how many of them: unless they are the
 * `last`, up to 3 at the end are left that only the bytes after them explain. UTF-8 is counted in
 * *tally. ST_NOMEM is the only failure. */
enum status charset_decode_piece(struct buffer *out, size_t *used, struct charset_counts *tally,
                                 struct slice bytes, enum charset charset, bool last);

/* The likelier of UTF-8, damaged or not, and windows-1252 for text without a mark. */
enum charset charset_guess(const struct charset_counts *tally);

/* Writes a code point as UTF-8 and returns its size; one that is no Unicode scalar value becomes
 * U+FFFD. */
size_t charset_encode(uint8_t bytes[4], uint32_t point);
/* The same, appended. */
enum status charset_append(struct buffer *out, uint32_t point);

/* The code point that a byte is in windows-1252. */
uint32_t charset_windows1252_code_point(uint8_t byte);

#endif
