#include "common/positions.h"

#include "common/clones.h"
#include "common/codec.h"
#include "common/norm.h"
#include "common/ones.h"
#include "common/postings.h"

enum {
    HEAD_MAX = 3, /* bytes of a coded run's size, which is below 2^16 */
    FREQUENCY_MAX = INT32_MAX,
    EXPAND = 16,
    NORM_BITS = 15, /* a chunk of STREAM_NORMS holds the norms of 2^15 documents */
};

static inline unsigned log2_floor(uint32_t value) {
    return 31 - (unsigned)__builtin_clz(value);
}

/* The greatest k for which tf + 1 times 2^k is within the document. */
static inline unsigned rice_k(uint8_t norm, uint32_t frequency) {
    uint32_t length = norm_least(norm);
    if (frequency >= length)
        return 0;
    unsigned k = log2_floor(length) - log2_floor(frequency + 1);
    return k - ((uint64_t)(frequency + 1) << k > length);
}

/* Bits collected from the low end. */
struct bits {
    uint8_t *next;
    uint64_t word;
    unsigned count; /* in word; below 8 between calls */
};

/* At most 56 bits. Whole words are written: 8 bytes behind the end must be there. */
static inline void bits_put(struct bits *bits, uint64_t value, unsigned count) {
    bits->word |= value << bits->count;
    bits->count += count;
    put_u64(bits->next, bits->word);
    bits->next += bits->count / 8;
    bits->word >>= bits->count & ~7u;
    bits->count &= 7;
}

/* Writes the k of each value, of which a posting has `frequency`, and adds up their lows.
 * Frequencies are small and cannot be predicted, so 16 are written whatever it is. */
static uint64_t expand(uint8_t *ks, const uint8_t *norms, const uint32_t *frequencies,
                       uint32_t count) {
    uint64_t lows = 0;
    for (uint32_t i = 0; i < count; i++) {
        unsigned k = rice_k(norms[i], frequencies[i]);
        memset(ks, (int)k, EXPAND);
        if (frequencies[i] > EXPAND)
            memset(ks + EXPAND, (int)k, frequencies[i] - EXPAND);
        ks += frequencies[i];
        lows += (uint64_t)k * frequencies[i];
    }
    return lows;
}

CLONES static uint64_t sum_highs(const uint8_t *ks, const uint32_t *values, size_t count) {
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i] >> ks[i];
    return sum;
}

/* Writes the high parts; `next` has room for 8 bytes more than they take. */
static void put_highs(uint8_t *next, const uint8_t *ks, const uint32_t *values, size_t count) {
    uint64_t word = 0, used = 0; /* bits of the word; may be 64 */
    for (size_t i = 0; i < count; i++) {
        used += values[i] >> ks[i];
        for (; used >= 64; used -= 64) {
            put_u64(next, word);
            next += 8;
            word = 0;
        }
        word |= UINT64_C(1) << used++;
    }
    put_u64(next, word);
}

/* The same for the low parts. */
static void put_lows(uint8_t *next, const uint8_t *ks, const uint32_t *values, size_t count) {
    struct bits bits = {.next = next};
    for (size_t i = 0; i < count; i++)
        bits_put(&bits, values[i] & ((UINT32_C(1) << ks[i]) - 1), ks[i]);
}

/* What the values take in pieces. */
static uint64_t plain_size(const uint32_t *values, size_t count) {
    uint64_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += 1 + (values[i] >= 1u << 7) + (values[i] >= 1u << 14) + (values[i] >= 1u << 21) +
                (values[i] >= 1u << 28);
    return size;
}

/* Appends a coded run as an item; *fits says whether it is small enough: it is not when a document
 * is so much longer than its norm can say that pieces are smaller. When not, nothing was appended.
 */
static enum status encode_coded(struct buffer *out, struct buffer *scratch,
                                const uint32_t *frequencies, const uint8_t *norms, uint32_t count,
                                const uint32_t *values, size_t value_count, bool *fits) {
    buffer_clear(scratch);
    if (buffer_reserve(scratch, value_count + EXPAND))
        return ST_NOMEM;
    uint8_t *ks = scratch->data;
    uint64_t lows = (expand(ks, norms, frequencies, count) + 7) / 8;
    uint64_t highs = (sum_highs(ks, values, value_count) + value_count + 7) / 8;
    *fits = highs + lows + HEAD_MAX <= CHUNK_DATA &&
            (highs + lows < 2 * value_count || highs + lows <= plain_size(values, value_count));
    if (!*fits)
        return ST_OK;
    if (buffer_reserve(out, 2 + HEAD_MAX + highs + lows + 16))
        return ST_NOMEM;
    uint8_t *start = out->data + out->size + 2;
    uint8_t *next = varint_put(start, highs);
    put_highs(next, ks, values, value_count);
    next += highs;
    put_lows(next, ks, values, value_count);
    next += lows;
    put_u16(start - 2, (uint16_t)(next - start));
    out->size = (size_t)(next - out->data);
    return ST_OK;
}

static enum status encode_pieces(struct buffer *out, uint32_t *items, const uint32_t *values,
                                 uint64_t count) {
    for (uint64_t done = 0; done < count; ++*items) {
        uint64_t end = done + POSITIONS_PIECE < count ? done + POSITIONS_PIECE : count;
        if (buffer_reserve(out, 2 + POSITIONS_PIECE * VARINT_MAX))
            return ST_NOMEM;
        uint8_t *start = out->data + out->size + 2, *next = start;
        while (done < end)
            next = varint_put(next, values[done++]);
        put_u16(start - 2, (uint16_t)(next - start));
        out->size = (size_t)(next - out->data);
    }
    return ST_OK;
}

enum status positions_encode(struct buffer *out, uint32_t *items, struct buffer *scratch,
                             const uint32_t *frequencies, const uint8_t *norms, uint32_t count,
                             const uint32_t *values) {
    uint64_t value_count = 0;
    for (uint32_t i = 0; i < count; i++)
        value_count += frequencies[i];
    *items = 1;
    bool fits = false;
    /* A value takes a bit at least: a run of so many cannot fit. */
    if (value_count < 8 * CHUNK_DATA &&
        encode_coded(out, scratch, frequencies, norms, count, values, value_count, &fits))
        return ST_NOMEM;
    if (fits)
        return ST_OK;
    const uint8_t plain[] = {1, 0, 0};
    if (buffer_append(out, plain, sizeof plain))
        return ST_NOMEM;
    return encode_pieces(out, items, values, value_count);
}

static bool damaged(struct positions_reader *reader) {
    struct chunk_reader *chunks = reader->chunks;
    reader->failed = true;
    if (!chunks->status)
        chunks->status = error_set(&chunks->error, ST_CORRUPT, 0, "segment %u: damaged positions",
                                   chunks->segment);
    return false;
}

/* Finds the parts of a coded run, or that it is in pieces. */
static void open_coded(struct positions_reader *reader) {
    uint64_t address = reader->block->positions;
    uint32_t left = chunk_left(reader->chunks, STREAM_POSITIONS, address);
    uint32_t head_size = left < HEAD_MAX ? left : HEAD_MAX;
    const uint8_t *head =
        left ? chunk_read(reader->chunks, STREAM_POSITIONS, address, head_size) : NULL;
    if (!head) {
        damaged(reader);
        return;
    }
    struct reader bytes = reader_of(head, head_size);
    uint32_t size = reader_varint32(&bytes);
    if (size == 0 && !bytes.bad) {
        reader->coded = false;
        reader->address = address + 1;
        return;
    }
    uint32_t start = (uint32_t)(bytes.next - head);
    /* Each value has a one in the highs. */
    if (bytes.bad || size > left - start || reader->left > 8 * (uint64_t)size) {
        damaged(reader);
        return;
    }
    reader->highs = chunk_read(reader->chunks, STREAM_POSITIONS, address + start, size);
    if (!reader->highs) {
        damaged(reader);
        return;
    }
    reader->high = reader->taken = 0;
    reader->highs_end = 8 * size;
    reader->run_left = left - start;
    reader->lows = address + start + size;
    reader->lows_left = left - start - size;
}

/* The norms of the block's documents. */
static void load_norms(uint8_t norms[POSITIONS_BLOCK], struct positions_reader *reader) {
    const uint32_t *docs = reader->block->docs;
    uint32_t chunk = UINT32_MAX, size = 0;
    const uint8_t *data = NULL;
    for (uint32_t i = 0; i < reader->block->count; i++) {
        if (docs[i] >> NORM_BITS != chunk) {
            chunk = docs[i] >> NORM_BITS;
            uint64_t address = chunk_address(chunk, CHUNK_HEAD);
            size = chunk_left(reader->chunks, STREAM_NORMS, address);
            data = size ? chunk_read(reader->chunks, STREAM_NORMS, address, size) : NULL;
            if (!data)
                size = 0;
        }
        uint32_t at = docs[i] & ((1u << NORM_BITS) - 1);
        norms[i] = at < size ? data[at] : 0;
    }
}

/* Where the values of each posting lie. rice_k() without a branch: what two logarithms differ by is
 * what the exponents of the numbers as floats do, less one when the mantissa of the first is the
 * smaller one; lengths and the frequencies that matter are below 2^24, so the floats are exact. */
CLONES static void locate(struct positions_reader *reader) {
    const struct postings_block *block = reader->block;
    uint8_t norms[POSITIONS_BLOCK];
    uint32_t lengths[POSITIONS_BLOCK];
    load_norms(norms, reader);
    for (uint32_t i = 0; i < block->count; i++)
        lengths[i] = norm_least(norms[i]);
    for (uint32_t i = 0; i < block->count; i++) {
        float length = (float)(int32_t)lengths[i];
        float parts = (float)(int32_t)(block->frequencies[i] + 1);
        int32_t length_bits, parts_bits;
        memcpy(&length_bits, &length, sizeof length);
        memcpy(&parts_bits, &parts, sizeof parts);
        int32_t k = (length_bits - parts_bits) >> 23;
        reader->k[i] = k > 0 ? (uint32_t)k : 0;
    }
    uint32_t before = 0, low = 0;
    for (uint32_t i = 0; i < block->count; i++) {
        reader->before[i] = before;
        reader->low[i] = low;
        before += block->frequencies[i];
        low += block->frequencies[i] * reader->k[i];
    }
}

void positions_reader_init(struct positions_reader *reader, struct chunk_reader *chunks,
                           const struct term_entry *entry, const struct postings_block *block) {
    reader->chunks = chunks;
    reader->block = block;
    reader->next = 0;
    reader->failed = false;
    reader->coded = entry->occurrences > 1;
    reader->index = reader->count = 0;
    reader->left = 0;
    uint32_t most = 0;
    for (uint32_t i = 0; i < block->count; i++) {
        uint32_t frequency = block->frequencies[i];
        reader->left += frequency;
        most = frequency - 1 > most ? frequency - 1 : most; /* of 0, too, is more than any */
    }
    if (most >= FREQUENCY_MAX) {
        damaged(reader);
        return;
    }
    reader->address = block->positions;
    if (!reader->coded) {
        reader->values[0] = entry->position;
        reader->count = 1;
        reader->left = 0;
    } else {
        open_coded(reader);
        if (reader->coded && !reader->failed)
            locate(reader);
    }
}

/* 8 bytes, of which `left` are there, with zeros behind them. Not by a memcpy() of `left` bytes: to
 * read what was just written in parts makes the processor wait. */
static inline uint64_t load_word(const uint8_t *bytes, uint64_t left) {
    if (left >= 8)
        return get_u64(bytes);
    uint64_t word = 0;
    for (uint64_t i = 0; i < left; i++)
        word |= (uint64_t)bytes[i] << 8 * i;
    return word;
}

/* The 64 bits of the highs from bit 64 * `word` on. Behind their end stands anything. */
static inline uint64_t high_word(const struct positions_reader *reader, uint32_t word) {
    return load_word(reader->highs + 8 * word, reader->run_left - 8 * word);
}

/* Passes over `count` > 0 values of the highs. */
static inline bool skip_highs(struct positions_reader *reader, uint32_t count) {
    uint32_t word = reader->high / 64;
    unsigned from = reader->high % 64;
    for (; 64 * word < reader->highs_end; word++, from = 0) {
        uint64_t bits = high_word(reader, word) >> from << from;
        unsigned ones = (unsigned)__builtin_popcountll(bits);
        if (ones >= count) {
            reader->high = 64 * word + ones_select(bits, count - 1) + 1;
            return true;
        }
        count -= ones;
    }
    return damaged(reader);
}

/* Takes the high parts of `count` > 0 values, already shifted by k. */
static inline bool take_highs(struct positions_reader *reader, unsigned k, uint32_t count,
                              uint32_t *values) {
    uint32_t word = reader->high / 64, start = reader->high;
    unsigned from = reader->high % 64;
    uint32_t taken = 0;
    for (; 64 * word < reader->highs_end; word++, from = 0) {
        uint64_t bits = high_word(reader, word) >> from << from;
        for (; bits; bits &= bits - 1) {
            uint32_t place = 64 * word + (uint32_t)__builtin_ctzll(bits);
            values[taken] = (place - start) << k;
            start = place + 1;
            if (++taken == count) {
                reader->high = start;
                return start <= reader->highs_end || damaged(reader);
            }
        }
    }
    return damaged(reader);
}

/* Adds the low parts of `count` > 0 values of k bits each, from bit `low` of the lows on. */
static inline bool take_lows(struct positions_reader *reader, unsigned k, uint32_t low,
                             uint32_t count, uint32_t *values) {
    if (!k)
        return true;
    uint64_t bits = (uint64_t)k * count;
    uint64_t size = (low % 8 + bits + 7) / 8, left = reader->lows_left - (uint64_t)(low / 8);
    if (low / 8 > reader->lows_left || size > left)
        return damaged(reader);
    const uint8_t *bytes =
        chunk_read(reader->chunks, STREAM_POSITIONS, reader->lows + low / 8, (uint32_t)size);
    if (!bytes)
        return damaged(reader);
    const uint64_t mask = (UINT64_C(1) << k) - 1;
    uint64_t at = low % 8;
    if (left >= size + 8) {
        for (uint32_t i = 0; i < count; i++, at += k)
            values[i] |= (uint32_t)(get_u64(bytes + at / 8) >> at % 8 & mask);
        return true;
    }
    for (uint32_t i = 0; i < count; i++, at += k)
        values[i] |= (uint32_t)(load_word(bytes + at / 8, left - at / 8) >> at % 8 & mask);
    return true;
}

CLONES static bool read_coded(struct positions_reader *reader, uint32_t index, uint32_t *values) {
    uint32_t count = reader->block->frequencies[index], k = reader->k[index];
    uint32_t passed = reader->before[index] - reader->taken;
    reader->next = index + 1;
    reader->taken = reader->before[index] + count;
    return (!passed || skip_highs(reader, passed)) && take_highs(reader, k, count, values) &&
           take_lows(reader, k, reader->low[index], count, values);
}

/* Decodes the next piece, which may be at the start of the next chunk. */
static bool fill(struct positions_reader *reader) {
    if (!reader->left)
        return damaged(reader);
    uint32_t size = chunk_left(reader->chunks, STREAM_POSITIONS, reader->address);
    if (!size && !reader->chunks->status) {
        reader->address = chunk_address((uint32_t)(reader->address >> 16) + 1, CHUNK_HEAD);
        size = chunk_left(reader->chunks, STREAM_POSITIONS, reader->address);
    }
    uint32_t count = reader->left < POSITIONS_PIECE ? (uint32_t)reader->left : POSITIONS_PIECE;
    if (size > count * 5)
        size = count * 5;
    const uint8_t *in =
        size ? chunk_read(reader->chunks, STREAM_POSITIONS, reader->address, size) : NULL;
    if (!in)
        return damaged(reader);
    struct reader bytes = reader_of(in, size);
    for (uint32_t i = 0; i < count; i++)
        reader->values[i] = reader_varint32(&bytes);
    if (bytes.bad)
        return damaged(reader);
    reader->address += (size_t)(bytes.next - in);
    reader->left -= count;
    reader->index = 0;
    reader->count = count;
    return true;
}

static bool read_pieces(struct positions_reader *reader, uint32_t index, uint32_t *values) {
    uint64_t passed = 0;
    for (; reader->next < index; reader->next++)
        passed += reader->block->frequencies[reader->next];
    while (passed > reader->count - reader->index) {
        passed -= reader->count - reader->index;
        if (!fill(reader))
            return false;
    }
    reader->index += (uint32_t)passed;
    for (uint32_t i = 0; i < reader->block->frequencies[index]; i++) {
        if (reader->index == reader->count && !fill(reader))
            return false;
        values[i] = reader->values[reader->index++];
    }
    reader->next = index + 1;
    return true;
}

bool positions_reader_values(struct positions_reader *reader, uint32_t index, uint32_t *values) {
    if (reader->failed || index < reader->next)
        return damaged(reader);
    return reader->coded ? read_coded(reader, index, values) : read_pieces(reader, index, values);
}

bool positions_reader_read(struct positions_reader *reader, uint32_t index, uint32_t *positions) {
    bool whole = positions_reader_values(reader, index, positions);
    uint32_t position = 0;
    for (uint32_t i = 0; whole && i < reader->block->frequencies[index]; i++)
        positions[i] = position += positions[i];
    return whole;
}
