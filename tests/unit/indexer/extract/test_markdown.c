/* SPDX-License-Identifier: MIT */
/* Markdown gives its words without its markup. */
#include "tests/support/extract_fixture.h"

static void assert_markdown(const char *bytes, const char *text) {
    assert_string_extracts("a.md", bytes, "a.md", text);
}

static void test_markdown_extract__references(void **state) {
    (void)state;
    assert_markdown("don&#146;t &zcaron;aba &copy2024 &unknown; `&amp;` &#0;",
                    "don’t žaba &copy2024 &unknown; &amp; \uFFFD\n");
}

static void test_markdown_extract__html_in_paragraphs(void **state) {
    (void)state;
    assert_markdown("Start <p>nozzle</p><p>flange</p> end", "Start\nnozzle\nflange\nend\n");
    assert_markdown("rotor<br>stator<br/>em<em>pha</em>sis <img src=x alt='a &lt; b'>c",
                    "rotor\nstator\nemphasis a < b c\n");
    assert_markdown("| a | b |\n|---|---|\n| x | <ul><li>valve</li><li>gasket</li></ul> |\n",
                    "a\nb\nx\nvalve\ngasket\n");
    assert_markdown("compressor<sup>1</sup> H<sub>2</sub>O 1<sup>st</sup>",
                    "compressor 1 H2O 1st\n");
    assert_markdown("<ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby>だ", "漢字だ\nかんじ\n");
}

static void test_markdown_extract__hidden_html(void **state) {
    (void)state;
    assert_markdown("para <script>var *hidden*;</script> after <!-- no --> it", "para after it\n");
    assert_markdown("a <style>p {}</style><span hidden>no</span>b", "a b\n");
    assert_markdown("<script>\nno\n</script>\n\n<style>no</style>\n\n<div>a<p>b</div>", "a\nb\n");
    /* A tag that is only mentioned hides nothing, and an element left open ends with the block. */
    assert_markdown("Use the <script> tag and the <title> tag.", "Use the tag and the tag.\n");
    assert_markdown("a <span hidden>no\n\nb\n", "a\nb\n");
    assert_string_extracts("a.md", "# H <template>no</template>x\n\nb\n", "H x", "b\n");
}

/* Inputs without a newline at the end, past which md4c reads. */
static void test_markdown_extract__never_reads_past_the_end(void **state) {
    (void)state;
    static const char *const inputs[] = {
        "meta|\nfile)\n-<td>   [**Cop>](/windows/d",
        "\xC2\xA9##r[](r[](",
        "\n# h1\nc  hh##e2ked\n\n A | rong__ ___strong \n# h1\nh# #2\n### h3\n#### h4\\\n#*#####",
    };
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        size_t size = strlen(inputs[i]);
        char *exact = test_malloc(size); /* so that a sanitizer sees reads past the end */
        memcpy(exact, inputs[i], size);
        const struct content *content =
            extract_fixture_run(FORMAT_MARKDOWN, "a.md", slice_of(exact, size));
        assert_true(content->text.size + content->title.size <= 2 * size);
        test_free(exact);
    }
}

/* Links that repeat a long target turn the file into plain text. */
static void test_markdown_extract__many_links_to_a_long_target_are_text(void **state) {
    (void)state;
    struct buffer page = extract_fixture_repeat("# Head\n\n[x]: ", "y", 1000000, "\n\n");
    for (int i = 0; i < 300000; i++)
        buffer_append(&page, "[x] ", 4);
    const struct content *content = extract_fixture_run(FORMAT_AUTO, "a.md", buffer_slice(&page));
    assert_slice(buffer_slice(&content->title), slice_of_string("# Head"));
    assert_true(content->text.size > 2000000);
    buffer_release(&page);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_markdown_extract__references),
        cmocka_unit_test(test_markdown_extract__html_in_paragraphs),
        cmocka_unit_test(test_markdown_extract__hidden_html),
        cmocka_unit_test(test_markdown_extract__never_reads_past_the_end),
        cmocka_unit_test(test_markdown_extract__many_links_to_a_long_target_are_text),
    };
    return cmocka_run_group_tests(tests, NULL, extract_fixture_release);
}
