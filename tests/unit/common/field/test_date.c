/* SPDX-License-Identifier: MIT */
/* Dates are read as the ranges of seconds that they name; what is no date is refused. */
#include "tests/support/testing.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/field/date.h"

/* Appends a second as timegm(3) and strftime(3) of the C library know it. */
static const char *shown(int64_t seconds) {
    static char texts[2][80];
    static int next;
    time_t clock = (time_t)seconds;
    struct tm time;
    char *text = texts[next++ & 1];
    assert_non_null(gmtime_r(&clock, &time));
    snprintf(text, sizeof texts[0], "%04d-%02d-%02d %02d:%02d:%02d", time.tm_year + 1900,
             time.tm_mon + 1, time.tm_mday, time.tm_hour, time.tm_min, time.tm_sec);
    return text;
}

static void assert_range(const struct date_range *range, const char *text, const char *first,
                         const char *end) {
    if (strcmp(shown(range->first), first) != 0 || strcmp(shown(range->end), end) != 0)
        fail_msg("%s: %s to %s", text, shown(range->first), shown(range->end));
}

static void test_date_parse__has_the_precision_that_is_written(void **state) {
    (void)state;
    static const struct {
        const char *text, *first, *end;
    } cases[] = {
        {"2021", "2021-01-01 00:00:00", "2022-01-01 00:00:00"},
        {"2021-06", "2021-06-01 00:00:00", "2021-07-01 00:00:00"},
        {"2021-12", "2021-12-01 00:00:00", "2022-01-01 00:00:00"},
        {"2024-02", "2024-02-01 00:00:00", "2024-03-01 00:00:00"},
        {"1900-02", "1900-02-01 00:00:00", "1900-03-01 00:00:00"},
        {"2021-06-01", "2021-06-01 00:00:00", "2021-06-02 00:00:00"},
        {"20210601", "2021-06-01 00:00:00", "2021-06-02 00:00:00"},
        {"2000-02-29", "2000-02-29 00:00:00", "2000-03-01 00:00:00"},
        {"2024-366", "2024-12-31 00:00:00", "2025-01-01 00:00:00"},
        {"2021-152", "2021-06-01 00:00:00", "2021-06-02 00:00:00"},
        {"2021-W22", "2021-05-31 00:00:00", "2021-06-07 00:00:00"},
        {"2021-W22-2", "2021-06-01 00:00:00", "2021-06-02 00:00:00"},
        {"2021W222", "2021-06-01 00:00:00", "2021-06-02 00:00:00"},
        {"2020-W53-7", "2021-01-03 00:00:00", "2021-01-04 00:00:00"},
        {"2019-W01", "2018-12-31 00:00:00", "2019-01-07 00:00:00"},
        {"2021-06-01T12", "2021-06-01 12:00:00", "2021-06-01 13:00:00"},
        {"2021-06-01T12:30", "2021-06-01 12:30:00", "2021-06-01 12:31:00"},
        {"2021-06-01 12:30:05", "2021-06-01 12:30:05", "2021-06-01 12:30:06"},
        {"2021-06-01T12:30:05.678Z", "2021-06-01 12:30:05", "2021-06-01 12:30:06"},
        {"20210601T123005Z", "2021-06-01 12:30:05", "2021-06-01 12:30:06"},
        {"2021-06-01t12:30z", "2021-06-01 12:30:00", "2021-06-01 12:31:00"},
        {"2021-06-01T12:30+02:00", "2021-06-01 10:30:00", "2021-06-01 10:31:00"},
        {"2021-06-01T12:30-0730", "2021-06-01 20:00:00", "2021-06-01 20:01:00"},
        {"2021-06-01T01+02", "2021-05-31 23:00:00", "2021-06-01 00:00:00"},
        {"2021-06-01T24:00", "2021-06-02 00:00:00", "2021-06-02 00:01:00"},
        {"2016-12-31T23:59:60Z", "2017-01-01 00:00:00", "2017-01-01 00:00:01"},
        {"0001", "0001-01-01 00:00:00", "0002-01-01 00:00:00"},
        {"9999-12-31", "9999-12-31 00:00:00", "10000-01-01 00:00:00"},
        {"1969-12-31T23:59:59", "1969-12-31 23:59:59", "1970-01-01 00:00:00"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct date_range range;
        assert_int_equal(date_parse(&range, slice_of_string(cases[i].text)), ST_OK);
        assert_range(&range, cases[i].text, cases[i].first, cases[i].end);
    }
    assert_int_equal(DATE_MIN, -62135596800);
    struct date_range range;
    assert_int_equal(date_parse(&range, slice_of_string("9999")), ST_OK);
    assert_true(range.end == DATE_END);
}

static void test_date_parse__refuses_what_is_no_date(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        "20",
        "202",
        "20210",
        "202106",
        "2021060",
        "202106011",
        "0000",
        "10000-01-01",
        "-2021",
        "+2021",
        "2021-",
        "2021-1",
        "2021-00",
        "2021-13",
        "2021-06-",
        "2021-06-1",
        "2021-06-00",
        "2021-06-31",
        "2021-02-29",
        "1900-02-29",
        "2021-000",
        "2021-366",
        "2021-W00",
        "0000-W01",
        "2021-W53",
        "2021-W22-0",
        "2021-W22-8",
        "2021-W22-",
        "2021-W",
        "20210229",
        "2021-0601",
        "2021/06/01",
        "2021-06-01T",
        "2021-06-01T1",
        "2021-06-01T25",
        "2021-06-01T24:01",
        "2021-06-01T12:60",
        "2021-06-01T12:30:61",
        "2021-06-01T12:30:",
        "2021-06-01T12:30:05.",
        "2021-06-01T12:30+",
        "2021-06-01T12:30+24:00",
        "2021-06-01T12:30+02:60",
        "2021-06-01T12:30+02:",
        "2021-06-01T12:30Zx",
        "2021-06-01T12:30 ",
        "2021-06T12:30",
        "2021T12:30",
        "2021-W22T12:30",
        "0001-01-01T00:00+01:00",
        "9999-12-31T23:00-01:00",
        "2021-06-01\xff",
        "june",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct date_range range;
        if (date_parse(&range, slice_of_string(texts[i])) != ST_INVALID)
            fail_msg("%s: accepted", texts[i]);
    }
}

/* Every third day there is. */
static void test_date_parse__agrees_with_the_c_library(void **state) {
    (void)state;
    for (int64_t day = -719162; day < 2932896; day += 3) {
        char text[80];
        time_t clock = (time_t)(day * 86400);
        struct tm time;
        struct date_range range;
        assert_non_null(gmtime_r(&clock, &time));
        snprintf(text, sizeof text, "%04d-%02d-%02d", time.tm_year + 1900, time.tm_mon + 1,
                 time.tm_mday);
        if (date_parse(&range, slice_of_string(text)) || range.first != clock ||
            range.end != clock + 86400)
            fail_msg("%s", text);
        if (day % 97)
            continue;
        strftime(text, sizeof text, "-W%V-%u", &time);
        char week[64];
        char year[16];
        strftime(year, sizeof year, "%G", &time);
        snprintf(week, sizeof week, "%04d%s", atoi(year), text);
        if (date_parse(&range, slice_of_string(week)) || range.first != clock)
            fail_msg("%s", week);
    }
}

static void test_date_parse_value__takes_seconds_of_any_kind(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds;
    } cases[] = {
        {" 2021-06-01\n", 1622505600},
        {"2021", 1609459200},
        {"20210601", 1622505600},
        {"1622505600", 1622505600},
        {"1622505600.9", 1622505600},
        {"1.6225056e9", 1622505600},
        {"1622505600123", 1622505600}, /* milliseconds */
        {"0", 0},
        {"-1", -1},
        {"-0.5", -1},
        {"253402300799", 253402300799}, /* the last second */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t seconds;
        assert_int_equal(date_parse_value(&seconds, slice_of_string(cases[i].text)), ST_OK);
        assert_int_equal(seconds, cases[i].seconds);
    }
    static const char *const wrong[] = {"",       "x",     "99999999", "0000",
                                        "1e300",  "-1e12", "nan",      "9999999999999999",
                                        "12:30",  "7d",    "today",    "Tue, 01 Jun 2021",
                                        "2021-13"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int64_t seconds;
        if (date_parse_value(&seconds, slice_of_string(wrong[i])) != ST_INVALID)
            fail_msg("%s: accepted", wrong[i]);
    }
}

static void assert_query(const char *text, int64_t now, const char *first, const char *end,
                         bool ago) {
    struct date_range range;
    bool is_ago;
    assert_int_equal(date_parse_query(&range, &is_ago, slice_of_string(text), now), ST_OK);
    assert_range(&range, text, first, end);
    assert_int_equal(is_ago, ago);
}

static void test_date_parse_query__counts_back_from_now(void **state) {
    (void)state;
    enum { NOW = 1617193805 }; /* 2021-03-31 12:30:05 */
    static const char end[] = "2021-03-31 12:30:06";
    assert_query("7d", NOW, "2021-03-24 12:30:05", end, true);
    assert_query("12h", NOW, "2021-03-31 00:30:05", end, true);
    assert_query("90min", NOW, "2021-03-31 11:00:05", end, true);
    assert_query("3w", NOW, "2021-03-10 12:30:05", end, true);
    assert_query("1m", NOW, "2021-02-28 12:30:05", end, true);
    assert_query("3m", NOW, "2020-12-31 12:30:05", end, true);
    assert_query("13m", NOW, "2020-02-29 12:30:05", end, true);
    assert_query("1y", NOW, "2020-03-31 12:30:05", end, true);
    assert_query("0d", NOW, "2021-03-31 12:30:05", end, true);
    assert_query("2020y", NOW, "0001-03-31 12:30:05", end, true);
    assert_query("99999999999999999999y", NOW, "0001-01-01 00:00:00", end, true);
    assert_query("99999999999999999999d", NOW, "0001-01-01 00:00:00", end, true);
    assert_query("2021-06", NOW, "2021-06-01 00:00:00", "2021-07-01 00:00:00", false);
    assert_query("1m", -1, "1969-11-30 23:59:59", "1970-01-01 00:00:00", true);
    assert_query("1d", INT64_MAX, "9999-12-30 23:59:59", "10000-01-01 00:00:00", true);
    assert_query("1d", INT64_MIN, "0001-01-01 00:00:00", "0001-01-01 00:00:01", true);
    static const char *const wrong[] = {"",    "d",  "7",          "7D", "7 d",
                                        "-7d", "7s", "1622505600", "now"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct date_range range;
        bool ago;
        if (date_parse_query(&range, &ago, slice_of_string(wrong[i]), NOW) != ST_INVALID)
            fail_msg("%s: accepted", wrong[i]);
    }
}

static void test_date_parse_query__knows_local_days(void **state) {
    (void)state;
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    enum { NOW = 1616970600 }; /* 2021-03-28 22:30:00 UTC, the next day there */
    assert_query("today", NOW, "2021-03-28 22:00:00", "2021-03-29 22:00:00", false);
    assert_query("yesterday", NOW, "2021-03-27 23:00:00", "2021-03-28 22:00:00", false);
    assert_query("yesterday", 1609459200, "2020-12-30 23:00:00", "2020-12-31 23:00:00", false);
    unsetenv("TZ");
    tzset();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_date_parse__has_the_precision_that_is_written),
        cmocka_unit_test(test_date_parse__refuses_what_is_no_date),
        cmocka_unit_test(test_date_parse__agrees_with_the_c_library),
        cmocka_unit_test(test_date_parse_value__takes_seconds_of_any_kind),
        cmocka_unit_test(test_date_parse_query__counts_back_from_now),
        cmocka_unit_test(test_date_parse_query__knows_local_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
