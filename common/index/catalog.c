/* SPDX-License-Identifier: MIT */
/* Makes, reads, changes and sums up catalogs. */
#include "common/index/catalog.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "common/base/array.h"
#include "common/base/codec.h"
#include "common/index/catalog_private.h"
#include "common/store/keys.h"

enum status catalog_init(struct catalog *catalog, struct error *err) {
    uint8_t random[CATALOG_ID_SIZE + sizeof catalog->hash_seed];
    /* Up to 256 bytes come whole (getrandom(2)). */
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return error_set(err, ST_EIO, errno, "read random bytes");
    if (schema_init(&catalog->schema))
        return error_nomem(err);
    memcpy(catalog->id, random, CATALOG_ID_SIZE);
    catalog->hash_seed = get_u64(random + CATALOG_ID_SIZE);
    catalog->created_at = (int64_t)time(NULL);
    return ST_OK;
}

void catalog_release(struct catalog *catalog) {
    free(catalog->program);
    free(catalog->newer_feature);
    free(catalog->fingerprint);
    free(catalog->stemmer);
    free(catalog->other_stemmers);
    buffer_release(&catalog->stopwords);
    schema_release(&catalog->schema);
    free(catalog->ranking.boosts);
    for (size_t i = 0; i < catalog->segment_count; i++)
        segment_info_release(&catalog->segments[i]);
    free(catalog->segments);
    *catalog = (struct catalog){0};
}

static enum status copy_string(char **copy, const char *string) {
    *copy = string ? strdup(string) : NULL;
    return string && !*copy ? ST_NOMEM : ST_OK;
}

static enum status copy_boosts(struct catalog_ranking *copy, const struct catalog_ranking *from) {
    *copy = *from;
    copy->boosts = NULL;
    if (!from->boost_count)
        return ST_OK;
    copy->boosts = malloc(from->boost_count * sizeof *copy->boosts);
    if (!copy->boosts)
        return ST_NOMEM;
    memcpy(copy->boosts, from->boosts, from->boost_count * sizeof *copy->boosts);
    return ST_OK;
}

static enum status copy_segments(struct catalog *copy, const struct catalog *from) {
    enum status status = ST_OK;
    copy->segments = calloc(from->segment_count + 1, sizeof *copy->segments);
    if (!copy->segments)
        return ST_NOMEM;
    for (; !status && copy->segment_count < from->segment_count; copy->segment_count++)
        status = segment_info_copy(&copy->segments[copy->segment_count],
                                   &from->segments[copy->segment_count]);
    return status;
}

enum status catalog_copy(struct catalog *to, const struct catalog *from) {
    struct catalog copy = {.hash_seed = from->hash_seed,
                           .created_at = from->created_at,
                           .next_segment = from->next_segment,
                           .keep_text = from->keep_text,
                           .committed_at = from->committed_at,
                           .completed_at = from->completed_at,
                           .failed_at = from->failed_at};
    memcpy(copy.id, from->id, sizeof copy.id);
    if (copy_string(&copy.program, from->program) ||
        copy_string(&copy.newer_feature, from->newer_feature) ||
        copy_string(&copy.fingerprint, from->fingerprint) ||
        copy_string(&copy.stemmer, from->stemmer) ||
        copy_string(&copy.other_stemmers, from->other_stemmers) ||
        buffer_append_slice(&copy.stopwords, buffer_slice(&from->stopwords)) ||
        schema_copy(&copy.schema, &from->schema) || copy_boosts(&copy.ranking, &from->ranking) ||
        copy_segments(&copy, from)) {
        catalog_release(&copy);
        return ST_NOMEM;
    }
    catalog_release(to);
    *to = copy;
    return ST_OK;
}

/* The sentence for a catalog that catalog_decode() refused. */
static enum status refused(enum status status, struct slice record, const struct catalog *catalog,
                           const char *path, struct error *err) {
    if (status == ST_NOMEM)
        return error_nomem(err);
    if (status == ST_CORRUPT)
        return error_set(err, status, 0,
                         "%s: damaged: the catalog contradicts itself; rebuild the index", path);
    unsigned format = get_u32(record.data);
    if (format > CATALOG_FORMAT)
        return error_set(err, status, 0,
                         "%s: made by a newer version of quern, in format %u, where this one has "
                         "%d; use that version",
                         path, format, CATALOG_FORMAT);
    if (format < CATALOG_FORMAT)
        return error_set(err, status, 0,
                         "%s: made by an older version of quern, in format %u, where this one has "
                         "%d; rebuild the index",
                         path, format, CATALOG_FORMAT);
    return error_set(err, status, 0,
                     "%s: made by a newer version of quern, with \"%s\", which this one does not "
                     "know; use that version",
                     path, catalog->newer_feature);
}

enum status catalog_read(struct catalog *catalog, struct store_txn *txn, struct error *err) {
    struct slice record;
    enum status status = store_get_checksummed(&record, txn, TABLE_META, keys_catalog(), err);
    if (status == ST_NOT_FOUND)
        return error_set(err, status, 0, "%s: holds no index yet", store_txn_path(txn));
    if (status)
        return status;
    struct catalog fresh = {0};
    status = catalog_decode(&fresh, record);
    if (status) {
        refused(status, record, &fresh, store_txn_path(txn), err);
        catalog_release(&fresh);
        return status;
    }
    catalog_release(catalog);
    *catalog = fresh;
    return ST_OK;
}

enum status catalog_check_writable(const struct catalog *catalog, const char *index,
                                   struct error *err) {
    if (!catalog->newer_feature)
        return ST_OK;
    return error_set(err, ST_SETTINGS, 0,
                     "%s: made by a newer version of quern, with \"%s\", which this one does not "
                     "know and may only read; use that version",
                     index, catalog->newer_feature);
}

enum status catalog_write(const struct catalog *catalog, struct store_txn *txn, struct error *err) {
    if (catalog->segment_count > CATALOG_SEGMENTS_MAX)
        return error_set(err, ST_LIMIT, 0, "%s: more than %d segments", store_txn_path(txn),
                         CATALOG_SEGMENTS_MAX);
    struct buffer record = {0};
    enum status status = catalog_encode(&record, catalog);
    if (status)
        error_nomem(err);
    else
        status = store_put_checksummed(txn, TABLE_META, keys_catalog(), buffer_slice(&record), err);
    buffer_release(&record);
    return status;
}

enum status catalog_analysis(struct analyzer_options *analysis, const struct catalog *catalog) {
    *analysis = (struct analyzer_options){.stopwords = buffer_slice(&catalog->stopwords)};
    if (strlen(catalog->stemmer) >= sizeof analysis->stemmer)
        return ST_CORRUPT;
    strcpy(analysis->stemmer, catalog->stemmer);
    const char *next = catalog->other_stemmers;
    for (size_t i = 0; next && *next; i++) {
        size_t size = strcspn(next, ",");
        if (!size || size >= STEMMER_NAME_SIZE || i == ANALYZER_LANGUAGES_MAX - 1)
            return ST_CORRUPT;
        memcpy(analysis->other_stemmers[i], next, size);
        next += size + (next[size] == ',');
    }
    return ST_OK;
}

enum status catalog_set_analysis(struct catalog *catalog, const struct analyzer_options *analysis) {
    char others[sizeof analysis->other_stemmers] = "", *end = others;
    for (size_t i = 1; *analyzer_options_stemmer(analysis, i); i++) {
        if (i > 1)
            *end++ = ',';
        end = stpcpy(end, analyzer_options_stemmer(analysis, i));
    }
    return copy_string(&catalog->stemmer, analysis->stemmer) ||
                   copy_string(&catalog->other_stemmers, *others ? others : NULL) ||
                   buffer_append_slice(&catalog->stopwords, analysis->stopwords)
               ? ST_NOMEM
               : ST_OK;
}

enum status catalog_put_segment(struct catalog *catalog, size_t first, size_t count,
                                struct segment_info *info) {
    size_t capacity = catalog->segment_count, after = catalog->segment_count - first - count;
    struct segment_info *segments =
        array_reserve(catalog->segments, &capacity, first + 1 + after, sizeof *segments);
    if (!segments) {
        segment_info_release(info);
        return ST_NOMEM;
    }
    catalog->segments = segments;
    for (size_t i = 0; i < count; i++)
        segment_info_release(&segments[first + i]);
    memmove(segments + first + 1, segments + first + count, after * sizeof *segments);
    segments[first] = *info;
    info->fields = NULL;
    info->field_count = 0;
    catalog->segment_count = first + 1 + after;
    return ST_OK;
}

void catalog_drop_empty_segments(struct catalog *catalog) {
    size_t kept = 0;
    for (size_t i = 0; i < catalog->segment_count; i++) {
        struct segment_info *segment = &catalog->segments[i];
        if (segment->deleted < segment->documents)
            catalog->segments[kept++] = *segment;
        else
            segment_info_release(segment);
    }
    catalog->segment_count = kept;
}

uint64_t catalog_live_documents(const struct catalog *catalog) {
    uint64_t sum = 0;
    for (size_t i = 0; i < catalog->segment_count; i++)
        sum += catalog->segments[i].documents - catalog->segments[i].deleted;
    return sum;
}

uint64_t catalog_total_documents(const struct catalog *catalog) {
    uint64_t sum = 0;
    for (size_t i = 0; i < catalog->segment_count; i++)
        sum += catalog->segments[i].documents;
    return sum;
}

uint64_t catalog_total_length(const struct catalog *catalog) {
    uint64_t sum = 0;
    for (size_t i = 0; i < catalog->segment_count; i++)
        sum += catalog->segments[i].length;
    return sum;
}
