/* SPDX-License-Identifier: MIT */
/* Searches indexes and compares every answer with the oracle's. */
#ifndef QUERN_TESTS_SUPPORT_TEST_SEARCHER_H
#define QUERN_TESTS_SUPPORT_TEST_SEARCHER_H

#include "tests/support/corpus.h"
#include "tests/support/oracle.h"

enum { INDEXES_MAX = 4 };

struct test_searcher {
    struct snapshot *snapshots[INDEXES_MAX];
    size_t count;
    struct analyzer *analyzer;
    struct search_scratch *scratch;
    struct oracle *oracle;
    uint32_t *numbers; /* by the oracle's number of a document: its number in the corpus */
};

/* Opens indexes of corpora, to be searched as one. */
void test_searcher_open(struct test_searcher *searcher, const char *const *paths, size_t count);

void test_searcher_open_one(struct test_searcher *searcher, const char *path);

void test_searcher_close(struct test_searcher *searcher);

/* Random mode, limit, offset and parameters. */
struct search_options test_searcher_random_options(struct testing_random *random);

/* Search and parse, asserting success. */
void test_searcher_search(struct results *results, struct test_searcher *searcher,
                          const struct query *query, const struct search_options *options);

void test_searcher_parse(struct query *query, struct test_searcher *searcher, const char *text);

void test_searcher_assert_same_hits(const struct results *a, const struct results *b);

/* Asserts that the query has the oracle's results, whether pruned, exhaustive or only counted. */
void test_searcher_check(struct test_searcher *searcher, const struct query *query,
                         struct search_options options);

/* The same for `count` random queries. */
void test_searcher_check_random(struct test_searcher *searcher, const struct corpus *corpus,
                                struct testing_random *random, unsigned count);

#endif
