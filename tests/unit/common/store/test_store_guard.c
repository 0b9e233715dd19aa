/* SPDX-License-Identifier: MIT */
/* Files that go bad while they are read, with damage anywhere: the process ends with a message,
 * never by a raw signal, never hangs, and never returns wrong bytes. */
#include "tests/support/testing.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/codec.h"
#include "common/store/store.h"
#include "tests/support/child.h"

enum {
    EXIT_DAMAGED = 65,
    EXIT_REFUSED = 1, /* with a status */
    RECORDS = 600,
    IMAGES = 400,
};

struct image {
    const char *path;
    char data[300];
    char lock[300];
    char said[300]; /* what a child wrote to stderr */
    struct buffer bytes;
};

/* The value of a record, of any size, follows from its number. */
static struct buffer value_of(uint32_t number) {
    struct buffer value = {0};
    uint32_t size = number % 7 == 0 ? 65516 / (1 + number % 5) : number * 7 % 900;
    require(!buffer_reserve(&value, size + 1));
    for (uint32_t at = 0; at < size; at++)
        value.data[at] = (uint8_t)(number + at * 31);
    value.size = size;
    return value;
}

static enum store_table table_of(uint32_t number) {
    return number % 2 ? TABLE_FILE : TABLE_CHUNK;
}

static struct slice key_of(uint32_t number, uint64_t *key) {
    *key = number * UINT64_C(0x10001);
    return slice_of(key, sizeof *key);
}

static void image_make(struct image *image) {
    struct error err;
    struct store *store;
    *image = (struct image){.path = testing_path("store")};
    snprintf(image->data, sizeof image->data, "%s/data.mdb", image->path);
    snprintf(image->lock, sizeof image->lock, "%s/lock.mdb", image->path);
    snprintf(image->said, sizeof image->said, "%s.said", image->path);
    assert_ok(store_create(image->path, &err), &err);
    assert_ok(store_open(&store, image->path, STORE_WRITE, &err), &err);
    for (int round = 0; round < 2; round++) { /* the second round leaves free pages */
        struct store_txn *txn;
        assert_ok(store_begin(&txn, store, true, &err), &err);
        for (uint32_t i = 0; i < RECORDS; i += 1 + 4 * (uint32_t)round) {
            uint64_t key;
            struct buffer value = value_of(i);
            assert_ok(store_put_checksummed(txn, table_of(i), key_of(i, &key), buffer_slice(&value),
                                            &err),
                      &err);
            buffer_release(&value);
        }
        assert_ok(store_commit(txn, &err), &err);
    }
    store_close(store);
    testing_read_file(&image->bytes, image->data);
}

static void image_place(const struct image *image) {
    testing_write_file(image->data, buffer_slice(&image->bytes));
    unlink(image->lock);
}

/* Installs the guard in a child, and directs stderr to a file. */
static void guard(const struct image *image) {
    int fd = open(image->said, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    require(fd > STDERR_FILENO && dup2(fd, STDERR_FILENO) == STDERR_FILENO);
    close(fd);
    store_guard("quern-test", EXIT_DAMAGED);
}

static void refuse_if(enum status status) {
    if (status)
        _exit(EXIT_REFUSED);
}

/* Looks up every record and walks the tables. */
static void read_everything(struct store_txn *txn) {
    struct error err;
    for (uint32_t i = 0; i < RECORDS; i++) {
        uint64_t key;
        struct slice found, payload, value;
        refuse_if(store_get_checksummed(&payload, txn, table_of(i), key_of(i, &key), &err));
        struct buffer expected = value_of(i);
        require(slice_equal(payload, buffer_slice(&expected)));
        buffer_release(&expected);
        refuse_if(store_floor(&found, &value, txn, table_of(i), key_of(i, &key), &err));
        refuse_if(!slice_equal(found, key_of(i, &key)));
    }
    uint32_t count = 0;
    for (enum store_table table = 0; table < TABLE_COUNT; table++) {
        struct store_cursor *cursor;
        struct slice key, value, payload;
        refuse_if(store_cursor_open(&cursor, txn, table, &err));
        enum status status = store_cursor_next(&key, &value, cursor, &err);
        for (; !status; status = store_cursor_next(&key, &value, cursor, &err), count++)
            refuse_if(store_check_record(&payload, key, value));
        if (status != ST_END)
            _exit(EXIT_REFUSED);
        store_cursor_close(cursor);
    }
    if (count != RECORDS + 1) /* and the record of the transaction */
        _exit(EXIT_REFUSED);
    struct store_size size;
    refuse_if(store_size(&size, txn, &err));
}

static void read_image(void *context) {
    struct error err;
    struct store *store;
    struct store_txn *txn;
    struct image *image = context;
    guard(image);
    refuse_if(store_open(&store, image->path, STORE_READ, &err));
    refuse_if(store_begin(&txn, store, false, &err));
    read_everything(txn);
    store_abort(txn);
    store_close(store);
}

static void assert_said(const struct image *image) {
    char expected[400];
    struct buffer said = {0};
    testing_read_file(&said, image->said);
    snprintf(expected, sizeof expected, "quern-test: %s: damaged; rebuild the index\n",
             image->path);
    assert_slice(buffer_slice(&said), slice_of_string(expected));
    buffer_release(&said);
}

static void test_store_guard__lets_sound_files_be_read(void **state) {
    (void)state;
    struct image image;
    image_make(&image);
    image_place(&image);
    assert_int_equal(child_run(read_image, &image), 0);
    buffer_release(&image.bytes);
}

/* The file is cut off during a transaction. */
static void read_while_cut(void *context) {
    struct error err;
    struct store *store;
    struct store_txn *txn;
    struct image *image = context;
    guard(image);
    require(!store_open(&store, image->path, STORE_READ, &err));
    require(!store_begin(&txn, store, false, &err));
    require(truncate(image->data, (off_t)image->bytes.size) == 0);
    read_everything(txn);
}

static void test_store_guard__reports_a_file_cut_off_while_open(void **state) {
    (void)state;
    if (CHILD_SANITIZED)
        skip();
    struct image image;
    image_make(&image);
    size_t whole = image.bytes.size;
    for (size_t part = 0; part < 8; part++) {
        image.bytes.size = whole;
        image_place(&image);
        image.bytes.size = whole / 8 * part & ~(size_t)4095;
        assert_int_equal(child_run(read_while_cut, &image), EXIT_DAMAGED);
        assert_said(&image);
    }
    buffer_release(&image.bytes);
}

static int depth(volatile int *endless) {
    volatile char room[4096];
    room[0] = (char)*endless;
    return *endless ? depth(endless) + room[0] : room[0];
}

struct opened {
    struct store *store;
    struct store_txn *txn;
    const volatile uint8_t *record; /* in the map */
};

static struct opened open_image(const struct image *image) {
    struct error err;
    struct opened opened;
    struct slice value;
    uint64_t key;
    require(!store_open(&opened.store, image->path, STORE_READ, &err));
    require(!store_begin(&opened.txn, opened.store, false, &err));
    require(!store_get(&value, opened.txn, table_of(14), key_of(14, &key), &err));
    opened.record = value.data;
    return opened;
}

static void recurse(void *context) {
    volatile int endless = 1;
    const struct rlimit limit = {.rlim_cur = 1 << 20, .rlim_max = 1 << 20};
    guard(context);
    open_image(context);
    require(setrlimit(RLIMIT_STACK, &limit) == 0);
    _exit(depth(&endless));
}

static void follow_nothing(void *context) {
    guard(context);
    open_image(context);
    const volatile uint8_t *volatile nothing = NULL;
    _exit(*nothing);
}

/* Like follow_nothing(), but with an address of a map that no longer exists. */
static void follow_closed(void *context) {
    guard(context);
    struct opened opened = open_image(context);
    store_abort(opened.txn);
    store_close(opened.store);
    _exit(*opened.record);
}

static void divide(void *context) {
    guard(context);
    open_image(context);
    volatile int seven = 7, zero = 0;
    _exit(seven / zero);
}

/* A file that is not a store is cut off while it is mapped. */
static void read_other_map(void *context) {
    guard(context);
    open_image(context);
    FILE *file = tmpfile();
    require(file && ftruncate(fileno(file), 4096) == 0);
    const volatile uint8_t *map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fileno(file), 0);
    require(map != MAP_FAILED && ftruncate(fileno(file), 0) == 0);
    _exit(map[0]);
}

static void sent(void *context) {
    guard(context);
    open_image(context);
    kill(getpid(), SIGSEGV);
    pause();
}

static void die_otherwise(void *context) {
    guard(context);
    open_image(context);
    abort();
}

/* A crash that no store causes keeps its status. */
static void test_store_guard__leaves_other_crashes_alone(void **state) {
    (void)state;
    if (CHILD_SANITIZED)
        skip();
    struct image image;
    image_make(&image);
    image_place(&image);
    static const struct {
        void (*crash)(void *context);
        int signal;
    } cases[] = {{follow_nothing, SIGSEGV}, {follow_closed, SIGSEGV}, {recurse, SIGSEGV},
                 {divide, SIGFPE},          {read_other_map, SIGBUS}, {sent, SIGSEGV},
                 {die_otherwise, SIGABRT}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(child_run(cases[i].crash, &image), -cases[i].signal);
        struct stat said;
        assert_int_equal(stat(image.said, &said), 0);
        assert_int_equal(said.st_size, 0);
    }
    buffer_release(&image.bytes);
}

static void *read_byte(void *opened) {
    _exit(*((const struct opened *)opened)->record == 0);
}

/* Reads a record that was found before the file was cut off, in this thread or another. */
static void read_record(void *context) {
    struct image *image = context;
    guard(image);
    struct opened opened = open_image(image);
    require(truncate(image->data, 4096) == 0);
    read_byte(&opened);
}

static void read_record_elsewhere(void *context) {
    struct image *image = context;
    pthread_t thread;
    guard(image);
    struct opened opened = open_image(image);
    require(truncate(image->data, 4096) == 0);
    require(pthread_create(&thread, NULL, read_byte, &opened) == 0);
    pthread_join(thread, NULL);
}

static void test_store_guard__covers_records_that_were_found(void **state) {
    (void)state;
    if (CHILD_SANITIZED)
        skip();
    struct image image;
    image_make(&image);
    image_place(&image);
    assert_int_equal(child_run(read_record, &image), EXIT_DAMAGED);
    assert_said(&image);
    image_place(&image);
    assert_int_equal(child_run(read_record_elsewhere, &image), EXIT_DAMAGED);
    assert_said(&image);
    buffer_release(&image.bytes);
}

/* With several stores open. */
static void read_second(void *context) {
    struct image *images = context;
    guard(&images[1]);
    struct opened opened[3];
    for (size_t i = 0; i < 3; i++)
        opened[i] = open_image(&images[i]);
    require(truncate(images[1].data, 4096) == 0);
    read_byte(&opened[1]);
}

static void test_store_guard__names_the_store(void **state) {
    (void)state;
    if (CHILD_SANITIZED)
        skip();
    struct image images[3];
    for (size_t i = 0; i < 3; i++) {
        image_make(&images[i]);
        image_place(&images[i]);
    }
    assert_int_equal(child_run(read_second, images), EXIT_DAMAGED);
    assert_said(&images[1]);
    for (size_t i = 0; i < 3; i++)
        buffer_release(&images[i].bytes);
}

/* The path may contain what a terminal acts on. */
static void test_store_guard__escapes_the_path(void **state) {
    (void)state;
    if (CHILD_SANITIZED)
        skip();
    struct image image;
    image_make(&image);
    image_place(&image);
    char odd[256], line[600] = "";
    snprintf(odd, sizeof odd, "%.200s\033[2Jx", image.path);
    assert_int_equal(rename(image.path, odd), 0);
    image.path = odd;
    snprintf(image.data, sizeof image.data, "%s/data.mdb", odd);
    assert_int_equal(child_run(read_record, &image), EXIT_DAMAGED);
    FILE *file = fopen(image.said, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    fclose(file);
    assert_non_null(strstr(line, "\\x1b[2Jx: damaged; "));
    buffer_release(&image.bytes);
}

/* LMDB asserts that a branch page has several keys, and would abort() at one. */
static void test_store_guard__reports_assertions_of_lmdb(void **state) {
    (void)state;
    enum { PAGE = 4096, FLAGS_AT = 10, BRANCH = 1, LOWER_AT = 12, HEADER = 16 };
    struct image image;
    image_make(&image);
    for (size_t page = 2 * PAGE; page < image.bytes.size; page += PAGE)
        if (get_u16(image.bytes.data + page + FLAGS_AT) == BRANCH)
            put_u16(image.bytes.data + page + LOWER_AT, HEADER + 2);
    image_place(&image);
    assert_int_equal(child_run(read_image, &image), EXIT_DAMAGED);
    assert_said(&image);
    buffer_release(&image.bytes);
}

/* Nodes that claim to have duplicates, in tables without any: LMDB follows a null pointer, which is
 * in no map. */
static void test_store_guard__reports_crashes_within_lmdb(void **state) {
    (void)state;
    enum { PAGE = 4096, FLAGS_AT = 10, LEAF = 2, LOWER_AT = 12, HEADER = 16 };
    enum { NODE_FLAGS_AT = 4, SUBDATA = 2, DUPDATA = 4 };
    if (CHILD_SANITIZED)
        skip();
    struct image image;
    image_make(&image);
    for (size_t at = 2 * PAGE; at < image.bytes.size; at += PAGE) {
        uint8_t *page = image.bytes.data + at;
        uint16_t lower = get_u16(page + LOWER_AT);
        if (get_u16(page + FLAGS_AT) != LEAF || lower > PAGE)
            continue;
        for (size_t node = HEADER; node < lower; node += 2) {
            uint8_t *flags = page + get_u16(page + node) + NODE_FLAGS_AT;
            if (!(get_u16(flags) & SUBDATA))
                put_u16(flags, get_u16(flags) | DUPDATA);
        }
    }
    image_place(&image);
    assert_int_equal(child_run(read_image, &image), EXIT_DAMAGED);
    assert_said(&image);
    buffer_release(&image.bytes);
}

static void walk_files(void *context) {
    struct error err;
    struct store *store;
    struct store_txn *txn;
    struct store_cursor *cursor;
    struct slice key, value;
    struct image *image = context;
    require(!store_open(&store, image->path, STORE_READ, &err));
    require(!store_begin(&txn, store, false, &err));
    require(!store_cursor_open(&cursor, txn, TABLE_FILE, &err));
    enum status status;
    while (!(status = store_cursor_next(&key, &value, cursor, &err)))
        continue;
    require(status == ST_CORRUPT);
}

/* If a walk meets a page again, its keys do not ascend. */
static void test_store_cursor_next__ends_on_circular_pages(void **state) {
    (void)state;
    enum { PAGE = 4096, FLAGS_AT = 10, BRANCH = 1, FIRST_AT = 16, SECOND_AT = 18, NUMBER = 6 };
    struct image image;
    image_make(&image);
    for (size_t at = 2 * PAGE; at < image.bytes.size; at += PAGE) {
        uint8_t *page = image.bytes.data + at;
        if (get_u16(page + FLAGS_AT) == BRANCH)
            memcpy(page + get_u16(page + SECOND_AT), page + get_u16(page + FIRST_AT), NUMBER);
    }
    image_place(&image);
    assert_int_equal(child_run(walk_files, &image), 0);
    buffer_release(&image.bytes);
}

/* Damage of the kinds that happen to files: bits, bytes, headers of pages, zeros, exchanged
 * pages. */
static void damage(struct buffer *bytes, struct testing_random *random) {
    enum { PAGE = 4096, SECTOR = 512 };
    uint32_t pages = (uint32_t)(bytes->size / PAGE);
    uint8_t *page = bytes->data + (size_t)testing_random_below(random, pages) * PAGE;
    switch (testing_random_below(random, 10)) {
    case 0:
        page[testing_random_below(random, PAGE)] ^= (uint8_t)(1 << testing_random_below(random, 8));
        break;
    case 1: /* numbers and bounds that lead elsewhere */
        page[testing_random_below(random, 64)] = (uint8_t)testing_random_next(random);
        break;
    case 2:
        memset(page + testing_random_below(random, PAGE / SECTOR) * SECTOR, 0, SECTOR);
        break;
    case 3:
        memcpy(page, bytes->data + (size_t)testing_random_below(random, pages) * PAGE, PAGE);
        break;
    case 4:
        for (size_t at = testing_random_below(random, PAGE); at < PAGE; at++)
            page[at] = (uint8_t)testing_random_next(random);
        break;
    default:                    /* headers and offsets of pages that searches follow */
        while (!(page[10] & 3)) /* P_BRANCH, P_LEAF */
            page = bytes->data + (size_t)testing_random_below(random, pages) * PAGE;
        page[10 + testing_random_below(random, 40)] ^=
            (uint8_t)(1 << testing_random_below(random, 8));
    }
}

static void test_store_guard__reports_damage_anywhere(void **state) {
    (void)state;
    if (CHILD_SANITIZED)
        skip();
    struct testing_random random = testing_random();
    struct image image;
    image_make(&image);
    struct buffer sound = {0};
    assert_int_equal(buffer_append_slice(&sound, buffer_slice(&image.bytes)), ST_OK);
    uint32_t fine = 0, refused = 0, guarded = 0;
    for (int i = 0; i < IMAGES; i++) {
        memcpy(image.bytes.data, sound.data, sound.size);
        damage(&image.bytes, &random);
        image_place(&image);
        int code = child_run(read_image, &image);
        switch (code) {
        case 0:
            fine++; /* a free page, or an unused part of a page */
            break;
        case EXIT_REFUSED:
            refused++;
            break;
        case EXIT_DAMAGED:
            guarded++;
            assert_said(&image);
            break;
        default:
            fail_msg("image %d: %s %d", i, code < 0 ? "signal" : "exit", abs(code));
        }
    }
    print_message("%u unharmed, %u refused, %u guarded\n", fine, refused, guarded);
    assert_true(refused > IMAGES / 10);
    buffer_release(&sound);
    buffer_release(&image.bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_store_guard__lets_sound_files_be_read),
        cmocka_unit_test(test_store_guard__reports_a_file_cut_off_while_open),
        cmocka_unit_test(test_store_guard__leaves_other_crashes_alone),
        cmocka_unit_test(test_store_guard__covers_records_that_were_found),
        cmocka_unit_test(test_store_guard__names_the_store),
        cmocka_unit_test(test_store_guard__escapes_the_path),
        cmocka_unit_test(test_store_guard__reports_assertions_of_lmdb),
        cmocka_unit_test(test_store_guard__reports_crashes_within_lmdb),
        cmocka_unit_test(test_store_cursor_next__ends_on_circular_pages),
        cmocka_unit_test(test_store_guard__reports_damage_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
