/* SPDX-License-Identifier: MIT */
/* Encodes and decodes what a scan remembers of files. */
#include "common/index/file_record.h"

#include "common/base/tagged.h"

enum status file_record_encode(struct buffer *out, const struct file_record *record) {
    enum status status = buffer_append_byte(out, (uint8_t)record->kind);
    if (!status && record->kind == FILE_FOLDER) {
        status = buffer_append_u64(out, record->device);
        return status ? status : buffer_append_string(out, record->path);
    }
    if (status || record->kind != FILE_REGULAR)
        return status;
    uint64_t numbers[] = {record->size, (uint64_t)record->mtime, (uint64_t)record->ctime,
                          record->inode};
    status = buffer_append_byte(out, record->flags);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && !status; i++)
        status = buffer_append_u64(out, numbers[i]);
    return status;
}

bool file_record_decode(struct file_record *record, struct slice value) {
    struct reader reader = reader_of(value.data, value.size);
    *record = (struct file_record){.kind = reader_u8(&reader)};
    switch (record->kind) {
    case FILE_FOLDER:
        record->device = reader_u64(&reader);
        record->path = reader_string(&reader);
        reader.bad |= !record->path.size || record->path.data[0] != '/';
        break;
    case FILE_SUBFOLDER:
        break;
    case FILE_REGULAR:
        record->flags = reader_u8(&reader);
        record->size = reader_u64(&reader);
        record->mtime = (int64_t)reader_u64(&reader);
        record->ctime = (int64_t)reader_u64(&reader);
        record->inode = reader_u64(&reader);
        break;
    default:
        return false;
    }
    struct tagged_reader items = tagged_reader_of(slice_of(reader.next, reader_remaining(&reader)));
    while (tagged_next(&items)) /* only later versions have items */
        continue;
    return !reader.bad && !items.bad;
}
