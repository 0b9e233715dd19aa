/* SPDX-License-Identifier: MIT */
/* Records, cursors and checksums: every table against a plain sorted array. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/store/store.h"
#include "tests/support/stores.h"

enum { KEYS = 400 };

static bool is_numbered(enum store_table table) {
    return table == TABLE_CHUNK || table == TABLE_DELETES;
}

/* What a table should contain: all possible keys, in order, and the values of those that exist. */
struct model {
    enum store_table table;
    uint64_t numbers[KEYS];
    char names[KEYS][16];
    struct buffer values[KEYS];
    bool there[KEYS];
};

/* Keys are spread out, so that a key between two others can be sought, and so that LMDB's order of
 * numbers, which is not that of their bytes, matters. */
static void model_init(struct model *model, enum store_table table) {
    *model = (struct model){.table = table};
    for (uint64_t i = 0; i < KEYS; i++) {
        model->numbers[i] = i * UINT64_C(0x40000001);
        snprintf(model->names[i], sizeof model->names[i], "key%06d", (int)i * 7);
    }
}

static void model_release(struct model *model) {
    for (size_t i = 0; i < KEYS; i++)
        buffer_release(&model->values[i]);
}

static struct slice model_key(const struct model *model, size_t i) {
    return is_numbered(model->table) ? slice_of(&model->numbers[i], sizeof model->numbers[i])
                                     : slice_of_string(model->names[i]);
}

/* The nearest existing key, at or before `i` (step -1) or after it (step 1), or KEYS. */
static size_t model_near(const struct model *model, size_t i, int step) {
    while (i < KEYS && !model->there[i])
        i += (size_t)step;
    return i < KEYS ? i : KEYS;
}

/* Puts a value that fits into a page, or one that needs pages of its own. TABLE_META also has the
 * record of the transaction, after all of these keys. */
static void model_put(struct model *model, size_t i, struct store_txn *txn,
                      struct testing_random *random) {
    struct error err;
    struct buffer *value = &model->values[i];
    size_t size = (size_t)testing_random_bits(random, 12) + testing_random_below(random, 2) * 900;
    buffer_clear(value);
    assert_int_equal(buffer_reserve(value, size + 1), ST_OK);
    for (size_t at = 0; at < size; at++)
        value->data[at] = (uint8_t)testing_random_next(random);
    value->size = size;
    assert_ok(store_put(txn, model->table, model_key(model, i), buffer_slice(value), &err), &err);
    model->there[i] = true;
}

static void assert_record(const struct model *model, size_t i, struct slice key,
                          struct slice value) {
    assert_slice(key, model_key(model, i));
    assert_slice(value, buffer_slice(&model->values[i]));
}

static void assert_get(const struct model *model, size_t i, struct store_txn *txn) {
    struct error err;
    struct slice value;
    assert_status(store_get(&value, txn, model->table, model_key(model, i), &err),
                  model->there[i] ? ST_OK : ST_NOT_FOUND, &err);
    if (model->there[i])
        assert_slice(value, buffer_slice(&model->values[i]));
}

static void assert_floor(const struct model *model, size_t i, struct store_txn *txn) {
    struct error err;
    struct slice key, value;
    size_t expected = model_near(model, i, -1);
    assert_status(store_floor(&key, &value, txn, model->table, model_key(model, i), &err),
                  expected < KEYS ? ST_OK : ST_NOT_FOUND, &err);
    if (expected < KEYS)
        assert_record(model, expected, key, value);
}

static bool is_txn_record(const struct model *model, struct slice key) {
    return model->table == TABLE_META && slice_equal(key, slice_of_string("stamp"));
}

/* Walks from key `i` to the end. */
static void assert_walk(const struct model *model, size_t i, struct store_txn *txn) {
    struct error err;
    struct store_cursor *cursor;
    struct slice key, value;
    assert_ok(store_cursor_open(&cursor, txn, model->table, &err), &err);
    enum status status = store_cursor_seek(&key, &value, cursor, model_key(model, i), &err);
    for (i = model_near(model, i, 1); i < KEYS; i = model_near(model, i + 1, 1)) {
        assert_ok(status, &err);
        assert_record(model, i, key, value);
        status = store_cursor_next(&key, &value, cursor, &err);
    }
    if (!status && is_txn_record(model, key))
        status = store_cursor_next(&key, &value, cursor, &err);
    assert_status(status, ST_END, &err);
    store_cursor_close(cursor);
}

/* Deletes some of the records from key `i` on during a walk. */
static void delete_walking(struct model *model, size_t i, struct store_txn *txn,
                           struct testing_random *random) {
    struct error err;
    struct store_cursor *cursor;
    struct slice key, value;
    assert_ok(store_cursor_open(&cursor, txn, model->table, &err), &err);
    enum status status = store_cursor_seek(&key, &value, cursor, model_key(model, i), &err);
    for (i = model_near(model, i, 1); i < KEYS; i = model_near(model, i + 1, 1)) {
        assert_ok(status, &err);
        assert_record(model, i, key, value);
        if (testing_random_below(random, 4) > 0) {
            assert_ok(store_cursor_delete(cursor, &err), &err);
            model->there[i] = false;
        }
        status = store_cursor_next(&key, &value, cursor, &err);
    }
    store_cursor_close(cursor);
}

static void assert_all(const struct model *model, struct store_txn *txn,
                       struct testing_random *random) {
    for (size_t i = 0; i < KEYS; i++)
        assert_get(model, i, txn);
    for (int i = 0; i < 50; i++)
        assert_floor(model, testing_random_below(random, KEYS), txn);
    assert_walk(model, 0, txn);
    assert_walk(model, testing_random_below(random, KEYS), txn);
}

static void test_store_put__stores_any_order_in_every_table(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (enum store_table table = 0; table < TABLE_COUNT; table++) {
        struct error err;
        struct store *store = stores_open(stores_new(), STORE_WRITE);
        struct model *model = malloc(sizeof *model);
        assert_non_null(model);
        model_init(model, table);
        for (int round = 0; round < 12; round++) {
            struct store_txn *txn = stores_begin(store, true);
            uint32_t steps = 1 + testing_random_below(&random, 200);
            for (uint32_t step = 0; step < steps; step++) {
                size_t i = testing_random_below(&random, KEYS);
                switch (testing_random_below(&random, 6)) {
                case 0:
                    assert_status(store_delete(txn, table, model_key(model, i), &err),
                                  model->there[i] ? ST_OK : ST_NOT_FOUND, &err);
                    model->there[i] = false;
                    break;
                case 1:
                    assert_floor(model, i, txn);
                    break;
                case 2:
                    assert_get(model, i, txn);
                    break;
                default:
                    model_put(model, i, txn, &random);
                }
            }
            if (round % 4 == 3)
                delete_walking(model, testing_random_below(&random, KEYS), txn, &random);
            assert_all(model, txn, &random);
            stores_commit(txn);
            txn = stores_begin(store, false);
            assert_all(model, txn, &random);
            store_abort(txn);
        }
        store_close(store);
        model_release(model);
        free(model);
    }
}

static void test_store_cursor_delete__empties_a_table(void **state) {
    (void)state;
    struct error err;
    struct store *store = stores_open(stores_new(), STORE_WRITE);
    struct store_txn *txn = stores_begin(store, true);
    for (uint64_t i = 0; i < 3000; i++)
        assert_ok(store_put(txn, TABLE_DELETES, slice_of(&i, sizeof i), slice_of_string("x"), &err),
                  &err);
    stores_commit(txn);
    txn = stores_begin(store, true);
    struct store_cursor *cursor;
    struct slice key, value;
    assert_ok(store_cursor_open(&cursor, txn, TABLE_DELETES, &err), &err);
    uint64_t count = 0;
    enum status status = store_cursor_next(&key, &value, cursor, &err); /* begins at the first */
    for (; !status; status = store_cursor_next(&key, &value, cursor, &err)) {
        uint64_t found;
        memcpy(&found, key.data, sizeof found);
        assert_int_equal(found, count++);
        assert_ok(store_cursor_delete(cursor, &err), &err);
    }
    assert_status(status, ST_END, &err);
    assert_int_equal(count, 3000);
    assert_status(store_cursor_seek(&key, &value, cursor, slice_of("", 0), &err), ST_END, &err);
    store_cursor_close(cursor);
    stores_commit(txn);
    store_close(store);
}

static void test_store_get__refuses_keys_of_impossible_sizes(void **state) {
    (void)state;
    struct error err;
    struct store *store = stores_open(stores_new(), STORE_WRITE);
    struct store_txn *txn = stores_begin(store, true);
    static const uint8_t bytes[STORE_KEY_MAX + 1];
    struct slice found, value = slice_of_string("value");
    for (enum store_table table = 0; table < TABLE_COUNT; table++)
        for (size_t size = 0; size <= sizeof bytes; size++) {
            struct slice key = slice_of(bytes, size);
            bool fits = is_numbered(table) ? size == 8 : size >= 1 && size <= STORE_KEY_MAX;
            enum status expected = fits ? ST_OK : ST_LIMIT;
            assert_status(store_put(txn, table, key, value, &err), expected, &err);
            assert_status(store_get(&value, txn, table, key, &err), expected, &err);
            assert_status(store_floor(&found, &value, txn, table, key, &err), expected, &err);
            value = slice_of_string("value");
            assert_status(store_delete(txn, table, key, &err), expected, &err);
        }
    store_abort(txn);
    store_close(store);
}

/* Keys of every size, each the beginning of the next: walks and look-ups find them in order. */
static void test_store_put__sorts_keys_of_every_size(void **state) {
    (void)state;
    struct error err;
    struct store *store = stores_open(stores_new(), STORE_WRITE);
    struct store_txn *txn = stores_begin(store, true);
    static const uint8_t bytes[STORE_KEY_MAX];
    for (size_t size = STORE_KEY_MAX; size > 0; size--)
        assert_ok(
            store_put(txn, TABLE_DICT, slice_of(bytes, size), slice_of(&size, size % 2), &err),
            &err);
    stores_commit(txn);
    txn = stores_begin(store, false);
    struct store_cursor *cursor;
    struct slice found, value;
    assert_ok(store_cursor_open(&cursor, txn, TABLE_DICT, &err), &err);
    for (size_t size = 1; size <= STORE_KEY_MAX; size++) {
        assert_ok(store_cursor_next(&found, &value, cursor, &err), &err);
        assert_slice(found, slice_of(bytes, size));
        assert_int_equal(value.size, size % 2);
        assert_ok(store_floor(&found, &value, txn, TABLE_DICT, slice_of(bytes, size), &err), &err);
        assert_slice(found, slice_of(bytes, size));
    }
    assert_status(store_cursor_next(&found, &value, cursor, &err), ST_END, &err);
    store_cursor_close(cursor);
    store_abort(txn);
    store_close(store);
}

static void test_store_cursor_next__stays_past_the_last_record(void **state) {
    (void)state;
    struct error err;
    struct store *store = stores_open(stores_new(), STORE_WRITE);
    struct store_txn *txn = stores_begin(store, true);
    struct slice found, value;
    uint64_t key, beyond = 4;
    for (key = 1; key < beyond; key++)
        assert_ok(store_put(txn, TABLE_DELETES, slice_of(&key, sizeof key), slice_of("v", 1), &err),
                  &err);
    struct store_cursor *cursor;
    assert_ok(store_cursor_open(&cursor, txn, TABLE_DELETES, &err), &err);
    key = 2;
    for (int i = 0; i < 2; i++) { /* a new cursor, then one that is at a record */
        assert_status(
            store_cursor_seek(&found, &value, cursor, slice_of(&beyond, sizeof beyond), &err),
            ST_END, &err);
        assert_status(store_cursor_next(&found, &value, cursor, &err), ST_END, &err);
        assert_status(store_cursor_next(&found, &value, cursor, &err), ST_END, &err);
        assert_ok(store_cursor_seek(&found, &value, cursor, slice_of(&key, sizeof key), &err),
                  &err);
        assert_slice(found, slice_of(&key, sizeof key));
    }
    store_cursor_close(cursor);
    store_abort(txn);
    store_close(store);
}

static void test_store_reserve__stores_values_of_any_size(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 2022, 2023, 2024, 4080, 4081, 65520, 1 << 20, 9 << 20};
    struct error err;
    struct store *store = stores_open(stores_new(), STORE_WRITE);
    struct store_txn *txn = stores_begin(store, true);
    for (uint64_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint8_t *dest = NULL;
        assert_ok(store_reserve(&dest, txn, TABLE_CHUNK, slice_of(&i, sizeof i), sizes[i], &err),
                  &err);
        memset(dest, (int)i + 1, sizes[i]);
    }
    stores_commit(txn);
    txn = stores_begin(store, false);
    for (uint64_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct slice value;
        assert_ok(store_get(&value, txn, TABLE_CHUNK, slice_of(&i, sizeof i), &err), &err);
        assert_int_equal(value.size, sizes[i]);
        for (size_t at = 0; at < value.size; at += value.size < 65521 ? 1 : 509)
            assert_int_equal(value.data[at], i + 1);
        assert_int_equal((uintptr_t)value.data % (sizes[i] + 8 > 2030 ? 16 : 2), 0);
    }
    store_abort(txn);
    store_close(store);
}

static void test_store_reserve__refuses_more_than_a_transaction(void **state) {
    (void)state;
    struct error err;
    struct store *store = stores_open(stores_new(), STORE_WRITE);
    struct store_txn *txn = stores_begin(store, true);
    uint64_t key = 0;
    uint8_t *dest;
    enum status status;
    while (
        !(status = store_reserve(&dest, txn, TABLE_CHUNK, slice_of(&key, sizeof key), 65520, &err)))
        key++;
    assert_status(status, ST_LIMIT, &err);
    assert_in_range(key, STORE_TXN_BYTES / 65536, 2 * (uint64_t)STORE_TXN_BYTES / 65536);
    assert_in_range(store_txn_bytes(txn), key * 65536, 2 * (uint64_t)STORE_TXN_BYTES);
    store_abort(txn);
    txn = stores_begin(store, true);
    assert_int_equal(store_txn_bytes(txn), 0);
    struct slice value;
    key = 0;
    assert_status(store_get(&value, txn, TABLE_CHUNK, slice_of(&key, sizeof key), &err),
                  ST_NOT_FOUND, &err);
    store_abort(txn);
    store_close(store);
}

/* Two dictionary blocks that come in order share a page. */
static void test_store_put__in_order_fills_pages(void **state) {
    (void)state;
    enum { BLOCKS = 2000, BLOCK = 2000 };
    struct error err;
    struct store *store = stores_open(stores_new(), STORE_WRITE);
    struct store_txn *txn = stores_begin(store, true);
    static const uint8_t block[BLOCK];
    for (int i = 0; i < BLOCKS; i++) {
        char key[16];
        snprintf(key, sizeof key, "%08d", i);
        assert_ok(store_put(txn, TABLE_DICT, slice_of_string(key), slice_of(block, BLOCK), &err),
                  &err);
    }
    stores_commit(txn);
    txn = stores_begin(store, false);
    struct store_size size;
    assert_ok(store_size(&size, txn, &err), &err);
    store_abort(txn);
    store_close(store);
    assert_in_range(size.used, BLOCKS * BLOCK, BLOCKS * 4096 / 2 * 102 / 100);
}

static void test_store_check_record__notices_every_flipped_bit(void **state) {
    (void)state;
    struct error err;
    struct store *store = stores_open(stores_new(), STORE_WRITE);
    struct store_txn *txn = stores_begin(store, true);
    for (size_t size = 0; size <= 40; size += 8) {
        uint8_t key[] = "a key", payload[40] = "forty bytes, of which some are checked.", copy[44];
        struct slice value, back;
        assert_ok(store_put_checksummed(txn, TABLE_FILE, slice_of_string((char *)key),
                                        slice_of(payload, size), &err),
                  &err);
        assert_ok(store_get_checksummed(&back, txn, TABLE_FILE, slice_of_string((char *)key), &err),
                  &err);
        assert_slice(back, slice_of(payload, size));
        assert_ok(store_get(&value, txn, TABLE_FILE, slice_of_string((char *)key), &err), &err);
        assert_int_equal(value.size, size + 4);
        memcpy(copy, value.data, value.size);
        value.data = copy;
        assert_int_equal(store_check_record(&back, slice_of_string((char *)key), value), ST_OK);
        for (size_t bit = 0; bit < 8 * value.size; bit++) {
            copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_int_equal(store_check_record(&back, slice_of_string((char *)key), value),
                             ST_CORRUPT);
            copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        for (size_t bit = 0; bit < 8 * (sizeof key - 1); bit++) {
            key[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_int_equal(store_check_record(&back, slice_of(key, sizeof key - 1), value),
                             ST_CORRUPT);
            key[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        for (size_t cut = 0; cut < value.size; cut++)
            assert_int_equal(
                store_check_record(&back, slice_of_string((char *)key), slice_of(copy, cut)),
                ST_CORRUPT);
    }
    store_abort(txn);
    store_close(store);
}

static void test_store_get_checksummed__refuses_a_plain_record(void **state) {
    (void)state;
    struct error err;
    const char *path = stores_new();
    struct store *store = stores_open(path, STORE_WRITE);
    struct store_txn *txn = stores_begin(store, true);
    struct slice key = slice_of_string("key"), payload;
    assert_ok(store_put(txn, TABLE_META, key, slice_of_string("no checksum"), &err), &err);
    assert_status(store_get_checksummed(&payload, txn, TABLE_META, key, &err), ST_CORRUPT, &err);
    assert_non_null(strstr(err.text, path));
    assert_ok(store_put(txn, TABLE_META, key, slice_of_string("no"), &err), &err);
    assert_status(store_get_checksummed(&payload, txn, TABLE_META, key, &err), ST_CORRUPT, &err);
    assert_status(store_get_checksummed(&payload, txn, TABLE_META, slice_of_string("none"), &err),
                  ST_NOT_FOUND, &err);
    store_abort(txn);
    store_close(store);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_store_put__stores_any_order_in_every_table),
        cmocka_unit_test(test_store_cursor_delete__empties_a_table),
        cmocka_unit_test(test_store_get__refuses_keys_of_impossible_sizes),
        cmocka_unit_test(test_store_put__sorts_keys_of_every_size),
        cmocka_unit_test(test_store_cursor_next__stays_past_the_last_record),
        cmocka_unit_test(test_store_reserve__stores_values_of_any_size),
        cmocka_unit_test(test_store_reserve__refuses_more_than_a_transaction),
        cmocka_unit_test(test_store_put__in_order_fills_pages),
        cmocka_unit_test(test_store_check_record__notices_every_flipped_bit),
        cmocka_unit_test(test_store_get_checksummed__refuses_a_plain_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
