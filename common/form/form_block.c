/* SPDX-License-Identifier: MIT */
/* Encodes and decodes blocks of surface forms. */
#include "common/form/form_block.h"

#include <assert.h>
#include <zstd.h>

/* On such short columns, levels above it gain nothing. */
enum { LEVEL = 1 };
/* A table so small, and only matches so long, leave hardly any. */
enum { LITERALS_HASH_LOG = 6, LITERALS_MATCH_MIN = 7 };

enum column {
    COLUMN_SHARED,
    COLUMN_SIZES,
    COLUMN_KEYS,
    COLUMN_COUNTS,
    COLUMN_CUTS,
    COLUMN_TERMS,
    COLUMN_FORMS,
};

enum status form_block_encoder_begin(struct form_block_encoder *encoder) {
    for (size_t i = 0; i < FORM_BLOCK_COLUMNS; i++) {
        buffer_clear(&encoder->columns[i]);
        if (buffer_reserve(&encoder->columns[i], FORM_BLOCK_BYTES_MAX))
            return ST_NOMEM;
    }
    encoder->count = encoder->plain = encoder->key_size = 0;
    if (!encoder->zstd)
        encoder->zstd = ZSTD_createCCtx();
    return encoder->zstd ? ST_OK : ST_NOMEM;
}

void form_block_encoder_release(struct form_block_encoder *encoder) {
    ZSTD_freeCCtx(encoder->zstd);
    for (size_t i = 0; i < FORM_BLOCK_COLUMNS; i++)
        buffer_release(&encoder->columns[i]);
    buffer_release(&encoder->block);
    *encoder = (struct form_block_encoder){0};
}

static size_t shared_size(struct slice a, struct slice b) {
    size_t size = 0;
    while (size < a.size && size < b.size && a.data[size] == b.data[size])
        size++;
    return size;
}

/* Columns have room for all that a block may have. */
static void put_byte(struct buffer *column, size_t byte) {
    column->data[column->size++] = (uint8_t)byte;
}

static void put_number(struct buffer *column, uint64_t number) {
    column->size = (size_t)(put_varint(column->data + column->size, number) - column->data);
}

static void put_bytes(struct buffer *column, struct slice bytes) {
    memcpy(column->data + column->size, bytes.data, bytes.size);
    column->size += bytes.size;
}

void form_block_encoder_add(struct form_block_encoder *encoder, const struct surface_form *form) {
    struct buffer *columns = encoder->columns;
    struct slice key = form->key;
    assert(key.size <= SURFACE_FORM_MAX && form->form.size <= SURFACE_FORM_MAX &&
           form->term.size <= SURFACE_FORM_MAX);
    size_t shared = shared_size(key, slice_of(encoder->key, encoder->key_size));
    size_t kept = shared_size(key, form->term);
    put_byte(&columns[COLUMN_SHARED], shared);
    put_byte(&columns[COLUMN_SIZES], key.size - shared);
    put_bytes(&columns[COLUMN_KEYS], slice_after(key, shared));
    put_number(&columns[COLUMN_COUNTS], form->count - 1);
    put_byte(&columns[COLUMN_CUTS], key.size - kept);
    put_byte(&columns[COLUMN_TERMS], form->term.size - kept);
    put_bytes(&columns[COLUMN_TERMS], slice_after(form->term, kept));
    if (slice_equal(key, form->form)) {
        encoder->plain++;
    } else {
        size_t same = shared_size(key, form->form);
        put_number(&columns[COLUMN_FORMS], encoder->plain);
        put_byte(&columns[COLUMN_FORMS], same);
        put_byte(&columns[COLUMN_FORMS], form->form.size - same);
        put_bytes(&columns[COLUMN_FORMS], slice_after(form->form, same));
        encoder->plain = 0;
    }
    memcpy(encoder->key, key.data, key.size);
    encoder->key_size = key.size;
    encoder->count++;
}

bool form_block_encoder_is_full(const struct form_block_encoder *encoder) {
    size_t bytes = 0;
    for (size_t i = 0; i < FORM_BLOCK_COLUMNS; i++)
        bytes += encoder->columns[i].size;
    return bytes >= FORM_BLOCK_BYTES;
}

/* Has the next frames compressed for a column. Only forms repeat longer strings. In the other columns,
 * matches of a few bytes are hardly shorter than Huffman codes of these, and take several times as
 * long to decompress. */
static bool set_parameters(ZSTD_CCtx *zstd, enum column column) {
    bool literals = column != COLUMN_FORMS;
    size_t results[] = {
        ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, LEVEL),
        ZSTD_CCtx_setParameter(zstd, ZSTD_c_hashLog, literals ? LITERALS_HASH_LOG : 0),
        ZSTD_CCtx_setParameter(zstd, ZSTD_c_minMatch, literals ? LITERALS_MATCH_MIN : 0),
    };
    return !ZSTD_isError(results[0]) && !ZSTD_isError(results[1]) && !ZSTD_isError(results[2]);
}

/* Appends a column at the end of the block, compressed if that makes it smaller. */
static enum status append_column(size_t *stored, struct form_block_encoder *encoder,
                                 enum column number) {
    struct buffer *block = &encoder->block;
    struct slice column = buffer_slice(&encoder->columns[number]);
    size_t bound = ZSTD_compressBound(column.size);
    if (buffer_reserve(block, bound) || !set_parameters(encoder->zstd, number))
        return ST_NOMEM;
    size_t size =
        ZSTD_compress2(encoder->zstd, block->data + block->size, bound, column.data, column.size);
    if (ZSTD_isError(size))
        return ST_NOMEM;
    *stored = size < column.size ? size : column.size;
    if (size >= column.size)
        return buffer_append_slice(block, column);
    block->size += size;
    return ST_OK;
}

enum status form_block_encoder_end(struct slice *block, struct form_block_encoder *encoder) {
    enum { HEAD_MAX = VARINT_MAX * (1 + 2 * FORM_BLOCK_COLUMNS) };
    buffer_clear(&encoder->block);
    if (buffer_reserve(&encoder->block, HEAD_MAX))
        return ST_NOMEM;
    encoder->block.size = HEAD_MAX;
    size_t stored[FORM_BLOCK_COLUMNS];
    for (size_t i = 0; i < FORM_BLOCK_COLUMNS; i++)
        if (append_column(&stored[i], encoder, (enum column)i))
            return ST_NOMEM;
    uint8_t head[HEAD_MAX], *end = put_varint(head, encoder->count);
    for (size_t i = 0; i < FORM_BLOCK_COLUMNS; i++)
        end = put_varint(put_varint(end, encoder->columns[i].size), stored[i]);
    size_t size = (size_t)(end - head);
    uint8_t *begin = encoder->block.data + HEAD_MAX - size;
    memcpy(begin, head, size);
    *block = slice_of(begin, encoder->block.size - (HEAD_MAX - size));
    return ST_OK;
}

void form_block_decoder_release(struct form_block_decoder *decoder) {
    ZSTD_freeDCtx(decoder->zstd);
    for (size_t i = 0; i < FORM_BLOCK_COLUMNS; i++)
        buffer_release(&decoder->bytes[i]);
    *decoder = (struct form_block_decoder){0};
}

/* Decompresses the columns [first, end). */
static enum status unpack(struct form_block_decoder *decoder, size_t first, size_t end) {
    for (size_t i = first; i < end; i++) {
        size_t raw = decoder->raw_sizes[i];
        struct slice column = decoder->stored[i];
        if (column.size < raw) {
            struct buffer *bytes = &decoder->bytes[i];
            if (!decoder->zstd)
                decoder->zstd = ZSTD_createDCtx();
            buffer_clear(bytes);
            if (!decoder->zstd || buffer_reserve(bytes, raw))
                return ST_NOMEM;
            size_t size =
                ZSTD_decompressDCtx(decoder->zstd, bytes->data, raw, column.data, column.size);
            if (ZSTD_isError(size) || size != raw)
                return ST_CORRUPT;
            column = slice_of(bytes->data, raw);
        }
        decoder->columns[i] = reader_of(column.data, column.size);
    }
    return ST_OK;
}

enum status form_block_decoder_open(struct form_block_decoder *decoder, struct slice block) {
    struct reader reader = reader_of(block.data, block.size);
    size_t stored[FORM_BLOCK_COLUMNS];
    decoder->count = reader_varint32(&reader);
    decoder->next = decoder->detailed = decoder->key_size = decoder->key_shared = 0;
    decoder->has_details = false;
    for (size_t i = 0; i < FORM_BLOCK_COLUMNS; i++) {
        decoder->raw_sizes[i] = reader_varint32(&reader);
        stored[i] = reader_varint32(&reader);
        if (reader.bad || decoder->raw_sizes[i] > FORM_BLOCK_BYTES_MAX ||
            stored[i] > decoder->raw_sizes[i])
            return ST_CORRUPT;
    }
    for (size_t i = 0; i < FORM_BLOCK_COLUMNS; i++)
        decoder->stored[i] = slice_of(reader_bytes(&reader, stored[i]), stored[i]);
    if (reader.bad || reader_remaining(&reader) || !decoder->count ||
        decoder->raw_sizes[COLUMN_SHARED] != decoder->count ||
        decoder->raw_sizes[COLUMN_SIZES] != decoder->count ||
        decoder->raw_sizes[COLUMN_CUTS] != decoder->count)
        return ST_CORRUPT;
    enum status status = unpack(decoder, 0, COLUMN_COUNTS);
    decoder->shared = decoder->columns[COLUMN_SHARED].next;
    decoder->sizes = decoder->columns[COLUMN_SIZES].next;
    decoder->keys = decoder->columns[COLUMN_KEYS];
    return status;
}

enum status form_block_decoder_skip(struct form_block_decoder *decoder, size_t size) {
    size_t next = decoder->next, bytes = 0;
    for (; next < decoder->count && decoder->shared[next] >= size; next++)
        bytes += decoder->sizes[next];
    if (bytes > reader_remaining(&decoder->keys))
        return ST_CORRUPT;
    decoder->keys.next += bytes;
    decoder->next = next;
    return ST_OK;
}

/* Reads the gap to the next form that is not its key, which form `from` may be. */
static void read_gap(struct form_block_decoder *decoder, size_t from) {
    struct reader *forms = &decoder->columns[COLUMN_FORMS];
    decoder->marked = reader_remaining(forms) ? from + reader_varint32(forms) : SIZE_MAX;
}

/* Passes over the details of all forms before form `end`. */
static void skip_details(struct form_block_decoder *decoder, size_t end) {
    struct reader *counts = &decoder->columns[COLUMN_COUNTS];
    struct reader *terms = &decoder->columns[COLUMN_TERMS];
    struct reader *forms = &decoder->columns[COLUMN_FORMS];
    size_t count = end - decoder->detailed, bytes = 0, all = reader_remaining(terms);
    reader_bytes(&decoder->columns[COLUMN_CUTS], count);
    for (size_t left = count; left && counts->next < counts->end; counts->next++)
        left -= *counts->next < 0x80;
    for (; count && bytes < all; count--)
        bytes += 1 + (size_t)terms->next[bytes];
    reader_bytes(terms, bytes);
    while (decoder->marked < end) {
        size_t marked = decoder->marked;
        reader_u8(forms);
        reader_bytes(forms, reader_u8(forms));
        read_gap(decoder, marked + 1);
    }
    decoder->detailed = end;
}

/* Reads the details of the form whose key was read last. */
static void read_details(struct surface_form *form, struct form_block_decoder *decoder) {
    struct reader *columns = decoder->columns;
    struct slice key = slice_of(decoder->key, decoder->key_size);
    form->count = reader_varint(&columns[COLUMN_COUNTS]) + 1;
    size_t cut = reader_u8(&columns[COLUMN_CUTS]), size = reader_u8(&columns[COLUMN_TERMS]);
    const uint8_t *bytes = reader_bytes(&columns[COLUMN_TERMS], size);
    form->term = (struct slice){0};
    if (cut <= key.size && key.size - cut + size <= SURFACE_FORM_MAX && bytes) {
        memcpy(decoder->term, key.data, key.size - cut);
        memcpy(decoder->term + key.size - cut, bytes, size);
        form->term = slice_of(decoder->term, key.size - cut + size);
    }
    form->key = form->form = key;
    if (decoder->detailed++ < decoder->marked)
        return;
    size_t shared = reader_u8(&columns[COLUMN_FORMS]);
    size = reader_u8(&columns[COLUMN_FORMS]);
    bytes = reader_bytes(&columns[COLUMN_FORMS], size);
    form->form = (struct slice){0};
    if (shared <= key.size && shared + size <= SURFACE_FORM_MAX && bytes) {
        memcpy(decoder->form, key.data, shared);
        memcpy(decoder->form + shared, bytes, size);
        form->form = slice_of(decoder->form, shared + size);
    }
    read_gap(decoder, decoder->detailed);
}

enum status form_block_decoder_form(struct surface_form *form, struct form_block_decoder *decoder) {
    if (!decoder->has_details) {
        enum status status = unpack(decoder, COLUMN_COUNTS, FORM_BLOCK_COLUMNS);
        if (status)
            return status;
        decoder->has_details = true;
        read_gap(decoder, 0);
    }
    if (decoder->detailed < decoder->next - 1)
        skip_details(decoder, decoder->next - 1);
    read_details(form, decoder);
    bool bad = !form->term.size || !form->form.size;
    for (size_t i = COLUMN_COUNTS; i < FORM_BLOCK_COLUMNS; i++)
        bad |= decoder->columns[i].bad;
    return bad ? ST_CORRUPT : ST_OK;
}

bool form_block_decoder_is_at_end(const struct form_block_decoder *decoder) {
    bool end = decoder->next == decoder->count && decoder->detailed == decoder->count &&
               reader_remaining(&decoder->keys) == 0;
    for (size_t i = COLUMN_COUNTS; i < FORM_BLOCK_COLUMNS; i++)
        end &= reader_remaining(&decoder->columns[i]) == 0;
    return end;
}
