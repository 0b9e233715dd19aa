/* SPDX-License-Identifier: MIT */
/* Of documents that are equal otherwise, those come first that have the words close together; and
 * pruning knows what nearness may add. (That scores are right is for test_search.c to say.) */
#include "searcher/eval/nearness.h"

#include "tests/support/index_fixture.h"
#include "tests/support/searcher_fixture.h"

/* Documents of equal length; the first is the best for `gas pipeline`, the last the worst. */
static const char *const texts[] = {
    "gas pipeline a b c d e f g h i j", /* adjacent */
    "pipeline gas a b c d e f g h i j", /* near */
    "a b gas c d e f g h i pipeline j", /* 8 words apart */
    "gas a b c d e f g h pipeline i j", /* 9: no longer near */
};
enum { KINDS = sizeof texts / sizeof *texts };

/* Indexes `copies` of each, the worst ones first, in a few segments. */
static void open_index(struct searcher_fixture *searcher, uint32_t copies) {
    struct error err;
    const char *path = testing_path("index");
    struct writer *writer = index_fixture_writer(path);
    for (uint32_t i = 0; i < KINDS * copies; i++) {
        char id[16];
        corpus_id(id, i);
        index_fixture_add(writer, id, NULL, texts[KINDS - 1 - i / copies], WRITER_ADDED);
        if (i % copies == copies / 2)
            assert_ok(writer_commit(writer, &err), &err);
    }
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
    searcher_fixture_open_one(searcher, path);
}

static void find(struct results *results, struct searcher_fixture *searcher, const char *text,
                 uint32_t limit, uint32_t offset) {
    struct query query;
    struct search_options options = {.mode = QUERY_ANY,
                                     .limit = limit,
                                     .offset = offset,
                                     .ranking = {.k1 = 1.2, .b = 0.75, .nearness = 0.1}};
    searcher_fixture_parse(&query, searcher, text);
    searcher_fixture_check(searcher, &query, options);
    searcher_fixture_search(results, searcher, &query, &options);
    query_release(&query);
}

/* The index in `texts` of what a hit has. */
static uint32_t kind_of(struct searcher_fixture *searcher, const struct hit *hit, uint32_t copies) {
    return KINDS - 1 - searcher->numbers[oracle_doc_number(searcher->snapshots, hit)] / copies;
}

static void test_search_run__prefers_words_that_are_close_together(void **state) {
    (void)state;
    static const uint32_t order[KINDS] = {0, 2, 1,
                                          3}; /* 1 and 2 are equal, and 2 is indexed first */
    struct searcher_fixture searcher;
    struct results results;
    open_index(&searcher, 5);
    for (uint32_t offset = 0; offset < 5 * KINDS; offset += 2) {
        find(&results, &searcher, "gas pipeline", 2, offset);
        assert_int_equal(results.count, 2);
        for (uint32_t i = 0; i < 2; i++)
            assert_int_equal(kind_of(&searcher, &results.hits[i], 5), order[(offset + i) / 5]);
        results_release(&results);
    }
    /* Neither a repeated word nor one that no document has is near another. */
    find(&results, &searcher, "gas gas nothing pipeline", 20, 0);
    for (uint32_t i = 1; i < 20; i++)
        assert_true(results.hits[i].score == results.hits[0].score);
    results_release(&results);
    searcher_fixture_close(&searcher);
}

/* Of 160 equal documents the first 100 are considered; they do not have the adjacent words. */
static void test_search_run__considers_the_best_hundred(void **state) {
    (void)state;
    struct searcher_fixture searcher;
    struct results results;
    open_index(&searcher, 40);
    find(&results, &searcher, "gas pipeline", 30, 90);
    assert_int_equal(kind_of(&searcher, &results.hits[0], 40), 3);
    assert_true(results.hits[9].is_near && !results.hits[10].is_near);
    assert_int_equal(kind_of(&searcher, &results.hits[29], 40), 1);
    results_release(&results);
    find(&results, &searcher, "gas pipeline", 10, 0);
    assert_int_equal(kind_of(&searcher, &results.hits[0], 40), 2);
    results_release(&results);
    find(&results, &searcher, "gas pipeline", 10, 120);
    assert_int_equal(kind_of(&searcher, &results.hits[0], 40), 0);
    assert_false(results.hits[0].is_near);
    results_release(&results);
    searcher_fixture_close(&searcher);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search_run__prefers_words_that_are_close_together),
        cmocka_unit_test(test_search_run__considers_the_best_hundred),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
