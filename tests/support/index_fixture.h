/* SPDX-License-Identifier: MIT */
/* Indexes for tests, and their contents as text. */
#ifndef QUERN_TESTS_SUPPORT_INDEX_FIXTURE_H
#define QUERN_TESTS_SUPPORT_INDEX_FIXTURE_H

#include "common/index/snapshot.h"
#include "indexer/commit/writer.h"

/* A document of strings; `title` may be NULL. */
struct test_document {
    const char *id, *title, *text;
};

/* For a new or an existing index: English, with texts, 64 MiB; a fixed hash seed. */
struct writer_options index_fixture_options(void);
/* Opens a writer with index_fixture_options(). */
struct writer *index_fixture_writer(const char *index);
/* writer_add() of a document with this id, title, text, values and size. */
enum status index_fixture_write(enum writer_outcome *outcome, struct writer *writer,
                                const struct document *document, struct error *err);
/* Makes the values of a document with this title, text and size, of which what is empty or 0 has
 * none, and with its `values`, which are of fields between SCHEMA_TEXT and SCHEMA_SIZE. */
enum { INDEX_FIXTURE_VALUES_MAX = 16 };
struct index_document index_fixture_document(struct field_value values[INDEX_FIXTURE_VALUES_MAX],
                                             const struct document *document);
/* Adds a document and asserts the outcome. */
void index_fixture_add(struct writer *writer, const char *id, const char *title, const char *text,
                       enum writer_outcome expected);
/* Removes a document and asserts the status. */
void index_fixture_remove(struct writer *writer, const char *id, enum status expected);
/* Commits, and verifies the whole index. */
void index_fixture_commit(struct writer *writer);
/* The number of documents in the last commit. */
uint64_t index_fixture_documents(struct writer *writer);
/* Asserts the text of a document in the last commit; NULL: there is no such document. */
void index_fixture_assert_text(struct writer *writer, const char *id, const char *expected);
/* Adds documents, with a commit after every `batch` of them (0: only one, at the end). */
void index_fixture_fill(const char *index, const struct test_document *documents, size_t count,
                        size_t batch);

/* Writes these bytes to the file CURRENT of the index. */
void index_fixture_write_current(const char *index, const char *bytes, size_t size);

/* Appends everything that a reader can see of the live documents, as lines of text: each document
 * in order with its stored data, then each field's terms in order with their postings and positions. Documents
 * are numbered as if there were one segment without deleted documents, so indexes that differ in
 * nothing but segments and deletions have equal dumps. */
void index_fixture_dump(struct buffer *content, struct snapshot *snapshot);
/* The same for the index at this path, after verifying it. */
void index_fixture_dump_path(struct buffer *content, const char *index);

#endif
