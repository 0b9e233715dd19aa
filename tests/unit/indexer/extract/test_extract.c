/* SPDX-License-Identifier: MIT */
/* Titles, texts and encodings of whole documents, and input made to be slow. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "indexer/extract/markdown.h"
#include "indexer/extract/plain_text.h"
#include "indexer/source/file.h"
#include "tests/support/extract_fixture.h"

static void read_file(struct buffer *out, const char *path) {
    struct error err;
    struct file_request request = {
        .directory = AT_FDCWD, .name = path, .path = path, .max_size = FILE_DEFAULT_MAX_SIZE};
    assert_ok(file_read(out, NULL, &request, &err), &err);
}

/* A golden file holds the title, an empty line and the text. */
static void assert_golden(const char *name) {
    char path[1024];
    struct buffer bytes = {0}, golden = {0}, got = {0};
    snprintf(path, sizeof path, "%s/extract/%s", TEST_DATA, name);
    read_file(&bytes, path);
    const struct content *content = extract_fixture_run(FORMAT_AUTO, path, buffer_slice(&bytes));
    buffer_append_slice(&got, buffer_slice(&content->title));
    buffer_append(&got, "\n\n", 2);
    buffer_append_slice(&got, buffer_slice(&content->text));
    snprintf(path, sizeof path, "%s/extract/%s.golden", TEST_DATA, name);
    read_file(&golden, path);
    assert_slice(buffer_slice(&got), buffer_slice(&golden));
    buffer_release(&bytes);
    buffer_release(&golden);
    buffer_release(&got);
}

static void test_extract_run__golden_files(void **state) {
    (void)state;
    assert_golden("article.html");
    assert_golden("notes.md");
    assert_golden("letter.txt");
}

static void test_extract_run__titles_of_text(void **state) {
    (void)state;
    assert_string_extracts("/d/a.txt", "Heading\nbody\n", "Heading", "body\n");
    assert_string_extracts("/d/a.txt", "\r\n \r\n  Heading \r\nbody", "Heading", "body");
    assert_string_extracts("/d/a.txt", "only line", "only line", "");
    assert_string_extracts("/d/a.txt", "", "a.txt", "");
    assert_string_extracts("/d/a.txt", " \n\n", "a.txt", "");
    assert_string_extracts("b\xFF.txt", "", "b\uFFFD.txt", "");
    char paragraph[PLAIN_TEXT_TITLE_MAX + 2];
    memset(paragraph, 'x', sizeof paragraph - 1);
    paragraph[sizeof paragraph - 1] = '\0';
    assert_string_extracts("/d/a.txt", paragraph, "a.txt", paragraph);
}

static void test_extract_run__titles_of_html(void **state) {
    (void)state;
    assert_string_extracts("a.html", "<title>T</title><h1>H</h1>x", "T", "H\nx\n");
    assert_string_extracts("a.html", "<title> </title><h2>H <b>b</b></h2>x", "H b", "x\n");
    assert_string_extracts("a.html", "before<h2>H</h2>x", "H", "before\nH\nx\n");
    assert_string_extracts("a.html", "<h1></h1><h1>Second</h1>", "Second", "");
    assert_string_extracts("a.html", "<p>x", "a.html", "x\n");
    assert_string_extracts("a.html", "", "a.html", "");
}

static void test_extract_run__titles_of_markdown(void **state) {
    (void)state;
    assert_string_extracts("a.md", "# H *e*\nx\n", "H e", "x\n");
    assert_string_extracts("a.md", "x\n\n## H\n", "H", "x\nH\n");
    assert_string_extracts("a.md", "x\n", "a.md", "x\n");
    assert_string_extracts("a.md", "---\ntitle: 'F: m'\n---\n# H\n", "F: m", "H\n");
    assert_string_extracts("a.md", "---\n\nnot closed\n", "a.md", "not closed\n");
    assert_string_extracts("a.md", "", "a.md", "");
}

static void test_extract_run__long_markdown_is_text(void **state) {
    (void)state;
    struct buffer at_most = extract_fixture_repeat("*a* b\n", "c\n", MARKDOWN_MAX / 2 - 3, "");
    struct buffer longer = extract_fixture_repeat("*a* b\n", "c\n", MARKDOWN_MAX / 2 - 2, "");
    const struct content *content =
        extract_fixture_run(FORMAT_MARKDOWN, "a.md", buffer_slice(&at_most));
    assert_memory_equal(content->text.data, "a b\n", 4);
    content = extract_fixture_run(FORMAT_MARKDOWN, "a.md", buffer_slice(&longer));
    assert_slice(buffer_slice(&content->title), slice_of_string("*a* b"));
    buffer_release(&at_most);
    buffer_release(&longer);
}

static void test_extract_run__charsets(void **state) {
    (void)state;
    static const char shift_jis[] = "<meta http-equiv=\"Content-Type\" "
                                    "content=\"text/html; charset=Shift_JIS\"><p>\x93\xFA\x96\x7B";
    static const char cyrillic[] = "<META CHARSET = windows-1251 ><p>\xCF\xF0\xE8";
    static const char xml[] = "<?xml version=\"1.0\" encoding='iso-8859-2'?><html><p>\xB1";
    static const char none[] = "<p>caf\xE9 \x80";
    static const char wrong[] = "<meta charset=utf-8><p>caf\xE9";
    static const char lying[] = "\xEF\xBB\xBF<meta charset=koi8-r><p>caf\xC3\xA9";
    static const char utf16[] = "\xFF\xFEg\0\xFC\0\n\0x\0";
    assert_string_extracts("a.html", shift_jis, "a.html", "日本\n");
    assert_string_extracts("a.html", cyrillic, "a.html", "При\n");
    assert_string_extracts("a.xhtml", xml, "a.xhtml", "ą\n");
    assert_string_extracts("a.html", none, "a.html", "café €\n");
    assert_string_extracts("a.html", wrong, "a.html", "caf\uFFFD\n");
    assert_string_extracts("a.html", lying, "a.html", "café\n");
    assert_extracts("a.txt", slice_of(utf16, sizeof utf16 - 1), "gü", "x");
    assert_string_extracts("a.md", "caf\xE9", "a.md", "café\n");
}

static void assert_page_in(const char *charset, const char *text) {
    struct content content = {0};
    struct error err;
    struct extract_input input = {.bytes = slice_of_string("<meta charset=koi8-r><p>\xCF"),
                                  .format = FORMAT_HTML,
                                  .charset = slice_of_string(charset)};
    assert_ok(extract_run(&content, &input, &err), &err);
    assert_slice(buffer_slice(&content.title), slice_of_string(""));
    assert_slice(buffer_slice(&content.text), slice_of_string(text));
    content_release(&content);
}

/* An encoding declared outside of a page, as in the header of a mail, precedes the page's own. */
static void test_extract_run__declared_charset(void **state) {
    (void)state;
    assert_page_in("", "о\n");
    assert_page_in("Windows-1251", "П\n");
    assert_page_in("unheard-of", "о\n");
}

static void test_extract_run__nul_bytes(void **state) {
    (void)state;
    assert_extracts("a.html", slice_of("<p>a\0b<\0b>c", 11), "a.html", "abc\n");
    assert_extracts("a.md", slice_of("a\0b", 3), "a.md", "a\uFFFDb\n");
    const struct content *content = extract_fixture_run(FORMAT_AUTO, "a.txt", slice_of("a\0b", 3));
    assert_int_equal(content->title.size, 3);
}

/* Each of these takes minutes or a gigabyte if anything is quadratic or unbounded. */
static void test_extract_run__linear_on_hostile_input(void **state) {
    (void)state;
    const struct {
        const char *path, *before, *unit;
        size_t count;
        const char *after;
    } cases[] = {
        {"a.html", "", "<div>", 1000000, "needle"},
        {"a.html", "", "<b>", 1000000, "needle"},
        {"a.html", "", "<table>", 200000, "needle"},
        {"a.html", "", "<p><b>", 300000, "needle"},
        {"a.html", "", "</p>", 500000, "needle"},
        {"a.html", "", "</html>x", 300000, "needle"},
        {"a.html", "", "<svg><p>", 200000, "needle"},
        {"a.html", "", "<svg><desc>", 200000, "needle"},
        {"a.html", "", "<ruby><rt>a", 200000, "needle"},
        {"a.html", "", "a<sup>", 200000, "needle"},
        {"a.html", "", "<li><ul>", 200000, "needle"},
        {"a.html", "", "<td></table>", 200000, "needle"},
        {"a.html", "<script>", "<!--<script></script>", 100000, "--></script>needle"},
        {"a.html", "<textarea>", "</text&amp", 200000, "needle"},
        {"a.html", "", "<", 1000000, " needle"},
        {"a.html", "", "&", 1000000, " needle"},
        {"a.html", "<p>", "&lt;&CounterClockwiseContourIntegral;", 100000, " needle"},
        {"a.html", "<!--", "<!--", 300000, "--> needle"},
        {"a.html", "<a href=\"", "aaaaaaaaaaaaaaaaaaaa", 1000000, "\">needle"},
        {"a.html", "<a ", "b c d='e' ", 1000000, ">needle"},
        {"a.html", "<!DOCTYPE r [", "<!ENTITY a \"&b;&b;\">", 100000, "]>needle"},
        {"a.md", "needle ", "[", 1000000, ""},
        {"a.md", "needle ", "[a](", 250000, ""},
        {"a.md", "needle ", "*a_ ", 250000, ""},
        {"a.md", "", ">", 200000, "needle"},
        {"a.md", "", "- ", 30000, "needle"},
        {"a.md", "needle ", "<!--", 200000, ""},
        {"a.md", "needle ", "`a``", 200000, ""},
        {"a.md", "needle ", "![[]()", 200000, ""},
        {"a.md", "needle\n", "|a|b\n", 100000, ""},
        {"a.txt", "needle ", "x", 20000000, ""},
        {"a.txt", "needle ", "\xFF", 1000000, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer bytes =
            extract_fixture_repeat(cases[i].before, cases[i].unit, cases[i].count, cases[i].after);
        const struct content *content =
            extract_fixture_run(FORMAT_AUTO, cases[i].path, buffer_slice(&bytes));
        assert_true(content->text.size + content->title.size <= 4 * bytes.size + 64);
        if (!memmem(content->text.data, content->text.size, "needle", 6))
            fail_msg("lost: case %zu, \"%s\"", i, cases[i].unit);
        buffer_release(&bytes);
    }
}

static void test_extract_format_of_name__extensions(void **state) {
    (void)state;
    assert_int_equal(extract_format_of_name(slice_of_string("/a/b.txt")), FORMAT_TEXT);
    assert_int_equal(extract_format_of_name(slice_of_string("README.MD")), FORMAT_MARKDOWN);
    assert_int_equal(extract_format_of_name(slice_of_string("a.markdown")), FORMAT_MARKDOWN);
    assert_int_equal(extract_format_of_name(slice_of_string("a.HtM")), FORMAT_HTML);
    assert_int_equal(extract_format_of_name(slice_of_string("a.jsonl")), FORMAT_NDJSON);
    assert_int_equal(extract_format_of_name(slice_of_string("a.ndjson.gz")), FORMAT_NDJSON);
    assert_int_equal(extract_format_of_name(slice_of_string("a.NDJSON.ZST")), FORMAT_NDJSON);
    assert_int_equal(extract_format_of_name(slice_of_string("a.txt.gz")), FORMAT_AUTO);
    assert_int_equal(extract_format_of_name(slice_of_string("Makefile")), FORMAT_AUTO);
    assert_int_equal(extract_format_of_name(slice_of_string("a.html.orig")), FORMAT_AUTO);
    assert_int_equal(extract_format_of_name(slice_of_string("")), FORMAT_AUTO);
}

static void test_extract_format_of_bytes__beginnings(void **state) {
    (void)state;
    assert_int_equal(extract_format_of_bytes(slice_of_string("<!DOCTYPE html>")), FORMAT_HTML);
    assert_int_equal(extract_format_of_bytes(slice_of_string("plain <html>")), FORMAT_TEXT);
    assert_string_extracts("page", "<!doctype html><title>T</title>x", "T", "x\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_extract_run__golden_files),
        cmocka_unit_test(test_extract_run__titles_of_text),
        cmocka_unit_test(test_extract_run__titles_of_html),
        cmocka_unit_test(test_extract_run__titles_of_markdown),
        cmocka_unit_test(test_extract_run__long_markdown_is_text),
        cmocka_unit_test(test_extract_run__charsets),
        cmocka_unit_test(test_extract_run__declared_charset),
        cmocka_unit_test(test_extract_run__nul_bytes),
        cmocka_unit_test(test_extract_run__linear_on_hostile_input),
        cmocka_unit_test(test_extract_format_of_name__extensions),
        cmocka_unit_test(test_extract_format_of_bytes__beginnings),
    };
    return cmocka_run_group_tests(tests, NULL, extract_fixture_release);
}
