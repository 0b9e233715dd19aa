/* Walks a whole snapshot and reports the first inconsistency in words. What it makes sure of:
 *
 *   - LMDB's trees are whole, and no page has two uses, so that a look-up finds every key;
 *   - every record's checksum fits; each is one that the format has, and what it says is possible;
 *   - every chunk and every block decodes; all addresses, orders, counts, bounds and sums agree;
 *   - a look-up finds every term and every document id, and no two live documents have one id;
 *   - the texts that are kept are those whose hashes were stored.
 *
 * Memory: 4 bytes a document of the largest segment, 16 bytes a chunk and a bit a page. */
#ifndef QUERN_COMMON_INDEX_VERIFY_H
#define QUERN_COMMON_INDEX_VERIFY_H

#include "common/index/snapshot.h"

struct verify_counts {
    uint64_t segments, documents, terms, postings, occurrences, bytes;
    uint64_t files; /* that are remembered */
    /* No damage: files that are remembered with a document that is not there, as one may have been
     * removed by its id; and bytes of segments that no catalog names, which a killed run left and
     * the next one deletes. */
    uint64_t missing_documents, orphaned_bytes;
    struct store_pages pages;
};

/* ST_OK: all of it is sound. ST_CORRUPT: err->text names the segment, the place and what is wrong.
 * ST_BUSY: commits came in between; with a new snapshot, it may go well. */
enum status verify_snapshot(struct verify_counts *counts, struct snapshot *snapshot,
                            struct error *err);

#endif
