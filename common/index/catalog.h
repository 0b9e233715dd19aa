/* SPDX-License-Identifier: MIT */
/* The catalog: what an index is, and the segments that it consists of.
 *
 * The commit of this one record makes a batch visible. Everything else in the store is immutable,
 * or belongs to no segment of the catalog yet.
 *
 * The catalog can grow: a program skips what it does not know (tagged.h). What it must not skip has
 * a feature: a name, with what a program may do that does not know it. A program that writes a
 * catalog drops the features and the items that it does not know. */
#ifndef QUERN_COMMON_INDEX_CATALOG_H
#define QUERN_COMMON_INDEX_CATALOG_H

#include "common/field/schema.h"
#include "common/segment/segment_info.h"
#include "common/store/store.h"
#include "common/text/analyzer.h"

enum {
    CATALOG_FORMAT = 3,          /* format version (FORMAT.md) */
    CATALOG_SEGMENTS_MAX = 4096, /* an index with more is ST_LIMIT */
    CATALOG_ID_SIZE = 16,
    CATALOG_BOOST_UNIT = 16, /* boosts are multiples of 1/16 */
};

struct catalog_boost {
    uint16_t field;
    uint32_t weight; /* in units of 1 / CATALOG_BOOST_UNIT */
};

/* How queries rank that do not say otherwise. What is not set is left to the program. */
struct catalog_ranking {
    bool has_k1, has_b, has_boosts;
    double k1, b;
    struct catalog_boost *boosts; /* owned; by ascending field; those of other fields are 1 */
    size_t boost_count;
};

struct catalog {
    uint8_t id[CATALOG_ID_SIZE]; /* random: no other index has it */
    uint64_t hash_seed;          /* of the hashes of ids and folders */
    int64_t created_at;          /* in seconds since 1970 */
    char *program;               /* the version of quern that wrote the catalog last, owned; NULL:
                                    * not read yet. Writing sets it to this program's */
    char *newer_feature;         /* a feature that this program does not know, so that it may only
                                    * read, owned; NULL: none */
    uint32_t next_segment;       /* the next id: greater than that of any segment */
    bool keep_text;              /* documents are stored with their texts */
    int64_t committed_at;        /* time of the last commit, in seconds since 1970 */
    int64_t completed_at;        /* end of the last run that succeeded, or 0 */
    int64_t failed_at;           /* end of the last run that failed, or 0 */
    char *fingerprint;           /* analyzer_fingerprint() of the index, owned */
    char *stemmer;               /* libstemmer algorithm, owned */
    char *other_stemmers;        /* those of further languages, with commas between them, owned;
                                  * NULL: none */
    struct buffer stopwords;     /* one a line, owned */
    struct schema schema;        /* owned */
    struct catalog_ranking ranking;
    struct segment_info *segments; /* owned, with their fields; in document order */
    size_t segment_count;
};

/* Start with {0}. catalog_copy() is deep: it replaces *to, or leaves it as it is when out of
 * memory. */
void catalog_release(struct catalog *catalog);
enum status catalog_copy(struct catalog *to, const struct catalog *from);

/* Fills an empty catalog with an id and a hash seed of its own, the time, and the built-in fields.
 * A failure leaves it empty. */
enum status catalog_init(struct catalog *catalog, struct error *err);

/* Replaces *catalog by the one that the transaction sees; a failure leaves it as it was.
 * ST_NOT_FOUND: none was written yet. ST_SETTINGS: it has another format version, or a feature that
 * this program does not know and without which it may not be read. ST_CORRUPT: it is damaged. */
enum status catalog_read(struct catalog *catalog, struct store_txn *txn, struct error *err);
/* ST_SETTINGS: the catalog has a feature that forbids this program to write. */
enum status catalog_check_writable(const struct catalog *catalog, const char *index,
                                   struct error *err);
/* Puts the catalog; committing the transaction publishes it. ST_LIMIT: too many segments. */
enum status catalog_write(const struct catalog *catalog, struct store_txn *txn, struct error *err);

/* How the index analyzes; the stop words are borrowed from the catalog. ST_CORRUPT: it names too many
 * stemmers, or one that is too long. */
enum status catalog_analysis(struct analyzer_options *analysis, const struct catalog *catalog);
/* Sets the stemmers and stop words of a catalog that has none. ST_NOMEM. */
enum status catalog_set_analysis(struct catalog *catalog, const struct analyzer_options *analysis);

/* Replaces segments [first, first + count) by this one; count 0 inserts it. Takes over the fields
 * of *info, even if it fails with ST_NOMEM. */
enum status catalog_put_segment(struct catalog *catalog, size_t first, size_t count,
                                struct segment_info *info);
/* Drops the segments without any live document. */
void catalog_drop_empty_segments(struct catalog *catalog);

/* The number of documents that are not deleted. */
uint64_t catalog_live_documents(const struct catalog *catalog);
/* N and the sum of lengths for BM25. As in Lucene, deleted documents count until they are merged
 * away. */
uint64_t catalog_total_documents(const struct catalog *catalog);
uint64_t catalog_total_length(const struct catalog *catalog);

#endif
