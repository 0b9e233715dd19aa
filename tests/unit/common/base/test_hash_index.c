/* SPDX-License-Identifier: MIT */
/* Every item that was put into the table is found by its hash, and no other. */
#include "common/base/hash_index.h"

#include <stdlib.h>

#include "tests/support/testing.h"

enum { ITEMS = 700, SLOTS = 1024 };

/* Few distinct hashes, so that probing has long runs and wraps around the end. */
static uint64_t hash_of(uint32_t item) {
    return SLOTS - 5 + item % 7;
}

static bool find(const struct hash_index *index, uint32_t wanted, size_t *slot) {
    uint32_t item;
    for (bool more = hash_index_first(&item, slot, index, hash_of(wanted)); more;
         more = hash_index_next(&item, slot, index))
        if (item == wanted)
            return true;
    return false;
}

static void test_hash_index__finds_what_was_put(void **state) {
    (void)state;
    struct hash_index index = {.slots = calloc(SLOTS, sizeof(uint32_t)), .mask = SLOTS - 1};
    assert_non_null(index.slots);
    size_t slot;
    for (uint32_t i = 0; i < ITEMS; i++) {
        assert_false(find(&index, i, &slot));
        hash_index_put(&index, slot, i);
    }
    struct hash_index larger = {.slots = calloc(2 * SLOTS, sizeof(uint32_t)),
                                .mask = 2 * SLOTS - 1};
    assert_non_null(larger.slots);
    for (uint32_t i = 0; i < ITEMS; i++)
        hash_index_insert(&larger, hash_of(i), i);
    for (uint32_t i = 0; i < ITEMS; i++) {
        assert_true(find(&index, i, &slot));
        assert_true(find(&larger, i, &slot));
    }
    assert_false(find(&index, ITEMS, &slot));
    assert_false(find(&larger, ITEMS, &slot));
    free(index.slots);
    free(larger.slots);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash_index__finds_what_was_put),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
