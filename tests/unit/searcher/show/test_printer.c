/* SPDX-License-Identifier: MIT */
/* Printers: every format keeps hits apart and is safe to read, whatever a document contains. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "searcher/show/printer.h"
#include "tests/support/testing.h"

static struct snippet_mark marks[] = {{6, 10}, {15, 18}}, title_marks[] = {{0, 3}};
static struct snippet snippet;
static struct explanation explanation;
static struct result_hit hits[2];
static int64_t date = 1700000000, sizes[2];
static struct slice tags[2];
static struct hit_field fields[3];
static struct result_set results;

static struct slice string(const char *text) {
    return slice_of_string(text);
}

/* A result set of two hits: a plain one, and one that tries to break every format. */
static int set_up(void **state) {
    (void)state;
    setenv("TZ", "UTC", 1);
    tzset();
    snippet = (struct snippet){
        .text = string("caf\xc3\xa9 pipe and gas"), .marks = marks, .count = 2, .cut_after = true};
    explanation = (struct explanation){.typed = string("gas"),
                                       .idf = 2,
                                       .boost = 1,
                                       .matches = true,
                                       .frequency = 3,
                                       .contribution = 1.5,
                                       .documents = 1204,
                                       .collection = 50000,
                                       .length = 1304,
                                       .average_length = 410.5};
    sizes[0] = field_value_key_of_number(512);
    sizes[1] = field_value_key_of_number(0.1);
    tags[0] = string("North \"Sea\"");
    tags[1] = string("\x1b[31m");
    fields[0] = (struct hit_field){.name = string("date"),
                                   .number = SCHEMA_DATE,
                                   .type = FIELD_TYPE_DATE,
                                   .count = 1,
                                   .keys = &date};
    fields[1] = (struct hit_field){
        .name = string("size"), .type = FIELD_TYPE_NUMBER, .count = 1, .keys = sizes};
    fields[2] = (struct hit_field){
        .name = string("tag"), .type = FIELD_TYPE_KEYWORD, .count = 2, .texts = tags};
    hits[0] = (struct result_hit){.rank = 1,
                                  .score = 1.5,
                                  .word_count = 2,
                                  .has_all = true,
                                  .id = string("/home/me/notes/a.md"),
                                  .title = string("Gas \"pipeline\""),
                                  .title_marks = title_marks,
                                  .title_mark_count = 1,
                                  .fields = fields,
                                  .field_count = 3,
                                  .snippets = &snippet,
                                  .snippet_count = 1};
    hits[1] = (struct result_hit){.rank = 2,
                                  .score = 0.123456789,
                                  .word_count = 1,
                                  .id = slice_of("/home/me/notes/-x\n\xff y", 21),
                                  .title = string("\x1b[31m\xe2\x80\xaeTitle\t\xc2\x9b")};
    results = (struct result_set){.query = string("gas \"pipe"),
                                  .milliseconds = 6.04,
                                  .hits = hits,
                                  .count = 2,
                                  .total = 340,
                                  .exact = true,
                                  .word_count = 2,
                                  .part_count = 1,
                                  .score_bound = 20,
                                  .documents = 50000,
                                  .updated = 1700000000};
    return 0;
}

static void assert_printed(struct printer *printer, const char *expected, size_t size) {
    assert_int_equal(printer_print(printer, &results, NULL), ST_OK);
    assert_int_equal(buffer_append_byte(&printer->out, '\0'), ST_OK);
    assert_string_equal((const char *)printer->out.data, expected);
    assert_int_equal(printer->out.size, size + 1);
    printer_release(printer);
}

static void assert_prints(struct printer printer, const char *expected) {
    assert_printed(&printer, expected, strlen(expected));
}

static void test_printer_tsv__relative_and_escaped(void **state) {
    (void)state;
    assert_prints((struct printer){.format = &printer_tsv, .folder = string("/home/me/notes")},
                  "1.5\ta.md\tGas \"pipeline\"\n"
                  "0.123456789\t./-x\\x0a\xef\xbf\xbd y\t\\x1b[31m\\u202eTitle \\x9b\n");
    assert_prints(
        (struct printer){.format = &printer_tsv, .folder = string("/home/m")},
        "1.5\t/home/me/notes/a.md\tGas \"pipeline\"\n"
        "0.123456789\t/home/me/notes/-x\\x0a\xef\xbf\xbd y\t\\x1b[31m\\u202eTitle \\x9b\n");
}

static void test_printer_print__begins_lines_of_a_batch_with_the_query_id(void **state) {
    (void)state;
    results.query_id = string("q1");
    results.count = 1;
    assert_prints((struct printer){.format = &printer_tsv},
                  "q1\t1.5\t/home/me/notes/a.md\tGas \"pipeline\"\n");
    assert_prints((struct printer){.format = &printer_ids}, "q1\t/home/me/notes/a.md\n");
    assert_prints((struct printer){.format = &printer_count}, "q1\t340\n");
}

static void test_printer_ids__nul_keeps_every_byte(void **state) {
    (void)state;
    static const char expected[] = "a.md\0./-x\n\xff y";
    struct printer printer = {
        .format = &printer_ids, .folder = string("/home/me/notes"), .nul = true};
    assert_int_equal(printer_print(&printer, &results, NULL), ST_OK);
    assert_int_equal(printer.out.size, sizeof expected);
    assert_memory_equal(printer.out.data, expected, sizeof expected);
    printer_release(&printer);
}

static void test_printer_count__alone(void **state) {
    (void)state;
    assert_prints((struct printer){.format = &printer_count}, "340\n");
}

static void test_printer_trec__six_words_a_line(void **state) {
    (void)state;
    results.query_id = string("51 a");
    assert_prints(
        (struct printer){.format = &printer_trec, .run_tag = "my run"},
        "51\\x20a Q0 /home/me/notes/a.md 1 1.5 my\\x20run\n"
        "51\\x20a Q0 /home/me/notes/-x\\x0a\xef\xbf\xbd\\x20y 2 0.123456789 my\\x20run\n");
}

static void test_printer_json__loses_nothing(void **state) {
    (void)state;
    assert_prints(
        (struct printer){.format = &printer_json, .folder = string("/home/me/notes")},
        "{\"v\":1,\"query\":\"gas \\\"pipe\",\"total\":340,\"exact\":true,\"relaxed\":false,"
        "\"words\":2,\"took_ms\":6.040,\"documents\":50000,\"updated\":1700000000,\"hits\":["
        "{\"rank\":1,\"id\":\"/home/me/notes/a.md\",\"score\":1.5,\"all\":true,\"words\":2,"
        "\"title\":\"Gas "
        "\\\"pipeline\\\"\",\"title_marks\":[[0,3]],\"fields\":{\"date\":\"2023-11-14T22:13:20Z\","
        "\"size\":512,"
        "\"tag\":[\"North \\\"Sea\\\"\",\"\\u001b[31m\"]},\"snippets\":["
        "{\"text\":\"caf\xc3\xa9 pipe and gas\",\"marks\":[[5,9],[14,17]],"
        "\"cut\":[false,true]}]},"
        "{\"rank\":2,\"id\":\"/home/me/notes/-x\\u000a\xef\xbf\xbd y\","
        "\"id_bytes\":\"2f686f6d652f6d652f6e6f7465732f2d780aff2079\",\"score\":0.123456789,"
        "\"all\":false,\"words\":1,\"title\":\"\\u001b[31m\\u202eTitle\\u0009\\u009b\","
        "\"title_marks\":[],\"fields\":{},\"snippets\":[]}]}\n");
}

static void test_printer__shows_what_hits_are_sorted_by(void **state) {
    (void)state;
    static const struct {
        size_t field;
        const char *tsv, *json, *terminal;
    } sorts[] = {{0, "2023-11-14T22:13:20Z", "\"2023-11-14T22:13:20Z\"", ""},
                 {1, "512", "512", "  size: 512"},
                 {2, "North \"Sea\"", "\"North \\\"Sea\\\"\"", "  tag: North \"Sea\""}};
    char expected[512];
    results.sorted = true;
    hits[0].title = hits[1].title = string("T");
    hits[0].snippet_count = hits[0].field_count = hits[0].title_mark_count = 0;
    hits[1].id = string("b");
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++) {
        hits[0].sort_value = fields[sorts[i].field];
        snprintf(expected, sizeof expected, "%s\t/home/me/notes/a.md\tT\n\tb\tT\n", sorts[i].tsv);
        assert_prints((struct printer){.format = &printer_tsv}, expected);
        snprintf(expected, sizeof expected,
                 "{\"v\":1,\"query\":\"gas \\\"pipe\",\"total\":340,\"exact\":true,"
                 "\"relaxed\":false,\"words\":2,\"took_ms\":6.040,\"documents\":50000,"
                 "\"updated\":1700000000,\"hits\":["
                 "{\"rank\":1,\"id\":\"/home/me/notes/a.md\",\"sort\":%s,\"all\":true,\"words\":2,"
                 "\"title\":\"T\",\"title_marks\":[],\"fields\":{},\"snippets\":[]},"
                 "{\"rank\":2,\"id\":\"b\",\"sort\":null,\"all\":false,\"words\":1,"
                 "\"title\":\"T\",\"title_marks\":[],\"fields\":{},\"snippets\":[]}]}\n",
                 sorts[i].json);
        assert_prints((struct printer){.format = &printer_json}, expected);
        snprintf(expected, sizeof expected,
                 "T\n/home/me/notes/a.md%s\n\nT\nb\n\n2 of 340 documents, 6.0 ms, index 0 s old\n",
                 sorts[i].terminal);
        assert_prints((struct printer){.format = &printer_terminal, .now = 1700000000}, expected);
    }
}

static void test_printer__shows_facets(void **state) {
    (void)state;
    struct facet_value values[] = {{.shown = string("pdf"), .count = 1204},
                                   {.shown = string("\x1b\""), .count = 3}};
    struct result_facet facets[] = {{.name = string("ext"), .values = values, .count = 2},
                                    {.name = string("date")}};
    results.facets = facets;
    results.facet_count = 2;
    results.count = 0;
    assert_prints((struct printer){.format = &printer_json},
                  "{\"v\":1,\"query\":\"gas \\\"pipe\",\"total\":340,\"exact\":true,"
                  "\"relaxed\":false,\"words\":2,\"took_ms\":6.040,\"documents\":50000,"
                  "\"updated\":1700000000,\"hits\":[],\"facets\":{"
                  "\"ext\":[{\"value\":\"pdf\",\"count\":1204},"
                  "{\"value\":\"\\u001b\\\"\",\"count\":3}],\"date\":[]}}\n");
    assert_prints((struct printer){.format = &printer_terminal, .now = 1700000000},
                  "ext\n      1,204  pdf\n          3  \\x1b\"\n\ndate\n\n"
                  "0 of 340 documents, 6.0 ms, index 0 s old\n");
}

static void test_printer_number__is_short_and_exact(void **state) {
    (void)state;
    static const double numbers[] = {0, -1, 0.1, 1e300, 123456789012, 1.0 / 3};
    static const char *const texts[] = {"0",      "-1",           "0.1",
                                        "1e+300", "123456789012", "0.3333333333333333"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct printer printer = {0};
        printer_number(&printer, numbers[i]);
        assert_slice(buffer_slice(&printer.out), string(texts[i]));
        printer_release(&printer);
    }
}

static void test_printer_json__why(void **state) {
    (void)state;
    results.count = 1;
    results.query_id = string("7");
    results.note = "read as: \"x\"";
    results.relaxed = true;
    results.part_count = 2;
    hits[0].has_all = false;
    hits[0].word_count = 1;
    hits[0].snippet_count = 0;
    hits[0].why = (struct explanations){.clauses = &explanation,
                                        .count = 1,
                                        .k1 = 1.5,
                                        .b = 0.75,
                                        .average_length = 410.5,
                                        .documents = 50000,
                                        .length = 312,
                                        .norm_length = 311,
                                        .score = 1.5};
    assert_prints(
        (struct printer){.format = &printer_json},
        "{\"v\":1,\"qid\":\"7\",\"query\":\"gas \\\"pipe\",\"note\":\"read as: \\\"x\\\"\","
        "\"total\":340,\"exact\":true,\"relaxed\":true,\"words\":2,\"with_all\":0,\"took_ms\":6."
        "040,\"documents\":50000,"
        "\"updated\":1700000000,\"hits\":[{\"rank\":1,\"id\":\"/home/me/notes/a.md\","
        "\"score\":1.5,\"all\":false,\"words\":1,\"title\":\"Gas "
        "\\\"pipeline\\\"\",\"title_marks\":[[0,3]],\"fields\":{\"date\":\"2023-11-14T22:13:20Z\","
        "\"size\":512,"
        "\"tag\":[\"North \\\"Sea\\\"\",\"\\u001b[31m\"]},"
        "\"snippets\":[],\"why\":{\"k1\":1.5,\"b\":0.75,\"documents\":50000,"
        "\"average_length\":410.5,\"length\":312,\"norm_length\":311,\"clauses\":["
        "{\"clause\":\"gas\",\"documents\":1204,\"idf\":2,\"tf\":3,\"score\":1.5}]}}]}\n");
    hits[0].why = (struct explanations){0};
}

static void test_printer_terminal__plain(void **state) {
    (void)state;
    assert_prints((struct printer){.format = &printer_terminal,
                                   .folder = string("/home/me/notes"),
                                   .now = 1700000000 + 2 * 3600},
                  "Gas \"pipeline\"\na.md  2023-11-14\n  caf\xc3\xa9 pipe and gas ...\n\n"
                  "\\x1b[31m\\u202eTitle \\x9b\n./-x\\x0a\xef\xbf\xbd y\n\n"
                  "2 of 340 documents, 6.0 ms, index 2 h old\n");
}

static void test_printer_terminal__colored(void **state) {
    (void)state;
    results.count = 1;
    results.exact = false;
    results.update_failed = true;
    results.milliseconds = 12.3;
    hits[0].title = slice_of(NULL, 0);
    assert_prints((struct printer){.format = &printer_terminal, .color = true, .now = 1700000001},
                  "\x1b[1m/home/me/notes/a.md\x1b[m\n\x1b[2m2023-11-14\x1b[m\n"
                  "  caf\xc3\xa9 \x1b[1;31mpipe\x1b[m and \x1b[1;31mgas\x1b[m ...\n\n"
                  "\x1b[2m1 of at least 340 documents, 12 ms, index 1 s old, its last update "
                  "failed\x1b[m\n");
}

static void test_printer_terminal__marks_in_titles(void **state) {
    (void)state;
    results.count = 1;
    hits[0].field_count = 0;
    hits[0].snippet_count = 0;
    assert_prints((struct printer){.format = &printer_terminal, .color = true, .now = 1700000000},
                  "\x1b[1m\x1b[1;31mGas\x1b[m\x1b[1m \"pipeline\"\x1b[m\n"
                  "\x1b[2m/home/me/notes/a.md\x1b[m\n\n"
                  "\x1b[2m1 of 340 documents, 6.0 ms, index 0 s old\x1b[m\n");
}

static void test_printer_terminal__dots_within_sentences(void **state) {
    (void)state;
    results.count = 1;
    hits[0].title = slice_of(NULL, 0);
    hits[0].field_count = 0;
    snippet.cut_before = true;
    snippet.begins_sentence = true;
    assert_prints((struct printer){.format = &printer_terminal, .now = 1700000000},
                  "/home/me/notes/a.md\n  caf\xc3\xa9 pipe and gas ...\n\n"
                  "1 of 340 documents, 6.0 ms, index 0 s old\n");
    /* A further passage is set off. */
    struct snippet two[] = {snippet, snippet};
    hits[0].snippets = two;
    hits[0].snippet_count = 2;
    assert_prints((struct printer){.format = &printer_terminal, .now = 1700000000},
                  "/home/me/notes/a.md\n  caf\xc3\xa9 pipe and gas ...\n"
                  "  ... caf\xc3\xa9 pipe and gas ...\n\n"
                  "1 of 340 documents, 6.0 ms, index 0 s old\n");
    hits[0].snippets = &snippet;
    hits[0].snippet_count = 1;
    snippet.begins_sentence = false;
    snippet.ends_sentence = true;
    assert_prints((struct printer){.format = &printer_terminal, .now = 1700000000},
                  "/home/me/notes/a.md\n  ... caf\xc3\xa9 pipe and gas\n\n"
                  "1 of 340 documents, 6.0 ms, index 0 s old\n");
}

/* What a terminal of some columns shows of a passage with marks. */
static void assert_lines(const char *text, unsigned columns, bool color, const char *expected) {
    char whole[512];
    results.count = 1;
    hits[0].title = slice_of_string("T");
    hits[0].id = slice_of_string("i");
    hits[0].title_mark_count = hits[0].field_count = 0;
    snippet.text = slice_of_string(text);
    snippet.cut_before = true;
    snprintf(whole, sizeof whole, "%s\n%s\n%s\n\n%s1 of 340 documents, 6.0 ms, index 0 s old%s\n",
             color ? "\x1b[1mT\x1b[m" : "T", color ? "\x1b[2mi\x1b[m" : "i", expected,
             color ? "\x1b[2m" : "", color ? "\x1b[m" : "");
    assert_prints(
        (struct printer){
            .format = &printer_terminal, .color = color, .columns = columns, .now = 1700000000},
        whole);
}

static void test_printer_terminal__breaks_lines_between_words(void **state) {
    (void)state;
    snippet.count = 0;
    const char *text = "the first passage has words of some length";
    assert_lines(text, 26, false, "  ... the first passage\n  has words of some\n  length ...");
    assert_lines(text, 27, false, "  ... the first passage has\n  words of some length ...");
    assert_lines(text, 0, false, "  ... the first passage has words of some length ...");
    assert_lines(text, 10, false, "  ... the first passage has words of some length ...");
    assert_lines("a_word_that_is_longer_than_a_line and more", 26, false,
                 "  ...\n  a_word_that_is_longer_than_a_line\n  and more ...");
    /* Escapes are as wide as they are printed. */
    assert_lines("\x1b\x1b\x1b\x1b\x1b\x1b five six", 33, false,
                 "  ... \\x1b\\x1b\\x1b\\x1b\\x1b\\x1b\n  five six ...");
    /* Wide characters break anywhere but before a full stop. */
    snippet.cut_after = false;
    assert_lines("\u6771\u4eac\u90fd\u5e81\u6771\u4eac\u90fd\u5e81\u6771\u3002\u4eac", 24, false,
                 "  ... \u6771\u4eac\u90fd\u5e81\u6771\u4eac\u90fd\u5e81\n"
                 "  \u6771\u3002\u4eac");
}

/* A mark goes on in the next line; what is written from right to left is left to the terminal. */
static void test_printer_terminal__breaks_lines_in_marks(void **state) {
    (void)state;
    marks[0] = (struct snippet_mark){15, 45};
    snippet.count = 1;
    snippet.cut_after = false;
    assert_lines("twelve column: \u6771\u4eac\u90fd\u5e81\u6771\u4eac\u90fd\u5e81\u6771\u4eac.", 26,
                 true,
                 "  ... twelve column: \x1b[1;31m\u6771\u4eac\x1b[m\n"
                 "  \x1b[1;31m\u90fd\u5e81\u6771\u4eac\u90fd\u5e81\u6771\u4eac\x1b[m.");
    snippet.count = 0;
    assert_lines("\u05e9\u05dc\u05d5\u05dd \u05e9\u05dc\u05d5\u05dd \u05e9\u05dc\u05d5\u05dd "
                 "\u05e9\u05dc\u05d5\u05dd \u05e9\u05dc\u05d5\u05dd \u05e9\u05dc\u05d5\u05dd",
                 24, false,
                 "  ... \u05e9\u05dc\u05d5\u05dd \u05e9\u05dc\u05d5\u05dd "
                 "\u05e9\u05dc\u05d5\u05dd \u05e9\u05dc\u05d5\u05dd "
                 "\u05e9\u05dc\u05d5\u05dd \u05e9\u05dc\u05d5\u05dd");
    marks[0] = (struct snippet_mark){6, 10};
}

/* A line stands between documents with all words and those with some. */
static void test_printer_terminal__shows_the_border(void **state) {
    (void)state;
    results.part_count = 2;
    results.with_all = 1;
    hits[1].part = 1;
    hits[0].snippet_count = 0;
    hits[0].title = hits[1].title = slice_of(NULL, 0);
    hits[0].field_count = 0;
    hits[1].id = string("b");
    struct printer printer = {
        .format = &printer_terminal, .now = 1700000000, .folder = string("/home/me/notes")};
    assert_prints(printer, "a.md\n\n1 document has all words, 339 more have some:\n\nb\n\n"
                           "2 of 340 documents, 6.0 ms, index 0 s old\n");
    printer.color = true;
    results.exact = false;
    results.with_all = 339;
    hits[0].part = 1;
    assert_prints(printer,
                  "\x1b[2m339 documents have all words, at least 1 more has some:\x1b[m\n\n"
                  "\x1b[1ma.md\x1b[m\n\n\x1b[1mb\x1b[m\n\n"
                  "\x1b[2m2 of at least 340 documents, 6.0 ms, index 0 s old\x1b[m\n");
    results.with_all = 0;
    results.count = 1;
    printer.color = false;
    results.exact = true;
    assert_prints(printer, "no document has all 2 words; showing documents with some:\n\n"
                           "a.md\n\n1 of 340 documents, 6.0 ms, index 0 s old\n");
}

/* An evaluator sorts by score, so no document with some words may score more than one with all. */
static void test_printer_trec__puts_documents_with_all_words_first(void **state) {
    (void)state;
    struct printer printer = {.format = &printer_trec, .run_tag = "run"};
    results.all_first = true;
    hits[1].part = 1;
    hits[0].score = 0;
    hits[0].id = string("a");
    hits[1].id = string("b");
    hits[1].score = 20;
    assert_prints(printer, "1 Q0 a 1 22 run\n1 Q0 b 2 20 run\n");
}

static void test_printer_terminal__none(void **state) {
    (void)state;
    results.count = results.total = 0;
    assert_prints((struct printer){.format = &printer_terminal, .now = 1700000000},
                  "none of 50,000 documents, 6.0 ms, index 0 s old\n");
}

static void test_printer_terminal__why(void **state) {
    (void)state;
    results.count = 1;
    hits[0].snippet_count = 0;
    hits[0].why = (struct explanations){.clauses = &explanation,
                                        .count = 1,
                                        .k1 = 1.5,
                                        .b = 0.75,
                                        .average_length = 410.5,
                                        .documents = 50000,
                                        .length = 1312,
                                        .norm_length = 1304,
                                        .score = 1.5};
    assert_prints(
        (struct printer){.format = &printer_terminal, .now = 1700000000},
        "Gas \"pipeline\"\n/home/me/notes/a.md  2023-11-14\n"
        "     1.5000000000  gas: idf 2.0000 (in 1,204 of 50,000 documents) * tf 3 / (3 + 1.5 * "
        "(1 - 0.75 + 0.75 * 1304 / 410.50))\n"
        "     1.5000000000  the sum; the document has 1,312 words, counted as 1304\n\n"
        "1 of 340 documents, 6.0 ms, index 0 s old\n");
    explanation.matches = false;
    explanation.contribution = 0;
    struct printer printer = {.format = &printer_terminal, .now = 1700000000};
    assert_int_equal(printer_print(&printer, &results, NULL), ST_OK);
    assert_int_equal(buffer_append_byte(&printer.out, '\0'), ST_OK);
    assert_non_null(
        strstr((char *)printer.out.data, "     0.0000000000  gas: not in this document\n"));
    printer_release(&printer);
}

/* Prints a hit; it and its only clause have this score. */
static void print_score(struct buffer *out, const struct printer_format *format, double score) {
    struct error err;
    struct printer printer = {.format = format, .run_tag = "run"};
    hits[0].score = explanation.contribution = hits[0].why.score = score;
    assert_ok(printer_print(&printer, &results, &err), &err);
    *out = printer.out;
}

/* Scores are multiples of a power of 2, by less than 2^31. */
static void test_printer_score__different_ones_stay_different(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    const struct printer_format *const formats[] = {&printer_tsv, &printer_trec, &printer_json,
                                                    &printer_terminal};
    results.count = 1;
    hits[0].why = (struct explanations){.clauses = &explanation, .count = 1};
    for (unsigned round = 0; round < 20000; round++) {
        const struct printer_format *format = formats[round % 4];
        uint64_t fixed_score = testing_random_bits(&random, 31);
        if (round % 3 == 0)
            fixed_score = (UINT64_C(1) << 31) - 2 - testing_random_below(&random, 1000);
        int scale_exponent = (int)testing_random_below(&random, 50);
        struct buffer one, other, same;
        print_score(&one, format, ldexp((double)fixed_score, -scale_exponent));
        print_score(&other, format, ldexp((double)(fixed_score + 1), -scale_exponent));
        print_score(&same, format, ldexp((double)(2 * fixed_score), -scale_exponent - 1));
        assert_false(slice_equal(buffer_slice(&one), buffer_slice(&other)));
        assert_slice(buffer_slice(&same), buffer_slice(&one));
        buffer_release(&one);
        buffer_release(&other);
        buffer_release(&same);
    }
    hits[0].why = (struct explanations){0};
}

static void test_printer_printf__of_any_length(void **state) {
    (void)state;
    struct printer printer = {0};
    printer_printf(&printer, "%s%2000d", "", 1);
    assert_int_equal(printer.status, ST_OK);
    assert_int_equal(printer.out.size, 2000);
    assert_int_equal(printer.out.data[1999], '1');
    printer_release(&printer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_printer_tsv__relative_and_escaped, set_up),
        cmocka_unit_test_setup(test_printer_print__begins_lines_of_a_batch_with_the_query_id,
                               set_up),
        cmocka_unit_test_setup(test_printer_ids__nul_keeps_every_byte, set_up),
        cmocka_unit_test_setup(test_printer_count__alone, set_up),
        cmocka_unit_test_setup(test_printer_trec__six_words_a_line, set_up),
        cmocka_unit_test_setup(test_printer_json__loses_nothing, set_up),
        cmocka_unit_test_setup(test_printer_json__why, set_up),
        cmocka_unit_test_setup(test_printer_terminal__plain, set_up),
        cmocka_unit_test_setup(test_printer_terminal__colored, set_up),
        cmocka_unit_test_setup(test_printer_terminal__marks_in_titles, set_up),
        cmocka_unit_test_setup(test_printer_terminal__dots_within_sentences, set_up),
        cmocka_unit_test_setup(test_printer_terminal__breaks_lines_between_words, set_up),
        cmocka_unit_test_setup(test_printer_terminal__breaks_lines_in_marks, set_up),
        cmocka_unit_test_setup(test_printer_terminal__shows_the_border, set_up),
        cmocka_unit_test_setup(test_printer_trec__puts_documents_with_all_words_first, set_up),
        cmocka_unit_test_setup(test_printer_terminal__none, set_up),
        cmocka_unit_test_setup(test_printer_terminal__why, set_up),
        cmocka_unit_test_setup(test_printer__shows_what_hits_are_sorted_by, set_up),
        cmocka_unit_test_setup(test_printer__shows_facets, set_up),
        cmocka_unit_test(test_printer_number__is_short_and_exact),
        cmocka_unit_test_setup(test_printer_score__different_ones_stay_different, set_up),
        cmocka_unit_test_setup(test_printer_printf__of_any_length, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
