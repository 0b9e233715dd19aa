/* SPDX-License-Identifier: MIT */
/* Builds small indexes and shows the snippets of their documents. */
#include "tests/support/snippet_fixture.h"

#include <stdio.h>

#include "searcher/plan/planner.h"
#include "tests/support/index_fixture.h"
#include "tests/support/testing.h"

void snippet_fixture_open(struct snippet_fixture *fixture,
                          const struct snippet_fixture_document *documents, size_t count,
                          bool keep_text) {
    struct error err;
    struct writer_options options = index_fixture_options();
    struct writer *writer;
    const char *path = testing_path("index");
    options.keep_text = keep_text;
    *fixture = (struct snippet_fixture){0};
    assert_ok(analyzer_new(&fixture->analyzer, &options.analysis, &err), &err);
    assert_ok(writer_open(&writer, path, &options, &err), &err);
    for (size_t i = 0; i < count; i++) {
        char id[24];
        snprintf(id, sizeof id, "%zu", i);
        struct document document = {
            .id = slice_of_string(id), .title = documents[i].title, .text = documents[i].text};
        enum writer_outcome outcome;
        assert_ok(index_fixture_write(&outcome, writer, &document, &err), &err);
    }
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
    assert_ok(snapshot_open(&fixture->snapshot, path, &err), &err);
    assert_int_equal(fixture->snapshot->catalog.segment_count, 1);
}

static void release_query(struct snippet_fixture *fixture) {
    if (fixture->has_plan) {
        snippet_finder_release(&fixture->finder);
        plan_release(&fixture->plan);
    }
    if (fixture->has_query)
        query_release(&fixture->query);
    fixture->has_query = fixture->has_plan = false;
}

void snippet_fixture_close(struct snippet_fixture *fixture) {
    release_query(fixture);
    arena_release(&fixture->arena);
    buffer_release(&fixture->shown);
    snapshot_close(fixture->snapshot);
    analyzer_free(fixture->analyzer);
}

void snippet_fixture_read(struct snippet_fixture *fixture, const char *words) {
    struct error err;
    release_query(fixture);
    assert_ok(query_parse(&fixture->query, &(struct query_context){.analyzer = fixture->analyzer},
                          slice_of_string(words), &err),
              &err);
    fixture->has_query = true;
}

void snippet_fixture_plan(struct snippet_fixture *fixture, enum query_mode mode) {
    struct error err;
    assert_ok(plan_init(&fixture->plan, &fixture->snapshot, 1, &fixture->query, mode,
                        &(struct ranking){.k1 = 1.2, .b = 0.75}, &err),
              &err);
    assert_ok(snippet_finder_init(&fixture->finder, fixture->analyzer, &fixture->plan, &err), &err);
    fixture->has_plan = true;
}

void snippet_fixture_query(struct snippet_fixture *fixture, const char *words,
                           enum query_mode mode) {
    snippet_fixture_read(fixture, words);
    snippet_fixture_plan(fixture, mode);
}

void snippet_fixture_find(struct snippet_fixture *fixture, uint32_t doc, size_t max) {
    struct error err;
    struct document document;
    struct text_location text;
    struct hit hit = {.doc = doc};
    arena_release(&fixture->arena);
    assert_ok(segment_record(&document, &text, &fixture->snapshot->segments[0], doc, &err), &err);
    assert_ok(snippet_finder_seek(&fixture->finder, &hit, &err), &err);
    assert_ok(snippet_mark_title(&fixture->title_marks, &fixture->title_mark_count,
                                 &fixture->finder, &document, &fixture->arena, &err),
              &err);
    assert_ok(snippet_find(fixture->snippets, &fixture->count, max, &fixture->finder, &document,
                           text, &fixture->arena, &err),
              &err);
    assert_true(fixture->count <= max);
}

static void append_snippet(struct buffer *shown, const struct snippet *snippet) {
    size_t mark = 0;
    bool open = false;
    append_text(shown, snippet->cut_before ? "<" : "");
    for (size_t at = 0; at <= snippet->text.size; at++) {
        if (open && snippet->marks[mark].end == at) {
            append_text(shown, "]");
            open = false;
            mark++;
        }
        if (!open && mark < snippet->count && snippet->marks[mark].start == at) {
            append_text(shown, "[");
            open = true;
        }
        if (at < snippet->text.size)
            assert_int_equal(buffer_append_byte(shown, snippet->text.data[at]), ST_OK);
    }
    assert_int_equal(mark, snippet->count);
    append_text(shown, snippet->cut_after ? ">" : "");
}

const char *snippet_fixture_show(struct snippet_fixture *fixture) {
    buffer_clear(&fixture->shown);
    for (size_t i = 0; i < fixture->count; i++) {
        append_text(&fixture->shown, i ? "|" : "");
        append_snippet(&fixture->shown, &fixture->snippets[i]);
    }
    assert_int_equal(buffer_append_byte(&fixture->shown, 0), ST_OK);
    return (const char *)fixture->shown.data;
}

const char *snippet_fixture_best(struct snippet_fixture *fixture, const char *words,
                                 enum query_mode mode, uint32_t doc) {
    snippet_fixture_query(fixture, words, mode);
    snippet_fixture_find(fixture, doc, 1);
    return snippet_fixture_show(fixture);
}

const char *snippets_of(const char *words, struct slice text, size_t max) {
    static struct snippet_fixture fixture;
    struct snippet_fixture_document document = {.text = text};
    if (fixture.snapshot)
        snippet_fixture_close(&fixture);
    snippet_fixture_open(&fixture, &document, 1, true);
    snippet_fixture_query(&fixture, words, QUERY_BEST);
    snippet_fixture_find(&fixture, 0, max);
    return snippet_fixture_show(&fixture);
}

const char *best_snippet(const char *words, const char *text) {
    return snippets_of(words, slice_of_string(text), 1);
}

void append_text(struct buffer *text, const char *string) {
    assert_int_equal(buffer_append(text, string, strlen(string)), ST_OK);
}

void append_filler(struct buffer *text, unsigned first, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        char word[16];
        int size = snprintf(word, sizeof word, "w%u ", first + i);
        assert_int_equal(buffer_append(text, word, (size_t)size), ST_OK);
    }
}

size_t shown_characters(const char *shown) {
    size_t count = 0;
    for (; *shown; shown++)
        count += (*shown & 0xc0) != 0x80 && !strchr("[]<>|", *shown);
    return count;
}
