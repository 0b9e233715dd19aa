/* SPDX-License-Identifier: MIT */
/* The command line of quern-index is parsed and checked. */
#include "tests/support/testing.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "indexer/options.h"
#include "indexer/scan/declared_field.h"
#include "tests/support/man_page.h"

static struct index_options options;
static struct error err;

/* Parses the arguments after the name of the program. */
#define PARSE(...) parse((const char *[]){"quern-index", __VA_ARGS__, NULL})

static enum status parse(const char **argv) {
    int argc = 0;
    while (argv[argc])
        argc++;
    index_options_release(&options);
    err.text[0] = '\0';
    return index_options_parse(&options, argc, (char **)argv, &err);
}

static void test_index_options_parse__add_is_the_default(void **state) {
    (void)state;
    assert_int_equal(PARSE("notes", "b"), ST_OK);
    assert_int_equal(options.command, COMMAND_ADD);
    assert_int_equal(options.argument_count, 2);
    assert_string_equal(options.arguments[0], "notes");
    assert_int_equal(PARSE("add", "notes"), ST_OK);
    assert_int_equal(options.argument_count, 1);
    assert_string_equal(options.arguments[0], "notes");
}

static void test_index_options_parse__commands_by_name(void **state) {
    (void)state;
    assert_int_equal(PARSE("-q", "update"), ST_OK);
    assert_int_equal(options.command, COMMAND_UPDATE);
    assert_int_equal(PARSE("remove", "7"), ST_OK);
    assert_int_equal(options.command, COMMAND_REMOVE);
    assert_int_equal(PARSE("./update"), ST_OK);
    assert_int_equal(options.command, COMMAND_ADD);
    assert_int_equal(PARSE("add", "update"), ST_OK);
    assert_string_equal(options.arguments[0], "update");
}

static void test_index_options_parse__too_many_or_too_few_words(void **state) {
    (void)state;
    assert_int_equal(parse((const char *[]){"quern-index", NULL}), ST_INVALID);
    assert_int_equal(PARSE("add"), ST_INVALID);
    assert_int_equal(PARSE("remove"), ST_INVALID);
    assert_int_equal(PARSE("status", "x"), ST_INVALID);
    assert_non_null(strstr(err.text, "./status"));
    assert_int_equal(PARSE("--files-from=list"), ST_OK);
    assert_int_equal(PARSE("update", "--files-from=list"), ST_INVALID);
    assert_int_equal(PARSE("compact", "-n"), ST_INVALID);
}

static void test_index_options_parse__max_delete(void **state) {
    (void)state;
    assert_int_equal(PARSE("update"), ST_OK);
    assert_int_equal(options.max_delete.kind, DELETE_PERCENT);
    assert_int_equal(options.max_delete.value, 25);
    assert_int_equal(PARSE("update", "--max-delete=7"), ST_OK);
    assert_int_equal(options.max_delete.kind, DELETE_COUNT);
    assert_int_equal(options.max_delete.value, 7);
    assert_int_equal(PARSE("update", "--max-delete=100%"), ST_OK);
    assert_int_equal(options.max_delete.value, 100);
    assert_int_equal(PARSE("update", "--max-delete=none"), ST_OK);
    assert_int_equal(options.max_delete.kind, DELETE_UNLIMITED);
    static const char *const bad[] = {"", "%", "101%", "-1", "7x", "99999999999999999999", "all"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char word[64];
        snprintf(word, sizeof word, "--max-delete=%s", bad[i]);
        assert_int_equal(PARSE("update", word), ST_INVALID);
    }
}

static void test_index_options_parse__lock(void **state) {
    (void)state;
    assert_int_equal(PARSE("update"), ST_OK);
    assert_int_equal(options.lock, LOCK_FAIL);
    assert_int_equal(PARSE("update", "--lock=skip"), ST_OK);
    assert_int_equal(options.lock, LOCK_SKIP);
    assert_int_equal(PARSE("update", "--lock=wait"), ST_OK);
    assert_int_equal(options.lock, LOCK_WAIT);
    assert_true(options.lock_wait == UINT64_MAX);
    assert_int_equal(PARSE("update", "--lock=wait:2m"), ST_OK);
    assert_int_equal(options.lock, LOCK_WAIT);
    assert_true(options.lock_wait == 120000);
    assert_int_equal(PARSE("update", "--lock=wait:"), ST_INVALID);
    assert_int_equal(PARSE("update", "--lock=never"), ST_INVALID);
}

static void test_index_options_parse__analysis(void **state) {
    (void)state;
    assert_int_equal(PARSE("x"), ST_OK);
    assert_false(options.analysis_given);
    assert_string_equal(options.analysis.stemmer, "english");
    assert_int_equal(PARSE("x", "--lang=de"), ST_OK);
    assert_true(options.analysis_given);
    assert_string_equal(options.analysis.stemmer, "german");
    assert_int_equal(PARSE("x", "--lang=none"), ST_OK);
    assert_string_equal(options.analysis.stemmer, "none");
    assert_int_equal(PARSE("x", "--lang=de", "--stem=porter"), ST_OK);
    assert_string_equal(options.analysis.stemmer, "porter");
    assert_int_equal(PARSE("x", "--lang=vi"), ST_OK);
    assert_string_equal(options.analysis.stemmer, "vietnamese");
    assert_int_equal(PARSE("x", "--lang=xx"), ST_INVALID);
    assert_int_equal(PARSE("x", "--lang=de,en-GB,ja,zh,deu"), ST_OK);
    assert_string_equal(options.analysis.stemmer, "german");
    assert_string_equal(options.analysis.other_stemmers[0], "english");
    assert_string_equal(options.analysis.other_stemmers[1], "none");
    assert_string_equal(options.analysis.other_stemmers[2], "");
    assert_int_equal(PARSE("x", "--lang=en,de", "--stem=german"), ST_OK);
    assert_string_equal(options.analysis.stemmer, "german");
    assert_string_equal(options.analysis.other_stemmers[0], "");
    assert_int_equal(PARSE("x", "--lang=en,xx"), ST_INVALID);
    assert_int_equal(PARSE("x", "--lang=en,"), ST_INVALID);
    assert_int_equal(PARSE("x", "--lang=a,code,that,is,no,code"), ST_INVALID);
    assert_int_equal(PARSE("x", "--lang=en,de,fr,es,it,nl,sv,ja"), ST_OK);
    assert_int_equal(PARSE("x", "--lang=en,de,fr,es,it,nl,sv,ja,da"), ST_INVALID);
    assert_int_equal(PARSE("x", "--stem=a_name_of_more_than_31_characters"), ST_INVALID);
}

static void assert_document_language(const char *expected, bool alone) {
    assert_slice(options.document_language, slice_of_string(expected));
    assert_int_equal(options.analysis_of_documents, alone);
}

static void test_index_options_parse__language_of_documents(void **state) {
    (void)state;
    assert_int_equal(PARSE("x"), ST_OK);
    assert_document_language("", false);
    assert_int_equal(PARSE("x", "--lang=de-AT"), ST_OK);
    assert_document_language("de", true);
    assert_int_equal(PARSE("x", "--lang=de,en"), ST_OK);
    assert_document_language("", false);
    assert_int_equal(PARSE("x", "--lang=de", "--stem=porter"), ST_OK);
    assert_document_language("", false);
    assert_int_equal(PARSE("x", "--lang=de,auto,en"), ST_OK);
    assert_document_language("auto", false);
    assert_string_equal(options.analysis.stemmer, "german");
    assert_string_equal(options.analysis.other_stemmers[0], "english");
    assert_int_equal(PARSE("x", "--lang=auto"), ST_INVALID);
    assert_int_equal(PARSE("x", "--lang=en,auto"), ST_INVALID);
}

static void test_index_options_parse__stop_words(void **state) {
    (void)state;
    const char *path = testing_path("stopwords");
    char word[256];
    testing_write_file(path, slice_of_string("the\nof\n"));
    snprintf(word, sizeof word, "--stopwords=%s", path);
    assert_int_equal(PARSE("x", word), ST_OK);
    assert_true(options.analysis_given);
    assert_true(slice_equal(options.analysis.stopwords, slice_of_string("the\nof\n")));
    unlink(path);
    assert_int_equal(PARSE("x", word), ST_NOT_FOUND);
    assert_int_equal(PARSE("x", "--stopwords=none"), ST_OK);
    assert_int_equal(options.analysis.stopwords.size, 0);
}

static void test_index_options_source__given_options(void **state) {
    (void)state;
    assert_int_equal(
        PARSE("x", "--format=ndjson", "--id-field=key", "--max-size=1K", "--no-ignore"), ST_OK);
    struct source source = index_options_source(&options);
    assert_int_equal(source.format, FORMAT_NDJSON);
    assert_true(slice_equal(source.id_field, slice_of_string("key")));
    assert_int_equal(source.text_field.size, 0);
    assert_int_equal(source.max_size, 1024);
    assert_true(source.no_ignore);
    assert_int_equal(PARSE("x", "--format=text"), ST_OK);
    assert_int_equal(index_options_source(&options).format, FORMAT_TEXT);
}

/* The manual has every option and command of the tables, and no other option. */
static void test_index_options_cli__manual_has_all(void **state) {
    (void)state;
    man_page_check(TEST_DATA "/../../indexer/quern-index.1", &index_options_cli);
}

static int release(void **state) {
    (void)state;
    index_options_release(&options);
    return 0;
}

/* Replaces the C library's function: the kernel of a machine with 2,048 processors, of which this
 * process may use numbers 0, 7 and 2,000. */
int sched_getaffinity(pid_t process, size_t size, cpu_set_t *set) {
    (void)process;
    if (size < 2048 / 8) {
        errno = EINVAL;
        return -1;
    }
    CPU_ZERO_S(size, set);
    CPU_SET_S(0, size, set);
    CPU_SET_S(7, size, set);
    CPU_SET_S(2000, size, set);
    return 0;
}

static void test_index_options_parse__threads_on_a_large_machine(void **state) {
    (void)state;
    struct rlimit space;
    assert_int_equal(getrlimit(RLIMIT_AS, &space), 0);
    assert_int_equal(PARSE("notes"), ST_OK);
    assert_int_equal(options.threads, space.rlim_cur == RLIM_INFINITY ? 3 : 1);
    assert_int_equal(PARSE("--threads=2", "notes"), ST_OK);
    assert_int_equal(options.threads, 2);
}

static void test_index_options_parse__fields(void **state) {
    (void)state;
    assert_int_equal(
        PARSE("--field=price:number=cost", "--date-field=when,at", "--field", "place", "a"), ST_OK);
    struct slice fields = index_options_source(&options).fields;
    struct reader list = reader_of(fields.data, fields.size);
    struct declared_field field;
    assert_true(declared_field_next(&field, &list));
    assert_slice(field.name, slice_of_string("date"));
    assert_slice(field.members, slice_of_string("when,at"));
    assert_true(declared_field_next(&field, &list));
    assert_int_equal(field.type, DECLARED_NUMBER);
    assert_slice(field.members, slice_of_string("cost"));
    assert_true(declared_field_next(&field, &list));
    assert_slice(field.name, slice_of_string("place"));
    assert_false(declared_field_next(&field, &list));
    assert_int_equal(PARSE("--field=place", "--field=place=x", "a"), ST_INVALID);
    assert_int_equal(PARSE("--field=date", "--date-field=x", "a"), ST_INVALID);
    assert_int_equal(PARSE("--date-field=x,,y", "a"), ST_INVALID);
    assert_int_equal(PARSE("--field=tag:number", "a"), ST_INVALID);
    assert_int_equal(PARSE("--field=Place", "a"), ST_INVALID);
    assert_int_equal(PARSE("--field=place", "update"), ST_INVALID);
    assert_string_equal(err.text, "--field: works with add only");
    assert_int_equal(PARSE("a"), ST_OK);
    assert_int_equal(index_options_source(&options).fields.size, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_index_options_parse__fields),
        cmocka_unit_test(test_index_options_parse__add_is_the_default),
        cmocka_unit_test(test_index_options_parse__commands_by_name),
        cmocka_unit_test(test_index_options_parse__too_many_or_too_few_words),
        cmocka_unit_test(test_index_options_parse__max_delete),
        cmocka_unit_test(test_index_options_parse__lock),
        cmocka_unit_test(test_index_options_parse__analysis),
        cmocka_unit_test(test_index_options_parse__language_of_documents),
        cmocka_unit_test(test_index_options_parse__stop_words),
        cmocka_unit_test(test_index_options_parse__threads_on_a_large_machine),
        cmocka_unit_test(test_index_options_source__given_options),
        cmocka_unit_test(test_index_options_cli__manual_has_all),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
