/* SPDX-License-Identifier: MIT */
/* Every rule of the grammar (query.h), as a table of queries, what they are read as, and the note. */
#include <stdlib.h>
#include <string.h>

#include "searcher/query/query.h"
#include "tests/support/query_shape.h"
#include "tests/support/testing.h"

struct row {
    const char *text, *expected;
    const char *note; /* without "read as: "; NULL: none */
};

static struct schema schema;
static struct query_context context = {.schema = &schema};

static int set_up(void **state) {
    (void)state;
    struct analyzer_options settings = {.stemmer = "english",
                                        .stopwords = slice_of_string("the\nof\n")};
    assert_int_equal(schema_init(&schema), ST_OK);
    return analyzer_new(&context.analyzer, &settings, NULL);
}

static int tear_down(void **state) {
    (void)state;
    analyzer_free(context.analyzer);
    schema_release(&schema);
    return 0;
}

static void check_read(const struct query *query, const char *text, const char *expected,
                       const char *note) {
    struct buffer shape = {0};
    query_shape_append(&shape, query, 0);
    if (!slice_equal(buffer_slice(&shape), slice_of_string(expected)))
        fail_msg("%s\n  is %.*s\n not %s", text, (int)shape.size,
                 shape.data ? (const char *)shape.data : "", expected);
    buffer_release(&shape);
    const char *start = "read as: ";
    bool same = note && query->note ? strncmp(query->note, start, strlen(start)) == 0 &&
                                          strcmp(query->note + strlen(start), note) == 0
                                    : !note && !query->note;
    if (!same)
        fail_msg("%s\n  %s\n not %s", text, query->note ? query->note : "no note",
                 note ? note : "none");
}

static void check_rows(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct query query;
        struct slice text = slice_of_string(rows[i].text);
        assert_int_equal(query_parse(&query, &context, text, NULL), ST_OK);
        check_read(&query, rows[i].text, rows[i].expected, rows[i].note);
        query_release(&query);
    }
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof *(rows))

static void test_query_grammar__joins_by_operators(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"gas AND oil", "AND(gas, oil)", NULL},
        {"gas OR oil", "OR(gas, oil)", NULL},
        {"gas OR oil leak", "OR(gas, oil) leak", NULL},
        {"leak gas OR oil OR rig", "leak OR(gas, oil, rig)", NULL},
        {"a AND b OR c AND d", "OR(AND(a, b), AND(c, d))", NULL},
        {"a AND (b OR c) AND d", "AND(a, OR(b, c), d)", NULL},
        {"a AND (b AND c)", "AND(a, b, c)", NULL},
        {"(a OR b) OR c", "OR(a, b, c)", NULL},
        {"(a AND b) c", "AND(a, b) c", NULL},
        {"a NEAR b AND c", "AND(NEAR/5(a, b), c)", NULL},
        {"a AND b NEAR/2 c NEAR/2 d", "AND(a, NEAR/2(b, c, d))", NULL},
        {"\"gas leak\" AND multi-agent", "AND((gas leak), (multi agent))", NULL},
        {"AND(gas)OR(oil)", "and OR(gas, oil)", "\\AND gas OR oil (AND is read as a word)"},
        {"gas AND(oil)", "AND(gas, oil)", NULL},
        {"gas OR\"oil rig\"", "OR(gas, (oil rig))", NULL},
        {"gas and oil or leak not rig", "gas and oil or leak not rig", NULL},
        {"GAS ANDROID ORE NOTE NEARBY", "gas android ore note nearbi", NULL},
    };
    CHECK_ROWS(rows);
}

static void test_query_grammar__excludes_operands(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"gas NOT fire", "gas -fire", NULL},
        {"gas AND NOT fire", "AND(gas, -fire)", NULL},
        {"NOT fire AND gas", "AND(-fire, gas)", NULL},
        {"-fire AND gas", "AND(-fire, gas)", NULL},
        {"gas OR NOT fire", "OR(gas, -fire)", NULL},
        {"gas AND -fire", "AND(gas, -fire)", NULL},
        {"gas NOT NOT fire NOT -oil", "gas fire oil", NULL},
        {"gas NOT (fire AND leak)", "gas -AND(fire, leak)", NULL},
        {"gas -(fire leak)", "gas -fire -leak",
         "gas -fire -leak (each word in parentheses is excluded)"},
        {"gas -(fire -leak)", "gas -[fire -leak]", NULL},
        {"gas (-fire -leak)", "gas -fire -leak", NULL},
        {"gas (NOT fire AND NOT leak)", "gas -fire -leak", NULL},
        {"gas AND (-fire)", "AND(gas, -fire)", NULL},
        {"gas -(-fire)", "gas fire", NULL},
        {"NOT gas", "-gas", "-gas (words to exclude alone match nothing)"},
        {"gas -\"oil leak\"^2", "gas -(oil leak)", NULL},
    };
    CHECK_ROWS(rows);
}

static void test_query_grammar__reads_operators_that_join_nothing_as_words(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"AND gas", "and gas", "\\AND gas (AND is read as a word)"},
        {"portland OR", "portland or", "portland \\OR (OR is read as a word)"},
        {"gas NOT", "gas not", "gas \\NOT (NOT is read as a word)"},
        {"NEAR", "near", "\\NEAR (NEAR is read as a word)"},
        {"gas AND OR oil", "gas OR(and, oil)", "gas \\AND OR oil (AND is read as a word)"},
        {"gas (OR oil) leak", "gas or oil leak", "gas \\OR oil leak (OR is read as a word)"},
        {"(gas AND) oil", "gas and oil", "gas \\AND oil (AND is read as a word)"},
        {"gas NEAR/3", "gas (near 3)", "gas \\NEAR/3 (NEAR/3 is read as a word)"},
        {"+AND -OR title:NOT \"AND\" \\AND", "+and -or title:not and and", NULL},
        {"gas AND ?!", "gas", "gas (left out: ?!)"},
        {"gas AND () OR ()", "gas", NULL},
    };
    CHECK_ROWS(rows);
}

static void test_query_grammar__reads_signs(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"+gas oil -leak", "+gas oil -leak", NULL},
        {"+gas OR oil leak", "+OR(gas, oil) leak", NULL},
        {"+(gas OR oil) leak", "+OR(gas, oil) leak", NULL},
        {"+(gas oil) leak", "+[gas oil] leak", NULL},
        {"gas AND +oil", "AND(gas, oil)", "gas AND oil (+ is left out after an operator)"},
        {"NOT +gas oil", "-gas oil", "-gas oil (+ is left out after an operator)"},
        {"(+gas) oil", "gas oil", NULL},
        {"gas - oil + ( leak )", "gas oil leak", NULL},
        {"+-gas -+oil", "+gas -oil", NULL},
        {"a-b a+b \"a\"-b", "(a b) (a b) a b", NULL},
    };
    CHECK_ROWS(rows);
}

static void test_query_grammar__groups(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"(gas oil) leak", "gas oil leak", NULL},
        {"(gas +oil) leak", "[gas +oil] leak", NULL},
        {"(gas +oil)", "gas +oil", NULL},
        {"(gas oil) OR leak", "OR([gas oil], leak)", NULL},
        {"((((gas))))", "gas", NULL},
        {"() gas ( )", "gas", NULL},
        {"(gas oil", "gas oil", "gas oil (closed a parenthesis)"},
        {"((gas OR oil) AND leak", "AND(OR(gas, oil), leak)",
         "(gas OR oil) AND leak (closed a parenthesis)"},
        {"gas) oil) :) ", "gas oil", "gas oil (left out: :))"},
        {"printf(3) f(x)y g( h", "(printf 3) (f x y) g h", NULL},
        {"(see printf(3) AND f(a b) c)", "see AND((printf 3), (f a)) b c", NULL},
        {"(a)b(c) \"d\"(e)(f)", "a (b c) d e f", NULL},
        {"(a)-b", "a -b", NULL},
        {"\\(gas \\) oil\\)", "gas oil", "gas oil (left out: \\))"},
        {"title:(gas OR \"oil rig\") leak", "OR(title:gas, title:(oil rig)) leak", NULL},
        {"title:(a (b OR author:c))", "title:a OR(title:b, author:c)", NULL},
        {"title:(gas *:oil)", "title:gas oil", NULL},
        {"ext:(pdf OR odt) gas", "OR(ext=pdf, ext=odt) gas", NULL},
        {"size:(>1 AND <5)", "AND(size[1.0000000000000002,], size[,4.9999999999999991])", NULL},
    };
    CHECK_ROWS(rows);
}

static void test_query_grammar__reads_distances(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"gas NEAR oil", "NEAR/5(gas, oil)", NULL},
        {"gas NEAR/0 oil", "NEAR/0(gas, oil)", NULL},
        {"\"gas oil\"~3", "NEAR/3(gas, oil)", NULL},
        {"\"gas oil\"~", "NEAR/5(gas, oil)", NULL},
        {"-\"gas & multi-agent\"~3 leak", "-NEAR/3(gas, (multi agent)) leak", NULL},
        {"\"gas\"~3 \"multi-agent\"~2", "gas (multi agent)", NULL},
        {"\"gas oil\"~99999", "NEAR/10000(gas, oil)",
         "gas NEAR/10000 oil (at most 10,000 words may be between)"},
        {"gas NEAR/123456789012345 oil", "NEAR/10000(gas, oil)",
         "gas NEAR/10000 oil (at most 10,000 words may be between)"},
        {"a NEAR/2 b NEAR/7 c", "NEAR/7(a, b, c)",
         "a NEAR/7 b NEAR/7 c (words that are NEAR have one distance)"},
        {"title:gas NEAR title:oil", "NEAR/5(title:gas, title:oil)", NULL},
        {"title:(gas NEAR \"oil rig\")", "NEAR/5(title:gas, title:(oil rig))", NULL},
        {"title:gas NEAR oil", "AND(title:gas, oil)",
         "title:gas AND oil (NEAR joins words and phrases of one field)"},
        {"gas NEAR (oil OR leak)", "AND(gas, OR(oil, leak))",
         "gas AND (oil OR leak) (NEAR joins words and phrases of one field)"},
        {"gas NEAR oil*", "AND(gas, <oil*>)",
         "gas AND oil* (NEAR joins words and phrases of one field)"},
        {"gas^2 NEAR oil", "NEAR/5(gas, oil)",
         "gas NEAR/5 oil (words that are NEAR have a weight together)"},
        {"\"gas oil\"~3x", "(gas oil) 3x", NULL},
        {"(gas oil)~3 leak", "gas oil leak", "gas oil leak (~ is left out after a parenthesis)"},
    };
    CHECK_ROWS(rows);
}

static void test_query_grammar__reads_patterns(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"pipe* p?pe *line pi*ne", "<pipe*> <p?pe> <*line> <pi*ne>", NULL},
        {"-Caf\u00e9* title:G\u00c4S?x", "-<cafe*> title:<gas?x>", NULL},
        {"* gas ? **", "gas", "gas (left out: * ? **)"},
        {"what is gas?", "what is gas", NULL},
        {"what is p?pe?!", "what is <p?pe>", NULL},
        {"gas? oil?? (leak?) pi*e?", "gas oil leak <pi*e>", NULL},
        {"gas?^2 oil?^1", "<gas?>^2 <oil?>", NULL},
        {"gas\\* p\\?pe*", "gas AND(p, <pe*>)", "gas p AND pe* (p\\?pe* is several words)"},
        {"multi-ag*", "AND(multi, <ag*>)", "multi AND ag* (multi-ag* is several words)"},
        {"a.b-multi*^2 x", "AND(a.b, <multi*>)^2 x",
         "(a.b AND multi*)^2 x (a.b-multi* is several words)"},
        {"http://x.org/?q=a*b", "(http x org q a b)", NULL},
        {"v1.*x 20.0*", "<v1.*x> <20.0*>", NULL},
        {"天然*", "天然", NULL},
        {"天然*ガス", "AND(天然, ガス)", "天然 AND ガス (天然*ガス is several words)"},
        {"don'* U.S.*", "<don'*> <u.s.*>", NULL},
        {"f(x*) \"gas*\"", "AND(f, <x*>) gas", "f AND x* \"gas\" (f x* is several words)"},
        {"ext:htm* tag:a?", "ext=htm* tag=a?", NULL},
    };
    CHECK_ROWS(rows);
}

static void test_query_grammar__reads_fuzzy_words(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"pipline~ pipline~1 pipline~2", "<pipline>~1 <pipline>~1 <pipline>~2", NULL},
        {"-title:Pipline~1^2 gas", "-title:<pipline>~1 gas", NULL},
        {"gas~0", "gas", NULL},
        {"gas~3", "<gas>~2", "gas~2 (a word takes ~1 or ~2)"},
        {"~gas ~ gas~oil ~/notes c++~", "gas (gas oil) note c++",
         "gas gas~oil notes c++ (left out: ~)"},
        {"gas\\~1", "(gas 1)", NULL},
        {"multi-agnt~", "AND(<multi>~1, <agnt>~1)",
         "multi~1 AND agnt~1 (multi-agnt is several words)"},
        {"天然~1", "天然", "天然 (~ is left out after 天然)"},
        {"pip*~1", "<pip*>", "pip* (~ is left out after pip*)"},
        {"v1.2~1", "v1.2", "v1.2 (~ is left out after v1.2)"},
    };
    CHECK_ROWS(rows);
}

static void test_query_grammar__reads_exact_words(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"=Pipelines", "=pipelin", NULL},
        {"+=gas -=oil =multi-agent", "+=gas -=oil =(multi agent)", NULL},
        {"=\"gas pipelines\" title:=gas", "=(gas pipelin) title:=gas", NULL},
        {"=«gas pipelines»", "=(gas pipelin)", NULL},
        {"a=b = gas == ext:=x", "(a b) gas ext==x", "a=b gas ext:=x (left out: = ==)"},
        {"=gas*", "<gas*>", "gas* (= is left out before gas*)"},
        {"=gas~", "<gas>~1", "gas~1 (= is left out before gas)"},
        {"=\"gas oil\"~2", "NEAR/2(gas, oil)", "gas NEAR/2 oil (= is left out before ~)"},
        {"=AND", "=and", NULL},
    };
    CHECK_ROWS(rows);
}

static void test_query_grammar__reads_weights(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"gas^2 \"oil rig\"^0.5 title:leak^.25", "gas^2 (oil rig)^0.5 title:leak^0.25", NULL},
        {"(gas OR oil)^3 (a b)^1.5", "OR(gas, oil)^3 [a b]^1.5", NULL},
        {"(gas)^2 ((gas^2))", "gas^2 gas^2", NULL},
        {"(gas^2)^3", "[gas^2]^3", NULL},
        {"(a OR b)^2 OR c", "OR(OR(a, b)^2, c)", NULL},
        {"\"gas oil\"~3^2 pip*^2 pip~1^2 =gas^2", "NEAR/3(gas, oil)^2 <pip*>^2 <pip>~1^2 =gas^2",
         NULL},
        {"gas^0 oil^1001 (a OR b)^0", "gas oil OR(a, b)",
         "gas oil a OR b (a weight is more than 0 and at most 1,000)"},
        {"x^2+y^2 x^y ^2 x\\^2", "(x 2 y)^2 (x y) 2 (x 2)", NULL},
        {"gas^0.00009", "gas^0.0001", NULL},
        {"-(gas^2 oil)", "-gas -oil",
         "-gas -oil (each word in parentheses is excluded; words to exclude alone match nothing)"},
        {"ext:pdf^2 tag:\"a\"^2", "ext=pdf^2 tag=a", NULL},
    };
    CHECK_ROWS(rows);
}

/* Few words come first where all of them are, if that differs from where any of them is. */
static void test_query_has_few_words__looks_at_groups(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t words;
        bool few;
    } rows[] = {
        {"gas oil", 2, true},
        {"gas", 1, false},
        {"gas OR oil", 2, false},
        {"gas AND oil", 2, false},
        {"gas NEAR oil", 1, false},
        {"gas OR oil leak", 3, true},
        {"+gas +oil", 2, false},
        {"+(gas oil)", 2, true},
        {"+gas +(oil leak)", 3, true},
        {"multi-agent", 2, true},
        {"multi-agent AND gas", 3, false},
        {"(gas oil) AND leak", 3, true},
        {"a b c d e", 5, false},
        {"a b c d OR e", 5, true},
        {"pipe* gas~", 2, true},
        {"gas (ext:pdf OR ext:odt) -oil", 1, false},
        {"gas -(oil +leak)", 1, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct query query;
        struct slice text = slice_of_string(rows[i].text);
        assert_int_equal(query_parse(&query, &context, text, NULL), ST_OK);
        if (query_word_count(&query) != rows[i].words || query_has_few_words(&query) != rows[i].few)
            fail_msg("%s: %zu words, few: %d", rows[i].text, query_word_count(&query),
                     query_has_few_words(&query));
        query_release(&query);
    }
}

/* The arguments of a shell are pieces of one query. */
static void test_query_grammar__spans_arguments(void **state) {
    (void)state;
    static const struct {
        const char *arguments[8];
        const char *expected, *note;
    } rows[] = {
        {{"gas", "OR", "oil"}, "OR(gas, oil)", NULL},
        {{"gas pipeline", "AND", "norway"}, "AND((gas pipelin), norway)", NULL},
        {{"(", "gas", "OR", "oil", ")", "leak"}, "OR(gas, oil) leak", NULL},
        {{"(gas OR oil)", "leak"}, "OR(gas, oil) leak", NULL},
        {{"gas", "OR", "(oil leak)^2"}, "OR(gas, [oil leak]^2)", NULL},
        {{"title:gas pipeline", "-oil OR rig"}, "title:(gas pipelin) -(oil or rig)", NULL},
        {{"\"gas", "oil\""}, "gas oil", "\"gas\" oil (closed a quote)"},
        {{"gas", "AND"}, "gas and", "gas \\AND (AND is read as a word)"},
        {{"rm", "-rf"}, "rm -rf", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct query query;
        int count = 0;
        while (rows[i].arguments[count])
            count++;
        assert_int_equal(
            query_parse_arguments(&query, &context, count, (char *const *)rows[i].arguments, NULL),
            ST_OK);
        check_read(&query, rows[i].arguments[0], rows[i].expected, rows[i].note);
        query_release(&query);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query_grammar__joins_by_operators),
        cmocka_unit_test(test_query_grammar__excludes_operands),
        cmocka_unit_test(test_query_grammar__reads_operators_that_join_nothing_as_words),
        cmocka_unit_test(test_query_grammar__reads_signs),
        cmocka_unit_test(test_query_grammar__groups),
        cmocka_unit_test(test_query_grammar__reads_distances),
        cmocka_unit_test(test_query_grammar__reads_patterns),
        cmocka_unit_test(test_query_grammar__reads_fuzzy_words),
        cmocka_unit_test(test_query_grammar__reads_exact_words),
        cmocka_unit_test(test_query_grammar__reads_weights),
        cmocka_unit_test(test_query_has_few_words__looks_at_groups),
        cmocka_unit_test(test_query_grammar__spans_arguments),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
