/* SPDX-License-Identifier: MIT */
/* Names of fields, ranges and filters in queries are read as users mean them, and what is none of
 * them is text. */
#include "tests/support/testing.h"

#include <stdlib.h>
#include <string.h>

#include "searcher/query/query.h"
#include "tests/support/query_shape.h"

enum { NOW = 1622505600 }; /* 2021-06-01 */

static struct schema schema;
static struct query_context context = {.schema = &schema, .now = NOW};

static void add_field(const char *name, enum field_type type, uint8_t flags) {
    uint16_t number;
    assert_int_equal(schema_add(&number, &schema, slice_of_string(name), type, flags), ST_OK);
}

static int set_up(void **state) {
    (void)state;
    struct analyzer_options settings = {.stemmer = "english",
                                        .stopwords = slice_of_string("the\nof\nand\n")};
    assert_int_equal(schema_init(&schema), ST_OK);
    add_field("price", FIELD_TYPE_NUMBER, 0);
    add_field("subject", FIELD_TYPE_TEXT, SCHEMA_SEARCHED);
    return analyzer_new(&context.analyzer, &settings, NULL);
}

static int tear_down(void **state) {
    (void)state;
    analyzer_free(context.analyzer);
    schema_release(&schema);
    return 0;
}

static void append(struct buffer *out, const char *text) {
    assert_int_equal(buffer_append(out, text, strlen(text)), ST_OK);
}

static void assert_shown(const struct query *query, const char *text, const char *expected,
                         const char *note) {
    struct buffer shown = {0};
    query_shape_append(&shown, query, NOW);
    if (!slice_equal(buffer_slice(&shown), slice_of_string(expected)))
        fail_msg("%s: %.*s", text, (int)shown.size, shown.data ? (const char *)shown.data : "");
    buffer_release(&shown);
    if (!note != !query->note || (note && strcmp(note, query->note) != 0))
        fail_msg("%s: note: %s", text, query->note ? query->note : "none");
}

static void assert_reads(const char *text, const char *expected, const char *note) {
    struct query query;
    assert_int_equal(query_parse(&query, &context, slice_of_string(text), NULL), ST_OK);
    assert_shown(&query, text, expected, note);
    query_release(&query);
}

static void test_query_parse__reads_words_of_fields(void **state) {
    (void)state;
    assert_reads("title:gas pipelines", "title:gas pipelin", NULL);
    assert_reads("title:Pipelines", "title:pipelin", NULL);
    assert_reads("-title:gas +author:smith", "-title:gas +author:smith", NULL);
    assert_reads("title:\"gas pipeline\" subject:«oil rig»",
                 "title:(gas pipelin) subject:(oil rig)", NULL);
    assert_reads("title:multi-agent", "title:(multi agent)", NULL);
    assert_reads("text:gas", "text:gas", NULL);
    assert_reads("title:gas\"oil rig\"", "title:gas (oil rig)", NULL);
    assert_reads("title:-x title:+x", "title:x title:x", NULL);
    assert_reads("name:budget-2024.ods", "name:(budget 2024 od)", NULL);
    assert_reads("title:天然", "title:天然", NULL);
}

static void test_query_parse__reads_groups(void **state) {
    (void)state;
    assert_reads("title:(gas oil) leak", "title:gas title:oil leak", NULL);
    assert_reads("title:(gas +oil -\"north sea\")", "title:gas +title:oil -title:(north sea)",
                 NULL);
    assert_reads("+title:(gas oil -leak)", "title:gas title:oil -title:leak", NULL);
    assert_reads("x +title:(gas oil -leak)", "x +[title:gas title:oil -title:leak]", NULL);
    assert_reads("-title:(gas) oil", "-title:gas oil", NULL);
    assert_reads("oil -title:(gas leak)", "oil -title:gas -title:leak",
                 "read as: oil -title:gas -title:leak (each word in parentheses is excluded)");
    assert_reads("oil -title:(gas +leak)", "oil -[title:gas +title:leak]", NULL);
    assert_reads("title:(\"gas ) oil\" rig) leak", "title:(gas oil) title:rig leak", NULL);
    assert_reads("title:((gas) (oil)) leak", "title:gas title:oil leak", NULL);
    assert_reads("title:(gas)oil", "title:gas oil", NULL);
    assert_reads("title:() gas", "gas", NULL);
    assert_reads("title:( - ) gas", "gas", NULL);
    assert_reads("title:(gas ext:pdf)", "title:gas ext=pdf", NULL);
    assert_reads("ext:(pdf odt)", "ext=pdf ext=odt", NULL);
    assert_reads("date:(2021-06 -2021-06-01)", "date[0,2591999] -date[0,86399]", NULL);
    assert_reads("title:(gas oil", "title:gas title:oil",
                 "read as: title:gas title:oil (closed a parenthesis)");
    assert_reads("title:(gas \"oil", "title:gas title:oil",
                 "read as: title:gas title:\"oil\" (closed a quote; closed a parenthesis)");
    assert_reads("size:(10 big)", "size[10,10] big",
                 "read as: size:10 big (size: takes numbers, as in size:>10k and price:10..20)");
}

static void test_query_parse__reads_keywords(void **state) {
    (void)state;
    assert_reads("gas ext:PDF", "gas ext=pdf", NULL);
    assert_reads("-ext:.pdf", "-ext=pdf", NULL);
    assert_reads("ext:pdf,odt,.DOC", "ext=pdf|odt|doc", NULL);
    assert_reads("tag:\"Natural  Gas, Oil\"", "tag=natural gas, oil", NULL);
    assert_reads("folder:/srv/Docs/ folder:/", "folder=/srv/docs folder=/", NULL);
    assert_reads("tag:c++ tag:multi-agent tag:É", "tag=c++ tag=multi-agent tag=e", NULL);
    assert_reads("ext:, tag:\"\" gas", "gas", "read as: gas (left out: ext:, tag:\"\")");
    assert_reads("tag:a..b", "tag=a..b", NULL);
}

static void test_query_parse__reads_ranges_of_numbers(void **state) {
    (void)state;
    assert_reads("size:10k", "size[10240,10240]", NULL);
    assert_reads("size:>=10k size:<=1M", "size[10240,] size[,1048576]", NULL);
    assert_reads("size:>1", "size[1.0000000000000002,]", NULL);
    assert_reads("size:<1", "size[,0.99999999999999989]", NULL);
    assert_reads("price:10..20 price:..1.5k price:-5..", "price[10,20] price[,1500] price[-5,]",
                 NULL);
    assert_reads("price:-5 -price:>0", "price[-5,-5] -price[4.9406564584124654e-324,]", NULL);
    assert_reads("price:20..10", "price[20,10]",
                 "read as: price:20..10 (nothing is in price:20..10)");
}

static void test_query_parse__reads_ranges_of_dates(void **state) {
    (void)state;
    assert_reads("date:2021-06-01", "date[0,86399]", NULL);
    assert_reads("date:2021-06-01..2021-06", "date[0,2591999]", NULL);
    assert_reads("date:..2021-06-01", "date[,86399]", NULL);
    assert_reads("date:2021-06..", "date[0,]", NULL);
    assert_reads("date:>2021-06-01 date:>=2021-06-01", "date[86400,] date[0,]", NULL);
    assert_reads("date:<2021-06-01 date:<=2021-06-01", "date[,-1] date[,86399]", NULL);
    assert_reads("date:7d", "date[-604800,0]", NULL);
    assert_reads("date:>7d date:>=7d date:7d..", "date[-604799,] date[-604800,] date[-604800,]",
                 NULL);
    assert_reads("date:<7d date:..7d date:2d..1d",
                 "date[,-604801] date[,-604800] date[-172800,-86400]", NULL);
    assert_reads("date:\"2021-06-01 00:00\"", "date[0,59]", NULL);
    setenv("TZ", "UTC", 1);
    assert_reads("date:today -date:yesterday", "date[0,86399] -date[-86400,-1]", NULL);
    unsetenv("TZ");
}

static void test_query_parse__reads_as_text_what_is_no_field(void **state) {
    (void)state;
    assert_reads("http://x", "(http x)", NULL);
    assert_reads("a:b", "(a b)", NULL);
    assert_reads("std::vector date::x", "(std vector) (date x)", NULL);
    assert_reads("title://x", "(titl x)", NULL);
    assert_reads("title: gas", "titl gas", NULL);
    assert_reads("title:", "titl", NULL);
    assert_reads("(title:gas) \"title:gas\"", "title:gas (titl gas)", NULL);
    assert_reads("gas,title:oil x\"y\"title:oil", "(gas titl oil) x y (titl oil)", NULL);
    assert_reads("12:30 1:2", "(12 30) (1 2)", NULL);
    assert_reads(": :: :x", "x", "read as: x (left out: : ::)");
    assert_reads("títle:gas", "(titl gas)", NULL);
}

static void test_query_parse__notes_names_that_are_nearly_right(void **state) {
    (void)state;
    assert_reads("titel:gas", "(titel gas)",
                 "read as: titel\\:gas (titel: is no field, but title: is)");
    assert_reads("-Title:gas x", "-(titl gas) x",
                 "read as: -Title\\:gas x (Title: is no field, but title: is)");
    assert_reads("dat:2021", "(dat 2021)", "read as: dat\\:2021 (dat: is no field, but date: is)");
    assert_reads("subjetc:x sujet:x", "(subjetc x) (sujet x)",
                 "read as: subjetc\\:x sujet\\:x (subjetc: is no field, but subject: is; "
                 "sujet: is no field, but subject: is)");
    assert_reads("note:x ab:x sub:x", "(note x) (ab x) (sub x)", NULL);
}

static void test_query_parse__notes_values_that_do_not_fit(void **state) {
    (void)state;
    assert_reads("size:big -size:huge gas", "(size big) -(size huge) gas",
                 "read as: size\\:big -size\\:huge gas "
                 "(size: takes numbers, as in size:>10k and price:10..20)");
    assert_reads("date:june", "(date june)",
                 "read as: date\\:june (date: takes dates, as in date:2021-06 and date:7d)");
    assert_reads("date:2021-13 size:.. size:> date:\"last week\"",
                 "(date 2021 13) size size (last week)",
                 "read as: date\\:2021-13 size size \"last week\" "
                 "(date: takes dates, as in date:2021-06 and date:7d; "
                 "size: takes numbers, as in size:>10k and price:10..20)");
    assert_reads("title:>gas", "title:gas", "read as: title:gas (title: has words, not ranges)");
    assert_reads("title:10..20", "title:(10 20)",
                 "read as: title:10\\..20 (title: has words, not ranges)");
    assert_reads("title:gas...", "title:gas", NULL);
    assert_reads("title:the", "", "read as: \"\" (left out: title:the)");
}

static void test_query_parse__finds_by_filters_alone(void **state) {
    (void)state;
    assert_reads("ext:pdf -gas", "ext=pdf -gas", NULL);
    assert_reads("-ext:pdf", "-ext=pdf", NULL);
    assert_reads("-title:gas", "-title:gas",
                 "read as: -title:gas (words to exclude alone match nothing)");
    struct query query;
    assert_int_equal(query_parse(&query, &context, slice_of_string("ext:pdf title:gas"), NULL),
                     ST_OK);
    assert_int_equal(query_word_count(&query), 1);
    assert_false(query_has_few_words(&query));
    query_release(&query);
}

static void test_query_parse__uses_the_default_field(void **state) {
    (void)state;
    context.field = schema_find(&schema, slice_of_string("title"));
    assert_reads("gas ext:pdf \"oil rig\"", "title:gas ext=pdf title:(oil rig)", NULL);
    context.field = schema_find(&schema, slice_of_string("date"));
    assert_reads(
        "2021-06-01 gas", "date[0,86399] gas",
        "read as: date:2021-06-01 *:gas (date: takes dates, as in date:2021-06 and date:7d)");
    context.field = NULL;
}

static void test_query_parse__adds_the_filters_of_options(void **state) {
    (void)state;
    struct arena arena = {0};
    struct query_filter filter;
    assert_int_equal(query_filter_values(&filter, &arena, schema_field(&schema, SCHEMA_EXT),
                                         slice_of_string("pdf,odt"), false),
                     ST_OK);
    context.filters = &filter;
    context.filter_count = 1;
    assert_reads("gas", "gas +ext=pdf|odt", NULL);
    assert_reads("-gas", "-gas +ext=pdf|odt", NULL);
    assert_reads("?!", "+ext=pdf|odt", "read as: \"\" (left out: ?!)");
    context.filter_count = 0;
    arena_release(&arena);
}

static void assert_arguments(const char **arguments, int count, const char *expected) {
    struct query query;
    assert_int_equal(query_parse_arguments(&query, &context, count, (char *const *)arguments, NULL),
                     ST_OK);
    assert_shown(&query, arguments[0], expected, NULL);
    query_release(&query);
}

static void test_query_parse_arguments__reads_phrases_of_fields(void **state) {
    (void)state;
    const char *several[] = {"title:gas pipeline", "-tag:natural gas, oil", "ext:pdf"};
    assert_arguments(several, 3, "title:(gas pipelin) -tag=natural gas, oil ext=pdf");
    const char *group[] = {"gas", "title:(oil rig)", "+date:2021-06-01 00:00"};
    assert_arguments(group, 3, "gas title:oil title:rig +date[0,59]");
    const char *alone[] = {"title:gas pipeline"};
    assert_arguments(alone, 1, "title:gas pipelin");
}

/* Appends `count` times a unit that may have a number in it. */
static void assert_hostile(const char *before, const char *unit, size_t count) {
    struct buffer text = {0};
    struct query query;
    append(&text, before);
    for (size_t i = 0; i < count; i++)
        append(&text, unit);
    assert_int_equal(query_parse(&query, &context, buffer_slice(&text), NULL), ST_OK);
    assert_true(query.count <= QUERY_WORDS_MAX);
    assert_true(!query.note || strlen(query.note) < 1700);
    query_release(&query);
    buffer_release(&text);
}

static void test_query_parse__bounds_hostile_queries(void **state) {
    (void)state;
    assert_hostile("title:", "(", 1000);
    assert_hostile("", "title:(", 1000);
    assert_hostile("", "title:(a) ", 6000);
    assert_hostile("", "title:('a) ", 5000);
    assert_hostile("", "title:(\"a) ", 5000);
    assert_hostile("", "titel:x ", 8000);
    assert_hostile("", "ext:a ", 8000);
    assert_hostile("ext:a", ",a", 30000);
    assert_hostile("", ":", 65536);
    assert_hostile("", "title:", 10000);
    assert_hostile("", "-title:(", 8000);
    assert_hostile("size:", "9", 60000);
    assert_hostile("date:", "9", 60000);
    assert_hostile("size:", "..", 30000);
    assert_hostile("tag:", "é", 30000);
    assert_hostile("gas", ")", 60000);
}

static void test_query_parse__accepts_any_bytes(void **state) {
    (void)state;
    static const char *const pieces[] = {
        "title:", "ext:", "size:", "date:", "(",  ")", "\"",   "'",   ":",     "..",
        ">",      "<=",   "-",     "+",     " ",  "a", "2021", "7d",  "10k",   ",",
        "\xff",   "\xc3", "é",     "«",     "\n", "/", "天",   "pdf", "titel:"};
    struct testing_random random = testing_random();
    for (int round = 0; round < 20000; round++) {
        struct buffer text = {0};
        struct query query;
        for (uint32_t n = testing_random_below(&random, 12); n > 0; n--)
            append(&text, pieces[testing_random_below(&random, sizeof pieces / sizeof *pieces)]);
        char *copy = malloc(text.size + 1); /* so that a sanitizer sees a read past the end */
        assert_non_null(copy);
        if (text.size)
            memcpy(copy, text.data, text.size);
        assert_int_equal(query_parse(&query, &context, slice_of(copy, text.size), NULL), ST_OK);
        for (size_t i = 0; i < query.count; i++)
            assert_true((query.clauses[i].filter != NULL) ==
                        (query.clauses[i].kind == CLAUSE_FILTER));
        query_release(&query);
        free(copy);
        buffer_release(&text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query_parse__reads_words_of_fields),
        cmocka_unit_test(test_query_parse__reads_groups),
        cmocka_unit_test(test_query_parse__reads_keywords),
        cmocka_unit_test(test_query_parse__reads_ranges_of_numbers),
        cmocka_unit_test(test_query_parse__reads_ranges_of_dates),
        cmocka_unit_test(test_query_parse__reads_as_text_what_is_no_field),
        cmocka_unit_test(test_query_parse__notes_names_that_are_nearly_right),
        cmocka_unit_test(test_query_parse__notes_values_that_do_not_fit),
        cmocka_unit_test(test_query_parse__finds_by_filters_alone),
        cmocka_unit_test(test_query_parse__uses_the_default_field),
        cmocka_unit_test(test_query_parse__adds_the_filters_of_options),
        cmocka_unit_test(test_query_parse_arguments__reads_phrases_of_fields),
        cmocka_unit_test(test_query_parse__bounds_hostile_queries),
        cmocka_unit_test(test_query_parse__accepts_any_bytes),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
