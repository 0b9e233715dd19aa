/* SPDX-License-Identifier: MIT */
/* Encodes and decodes blocks of surface forms. */
#include "common/form/form_block.h"

#include <assert.h>
#include <zstd.h>

/* On such short columns, levels above it gain nothing. */
enum { LEVEL = 1 };
/* A table so small, and only matches so long, leave hardly any. */
enum { LITERALS_HASH_LOG = 6, LITERALS_MATCH_MIN = 7 };

enum { ROOM = FORM_BLOCK_KEY_STEP + 1 }; /* after a column */

enum { PAIR_MAX = 15 }; /* of a number in a pair */

enum column {
    COLUMN_LENGTHS,
    COLUMN_LONG_LENGTHS,
    COLUMN_KEYS,
    COLUMN_CHANGES,
    COLUMN_LONG_CHANGES,
    COLUMN_TERMS,
    COLUMN_FORMS,
    COLUMN_COUNTS,
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

static void put_pair(struct buffer *pairs, struct buffer *longs, size_t first, size_t second) {
    if (first >= PAIR_MAX)
        put_byte(longs, first);
    if (second >= PAIR_MAX)
        put_byte(longs, second);
    put_byte(pairs, (first < PAIR_MAX ? first : PAIR_MAX) | (second < PAIR_MAX ? second : PAIR_MAX)
                                                                << 4);
}

void form_block_encoder_add(struct form_block_encoder *encoder, const struct surface_form *form) {
    struct buffer *columns = encoder->columns;
    struct slice key = form->key;
    assert(key.size <= SURFACE_FORM_MAX && form->form.size <= SURFACE_FORM_MAX &&
           form->term.size <= SURFACE_FORM_MAX);
    size_t shared = shared_size(key, slice_of(encoder->key, encoder->key_size));
    size_t kept = shared_size(key, form->term);
    put_pair(&columns[COLUMN_LENGTHS], &columns[COLUMN_LONG_LENGTHS], shared, key.size - shared);
    put_bytes(&columns[COLUMN_KEYS], slice_after(key, shared));
    put_pair(&columns[COLUMN_CHANGES], &columns[COLUMN_LONG_CHANGES], key.size - kept,
             form->term.size - kept);
    put_bytes(&columns[COLUMN_TERMS], slice_after(form->term, kept));
    put_number(&columns[COLUMN_COUNTS], form->count - 1);
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

/* Appends a column at the end of the block, compressed if that makes it smaller. Lengths stay as they
 * are: they would be a third shorter, but take a fifth of the time of a walk over the keys. */
static enum status append_column(size_t *stored, struct form_block_encoder *encoder,
                                 enum column number) {
    struct buffer *block = &encoder->block;
    struct slice column = buffer_slice(&encoder->columns[number]);
    size_t bound = ZSTD_compressBound(column.size);
    if (number == COLUMN_LENGTHS) {
        *stored = column.size;
        return buffer_append_slice(block, column);
    }
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
    buffer_release(&decoder->probe_ends);
    *decoder = (struct form_block_decoder){0};
}

/* Decompresses the columns [first, end). */
static enum status unpack(struct form_block_decoder *decoder, size_t first, size_t end) {
    for (size_t i = first; i < end; i++) {
        size_t raw = decoder->raw_sizes[i];
        struct slice column = decoder->stored[i];
        struct buffer *bytes = &decoder->bytes[i];
        if (column.size == raw && i != COLUMN_KEYS) {
            decoder->columns[i] = reader_of(column.data, raw);
            continue;
        }
        if (!decoder->zstd)
            decoder->zstd = ZSTD_createDCtx();
        buffer_clear(bytes);
        if (!decoder->zstd || buffer_reserve(bytes, raw + ROOM))
            return ST_NOMEM;
        size_t size = raw;
        if (column.size == raw)
            memcpy(bytes->data, column.data, raw);
        else
            size = ZSTD_decompressDCtx(decoder->zstd, bytes->data, raw, column.data, column.size);
        if (ZSTD_isError(size) || size != raw)
            return ST_CORRUPT;
        memset(bytes->data + raw, 0, ROOM);
        decoder->columns[i] = reader_of(bytes->data, raw);
    }
    return ST_OK;
}

enum status form_block_decoder_open(struct form_block_decoder *decoder, struct slice block) {
    struct reader reader = reader_of(block.data, block.size);
    size_t stored[FORM_BLOCK_COLUMNS];
    decoder->count = reader_varint32(&reader);
    decoder->next = decoder->key_size = decoder->key_shared = decoder->probed = 0;
    decoder->probe_end = NULL;
    decoder->termed = decoder->counted = 0;
    decoder->has_terms = decoder->has_forms = decoder->has_counts = false;
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
        decoder->raw_sizes[COLUMN_LENGTHS] != decoder->count ||
        decoder->raw_sizes[COLUMN_CHANGES] != decoder->count)
        return ST_CORRUPT;
    enum status status = unpack(decoder, 0, COLUMN_CHANGES);
    decoder->pairs = decoder->columns[COLUMN_LENGTHS].next;
    decoder->longs = decoder->columns[COLUMN_LONG_LENGTHS];
    decoder->keys = decoder->columns[COLUMN_KEYS];
    return status;
}

typedef uint8_t u8x16 __attribute__((vector_size(16)));

static u8x16 load(const uint8_t *bytes) {
    u8x16 loaded;
    memcpy(&loaded, bytes, sizeof loaded);
    return loaded;
}

/* Lists where the probe ends in the column of keys, as if all keys were one text. */
static enum status search_column(struct form_block_decoder *decoder,
                                 const struct form_probe *probe) {
    const u8x16 first = (u8x16){0} + probe->bytes[0];
    const u8x16 second = (u8x16){0} + probe->bytes[probe->size - 1];
    const uint8_t *keys = decoder->keys.next;
    size_t size = reader_remaining(&decoder->keys), before = probe->size - 1;
    struct buffer *ends = &decoder->probe_ends;
    buffer_clear(ends);
    if (buffer_reserve(ends, 2 * (size + 1)))
        return ST_NOMEM;
    for (size_t at = 0; at < size; at += sizeof(u8x16)) {
        u8x16 equal =
            (u8x16)(load(keys + at) == first) & (u8x16)(load(keys + at + before) == second);
        uint64_t halves[2];
        memcpy(halves, &equal, sizeof halves);
        if (!(halves[0] | halves[1]))
            continue;
        for (size_t i = 0; i < sizeof equal; i++)
            if (equal[i] && at + i + probe->size <= size) {
                put_u16(ends->data + ends->size, (uint16_t)(at + i + probe->size));
                ends->size += 2;
            }
    }
    put_u16(ends->data + ends->size, UINT16_MAX);
    decoder->probe_end = ends->data;
    return ST_OK;
}

/* Where in the column the probe ends first, at this offset or later. */
static inline size_t next_probe_end(struct form_block_decoder *decoder, size_t offset) {
    size_t end;
    while ((end = get_u16(decoder->probe_end)) < offset)
        decoder->probe_end += 2;
    return end;
}

/* Keys whose new bytes have those of the probe are found in the column: to load bytes of a key of which
 * some were just stored would wait for these. */
enum status form_block_decoder_find(struct form_block_decoder *decoder,
                                    const struct form_probe *probe) {
    const size_t before = probe->size - 1;
    if (!decoder->probe_end && search_column(decoder, probe))
        return ST_NOMEM;
    for (;;) {
        const uint8_t *bytes = decoder->keys.next;
        enum status status = form_block_decoder_next(decoder);
        if (status)
            return status;
        size_t shared = decoder->key_shared;
        if (decoder->probed && shared >= decoder->probed)
            return ST_OK;
        size_t offset = (size_t)(bytes - decoder->bytes[COLUMN_KEYS].data);
        size_t end = next_probe_end(decoder, offset + probe->size) - offset;
        decoder->probed = 0;
        if (end <= decoder->key_size - shared)
            decoder->probed = shared + end;
        /* A pair may begin with the last byte of what is shared. */
        if (before && decoder->key_size > shared && shared && *bytes == probe->bytes[1] &&
            decoder->key[shared - 1] == probe->bytes[0])
            decoder->probed = shared + 1;
        if (decoder->probed)
            return ST_OK;
    }
}

enum status form_block_decoder_skip(struct form_block_decoder *decoder, size_t size) {
    size_t next = decoder->next, bytes = 0;
    struct reader longs = decoder->longs;
    for (; next < decoder->count; next++) {
        struct reader before = longs;
        size_t shared = decoder->pairs[next] & PAIR_MAX, added = decoder->pairs[next] >> 4;
        if (shared == PAIR_MAX)
            shared = reader_u8(&longs);
        if (shared < size) {
            longs = before;
            break;
        }
        bytes += added == PAIR_MAX ? reader_u8(&longs) : added;
    }
    if (bytes > reader_remaining(&decoder->keys) || longs.bad)
        return ST_CORRUPT;
    decoder->longs = longs;
    decoder->keys.next += bytes;
    decoder->next = next;
    return ST_OK;
}

/* Passes over the terms of all forms before form `end`. */
static void skip_terms(struct form_block_decoder *decoder, size_t end) {
    struct reader *longs = &decoder->columns[COLUMN_LONG_CHANGES];
    const uint8_t *pairs = reader_bytes(&decoder->columns[COLUMN_CHANGES], end - decoder->termed);
    size_t bytes = 0;
    for (size_t i = 0; i < end - decoder->termed; i++) {
        size_t added = pairs[i] >> 4;
        if ((pairs[i] & PAIR_MAX) == PAIR_MAX)
            reader_u8(longs);
        bytes += added == PAIR_MAX ? reader_u8(longs) : added;
    }
    reader_bytes(&decoder->columns[COLUMN_TERMS], bytes);
    decoder->termed = end;
}

/* Reads the term of the form whose key was read last. */
static void read_term(struct surface_form *form, struct form_block_decoder *decoder) {
    struct reader *longs = &decoder->columns[COLUMN_LONG_CHANGES];
    size_t pair = reader_u8(&decoder->columns[COLUMN_CHANGES]);
    size_t cut = pair & PAIR_MAX, size = pair >> 4;
    if (cut == PAIR_MAX)
        cut = reader_u8(longs);
    if (size == PAIR_MAX)
        size = reader_u8(longs);
    const uint8_t *bytes = reader_bytes(&decoder->columns[COLUMN_TERMS], size);
    form->key = slice_of(decoder->key, decoder->key_size);
    form->term = (struct slice){0};
    decoder->termed++;
    if (cut > form->key.size || form->key.size - cut + size > SURFACE_FORM_MAX || !bytes)
        return;
    memcpy(decoder->term, decoder->key, form->key.size - cut);
    memcpy(decoder->term + form->key.size - cut, bytes, size);
    form->term = slice_of(decoder->term, form->key.size - cut + size);
}

enum status form_block_decoder_term(struct surface_form *form, struct form_block_decoder *decoder) {
    if (!decoder->has_terms) {
        enum status status = unpack(decoder, COLUMN_CHANGES, COLUMN_FORMS);
        if (status)
            return status;
        decoder->has_terms = true;
    }
    if (decoder->termed < decoder->next - 1)
        skip_terms(decoder, decoder->next - 1);
    read_term(form, decoder);
    bool bad = !form->term.size;
    for (size_t i = COLUMN_CHANGES; i < COLUMN_FORMS; i++)
        bad |= decoder->columns[i].bad;
    return bad ? ST_CORRUPT : ST_OK;
}

/* Reads the gap to the next form that is not its key, which form `from` may be. */
static void read_gap(struct form_block_decoder *decoder, size_t from) {
    struct reader *forms = &decoder->columns[COLUMN_FORMS];
    decoder->marked = reader_remaining(forms) ? from + reader_varint32(forms) : SIZE_MAX;
}

enum status form_block_decoder_form(struct surface_form *form, struct form_block_decoder *decoder) {
    struct reader *forms = &decoder->columns[COLUMN_FORMS];
    size_t number = decoder->next - 1;
    if (!decoder->has_forms) {
        enum status status = unpack(decoder, COLUMN_FORMS, COLUMN_COUNTS);
        if (status)
            return status;
        decoder->has_forms = true;
        read_gap(decoder, 0);
    }
    while (decoder->marked < number) {
        size_t marked = decoder->marked;
        reader_u8(forms);
        reader_bytes(forms, reader_u8(forms));
        read_gap(decoder, marked + 1);
    }
    form->key = form->form = slice_of(decoder->key, decoder->key_size);
    if (decoder->marked > number)
        return ST_OK;
    size_t shared = reader_u8(forms), size = reader_u8(forms);
    const uint8_t *bytes = reader_bytes(forms, size);
    if (shared > form->key.size || shared + size > SURFACE_FORM_MAX || shared + size == 0 || !bytes)
        return ST_CORRUPT;
    memcpy(decoder->form, decoder->key, shared);
    memcpy(decoder->form + shared, bytes, size);
    form->form = slice_of(decoder->form, shared + size);
    read_gap(decoder, number + 1);
    return forms->bad ? ST_CORRUPT : ST_OK;
}

enum status form_block_decoder_count(struct surface_form *form,
                                     struct form_block_decoder *decoder) {
    struct reader *counts = &decoder->columns[COLUMN_COUNTS];
    if (!decoder->has_counts) {
        enum status status = unpack(decoder, COLUMN_COUNTS, FORM_BLOCK_COLUMNS);
        if (status)
            return status;
        decoder->has_counts = true;
    }
    for (; decoder->counted < decoder->next - 1 && counts->next < counts->end; counts->next++)
        decoder->counted += *counts->next < 0x80;
    decoder->counted++;
    form->count = reader_varint(counts) + 1;
    return counts->bad ? ST_CORRUPT : ST_OK;
}

bool form_block_decoder_is_at_end(const struct form_block_decoder *decoder) {
    bool end = decoder->next == decoder->count && decoder->termed == decoder->count &&
               decoder->counted == decoder->count && reader_remaining(&decoder->keys) == 0 &&
               reader_remaining(&decoder->longs) == 0;
    for (size_t i = COLUMN_CHANGES; i < FORM_BLOCK_COLUMNS; i++)
        end &= reader_remaining(&decoder->columns[i]) == 0;
    return end;
}
