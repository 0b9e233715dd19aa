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
    /* How many tokens each document has by its terms; once it has been compared with its record,
     * bits 16 to 47 of the hash of its id. */
    uint32_t *token_counts;
    uint64_t occurrences; /* of all terms so far */
    uint64_t skips;       /* entries that the terms so far have */
    struct buffer id;     /* of a document */
    struct hash_state *hash;
};

/* Sets the failure: the segment's own when it has one, else "segment N: WHAT". */
enum status verify_fail(const struct verifier *verifier, struct error *err, const char *what);

/* The same of a document: "segment N, document DOC: WHAT". */
enum status verify_document_fail(const struct verifier *verifier, uint32_t doc, struct error *err,
                                 const char *what);

/* All terms of the segment: fills in verifier->token_counts. */
enum status verify_terms(struct verifier *verifier, struct error *err);
/* All documents of the segment, once its terms are verified. */
enum status verify_documents(struct verifier *verifier, struct error *err);
/* The id of a document, in verifier->id: it is found where a look-up seeks it, and no other live
 * document has it. Documents come in order. */
enum status verify_id(struct verifier *verifier, uint32_t doc, bool live, struct error *err);
/* There are as many ids as documents. */
enum status verify_id_pages(struct verifier *verifier, struct error *err);
/* The records of all tables: each belongs to a segment or a folder, and there are as many as the
 * catalog counts. The segments are verified already. */
enum status verify_tables(struct snapshot *snapshot, struct verify_counts *counts,
                          struct error *err);

#endif
