/* What does not fit into memory while one document is indexed: runs of sorted terms with their
 * chains, one after the other in one temporary file.
 *
 *     run       := term*                       in order of their bytes
 *     term      := size(u8) bytes{size} piece* 0(u32)
 *     piece     := size(u32) codes{size}       of the chain (postings.h); no code straddles two
 *
 * Threads: one. */
#ifndef QUERN_INDEXER_BUILD_SPILL_H
#define QUERN_INDEXER_BUILD_SPILL_H

#include "common/base/status.h"
#include "indexer/build/posting_buffer.h"

struct spill_run {
    uint64_t begin, end; /* of the file */
};

/* All runs of a batch, in the order in which they were written. Start with the folder alone. */
struct spills {
    const char *folder; /* where the file is made; borrowed */
    int file;           /* when there are runs */
    struct spill_run *runs;
    size_t run_count, run_capacity;
};

/* Forgets all of them. */
void spills_release(struct spills *spills);

/* Writing a run: terms in order, of each its postings in order of documents. */
struct spill_writer {
    struct spills *spills;
    int file;
    struct spill_run run; /* as far as it was written */
    struct buffer buffer; /* what is not yet written */
    struct buffer codes;  /* of the current term: the piece being filled */
    uint32_t doc;         /* the last one in it */
};
enum status spill_writer_begin(struct spill_writer *writer, struct spills *spills,
                               struct error *err);
enum status spill_writer_begin_term(struct spill_writer *writer, struct slice term,
                                    struct error *err);
/* Appends the posting that the chain stands on, which steps to the next. */
enum status spill_writer_add_posting(struct spill_writer *writer,
                                     struct posting_buffer_reader *postings, struct error *err);
enum status spill_writer_end_term(struct spill_writer *writer, struct error *err);
/* The run is now the last of the spills. */
enum status spill_writer_end(struct spill_writer *writer, struct error *err);
/* After spill_writer_begin(), whatever happened in between. */
void spill_writer_release(struct spill_writer *writer);

/* Reading a run, term by term. */
struct spill_reader {
    struct posting_buffer_reader postings; /* of the term at hand */
    int file;
    struct spill_run run; /* what is not yet read of it */
    uint64_t left;        /* of the piece, after chain.end */
    bool ended;           /* the term has no more pieces */
    uint8_t *bytes;       /* owned; [next, size) follow chain.end */
    size_t next, size, capacity;
    struct slice term; /* empty after the last */
    uint8_t term_bytes[UINT8_MAX];
    enum status status; /* why a chain ended early */
    struct error err;
};
/* Opens a run and steps to its first term. All runs are read side by side: `memory` bytes are for
 * all of them together, about. */
enum status spill_reader_open(struct spill_reader *reader, const struct spills *spills, size_t run,
                              uint64_t memory, struct error *err);
void spill_reader_close(struct spill_reader *reader);
/* Steps to the next term; the chain of the one at hand was read to its end. */
enum status spill_reader_next(struct spill_reader *reader, struct error *err);

#endif
