/* SPDX-License-Identifier: MIT */
/* Postings that do not fit into memory while one document is indexed: runs of sorted terms, one
 * after the other in a temporary file.
 *
 *     run   = term*                           ; in order of their bytes
 *     term  = size:u8 byte*size piece* 0:u32
 *     piece = size:u32 code*                  ; size > 0: the bytes of the codes (posting_buffer.h)
 *
 * No code crosses from one piece into the next.
 *
 * Failures: ST_FULL and ST_EIO of the temporary file, and ST_NOMEM. Threads: one. */
#ifndef QUERN_INDEXER_BUILD_SPILL_H
#define QUERN_INDEXER_BUILD_SPILL_H

#include "common/base/status.h"
#include "indexer/build/posting_buffer.h"

struct spill_run {
    uint64_t begin, end; /* offsets in the file */
};

/* The runs of a segment, in the order in which they were written. Start with the folder alone. */
struct spills {
    const char *folder; /* of the temporary file; borrowed */
    int file;           /* valid while there are runs */
    struct spill_run *runs;
    size_t run_count, run_capacity;
};

/* Removes all runs. */
void spills_release(struct spills *spills);

/* Writes a run: terms in order, and the postings of each in order of documents. */
struct spill_writer {
    struct spills *spills;
    int file;
    struct spill_run run; /* what was written so far */
    struct buffer buffer; /* bytes not yet written */
    struct buffer codes;  /* of the current term: the piece being filled */
    uint32_t doc;         /* the last document in it */
};
enum status spill_writer_begin(struct spill_writer *writer, struct spills *spills,
                               struct error *err);
enum status spill_writer_begin_term(struct spill_writer *writer, struct slice term,
                                    struct error *err);
/* Appends the current posting of the reader, which steps to the next one. */
enum status spill_writer_add_posting(struct spill_writer *writer,
                                     struct posting_buffer_reader *postings, struct error *err);
enum status spill_writer_end_term(struct spill_writer *writer, struct error *err);
/* Ends the run, which becomes the last of the spills. */
enum status spill_writer_end(struct spill_writer *writer, struct error *err);
/* Call it after spill_writer_begin() in any case. */
void spill_writer_release(struct spill_writer *writer);

/* Reads a run, term by term. */
struct spill_reader {
    struct posting_buffer_reader postings; /* of the current term */
    int file;
    struct spill_run run; /* the part not yet read */
    uint64_t left;        /* of the piece, after postings.end */
    bool ended;           /* the term has no more pieces */
    uint8_t *bytes;       /* owned; [next, size) follow postings.end */
    size_t next, size, capacity;
    struct slice term; /* empty after the last one */
    uint8_t term_bytes[UINT8_MAX];
    enum status status; /* why the postings ended early */
    struct error err;
};
/* Opens a run and steps to its first term. All runs are read at the same time; about `memory` bytes
 * are for all of them together. */
enum status spill_reader_open(struct spill_reader *reader, const struct spills *spills, size_t run,
                              uint64_t memory, struct error *err);
void spill_reader_close(struct spill_reader *reader);
/* Steps to the next term. The postings of the current one were read to their end. */
enum status spill_reader_next(struct spill_reader *reader, struct error *err);

#endif
