/* The catalog: which segments are live, and what they hold. The one record whose commit makes a
 * batch visible; everything else in the store is immutable or belongs to no live segment yet. */
#ifndef QUERN_COMMON_INDEX_CATALOG_H
#define QUERN_COMMON_INDEX_CATALOG_H

#include "common/segment/segment_info.h"
#include "common/store/store.h"

enum {
    CATALOG_FORMAT = 2,          /* the format version, FORMAT.md */
    CATALOG_SEGMENTS_MAX = 4096, /* segments an index may have; writing more is ST_LIMIT */
};

struct catalog {
    uint32_t next_segment;         /* segments with this id or a greater one belong to nobody */
    bool keep_text;                /* documents are stored with their text */
    int64_t committed_at;          /* seconds since 1970 of the last commit */
    int64_t completed_at;          /* ... of the end of the last run that went through, or 0 */
    int64_t failed_at;             /* ... of the end of the last run that did not, or 0 */
    char *fingerprint;             /* analyzer_fingerprint() of the index, owned */
    char *stemmer;                 /* libstemmer algorithm, owned */
    struct buffer stopwords;       /* one a line, owned */
    struct segment_info *segments; /* owned; in document order */
    size_t segment_count;
};

/* Start with {0}. Copying is deep; what *to held is released, and kept when memory is out. */
void catalog_release(struct catalog *catalog);
enum status catalog_copy(struct catalog *to, const struct catalog *from);

/* Replaces *catalog by what the transaction sees; a failure leaves it as it was. ST_NOT_FOUND: none
 * was written yet; ST_SETTINGS: another format version; ST_CORRUPT: damaged. */
enum status catalog_read(struct catalog *catalog, struct store_txn *txn, struct error *err);
enum status catalog_write(const struct catalog *catalog, struct store_txn *txn, struct error *err);

/* Documents that are there and not removed. */
uint64_t catalog_live_documents(const struct catalog *catalog);
/* N and the sum of lengths as BM25 counts them: removed documents weigh in until they are merged
 * away. */
uint64_t catalog_total_documents(const struct catalog *catalog);
uint64_t catalog_total_length(const struct catalog *catalog);

#endif
