/* SPDX-License-Identifier: MIT */
/* The options of quern-search: what is accepted, what is chosen, and that help and man page match.
 */
#include "tests/support/testing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "searcher/options.h"

#include "tests/support/man_page.h"
#include <math.h>

static struct query_options options;
static struct error err;
static int argc;
static char *argv[16];

static enum status parse(const char *line, bool terminal) {
    static char text[256];
    snprintf(text, sizeof text, "quern-search %s", line);
    argc = 0;
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    return query_options_parse(&options, &argc, argv, terminal, &err);
}

static void test_query_options_parse__defaults(void **state) {
    (void)state;
    assert_int_equal(parse("gas", false), ST_OK);
    assert_int_equal(argc, 1);
    assert_int_equal(options.limit, 10);
    assert_int_equal(options.offset, 0);
    assert_int_equal(options.threads, 1);
    assert_false(options.total);
    assert_int_equal(options.mode, QUERY_BEST);
    assert_true(isnan(options.k1) && isnan(options.b));
    assert_int_equal(options.completion, COMPLETION_NONE);
    query_options_release(&options);
}

static void assert_format(const char *line, bool terminal, const struct printer_format *format,
                          uint32_t snippets) {
    assert_int_equal(parse(line, terminal), ST_OK);
    assert_ptr_equal(options.format, format);
    assert_int_equal(options.snippets, snippets);
    query_options_release(&options);
}

static void test_query_options_parse__chooses_the_format(void **state) {
    (void)state;
    assert_format("gas", true, &printer_terminal, 1);
    assert_format("gas", false, &printer_tsv, 0);
    assert_format("--why gas", false, &printer_terminal, 1);
    assert_format("-s3 gas", true, &printer_terminal, 3);
    assert_format("-s0 gas", true, &printer_terminal, 0);
    assert_format("--json gas", true, &printer_json, 1);
    assert_format("--tsv gas", true, &printer_tsv, 0);
    assert_format("-0 gas", true, &printer_ids, 0);
    assert_format("-l0 gas", true, &printer_ids, 0);
    assert_format("-H gas", true, &printer_line, 1);
    assert_format("--format=%s gas", true, &printer_template, 0);
    assert_format("--format=%S gas", true, &printer_template, 1);
    assert_format("--format=%S -s2 --queries=x", true, &printer_template, 2);
    assert_format("--format=%s -s2 gas", true, &printer_template, 0);
    assert_format("-c gas", true, &printer_count, 0);
    assert_format("-c -q gas", true, &printer_none, 0);
    assert_format("--queries=x", true, &printer_tsv, 0);
    assert_format("--queries=x --trec", true, &printer_trec, 0);
}

static void test_query_options_parse__threads_and_total(void **state) {
    (void)state;
    assert_int_equal(parse("--queries=x --threads=64 --total", false), ST_OK);
    assert_int_equal(options.threads, QUERY_THREADS_MAX);
    assert_true(options.total);
    query_options_release(&options);
    static const char *const formats[] = {"-l", "-0", "-c", "-q", "--json", "--tsv", "--why"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        char line[64];
        snprintf(line, sizeof line, "%s --total gas", formats[i]);
        if (parse(line, false) != ST_OK)
            fail_msg("refused: %s", line);
        query_options_release(&options);
    }
}

static void test_query_options_parse__filters_and_fields(void **state) {
    (void)state;
    assert_int_equal(parse("--ext=pdf,odt --ext=md --path=/a --since=7d -f title --sort=date "
                           "--facet=ext --facet=tag:3 --boost=title:3 gas",
                           false),
                     ST_OK);
    assert_int_equal(argc, 1);
    assert_int_equal(options.restriction.ext.count, 2);
    assert_string_equal(options.restriction.ext.items[0], "pdf,odt");
    assert_string_equal(options.restriction.path.items[0], "/a");
    assert_string_equal(options.restriction.since, "7d");
    assert_null(options.restriction.until);
    assert_string_equal(options.field, "title");
    assert_string_equal(options.sort, "date");
    assert_int_equal(options.facets.count, 2);
    assert_string_equal(options.boost, "title:3");
    query_options_release(&options);
    assert_int_equal(parse("--field-list --json", false), ST_OK);
    assert_true(options.field_list);
    query_options_release(&options);
}

static void test_query_options_parse__a_dash_after_a_word_excludes(void **state) {
    (void)state;
    assert_int_equal(parse("gas -leak -n --any", false), ST_OK);
    assert_int_equal(argc, 3);
    assert_string_equal(argv[1], "-leak");
    assert_int_equal(options.mode, QUERY_ANY);
    query_options_release(&options);
}

static void test_query_options_parse__refuses_contradictions(void **state) {
    (void)state;
    static const char *const lines[] = {
        "--k1=-1 gas",
        "--b=1.5 gas",
        "--b=-0.1 gas",
        "-s17 gas",
        "--json -0 gas",
        "--json --trec gas",
        "--why --tsv gas",
        "--why --trec gas",
        "--why -0 gas",
        "--queries=x gas",
        "--queries=x -0",
        "--timing=x gas",
        "--repeat=0 gas",
        "-n 4000000000 gas",
        "--threads=2 gas",
        "--queries=x --threads=0",
        "--queries=x --threads=65",
        "--field-list gas",
        "--field-list --queries=x",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (parse(lines[i], false) != ST_INVALID)
            fail_msg("accepted: %s", lines[i]);
}

static void test_man_page__describes_every_option(void **state) {
    (void)state;
    man_page_check(TEST_DATA "/../../searcher/quern-search.1", &query_options_cli);
}

/* `text` is the value in parentheses at the end of an option's help. */
static void assert_default(const struct cli_option *option, const char *text) {
    const char *at = (const char *)&options + option->offset;
    char *end = NULL;
    if (option->kind == CLI_COUNT)
        assert_int_equal(*(const uint32_t *)(const void *)at, strtoul(text, &end, 10));
    else if (option->kind == CLI_REAL)
        assert_true(*(const double *)(const void *)at == strtod(text, &end));
    else
        end = strstr(text, ")");
    if (option->kind == CLI_TEXT)
        assert_memory_equal(option->default_value, text, (size_t)(end - text));
    assert_string_equal(end, ")");
}

static void test_help__names_the_defaults(void **state) {
    (void)state;
    size_t defaults = 0;
    assert_int_equal(parse("gas", true), ST_OK);
    for (const struct cli_option *o = query_options_cli.options; o->help; o++) {
        const char *parenthesis = strrchr(o->help, '(');
        if (!parenthesis || o->help[strlen(o->help) - 1] != ')' || o->kind == CLI_POINT)
            continue;
        assert_default(o, parenthesis + 1);
        defaults++;
    }
    assert_int_equal(defaults, 6);
    query_options_release(&options);
}

static void test_help__fits_a_terminal(void **state) {
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    cli_print_help(out, &query_options_cli);
    fclose(out);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        if (strlen(line) > 80)
            fail_msg("longer than 80: %s", line);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query_options_parse__defaults),
        cmocka_unit_test(test_query_options_parse__chooses_the_format),
        cmocka_unit_test(test_query_options_parse__threads_and_total),
        cmocka_unit_test(test_query_options_parse__filters_and_fields),
        cmocka_unit_test(test_query_options_parse__a_dash_after_a_word_excludes),
        cmocka_unit_test(test_query_options_parse__refuses_contradictions),
        cmocka_unit_test(test_man_page__describes_every_option),
        cmocka_unit_test(test_help__names_the_defaults),
        cmocka_unit_test(test_help__fits_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
