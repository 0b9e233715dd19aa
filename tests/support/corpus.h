/* SPDX-License-Identifier: MIT */
/* Random documents, an index of them, and queries that find some of them.
 *
 *     struct corpus corpus = corpus_new(&random, 1000, 20, 300);
 *     const char *path = corpus_index(&corpus, 0, 1, 3, NULL);
 *     corpus_random_query(&text, &random, &corpus);
 *     corpus_free(&corpus); */
#ifndef QUERN_TESTS_SUPPORT_CORPUS_H
#define QUERN_TESTS_SUPPORT_CORPUS_H

#include "tests/support/testing.h"

/* A document that should be in an index if it is live. Document i has the id "d<i>". */
struct corpus_doc {
    char *title, *text;
    bool live;
};

struct corpus {
    struct corpus_doc *all;
    uint32_t count;
    uint32_t vocabulary;
};

/* Makes `count` documents of `words` words on average, from a vocabulary of w0, w1, ..., of which
 * the first ones are the most frequent. */
struct corpus corpus_new(struct testing_random *random, uint32_t count, uint32_t words,
                         uint32_t vocabulary);

void corpus_free(struct corpus *corpus);

/* Gives a document another title and text of `words` words on average, and makes it live. */
void corpus_rewrite(struct corpus *corpus, uint32_t number, struct testing_random *random,
                    uint32_t words);

/* The id of document `number` in an index. */
void corpus_id(char id[16], uint32_t number);

/* Indexes the live documents `first`, `first + step`, ... in `commits` commits; with `order`,
 * documents order[first], order[first + step], ... Returns the path of the index. */
const char *corpus_index(const struct corpus *corpus, uint32_t first, uint32_t step,
                         uint32_t commits, const uint32_t *order);

/* Removes, replaces or adds again `changes` random documents, in a few commits. */
void corpus_change(struct corpus *corpus, const char *path, struct testing_random *random,
                   uint32_t words, uint32_t changes);

/* Makes a query of words, phrases and signs. The text ends with a NUL. */
void corpus_random_query(struct buffer *text, struct testing_random *random,
                         const struct corpus *corpus);

/* The same with at least one required, one optional and one excluded clause, in any order. */
void corpus_mixed_query(struct buffer *text, struct testing_random *random,
                        const struct corpus *corpus);

#endif
