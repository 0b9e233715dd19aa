/* SPDX-License-Identifier: MIT */
/* Damaged blocks of columns are refused, or read as other values within their bounds. */
#include "tests/support/testing.h"

#include "common/column/column_block.h"

enum { DOCS = 700, VALUES_MAX = 4 * DOCS };

/* Makes a block of random values; a document has some with the probability `present` / 1000. */
static void make_block(struct buffer *bytes, struct column_block_source *source,
                       enum field_type type, uint32_t present, uint32_t most, unsigned bits,
                       struct testing_random *random) {
    static int64_t keys[VALUES_MAX];
    static uint16_t indexes[VALUES_MAX];
    struct column_block_values values = {
        .type = type, .docs = DOCS, .keys = keys, .indexes = indexes};
    for (uint16_t doc = 0; doc < DOCS; doc++)
        if (doc == 5 || testing_random_below(random, 1000) < present)
            for (uint32_t n = 1 + testing_random_below(random, most); n; n--) {
                int64_t key = (int64_t)(testing_random_next(random) >> (64 - bits));
                indexes[values.count] = doc;
                keys[values.count++] =
                    type == FIELD_TYPE_NUMBER ? field_value_key_of_number((double)key / 10) : key;
            }
    buffer_clear(bytes);
    assert_int_equal(column_block_encode(bytes, &source->min, &source->max, &values), ST_OK);
    source->type = type;
    source->first = 7 * COLUMN_BLOCK_DOCS;
    source->docs = DOCS;
    source->bytes = buffer_slice(bytes);
}

/* Decodes a block from memory of its exact size, so that sanitizers see what is read beyond. */
static enum status decode(struct column_block *block, const struct column_block_source *source) {
    struct column_block_source exact = *source;
    struct column_block scratch = {0};
    uint64_t bits[COLUMN_BLOCK_DOCS / 64];
    uint8_t *copy = malloc(source->bytes.size + !source->bytes.size);
    memcpy(copy, source->bytes.data, source->bytes.size);
    exact.bytes.data = copy;
    enum status status = column_block_decode(block, &exact);
    enum status other = column_block_range(bits, &scratch, &exact, source->min + 1, source->max);
    if (!status)
        assert_int_equal(other, ST_OK);
    assert_int_equal(column_block_present(bits, &exact) != ST_OK && !status, 0);
    for (uint32_t i = 0; i < exact.docs; i += 37) {
        int64_t key;
        other = column_block_single(&key, &exact, exact.first + i);
        if (other == ST_OK)
            assert_true(key >= source->min && key <= source->max);
        if (status == ST_OK && other != ST_SKIPPED)
            assert_int_equal(other == ST_OK, block->offsets[i + 1] > block->offsets[i]);
    }
    column_block_release(&scratch);
    free(copy);
    return status;
}

static void check_decoded(const struct column_block *block,
                          const struct column_block_source *source) {
    assert_int_equal(block->docs, source->docs);
    assert_int_equal(block->offsets[0], 0);
    assert_int_equal(block->offsets[block->docs], block->count);
    for (uint32_t i = 0; i < block->docs; i++)
        assert_in_range(block->offsets[i + 1], block->offsets[i],
                        block->offsets[i] + FIELD_VALUES_MAX);
    for (uint32_t i = 0; i < block->count; i++)
        assert_true(block->keys[i] >= source->min && block->keys[i] <= source->max);
}

static void test_column_block__survives_damage(void **state) {
    (void)state;
    static const struct {
        enum field_type type;
        uint32_t present, most;
        unsigned bits;
    } kinds[] = {{FIELD_TYPE_NUMBER, 1000, 1, 12}, {FIELD_TYPE_NUMBER, 500, 3, 20},
                 {FIELD_TYPE_DATE, 10, 1, 30},     {FIELD_TYPE_DATE, 900, 1, 44},
                 {FIELD_TYPE_KEYWORD, 1000, 4, 5}, {FIELD_TYPE_KEYWORD, 5, 2, 1}};
    struct testing_random random = testing_random();
    struct column_block block = {0};
    struct buffer bytes = {0};
    uint32_t refused = 0;
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        struct column_block_source source;
        make_block(&bytes, &source, kinds[kind].type, kinds[kind].present, kinds[kind].most,
                   kinds[kind].bits, &random);
        assert_int_equal(decode(&block, &source), ST_OK);
        check_decoded(&block, &source);
        for (unsigned round = 0; round < 200; round++) {
            struct column_block_source other = source;
            /* Most of what can go wrong is at the start. */
            uint32_t limit = round % 2 ? 16 : (uint32_t)bytes.size;
            uint32_t at = testing_random_below(&random, limit) % (uint32_t)bytes.size;
            uint8_t before = bytes.data[at];
            bytes.data[at] = (uint8_t)testing_random_next(&random);
            if (round % 5 == 0)
                other.bytes.size = testing_random_below(&random, (uint32_t)bytes.size);
            if (round % 7 == 0)
                other.max += (int64_t)testing_random_below(&random, 1000) - 500;
            if (round % 11 == 0)
                other.docs = testing_random_below(&random, 2000);
            enum status status = decode(&block, &other);
            if (!status)
                check_decoded(&block, &other);
            refused += status != ST_OK;
            bytes.data[at] = before;
        }
    }
    assert_true(refused > 300);
    column_block_release(&block);
    buffer_release(&bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_column_block__survives_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
