/* SPDX-License-Identifier: MIT */
/* The catalog: the segments of an index and what they hold.
 *
 * The commit of this one record makes a batch visible. Everything else in the store is immutable,
 * or belongs to no segment of the catalog yet. */
#ifndef QUERN_COMMON_INDEX_CATALOG_H
#define QUERN_COMMON_INDEX_CATALOG_H

#include "common/segment/segment_info.h"
#include "common/store/store.h"

enum {
    CATALOG_FORMAT = 2,          /* format version (FORMAT.md) */
    CATALOG_SEGMENTS_MAX = 4096, /* an index with more is ST_LIMIT */
};

struct catalog {
    uint32_t next_segment;         /* the next id: greater than that of any segment */
    bool keep_text;                /* documents are stored with their texts */
    int64_t committed_at;          /* time of the last commit, in seconds since 1970 */
    int64_t completed_at;          /* end of the last run that succeeded, or 0 */
    int64_t failed_at;             /* end of the last run that failed, or 0 */
    char *fingerprint;             /* analyzer_fingerprint() of the index, owned */
    char *stemmer;                 /* libstemmer algorithm, owned */
    struct buffer stopwords;       /* one a line, owned */
    struct segment_info *segments; /* owned; in document order */
    size_t segment_count;
};

/* Start with {0}. catalog_copy() is deep: it replaces *to, or leaves it as it is when out of
 * memory. */
void catalog_release(struct catalog *catalog);
enum status catalog_copy(struct catalog *to, const struct catalog *from);

/* Replaces *catalog by the one that the transaction sees; a failure leaves it as it was.
 * ST_NOT_FOUND: none was written yet. ST_SETTINGS: it has another format version. ST_CORRUPT: it is
 * damaged. */
enum status catalog_read(struct catalog *catalog, struct store_txn *txn, struct error *err);
/* Puts the catalog; committing the transaction publishes it. ST_LIMIT: too many segments. */
enum status catalog_write(const struct catalog *catalog, struct store_txn *txn, struct error *err);

/* The number of documents that are not deleted. */
uint64_t catalog_live_documents(const struct catalog *catalog);
/* N and the sum of lengths for BM25. As in Lucene, deleted documents count until they are merged
 * away. */
uint64_t catalog_total_documents(const struct catalog *catalog);
uint64_t catalog_total_length(const struct catalog *catalog);

#endif
