/* SPDX-License-Identifier: MIT */
/* What is written of a query is read as the same query, without a note. */
#include "searcher/query/query_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "searcher/query/query.h"
#include "searcher/query/query_note.h"
#include "tests/support/query_shape.h"
#include "tests/support/testing.h"

enum { NOW = 1622505600 }; /* 2021-06-01 */

static struct schema schema;
static struct query_context context = {.schema = &schema, .now = NOW};

static void add_field(const char *name, enum field_type type, uint8_t flags) {
    uint16_t number;
    assert_int_equal(schema_add(&number, &schema, slice_of_string(name), type, flags), ST_OK);
}

static int set_up(void **state) {
    (void)state;
    struct analyzer_options settings = {.stemmer = "english",
                                        .stopwords = slice_of_string("the\nof\n")};
    assert_int_equal(schema_init(&schema), ST_OK);
    add_field("price", FIELD_TYPE_NUMBER, 0);
    add_field("subject", FIELD_TYPE_TEXT, SCHEMA_SEARCHED);
    return analyzer_new(&context.analyzer, &settings, NULL);
}

static int tear_down(void **state) {
    (void)state;
    analyzer_free(context.analyzer);
    schema_release(&schema);
    return 0;
}

static void parse(struct query *query, struct slice text) {
    assert_int_equal(query_parse(query, &context, text, NULL), ST_OK);
}

static void write(struct buffer *out, const struct query *query) {
    assert_int_equal(query_text_append(out, &context, query->clauses, query->count), ST_OK);
}

/* Whether the note is about the query itself, not about how it was read. */
static bool is_warning(const char *note) {
    return strstr(note, "words to exclude alone match nothing)") || strstr(note, "(nothing is in ");
}

static const char *shape_of(const struct query *query) {
    static struct buffer shapes[2];
    static int next;
    struct buffer *shape = &shapes[next++ % 2];
    buffer_clear(shape);
    query_shape_append(shape, query, NOW);
    assert_int_equal(buffer_append_byte(shape, '\0'), ST_OK);
    return (const char *)shape->data;
}

/* Asserts that the note has the query as it is written, from "read as: " to the last opening
 * parenthesis. */
static void check_note(const struct query *query, struct slice written) {
    const char *start = query->note + strlen("read as: ");
    if (written.size > QUERY_NOTE_SHOWN_MAX)
        return;
    struct slice note = slice_of_string(query->note);
    const char *end = memrchr(note.data, '(', note.size);
    assert_non_null(end);
    assert_slice(slice_of(start, (size_t)(end - 1 - start)), written);
}

/* Writes and reads the query again, which stays the same. */
static void check_rereads(struct slice text, const struct query *query) {
    struct buffer written = {0}, again = {0};
    struct query reread;
    write(&written, query);
    if (query->note)
        check_note(query, buffer_slice(&written));
    parse(&reread, buffer_slice(&written));
    write(&again, &reread);
    if (!query_shape_equals(query, &reread) || (reread.note && !is_warning(reread.note)) ||
        !slice_equal(buffer_slice(&written), buffer_slice(&again)))
        fail_msg(
            "%.*s\n  is %s\n  written as %.*s\n  which is %s\n  and written as %.*s\n  note: %s",
            (int)text.size, (const char *)text.data, shape_of(query), (int)written.size,
            (const char *)written.data, shape_of(&reread), (int)again.size,
            (const char *)again.data, reread.note ? reread.note : "none");
    query_release(&reread);
    buffer_release(&written);
    buffer_release(&again);
}

/* Pieces of which random queries consist. */
static const char *const pieces[] = {
    " ",
    " ",
    " ",
    " ",
    " ",
    " ",
    "(",
    ")",
    "(",
    ")",
    "\"",
    "\"",
    "+",
    "-",
    " AND ",
    " OR ",
    " NOT ",
    " NEAR ",
    " NEAR/3 ",
    "AND",
    "OR",
    "NOT",
    "NEAR",
    "NEAR/2",
    "~",
    "~1",
    "~2",
    "~3",
    "^2",
    "^0.5",
    "^",
    "^0",
    "^1001",
    "=",
    "*",
    "?",
    "\\",
    "*:",
    "title:",
    "tag:",
    "ext:pdf",
    "size:",
    "date:",
    "price:",
    "subject:",
    "titel:",
    "10..20",
    ">10k",
    "2021",
    "7d",
    ",",
    ".",
    "gas",
    "oil",
    "the",
    "Leak",
    "multi-agent",
    "c++",
    "c#",
    ".net",
    "20.04",
    "U.S.",
    "don't",
    "’",
    "‘",
    "“",
    "”",
    "«",
    "»",
    "‹",
    "『",
    "」",
    "צה\"ל",
    "היום",
    "天然",
    "茶",
    "ガス",
    "ไทย",
    "한국",
    "é",
    "e\xcc\x81",
    "\xff",
    "\xc3",
    "\n",
    "\x01",
    "\u202e",
    "😀",
    "👩‍💻",
    "http://x.org/?q=1",
    "printf(3)",
    ":",
    "::",
    "/",
    "_",
    "'",
    "a",
    "B",
    "x*y",
    "p?pe",
};

static void random_text(struct buffer *text, struct testing_random *random, uint32_t most) {
    buffer_clear(text);
    for (uint32_t n = 1 + testing_random_below(random, most); n > 0; n--) {
        const char *piece = pieces[testing_random_below(random, sizeof pieces / sizeof *pieces)];
        assert_int_equal(buffer_append(text, piece, strlen(piece)), ST_OK);
    }
}

static void test_query_text__is_read_as_the_same_query(void **state) {
    (void)state;
    const char *rounds = getenv("QUERN_ROUNDS");
    long count = rounds ? atol(rounds) : 40000 / TESTING_FEWER;
    struct testing_random random = testing_random();
    struct buffer text = {0};
    for (long i = 0; i < count; i++) {
        random_text(&text, &random, 12);
        const char *names[] = {NULL, NULL, NULL, "title", "date", "tag"};
        const char *name = names[testing_random_below(&random, 6)];
        context.field = name ? schema_find(&schema, slice_of_string(name)) : NULL;
        struct query query;
        parse(&query, buffer_slice(&text));
        check_rereads(buffer_slice(&text), &query);
        query_release(&query);
    }
    context.field = NULL;
    buffer_release(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query_text__is_read_as_the_same_query),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
