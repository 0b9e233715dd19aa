/* SPDX-License-Identifier: MIT */
/* Every id of a batch is found, whatever the hashes. */
#include "tests/support/testing.h"

#include <stdio.h>

#include "indexer/commit/pending_ids.h"

enum { IDS = 20000 };

static struct slice id_of(char text[16], unsigned number) {
    return slice_of(text, (size_t)snprintf(text, 16, "id-%u", number));
}

/* Many ids share a hash: the ids decide, not the hashes. */
static uint64_t hash_of(unsigned number) {
    return number % 7 ? number * 0x9e3779b97f4a7c15 : 42;
}

static void put(struct pending_ids *pending, unsigned number) {
    char text[16];
    assert_int_equal(
        pending_ids_add(pending, hash_of(number), id_of(text, number), number, number + 1000ull),
        ST_OK);
}

static void assert_found(struct pending_ids *pending, unsigned number) {
    char text[16];
    const struct pending_id *item = pending_ids_find(pending, hash_of(number), id_of(text, number));
    assert_non_null(item);
    assert_int_equal(item->doc, number);
    assert_int_equal(item->content_hash, number + 1000ull);
}

static void assert_missing(struct pending_ids *pending, unsigned number) {
    char text[16];
    assert_null(pending_ids_find(pending, hash_of(number), id_of(text, number)));
}

static void test_pending_ids_find__what_was_put(void **state) {
    (void)state;
    struct pending_ids pending = {0};
    assert_missing(&pending, 0);
    for (unsigned i = 0; i < IDS; i++) {
        assert_missing(&pending, i);
        put(&pending, i);
        assert_found(&pending, i);
    }
    for (unsigned i = 0; i < IDS; i++)
        assert_found(&pending, i);
    for (unsigned i = IDS; i < 2 * IDS; i++)
        assert_missing(&pending, i);
    assert_int_equal(pending.count, IDS);
    assert_true(pending_ids_memory(&pending) >= IDS * (sizeof *pending.items + sizeof "id-1" - 1));
    pending_ids_release(&pending);
    assert_int_equal(pending_ids_memory(&pending), 0);
}

static void test_pending_ids_find__ids_of_any_bytes(void **state) {
    (void)state;
    struct pending_ids pending = {0};
    const struct slice ids[] = {slice_of("a", 1), slice_of("a\0", 2), slice_of("a\0b", 3),
                                slice_of("\0", 1), slice_of("ab", 2)};
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(pending_ids_add(&pending, 1, ids[i], i, 0), ST_OK);
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(pending_ids_find(&pending, 1, ids[i])->doc, i);
    assert_null(pending_ids_find(&pending, 2, ids[0]));
    assert_null(pending_ids_find(&pending, 1, slice_of("b", 1)));
    pending_ids_release(&pending);
}

static void test_pending_ids_release__begins_anew(void **state) {
    (void)state;
    struct pending_ids pending = {0};
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 3000; i++) {
            assert_missing(&pending, i);
            put(&pending, i);
        }
        pending_ids_release(&pending);
        assert_int_equal(pending.count, 0);
        assert_int_equal(pending_ids_memory(&pending), 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pending_ids_find__what_was_put),
        cmocka_unit_test(test_pending_ids_find__ids_of_any_bytes),
        cmocka_unit_test(test_pending_ids_release__begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
