#include <stdio.h>
#include <stdlib.h>

#include "common/text/unicode.h"
#include "searcher/show/snippet.h"
#include "tests/support/test_index.h"
#include "tests/support/testing.h"

/* An index of some documents, asked for passages of each. */
struct corpus {
    struct snapshot *snapshot;
    struct analyzer *analyzer;
    struct buffer shown;
};

static void corpus_open(struct corpus *corpus, const struct document *documents, size_t count,
                        bool keep_text) {
    struct error err;
    struct writer_options options = test_index_options();
    struct writer *writer;
    const char *path = testing_path("index");
    options.keep_text = keep_text;
    *corpus = (struct corpus){0};
    assert_ok(analyzer_new(&corpus->analyzer, &options.analysis, &err), &err);
    assert_ok(writer_open(&writer, path, &options, &err), &err);
    for (size_t i = 0; i < count; i++) {
        char id[24];
        snprintf(id, sizeof id, "%zu", i);
        struct document document = documents[i];
        document.id = slice_of_string(id);
        enum writer_outcome outcome;
        assert_ok(test_index_write(&outcome, writer, &document, &err), &err);
    }
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
    assert_ok(snapshot_open(&corpus->snapshot, path, &err), &err);
    assert_int_equal(corpus->snapshot->catalog.segment_count, 1);
}

static void corpus_close(struct corpus *corpus) {
    snapshot_close(corpus->snapshot);
    analyzer_free(corpus->analyzer);
    buffer_release(&corpus->shown);
}

static void append(struct buffer *text, const char *words) {
    assert_int_equal(buffer_append(text, words, strlen(words)), ST_OK);
}

/* Marks as [..], cuts as < and >. */
static void append_snippet(struct buffer *shown, const struct snippet *snippet) {
    size_t mark = 0;
    bool open = false;
    append(shown, snippet->cut_before ? "<" : "");
    for (size_t at = 0; at <= snippet->text.size; at++) {
        if (open && snippet->marks[mark].end == at) {
            append(shown, "]");
            open = false;
            mark++;
        }
        if (!open && mark < snippet->count && snippet->marks[mark].start == at) {
            append(shown, "[");
            open = true;
        }
        if (at < snippet->text.size)
            assert_int_equal(buffer_append_byte(shown, snippet->text.data[at]), ST_OK);
    }
    assert_int_equal(mark, snippet->count);
    append(shown, snippet->cut_after ? ">" : "");
}

/* A question to a corpus, to which its documents answer in their order. */
struct test_query {
    struct query query;
    struct plan plan;
    struct snippet_finder finder;
    struct snippet snippets[SNIPPET_MAX];
    size_t count;
    struct arena arena;
};

static void test_query_open(struct test_query *test_query, struct corpus *corpus, const char *words,
                            enum query_mode mode) {
    struct error err;
    *test_query = (struct test_query){0};
    assert_ok(query_parse(&test_query->query, corpus->analyzer, slice_of_string(words), &err),
              &err);
    assert_ok(plan_init(&test_query->plan, &corpus->snapshot, 1, &test_query->query, mode, 1.2,
                        0.75, &err),
              &err);
    assert_ok(snippet_finder_init(&test_query->finder, corpus->analyzer, &test_query->plan, &err),
              &err);
}

static void test_query_close(struct test_query *test_query) {
    snippet_finder_release(&test_query->finder);
    plan_release(&test_query->plan);
    query_release(&test_query->query);
    arena_release(&test_query->arena);
}

static void test_query_find(struct test_query *test_query, struct corpus *corpus, uint32_t doc,
                            size_t max) {
    struct error err;
    struct document document;
    struct text_location text;
    struct hit hit = {.doc = doc};
    assert_ok(segment_record(&document, &text, &corpus->snapshot->segments[0], doc, &err), &err);
    assert_ok(snippet_find(test_query->snippets, &test_query->count, max, &test_query->finder, &hit,
                           &document, text, &test_query->arena, &err),
              &err);
    assert_true(test_query->count <= max);
}

/* Up to `max` snippets of a document as one string, separated by |. */
static const char *passages_of(struct corpus *corpus, const char *words, enum query_mode mode,
                               uint32_t doc, size_t max) {
    struct test_query test_query;
    test_query_open(&test_query, corpus, words, mode);
    test_query_find(&test_query, corpus, doc, max);
    buffer_clear(&corpus->shown);
    for (size_t i = 0; i < test_query.count; i++) {
        append(&corpus->shown, i ? "|" : "");
        append_snippet(&corpus->shown, &test_query.snippets[i]);
    }
    assert_int_equal(buffer_append_byte(&corpus->shown, 0), ST_OK);
    test_query_close(&test_query);
    return (const char *)corpus->shown.data;
}

/* Those of a document that is the only one. Valid until the next call. */
static const char *snippets_of(const char *words, struct slice text, size_t max) {
    static struct corpus corpus;
    struct document document = {.text = text};
    if (corpus.snapshot)
        corpus_close(&corpus);
    corpus_open(&corpus, &document, 1, true);
    return passages_of(&corpus, words, QUERY_RELAXED, 0, max);
}

static const char *best(const char *words, const char *text) {
    return snippets_of(words, slice_of_string(text), 1);
}

static void test_snippet_find__marks_what_matched(void **state) {
    (void)state;
    assert_string_equal(best("pipelines caf\xc3\xa9", "A Pipeline, a CAFE."),
                        "A [Pipeline], a [CAFE].");
    assert_string_equal(best("gas -leak", "A gas leak."), "A [gas] leak.");
    assert_string_equal(best("multi-agent", "One multi-agent system"),
                        "One [multi]-[agent] system");
    assert_string_equal(best("node", "With Node.js."), "With [Node].js.");
    assert_string_equal(best("\"c# language\" c", "The C# language."), "The [C#] [language].");
    assert_string_equal(best("\"c language\"", "The C# language."), "The [C#] [language].");
    assert_string_equal(best("net .net framework", "A .NET framework"), "A [.NET] [framework]");
}

static void test_snippet_find__folds_white_space(void **state) {
    (void)state;
    assert_string_equal(best("gas sea", "\n\n The\tgas \r\n\n sea\n"), "The [gas] [sea]");
}

static void test_snippet_find__a_phrase_only_where_it_stands(void **state) {
    (void)state;
    assert_string_equal(best("\"gas pipeline\"", "gas here, pipeline there, gas pipelines"),
                        "gas here, pipeline there, [gas] [pipelines]");
    assert_string_equal(best("\"gas pipeline\" gas", "gas here, pipeline there"),
                        "[gas] here, pipeline there");
    assert_string_equal(best("\"a b a b\"", "a b a b a c"), "[a] [b] [a] [b] a c");
}

static void test_snippet_find__bigrams_become_one_mark(void **state) {
    (void)state;
    assert_string_equal(best("\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd", /* three characters of Han */
                             "x \xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd\xe5\xba\x81 y"),
                        "x [\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd]\xe5\xba\x81 y");
}

static void test_snippet_find__nothing_matched(void **state) {
    (void)state;
    assert_string_equal(best("gas", ""), "");
    assert_string_equal(best("gas", " \n "), "");
    assert_string_equal(best("gas", "  oil only "), "oil only");
    assert_string_equal(best("", "some text"), "some text");
}

/* `count` words of filler, "w0 w1 ...", then what follows. */
static void append_filler(struct buffer *text, unsigned from, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        char word[16];
        int size = snprintf(word, sizeof word, "w%u ", from + i);
        assert_int_equal(buffer_append(text, word, (size_t)size), ST_OK);
    }
}

static size_t characters(const char *shown) {
    size_t count = 0;
    for (; *shown; shown++)
        count += (*shown & 0xc0) != 0x80 && !strchr("[]<>|", *shown);
    return count;
}

static void test_snippet_find__prefers_most_distinct_words(void **state) {
    (void)state;
    struct buffer text = {0};
    append(&text, "gas gas gas gas ");
    append_filler(&text, 100, 100);
    append(&text, "gas from norway ");
    append_filler(&text, 300, 100);
    const char *shown = snippets_of("gas norway", buffer_slice(&text), 1);
    assert_non_null(strstr(shown, "[gas] from [norway]"));
    assert_int_equal(shown[0], '<');
    assert_int_equal(shown[strlen(shown) - 1], '>');
    assert_true(characters(shown) <= SNIPPET_CHARACTERS);
    assert_true(characters(shown) > SNIPPET_CHARACTERS - 12);
    assert_int_equal(shown[1], 'w'); /* whole words at both ends */
    assert_int_equal(strlen(strrchr(shown, 'w')), strlen("w300>"));
    buffer_release(&text);
}

static void test_snippet_find__prefers_rare_words(void **state) {
    (void)state;
    struct buffer text = {0};
    for (int i = 0; i < 30; i++)
        append(&text, "gas oil ");
    append_filler(&text, 100, 200);
    append(&text, "norway gas ");
    append_filler(&text, 400, 200);
    struct document documents[20] = {{.text = buffer_slice(&text)}};
    for (size_t i = 1; i < 20; i++)
        documents[i].text = slice_of_string("gas and oil");
    struct corpus corpus;
    corpus_open(&corpus, documents, 20, true);
    assert_non_null(
        strstr(passages_of(&corpus, "gas oil norway", QUERY_RELAXED, 0, 1), "[norway] [gas]"));
    corpus_close(&corpus);
    buffer_release(&text);
}

static void test_snippet_find__prefers_closest_words(void **state) {
    (void)state;
    struct buffer text = {0};
    append(&text, "gas in the long pipeline ");
    append_filler(&text, 100, 100);
    append(&text, "pipeline for gas ");
    append_filler(&text, 300, 100);
    append(&text, "pipeline of gas ");
    append_filler(&text, 500, 100);
    assert_non_null(
        strstr(snippets_of("gas pipeline", buffer_slice(&text), 1), "[pipeline] for [gas]"));
    buffer_release(&text);
}

/* Wherever it is in the document: in any block of its text, in scripts with and without spaces. */
static void test_snippet_find__the_best_of_a_long_text(void **state) {
    (void)state;
    static const char *const fillers[] = {"filler text goes here and there ",
                                          "\xd1\x81\xd0\xbb\xd0\xbe\xd0\xb2\xd0\xbe ",
                                          "\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd",
                                          "\xe0\xb8\x99\xe0\xb8\xb3",
                                          "(...) ",
                                          "\xe0\xa4\x95\xe0\xa5\x8d\xe0\xa4\xb7\n"};
    for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++)
        for (size_t before = 30000; before < 4000000; before *= 5) {
            struct buffer text = {0};
            while (text.size < before)
                append(&text, fillers[i]);
            append(&text, " needle the rare needle is here ");
            while (text.size < 2 * before)
                append(&text, fillers[i]);
            const char *shown = snippets_of("rare \"needle is\"", buffer_slice(&text), 1);
            assert_non_null(strstr(shown, " needle the [rare] [needle] [is] here "));
            assert_int_equal(shown[0], '<');
            assert_int_equal(shown[strlen(shown) - 1], '>');
            buffer_release(&text);
        }
}

/* The indexer cuts such a text where a word may go on: what counts its words does the same. */
static void test_snippet_find__behind_text_without_white_space(void **state) {
    (void)state;
    struct buffer text = {0};
    append(&text, "some words and ");
    while (text.size < 10000000)
        append(&text, "\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd");
    append(&text, " at last the needle is here");
    assert_non_null(
        strstr(snippets_of("needle", buffer_slice(&text), 1), " at last the [needle] is here"));
    buffer_release(&text);
}

/* Not only those that made the passage the best one. */
static void test_snippet_find__marks_all_that_is_shown(void **state) {
    (void)state;
    assert_string_equal(
        best("gas pipeline", "Pipelines. There are 456 kilometers of crude oil pipeline, 298 "
                             "kilometers of refined petroleum pipeline, and 2,948 kilometers of "
                             "natural gas pipeline."),
        "[Pipelines]. There are 456 kilometers of crude oil [pipeline], 298 kilometers of refined "
        "petroleum [pipeline], and 2,948 kilometers of natural [gas] [pipeline].");
    struct buffer text = {0};
    for (int i = 0; i < 20000; i++)
        append(&text, "gas ");
    const char *shown = snippets_of("gas", buffer_slice(&text), 1);
    size_t marks = 0;
    for (const char *at = shown; *at; at++)
        marks += *at == '[';
    assert_int_equal(marks, SNIPPET_CHARACTERS / 4);
    buffer_release(&text);
}

/* Where any word will do, parts of one are found alone, and so they are marked. */
static void test_snippet_find__marks_parts_of_words(void **state) {
    (void)state;
    struct document document = {.text = slice_of_string("Nobody mentioned it.")};
    struct corpus corpus;
    corpus_open(&corpus, &document, 1, true);
    assert_string_equal(passages_of(&corpus, "well-mentioned", QUERY_ANY, 0, 1),
                        "Nobody [mentioned] it.");
    assert_string_equal(passages_of(&corpus, "well-mentioned", QUERY_ALL, 0, 1),
                        "Nobody mentioned it.");
    corpus_close(&corpus);
}

static void test_snippet_find__of_the_text_not_the_title(void **state) {
    (void)state;
    struct document documents[] = {
        {.title = slice_of_string("Gas pipeline"), .text = slice_of_string("The gas flows.")},
        {.title = slice_of_string("Gas"), .text = slice_of_string("  It flows.")},
        {.title = slice_of_string("Gas")}};
    struct corpus corpus;
    corpus_open(&corpus, documents, 3, true);
    assert_string_equal(passages_of(&corpus, "gas pipeline", QUERY_ANY, 0, 1), "The [gas] flows.");
    assert_string_equal(passages_of(&corpus, "\"pipeline the\"", QUERY_ANY, 0, 1),
                        "The gas flows.");
    assert_string_equal(passages_of(&corpus, "gas", QUERY_ANY, 1, 1), "It flows.");
    assert_string_equal(passages_of(&corpus, "gas", QUERY_ANY, 2, 1), "");
    corpus_close(&corpus);
    corpus_open(&corpus, documents, 3, false);
    assert_string_equal(passages_of(&corpus, "gas", QUERY_ANY, 0, 1), "");
    corpus_close(&corpus);
}

static void test_snippet_find__several_do_not_overlap(void **state) {
    (void)state;
    struct buffer text = {0};
    append_filler(&text, 100, 20);
    for (unsigned i = 0; i < 6; i++) {
        append(&text, i % 2 ? "oil " : "gas ");
        append_filler(&text, 200 + 20 * i, 20);
    }
    const char *shown = snippets_of("gas oil", buffer_slice(&text), 4);
    unsigned last = 0, snippets = 1;
    for (const char *at = shown; *at; at++) {
        snippets += *at == '|';
        if (*at == 'w') {
            unsigned word = (unsigned)atoi(at + 1);
            assert_true(word > last); /* in order, none twice */
            last = word;
        }
    }
    assert_true(snippets >= 2);
    buffer_release(&text);
}

/* Where passages share what is between them, too. */
static void test_snippet_find__begins_and_ends_with_whole_words(void **state) {
    (void)state;
    for (unsigned apart = 25; apart < 45; apart++) {
        struct buffer text = {0};
        append_filler(&text, 100, 40);
        for (unsigned i = 0; i < 3; i++) {
            append(&text, "gas ");
            append_filler(&text, 200 + 100 * i, apart);
        }
        const char *shown = snippets_of("gas", buffer_slice(&text), 3);
        assert_true(shown[0] == '<' && (shown[1] == 'w' || shown[1] == '['));
        for (const char *at = strstr(shown, ">|<"); at; at = strstr(at + 1, ">|<")) {
            assert_true(at[3] == 'w' || at[3] == '[');
            assert_true(at[-1] == ']' || (at[-4] == 'w' && at[-5] == ' '));
        }
        buffer_release(&text);
    }
}

static void test_snippet_find__equal_windows_the_first(void **state) {
    (void)state;
    struct buffer text = {0};
    append_filler(&text, 100, 40);
    append(&text, "gas ");
    append_filler(&text, 200, 100);
    append(&text, "gas ");
    append_filler(&text, 400, 40);
    assert_non_null(strstr(snippets_of("gas norway", buffer_slice(&text), 1), "w139 [gas] w200"));
    buffer_release(&text);
}

static void test_snippet_find__further_ones_show_other_words(void **state) {
    (void)state;
    struct buffer text = {0};
    append(&text, "gas oil ");
    append_filler(&text, 100, 100);
    append(&text, "gas oil ");
    append_filler(&text, 300, 100);
    append(&text, "norway ");
    const char *shown = snippets_of("gas oil norway", buffer_slice(&text), 2);
    assert_non_null(strstr(shown, "[gas] [oil]"));
    assert_non_null(strstr(shown, "[norway]"));
    buffer_release(&text);
}

static void test_snippet_find__a_new_document_starts_afresh(void **state) {
    (void)state;
    struct document documents[] = {{.text = slice_of_string("the gas, the sea")},
                                   {.text = slice_of_string("no such words")},
                                   {.text = slice_of_string("sea of oil, gas")}};
    static const char *const expected[] = {"the [gas], the [sea]", "no such words",
                                           "[sea] of oil, [gas]"};
    struct corpus corpus;
    struct test_query test_query;
    corpus_open(&corpus, documents, 3, true);
    test_query_open(&test_query, &corpus, "gas sea", QUERY_ANY);
    for (uint32_t doc = 0; doc < 3; doc++) {
        struct buffer shown = {0};
        test_query_find(&test_query, &corpus, doc, 1);
        assert_int_equal(test_query.count, 1);
        append_snippet(&shown, &test_query.snippets[0]);
        assert_slice(buffer_slice(&shown), slice_of_string(expected[doc]));
        buffer_release(&shown);
    }
    test_query_close(&test_query);
    corpus_close(&corpus);
}

static void test_snippet_find__bounded_on_hostile_text(void **state) {
    (void)state;
    struct buffer text = {0};
    for (int i = 0; i < 100000; i++)
        append(&text, "gas ");
    const char *shown = snippets_of("gas", buffer_slice(&text), SNIPPET_MAX);
    assert_true(strlen(shown) < 2 * SNIPPET_MAX * SNIPPET_CHARACTERS);
    buffer_clear(&text);
    for (int i = 0; i < 1 << 20; i++)
        append(&text, "x"); /* one word of a mebibyte */
    shown = snippets_of("y", buffer_slice(&text), 1);
    assert_true(characters(shown) <= SNIPPET_CHARACTERS);
    char term[TERM_MAX + 1] = {0};
    memset(term, 'x', TERM_MAX);
    shown = snippets_of(term, buffer_slice(&text), 1);
    assert_int_equal(characters(shown), SNIPPET_CHARACTERS);
    assert_int_equal(shown[0], '[');
    /* The words of a window are longer than a passage: some of them are shown. */
    buffer_clear(&text);
    append(&text, "gas ");
    for (int i = 0; i < 5; i++) {
        for (int k = 0; k < 100; k++)
            append(&text, "x");
        append(&text, " ");
    }
    append(&text, "oil sea ");
    shown = snippets_of("gas oil sea", buffer_slice(&text), 1);
    assert_non_null(strstr(shown, "x [oil] [sea]"));
    assert_true(characters(shown) <= SNIPPET_CHARACTERS);
    buffer_release(&text);
}

enum { TEXTS = 3000 };

/* Texts of any bytes, each with the question of its round. */
static void ask_random_texts(const char *const *alphabet, uint32_t letters, const char *words,
                             void (*check)(const struct snippet *, size_t, struct slice)) {
    struct testing_random random = testing_random();
    struct document *documents = calloc(TEXTS, sizeof *documents);
    struct buffer *texts = calloc(TEXTS, sizeof *texts);
    assert_true(documents && texts);
    for (size_t i = 0; i < TEXTS; i++) {
        for (uint32_t left = testing_random_below(&random, 600); left; left--)
            append(&texts[i], alphabet[testing_random_below(&random, letters)]);
        documents[i].text = buffer_slice(&texts[i]);
    }
    struct corpus corpus;
    struct test_query test_query;
    corpus_open(&corpus, documents, TEXTS, true);
    test_query_open(&test_query, &corpus, words, QUERY_ANY);
    for (uint32_t doc = 0; doc < TEXTS; doc++) {
        test_query_find(&test_query, &corpus, doc, 1 + doc % 4);
        check(test_query.snippets, test_query.count, documents[doc].text);
        arena_release(&test_query.arena);
        buffer_release(&texts[doc]);
    }
    test_query_close(&test_query);
    corpus_close(&corpus);
    free(documents);
    free(texts);
}

static void check_marks(const struct snippet *snippets, size_t count, struct slice text) {
    assert_true(count > 0 || text.size == 0 || !strchr("gse", text.data[0]));
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < snippets[i].count; k++) {
            assert_true(snippets[i].marks[k].start < snippets[i].marks[k].end);
            assert_true(snippets[i].marks[k].end <= snippets[i].text.size);
            assert_true(k == 0 || snippets[i].marks[k - 1].end < snippets[i].marks[k].start);
        }
}

static void test_snippet_find__takes_any_bytes(void **state) {
    (void)state;
    static const char *const alphabet[] = {
        "g",    "a",    "s",    " ",    "s",    "e",    "a",    " ",    "\n", "\t", "\xff", "\xc3",
        "\xa9", "\xe6", "\x9d", "\xb1", "\xf0", "\x9f", "\x98", "\x80", ".",  "-",  "gas ", "sea "};
    ask_random_texts(alphabet, sizeof alphabet / sizeof *alphabet,
                     "gas sea \"sea gas\" \xe6\x9d\xb1", check_marks);
}

/* Text without runs of white space, so that a snippet is found in it again. */
static void check_clusters(const struct snippet *snippets, size_t count, struct slice text) {
    bool *boundary = calloc(text.size + 1, sizeof *boundary);
    assert_non_null(boundary);
    for (size_t at = 0; at < text.size; at = unicode_cluster_after(text, at + 1))
        boundary[at] = true;
    boundary[text.size] = true;
    for (size_t i = 0; i < count; i++) {
        struct slice shown = snippets[i].text;
        bool fits = false;
        for (size_t at = 0; at + shown.size <= text.size && !fits; at++) {
            if (memcmp(text.data + at, shown.data, shown.size) != 0)
                continue;
            fits = boundary[at] && boundary[at + shown.size];
            for (size_t k = 0; k < snippets[i].count; k++)
                fits = fits && boundary[at + snippets[i].marks[k].start] &&
                       boundary[at + snippets[i].marks[k].end];
        }
        assert_true(fits);
    }
    free(boundary);
}

static void test_snippet_find__no_cluster_is_cut(void **state) {
    (void)state;
    /* Combining marks, jamo, Thai and Devanagari vowels, flags, a family, skin tones, a number sign
     * of Arabic that precedes its digits, a zero width joiner alone. */
    static const char *const alphabet[] = {"gas",
                                           "sea",
                                           ". ",
                                           "e\xcc\x81\xcc\xa3",
                                           "\xcc\x81",
                                           "\xe1\x84\x80",
                                           "\xe1\x85\xa1",
                                           "\xe1\x86\xa8",
                                           "\xea\xb0\x80",
                                           "\xe0\xb8\x99\xe0\xb8\xb3",
                                           "\xe0\xb8\xb3",
                                           "\xe0\xa4\x95\xe0\xa5\x8d\xe0\xa4\xb7\xe0\xa4\xbf",
                                           "\xf0\x9f\x87\xa9",
                                           "\xf0\x9f\x87\xaa",
                                           "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7",
                                           "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd",
                                           "\xd8\x80\xd9\xa1",
                                           "\xe2\x80\x8d",
                                           "x",
                                           "\xe6\x9d\xb1",
                                           "\xd1\x81"};
    ask_random_texts(alphabet, sizeof alphabet / sizeof *alphabet,
                     "gas sea \xe6\x9d\xb1\xe6\x9d\xb1 \xe0\xb8\x99\xe0\xb8\xb3 "
                     "\xe1\x84\x80\xe1\x85\xa1",
                     check_clusters);
    /* A cluster that is longer than a passage is shown as a whole. */
    struct buffer text = {0};
    append(&text, "gas ");
    append(&text, "e");
    for (int i = 0; i < 300; i++)
        append(&text, "\xcc\x81");
    append(&text, " oil");
    assert_string_equal(snippets_of("gas", buffer_slice(&text), 1), "[gas]>");
    buffer_release(&text);
}

/* Emoji joined by zero width joiners are words in one cluster, which windows may share: it is shown
 * once, and nothing is read past the text. */
static void test_snippet_find__windows_in_one_cluster(void **state) {
    (void)state;
    for (int count = 24; count < 120; count += 7)
        for (int after = 0; after < 2; after++) {
            struct buffer text = {0};
            for (int i = 0; i < count; i++)
                append(&text, i ? "\u200d\U0001f355" : "\U0001f355");
            append(&text, after ? " gas" : "");
            const char *shown = snippets_of("\U0001f355", buffer_slice(&text), 4);
            size_t emoji = 0;
            for (const char *at = shown; (at = strstr(at, "\U0001f355")); at++)
                emoji++;
            assert_int_equal(emoji, count);
            assert_null(strchr(shown, '|'));
            buffer_release(&text);
        }
}

/* What is between the words of a window is not read as a whole, however long it is. */
static void test_snippet_find__words_far_apart(void **state) {
    (void)state;
    struct buffer text = {0};
    append(&text, "gas ");
    for (int i = 0; i < 1 << 20; i++)
        append(&text, i % 2 ? "  " : ". ");
    append(&text, "oil sea");
    struct document document = {.text = buffer_slice(&text)};
    struct corpus corpus;
    struct test_query test_query;
    corpus_open(&corpus, &document, 1, true);
    test_query_open(&test_query, &corpus, "gas oil sea", QUERY_ANY);
    test_query_find(&test_query, &corpus, 0, 1);
    assert_int_equal(test_query.count, 1);
    append_snippet(&corpus.shown, &test_query.snippets[0]);
    assert_int_equal(buffer_append_byte(&corpus.shown, 0), ST_OK);
    assert_non_null(strstr((const char *)corpus.shown.data, ". [oil] [sea]"));
    assert_true(test_query.finder.source.range.capacity < (size_t)64 * SNIPPET_CHARACTERS);
    test_query_close(&test_query);
    corpus_close(&corpus);
    buffer_release(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_snippet_find__marks_what_matched),
        cmocka_unit_test(test_snippet_find__folds_white_space),
        cmocka_unit_test(test_snippet_find__a_phrase_only_where_it_stands),
        cmocka_unit_test(test_snippet_find__bigrams_become_one_mark),
        cmocka_unit_test(test_snippet_find__nothing_matched),
        cmocka_unit_test(test_snippet_find__prefers_most_distinct_words),
        cmocka_unit_test(test_snippet_find__prefers_rare_words),
        cmocka_unit_test(test_snippet_find__prefers_closest_words),
        cmocka_unit_test(test_snippet_find__the_best_of_a_long_text),
        cmocka_unit_test(test_snippet_find__behind_text_without_white_space),
        cmocka_unit_test(test_snippet_find__marks_all_that_is_shown),
        cmocka_unit_test(test_snippet_find__marks_parts_of_words),
        cmocka_unit_test(test_snippet_find__of_the_text_not_the_title),
        cmocka_unit_test(test_snippet_find__several_do_not_overlap),
        cmocka_unit_test(test_snippet_find__begins_and_ends_with_whole_words),
        cmocka_unit_test(test_snippet_find__equal_windows_the_first),
        cmocka_unit_test(test_snippet_find__further_ones_show_other_words),
        cmocka_unit_test(test_snippet_find__a_new_document_starts_afresh),
        cmocka_unit_test(test_snippet_find__bounded_on_hostile_text),
        cmocka_unit_test(test_snippet_find__takes_any_bytes),
        cmocka_unit_test(test_snippet_find__no_cluster_is_cut),
        cmocka_unit_test(test_snippet_find__windows_in_one_cluster),
        cmocka_unit_test(test_snippet_find__words_far_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
