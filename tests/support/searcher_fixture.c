/* SPDX-License-Identifier: MIT */
/* Searches, and compares with the oracle. */
#include "tests/support/searcher_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/index_fixture.h"

void searcher_fixture_open(struct searcher_fixture *searcher, const char *const *paths,
                           size_t count) {
    struct error err;
    struct writer_options options = index_fixture_options();
    *searcher = (struct searcher_fixture){.count = count, .scratch = search_scratch_new()};
    assert_non_null(searcher->scratch);
    assert_ok(analyzer_new(&searcher->analyzer, &options.analysis, &err), &err);
    searcher->oracle = oracle_new(searcher->analyzer);
    uint32_t documents = 0;
    for (size_t i = 0; i < count; i++) {
        assert_ok(snapshot_open(&searcher->snapshots[i], paths[i], &err), &err);
        oracle_add_snapshot(searcher->oracle, searcher->snapshots[i]);
        documents += (uint32_t)catalog_total_documents(&searcher->snapshots[i]->catalog);
    }
    searcher->schema = &searcher->snapshots[0]->catalog.schema;
    searcher->numbers = malloc((documents + 1ul) * sizeof *searcher->numbers);
    assert_non_null(searcher->numbers);
    uint32_t *next = searcher->numbers;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < searcher->snapshots[i]->catalog.segment_count; k++) {
            struct segment *segment = &searcher->snapshots[i]->segments[k];
            for (uint32_t doc = 0; doc < segment->info.documents; doc++) {
                struct document document;
                char id[16] = {0};
                assert_ok(segment_document(&document, segment, doc, &err), &err);
                memcpy(id, document.id.data, document.id.size);
                *next++ = (uint32_t)strtoul(id + 1, NULL, 10);
            }
        }
}

void searcher_fixture_open_one(struct searcher_fixture *searcher, const char *path) {
    searcher_fixture_open(searcher, &path, 1);
}

void searcher_fixture_close(struct searcher_fixture *searcher) {
    for (size_t i = 0; i < searcher->count; i++)
        snapshot_close(searcher->snapshots[i]);
    oracle_free(searcher->oracle);
    analyzer_free(searcher->analyzer);
    search_scratch_free(searcher->scratch);
    free(searcher->numbers);
}

struct search_options searcher_fixture_random_options(struct testing_random *random) {
    static const uint32_t limits[] = {1, 10, 100, 1000};
    static const double k1[] = {0, 0.4, 1.2, 3}, b[] = {0, 0.75, 1}, near[] = {0, 0, 0.1, 1};
    static const struct field_boosts titles[] = {{.items = {{SCHEMA_TITLE, 32}}, .count = 1},
                                                 {.items = {{SCHEMA_TITLE, 64 * 16}}, .count = 1},
                                                 {.items = {{SCHEMA_TITLE, 5}}, .count = 1},
                                                 {.items = {{SCHEMA_TITLE, 0}}, .count = 1}};
    bool usual = testing_random_below(random, 2), weighted = testing_random_below(random, 2);
    return (struct search_options){
        .mode = (enum query_mode)testing_random_below(random, 3),
        .limit = limits[testing_random_below(random, 4)],
        .offset = testing_random_below(random, 4) ? 0 : (uint32_t)testing_random_bits(random, 13),
        .ranking = {.k1 = usual ? 1.2 : k1[testing_random_below(random, 4)],
                    .b = usual ? 0.75 : b[testing_random_below(random, 3)],
                    .nearness = near[testing_random_below(random, 4)],
                    .boosts = weighted ? &titles[testing_random_below(random, 4)] : NULL},
    };
}

void searcher_fixture_search(struct results *results, struct searcher_fixture *searcher,
                             const struct query *query, const struct search_options *options) {
    struct error err;
    assert_ok(search_run(results, searcher->scratch, searcher->snapshots, searcher->count, query,
                         options, &err),
              &err);
}

void searcher_fixture_parse(struct query *query, struct searcher_fixture *searcher,
                            const char *text) {
    struct error err;
    struct query_context context = {.analyzer = searcher->analyzer, .schema = searcher->schema};
    assert_ok(query_parse(query, &context, slice_of_string(text), &err), &err);
}

void searcher_fixture_assert_same_hits(const struct results *a, const struct results *b) {
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const struct hit *x = &a->hits[i], *y = &b->hits[i];
        assert_true(x->score == y->score && x->index == y->index && x->segment == y->segment &&
                    x->doc == y->doc);
    }
}

void searcher_fixture_check_answer(struct searcher_fixture *searcher, const struct query *query,
                                   struct search_options options,
                                   const struct oracle_answer *answer) {
    struct results pruned, other;
    searcher_fixture_search(&pruned, searcher, query, &options);
    oracle_check(answer, &pruned, &options, searcher->snapshots);
    options.exhaustive = true;
    searcher_fixture_search(&other, searcher, query, &options);
    oracle_check(answer, &other, &options, searcher->snapshots);
    searcher_fixture_assert_same_hits(&pruned, &other);
    results_release(&other);
    options.exhaustive = false;
    options.count = true;
    searcher_fixture_search(&other, searcher, query, &options);
    oracle_check(answer, &other, &options, searcher->snapshots);
    searcher_fixture_assert_same_hits(&pruned, &other);
    assert_true(other.exact);
    results_release(&other);
    options.limit = 0;
    searcher_fixture_search(&other, searcher, query, &options);
    oracle_check(answer, &other, &options, searcher->snapshots);
    assert_true(other.exact);
    results_release(&other);
    results_release(&pruned);
}

void searcher_fixture_check(struct searcher_fixture *searcher, const struct query *query,
                            struct search_options options) {
    struct oracle_answer answer;
    oracle_search(&answer, searcher->oracle, query, options.mode, &options.ranking);
    searcher_fixture_check_answer(searcher, query, options, &answer);
    oracle_answer_release(&answer);
}

void searcher_fixture_check_random(struct searcher_fixture *searcher, const struct corpus *corpus,
                                   struct testing_random *random, unsigned count) {
    struct buffer text = {0};
    for (unsigned i = 0; i < count; i++) {
        if (testing_random_below(random, 3))
            corpus_random_query(&text, random, corpus);
        else
            corpus_mixed_query(&text, random, corpus);
        struct search_options options = searcher_fixture_random_options(random);
        struct query query;
        searcher_fixture_parse(&query, searcher, (const char *)text.data);
        searcher_fixture_check(searcher, &query, options);
        query_release(&query);
    }
    buffer_release(&text);
}
