/* SPDX-License-Identifier: MIT */
/* Reads dates. The days of a civil date are counted by eras of 400 years, whose years begin in
 * March, so that the leap day is the last: http://howardhinnant.github.io/date_algorithms.html. */
#include "common/field/date.h"

#include <math.h>
#include <time.h>

#include "common/base/ascii.h"
#include "common/base/number.h"

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

static bool is_leap(unsigned year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned days_of_month(unsigned year, unsigned month) {
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days from 1970-01-01 to a date. */
static int64_t days_of_civil(unsigned year, unsigned month, unsigned day) {
    unsigned from_march = month > 2 ? month - 3 : month + 9;
    int64_t years = (int64_t)year - (month <= 2);
    int64_t era = (years >= 0 ? years : years - 399) / 400;
    int64_t year_of_era = years - era * 400;
    int64_t day_of_year = (153 * from_march + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

/* The date of a day, which is in the years 1 to 9999. */
static void civil_of_days(unsigned *year, unsigned *month, unsigned *day, int64_t days) {
    int64_t shifted = days + 719468, era = shifted / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t from_march = (5 * day_of_year + 2) / 153;
    *day = (unsigned)(day_of_year - (153 * from_march + 2) / 5 + 1);
    *month = (unsigned)(from_march < 10 ? from_march + 3 : from_march - 9);
    *year = (unsigned)(year_of_era + era * 400 + (*month <= 2));
}

/* Takes a number of exactly `digits` digits from the start of the text. */
static bool take_digits(unsigned *number, struct slice *text, size_t digits) {
    if (text->size < digits)
        return false;
    *number = 0;
    for (size_t i = 0; i < digits; i++) {
        if (!ascii_is_digit(text->data[i]))
            return false;
        *number = *number * 10 + (unsigned)(text->data[i] - '0');
    }
    *text = slice_after(*text, digits);
    return true;
}

static bool take_byte(struct slice *text, char byte) {
    if (!text->size || text->data[0] != (uint8_t)byte)
        return false;
    *text = slice_after(*text, 1);
    return true;
}

static size_t count_digits(struct slice text) {
    size_t count = 0;
    while (count < text.size && ascii_is_digit(text.data[count]))
        count++;
    return count;
}

static bool set_days(struct date_range *range, int64_t first, int64_t count) {
    range->first = first * DAY;
    range->end = range->first + count * DAY;
    return true;
}

/* Week 1 is the one with January 4; weeks begin on Monday. */
static bool take_week(struct date_range *range, struct slice *text, unsigned year) {
    unsigned week, day = 0;
    if (!take_digits(&week, text, 2))
        return false;
    bool dashed = take_byte(text, '-');
    if (dashed || count_digits(*text))
        if (!take_digits(&day, text, 1) || day < 1 || day > 7)
            return false;
    int64_t fourth = days_of_civil(year, 1, 4), next = days_of_civil(year + 1, 1, 4);
    int64_t monday = fourth - (fourth + 3 + 7 * 200000) % 7; /* 1970-01-01 was a Thursday */
    int64_t next_monday = next - (next + 3 + 7 * 200000) % 7;
    if (week < 1 || monday + 7 * ((int64_t)week - 1) >= next_monday)
        return false;
    monday += 7 * ((int64_t)week - 1);
    return day ? set_days(range, monday + day - 1, 1) : set_days(range, monday, 7);
}

/* Takes a date of any precision; *is_day: its precision is a day. */
static bool take_day(struct date_range *range, bool *is_day, struct slice *text) {
    unsigned year, month, day;
    size_t digits = count_digits(*text);
    *is_day = false;
    if ((digits != 4 && digits != 8) || !take_digits(&year, text, 4) || year == 0)
        return false;
    bool dashed = take_byte(text, '-');
    if (take_byte(text, 'W'))
        return take_week(range, text, year);
    if (!dashed && digits == 4)
        return set_days(range, days_of_civil(year, 1, 1), is_leap(year) ? 366 : 365);
    if (dashed && count_digits(*text) == 3) {
        *is_day = true;
        return take_digits(&day, text, 3) && day >= 1 && day <= (is_leap(year) ? 366u : 365u) &&
               set_days(range, days_of_civil(year, 1, 1) + day - 1, 1);
    }
    if (!take_digits(&month, text, 2) || month < 1 || month > 12)
        return false;
    if (dashed && !take_byte(text, '-'))
        return set_days(range, days_of_civil(year, month, 1), days_of_month(year, month));
    *is_day = true;
    return take_digits(&day, text, 2) && day >= 1 && day <= days_of_month(year, month) &&
           set_days(range, days_of_civil(year, month, day), 1);
}

/* Takes the seconds by which a local time is ahead of UTC, 0 if nothing says so. */
static bool take_zone(int64_t *ahead, struct slice *text) {
    unsigned hours, minutes = 0;
    *ahead = 0;
    if (!text->size || take_byte(text, 'Z') || take_byte(text, 'z'))
        return true;
    bool negative = text->data[0] == '-';
    if (!(take_byte(text, '+') || take_byte(text, '-')) || !take_digits(&hours, text, 2))
        return false;
    if ((take_byte(text, ':') || text->size) && !take_digits(&minutes, text, 2))
        return false;
    if (hours > 23 || minutes > 59)
        return false;
    *ahead = (negative ? -1 : 1) * (int64_t)(hours * HOUR + minutes * MINUTE);
    return true;
}

/* Narrows the range of a day to a time on it: the rest of the text. */
static bool take_time(struct date_range *range, struct slice *text) {
    unsigned hour, minute = 0, second = 0;
    int64_t precision = HOUR, ahead;
    if (!take_digits(&hour, text, 2))
        return false;
    bool colon = take_byte(text, ':');
    if (colon || count_digits(*text)) {
        precision = MINUTE;
        if (!take_digits(&minute, text, 2))
            return false;
        if (colon ? take_byte(text, ':') : count_digits(*text) > 0) {
            precision = 1;
            if (!take_digits(&second, text, 2))
                return false;
            if (take_byte(text, '.') || take_byte(text, ',')) {
                if (!count_digits(*text))
                    return false;
                *text = slice_after(*text, count_digits(*text));
            }
        }
    }
    /* 24:00 is the end of the day; a leap second is the next one. */
    bool is_end = hour == 24 && minute == 0 && second == 0;
    if ((hour > 23 && !is_end) || minute > 59 || second > 60 || !take_zone(&ahead, text))
        return false;
    range->first += (int64_t)hour * HOUR + (int64_t)minute * MINUTE + second - ahead;
    range->end = range->first + precision;
    return true;
}

enum status date_parse(struct date_range *range, struct slice text) {
    struct date_range read;
    bool is_day;
    if (!take_day(&read, &is_day, &text))
        return ST_INVALID;
    if (text.size && is_day) {
        if (!take_byte(&text, 'T') && !take_byte(&text, 't') && !take_byte(&text, ' '))
            return ST_INVALID;
        if (!take_time(&read, &text))
            return ST_INVALID;
    }
    if (text.size || read.first < DATE_MIN || read.first >= DATE_END)
        return ST_INVALID;
    if (read.end > DATE_END)
        read.end = DATE_END;
    *range = read;
    return ST_OK;
}

enum status date_parse_value(int64_t *seconds, struct slice text) {
    struct date_range range;
    double number;
    text = ascii_trim(text);
    if (!date_parse(&range, text)) {
        *seconds = range.first;
        return ST_OK;
    }
    size_t digits = count_digits(text);
    if (digits == text.size && (digits == 4 || digits == 8))
        return ST_INVALID;
    if (number_parse_real_slice(&number, text))
        return ST_INVALID;
    if (number >= (double)DATE_END)
        number /= 1000;
    if (number < (double)DATE_MIN || number >= (double)DATE_END)
        return ST_INVALID;
    *seconds = (int64_t)floor(number);
    return ST_OK;
}

/* The local day that is `back` days before that of `now`. */
static enum status local_day(struct date_range *range, int64_t now, int back) {
    time_t clock = (time_t)now;
    struct tm day;
    if (!localtime_r(&clock, &day))
        return ST_INVALID;
    struct tm next = {.tm_year = day.tm_year, .tm_mon = day.tm_mon, .tm_isdst = -1};
    next.tm_mday = day.tm_mday - back + 1;
    struct tm first = next;
    first.tm_mday--;
    range->first = mktime(&first);
    range->end = mktime(&next);
    return ST_OK;
}

/* The same time of day, `months` before. */
static int64_t months_before(int64_t now, uint64_t months) {
    unsigned year, month, day;
    int64_t days = (now - DATE_MIN) / DAY + DATE_MIN / DAY;
    civil_of_days(&year, &month, &day, days);
    uint64_t since_year_1 = (year - 1) * 12 + month - 1;
    if (months > since_year_1)
        return DATE_MIN;
    since_year_1 -= months;
    year = (unsigned)(since_year_1 / 12 + 1);
    month = (unsigned)(since_year_1 % 12 + 1);
    unsigned last = days_of_month(year, month);
    return days_of_civil(year, month, day < last ? day : last) * DAY + (now - days * DAY);
}

static enum status parse_ago(int64_t *then, struct slice text, int64_t now) {
    static const struct {
        const char *name;
        uint32_t seconds; /* 0: it is a number of months */
        uint32_t months;
    } units[] = {{"min", MINUTE, 0}, {"h", HOUR, 0}, {"d", DAY, 0},
                 {"w", 7 * DAY, 0},  {"m", 0, 1},    {"y", 0, 12}};
    enum { NUMBER_MAX = 1000000000 }; /* more than any unit needs to reach the year 1 */
    size_t digits = count_digits(text);
    uint64_t number = 0;
    for (size_t i = 0; i < digits; i++) {
        number = number * 10 + (uint64_t)(text.data[i] - '0');
        if (number > NUMBER_MAX)
            number = NUMBER_MAX;
    }
    struct slice unit = slice_after(text, digits);
    for (size_t i = 0; digits && i < sizeof units / sizeof *units; i++) {
        if (!slice_equal(unit, slice_of_string(units[i].name)))
            continue;
        *then = units[i].months ? months_before(now, number * units[i].months)
                                : now - (int64_t)(number * units[i].seconds);
        if (*then < DATE_MIN)
            *then = DATE_MIN;
        return ST_OK;
    }
    return ST_INVALID;
}

enum status date_parse_query(struct date_range *range, bool *ago, struct slice text, int64_t now) {
    *ago = false;
    if (now < DATE_MIN)
        now = DATE_MIN;
    if (now >= DATE_END)
        now = DATE_END - 1;
    if (slice_equal(text, slice_of_string("today")))
        return local_day(range, now, 0);
    if (slice_equal(text, slice_of_string("yesterday")))
        return local_day(range, now, 1);
    if (!date_parse(range, text))
        return ST_OK;
    if (parse_ago(&range->first, text, now))
        return ST_INVALID;
    *ago = true;
    range->end = now + 1;
    return ST_OK;
}
