/* SPDX-License-Identifier: MIT */
/* Random trees, of all kinds of clauses, are written as queries that are read as these trees. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "searcher/query/query.h"
#include "searcher/query/query_builder.h"
#include "searcher/query/query_text.h"
#include "tests/support/query_shape.h"
#include "tests/support/testing.h"

enum { NOW = 1622505600 };

static struct schema schema;
static struct query_context context = {.schema = &schema, .now = NOW};

static int set_up(void **state) {
    (void)state;
    struct analyzer_options settings = {.stemmer = "english"};
    uint16_t number;
    assert_int_equal(schema_init(&schema), ST_OK);
    assert_int_equal(schema_add(&number, &schema, slice_of_string("price"), FIELD_TYPE_NUMBER, 0),
                     ST_OK);
    return analyzer_new(&context.analyzer, &settings, NULL);
}

static int tear_down(void **state) {
    (void)state;
    analyzer_free(context.analyzer);
    schema_release(&schema);
    return 0;
}

/* A query while it is made. */
struct maker {
    struct testing_random random;
    struct query query;
    struct query_note note;
    struct query_builder builder;
};

static uint32_t below(struct maker *maker, uint32_t limit) {
    return testing_random_below(&maker->random, limit);
}

#define DRAW(maker, items) (items)[below(maker, sizeof(items) / sizeof *(items))]

static const char *const WORDS[] = {
    "gas",    "Oil",   "AND",     "OR",        "NOT",    "NEAR",    "NEAR/3",      "-rf",
    "+x",     "=y",    "multi-a", "AND-x",     "c++",    "c#",      ".net",        "20.04",
    "U.S.",   "don't", "a:b",     "title:x",   "tag:y",  "titel:z", "http://x",    "printf(3)",
    "f(x",    "y)z",   "x\\(y",   "a*b",       "p?pe?",  "x^2",     "x~1",         "x~",
    "\\*x",   "a\\^2", "10..20",  ">x",        "x..net", "צה\"ל",   "天然ガス",    "茶",
    "ไทย",    "한국",  "é",       "e\xcc\x81", "x\xffy", "\u202ex", "👩‍💻", "’90s",
    "rock’n", "a_b",   "x/y",     "\\AND",     "(a)",    "x)(y",    "*:x",         "::x",
};
static const char *const PHRASES[] = {
    "gas pipeline", "AND OR NOT",  "-rf (x) y*",      "a\nb\tc",       " c# .net ",
    "x\xffy z",     "צה\"ל היום",  "a “b” «c» \"d\"", "title:x ^2 ~1", "天然 ガス",
    "the",          "\\ x \\\" y", "don’t ’x’",       "a) (b",         "multi-agent x",
};
static const char *const FORMS[] = {"gas", "Pipline", "don't", "AND", "É", "ñandú", "tag"};
static const char *const PATTERNS[] = {"gas*",  "*line", "p?pe", "*a*b?", "AND*", "?x",
                                       "don'*", "É*",    "v1.*", "20?4",  "x?"};
static const char *const VALUES[] = {"pdf", "a(b", "x,y", "c++", "-x", "AND", "a:b",  "*",
                                     "x^2", "a~1", "É",   "\\(", "a?", "=x",  "x//y", "天然"};
static const char *const WHOLE_VALUES[] = {
    "natural gas, oil", "a \"b\"", "«x» \"y\" z", "(a", "x\\", "AND", "a’b ‘c"};
static const char *const RANGES[] = {">10", "<=5", "1..2", "..7", "3"};

static bool is_near_leaf(const struct query_clause *clause) {
    return clause->kind == CLAUSE_WORDS;
}

/* Makes a leaf; `words`: only WORDS, of this field and without a weight. */
static void make_leaf(struct query_clause *clause, struct maker *maker, bool words,
                      const struct schema_field *field) {
    static const char *const names[] = {"title", "text", "author"};
    static const char *const keywords[] = {"tag", "ext"};
    static const double boosts[] = {1, 1, 1, 2, 0.5, 1000, 0.0001, 1.25};
    enum status status = ST_NOT_FOUND;
    while (status || (words && !is_near_leaf(clause))) {
        struct query_token token = {.kind = QUERY_TOKEN_WORD,
                                    .field = field,
                                    .suffix.boost = words ? 1 : DRAW(maker, boosts)};
        if (!words && below(maker, 4) == 0)
            token.field = schema_find(&schema, slice_of_string(DRAW(maker, names)));
        switch (words ? below(maker, 3) : below(maker, 9)) {
        case 0:
            token.text = slice_of_string(DRAW(maker, PHRASES));
            token.kind = QUERY_TOKEN_PHRASE;
            break;
        case 1:
        case 2:
            token.text = slice_of_string(DRAW(maker, WORDS));
            break;
        case 3:
            token.text = slice_of_string(DRAW(maker, PATTERNS));
            token.has_wildcards = true;
            break;
        case 4:
            token.text = slice_of_string(DRAW(maker, FORMS));
            token.suffix.has_distance = true;
            token.suffix.distance = 1 + below(maker, 2);
            break;
        case 5:
            token.exact = true;
            token.kind = below(maker, 2) ? QUERY_TOKEN_PHRASE : QUERY_TOKEN_WORD;
            token.text = slice_of_string(token.kind == QUERY_TOKEN_PHRASE ? DRAW(maker, PHRASES)
                                                                          : DRAW(maker, WORDS));
            break;
        case 6:
            token.text = slice_of_string(DRAW(maker, VALUES));
            token.field = schema_find(&schema, slice_of_string(DRAW(maker, keywords)));
            break;
        case 7:
            token.text = slice_of_string(DRAW(maker, WHOLE_VALUES));
            token.kind = QUERY_TOKEN_PHRASE;
            token.field = schema_find(&schema, slice_of_string(DRAW(maker, keywords)));
            break;
        default:
            token.text = slice_of_string(DRAW(maker, RANGES));
            token.field = schema_find(&schema, slice_of_string("price"));
            break;
        }
        token.whole = token.text;
        status = query_builder_read(clause, &maker->builder, &token);
    }
}

static void make_clause(struct query_clause *clause, struct maker *maker, enum clause_kind around,
                        uint32_t depth);

/* Whether the parser would make something else of a clause in one of the kind `around`. */
static bool is_read_otherwise(const struct query_clause *clause, enum clause_kind around) {
    size_t plain = 0, excluded = 0, count = clause->child_count;
    for (size_t i = 0; i < count; i++) {
        plain += clause->children[i].occur == OCCUR_DEFAULT;
        excluded += clause->children[i].occur == OCCUR_MUST_NOT;
    }
    bool is_list = clause->kind == CLAUSE_LIST && around == CLAUSE_LIST && clause->boost == 1;
    bool is_spliced = (is_list && clause->occur != OCCUR_MUST && plain == count) ||
                      (is_list && clause->occur != OCCUR_MUST_NOT && excluded == count);
    bool is_list_of_exclusions = clause->kind == CLAUSE_AND && excluded == count;
    bool is_part = clause->kind == around && around != CLAUSE_LIST &&
                   clause->occur == OCCUR_DEFAULT && clause->boost == 1;
    return count && (is_spliced || is_list_of_exclusions || is_part);
}

/* Sets the sign that a clause may have in one of this kind. */
static void set_occur(struct query_clause *clause, struct maker *maker, enum clause_kind around) {
    uint32_t sign = below(maker, around == CLAUSE_LIST ? 6 : around == CLAUSE_NEAR ? 1 : 4);
    clause->occur = sign == 3 ? OCCUR_MUST_NOT : sign > 3 ? OCCUR_MUST : OCCUR_DEFAULT;
    if (clause->occur == OCCUR_MUST_NOT)
        clause->boost = 1;
}

static void make_near(struct query_clause *clause, struct maker *maker) {
    const struct schema_field *title = schema_field(&schema, SCHEMA_TITLE);
    const struct schema_field *field = below(maker, 3) ? NULL : title;
    for (size_t i = 0; i < clause->child_count; i++)
        make_leaf(&clause->children[i], maker, true, field);
    clause->distance = below(maker, 12);
    assert_int_equal(query_builder_name_near(clause, &maker->builder), ST_OK);
}

static void make_group(struct query_clause *clause, struct maker *maker, enum clause_kind kind,
                       uint32_t depth) {
    *clause = (struct query_clause){
        .kind = kind, .boost = below(maker, 4) ? 1 : 3, .child_count = 2 + below(maker, 3)};
    clause->children =
        arena_alloc(&maker->query.arena, clause->child_count * sizeof *clause->children);
    assert_non_null(clause->children);
    if (kind == CLAUSE_NEAR) {
        make_near(clause, maker);
        return;
    }
    for (size_t i = 0; i < clause->child_count; i++)
        make_clause(&clause->children[i], maker, kind, depth - 1);
}

/* Makes a clause as the parser may make it within one of the kind `around`. */
static void make_clause(struct query_clause *clause, struct maker *maker, enum clause_kind around,
                        uint32_t depth) {
    static const enum clause_kind kinds[] = {CLAUSE_NEAR, CLAUSE_LIST, CLAUSE_AND, CLAUSE_OR};
    bool again = true;
    while (again) {
        if (!depth || below(maker, 2))
            make_leaf(clause, maker, false, NULL);
        else
            make_group(clause, maker, DRAW(maker, kinds), depth);
        set_occur(clause, maker, around);
        again = is_read_otherwise(clause, around);
    }
}

static void test_query_text__writes_random_trees(void **state) {
    (void)state;
    const char *rounds = getenv("QUERN_ROUNDS");
    long count = rounds ? atol(rounds) : 20000 / TESTING_FEWER;
    struct maker maker = {.random = testing_random()};
    for (long round = 0; round < count; round++) {
        struct buffer text = {0}, shapes[2] = {0};
        struct query reread;
        maker.query = (struct query){.schema = &schema};
        maker.builder =
            (struct query_builder){.query = &maker.query, .context = &context, .note = &maker.note};
        maker.query.count = 2 + below(&maker, 3);
        maker.query.clauses = calloc(maker.query.count, sizeof *maker.query.clauses);
        assert_non_null(maker.query.clauses);
        for (size_t i = 0; i < maker.query.count; i++)
            make_clause(&maker.query.clauses[i], &maker, CLAUSE_LIST, below(&maker, 4));
        do { /* or all might be excluded */
            make_clause(&maker.query.clauses[0], &maker, CLAUSE_LIST, 1);
            maker.query.clauses[0].occur = OCCUR_MUST;
        } while (is_read_otherwise(&maker.query.clauses[0], CLAUSE_LIST));
        assert_int_equal(query_text_append(&text, &context, maker.query.clauses, maker.query.count),
                         ST_OK);
        assert_int_equal(query_parse(&reread, &context, buffer_slice(&text), NULL), ST_OK);
        if (!query_shape_equals(&maker.query, &reread) || reread.note) {
            query_shape_append(&shapes[0], &maker.query, NOW);
            query_shape_append(&shapes[1], &reread, NOW);
            fail_msg("%.*s\n  is %.*s\n not %.*s\n  note: %s", (int)text.size,
                     (const char *)text.data, (int)shapes[1].size, (const char *)shapes[1].data,
                     (int)shapes[0].size, (const char *)shapes[0].data,
                     reread.note ? reread.note : "none");
        }
        query_release(&reread);
        query_builder_release(&maker.builder);
        query_note_release(&maker.note);
        maker.note = (struct query_note){0};
        query_release(&maker.query);
        buffer_release(&text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query_text__writes_random_trees),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
