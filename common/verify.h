/* Walks a whole snapshot and says the first inconsistency in words: every checksum, every block
 * decoded, orders, counts and totals, every id and term found again by look-up. */
#ifndef QUERN_COMMON_VERIFY_H
#define QUERN_COMMON_VERIFY_H

#include "common/snapshot.h"

struct verify_counts {
    uint64_t segments, documents, terms, postings, occurrences, bytes;
};

/* ST_OK: all of it is sound. ST_CORRUPT: err->text names the segment, the place and what is wrong.
 */
enum status verify_snapshot(struct snapshot *snapshot, struct verify_counts *counts,
                            struct error *err);

#endif
