/* SPDX-License-Identifier: MIT */
/* Verifies a whole snapshot and describes the first inconsistency:
 *
 *   - LMDB's trees are whole and no page is used twice, so a look-up finds every key;
 *   - every record belongs to the format and to something that exists, and its checksum matches;
 *   - every chunk and block decodes; addresses, orders, counts, bounds and sums agree;
 *   - a look-up finds every term and every id, and no two documents have the same id;
 *   - texts match the hashes that are stored of them.
 *
 * Memory: 8 bytes for each document of the largest segment, 16 for each chunk and a bit for each
 * page. */
#ifndef QUERN_COMMON_INDEX_VERIFY_H
#define QUERN_COMMON_INDEX_VERIFY_H

#include "common/index/snapshot.h"

struct verify_counts {
    uint64_t segments, documents, terms, postings, occurrences, bytes;
    uint64_t files; /* remembered ones */
    /* No damage: remembered files whose documents are not in the index, as they were removed by
     * their ids; and bytes of segments that no catalog names, which a killed run left and the next
     * one deletes. */
    uint64_t missing_documents, orphaned_bytes;
    struct store_pages pages;
};

/* ST_CORRUPT: err->text names the segment and what is wrong. ST_BUSY: a commit came in between;
 * verifying a new snapshot may succeed. */
enum status verify_snapshot(struct verify_counts *counts, struct snapshot *snapshot,
                            struct error *err);

#endif
