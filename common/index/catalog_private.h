/* SPDX-License-Identifier: MIT */
/* What the catalog*.c files share: the stored form of a catalog (catalog.h), whose record has a
 * checksum besides (store.h). No other file includes it.
 *
 *     catalog  = format:u32 item*              ; items as in tagged.h, with these tags and payloads
 *      1 features  = (class:u8 name:string)*   ; none: the item is left out
 *      2 id        = byte*16
 *      3 hash_seed = u64
 *      4 created   = u64                       ; times are seconds since 1970
 *      5 program   = byte*                     ; the version that wrote this
 *      6 times     = committed:u64 completed:u64 failed:u64
 *      7 keep_text = varint                    ; 0 or 1
 *      8 fingerprint = byte*
 *      9 stemmer   = byte*
 *     10 stopwords = byte*
 *     11 schema    = field:string*             ; by ascending number
 *     12 ranking                               ; none: the item is left out
 *     13 next_segment = varint
 *     14 segments  = segment:string*           ; in document order
 *     15 other_stemmers = byte*                ; with commas between them; none: the item is left out
 *     class    = 1 | 2 | 3       ; a program that does not know it may read and write, read, neither
 *     name     = "languages"     ; of class 3, with other_stemmers
 *
 *     field    = item*
 *      1 number | 2 type | 3 flags             ; each a varint
 *      4 name      = byte*
 *
 *     ranking  = item*                         ; any of these
 *      1 k1 | 2 b                              ; each a u64: the bits of an IEEE 754 double
 *      3 boosts    = (field:varint weight:varint)*     ; in sixteenths; by ascending field
 *
 *     segment  = item*
 *      1 id | 2 documents | 3 deleted | 4 length | 5 terms | 6 postings | 7 text_bytes | 8 bytes
 *                                              ; each a varint
 *      9 chunks    = varint*                   ; of each stream; zeros at the end are left out
 *     10 fields    = segment_field:string*     ; by ascending number; none: the item is left out
 *
 *     segment_field = item*
 *      1 number | 2 documents | 3 length       ; each a varint
 *      4 norms     = varint                    ; their first chunk; none: the item is left out
 *      5 column    = first_entry:varint entries:varint values:varint value_index:varint
 *                                              ; none: the item is left out
 */
#ifndef QUERN_COMMON_INDEX_CATALOG_PRIVATE_H
#define QUERN_COMMON_INDEX_CATALOG_PRIVATE_H

#include "common/index/catalog.h"

/* Appends the record to *out. ST_NOMEM. */
enum status catalog_encode(struct buffer *out, const struct catalog *catalog);

/* Decodes a record into an empty catalog, which the caller releases even after a failure.
 * ST_SETTINGS: another format, or a feature of class 3, which is then catalog->newer_feature.
 * ST_CORRUPT, ST_NOMEM. */
enum status catalog_decode(struct catalog *catalog, struct slice record);

#endif
