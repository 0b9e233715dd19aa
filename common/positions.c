#include "common/positions.h"

#include "common/codec.h"
#include "common/norm.h"
#include "common/postings.h"

enum {
    CODE_BASE = 8,                     /* a code of 8 takes k as it is */
    CODE_PLAIN = 255,                  /* the run is in pieces */
    HEAD_MAX = 1 + 3 * POSTINGS_BLOCK, /* of a coded run: sizes are below 2^21 */
    SPREAD_BITS = 5,                   /* of the first byte: the code; above them, the spread */
    SPREAD_MAX = 4,                    /* a group has at most 2^4 postings */
    GROUP_VALUES = 96,                 /* and about so many values */
    K_MAX = 24,
    QUOTIENT_MAX = 24, /* as many zero bits say that a value follows as it is */
    MEAN_MAX = 180,    /* hundredths: the mean quotient above which k had better be greater */
    NORM_BITS = 15,    /* a chunk of STREAM_NORMS holds the norms of 2^15 documents */
};

static unsigned log2_floor(uint32_t value) {
    return 31 - (unsigned)__builtin_clz(value);
}

static unsigned rice_k(uint8_t norm, uint32_t frequency, unsigned code) {
    uint32_t apart = norm_least(norm) / (frequency + 1);
    int k = (int)(apart ? log2_floor(apart) : 0) + (int)code - CODE_BASE;
    return k < 0 ? 0 : k > K_MAX ? K_MAX : (unsigned)k;
}

/* Bits collected from the low end. */
struct bits {
    uint8_t *next;
    uint64_t word;
    unsigned count; /* in word; below 8 after flushing */
};

static inline void bits_put(struct bits *bits, uint64_t value, unsigned count) {
    bits->word |= value << bits->count;
    bits->count += count;
    put_u64(bits->next, bits->word);
    bits->next += bits->count / 8;
    bits->word = bits->count >= 64 ? 0 : bits->word >> (bits->count & ~7u);
    bits->count &= 7;
}

static inline void put_rice(struct bits *bits, uint32_t value, unsigned k) {
    uint32_t quotient = value >> k;
    if (quotient < QUOTIENT_MAX) {
        uint64_t low = value & ((UINT64_C(1) << k) - 1);
        bits_put(bits, (UINT64_C(1) | low << 1) << quotient, quotient + 1 + k);
    } else {
        bits_put(bits, UINT64_C(1) << QUOTIENT_MAX, QUOTIENT_MAX + 1);
        bits_put(bits, value, 32);
    }
}

/* The code that is about the best: a rice code is shortest when the quotient is 0 or 1 about
 * equally often, so the mean quotient says by how much k is off. */
static unsigned choose_code(const uint32_t *frequencies, const uint8_t *norms, uint32_t count,
                            const uint32_t *values) {
    uint64_t quotients = 0, total = 0;
    for (uint32_t i = 0; i < count; i++) {
        unsigned k = rice_k(norms[i], frequencies[i], CODE_BASE);
        for (uint32_t n = 0; n < frequencies[i]; n++)
            quotients += ((uint64_t)*values++ << 2) >> k;
        total += frequencies[i];
    }
    uint64_t mean = quotients * 25 / total; /* in hundredths, as the sum is in quarters */
    unsigned code = CODE_BASE;
    for (; mean >= MEAN_MAX && code < 2 * CODE_BASE; mean /= 2)
        code++;
    for (; mean < MEAN_MAX / 2 && code > 0; mean = mean ? 2 * mean : MEAN_MAX / 2)
        code--;
    return code;
}

static enum status encode(struct positions_writer *writer, const uint32_t *frequencies,
                          const uint8_t *norms, uint32_t count, const uint32_t *values,
                          uint64_t value_count, size_t *size) {
    struct buffer *bytes = &writer->bytes;
    /* The head, 57 bits a value at most, a group's last bits, and a whole word behind the end. */
    buffer_clear(bytes);
    if (buffer_reserve(bytes, HEAD_MAX + 8 * (size_t)value_count + POSTINGS_BLOCK + 8))
        return ST_NOMEM;
    unsigned code = choose_code(frequencies, norms, count, values);
    unsigned spread = SPREAD_MAX;
    while (spread && value_count > (uint64_t)count * GROUP_VALUES >> spread)
        spread--;
    uint32_t sizes[POSTINGS_BLOCK];
    uint8_t *first = bytes->data + HEAD_MAX, *start = first;
    uint32_t groups = 0;
    for (uint32_t i = 0; i < count; groups++) {
        struct bits bits = {.next = start};
        for (uint32_t end = i + (1u << spread); i < count && i < end; i++) {
            unsigned k = rice_k(norms[i], frequencies[i], code);
            for (uint32_t n = 0; n < frequencies[i]; n++)
                put_rice(&bits, *values++, k);
        }
        bits.next += bits.count > 0;
        sizes[groups] = (uint32_t)(bits.next - start);
        start = bits.next;
    }
    uint8_t head[HEAD_MAX];
    uint8_t *next = head;
    *next++ = (uint8_t)(code | spread << SPREAD_BITS);
    for (uint32_t i = 0; i < groups; i++)
        next = varint_put(next, sizes[i]);
    size_t head_size = (size_t)(next - head);
    memcpy(first - head_size, head, head_size);
    bytes->size = (size_t)(start - bytes->data);
    *size = head_size + (size_t)(start - first);
    return ST_OK;
}

static enum status write_pieces(struct positions_writer *writer, const uint32_t *values,
                                uint64_t count, uint64_t *address, struct error *err) {
    uint8_t piece[POSITIONS_PIECE * VARINT_MAX];
    for (uint64_t done = 0; done < count;) {
        uint64_t end = done + POSITIONS_PIECE < count ? done + POSITIONS_PIECE : count;
        uint8_t *next = piece;
        uint64_t place;
        bool first = done == 0;
        while (done < end)
            next = varint_put(next, values[done++]);
        enum status status =
            chunk_writer_add(&writer->stream, piece, (uint32_t)(next - piece), &place, err);
        if (status)
            return status;
        if (first && address)
            *address = place;
    }
    return ST_OK;
}

enum status positions_write(struct positions_writer *writer, const uint32_t *frequencies,
                            const uint8_t *norms, uint32_t count, const uint32_t *values,
                            bool coded, uint64_t *address, struct error *err) {
    uint64_t value_count = 0;
    for (uint32_t i = 0; i < count; i++)
        value_count += frequencies[i];
    if (!coded)
        return write_pieces(writer, values, value_count, address, err);
    size_t size = CHUNK_DATA + 1;
    /* A value takes a bit at least: a run of so many cannot fit. */
    if (value_count < 8 * CHUNK_DATA &&
        encode(writer, frequencies, norms, count, values, value_count, &size))
        return error_nomem(err);
    if (size <= CHUNK_DATA)
        return chunk_writer_add(&writer->stream, writer->bytes.data + writer->bytes.size - size,
                                (uint32_t)size, address, err);
    const uint8_t plain = CODE_PLAIN;
    enum status status = chunk_writer_add(&writer->stream, &plain, 1, address, err);
    return status ? status : write_pieces(writer, values, value_count, NULL, err);
}

static bool damaged(struct positions_reader *reader) {
    struct chunk_reader *chunks = reader->chunks;
    reader->failed = true;
    if (!chunks->status)
        chunks->status = error_set(&chunks->error, ST_CORRUPT, 0, "segment %u: damaged positions",
                                   chunks->segment);
    return false;
}

/* Finds the groups of a coded run, or that it is in pieces. */
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
    reader->code = reader_u8(&bytes);
    if (reader->code == CODE_PLAIN) {
        reader->coded = false;
        reader->address = address + 1;
        return;
    }
    reader->spread = reader->code >> SPREAD_BITS;
    reader->code &= (1u << SPREAD_BITS) - 1;
    uint32_t groups = (reader->block->count + (1u << reader->spread) - 1) >> reader->spread;
    uint64_t end = 0;
    for (uint32_t group = 0; group < groups; group++) {
        end += reader_varint32(&bytes);
        reader->ends[group] = (uint32_t)end;
    }
    uint32_t start = (uint32_t)(bytes.next - head);
    if (bytes.bad || end > left - start) {
        damaged(reader);
        return;
    }
    reader->address = address + start;
}

void positions_reader_init(struct positions_reader *reader, struct chunk_reader *chunks,
                           const struct term_entry *entry, const struct postings_block *block) {
    reader->chunks = chunks;
    reader->block = block;
    reader->next = 0;
    reader->failed = false;
    reader->group = UINT32_MAX;
    reader->norm_chunk = UINT32_MAX;
    reader->coded = entry->documents >= POSTINGS_BLOCK;
    reader->index = reader->count = 0;
    reader->left = 0;
    for (uint32_t i = 0; i < block->count; i++)
        reader->left += block->frequencies[i];
    reader->address = block->positions;
    if (entry->occurrences == 1) {
        reader->values[0] = entry->position;
        reader->count = 1;
        reader->left = 0;
    } else if (reader->coded) {
        open_coded(reader);
    }
}

/* The bits from `bit` on, 57 at least, with zeros behind the end of what may be read. */
static inline uint64_t load_bits(const uint8_t *bytes, uint64_t bit, const uint8_t *end) {
    const uint8_t *at = bytes + bit / 8;
    if (end - at >= 8)
        return get_u64(at) >> bit % 8;
    uint64_t word = 0;
    for (unsigned i = 0; at + i < end; i++)
        word |= (uint64_t)at[i] << (8 * i);
    return word >> bit % 8;
}

/* Decodes `count` values of a posting whose k it is. Several values come out of one load, so that
 * the chain from value to value is a count of zeros, an addition and a shift. */
static inline bool decode(struct positions_reader *reader, unsigned k, uint32_t count,
                          uint32_t *values) {
    const uint8_t *bytes = reader->bytes, *end = reader->end;
    const uint64_t mask = (UINT64_C(1) << k) - 1;
    uint64_t bit = reader->bit, word = 0;
    unsigned have = 0;
    for (uint32_t i = 0; i < count; i++) {
        unsigned quotient = word ? (unsigned)__builtin_ctzll(word) : 64;
        if (quotient + 1 + k > have) {
            if (bit >= reader->bits)
                return damaged(reader);
            word = load_bits(bytes, bit, end);
            have = 64 - bit % 8;
            quotient = word ? (unsigned)__builtin_ctzll(word) : 64;
        }
        if (quotient < QUOTIENT_MAX) {
            unsigned used = quotient + 1 + k;
            values[i] = (uint32_t)(quotient << k | (word >> quotient >> 1 & mask));
            word >>= used;
            have -= used;
            bit += used;
        } else if (quotient == QUOTIENT_MAX) {
            values[i] = (uint32_t)load_bits(bytes, bit + QUOTIENT_MAX + 1, end);
            bit += QUOTIENT_MAX + 1 + 32;
            have = 0;
            word = 0;
        } else {
            return damaged(reader);
        }
    }
    reader->bit = bit;
    return bit <= reader->bits || damaged(reader);
}

/* k of a posting of the block. */
static inline unsigned posting_k(struct positions_reader *reader, uint32_t index) {
    uint32_t doc = reader->block->docs[index];
    if (doc >> NORM_BITS != reader->norm_chunk) {
        uint64_t address = chunk_address(doc >> NORM_BITS, CHUNK_HEAD);
        uint32_t size = chunk_left(reader->chunks, STREAM_NORMS, address);
        reader->norms = size ? chunk_read(reader->chunks, STREAM_NORMS, address, size) : NULL;
        reader->norm_chunk = doc >> NORM_BITS;
        reader->norm_count = size;
    }
    uint32_t at = doc & ((1u << NORM_BITS) - 1);
    uint8_t norm = reader->norms && at < reader->norm_count ? reader->norms[at] : 0;
    return rice_k(norm, reader->block->frequencies[index], reader->code);
}

static bool open_group(struct positions_reader *reader, uint32_t group) {
    uint32_t start = group ? reader->ends[group - 1] : 0;
    uint32_t size = reader->ends[group] - start;
    uint64_t address = reader->address + start;
    reader->bytes = chunk_read(reader->chunks, STREAM_POSITIONS, address, size);
    if (!reader->bytes)
        return damaged(reader);
    reader->bits = 8 * (uint64_t)size;
    reader->bit = 0;
    /* Whole words may be read up to the end of the chunk. */
    reader->end = reader->bytes + chunk_left(reader->chunks, STREAM_POSITIONS, address);
    reader->group = group;
    reader->next = group << reader->spread;
    return true;
}

__attribute__((target_clones("default", "arch=haswell"))) static bool
read_coded(struct positions_reader *reader, uint32_t index, uint32_t *values) {
    const struct postings_block *block = reader->block;
    if (reader->group != index >> reader->spread && !open_group(reader, index >> reader->spread))
        return false;
    for (; reader->next < index; reader->next++) {
        uint32_t left = block->frequencies[reader->next];
        unsigned k = posting_k(reader, reader->next);
        while (left) {
            uint32_t count = left < POSITIONS_PIECE ? left : POSITIONS_PIECE;
            if (!decode(reader, k, count, reader->values))
                return false;
            left -= count;
        }
    }
    reader->next = index + 1;
    return decode(reader, posting_k(reader, index), block->frequencies[index], values);
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

bool positions_reader_read(struct positions_reader *reader, uint32_t index, uint32_t *positions) {
    if (reader->failed || index < reader->next)
        return damaged(reader);
    bool whole = reader->coded ? read_coded(reader, index, positions)
                               : read_pieces(reader, index, positions);
    uint32_t position = 0;
    for (uint32_t i = 0; whole && i < reader->block->frequencies[index]; i++)
        positions[i] = position += positions[i];
    return whole;
}
