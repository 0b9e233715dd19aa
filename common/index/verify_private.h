/* What the verify_*.c files share. Not for anybody else. */
#ifndef QUERN_COMMON_INDEX_VERIFY_PRIVATE_H
#define QUERN_COMMON_INDEX_VERIFY_PRIVATE_H

#include "common/index/verify.h"

/* The segment being walked, and what has been counted of it. */
struct verifier {
    struct snapshot *snapshot;
    struct segment *segment;
    struct verify_counts *counts;
    uint64_t stream_bytes[STREAM_COUNT]; /* of data */
    uint32_t *token_counts;              /* how many occurrences each document has */
    uint64_t occurrences;                /* of all terms so far */
    uint64_t skips;                      /* entries that the terms so far have */
    struct buffer id;                    /* of a document */
    struct hash_state *hash;
};

/* Sets the failure: the segment's own when it has one, else "segment N: WHAT". */
enum status verify_fail(const struct verifier *verifier, struct error *err, const char *what);

/* All terms of the segment: fills in verifier->token_counts. */
enum status verify_terms(struct verifier *verifier, struct error *err);
/* All documents of the segment, once its terms are verified. */
enum status verify_documents(struct verifier *verifier, struct error *err);
/* The records of all tables: each belongs to a segment or a folder, and there are as many as the
 * catalog counts. The segments are verified already. */
enum status verify_tables(struct snapshot *snapshot, struct verify_counts *counts,
                          struct error *err);

#endif
