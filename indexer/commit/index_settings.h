/* SPDX-License-Identifier: MIT */
/* The settings that an index is made with and keeps: how it is analyzed, and whether texts are kept.
 *
 * They are in the catalog. An analysis is identified by its fingerprint (analyzer.h). */
#ifndef QUERN_INDEXER_COMMIT_INDEX_SETTINGS_H
#define QUERN_INDEXER_COMMIT_INDEX_SETTINGS_H

#include "common/index/catalog.h"
#include "common/text/analyzer.h"

/* The fingerprint of an analysis. ST_INVALID: it has no such stemmer. */
enum status index_settings_fingerprint(char fingerprint[ANALYZER_FINGERPRINT_SIZE],
                                       const struct analyzer_options *analysis, struct error *err);

/* Writes the first catalog of a new index. */
enum status index_settings_write(struct store *store, const struct analyzer_options *analysis,
                                 bool keep_text, const char *fingerprint, struct error *err);

/* The analysis of an index; its stop words are borrowed from the catalog. ST_SETTINGS: another
 * version of quern made the index, and analyzes otherwise. */
enum status index_settings_read(struct analyzer_options *analysis, const struct catalog *catalog,
                                const char *index, struct error *err);

/* ST_SETTINGS: the index does not have the setting that is asked for; the message says what to do. */
enum status index_settings_check_text(const struct catalog *catalog, const char *index,
                                      bool keep_text, struct error *err);
enum status index_settings_check_analysis(const struct catalog *catalog, const char *index,
                                          const struct analyzer_options *analysis,
                                          struct error *err);

#endif
