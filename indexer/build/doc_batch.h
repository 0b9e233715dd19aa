/* Consecutive documents on their way through a worker: copied together by the thread that reads,
 * analyzed, inverted and packed by any, taken over in their order again.
 *
 * Which documents go together depends on their sizes and on the memory alone, so that an index does
 * not depend on the number of threads. */
#ifndef QUERN_INDEXER_BUILD_DOC_BATCH_H
#define QUERN_INDEXER_BUILD_DOC_BATCH_H

#include "common/base/pool.h"
#include "common/segment/segment_writer.h"
#include "indexer/build/inverter.h"

enum {
    PARCEL_BYTES = 1 << 20, /* a good size, and the greatest that is of use */
    PARCEL_DOCUMENTS = 8192,
    PARCEL_TITLE_MAX = 1 << 20, /* a longer title is none */
    PARCEL_TEXT_MAX = 4 << 20,  /* a longer text is indexed in parts, not in a parcel */
};

/* What each thread works with; made when its first parcel comes. All of it belongs to the thread
 * while parcels are on their way: what the first thread must know is in the parcels it takes back.
 */
struct worker {
    const struct analyzer_options *analysis; /* borrowed */
    uint64_t memory;                         /* bytes that all of them have together */
    uint64_t share; /* bytes that each of them has when all have the same */
    bool keep_text;
    struct analyzer *analyzer;
    struct inverter *inverter;
    struct block_store_compressor compressor;
};
enum status worker_prepare(struct worker *worker, struct error *err);
void worker_release(struct worker *worker);

struct worker_size {
    uint64_t memory; /* bytes that it uses */
    uint64_t room;   /* inverter_room() */
};
struct worker_size worker_size(const struct worker *worker);

struct parcel_document {
    struct document document;   /* its slices are offsets until parcel_document() */
    struct text_location where; /* counted from the parcel's first block */
};

/* A packed block of text. */
struct parcel_block {
    uint32_t first; /* document that begins it */
    uint32_t raw_size;
    size_t place; /* in `packed` */
    size_t size;
};

struct parcel {
    struct job job;
    struct worker *workers; /* all of them, by number */
    size_t most;            /* bytes of ids, titles and texts after which it is full */
    uint32_t first;         /* number of its first document */
    struct parcel_document *documents;
    size_t count, capacity;
    struct buffer bytes; /* ids, titles, texts */
    struct buffer packed;
    struct parcel_block *blocks;
    uint32_t block_count, block_capacity;
    /* The worker that did it, and how large that was afterwards. */
    unsigned worker;
    struct worker_size size;
    enum status status;
    struct error err;
};

/* Empties it for documents from number `first` on; it holds no bytes then. Start with {0},
 * `workers` and `most`. */
void parcel_clear(struct parcel *parcel, uint32_t first);
void parcel_release(struct parcel *parcel);
bool parcel_is_full(const struct parcel *parcel);
/* Copies the document: id, title, text and what is stored of it. ST_NOMEM. */
enum status parcel_add(struct parcel *parcel, const struct document *document);
/* Does the work, as a job. */
void parcel_run(struct job *job, unsigned worker);
/* A document of a parcel that was run: its lengths are known, its title is the stored one. */
struct document parcel_document(const struct parcel *parcel, size_t i);

#endif
