/* SPDX-License-Identifier: MIT */
/* Numbers as people write and read them, independent of the locale. */
#ifndef QUERN_COMMON_BASE_NUMBER_H
#define QUERN_COMMON_BASE_NUMBER_H

#include <stdint.h>

#include "common/base/bytes.h"
#include "common/base/status.h"

/* Each reads all of `text`. ST_INVALID: it is not such a number or does not fit; *out is
 * unchanged. */
enum status number_parse_count(uint64_t *out, const char *text);
/* Bytes: a whole number, optionally with K, M, G or T (powers of 1024) in either case. */
enum status number_parse_size(uint64_t *out, const char *text);
/* Milliseconds: a whole number with ms, s, m, h, d or w; without a unit, seconds. */
enum status number_parse_duration(uint64_t *out, const char *text);
/* A finite decimal number. */
enum status number_parse_real(double *out, const char *text);
enum status number_parse_real_slice(double *out, struct slice text); /* of at most 511 bytes */

enum { NUMBER_TEXT_MAX = 32 }; /* size of the longest text below, with its NUL */

/* Each writes into text[NUMBER_TEXT_MAX] and returns it. */
const char *number_format_count(char *text, uint64_t number); /* 1,204 */
const char *number_format_size(char *text, uint64_t bytes);   /* 917 bytes, 1.4 GiB */
const char *number_format_age(char *text, int64_t seconds);   /* 45 s, 2 h, 3 d; below 0 is 0 s */

#endif
