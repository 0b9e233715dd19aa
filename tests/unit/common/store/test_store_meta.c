/* SPDX-License-Identifier: MIT */
/* Damage to the two meta pages, and to the state that they promise: the store shows the newest
 * state or an error, never a signal and never an older state. */
#include "tests/support/testing.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/codec.h"
#include "common/store/store.h"
#include "tests/support/child.h"

enum {
    PAGE = 4096,
    META_END = 152, /* of LMDB's own part of the page */
    CHECKSUM_OFFSET = 2048,
    CHECKSUM_END = 2048 + 32,
    TRANSACTION_AT = 144, /* the last field of a meta page */
    MAPSIZE_AT = 32,
    GENERATIONS = 13, /* the last commit is number 14; see image_make() */
};

/* A store as bytes, and the path at which it is opened. */
struct image {
    const char *path;
    char data[300];
    char lock[300];
    struct buffer bytes;
    uint64_t last; /* number of the last commit */
};

/* Commits the generations `first` to `last`, each with a chunk of its own content. */
static void generations_commit(const char *path, uint64_t first, uint64_t last) {
    struct error err;
    struct store *store;
    assert_ok(store_open(&store, path, STORE_WRITE, &err), &err);
    for (uint64_t i = first; i <= last; i++) {
        struct store_txn *txn;
        uint8_t *dest;
        uint64_t key = i % 4;
        assert_ok(store_begin(&txn, store, true, &err), &err);
        assert_ok(
            store_put(txn, TABLE_META, slice_of_string("generation"), slice_of(&i, sizeof i), &err),
            &err);
        assert_ok(store_reserve(&dest, txn, TABLE_CHUNK, slice_of(&key, sizeof key), 5000, &err),
                  &err);
        memset(dest, (int)i, 5000);
        assert_ok(store_commit(txn, &err), &err);
    }
    store_close(store);
}

/* The last two commits are N - 1 and N, with N = 2 modulo 4: one flipped bit turns N into N - 2, so
 * that N - 1 seems to be the newest, or N - 1 into N + 1, which then seems to be it. */
static void image_make(struct image *image) {
    struct error err;
    *image = (struct image){.path = testing_path("store"), .last = GENERATIONS + 1};
    assert_int_equal(image->last % 4, 2);
    snprintf(image->data, sizeof image->data, "%s/data.mdb", image->path);
    snprintf(image->lock, sizeof image->lock, "%s/lock.mdb", image->path);
    assert_ok(store_create(image->path, &err), &err);
    generations_commit(image->path, 1, GENERATIONS);
    testing_read_file(&image->bytes, image->data);
}

static uint64_t u64_at(const struct image *image, size_t at) {
    return get_u64(image->bytes.data + at);
}

/* Writes the image to its path, without traces of earlier uses. */
static void image_place(const struct image *image) {
    testing_write_file(image->data, buffer_slice(&image->bytes));
    unlink(image->lock);
}

/* Reads the generation of the newest state. */
static enum status generation_read(struct store *store, uint64_t *generation, struct error *err) {
    struct store_txn *txn;
    enum status status = store_begin(&txn, store, false, err);
    if (status)
        return status;
    struct slice value;
    status = store_get(&value, txn, TABLE_META, slice_of_string("generation"), err);
    if (!status && value.size == sizeof *generation)
        memcpy(generation, value.data, sizeof *generation);
    else
        status = ST_CORRUPT;
    for (uint64_t key = 0; !status && key < 4; key++) {
        status = store_get(&value, txn, TABLE_CHUNK, slice_of(&key, sizeof key), err);
        if (!status && (value.size != 5000 || value.data[4999] % 4 != key))
            status = ST_CORRUPT;
    }
    store_abort(txn);
    return status;
}

/* Opens the image and, if that succeeds, writes to it. Exits with 1 if it is refused. */
static void try_image(void *context) {
    const struct image *image = context;
    struct error err;
    struct store *store;
    uint64_t generation = 0;
    enum status status = store_open(&store, image->path, STORE_READ, &err);
    if (!status) {
        status = generation_read(store, &generation, &err);
        store_close(store);
    }
    if (status) {
        require(status == ST_CORRUPT || status == ST_SETTINGS);
        require(strstr(err.text, image->path));
        _exit(1);
    }
    require(generation == GENERATIONS);
    require(!store_open(&store, image->path, STORE_WRITE_FRESH, &err));
    for (uint64_t next = GENERATIONS + 1; next < GENERATIONS + 4; next++) {
        struct store_txn *txn;
        uint64_t key = next % 4;
        uint8_t *dest;
        require(!store_begin(&txn, store, true, &err));
        require(store_txn_id(txn) == next + 1);
        require(!store_put(txn, TABLE_META, slice_of_string("generation"),
                           slice_of(&next, sizeof next), &err));
        require(!store_reserve(&dest, txn, TABLE_CHUNK, slice_of(&key, sizeof key), 5000, &err));
        memset(dest, (int)next, 5000);
        require(!store_commit(txn, &err));
        require(!generation_read(store, &generation, &err) && generation == next);
    }
    store_close(store);
    require(!store_open(&store, image->path, STORE_READ, &err));
    require(!generation_read(store, &generation, &err) && generation == GENERATIONS + 3);
    store_close(store);
}

static bool is_refused(struct image *image) {
    image_place(image);
    int code = child_run(try_image, image);
    assert_in_range(code, 0, 1);
    return code == 1;
}

static void test_store_open__accepts_a_sound_file(void **state) {
    (void)state;
    struct image image;
    image_make(&image);
    assert_int_equal(u64_at(&image, TRANSACTION_AT), image.last);
    assert_int_equal(u64_at(&image, PAGE + TRANSACTION_AT), image.last - 1);
    assert_false(is_refused(&image));
    buffer_release(&image.bytes);
}

/* Flips bits of a range of bytes, each or one of TESTING_FEWER. Returns how many flips were not refused. */
static size_t flip_bits(struct image *image, size_t from, size_t to) {
    size_t believed = 0;
    for (size_t bit = 8 * from; bit < 8 * to; bit += TESTING_FEWER) {
        image->bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        believed += !is_refused(image);
        image->bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    return believed;
}

static void test_store_open__refuses_any_flipped_bit_of_the_newer_meta_page(void **state) {
    (void)state;
    struct image image;
    image_make(&image);
    /* Nothing reads the number of the page and its padding. */
    flip_bits(&image, 0, 10);
    assert_int_equal(flip_bits(&image, 10, 12), 0);
    flip_bits(&image, 12, 16);
    assert_int_equal(flip_bits(&image, 16, META_END), 0);
    assert_int_equal(flip_bits(&image, CHECKSUM_OFFSET, CHECKSUM_END), 0);
    buffer_release(&image.bytes);
}

static void test_store_open__never_shows_an_older_state_for_a_flipped_bit(void **state) {
    (void)state;
    struct image image;
    image_make(&image);
    flip_bits(&image, PAGE, PAGE + TRANSACTION_AT);
    assert_int_equal(flip_bits(&image, PAGE + TRANSACTION_AT, PAGE + META_END), 0);
    assert_int_equal(flip_bits(&image, PAGE + CHECKSUM_OFFSET, PAGE + CHECKSUM_END), 0);
    buffer_release(&image.bytes);
}

/* A writer that is killed between its commit and the checksum leaves a sound store. */
static void test_store_open__accepts_the_checksum_of_the_commit_before(void **state) {
    (void)state;
    struct image image;
    struct buffer older = {0};
    image_make(&image);
    const char *other = testing_path("store");
    struct error err;
    char data[300];
    snprintf(data, sizeof data, "%s/data.mdb", other);
    assert_ok(store_create(other, &err), &err);
    generations_commit(other, 1, GENERATIONS - 2); /* the previous commit to the same page */
    testing_read_file(&older, data);
    memcpy(image.bytes.data + CHECKSUM_OFFSET, older.data + CHECKSUM_OFFSET,
           CHECKSUM_END - CHECKSUM_OFFSET);
    assert_false(is_refused(&image));
    memset(image.bytes.data + CHECKSUM_OFFSET, 0,
           CHECKSUM_END - CHECKSUM_OFFSET); /* no checksum at all */
    memset(image.bytes.data + PAGE + CHECKSUM_OFFSET, 0, CHECKSUM_END - CHECKSUM_OFFSET);
    assert_false(is_refused(&image));
    buffer_release(&older);
    buffer_release(&image.bytes);
}

/* A page without a checksum is accepted only if its content is plausible. */
static void test_store_open__refuses_contradictions_without_checksums(void **state) {
    (void)state;
    /* Offset, size and change of a number. */
    static const struct {
        size_t at, size;
        int64_t change;
    } changes[] = {
        {10, 2, 1},                     /* flags of the page */
        {40, 4, -4096},                 /* page size: 0 */
        {40, 4, 1},                     /* page size: not a power of two */
        {40, 4, 4096},                  /* page size: not that of the other page */
        {44, 2, 4},                     /* free list: flags */
        {46, 2, 33},                    /* free list: depth */
        {80, 8, INT64_C(1) << 30},      /* free list: root past the end */
        {92, 2, 4},                     /* main tree: flags (DUPSORT) */
        {94, 2, 40},                    /* main tree: depth */
        {128, 8, -1000000},             /* main tree: root */
        {136, 8, -1000000},             /* last page */
        {TRANSACTION_AT, 8, 1},         /* transaction: belongs to the other page */
        {TRANSACTION_AT, 8, 2},         /* transaction: does not follow the other's */
        {PAGE + TRANSACTION_AT, 8, -2}, /* the same in the other page */
        {TRANSACTION_AT, 8, 4},         /* the same by more */
        {PAGE + TRANSACTION_AT, 8, 1000},
    };
    struct image image;
    image_make(&image);
    memset(image.bytes.data + CHECKSUM_OFFSET, 0, CHECKSUM_END - CHECKSUM_OFFSET);
    memset(image.bytes.data + PAGE + CHECKSUM_OFFSET, 0, CHECKSUM_END - CHECKSUM_OFFSET);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        uint8_t *at = image.bytes.data + changes[i].at, saved[8];
        memcpy(saved, at, changes[i].size);
        uint64_t value = 0;
        memcpy(&value, at, changes[i].size);
        value += (uint64_t)changes[i].change;
        memcpy(at, &value, changes[i].size);
        if (!is_refused(&image))
            fail_msg("change %zu, at byte %zu, is believed", i, changes[i].at);
        memcpy(at, saved, changes[i].size);
    }
    buffer_release(&image.bytes);
}

/* If the power fails while a meta page is written, the commit before counts. */
static void test_store_open__shows_the_commit_before_a_torn_one(void **state) {
    (void)state;
    struct image image;
    struct buffer next = {0};
    image_make(&image);
    generations_commit(image.path, GENERATIONS + 1, GENERATIONS + 1);
    testing_read_file(&next, image.data);
    assert_true(next.size >= image.bytes.size);
    /* LMDB writes the pages, and then bytes 32 to 151 of the meta page. */
    struct buffer before = image.bytes;
    image.bytes = (struct buffer){0};
    assert_int_equal(buffer_append_slice(&image.bytes, buffer_slice(&next)), ST_OK);
    for (size_t torn = PAGE + MAPSIZE_AT; torn < PAGE + META_END; torn++) {
        memcpy(image.bytes.data, before.data, 2 * PAGE);
        memcpy(image.bytes.data + PAGE, next.data + PAGE, torn - PAGE);
        /* Once the first byte of the number is written, the commit is whole: the others are the
         * same. */
        if (torn <= PAGE + TRANSACTION_AT)
            assert_false(is_refused(&image));
    }
    buffer_release(&before);
    buffer_release(&next);
    buffer_release(&image.bytes);
}

static void test_store_open__refuses_a_file_that_is_cut_off(void **state) {
    (void)state;
    struct image image;
    image_make(&image);
    size_t whole = image.bytes.size;
    for (size_t size = 0; size < whole; size += size < 3 * PAGE ? 97 : 1009) {
        image.bytes.size = size;
        assert_true(is_refused(&image));
    }
    image.bytes.size = whole - 1;
    assert_true(is_refused(&image));
    image.bytes.size = whole;
    assert_false(is_refused(&image));
    buffer_release(&image.bytes);
}

static void assert_open(const struct image *image, enum status expected) {
    struct error err;
    struct store *store = NULL;
    image_place(image);
    assert_status(store_open(&store, image->path, STORE_READ, &err), expected, &err);
    store_close(store);
}

static void test_store_open__names_other_kinds_of_files(void **state) {
    (void)state;
    struct image image;
    image_make(&image);
    struct buffer sound = {0};
    assert_int_equal(buffer_append_slice(&sound, buffer_slice(&image.bytes)), ST_OK);
    /* Another version of LMDB, in both pages. */
    put_u32(image.bytes.data + 20, 2);
    put_u32(image.bytes.data + PAGE + 20, 2);
    assert_open(&image, ST_SETTINGS);
    /* Another byte order. */
    memcpy(image.bytes.data, sound.data, 2 * PAGE);
    put_u32(image.bytes.data + 16, 0xdec0efbe);
    assert_open(&image, ST_SETTINGS);
    /* A 32-bit machine: the header is 4 bytes shorter. */
    memmove(image.bytes.data + 12, sound.data + 16, META_END - 16);
    assert_open(&image, ST_SETTINGS);
    memset(image.bytes.data, 0, PAGE);
    assert_open(&image, ST_CORRUPT);
    memset(image.bytes.data, 0, image.bytes.size);
    assert_open(&image, ST_CORRUPT);
    buffer_release(&sound);
    buffer_release(&image.bytes);
}

static void hold_open(void *context) {
    void **parts = context;
    const int *ready = parts[1];
    struct error err;
    struct store *store;
    require(!store_open(&store, parts[0], STORE_READ, &err));
    require(write(ready[1], "!", 1) == 1);
    pause();
}

/* An older copy replaces the file while the table of readers is in use, as when a layered file
 * system copies it up: the number in the table is not that of the file. */
static void test_store_begin__notices_a_replaced_file(void **state) {
    (void)state;
    struct image image;
    image_make(&image);
    generations_commit(image.path, GENERATIONS + 1, GENERATIONS + 6);
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t holder = child_start(hold_open, (void *[]){(void *)(uintptr_t)image.path, ready});
    assert_int_equal(read(ready[0], &byte, 1), 1);
    char copy[400];
    snprintf(copy, sizeof copy, "%s.copy", image.data);
    testing_write_file(copy, buffer_slice(&image.bytes));
    assert_int_equal(rename(copy, image.data), 0);
    struct error err;
    struct store *store;
    struct store_txn *txn;
    assert_ok(store_open(&store, image.path, STORE_READ, &err), &err);
    assert_status(store_begin(&txn, store, false, &err), ST_CORRUPT, &err);
    assert_non_null(strstr(err.text, "replaced"));
    store_close(store);
    kill(holder, SIGKILL);
    child_wait(holder);
    buffer_release(&image.bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_store_open__accepts_a_sound_file),
        cmocka_unit_test(test_store_open__refuses_any_flipped_bit_of_the_newer_meta_page),
        cmocka_unit_test(test_store_open__never_shows_an_older_state_for_a_flipped_bit),
        cmocka_unit_test(test_store_open__accepts_the_checksum_of_the_commit_before),
        cmocka_unit_test(test_store_open__refuses_contradictions_without_checksums),
        cmocka_unit_test(test_store_open__shows_the_commit_before_a_torn_one),
        cmocka_unit_test(test_store_open__refuses_a_file_that_is_cut_off),
        cmocka_unit_test(test_store_open__names_other_kinds_of_files),
        cmocka_unit_test(test_store_begin__notices_a_replaced_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
