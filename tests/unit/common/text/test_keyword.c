/* SPDX-License-Identifier: MIT */
/* Keywords are equal if they differ only in case, accents and white space. */
#include "tests/support/testing.h"

#include <string.h>

#include "common/text/analyzer.h"
#include "common/text/keyword.h"

static struct keyword_folder folder;

static int tear_down(void **state) {
    (void)state;
    keyword_folder_release(&folder);
    return 0;
}

static void assert_term(const char *keyword, const char *expected) {
    struct buffer term = {0};
    assert_int_equal(buffer_append_byte(&term, '='), ST_OK); /* it appends */
    assert_int_equal(keyword_fold(&term, &folder, slice_of_string(keyword)), ST_OK);
    assert_slice(slice_after(buffer_slice(&term), 1), slice_of_string(expected));
    buffer_release(&term);
}

static void test_keyword_fold__ignores_case_accents_and_white_space(void **state) {
    (void)state;
    assert_term("PDF", "pdf");
    assert_term("  Natural\t\n Gas ", "natural gas");
    assert_term("Énergie\xc2\xa0Été", "energie ete");
    assert_term("Cafe\u0301", "cafe");
    assert_term("Straße ŁÓDŹ", "strasse lodz");
    assert_term("running pipelines", "running pipelines"); /* not stemmed */
    assert_term("tar.gz C++ a,b", "tar.gz c++ a,b");
    assert_term("/srv/Docs/2024", "/srv/docs/2024");
    assert_term("天然ガス", "天然ガス");
    assert_term("I\u0307 I", "i i");
    assert_term("", "");
    assert_term(" \u00AD ", "");
    assert_term("a \u00AD b", "a b");
}

static void test_keyword_fold__keeps_what_is_not_utf8(void **state) {
    (void)state;
    assert_term("A \xff\xc3 B", "a \xff\xc3 b");
    assert_term("A\xff", "A\xff");
}

static void test_keyword_fold__cuts_terms_between_characters(void **state) {
    (void)state;
    struct buffer keyword = {0}, term = {0};
    for (int i = 0; i < 200; i++)
        assert_int_equal(buffer_append(&keyword, i % 50 ? "è" : " 天", i % 50 ? 2 : 4), ST_OK);
    assert_int_equal(keyword_fold(&term, &folder, buffer_slice(&keyword)), ST_OK);
    assert_int_equal(term.size, 3 * (3 + 49 + 1) + 3 + 49);
    buffer_clear(&keyword);
    buffer_clear(&term);
    for (int i = 0; i < 100; i++)
        assert_int_equal(buffer_append(&keyword, "天", 3), ST_OK);
    assert_int_equal(keyword_fold(&term, &folder, buffer_slice(&keyword)), ST_OK);
    assert_int_equal(term.size, TERM_MAX / 3 * 3);
    buffer_release(&keyword);
    buffer_release(&term);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keyword_fold__ignores_case_accents_and_white_space),
        cmocka_unit_test(test_keyword_fold__keeps_what_is_not_utf8),
        cmocka_unit_test(test_keyword_fold__cuts_terms_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
