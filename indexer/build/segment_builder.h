/* SPDX-License-Identifier: MIT */
/* Builds one segment of documents.
 *
 * Threads invert batches of documents; the first thread stores each batch in order when it comes
 * back. At the end the inverters of all threads become the lists of the segment.
 *
 *     segment_builder_new(&builder, &options, &err);
 *     segment_builder_begin(builder, &sink, segment_id, &err);
 *     segment_builder_add(&doc, builder, &document, content_hash, &err);     while it is not full
 *     segment_builder_finish(&info, builder, &err);             or segment_builder_abort(builder)
 *
 * Documents keep the order in which they were added, so answers do not depend on the number of
 * threads.
 *
 * Threads: one, besides those of the pool. */
#ifndef QUERN_INDEXER_BUILD_SEGMENT_BUILDER_H
#define QUERN_INDEXER_BUILD_SEGMENT_BUILDER_H

#include "indexer/build/doc_batch.h"
#include "indexer/build/flush.h"

struct segment_builder;

struct segment_builder_options {
    struct analyzer_options analysis; /* its stop words are copied */
    const struct schema *schema;      /* may grow between two documents; borrowed */
    bool keep_text;
    uint64_t memory;     /* bytes to work with */
    uint32_t max_tokens; /* of a document; 0: DOCUMENT_TOKENS_MAX */
    uint64_t hash_seed;  /* of the index */
    struct pool *pool;   /* borrowed */
    const char *folder;  /* for temporary files; borrowed */
};

enum status segment_builder_new(struct segment_builder **out,
                                const struct segment_builder_options *options, struct error *err);
void segment_builder_free(struct segment_builder *builder);

/* Begins a segment with this id. */
enum status segment_builder_begin(struct segment_builder *builder, struct chunk_sink *sink,
                                  uint32_t id, struct error *err);
bool segment_builder_is_active(const struct segment_builder *builder);

/* Adds a document, whose number becomes *doc. It has passed index_document_check(). A
 * failure may be that of an earlier document; then only segment_builder_abort() may be called. */
enum status segment_builder_add(uint32_t *doc, struct segment_builder *builder,
                                const struct index_document *document, uint64_t content_hash,
                                struct error *err);

/* Adds a document of any length, whose text is not among its values but comes in parts of valid
 * UTF-8, with no word cut between two of them. What does not fit into memory goes to temporary files. */
enum status segment_builder_begin_document(uint32_t *doc, struct segment_builder *builder,
                                           const struct index_document *document,
                                           uint64_t content_hash, struct error *err);
/* ST_SKIPPED: the document has too many tokens. The caller ends it and deletes it. */
enum status segment_builder_add_part(struct segment_builder *builder, struct slice part,
                                     struct error *err);
enum status segment_builder_end_document(struct segment_builder *builder, struct error *err);

/* Sets how many bytes the caller uses in addition. They count towards options.memory until the next
 * call. */
void segment_builder_set_external_memory(struct segment_builder *builder, uint64_t bytes);
/* True if memory is used up, or was in the middle of a document: finish the segment now. */
bool segment_builder_is_full(struct segment_builder *builder);

/* Writes the remaining parts of the segment. The builder is inactive afterwards, even after a
 * failure. */
enum status segment_builder_finish(struct segment_info *info, struct segment_builder *builder,
                                   struct error *err);
/* Drops the segment, if one is active. */
void segment_builder_abort(struct segment_builder *builder);

#endif
