/* SPDX-License-Identifier: MIT */
/* Finds a folder's records in TABLE_FILE, where they lie side by side. */
#include "indexer/scan/folder_records.h"

#include "common/store/keys.h"

static enum status damaged(struct slice folder, struct error *err) {
    return error_set(err, ST_CORRUPT, 0, "the records of the folder %.*s are damaged",
                     (int)folder.size, (const char *)folder.data);
}

static bool is_of_a_name(const struct file_record *record) {
    return record->kind != FILE_FOLDER;
}

enum status folder_records_own(struct folder_record *out, struct snapshot *snapshot, uint64_t hash,
                               struct slice path, struct error *err) {
    *out = (struct folder_record){0};
    if (!snapshot)
        return ST_OK;
    struct key key;
    struct slice payload;
    enum status status = store_get_checksummed(&payload, snapshot->txn, TABLE_FILE,
                                               keys_file(&key, hash, slice_of(NULL, 0)), err);
    if (status)
        return status == ST_NOT_FOUND ? ST_OK : status;
    struct file_record record;
    if (!file_record_decode(&record, payload) || is_of_a_name(&record))
        return damaged(path, err);
    out->device = record.device;
    out->found = slice_equal(record.path, path);
    out->hash_collision = !out->found;
    return ST_OK;
}

enum status folder_records_find(struct file_record *record, struct snapshot *snapshot,
                                uint64_t hash, struct slice path, struct slice name,
                                struct error *err) {
    struct key bytes;
    struct slice key = keys_file(&bytes, hash, name), payload;
    if (!snapshot || !key.size)
        return ST_NOT_FOUND;
    enum status status = store_get_checksummed(&payload, snapshot->txn, TABLE_FILE, key, err);
    if (!status && (!file_record_decode(record, payload) || !is_of_a_name(record)))
        status = damaged(path, err);
    return status;
}

enum status folder_records_each(struct snapshot *snapshot, uint64_t hash, struct slice path,
                                enum status (*each)(void *context, struct slice name,
                                                    const struct file_record *record,
                                                    struct error *err),
                                void *context, struct error *err) {
    struct store_cursor *cursor;
    if (!snapshot)
        return ST_OK;
    enum status status = store_cursor_open(&cursor, snapshot->txn, TABLE_FILE, err);
    if (status)
        return status;
    struct key first;
    struct slice key, value, name, payload;
    uint64_t folder;
    status =
        store_cursor_seek(&key, &value, cursor, keys_file(&first, hash, slice_of(NULL, 0)), err);
    while (!status && keys_split_file(&folder, &name, key) && folder == hash) {
        struct file_record record;
        if (name.size == 0)
            ; /* the folder's own */
        else if (store_check_record(&payload, key, value) ||
                 !file_record_decode(&record, payload) || !is_of_a_name(&record))
            status = damaged(path, err);
        else
            status = each(context, name, &record, err);
        if (!status)
            status = store_cursor_next(&key, &value, cursor, err);
    }
    store_cursor_close(cursor);
    return status == ST_END ? ST_OK : status;
}
