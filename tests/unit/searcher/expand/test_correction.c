/* SPDX-License-Identifier: MIT */
/* Misspelt words are corrected to likely ones. */
#include "tests/support/testing.h"

#include "searcher/expand/correction.h"
#include "tests/support/index_fixture.h"

static void append_times(struct buffer *text, const char *word, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(buffer_append(text, word, strlen(word)), ST_OK);
        assert_int_equal(buffer_append_byte(text, ' '), ST_OK);
    }
}

static struct snapshot *open_index(void) {
    const char *path = testing_path("index");
    struct snapshot *snapshot;
    struct buffer text = {0};
    struct error err;
    append_times(&text, "pipeline", 5);
    append_times(&text, "gas", 9);
    append_times(&text, "mass", 20);
    append_times(&text, "separate", 10);
    append_times(&text, "café", 3);
    append_times(&text, "occurred", 100);
    append_times(&text, "occured", 2);
    append_times(&text, "metal", 100);
    append_times(&text, "medal", 2);
    append_times(&text, "environment", 150);
    append_times(&text, "it", 9);
    append_times(&text, "борода", 1);
    assert_int_equal(buffer_append_byte(&text, '\0'), ST_OK);
    struct test_document document = {"a", NULL, (const char *)text.data};
    index_fixture_fill(path, &document, 1, 0);
    assert_ok(snapshot_open(&snapshot, path, &err), &err);
    buffer_release(&text);
    return snapshot;
}

/* `expected` NULL: there is nothing better. */
static void check(struct snapshot *snapshot, const char *key, bool occurs, const char *expected) {
    struct slice better;
    struct arena arena = {0};
    struct error err;
    assert_status(
        correction_find(&better, &arena, slice_of_string(key), occurs, &snapshot, 1, &err),
        expected ? ST_OK : ST_NOT_FOUND, &err);
    if (expected)
        assert_slice(better, slice_of_string(expected));
    arena_release(&arena);
}

static void test_correction__words_that_do_not_occur(void **state) {
    (void)state;
    struct snapshot *snapshot = open_index();
    check(snapshot, "pipline", false, "pipeline");
    check(snapshot, "pipeilne", false, "pipeline");
    check(snapshot, "ppielien", false, "pipeline"); /* two exchanges */
    check(snapshot, "gass", false, "gas");          /* rather than mass, which is more frequent */
    check(snapshot, "seperate", false, "separate");
    check(snapshot, "caffe", false, "café");
    check(snapshot, "enviromental", false, NULL);
    check(snapshot, "enviromnt", false, "environment");
    check(snapshot, "борда", false, "борода");
    snapshot_close(snapshot);
}

static void test_correction__short_and_long_words(void **state) {
    (void)state;
    struct snapshot *snapshot = open_index();
    char key[SURFACE_FORM_MAX + 2];
    memset(key, 'a', sizeof key);
    key[SURFACE_FORM_MAX + 1] = '\0';
    check(snapshot, "ti", false, NULL);
    check(snapshot, "gzz", false, NULL);
    check(snapshot, "pplinez", false, NULL); /* two edits that are both rare */
    check(snapshot, key, false, NULL);
    snapshot_close(snapshot);
}

static void test_correction__words_that_occur(void **state) {
    (void)state;
    struct snapshot *snapshot = open_index();
    check(snapshot, "occured", true, "occurred");
    check(snapshot, "medal", true, NULL); /* not a frequent error */
    check(snapshot, "mas", true, NULL);
    snapshot_close(snapshot);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_correction__words_that_do_not_occur),
        cmocka_unit_test(test_correction__short_and_long_words),
        cmocka_unit_test(test_correction__words_that_occur),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
