/* SPDX-License-Identifier: MIT */
/* What the verify_*.c files share. No other file includes it. */
#ifndef QUERN_COMMON_INDEX_VERIFY_PRIVATE_H
#define QUERN_COMMON_INDEX_VERIFY_PRIVATE_H

#include "common/index/verify.h"
#include "common/segment/term_entry.h"

/* What has been counted in the lists of a field. */
struct field_tally {
    uint16_t number;
    bool is_searched;     /* its words are also those of SCHEMA_ALL */
    uint64_t occurrences; /* in all terms so far */
    uint64_t length;      /* how many there have to be; of a keyword, UINT64_MAX */
    uint32_t *tokens;     /* of each document; NULL: of a keyword */
    uint64_t terms;       /* so far */
};

/* The segment being verified, and what has been counted in it. */
struct verifier {
    struct snapshot *snapshot;
    struct segment *segment;
    struct verify_counts *counts;
    uint64_t stream_bytes[STREAM_COUNT]; /* bytes of data */
    /* For each document the number of its tokens, summed over the terms. After that was compared
     * with the record: bits 16 to 47 of the hash of its id. */
    uint32_t *token_counts;
    uint64_t occurrences;         /* in all terms of SCHEMA_ALL */
    uint32_t *field_token_counts; /* the same of the current text field */
    struct field_tally field;     /* of the current field */
    size_t fields_with_norms;     /* that were current so far */
    uint64_t skips;               /* entries of all terms so far */
    struct buffer id;             /* of the current document */
    struct hash_state *hash;
};

/* Reports the segment's own failure if it has one, else "segment N: WHAT". */
enum status verify_fail(const struct verifier *verifier, const char *what, struct error *err);

/* The same for a document: "segment N, document DOC: WHAT". */
enum status verify_document_fail(const struct verifier *verifier, uint32_t doc, const char *what,
                                 struct error *err);

/* Makes a field current. */
enum status verify_begin_field(struct verifier *verifier, uint16_t field, struct error *err);
/* Compares what was counted in the current field, after its last term, with what is stored. */
enum status verify_end_field(struct verifier *verifier, struct error *err);
/* After the last one: all fields had terms that have to. */
enum status verify_all_fields(struct verifier *verifier, struct error *err);
/* Documents with a word in a searched text field have it as often among those of SCHEMA_ALL. *what
 * is wrong: ST_CORRUPT. */
enum status verify_within_all(const char **what, struct verifier *verifier, struct slice term,
                              const struct term_entry *entry, struct error *err);

/* Verifies all terms of the segment and fills verifier->token_counts. */
enum status verify_terms(struct verifier *verifier, struct error *err);
/* Verifies the columns of all fields. */
enum status verify_columns(struct verifier *verifier, struct error *err);
/* Verifies all surface forms of the segment. */
enum status verify_forms(struct verifier *verifier, struct error *err);
/* Verifies all documents of the segment, after its terms. */
enum status verify_documents(struct verifier *verifier, struct error *err);
/* Verifies the id of a document, verifier->id: a look-up finds it, and no other document has it,
 * unless deleted. Called for all documents in order. */
enum status verify_id(struct verifier *verifier, uint32_t doc, bool live, struct error *err);
/* The index of ids has as many entries as there are documents. */
enum status verify_id_pages(struct verifier *verifier, struct error *err);
/* Verifies the records of all tables, after the segments: each belongs to a segment or a folder,
 * and there are as many as the catalog counts. */
enum status verify_tables(struct verify_counts *counts, struct snapshot *snapshot,
                          struct error *err);

#endif
