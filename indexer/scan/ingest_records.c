/* SPDX-License-Identifier: MIT */
/* Hands the documents of a record source to ingest_document(), one after the other. */
#include "indexer/scan/ingest_records.h"

#include "indexer/scan/declared_field.h"
#include "indexer/source/record_source.h"

enum { MIN_RECORD_LIMIT = 1024 * 1024 }; /* bytes that a record may have with any --memory */

/* A record may take a quarter of the memory. */
static size_t record_limit(uint64_t memory) {
    uint64_t quarter = memory / 4;
    return quarter > RECORD_MAX_SIZE    ? RECORD_MAX_SIZE
           : quarter < MIN_RECORD_LIMIT ? MIN_RECORD_LIMIT
                                        : (size_t)quarter;
}

/* The fields that a source declares. */
static size_t list_declared(struct record_field fields[DECLARED_FIELDS_MAX], struct slice list) {
    struct reader reader = reader_of(list.data, list.size);
    struct declared_field field;
    size_t count = 0;
    while (count < DECLARED_FIELDS_MAX && declared_field_next(&field, &reader))
        fields[count++] = (struct record_field){field.name, field.members};
    return count;
}

static enum status ingest_record(struct ingest *ingest, const struct source *source,
                                 struct source_document *document, struct error *err) {
    document->lang = source->lang;
    for (size_t i = 0; i < document->field_count; i++)
        document->size += document->fields[i].value.size;
    return ingest_document(ingest, source->fields, document, err);
}

enum status ingest_records(enum status *read_status, struct ingest *ingest,
                           const struct source *source, enum format format, int descriptor,
                           const char *name, const struct stat *st, struct error *err) {
    struct progress *progress = ingest->progress;
    struct record_source *records;
    struct record_field declared[DECLARED_FIELDS_MAX];
    struct record_source_options options = {
        .fields = {.id = source->id_field,
                   .title = source->title_field,
                   .text = source->text_field,
                   .others = declared,
                   .other_count = list_declared(declared, source->fields)},
        .stream = !st,
        .max_size = record_limit(ingest->options->memory),
        .stop = ingest->options->stop,
    };
    *read_status = ST_OK;
    enum status status = record_source_open(&records, format, descriptor, name, &options, err);
    if (status)
        return status;
    progress_begin_source(progress, st ? (uint64_t)st->st_size : 0);
    uint64_t consumed = 0;
    while (!status && *read_status >= 0 && *read_status != ST_END) {
        struct source_document document;
        *read_status = record_source_next(&document, records, err);
        uint64_t now = record_source_consumed(records);
        progress_read(progress, now - consumed, now);
        consumed = now;
        if (*read_status == ST_SKIPPED)
            progress_error(progress, err->text);
        else if (!*read_status)
            status = ingest_record(ingest, source, &document, err);
        if (!status && *read_status >= 0 && *read_status != ST_END)
            status = ingest_checkpoint(ingest, err);
    }
    if (*read_status == ST_EIO || *read_status == ST_CORRUPT || *read_status == ST_INVALID)
        progress_error(progress, err->text);
    else if (*read_status < 0)
        status = *read_status;
    progress_begin_source(progress, 0);
    record_source_close(records);
    return status;
}

enum status ingest_stream(struct ingest *ingest, const struct source *source, int descriptor,
                          const char *name, struct error *err) {
    enum status read_status;
    enum format format = record_source_has_format(source->format) ? source->format : FORMAT_NDJSON;
    return ingest_records(&read_status, ingest, source, format, descriptor, name, NULL, err);
}
