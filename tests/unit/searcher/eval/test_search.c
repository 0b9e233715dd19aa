/* SPDX-License-Identifier: MIT */
/* A search gives the results of the oracle, however documents are spread over segments and
 * indexes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/index_fixture.h"
#include "tests/support/searcher_fixture.h"

/* Asserts that the index has each live document of the corpus once. */
static void check_live(struct searcher_fixture *searcher, const struct corpus *corpus) {
    uint64_t live = 0, found = 0;
    for (uint32_t i = 0; i < corpus->count; i++)
        live += corpus->all[i].live;
    for (size_t i = 0; i < searcher->count; i++) {
        struct error err;
        struct buffer text = {0};
        struct snapshot *snapshot = searcher->snapshots[i];
        for (size_t k = 0; k < snapshot->catalog.segment_count; k++)
            for (uint32_t doc = 0; doc < snapshot->segments[k].info.documents; doc++) {
                if (segment_is_deleted(&snapshot->segments[k], doc))
                    continue;
                struct hit hit = {.index = (uint32_t)i, .segment = (uint32_t)k, .doc = doc};
                uint32_t number = searcher->numbers[oracle_doc_number(searcher->snapshots, &hit)];
                assert_true(number < corpus->count && corpus->all[number].live);
                buffer_clear(&text);
                assert_ok(segment_text(&text, &snapshot->segments[k], doc, &err), &err);
                assert_slice(buffer_slice(&text), slice_of_string(corpus->all[number].text));
                found++;
            }
        buffer_release(&text);
    }
    assert_int_equal(found, live);
}

struct shape {
    uint32_t documents, words, vocabulary, commits, changes;
    unsigned queries;
};

static void check_shape(struct testing_random *random, const struct shape *shape) {
    struct corpus corpus = corpus_new(random, shape->documents, shape->words, shape->vocabulary);
    const char *path = corpus_index(&corpus, 0, 1, shape->commits, NULL);
    if (shape->changes)
        corpus_change(&corpus, path, random, shape->words, shape->changes);
    struct searcher_fixture searcher;
    searcher_fixture_open_one(&searcher, path);
    check_live(&searcher, &corpus);
    searcher_fixture_check_random(&searcher, &corpus, random, shape->queries / TESTING_FEWER);
    searcher_fixture_close(&searcher);
    corpus_free(&corpus);
}

static void test_search_run__answers_as_the_oracle(void **state) {
    (void)state;
    static const struct shape shapes[] = {
        {1, 10, 5, 1, 0, 40},       {40, 8, 5, 2, 0, 100},         {300, 30, 50, 2, 0, 100},
        {130, 2000, 5, 1, 0, 60},   {5000, 12, 5, 1, 0, 60},       {2000, 40, 500, 11, 0, 150},
        {6000, 20, 40, 11, 0, 100}, {20000, 25, 5000, 11, 0, 100},
    };
    struct testing_random random = testing_random();
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        check_shape(&random, &shapes[i]);
}

static void test_search_run__does_not_find_deleted_documents(void **state) {
    (void)state;
    static const struct shape shapes[] = {
        {20, 8, 5, 1, 15, 60},
        {500, 20, 50, 2, 100, 100},
        {9000, 10, 300, 11, 1500, 150},
        {3000, 10, 20, 3, 5000, 100},
    };
    struct testing_random random = testing_random();
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        check_shape(&random, &shapes[i]);
}

/* Several chunks of norms and deletes, many windows, long lists of skip entries. */
static void test_search_run__finds_the_best_of_many(void **state) {
    (void)state;
    static const struct shape shape = {150000 / TESTING_FEWER, 4, 400, 1, 3000, 60};
    struct testing_random random = testing_random();
    check_shape(&random, &shape);
}

/* Scores by the document's number in the corpus; -1: it does not match. */
static double *scores_of(struct searcher_fixture *searcher, const struct corpus *corpus,
                         const char *text, struct search_options options) {
    double *scores = malloc((corpus->count + 1ul) * sizeof *scores);
    assert_non_null(scores);
    for (uint32_t i = 0; i < corpus->count; i++)
        scores[i] = -1;
    struct query query;
    struct results results;
    searcher_fixture_parse(&query, searcher, text);
    options.limit = corpus->count;
    options.offset = 0;
    searcher_fixture_search(&results, searcher, &query, &options);
    for (size_t i = 0; i < results.count; i++)
        scores[searcher->numbers[oracle_doc_number(searcher->snapshots, &results.hits[i])]] =
            results.hits[i].score;
    results_release(&results);
    query_release(&query);
    return scores;
}

/* Asserts that each query gives each document the same score in both, to the last bit. */
static void check_same_scores(struct searcher_fixture *a, struct searcher_fixture *b,
                              const struct corpus *corpus, struct testing_random *random,
                              unsigned queries) {
    struct buffer text = {0};
    for (unsigned i = 0; i < queries; i++) {
        corpus_random_query(&text, random, corpus);
        struct search_options options = searcher_fixture_random_options(random);
        options.ranking.nearness = 0; /* which of equal documents are the best 100 does */
        double *x = scores_of(a, corpus, (const char *)text.data, options);
        double *y = scores_of(b, corpus, (const char *)text.data, options);
        assert_memory_equal(x, y, corpus->count * sizeof *x);
        free(x);
        free(y);
    }
    buffer_release(&text);
}

static void test_search_run__does_not_depend_on_order_or_segments(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct corpus corpus = corpus_new(&random, 3000, 15, 300);
    uint32_t *order = malloc(corpus.count * sizeof *order);
    assert_non_null(order);
    for (uint32_t i = 0; i < corpus.count; i++) {
        uint32_t other = testing_random_below(&random, i + 1);
        order[i] = order[other];
        order[other] = i;
    }
    struct searcher_fixture plain, shuffled;
    searcher_fixture_open_one(&plain, corpus_index(&corpus, 0, 1, 1, NULL));
    searcher_fixture_open_one(&shuffled, corpus_index(&corpus, 0, 1, 11, order));
    assert_int_equal(plain.snapshots[0]->catalog.segment_count, 1);
    assert_true(shuffled.snapshots[0]->catalog.segment_count > 1);
    check_same_scores(&plain, &shuffled, &corpus, &random, 200);
    searcher_fixture_close(&plain);
    searcher_fixture_close(&shuffled);
    free(order);
    corpus_free(&corpus);
}

static void test_search_run__scores_a_compacted_index_like_a_new_one(void **state) {
    (void)state;
    struct error err;
    struct testing_random random = testing_random();
    struct corpus corpus = corpus_new(&random, 2000, 15, 200);
    const char *path = corpus_index(&corpus, 0, 1, 7, NULL);
    corpus_change(&corpus, path, &random, 15, 900);
    struct writer *writer = index_fixture_writer(path);
    assert_ok(writer_compact(writer, &err), &err);
    writer_close(writer);
    struct searcher_fixture compacted, fresh;
    searcher_fixture_open_one(&compacted, path);
    searcher_fixture_open_one(&fresh, corpus_index(&corpus, 0, 1, 1, NULL));
    assert_int_equal(compacted.snapshots[0]->catalog.segment_count, 1);
    check_same_scores(&compacted, &fresh, &corpus, &random, 200);
    searcher_fixture_close(&compacted);
    searcher_fixture_close(&fresh);
    corpus_free(&corpus);
}

/* Asserts that the pages of a query, one after the other, are its whole list of hits. */
static void check_pages(struct searcher_fixture *searcher, const struct query *query,
                        struct search_options options, uint32_t page) {
    struct results all, part;
    options.limit = 100000;
    options.offset = 0;
    options.exhaustive = true;
    searcher_fixture_search(&all, searcher, query, &options);
    assert_true(all.exact);
    assert_int_equal(all.total, all.count);
    options.limit = page;
    options.exhaustive = false;
    for (; options.offset <= all.count + page; options.offset += page) {
        options.count = options.offset / page % 2;
        searcher_fixture_search(&part, searcher, query, &options);
        struct results expected = {.hits = all.hits + options.offset, .count = page};
        if (options.offset >= all.count)
            expected.count = 0;
        else if (all.count - options.offset < page)
            expected.count = all.count - options.offset;
        searcher_fixture_assert_same_hits(&part, &expected);
        assert_true(part.total <= all.total);
        if (part.exact) /* a page before the border does not look beyond it */
            assert_int_equal(part.total,
                             part.part_count < all.part_count ? all.with_all : all.total);
        results_release(&part);
    }
    results_release(&all);
}

static void test_search_run__pages_add_up_to_the_whole_list(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct corpus corpus = corpus_new(&random, 12000, 20, 600);
    const char *paths[3];
    /* The second index has one segment; the changes below add one to each. */
    for (uint32_t i = 0; i < 3; i++)
        paths[i] = corpus_index(&corpus, i, 3, i == 1 ? 1 : 6, NULL);
    for (uint32_t i = 0; i < 3; i++) {
        struct error err;
        struct writer *writer = index_fixture_writer(paths[i]);
        for (uint32_t number = i; number < corpus.count; number += 3) {
            char id[16];
            corpus_id(id, number);
            if (testing_random_below(&random, 5) == 0)
                assert_ok(writer_remove(writer, slice_of_string(id), &err), &err);
            else if (testing_random_below(&random, 20) == 0)
                index_fixture_add(writer, id, NULL, "w0 w1 w2 w3 w17 w40 w200", WRITER_REPLACED);
        }
        assert_ok(writer_commit(writer, &err), &err);
        writer_close(writer);
    }
    struct searcher_fixture searcher;
    searcher_fixture_open(&searcher, paths, 3);
    searcher_fixture_check_random(&searcher, &corpus, &random, 60);
    static const uint32_t limits[] = {100, 300, 1000};
    struct buffer text = {0};
    for (unsigned i = 0; i < 120; i++) {
        struct search_options options = searcher_fixture_random_options(&random);
        struct query query;
        if (i % 2)
            corpus_random_query(&text, &random, &corpus);
        else
            corpus_mixed_query(&text, &random, &corpus);
        searcher_fixture_parse(&query, &searcher, (const char *)text.data);
        check_pages(&searcher, &query, options, limits[testing_random_below(&random, 3)]);
        query_release(&query);
    }
    static const char *const texts[] = {"w300 w2", "w150 w7 w0", "+w20 w300", "\"w0 w1\" w500 -w9"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct query query;
        searcher_fixture_parse(&query, &searcher, texts[i]);
        check_pages(&searcher, &query,
                    (struct search_options){.mode = QUERY_ANY, .ranking = {.k1 = 1.2, .b = 0.75}},
                    10);
        query_release(&query);
    }
    buffer_release(&text);
    searcher_fixture_close(&searcher);
    corpus_free(&corpus);
}

static void test_search_run__scores_several_indexes_as_one(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct corpus corpus = corpus_new(&random, 2500, 15, 200);
    struct searcher_fixture one, several;
    const char *paths[3];
    for (uint32_t i = 0; i < 3; i++)
        paths[i] = corpus_index(&corpus, i, 3, i + 1, NULL);
    searcher_fixture_open(&several, paths, 3);
    searcher_fixture_open_one(&one, corpus_index(&corpus, 0, 1, 1, NULL));
    check_same_scores(&one, &several, &corpus, &random, 100);
    searcher_fixture_check_random(&several, &corpus, &random, 100);
    searcher_fixture_close(&one);
    searcher_fixture_close(&several);
    corpus_free(&corpus);
}

/* Indexes documents that have both, one or none of two words, in several segments. */
static void test_search_run__fills_up_with_documents_that_have_some_words(void **state) {
    (void)state;
    struct error err;
    const char *path = testing_path("index");
    struct writer *writer = index_fixture_writer(path);
    static const char *const texts[] = {"gas and much more", "oil gas",          "other",
                                        "oil oil oil",       "gas oil and more", "gas"};
    for (uint32_t i = 0; i < 6; i++) {
        char id[16];
        corpus_id(id, i);
        index_fixture_add(writer, id, NULL, texts[i], WRITER_ADDED);
        if (i % 2)
            assert_ok(writer_commit(writer, &err), &err);
    }
    writer_close(writer);
    struct searcher_fixture searcher;
    searcher_fixture_open_one(&searcher, path);
    static const struct {
        const char *query;
        enum query_mode mode;
        uint32_t limit, offset, count, with_all;
        bool filled;
    } cases[] = {
        {"gas oil", QUERY_BEST, 10, 0, 5, 2, true},
        {"gas oil", QUERY_BEST, 2, 0, 2, 0, false},
        {"gas oil", QUERY_BEST, 2, 1, 2, 2, true},
        {"gas oil", QUERY_BEST, 2, 3, 2, 2, true},
        {"gas oil", QUERY_BEST, 2, 9, 0, 2, true},
        {"gas oil", QUERY_ALL, 10, 0, 2, 0, false},
        {"gas oil", QUERY_ANY, 10, 0, 5, 0, false},
        {"+oil gas", QUERY_BEST, 10, 0, 3, 2, true},
        {"+oil +gas", QUERY_BEST, 10, 0, 2, 0, false},
        {"gas none", QUERY_BEST, 10, 0, 4, 0, true},
        {"gas oil a b", QUERY_BEST, 10, 0, 5, 0, true},
        {"gas oil a b c", QUERY_BEST, 10, 0, 5, 0, false},
        {"gas oil a b -c", QUERY_BEST, 10, 0, 5, 0, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct search_options options = {.mode = cases[i].mode,
                                         .limit = cases[i].limit,
                                         .offset = cases[i].offset,
                                         .ranking = {.k1 = 1.2, .b = 0.75}};
        struct query query;
        struct results results;
        searcher_fixture_parse(&query, &searcher, cases[i].query);
        searcher_fixture_check(&searcher, &query, options);
        searcher_fixture_search(&results, &searcher, &query, &options);
        assert_int_equal(results.count, cases[i].count);
        assert_int_equal(results.part_count, cases[i].filled ? 2 : 1);
        assert_int_equal(results.with_all, cases[i].with_all);
        results_release(&results);
        query_release(&query);
    }
    searcher_fixture_close(&searcher);
}

/* Indexes a document with a rare and a frequent word, then `without` documents that have neither
 * and `with` that have the frequent one. The first one raises the threshold so that the others are
 * pruned, and the total must not be called exact. */
static void check_part(uint32_t without, uint32_t with) {
    struct error err;
    char id[16];
    const char *path = testing_path("index");
    struct writer *writer = index_fixture_writer(path);
    index_fixture_add(writer, "d0", NULL, "rare frequent", WRITER_ADDED);
    for (uint32_t i = 1; i <= without + with; i++) {
        corpus_id(id, i);
        index_fixture_add(writer, id, NULL, i <= without ? "" : "frequent and other words",
                          WRITER_ADDED);
    }
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
    struct searcher_fixture searcher;
    struct query query;
    struct results results;
    searcher_fixture_open_one(&searcher, path);
    searcher_fixture_parse(&query, &searcher, "rare frequent");
    struct search_options options = {
        .mode = QUERY_ANY, .limit = 1, .ranking = {.k1 = 1.2, .b = 0.75}};
    searcher_fixture_check(&searcher, &query, options);
    searcher_fixture_search(&results, &searcher, &query, &options);
    assert_false(results.exact);
    assert_int_equal(results.total, 1);
    results_release(&results);
    query_release(&query);
    searcher_fixture_close(&searcher);
}

static void test_search_run__does_not_call_a_lower_bound_exact(void **state) {
    (void)state;
    check_part(0, 3000);
    check_part(0, 9000);
    check_part(9000, 200);
}

/* A title lifts one document above all others, from a block whose bound is low without it. */
static void test_search_run__knows_what_a_title_may_add(void **state) {
    (void)state;
    enum { GOOD = 600, ALL = 1500 };
    static const struct field_boosts twice = {.items = {{SCHEMA_TITLE, 32}}, .count = 1};
    static const char *const queries[] = {"gas", "gas oil", "+gas oil", "gas e", "\"gas\" c"};
    struct error err;
    const char *path = testing_path("index");
    struct writer *writer = index_fixture_writer(path);
    for (uint32_t i = 0; i < ALL; i++) {
        char id[16];
        corpus_id(id, i);
        if (i == ALL - 70)
            index_fixture_add(writer, id, "gas", "a b c d e f", WRITER_ADDED);
        else
            index_fixture_add(writer, id, NULL,
                              i < GOOD ? "gas gas a b c d e f g"
                                       : "gas a b c d e f g h i j k l m n",
                              WRITER_ADDED);
    }
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
    struct searcher_fixture searcher;
    searcher_fixture_open_one(&searcher, path);
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        struct search_options options = {
            .mode = QUERY_ANY,
            .limit = 1,
            .ranking = {.k1 = 1.2, .b = 0.75, .boosts = &twice},
        };
        struct query query;
        struct results results;
        searcher_fixture_parse(&query, &searcher, queries[i]);
        searcher_fixture_check(&searcher, &query, options);
        searcher_fixture_search(&results, &searcher, &query, &options);
        assert_int_equal(searcher.numbers[oracle_doc_number(searcher.snapshots, &results.hits[0])],
                         ALL - 70);
        results_release(&results);
        query_release(&query);
    }
    searcher_fixture_close(&searcher);
}

/* Equal phrases are evaluated once, but each of them counts. */
static void test_search_run__counts_each_of_equal_phrases(void **state) {
    (void)state;
    static const char *const texts[] = {
        "\"w0 w1\" \"w0 w1\"",
        "\"w0 w1\" w2 \"w0 w1\" w3 \"w1 w0\" \"w0 w1\"",
        "+\"w0 w1\" +\"w0 w1\" w2 \"w0 w1\" \"w1 w2\" \"w1 w2\"",
        "w4 \"w2 w0\" \"w2 w0\" -\"w0 w1\" -\"w0 w1\"",
        "w4 \"w0 w1\" w2 -\"w0 w1\"",
        "\"w0 x\" \"w0 x\" \"w0 w0\" \"w0 w0\"",
    };
    struct testing_random random = testing_random();
    struct corpus corpus = corpus_new(&random, 4000, 20, 50);
    struct searcher_fixture searcher;
    searcher_fixture_open_one(&searcher, corpus_index(&corpus, 0, 1, 3, NULL));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (unsigned round = 0; round < 10 / TESTING_FEWER; round++) {
            struct query query;
            searcher_fixture_parse(&query, &searcher, texts[i]);
            searcher_fixture_check(&searcher, &query, searcher_fixture_random_options(&random));
            query_release(&query);
        }
    searcher_fixture_close(&searcher);
    corpus_free(&corpus);
}

static void test_search_run__finds_nothing_in_an_empty_index(void **state) {
    (void)state;
    struct corpus corpus = {0};
    struct searcher_fixture searcher;
    searcher_fixture_open_one(&searcher, corpus_index(&corpus, 0, 1, 1, NULL));
    const char *const texts[] = {"", "w0", "w0 w1", "\"w0 w1\" +w2", "-w0"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (int mode = QUERY_BEST; mode <= QUERY_ANY; mode++) {
            struct query query;
            searcher_fixture_parse(&query, &searcher, texts[i]);
            searcher_fixture_check(&searcher, &query,
                                   (struct search_options){.mode = (enum query_mode)mode,
                                                           .limit = 10,
                                                           .ranking = {.k1 = 1.2, .b = 0.75}});
            query_release(&query);
        }
    searcher_fixture_close(&searcher);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search_run__answers_as_the_oracle),
        cmocka_unit_test(test_search_run__does_not_find_deleted_documents),
        cmocka_unit_test(test_search_run__finds_the_best_of_many),
        cmocka_unit_test(test_search_run__does_not_depend_on_order_or_segments),
        cmocka_unit_test(test_search_run__scores_a_compacted_index_like_a_new_one),
        cmocka_unit_test(test_search_run__pages_add_up_to_the_whole_list),
        cmocka_unit_test(test_search_run__scores_several_indexes_as_one),
        cmocka_unit_test(test_search_run__fills_up_with_documents_that_have_some_words),
        cmocka_unit_test(test_search_run__does_not_call_a_lower_bound_exact),
        cmocka_unit_test(test_search_run__knows_what_a_title_may_add),
        cmocka_unit_test(test_search_run__counts_each_of_equal_phrases),
        cmocka_unit_test(test_search_run__finds_nothing_in_an_empty_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
