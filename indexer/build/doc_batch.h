/* SPDX-License-Identifier: MIT */
/* A batch of consecutive documents on its way through a thread.
 * The thread that reads copies documents into batches. Any thread analyzes and inverts a batch and
 * compresses its texts. Batches are collected in their order again.
 *
 * Which documents share a batch depends only on their sizes and on the memory, so an index does not
 * depend on the number of threads. */
#ifndef QUERN_INDEXER_BUILD_DOC_BATCH_H
#define QUERN_INDEXER_BUILD_DOC_BATCH_H

#include "common/base/pool.h"
#include "indexer/build/index_document.h"
#include "indexer/build/thread_context.h"

enum {
    DOC_BATCH_BYTES_MAX = 1 << 20, /* larger batches gain nothing */
    DOC_BATCH_DOCUMENTS_MAX = 8192,
    DOC_BATCH_TEXT_MAX = 4 << 20, /* a longer text is indexed in parts instead */
};

/* A document of the batch. */
struct doc_batch_entry {
    struct document record;            /* what is stored, except for the id and the title */
    size_t id_offset, id_size;         /* in the bytes of the batch */
    size_t first_value, value_count;   /* in its values */
    size_t first_length, length_count; /* in its lengths */
    size_t stored_offset, stored_size; /* in `stored` */
    struct text_location location;     /* relative to the first block of the batch */
};

/* Of a text field of a document: the number of its tokens, not 0. */
struct field_length {
    uint16_t field;
    uint32_t length;
};

/* A compressed block of text. */
struct doc_batch_block {
    uint32_t first; /* the document whose text begins it */
    uint32_t raw_size;
    size_t offset; /* in `compressed` */
    size_t size;
};

struct doc_batch {
    struct job job;
    struct thread_context *contexts; /* of all threads, by thread number; borrowed */
    size_t max_bytes;                /* the batch is full when it has this many bytes */
    uint32_t first;                  /* the number of its first document */
    struct doc_batch_entry *entries;
    size_t count, capacity;
    struct buffer bytes;  /* ids, texts and keywords */
    struct buffer terms;  /* of keywords */
    struct buffer stored; /* values as document.h has them */
    /* Those of all documents. The text of a value is an offset in `bytes` instead of an address
     * until doc_batch_end_adding(), its term one in `terms` until doc_batch_end_inverting(). */
    struct field_value *values;
    size_t value_count, value_capacity;
    uint64_t posted_twice; /* bytes of values that may be */
    struct field_length *lengths;
    size_t length_count, length_capacity;
    const struct schema *schema; /* borrowed; used by doc_batch_add() */
    struct buffer compressed;
    struct doc_batch_block *blocks;
    uint32_t block_count;
    size_t block_capacity;
    /* The thread that worked on the batch, and its usage afterwards. */
    unsigned thread;
    struct thread_usage usage;
    enum status status;
    struct error err;
};

/* Empties the batch and frees its bytes; `first` becomes the number of its first document. Start
 * with {0}, `contexts`, `schema` and `max_bytes`. The job, once submitted, analyzes, inverts and compresses
 * what was added, and leaves its outcome in `status` and `err`. */
void doc_batch_clear(struct doc_batch *batch, uint32_t first);
void doc_batch_release(struct doc_batch *batch);
bool doc_batch_is_full(const struct doc_batch *batch);
/* Bytes of documents that were added; those that may be posted twice count twice. */
uint64_t doc_batch_size(const struct doc_batch *batch);
/* Copies a document, all of whose fields are in the schema, but of each at most FIELD_VALUES_MAX
 * values. ST_NOMEM. */
enum status doc_batch_add(struct doc_batch *batch, const struct index_document *document,
                          uint64_t content_hash);
/* The document, once the job is done, and what is stored of it; borrowed from the batch. */
struct index_document doc_batch_document(const struct doc_batch *batch, size_t i);
struct document doc_batch_record(const struct doc_batch *batch, size_t i);

/* What the job does, for a document whose text comes in parts: it is added without its text. */
enum status doc_batch_add_values(struct doc_batch *batch, const struct index_document *document,
                                 uint64_t content_hash);
/* Once, after the last document was added. */
void doc_batch_end_adding(struct doc_batch *batch);
/* Inverts the values of a document but its text, which is then to be inverted in the language that the
 * analyzer has. *all becomes where the text begins. Fails as inverter_add_field() does. */
enum status doc_batch_invert_values(struct token_count *all, struct doc_batch *batch, size_t i,
                                    struct thread_context *context, struct error *err);
/* Once, after the last document was inverted. */
void doc_batch_end_inverting(struct doc_batch *batch);

#endif
