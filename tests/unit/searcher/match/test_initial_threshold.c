/* SPDX-License-Identifier: MIT */
/* The initial threshold is never above the k-th best score, and is found where it pays. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>

#include "searcher/match/initial_threshold.h"
#include "searcher/match/rank.h"
#include "searcher/plan/planner.h"
#include "tests/support/index_fixture.h"

/* A query, and the index that it is put to. */
struct test_query {
    struct search_scratch *scratch;
    struct snapshot *snapshot;
    struct analyzer *analyzer;
    struct query query;
    struct plan plan;
};

static void open_index(struct test_query *test, const char *path) {
    struct error err;
    struct writer_options options = index_fixture_options();
    assert_ok(analyzer_new(&test->analyzer, &options.analysis, &err), &err);
    assert_ok(snapshot_open(&test->snapshot, path, &err), &err);
    test->scratch = search_scratch_new();
    assert_non_null(test->scratch);
}

static void close_index(struct test_query *test) {
    search_scratch_free(test->scratch);
    snapshot_close(test->snapshot);
    analyzer_free(test->analyzer);
}

static void open_query(struct test_query *test, const char *text) {
    struct error err;
    assert_ok(query_parse(&test->query, &(struct query_context){.analyzer = test->analyzer},
                          slice_of_string(text), &err),
              &err);
    assert_ok(plan_init(&test->plan, &test->snapshot, 1, &test->query, QUERY_ANY,
                        &(struct ranking){.k1 = 1.2, .b = 0.75}, &err),
              &err);
}

static void close_query(struct test_query *test) {
    plan_release(&test->plan);
    query_release(&test->query);
}

/* The score of the k-th best document of all segments; 0 if there are fewer. */
static uint32_t best_score(struct test_query *test, size_t k) {
    struct topk topk;
    struct error err;
    assert_int_equal(topk_init(&topk, k), ST_OK);
    for (size_t i = 0; i < test->plan.segment_count; i++) {
        struct match match;
        assert_ok(match_init(&match, &test->plan, i, &err), &err);
        rank_matches(&match, &topk, true, test->scratch);
        match_release(&match);
    }
    assert_int_equal(topk_sort(&topk), ST_OK);
    uint32_t score = topk.count == k ? topk.entries[k - 1].score : 0;
    topk_release(&topk);
    return score;
}

/* The initial threshold of the first segment, before any document is offered. */
static uint32_t initial_threshold(struct test_query *test, size_t k) {
    struct topk topk;
    struct match match;
    struct error err;
    assert_int_equal(topk_init(&topk, k), ST_OK);
    assert_ok(match_init(&match, &test->plan, 0, &err), &err);
    initial_threshold_set(&match, &topk);
    uint32_t threshold = topk.threshold;
    assert_int_equal(topk.count, 0);
    assert_int_equal(match.matched, 0);
    assert_ok(segment_status(match.segment, &err), &err);
    match_release(&match);
    topk_release(&topk);
    return threshold;
}

static uint32_t initial_threshold_of(struct test_query *test, const char *text, size_t k) {
    open_query(test, text);
    uint32_t threshold = initial_threshold(test, k);
    assert_true(threshold <= best_score(test, k));
    close_query(test);
    return threshold;
}

/* Makes an index in which every document has the word "frequent" and every `step`-th one "rare", 1
 * to 4 times each, with random other words. *open, unless open is NULL, is its writer. */
static const char *make_index(struct writer **open, uint32_t documents, uint32_t step) {
    struct testing_random random = testing_random();
    const char *path = testing_path("index");
    struct writer *writer = index_fixture_writer(path);
    for (uint32_t doc = 0; doc < documents; doc++) {
        struct buffer text = {0};
        char id[16];
        for (uint32_t i = 1 + testing_random_below(&random, 4); doc % step == 0 && i > 0; i--)
            assert_int_equal(buffer_append(&text, "rare ", 5), ST_OK);
        for (uint32_t i = 1 + testing_random_below(&random, 4); i > 0; i--)
            assert_int_equal(buffer_append(&text, "frequent ", 9), ST_OK);
        testing_random_words(&text, &random, testing_random_below(&random, 30), 100);
        assert_int_equal(buffer_append_byte(&text, '\0'), ST_OK);
        snprintf(id, sizeof id, "%u", (unsigned)doc);
        index_fixture_add(writer, id, NULL, (const char *)text.data, WRITER_ADDED);
        buffer_release(&text);
    }
    struct error err;
    assert_ok(writer_commit(writer, &err), &err);
    if (open)
        *open = writer;
    else
        writer_close(writer);
    return path;
}

/* The k-th best score of "rare" alone, with its weight in the query `text`. */
static uint32_t score_of_rare(struct test_query *test, const char *text, size_t k) {
    open_query(test, text);
    struct match match;
    struct topk topk;
    struct error err;
    assert_int_equal(topk_init(&topk, k), ST_OK);
    assert_ok(match_init(&match, &test->plan, 0, &err), &err);
    struct scorer *rare = &match.optional[0];
    for (uint32_t doc = scorer_seek(rare, 0); doc != DOC_END; doc = scorer_seek(rare, doc + 1))
        if (!segment_is_deleted(match.segment, doc))
            topk_offer(&topk, scorer_score(rare, doc), 0, doc);
    assert_int_equal(topk_sort(&topk), ST_OK);
    uint32_t score = topk.count == k ? topk.entries[k - 1].score : 0;
    match_release(&match);
    topk_release(&topk);
    close_query(test);
    return score;
}

static void test_initial_threshold_set__is_the_kth_best_score_of_the_rare_word(void **state) {
    (void)state;
    struct test_query test;
    open_index(&test, make_index(NULL, 20000, 20));
    for (size_t k = 1; k <= 1000; k = 3 * k + 1) {
        uint32_t threshold = initial_threshold_of(&test, "rare frequent", k);
        assert_true(threshold == 0 || threshold == score_of_rare(&test, "rare frequent", k));
        if (k >= 60) /* below, it does not pay */
            assert_true(threshold > 0);
    }
    /* Fewer documents than that have the rare word, and for the frequent one it never pays. */
    assert_int_equal(initial_threshold_of(&test, "rare frequent", 1001), 0);
    close_index(&test);
}

/* No threshold where other things than terms decide, or where there is nothing to gain. */
static void test_initial_threshold_set__does_nothing_where_it_does_not_apply(void **state) {
    (void)state;
    struct test_query test;
    open_index(&test, make_index(NULL, 20000, 20));
    assert_true(initial_threshold_of(&test, "rare frequent", 100) > 0);
    assert_int_equal(initial_threshold_of(&test, "rare frequent -w0", 100), 0);
    assert_int_equal(initial_threshold_of(&test, "rare frequent -\"w1 w0\"", 100), 0);
    assert_int_equal(initial_threshold_of(&test, "frequent", 100), 0);
    assert_int_equal(initial_threshold_of(&test, "rare", 100), 0);
    assert_int_equal(initial_threshold_of(&test, "rare nosuchword", 100), 0);
    /* The score of a phrase is not known from the lists of its words. */
    assert_int_equal(initial_threshold_of(&test, "\"rare frequent\" frequent", 100), 0);
    assert_int_equal(initial_threshold_of(&test, "\"rare frequent\" \"frequent frequent\"", 100),
                     0);
    /* There is a threshold already, or a document has been offered. */
    struct topk topk;
    struct match match;
    struct error err;
    open_query(&test, "rare frequent");
    assert_ok(match_init(&match, &test.plan, 0, &err), &err);
    assert_int_equal(topk_init(&topk, 100), ST_OK);
    topk.threshold = 5;
    initial_threshold_set(&match, &topk);
    assert_int_equal(topk.threshold, 5);
    topk.threshold = 0;
    topk_offer(&topk, 1, 0, 0);
    initial_threshold_set(&match, &topk);
    assert_int_equal(topk.threshold, 0);
    topk_release(&topk);
    match_release(&match);
    close_query(&test);
    close_index(&test);
}

/* Deletes documents with the rare word until fewer than k are left: deleted ones do not count. */
static void test_initial_threshold_set__counts_live_documents_only(void **state) {
    (void)state;
    enum { DOCUMENTS = 20000, STEP = 50, LEFT = 150 }; /* 400 have it */
    struct writer *writer;
    struct error err;
    const char *path = make_index(&writer, DOCUMENTS, STEP);
    uint32_t left = DOCUMENTS / STEP;
    for (uint32_t doc = 0; left > LEFT; doc += STEP, left--) {
        char id[16];
        snprintf(id, sizeof id, "%u", (unsigned)doc);
        assert_ok(writer_remove(writer, slice_of_string(id), &err), &err);
    }
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
    struct test_query test;
    open_index(&test, path);
    assert_int_equal(test.snapshot->catalog.segment_count, 1);
    assert_int_equal(test.snapshot->segments[0].info.deleted, DOCUMENTS / STEP - LEFT);
    for (size_t k = LEFT - 20; k <= LEFT + 20; k++) {
        uint32_t threshold = initial_threshold_of(&test, "rare frequent", k);
        assert_int_equal(threshold, score_of_rare(&test, "rare frequent", k));
        assert_int_equal(threshold > 0, k <= LEFT);
    }
    close_index(&test);
}

/* Checks random queries over random documents, in one segment and in several. */
static void check_random(struct testing_random *random, uint32_t documents, uint32_t batch) {
    const char *path = testing_path("index");
    struct writer *writer = index_fixture_writer(path);
    struct error err;
    struct buffer text = {0};
    for (uint32_t doc = 0; doc < documents; doc++) {
        char id[16];
        buffer_clear(&text);
        testing_random_words(&text, random, testing_random_below(random, 60), 3000);
        assert_int_equal(buffer_append_byte(&text, '\0'), ST_OK);
        snprintf(id, sizeof id, "%u", (unsigned)doc);
        index_fixture_add(writer, id, NULL, (const char *)text.data, WRITER_ADDED);
        if ((doc + 1) % batch == 0)
            assert_ok(writer_commit(writer, &err), &err);
    }
    for (uint32_t i = 0; i < documents / 10; i++) {
        char id[16];
        snprintf(id, sizeof id, "%u", (unsigned)(10 * i + testing_random_below(random, 10)));
        assert_ok(writer_remove(writer, slice_of_string(id), &err), &err);
    }
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
    static const size_t limits[] = {1, 5, 10, 100, 1000};
    struct test_query test;
    unsigned raised = 0;
    open_index(&test, path);
    for (unsigned round = 0; round < 400; round++) {
        buffer_clear(&text);
        uint32_t words = 2 + testing_random_below(random, 5);
        for (uint32_t i = 0; i < words; i++) {
            if (testing_random_below(random, 12) == 0)
                assert_int_equal(buffer_append(&text, "\"w0 w1\" ", 8), ST_OK);
            testing_random_words(&text, random, 1, 3000);
        }
        assert_int_equal(buffer_append_byte(&text, '\0'), ST_OK);
        size_t k = limits[testing_random_below(random, 5)];
        raised += initial_threshold_of(&test, (const char *)text.data, k) > 0;
    }
    assert_true(raised > 20);
    close_index(&test);
    buffer_release(&text);
}

static void test_initial_threshold_set__is_never_above_the_kth_best_score(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    check_random(&random, 6000, 6000);
    check_random(&random, 12000, 4500);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_initial_threshold_set__is_the_kth_best_score_of_the_rare_word),
        cmocka_unit_test(test_initial_threshold_set__does_nothing_where_it_does_not_apply),
        cmocka_unit_test(test_initial_threshold_set__counts_live_documents_only),
        cmocka_unit_test(test_initial_threshold_set__is_never_above_the_kth_best_score),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
