/* SPDX-License-Identifier: MIT */
/* Seen ids: kept across runs, bounded, whole or not there. */
#include "searcher/seen_ids.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/testing.h"

static struct error err;

static int set_up(void **state) {
    (void)state;
    setenv("XDG_STATE_HOME", testing_path("state"), 1);
    return 0;
}

static bool is_new(const struct seen_ids *seen, const char *id) {
    return seen_ids_is_new(seen, slice_of_string(id));
}

static void open_state(struct seen_ids *seen, const char *name) {
    *seen = (struct seen_ids){0};
    assert_ok(seen_ids_open(seen, name, &err), &err);
}

static void add(struct seen_ids *seen, const char *id) {
    assert_ok(seen_ids_add(seen, slice_of_string(id), &err), &err);
}

static void test_seen_ids__remembers_by_name(void **state) {
    (void)state;
    struct seen_ids seen;
    open_state(&seen, "a");
    assert_true(is_new(&seen, "x") && is_new(&seen, ""));
    add(&seen, "x");
    add(&seen, "x");
    add(&seen, "");
    assert_false(is_new(&seen, "x") || is_new(&seen, ""));
    assert_int_equal(seen.count, 2);
    assert_ok(seen_ids_save(&seen, &err), &err);
    add(&seen, "not saved");
    seen_ids_close(&seen);
    open_state(&seen, "a");
    assert_int_equal(seen.count, 2);
    assert_false(is_new(&seen, "x"));
    assert_true(is_new(&seen, "not saved"));
    seen_ids_close(&seen);
    open_state(&seen, "b");
    assert_true(is_new(&seen, "x"));
    seen_ids_close(&seen);
}

static void test_seen_ids__many(void **state) {
    (void)state;
    struct seen_ids seen;
    char id[24];
    open_state(&seen, "many");
    for (int i = 0; i < 5000; i++) {
        snprintf(id, sizeof id, "%d", i);
        assert_true(is_new(&seen, id));
        add(&seen, id);
    }
    assert_ok(seen_ids_save(&seen, &err), &err);
    seen_ids_close(&seen);
    open_state(&seen, "many");
    for (int i = 0; i < 5000; i++) {
        snprintf(id, sizeof id, "%d", i);
        assert_false(is_new(&seen, id));
    }
    seen_ids_close(&seen);
}

/* The oldest are forgotten. */
static void test_seen_ids__bounded(void **state) {
    (void)state;
    struct seen_ids seen;
    open_state(&seen, "bounded");
    add(&seen, "oldest");
    add(&seen, "second");
    uint64_t *hashes = realloc(seen.hashes, (SEEN_IDS_MAX + 1) * sizeof *hashes);
    assert_non_null(hashes);
    seen.hashes = hashes;
    seen.capacity = SEEN_IDS_MAX + 1;
    for (; seen.count <= SEEN_IDS_MAX; seen.count++)
        hashes[seen.count] = seen.count;
    assert_ok(seen_ids_save(&seen, &err), &err);
    seen_ids_close(&seen);
    open_state(&seen, "bounded");
    assert_int_equal(seen.count, SEEN_IDS_MAX);
    assert_true(is_new(&seen, "oldest"));
    assert_false(is_new(&seen, "second"));
    seen_ids_close(&seen);
}

static void test_seen_ids__damaged_or_unfinished_files(void **state) {
    (void)state;
    struct seen_ids seen;
    open_state(&seen, "d");
    add(&seen, "x");
    assert_ok(seen_ids_save(&seen, &err), &err);
    char path[PATH_MAX], draft[PATH_MAX + 8];
    snprintf(path, sizeof path, "%s", seen.path);
    snprintf(draft, sizeof draft, "%s/.d.new", seen.folder);
    seen_ids_close(&seen);
    /* A run was killed while it wrote. */
    FILE *file = fopen(draft, "we");
    assert_non_null(file);
    fputs("half", file);
    fclose(file);
    open_state(&seen, "d");
    assert_false(is_new(&seen, "x"));
    add(&seen, "y");
    assert_ok(seen_ids_save(&seen, &err), &err);
    assert_int_not_equal(access(draft, F_OK), 0);
    seen_ids_close(&seen);
    for (off_t at = 0; at < 40; at += 5) { /* each part of the file */
        int fd = open(path, O_RDWR);
        uint8_t byte, other;
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        other = byte ^ 1;
        assert_int_equal(pwrite(fd, &other, 1, at), 1);
        seen = (struct seen_ids){0};
        assert_int_equal(seen_ids_open(&seen, "d", &err), ST_CORRUPT);
        assert_non_null(strstr(err.text, "damaged; remove it"));
        seen_ids_close(&seen);
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        close(fd);
    }
    assert_int_equal(truncate(path, 24), 0);
    seen = (struct seen_ids){0};
    assert_int_equal(seen_ids_open(&seen, "d", &err), ST_CORRUPT);
    seen_ids_close(&seen);
}

/* A second run waits, and sees what the first one has shown. */
static void test_seen_ids__one_run_at_a_time(void **state) {
    (void)state;
    struct seen_ids seen;
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        open_state(&seen, "l");
        if (write(ready[1], "", 1) != 1)
            _exit(1);
        usleep(50 * 1000);
        add(&seen, "x");
        bool saved = seen_ids_save(&seen, &err) == ST_OK;
        _exit(!saved); /* which ends the lock */
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    open_state(&seen, "l");
    assert_false(is_new(&seen, "x"));
    seen_ids_close(&seen);
    int code;
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(code, 0);
    close(ready[0]);
    close(ready[1]);
}

static void test_seen_ids_is_name__no_paths(void **state) {
    (void)state;
    static const char *const good[] = {"a", "news-2.de_X"};
    static const char *const bad[] = {"", ".", "..", ".a", "a/b", "a b", "\xc3\xa9", "a\n"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(seen_ids_is_name(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(seen_ids_is_name(bad[i]));
    char name[SEEN_NAME_MAX + 2];
    memset(name, 'a', sizeof name);
    name[SEEN_NAME_MAX] = '\0';
    assert_true(seen_ids_is_name(name));
    name[SEEN_NAME_MAX] = 'a';
    name[SEEN_NAME_MAX + 1] = '\0';
    assert_false(seen_ids_is_name(name));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_seen_ids__remembers_by_name, set_up),
        cmocka_unit_test_setup(test_seen_ids__many, set_up),
        cmocka_unit_test_setup(test_seen_ids__bounded, set_up),
        cmocka_unit_test_setup(test_seen_ids__damaged_or_unfinished_files, set_up),
        cmocka_unit_test_setup(test_seen_ids__one_run_at_a_time, set_up),
        cmocka_unit_test(test_seen_ids_is_name__no_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
