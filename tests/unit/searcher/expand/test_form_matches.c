/* SPDX-License-Identifier: MIT */
/* The forms that match are those of all forms that an automaton accepts, whatever blocks and segments
 * they are in. */
#include "tests/support/testing.h"

#include "common/form/form_cursor.h"
#include "searcher/expand/form_matches.h"
#include "tests/support/index_fixture.h"

/* Collects lines of forms. */
struct collector {
    struct form_visitor visitor;
    struct buffer lines;
    size_t count;
};

static enum status take(struct form_visitor *visitor, const struct surface_form *form,
                        unsigned edits) {
    struct collector *collector = (struct collector *)visitor;
    char line[1024];
    int size = snprintf(line, sizeof line, "%.*s %.*s %llu %u\n", (int)form->form.size,
                        (const char *)form->form.data, (int)form->term.size,
                        (const char *)form->term.data, (unsigned long long)form->count, edits);
    collector->count++;
    return buffer_append(&collector->lines, line, (size_t)size);
}

static struct form_matcher matcher_of(const char *text, int edits) {
    struct form_matcher matcher = {0};
    struct slice word = slice_of_string(text);
    assert_int_equal(edits < 0 ? pattern_new(&matcher.pattern, word)
                               : edit_automaton_new(&matcher.automaton, word, (unsigned)edits),
                     ST_OK);
    return matcher;
}

static void matcher_release(struct form_matcher *matcher) {
    pattern_free(matcher->pattern);
    edit_automaton_free(matcher->automaton);
}

static void find(struct collector *found, const char *text, int edits,
                 struct snapshot *const *snapshots, size_t count) {
    struct form_matcher matcher = matcher_of(text, edits);
    struct error err;
    *found = (struct collector){.visitor = {.counts = true, .take = take}};
    assert_ok(form_matches(&found->visitor, &matcher, snapshots, count, &err), &err);
    matcher_release(&matcher);
}

/* The same by comparing every form from its start. */
static void find_naively(struct collector *found, const char *text, int edits,
                         struct snapshot *snapshot) {
    struct form_matcher matcher = matcher_of(text, edits);
    struct error err;
    *found = (struct collector){.visitor = {.counts = true, .take = take}};
    for (size_t i = 0; i < snapshot->catalog.segment_count; i++) {
        struct form_cursor cursor;
        form_cursor_open(&cursor, &snapshot->segments[i].chunks);
        while (!form_cursor_next(&cursor, &err)) {
            struct surface_form form;
            struct slice key = form_cursor_key(&cursor);
            struct key_match match = matcher.pattern
                                         ? pattern_match(matcher.pattern, key, 0)
                                         : edit_automaton_match(matcher.automaton, key, 0);
            assert_ok(form_cursor_form(&form, &cursor, &err), &err);
            if (match.matches)
                assert_int_equal(take(&found->visitor, &form, match.edits), ST_OK);
        }
        form_cursor_close(&cursor);
    }
    matcher_release(&matcher);
}

static void assert_found(struct snapshot *snapshot, const char *text, int edits,
                         const char *expected) {
    struct collector found;
    find(&found, text, edits, &snapshot, 1);
    assert_slice(buffer_slice(&found.lines), slice_of_string(expected));
    buffer_release(&found.lines);
}

static void test_form_matches__forms_of_two_segments(void **state) {
    (void)state;
    const char *path = testing_path("index");
    const struct test_document documents[] = {
        {"a", NULL, "Pipelines pipeline café gas"},
        {"b", NULL, "piping pipeline cafe gate"},
    };
    struct snapshot *snapshot;
    struct error err;
    index_fixture_fill(path, documents, 2, 1);
    assert_ok(snapshot_open(&snapshot, path, &err), &err);
    assert_int_equal(snapshot->catalog.segment_count, 2);
    assert_found(snapshot, "pip*", -1,
                 "pipeline pipelin 1 0\npipelines pipelin 1 0\npipeline pipelin 1 0\npiping pipe 1 "
                 "0\n");
    assert_found(snapshot, "*fe", -1, "café cafe 1 0\ncafe cafe 1 0\n");
    assert_found(snapshot, "pipline", 1, "pipeline pipelin 1 1\npipeline pipelin 1 1\n");
    assert_found(snapshot, "gat", 1, "gas gas 1 1\ngate gate 1 1\n");
    assert_found(snapshot, "z*", -1, "");
    struct collector found;
    struct snapshot *both[] = {snapshot, snapshot};
    find(&found, "gas", 0, both, 2);
    assert_int_equal(found.count, 2);
    buffer_release(&found.lines);
    snapshot_close(snapshot);
}

static void append_words(struct buffer *text, struct testing_random *random, unsigned count) {
    static const char *const letters[] = {"a", "e", "l", "n", "r", "s", "t", "é", "б", "ш"};
    for (unsigned i = 0; i < count; i++) {
        for (uint32_t size = 2 + testing_random_below(random, 9); size; size--) {
            const char *letter = letters[testing_random_below(random, 10)];
            assert_int_equal(buffer_append(text, letter, strlen(letter)), ST_OK);
        }
        assert_int_equal(buffer_append_byte(text, ' '), ST_OK);
    }
}

static void test_form_matches__equals_a_scan(void **state) {
    (void)state;
    static const char *const patterns[] = {"a*",   "re?t*", "*tel",   "*бa*", "l*r*n",
                                           "*e?e", "s",     "*a*a*a", "??",   "téa*"};
    static const char *const words[] = {"letters", "ane", "бaсtелл", "retsnale", "sé"};
    struct testing_random random = testing_random();
    const char *path = testing_path("index");
    struct writer *writer = index_fixture_writer(path);
    for (unsigned document = 0; document < 2; document++) {
        struct buffer text = {0};
        append_words(&text, &random, 12000);
        assert_int_equal(buffer_append_byte(&text, '\0'), ST_OK);
        index_fixture_add(writer, document ? "b" : "a", NULL, (const char *)text.data,
                          WRITER_ADDED);
        index_fixture_commit(writer);
        buffer_release(&text);
    }
    writer_close(writer);
    struct snapshot *snapshot;
    struct error err;
    assert_ok(snapshot_open(&snapshot, path, &err), &err);
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns + 2 * sizeof words / sizeof *words;
         i++) {
        size_t word = i - sizeof patterns / sizeof *patterns;
        bool is_pattern = i < sizeof patterns / sizeof *patterns;
        const char *text = is_pattern ? patterns[i] : words[word / 2];
        int edits = is_pattern ? -1 : 1 + (int)word % 2;
        struct collector found, expected;
        find(&found, text, edits, &snapshot, 1);
        find_naively(&expected, text, edits, snapshot);
        assert_slice(buffer_slice(&found.lines), buffer_slice(&expected.lines));
        buffer_release(&found.lines);
        buffer_release(&expected.lines);
    }
    snapshot_close(snapshot);
}

static enum status refuse(struct form_visitor *visitor, const struct surface_form *form,
                          unsigned edits) {
    (void)visitor, (void)form, (void)edits;
    return ST_NOMEM;
}

static void test_form_matches__a_visitor_that_fails(void **state) {
    (void)state;
    const char *path = testing_path("index");
    const struct test_document document = {"a", NULL, "gas"};
    struct snapshot *snapshot;
    struct error err;
    struct form_visitor visitor = {.take = refuse};
    struct form_matcher matcher = matcher_of("g*", -1);
    index_fixture_fill(path, &document, 1, 0);
    assert_ok(snapshot_open(&snapshot, path, &err), &err);
    assert_status(form_matches(&visitor, &matcher, &snapshot, 1, &err), ST_NOMEM, &err);
    matcher_release(&matcher);
    snapshot_close(snapshot);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_form_matches__forms_of_two_segments),
        cmocka_unit_test(test_form_matches__equals_a_scan),
        cmocka_unit_test(test_form_matches__a_visitor_that_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
