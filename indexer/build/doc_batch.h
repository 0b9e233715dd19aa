/* Consecutive documents on their way through a worker: copied together by the thread that reads,
 * analyzed, inverted and packed by any, taken over in their order again.
 *
 * Which documents go together depends on their sizes and on the memory alone, so that an index does
 * not depend on the number of threads. */
#ifndef QUERN_INDEXER_BUILD_DOC_BATCH_H
#define QUERN_INDEXER_BUILD_DOC_BATCH_H

#include "common/base/pool.h"
#include "indexer/build/thread_context.h"

enum {
    DOC_BATCH_BYTES_MAX = 1 << 20, /* a good size, and the greatest that is of use */
    DOC_BATCH_DOCUMENTS_MAX = 8192,
    DOC_BATCH_TEXT_MAX = 4 << 20, /* a longer text is indexed in parts, not in a batch */
};

/* One of the documents. Slices hold offsets into the batch's bytes instead of addresses. */
struct doc_batch_entry {
    struct document record; /* what is to be stored, but for the title */
    struct indexed_fields fields;
    struct text_location location; /* counted from the batch's first block */
};

/* A packed block of text. */
struct doc_batch_block {
    uint32_t first; /* document that begins it */
    uint32_t raw_size;
    size_t offset; /* in `compressed` */
    size_t size;
};

struct doc_batch {
    struct job job;
    struct thread_context *contexts; /* all of them, by number */
    size_t max_bytes;                /* bytes of ids, titles and texts after which it is full */
    uint32_t first;                  /* number of its first document */
    struct doc_batch_entry *entries;
    size_t count, capacity;
    struct buffer bytes; /* ids, titles, texts */
    struct buffer compressed;
    struct doc_batch_block *blocks;
    uint32_t block_count;
    size_t block_capacity;
    /* The worker that did it, and how large that was afterwards. */
    unsigned thread;
    struct thread_usage usage;
    enum status status;
    struct error err;
};

/* Empties it for documents from number `first` on; it holds no bytes then. Start with {0},
 * `contexts` and `most`. */
void doc_batch_clear(struct doc_batch *batch, uint32_t first);
void doc_batch_release(struct doc_batch *batch);
bool doc_batch_is_full(const struct doc_batch *batch);
/* Copies the indexed fields of a document and what is stored of it, its id too. ST_NOMEM. */
enum status doc_batch_add(struct doc_batch *batch, const struct source_document *document,
                          uint64_t content_hash);
/* Does the work, as a job. */
void doc_batch_run(struct job *job, unsigned worker);
/* What is to be stored of a document of a batch that was run; borrowed from the batch. */
struct document doc_batch_record(const struct doc_batch *batch, size_t i);

#endif
