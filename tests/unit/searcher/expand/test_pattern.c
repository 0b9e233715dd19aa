/* SPDX-License-Identifier: MIT */
/* Patterns match what a recursive matcher does, whatever keys came before. */
#include "tests/support/testing.h"

#include "common/text/surface_form.h"
#include "common/text/unicode.h"
#include "searcher/expand/pattern.h"

enum { KEYS = 300, KEY_ROOM = 40 };

/* The definition of patterns. */
static bool matches(const char *pattern, const char *key) {
    if (*pattern == '\0')
        return *key == '\0';
    size_t size = *key ? unicode_decode((const uint8_t *)key, strlen(key)).size : 0;
    if (*pattern == '*')
        return matches(pattern + 1, key) || (*key && matches(pattern, key + size));
    if (*key == '\0')
        return false;
    if (*pattern == '?')
        return matches(pattern + 1, key + size);
    return *pattern == *key && matches(pattern + 1, key + 1);
}

static struct pattern *new_pattern(const char *text) {
    struct pattern *pattern;
    assert_int_equal(pattern_new(&pattern, slice_of_string(text)), ST_OK);
    return pattern;
}

static void assert_match(const char *text, const char *key, bool expected) {
    struct pattern *pattern = new_pattern(text);
    assert_int_equal(pattern_match(pattern, slice_of_string(key), 0).matches, expected);
    pattern_free(pattern);
}

static void test_pattern__prefixes_wildcards_and_gaps(void **state) {
    (void)state;
    assert_match("pipe*", "pipe", true);
    assert_match("pipe*", "pipelines", true);
    assert_match("pipe*", "pip", false);
    assert_match("p?pe", "pipe", true);
    assert_match("p?pe", "pope", true);
    assert_match("p?pe", "ppe", false);
    assert_match("p?pe", "pipes", false);
    assert_match("*line", "pipeline", true);
    assert_match("*line", "line", true);
    assert_match("*line", "lines", false);
    assert_match("pi*ne", "pipeline", true);
    assert_match("pi*ne", "pine", true);
    assert_match("pi*ne", "pne", false);
    assert_match("gr??", "größe", false);
    assert_match("gr?ße", "größe", true);
    assert_match("*б??а", "борода", false);
    assert_match("*р??а", "борода", true);
}

/* Appends characters of a small alphabet, so that patterns match some keys. */
static void append_text(char *text, struct testing_random *random, uint32_t count,
                        const char *const *alphabet, uint32_t letters) {
    for (; count; count--)
        strcat(text, alphabet[testing_random_below(random, letters)]);
}

static int compare_keys(const void *a, const void *b) {
    return strcmp(a, b);
}

static size_t shared_size(const char *a, const char *b) {
    size_t size = 0;
    while (a[size] && a[size] == b[size])
        size++;
    return size;
}

static void check_keys(struct pattern *pattern, const char *text, char keys[KEYS][KEY_ROOM]) {
    struct form_probe probe;
    struct slice end;
    bool probed = pattern_probe(&probe, &end, pattern);
    const char *before = "";
    size_t dead = 0;
    for (size_t i = 0; i < KEYS; i++) {
        bool expected = matches(text, keys[i]);
        struct slice key = slice_of_string(keys[i]);
        if (probed && expected) {
            assert_non_null(memmem(key.data, key.size, probe.bytes, probe.size));
            assert_true(key.size >= end.size);
            assert_slice(slice_after(key, key.size - end.size), end);
        }
        size_t shared = shared_size(before, keys[i]);
        if (dead && shared >= dead) {
            assert_false(expected); /* passed over unread */
            continue;
        }
        struct key_match match = pattern_match(pattern, key, shared);
        assert_int_equal(match.matches, expected);
        dead = match.dead;
        before = keys[i];
    }
}

static void test_pattern__equals_a_recursive_matcher(void **state) {
    (void)state;
    static const char *const letters[] = {"a", "b", "é", "è", "字", "a"};
    static const char *const signs[] = {"a", "b", "é", "*", "?", "è"};
    struct testing_random random = testing_random();
    static char keys[KEYS][KEY_ROOM];
    unsigned matched = 0;
    for (unsigned round = 0; round < 300 / TESTING_FEWER; round++) {
        memset(keys, 0, sizeof keys);
        for (size_t i = 0; i < KEYS; i++)
            append_text(keys[i], &random, 1 + testing_random_below(&random, 7), letters, 6);
        qsort(keys, KEYS, sizeof *keys, compare_keys);
        char text[64] = "";
        append_text(text, &random, 1 + testing_random_below(&random, 6), signs, 6);
        struct pattern *pattern = new_pattern(text);
        check_keys(pattern, text, keys);
        for (size_t i = 0; i < KEYS; i++)
            matched += matches(text, keys[i]);
        pattern_free(pattern);
    }
    assert_true(matched > 1000 / TESTING_FEWER);
}

static void test_pattern__many_characters_and_stars(void **state) {
    (void)state;
    char text[2 * SURFACE_FORM_MAX + 3] = "", key[SURFACE_FORM_MAX + 32] = "";
    for (size_t i = 0; i < 120; i++)
        strcat(text, i % 40 ? "a*" : "?*");
    strcat(text, "b");
    memset(key, 'a', SURFACE_FORM_MAX - 1);
    assert_match(text, key, false);
    strcat(key, "b");
    assert_match(text, key, true);
    memset(key, 'a', 119);
    key[119] = 'b', key[120] = '\0';
    assert_match(text, key, false);
}

static void test_pattern__more_characters_than_keys_have(void **state) {
    (void)state;
    char text[SURFACE_FORM_MAX + 2];
    struct pattern *pattern;
    memset(text, '?', sizeof text);
    assert_int_equal(pattern_new(&pattern, slice_of(text, SURFACE_FORM_MAX + 1)), ST_LIMIT);
    assert_null(pattern);
    text[0] = '*';
    pattern = NULL;
    assert_int_equal(pattern_new(&pattern, slice_of(text, SURFACE_FORM_MAX + 1)), ST_OK);
    pattern_free(pattern);
}

static void assert_prefix(const char *text, const char *expected) {
    struct pattern *pattern = new_pattern(text);
    assert_slice(pattern_prefix(pattern), slice_of_string(expected));
    pattern_free(pattern);
}

static void test_pattern_prefix__up_to_the_first_wildcard(void **state) {
    (void)state;
    assert_prefix("pipe*", "pipe");
    assert_prefix("grö?e*", "grö");
    assert_prefix("*line", "");
    assert_prefix("gas", "gas");
}

static void assert_probe(const char *text, const char *bytes, const char *end) {
    struct pattern *pattern = new_pattern(text);
    struct form_probe probe;
    struct slice found;
    assert_int_equal(pattern_probe(&probe, &found, pattern), bytes != NULL);
    if (bytes) {
        assert_slice(slice_of(probe.bytes, probe.size), slice_of_string(bytes));
        assert_slice(found, slice_of_string(end));
    }
    pattern_free(pattern);
}

static void test_pattern_probe__the_rarest_pair_and_the_end(void **state) {
    (void)state;
    assert_probe("*line", "li", "line");
    assert_probe("*e*x", "x", "x");
    assert_probe("*que*", "qu", "");
    assert_probe("*a?", "a", "");
    assert_probe("*?*", NULL, NULL);
    assert_probe("line*", NULL, NULL);
    assert_probe("?line", NULL, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pattern__prefixes_wildcards_and_gaps),
        cmocka_unit_test(test_pattern__equals_a_recursive_matcher),
        cmocka_unit_test(test_pattern__many_characters_and_stars),
        cmocka_unit_test(test_pattern__more_characters_than_keys_have),
        cmocka_unit_test(test_pattern_probe__the_rarest_pair_and_the_end),
        cmocka_unit_test(test_pattern_prefix__up_to_the_first_wildcard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
