/* What does not fit into memory while one document is indexed: chains in temporary files.
 *
 *     spill     := term*                       in order of their bytes
 *     term      := size(u8) bytes{size} length(u64) chain{length}        (chain.h)
 *
 * A file has no name: it is gone when it is closed, and when the process dies.
 *
 * Threads: one. */
#ifndef QUERN_INDEXER_SPILL_H
#define QUERN_INDEXER_SPILL_H

#include "common/status.h"
#include "indexer/chain.h"

/* All spills of a batch, in the order in which they were written. Start with the folder alone. */
struct spills {
    const char *folder; /* where files are made; borrowed */
    int *files;
    size_t count;
};

/* Forgets all spills. */
void spills_release(struct spills *spills);

/* Writing a spill: terms in order, of each its postings in order of documents. */
struct spill_writer {
    struct spills *spills;
    int file;
    struct buffer buffer; /* what is not yet written */
    struct buffer chain;  /* of the term at hand */
    uint32_t doc;         /* the last one in it */
};
enum status spill_begin(struct spill_writer *writer, struct spills *spills, struct error *err);
/* Appends the posting that the chain stands on, which steps to the next. */
enum status spill_posting(struct spill_writer *writer, struct chain *chain, struct error *err);
enum status spill_end_term(struct spill_writer *writer, struct slice term, struct error *err);
/* The spill is now the last of the spills. */
enum status spill_end(struct spill_writer *writer, struct error *err);
/* After spill_begin(), whatever happened in between. */
void spill_writer_release(struct spill_writer *writer);

/* Reading a spill, term by term. */
struct spill_reader {
    struct chain chain; /* of the term at hand */
    int file;
    uint64_t place; /* of the file, behind the bytes */
    uint64_t left;  /* of the chain, behind chain.end */
    uint8_t *bytes; /* owned; [next, size) are behind chain.end */
    size_t next, size;
    struct slice term; /* empty behind the last */
    uint8_t term_bytes[UINT8_MAX];
    enum status status; /* why a chain ended early */
    struct error err;
};
enum status spill_open(struct spill_reader *reader, int file, struct error *err);
void spill_close(struct spill_reader *reader);
/* Steps to the next term; the chain of the one at hand was read to its end. */
enum status spill_next(struct spill_reader *reader, struct error *err);

#endif
