/* SPDX-License-Identifier: MIT */
/* A filter lets exactly the documents pass that meet all of its conditions, in whatever order and
 * by whatever function it is asked. */
#include "searcher/filter/filter.h"

#include <stdlib.h>

#include "tests/support/index_fixture.h"
#include "tests/support/searcher_fixture.h"

enum { CONDITIONS = 3, TERMS_MAX = 4 };

/* Conditions on words. */
struct wanted {
    uint32_t words[CONDITIONS][TERMS_MAX];
    size_t counts[CONDITIONS];
    bool excluded[CONDITIONS];
    size_t count;
};

static bool has_odd_id(const void *context, struct segment *segment, uint32_t doc,
                       const struct document *document) {
    (void)context;
    (void)segment;
    (void)doc;
    return document->id.data[document->id.size - 1] % 2 == 1;
}

static struct slice word(char text[16], uint32_t number) {
    int size = snprintf(text, 16, "w%u", (unsigned)number);
    return slice_of(text, (size_t)size);
}

static void make_filter(struct filter *filter, struct segment *segment,
                        const struct wanted *wanted) {
    struct error err;
    assert_int_equal(filter_init(filter, segment, CONDITIONS, 0), ST_OK);
    for (size_t i = 0; i < wanted->count; i++) {
        struct term_entry entries[TERMS_MAX];
        const struct term_entry *found[TERMS_MAX];
        size_t count = 0;
        for (size_t k = 0; k < wanted->counts[i]; k++) {
            char text[16];
            found[count] = &entries[count];
            count += segment_find_term(&entries[count], segment, SCHEMA_ALL,
                                       word(text, wanted->words[i][k]), &err) == ST_OK;
        }
        assert_int_equal(filter_add_terms(filter, found, count, wanted->excluded[i]), ST_OK);
    }
    filter_start(filter);
}

/* Whether the document, whose number in the oracle is `number`, meets the conditions. */
static bool meets(const struct searcher_fixture *searcher, const struct wanted *wanted,
                  uint32_t number) {
    if (oracle_is_deleted(searcher->oracle, number))
        return false;
    for (size_t i = 0; i < wanted->count; i++) {
        bool any = false;
        for (size_t k = 0; k < wanted->counts[i]; k++) {
            char text[16];
            struct query_term term = {.term = word(text, wanted->words[i][k])};
            struct query_clause clause = {.terms = &term, .count = 1};
            any |= oracle_frequency(searcher->oracle, &clause, number) > 0;
        }
        if (any == wanted->excluded[i])
            return false;
    }
    return true;
}

static struct wanted random_conditions(struct testing_random *random) {
    struct wanted wanted = {.count = testing_random_below(random, CONDITIONS + 1)};
    for (size_t i = 0; i < wanted.count; i++) {
        wanted.excluded[i] = testing_random_below(random, 3) == 0;
        wanted.counts[i] = testing_random_below(random, TERMS_MAX + 1);
        for (size_t k = 0; k < wanted.counts[i]; k++)
            wanted.words[i][k] = (uint32_t)testing_random_bits(random, 9);
    }
    return wanted;
}

/* Compares all functions with the right answers `met`, by document. */
static void check_all(struct segment *segment, const struct wanted *wanted, const bool *met,
                      struct testing_random *random) {
    struct filter filter;
    uint32_t documents = segment->info.documents, docs[100], next = 0, met_count = 0;
    make_filter(&filter, segment, wanted);
    for (uint32_t i = 0; i < 300; i++) { /* in any order */
        uint32_t doc = testing_random_below(random, documents);
        assert_int_equal(filter_meets(&filter, doc), met[doc]);
    }
    filter_release(&filter);
    make_filter(&filter, segment, wanted);
    for (uint32_t i = 0; i < 60; i++) {
        uint32_t doc = testing_random_below(random, documents), expected = doc;
        uint32_t end = doc + 1 + testing_random_below(random, documents - doc);
        switch (testing_random_below(random, 4)) {
        case 0:
            assert_int_equal(filter_meets(&filter, doc), met[doc]);
            break;
        case 1:
            assert_int_equal(filter_bit(filter_bits(&filter, doc, end), end - 1), met[end - 1]);
            break;
        case 2:
            while (expected < documents && !met[expected])
                expected++;
            assert_int_equal(filter_next(&filter, doc), expected == documents ? DOC_END : expected);
            break;
        case 3:
            while (expected < end && !met[expected])
                expected++;
            assert_int_equal(filter_has_any(&filter, doc, end), expected < end);
        }
    }
    for (uint32_t from = 0, expected = 0; from < documents; next += expected) {
        expected = filter_list(docs, 100, &from, documents, &filter);
        for (uint32_t i = 0; i < expected; i++) {
            assert_true(met[docs[i]]);
            met_count++;
        }
    }
    for (uint32_t doc = 0; doc < documents; doc++)
        met_count -= met[doc];
    assert_int_equal(met_count, 0);
    assert_true(next <= filter.estimate);
    filter_release(&filter);
}

static void test_filter__lets_documents_pass_that_meet_all_conditions(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct corpus corpus = corpus_new(&random, 20000, 6, 400);
    const char *path = corpus_index(&corpus, 0, 1, 2, NULL);
    corpus_change(&corpus, path, &random, 6, 1500);
    struct searcher_fixture searcher;
    searcher_fixture_open_one(&searcher, path);
    for (unsigned round = 0; round < 30; round++) {
        struct wanted wanted = random_conditions(&random);
        uint32_t first = 0;
        for (size_t i = 0; i < searcher.snapshots[0]->catalog.segment_count; i++) {
            struct segment *segment = &searcher.snapshots[0]->segments[i];
            bool *met = malloc(segment->info.documents);
            assert_non_null(met);
            for (uint32_t doc = 0; doc < segment->info.documents; doc++)
                met[doc] = meets(&searcher, &wanted, first + doc);
            check_all(segment, &wanted, met, &random);
            first += segment->info.documents;
            free(met);
        }
    }
    searcher_fixture_close(&searcher);
    corpus_free(&corpus);
}

/* Of documents with two words, which are fewer than those with either. */
static void test_filter_sample__is_about_how_many_pass(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct corpus corpus = corpus_new(&random, 25000, 3, 30);
    struct searcher_fixture searcher;
    searcher_fixture_open_one(&searcher, corpus_index(&corpus, 0, 1, 1, NULL));
    struct segment *segment = &searcher.snapshots[0]->segments[0];
    for (uint32_t other = 5; other < 30; other += 8) {
        struct wanted wanted = {.words = {{4}, {other}}, .counts = {1, 1}, .count = 2};
        struct filter filter;
        make_filter(&filter, segment, &wanted);
        uint64_t sample = filter_sample(&filter), passing = 0;
        for (uint32_t doc = 0; doc < segment->info.documents; doc++)
            passing += filter_meets(&filter, doc);
        assert_true(sample <= filter.estimate);
        assert_in_range(sample, passing / 2, 2 * passing + 20);
        filter_release(&filter);
    }
    searcher_fixture_close(&searcher);
    corpus_free(&corpus);
}

static void test_filter_find__lists_documents_whose_bits_are_set(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (unsigned round = 0; round < 200; round++) {
        uint64_t bits[POSTINGS_BLOCK];
        uint32_t docs[POSTINGS_BLOCK], from = testing_random_below(&random, POSTINGS_BLOCK);
        uint32_t end = from + testing_random_below(&random, POSTINGS_BLOCK - from + 1), count = 0;
        uint8_t found[POSTINGS_BLOCK];
        for (uint32_t i = 0; i < POSTINGS_BLOCK; i++) {
            bits[i] = testing_random_below(&random, 4) ? 0 : testing_random_bits(&random, 64);
            docs[i] = testing_random_below(&random, 64 * POSTINGS_BLOCK);
        }
        unsigned hits = filter_find(found, bits, docs, from, end);
        for (uint32_t i = from; i < end; i++)
            if (filter_bit(bits, docs[i]))
                assert_int_equal(found[count++], i);
        assert_int_equal(hits, count);
    }
}

static void test_filter_ask_predicates__reads_ids(void **state) {
    (void)state;
    const struct test_document documents[] = {
        {"d1", NULL, "w1"}, {"d2", NULL, "w1"}, {"d3", NULL, "w2"}, {"d4", NULL, "w2 w1"}};
    const char *path = testing_path("index");
    index_fixture_fill(path, documents, 4, 0);
    struct searcher_fixture searcher;
    searcher_fixture_open_one(&searcher, path);
    struct segment *segment = &searcher.snapshots[0]->segments[0];
    for (unsigned excluded = 0; excluded < 2; excluded++) {
        struct filter filter;
        uint64_t bits = 0xf;
        assert_int_equal(filter_init(&filter, segment, 0, 1), ST_OK);
        filter_add_predicate(&filter, has_odd_id, NULL, excluded);
        filter_start(&filter);
        for (uint32_t doc = 0; doc < 4; doc++) {
            assert_true(filter_meets(&filter, doc));
            assert_int_equal(filter_ask_predicates(&filter, doc), (doc + excluded) % 2 == 0);
        }
        filter_ask_about(&bits, &filter, 0, 4);
        assert_int_equal(bits, excluded ? 0xa : 0x5);
        filter_release(&filter);
    }
    searcher_fixture_close(&searcher);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filter__lets_documents_pass_that_meet_all_conditions),
        cmocka_unit_test(test_filter_sample__is_about_how_many_pass),
        cmocka_unit_test(test_filter_find__lists_documents_whose_bits_are_set),
        cmocka_unit_test(test_filter_ask_predicates__reads_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
