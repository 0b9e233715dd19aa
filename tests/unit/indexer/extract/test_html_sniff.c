/* SPDX-License-Identifier: MIT */
/* Encodings are found where browsers look for them. */
#include "indexer/extract/html_sniff.h"
#include "tests/support/extract_fixture.h"

static void assert_declares(const char *page, const char *label) {
    assert_slice(html_sniff_charset(slice_of_string(page)), slice_of_string(label));
}

static void test_html_sniff_charset__meta(void **state) {
    (void)state;
    assert_declares("<!DOCTYPE html><meta charset=koi8_r>", "koi8_r");
    assert_declares("<META x='>' CHARSET = \"x-cp1251\" >", "x-cp1251");
    assert_declares("<meta charset='koi8-r'charset=utf-8>", "koi8-r");
    assert_declares("<meta http-equiv=Content-Type content='text/html; charset=iso8859-2'>",
                    "iso8859-2");
    assert_declares("<meta content=\"x; charset = 'cp1254' \" http-equiv=\"content-type\">",
                    "cp1254");
    assert_declares("<meta charset=utf-16le>", "utf-8");
    assert_declares("<meta charset=x-user-defined>", "x-user-defined");
    assert_declares("<meta charset=unheard-of><meta charset=big5>", "big5");
}

static void test_html_sniff_charset__no_declaration(void **state) {
    (void)state;
    assert_declares("", "");
    assert_declares("<!-- <meta charset=koi8-r> --><p>", "");
    assert_declares("<metacharset=koi8-r>", "");
    assert_declares("<meta name=x content='text/html; charset=koi8-r'>", "");
    assert_declares("<meta http-equiv=refresh content='text/html; charset=koi8-r'>", "");
    assert_declares("<p title='<meta charset=koi8-r>'>", "");
    assert_declares("<meta data-charset=koi8-r>", "");
    assert_declares("<meta charset=koi8-r", "");
    assert_declares("charset=koi8-r", "");
}

/* After the first 1,024 bytes, only a <meta> in the head counts. */
static void test_html_sniff_charset__after_the_first_bytes(void **state) {
    (void)state;
    struct buffer page = extract_fixture_repeat(
        "<head><style>", "x <!-- --> ", 200, "<meta charset=hebrew></style><meta charset=koi8-r>");
    assert_slice(html_sniff_charset(buffer_slice(&page)), slice_of_string("koi8-r"));
    buffer_release(&page);
    page = extract_fixture_repeat("<body>", "x", 2000, "<meta charset=koi8-r>");
    assert_slice(html_sniff_charset(buffer_slice(&page)), slice_of_string(""));
    buffer_release(&page);
}

static void test_html_sniff_charset__xml(void **state) {
    (void)state;
    assert_declares("<?xml version=\"1.0\" encoding='iso-8859-2'?><html>", "iso-8859-2");
    assert_declares("<?xml version=\"1.0\" encoding='utf-16'?><html>", "utf-8");
    assert_declares("<?xml encoding='big5'?><meta charset=koi8-r>", "koi8-r");
    assert_declares("<?xml version='1.0'?><p encoding='koi8-r'>", "");
}

static void test_html_sniff_is_html__beginnings(void **state) {
    (void)state;
    const char *pages[] = {"<!DOCTYPE html>", "\n <HTML lang=en>",
                           "<?xml version='1.0'?>\n<!-- c -->\n<!doctype HTML PUBLIC>",
                           "\xEF\xBB\xBF<head><title>"};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        assert_true(html_sniff_is_html(slice_of_string(pages[i])));
    const char *others[] = {"", "plain <html>", "<!--", "<?xml", "<svg>", "<"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(html_sniff_is_html(slice_of_string(others[i])));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_html_sniff_charset__meta),
        cmocka_unit_test(test_html_sniff_charset__no_declaration),
        cmocka_unit_test(test_html_sniff_charset__after_the_first_bytes),
        cmocka_unit_test(test_html_sniff_charset__xml),
        cmocka_unit_test(test_html_sniff_is_html__beginnings),
    };
    return cmocka_run_group_tests(tests, NULL, extract_fixture_release);
}
