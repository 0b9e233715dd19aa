/* SPDX-License-Identifier: MIT */
/* Writes the settings of a new index, and compares those of an existing one. */
#include "indexer/commit/index_settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/number.h"
#include "common/field/field_boosts.h"
#include "indexer/commit/commit.h"

enum { STEMMER_LIST_SIZE = ANALYZER_LANGUAGES_MAX * STEMMER_NAME_SIZE };

static const double RANKING_K1_MAX = 1000; /* beyond it, only the frequency counts */

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
    if (!catalog.fingerprint || catalog_set_analysis(&catalog, analysis))
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
    if (catalog_analysis(analysis, catalog))
        return error_set(err, ST_CORRUPT, 0, "%s: damaged: the catalog names no stemmer", index);
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

/* The stemmers of an analysis, with commas between them. */
static const char *list_stemmers(char list[STEMMER_LIST_SIZE],
                                 const struct analyzer_options *analysis) {
    char *end = stpcpy(list, analysis->stemmer);
    for (size_t i = 1; *analyzer_options_stemmer(analysis, i); i++)
        end = stpcpy(stpcpy(end, ","), analyzer_options_stemmer(analysis, i));
    return list;
}

static bool has_stemmer(const struct analyzer_options *analysis, const char *name) {
    for (size_t i = 0; *analyzer_options_stemmer(analysis, i); i++)
        if (strcmp(analyzer_options_stemmer(analysis, i), name) == 0)
            return true;
    return false;
}

/* Names the setting that differs. ST_OK: none does, so the index was made by another version of
 * quern, which index_settings_read() reports. */
static enum status analysis_differs(const struct catalog *catalog, const char *index,
                                    const struct analyzer_options *wanted, bool of_documents,
                                    struct error *err) {
    struct analyzer_options has;
    char a[STEMMER_LIST_SIZE], b[STEMMER_LIST_SIZE];
    if (catalog_analysis(&has, catalog))
        return ST_OK;
    if (of_documents && has_stemmer(&has, wanted->stemmer) && !wanted->stopwords.size)
        return ST_OK;
    list_stemmers(a, &has);
    list_stemmers(b, wanted);
    if (strcmp(a, b) != 0)
        return settings_differ(index, strchr(a, ',') ? "stemmers " : "stemmer ", a, b, err);
    bool has_list = catalog->stopwords.size > 0;
    const char *wanted_list = has_list ? "a different list" : "a list";
    if (!slice_equal(buffer_slice(&catalog->stopwords), wanted->stopwords))
        return settings_differ(index, "stop words: ", has_list ? "a list" : "none",
                               wanted->stopwords.size > 0 ? wanted_list : "none", err);
    return ST_OK;
}

enum status index_settings_check_analysis(const struct catalog *catalog, const char *index,
                                          const struct analyzer_options *analysis,
                                          bool of_documents, struct error *err) {
    char fingerprint[FINGERPRINT_SIZE];
    enum status status = index_settings_fingerprint(fingerprint, analysis, err);
    if (!status && strcmp(fingerprint, catalog->fingerprint) != 0)
        status = analysis_differs(catalog, index, analysis, of_documents, err);
    return status;
}

static bool is_default(const char *text) {
    return strcmp(text, "default") == 0;
}

static enum status change_number(bool *has, double *number, const char *text, const char *option,
                                 double max, struct error *err) {
    if (!text)
        return ST_OK;
    *has = !is_default(text);
    if (*has && (number_parse_real(number, text) || !(*number >= 0 && *number <= max)))
        return error_set(err, ST_INVALID, 0, "%s %s: not default or a number from 0 to %g", option,
                         text, max);
    return ST_OK;
}

static int compare_boosts(const void *a, const void *b) {
    return (int)((const struct catalog_boost *)a)->field -
           (int)((const struct catalog_boost *)b)->field;
}

static enum status change_boosts(struct catalog_ranking *ranking, const char *text,
                                 const struct schema *schema, struct error *err) {
    struct field_boosts boosts = {0};
    bool has = !is_default(text);
    enum status status = has ? field_boosts_parse(&boosts, schema, text, err) : ST_OK;
    if (status)
        return status;
    struct catalog_boost *items = calloc(boosts.count + 1, sizeof *items);
    if (!items)
        return error_nomem(err);
    for (size_t i = 0; i < boosts.count; i++)
        items[i] = (struct catalog_boost){boosts.items[i].field, boosts.items[i].sixteenths};
    qsort(items, boosts.count, sizeof *items, compare_boosts);
    free(ranking->boosts);
    ranking->boosts = items;
    ranking->boost_count = boosts.count;
    ranking->has_boosts = has;
    return ST_OK;
}

enum status index_settings_change_ranking(struct catalog_ranking *ranking,
                                          const struct ranking_change *change,
                                          const struct schema *schema, struct error *err) {
    enum status status =
        change_number(&ranking->has_k1, &ranking->k1, change->k1, "--k1", RANKING_K1_MAX, err);
    if (!status)
        status = change_number(&ranking->has_b, &ranking->b, change->b, "--b", 1, err);
    if (!status && change->boosts && schema)
        status = change_boosts(ranking, change->boosts, schema, err);
    return status;
}
