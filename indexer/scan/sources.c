/* SPDX-License-Identifier: MIT */
/* Encodes, decodes and edits the list of sources. */
#include "indexer/scan/sources.h"

#include <stdlib.h>

#include "common/base/array.h"
#include "common/base/codec.h"
#include "common/store/keys.h"
#include "indexer/source/path.h"

enum { SOURCES_VERSION = 1, FLAG_NO_IGNORE = 1, FLAG_ONE_FILE_SYSTEM = 2 };

void sources_release(struct sources *sources) {
    free(sources->items);
    arena_release(&sources->bytes);
    *sources = (struct sources){0};
}

static enum status copy_into_arena(struct sources *sources, struct slice *slice) {
    char *copy = arena_copy(&sources->bytes, slice->data, slice->size);
    if (!copy)
        return ST_NOMEM;
    *slice = slice_of(copy, slice->size);
    return ST_OK;
}

static enum status append(struct sources *sources, const struct source *source) {
    struct source *items =
        array_reserve(sources->items, &sources->capacity, sources->count + 1, sizeof *items);
    if (!items)
        return ST_NOMEM;
    sources->items = items;
    struct source copy = *source;
    if (copy_into_arena(sources, &copy.path) || copy_into_arena(sources, &copy.id_field) ||
        copy_into_arena(sources, &copy.title_field) || copy_into_arena(sources, &copy.text_field))
        return ST_NOMEM;
    sources->items[sources->count++] = copy;
    return ST_OK;
}

static bool decode(struct source *source, struct reader *reader) {
    source->kind = reader_u8(reader);
    source->format = reader_u8(reader);
    uint8_t flags = reader_u8(reader);
    source->no_ignore = flags & FLAG_NO_IGNORE;
    source->one_file_system = flags & FLAG_ONE_FILE_SYSTEM;
    source->max_size = reader_varint(reader);
    source->path = reader_string(reader);
    source->id_field = reader_string(reader);
    source->title_field = reader_string(reader);
    source->text_field = reader_string(reader);
    return !reader->bad && source->path.size > 0 && source->path.data[0] == '/' &&
           source->kind >= SOURCE_FOLDER && source->kind <= SOURCE_LINK &&
           source->format < FORMAT_COUNT;
}

enum status sources_read(struct sources *sources, struct snapshot *snapshot, struct error *err) {
    if (!snapshot)
        return ST_OK;
    struct slice record;
    enum status status =
        store_get_checksummed(&record, snapshot->txn, TABLE_META, keys_sources(), err);
    if (status)
        return status == ST_NOT_FOUND ? ST_OK : status;
    struct reader reader = reader_of(record.data, record.size);
    uint8_t version = reader_u8(&reader);
    if (!reader.bad && version != SOURCES_VERSION)
        return error_set(err, ST_SETTINGS, 0,
                         "the list of sources has format version %u; this program reads version %u",
                         version, SOURCES_VERSION);
    for (uint64_t count = reader_varint(&reader); count > 0 && !reader.bad; count--) {
        struct source source = {0};
        if (!decode(&source, &reader)) {
            reader.bad = true;
            break;
        }
        if (append(sources, &source))
            return error_nomem(err);
    }
    if (reader.bad || reader_remaining(&reader))
        return error_set(err, ST_CORRUPT, 0, "the list of sources is damaged");
    return ST_OK;
}

static enum status encode(struct buffer *out, const struct source *source) {
    uint8_t flags = (uint8_t)((source->no_ignore ? FLAG_NO_IGNORE : 0) |
                              (source->one_file_system ? FLAG_ONE_FILE_SYSTEM : 0));
    uint8_t head[] = {(uint8_t)source->kind, (uint8_t)source->format, flags};
    if (buffer_append(out, head, sizeof head) || buffer_append_varint(out, source->max_size) ||
        buffer_append_string(out, source->path) || buffer_append_string(out, source->id_field) ||
        buffer_append_string(out, source->title_field) ||
        buffer_append_string(out, source->text_field))
        return ST_NOMEM;
    return ST_OK;
}

enum status sources_write(const struct sources *sources, struct writer *writer, struct error *err) {
    struct buffer record = {0};
    enum status status = buffer_append_byte(&record, SOURCES_VERSION);
    if (!status)
        status = buffer_append_varint(&record, sources->count);
    for (size_t i = 0; !status && i < sources->count; i++)
        status = encode(&record, &sources->items[i]);
    if (status)
        error_nomem(err);
    else
        status = writer_put_meta(writer, keys_sources(), buffer_slice(&record), err);
    buffer_release(&record);
    return status;
}

static bool same_options(const struct source *a, const struct source *b) {
    return a->kind == b->kind && a->format == b->format && a->no_ignore == b->no_ignore &&
           a->one_file_system == b->one_file_system && a->max_size == b->max_size &&
           slice_equal(a->id_field, b->id_field) && slice_equal(a->title_field, b->title_field) &&
           slice_equal(a->text_field, b->text_field);
}

/* True when a scan of `outer` includes all of `inner`, with the same options. */
static bool covers(const struct source *outer, const struct source *inner) {
    return outer->kind == SOURCE_FOLDER && same_options(outer, inner) &&
           path_within(inner->path, outer->path);
}

enum status sources_add(bool *changed, struct sources *sources, const struct source *source,
                        struct error *err) {
    *changed = false;
    for (size_t i = 0; i < sources->count; i++)
        if (covers(&sources->items[i], source) ||
            (same_options(&sources->items[i], source) &&
             slice_equal(sources->items[i].path, source->path)))
            return ST_OK;
    *changed = true;
    size_t kept = 0;
    for (size_t i = 0; i < sources->count; i++)
        if (!covers(source, &sources->items[i]) &&
            !slice_equal(sources->items[i].path, source->path))
            sources->items[kept++] = sources->items[i];
    sources->count = kept;
    return append(sources, source) ? error_nomem(err) : ST_OK;
}

size_t sources_remove(struct sources *sources, struct slice path) {
    size_t kept = 0;
    for (size_t i = 0; i < sources->count; i++)
        if (!path_within(sources->items[i].path, path))
            sources->items[kept++] = sources->items[i];
    size_t removed = sources->count - kept;
    sources->count = kept;
    return removed;
}
