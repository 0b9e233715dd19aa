/* SPDX-License-Identifier: MIT */
/* Indexes for tests, and their contents as text. */
#ifndef QUERN_TESTS_SUPPORT_TEST_INDEX_H
#define QUERN_TESTS_SUPPORT_TEST_INDEX_H

#include "common/index/snapshot.h"
#include "indexer/commit/writer.h"

/* A document of strings; `title` may be NULL. */
struct test_document {
    const char *id, *title, *text;
};

/* For a new index or one that is there: English, texts kept, 64 MiB. */
struct writer_options test_index_options(void);
/* Opens a writer with these options. */
struct writer *test_index_writer(const char *index);
/* Adds a document; asserts that it was new, replaced another or was there already. */
void test_index_add(struct writer *writer, const char *id, const char *title, const char *text,
                    enum writer_outcome expected);
/* Removes one; asserts how that went. */
void test_index_remove(struct writer *writer, const char *id, enum status expected);
/* Commits, and verifies all that is there then. */
void test_index_commit(struct writer *writer);
/* How many documents the last commit has. */
uint64_t test_index_documents(struct writer *writer);
/* Asserts what the last commit has under an id: a text, or NULL for nothing. */
void test_index_assert_text(struct writer *writer, const char *id, const char *expected);
/* Adds documents, with a commit after every `batch` of them (0: only one, at the end). */
void test_index_fill(const char *index, const struct test_document *documents, size_t count,
                     size_t batch);

/* Writes these bytes to the file CURRENT of the index. */
void test_index_write_current(const char *index, const char *bytes, size_t size);

/* Appends all that a reader can see of the live documents, as lines of text: of every document in
 * order what is stored of it, then of every term in order its postings with their positions.
 * Documents are numbered as if there were no removed ones and one segment only, so indexes that
 * differ in nothing but segments and removals have equal contents. */
void test_index_dump(struct buffer *content, struct snapshot *snapshot);
/* The same of the index at this path, after verifying all of it. */
void test_index_dump_path(struct buffer *content, const char *index);

#endif
