/* SPDX-License-Identifier: MIT */
/* The members of the JSON, one by one: a contract with programs that read it. A member may be added,
 * here and in the manual; none changes its name, its place or its type while "v" is 1. */
#include <stdio.h>
#include <string.h>

#include "common/base/ascii.h"
#include "searcher/show/printer.h"
#include "tests/support/json_paths.h"
#include "tests/support/testing.h"

/* What an answer may have. */
static const char *const contract[] = {
    "v number",
    "qid string",
    "query string",
    "note string",
    "did_you_mean string",
    "total number",
    "exact bool",
    "relaxed bool",
    "words number",
    "with_all number",
    "took_ms number",
    "documents number",
    "updated number",
    "hits array",
    "hits[] object",
    "hits[].rank number",
    "hits[].id string",
    "hits[].id_bytes string",
    "hits[].score number",
    "hits[].sort string", /* of a date or a keyword */
    "hits[].sort number",
    "hits[].sort null",
    "hits[].all bool",
    "hits[].words number",
    "hits[].title string",
    "hits[].title_cut bool",
    "hits[].title_marks array",
    "hits[].title_marks[] array",
    "hits[].title_marks[][] number",
    "hits[].fields object",
    "hits[].fields.date string",
    "hits[].fields.size number",
    "hits[].fields.tag array", /* several values of one field */
    "hits[].fields.tag[] string",
    "hits[].snippets array",
    "hits[].snippets[] object",
    "hits[].snippets[].text string",
    "hits[].snippets[].marks array",
    "hits[].snippets[].marks[] array",
    "hits[].snippets[].marks[][] number",
    "hits[].snippets[].cut array",
    "hits[].snippets[].cut[] bool",
    "hits[].why object",
    "hits[].why.k1 number",
    "hits[].why.b number",
    "hits[].why.documents number",
    "hits[].why.average_length number",
    "hits[].why.length number",
    "hits[].why.norm_length number",
    "hits[].why.clauses array",
    "hits[].why.clauses[] object",
    "hits[].why.clauses[].clause string",
    "hits[].why.clauses[].documents number",
    "hits[].why.clauses[].boost number",
    "hits[].why.clauses[].idf number",
    "hits[].why.clauses[].tf number",
    "hits[].why.clauses[].score number",
    "hits[].why.nearness number",
    "hits[].why.pairs array",
    "hits[].why.pairs[] object",
    "hits[].why.pairs[].words array",
    "hits[].why.pairs[].words[] string",
    "hits[].why.pairs[].idf number",
    "hits[].why.pairs[].adjacent number",
    "hits[].why.pairs[].near number",
    "hits[].why.pairs[].score number",
    "facets object",
    "facets.ext array",
    "facets.ext[] object",
    "facets.ext[].value string",
    "facets.ext[].count number",
};

enum { MEMBERS = sizeof contract / sizeof *contract };

/* What every answer and every hit has. */
static const char *const always[] = {
    "v number",
    "query string",
    "total number",
    "exact bool",
    "relaxed bool",
    "words number",
    "took_ms number",
    "documents number",
    "updated number",
    "hits array",
    "hits[].rank number",
    "hits[].id string",
    "hits[].all bool",
    "hits[].words number",
    "hits[].title string",
    "hits[].title_marks array",
    "hits[].fields object",
    "hits[].snippets array",
};

static struct snippet_mark marks[] = {{5, 10}, {15, 18}};
static struct snippet snippet;
static struct explanation clause;
static struct pair_explanation pair;
static struct facet_value value;
static struct result_facet facet;
static struct slice tags[2];
static int64_t date = 1700000000, size;
static struct hit_field fields[3];
static struct result_hit hits[3];
static struct result_set results;
static struct buffer lines;
static bool seen[MEMBERS];

static int set_up(void **state) {
    (void)state;
    snippet = (struct snippet){
        .text = slice_of_string("caf\xc3\xa9 pipe and gas"), .marks = marks, .count = 2};
    marks[0] = (struct snippet_mark){6, 10};
    clause = (struct explanation){.typed = slice_of_string("gas"), .idf = 2};
    pair = (struct pair_explanation){.first = slice_of_string("a"), .second = slice_of_string("b")};
    value = (struct facet_value){.shown = slice_of_string("pdf"), .count = 3};
    facet = (struct result_facet){.name = slice_of_string("ext"), .values = &value, .count = 1};
    tags[0] = tags[1] = slice_of_string("sea \"\\\x01");
    size = field_value_key_of_number(0.5);
    fields[0] = (struct hit_field){.name = slice_of_string("date"),
                                   .number = SCHEMA_DATE,
                                   .type = FIELD_TYPE_DATE,
                                   .count = 1,
                                   .keys = &date};
    fields[1] = (struct hit_field){
        .name = slice_of_string("size"), .type = FIELD_TYPE_NUMBER, .count = 1, .keys = &size};
    fields[2] = (struct hit_field){
        .name = slice_of_string("tag"), .type = FIELD_TYPE_KEYWORD, .count = 2, .texts = tags};
    for (uint32_t i = 0; i < 3; i++)
        hits[i] = (struct result_hit){
            .rank = i + 1,
            .score = 1.5,
            .id = slice_of_string("id\n\xff"),
            .title = slice_of_string("gas \xf0\x9f\x98\x80 pipe"),
            .title_marks = marks,
            .title_mark_count = 1,
            .title_cut = true,
            .fields = fields,
            .field_count = 3,
            .sort_value = fields[i],
            .snippets = &snippet,
            .snippet_count = 1,
            .why = {
                .clauses = &clause, .count = 1, .pairs = &pair, .pair_count = 1, .nearness = 0.1}};
    results = (struct result_set){.query = slice_of_string("gas"),
                                  .query_id = slice_of_string("7"),
                                  .note = "read as: gas",
                                  .did_you_mean = slice_of_string("gas"),
                                  .hits = hits,
                                  .count = 3,
                                  .facets = &facet,
                                  .facet_count = 1,
                                  .part_count = 2};
    return 0;
}

/* Prints the results, and checks that they are JSON of what the contract has. */
static void print(void) {
    struct printer printer = {.format = &printer_json};
    assert_int_equal(printer_print(&printer, &results, NULL), ST_OK);
    buffer_clear(&lines);
    if (!json_paths_append(&lines, buffer_slice(&printer.out)))
        fail_msg("not JSON: %.*s", (int)printer.out.size, (const char *)printer.out.data);
    printer_release(&printer);
    for (struct slice rest = buffer_slice(&lines); rest.size;) {
        struct slice line = ascii_take_line(&rest);
        size_t member = 0;
        for (; member < MEMBERS; member++) {
            size_t length = strlen(contract[member]);
            if (line.size >= length && memcmp(line.data, contract[member], length) == 0 &&
                (line.size == length || line.data[length] == ' '))
                break;
        }
        if (member == MEMBERS)
            fail_msg("not in the contract: %.*s", (int)line.size, (const char *)line.data);
        seen[member] = true;
    }
}

static void test_printer_json__has_every_member_of_the_contract(void **state) {
    (void)state;
    print();
    results.sorted = true;
    print();
    hits[0].sort_value.count = 0;
    print();
    for (size_t i = 0; i < MEMBERS; i++)
        if (!seen[i])
            fail_msg("missing: %s", contract[i]);
}

static void test_printer_json__has_some_members_always(void **state) {
    (void)state;
    hits[0] = (struct result_hit){0};
    results = (struct result_set){.hits = hits, .count = 1};
    print();
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        if (json_paths_count(&lines, always[i]) != 1)
            fail_msg("not always there: %s", always[i]);
    assert_int_equal(json_paths_count(&lines, "hits[].score number"), 1);
    assert_int_equal(json_paths_count(&lines, "hits[].id_bytes string"), 0);
    results.count = 0;
    print();
    assert_int_equal(json_paths_count(&lines, "hits array"), 1);
    assert_int_equal(json_paths_count(&lines, "hits[] object"), 0);
}

static void assert_line(const char *line) {
    if (json_paths_count(&lines, line) == 0)
        fail_msg("missing: %s in\n%s", line, (const char *)lines.data);
}

static void test_printer_json__values(void **state) {
    (void)state;
    results.total = 12;
    results.exact = true;
    results.with_all = 2;
    print();
    assert_line("v number 1");
    assert_line("qid string \"7\"");
    assert_line("total number 12");
    assert_line("exact bool true");
    assert_line("with_all number 2");
    assert_line("hits[].id string \"id\\u000a\xef\xbf\xbd\"");
    assert_line("hits[].id_bytes string \"69640aff\"");
    assert_line("hits[].fields.date string \"2023-11-14T22:13:20Z\"");
    assert_line("hits[].fields.size number 0.5");
    assert_line("hits[].fields.tag[] string \"sea \\\"\\\\\\u0001\"");
    /* Marks count code points. */
    assert_line("hits[].snippets[].marks[][] number 5");
    assert_line("hits[].snippets[].marks[][] number 9");
    assert_line("facets.ext[].count number 3");
}

/* Each name is described in the manual. */
static void test_printer_json__is_in_the_manual(void **state) {
    (void)state;
    struct buffer page = {0};
    char path[256], bytes[4096];
    FILE *file = fopen(TEST_DATA "/../../searcher/quern-search.1", "re");
    assert_non_null(file);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;)
        assert_int_equal(buffer_append(&page, bytes, n), ST_OK);
    fclose(file);
    assert_int_equal(buffer_append_byte(&page, '\0'), ST_OK);
    const char *section = strstr((const char *)page.data, "\n.Ss JSON\n");
    assert_non_null(section);
    char *end = strstr(section + 1, "\n.Sh ");
    assert_non_null(end);
    *end = '\0';
    for (size_t i = 0; i < MEMBERS; i++) {
        snprintf(path, sizeof path, "%.*s", (int)strcspn(contract[i], " "), contract[i]);
        char *name = strrchr(path, '.') ? strrchr(path, '.') + 1 : path;
        name[strcspn(name, "[")] = '\0';
        if (strstr(path, "fields.") || strstr(path, "facets."))
            continue; /* the names of fields */
        bool found = false;
        for (const char *at = strstr(section, name); at && !found; at = strstr(at + 1, name))
            found = strchr(" \n", at[-1]) && strchr(" \n", at[strlen(name)]);
        if (!found)
            fail_msg("not in the manual: %s", name);
    }
    buffer_release(&page);
}

static void test_json_paths__is_strict(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "",        "{",         "[1,]", "{\"a\":1,}", "{\"a\" 1}",
        "01",      "1.",        "-",    "1e",         "\"\n\"",
        "\"\\x\"", "\"\\u12\"", "tru",  "[1] 2",      "{\"a\":1,\"a\":2}",
        "\"open",  "'a'"};
    struct buffer out = {0};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (json_paths_append(&out, slice_of_string(wrong[i])))
            fail_msg("accepted: %s", wrong[i]);
    buffer_clear(&out);
    assert_true(json_paths_append(
        &out, slice_of_string(" {\"a\" : [ -1.5e+3, {\"b\":null}, true ] , \"c\":\"\\u00e9\"} ")));
    assert_string_equal((const char *)out.data,
                        "a array\na[] number -1.5e+3\na[] object\n"
                        "a[].b null\na[] bool true\nc string \"\\u00e9\"\n");
    buffer_release(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_paths__is_strict),
        cmocka_unit_test_setup(test_printer_json__has_every_member_of_the_contract, set_up),
        cmocka_unit_test_setup(test_printer_json__has_some_members_always, set_up),
        cmocka_unit_test_setup(test_printer_json__values, set_up),
        cmocka_unit_test(test_printer_json__is_in_the_manual),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    buffer_release(&lines);
    return failed;
}
