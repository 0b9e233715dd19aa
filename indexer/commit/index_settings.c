/* SPDX-License-Identifier: MIT */
/* Writes the settings of a new index, and compares those of an existing one. */
#include "indexer/commit/index_settings.h"

#include <stdio.h>
#include <string.h>

#include "indexer/commit/commit.h"

enum status index_settings_fingerprint(char fingerprint[FINGERPRINT_SIZE],
                                       const struct analyzer_options *analysis, struct error *err) {
    struct analyzer *analyzer;
    enum status status = analyzer_new(&analyzer, analysis, err);
    if (status)
        return status;
    snprintf(fingerprint, FINGERPRINT_SIZE, "%s", analyzer_fingerprint(analyzer));
    analyzer_free(analyzer);
    return ST_OK;
}

enum status index_settings_write(struct store *store, const struct analyzer_options *analysis,
                                 bool keep_text, const uint64_t *hash_seed, const char *fingerprint,
                                 struct error *err) {
    struct catalog catalog = {0};
    enum status status = catalog_init(&catalog, err);
    if (status)
        return status;
    catalog.next_segment = 1;
    catalog.keep_text = keep_text;
    catalog.committed_at = catalog.created_at;
    if (hash_seed)
        catalog.hash_seed = *hash_seed;
    catalog.fingerprint = strdup(fingerprint);
    catalog.stemmer = strdup(analysis->stemmer);
    if (!catalog.fingerprint || !catalog.stemmer ||
        buffer_append_slice(&catalog.stopwords, analysis->stopwords))
        status = error_nomem(err);
    struct chunk_sink sink = {.store = store};
    struct buffered_changes no_changes = {0};
    if (!status)
        status = commit_changes(&sink, &catalog, &no_changes, err);
    catalog_release(&catalog);
    return status;
}

enum status index_settings_read(struct analyzer_options *analysis, const struct catalog *catalog,
                                const char *index, struct error *err) {
    char fingerprint[FINGERPRINT_SIZE];
    *analysis = (struct analyzer_options){.stopwords = buffer_slice(&catalog->stopwords)};
    snprintf(analysis->stemmer, sizeof analysis->stemmer, "%s", catalog->stemmer);
    enum status status = index_settings_fingerprint(fingerprint, analysis, err);
    if (!status && strcmp(fingerprint, catalog->fingerprint) != 0)
        status = error_set(err, ST_SETTINGS, 0,
                           "%s: made by another version of quern (%s; now %s); index into another "
                           "folder with -i",
                           index, catalog->fingerprint, fingerprint);
    return status;
}

static enum status settings_differ(const char *index, const char *what, const char *has,
                                   const char *wanted, struct error *err) {
    return error_set(err, ST_SETTINGS, 0,
                     "%s: made with other settings (%s%s; now %s); leave these options out, or "
                     "index into another folder with -i",
                     index, what, has, wanted);
}

static const char *text_setting(bool keep_text) {
    return keep_text ? "text kept" : "no text kept";
}

enum status index_settings_check_text(const struct catalog *catalog, const char *index,
                                      bool keep_text, struct error *err) {
    return keep_text == catalog->keep_text
               ? ST_OK
               : settings_differ(index, "", text_setting(catalog->keep_text),
                                 text_setting(keep_text), err);
}

/* Names the setting that differs. ST_OK: none does, so the index was made by another version of
 * quern, which index_settings_read() reports. */
static enum status analysis_differs(const struct catalog *catalog, const char *index,
                                    const struct analyzer_options *wanted, struct error *err) {
    if (strcmp(catalog->stemmer, wanted->stemmer) != 0)
        return settings_differ(index, "stemmer ", catalog->stemmer, wanted->stemmer, err);
    bool has_list = catalog->stopwords.size > 0;
    const char *wanted_list = has_list ? "a different list" : "a list";
    if (!slice_equal(buffer_slice(&catalog->stopwords), wanted->stopwords))
        return settings_differ(index, "stop words: ", has_list ? "a list" : "none",
                               wanted->stopwords.size > 0 ? wanted_list : "none", err);
    return ST_OK;
}

enum status index_settings_check_analysis(const struct catalog *catalog, const char *index,
                                          const struct analyzer_options *analysis,
                                          struct error *err) {
    char fingerprint[FINGERPRINT_SIZE];
    enum status status = index_settings_fingerprint(fingerprint, analysis, err);
    if (!status && strcmp(fingerprint, catalog->fingerprint) != 0)
        status = analysis_differs(catalog, index, analysis, err);
    return status;
}
