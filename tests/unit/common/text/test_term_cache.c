/* SPDX-License-Identifier: MIT */
/* The cache finds every word it was given, until it starts over. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/text/term_cache.h"

static struct term_cache_entry *find(struct term_cache *cache, const char *word) {
    struct slice text = slice_of_string(word);
    struct term_cache_key key = term_cache_key(cache, text, 0, text.size);
    return term_cache_find(cache, &key);
}

static struct term_cache_entry *add(struct term_cache *cache, const char *word, const char *term) {
    struct slice text = slice_of_string(word);
    struct term_cache_key key = term_cache_key(cache, text, 0, text.size);
    struct term_cache_entry *entry = term_cache_find(cache, &key);
    assert_null(entry->term);
    assert_int_equal(term_cache_add(cache, entry, &key, slice_of_string(term)), ST_OK);
    return entry;
}

static void assert_term(const struct term_cache_entry *entry, const char *term) {
    assert_int_equal(entry->term_size, strlen(term));
    assert_non_null(entry->term);
    assert_memory_equal(entry->term, term, entry->term_size);
}

static void test_term_cache_lower__every_byte(void **state) {
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        uint64_t lower = byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte;
        /* Neighbouring bytes do not matter. */
        for (unsigned place = 0; place < 64; place += 8)
            for (unsigned other = 0; other < 256; other += 51) {
                uint64_t others =
                    (other * UINT64_C(0x0101010101010101)) & ~((uint64_t)0xFF << place);
                uint64_t got = term_cache_lower(others | (uint64_t)byte << place, 0x20ull << place);
                assert_true(got == (others | lower << place));
            }
    }
}

static void test_term_cache_find__words_of_every_length(void **state) {
    (void)state;
    struct term_cache cache;
    assert_int_equal(term_cache_init(&cache, true), ST_OK);
    char word[100] = "", upper[100] = "";
    for (size_t size = 1; size < sizeof word; size++) {
        word[size - 1] = (char)('a' + size % 26);
        upper[size - 1] = (char)('A' + size % 26);
        assert_term(add(&cache, word, size % 2 ? word : "other"), size % 2 ? word : "other");
        assert_ptr_equal(find(&cache, word), find(&cache, upper));
    }
    for (size_t size = sizeof word - 1; size > 0; size--) {
        word[size] = '\0';
        assert_term(find(&cache, word), size % 2 ? word : "other");
    }
    term_cache_release(&cache);
}

static void test_term_cache_find__reads_within_the_text(void **state) {
    (void)state;
    struct term_cache cache;
    assert_int_equal(term_cache_init(&cache, true), ST_OK);
    const char *padded = "pipeline and more text after it";
    struct term_cache_key inside = term_cache_key(&cache, slice_of_string(padded), 0, 8);
    for (size_t size = 8; size < 20; size++) {
        uint8_t *text = malloc(size);
        assert_non_null(text);
        memcpy(text, padded, size);
        struct term_cache_key key = term_cache_key(&cache, slice_of(text, size), 0, 8);
        assert_true(key.hash == inside.hash);
        assert_memory_equal(key.word, inside.word, sizeof key.word);
        free(text);
    }
    term_cache_release(&cache);
}

static void test_term_cache_find__case_matters_if_asked(void **state) {
    (void)state;
    struct term_cache cache;
    assert_int_equal(term_cache_init(&cache, false), ST_OK);
    assert_term(add(&cache, "I", "ı"), "ı");
    assert_term(add(&cache, "i", "i"), "i");
    assert_term(add(&cache, "ANLAYAMADIKLARIMIZDAN", "x"), "x");
    assert_null(find(&cache, "anlayamadiklarimizdan")->term);
    term_cache_release(&cache);
}

static void test_term_cache_add__no_term(void **state) {
    (void)state;
    struct term_cache cache;
    assert_int_equal(term_cache_init(&cache, true), ST_OK);
    add(&cache, "the", "");
    assert_non_null(find(&cache, "the")->term);
    assert_int_equal(find(&cache, "the")->term_size, 0);
    term_cache_release(&cache);
}

static void test_term_cache_clear_term_ids__all_words(void **state) {
    (void)state;
    struct term_cache cache;
    assert_int_equal(term_cache_init(&cache, true), ST_OK);
    term_cache_clear_term_ids(&cache);
    add(&cache, "gas", "gas")->term_id = 7;
    add(&cache, "internationalisation", "internation")->term_id = 8;
    assert_int_equal(find(&cache, "Gas")->term_id, 7);
    term_cache_clear_term_ids(&cache);
    assert_int_equal(find(&cache, "gas")->term_id, 0);
    assert_int_equal(find(&cache, "internationalisation")->term_id, 0);
    assert_term(find(&cache, "gas"), "gas");
    term_cache_release(&cache);
}

/* Adds numbered words until the cache starts over. Returns how many it took. */
static size_t fill(struct term_cache *cache, const char *prefix) {
    char word[64];
    for (size_t count = 0;; count++) {
        term_cache_begin(cache);
        if (count && !cache->count)
            return count;
        snprintf(word, sizeof word, "%s%zu", prefix, count);
        add(cache, word, word);
    }
}

static void test_term_cache_begin__starts_over_when_full(void **state) {
    (void)state;
    struct term_cache cache;
    assert_int_equal(term_cache_init(&cache, true), ST_OK);
    add(&cache, "gas", "gas");
    assert_in_range(fill(&cache, "w"), TERM_CACHE_MAX_WORDS - TERM_CACHE_BATCH - 1,
                    TERM_CACHE_MAX_WORDS);
    assert_null(find(&cache, "gas")->term);
    /* Fewer words, but long ones. */
    size_t words = fill(&cache, "a word of more than sixteen bytes, number ");
    assert_in_range(words, TERM_CACHE_MAX_ARENA / 256, TERM_CACHE_MAX_WORDS - TERM_CACHE_BATCH - 1);
    assert_true(cache.arena.total < TERM_CACHE_MAX_ARENA);
    term_cache_release(&cache);
}

/* Entries stay, and so do their term ids. */
static void test_term_cache_begin__grows(void **state) {
    (void)state;
    enum { WORDS = 20000 };
    struct term_cache cache;
    char word[64];
    assert_int_equal(term_cache_init(&cache, true), ST_OK);
    size_t slots = term_cache_slot_count(&cache);
    assert_true(slots < WORDS);
    for (uint32_t i = 0; i < WORDS; i++) {
        term_cache_begin(&cache);
        snprintf(word, sizeof word, i % 7 ? "word%u" : "a word of many bytes, number %u", i);
        add(&cache, word, i % 3 ? word : "other")->term_id = i;
    }
    assert_true(term_cache_slot_count(&cache) > slots);
    assert_int_equal(cache.count, WORDS);
    for (uint32_t i = 0; i < WORDS; i++) {
        snprintf(word, sizeof word, i % 7 ? "word%u" : "a word of many bytes, number %u", i);
        const struct term_cache_entry *entry = find(&cache, word);
        assert_term(entry, i % 3 ? word : "other");
        assert_int_equal(entry->term_id, i);
    }
    term_cache_release(&cache);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_term_cache_lower__every_byte),
        cmocka_unit_test(test_term_cache_find__words_of_every_length),
        cmocka_unit_test(test_term_cache_find__reads_within_the_text),
        cmocka_unit_test(test_term_cache_find__case_matters_if_asked),
        cmocka_unit_test(test_term_cache_add__no_term),
        cmocka_unit_test(test_term_cache_clear_term_ids__all_words),
        cmocka_unit_test(test_term_cache_begin__starts_over_when_full),
        cmocka_unit_test(test_term_cache_begin__grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
