/* SPDX-License-Identifier: MIT */
/* Random queries of all kinds of clauses, nested at random, as the parser would read them. */
#ifndef QUERN_TESTS_SUPPORT_RANDOM_TREE_H
#define QUERN_TESTS_SUPPORT_RANDOM_TREE_H

#include "tests/support/typed_corpus.h"

/* Gives every third word of the vocabulary letters and endings, so that several forms have one stem.
 * To be called before the corpus is indexed. */
void random_tree_inflect(struct typed_corpus *corpus, struct testing_random *random);

/* Makes a query; it is released as one that was parsed. */
void random_tree_query(struct query *query, struct testing_random *random,
                       const struct typed_corpus *corpus, struct analyzer *analyzer);

/* Prints it as a line. */
void random_tree_show(FILE *out, const struct query *query, enum query_mode mode);

#endif
