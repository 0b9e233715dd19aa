/* SPDX-License-Identifier: MIT */
/* Terms and phrases match the documents, with the frequencies, that the oracle finds. */
#include <stdio.h>
#include <stdlib.h>

#include "common/segment/norm.h"
#include "searcher/score/scorer.h"
#include "tests/support/index_fixture.h"
#include "tests/support/oracle.h"
#include "tests/support/testing.h"

/* One segment of documents of few words in many combinations. */
enum { DOCUMENTS = 1500 };

static struct {
    struct snapshot *snapshot;
    struct segment *segment;
    struct analyzer *analyzer;
    struct oracle *oracle;
} fixture;

static char *random_text(struct testing_random *random, uint32_t words) {
    struct buffer text = {0};
    testing_random_words(&text, random, words, 60);
    assert_int_equal(buffer_append_byte(&text, '\0'), ST_OK);
    return (char *)text.data;
}

static int set_up(void **state) {
    (void)state;
    struct error err;
    struct testing_random random = testing_random();
    struct writer_options options = index_fixture_options();
    const char *path = testing_path("index");
    struct writer *writer = index_fixture_writer(path);
    assert_ok(analyzer_new(&fixture.analyzer, &options.analysis, &err), &err);
    fixture.oracle = oracle_new(fixture.analyzer);
    for (unsigned doc = 0; doc < DOCUMENTS; doc++) {
        char id[16];
        snprintf(id, sizeof id, "%u", doc);
        char *title = random_text(&random, testing_random_below(&random, 4));
        char *text = random_text(&random, testing_random_below(&random, 200));
        index_fixture_add(writer, id, title, text, WRITER_ADDED);
        oracle_add(fixture.oracle, slice_of_string(title), slice_of_string(text));
        free(title);
        free(text);
    }
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
    assert_ok(snapshot_open(&fixture.snapshot, path, &err), &err);
    assert_int_equal(fixture.snapshot->catalog.segment_count, 1);
    fixture.segment = &fixture.snapshot->segments[0];
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    snapshot_close(fixture.snapshot);
    oracle_free(fixture.oracle);
    analyzer_free(fixture.analyzer);
    return 0;
}

/* A query of one clause, and its scorer. */
struct test_query {
    struct query query;
    struct term_entry entries[8];
    const struct term_entry *entry_list[8];
    uint32_t offsets[8];
    struct bm25 bm25;
    struct lengths lengths;
    struct scorer scorer;
};

/* Makes a scorer that is not started. False: no document has one of the words. */
static bool open_query_unstarted(struct test_query *test, const char *text) {
    struct error err;
    assert_ok(query_parse(&test->query, &(struct query_context){.analyzer = fixture.analyzer},
                          slice_of_string(text), &err),
              &err);
    assert_int_equal(test->query.count, 1);
    const struct query_clause *clause = &test->query.clauses[0];
    assert_in_range(clause->count, 1, 8);
    for (size_t i = 0; i < clause->count; i++) {
        enum status status = segment_find_term(&test->entries[i], fixture.segment, SCHEMA_ALL,
                                               clause->terms[i].term, &err);
        if (status == ST_NOT_FOUND) {
            query_release(&test->query);
            return false;
        }
        assert_ok(status, &err);
        test->entry_list[i] = &test->entries[i];
        test->offsets[i] = clause->terms[i].offset;
    }
    bm25_init(&test->bm25, 1.2, 0.75, 100);
    assert_int_equal(
        lengths_init(&test->lengths, &test->bm25, fixture.segment, (struct norm_source){0}, NULL),
        ST_OK);
    enum status status =
        clause->count > 1
            ? scorer_init_phrase(&test->scorer, fixture.segment, test->entry_list, test->offsets,
                                 clause->count, &test->lengths, 1 << 30)
            : scorer_init_term(&test->scorer, fixture.segment, test->entry_list[0], &test->lengths,
                               1 << 30);
    assert_int_equal(status, ST_OK);
    return true;
}

static bool open_query(struct test_query *test, const char *text) {
    if (!open_query_unstarted(test, text))
        return false;
    scorer_start(&test->scorer);
    return true;
}

static void close_query(struct test_query *test) {
    scorer_release(&test->scorer);
    query_release(&test->query);
}

static uint32_t frequency_of(const struct test_query *test, uint32_t doc) {
    return oracle_frequency(fixture.oracle, &test->query.clauses[0], doc);
}

static uint32_t scan(const struct test_query *test, uint32_t from) {
    for (uint32_t doc = from; doc < DOCUMENTS; doc++)
        if (frequency_of(test, doc))
            return doc;
    return DOC_END;
}

static uint8_t norm_of(uint32_t doc) {
    return norm_of_length(oracle_length(fixture.oracle, doc));
}

/* Seeks by steps of up to `reach` and compares with the oracle; returns how many documents
 * match. */
static unsigned check_seeks(const char *text, struct testing_random *random, uint32_t reach) {
    struct test_query test;
    unsigned documents = 0;
    if (!open_query(&test, text))
        return 0;
    for (uint32_t expected = scan(&test, 0); expected != DOC_END; documents++) {
        assert_int_equal(test.scorer.doc, expected);
        assert_int_equal(scorer_frequency(&test.scorer), frequency_of(&test, expected));
        uint32_t target = expected + 1 + testing_random_below(random, reach);
        expected = scan(&test, target);
        assert_int_equal(scorer_seek(&test.scorer, target), expected);
    }
    assert_int_equal(test.scorer.doc, DOC_END);
    close_query(&test);
    return documents;
}

static void test_scorer_seek__finds_words_and_phrases(void **state) {
    (void)state;
    static const char *const texts[] = {"w0",
                                        "w59",
                                        "\"w0 w1\"",
                                        "\"w1 w0\"",
                                        "\"w0 w0\"",
                                        "\"w0 w0 w0\"",
                                        "\"w0 w1 w0\"",
                                        "\"w2 w0 w7 w1\"",
                                        "\"w40 w0\"",
                                        "\"w0 w40\"",
                                        "\"w0 w50 w0\"",
                                        "\"w55 w56\"",
                                        "\"w0 x\"",
                                        "\"w3 w3 w3 w3\""};
    struct testing_random random = testing_random();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (uint32_t reach = 1; reach <= 256; reach *= 16)
            check_seeks(texts[i], &random, reach);
    assert_true(check_seeks("\"w0 w0 w0\"", &random, 1) > 10);
}

static void test_scorer_seek__finds_random_phrases(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    unsigned found = 0;
    for (unsigned i = 0; i < 300; i++) {
        struct buffer text = {0};
        assert_int_equal(buffer_append_byte(&text, '"'), ST_OK);
        testing_random_words(&text, &random, 2 + testing_random_below(&random, 3), 60);
        assert_int_equal(buffer_append(&text, "\"", 2), ST_OK);
        found +=
            check_seeks((const char *)text.data, &random, 1 + testing_random_below(&random, 10));
        buffer_release(&text);
    }
    assert_true(found > 1000);
}

/* Single documents, and the positions at which the phrase begins in them. */
static void test_scorer_seek_exact__matches_any_documents(void **state) {
    (void)state;
    static const char *const texts[] = {"w0",        "w59",          "w30",
                                        "\"w0 w1\"", "\"w0 w0 w0\"", "\"w0 w40\""};
    struct testing_random random = testing_random();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (uint32_t reach = 1; reach <= 1024; reach *= 4) {
            struct test_query test;
            if (!open_query_unstarted(&test, texts[i]))
                continue;
            for (uint32_t doc = testing_random_below(&random, reach); doc < DOCUMENTS;
                 doc += 1 + testing_random_below(&random, reach)) {
                uint32_t frequency = frequency_of(&test, doc);
                assert_int_equal(scorer_seek_exact(&test.scorer, doc), frequency > 0);
                if (!frequency)
                    continue;
                assert_int_equal(test.scorer.doc, doc);
                assert_int_equal(scorer_frequency(&test.scorer), frequency);
                size_t count;
                const uint32_t *starts = scorer_starts(&count, &test.scorer);
                assert_int_equal(count, frequency);
                assert_non_null(starts);
                for (uint32_t k = 1; k < frequency; k++)
                    assert_true(starts[k - 1] < starts[k]);
            }
            close_query(&test);
        }
}

static void test_scorer_range_bound__is_above_every_score_in_the_range(void **state) {
    (void)state;
    static const char *const texts[] = {"w0", "w30", "\"w0 w1\"", "\"w0 w0\"", "\"w1 w40\""};
    struct testing_random random = testing_random();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (unsigned round = 0; round < 5; round++) {
            struct test_query test;
            assert_true(open_query(&test, texts[i]));
            struct scorer *scorer = &test.scorer;
            for (uint32_t from = 0; from < DOCUMENTS; from += testing_random_below(&random, 200)) {
                uint32_t end = from + 1 + testing_random_below(&random, 300);
                uint32_t bound = scorer_range_bound(scorer, from, end);
                assert_true(bound <= scorer->bound);
                for (uint32_t doc = from; doc < end && doc < DOCUMENTS; doc++) {
                    uint32_t frequency = frequency_of(&test, doc);
                    if (frequency)
                        assert_true(bm25_score(scorer->weight, test.bm25.inverse_k[norm_of(doc)],
                                               frequency) <= bound);
                }
                scorer_seek(scorer, from);
            }
            close_query(&test);
        }
}

static void test_scorer_score__is_the_score_of_the_frequency(void **state) {
    (void)state;
    struct test_query test;
    assert_true(open_query(&test, "\"w0 w1\""));
    for (uint32_t doc = test.scorer.doc; doc != DOC_END; doc = scorer_seek(&test.scorer, doc + 1)) {
        uint8_t norm = norm_of(doc);
        assert_int_equal(scorer_score(&test.scorer, doc),
                         bm25_score(1 << 30, test.bm25.inverse_k[norm], frequency_of(&test, doc)));
    }
    close_query(&test);
}

/* With a multiplicity of 3, every score and every bound is three times as high. */
static void test_scorer_set_multiplicity__multiplies_scores_and_bounds(void **state) {
    (void)state;
    struct test_query one, three;
    assert_true(open_query(&one, "\"w0 w1\""));
    assert_true(open_query_unstarted(&three, "\"w0 w1\""));
    scorer_set_multiplicity(&three.scorer, 3);
    scorer_start(&three.scorer);
    assert_int_equal(three.scorer.bound, 3 * one.scorer.bound);
    while (one.scorer.doc != DOC_END) {
        uint32_t doc = one.scorer.doc;
        assert_int_equal(three.scorer.doc, doc);
        assert_int_equal(scorer_frequency(&three.scorer), scorer_frequency(&one.scorer));
        assert_int_equal(scorer_score(&three.scorer, doc), 3 * scorer_score(&one.scorer, doc));
        assert_int_equal(scorer_doc_bound(&three.scorer, doc),
                         3 * scorer_doc_bound(&one.scorer, doc));
        assert_int_equal(scorer_range_bound(&three.scorer, doc, doc + 100),
                         3 * scorer_range_bound(&one.scorer, doc, doc + 100));
        scorer_seek(&one.scorer, doc + 1);
        scorer_seek(&three.scorer, doc + 1);
    }
    assert_int_equal(three.scorer.doc, DOC_END);
    close_query(&one);
    close_query(&three);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scorer_seek__finds_words_and_phrases),
        cmocka_unit_test(test_scorer_seek__finds_random_phrases),
        cmocka_unit_test(test_scorer_seek_exact__matches_any_documents),
        cmocka_unit_test(test_scorer_range_bound__is_above_every_score_in_the_range),
        cmocka_unit_test(test_scorer_score__is_the_score_of_the_frequency),
        cmocka_unit_test(test_scorer_set_multiplicity__multiplies_scores_and_bounds),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
