/* SPDX-License-Identifier: MIT */
/* Records give id, title, text and other fields, and broken ones a reason. */
#include "tests/support/testing.h"

#include <stdio.h>

#include "indexer/source/json.h"

static const char *const ids[] = {"id", "_id", NULL};
static const char *const titles[] = {"title", "subject", NULL};
static const char *const texts[] = {"text", "body", NULL};
static const char *const others[] = {"price", "author.name", "tags", "author", NULL};
static const struct json_members members = {ids, titles, texts, others};
static struct json *json;
static struct error err;
static char padded[1 << 16];
static struct json_record record;

static int set_up(void **state) {
    (void)state;
    return json_new(&json, &members, &err);
}

static int tear_down(void **state) {
    (void)state;
    json_free(json);
    return 0;
}

static enum status parse_bytes(const char *bytes, size_t size) {
    assert_true(size + JSON_PADDING <= sizeof padded);
    memset(padded, '"', sizeof padded); /* what follows a record must not matter */
    memcpy(padded, bytes, size);
    return json_parse(&record, json, slice_of(padded, size), &err);
}

static enum status parse(const char *text) {
    return parse_bytes(text, strlen(text));
}

static void assert_text(struct slice slice, const char *expected) {
    assert_int_equal(slice.size, strlen(expected));
    assert_true(slice_equal(slice, slice_of_string(expected)));
}

static void assert_record(const char *bytes, const char *id, const char *title, const char *text) {
    assert_int_equal(parse(bytes), ST_OK);
    assert_text(record.id, id);
    assert_text(record.title, title);
    assert_text(record.text, text);
}

static void test_json_parse__fields(void **state) {
    (void)state;
    assert_record("{\"id\":\"7\",\"title\":\"Oil\",\"text\":\"pipeline leak\"}", "7", "Oil",
                  "pipeline leak");
    assert_record(" { \"text\" : \"t\" , \"x\" : [1,{\"id\":\"no\"}], \"id\" : \"i\" } \r", "i", "",
                  "t");
    assert_record("{}", "", "", "");
    assert_record("{\"title\":null,\"text\":\"\"}", "", "", "");
    assert_record("{\"\\u0069d\":\"escaped name\"}", "escaped name", "", "");
}

static void test_json_parse__escapes(void **state) {
    (void)state;
    assert_record("{\"text\":\"a\\n\\\"b\\\" \\u00e9 \\ud83d\\ude00 \\/ é\"}", "", "",
                  "a\n\"b\" é 😀 / é");
}

static void test_json_parse__id_kinds(void **state) {
    (void)state;
    assert_record("{\"id\":17 }", "17", "", "");
    assert_record("{\"id\":123456789012345678901234567890,\"text\":\"t\"}",
                  "123456789012345678901234567890", "", "t");
    assert_record("{\"id\":1.50}", "1.50", "", "");
    assert_record("{\"id\":null,\"_id\":\"second\"}", "second", "", "");
    assert_record("{\"_id\":\"second\",\"id\":\"first\"}", "first", "", "");
    assert_int_equal(parse("{\"id\":{\"a\":1}}"), ST_INVALID);
    assert_string_equal(err.text, "the id is an object");
    assert_int_equal(parse("{\"id\":[1]}"), ST_INVALID);
    assert_int_equal(parse("{\"id\":true}"), ST_INVALID);
}

static void test_json_parse__joined(void **state) {
    (void)state;
    assert_record("{\"body\":\"second\",\"text\":\"first\",\"subject\":\"S\",\"title\":\"T\"}", "",
                  "T S", "first\nsecond");
    assert_record("{\"text\":[\"a\",\"b\",null,\"\",3,true],\"body\":[]}", "", "", "a\nb\n3\ntrue");
    assert_int_equal(parse("{\"text\":[[\"a\"]]}"), ST_INVALID);
    assert_int_equal(parse("{\"text\":{\"a\":\"b\"}}"), ST_INVALID);
}

static void test_json_parse__broken(void **state) {
    (void)state;
    const char *broken[] = {"",
                            "  ",
                            "no json",
                            "[1]",
                            "\"text\"",
                            "17",
                            "null",
                            "{",
                            "{\"id\":\"1\"",
                            "{\"id\":\"1",
                            "{\"id\":\"1\" \"text\":\"t\"}",
                            "{\"id\":\"1\",}",
                            "{\"id\" \"1\"}",
                            "{id:1}",
                            "{\"text\":\"a\nb\"}",
                            "{\"text\":\"\\x\"}",
                            "{\"text\":tru}",
                            "{\"text\":nul}",
                            "{\"id\":\"1\"} {\"id\":\"2\"}",
                            "{\"id\":\"1\"}]"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        if (parse(broken[i]) != ST_INVALID)
            fail_msg("taken for a record: %s", broken[i]);
        assert_true(err.text[0] != '\0');
    }
    /* Every beginning of a record is broken, too. */
    const char *whole = "{\"id\":\"7\",\"n\":[1,{\"a\":null}],\"text\":\"p\\u00e9\"}";
    for (size_t size = 0; size < strlen(whole); size++)
        assert_int_equal(parse_bytes(whole, size), ST_INVALID);
    assert_int_equal(parse(whole), ST_OK);
}

static void test_json_parse__repaired(void **state) {
    (void)state;
    assert_record("{\"id\":\"1\",\"text\":\"caf\xE9 \xF0\x9F\x98\"}", "1", "", "caf\uFFFD \uFFFD");
    assert_record("{\"text\":\"lone \\ud800 and \\uDE00, \\ud83d\\ude00 \\\\ud800\"}", "", "",
                  "lone \uFFFD and \uFFFD, 😀 \\ud800");
}

static void test_json_parse__deep(void **state) {
    (void)state;
    char deep[20100];
    strcpy(deep, "{\"x\":");
    memset(deep + 5, '[', 10000);
    memset(deep + 10005, ']', 10000);
    strcpy(deep + 20005, ",\"id\":\"deep\"}");
    enum status status = parse(deep);
    assert_true(status == ST_OK || status == ST_INVALID);
    assert_record("{\"id\":\"next\"}", "next", "", "");
}

static void test_json_parse__has_content(void **state) {
    (void)state;
    assert_int_equal(parse("{\"id\":1,\"Text\":\"t\",\"x\":{\"text\":1}}"), ST_OK);
    assert_false(record.has_content);
    assert_int_equal(parse("{\"subject\":null}"), ST_OK);
    assert_true(record.has_content);
    assert_int_equal(parse("{\"body\":[]}"), ST_OK);
    assert_true(record.has_content);
    assert_int_equal(parse("{}"), ST_OK);
    assert_false(record.has_content);
}

static void assert_names(const char *bytes, const char *expected) {
    struct buffer names = {0};
    assert_int_equal(parse(bytes), ST_OK);
    assert_int_equal(json_list_members(&names, json, slice_of(padded, strlen(bytes))), ST_OK);
    assert_text(buffer_slice(&names), expected);
    buffer_release(&names);
}

/* "0=17 1=Ann", then " 3:an object, not a value" for problems. */
static void assert_fields(const char *bytes, const char *expected) {
    char found[512] = "";
    if (parse(bytes) != ST_OK)
        fail_msg("%s: %s", bytes, err.text);
    for (size_t i = 0; i < record.value_count; i++) {
        struct slice text = record.values[i].text;
        size_t used = strlen(found);
        snprintf(found + used, sizeof found - used, "%s%zu=%.*s", used ? " " : "",
                 record.values[i].path, (int)text.size, (const char *)text.data);
    }
    for (size_t i = 0; i < record.problem_count; i++) {
        size_t used = strlen(found);
        snprintf(found + used, sizeof found - used, "%s%zu:%s", used ? " " : "",
                 record.problems[i].path, record.problems[i].what);
    }
    assert_string_equal(found, expected);
}

static void test_json_parse__values_of_fields(void **state) {
    (void)state;
    assert_fields("{\"price\":17.50 ,\"tags\":\"oil\"}", "0=17.50 2=oil");
    assert_fields("{\"tags\":[\"a\",null,2,\"\",false,[\"b\",[\"c\"]]]}",
                  "2=a 2=2 2=false 2=b 2=c");
    assert_fields("{\"price\":null,\"tags\":[]}", "");
    assert_fields("{\"price\":1,\"price\":2,\"tags\":[1],\"tags\":[2,3]}", "0=2 2=2 2=3");
    assert_int_equal(parse("{\"price\":tru}"), ST_INVALID);
}

static void test_json_parse__paths(void **state) {
    (void)state;
    assert_fields("{\"author\":{\"id\":\"no\",\"name\":\"Ann\"},\"price\":3}",
                  "0=3 1=Ann 3:an object, not a value");
    assert_fields("{\"author\":[{\"name\":\"Ann\"},{\"name\":[\"Bo\",\"C\"]},\"Dee\"]}",
                  "1=Ann 1=Bo 1=C 3=Dee 3:an object, not a value");
    assert_fields("{\"author.name\":\"Ann\"}", "1=Ann");
    assert_fields("{\"author\":\"Ann\",\"author.nam\":1,\"author.names\":2}", "3=Ann");
    assert_fields("{\"author\":{\"name\":{\"first\":\"Ann\"}}}",
                  "1:an object, not a value 3:an object, not a value");
    assert_fields("{\"author\":{},\"author\":\"Ann\"}", "3=Ann");
}

/* Titles, texts and ids have paths, too, and may share members with fields. */
static void test_json_parse__paths_of_the_text(void **state) {
    (void)state;
    const char *const id[] = {"meta.id", NULL}, *const title[] = {"meta.title", NULL};
    const char *const text[] = {"parts.text", "meta.title", NULL}, *const shared[] = {"meta.id",
                                                                                      NULL};
    struct json *other;
    assert_int_equal(json_new(&other, &(struct json_members){id, title, text, shared}, &err),
                     ST_OK);
    struct json *kept = json;
    json = other;
    assert_record(
        "{\"parts\":[{\"text\":\"a\"},{\"text\":\"b\"}],\"meta\":{\"id\":7,\"title\":\"T\"}}", "7",
        "T", "a\nb\nT");
    assert_true(record.has_content);
    assert_int_equal(record.value_count, 1);
    assert_text(record.values[0].text, "7");
    assert_int_equal(parse("{\"meta\":[{\"id\":1}]}"), ST_INVALID);
    assert_string_equal(err.text, "the id is an array");
    json = kept;
    json_free(other);
}

static void test_json_parse__many_values(void **state) {
    (void)state;
    static char many[1 << 15] = "{\"tags\":[0";
    for (int i = 1; i < 10000; i++)
        strcat(many, ",1");
    strcat(many, "],\"text\":[1");
    for (int i = 1; i < 2000; i++)
        strcat(many, ",2");
    strcat(many, "]}");
    assert_int_equal(parse(many), ST_OK);
    assert_int_equal(record.value_count, JSON_VALUES_MAX);
    assert_int_equal(record.problem_count, 1);
    assert_string_equal(record.problems[0].what, "too many values");
    assert_int_equal(record.text.size, 2 * 2000 - 1);
}

static void test_json_parse__deep_values(void **state) {
    (void)state;
    char deep[256] = "{\"tags\":";
    for (int i = 0; i < JSON_DEPTH_MAX; i++)
        strcat(deep, "[");
    strcat(deep, "1");
    for (int i = 0; i < JSON_DEPTH_MAX; i++)
        strcat(deep, "]");
    strcat(deep, "}");
    assert_fields(deep, "2=1");
    char *inner = strchr(deep, '1'), rest[128];
    strcpy(rest, inner + 1);
    sprintf(inner, "{\"a\":1},[2],3%s", rest);
    assert_fields(deep, "2=3 2:nested too deeply");
}

static void test_json_list_members__cut_short(void **state) {
    (void)state;
    assert_names("{}", "");
    assert_names("{\"key\":1,\"a \\u00e9\":{\"in\":[2]},\"c\":\"3\"}", "key, a é, c");
    char record_of_many[8192] = "{";
    for (int i = 0; i < 400; i++)
        snprintf(record_of_many + strlen(record_of_many), 32, "%s\"m%03d\":0", i ? "," : "", i);
    strcat(record_of_many, "}");
    struct buffer names = {0};
    assert_int_equal(parse(record_of_many), ST_OK);
    assert_int_equal(json_list_members(&names, json, slice_of(padded, strlen(record_of_many))),
                     ST_OK);
    assert_true(names.size < 220 && memcmp(names.data + names.size - 5, ", ...", 5) == 0);
    buffer_release(&names);
}

static void test_json_new__too_many_names(void **state) {
    (void)state;
    const char *many[JSON_NAMES_MAX + 2];
    for (size_t i = 0; i <= JSON_NAMES_MAX; i++)
        many[i] = "x";
    many[JSON_NAMES_MAX + 1] = NULL;
    struct json *none;
    assert_int_equal(json_new(&none, &(struct json_members){ids, titles, many, others}, &err),
                     ST_INVALID);
    assert_null(none);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_parse__fields),
        cmocka_unit_test(test_json_parse__escapes),
        cmocka_unit_test(test_json_parse__id_kinds),
        cmocka_unit_test(test_json_parse__joined),
        cmocka_unit_test(test_json_parse__broken),
        cmocka_unit_test(test_json_parse__repaired),
        cmocka_unit_test(test_json_parse__deep),
        cmocka_unit_test(test_json_parse__has_content),
        cmocka_unit_test(test_json_parse__values_of_fields),
        cmocka_unit_test(test_json_parse__paths),
        cmocka_unit_test(test_json_parse__paths_of_the_text),
        cmocka_unit_test(test_json_parse__many_values),
        cmocka_unit_test(test_json_parse__deep_values),
        cmocka_unit_test(test_json_list_members__cut_short),
        cmocka_unit_test(test_json_new__too_many_names),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
