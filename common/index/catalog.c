/* SPDX-License-Identifier: MIT */
/* Encodes, decodes and sums up catalogs. */
#include "common/index/catalog.h"

#include <stdlib.h>

#include "common/base/codec.h"
#include "common/store/keys.h"

void catalog_release(struct catalog *catalog) {
    free(catalog->fingerprint);
    free(catalog->stemmer);
    buffer_release(&catalog->stopwords);
    free(catalog->segments);
    *catalog = (struct catalog){0};
}

enum status catalog_copy(struct catalog *to, const struct catalog *from) {
    struct catalog copy = *from;
    copy.fingerprint = from->fingerprint ? strdup(from->fingerprint) : NULL;
    copy.stemmer = from->stemmer ? strdup(from->stemmer) : NULL;
    copy.stopwords = (struct buffer){0};
    copy.segments = from->segment_count ? calloc(from->segment_count, sizeof *copy.segments) : NULL;
    if ((from->fingerprint && !copy.fingerprint) || (from->stemmer && !copy.stemmer) ||
        (from->segment_count && !copy.segments) ||
        buffer_append_slice(&copy.stopwords, buffer_slice(&from->stopwords))) {
        catalog_release(&copy);
        return ST_NOMEM;
    }
    if (from->segment_count)
        memcpy(copy.segments, from->segments, from->segment_count * sizeof *copy.segments);
    catalog_release(to);
    *to = copy;
    return ST_OK;
}

/*     catalog = format:u32 keep_text:u8 committed:u64 completed:u64 failed:u64
 *               fingerprint:string stemmer:string stopwords:string
 *               next_segment:varint count:varint segment*count
 *     segment = id documents deleted length terms postings text_bytes bytes chunks*16
 *                                            ; each a varint
 *
 * The record has a checksum (store.h). */
static enum status catalog_encode(struct buffer *out, const struct catalog *catalog) {
    enum status status;
    const char *fingerprint = catalog->fingerprint ? catalog->fingerprint : "";
    const char *stemmer = catalog->stemmer ? catalog->stemmer : "";
    if ((status = buffer_append_u32(out, CATALOG_FORMAT)) ||
        (status = buffer_append_byte(out, catalog->keep_text)) ||
        (status = buffer_append_u64(out, (uint64_t)catalog->committed_at)) ||
        (status = buffer_append_u64(out, (uint64_t)catalog->completed_at)) ||
        (status = buffer_append_u64(out, (uint64_t)catalog->failed_at)) ||
        (status = buffer_append_string(out, slice_of_string(fingerprint))) ||
        (status = buffer_append_string(out, slice_of_string(stemmer))) ||
        (status = buffer_append_string(out, buffer_slice(&catalog->stopwords))) ||
        (status = buffer_append_varint(out, catalog->next_segment)) ||
        (status = buffer_append_varint(out, catalog->segment_count)))
        return status;
    for (size_t i = 0; i < catalog->segment_count; i++) {
        const struct segment_info *segment = &catalog->segments[i];
        const uint64_t numbers[] = {segment->id,         segment->documents, segment->deleted,
                                    segment->length,     segment->terms,     segment->postings,
                                    segment->text_bytes, segment->bytes};
        for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++)
            if ((status = buffer_append_varint(out, numbers[n])))
                return status;
        for (size_t stream = 0; stream < STREAM_MAX; stream++)
            if ((status = buffer_append_varint(out, segment->chunks[stream])))
                return status;
    }
    return ST_OK;
}

/* Decodes a name as a C string. It must not contain a NUL. */
static enum status decode_name(char **out, struct reader *reader) {
    struct slice name = reader_string(reader);
    if (reader->bad || (name.size && memchr(name.data, '\0', name.size)))
        return ST_CORRUPT;
    *out = strndup((const char *)name.data, name.size);
    return *out ? ST_OK : ST_NOMEM;
}

static enum status decode_segment(struct segment_info *segment, struct reader *reader) {
    segment->id = reader_varint32(reader);
    segment->documents = reader_varint32(reader);
    segment->deleted = reader_varint32(reader);
    segment->length = reader_varint(reader);
    segment->terms = reader_varint(reader);
    segment->postings = reader_varint(reader);
    segment->text_bytes = reader_varint(reader);
    segment->bytes = reader_varint(reader);
    for (size_t stream = 0; stream < STREAM_MAX; stream++)
        segment->chunks[stream] = reader_varint32(reader);
    return reader->bad || segment->deleted > segment->documents ||
                   segment->terms > segment->postings
               ? ST_CORRUPT
               : ST_OK;
}

static int id_compare(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Ids are below next_segment and distinct. They need not ascend: a merged segment has a new id in
 * an old position. */
static enum status check_ids(const struct catalog *catalog) {
    static const size_t size = sizeof(uint32_t);
    uint32_t *ids = malloc(catalog->segment_count * size + 1);
    if (!ids)
        return ST_NOMEM;
    enum status status = ST_OK;
    for (size_t i = 0; i < catalog->segment_count; i++)
        ids[i] = catalog->segments[i].id;
    qsort(ids, catalog->segment_count, size, id_compare);
    for (size_t i = 0; i < catalog->segment_count; i++)
        if (ids[i] >= catalog->next_segment || (i > 0 && ids[i] == ids[i - 1]))
            status = ST_CORRUPT;
    free(ids);
    return status;
}

/* Decodes into an empty catalog; catalog_encode() has the grammar. */
static enum status catalog_decode(struct catalog *catalog, struct slice record) {
    enum status status;
    struct reader reader = reader_of(record.data, record.size);
    uint32_t format = reader_u32(&reader);
    if (reader.bad)
        return ST_CORRUPT;
    if (format != CATALOG_FORMAT)
        return ST_SETTINGS;
    uint8_t keep_text = reader_u8(&reader);
    catalog->keep_text = keep_text;
    catalog->committed_at = (int64_t)reader_u64(&reader);
    catalog->completed_at = (int64_t)reader_u64(&reader);
    catalog->failed_at = (int64_t)reader_u64(&reader);
    if (keep_text > 1)
        return ST_CORRUPT;
    if ((status = decode_name(&catalog->fingerprint, &reader)) ||
        (status = decode_name(&catalog->stemmer, &reader)) ||
        (status = buffer_append_slice(&catalog->stopwords, reader_string(&reader))))
        return status;
    catalog->next_segment = reader_varint32(&reader);
    uint64_t count = reader_varint(&reader);
    if (reader.bad || count > CATALOG_SEGMENTS_MAX)
        return ST_CORRUPT;
    catalog->segments = calloc(count + 1, sizeof *catalog->segments);
    if (!catalog->segments)
        return ST_NOMEM;
    for (; catalog->segment_count < count; catalog->segment_count++)
        if ((status = decode_segment(&catalog->segments[catalog->segment_count], &reader)))
            return status;
    return reader_remaining(&reader) ? ST_CORRUPT : check_ids(catalog);
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
    if (!status) {
        catalog_release(catalog);
        *catalog = fresh;
        return ST_OK;
    }
    catalog_release(&fresh);
    if (status == ST_SETTINGS)
        return error_set(err, status, 0,
                         "%s: made by another version of quern, in format %u, where this one has "
                         "%u; rebuild the index",
                         store_txn_path(txn), get_u32(record.data), (unsigned)CATALOG_FORMAT);
    if (status == ST_NOMEM)
        return error_nomem(err);
    return error_set(err, status, 0,
                     "%s: damaged: the catalog contradicts itself; rebuild the index",
                     store_txn_path(txn));
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
