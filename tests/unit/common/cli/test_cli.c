/* SPDX-License-Identifier: MIT */
/* The command line is read by the rules of the manuals, and the tables give help and completion. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cli/cli.h"

enum mode { MODE_MILD, MODE_ANY, MODE_ALL };
enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct options {
    struct cli_list indexes, fields;
    char *report;
    const char *tag;
    uint32_t limit;
    uint64_t memory;
    uint64_t every;
    double k1;
    enum mode mode;
    enum color color;
    const int *preset;
    bool quiet;
    bool count;
};

static const int small = 1, large = 100;

#define AT(member) offsetof(struct options, member)

static const struct cli_option table[] = {
    CLI_OPTION("index", 'i', "DIR", CLI_PATHS, AT(indexes), "search this index too"),
    CLI_OPTION("field", 0, "NAME", CLI_TEXTS, AT(fields), "show this field too"),
    CLI_OPTION("report", 'r', "FILE", CLI_PATH, AT(report), "report to this file"),
    CLI_OPTION("limit", 'n', "N", CLI_COUNT, AT(limit), "show N documents"),
    CLI_OPTION("memory", 0, "SIZE", CLI_SIZE, AT(memory), "memory to use"),
    CLI_OPTION("commit-every", 0, "TIME", CLI_DURATION, AT(every), "time between commits"),
    CLI_OPTION("k1", 0, "X", CLI_REAL, AT(k1), "saturation"),
    CLI_GROUP("Output"),
    CLI_CONSTANT("any", 0, AT(mode), MODE_ANY, "any word"),
    CLI_CONSTANT("all", 0, AT(mode), MODE_ALL, "all words"),
    CLI_OBJECT("small", 0, AT(preset), &small, "a few"),
    CLI_OBJECT("large", 0, AT(preset), &large, "many"),
    CLI_OPTION("color", 0, "auto|always|never", CLI_CHOICE, AT(color), "colour"),
    CLI_OPTIONAL("trec", 't', "[TAG]", AT(tag), "quern", "a TREC run"),
    CLI_OPTION("quiet", 'q', NULL, CLI_FLAG, AT(quiet), "say nothing"),
    CLI_OPTION("count", 'c', NULL, CLI_FLAG, AT(count), "count"),
    {0},
};

static const struct cli_command commands[] = {
    {"add", "FILE...", "add files", true},
    {"update", NULL, NULL, false},
    {"status", NULL, NULL, false},
    {"remove", "ID", "remove a document", false},
    {0},
};

static const struct cli cli = {.program = "quern-test",
                               .usage = "[OPTION...] WORD...\n--other",
                               .about = "Tests.",
                               .options = table};
static struct cli dashing, commanding;

struct parsed {
    struct options options;
    struct error err;
    char *argv[16];
    int argc;
};

/* Parses the blank-separated arguments of `line`. */
static enum status parse(struct parsed *parsed, const struct cli *with, const char *line) {
    static char text[512];
    memset(parsed, 0, sizeof *parsed);
    snprintf(text, sizeof text, "quern-test %s", line);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
        parsed->argv[parsed->argc++] = word;
    return cli_parse(&parsed->options, &parsed->argc, parsed->argv, with, &parsed->err);
}

static void test_cli_parse__every_kind(void **state) {
    (void)state;
    struct parsed p;
    assert_int_equal(parse(&p, &cli,
                           "--index=a -i b -ic --limit 7 --memory=64K --commit-every=2h --k1=0.9 "
                           "--all --small --large --color=never --trec=run1 -qc"),
                     ST_OK);
    assert_int_equal(p.argc, 0);
    assert_int_equal(p.options.indexes.count, 3);
    assert_string_equal(p.options.indexes.items[0], "a");
    assert_string_equal(p.options.indexes.items[1], "b");
    assert_string_equal(p.options.indexes.items[2], "c");
    assert_int_equal(p.options.limit, 7);
    assert_int_equal(p.options.memory, 65536);
    assert_int_equal(p.options.every, 7200000);
    assert_true(p.options.k1 == 0.9);
    assert_int_equal(p.options.mode, MODE_ALL);
    assert_ptr_equal(p.options.preset, &large);
    assert_int_equal(p.options.color, COLOR_NEVER);
    assert_string_equal(p.options.tag, "run1");
    assert_true(p.options.quiet && p.options.count);
    cli_release(&p.options, &cli);
}

/* A shell expands only a "~" that begins a word. */
static void test_cli_parse__paths_below_the_home_folder(void **state) {
    (void)state;
    struct parsed p;
    setenv("HOME", "/home/ann", 1);
    assert_int_equal(
        parse(&p, &cli,
              "--index=~/a -i~/b -i ~ --report=x --report=~/r -t~/tag --field=~/f --field g ~/w"),
        ST_OK);
    assert_int_equal(p.options.indexes.count, 3);
    assert_string_equal(p.options.indexes.items[0], "/home/ann/a");
    assert_string_equal(p.options.indexes.items[1], "/home/ann/b");
    assert_string_equal(p.options.indexes.items[2], "/home/ann");
    assert_string_equal(p.options.report, "/home/ann/r");
    assert_string_equal(p.options.tag, "~/tag"); /* not a path */
    assert_int_equal(p.options.fields.count, 2);
    assert_string_equal(p.options.fields.items[0], "~/f");
    assert_string_equal(p.options.fields.items[1], "g");
    assert_string_equal(p.argv[0], "~/w"); /* quoted on purpose */
    cli_release(&p.options, &cli);
    assert_null(p.options.report);
    assert_int_equal(p.options.indexes.count, 0);
    assert_int_equal(p.options.fields.count, 0);
}

static void test_cli_parse__last_use_counts(void **state) {
    (void)state;
    struct parsed p;
    assert_int_equal(parse(&p, &cli, "-n1 --all --limit=2 --any"), ST_OK);
    assert_int_equal(p.options.limit, 2);
    assert_int_equal(p.options.mode, MODE_ANY);
}

static void test_cli_parse__optional_argument(void **state) {
    (void)state;
    struct parsed p;
    assert_int_equal(parse(&p, &cli, "--trec word"), ST_OK);
    assert_string_equal(p.options.tag, "quern");
    assert_int_equal(p.argc, 1);
    assert_int_equal(parse(&p, &cli, "-t word"), ST_OK);
    assert_string_equal(p.options.tag, "quern");
    assert_int_equal(parse(&p, &cli, "-tmine word"), ST_OK);
    assert_string_equal(p.options.tag, "mine");
    assert_int_equal(p.argc, 1);
}

static void test_cli_parse__words_stay_in_order(void **state) {
    (void)state;
    struct parsed p;
    assert_int_equal(parse(&p, &cli, "-q one - --limit=3 two -c -- -n --any"), ST_OK);
    const char *expected[] = {"one", "-", "two", "-n", "--any"};
    assert_int_equal(p.argc, 5);
    for (int i = 0; i < 5; i++)
        assert_string_equal(p.argv[i], expected[i]);
    assert_true(p.options.quiet && p.options.count);
    assert_int_equal(p.options.limit, 3);
    assert_int_equal(p.options.mode, MODE_MILD);
}

static void test_cli_parse__dash_words(void **state) {
    (void)state;
    struct parsed p;
    assert_int_equal(parse(&p, &dashing, "-q gas -pipeline -c --limit=3"), ST_OK);
    assert_int_equal(p.argc, 3);
    assert_string_equal(p.argv[1], "-pipeline");
    assert_string_equal(p.argv[2], "-c");
    assert_false(p.options.count);
    assert_int_equal(p.options.limit, 3);
}

static void assert_refused(const char *line, const char *message) {
    struct parsed p;
    assert_int_equal(parse(&p, &cli, line), ST_INVALID);
    assert_string_equal(p.err.text, message);
    cli_release(&p.options, &cli);
}

static void test_cli_parse__refuses(void **state) {
    (void)state;
    assert_refused("--colr=auto", "--colr: no such option; did you mean --color?");
    assert_refused("--limti 3", "--limti: no such option; did you mean --limit?");
    assert_refused("--comm=3s", "--comm: no such option; did you mean --commit-every?");
    assert_refused("--xyzzy", "--xyzzy: no such option; see quern-test --help");
    assert_refused("--0123456789012345678901234567890123456789",
                   "--0123456789012345678901234567890123456789: no such option; see quern-test "
                   "--help");
    assert_refused("--=3", "--: no such option; see quern-test --help");
    assert_refused(
        "-qx",
        "-x: no such option; see quern-test --help, or put -- before a word that begins with -");
    assert_refused("--limit", "--limit: needs a value; write --limit=N");
    assert_refused("-n", "--limit: needs a value; write --limit=N");
    assert_refused("--quiet=1", "--quiet: takes no value");
    assert_refused("--color=red", "--color red: not one of auto|always|never");
    assert_refused("-n ten", "-n ten: not a whole number up to 4,294,967,295, such as 10");
    assert_refused("-n 4294967296",
                   "-n 4294967296: not a whole number up to 4,294,967,295, such as 10");
    assert_refused("--memory=1Q", "--memory 1Q: not a size such as 64K, 256M or 1G");
    assert_refused("--commit-every=x", "--commit-every x: not a time such as 30s, 15m, 2h or 7d");
    assert_refused("--k1=inf", "--k1 inf: not a number such as 0.75");
}

static void test_cli_parse__nothing(void **state) {
    (void)state;
    struct options options = {.limit = 10};
    struct error err;
    char *argv[] = {NULL};
    int argc = 0; /* execve() permits an empty argv */
    assert_int_equal(cli_parse(&options, &argc, argv, &cli, &err), ST_OK);
    assert_int_equal(argc, 0);
    assert_int_equal(options.limit, 10);
}

static void test_cli_find_choice__whole_words(void **state) {
    (void)state;
    assert_int_equal(cli_find_choice("auto|always|never", "auto"), 0);
    assert_int_equal(cli_find_choice("auto|always|never", "never"), 2);
    assert_int_equal(cli_find_choice("auto|always|never", "al"), -1);
    assert_int_equal(cli_find_choice("auto|always|never", "auto|always"), -1);
    assert_int_equal(cli_find_choice("auto|always|never", ""), -1);
}

static char *printed(void (*print)(FILE *, const struct cli *), const struct cli *with) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    print(out, with);
    fclose(out);
    return text;
}

static void test_cli_print_help__names_every_option(void **state) {
    (void)state;
    char *text = printed(cli_print_help, &cli);
    assert_non_null(strstr(text, "usage: quern-test [OPTION...] WORD...\n"
                                 "       quern-test --other\n\nTests.\n"));
    assert_non_null(strstr(text, "  -i, --index=DIR           search this index too\n"));
    assert_non_null(strstr(text, "      --color=auto|always|never\n"
                                 "                            colour\n"));
    assert_non_null(strstr(text, "  -t, --trec[=TAG]          a TREC run\n"));
    assert_non_null(strstr(text, "\nOutput\n"));
    free(text);
}

/* Commands without help share a line. */
static void test_cli_print_usage__names_every_command(void **state) {
    (void)state;
    char *text = printed(cli_print_usage, &commanding);
    assert_string_equal(text,
                        "usage: quern-test [OPTION...] [add] FILE...     add files\n"
                        "       quern-test [OPTION...] update|status\n"
                        "       quern-test [OPTION...] remove ID         remove a document\n");
    free(text);
}

static void test_cli_find_command__by_its_name(void **state) {
    (void)state;
    assert_int_equal(cli_find_command(&commanding, "add"), 0);
    assert_int_equal(cli_find_command(&commanding, "remove"), 3);
    assert_int_equal(cli_find_command(&commanding, "re"), -1);
    assert_int_equal(cli_find_command(&commanding, ""), -1);
    assert_int_equal(cli_find_command(&cli, "add"), -1);
}

static void test_cli_print_completion__bash_completes(void **state) {
    (void)state;
    if (system("command -v bash >/dev/null 2>&1") != 0)
        skip();
    char *text = printed(cli_print_completion, &commanding);
    const char *path = testing_path("script");
    char command[512];
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    /* The variables of bash after: quern-test --co<TAB>, quern-test --color=a<TAB> and so on. */
    fputs("COMP_WORDS=(quern-test --co); COMP_CWORD=1; _quern_test\n"
          "[ \"${COMPREPLY[*]}\" = '--commit-every --color --count' ] || exit 1\n"
          "COMP_WORDS=(quern-test --color = a); COMP_CWORD=3; _quern_test\n"
          "[ \"${COMPREPLY[*]}\" = 'auto always' ] || exit 2\n"
          "COMP_WORDS=(quern-test --color =); COMP_CWORD=2; _quern_test\n"
          "[ \"${COMPREPLY[*]}\" = 'auto always never' ] || exit 3\n"
          "COMP_WORDS=(quern-test u); COMP_CWORD=1; _quern_test\n"
          "[ \"${COMPREPLY[*]}\" = update ] || exit 4\n"
          "COMP_WORDS=(quern-test -q u); COMP_CWORD=2; _quern_test\n"
          "[ -z \"${COMPREPLY[*]}\" ] || exit 5\n",
          file);
    fclose(file);
    snprintf(command, sizeof command, "bash %s", path);
    int code = system(command);
    free(text);
    assert_int_equal(code, 0);
}

int main(void) {
    dashing = cli;
    dashing.dash_words = true;
    commanding = cli;
    commanding.usage = "[OPTION...]";
    commanding.commands = commands;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cli_parse__every_kind),
        cmocka_unit_test(test_cli_parse__paths_below_the_home_folder),
        cmocka_unit_test(test_cli_parse__last_use_counts),
        cmocka_unit_test(test_cli_parse__optional_argument),
        cmocka_unit_test(test_cli_parse__words_stay_in_order),
        cmocka_unit_test(test_cli_parse__dash_words),
        cmocka_unit_test(test_cli_parse__refuses),
        cmocka_unit_test(test_cli_parse__nothing),
        cmocka_unit_test(test_cli_find_choice__whole_words),
        cmocka_unit_test(test_cli_print_help__names_every_option),
        cmocka_unit_test(test_cli_print_usage__names_every_command),
        cmocka_unit_test(test_cli_find_command__by_its_name),
        cmocka_unit_test(test_cli_print_completion__bash_completes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
