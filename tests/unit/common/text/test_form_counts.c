/* SPDX-License-Identifier: MIT */
/* Which words are surface forms, and how often they are counted, however small the cache is. */
#include "tests/support/testing.h"

#include "common/text/analyzer.h"

/* Adds up the runs. */
struct collected {
    struct form_sink sink;
    struct buffer lines; /* "key form term count\n" of the last run */
    uint64_t total;
    unsigned runs;
    enum status status; /* what the sink answers */
};

static enum status take(struct form_sink *sink, const struct surface_form *form) {
    struct collected *collected = (struct collected *)sink;
    if (!form) {
        collected->runs++;
        return collected->status;
    }
    char line[1024];
    int size =
        snprintf(line, sizeof line, "%.*s %.*s %.*s %u\n", (int)form->key.size,
                 (const char *)form->key.data, (int)form->form.size, (const char *)form->form.data,
                 (int)form->term.size, (const char *)form->term.data, (unsigned)form->count);
    collected->total += form->count;
    assert_int_equal(buffer_append(&collected->lines, line, (size_t)size), ST_OK);
    return collected->status;
}

static struct analyzer *counting(struct collected *collected, const char *stemmer) {
    struct analyzer_options options = {.stopwords = slice_of_string("the\n")};
    snprintf(options.stemmer, sizeof options.stemmer, "%s", stemmer);
    struct analyzer *analyzer;
    assert_int_equal(analyzer_new(&analyzer, &options, NULL), ST_OK);
    *collected = (struct collected){.sink.take = take};
    analyzer_count_forms(analyzer, &collected->sink);
    return analyzer;
}

static void read_text(struct analyzer *analyzer, struct slice text) {
    struct token tokens[ANALYZER_BATCH];
    analyzer_begin(analyzer, text, 0);
    while (analyzer_next(tokens, ANALYZER_BATCH, analyzer))
        ;
    assert_int_equal(analyzer_status(analyzer), ST_OK);
}

static void assert_forms(const char *stemmer, const char *text, const char *expected) {
    struct collected collected;
    struct analyzer *analyzer = counting(&collected, stemmer);
    read_text(analyzer, slice_of_string(text));
    assert_int_equal(analyzer_flush_forms(analyzer, NULL), ST_OK);
    assert_slice(buffer_slice(&collected.lines), slice_of_string(expected));
    assert_int_equal(analyzer_flush_forms(analyzer, NULL), ST_OK);
    assert_int_equal(collected.runs, *expected != '\0');
    buffer_release(&collected.lines);
    analyzer_free(analyzer);
}

static void test_form_counts__words_of_letters(void **state) {
    (void)state;
    assert_forms(
        "english", "The PIPELINES of a pipeline, pipelines",
        "a a a 1\nof of of 1\npipeline pipeline pipelin 1\npipelines pipelines pipelin 2\n");
    assert_forms("english", "Don’t don't 20.04 v1.2.3 mp3 U.S. 東京 ไทย c# 🍕",
                 "c c c 1\ndon't don't don't 2\n");
    assert_forms("english", "café CAFÉ cafe cafés Łódź",
                 "cafe cafe cafe 1\ncafe café cafe 2\ncafes cafés cafe 1\nlodz łódź lodz 1\n");
    assert_forms("german", "Häuser haeuser", "haeuser haeuser haus 1\nhauser häuser haus 1\n");
    assert_forms("turkish", "IŞIK ışık İzmir", "isik ışık isik 2\nizmir izmir izmir 1\n");
    assert_forms("vietnamese", "thị thi THỊ", "thi thi thi 1\nthi thị thị 2\n");
    assert_forms("russian", "Домами домами", "домами домами дом 2\n");
    assert_forms("english", "", "");
}

static void test_form_counts__does_not_depend_on_the_cache(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct buffer text = {0};
    /* Words of letters: 60,000 distinct ones, and one that occurs more than 2^16 times. */
    for (unsigned i = 0; i < 200000; i++) {
        char word[16] = "often ";
        if (i % 2) {
            uint32_t number = testing_random_below(&random, 60000);
            snprintf(word, sizeof word, "w%c%c%c%c ", 'a' + number % 26, 'a' + number / 26 % 26,
                     'a' + number / 676 % 26, 'a' + number / 17576 % 26);
        }
        assert_int_equal(buffer_append(&text, word, strlen(word)), ST_OK);
    }
    struct collected large, small;
    struct analyzer *one = counting(&large, "none"), *other = counting(&small, "none");
    analyzer_limit_cache(other, 0);
    read_text(one, buffer_slice(&text));
    read_text(other, buffer_slice(&text));
    assert_int_equal(analyzer_flush_forms(one, NULL), ST_OK);
    assert_int_equal(analyzer_flush_forms(other, NULL), ST_OK);
    assert_int_equal(large.runs, 1);
    assert_true(small.runs > 10);
    assert_int_equal(large.total, 200000);
    assert_int_equal(small.total, 200000);
    assert_non_null(strstr((char *)large.lines.data, "often often often 100000\n"));
    buffer_release(&text);
    buffer_release(&large.lines);
    buffer_release(&small.lines);
    analyzer_free(one);
    analyzer_free(other);
}

static void test_form_counts__what_is_discarded_or_not_counted(void **state) {
    (void)state;
    struct collected collected;
    struct analyzer *analyzer = counting(&collected, "english");
    read_text(analyzer, slice_of_string("gas gas"));
    analyzer_discard_forms(analyzer);
    analyzer_set_counting(analyzer, false);
    read_text(analyzer, slice_of_string("gas oil"));
    analyzer_set_counting(analyzer, true);
    read_text(analyzer, slice_of_string("gas pump"));
    assert_int_equal(analyzer_flush_forms(analyzer, NULL), ST_OK);
    assert_slice(buffer_slice(&collected.lines),
                 slice_of_string("gas gas gas 1\npump pump pump 1\n"));
    buffer_release(&collected.lines);
    analyzer_free(analyzer);
}

static void test_form_counts__failures_of_the_sink_end_the_tokens(void **state) {
    (void)state;
    struct collected collected;
    struct analyzer *analyzer = counting(&collected, "english");
    collected.status = ST_FULL;
    error_set(&collected.sink.err, ST_FULL, 0, "the disk is full");
    analyzer_limit_cache(analyzer, 0);
    struct buffer text = {0};
    struct token tokens[ANALYZER_BATCH];
    for (unsigned i = 0; i < 100000; i++) {
        char word[8];
        snprintf(word, sizeof word, "%c%c%c%c ", 'a' + i % 26, 'a' + i / 26 % 26,
                 'a' + i / 676 % 26, 'a' + i / 17576 % 26);
        assert_int_equal(buffer_append(&text, word, 5), ST_OK);
    }
    size_t seen = 0;
    analyzer_begin(analyzer, buffer_slice(&text), 0);
    for (size_t n; (n = analyzer_next(tokens, ANALYZER_BATCH, analyzer)) > 0;)
        seen += n;
    assert_int_equal(analyzer_status(analyzer), ST_FULL);
    struct error err;
    assert_int_equal(analyzer_failure(analyzer, &err), ST_FULL);
    assert_string_equal(err.text, "the disk is full");
    assert_true(seen > 0 && seen < 50000);
    buffer_release(&text);
    buffer_release(&collected.lines);
    analyzer_free(analyzer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_form_counts__words_of_letters),
        cmocka_unit_test(test_form_counts__does_not_depend_on_the_cache),
        cmocka_unit_test(test_form_counts__what_is_discarded_or_not_counted),
        cmocka_unit_test(test_form_counts__failures_of_the_sink_end_the_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
