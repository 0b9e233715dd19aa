/* SPDX-License-Identifier: MIT */
/* Encodes, decodes and edits the list of sources. */
#include "indexer/scan/sources.h"

#include <stdlib.h>

#include "common/base/array.h"
#include "common/base/tagged.h"
#include "common/store/keys.h"
#include "indexer/scan/declared_field.h"
#include "indexer/source/path.h"

enum { FLAG_NO_IGNORE = 1, FLAG_ONE_FILE_SYSTEM = 2 };

/* The tags of the items of a source. */
enum {
    TAG_KIND = 1,
    TAG_FORMAT,
    TAG_FLAGS,
    TAG_MAX_SIZE,
    TAG_PATH,
    TAG_ID_FIELD,
    TAG_TITLE_FIELD,
    TAG_TEXT_FIELD,
    TAG_FIELDS,
    TAG_LANG,
};

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
        copy_into_arena(sources, &copy.title_field) || copy_into_arena(sources, &copy.text_field) ||
        copy_into_arena(sources, &copy.fields) || copy_into_arena(sources, &copy.lang))
        return ST_NOMEM;
    sources->items[sources->count++] = copy;
    return ST_OK;
}

static bool is_valid(const struct source *source) {
    struct reader fields = reader_of(source->fields.data, source->fields.size);
    struct declared_field field;
    while (declared_field_next(&field, &fields))
        ;
    return !fields.bad && source->path.size > 0 && source->path.data[0] == '/' &&
           source->kind >= SOURCE_FOLDER && source->kind <= SOURCE_LINK &&
           source->format < FORMAT_COUNT;
}

/* Reads a source; its slices borrow from the record. */
static bool decode(struct source *source, struct slice record) {
    struct tagged_reader items = tagged_reader_of(record);
    uint64_t flags = 0;
    while (tagged_next(&items))
        switch (items.tag) {
        case TAG_KIND:
            source->kind = (enum source_kind)tagged_varint_max(&items, SOURCE_LINK);
            break;
        case TAG_FORMAT:
            source->format = (enum format)tagged_varint_max(&items, FORMAT_COUNT - 1);
            break;
        case TAG_FLAGS:
            flags = tagged_varint(&items);
            break;
        case TAG_MAX_SIZE:
            source->max_size = tagged_varint(&items);
            break;
        case TAG_PATH:
            source->path = items.payload;
            break;
        case TAG_ID_FIELD:
            source->id_field = items.payload;
            break;
        case TAG_TITLE_FIELD:
            source->title_field = items.payload;
            break;
        case TAG_TEXT_FIELD:
            source->text_field = items.payload;
            break;
        case TAG_FIELDS:
            source->fields = items.payload;
            break;
        case TAG_LANG:
            source->lang = items.payload;
            break;
        default:
            break;
        }
    source->no_ignore = flags & FLAG_NO_IGNORE;
    source->one_file_system = flags & FLAG_ONE_FILE_SYSTEM;
    return !items.bad && is_valid(source);
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
    while (reader_remaining(&reader) && !reader.bad) {
        struct source source = {0};
        struct slice item = reader_string(&reader);
        if (reader.bad || !decode(&source, item)) {
            reader.bad = true;
            break;
        }
        if (append(sources, &source))
            return error_nomem(err);
    }
    if (reader.bad)
        return error_set(err, ST_CORRUPT, 0, "the list of sources is damaged");
    return ST_OK;
}

static enum status append_number(struct buffer *record, unsigned tag, uint64_t number) {
    return number ? tagged_append_varint(record, tag, number) : ST_OK;
}

static enum status append_bytes(struct buffer *record, unsigned tag, struct slice bytes) {
    return bytes.size ? tagged_append(record, tag, bytes) : ST_OK;
}

static enum status encode(struct buffer *out, const struct source *source) {
    struct buffer record = {0};
    uint64_t flags = (source->no_ignore ? FLAG_NO_IGNORE : 0) |
                     (source->one_file_system ? FLAG_ONE_FILE_SYSTEM : 0);
    bool failed = append_number(&record, TAG_KIND, source->kind) ||
                  append_number(&record, TAG_FORMAT, source->format) ||
                  append_number(&record, TAG_FLAGS, flags) ||
                  append_number(&record, TAG_MAX_SIZE, source->max_size) ||
                  append_bytes(&record, TAG_PATH, source->path) ||
                  append_bytes(&record, TAG_ID_FIELD, source->id_field) ||
                  append_bytes(&record, TAG_TITLE_FIELD, source->title_field) ||
                  append_bytes(&record, TAG_TEXT_FIELD, source->text_field) ||
                  append_bytes(&record, TAG_FIELDS, source->fields) ||
                  append_bytes(&record, TAG_LANG, source->lang) ||
                  buffer_append_string(out, buffer_slice(&record));
    buffer_release(&record);
    return failed ? ST_NOMEM : ST_OK;
}

enum status sources_write(const struct sources *sources, struct writer *writer, struct error *err) {
    struct buffer record = {0};
    enum status status = ST_OK;
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
           slice_equal(a->text_field, b->text_field) && slice_equal(a->fields, b->fields) &&
           slice_equal(a->lang, b->lang);
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
