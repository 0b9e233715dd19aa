/* SPDX-License-Identifier: MIT */
/* Integers survive being stored, and the reader never leaves its slice. */
#include "tests/support/testing.h"

#include <stdlib.h>

#include "common/base/codec.h"

static void test_put_varint__every_size(void **state) {
    (void)state;
    for (unsigned bits = 0; bits <= 64; bits++)
        for (int near = -3; near <= 3; near++) {
            uint64_t value = (bits == 64 ? 0 : 1ull << bits) + (uint64_t)(int64_t)near;
            uint8_t bytes[VARINT_MAX];
            size_t size = (size_t)(put_varint(bytes, value) - bytes);
            uint32_t sevens = 1;
            while (sevens < 10 && value >> (7 * sevens))
                sevens++;
            assert_int_equal(size, sevens);
            struct reader reader = reader_of(bytes, size);
            assert_int_equal(reader_varint(&reader), value);
            assert_false(reader.bad);
            assert_int_equal(reader_remaining(&reader), 0);
            for (size_t cut = 0; cut < size; cut++) {
                reader = reader_of(bytes, cut);
                assert_int_equal(reader_varint(&reader), 0);
                assert_true(reader.bad);
                assert_int_equal(reader_remaining(&reader), 0);
            }
        }
}

static void test_reader_varint__longer_than_64_bits(void **state) {
    (void)state;
    uint8_t bytes[12];
    memset(bytes, 0xff, sizeof bytes);
    struct reader reader = reader_of(bytes, sizeof bytes);
    reader_varint(&reader);
    assert_true(reader.bad);
    bytes[9] = 0x02; /* the 65th bit */
    reader = reader_of(bytes, 10);
    reader_varint(&reader);
    assert_true(reader.bad);
    bytes[9] = 0x01;
    reader = reader_of(bytes, 10);
    assert_int_equal(reader_varint(&reader), UINT64_MAX);
    assert_false(reader.bad);
}

static void test_reader_varint32__bounds(void **state) {
    (void)state;
    uint8_t bytes[VARINT_MAX];
    size_t size = (size_t)(put_varint(bytes, UINT32_MAX) - bytes);
    struct reader reader = reader_of(bytes, size);
    assert_int_equal(reader_varint32(&reader), UINT32_MAX);
    assert_false(reader.bad);
    size = (size_t)(put_varint(bytes, UINT32_MAX + 1ull) - bytes);
    reader = reader_of(bytes, size);
    assert_int_equal(reader_varint32(&reader), 0);
    assert_true(reader.bad);
}

static void test_put__little_endian(void **state) {
    (void)state;
    uint8_t bytes[8];
    put_u16(bytes, 0x0201);
    assert_memory_equal(bytes, "\1\2", 2);
    put_u32(bytes, 0x04030201);
    assert_memory_equal(bytes, "\1\2\3\4", 4);
    put_u48(bytes, 0x060504030201);
    assert_memory_equal(bytes, "\1\2\3\4\5\6", 6);
    put_u64(bytes, 0x0807060504030201);
    assert_memory_equal(bytes, "\1\2\3\4\5\6\7\10", 8);
}

static void test_get__what_was_put(void **state) {
    (void)state;
    for (unsigned bit = 0; bit <= 64; bit++)
        for (int less = 0; less <= 1; less++) {
            uint64_t value = (bit == 64 ? 0 : 1ull << bit) - (uint64_t)less;
            uint8_t bytes[8];
            put_u16(bytes, (uint16_t)value);
            assert_int_equal(get_u16(bytes), (uint16_t)value);
            put_u32(bytes, (uint32_t)value);
            assert_int_equal(get_u32(bytes), (uint32_t)value);
            put_u48(bytes, value);
            assert_int_equal(get_u48(bytes), value & 0xffffffffffff);
            put_u64(bytes, value);
            assert_int_equal(get_u64(bytes), value);
        }
}

static void test_reader__truncated(void **state) {
    (void)state;
    uint8_t bytes[8];
    memset(bytes, 0xff, sizeof bytes);
    for (size_t size = 0; size < sizeof bytes; size++) {
        struct reader reader = reader_of(bytes, size);
        assert_int_equal(reader_u8(&reader), size < 1 ? 0 : UINT8_MAX);
        assert_int_equal(reader.bad, size < 1);
        reader = reader_of(bytes, size);
        assert_int_equal(reader_u32(&reader), size < 4 ? 0 : UINT32_MAX);
        assert_int_equal(reader.bad, size < 4);
        reader = reader_of(bytes, size);
        assert_int_equal(reader_u48(&reader), size < 6 ? 0 : 0xffffffffffff);
        assert_int_equal(reader.bad, size < 6);
        reader = reader_of(bytes, size);
        assert_int_equal(reader_u64(&reader), 0);
        assert_true(reader.bad);
    }
}

static void test_reader__stays_bad(void **state) {
    (void)state;
    uint8_t bytes[8] = {1, 2, 3};
    struct reader reader = reader_of(bytes, 3);
    assert_int_equal(reader_u32(&reader), 0);
    assert_int_equal(reader_u8(&reader), 0);
    assert_int_equal(reader_varint(&reader), 0);
    assert_int_equal(reader_string(&reader).size, 0);
    assert_null(reader_bytes(&reader, 1));
    assert_true(reader.bad);
}

static void test_reader_string__every_truncation(void **state) {
    (void)state;
    for (size_t length = 0; length < 300; length++) {
        uint8_t text[300];
        for (size_t i = 0; i < length; i++)
            text[i] = (uint8_t)(length + i);
        struct buffer buffer = {0};
        assert_int_equal(buffer_append_string(&buffer, slice_of(text, length)), ST_OK);
        assert_int_equal(buffer_append_byte(&buffer, 'x'), ST_OK);
        struct reader reader = reader_of(buffer.data, buffer.size);
        assert_slice(reader_string(&reader), slice_of(text, length));
        assert_int_equal(reader_u8(&reader), 'x');
        assert_false(reader.bad);
        for (size_t size = 0; size < buffer.size - 1; size++) {
            reader = reader_of(buffer.data, size);
            assert_int_equal(reader_string(&reader).size, 0);
            assert_true(reader.bad);
        }
        buffer_release(&buffer);
    }
}

/* A length that would wrap around the address space. */
static void test_reader_string__absurd_length(void **state) {
    (void)state;
    uint8_t bytes[VARINT_MAX + 4] = {0};
    for (unsigned bits = 3; bits <= 64; bits++) {
        put_varint(bytes, bits == 64 ? UINT64_MAX : 1ull << bits);
        struct reader reader = reader_of(bytes, (bits + 6) / 7 + 3);
        assert_int_equal(reader_string(&reader).size, 0);
        assert_true(reader.bad);
    }
}

static void test_buffer_append__numbers(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct buffer buffer = {0};
    uint64_t values[1000];
    for (size_t i = 0; i < 1000; i++) {
        values[i] = testing_random_bits(&random, 64);
        assert_int_equal(buffer_append_varint(&buffer, values[i]), ST_OK);
        assert_int_equal(buffer_append_u32(&buffer, (uint32_t)values[i]), ST_OK);
        assert_int_equal(buffer_append_u64(&buffer, values[i]), ST_OK);
    }
    struct reader reader = reader_of(buffer.data, buffer.size);
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(reader_varint(&reader), values[i]);
        assert_int_equal(reader_u32(&reader), (uint32_t)values[i]);
        assert_int_equal(reader_u64(&reader), values[i]);
    }
    assert_false(reader.bad);
    assert_int_equal(reader_remaining(&reader), 0);
    buffer_release(&buffer);
}

/* Stored checksums and ids depend on these values, so they may never change. They are XXH3's own
 * test vectors for no bytes and seed 0. */
static void test_hash64__fixed(void **state) {
    (void)state;
    assert_int_equal(hash64("", 0, 0), 0x2d06800538d394c2);
    assert_int_equal(checksum("", 0, 0), 0x38d394c2);
}

/* Wherever the bytes are cut, for lengths around the bounds at which XXH3 changes its method (16,
 * 128, 240, the 256 of its buffer, the 1024 of a stripe block), with one state for all. */
static void test_hash_state__equals_hash64(void **state) {
    (void)state;
    static const size_t sizes[] = {0,    1,    3,    4,    8,    9,    16,    17,    128,
                                   129,  240,  241,  255,  256,  257,  512,   513,   1023,
                                   1024, 1025, 2048, 2049, 4096, 5000, 65536, 65537, 100000};
    struct testing_random random = testing_random();
    uint8_t *bytes = malloc(100000);
    for (size_t i = 0; i < 100000; i++)
        bytes[i] = (uint8_t)testing_random_next(&random);
    struct hash_state *hash = hash_state_new();
    assert_non_null(hash);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int round = 0; round < 24; round++) {
            uint64_t seed = round % 3 ? testing_random_next(&random) : 0;
            hash_state_reset(hash, seed);
            for (size_t at = 0, size; at < sizes[i]; at += size) {
                size =
                    round == 1 ? 1 : (size_t)testing_random_bits(&random, 1 + (unsigned)round % 17);
                if (size > sizes[i] - at)
                    size = sizes[i] - at;
                hash_state_update(hash, size ? bytes + at : NULL, size);
                if (at < 300)
                    assert_int_equal(hash_state_digest(hash), hash64(bytes, at + size, seed));
            }
            assert_int_equal(hash_state_digest(hash), hash64(bytes, sizes[i], seed));
        }
    hash_state_free(hash);
    free(bytes);
}

static void test_checksum__every_bit_counts(void **state) {
    (void)state;
    uint8_t bytes[300] = {0};
    for (size_t size = 1; size <= sizeof bytes; size += 23) {
        uint32_t sum = checksum(bytes, size, 7);
        assert_int_not_equal(sum, checksum(bytes, size, 8));
        assert_int_not_equal(sum, checksum(bytes, size - 1, 7));
        for (size_t bit = 0; bit < 8 * size; bit++) {
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_not_equal(sum, checksum(bytes, size, 7));
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_put_varint__every_size),
        cmocka_unit_test(test_reader_varint__longer_than_64_bits),
        cmocka_unit_test(test_reader_varint32__bounds),
        cmocka_unit_test(test_put__little_endian),
        cmocka_unit_test(test_get__what_was_put),
        cmocka_unit_test(test_reader__truncated),
        cmocka_unit_test(test_reader__stays_bad),
        cmocka_unit_test(test_reader_string__every_truncation),
        cmocka_unit_test(test_reader_string__absurd_length),
        cmocka_unit_test(test_buffer_append__numbers),
        cmocka_unit_test(test_hash64__fixed),
        cmocka_unit_test(test_hash_state__equals_hash64),
        cmocka_unit_test(test_checksum__every_bit_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
