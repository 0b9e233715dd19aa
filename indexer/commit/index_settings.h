/* SPDX-License-Identifier: MIT */
/* The settings that an index is created with and keeps: its analysis, and whether it keeps texts.
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

/* ST_SETTINGS: the index was not created with this setting; the message says what to do. */
enum status index_settings_check_text(const struct catalog *catalog, const char *index,
                                      bool keep_text, struct error *err);
enum status index_settings_check_analysis(const struct catalog *catalog, const char *index,
                                          const struct analyzer_options *analysis,
                                          struct error *err);

#endif
