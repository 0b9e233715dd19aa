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

/* Documents as they should be in an index: number i has the id "d<i>". */
struct corpus_doc {
    char *title, *text;
    bool live;
};

struct corpus {
    struct corpus_doc *all;
    uint32_t count;
    uint32_t vocabulary;
};

/* Documents of up to twice `words` words, about as many as that in the mean, drawn from w0, w1, ...
 * of the vocabulary, the first ones often. */
struct corpus corpus_new(struct testing_random *random, uint32_t count, uint32_t words,
                         uint32_t vocabulary);

void corpus_free(struct corpus *corpus);

/* The id of document `number` in an index. */
void corpus_id(char id[16], uint32_t number);

/* Indexes the corpus `first`, `first + step`, ... that are live, in so many commits. With `order`,
 * source i is order[i]. */
const char *corpus_index(const struct corpus *corpus, uint32_t first, uint32_t step,
                         uint32_t commits, const uint32_t *order);

/* Removes, replaces and brings back `changes` corpus, in a few commits. */
void corpus_change(struct corpus *corpus, const char *path, struct testing_random *random,
                   uint32_t words, uint32_t changes);

/* One word, several, phrases, signs, all of them; the text ends with a NUL. */
void corpus_random_query(struct buffer *text, struct testing_random *random,
                         const struct corpus *corpus);

/* One clause at least of each kind that the sign may say: required ones, optional ones and excluded
 * ones, words and phrases, in any order. */
void corpus_mixed_query(struct buffer *text, struct testing_random *random,
                        const struct corpus *corpus);

#endif
