/* SPDX-License-Identifier: MIT */
/* Searches indexes and compares every answer with the oracle's. */
#ifndef QUERN_TESTS_SUPPORT_SEARCHER_FIXTURE_H
#define QUERN_TESTS_SUPPORT_SEARCHER_FIXTURE_H

#include "tests/support/corpus.h"
#include "tests/support/oracle.h"

enum { INDEXES_MAX = 4 };

struct searcher_fixture {
    struct snapshot *snapshots[INDEXES_MAX];
    size_t count;
    struct analyzer *analyzer;
    struct search_scratch *scratch;
    struct oracle *oracle;
    const struct schema *schema; /* that queries are read with; at first that of the first index */
    uint32_t *numbers; /* by the oracle's number of a document: its number in the corpus */
};

/* Opens indexes of corpora, to be searched as one. */
void searcher_fixture_open(struct searcher_fixture *searcher, const char *const *paths,
                           size_t count);

void searcher_fixture_open_one(struct searcher_fixture *searcher, const char *path);

void searcher_fixture_close(struct searcher_fixture *searcher);

/* Random mode, limit, offset and parameters. */
struct search_options searcher_fixture_random_options(struct testing_random *random);

/* Search and parse, asserting success. */
void searcher_fixture_search(struct results *results, struct searcher_fixture *searcher,
                             const struct query *query, const struct search_options *options);

void searcher_fixture_parse(struct query *query, struct searcher_fixture *searcher,
                            const char *text);

void searcher_fixture_assert_same_hits(const struct results *a, const struct results *b);

/* Asserts that the query has the oracle's results, whether pruned, exhaustive or only counted. */
void searcher_fixture_check(struct searcher_fixture *searcher, const struct query *query,
                            struct search_options options);

/* The same with an answer that the caller has. */
void searcher_fixture_check_answer(struct searcher_fixture *searcher, const struct query *query,
                                   struct search_options options,
                                   const struct oracle_answer *answer);

/* The same for `count` random queries. */
void searcher_fixture_check_random(struct searcher_fixture *searcher, const struct corpus *corpus,
                                   struct testing_random *random, unsigned count);

#endif
