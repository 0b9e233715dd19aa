/* Documents -> one segment: batches go through the contexts, what comes back is stored in order, and
 * at the end the inverters of all contexts become the lists of the segment.
 *
 *     segment_builder_new(&builder, &options, &err);
 *     segment_builder_begin(builder, &sink, segment_id, &err);
 *     segment_builder_add(&doc, builder, &document, hash, &err);            as often as there is room
 *     segment_builder_finish(&info, builder, &err);        or segment_builder_abort(builder)
 *
 * The order of documents, and so every answer, is that of adding, whatever the number of thread_count.
 *
 * Threads: one, beside the builder's own. */
#ifndef QUERN_INDEXER_BUILD_SEGMENT_BUILDER_H
#define QUERN_INDEXER_BUILD_SEGMENT_BUILDER_H

#include "indexer/build/doc_batch.h"
#include "indexer/build/flush.h"

struct segment_builder;

struct segment_builder_options {
    struct analyzer_options analysis; /* stop words are borrowed for the builder's life */
    bool keep_text;
    uint64_t memory;     /* bytes to work with */
    uint32_t max_tokens; /* of a document, at most; 0: DOCUMENT_TOKENS_MAX */
    struct pool *pool;   /* borrowed */
    const char *folder;  /* for temporary files; borrowed */
};

enum status segment_builder_new(struct segment_builder **out,
                                const struct segment_builder_options *options, struct error *err);
void segment_builder_free(struct segment_builder *builder);

/* Starts a segment. */
enum status segment_builder_begin(struct segment_builder *builder, struct chunk_sink *sink,
                                  uint32_t id, struct error *err);
bool segment_builder_is_active(const struct segment_builder *builder);

/* Adds a document, whose number becomes *doc. Its fields passed indexed_fields_check(). A failure may
 * be that of a document added before: then only segment_builder_abort() is left. */
enum status segment_builder_add(uint32_t *doc, struct segment_builder *builder,
                                const struct source_document *document, uint64_t content_hash,
                                struct error *err);

/* The same for a document whose text comes in parts (valid UTF-8; no word reaches from one into the
 * next), of any length: what does not fit into memory goes to temporary files. */
enum status segment_builder_begin_document(uint32_t *doc, struct segment_builder *builder,
                                           const struct source_document *document,
                                           uint64_t content_hash, struct error *err);
/* ST_SKIPPED: the document has too many words; it is for segment_builder_end_document(), and then to
 * be removed. */
enum status segment_builder_add_part(struct segment_builder *builder, struct slice part,
                                     struct error *err);
enum status segment_builder_end_document(struct segment_builder *builder, struct error *err);

/* The caller keeps so many bytes beside it: they count until it says otherwise. */
void segment_builder_set_external_memory(struct segment_builder *builder, uint64_t bytes);
/* True when memory is used up, or was in the midst of a document: finish now. */
bool segment_builder_is_full(struct segment_builder *builder);

/* Writes the rest of the segment. The builder is then closed, also after a failure. */
enum status segment_builder_finish(struct segment_info *info, struct segment_builder *builder,
                                   struct error *err);
/* Forgets the segment. */
void segment_builder_abort(struct segment_builder *builder);

#endif
