/* SPDX-License-Identifier: MIT */
/* Encodes and decodes catalogs. */
#include "common/index/catalog_private.h"

#include <math.h>
#include <stdlib.h>

#include "common/base/array.h"
#include "common/base/tagged.h"

enum {
    CATALOG_FEATURES = 1,
    CATALOG_ID,
    CATALOG_HASH_SEED,
    CATALOG_CREATED,
    CATALOG_PROGRAM,
    CATALOG_TIMES,
    CATALOG_KEEP_TEXT,
    CATALOG_FINGERPRINT,
    CATALOG_STEMMER,
    CATALOG_STOPWORDS,
    CATALOG_SCHEMA,
    CATALOG_RANKING,
    CATALOG_NEXT_SEGMENT,
    CATALOG_SEGMENTS,
    CATALOG_OTHER_STEMMERS,

    FIELD_NUMBER = 1,
    FIELD_TYPE,
    FIELD_FLAGS,
    FIELD_NAME,

    RANKING_K1 = 1,
    RANKING_B,
    RANKING_BOOSTS,

    SEGMENT_ID = 1,
    SEGMENT_DOCUMENTS,
    SEGMENT_DELETED,
    SEGMENT_LENGTH,
    SEGMENT_TERMS,
    SEGMENT_POSTINGS,
    SEGMENT_TEXT_BYTES,
    SEGMENT_BYTES,
    SEGMENT_CHUNKS,
    SEGMENT_FIELDS,

    SEGMENT_FIELD_NUMBER = 1,
    SEGMENT_FIELD_DOCUMENTS,
    SEGMENT_FIELD_LENGTH,
    SEGMENT_FIELD_NORMS,
    SEGMENT_FIELD_COLUMN,
};

/* What a program may do that does not know a feature. */
enum {
    FEATURE_READ_AND_WRITE = 1,
    FEATURE_READ = 2,
    FEATURE_NEITHER = 3,
};

/* The features that this program knows. Documents in several languages: a program that does not know
 * them would look for the stems of one. */
static const char FEATURE_LANGUAGES[] = "languages";

/* Whether a record has items 1 to `last`, except those in the bits of `optional`. */
static bool is_complete(const struct tagged_reader *items, unsigned last, uint64_t optional) {
    uint64_t wanted = (UINT64_C(2) << last) - 2;
    return ((items->seen | optional) & wanted) == wanted;
}

static enum status encode_segment_field(struct buffer *out, const struct segment_field *field) {
    enum status status;
    if ((status = tagged_append_varint(out, SEGMENT_FIELD_NUMBER, field->number)) ||
        (status = tagged_append_varint(out, SEGMENT_FIELD_DOCUMENTS, field->documents)) ||
        (status = tagged_append_varint(out, SEGMENT_FIELD_LENGTH, field->length)))
        return status;
    if (field->has_norms)
        status = tagged_append_varint(out, SEGMENT_FIELD_NORMS, field->norms_chunk);
    const struct column_info *column = &field->column;
    if (status || !column->entries)
        return status;
    uint8_t numbers[4 * VARINT_MAX];
    uint8_t *next = put_varint(numbers, column->first_entry);
    next = put_varint(next, column->entries);
    next = put_varint(next, column->values);
    next = put_varint(next, column->value_index);
    return tagged_append(out, SEGMENT_FIELD_COLUMN, slice_of(numbers, (size_t)(next - numbers)));
}

/* Appends a part that was made in *part as a string, and empties *part. */
static enum status append_part(struct buffer *out, struct buffer *part) {
    enum status status = buffer_append_string(out, buffer_slice(part));
    buffer_clear(part);
    return status;
}

static enum status encode_segment_fields(struct buffer *out, const struct segment_info *segment) {
    struct buffer fields = {0}, part = {0};
    enum status status = ST_OK;
    for (size_t i = 0; i < segment->field_count && !status; i++) {
        status = encode_segment_field(&part, &segment->fields[i]);
        if (!status)
            status = append_part(&fields, &part);
    }
    if (!status && fields.size)
        status = tagged_append(out, SEGMENT_FIELDS, buffer_slice(&fields));
    buffer_release(&fields);
    buffer_release(&part);
    return status;
}

static enum status encode_segment(struct buffer *out, const struct segment_info *segment) {
    const uint64_t numbers[] = {segment->id,         segment->documents, segment->deleted,
                                segment->length,     segment->terms,     segment->postings,
                                segment->text_bytes, segment->bytes};
    enum status status = ST_OK;
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers && !status; i++)
        status = tagged_append_varint(out, SEGMENT_ID + i, numbers[i]);
    uint8_t chunks[STREAM_MAX * VARINT_MAX], *next = chunks;
    unsigned streams = STREAM_MAX;
    while (streams && !segment->chunks[streams - 1])
        streams--;
    for (unsigned i = 0; i < streams; i++)
        next = put_varint(next, segment->chunks[i]);
    if (!status)
        status = tagged_append(out, SEGMENT_CHUNKS, slice_of(chunks, (size_t)(next - chunks)));
    return status ? status : encode_segment_fields(out, segment);
}

static enum status encode_segments(struct buffer *out, const struct catalog *catalog) {
    struct buffer segments = {0}, part = {0};
    enum status status = ST_OK;
    for (size_t i = 0; i < catalog->segment_count && !status; i++) {
        status = encode_segment(&part, &catalog->segments[i]);
        if (!status)
            status = append_part(&segments, &part);
    }
    if (!status)
        status = tagged_append(out, CATALOG_SEGMENTS, buffer_slice(&segments));
    buffer_release(&segments);
    buffer_release(&part);
    return status;
}

static enum status encode_schema(struct buffer *out, const struct schema *schema) {
    struct buffer fields = {0}, part = {0};
    enum status status = ST_OK;
    for (size_t i = 0; i < schema->count && !status; i++) {
        const struct schema_field *field = &schema->fields[i];
        if (!(status = tagged_append_varint(&part, FIELD_NUMBER, field->number)) &&
            !(status = tagged_append_varint(&part, FIELD_TYPE, field->type)) &&
            !(status = tagged_append_varint(&part, FIELD_FLAGS, field->flags)) &&
            !(status = tagged_append(&part, FIELD_NAME, slice_of_string(field->name))))
            status = append_part(&fields, &part);
    }
    if (!status)
        status = tagged_append(out, CATALOG_SCHEMA, buffer_slice(&fields));
    buffer_release(&fields);
    buffer_release(&part);
    return status;
}

static enum status append_double(struct buffer *out, unsigned tag, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return tagged_append_u64(out, tag, bits);
}

static enum status encode_ranking(struct buffer *out, const struct catalog_ranking *ranking) {
    struct buffer items = {0}, boosts = {0};
    enum status status = ST_OK;
    if (ranking->has_k1)
        status = append_double(&items, RANKING_K1, ranking->k1);
    if (!status && ranking->has_b)
        status = append_double(&items, RANKING_B, ranking->b);
    for (size_t i = 0; i < ranking->boost_count && !status; i++) {
        status = buffer_append_varint(&boosts, ranking->boosts[i].field);
        if (!status)
            status = buffer_append_varint(&boosts, ranking->boosts[i].weight);
    }
    if (!status && ranking->has_boosts)
        status = tagged_append(&items, RANKING_BOOSTS, buffer_slice(&boosts));
    if (!status && items.size)
        status = tagged_append(out, CATALOG_RANKING, buffer_slice(&items));
    buffer_release(&items);
    buffer_release(&boosts);
    return status;
}

static struct slice slice_of_text(const char *text) {
    return slice_of_string(text ? text : "");
}

static enum status encode_features(struct buffer *out, const struct catalog *catalog) {
    struct buffer features = {0};
    if (!catalog->other_stemmers)
        return ST_OK;
    enum status status = buffer_append_byte(&features, FEATURE_NEITHER);
    if (!status)
        status = buffer_append_string(&features, slice_of_string(FEATURE_LANGUAGES));
    if (!status)
        status = tagged_append(out, CATALOG_FEATURES, buffer_slice(&features));
    buffer_release(&features);
    return status;
}

enum status catalog_encode(struct buffer *out, const struct catalog *catalog) {
    uint8_t times[24];
    put_u64(times, (uint64_t)catalog->committed_at);
    put_u64(times + 8, (uint64_t)catalog->completed_at);
    put_u64(times + 16, (uint64_t)catalog->failed_at);
    enum status status;
    if ((status = buffer_append_u32(out, CATALOG_FORMAT)) ||
        (status = encode_features(out, catalog)) ||
        (status = tagged_append(out, CATALOG_ID, slice_of(catalog->id, CATALOG_ID_SIZE))) ||
        (status = tagged_append_u64(out, CATALOG_HASH_SEED, catalog->hash_seed)) ||
        (status = tagged_append_u64(out, CATALOG_CREATED, (uint64_t)catalog->created_at)) ||
        (status = tagged_append(out, CATALOG_PROGRAM, slice_of_string(QUERN_VERSION))) ||
        (status = tagged_append(out, CATALOG_TIMES, slice_of(times, sizeof times))) ||
        (status = tagged_append_varint(out, CATALOG_KEEP_TEXT, catalog->keep_text)) ||
        (status = tagged_append(out, CATALOG_FINGERPRINT, slice_of_text(catalog->fingerprint))) ||
        (status = tagged_append(out, CATALOG_STEMMER, slice_of_text(catalog->stemmer))) ||
        (status = tagged_append(out, CATALOG_STOPWORDS, buffer_slice(&catalog->stopwords))) ||
        (status = encode_schema(out, &catalog->schema)) ||
        (status = encode_ranking(out, &catalog->ranking)) ||
        (status = tagged_append_varint(out, CATALOG_NEXT_SEGMENT, catalog->next_segment)) ||
        (status = encode_segments(out, catalog)))
        return status;
    return catalog->other_stemmers
               ? tagged_append(out, CATALOG_OTHER_STEMMERS, slice_of_text(catalog->other_stemmers))
               : ST_OK;
}

/* Sets *out to a C string of these bytes, which must have no NUL. */
static enum status decode_name(char **out, struct slice name) {
    if (name.size && memchr(name.data, '\0', name.size))
        return ST_CORRUPT;
    *out = strndup((const char *)name.data, name.size);
    return *out ? ST_OK : ST_NOMEM;
}

static enum status decode_features(struct catalog *catalog, struct slice features) {
    struct reader reader = reader_of(features.data, features.size);
    while (reader_remaining(&reader)) {
        uint8_t class = reader_u8(&reader);
        struct slice name = reader_string(&reader);
        if (reader.bad)
            return ST_CORRUPT;
        if (slice_equal(name, slice_of_string(FEATURE_LANGUAGES)))
            continue;
        bool is_refused = class != FEATURE_READ_AND_WRITE && class != FEATURE_READ;
        if (class == FEATURE_READ_AND_WRITE || (catalog->newer_feature && !is_refused))
            continue;
        free(catalog->newer_feature);
        catalog->newer_feature = NULL;
        enum status status = decode_name(&catalog->newer_feature, name);
        if (status || is_refused)
            return status ? status : ST_SETTINGS;
    }
    return ST_OK;
}

static enum status decode_field(struct catalog *catalog, struct slice record) {
    struct tagged_reader items = tagged_reader_of(record);
    struct schema_field field = {0};
    struct slice name = {0};
    while (tagged_next(&items)) {
        if (items.tag == FIELD_NUMBER)
            field.number = (uint16_t)tagged_varint_max(&items, SCHEMA_OWN_MAX);
        else if (items.tag == FIELD_TYPE)
            field.type = (enum field_type)tagged_varint_max(&items, UINT8_MAX);
        else if (items.tag == FIELD_FLAGS)
            field.flags = (uint8_t)tagged_varint_max(&items, UINT8_MAX);
        else if (items.tag == FIELD_NAME)
            name = items.payload;
    }
    if (items.bad || !is_complete(&items, FIELD_NAME, 0))
        return ST_CORRUPT;
    /* A newer version may have more types; who only reads does without such a field. */
    if (field.type > FIELD_TYPE_DATE && catalog->newer_feature)
        return ST_OK;
    return schema_restore(&catalog->schema, field.number, name, field.type, field.flags);
}

static enum status decode_schema(struct catalog *catalog, struct slice fields) {
    struct reader reader = reader_of(fields.data, fields.size);
    while (reader_remaining(&reader)) {
        struct slice record = reader_string(&reader);
        enum status status = reader.bad ? ST_CORRUPT : decode_field(catalog, record);
        if (status)
            return status;
    }
    return ST_OK;
}

static enum status decode_boosts(struct catalog_ranking *ranking, struct slice boosts) {
    struct reader reader = reader_of(boosts.data, boosts.size);
    size_t capacity = 0;
    uint32_t last = 0;
    while (reader_remaining(&reader)) {
        uint32_t field = reader_varint32(&reader), weight = reader_varint32(&reader);
        if (reader.bad || field <= last || field > SCHEMA_OWN_MAX)
            return ST_CORRUPT;
        struct catalog_boost *grown =
            array_reserve(ranking->boosts, &capacity, ranking->boost_count + 1, sizeof *grown);
        if (!grown)
            return ST_NOMEM;
        ranking->boosts = grown;
        grown[ranking->boost_count++] =
            (struct catalog_boost){.field = (uint16_t)field, .weight = weight};
        last = field;
    }
    return ST_OK;
}

static double payload_double(struct tagged_reader *items) {
    uint64_t bits = tagged_u64(items);
    double value;
    memcpy(&value, &bits, sizeof value);
    items->bad |= !isfinite(value);
    return value;
}

static enum status decode_ranking(struct catalog_ranking *ranking, struct slice record) {
    struct tagged_reader items = tagged_reader_of(record);
    enum status status = ST_OK;
    while (!status && tagged_next(&items)) {
        if (items.tag == RANKING_K1)
            ranking->k1 = payload_double(&items);
        else if (items.tag == RANKING_B)
            ranking->b = payload_double(&items);
        else if (items.tag == RANKING_BOOSTS)
            status = decode_boosts(ranking, items.payload);
    }
    ranking->has_k1 = tagged_has(&items, RANKING_K1);
    ranking->has_b = tagged_has(&items, RANKING_B);
    ranking->has_boosts = tagged_has(&items, RANKING_BOOSTS);
    return !status && items.bad ? ST_CORRUPT : status;
}

static void decode_column(struct column_info *column, struct tagged_reader *items) {
    struct reader reader = reader_of(items->payload.data, items->payload.size);
    column->first_entry = reader_varint(&reader);
    column->entries = reader_varint32(&reader);
    column->values = reader_varint32(&reader);
    column->value_index = reader_varint(&reader);
    items->bad |= reader.bad || reader_remaining(&reader) || !column->entries;
}

static enum status decode_segment_field(struct segment_field *field, struct slice record) {
    struct tagged_reader items = tagged_reader_of(record);
    while (tagged_next(&items)) {
        if (items.tag == SEGMENT_FIELD_NUMBER)
            field->number = (uint16_t)tagged_varint_max(&items, SCHEMA_OWN_MAX);
        else if (items.tag == SEGMENT_FIELD_DOCUMENTS)
            field->documents = (uint32_t)tagged_varint_max(&items, UINT32_MAX);
        else if (items.tag == SEGMENT_FIELD_LENGTH)
            field->length = tagged_varint(&items);
        else if (items.tag == SEGMENT_FIELD_NORMS)
            field->norms_chunk = (uint32_t)tagged_varint_max(&items, UINT32_MAX);
        else if (items.tag == SEGMENT_FIELD_COLUMN)
            decode_column(&field->column, &items);
    }
    field->has_norms = tagged_has(&items, SEGMENT_FIELD_NORMS);
    return items.bad || !is_complete(&items, SEGMENT_FIELD_LENGTH, 0) ? ST_CORRUPT : ST_OK;
}

static enum status decode_segment_fields(struct segment_info *segment, struct slice fields) {
    struct reader reader = reader_of(fields.data, fields.size);
    size_t capacity = 0;
    uint16_t last = SCHEMA_ALL;
    while (reader_remaining(&reader)) {
        struct slice record = reader_string(&reader);
        struct segment_field field = {0};
        enum status status = reader.bad ? ST_CORRUPT : decode_segment_field(&field, record);
        if (!status && field.number <= last)
            status = ST_CORRUPT;
        if (status)
            return status;
        struct segment_field *grown =
            array_reserve(segment->fields, &capacity, segment->field_count + 1, sizeof *grown);
        if (!grown)
            return ST_NOMEM;
        segment->fields = grown;
        grown[segment->field_count++] = field;
        last = field.number;
    }
    return ST_OK;
}

static void decode_chunks(struct segment_info *segment, struct tagged_reader *items) {
    struct reader reader = reader_of(items->payload.data, items->payload.size);
    for (unsigned i = 0; reader_remaining(&reader) && i < STREAM_MAX; i++)
        segment->chunks[i] = reader_varint32(&reader);
    items->bad |= reader.bad || reader_remaining(&reader);
}

static bool is_consistent(const struct segment_info *segment) {
    for (size_t i = 0; i < segment->field_count; i++)
        if (segment->fields[i].documents > segment->documents)
            return false;
    return segment->deleted <= segment->documents && segment->terms <= segment->postings;
}

static enum status decode_segment(struct segment_info *segment, struct slice record) {
    struct tagged_reader items = tagged_reader_of(record);
    enum status status = ST_OK;
    while (!status && tagged_next(&items)) {
        switch (items.tag) {
        case SEGMENT_ID:
            segment->id = (uint32_t)tagged_varint_max(&items, UINT32_MAX);
            break;
        case SEGMENT_DOCUMENTS:
            segment->documents = (uint32_t)tagged_varint_max(&items, UINT32_MAX);
            break;
        case SEGMENT_DELETED:
            segment->deleted = (uint32_t)tagged_varint_max(&items, UINT32_MAX);
            break;
        case SEGMENT_LENGTH:
            segment->length = tagged_varint(&items);
            break;
        case SEGMENT_TERMS:
            segment->terms = tagged_varint(&items);
            break;
        case SEGMENT_POSTINGS:
            segment->postings = tagged_varint(&items);
            break;
        case SEGMENT_TEXT_BYTES:
            segment->text_bytes = tagged_varint(&items);
            break;
        case SEGMENT_BYTES:
            segment->bytes = tagged_varint(&items);
            break;
        case SEGMENT_CHUNKS:
            decode_chunks(segment, &items);
            break;
        case SEGMENT_FIELDS:
            status = decode_segment_fields(segment, items.payload);
            break;
        default:
            break;
        }
    }
    if (status)
        return status;
    return items.bad || !is_complete(&items, SEGMENT_CHUNKS, 0) || !is_consistent(segment)
               ? ST_CORRUPT
               : ST_OK;
}

static enum status decode_segments(struct catalog *catalog, struct slice segments) {
    struct reader reader = reader_of(segments.data, segments.size);
    size_t capacity = 0;
    while (reader_remaining(&reader)) {
        struct slice record = reader_string(&reader);
        if (reader.bad || catalog->segment_count == CATALOG_SEGMENTS_MAX)
            return ST_CORRUPT;
        struct segment_info *grown =
            array_reserve(catalog->segments, &capacity, catalog->segment_count + 1, sizeof *grown);
        if (!grown)
            return ST_NOMEM;
        catalog->segments = grown;
        struct segment_info *segment = &grown[catalog->segment_count++];
        *segment = (struct segment_info){.hash_seed = catalog->hash_seed};
        enum status status = decode_segment(segment, record);
        if (status)
            return status;
    }
    return ST_OK;
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

static void decode_times(struct catalog *catalog, struct tagged_reader *items) {
    struct reader reader = reader_of(items->payload.data, items->payload.size);
    catalog->committed_at = (int64_t)reader_u64(&reader);
    catalog->completed_at = (int64_t)reader_u64(&reader);
    catalog->failed_at = (int64_t)reader_u64(&reader);
    items->bad |= reader.bad || reader_remaining(&reader);
}

static enum status decode_item(struct catalog *catalog, struct tagged_reader *items) {
    switch (items->tag) {
    case CATALOG_FEATURES:
        return decode_features(catalog, items->payload);
    case CATALOG_ID:
        if (items->payload.size != CATALOG_ID_SIZE)
            return ST_CORRUPT;
        memcpy(catalog->id, items->payload.data, CATALOG_ID_SIZE);
        return ST_OK;
    case CATALOG_HASH_SEED:
        catalog->hash_seed = tagged_u64(items);
        return ST_OK;
    case CATALOG_CREATED:
        catalog->created_at = (int64_t)tagged_u64(items);
        return ST_OK;
    case CATALOG_PROGRAM:
        return decode_name(&catalog->program, items->payload);
    case CATALOG_TIMES:
        decode_times(catalog, items);
        return ST_OK;
    case CATALOG_KEEP_TEXT:
        catalog->keep_text = tagged_varint_max(items, 1);
        return ST_OK;
    case CATALOG_FINGERPRINT:
        return decode_name(&catalog->fingerprint, items->payload);
    case CATALOG_STEMMER:
        return decode_name(&catalog->stemmer, items->payload);
    case CATALOG_OTHER_STEMMERS:
        return decode_name(&catalog->other_stemmers, items->payload);
    case CATALOG_STOPWORDS:
        return buffer_append_slice(&catalog->stopwords, items->payload);
    case CATALOG_SCHEMA:
        return decode_schema(catalog, items->payload);
    case CATALOG_RANKING:
        return decode_ranking(&catalog->ranking, items->payload);
    case CATALOG_NEXT_SEGMENT:
        catalog->next_segment = (uint32_t)tagged_varint_max(items, UINT32_MAX);
        return ST_OK;
    case CATALOG_SEGMENTS:
        return decode_segments(catalog, items->payload);
    default:
        return ST_OK;
    }
}

enum status catalog_decode(struct catalog *catalog, struct slice record) {
    struct reader reader = reader_of(record.data, record.size);
    uint32_t format = reader_u32(&reader);
    if (reader.bad)
        return ST_CORRUPT;
    if (format != CATALOG_FORMAT)
        return ST_SETTINGS;
    struct tagged_reader items = tagged_reader_of(slice_of(reader.next, reader_remaining(&reader)));
    while (tagged_next(&items)) {
        enum status status = decode_item(catalog, &items);
        if (status)
            return status;
    }
    const uint64_t optional = 1u << CATALOG_FEATURES | 1u << CATALOG_RANKING;
    if (items.bad || !is_complete(&items, CATALOG_SEGMENTS, optional))
        return ST_CORRUPT;
    return check_ids(catalog);
}
