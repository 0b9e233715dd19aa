/* SPDX-License-Identifier: MIT */
/* Verifies the records of all tables: what they belong to, whether there are as many as the catalog
 * says, and what is remembered of files. */
#include <stdlib.h>

#include "common/base/codec.h"
#include "common/index/file_record.h"
#include "common/index/verify_private.h"
#include "common/store/keys.h"

/* The sums over the records of a segment. */
struct total {
    uint64_t bytes; /* of dict and chunk, including keys */
    uint64_t deleted;
    uint64_t chunks;
};

struct tables {
    struct snapshot *snapshot;
    struct verify_counts *counts;
    struct total *totals;   /* one for each segment */
    struct segment **by_id; /* the segments, sorted by id */
    struct segment *last;   /* the segment of the previous record, or NULL */
    /* The folder whose records are being read. */
    uint64_t folder;
    bool known;
    struct buffer path; /* of the folder, and then of one of its files */
    size_t path_size;
};

static enum status table_fail(const struct tables *tables, enum store_table table, const char *what,
                              struct error *err) {
    return error_set(err, ST_CORRUPT, 0, "%s: damaged: table %s: %s; rebuild the index",
                     store_txn_path(tables->snapshot->txn), store_table_name(table), what);
}

static int compare_segments(const void *a, const void *b) {
    const struct segment *x = *(struct segment *const *)a, *y = *(struct segment *const *)b;
    return (x->info.id > y->info.id) - (x->info.id < y->info.id);
}

/* The segment with this id, or NULL if the catalog does not name it. */
static struct segment *find_segment(struct tables *tables, uint32_t id) {
    size_t low = 0, high = tables->snapshot->catalog.segment_count;
    if (tables->last && tables->last->info.id == id)
        return tables->last;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct segment *segment = tables->by_id[middle];
        if (segment->info.id == id)
            return tables->last = segment;
        if (segment->info.id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static struct total *total_of(struct tables *tables, const struct segment *segment) {
    return &tables->totals[segment - tables->snapshot->segments];
}

/* The table has no other records than these. */
static enum status take_meta(struct tables *tables, struct slice key, struct slice value,
                             struct error *err) {
    const struct slice keys[] = {keys_catalog(), keys_transaction(), keys_sources()};
    struct slice payload;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (slice_equal(key, keys[i]))
            return store_check_record(&payload, key, value)
                       ? table_fail(tables, TABLE_META, "a record does not match its checksum", err)
                       : ST_OK;
    return table_fail(tables, TABLE_META, "a record that the format does not have", err);
}

/* The segment that a record belongs to, or NULL if it is orphaned. */
static struct segment *claim(struct tables *tables, enum store_table table, struct slice key,
                             struct slice value) {
    uint32_t id;
    struct segment *segment = keys_segment(&id, table, key) ? find_segment(tables, id) : NULL;
    if (!segment)
        tables->counts->orphaned_bytes += key.size + value.size;
    else if (table != TABLE_DELETES)
        total_of(tables, segment)->bytes += key.size + value.size;
    return segment;
}

/* The blocks themselves were decoded with their segments. */
static enum status take_dict(struct tables *tables, struct slice key, struct slice value,
                             struct error *err) {
    if (key.size <= KEYS_DICT_PREFIX)
        return table_fail(tables, TABLE_DICT, "a key without a term", err);
    if (key.size + value.size > DICTIONARY_BLOCK_MAX)
        return table_fail(tables, TABLE_DICT, "a block that is too large", err);
    claim(tables, TABLE_DICT, key, value);
    return ST_OK;
}

static enum status take_chunk(struct tables *tables, struct slice key, struct slice value,
                              struct error *err) {
    uint32_t stream, chunk;
    keys_split_chunk(&stream, &chunk, key);
    const struct segment *segment = claim(tables, TABLE_CHUNK, key, value);
    if (!segment)
        return ST_OK;
    total_of(tables, segment)->chunks++;
    return chunk < segment->info.chunks[stream]
               ? ST_OK
               : table_fail(tables, TABLE_CHUNK, "a chunk that the catalog does not count", err);
}

static enum status take_deletes(struct tables *tables, struct slice key, struct slice value,
                                struct error *err) {
    uint64_t first = (uint64_t)keys_split_deletes(key) << SEGMENT_DELETES_BITS;
    const struct segment *segment = claim(tables, TABLE_DELETES, key, value);
    struct slice bitmap;
    if (!segment)
        return ST_OK;
    if (store_check_record(&bitmap, key, value) || bitmap.size != SEGMENT_DELETES_SIZE)
        return table_fail(tables, TABLE_DELETES,
                          "a bitmap of deleted documents does not match its checksum", err);
    for (uint64_t i = 0; i < SEGMENT_DELETES_SIZE; i++) {
        uint64_t doc = first + 8 * i, documents = segment->info.documents;
        uint8_t there = doc + 8 <= documents ? 0xff
                        : doc < documents    ? (uint8_t)((1u << (documents - doc)) - 1)
                                             : 0;
        if (bitmap.data[i] & ~there)
            return table_fail(tables, TABLE_DELETES, "a document that does not exist is deleted",
                              err);
        total_of(tables, segment)->deleted += (uint64_t)__builtin_popcount(bitmap.data[i]);
    }
    return ST_OK;
}

/* The folder's own record comes before those of its files, as its name is empty. */
static enum status take_folder(struct tables *tables, uint64_t folder,
                               const struct file_record *record, struct error *err) {
    if (record->kind != FILE_FOLDER ||
        file_record_folder(tables->snapshot->catalog.hash_seed, record->path) != folder)
        return table_fail(tables, TABLE_FILE, "the record of a folder is not its own", err);
    tables->folder = folder;
    tables->known = true;
    buffer_clear(&tables->path);
    if (buffer_append_slice(&tables->path, record->path) ||
        (record->path.size > 1 && buffer_append_byte(&tables->path, '/')))
        return error_nomem(err);
    tables->path_size = tables->path.size;
    return ST_OK;
}

/* Counts a file that should be a document but is not in the index under its path. */
static enum status take_document(struct tables *tables, struct slice name, struct error *err) {
    uint32_t segment, doc;
    struct document document;
    tables->path.size = tables->path_size;
    if (buffer_append_slice(&tables->path, name))
        return error_nomem(err);
    enum status status = snapshot_find_id(&segment, &doc, &document, tables->snapshot,
                                          buffer_slice(&tables->path), err);
    tables->counts->missing_documents += status == ST_NOT_FOUND;
    return status == ST_NOT_FOUND ? ST_OK : status;
}

static enum status take_file(struct tables *tables, struct slice key, struct slice value,
                             struct error *err) {
    uint64_t folder;
    struct slice name, payload;
    struct file_record record;
    if (!keys_split_file(&folder, &name, key))
        return table_fail(tables, TABLE_FILE, "a key of a wrong size", err);
    if (store_check_record(&payload, key, value))
        return table_fail(tables, TABLE_FILE, "a record does not match its checksum", err);
    if (!file_record_decode(&record, payload))
        return table_fail(tables, TABLE_FILE, "a record does not decode", err);
    if (!name.size)
        return take_folder(tables, folder, &record, err);
    if (!tables->known || tables->folder != folder || record.kind == FILE_FOLDER)
        return table_fail(tables, TABLE_FILE, "a record whose folder has none", err);
    if (memchr(name.data, '/', name.size) || memchr(name.data, '\0', name.size))
        return table_fail(tables, TABLE_FILE, "a name that no file can have", err);
    tables->counts->files += record.kind == FILE_REGULAR;
    return file_record_is_document(&record) ? take_document(tables, name, err) : ST_OK;
}

static enum status walk_table(struct tables *tables, enum store_table table, struct error *err) {
    static enum status (*const take[TABLE_COUNT])(struct tables *, struct slice, struct slice,
                                                  struct error *) = {
        [TABLE_META] = take_meta,       [TABLE_DICT] = take_dict, [TABLE_CHUNK] = take_chunk,
        [TABLE_DELETES] = take_deletes, [TABLE_FILE] = take_file,
    };
    struct store_cursor *cursor;
    struct slice key, value;
    enum status status = store_cursor_open(&cursor, tables->snapshot->txn, table, err);
    if (status)
        return status;
    while (!status && !(status = store_cursor_next(&key, &value, cursor, err)))
        status = take[table](tables, key, value, err);
    store_cursor_close(cursor);
    return status == ST_END ? ST_OK : status;
}

static enum status compare_totals(const struct tables *tables, struct error *err) {
    for (size_t i = 0; i < tables->snapshot->catalog.segment_count; i++) {
        const struct segment_info *info = &tables->snapshot->segments[i].info;
        const struct total *total = &tables->totals[i];
        uint64_t chunks = 0;
        for (unsigned stream = 0; stream < STREAM_MAX; stream++)
            chunks += info->chunks[stream];
        const char *what = total->deleted != info->deleted ? "deleted documents"
                           : total->bytes != info->bytes   ? "bytes"
                           : total->chunks != chunks       ? "chunks"
                                                           : NULL;
        if (what)
            return error_set(err, ST_CORRUPT, 0, "segment %u: the catalog's count of %s is wrong",
                             info->id, what);
    }
    return ST_OK;
}

enum status verify_tables(struct verify_counts *counts, struct snapshot *snapshot,
                          struct error *err) {
    size_t count = snapshot->catalog.segment_count;
    struct tables tables = {.snapshot = snapshot,
                            .counts = counts,
                            .totals = calloc(count + 1, sizeof *tables.totals),
                            .by_id = calloc(count + 1, sizeof(struct segment *))};
    enum status status = tables.totals && tables.by_id ? ST_OK : error_nomem(err);
    if (!status) {
        for (size_t i = 0; i < count; i++)
            tables.by_id[i] = &snapshot->segments[i];
        qsort(tables.by_id, count, sizeof(struct segment *), compare_segments);
    }
    for (unsigned table = 0; table < TABLE_COUNT && !status; table++)
        status = walk_table(&tables, table, err);
    if (!status)
        status = compare_totals(&tables, err);
    free(tables.totals);
    free(tables.by_id);
    buffer_release(&tables.path);
    return status;
}
