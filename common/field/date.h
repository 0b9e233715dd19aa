/* SPDX-License-Identifier: MIT */
/* Dates as documents and queries write them, read as seconds since 1970-01-01 UTC.
 *
 * A date of ISO 8601 has the precision with which it is written, so it is a range of seconds:
 *
 *     2021  2021-06  2021-06-01  20210601           a year, a month, a day
 *     2021-W22  2021-W22-2  2021-152                a week, a day of one, a day of the year
 *     2021-06-01T12  T12:30  T12:30:05  T123005     an hour, a minute, a second
 *     ...T12:30Z  T12:30+02:00  T12:30-0730         with its distance from UTC; else it is in UTC
 *
 * The T may be a space, and fractions of a second are dropped. Years are 0001 to 9999 of the
 * Gregorian calendar, before 1582, too.
 *
 * Threads: everything here is stateless; the local time zone is that of localtime(3). */
#ifndef QUERN_COMMON_FIELD_DATE_H
#define QUERN_COMMON_FIELD_DATE_H

#include <stdbool.h>

#include "common/base/bytes.h"
#include "common/base/status.h"

#define DATE_MIN INT64_C(-62135596800) /* the first second of the year 1 */
#define DATE_END INT64_C(253402300800) /* the first second after the year 9999 */

/* The seconds [first, end). */
struct date_range {
    int64_t first, end;
};

/* Reads a date of ISO 8601. ST_INVALID: it is none, or there is no such day. */
enum status date_parse(struct date_range *range, struct slice text);

/* Reads the date of a document: one of ISO 8601, of which it takes the first second, or a number of
 * seconds since 1970, or of milliseconds if as seconds it would be after the year 9999. Four digits
 * are a year and eight a day. White space around it is ignored. ST_INVALID: it is none of these. */
enum status date_parse_value(int64_t *seconds, struct slice text);

/* Reads a date of a query: one of ISO 8601; `today` or `yesterday`, which are local days; or a
 * time ago in minutes, hours, days, weeks, months or years, `30min`, `12h`, `7d`, `3w`, `6m`, `1y`:
 * the range from then until `now`, which is part of it. *ago: it is of the last kind. Months and
 * years go by the calendar: a month before March 31 is the last day of February. ST_INVALID: it is
 * none of these. */
enum status date_parse_query(struct date_range *range, bool *ago, struct slice text, int64_t now);

#endif
