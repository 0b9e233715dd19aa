/* SPDX-License-Identifier: MIT */
/* A dictionary finds every term it has and no other, and reports damage. */
#include "tests/support/testing.h"

#include <stdlib.h>

#include "common/base/codec.h"
#include "common/segment/dictionary.h"
#include "common/segment/postings.h"
#include "tests/support/store_fixture.h"

struct model {
    uint32_t segment;
    struct slice *terms;
    struct term_entry *entries;
    size_t count;
    struct arena arena;
};

static int compare_slices(const void *a, const void *b) {
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static bool model_has(const struct model *model, struct slice term) {
    return model->count && bsearch(&term, model->terms, model->count, sizeof term, compare_slices);
}

/* Makes terms of up to `longest` bytes from `letters` letters; half of them begin like another
 * one. */
static void make_terms(struct model *model, struct testing_random *random, size_t count,
                       size_t longest, unsigned letters) {
    model->terms = calloc(count, sizeof *model->terms);
    assert_non_null(model->terms);
    for (size_t i = 0; i < count; i++) {
        size_t size = 1 + testing_random_below(random, (uint32_t)longest);
        uint8_t *term = arena_alloc(&model->arena, size);
        assert_non_null(term);
        for (size_t k = 0; k < size; k++)
            term[k] = (uint8_t)(letters == 256 ? testing_random_next(random)
                                               : 'a' + testing_random_below(random, letters));
        if (i && testing_random_below(random, 2)) {
            struct slice other = model->terms[testing_random_below(random, (uint32_t)i)];
            size_t shared = testing_random_below(random, (uint32_t)(other.size + 1));
            memcpy(term, other.data, shared < size ? shared : size);
        }
        model->terms[i] = slice_of(term, size);
    }
    qsort(model->terms, count, sizeof *model->terms, compare_slices);
    for (size_t i = 0; i < count; i++)
        if (!model->count || !slice_equal(model->terms[model->count - 1], model->terms[i]))
            model->terms[model->count++] = model->terms[i];
}

/* Makes entries of all kinds, with addresses that grow as when postings are written. */
static void make_entries(struct model *model, struct testing_random *random) {
    model->entries = calloc(model->count, sizeof *model->entries);
    assert_non_null(model->entries);
    uint64_t postings = CHUNK_HEADER_SIZE, positions = CHUNK_HEADER_SIZE, skips = 0;
    for (size_t i = 0; i < model->count; i++) {
        struct term_entry *entry = &model->entries[i];
        unsigned kind = testing_random_below(random, 4);
        entry->documents =
            kind < 2 ? 1 : 2 + (uint32_t)testing_random_bits(random, kind == 2 ? 6 : 31);
        entry->occurrences = entry->documents;
        if (testing_random_below(random, 2))
            entry->occurrences += 1 + testing_random_bits(random, entry->documents == 1 ? 30 : 40);
        entry->skips = skips;
        if (entry->documents >= POSTINGS_BLOCK) {
            skips += term_entry_skip_count(entry->documents);
            for (unsigned k = 0; k < IMPACT_COUNT; k++)
                entry->impacts[k] = (struct impact){(uint8_t)testing_random_next(random),
                                                    (uint8_t)testing_random_next(random)};
            continue;
        }
        if (entry->documents == 1) {
            entry->doc = (uint32_t)testing_random_bits(random, 32);
            entry->frequency = (uint32_t)entry->occurrences;
            if (entry->occurrences == 1) {
                entry->position = (uint32_t)testing_random_bits(random, 32);
                continue;
            }
        } else {
            entry->postings = postings;
            postings += 1 + testing_random_bits(random, 30);
        }
        entry->positions = positions;
        positions += 1 + testing_random_bits(random, 30);
    }
    assert_true((postings | positions) >> 48 == 0);
}

static void make_model(struct model *model, struct testing_random *random, uint32_t segment,
                       size_t count, size_t longest, unsigned letters) {
    *model = (struct model){.segment = segment};
    make_terms(model, random, count, longest, letters);
    make_entries(model, random);
}

static void release_model(struct model *model) {
    free(model->terms);
    free(model->entries);
    arena_release(&model->arena);
}

static void write_model(struct store_fixture *fixture, const struct model *model) {
    struct error err;
    struct dictionary_writer writer;
    dictionary_writer_init(&writer, &fixture->sink, model->segment);
    for (size_t i = 0; i < model->count; i++)
        assert_ok(dictionary_writer_add(&writer, model->terms[i], &model->entries[i], &err), &err);
    assert_ok(dictionary_writer_flush(&writer, &err), &err);
    assert_int_equal(writer.term_count, model->count);
    dictionary_writer_release(&writer);
}

static void assert_entry(const struct term_entry *entry, const struct term_entry *expected) {
    assert_int_equal(entry->documents, expected->documents);
    assert_int_equal(entry->occurrences, expected->occurrences);
    assert_int_equal(entry->doc, expected->doc);
    assert_int_equal(entry->frequency, expected->frequency);
    assert_int_equal(entry->position, expected->position);
    assert_int_equal(entry->postings, expected->postings);
    assert_int_equal(entry->positions, expected->positions);
    assert_int_equal(entry->skips, expected->documents < POSTINGS_BLOCK ? 0 : expected->skips);
    assert_memory_equal(entry->impacts, expected->impacts, sizeof entry->impacts);
}

static void assert_absent(struct store_txn *txn, const struct model *model, struct slice term) {
    struct term_entry entry;
    struct error err;
    if (model_has(model, term))
        return;
    /* In memory of exactly that size, so that a sanitizer notices reads past it. */
    uint8_t *exact = malloc(term.size + !term.size);
    assert_non_null(exact);
    memcpy(exact, term.data, term.size);
    assert_status(dictionary_find(&entry, txn, model->segment, slice_of(exact, term.size), &err),
                  ST_NOT_FOUND, &err);
    free(exact);
}

/* Looks up terms that are similar to one of the dictionary. */
static void check_similar_terms(struct store_txn *txn, const struct model *model,
                                struct slice term) {
    uint8_t bytes[DICTIONARY_TERM_MAX + 2];
    memcpy(bytes, term.data, term.size);
    static const uint8_t ends[] = {0, 'a', 0xff};
    for (size_t i = 0; i < sizeof ends; i++) {
        bytes[term.size] = ends[i];
        assert_absent(txn, model, slice_of(bytes, term.size + 1));
    }
    for (size_t size = 0; size < term.size; size++)
        assert_absent(txn, model, slice_of(bytes, size));
    for (size_t i = term.size > 8 ? term.size - 8 : 0; i < term.size; i++) {
        bytes[i]++;
        assert_absent(txn, model, slice_of(bytes, term.size));
        assert_absent(txn, model, slice_of(bytes, i + 1));
        bytes[i] -= 2;
        assert_absent(txn, model, slice_of(bytes, term.size));
        bytes[i]++;
    }
}

/* Samples are the first terms of all blocks, or of every second, fourth ... for smaller limits. */
static void check_blocks(struct store_txn *txn, const struct model *model) {
    struct error err;
    struct buffer keys = {0}, some = {0};
    size_t blocks, at = 0;
    assert_ok(dictionary_sample(&keys, &blocks, 1 << 20, txn, model->segment, &err), &err);
    struct reader reader = reader_of(keys.data, keys.size);
    assert_in_range(blocks, 1, model->count);
    for (size_t block = 0; block < blocks; block++) {
        struct slice first = reader_string(&reader);
        while (at < model->count && !slice_equal(model->terms[at], first))
            at++;
        assert_true(at < model->count && (block || at == 0));
    }
    assert_int_equal(reader_remaining(&reader), 0);
    for (size_t max_count = 2; max_count <= blocks; max_count += 2) {
        size_t count, step = 1;
        while ((blocks + step - 1) / step > max_count)
            step *= 2;
        buffer_clear(&some);
        assert_ok(dictionary_sample(&some, &count, max_count, txn, model->segment, &err), &err);
        assert_int_equal(count, (blocks + step - 1) / step);
        struct reader taken = reader_of(some.data, some.size);
        reader = reader_of(keys.data, keys.size);
        for (size_t block = 0; block < blocks; block++) {
            struct slice first = reader_string(&reader);
            if (block % step == 0)
                assert_slice(reader_string(&taken), first);
        }
        assert_int_equal(reader_remaining(&taken), 0);
    }
    buffer_release(&keys);
    buffer_release(&some);
}

/* Cursors start at any term or right after it. */
static void check_seeking(struct store_txn *txn, const struct model *model) {
    struct error err;
    struct dictionary_cursor cursor;
    for (size_t i = 0; i < 2 * model->count + 2; i += 1 + model->count / 200) {
        uint8_t bytes[DICTIONARY_TERM_MAX + 1];
        struct slice term = model->terms[i / 2 < model->count ? i / 2 : model->count - 1];
        memcpy(bytes, term.data, term.size);
        bytes[term.size] = 0; /* the smallest greater term */
        size_t next = i / 2 < model->count ? i / 2 : model->count - 1;
        if (i % 2 && term.size < DICTIONARY_TERM_MAX) {
            term = slice_of(bytes, term.size + 1);
            next += next + 1 == model->count || slice_compare(model->terms[next + 1], term) >= 0;
        }
        assert_ok(dictionary_cursor_open(&cursor, txn, model->segment, &err), &err);
        assert_ok(dictionary_cursor_seek(&cursor, term, &err), &err);
        for (size_t k = next; k < model->count && k < next + 3; k++) {
            assert_ok(dictionary_cursor_next(&cursor, &err), &err);
            assert_slice(slice_of(cursor.term, cursor.term_size), model->terms[k]);
            assert_entry(&cursor.entry, &model->entries[k]);
        }
        if (next == model->count)
            assert_int_equal(dictionary_cursor_next(&cursor, &err), ST_END);
        dictionary_cursor_close(&cursor);
    }
    check_blocks(txn, model);
}

/* Ascending terms, near each other and far, are found as they are one by one; so are those that are
 * not there. */
static void check_ascending(struct store_txn *txn, const struct model *model, size_t step) {
    struct error err;
    struct dictionary_cursor cursor;
    assert_ok(dictionary_cursor_open(&cursor, txn, model->segment, &err), &err);
    for (size_t i = 0; i < model->count; i += 1 + (i * 7 + step) % step) {
        uint8_t bytes[DICTIONARY_TERM_MAX];
        struct slice term = model->terms[i];
        assert_ok(dictionary_cursor_find(&cursor, term, &err), &err);
        assert_entry(&cursor.entry, &model->entries[i]);
        if (term.size == DICTIONARY_TERM_MAX)
            continue;
        memcpy(bytes, term.data, term.size);
        bytes[term.size] = 0;
        term = slice_of(bytes, term.size + 1);
        assert_int_equal(dictionary_cursor_find(&cursor, term, &err),
                         model_has(model, term) ? ST_OK : ST_NOT_FOUND);
    }
    static const uint8_t last[] = {255, 255, 255};
    assert_int_equal(dictionary_cursor_find(&cursor, slice_of(last, sizeof last), &err),
                     model_has(model, slice_of(last, sizeof last)) ? ST_OK : ST_NOT_FOUND);
    dictionary_cursor_close(&cursor);
}

static void check_model(struct store_txn *txn, const struct model *model) {
    struct error err;
    check_seeking(txn, model);
    check_ascending(txn, model, 1);
    check_ascending(txn, model, 5);
    check_ascending(txn, model, 200);
    struct term_entry entry;
    for (size_t i = 0; i < model->count; i++) {
        memset(&entry, 0x77, sizeof entry);
        assert_ok(dictionary_find(&entry, txn, model->segment, model->terms[i], &err), &err);
        assert_entry(&entry, &model->entries[i]);
        check_similar_terms(txn, model, model->terms[i]);
    }
    struct dictionary_cursor cursor;
    assert_ok(dictionary_cursor_open(&cursor, txn, model->segment, &err), &err);
    for (size_t i = 0; i < model->count; i++) {
        assert_ok(dictionary_cursor_next(&cursor, &err), &err);
        assert_slice(slice_of(cursor.term, cursor.term_size), model->terms[i]);
        assert_entry(&cursor.entry, &model->entries[i]);
    }
    assert_int_equal(dictionary_cursor_next(&cursor, &err), ST_END);
    dictionary_cursor_close(&cursor);
}

static void test_dictionary_find__every_term_and_no_other(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    static const struct {
        size_t count, longest;
        unsigned letters;
    } kinds[] = {{1, 1, 26},
                 {2, 1, 2},
                 {5000, 12, 2},
                 {5000, 8, 26},
                 {3000, 10, 256},
                 {500, DICTIONARY_TERM_MAX, 2},
                 {500, DICTIONARY_TERM_MAX, 256}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct store_fixture fixture;
        struct model model;
        store_fixture_open(&fixture);
        make_model(&model, &random, 1, kinds[i].count, kinds[i].longest, kinds[i].letters);
        write_model(&fixture, &model);
        store_fixture_read(&fixture);
        check_model(fixture.txn, &model);
        release_model(&model);
        store_fixture_close(&fixture);
    }
}

/* Every prefix of a long term is a term: each one contains the previous one. */
static void test_dictionary_find__prefixes_of_each_other(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct store_fixture fixture;
    store_fixture_open(&fixture);
    uint8_t bytes[DICTIONARY_TERM_MAX];
    memset(bytes, 'x', sizeof bytes);
    struct model model = {.segment = 1, .count = DICTIONARY_TERM_MAX};
    model.terms = calloc(model.count, sizeof *model.terms);
    assert_non_null(model.terms);
    for (size_t i = 0; i < model.count; i++)
        model.terms[i] = slice_of(bytes, i + 1);
    make_entries(&model, &random);
    write_model(&fixture, &model);
    store_fixture_read(&fixture);
    check_model(fixture.txn, &model);
    release_model(&model);
    store_fixture_close(&fixture);
}

/* A segment does not find the terms of another one, even if it has none itself. */
static void test_dictionary_find__segments_do_not_mix(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    static const uint32_t ids[] = {1, 2, 255, 256, 65536, UINT32_MAX};
    enum { COUNT = sizeof ids / sizeof *ids };
    struct model models[COUNT];
    struct store_fixture fixture;
    store_fixture_open(&fixture);
    for (size_t i = 0; i < COUNT; i++) {
        make_model(&models[i], &random, ids[i], 300, 4, 4);
        write_model(&fixture, &models[i]);
    }
    store_fixture_read(&fixture);
    static const uint32_t others[] = {0, 3, 257, UINT32_MAX - 1};
    for (size_t i = 0; i < COUNT; i++) {
        check_model(fixture.txn, &models[i]);
        for (size_t k = 0; k < models[i].count; k++) {
            for (size_t j = 0; j < COUNT; j++)
                assert_absent(fixture.txn, &models[j], models[i].terms[k]);
            for (size_t j = 0; j < sizeof others / sizeof *others; j++) {
                const struct model none = {.segment = others[j]};
                assert_absent(fixture.txn, &none, models[i].terms[k]);
            }
        }
    }
    for (size_t j = 0; j < sizeof others / sizeof *others; j++) {
        struct dictionary_cursor cursor;
        struct error err;
        assert_ok(dictionary_cursor_open(&cursor, fixture.txn, others[j], &err), &err);
        assert_int_equal(dictionary_cursor_next(&cursor, &err), ST_END);
        dictionary_cursor_close(&cursor);
    }
    for (size_t i = 0; i < COUNT; i++)
        release_model(&models[i]);
    store_fixture_close(&fixture);
}

static void test_dictionary_find__empty_and_overlong_terms(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct store_fixture fixture;
    struct model model;
    struct term_entry entry;
    struct error err;
    store_fixture_open(&fixture);
    make_model(&model, &random, 1, 100, 200, 3);
    write_model(&fixture, &model);
    store_fixture_read(&fixture);
    uint8_t bytes[600];
    memset(bytes, 'b', sizeof bytes);
    assert_int_equal(dictionary_find(&entry, fixture.txn, 1, slice_of(NULL, 0), &err),
                     ST_NOT_FOUND);
    assert_int_equal(dictionary_find(&entry, fixture.txn, 1, slice_of(bytes, 256), &err),
                     ST_NOT_FOUND);
    assert_int_equal(dictionary_find(&entry, fixture.txn, 1, slice_of(bytes, 600), &err),
                     ST_NOT_FOUND);
    release_model(&model);
    store_fixture_close(&fixture);
}

static void test_dictionary_writer_add__two_blocks_fit_a_page(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (unsigned round = 0; round < 20; round++) {
        struct store_fixture fixture;
        struct model model;
        struct error err;
        store_fixture_open(&fixture);
        make_model(&model, &random, 1, 2000, 1 + testing_random_below(&random, DICTIONARY_TERM_MAX),
                   256);
        write_model(&fixture, &model);
        store_fixture_read(&fixture);
        struct store_cursor *cursor;
        struct slice key, value;
        assert_ok(store_cursor_open(&cursor, fixture.txn, TABLE_DICT, &err), &err);
        enum status status = store_cursor_seek(&key, &value, cursor, slice_of(NULL, 0), &err);
        for (; !status; status = store_cursor_next(&key, &value, cursor, &err))
            assert_in_range(key.size + value.size, 1, DICTIONARY_BLOCK_MAX);
        assert_int_equal(status, ST_END);
        store_cursor_close(cursor);
        release_model(&model);
        store_fixture_close(&fixture);
    }
}

/* Looks terms up in a dictionary with one replaced block. */
static void check_replaced(struct store_fixture *fixture, const struct model *model,
                           struct slice key, struct slice other_key, struct slice other_value,
                           size_t first) {
    struct error err;
    struct store_txn *txn;
    struct term_entry entry;
    assert_ok(store_begin(&txn, fixture->store, true, &err), &err);
    assert_ok(store_delete(txn, TABLE_DICT, key, &err), &err);
    assert_ok(store_put(txn, TABLE_DICT, other_key, other_value, &err), &err);
    assert_status(dictionary_find(&entry, txn, model->segment, model->terms[first], &err),
                  ST_CORRUPT, &err);
    struct dictionary_cursor cursor;
    assert_ok(dictionary_cursor_open(&cursor, txn, model->segment, &err), &err);
    enum status status;
    while (!(status = dictionary_cursor_next(&cursor, &err)))
        continue;
    assert_status(status, ST_CORRUPT, &err);
    dictionary_cursor_close(&cursor);
    store_abort(txn);
}

static void test_dictionary_find__reports_every_flipped_byte(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct error err;
    struct store_fixture fixture;
    struct model model;
    store_fixture_open(&fixture);
    make_model(&model, &random, 1, 100, 20, 3);
    write_model(&fixture, &model);
    store_fixture_read(&fixture);
    uint8_t bytes[4 + DICTIONARY_TERM_MAX] = {0, 0, 0, 1};
    memcpy(bytes + 4, model.terms[0].data, model.terms[0].size);
    struct slice key = slice_of(bytes, 4 + model.terms[0].size), value;
    assert_ok(store_get(&value, fixture.txn, TABLE_DICT, key, &err), &err);
    struct buffer copy = {0};
    assert_int_equal(buffer_append_slice(&copy, value), ST_OK);
    for (size_t i = 0; i < copy.size; i++) {
        copy.data[i] ^= (uint8_t)(1u << i % 8);
        check_replaced(&fixture, &model, key, key, buffer_slice(&copy), 0);
        copy.data[i] ^= (uint8_t)(1u << i % 8);
    }
    for (size_t size = 0; size < copy.size; size++)
        check_replaced(&fixture, &model, key, key, slice_of(copy.data, size), 0);
    /* A block under a smaller key than its own. */
    uint8_t other[sizeof bytes];
    memcpy(other, bytes, key.size);
    other[key.size - 1]--;
    check_replaced(&fixture, &model, key, slice_of(other, key.size), buffer_slice(&copy), 0);
    buffer_release(&copy);
    release_model(&model);
    store_fixture_close(&fixture);
}

/* Random bytes in a valid block, under a matching checksum: reading ends, and does not leave the
 * block (for a sanitizer). */
static void test_dictionary_cursor_next__ends_on_random_damage(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct error err;
    struct store_fixture fixture;
    struct model model;
    store_fixture_open(&fixture);
    make_model(&model, &random, 1, 60, 12, 3);
    write_model(&fixture, &model);
    store_fixture_read(&fixture);
    uint8_t bytes[4 + DICTIONARY_TERM_MAX] = {0, 0, 0, 1};
    memcpy(bytes + 4, model.terms[0].data, model.terms[0].size);
    struct slice key = slice_of(bytes, 4 + model.terms[0].size), sound;
    assert_ok(store_get(&sound, fixture.txn, TABLE_DICT, key, &err), &err);
    unsigned refused = 0, ended = 0;
    for (unsigned round = 0; round < 10000; round++) {
        struct store_txn *txn;
        uint8_t value[DICTIONARY_BLOCK_MAX];
        size_t size = sound.size - 4;
        memcpy(value, sound.data, size);
        for (unsigned edits = 1 + testing_random_below(&random, 4); edits; edits--)
            value[testing_random_below(&random, (uint32_t)size)] =
                (uint8_t)testing_random_bits(&random, 8);
        if (round % 3 == 0)
            size = testing_random_below(&random, (uint32_t)size);
        put_u32(value + size, checksum(value, size, hash64(key.data, key.size, 0)));
        assert_ok(store_begin(&txn, fixture.store, true, &err), &err);
        assert_ok(store_put(txn, TABLE_DICT, key, slice_of(value, size + 4), &err), &err);
        struct dictionary_cursor cursor;
        assert_ok(dictionary_cursor_open(&cursor, txn, 1, &err), &err);
        enum status status;
        while (!(status = dictionary_cursor_next(&cursor, &err)))
            assert_true(cursor.term_size <= DICTIONARY_TERM_MAX && cursor.entry.documents);
        assert_true(status == ST_END || status == ST_CORRUPT);
        refused += status == ST_CORRUPT;
        ended += status == ST_END;
        dictionary_cursor_close(&cursor);
        for (size_t i = 0; i < model.count; i++) {
            struct term_entry entry;
            status = dictionary_find(&entry, txn, 1, model.terms[i], &err);
            assert_true(status == ST_OK || status == ST_NOT_FOUND || status == ST_CORRUPT);
        }
        store_abort(txn);
    }
    assert_true(refused > 500 && ended > 500);
    release_model(&model);
    store_fixture_close(&fixture);
}

/* Stores a block of a first term and the given entries; each term occurs once, in one document. */
static void put_block(struct store_txn *txn, const char *first, const struct slice *entries,
                      size_t count) {
    static const uint8_t head[13], payload[] = {1 << 1 | 1, 0, 0};
    struct error err;
    struct buffer key = {0}, value = {0};
    enum status status = buffer_append(&key, (const uint8_t[]){0, 0, 0, 1}, 4);
    status |= buffer_append_slice(&key, slice_of_string(first));
    status |= buffer_append(&value, head, sizeof head);
    status |= buffer_append(&value, payload, sizeof payload);
    for (size_t i = 0; i < count; i++) {
        status |= buffer_append_slice(&value, entries[i]);
        status |= buffer_append(&value, payload, sizeof payload);
    }
    uint64_t seed = hash64(key.data, key.size, 0);
    status |= buffer_append_u32(&value, checksum(value.data, value.size, seed));
    assert_int_equal(status, ST_OK);
    assert_ok(store_put(txn, TABLE_DICT, buffer_slice(&key), buffer_slice(&value), &err), &err);
    buffer_release(&key);
    buffer_release(&value);
}

/* Terms that a cursor could return but dictionary_find() would miss: out of order, repeated, or
 * sharing fewer bytes with the previous one than they could. */
static void test_dictionary_cursor_next__reports_terms_that_find_would_miss(void **state) {
    (void)state;
#define ENTRY(bytes) slice_of(bytes, sizeof(bytes) - 1)
    const struct {
        const char *first;
        struct slice entries[2];
        size_t count;
        const char *next; /* first term of the next block */
        unsigned terms;   /* read before the damage */
        bool sound;
    } blocks[] = {
        {"ab", {ENTRY("\1\1c"), ENTRY("\2\1c")}, 2, "ad", 4, true},
        {"ab", {ENTRY("\1\1c"), ENTRY("\1\1b")}, 2, "ad", 2, false},
        {"ab", {ENTRY("\1\1c"), ENTRY("\2\0")}, 2, "ad", 2, false},
        {"ab", {ENTRY("\1\1c"), ENTRY("\0\2ad")}, 2, "ae", 2, false},
        {"ab", {ENTRY("\3\1c"), ENTRY("\1\1c")}, 2, "ae", 1, false},
        {"ab", {ENTRY("\1\1c"), ENTRY("\1\1e")}, 2, "ad", 3, false},
        {"ab", {ENTRY("\1\1c"), ENTRY("\1\1e")}, 2, "ae", 3, false},
    };
#undef ENTRY
    struct error err;
    struct store_fixture fixture;
    store_fixture_open(&fixture);
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        struct store_txn *txn;
        struct dictionary_cursor cursor;
        enum status status;
        unsigned terms = 0;
        assert_ok(store_begin(&txn, fixture.store, true, &err), &err);
        put_block(txn, blocks[i].first, blocks[i].entries, blocks[i].count);
        put_block(txn, blocks[i].next, NULL, 0);
        assert_ok(dictionary_cursor_open(&cursor, txn, 1, &err), &err);
        while (!(status = dictionary_cursor_next(&cursor, &err)))
            terms++;
        assert_int_equal(terms, blocks[i].terms);
        assert_int_equal(status, blocks[i].sound ? ST_END : ST_CORRUPT);
        dictionary_cursor_close(&cursor);
        store_abort(txn);
    }
    store_fixture_close(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dictionary_find__every_term_and_no_other),
        cmocka_unit_test(test_dictionary_find__prefixes_of_each_other),
        cmocka_unit_test(test_dictionary_find__segments_do_not_mix),
        cmocka_unit_test(test_dictionary_find__empty_and_overlong_terms),
        cmocka_unit_test(test_dictionary_writer_add__two_blocks_fit_a_page),
        cmocka_unit_test(test_dictionary_find__reports_every_flipped_byte),
        cmocka_unit_test(test_dictionary_cursor_next__ends_on_random_damage),
        cmocka_unit_test(test_dictionary_cursor_next__reports_terms_that_find_would_miss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
