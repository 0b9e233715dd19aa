#include "common/segment/positions.h"

#include "common/base/codec.h"
#include "common/segment/norm.h"
#include "common/segment/postings.h"
#include "common/simd/bits.h"
#include "common/simd/cpu.h"

enum {
    HEAD_MAX = 3,              /* bytes of a coded run's size, which is below 2^16 */
    FREQUENCY_MAX = INT32_MAX, /* 2^31 - 1 */
    EXPAND = 16,
    GROUP = 128, /* values that are decoded together */
    GROUP_PLACES = GROUP + 64 + BITS_EXTRACT_OVERRUN,
    FEW = 8, /* so many ones are taken one by one */
};

static inline unsigned log2_floor(uint32_t value) {
    return 31 - (unsigned)__builtin_clz(value);
}

/* The greatest k for which tf + 1 times 2^k is within the document. */
static inline unsigned rice_k(uint8_t norm, uint32_t frequency) {
    uint32_t length = norm_min_length(norm);
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

CPU_CLONES static uint64_t sum_highs(const uint8_t *ks, const uint32_t *values, size_t count) {
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
    *fits = highs + lows + HEAD_MAX <= CHUNK_DATA_SIZE &&
            (highs + lows < 2 * value_count || highs + lows <= plain_size(values, value_count));
    if (!*fits)
        return ST_OK;
    if (buffer_reserve(out, 2 + HEAD_MAX + highs + lows + 16))
        return ST_NOMEM;
    uint8_t *start = out->data + out->size + 2;
    uint8_t *next = put_varint(start, highs);
    put_highs(next, ks, values, value_count);
    next += highs;
    put_lows(next, ks, values, value_count);
    next += lows;
    put_u16(start - 2, (uint16_t)(next - start));
    out->size = (size_t)(next - out->data);
    return ST_OK;
}

enum status positions_encode_overflow_marker(struct buffer *out) {
    const uint8_t plain[] = {1, 0, 0};
    return buffer_append(out, plain, sizeof plain);
}

enum status positions_encode_overflow(struct buffer *out, const uint32_t *values, uint64_t count) {
    for (uint64_t done = 0; done < count;) {
        uint64_t end =
            done + POSITIONS_PIECE_VALUES < count ? done + POSITIONS_PIECE_VALUES : count;
        if (buffer_reserve(out, 2 + POSITIONS_PIECE_VALUES * VARINT_MAX))
            return ST_NOMEM;
        uint8_t *start = out->data + out->size + 2, *next = start;
        while (done < end)
            next = put_varint(next, values[done++]);
        put_u16(start - 2, (uint16_t)(next - start));
        out->size = (size_t)(next - out->data);
    }
    return ST_OK;
}

enum status positions_encode(struct buffer *out, struct buffer *scratch,
                             const uint32_t *frequencies, const uint8_t *norms, uint32_t count,
                             const uint32_t *values) {
    uint64_t value_count = 0;
    for (uint32_t i = 0; i < count; i++)
        value_count += frequencies[i];
    bool fits = false;
    if (value_count < POSITIONS_RICE_MAX &&
        encode_coded(out, scratch, frequencies, norms, count, values, value_count, &fits))
        return ST_NOMEM;
    if (fits)
        return ST_OK;
    return positions_encode_overflow_marker(out) ||
                   positions_encode_overflow(out, values, value_count)
               ? ST_NOMEM
               : ST_OK;
}

static bool damaged(struct positions_reader *reader) {
    reader->failed = true;
    return chunk_reader_damaged(reader->chunks, "positions");
}

/* rice_k() of a group without a branch: what two logarithms differ by is what the exponents of the
 * numbers as floats do, less one when the mantissa of the first is the smaller one. Norms are made
 * so that norm_min_length() as a float has the norm's bits on top of its mantissa and below its
 * exponent; but for the smallest. Frequencies that matter are below 2^24, so the floats are exact.
 */
CPU_CLONES static void choose_ks(uint32_t ks[POSITIONS_GROUP], const uint8_t norms[POSITIONS_GROUP],
                                 const uint32_t frequencies[POSITIONS_GROUP]) {
    for (uint32_t i = 0; i < POSITIONS_GROUP; i++) {
        float small = (float)norms[i], parts = (float)(int32_t)(frequencies[i] + 1);
        uint32_t small_bits, parts_bits, bits = ((uint32_t)norms[i] << 19) + (130u << 23);
        memcpy(&small_bits, &small, sizeof small_bits);
        memcpy(&parts_bits, &parts, sizeof parts_bits);
        bits = norms[i] < 16 ? small_bits : bits;
        int32_t k = (int32_t)(bits - parts_bits) >> 23;
        ks[i] = k > 0 ? (uint32_t)k : 0;
    }
}

/* Finds where the low parts of the next postings lie, up to that of `index`. Their norms lie all
 * over the place, so those behind are left alone. */
static bool locate_lows(struct positions_reader *reader, uint32_t index) {
    const struct postings_block *block = reader->block;
    uint32_t low = reader->next_low;
    while (reader->located <= index) {
        uint8_t norms[POSITIONS_GROUP] = {0};
        uint32_t from = reader->located, end = from + POSITIONS_GROUP;
        if (end > block->count)
            end = block->count;
        for (uint32_t i = from; i < end; i++)
            norms[i - from] = norm_reader_norm(&reader->norms, block->docs[i]);
        choose_ks(reader->k + from, norms, block->frequencies + from);
        for (uint32_t i = from; i < end; i++) {
            reader->low[i] = low;
            low += block->frequencies[i] * reader->k[i];
        }
        reader->located = end;
    }
    reader->next_low = low;
    uint64_t size = ((uint64_t)low + 7) / 8, highs = reader->highs_end / 8;
    return size <= reader->lows_left &&
           (!size ||
            chunk_read(reader->chunks, STREAM_POSITIONS, reader->address + highs, (uint32_t)size));
}

/* Finds the parts of a coded run, or that it is in pieces. */
static void open_coded(struct positions_reader *reader) {
    uint64_t address = reader->block->positions;
    uint32_t left = chunk_bytes_left(reader->chunks, STREAM_POSITIONS, address);
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
    reader->high = reader->taken = 0;
    reader->highs_end = 8 * size;
    reader->highs_left = left - start;
    reader->lows_left = left - start - size;
    reader->located = reader->next_low = 0;
    reader->norms = (struct norm_reader){.chunks = reader->chunks};
    reader->address = address + start;
    reader->highs = chunk_read(reader->chunks, STREAM_POSITIONS, reader->address, size);
    if (!reader->highs)
        damaged(reader);
    else
        reader->lows = reader->highs + size;
}

void positions_reader_init(struct positions_reader *reader, struct chunk_reader *chunks,
                           const struct term_entry *entry, const struct postings_block *block) {
    reader->chunks = chunks;
    reader->block = block;
    reader->next = reader->done = 0;
    reader->failed = false;
    reader->coded = entry->occurrences > 1;
    reader->index = reader->count = 0;
    uint64_t values = 0;
    uint32_t bits = 0;
    for (uint32_t i = 0; i < block->count; i++) {
        reader->before[i] = (uint32_t)values;
        values += block->frequencies[i];
        bits |= block->frequencies[i] - 1; /* of 0, too, is more than any */
    }
    reader->address = block->positions;
    reader->left = values;
    if (bits > FREQUENCY_MAX) {
        damaged(reader);
    } else if (reader->coded) {
        open_coded(reader);
    } else {
        reader->values[0] = entry->position;
        reader->count = 1;
        reader->left = 0;
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
    return load_word(reader->highs + 8 * word, reader->highs_left - 8 * word);
}

/* Passes over `count` > 0 values of the highs. */
static inline bool skip_highs(struct positions_reader *reader, uint32_t count) {
    uint32_t word = reader->high / 64;
    unsigned from = reader->high % 64;
    for (; 64 * word < reader->highs_end; word++, from = 0) {
        uint64_t bits = high_word(reader, word) >> from << from;
        unsigned ones = (unsigned)__builtin_popcountll(bits);
        if (ones >= count) {
            reader->high = 64 * word + bits_select(bits, count - 1) + 1;
            return true;
        }
        count -= ones;
    }
    return damaged(reader);
}

/* Finds the one of the next value, as a bit of the highs. */
static inline bool take_place(struct positions_reader *reader, uint32_t *place) {
    uint32_t word = reader->high / 64;
    unsigned from = reader->high % 64;
    for (; 64 * word < reader->highs_end; word++, from = 0) {
        uint64_t bits = high_word(reader, word) >> from << from;
        if (!bits)
            continue;
        *place = 64 * word + (uint32_t)__builtin_ctzll(bits);
        reader->high = *place + 1;
        return *place < reader->highs_end || damaged(reader);
    }
    return damaged(reader);
}

/* Finds the ones of the next `count` values, 0 < count <= GROUP, as bits of the highs. */
static inline bool take_places(struct positions_reader *reader, uint32_t count,
                               uint32_t places[GROUP_PLACES]) {
    uint32_t word = reader->high / 64, taken = 0;
    unsigned from = reader->high % 64;
    for (; 64 * word < reader->highs_end; word++, from = 0) {
        uint64_t bits = high_word(reader, word) >> from << from;
        if (count - taken < FEW) {
            for (; bits && taken < count; bits &= bits - 1)
                places[taken++] = 64 * word + (uint32_t)__builtin_ctzll(bits);
        } else {
            taken += bits_extract(places + taken, bits, 64 * word);
        }
        if (taken >= count) {
            reader->high = places[count - 1] + 1;
            return reader->high <= reader->highs_end || damaged(reader);
        }
    }
    return damaged(reader);
}

/* Reads the low parts of `count` values of k bits each, from bit `low` of the lows on: they are
 * there, as locate_lows() made sure. */
static inline void take_lows(const struct positions_reader *reader, unsigned k, uint64_t low,
                             uint32_t count, uint32_t *lows) {
    const uint64_t mask = (UINT64_C(1) << k) - 1;
    if ((low + (uint64_t)k * count) / 8 + 8 <= reader->lows_left) {
        for (uint32_t i = 0; i < count; i++, low += k)
            lows[i] = (uint32_t)(get_u64(reader->lows + low / 8) >> low % 8 & mask);
        return;
    }
    for (uint32_t i = 0; i < count; i++, low += k)
        lows[i] =
            (uint32_t)(load_word(reader->lows + low / 8, reader->lows_left - low / 8) >> low % 8 &
                       mask);
}

/* Makes values of their parts: `before` is the bit behind the one of the value before. */
static inline void join_values(uint32_t *values, const uint32_t *places, const uint32_t *lows,
                               uint32_t count, unsigned k, uint32_t before) {
    for (uint32_t i = 0; i < count; i++) {
        values[i] = (places[i] - before) << k | lows[i];
        before = places[i] + 1;
    }
}

/* The same for their sums, from `position` on; returns the last. The high parts of a sum are the
 * zeros up to its place, so only the low parts need adding up. */
static inline uint32_t join_sums(uint32_t *positions, const uint32_t *places, const uint32_t *lows,
                                 uint32_t count, unsigned k, uint32_t before, uint32_t position) {
    for (uint32_t i = 0; i < count; i++) {
        position += lows[i];
        positions[i] = position + ((places[i] - before - i) << k);
    }
    return positions[count - 1];
}

/* Reads `left` values of a posting of a coded run, after `done` ones, a group of them at a time. */
CPU_CLONES static bool read_coded(struct positions_reader *reader, uint32_t index, uint32_t *out,
                                  uint32_t left, uint32_t done, bool sums) {
    if (index >= reader->located && !locate_lows(reader, index))
        return damaged(reader);
    uint32_t position = 0, first = reader->before[index] + done;
    unsigned k = reader->k[index];
    uint32_t passed = first - reader->taken;
    uint64_t low = reader->low[index] + (uint64_t)k * done;
    reader->taken = first + left;
    if (passed && !skip_highs(reader, passed))
        return false;
    if (left == 1) { /* which is frequent, and needs no arrays */
        uint32_t place, low_part, before = reader->high;
        if (!take_place(reader, &place))
            return false;
        take_lows(reader, k, low, 1, &low_part);
        *out = (place - before) << k | low_part;
        return true;
    }
    while (left) {
        uint32_t places[GROUP_PLACES], lows[GROUP];
        uint32_t count = left < GROUP ? left : GROUP, before = reader->high;
        if (!take_places(reader, count, places))
            return false;
        take_lows(reader, k, low, count, lows);
        if (sums)
            position = join_sums(out, places, lows, count, k, before, position);
        else
            join_values(out, places, lows, count, k, before);
        out += count;
        left -= count;
        low += (uint64_t)k * count;
    }
    return true;
}

/* Decodes the next piece, which may be at the start of the next chunk. */
static bool fill(struct positions_reader *reader) {
    if (!reader->left)
        return damaged(reader);
    uint32_t size = chunk_bytes_left(reader->chunks, STREAM_POSITIONS, reader->address);
    if (!size && !reader->chunks->status) {
        reader->address = chunk_address((uint32_t)(reader->address >> 16) + 1, CHUNK_HEADER_SIZE);
        size = chunk_bytes_left(reader->chunks, STREAM_POSITIONS, reader->address);
    }
    uint32_t count =
        reader->left < POSITIONS_PIECE_VALUES ? (uint32_t)reader->left : POSITIONS_PIECE_VALUES;
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

/* Reads `count` values from a run in pieces, after those of other postings that are passed over. */
static bool read_pieces(struct positions_reader *reader, uint64_t passed, uint32_t *values,
                        uint32_t count) {
    while (passed > reader->count - reader->index) {
        passed -= reader->count - reader->index;
        if (!fill(reader))
            return false;
    }
    reader->index += (uint32_t)passed;
    for (uint32_t i = 0; i < count; i++) {
        if (reader->index == reader->count && !fill(reader))
            return false;
        values[i] = reader->values[reader->index++];
    }
    return true;
}

/* Reads the next `count` values of a posting. */
static __attribute__((noinline)) bool read_part(struct positions_reader *reader, uint32_t index,
                                                uint32_t *out, uint32_t count, bool sums) {
    const uint32_t *frequencies = reader->block->frequencies;
    uint32_t done = index == reader->next ? reader->done : 0;
    if (reader->failed || index < reader->next || count > frequencies[index] - done)
        return damaged(reader);
    uint64_t passed = 0;
    if (!reader->coded && index > reader->next) {
        for (uint32_t i = reader->next; i < index; i++)
            passed += frequencies[i];
        passed -= reader->done;
    }
    bool all = done + count == frequencies[index];
    reader->next = index + all;
    reader->done = all ? 0 : done + count;
    if (reader->coded)
        return read_coded(reader, index, out, count, done, sums);
    if (!read_pieces(reader, passed, out, count))
        return false;
    for (uint32_t i = 1; sums && i < count; i++)
        out[i] += out[i - 1];
    return true;
}

/* The same; nearly always it is all of a posting of a coded run. */
static inline bool read_posting(struct positions_reader *reader, uint32_t index, uint32_t *out,
                                uint32_t count, bool sums) {
    if (!reader->coded || reader->failed || reader->done || index < reader->next ||
        count != reader->block->frequencies[index])
        return read_part(reader, index, out, count, sums);
    reader->next = index + 1;
    return read_coded(reader, index, out, count, 0, sums);
}

bool positions_reader_read_values(uint32_t *values, struct positions_reader *reader, uint32_t index,
                                  uint32_t count) {
    return read_posting(reader, index, values, count, false);
}

bool positions_reader_read(uint32_t *positions, struct positions_reader *reader, uint32_t index) {
    return read_posting(reader, index, positions, reader->block->frequencies[index], true);
}
