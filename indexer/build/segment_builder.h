/* Documents -> one segment: parcels go through the workers, what comes back is stored in order, and
 * at the end the inverters of all workers become the lists of the segment.
 *
 *     intake_new(&intake, &options, &err);
 *     intake_open(intake, &sink, segment_id, &err);
 *     intake_add(intake, &document, &doc, &err);                  as often as there is room
 *     intake_finish(intake, &info, &err);        or intake_drop(intake)
 *
 * The order of documents, and so every answer, is that of adding, whatever the number of threads.
 *
 * Threads: one, beside the intake's own. */
#ifndef QUERN_INDEXER_BUILD_SEGMENT_BUILDER_H
#define QUERN_INDEXER_BUILD_SEGMENT_BUILDER_H

#include "indexer/build/doc_batch.h"
#include "indexer/build/flush.h"

struct intake;

struct intake_options {
    struct analyzer_options analysis; /* stop words are borrowed for the intake's life */
    bool keep_text;
    uint64_t memory;    /* bytes to work with */
    uint32_t words;     /* of a document, at most; 0: DOCUMENT_TOKENS_MAX */
    struct pool *pool;  /* borrowed */
    const char *folder; /* for temporary files; borrowed */
};

enum status intake_new(struct intake **out, const struct intake_options *options,
                       struct error *err);
void intake_free(struct intake *intake);

/* Starts a segment. */
enum status intake_open(struct intake *intake, struct chunk_sink *sink, uint32_t id,
                        struct error *err);
bool intake_is_open(const struct intake *intake);

/* Adds a document, whose number is *doc; its title has PARCEL_TITLE_MAX bytes at most. Its length
 * need not be known. A failure may be that of a document added before: then only intake_drop() is
 * left. */
enum status intake_add(struct intake *intake, const struct document *document, uint32_t *doc,
                       struct error *err);

/* The same for a document whose text comes in parts (valid UTF-8; no word reaches from one into the
 * next), of any length: what does not fit into memory goes to temporary files. */
enum status intake_begin(struct intake *intake, const struct document *document, uint32_t *doc,
                         struct error *err);
/* ST_SKIPPED: the document has too many words; it is for intake_end(), and then to be removed. */
enum status intake_part(struct intake *intake, struct slice part, struct error *err);
/* `document` as before, with what has become known of it since. */
enum status intake_end(struct intake *intake, const struct document *document, struct error *err);

/* The caller keeps so many bytes beside it: they count until it says otherwise. */
void intake_hold(struct intake *intake, uint64_t bytes);
/* True when memory is used up, or was in the midst of a document: finish now. */
bool intake_is_full(struct intake *intake);

/* Writes the rest of the segment. The intake is then closed, also after a failure. */
enum status intake_finish(struct intake *intake, struct segment_info *info, struct error *err);
/* Forgets the segment. */
void intake_drop(struct intake *intake);

#endif
