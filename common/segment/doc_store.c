/* SPDX-License-Identifier: MIT */
/* Writes and reads records of documents by columns, and stores their texts. */
#include "common/segment/doc_store.h"

#include <assert.h>

/* The level of zstd for records. Level 3 makes them 2 to 5 % smaller than level 1; both take about
 * 0.15 us a document. */
enum { RECORD_LEVEL = 3 };

enum status doc_store_writer_init(struct doc_store_writer *writer, struct chunk_sink *sink,
                                  uint32_t segment, int level) {
    *writer = (struct doc_store_writer){0};
    enum status status = block_store_writer_init(&writer->record_blocks, sink, segment, STREAM_DOCS,
                                                 STREAM_DOC_INDEX, RECORD_LEVEL);
    enum status other = block_store_writer_init(&writer->text_blocks, sink, segment, STREAM_TEXT,
                                                STREAM_TEXT_INDEX, level);
    return status ? status : other;
}

void doc_store_writer_release(struct doc_store_writer *writer) {
    block_store_writer_release(&writer->record_blocks);
    block_store_writer_release(&writer->text_blocks);
    for (unsigned i = 0; i < DOC_COLUMN_COUNT; i++)
        buffer_release(&writer->columns[i]);
    buffer_release(&writer->hashes);
    buffer_release(&writer->raw);
    buffer_release(&writer->packer.block);
}

static enum status put_text(void *context, uint32_t first, struct slice raw, struct error *err) {
    return block_store_writer_add(context, first, raw, slice_of(NULL, 0), err);
}

static struct text_block_sink text_blocks(struct doc_store_writer *writer) {
    return (struct text_block_sink){put_text, &writer->text_blocks, &writer->text_blocks.count};
}

static enum status flush_records(struct doc_store_writer *writer, struct error *err) {
    if (!writer->hashes.size)
        return ST_OK;
    struct buffer *raw = &writer->raw;
    buffer_clear(raw);
    enum status status = ST_OK;
    if (!writer->has_fields)
        buffer_clear(&writer->columns[DOC_COLUMN_FIELDS]);
    for (unsigned i = 0; i < DOC_COLUMN_COUNT && !status; i++) {
        if (writer->columns[i].size)
            status = tagged_append(raw, i + 1, buffer_slice(&writer->columns[i]));
        buffer_clear(&writer->columns[i]);
    }
    if (status)
        return error_nomem(err);
    status = block_store_writer_add(&writer->record_blocks, writer->block_first, buffer_slice(raw),
                                    buffer_slice(&writer->hashes), err);
    buffer_clear(&writer->hashes);
    writer->column_size = 0;
    writer->has_fields = false;
    return status;
}

enum status doc_store_writer_begin_text(struct text_location *location,
                                        struct doc_store_writer *writer, size_t size,
                                        struct error *err) {
    struct text_block_sink blocks = text_blocks(writer);
    return text_packer_begin(location, &writer->packer, &blocks, writer->document_count, size, err);
}

enum status doc_store_writer_append_text(struct text_location *location,
                                         struct doc_store_writer *writer, struct slice part,
                                         struct error *err) {
    struct text_block_sink blocks = text_blocks(writer);
    writer->text_bytes += part.size;
    return text_packer_append(location, &writer->packer, &blocks, part, err);
}

enum status doc_store_writer_add_text(struct text_location *location,
                                      struct doc_store_writer *writer, struct slice text,
                                      struct error *err) {
    enum status status = doc_store_writer_begin_text(location, writer, text.size, err);
    return status ? status : doc_store_writer_append_text(location, writer, text, err);
}

enum status doc_store_writer_end_text_block(uint32_t *block, struct doc_store_writer *writer,
                                            struct error *err) {
    struct text_block_sink blocks = text_blocks(writer);
    enum status status = text_packer_flush(&writer->packer, &blocks, err);
    *block = writer->text_blocks.count;
    return status;
}

enum status doc_store_writer_add_text_block(struct doc_store_writer *writer, uint32_t first,
                                            uint32_t raw_size, struct slice compressed,
                                            struct error *err) {
    assert(!writer->packer.block.size);
    writer->text_bytes += raw_size;
    return block_store_writer_copy(&writer->text_blocks, first, raw_size, compressed, err);
}

static uint64_t zigzag(uint64_t difference) {
    return difference << 1 ^ (difference >> 63 ? UINT64_MAX : 0);
}

static uint64_t unzigzag(uint64_t value) {
    return value >> 1 ^ (value & 1 ? UINT64_MAX : 0);
}

static uint32_t shared_prefix(const struct doc_store_base *base, struct slice id) {
    uint32_t shared = 0;
    while (shared < base->id_size && shared < id.size && base->id[shared] == id.data[shared])
        shared++;
    return shared;
}

enum status doc_store_writer_add(struct doc_store_writer *writer, const struct document *document,
                                 const struct text_location *location, struct error *err) {
    struct buffer *columns = writer->columns;
    struct doc_store_base *base = &writer->base;
    size_t max_size = document->id.size + document->title.size + document->fields.size +
                      (size_t)2 * DOC_COLUMN_COUNT * VARINT_MAX;
    if (writer->column_size + max_size > DOC_STORE_BLOCK_SIZE ||
        writer->hashes.size == (size_t)DOC_STORE_BLOCK_DOCS * DOC_STORE_HASH_SIZE) {
        enum status status = flush_records(writer, err);
        if (status)
            return status;
    }
    if (!writer->hashes.size) {
        writer->block_first = writer->document_count;
        base->text_end = 0;
        base->id_size = 0;
    }
    enum status status = buffer_reserve(&writer->hashes, DOC_STORE_HASH_SIZE);
    for (unsigned i = 0; i < DOC_COLUMN_COUNT && !status; i++)
        status = buffer_reserve(&columns[i], VARINT_MAX);
    uint32_t shared = shared_prefix(base, document->id);
    struct slice suffix = slice_of(document->id.data + shared, document->id.size - shared);
    if (!status)
        status = buffer_append_slice(&columns[DOC_COLUMN_ID_SUFFIX], suffix);
    if (!status)
        status = buffer_append_slice(&columns[DOC_COLUMN_TITLE], document->title);
    if (!status)
        status = buffer_append_string(&columns[DOC_COLUMN_FIELDS], document->fields);
    if (status)
        return error_nomem(err);
    writer->has_fields |= document->fields.size > 0;
    buffer_append_varint(&columns[DOC_COLUMN_ID_SHARED], shared);
    buffer_append_varint(&columns[DOC_COLUMN_ID_SUFFIX_SIZE], suffix.size);
    buffer_append_varint(&columns[DOC_COLUMN_TITLE_SIZE], document->title.size);
    buffer_append_byte(&columns[DOC_COLUMN_LENGTH_LOW], (uint8_t)document->length);
    buffer_append_varint(&columns[DOC_COLUMN_LENGTH_HIGH], document->length >> 8);
    buffer_append_varint(&columns[DOC_COLUMN_TITLE_LENGTH], document->title_length);
    buffer_append_varint(
        &columns[DOC_COLUMN_TEXT_POSITION],
        (uint32_t)(document->text_position - document_text_position(document->title_length)));
    uint64_t text_start = (uint64_t)location->block * TEXT_BLOCK_SIZE + location->offset;
    buffer_append_varint(&columns[DOC_COLUMN_TEXT_START],
                         location->stored ? 1 + zigzag(text_start - base->text_end) : 0);
    if (location->stored) {
        buffer_append_varint(&columns[DOC_COLUMN_TEXT_SIZE],
                             zigzag(location->size - (document->size - document->title.size)));
        base->text_end = text_start + location->size;
    }
    uint8_t hash[8];
    put_u64(hash, document->content_hash);
    buffer_append(&writer->hashes, hash, DOC_STORE_HASH_SIZE);
    base->id_size = (uint32_t)document->id.size;
    memcpy(base->id + shared, suffix.data, suffix.size);
    writer->column_size = 0;
    for (unsigned i = 0; i < DOC_COLUMN_COUNT; i++)
        writer->column_size += columns[i].size;
    writer->document_count++;
    return ST_OK;
}

enum status doc_store_writer_flush(struct doc_store_writer *writer, struct error *err) {
    uint32_t end;
    enum status status = flush_records(writer, err);
    if (!status)
        status = doc_store_writer_end_text_block(&end, writer, err);
    if (!status)
        status = block_store_writer_flush(&writer->record_blocks, err);
    return status ? status : block_store_writer_flush(&writer->text_blocks, err);
}

void doc_store_reader_init(struct doc_store_reader *reader, struct slice raw, struct slice hashes) {
    struct tagged_reader items = tagged_reader_of(raw);
    for (unsigned i = 0; i < DOC_COLUMN_COUNT; i++)
        reader->columns[i] = reader_of(raw.data, 0);
    while (tagged_next(&items))
        if (items.tag <= DOC_COLUMN_COUNT)
            reader->columns[items.tag - 1] = reader_of(items.payload.data, items.payload.size);
    reader->has_fields = tagged_has(&items, DOC_COLUMN_FIELDS + 1);
    reader->hashes = reader_of(hashes.data, hashes.size);
    reader->left = (uint32_t)(hashes.size / DOC_STORE_HASH_SIZE);
    reader->bad = items.bad || hashes.size % DOC_STORE_HASH_SIZE ||
                  hashes.size > (size_t)DOC_STORE_BLOCK_DOCS * DOC_STORE_HASH_SIZE;
    reader->base.text_end = 0;
    reader->base.id_size = 0;
}

/* Builds the id in place of the previous one. */
static struct slice read_id(struct doc_store_reader *reader) {
    struct doc_store_base *base = &reader->base;
    uint64_t shared = reader_varint(&reader->columns[DOC_COLUMN_ID_SHARED]);
    uint64_t suffix = reader_varint(&reader->columns[DOC_COLUMN_ID_SUFFIX_SIZE]);
    const uint8_t *bytes = NULL;
    if (shared <= base->id_size && suffix <= DOCUMENT_ID_MAX - shared)
        bytes = reader_bytes(&reader->columns[DOC_COLUMN_ID_SUFFIX], (size_t)suffix);
    if (!bytes) {
        reader->bad = true;
        return slice_of(NULL, 0);
    }
    memcpy(base->id + shared, bytes, (size_t)suffix);
    base->id_size = (uint32_t)(shared + suffix);
    return slice_of(base->id, base->id_size);
}

static struct slice read_title(struct doc_store_reader *reader) {
    uint64_t size = reader_varint(&reader->columns[DOC_COLUMN_TITLE_SIZE]);
    const uint8_t *bytes = NULL;
    if (size <= DOCUMENT_TITLE_MAX)
        bytes = reader_bytes(&reader->columns[DOC_COLUMN_TITLE], (size_t)size);
    reader->bad |= !bytes;
    return slice_of(bytes, bytes ? (size_t)size : 0);
}

static struct slice read_fields(struct doc_store_reader *reader) {
    if (!reader->has_fields)
        return slice_of(NULL, 0);
    struct slice fields = reader_string(&reader->columns[DOC_COLUMN_FIELDS]), left = fields;
    struct document_value value;
    while (left.size)
        reader->bad |= !document_next_value(&value, &left) || value.text.size > DOCUMENT_TITLE_MAX;
    reader->bad |= fields.size > DOCUMENT_FIELDS_MAX;
    return fields;
}

static void read_text(struct text_location *location, struct doc_store_reader *reader,
                      const struct document *document) {
    uint64_t code = reader_varint(&reader->columns[DOC_COLUMN_TEXT_START]);
    *location = (struct text_location){.stored = code > 0};
    if (!code)
        return;
    uint64_t text_start = reader->base.text_end + unzigzag(code - 1);
    location->size = document->size - document->title.size +
                     unzigzag(reader_varint(&reader->columns[DOC_COLUMN_TEXT_SIZE]));
    location->block = (uint32_t)(text_start / TEXT_BLOCK_SIZE);
    location->offset = (uint32_t)(text_start % TEXT_BLOCK_SIZE);
    reader->bad |= text_start / TEXT_BLOCK_SIZE > UINT32_MAX;
    reader->base.text_end = text_start + location->size;
}

void doc_store_reader_next(struct document *document, struct text_location *location,
                           struct doc_store_reader *reader, uint64_t size) {
    struct reader *columns = reader->columns;
    *document = (struct document){0};
    document->id = read_id(reader);
    document->title = read_title(reader);
    document->fields = read_fields(reader);
    document->size = size;
    document->length = reader_u8(&columns[DOC_COLUMN_LENGTH_LOW]);
    document->length |= reader_varint32(&columns[DOC_COLUMN_LENGTH_HIGH]) << 8;
    document->title_length = reader_varint32(&columns[DOC_COLUMN_TITLE_LENGTH]);
    document->text_position = document_text_position(document->title_length) +
                              reader_varint32(&columns[DOC_COLUMN_TEXT_POSITION]);
    read_text(location, reader, document);
    document->has_text = location->stored;
    const uint8_t *hash = reader_bytes(&reader->hashes, DOC_STORE_HASH_SIZE);
    if (hash)
        document->content_hash = get_u32(hash) | (uint64_t)hash[4] << 32;
    reader->bad |= reader->hashes.bad;
    for (unsigned i = 0; i < DOC_COLUMN_COUNT; i++)
        reader->bad |= columns[i].bad || (reader->left == 1 && reader_remaining(&columns[i]));
    reader->left -= reader->left > 0;
}
