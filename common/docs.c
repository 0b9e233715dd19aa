#include "common/docs.h"

enum status docs_writer_init(struct docs_writer *writer, struct chunk_sink *sink, uint32_t segment,
                             int level) {
    *writer = (struct docs_writer){0};
    enum status status =
        blocks_writer_init(&writer->records, sink, segment, STREAM_DOCS, STREAM_DOC_INDEX, level);
    enum status other =
        blocks_writer_init(&writer->texts, sink, segment, STREAM_TEXT, STREAM_TEXT_INDEX, level);
    return status ? status : other;
}

void docs_writer_release(struct docs_writer *writer) {
    blocks_writer_release(&writer->records);
    blocks_writer_release(&writer->texts);
    buffer_release(&writer->record_block);
    buffer_release(&writer->text_block);
}

static enum status flush_text(struct docs_writer *writer, struct error *err) {
    if (!writer->text_block.size)
        return ST_OK;
    enum status status = blocks_writer_add(&writer->texts, writer->text_first,
                                           buffer_slice(&writer->text_block), err);
    buffer_clear(&writer->text_block);
    return status;
}

static enum status flush_records(struct docs_writer *writer, struct error *err) {
    if (!writer->record_block.size)
        return ST_OK;
    enum status status = blocks_writer_add(&writer->records, writer->block_first,
                                           buffer_slice(&writer->record_block), err);
    buffer_clear(&writer->record_block);
    return status;
}

enum status docs_writer_text(struct docs_writer *writer, struct slice text, struct docs_text *where,
                             struct error *err) {
    enum status status = ST_OK;
    if (text.size > DOCS_TEXT_BLOCK - writer->text_block.size)
        status = flush_text(writer, err);
    if (!writer->text_block.size)
        writer->text_first = writer->documents;
    *where = (struct docs_text){.kept = true,
                                .size = text.size,
                                .block = writer->texts.count,
                                .offset = (uint32_t)writer->text_block.size};
    writer->text_bytes += text.size;
    while (!status && text.size > DOCS_TEXT_BLOCK) {
        status = blocks_writer_add(&writer->texts, writer->documents,
                                   slice_of(text.data, DOCS_TEXT_BLOCK), err);
        text = slice_of(text.data + DOCS_TEXT_BLOCK, text.size - DOCS_TEXT_BLOCK);
    }
    if (!status && buffer_append_slice(&writer->text_block, text))
        status = error_nomem(err);
    return status;
}

enum status docs_writer_text_begin(struct docs_writer *writer, struct docs_text *where,
                                   struct error *err) {
    enum status status = flush_text(writer, err);
    writer->text_first = writer->documents;
    *where = (struct docs_text){.kept = true, .block = writer->texts.count};
    return status;
}

enum status docs_writer_text_more(struct docs_writer *writer, struct slice part,
                                  struct docs_text *where, struct error *err) {
    where->size += part.size;
    writer->text_bytes += part.size;
    enum status status = ST_OK;
    while (!status && part.size) {
        size_t size = DOCS_TEXT_BLOCK - writer->text_block.size;
        if (size > part.size)
            size = part.size;
        if (buffer_append(&writer->text_block, part.data, size))
            return error_nomem(err);
        part = slice_of(part.data + size, part.size - size);
        if (writer->text_block.size == DOCS_TEXT_BLOCK)
            status = flush_text(writer, err);
    }
    return status;
}

enum status docs_writer_align(struct docs_writer *writer, uint32_t *block, struct error *err) {
    enum status status = flush_text(writer, err);
    *block = writer->texts.count;
    return status;
}

static uint64_t zigzag(int64_t value) {
    return (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
}

static int64_t unzigzag(uint64_t value) {
    return (int64_t)(value >> 1 ^ (value & 1 ? UINT64_MAX : 0));
}

enum status docs_writer_add(struct docs_writer *writer, const struct document *document,
                            const struct docs_text *where, struct error *err) {
    struct buffer *block = &writer->record_block;
    enum status status = ST_OK;
    size_t most = document->id.size + document->title.size + 10 * VARINT_MAX;
    if (block->size && (block->size + most > DOCS_BLOCK ||
                        writer->documents - writer->block_first >= DOCS_BLOCK_COUNT)) {
        status = flush_records(writer, err);
        if (status)
            return status;
    }
    if (buffer_reserve(block, most + VARINT_MAX))
        return error_nomem(err);
    if (!block->size) {
        writer->block_first = writer->documents;
        writer->text_base = where->kept ? where->block : writer->texts.count;
        buffer_append_varint(block, writer->text_base);
    }
    buffer_append_string(block, document->id);
    buffer_append_string(block, document->title);
    buffer_append_varint(block, zigzag(document->mtime));
    buffer_append_varint(block, document->size);
    buffer_append_varint(block, document->length);
    buffer_append_varint(block, document->title_length);
    buffer_append_u64(block, document->content_hash);
    buffer_append_varint(block, where->kept ? where->size + 1 : 0);
    if (where->kept) {
        buffer_append_varint(block, where->block - writer->text_base);
        buffer_append_varint(block, where->offset);
    }
    writer->documents++;
    return ST_OK;
}

enum status docs_writer_flush(struct docs_writer *writer, struct error *err) {
    enum status status = flush_records(writer, err);
    if (!status)
        status = flush_text(writer, err);
    if (!status)
        status = blocks_writer_flush(&writer->records, err);
    return status ? status : blocks_writer_flush(&writer->texts, err);
}

void docs_read(struct reader *reader, uint32_t text_base, struct document *document,
               struct docs_text *where) {
    *document = (struct document){0};
    document->id = reader_string(reader);
    document->title = reader_string(reader);
    document->mtime = unzigzag(reader_varint(reader));
    document->size = reader_varint(reader);
    document->length = reader_varint32(reader);
    document->title_length = reader_varint32(reader);
    document->content_hash = reader_u64(reader);
    uint64_t size = reader_varint(reader);
    *where = (struct docs_text){.kept = size > 0};
    if (size) {
        where->size = size - 1;
        where->block = text_base + reader_varint32(reader);
        where->offset = reader_varint32(reader);
    }
    document->has_text = where->kept;
}
