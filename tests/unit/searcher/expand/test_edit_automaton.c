/* SPDX-License-Identifier: MIT */
/* The automaton has the distances of the dynamic programme, whatever keys came before. */
#include "tests/support/testing.h"

#include "common/text/surface_form.h"
#include "common/text/unicode.h"
#include "searcher/expand/edit_automaton.h"

enum { KEYS = 300, KEY_ROOM = 40, LENGTH_MAX = 16 };

static size_t decode(uint32_t *codes, const char *text) {
    size_t count = 0, size = strlen(text);
    for (size_t at = 0; at < size;) {
        struct unicode_char next = unicode_decode((const uint8_t *)text + at, size - at);
        codes[count++] = next.code_point;
        at += next.size;
    }
    return count;
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* The distance of Damerau and Levenshtein by its definition: cell [i][j] is that of the first i
 * characters of one and the first j of the other. Two characters may change places if all between
 * them are left out or inserted (R. Lowrance, R. Wagner, "An extension of the string-to-string
 * correction problem", 1975). */
static size_t distance(const char *x, const char *y) {
    uint32_t a[LENGTH_MAX], b[LENGTH_MAX];
    size_t cells[LENGTH_MAX + 1][LENGTH_MAX + 1], rows = decode(a, x), columns = decode(b, y);
    for (size_t i = 0; i <= rows; i++)
        for (size_t j = 0; j <= columns; j++) {
            size_t best = i + j;
            if (i > 0)
                best = least(best, cells[i - 1][j] + 1);
            if (j > 0)
                best = least(best, cells[i][j - 1] + 1);
            if (i > 0 && j > 0)
                best = least(best, cells[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            for (size_t k = 1; k < i; k++)
                for (size_t l = 1; l < j; l++)
                    if (a[k - 1] == b[j - 1] && a[i - 1] == b[l - 1])
                        best = least(best, cells[k - 1][l - 1] + (i - k - 1) + 1 + (j - l - 1));
            cells[i][j] = best;
        }
    return cells[rows][columns];
}

static struct edit_automaton *new_automaton(const char *word, unsigned edits) {
    struct edit_automaton *automaton;
    assert_int_equal(edit_automaton_new(&automaton, slice_of_string(word), edits), ST_OK);
    return automaton;
}

static void assert_edits(const char *word, const char *key, unsigned expected) {
    for (unsigned max = 0; max <= EDIT_AUTOMATON_EDITS_MAX; max++) {
        struct edit_automaton *automaton = new_automaton(word, max);
        struct key_match match = edit_automaton_match(automaton, slice_of_string(key), 0);
        assert_int_equal(match.matches, expected <= max);
        if (match.matches)
            assert_int_equal(match.edits, expected);
        edit_automaton_free(automaton);
    }
}

static void test_edit_automaton__edits_of_all_kinds(void **state) {
    (void)state;
    assert_edits("pipeline", "pipeline", 0);
    assert_edits("pipline", "pipeline", 1);
    assert_edits("pippeline", "pipeline", 1);
    assert_edits("pibeline", "pipeline", 1);
    assert_edits("pipelien", "pipeline", 1);
    assert_edits("ipelien", "pipeline", 2);
    assert_edits("ipelein", "pipeline", 3);
    assert_edits("ca", "abc", 2);
    assert_edits("abc", "ca", 2);
    assert_edits("größe", "grösse", 2);
    assert_edits("größe", "grßöe", 1);
    assert_edits("字体", "体字", 1);
    assert_edits("a", "bc", 2);
}

static void append_text(char *text, struct testing_random *random, uint32_t count) {
    static const char *const letters[] = {"a", "b", "c", "é", "è", "字", "a"};
    for (; count; count--)
        strcat(text, letters[testing_random_below(random, 7)]);
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

static void make_keys(char keys[KEYS][KEY_ROOM], struct testing_random *random) {
    memset(keys, 0, KEYS * sizeof *keys);
    for (size_t i = 0; i < KEYS; i++)
        append_text(keys[i], random, 1 + testing_random_below(random, 8));
    qsort(keys, KEYS, sizeof *keys, compare_keys);
}

static void test_edit_automaton__equals_the_matrix(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    static char keys[KEYS][KEY_ROOM];
    unsigned matched[3] = {0}, passed = 0;
    for (unsigned round = 0; round < 150 / TESTING_FEWER; round++) {
        char word[KEY_ROOM] = "";
        unsigned max = round % 3;
        make_keys(keys, &random);
        append_text(word, &random, 1 + testing_random_below(&random, 8));
        struct edit_automaton *automaton = new_automaton(word, max);
        const char *before = "";
        size_t dead = 0;
        for (size_t i = 0; i < KEYS; i++) {
            size_t expected = distance(word, keys[i]), shared = shared_size(before, keys[i]);
            if (dead && shared >= dead) {
                assert_true(expected > max);
                passed++;
                continue;
            }
            struct key_match match =
                edit_automaton_match(automaton, slice_of_string(keys[i]), shared);
            assert_int_equal(match.matches, expected <= max);
            if (match.matches) {
                assert_int_equal(match.edits, expected);
                matched[match.edits]++;
            }
            dead = match.dead;
            before = keys[i];
        }
        edit_automaton_free(automaton);
    }
    assert_true(matched[1] > 100 / TESTING_FEWER && matched[2] > 100 / TESTING_FEWER);
    assert_true(passed > 1000 / TESTING_FEWER);
}

static void test_edit_automaton_may_match__never_misses_a_key(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    static char keys[KEYS][KEY_ROOM];
    unsigned refused = 0;
    for (unsigned round = 0; round < 60 / TESTING_FEWER; round++) {
        char word[KEY_ROOM] = "";
        make_keys(keys, &random);
        append_text(word, &random, 3 + testing_random_below(&random, 6));
        struct edit_automaton *automaton = new_automaton(word, 1 + round % 2);
        for (size_t first = 0; first < KEYS;) {
            size_t end = first + 1 + testing_random_below(&random, 10);
            struct slice limit = slice_of_string(keys[end < KEYS ? end : KEYS - 1]);
            bool may = edit_automaton_may_match(automaton, slice_of_string(keys[first]),
                                                end < KEYS ? &limit : NULL);
            for (size_t i = first; i <= end && i < KEYS && !may; i++)
                assert_true(distance(word, keys[i]) > 1 + round % 2);
            refused += !may;
            first = end;
        }
        edit_automaton_free(automaton);
    }
    assert_true(refused > 200 / TESTING_FEWER);
}

static void test_edit_automaton_may_match__ranges_without_the_beginnings(void **state) {
    (void)state;
    struct edit_automaton *automaton = new_automaton("pipline", 1);
    struct slice cam = slice_of_string("cam"), cen = slice_of_string("cen"),
                 cip = slice_of_string("cip"), zebra = slice_of_string("zebra"),
                 zz = slice_of_string("zz");
    assert_false(edit_automaton_may_match(automaton, cam, &cen));
    assert_true(edit_automaton_may_match(automaton, cam, &cip));   /* cipline */
    assert_true(edit_automaton_may_match(automaton, zebra, NULL)); /* zipline */
    assert_false(edit_automaton_may_match(automaton, slice_of_string("zpq"), &zz));
    edit_automaton_free(automaton);
}

static void test_edit_automaton__words_of_any_length(void **state) {
    (void)state;
    char word[SURFACE_FORM_MAX + 2], key[SURFACE_FORM_MAX + 2];
    struct edit_automaton *automaton;
    memset(word, 'a', sizeof word);
    word[SURFACE_FORM_MAX] = '\0';
    memcpy(key, word, sizeof word);
    key[100] = 'b', key[101] = 'a', word[101] = 'b';
    assert_edits(word, key, 1);
    key[SURFACE_FORM_MAX - 1] = '\0';
    assert_edits(word, key, 1); /* an a less before the b */
    key[SURFACE_FORM_MAX - 2] = '\0';
    assert_edits(word, key, 2);
    memset(word, 'a', sizeof word);
    assert_int_equal(edit_automaton_new(&automaton, slice_of(word, SURFACE_FORM_MAX + 1), 2),
                     ST_LIMIT);
    assert_null(automaton);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edit_automaton__edits_of_all_kinds),
        cmocka_unit_test(test_edit_automaton__equals_the_matrix),
        cmocka_unit_test(test_edit_automaton_may_match__never_misses_a_key),
        cmocka_unit_test(test_edit_automaton_may_match__ranges_without_the_beginnings),
        cmocka_unit_test(test_edit_automaton__words_of_any_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
