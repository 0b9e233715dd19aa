#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "indexer/extract/extract.h"
#include "indexer/extract/text.h"
#include "indexer/source/charset.h"
#include "indexer/source/file.h"

static struct extract extract;
static struct error err;

static int tear_down(void **state) {
    (void)state;
    extract_release(&extract);
    return 0;
}

static void run(enum format format, const char *path, struct slice bytes) {
    assert_int_equal(extract_run(&extract, format, path, bytes, &err), ST_OK);
    assert_true(charset_is_utf8(buffer_slice(&extract.content.title)));
    assert_true(charset_is_utf8(buffer_slice(&extract.content.text)));
    assert_true(extract.content.title.size > 0);
    if (extract.content.title.size > 1000)
        return;
    assert_null(memchr(extract.content.title.data, '\n', extract.content.title.size));
}

static void assert_buffer(const struct buffer *buffer, const char *expected) {
    if (buffer->size != strlen(expected) || memcmp(buffer->data, expected, buffer->size) != 0)
        fail_msg("got \"%.*s\", expected \"%s\"", (int)buffer->size, (const char *)buffer->data,
                 expected);
}

static void assert_extracts(const char *path, struct slice bytes, const char *title,
                            const char *text) {
    run(FORMAT_AUTO, path, bytes);
    assert_buffer(&extract.content.title, title);
    assert_buffer(&extract.content.text, text);
}

static void assert_string_extracts(const char *path, const char *bytes, const char *title,
                                   const char *text) {
    assert_extracts(path, slice_of_string(bytes), title, text);
}

static void read_file(struct buffer *out, const char *path) {
    struct file_request request = {
        .directory = AT_FDCWD, .name = path, .path = path, .max_size = FILE_MAX_SIZE};
    if (file_read(out, NULL, &request, &err))
        fail_msg("%s", err.text);
}

/* A golden file has the title, an empty line, and the text. */
static void assert_golden(const char *name) {
    char path[1024];
    struct buffer bytes = {0}, golden = {0}, got = {0};
    snprintf(path, sizeof path, "%s/extract/%s", TEST_DATA, name);
    read_file(&bytes, path);
    run(FORMAT_AUTO, path, buffer_slice(&bytes));
    buffer_append_slice(&got, buffer_slice(&extract.content.title));
    buffer_append(&got, "\n\n", 2);
    buffer_append_slice(&got, buffer_slice(&extract.content.text));
    snprintf(path, sizeof path, "%s/extract/%s.golden", TEST_DATA, name);
    read_file(&golden, path);
    buffer_append_byte(&golden, '\0');
    assert_buffer(&got, (const char *)golden.data);
    buffer_release(&bytes);
    buffer_release(&golden);
    buffer_release(&got);
}

static void test_extract_run__goldens(void **state) {
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
    char paragraph[TEXT_TITLE_MAX + 2];
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
    assert_string_extracts("a.md", "---\nx: 1\r\n...\r\n# H\n", "H", "x: 1\nH\n");
    assert_string_extracts("a.md", "---\n\nnot closed\n", "a.md", "not closed\n");
    assert_string_extracts("a.md", "", "a.md", "");
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

static void test_extract_run__nul_bytes(void **state) {
    (void)state;
    assert_extracts("a.html", slice_of("<p>a\0b<\0b>c", 11), "a.html", "abc\n");
    run(FORMAT_AUTO, "a.md", slice_of("a\0b", 3));
    assert_buffer(&extract.content.text, "a\uFFFDb\n");
    run(FORMAT_AUTO, "a.txt", slice_of("a\0b", 3));
    assert_int_equal(extract.content.title.size, 3);
}

/* What is handed to the parser in pieces must come out as if it had been one. */
static void test_html_extract__long_tags_and_pieces(void **state) {
    (void)state;
    struct buffer page = {0};
    buffer_append(&page, "<p>before<img src='", 19);
    for (int i = 0; i < 100000; i++)
        buffer_append_byte(&page, 'A');
    buffer_append(&page, ">' ALT=\"the alt\">mid<pre data-x=\"", 33);
    for (int i = 0; i < 100000; i++)
        buffer_append_byte(&page, '>');
    static const char rest[] = "\">a  b</pre><script>var x;";
    buffer_append(&page, rest, sizeof rest - 1);
    for (int i = 0; i < 10000; i++)
        buffer_append(&page, "<a b>", 5);
    static const char end[] = "</script>after";
    buffer_append(&page, end, sizeof end - 1);
    assert_extracts("a.html", buffer_slice(&page), "a.html", "before the alt\nmid\na  b\nafter\n");
    /* Words and references wherever the pieces are cut. */
    struct buffer words = {0};
    buffer_clear(&page);
    for (int i = 0; i < 20000; i++) {
        char word[64];
        int size = snprintf(word, sizeof word, "w%d&eacute;<b>%d</b> ", i, i);
        buffer_append(&page, word, (size_t)size);
        size = snprintf(word, sizeof word, "w%dé%d ", i, i);
        buffer_append(&words, word, (size_t)size);
    }
    words.data[words.size - 1] = '\n';
    buffer_append_byte(&words, '\0');
    assert_extracts("a.html", buffer_slice(&page), "a.html", (const char *)words.data);
    buffer_release(&words);
    buffer_release(&page);
}

static void test_html_extract__behind_the_end(void **state) {
    (void)state;
    assert_string_extracts("a.html", "<html><body>a</body></html>b<p>c</html>d<!-- e --></html>",
                           "a.html", "a\nb\nc\nd\n");
    assert_string_extracts("a.html", "text <unfinished", "a.html", "text\n");
}

static struct buffer repeated(const char *before, const char *unit, size_t count,
                              const char *after) {
    struct buffer out = {0};
    buffer_append(&out, before, strlen(before));
    for (size_t i = 0; i < count; i++)
        buffer_append(&out, unit, strlen(unit));
    buffer_append(&out, after, strlen(after));
    return out;
}

/* Each of these takes minutes or a gigabyte when something is quadratic or unbounded. */
static void test_extract_run__hostile(void **state) {
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
            repeated(cases[i].before, cases[i].unit, cases[i].count, cases[i].after);
        run(FORMAT_AUTO, cases[i].path, buffer_slice(&bytes));
        const struct content *content = &extract.content;
        assert_true(content->text.size + content->title.size <= 4 * bytes.size + 64);
        if (!memmem(content->text.data, content->text.size, "needle", 6))
            fail_msg("lost: case %zu, \"%s\"", i, cases[i].unit);
        buffer_release(&bytes);
    }
}

/* End tags that close nothing, each of which a parser may look for among all open elements. */
static void test_html_extract__deep_and_mismatched(void **state) {
    (void)state;
    struct buffer page = repeated("<title>T</title>", "<div>", 500000, "in");
    struct buffer ends = repeated("", "</p>", 500000, " out<script>no</script>");
    buffer_append_slice(&page, buffer_slice(&ends));
    assert_extracts("a.html", buffer_slice(&page), "T", "in out\n");
    buffer_release(&page);
    buffer_release(&ends);
}

/* Tags of many different attributes, which a parser must compare with each other. */
static void test_html_extract__many_attributes(void **state) {
    (void)state;
    struct buffer page = {0};
    buffer_append(&page, "<p>a<i ", 7);
    for (int i = 0; i < 300000; i++) {
        char attribute[32];
        int size = snprintf(attribute, sizeof attribute, "a%d=\">\" ", i);
        buffer_append(&page, attribute, (size_t)size);
    }
    buffer_append(&page, ">b", 2);
    assert_extracts("a.html", buffer_slice(&page), "a.html", "a\nb\n");
    buffer_release(&page);
}

/* Links that repeat a long target: the file is read as plain text then. */
static void test_markdown_extract__many_links_to_a_long_target(void **state) {
    (void)state;
    struct buffer page = repeated("# Head\n\n[x]: ", "y", 1000000, "\n\n");
    for (int i = 0; i < 300000; i++)
        buffer_append(&page, "[x] ", 4);
    run(FORMAT_AUTO, "a.md", buffer_slice(&page));
    assert_buffer(&extract.content.title, "# Head");
    assert_true(extract.content.text.size > 2000000);
    buffer_release(&page);
}

static void test_extract_format_of_name__extensions(void **state) {
    (void)state;
    assert_int_equal(extract_format_of_name("/a/b.txt"), FORMAT_TEXT);
    assert_int_equal(extract_format_of_name("README.MD"), FORMAT_MARKDOWN);
    assert_int_equal(extract_format_of_name("a.markdown"), FORMAT_MARKDOWN);
    assert_int_equal(extract_format_of_name("a.HtM"), FORMAT_HTML);
    assert_int_equal(extract_format_of_name("a.jsonl"), FORMAT_NDJSON);
    assert_int_equal(extract_format_of_name("a.ndjson.gz"), FORMAT_NDJSON);
    assert_int_equal(extract_format_of_name("a.NDJSON.ZST"), FORMAT_NDJSON);
    assert_int_equal(extract_format_of_name("a.txt.gz"), FORMAT_AUTO);
    assert_int_equal(extract_format_of_name("Makefile"), FORMAT_AUTO);
    assert_int_equal(extract_format_of_name("a.html.orig"), FORMAT_AUTO);
    assert_int_equal(extract_format_of_name(""), FORMAT_AUTO);
}

static void test_extract_format_of_bytes__beginnings(void **state) {
    (void)state;
    const char *pages[] = {"<!DOCTYPE html>", "\n <HTML lang=en>",
                           "<?xml version='1.0'?>\n<!-- c -->\n<!doctype HTML PUBLIC>",
                           "\xEF\xBB\xBF<head><title>"};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        assert_int_equal(extract_format_of_bytes(slice_of_string(pages[i])), FORMAT_HTML);
    const char *others[] = {"", "plain <html>", "<!--", "<?xml", "<svg>", "<"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(extract_format_of_bytes(slice_of_string(others[i])), FORMAT_TEXT);
    assert_string_extracts("page", "<!doctype html><title>T</title>x", "T", "x\n");
}

static void test_extract_format_parse__names(void **state) {
    (void)state;
    enum format format;
    assert_true(extract_format_parse(&format, "markdown"));
    assert_int_equal(format, FORMAT_MARKDOWN);
    assert_true(extract_format_parse(&format, "auto"));
    assert_int_equal(format, FORMAT_AUTO);
    assert_false(extract_format_parse(&format, "pdf"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_extract_run__goldens),
        cmocka_unit_test(test_extract_run__titles_of_text),
        cmocka_unit_test(test_extract_run__titles_of_html),
        cmocka_unit_test(test_extract_run__titles_of_markdown),
        cmocka_unit_test(test_extract_run__charsets),
        cmocka_unit_test(test_extract_run__nul_bytes),
        cmocka_unit_test(test_html_extract__long_tags_and_pieces),
        cmocka_unit_test(test_html_extract__behind_the_end),
        cmocka_unit_test(test_extract_run__hostile),
        cmocka_unit_test(test_html_extract__deep_and_mismatched),
        cmocka_unit_test(test_html_extract__many_attributes),
        cmocka_unit_test(test_markdown_extract__many_links_to_a_long_target),
        cmocka_unit_test(test_extract_format_of_name__extensions),
        cmocka_unit_test(test_extract_format_of_bytes__beginnings),
        cmocka_unit_test(test_extract_format_parse__names),
    };
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
