/* SPDX-License-Identifier: MIT */
/* Compares what a scan finds with the file records of the last commit. */
#include "indexer/scan/changes.h"

#include <errno.h>
#include <stdlib.h>

#include "common/base/array.h"
#include "common/base/clock.h"
#include "common/base/codec.h"
#include "common/store/keys.h"
#include "indexer/scan/folder_records.h"
#include "indexer/source/path.h"

/* Two seconds are the coarsest time stamps in use (FAT), and more than kernels let their clocks
 * lag. */
static const int64_t racy_ns = INT64_C(2) * CLOCK_NS_PER_S;

/* The record of one name in a folder: a file or a subfolder. */
struct record {
    struct file_record file;
    bool seen;
    struct slice name;
};

struct changes {
    struct writer *writer;
    int64_t started;
    uint64_t hash_seed; /* of the index */

    /* The current folder. */
    struct buffer folder;
    uint64_t hash;
    struct folder_record own; /* with a hash collision nothing is remembered */
    bool full_scan;           /* `records` holds all names of the folder */
    uint64_t current_device;
    struct record *records; /* sorted by name */
    size_t count, capacity;
    size_t hint; /* the record that is probably looked up next */
    struct arena names;

    /* The current source. */
    struct delete_counts counts;
    struct deleted_entry *deleted;
    size_t deleted_count, deleted_capacity;
    struct arena deleted_bytes;
};

enum status changes_new(struct changes **out, struct writer *writer, uint64_t hash_seed,
                        int64_t started, struct error *err) {
    *out = calloc(1, sizeof **out);
    if (!*out)
        return error_nomem(err);
    (*out)->writer = writer;
    (*out)->started = started;
    (*out)->hash_seed = hash_seed;
    return ST_OK;
}

void changes_free(struct changes *changes) {
    if (!changes)
        return;
    buffer_release(&changes->folder);
    arena_release(&changes->names);
    arena_release(&changes->deleted_bytes);
    free(changes->records);
    free(changes->deleted);
    free(changes);
}

void changes_reset(struct changes *changes) {
    changes->counts = (struct delete_counts){0};
    changes->deleted_count = 0;
    arena_release(&changes->deleted_bytes);
}

/* Writes the record of this name in the current folder, or, without a name, the folder's own. */
static enum status record_write(struct changes *changes, struct slice name,
                                const struct file_record *record, struct error *err) {
    struct key bytes;
    struct slice key = keys_file(&bytes, changes->hash, name);
    if (!changes->writer || changes->own.hash_collision || !key.size)
        return ST_OK;
    struct buffer value = {0};
    enum status status = file_record_encode(&value, record);
    if (status)
        error_nomem(err);
    else
        status = writer_put_file(changes->writer, key, buffer_slice(&value), err);
    buffer_release(&value);
    return status;
}

static enum status folder_record_write(struct changes *changes, uint64_t device,
                                       struct error *err) {
    struct file_record record = {
        .kind = FILE_FOLDER, .device = device, .path = buffer_slice(&changes->folder)};
    return record_write(changes, slice_of(NULL, 0), &record, err);
}

static enum status record_add(void *context, struct slice name, const struct file_record *file,
                              struct error *err) {
    struct changes *changes = context;
    struct record *records =
        array_reserve(changes->records, &changes->capacity, changes->count + 1, sizeof *records);
    if (!records)
        return error_nomem(err);
    changes->records = records;
    const char *copy = arena_copy(&changes->names, name.data, name.size);
    if (!copy)
        return error_nomem(err);
    changes->records[changes->count++] =
        (struct record){.file = *file, .name = slice_of(copy, name.size)};
    changes->counts.remembered += file->kind == FILE_REGULAR;
    return ST_OK;
}

static enum status folder_open(struct changes *changes, struct snapshot *snapshot,
                               struct slice path, struct error *err) {
    buffer_clear(&changes->folder);
    if (buffer_append_slice(&changes->folder, path))
        return error_nomem(err);
    changes->hash = file_record_folder(changes->hash_seed, path);
    changes->count = changes->hint = 0;
    arena_release(&changes->names);
    return folder_records_own(&changes->own, snapshot, changes->hash, path, err);
}

enum status changes_enter(struct changes *changes, struct snapshot *snapshot, struct slice path,
                          uint64_t device, struct error *err) {
    enum status status = folder_open(changes, snapshot, path, err);
    if (status)
        return status;
    changes->full_scan = true;
    changes->current_device = device;
    if (changes->own.found)
        return folder_records_each(snapshot, changes->hash, path, record_add, changes, err);
    /* Immediately, so that no commit holds records of the folder's files without its own. */
    return folder_record_write(changes, device, err);
}

/* changes_visit() without remembering a new folder. */
static enum status folder_visit(struct changes *changes, struct snapshot *snapshot,
                                struct slice path, struct error *err) {
    if (!changes->full_scan && changes->folder.size &&
        slice_equal(path, buffer_slice(&changes->folder)))
        return ST_OK;
    enum status status = folder_open(changes, snapshot, path, err);
    if (status)
        return status;
    changes->full_scan = false;
    struct stat st;
    const char *name = arena_copy(&changes->names, path.data, path.size);
    if (!name)
        return error_nomem(err);
    changes->current_device = stat(name, &st) == 0 ? st.st_dev : 0;
    return ST_OK;
}

enum status changes_visit(struct changes *changes, struct snapshot *snapshot, struct slice path,
                          struct error *err) {
    enum status status = folder_visit(changes, snapshot, path, err);
    if (status || changes->own.found || changes->own.hash_collision)
        return status;
    changes->own.found = true; /* it will be, from the next commit on */
    changes->own.device = changes->current_device;
    return folder_record_write(changes, changes->current_device, err);
}

static struct record *record_find(struct changes *changes, struct slice name) {
    size_t low = 0, high = changes->count, middle = changes->hint;
    if (middle >= high)
        middle = high / 2;
    while (low < high) {
        struct record *record = &changes->records[middle];
        int order = slice_compare(name, record->name);
        if (order == 0) {
            changes->hint = middle + 1;
            return record;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
        middle = low + (high - low) / 2;
    }
    return NULL;
}

/* The record of a name in the current folder, or NULL; *scratch is memory for one. */
static enum status record_lookup(struct record **out, struct record *scratch,
                                 struct changes *changes, struct snapshot *snapshot,
                                 struct slice name, struct error *err) {
    *out = changes->full_scan ? record_find(changes, name) : NULL;
    if (changes->full_scan || !changes->own.found)
        return ST_OK;
    *scratch = (struct record){.name = name};
    enum status status = folder_records_find(&scratch->file, snapshot, changes->hash,
                                             buffer_slice(&changes->folder), name, err);
    if (status)
        return status == ST_NOT_FOUND ? ST_OK : status;
    changes->counts.remembered += scratch->file.kind == FILE_REGULAR;
    *out = scratch;
    return ST_OK;
}

static int64_t nanoseconds(struct timespec time) {
    return (int64_t)time.tv_sec * CLOCK_NS_PER_S + time.tv_nsec;
}

static bool same_state(const struct file_record *record, const struct stat *st,
                       bool is_record_file) {
    return !(record->flags & FILE_RACY) && !(record->flags & FILE_RECORDS) == !is_record_file &&
           record->size == (uint64_t)st->st_size && record->mtime == nanoseconds(st->st_mtim) &&
           record->ctime == nanoseconds(st->st_ctim) && record->inode == st->st_ino;
}

enum status changes_file(struct change *change, struct changes *changes, struct snapshot *snapshot,
                         struct slice name, const struct stat *st, bool is_record_file,
                         struct error *err) {
    *change = (struct change){.kind = CHANGE_NEW};
    changes->counts.present++;
    struct record scratch, *record;
    enum status status = record_lookup(&record, &scratch, changes, snapshot, name, err);
    if (status || !record || record->file.kind != FILE_REGULAR)
        return status;
    record->seen = true;
    change->document = file_record_is_document(&record->file);
    change->empty = record->file.flags & FILE_EMPTY;
    change->kind = same_state(&record->file, st, is_record_file) ? CHANGE_NONE : CHANGE_CHANGED;
    return ST_OK;
}

enum status changes_subfolder(struct changes *changes, struct slice name, struct error *err) {
    const struct file_record subfolder = {.kind = FILE_SUBFOLDER};
    struct record *record = record_find(changes, name);
    if (record) {
        /* A file that became a folder is deleted now, and the next scan remembers it as a folder:
         * the removal at the end of this scan must not hit the new record. */
        record->seen = record->file.kind == FILE_SUBFOLDER;
        return ST_OK;
    }
    return record_write(changes, name, &subfolder, err);
}

void changes_keep(struct changes *changes, struct slice name) {
    struct record *record = record_find(changes, name);
    if (record)
        record->seen = true;
}

enum status changes_remember(struct changes *changes, struct slice name, const struct stat *st,
                             unsigned flags, struct error *err) {
    struct record *known = changes->full_scan ? record_find(changes, name) : NULL;
    if (known && known->file.kind != FILE_REGULAR)
        return ST_OK; /* as in changes_subfolder() */
    struct file_record record = {.kind = FILE_REGULAR,
                                 .flags = (uint8_t)flags,
                                 .size = (uint64_t)st->st_size,
                                 .mtime = nanoseconds(st->st_mtim),
                                 .ctime = nanoseconds(st->st_ctim),
                                 .inode = st->st_ino};
    if (known)
        record.flags |= known->file.flags & FILE_NAMED;
    if (record.mtime >= changes->started - racy_ns || record.ctime >= changes->started - racy_ns)
        record.flags |= FILE_RACY;
    return record_write(changes, name, &record, err);
}

/* Adds the record of this name to the deleted entries, or, without a name, the folder's own. */
static enum status add_deleted(struct changes *changes, struct slice path, uint64_t hash,
                               struct slice name, const struct file_record *record,
                               struct error *err) {
    struct deleted_entry *entries = array_reserve(changes->deleted, &changes->deleted_capacity,
                                                  changes->deleted_count + 1, sizeof *entries);
    if (!entries)
        return error_nomem(err);
    changes->deleted = entries;
    struct key key_bytes;
    struct slice key = keys_file(&key_bytes, hash, name);
    if (!key.size)
        return ST_OK;
    bool slash = name.size && path.size > 1;
    size_t size = path.size + slash + name.size;
    uint8_t *bytes = arena_alloc(&changes->deleted_bytes, size + key.size);
    if (!bytes)
        return error_nomem(err);
    memcpy(bytes, path.data, path.size);
    if (slash)
        bytes[path.size] = '/';
    if (name.size)
        memcpy(bytes + path.size + slash, name.data, name.size);
    memcpy(bytes + size, key.data, key.size);
    bool file = record->kind == FILE_REGULAR;
    changes->deleted[changes->deleted_count++] = (struct deleted_entry){
        .path = slice_of(bytes, size),
        .key = slice_of(bytes + size, key.size),
        .file = file,
        .document = file_record_is_document(record),
    };
    changes->counts.deleted += file;
    return ST_OK;
}

struct deleted_folder {
    struct changes *changes;
    struct slice path;
    uint64_t hash;
};

/* Adds a record of the folder, for folder_records_each(). */
static enum status add_deleted_record(void *context, struct slice name,
                                      const struct file_record *record, struct error *err) {
    struct deleted_folder *folder = context;
    folder->changes->counts.remembered += record->kind == FILE_REGULAR;
    return add_deleted(folder->changes, folder->path, folder->hash, name, record, err);
}

/* Adds the records of one folder. Those of its subfolders are then among the deleted entries, where
 * add_deleted_subfolders() finds them. */
static enum status add_deleted_folder(struct changes *changes, struct snapshot *snapshot,
                                      struct slice path, struct error *err) {
    struct deleted_folder folder = {changes, path, file_record_folder(changes->hash_seed, path)};
    struct folder_record own;
    enum status status = folder_records_own(&own, snapshot, folder.hash, path, err);
    if (status || !own.found)
        return status;
    status = folder_records_each(snapshot, folder.hash, path, add_deleted_record, &folder, err);
    const struct file_record itself = {.kind = FILE_FOLDER};
    return status ? status
                  : add_deleted(changes, path, folder.hash, slice_of(NULL, 0), &itself, err);
}

/* Adds what is below the subfolders among the deleted entries from number `first` on. Their records
 * are appended to the list that is being walked. */
static enum status add_deleted_subfolders(struct changes *changes, struct snapshot *snapshot,
                                          size_t first, struct error *err) {
    enum status status = ST_OK;
    for (size_t i = first; !status && i < changes->deleted_count; i++) {
        const struct deleted_entry *deleted = &changes->deleted[i];
        if (!deleted->file && deleted->key.size > KEYS_FILE_PREFIX)
            status = add_deleted_folder(changes, snapshot, deleted->path, err);
    }
    return status;
}

/* A file that the user named counts as present while it exists, even if the scan skips it. */
static bool named_file_exists(struct changes *changes, const struct record *record) {
    if (!(record->file.flags & FILE_NAMED))
        return false;
    struct buffer path = {0};
    struct stat st;
    bool missing = !path_join(&path, buffer_slice(&changes->folder), record->name) &&
                   !buffer_append_byte(&path, 0) && lstat((const char *)path.data, &st) != 0 &&
                   (errno == ENOENT || errno == ENOTDIR);
    buffer_release(&path);
    return !missing;
}

enum status changes_leave(struct changes *changes, struct snapshot *snapshot, struct error *err) {
    size_t first = changes->deleted_count;
    uint64_t deleted_before = changes->counts.deleted;
    enum status status = ST_OK;
    for (size_t i = 0; !status && i < changes->count; i++) {
        struct record *record = &changes->records[i];
        if (record->seen)
            continue;
        if (record->file.kind == FILE_REGULAR && named_file_exists(changes, record))
            changes->counts.present++;
        else
            status = add_deleted(changes, buffer_slice(&changes->folder), changes->hash,
                                 record->name, &record->file, err);
    }
    if (!status && changes->deleted_count > first)
        status = add_deleted_subfolders(changes, snapshot, first, err);
    if (!status && changes->own.found && changes->own.device != changes->current_device) {
        if (changes->counts.deleted > deleted_before)
            changes->counts.device_changed = true;
        else
            status = folder_record_write(changes, changes->current_device, err);
    }
    return status;
}

enum status changes_folder_deleted(struct changes *changes, struct snapshot *snapshot,
                                   struct slice path, struct error *err) {
    size_t first = changes->deleted_count;
    enum status status = add_deleted_folder(changes, snapshot, path, err);
    return status ? status : add_deleted_subfolders(changes, snapshot, first, err);
}

enum status changes_file_deleted(struct changes *changes, struct snapshot *snapshot,
                                 struct slice folder, struct slice name, struct error *err) {
    enum status status = folder_visit(changes, snapshot, folder, err);
    struct record scratch, *record = NULL;
    if (!status)
        status = record_lookup(&record, &scratch, changes, snapshot, name, err);
    if (status || !record || record->file.kind != FILE_REGULAR)
        return status;
    changes->counts.device_changed =
        changes->counts.device_changed || changes->own.device != changes->current_device;
    return add_deleted(changes, folder, changes->hash, name, &record->file, err);
}

const struct deleted_entry *changes_deleted(size_t *count, const struct changes *changes) {
    *count = changes->deleted_count;
    return changes->deleted;
}

const struct delete_counts *changes_counts(const struct changes *changes) {
    return &changes->counts;
}
