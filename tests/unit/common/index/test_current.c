/* SPDX-License-Identifier: MIT */
/* Finding the current generation, and what is reported if it is not known. */
#include "tests/support/testing.h"

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/index/current.h"
#include "indexer/commit/generation.h"
#include "tests/support/index_fixture.h"

/* Whatever somebody writes into CURRENT, it does not lead out of the index. */
static void test_current_generation__refuses_other_names(void **state) {
    (void)state;
    const char *index = testing_folder();
    struct error err;
    char path[PATH_MAX];
    static const char *const names[] = {"",
                                        "\n",
                                        "../gen-000001",
                                        "/etc\n",
                                        "gen 1\n",
                                        "GEN-1\n",
                                        ".\n",
                                        "lock\n",
                                        "foo\n",
                                        "gen-1\n",
                                        "gen-000\n",
                                        "gen-000001.new\n",
                                        "gen-000001/../../x\n"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        index_fixture_write_current(index, names[i], strlen(names[i]));
        assert_status(current_generation(path, index, &err), ST_CORRUPT, &err);
        assert_non_null(strstr(err.text, "CURRENT: names no generation; rebuild the index"));
    }
    index_fixture_write_current(index, "gen-000001\0x\n", 13); /* what follows a NUL is ignored */
    assert_ok(current_generation(path, index, &err), &err);
    index_fixture_write_current(index, "gen-000001", 10); /* the newline may be missing */
    assert_ok(current_generation(path, index, &err), &err);
    char longest[PATH_MAX];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_status(current_generation(path, longest, &err), ST_INVALID, &err);
}

/* Anything but a regular file names nothing, and is not waited for. */
static void assert_names_nothing(const char *index, const char *current, int failed) {
    struct error err;
    char path[PATH_MAX];
    assert_int_equal(failed, 0);
    assert_status(current_generation(path, index, &err), ST_CORRUPT, &err);
    assert_non_null(strstr(err.text, "CURRENT: names no generation; rebuild the index"));
    assert_int_equal(remove(current), 0);
}

static void test_current_generation__refuses_anything_but_a_file(void **state) {
    (void)state;
    const char *index = testing_folder();
    char current[512];
    snprintf(current, sizeof current, "%s/CURRENT", index);
    assert_names_nothing(index, current, mkdir(current, 0700));
    assert_names_nothing(index, current, mkfifo(current, 0600));
    assert_names_nothing(index, current, mknod(current, S_IFSOCK | 0600, 0));
    assert_names_nothing(index, current, symlink("CURRENT", current));
    assert_names_nothing(index, current, symlink("/dev/zero", current));
}

static void make_folder(const char *index, const char *name) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", index, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void test_current_parse_name__takes_exact_names_only(void **state) {
    (void)state;
    bool draft;
    assert_int_equal(current_parse_name("gen-000001", &draft), 1);
    assert_false(draft);
    assert_int_equal(current_parse_name("gen-1234567", NULL), 1234567);
    assert_int_equal(current_parse_name("gen-000007.new", &draft), 7);
    assert_true(draft);
    static const char *const others[] = {"gen-",         "gen-0",       "gen-000000", "gen-1",
                                         "gen-000001x",  "gen-00001",   "gen- 00001", "gen-+00001",
                                         "gen-000001.n", "gen-foo",     "CURRENT",    "xgen-000001",
                                         "gen--00001",   "gen-0000001", "GEN-000001"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(current_parse_name(others[i], NULL), 0);
}

static void test_current_newest_below__newest_first(void **state) {
    (void)state;
    const char *index = testing_folder();
    assert_int_equal(current_newest_below(index, ULONG_MAX), 0);
    make_folder(index, "gen-000002");
    make_folder(index, "gen-000011");
    make_folder(index, "gen-000012.new");
    make_folder(index, "gen-13");
    assert_int_equal(current_newest_below(index, ULONG_MAX), 11);
    assert_int_equal(current_newest_below(index, 11), 2);
    assert_int_equal(current_newest_below(index, 2), 0);
    assert_int_equal(current_newest_below("/nowhere/at/all", ULONG_MAX), 0);
}

/* Only what a killed creation leaves counts as empty. */
static void test_current_inspect__tells_empty_generations_from_others(void **state) {
    (void)state;
    const char *index = testing_path("index");
    struct error err;
    char path[PATH_MAX];
    struct writer *writer = index_fixture_writer(index);
    writer_close(writer);
    snprintf(path, sizeof path, "%s/gen-000001", index);
    assert_status(current_inspect(path, &err), ST_NOT_FOUND, &err); /* only the settings */
    snprintf(path, sizeof path, "%s/gen-000002", index);
    assert_status(current_inspect(path, &err), ST_NOT_FOUND, &err);
    assert_ok(store_create(path, &err), &err);
    assert_status(current_inspect(path, &err), ST_NOT_FOUND, &err); /* not even those */
    index_fixture_fill(index, (struct test_document[]){{"a", NULL, "one"}}, 1, 0);
    snprintf(path, sizeof path, "%s/gen-000001", index);
    assert_ok(current_inspect(path, &err), &err);
    /* Without documents, but with the times of a run. */
    writer = index_fixture_writer(index);
    assert_ok(writer_remove(writer, slice_of_string("a"), &err), &err);
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
    assert_ok(current_inspect(path, &err), &err);
    writer = index_fixture_writer(index);
    assert_ok(writer_compact(writer, &err), &err);
    writer_close(writer);
    snprintf(path, sizeof path, "%s/gen-000002", index);
    assert_ok(current_inspect(path, &err), &err);
}

/* A generation that CURRENT does not name is reported, and neither a reader nor a writer touches
 * it. */
static void test_current_generation__says_how_to_recover(void **state) {
    (void)state;
    const char *index = testing_path("index");
    struct error err;
    struct snapshot *snapshot;
    struct writer *writer = NULL;
    struct writer_options options = index_fixture_options();
    char path[PATH_MAX], data[512];
    index_fixture_fill(index, (struct test_document[]){{"a", NULL, "one"}}, 1, 0);
    snprintf(path, sizeof path, "%s/CURRENT", index);
    snprintf(data, sizeof data, "%s/gen-000001/data.mdb", index);
    static const struct {
        const char *current, *said; /* NULL: no such file */
    } cases[] = {
        {NULL, ": CURRENT is missing; go on with gen-000001, "},
        {"", "/CURRENT: names no generation; go on with gen-000001, "},
        {"gen-000003\n", "/gen-000003: the generation is missing; go on with gen-000001, "}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (cases[i].current)
            index_fixture_write_current(index, cases[i].current, strlen(cases[i].current));
        else
            assert_int_equal(unlink(path), 0);
        assert_status(snapshot_open(&snapshot, index, &err), ST_CORRUPT, &err);
        assert_non_null(strstr(err.text, cases[i].said));
        assert_non_null(strstr(err.text, "/index adopt"));
        for (int create = 0; create < 2; create++) {
            options.create = create;
            assert_status(writer_open(&writer, index, &options, &err), ST_CORRUPT, &err);
            assert_non_null(strstr(err.text, cases[i].said));
        }
        assert_int_equal(access(data, F_OK), 0);
    }
    /* A generation that cannot be read is not removed either. */
    assert_int_equal(unlink(path), 0);
    assert_int_equal(truncate(data, 5000), 0);
    assert_status(writer_open(&writer, index, &options, &err), ST_CORRUPT, &err);
    assert_non_null(strstr(err.text, ": CURRENT is missing, and no generation can be read ("));
    assert_int_equal(access(data, F_OK), 0);
}

/* What a killed creation leaves does not prevent a new index. */
static void test_current_generation__ignores_a_killed_creation(void **state) {
    (void)state;
    const char *index = testing_folder();
    struct error err;
    struct snapshot *snapshot;
    char path[PATH_MAX];
    static const char *const left[] = {"gen-000001", "gen-000002.new", "gen-000003"};
    for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
        snprintf(path, sizeof path, "%s/%s", index, left[i]);
        assert_ok(store_create(path, &err), &err);
    }
    index_fixture_write_current(index, "x", 1);
    char current[512];
    snprintf(current, sizeof current, "%s/CURRENT", index);
    snprintf(path, sizeof path, "%s/CURRENT.new", index);
    assert_int_equal(rename(current, path), 0);
    assert_status(snapshot_open(&snapshot, index, &err), ST_NOT_FOUND, &err);
    struct writer *writer = index_fixture_writer(index);
    index_fixture_add(writer, "a", NULL, "one", WRITER_ADDED);
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
    assert_int_equal(current_newest_below(index, ULONG_MAX), 1);
    assert_int_equal(access(path, F_OK), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_current_generation__refuses_other_names),
        cmocka_unit_test(test_current_generation__refuses_anything_but_a_file),
        cmocka_unit_test(test_current_parse_name__takes_exact_names_only),
        cmocka_unit_test(test_current_newest_below__newest_first),
        cmocka_unit_test(test_current_inspect__tells_empty_generations_from_others),
        cmocka_unit_test(test_current_generation__says_how_to_recover),
        cmocka_unit_test(test_current_generation__ignores_a_killed_creation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
