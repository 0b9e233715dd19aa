/* SPDX-License-Identifier: MIT */
/* The settings that an index is created with and keeps: its analysis, and whether it keeps texts; and
 * those that can be changed: how searches rank.
 *
 * They are in the catalog. The fingerprint of an analysis (analyzer.h) identifies it. */
#ifndef QUERN_INDEXER_COMMIT_INDEX_SETTINGS_H
#define QUERN_INDEXER_COMMIT_INDEX_SETTINGS_H

#include "common/index/catalog.h"
#include "common/text/analyzer.h"
#include "common/text/fingerprint.h"

/* The fingerprint of an analysis. ST_INVALID: there is no such stemmer. */
enum status index_settings_fingerprint(char fingerprint[FINGERPRINT_SIZE],
                                       const struct analyzer_options *analysis, struct error *err);

/* Writes the first catalog of a new index. `hash_seed` may be NULL: a random one. */
enum status index_settings_write(struct store *store, const struct analyzer_options *analysis,
                                 bool keep_text, const uint64_t *hash_seed, const char *fingerprint,
                                 struct error *err);

/* The analysis of an index; its stop words are borrowed from the catalog. ST_SETTINGS: the index
 * was made by a version of quern that analyzes differently. */
enum status index_settings_read(struct analyzer_options *analysis, const struct catalog *catalog,
                                const char *index, struct error *err);

/* ST_SETTINGS: the index was not created with this setting; the message says what to do.
 * `of_documents`: the analysis may also be that of one of the index's languages, for documents. */
enum status index_settings_check_text(const struct catalog *catalog, const char *index,
                                      bool keep_text, struct error *err);
enum status index_settings_check_analysis(const struct catalog *catalog, const char *index,
                                          const struct analyzer_options *analysis,
                                          bool of_documents, struct error *err);

/* Changes of the ranking, as they are typed. NULL: no change; "default": what the program that searches
 * thinks best. */
struct ranking_change {
    const char *k1, *b; /* numbers */
    const char *boosts; /* weights as of field_boosts_parse(); other fields weigh 1 */
};

/* Applies the changes; a failure may leave *ranking with some of them. Without a schema (NULL), boosts
 * are left as they are. ST_INVALID, ST_LIMIT: the message says what is wrong. */
enum status index_settings_change_ranking(struct catalog_ranking *ranking,
                                          const struct ranking_change *change,
                                          const struct schema *schema, struct error *err);

#endif
