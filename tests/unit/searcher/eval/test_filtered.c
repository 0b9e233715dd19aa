/* SPDX-License-Identifier: MIT */
/* A search with filters finds exactly the documents of the search without that pass, with the same
 * scores. */
#include <stdlib.h>

#include "searcher/eval/count.h"
#include "searcher/eval/rank.h"
#include "tests/support/index_fixture.h"
#include "tests/support/searcher_fixture.h"

/* A filter on words w<first> to w<first + count - 1>. */
struct words_filter {
    uint32_t first, count;
    bool excluded;
};

enum { FILTERS_MAX = 3 };

struct filtered_query {
    const char *text;
    enum query_mode mode;
    struct words_filter filters[FILTERS_MAX];
    size_t filter_count;
};

static void add_filter(struct plan *plan, struct words_filter filter) {
    struct error err;
    struct plan_filter *to = &plan->filters[plan->filter_count++];
    *to = (struct plan_filter){.excluded = filter.excluded, .term_count = filter.count};
    to->terms = arena_alloc(&plan->arena, filter.count * sizeof *to->terms);
    assert_non_null(to->terms);
    for (uint32_t i = 0; i < filter.count; i++) {
        char word[16];
        size_t bytes = plan->segment_count * sizeof *to->terms[i].entries;
        snprintf(word, sizeof word, "w%u", (unsigned)(filter.first + i));
        to->terms[i].entries = arena_alloc(&plan->arena, bytes + 1);
        assert_non_null(to->terms[i].entries);
        memset(to->terms[i].entries, 0, bytes);
        for (size_t k = 0; k < plan->segment_count; k++) {
            enum status status =
                segment_find_term(&to->terms[i].entries[k], plan->segments[k].segment, SCHEMA_ALL,
                                  slice_of_string(word), &err);
            assert_true(status == ST_OK || status == ST_NOT_FOUND);
        }
    }
}

/* Searches; with limit 0 it only counts. */
static void search(struct results *results, struct searcher_fixture *searcher,
                   const struct query *query, const struct filtered_query *filtered, uint32_t limit,
                   bool exhaustive) {
    struct error err;
    struct topk topk;
    struct plan *plan = &results->plans[0];
    *results = (struct results){.exact = true, .part_count = 1};
    assert_ok(plan_init(plan, searcher->snapshots, searcher->count, query, filtered->mode,
                        &(struct ranking){.k1 = 1.2, .b = 0.75}, &err),
              &err);
    plan->filters = arena_alloc(&plan->arena, FILTERS_MAX * sizeof *plan->filters);
    assert_non_null(plan->filters);
    for (size_t i = 0; i < filtered->filter_count; i++)
        add_filter(plan, filtered->filters[i]);
    assert_int_equal(topk_init(&topk, limit), ST_OK);
    for (size_t i = 0; i < plan->segment_count; i++) {
        struct match match;
        assert_ok(match_init(&match, plan, i, &err), &err);
        if (limit) {
            rank_matches(&match, &topk, exhaustive, searcher->scratch);
            results->total += match.matched;
            results->exact &= !match.pruned;
        } else {
            results->total += count_matches(&match);
        }
        match_release(&match);
        assert_ok(segment_status(plan->segments[i].segment, &err), &err);
    }
    assert_int_equal(topk_sort(&topk), ST_OK);
    results->hits = calloc(topk.count + 1, sizeof *results->hits);
    assert_non_null(results->hits);
    for (size_t i = 0; i < topk.count; i++) {
        const struct plan_segment *segment = &plan->segments[topk.entries[i].segment];
        results->hits[results->count++] =
            (struct hit){.score = plan_score(plan, topk.entries[i].score),
                         .index = segment->index,
                         .segment = segment->number,
                         .ordinal = topk.entries[i].segment,
                         .doc = topk.entries[i].doc};
    }
    topk_release(&topk);
}

/* Whether the document has one of the filter's words. */
static bool has_word(const struct searcher_fixture *searcher, struct words_filter filter,
                     uint32_t doc) {
    for (uint32_t i = 0; i < filter.count; i++) {
        char word[16];
        int size = snprintf(word, sizeof word, "w%u", (unsigned)(filter.first + i));
        struct query_term term = {.term = slice_of(word, (size_t)size)};
        struct query_clause clause = {.terms = &term, .count = 1};
        if (oracle_frequency(searcher->oracle, &clause, doc))
            return true;
    }
    return false;
}

/* A query without words: all documents that are not excluded. */
static void match_all(struct oracle_answer *answer, const struct searcher_fixture *searcher,
                      const struct query *query) {
    uint32_t documents = 0;
    for (size_t i = 0; i < searcher->count; i++)
        documents += (uint32_t)catalog_total_documents(&searcher->snapshots[i]->catalog);
    answer->count = 0;
    for (uint32_t doc = 0; doc < documents; doc++) {
        bool matches = !oracle_is_deleted(searcher->oracle, doc);
        for (size_t i = 0; i < query->count; i++)
            matches &= !oracle_frequency(searcher->oracle, &query->clauses[i], doc);
        answer->scores[doc] = matches ? 0 : -1;
        if (matches)
            answer->hits[answer->count++] = (struct oracle_hit){.doc = doc};
    }
}

/* Removes the hits that do not pass. */
static void apply_filters(struct oracle_answer *answer, const struct searcher_fixture *searcher,
                          const struct filtered_query *filtered) {
    size_t kept = 0;
    for (size_t i = 0; i < answer->count; i++) {
        bool passes = true;
        for (size_t k = 0; k < filtered->filter_count; k++)
            passes &= has_word(searcher, filtered->filters[k], answer->hits[i].doc) !=
                      filtered->filters[k].excluded;
        if (passes)
            answer->hits[kept++] = answer->hits[i];
        else
            answer->scores[answer->hits[i].doc] = -1;
    }
    answer->count = kept;
}

static void check(struct searcher_fixture *searcher, const struct filtered_query *filtered,
                  uint32_t limit) {
    struct query query;
    struct oracle_answer answer;
    struct results pruned, other;
    searcher_fixture_parse(&query, searcher, filtered->text);
    oracle_search(&answer, searcher->oracle, &query, filtered->mode,
                  &(struct ranking){.k1 = 1.2, .b = 0.75});
    if (!query_word_count(&query))
        match_all(&answer, searcher, &query);
    apply_filters(&answer, searcher, filtered);
    struct search_options options = {.limit = limit};
    search(&pruned, searcher, &query, filtered, limit, false);
    oracle_check(&answer, &pruned, &options, searcher->snapshots);
    search(&other, searcher, &query, filtered, limit, true);
    oracle_check(&answer, &other, &options, searcher->snapshots);
    searcher_fixture_assert_same_hits(&pruned, &other);
    results_release(&other);
    search(&other, searcher, &query, filtered, 0, false);
    assert_int_equal(other.total, answer.count);
    results_release(&other);
    results_release(&pruned);
    oracle_answer_release(&answer);
    query_release(&query);
}

static struct filtered_query random_filters(const char *text, struct testing_random *random,
                                            uint32_t vocabulary) {
    struct filtered_query query = {.text = text,
                                   .mode = testing_random_below(random, 2) ? QUERY_ANY : QUERY_ALL,
                                   .filter_count = 1 + testing_random_below(random, FILTERS_MAX)};
    for (size_t i = 0; i < query.filter_count; i++) {
        struct words_filter *filter = &query.filters[i];
        filter->first = (uint32_t)testing_random_bits(random, 20) % vocabulary;
        filter->count = testing_random_below(random, 2) ? 1 : testing_random_below(random, 4);
        filter->excluded = testing_random_below(random, 3) == 0;
    }
    return query;
}

static void check_shape(struct testing_random *random, uint32_t documents, uint32_t words,
                        uint32_t vocabulary, uint32_t changes, unsigned queries) {
    static const uint32_t limits[] = {1, 10, 100, 10000};
    struct corpus corpus = corpus_new(random, documents, words, vocabulary);
    const char *path = corpus_index(&corpus, 0, 1, 5, NULL);
    corpus_change(&corpus, path, random, words, changes);
    struct searcher_fixture searcher;
    searcher_fixture_open_one(&searcher, path);
    struct buffer text = {0};
    for (unsigned i = 0; i < queries; i++) {
        if (testing_random_below(random, 3))
            corpus_random_query(&text, random, &corpus);
        else
            corpus_mixed_query(&text, random, &corpus);
        struct filtered_query query = random_filters((const char *)text.data, random, vocabulary);
        check(&searcher, &query, limits[testing_random_below(random, 4)]);
    }
    buffer_release(&text);
    searcher_fixture_close(&searcher);
    corpus_free(&corpus);
}

static void test_rank_matches__finds_the_documents_that_pass(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    check_shape(&random, 30, 8, 5, 10, 60);
    check_shape(&random, 2000, 15, 100, 300, 100);
    check_shape(&random, 9000, 8, 3000, 1000, 60);
    check_shape(&random, 20000, 4, 300, 0, 30);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rank_matches__finds_the_documents_that_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
