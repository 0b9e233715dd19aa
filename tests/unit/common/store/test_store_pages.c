/* SPDX-License-Identifier: MIT */
/* Checking LMDB's own pages: sound ones pass, whatever happened to them before; each kind of damage
 * is named; and no content of a page leads the check astray. */
#include "tests/support/testing.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/codec.h"
#include "common/store/store.h"

enum {
    PAGE = 4096,
    HEADER = 16,
    FLAGS_AT = 10,
    LOWER_AT = 12,
    UPPER_AT = 14,
    BRANCH = 1,
    LEAF = 2,
    LARGE = 4,
    META_LAST = 136, /* last page, in a meta page */
    META_TREES = 40, /* free list and main tree, in a meta page */
    TREE = 48,
    TREE_ROOT = 40,
};

/* A store with trees of several levels, large values and free pages; the read transaction through
 * which it is checked; and its file, to which tests do damage. */
struct fixture {
    struct store *store;
    struct store_txn *txn;
    int fd;
    struct buffer image;
};

static struct fixture fixture;

static void put(struct store_txn *txn, enum store_table table, uint64_t number, size_t size) {
    struct error err;
    uint8_t *dest;
    char name[32];
    struct slice key = slice_of(&number, sizeof number);
    if (table != TABLE_CHUNK)
        key = slice_of(name,
                       (size_t)snprintf(name, sizeof name, "key of record %05u", (unsigned)number));
    assert_ok(store_reserve(&dest, txn, table, key, size, &err), &err);
    memset(dest, (int)number, size);
}

static void fill(struct store *store) {
    struct error err;
    for (unsigned round = 0; round < 6; round++) {
        struct store_txn *txn;
        assert_ok(store_begin(&txn, store, true, &err), &err);
        for (unsigned i = 0; i < 3000; i++)
            put(txn, TABLE_FILE, round * 1000 + i, 20 + i % 100);
        for (unsigned i = 0; i < 40; i++) {
            put(txn, TABLE_DICT, round * 20 + i, 1900);
            put(txn, TABLE_CHUNK, round * 20 + i, i % 4 ? 65520 : 3000);
        }
        uint64_t key = round * 20 + 7;
        if (round)
            store_delete(txn, TABLE_CHUNK, slice_of(&key, sizeof key), &err);
        assert_ok(store_commit(txn, &err), &err);
    }
}

static int set_up(void **state) {
    (void)state;
    struct error err;
    const char *path = testing_path("store");
    char data[300];
    struct stat stat;
    assert_ok(store_create(path, &err), &err);
    assert_ok(store_open(&fixture.store, path, STORE_WRITE, &err), &err);
    fill(fixture.store);
    store_close(fixture.store);
    assert_ok(store_open(&fixture.store, path, STORE_READ, &err), &err);
    assert_ok(store_begin(&fixture.txn, fixture.store, false, &err), &err);
    snprintf(data, sizeof data, "%s/data.mdb", path);
    fixture.fd = open(data, O_RDWR | O_CLOEXEC);
    assert_true(fixture.fd >= 0 && fstat(fixture.fd, &stat) == 0);
    assert_int_equal(buffer_reserve(&fixture.image, (size_t)stat.st_size), ST_OK);
    fixture.image.size = (size_t)stat.st_size;
    assert_int_equal(pread(fixture.fd, fixture.image.data, fixture.image.size, 0),
                     fixture.image.size);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    store_abort(fixture.txn);
    store_close(fixture.store);
    close(fixture.fd);
    buffer_release(&fixture.image);
    return 0;
}

static uint64_t pages(void) {
    return fixture.image.size / PAGE;
}

static uint8_t *page(uint64_t number) {
    assert_true(number < pages());
    return fixture.image.data + number * PAGE;
}

/* The meta page of the newest commit. */
static uint8_t *meta(void) {
    return page(store_txn_id(fixture.txn) & 1);
}

static uint64_t free_root(void) {
    return get_u64(meta() + META_TREES + TREE_ROOT);
}

static uint64_t main_root(void) {
    return get_u64(meta() + META_TREES + TREE + TREE_ROOT);
}

static uint8_t *node(uint8_t *at, unsigned index) {
    return at + get_u16(at + HEADER + 2 * (size_t)index);
}

static unsigned count(const uint8_t *at) {
    return (get_u16(at + LOWER_AT) - (unsigned)HEADER) / 2;
}

static uint8_t *node_data(uint8_t *at) {
    return at + 8 + get_u16(at + 6);
}

/* The root of a table's tree. */
static uint64_t table_root(const char *name) {
    uint8_t *root = page(main_root());
    for (unsigned i = 0; i < count(root); i++) {
        uint8_t *at = node(root, i);
        if (get_u16(at + 6) == strlen(name) && memcmp(at + 8, name, strlen(name)) == 0)
            return get_u64(node_data(at) + TREE_ROOT);
    }
    fail();
    return 0;
}

/* The first leaf of the tree. */
static uint64_t first_leaf(uint64_t number) {
    while (get_u16(page(number) + FLAGS_AT) == BRANCH)
        number = get_u32(node(page(number), 0));
    return number;
}

/* Checks the pages of the image as it is now, and restores the file. If `found` is NULL, only those
 * that every commit rewrites. */
static enum status check(struct store_pages *found, struct error *err) {
    struct buffer sound = {0};
    assert_int_equal(buffer_reserve(&sound, fixture.image.size), ST_OK);
    assert_int_equal(pread(fixture.fd, sound.data, fixture.image.size, 0), fixture.image.size);
    assert_int_equal(pwrite(fixture.fd, fixture.image.data, fixture.image.size, 0),
                     fixture.image.size);
    enum status status = found ? store_pages_check(found, fixture.txn, err)
                               : store_pages_check_rewritten(fixture.txn, err);
    assert_int_equal(pwrite(fixture.fd, sound.data, fixture.image.size, 0), fixture.image.size);
    memcpy(fixture.image.data, sound.data, fixture.image.size);
    buffer_release(&sound);
    return status;
}

static void refuses(const char *message) {
    struct error err;
    struct store_pages found;
    assert_status(check(&found, &err), ST_CORRUPT, &err);
    if (!strstr(err.text, message))
        fail_msg("\"%s\" says nothing of \"%s\"", err.text, message);
}

static void test_store_pages_check__all_are_accounted_for(void **state) {
    (void)state;
    struct error err;
    struct store_pages found;
    assert_ok(check(&found, &err), &err);
    assert_true(found.used > 1500 && found.free > 100);
    assert_int_equal(found.leaked, 0);
    assert_int_equal(found.used + found.free, get_u64(meta() + META_LAST) + 1);
    struct store_size size;
    assert_ok(store_size(&size, fixture.txn, &err), &err);
    assert_int_equal(found.free * PAGE, size.reclaimable);
    assert_int_equal(found.used * PAGE, size.used);
}

/* A list of free pages, in a leaf of its tree or in pages of its own. */
static uint8_t *free_list(void) {
    uint8_t *leaf = page(first_leaf(free_root()));
    for (unsigned i = 0; i < count(leaf); i++) {
        uint8_t *at = node(leaf, i), *data = node_data(at);
        if (get_u16(at + 4) & 1)
            data = page(get_u64(data)) + HEADER;
        if (get_u64(data) > 2)
            return data;
    }
    fail();
    return NULL;
}

static void test_store_pages_check__notices_pages_that_are_free_and_in_use(void **state) {
    (void)state;
    char message[64];
    uint8_t *list = free_list();
    uint64_t leaf = first_leaf(table_root("file")), last = get_u64(list);
    snprintf(message, sizeof message, "page %u of data.mdb is free, but", (unsigned)leaf);
    /* At its position, as pages descend. */
    uint64_t at = 1;
    while (at < last && get_u64(list + 8 * (at + 1)) > leaf)
        at++;
    put_u64(list + 8 * at, leaf);
    refuses(message);
}

static void test_store_pages_check__notices_pages_that_are_free_twice(void **state) {
    (void)state;
    uint8_t *list = free_list();
    put_u64(list + 16, get_u64(list + 8));
    refuses("out of order");
    list = free_list();
    put_u64(list, 1 << 20);
    refuses("longer than its record");
    list = free_list();
    put_u64(list + 8, get_u64(meta() + META_LAST) + 1);
    refuses("is not in the file");
}

/* A page that nothing refers to is lost, but is not damage. */
static void test_store_pages_check__counts_leaked_pages(void **state) {
    (void)state;
    struct error err;
    struct store_pages found;
    uint8_t *list = free_list();
    put_u64(list, get_u64(list) - 1);
    assert_ok(check(&found, &err), &err);
    assert_int_equal(found.leaked, 1);
}

static void test_store_pages_check__notices_pages_that_are_used_twice(void **state) {
    (void)state;
    uint8_t *branch = page(table_root("dict"));
    assert_int_equal(get_u16(branch + FLAGS_AT), BRANCH);
    memcpy(node(branch, 1), node(branch, 0), 4);
    refuses("data.mdb");
    /* Two records have the same value. */
    uint8_t *leaf = page(first_leaf(table_root("chunk")));
    unsigned first = count(leaf), second = 0;
    for (unsigned i = 0; i < count(leaf); i++)
        if (get_u16(node(leaf, i) + 4) & 1) {
            first = first == count(leaf) ? i : first;
            second = i;
        }
    assert_true(first < second);
    memcpy(node_data(node(leaf, second)), node_data(node(leaf, first)), 8);
    refuses("is in use twice");
}

/* A key is hidden from look-ups by the key above it or by its neighbours. */
static void test_store_pages_check__notices_keys_out_of_order(void **state) {
    (void)state;
    uint8_t *branch = page(table_root("file"));
    assert_int_equal(get_u16(branch + FLAGS_AT), BRANCH);
    node(branch, 1)[8 + 14] ^= 1;
    refuses("contradicts itself or its tree");
    uint64_t number = first_leaf(table_root("file"));
    uint8_t *leaf = page(number);
    for (unsigned i = 0; i < 2; i++)
        leaf[HEADER + i] ^= leaf[HEADER + 2 + i];
    for (unsigned i = 0; i < 2; i++)
        leaf[HEADER + 2 + i] ^= leaf[HEADER + i];
    for (unsigned i = 0; i < 2; i++)
        leaf[HEADER + i] ^= leaf[HEADER + 2 + i];
    refuses("contradicts itself or its tree");
}

/* A page that is sound, but not the right one: it was written to the wrong place or never
 * written. */
static void test_store_pages_check__notices_lost_writes(void **state) {
    (void)state;
    uint64_t number = first_leaf(table_root("file"));
    memcpy(page(number), page(first_leaf(table_root("dict"))), PAGE);
    refuses("is not the page that its tree expects there");
    /* A leaf as it was before its last key was added. */
    uint8_t *leaf = page(number);
    uint16_t at = get_u16(leaf + UPPER_AT);
    for (unsigned i = 0; i < count(leaf); i++)
        if (get_u16(leaf + HEADER + 2 * (size_t)i) == at) {
            memmove(leaf + HEADER + 2 * (size_t)i, leaf + HEADER + 2 * (size_t)i + 2,
                    2 * (size_t)(count(leaf) - i - 1));
            break;
        }
    uint16_t next = PAGE;
    for (unsigned i = 0; i + 1 < count(leaf); i++)
        if (get_u16(leaf + HEADER + 2 * (size_t)i) < next)
            next = get_u16(leaf + HEADER + 2 * (size_t)i);
    put_u16(leaf + LOWER_AT, (uint16_t)(get_u16(leaf + LOWER_AT) - 2));
    put_u16(leaf + UPPER_AT, next);
    refuses("file has other pages or records than it counts");
}

static void test_store_pages_check__follows_large_values(void **state) {
    (void)state;
    uint8_t *leaf = page(first_leaf(table_root("chunk")));
    for (unsigned i = 0; i < count(leaf); i++) {
        uint8_t *at = node(leaf, i);
        if (!(get_u16(at + 4) & 1) || get_u32(at) < 2 * PAGE)
            continue;
        uint64_t number = get_u64(node_data(at));
        put_u32(page(number) + LOWER_AT, 2);
        refuses("is not the large value that its record expects");
        put_u32(page(number) + LOWER_AT, UINT32_MAX);
        refuses("is not in the file");
        put_u16(page(number) + FLAGS_AT, LEAF);
        refuses("is not the large value that its record expects");
        put_u64(node_data(node(leaf, i)), 1);
        refuses("page 1 of data.mdb is not in the file");
        return;
    }
    fail();
}

static void test_store_pages_check__compares_the_descriptions_of_tables(void **state) {
    (void)state;
    uint8_t *root = page(main_root());
    node(root, 0)[8] ^= 1; /* name of the first table */
    refuses("the list of tables");
    put_u16(node(page(main_root()), 0) + 4, 0);
    refuses("the list of tables");
    uint8_t *tree = node_data(node(page(main_root()), 0));
    put_u16(tree + 6, STORE_READERS_MAX);
    refuses("chunk has other pages or records than it counts");
    put_u64(meta() + META_TREES + TREE_ROOT, get_u64(meta() + META_LAST) + 9);
    refuses("is not in the file");
}

static void test_store_pages_check_rewritten__covers_meta_and_the_free_list(void **state) {
    (void)state;
    struct error err;
    assert_ok(check(NULL, &err), &err);
    node(page(first_leaf(table_root("file"))), 0)[1] ^= 8; /* size of a record */
    assert_ok(check(NULL, &err), &err);
    node(page(first_leaf(table_root("meta"))), 0)[1] ^= 8;
    assert_status(check(NULL, &err), ST_CORRUPT, &err);
    node_data(node(page(first_leaf(free_root())), 0))[1] ^= 8; /* number of pages in the list */
    assert_status(check(NULL, &err), ST_CORRUPT, &err);
}

static void test_store_pages_check__notices_a_file_that_is_cut_off(void **state) {
    (void)state;
    struct error err;
    struct store_pages found;
    uint64_t last = 0;
    for (uint64_t i = 2; i < pages(); i++)
        if (get_u16(page(i) + FLAGS_AT) == LEAF && get_u64(page(i)) == i)
            last = i;
    assert_int_equal(ftruncate(fixture.fd, (off_t)(last / 2 * PAGE)), 0);
    enum status status = store_pages_check(&found, fixture.txn, &err);
    assert_int_equal(pwrite(fixture.fd, fixture.image.data, fixture.image.size, 0),
                     fixture.image.size);
    assert_status(status, ST_CORRUPT, &err);
    assert_non_null(strstr(err.text, "cut off"));
}

/* Whatever the pages contain, the check ends with an answer (a sanitizer watches). */
static void test_store_pages_check__ends_on_random_damage(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct buffer trees = {0};
    for (uint32_t i = 2; i < pages(); i++) {
        uint16_t flags = get_u16(page(i) + FLAGS_AT);
        if (get_u64(page(i)) == i && (flags == BRANCH || flags == LEAF || flags == LARGE))
            assert_int_equal(buffer_append_u32(&trees, i), ST_OK);
    }
    unsigned refused = 0;
    for (unsigned round = 0; round < 3000; round++) {
        struct error err;
        struct store_pages found;
        uint64_t number = get_u32(
            trees.data + 4 * (size_t)testing_random_below(&random, (uint32_t)trees.size / 4));
        if (round % 4 == 0)
            number = round % 8 ? main_root() : free_root();
        uint8_t *at = page(number), sound[PAGE];
        memcpy(sound, at, PAGE);
        for (unsigned damages = 1 + testing_random_below(&random, 3); damages; damages--) {
            unsigned area = testing_random_below(&random, 3);
            at[testing_random_below(&random, area == 0   ? HEADER
                                             : area == 1 ? 256
                                                         : PAGE)] =
                (uint8_t)testing_random_next(&random);
        }
        assert_int_equal(pwrite(fixture.fd, at, PAGE, (off_t)(number * PAGE)), PAGE);
        enum status status = store_pages_check(&found, fixture.txn, &err);
        assert_true(status == ST_OK || status == ST_CORRUPT);
        refused += status == ST_CORRUPT;
        memcpy(at, sound, PAGE);
        assert_int_equal(pwrite(fixture.fd, at, PAGE, (off_t)(number * PAGE)), PAGE);
    }
    assert_true(refused > 500);
    buffer_release(&trees);
}

/* Commits during a check change nothing that it reads; after one that comes before, the check must
 * be repeated. */
static void test_store_pages_check__runs_beside_a_writer(void **state) {
    (void)state;
    struct error err;
    struct store *store;
    struct store_txn *txn;
    struct store_pages found;
    const char *path = testing_path("other");
    assert_ok(store_create(path, &err), &err);
    assert_ok(store_open(&store, path, STORE_WRITE, &err), &err);
    fill(store);
    for (unsigned round = 0; round < 20; round++) {
        assert_ok(store_begin(&txn, store, true, &err), &err);
        for (unsigned i = 0; i < 50; i++) {
            put(txn, TABLE_FILE, round * 77 + i, 30);
            put(txn, TABLE_CHUNK, round + i, 9000);
        }
        assert_ok(store_commit(txn, &err), &err);
        assert_ok(store_begin(&txn, store, false, &err), &err);
        assert_ok(store_pages_check(&found, txn, &err), &err);
        assert_int_equal(found.leaked, 0);
        struct store_txn *writing;
        assert_ok(store_begin(&writing, store, true, &err), &err);
        put(writing, TABLE_FILE, round, 40);
        assert_ok(store_pages_check(&found, txn, &err), &err);
        assert_ok(store_commit(writing, &err), &err);
        assert_status(store_pages_check(&found, txn, &err), ST_BUSY, &err);
        store_abort(txn);
    }
    store_close(store);
}

/* No table has a record. */
static void test_store_pages_check__accepts_an_empty_store(void **state) {
    (void)state;
    struct error err;
    struct store *store;
    struct store_txn *txn;
    struct store_pages found;
    const char *path = testing_path("empty");
    assert_ok(store_create(path, &err), &err);
    assert_ok(store_open(&store, path, STORE_READ, &err), &err);
    assert_ok(store_begin(&txn, store, false, &err), &err);
    assert_ok(store_pages_check(&found, txn, &err), &err);
    assert_int_equal(found.leaked, 0);
    store_abort(txn);
    store_close(store);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_store_pages_check__all_are_accounted_for),
        cmocka_unit_test(test_store_pages_check__notices_pages_that_are_free_and_in_use),
        cmocka_unit_test(test_store_pages_check__notices_pages_that_are_free_twice),
        cmocka_unit_test(test_store_pages_check__counts_leaked_pages),
        cmocka_unit_test(test_store_pages_check__notices_pages_that_are_used_twice),
        cmocka_unit_test(test_store_pages_check__notices_keys_out_of_order),
        cmocka_unit_test(test_store_pages_check__notices_lost_writes),
        cmocka_unit_test(test_store_pages_check__follows_large_values),
        cmocka_unit_test(test_store_pages_check__compares_the_descriptions_of_tables),
        cmocka_unit_test(test_store_pages_check__notices_a_file_that_is_cut_off),
        cmocka_unit_test(test_store_pages_check__ends_on_random_damage),
        cmocka_unit_test(test_store_pages_check__runs_beside_a_writer),
        cmocka_unit_test(test_store_pages_check_rewritten__covers_meta_and_the_free_list),
        cmocka_unit_test(test_store_pages_check__accepts_an_empty_store),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
