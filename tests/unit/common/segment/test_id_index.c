/* SPDX-License-Identifier: MIT */
/* The id index finds every document by the hash of its id, few others, and survives damage. */
#include "tests/support/testing.h"

#include <stdlib.h>

#include "common/segment/id_index.h"
#include "tests/support/store_fixture.h"

enum { SEGMENT = 5 };

/* Makes and opens an index of the last `count` of `documents` documents, sorted in `memory`
 * bytes. */
static void make_index_within(struct store_fixture *fixture, struct chunk_reader *reader,
                              const uint64_t *hashes, uint32_t count, uint32_t documents,
                              uint64_t memory) {
    struct error err;
    uint32_t chunks[STREAM_MAX] = {0};
    struct id_index_source source = {
        .hashes = hashes, .first = documents - count, .count = count, .documents = documents};
    store_fixture_open(fixture);
    assert_ok(id_index_write(chunks, &fixture->sink, SEGMENT, &source, memory, &err), &err);
    store_fixture_read(fixture);
    chunk_reader_init(reader, fixture->txn, SEGMENT, chunks);
}

static void make_index(struct store_fixture *fixture, struct chunk_reader *reader,
                       const uint64_t *hashes, uint32_t count, uint32_t documents) {
    make_index_within(fixture, reader, hashes, count, documents, UINT64_MAX);
}

static void close_index(struct store_fixture *fixture, struct chunk_reader *reader) {
    assert_int_equal(reader->status, ST_OK);
    chunk_reader_release(reader);
    store_fixture_close(fixture);
}

/* Counts the candidates of a hash and sets *has to whether `doc` is one. They ascend, and seeking
 * finds what stepping finds. */
static uint32_t candidates(struct chunk_reader *reader, uint32_t documents, uint64_t hash,
                           uint32_t doc, bool *has) {
    struct id_index_match match;
    uint32_t found, before = 0, count = 0;
    *has = false;
    if (!id_index_find(&match, reader, documents, hash))
        return 0;
    for (; id_index_next(&found, &match); before = found, count++) {
        assert_true(!count || found > before);
        *has |= found == doc;
    }
    assert_true(count > 0);
    assert_true(id_index_find(&match, reader, documents, hash));
    id_index_seek(&match, doc);
    bool more = id_index_next(&found, &match);
    assert_true(!more || found >= doc);
    assert_true((more && found == doc) == *has);
    return count;
}

static void check_index(uint32_t documents, struct testing_random *random) {
    struct store_fixture fixture;
    struct chunk_reader reader;
    uint64_t *hashes = malloc((documents + 1ul) * sizeof *hashes);
    assert_non_null(hashes);
    for (uint32_t i = 0; i < documents; i++)
        hashes[i] = testing_random_next(random);
    make_index(&fixture, &reader, hashes, documents, documents);
    bool has;
    uint64_t others = 0;
    for (uint32_t i = 0; i < documents; i++) {
        others += candidates(&reader, documents, hashes[i], i, &has) - 1;
        assert_true(has);
    }
    uint64_t wrong = 0;
    for (uint32_t i = 0; i < 10000; i++)
        wrong += candidates(&reader, documents, testing_random_next(random), UINT32_MAX, &has);
    /* One look-up in 128 finds a wrong candidate, so far fewer than one in 60. */
    assert_true(others <= documents / 60 + 5 && wrong < 10000 / 60);
    close_index(&fixture, &reader);
    free(hashes);
}

static void test_id_index_find__every_document(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    static const uint32_t counts[] = {1, 2, 511, 512, 513, 1023, 1024, 5000, 100000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        check_index(counts[i], &random);
}

static void test_id_index_find__no_documents(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct store_fixture fixture;
    struct chunk_reader reader;
    bool has;
    make_index(&fixture, &reader, NULL, 0, 0);
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(candidates(&reader, 0, testing_random_next(&random), 0, &has), 0);
    close_index(&fixture, &reader);
}

/* The first and last fingerprints and pages. */
static void test_id_index_find__smallest_and_greatest_hashes(void **state) {
    (void)state;
    const uint64_t hashes[] = {(1ull << 63) - 1, 1ull << 63, 0x8000, ~0xffffull,
                               UINT64_MAX,       0xffff,     1,      0};
    const uint32_t documents[] = {8, 600, 5000};
    for (size_t k = 0; k < 3; k++) {
        struct store_fixture fixture;
        struct chunk_reader reader;
        make_index(&fixture, &reader, hashes, 8, documents[k]);
        bool has;
        for (uint32_t i = 0; i < 8; i++) {
            assert_true(candidates(&reader, documents[k], hashes[i], documents[k] - 8 + i, &has));
            assert_true(has);
        }
        close_index(&fixture, &reader);
    }
}

/* All versions of a document that was replaced within a batch are candidates. */
static void test_id_index_find__returns_all_of_equal_hashes(void **state) {
    (void)state;
    uint64_t hashes[1000];
    for (uint32_t i = 0; i < 1000; i++)
        hashes[i] = i % 10 * 0x123456789abcdefull;
    struct store_fixture fixture;
    struct chunk_reader reader;
    make_index(&fixture, &reader, hashes, 1000, 1000);
    bool has;
    for (uint32_t i = 0; i < 1000; i++) {
        assert_in_range(candidates(&reader, 1000, hashes[i], i, &has), 100, 1000);
        assert_true(has);
    }
    close_index(&fixture, &reader);
}

/* Document numbers of 24 bits and more, and an index of several chunks. */
static void test_id_index_find__large_segment(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    static const uint32_t documents[] = {1u << 24, (1u << 24) + 1, UINT32_MAX - 1};
    for (size_t k = 0; k < 3; k++) {
        uint64_t hashes[1000];
        for (uint32_t i = 0; i < 1000; i++)
            hashes[i] = testing_random_next(&random);
        struct store_fixture fixture;
        struct chunk_reader reader;
        make_index(&fixture, &reader, hashes, 1000, documents[k]);
        assert_true(reader.chunk_counts[STREAM_ID_INDEX] > 1);
        bool has;
        for (uint32_t i = 0; i < 1000; i++) {
            candidates(&reader, documents[k], hashes[i], documents[k] - 1000 + i, &has);
            assert_true(has);
        }
        close_index(&fixture, &reader);
    }
}

/* With little memory sorting takes more passes and writes the same bytes. */
static void test_id_index_write__same_bytes_in_little_memory(void **state) {
    (void)state;
    enum { DOCUMENTS = 20000 };
    struct testing_random random = testing_random();
    static const uint64_t memories[] = {0, 4096, 50000, 8 * DOCUMENTS - 1, 8 * DOCUMENTS};
    uint64_t *hashes = malloc(DOCUMENTS * sizeof *hashes);
    assert_non_null(hashes);
    for (uint32_t i = 0; i < DOCUMENTS; i++)
        hashes[i] =
            testing_random_next(&random) >> (i % 4 == 0 ? 4 : 0); /* for pages of different sizes */
    struct store_fixture whole;
    struct chunk_reader expected;
    make_index(&whole, &expected, hashes, DOCUMENTS, DOCUMENTS);
    for (size_t k = 0; k < sizeof memories / sizeof *memories; k++) {
        struct store_fixture fixture;
        struct chunk_reader reader;
        make_index_within(&fixture, &reader, hashes, DOCUMENTS, DOCUMENTS, memories[k]);
        for (enum stream stream = STREAM_IDS; stream <= STREAM_ID_INDEX; stream++) {
            assert_int_equal(reader.chunk_counts[stream], expected.chunk_counts[stream]);
            for (uint32_t chunk = 0; chunk < reader.chunk_counts[stream]; chunk++) {
                uint64_t address = chunk_address(chunk, CHUNK_HEADER_SIZE);
                uint32_t size = chunk_bytes_left(&expected, stream, address);
                assert_int_equal(chunk_bytes_left(&reader, stream, address), size);
                assert_memory_equal(chunk_read(&reader, stream, address, size),
                                    chunk_read(&expected, stream, address, size), size);
            }
        }
        close_index(&fixture, &reader);
    }
    close_index(&whole, &expected);
    free(hashes);
}

/* More ids than a page holds, chosen to be on one: with the same fingerprint, and with others. */
static void test_id_index_find__pages_that_continue(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    static const uint32_t counts[] = {ID_INDEX_PAGE_MAX, ID_INDEX_PAGE_MAX + 1,
                                      2 * ID_INDEX_PAGE_MAX, 20000};
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
        for (unsigned fingerprints = 1; fingerprints <= 1 << 16; fingerprints *= 256) {
            uint32_t documents = counts[k];
            struct store_fixture fixture;
            struct chunk_reader reader;
            uint64_t count, *hashes = malloc(documents * sizeof *hashes);
            assert_non_null(hashes);
            for (uint32_t i = 0; i < documents; i++)
                hashes[i] = i * 37u % fingerprints;
            make_index(&fixture, &reader, hashes, documents, documents);
            for (unsigned i = 0; i < 200; i++) {
                struct id_index_match match;
                uint32_t found, doc = testing_random_below(&random, documents);
                assert_true(id_index_find(&match, &reader, documents, hashes[doc]));
                id_index_seek(&match, doc);
                assert_true(id_index_next(&found, &match));
                assert_int_equal(found, doc);
            }
            bool has;
            uint32_t expected = (documents - 1) / fingerprints + 1; /* of the first fingerprint */
            assert_in_range(candidates(&reader, documents, 0, 0, &has), expected, documents);
            assert_true(fingerprints == 256 ||
                        candidates(&reader, documents, 0, 0, &has) == expected);
            assert_false(candidates(&reader, documents, UINT64_MAX, 0, &has));
            assert_true(id_index_entry_count(&count, &reader, documents));
            assert_int_equal(count, documents);
            close_index(&fixture, &reader);
            free(hashes);
        }
}

static void test_id_index_find__reports_damage(void **state) {
    (void)state;
    struct error err;
    struct store_fixture fixture;
    struct chunk_reader reader;
    const uint64_t hashes[] = {1, 2};
    make_index(&fixture, &reader, hashes, 2, 2);
    reader.chunk_counts[STREAM_IDS] = 0; /* so the index points to nothing */
    struct id_index_match match;
    assert_false(id_index_find(&match, &reader, 2, 1));
    assert_status(reader.status, ST_CORRUPT, &err);
    reader.status = ST_OK;
    reader.chunk_counts[STREAM_ID_INDEX] = 0;
    assert_false(id_index_find(&match, &reader, 2, 1));
    assert_status(reader.status, ST_CORRUPT, &err);
    chunk_reader_release(&reader);
    store_fixture_close(&fixture);
}

/* Moves a chunk to memory of exactly its size, for a sanitizer, and marks it as verified. */
static uint8_t *take_chunk(struct chunk_reader *reader, enum stream stream) {
    assert_non_null(chunk_read(reader, stream, chunk_address(0, CHUNK_HEADER_SIZE), 1));
    struct chunk_ref *ref = &reader->refs[stream][0];
    uint8_t *bytes = malloc(ref->size);
    assert_non_null(bytes);
    memcpy(bytes, ref->data, ref->size);
    ref->data = bytes;
    ref->verified = UINT32_MAX;
    return bytes;
}

/* Counts the candidates of the hash 0. */
static uint32_t count_candidates(struct chunk_reader *reader, uint32_t documents) {
    struct id_index_match match;
    uint32_t doc, found = 0;
    if (id_index_find(&match, reader, documents, 0))
        while (id_index_next(&doc, &match))
            found++;
    return found;
}

/* Looks up the hashes and random ones. However damaged the index is, look-ups end within bounds. */
static void look_up_all(struct chunk_reader *reader, const uint64_t *hashes, uint32_t count,
                        struct testing_random *random) {
    for (uint32_t i = 0; i < 2 * count; i++) {
        struct id_index_match match;
        uint32_t doc, found = 0;
        uint64_t hash = i < count ? hashes[i] : testing_random_next(random);
        if (id_index_find(&match, reader, count, hash))
            for (; id_index_next(&doc, &match); found++)
                assert_true(doc < 1u << 9);
        assert_true(found <= UINT16_MAX);
    }
}

/* Damaged pages and index entries under a matching checksum. */
static void test_id_index_find__ends_on_damaged_pages(void **state) {
    (void)state;
    enum { COUNT = 300 };
    struct testing_random random = testing_random();
    struct error err;
    struct store_fixture fixture;
    struct chunk_reader reader;
    uint64_t hashes[COUNT];
    for (uint32_t i = 0; i < COUNT; i++)
        hashes[i] = testing_random_next(&random);
    make_index(&fixture, &reader, hashes, COUNT, COUNT);
    uint8_t *page = take_chunk(&reader, STREAM_IDS), *index = take_chunk(&reader, STREAM_ID_INDEX);
    uint32_t size = reader.refs[STREAM_IDS][0].size;
    for (unsigned round = 0; round < 3000; round++) {
        uint32_t at = CHUNK_HEADER_SIZE + testing_random_below(&random, size - CHUNK_HEADER_SIZE);
        uint8_t before = page[at];
        page[at] ^= (uint8_t)(1 + testing_random_below(&random, 255));
        look_up_all(&reader, hashes, COUNT, &random);
        if (testing_random_below(&random, 3)) /* else it stays damaged */
            page[at] = before;
    }
    for (int value = 0; value < 256; value += 255) {
        memset(page + CHUNK_HEADER_SIZE, value, size - CHUNK_HEADER_SIZE);
        look_up_all(&reader, hashes, COUNT, &random);
    }
    /* An upper part with more documents than the page, all of one fingerprint. */
    memset(page + CHUNK_HEADER_SIZE, 0, size - CHUNK_HEADER_SIZE);
    memset(page + CHUNK_HEADER_SIZE, 0xff, (512 + COUNT + 7) / 8);
    assert_int_equal(count_candidates(&reader, COUNT), COUNT);
    assert_int_equal(reader.status, ST_OK);
    /* Wrong ends of quarters; with another count the page has another size, too. */
    for (unsigned round = 0; round < 2000; round++) {
        uint8_t before[ID_INDEX_ENTRY_SIZE];
        memcpy(before, index + CHUNK_HEADER_SIZE, ID_INDEX_ENTRY_SIZE);
        for (unsigned i = 6; i < ID_INDEX_ENTRY_SIZE - (round % 2 ? 0 : 2); i++)
            index[CHUNK_HEADER_SIZE + i] = (uint8_t)testing_random_next(&random);
        look_up_all(&reader, hashes, COUNT, &random);
        memcpy(index + CHUNK_HEADER_SIZE, before, ID_INDEX_ENTRY_SIZE);
    }
    /* A page that is cut is not found. */
    for (uint32_t cut = CHUNK_HEADER_SIZE; cut < size; cut++) {
        struct id_index_match match;
        reader.refs[STREAM_IDS][0].size = cut;
        reader.status = ST_OK;
        assert_false(id_index_find(&match, &reader, COUNT, hashes[0]));
        assert_status(reader.status, ST_CORRUPT, &err);
    }
    chunk_reader_release(&reader);
    store_fixture_close(&fixture);
    free(page);
    free(index);
}

/* A page that would continue itself. */
static void test_id_index_find__ends_on_damaged_continuations(void **state) {
    (void)state;
    enum { COUNT = ID_INDEX_PAGE_MAX + 1 };
    struct error err;
    struct store_fixture fixture;
    struct chunk_reader reader;
    uint64_t count, *hashes = calloc(COUNT, sizeof *hashes);
    assert_non_null(hashes);
    make_index(&fixture, &reader, hashes, COUNT, COUNT);
    uint8_t *page = take_chunk(&reader, STREAM_IDS), *index = take_chunk(&reader, STREAM_ID_INDEX);
    /* The last bytes of the chunk are the page_entry of what continues the page. */
    memcpy(page + reader.refs[STREAM_IDS][0].size - ID_INDEX_ENTRY_SIZE, index + CHUNK_HEADER_SIZE,
           ID_INDEX_ENTRY_SIZE);
    assert_int_equal(count_candidates(&reader, COUNT), ID_INDEX_PAGE_MAX);
    assert_status(reader.status, ST_CORRUPT, &err);
    reader.status = ST_OK;
    assert_false(id_index_entry_count(&count, &reader, COUNT));
    assert_status(reader.status, ST_CORRUPT, &err);
    chunk_reader_release(&reader);
    store_fixture_close(&fixture);
    free(hashes);
    free(page);
    free(index);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_id_index_find__every_document),
        cmocka_unit_test(test_id_index_find__no_documents),
        cmocka_unit_test(test_id_index_find__smallest_and_greatest_hashes),
        cmocka_unit_test(test_id_index_find__returns_all_of_equal_hashes),
        cmocka_unit_test(test_id_index_find__large_segment),
        cmocka_unit_test(test_id_index_write__same_bytes_in_little_memory),
        cmocka_unit_test(test_id_index_find__pages_that_continue),
        cmocka_unit_test(test_id_index_find__reports_damage),
        cmocka_unit_test(test_id_index_find__ends_on_damaged_pages),
        cmocka_unit_test(test_id_index_find__ends_on_damaged_continuations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
