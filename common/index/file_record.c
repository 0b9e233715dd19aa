#include "common/index/file_record.h"

#include "common/base/codec.h"

bool file_key_make(struct file_key *key, uint64_t folder, struct slice name) {
    if (name.size > FILE_NAME_MAX)
        return false;
    for (int i = 0; i < FILE_HASH_SIZE; i++)
        key->data[i] = (uint8_t)(folder >> (56 - 8 * i));
    if (name.size)
        memcpy(key->data + FILE_HASH_SIZE, name.data, name.size);
    key->size = FILE_HASH_SIZE + name.size;
    return true;
}

bool file_key_split(uint64_t *folder, struct slice *name, struct slice key) {
    if (key.size < FILE_HASH_SIZE || key.size > FILE_KEY_MAX)
        return false;
    *folder = 0;
    for (int i = 0; i < FILE_HASH_SIZE; i++)
        *folder = *folder << 8 | key.data[i];
    *name = slice_of(key.data + FILE_HASH_SIZE, key.size - FILE_HASH_SIZE);
    return true;
}

enum status file_record_encode(struct buffer *out, const struct file_record *record) {
    enum status status = buffer_append_byte(out, (uint8_t)record->kind);
    if (!status && record->kind == FILE_FOLDER) {
        status = buffer_append_u64(out, record->device);
        return status ? status : buffer_append_slice(out, record->path);
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
        record->path = slice_of(reader.next, reader_remaining(&reader));
        return !reader.bad && record->path.size && record->path.data[0] == '/';
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
    return !reader.bad && !reader_remaining(&reader) && !(record->flags & ~FILE_FLAGS);
}
