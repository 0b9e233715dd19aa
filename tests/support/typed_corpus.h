/* SPDX-License-Identifier: MIT */
/* Random documents with values of fields of all types, and indexes of them.
 *
 *     struct typed_corpus corpus = typed_corpus_new(&random, 1000, 20, 300);
 *     paths[0] = typed_corpus_index(&corpus, 0, 2, 3);
 *     typed_corpus_change(&corpus, paths[0], &random, 20, 100);
 *     searcher_fixture_open(&searcher, paths, 1);
 *     typed_corpus_teach(&searcher, &corpus);
 *     typed_corpus_free(&corpus);
 *
 * The fields are those of corpus.schema: built-in ones, and own ones, which have other numbers in
 * each index. */
#ifndef QUERN_TESTS_SUPPORT_TYPED_CORPUS_H
#define QUERN_TESTS_SUPPORT_TYPED_CORPUS_H

#include "common/field/schema.h"
#include "tests/support/searcher_fixture.h"

struct typed_document {
    struct field_value *values; /* owned, in ascending order of their fields */
    size_t count;
};

struct typed_corpus {
    struct corpus words;              /* titles, texts, and which documents are live */
    struct typed_document *documents; /* by number; owned */
    struct schema schema;             /* that queries are to be read with; owned */
    struct arena arena;               /* has the keywords and their terms */
};

/* Makes `count` documents, as corpus_new() does. */
struct typed_corpus typed_corpus_new(struct testing_random *random, uint32_t count, uint32_t words,
                                     uint32_t vocabulary);
void typed_corpus_free(struct typed_corpus *corpus);

/* Indexes documents `first`, `first + step`, ... in `commits` commits. Returns the path. */
const char *typed_corpus_index(struct typed_corpus *corpus, uint32_t first, uint32_t step,
                               uint32_t commits);

/* Removes or replaces `changes` random documents of those in the index, in a few commits. */
void typed_corpus_change(struct typed_corpus *corpus, const char *path,
                         struct testing_random *random, uint32_t first, uint32_t step,
                         uint32_t words, uint32_t changes);

/* Gives the values of live documents to the searcher's oracle, and the schema to its parser. */
void typed_corpus_teach(struct searcher_fixture *searcher, struct typed_corpus *corpus);

/* A random filter on the corpus's fields, in the arena. */
struct query_filter typed_corpus_filter(struct arena *arena, struct testing_random *random,
                                        const struct typed_corpus *corpus);
/* A random field of the corpus that is of one of these types, a bit for each. */
const struct schema_field *typed_corpus_field(struct testing_random *random,
                                              const struct typed_corpus *corpus, unsigned types);

#endif
