/* SPDX-License-Identifier: MIT */
/* A cursor gives the postings that a scan of all documents gives, however it is moved. */
#include <stdio.h>
#include <stdlib.h>

#include "common/segment/norm.h"
#include "searcher/score/cursor.h"
#include "tests/support/index_fixture.h"
#include "tests/support/testing.h"

/* One segment of documents of words w0, w1, ..., also as plain arrays. All documents but a few have
 * the word EVERYWHERE. */
enum { DOCUMENTS = 6000, WORDS = 60, VOCABULARY = 50000, EVERYWHERE = VOCABULARY };

static struct {
    struct snapshot *snapshot;
    struct segment *segment;
    uint16_t words[DOCUMENTS][WORDS];
    uint32_t counts[DOCUMENTS];
} fixture;

static int set_up(void **state) {
    (void)state;
    struct error err;
    struct testing_random random = testing_random();
    const char *path = testing_path("index");
    struct writer *writer = index_fixture_writer(path);
    struct buffer text = {0};
    char everywhere[16];
    snprintf(everywhere, sizeof everywhere, "w%u ", EVERYWHERE);
    for (unsigned doc = 0; doc < DOCUMENTS; doc++) {
        char id[16];
        snprintf(id, sizeof id, "%u", doc);
        buffer_clear(&text);
        fixture.counts[doc] = testing_random_below(&random, WORDS);
        testing_random_words(&text, &random, fixture.counts[doc], VOCABULARY);
        if (doc % 700 != 5) {
            assert_int_equal(buffer_append(&text, everywhere, strlen(everywhere)), ST_OK);
            fixture.counts[doc]++;
        }
        assert_int_equal(buffer_append_byte(&text, '\0'), ST_OK);
        char *next = (char *)text.data;
        for (uint32_t i = 0; i < fixture.counts[doc]; i++)
            fixture.words[doc][i] = (uint16_t)strtoul(next + 1, &next, 10), next++;
        index_fixture_add(writer, id, NULL, (const char *)text.data, WRITER_ADDED);
    }
    buffer_release(&text);
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
    assert_ok(snapshot_open(&fixture.snapshot, path, &err), &err);
    assert_int_equal(fixture.snapshot->catalog.segment_count, 1);
    fixture.segment = &fixture.snapshot->segments[0];
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    snapshot_close(fixture.snapshot);
    return 0;
}

/* Lists the positions of the word in the document. */
static uint32_t find_word(uint32_t positions[WORDS], unsigned doc, unsigned word) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < fixture.counts[doc]; i++)
        if (fixture.words[doc][i] == word)
            positions[count++] = i;
    return count;
}

/* Keeps the frequencies of the last word in all documents. */
static uint32_t frequency_of(unsigned doc, unsigned word) {
    static uint32_t frequencies[DOCUMENTS], known = UINT32_MAX;
    uint32_t positions[WORDS];
    for (unsigned i = 0; word != known && i < DOCUMENTS; i++)
        frequencies[i] = find_word(positions, i, word);
    known = word;
    return frequencies[doc];
}

/* The first document >= from that has the word, or DOC_END. */
static uint32_t scan(uint32_t from, unsigned word) {
    for (uint32_t doc = from; doc < DOCUMENTS; doc++)
        if (frequency_of(doc, word))
            return doc;
    return DOC_END;
}

/* False: no document has the word. */
static bool open_word(struct cursor *cursor, unsigned word) {
    struct error err;
    struct term_entry entry;
    char term[16];
    snprintf(term, sizeof term, "w%u", word);
    enum status status =
        segment_find_term(&entry, fixture.segment, SCHEMA_ALL, slice_of_string(term), &err);
    if (status == ST_NOT_FOUND)
        return false;
    assert_ok(status, &err);
    cursor_init(cursor, fixture.segment, &entry);
    cursor_start(cursor);
    return true;
}

/* Steps from the most frequent word to words in a single document; EVERYWHERE comes last. */
static unsigned next_word(unsigned word) {
    unsigned next = word + 1 + word / 4;
    return next < VOCABULARY || word == EVERYWHERE ? next : EVERYWHERE;
}

static void test_cursor_next__gives_every_posting(void **state) {
    (void)state;
    bool single = false, short_list = false, long_list = false;
    for (unsigned word = 0; word <= EVERYWHERE; word = next_word(word)) {
        struct cursor cursor;
        if (!open_word(&cursor, word)) {
            assert_int_equal(scan(0, word), DOC_END);
            continue;
        }
        uint32_t documents = 0;
        for (uint32_t doc = scan(0, word); doc != DOC_END; doc = scan(doc + 1, word)) {
            assert_int_equal(cursor.doc, doc);
            assert_int_equal(cursor_frequency(&cursor), frequency_of(doc, word));
            documents++;
            cursor_next(&cursor);
        }
        assert_int_equal(cursor.doc, DOC_END);
        assert_int_equal(cursor.entry.documents, documents);
        single |= documents == 1;
        short_list |= documents > 1 && documents < POSTINGS_BLOCK;
        long_list |= documents > 10 * POSTINGS_BLOCK;
    }
    assert_true(single && short_list && long_list);
}

static void test_cursor_seek__lands_where_a_scan_does(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (unsigned word = 0; word <= EVERYWHERE; word = next_word(word))
        for (unsigned round = 0; round < 20; round++) {
            struct cursor cursor;
            if (!open_word(&cursor, word))
                break;
            uint32_t reach = 1u << testing_random_below(&random, 13);
            uint32_t expected = scan(0, word);
            while (expected != DOC_END) {
                assert_int_equal(cursor.doc, expected);
                assert_int_equal(cursor_frequency(&cursor), frequency_of(expected, word));
                if (testing_random_below(&random, 4) == 0) {
                    expected = scan(expected + 1, word);
                    assert_int_equal(cursor_next(&cursor), expected);
                    continue;
                }
                uint32_t target = expected + testing_random_below(&random, reach);
                expected = scan(target, word);
                assert_int_equal(cursor_seek(&cursor, target), expected);
            }
            assert_int_equal(cursor_seek(&cursor, DOCUMENTS), DOC_END);
            assert_int_equal(cursor_seek(&cursor, DOC_END), DOC_END);
        }
}

static void test_cursor_seek__reaches_any_distance(void **state) {
    (void)state;
    for (unsigned word = 0; word <= EVERYWHERE; word = next_word(word))
        for (uint32_t target = 0; target < DOCUMENTS; target += 29) {
            struct cursor cursor;
            if (!open_word(&cursor, word))
                break;
            assert_int_equal(cursor_seek(&cursor, target), scan(target, word));
        }
}

static void test_cursor_positions__may_skip_postings(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (unsigned word = 0; word <= EVERYWHERE; word = next_word(word))
        for (uint32_t reach = 1; reach <= 1024; reach *= 8) {
            struct cursor cursor;
            if (!open_word(&cursor, word))
                break;
            while (cursor.doc != DOC_END) {
                uint32_t expected[WORDS], positions[WORDS];
                uint32_t count = find_word(expected, cursor.doc, word);
                assert_int_equal(cursor_frequency(&cursor), count);
                assert_true(cursor_positions(positions, &cursor));
                assert_memory_equal(positions, expected, count * sizeof *positions);
                cursor_seek(&cursor, cursor.doc + 1 + testing_random_below(&random, reach));
            }
        }
}

/* The score of the document for the word. */
static uint32_t score_of(const struct bm25 *bm25, float weight, uint32_t doc, unsigned word) {
    uint32_t frequency = frequency_of(doc, word);
    uint8_t norm = norm_of_length(fixture.counts[doc]);
    return frequency ? bm25_score(weight, bm25->inverse_k[norm], frequency) : 0;
}

static void test_cursor_range_bound__is_above_every_score_in_the_range(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    const float weight = 1 << 30;
    struct bm25 bm25;
    bm25_init(&bm25, 1.2, 0.75, WORDS / 2);
    for (unsigned word = 0; word <= EVERYWHERE; word = next_word(word))
        for (unsigned round = 0; round < 10; round++) {
            struct cursor cursor;
            if (!open_word(&cursor, word) || cursor.entry.documents < POSTINGS_BLOCK)
                break;
            uint32_t all = cursor_list_bound(&cursor, &bm25, weight);
            uint32_t reach = 2u << testing_random_below(&random, 12);
            for (uint32_t from = 0; from < DOCUMENTS;
                 from += testing_random_below(&random, reach)) {
                uint32_t end = from + 1 + testing_random_below(&random, reach);
                uint32_t bound = 0;
                if (cursor_advance_shallow(&cursor, from))
                    bound = cursor_range_bound(&cursor, &bm25, weight, end);
                assert_true(bound <= all);
                uint32_t first = cursor.doc > from ? cursor.doc : from;
                for (uint32_t doc = first; doc < end && doc < DOCUMENTS; doc++)
                    assert_true(score_of(&bm25, weight, doc, word) <= bound);
                if (testing_random_below(&random, 2))
                    cursor_seek(&cursor, from + testing_random_below(&random, end - from));
            }
        }
}

static void test_cursor_list_bound__is_the_best_score_of_a_short_list(void **state) {
    (void)state;
    const float weight = 1 << 30;
    struct bm25 bm25;
    bm25_init(&bm25, 1.2, 0.75, WORDS / 2);
    for (unsigned word = 0; word <= EVERYWHERE; word = next_word(word)) {
        struct cursor cursor;
        if (!open_word(&cursor, word))
            continue;
        uint32_t best = 0;
        for (uint32_t doc = 0; doc < DOCUMENTS; doc++) {
            uint32_t score = score_of(&bm25, weight, doc, word);
            best = score > best ? score : best;
        }
        uint32_t bound = cursor_list_bound(&cursor, &bm25, weight);
        assert_true(bound >= best);
        if (cursor.entry.documents < POSTINGS_BLOCK)
            assert_int_equal(bound, best);
    }
}

/* Lists the documents that have the word; returns how many. */
static uint32_t list_of(uint32_t docs[DOCUMENTS], unsigned word) {
    uint32_t count = 0;
    for (uint32_t doc = 0; doc < DOCUMENTS; doc++)
        if (frequency_of(doc, word))
            docs[count++] = doc;
    return count;
}

static bool open_unstarted(struct cursor *cursor, unsigned word) {
    if (!open_word(cursor, word))
        return false;
    struct term_entry entry = cursor->entry;
    cursor_init(cursor, fixture.segment, &entry);
    return true;
}

/* Asserts that the cursor has advanced to the block with docs[at], and checks the documents and the
 * bound of that block. */
static void check_block(struct cursor *cursor, const uint32_t *docs, uint32_t count, uint32_t at,
                        unsigned word, bool decode) {
    const float weight = 1 << 30;
    struct bm25 bm25;
    bm25_init(&bm25, 1.2, 0.75, WORDS / 2);
    uint32_t first = at / POSTINGS_BLOCK * POSTINGS_BLOCK;
    uint32_t end = count - first < POSTINGS_BLOCK ? count : first + POSTINGS_BLOCK;
    assert_int_equal(cursor->shallow_block, at / POSTINGS_BLOCK);
    assert_int_equal(cursor->shallow_last, docs[end - 1]);
    uint32_t bound = cursor_block_bound(cursor, &bm25, weight);
    assert_true(bound <= cursor_list_bound(cursor, &bm25, weight));
    for (uint32_t i = first; i < end; i++)
        assert_true(score_of(&bm25, weight, docs[i], word) <= bound);
    if (!decode)
        return;
    assert_true(cursor_decode_block(cursor));
    assert_int_equal(cursor->block.count, end - first);
    assert_memory_equal(cursor->block.docs, docs + first, (end - first) * sizeof *docs);
    assert_int_equal(postings_block_search(&cursor->block, docs[at]), at - first);
}

static void test_cursor_advance_shallow__reaches_any_distance(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    static uint32_t docs[DOCUMENTS];
    for (unsigned word = 0; word <= EVERYWHERE; word = next_word(word)) {
        uint32_t count = list_of(docs, word);
        for (unsigned round = 0; count && round < 30; round++) {
            struct cursor cursor;
            assert_true(open_unstarted(&cursor, word));
            uint32_t reach = 2u << testing_random_below(&random, 12), at = 0;
            for (uint32_t target = 0;; target += testing_random_below(&random, reach)) {
                while (at < count && docs[at] < target)
                    at++;
                if (at == count || target >= DOCUMENTS)
                    break;
                assert_true(cursor_advance_shallow(&cursor, target));
                check_block(&cursor, docs, count, at, word, testing_random_below(&random, 3) == 0);
            }
            assert_false(cursor_advance_shallow(&cursor, docs[count - 1] + 1));
            assert_false(cursor_advance_shallow(&cursor, DOC_END));
            assert_int_equal(cursor_seek(&cursor, DOC_END), DOC_END);
        }
    }
}

/* Advances by blocks, seeks and steps in random order: a cursor supports any mixture. */
static void test_cursor_advance_shallow__mixes_with_seeks_and_steps(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (unsigned word = 0; word <= EVERYWHERE; word = next_word(word))
        for (unsigned round = 0; round < 20; round++) {
            struct cursor cursor;
            if (!open_unstarted(&cursor, word))
                break;
            uint32_t reach = 2u << testing_random_below(&random, 12), target = 0;
            while (cursor_advance_shallow(&cursor, target)) {
                uint32_t expected = scan(target, word);
                if (testing_random_below(&random, 2))
                    cursor_decode_block(&cursor);
                if (testing_random_below(&random, 2)) {
                    cursor_decode_block(&cursor);
                    assert_int_equal(cursor_seek(&cursor, target), expected);
                    assert_int_equal(cursor_frequency(&cursor), frequency_of(expected, word));
                    expected = scan(expected + 1, word);
                    assert_int_equal(cursor_next(&cursor), expected);
                }
                if (expected == DOC_END)
                    break;
                target = expected + testing_random_below(&random, reach);
            }
            assert_int_equal(scan(target, word) == DOC_END || cursor.doc == DOC_END, true);
        }
}

/* Compares each bit of [from, end). The array is no longer than it must be, so that a sanitizer
 * sees writes past it. */
static void check_bitset(struct cursor *cursor, unsigned word, uint32_t from, uint32_t end) {
    size_t words = (end - from + 63) / 64 + 1;
    uint64_t *bits = calloc(words, sizeof *bits), *expected = calloc(words, sizeof *bits);
    assert_true(bits && expected);
    for (uint32_t doc = from; doc < end && doc < DOCUMENTS; doc++)
        if (frequency_of(doc, word))
            expected[(doc - from) / 64] |= UINT64_C(1) << (doc - from) % 64;
    /* Bits that are already set stay set. */
    for (size_t i = 0; i < words - 1; i++)
        bits[i] = expected[i] & 0x10ff0000ff;
    cursor_to_bitset(bits, cursor, from, end);
    assert_memory_equal(bits, expected, words * sizeof *bits);
    free(bits);
    free(expected);
}

static void test_cursor_to_bitset__fills_consecutive_ranges(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct error err;
    for (unsigned word = 0; word <= EVERYWHERE; word = next_word(word))
        for (uint32_t reach = 1; reach <= 8192; reach *= 2) {
            struct cursor cursor;
            if (!open_unstarted(&cursor, word))
                break;
            if (testing_random_below(&random, 2))
                cursor_start(&cursor); /* decoded blocks take another path */
            bool gaps = testing_random_below(&random, 2);
            for (uint32_t from = 0, end; from < DOCUMENTS; from = end) {
                from += gaps ? testing_random_below(&random, reach) : 0;
                end = from + 1 + testing_random_below(&random, reach);
                check_bitset(&cursor, word, from, end);
                end = end < DOCUMENTS ? end : DOCUMENTS;
            }
        }
    assert_ok(segment_status(fixture.segment, &err), &err);
}

static void test_cursor_to_bitset__fills_any_range(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (unsigned word = 0; word <= EVERYWHERE; word = next_word(word))
        for (unsigned round = 0; round < 200; round++) {
            struct cursor cursor;
            if (!open_unstarted(&cursor, word))
                break;
            uint32_t from = testing_random_below(&random, DOCUMENTS);
            uint32_t reach = 1u << testing_random_below(&random, 13);
            check_bitset(&cursor, word, from, from + 1 + testing_random_below(&random, reach));
        }
}

/* The number of the word's blocks that are stored as bitmaps. */
static unsigned count_bitmaps(unsigned word) {
    struct cursor cursor;
    unsigned found = 0;
    assert_true(open_word(&cursor, word));
    struct chunk_reader *chunks = &fixture.segment->chunks;
    uint32_t before = UINT32_MAX;
    for (uint32_t number = 0; number < cursor.block_count; number++) {
        const uint8_t *skip =
            chunk_read(chunks, STREAM_SKIPS, postings_skip_address(cursor.entry.skips + number),
                       POSTINGS_SKIP_SIZE);
        found += postings_block_bitmap(chunks, &cursor.entry, skip, before) != NULL;
        before = postings_skip_last_doc(skip);
    }
    return found;
}

/* Otherwise the tests of bit sets would not see any. */
static void test_cursor_to_bitset__fixture_has_bitmaps(void **state) {
    (void)state;
    assert_true(count_bitmaps(0) > 20);
    assert_true(count_bitmaps(EVERYWHERE) > 40);
    assert_int_equal(count_bitmaps(200), 0);
}

/* Opens the segment once more, because it keeps its first failure. */
static void open_again(struct segment *segment, struct cursor *cursor, unsigned word,
                       uint32_t documents) {
    struct error err;
    struct term_entry entry;
    struct segment_info info = fixture.segment->info;
    char term[16];
    info.documents = documents;
    segment_open(segment, fixture.snapshot->txn, &fixture.snapshot->decompressor, &info);
    snprintf(term, sizeof term, "w%u", word);
    assert_ok(segment_find_term(&entry, segment, SCHEMA_ALL, slice_of_string(term), &err), &err);
    cursor_init(cursor, segment, &entry);
}

/* A skip entry is one document off: every path to the block reports damage. */
static void test_cursor_decode_block__finds_a_wrong_skip_entry(void **state) {
    (void)state;
    static const unsigned words[] = {0, 50, EVERYWHERE}; /* bitmaps and others */
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        for (unsigned path = 0; path < 3; path++) {
            struct error err;
            struct segment segment;
            struct cursor cursor;
            uint64_t bits[DOCUMENTS / 64 + 2] = {0};
            open_again(&segment, &cursor, words[i], DOCUMENTS);
            assert_true(cursor.skips_count == cursor.block_count && cursor.block_count > 1);
            uint8_t *skips = malloc(cursor.block_count * (size_t)POSTINGS_SKIP_SIZE);
            assert_non_null(skips);
            memcpy(skips, cursor.skips, cursor.block_count * (size_t)POSTINGS_SKIP_SIZE);
            cursor.skips = skips;
            uint32_t block = cursor.block_count / 2;
            uint32_t target = postings_skip_last_doc(skips + (block - 1) * POSTINGS_SKIP_SIZE) + 1;
            uint8_t *skip = skips + block * POSTINGS_SKIP_SIZE;
            put_u32(skip, postings_skip_last_doc(skip) - 1);
            if (path == 0)
                assert_false(cursor_advance_shallow(&cursor, target) &&
                             cursor_decode_block(&cursor));
            else if (path == 1)
                for (uint32_t doc = cursor_start(&cursor); doc != DOC_END;)
                    doc = cursor_next(&cursor);
            else
                cursor_to_bitset(bits, &cursor, 0, DOCUMENTS);
            assert_status(segment_status(&segment, &err), ST_CORRUPT, &err);
            free(skips);
            segment_close(&segment);
        }
}

static void test_cursor_decode_block__finds_documents_past_the_segment(void **state) {
    (void)state;
    bool short_list = false, long_list = false;
    for (unsigned word = 0; word <= EVERYWHERE; word = next_word(word)) {
        struct error err;
        struct segment segment;
        struct cursor cursor;
        uint32_t last = DOC_END;
        for (uint32_t doc = scan(0, word); doc != DOC_END; doc = scan(doc + 1, word))
            last = doc;
        if (last == DOC_END)
            continue;
        open_again(&segment, &cursor, word, last);
        for (uint32_t doc = cursor_start(&cursor); doc != DOC_END;)
            doc = cursor_next(&cursor);
        assert_status(segment_status(&segment, &err), ST_CORRUPT, &err);
        short_list |= cursor.entry.documents < POSTINGS_BLOCK;
        long_list |= cursor.entry.documents > POSTINGS_BLOCK;
        segment_close(&segment);
    }
    assert_true(short_list && long_list);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cursor_next__gives_every_posting),
        cmocka_unit_test(test_cursor_seek__lands_where_a_scan_does),
        cmocka_unit_test(test_cursor_seek__reaches_any_distance),
        cmocka_unit_test(test_cursor_positions__may_skip_postings),
        cmocka_unit_test(test_cursor_range_bound__is_above_every_score_in_the_range),
        cmocka_unit_test(test_cursor_list_bound__is_the_best_score_of_a_short_list),
        cmocka_unit_test(test_cursor_advance_shallow__reaches_any_distance),
        cmocka_unit_test(test_cursor_advance_shallow__mixes_with_seeks_and_steps),
        cmocka_unit_test(test_cursor_to_bitset__fills_consecutive_ranges),
        cmocka_unit_test(test_cursor_to_bitset__fills_any_range),
        cmocka_unit_test(test_cursor_to_bitset__fixture_has_bitmaps),
        cmocka_unit_test(test_cursor_decode_block__finds_a_wrong_skip_entry),
        cmocka_unit_test(test_cursor_decode_block__finds_documents_past_the_segment),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
