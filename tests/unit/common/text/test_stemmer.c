/* SPDX-License-Identifier: MIT */
/* Words of several languages have the stems of Snowball. */
#include "tests/support/testing.h"

#include "common/text/stemmer.h"

static void assert_stem(const char *algorithm, const char *word, const char *stem) {
    struct stemmer stemmer;
    assert_int_equal(stemmer_init(&stemmer, algorithm), ST_OK);
    struct slice got;
    assert_int_equal(stemmer_stem(&got, &stemmer, slice_of_string(word)), ST_OK);
    assert_int_equal(got.size, strlen(stem));
    assert_memory_equal(got.data, stem, got.size);
    stemmer_release(&stemmer);
}

static void test_stemmer_stem__several_languages(void **state) {
    (void)state;
    assert_stem("english", "pipelines", "pipelin");
    assert_stem("english", "happiness", "happi");
    assert_stem("porter", "relational", "relat");
    assert_stem("german", "häuser", "haus");
    assert_stem("russian", "домами", "дом");
    assert_stem("finnish", "taloissa", "talo");
    assert_stem("none", "pipelines", "pipelines");
}

static void test_stemmer_stem__never_empty(void **state) {
    (void)state;
    for (const char **name = stemmer_names(); *name; name++) {
        struct stemmer stemmer;
        assert_int_equal(stemmer_init(&stemmer, *name), ST_OK);
        struct slice stem;
        assert_int_equal(stemmer_stem(&stem, &stemmer, slice_of(NULL, 0)), ST_OK);
        assert_int_equal(stem.size, 0);
        for (int letter = 'a'; letter <= 'z'; letter++) {
            const char word[2] = {(char)letter, (char)letter};
            for (size_t size = 1; size <= sizeof word; size++) {
                assert_int_equal(stemmer_stem(&stem, &stemmer, slice_of(word, size)), ST_OK);
                assert_true(stem.size > 0);
            }
        }
        stemmer_release(&stemmer);
    }
}

static void test_stemmer_init__refuses_all_but_names(void **state) {
    (void)state;
    struct stemmer stemmer;
    assert_int_equal(stemmer_init(&stemmer, "klingon"), ST_INVALID);
    assert_int_equal(stemmer_init(&stemmer, ""), ST_INVALID);
    assert_int_equal(stemmer_init(&stemmer, "en"), ST_INVALID);
    assert_int_equal(stemmer_init(&stemmer, "English"), ST_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stemmer_stem__several_languages),
        cmocka_unit_test(test_stemmer_stem__never_empty),
        cmocka_unit_test(test_stemmer_init__refuses_all_but_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
