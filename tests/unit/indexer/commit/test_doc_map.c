/* SPDX-License-Identifier: MIT */
/* Live documents get consecutive numbers when their segment is merged. */
#include "tests/support/testing.h"

#include "common/store/keys.h"
#include "indexer/commit/doc_map.h"
#include "tests/support/store_fixture.h"

enum { SEGMENT = 5, BASE = 1000 };

/* Deletes about one document in `period`, but leaves some bitmaps out, and checks the numbers of
 * all documents. */
static void check_map(uint32_t documents, uint32_t period) {
    struct testing_random random = testing_random();
    struct error err;
    struct store_fixture fixture;
    struct buffer deletes = {0};
    store_fixture_open(&fixture);
    assert_ok(store_begin(&fixture.sink.txn, fixture.store, true, &err), &err);
    for (uint64_t first = 0; first < documents; first += 1 << SEGMENT_DELETES_BITS) {
        uint8_t bitmap[SEGMENT_DELETES_SIZE] = {0};
        uint64_t key = keys_deletes(SEGMENT, (uint32_t)(first >> SEGMENT_DELETES_BITS));
        for (uint64_t doc = first; doc < first + (1 << SEGMENT_DELETES_BITS) && doc < documents;
             doc++)
            if (testing_random_below(&random, period) == 0)
                bitmap[doc % (1 << SEGMENT_DELETES_BITS) / 8] |= (uint8_t)(1u << doc % 8);
        if (testing_random_below(&random, 4) == 0)
            memset(bitmap, 0, sizeof bitmap);
        else
            assert_ok(store_put_checksummed(fixture.sink.txn, TABLE_DELETES, keys_of_number(&key),
                                            slice_of(bitmap, sizeof bitmap), &err),
                      &err);
        assert_int_equal(buffer_append(&deletes, bitmap, sizeof bitmap), ST_OK);
    }
    store_fixture_read(&fixture);
    struct segment segment;
    struct segment_info info = {.id = SEGMENT, .documents = documents, .deleted = 1};
    struct doc_map map = {0};
    segment_open(&segment, fixture.txn, NULL, &info);
    assert_ok(doc_map_init(&map, &segment, BASE, &err), &err);
    uint32_t next = BASE;
    for (uint32_t doc = 0; doc < documents; doc++) {
        bool deleted = deletes.data[doc / 8] >> doc % 8 & 1;
        assert_int_equal(doc_map_number(&map, doc), deleted ? (uint32_t)DOC_MAP_DELETED : next);
        next += !deleted;
    }
    doc_map_release(&map);
    segment_close(&segment);
    store_fixture_close(&fixture);
    buffer_release(&deletes);
}

static void test_doc_map_number__of_those_kept(void **state) {
    (void)state;
    static const uint32_t documents[] = {1, 63, 64, 65, 255, 256, 257, 8191, 8192, 8193, 100000};
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
        for (uint32_t period = 1; period <= 100; period = 3 * period + 1)
            check_map(documents[i], period);
}

static void test_doc_map_number__none_deleted(void **state) {
    (void)state;
    struct error err;
    struct segment segment = {.info = {.documents = 100}};
    struct doc_map map = {0};
    assert_ok(doc_map_init(&map, &segment, BASE, &err), &err);
    assert_null(map.blocks);
    for (uint32_t doc = 0; doc < 100; doc++)
        assert_int_equal(doc_map_number(&map, doc), BASE + doc);
    doc_map_release(&map);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_doc_map_number__of_those_kept),
        cmocka_unit_test(test_doc_map_number__none_deleted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
