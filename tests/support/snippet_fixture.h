/* SPDX-License-Identifier: MIT */
/* An index of a few texts, and the snippets of its documents as strings: a mark is [..], more text
 * before or after is < or >, and snippets are separated by |. */
#ifndef QUERN_TESTS_SUPPORT_SNIPPET_FIXTURE_H
#define QUERN_TESTS_SUPPORT_SNIPPET_FIXTURE_H

#include "searcher/show/snippet.h"

struct snippet_fixture_document {
    struct slice title, text;
};

struct snippet_fixture {
    struct snapshot *snapshot;
    struct analyzer *analyzer;
    /* Of the query: */
    bool has_query, has_plan;
    struct query query;
    struct plan plan;
    struct snippet_finder finder;
    /* Of the last document: */
    struct snippet snippets[SNIPPET_MAX];
    size_t count;
    struct snippet_mark *title_marks;
    size_t title_mark_count;
    struct arena arena;
    struct buffer shown;
};

/* Documents are numbered as they are given. */
void snippet_fixture_open(struct snippet_fixture *fixture,
                          const struct snippet_fixture_document *documents, size_t count,
                          bool keep_text);
void snippet_fixture_close(struct snippet_fixture *fixture);
/* Replaces the query by one of these words, for the caller to change before it is planned. */
void snippet_fixture_read(struct snippet_fixture *fixture, const char *words);
void snippet_fixture_plan(struct snippet_fixture *fixture, enum query_mode mode);
/* Both. */
void snippet_fixture_query(struct snippet_fixture *fixture, const char *words,
                           enum query_mode mode);
/* Finds up to `max` snippets of a document for the query; documents come in ascending order. They
 * live until the next call. */
void snippet_fixture_find(struct snippet_fixture *fixture, uint32_t doc, size_t max);
/* The snippets that were found; valid until the next call. */
const char *snippet_fixture_show(struct snippet_fixture *fixture);
/* All of these at once: the best snippet of a document. */
const char *snippet_fixture_best(struct snippet_fixture *fixture, const char *words,
                                 enum query_mode mode, uint32_t doc);

/* All of it for one text and a query in the default mode: up to `max` snippets, or the best one.
 * Valid until the next call of either. */
const char *snippets_of(const char *words, struct slice text, size_t max);
const char *best_snippet(const char *words, const char *text);

/* Appends a string; `count` words of filler, "w0 w1 ", numbered from `first`. */
void append_text(struct buffer *text, const char *string);
void append_filler(struct buffer *text, unsigned first, unsigned count);
/* How many characters of a text are shown. */
size_t shown_characters(const char *shown);

#endif
