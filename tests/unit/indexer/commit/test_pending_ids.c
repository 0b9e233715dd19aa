/* The ids of a batch. */
#include "tests/support/testing.h"

#include <stdio.h>

#include "indexer/commit/pending_ids.h"

enum { IDS = 20000 };

static struct slice id_of(char text[16], unsigned number) {
    return slice_of(text, (size_t)snprintf(text, 16, "id-%u", number));
}

/* Few different hashes: ids, not hashes, decide. */
static uint64_t hash_of(unsigned number) {
    return number % 7 ? number * 0x9e3779b97f4a7c15 : 42;
}

static void put(struct batch *batch, unsigned number) {
    char text[16];
    assert_int_equal(
        batch_put(batch, hash_of(number), id_of(text, number), number, number + 1000ull), ST_OK);
}

static void assert_found(struct batch *batch, unsigned number) {
    char text[16];
    const struct batch_item *item = batch_find(batch, hash_of(number), id_of(text, number));
    assert_non_null(item);
    assert_int_equal(item->doc, number);
    assert_int_equal(item->content_hash, number + 1000ull);
}

static void assert_missing(struct batch *batch, unsigned number) {
    char text[16];
    assert_null(batch_find(batch, hash_of(number), id_of(text, number)));
}

static void test_batch_find__what_was_put(void **state) {
    (void)state;
    struct batch batch = {0};
    assert_missing(&batch, 0);
    for (unsigned i = 0; i < IDS; i++) {
        assert_missing(&batch, i);
        put(&batch, i);
        assert_found(&batch, i);
    }
    for (unsigned i = 0; i < IDS; i++)
        assert_found(&batch, i);
    for (unsigned i = IDS; i < 2 * IDS; i++)
        assert_missing(&batch, i);
    assert_int_equal(batch.count, IDS);
    assert_true(batch_memory(&batch) >= IDS * (sizeof *batch.items + sizeof "id-1" - 1));
    batch_release(&batch);
    assert_int_equal(batch_memory(&batch), 0);
}

static void test_batch_find__ids_of_any_bytes(void **state) {
    (void)state;
    struct batch batch = {0};
    const struct slice ids[] = {slice_of("a", 1), slice_of("a\0", 2), slice_of("a\0b", 3),
                                slice_of("\0", 1), slice_of("ab", 2)};
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(batch_put(&batch, 1, ids[i], i, 0), ST_OK);
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(batch_find(&batch, 1, ids[i])->doc, i);
    assert_null(batch_find(&batch, 2, ids[0]));
    assert_null(batch_find(&batch, 1, slice_of("b", 1)));
    batch_release(&batch);
}

static void test_batch_release__begins_anew(void **state) {
    (void)state;
    struct batch batch = {0};
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 3000; i++) {
            assert_missing(&batch, i);
            put(&batch, i);
        }
        batch_release(&batch);
        assert_int_equal(batch.count, 0);
        assert_int_equal(batch_memory(&batch), 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batch_find__what_was_put),
        cmocka_unit_test(test_batch_find__ids_of_any_bytes),
        cmocka_unit_test(test_batch_release__begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
