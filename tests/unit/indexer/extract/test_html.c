/* SPDX-License-Identifier: MIT */
/* Pages give the words that a browser shows. */
#include <stdio.h>

#include "indexer/extract/html.h"
#include "tests/support/extract_fixture.h"

static void assert_page(const char *bytes, const char *title, const char *text) {
    assert_string_extracts("a.html", bytes, title, text);
}

static void test_html_extract__references(void **state) {
    (void)state;
    assert_html("&zcaron;aba &lstrok;uk jane&commat;host &NotEqualTilde;",
                "žaba łuk jane@host \u2242\u0338\n");
    assert_html("don&#146;t &#147;caf&eacute;&#x94; s&#156;ur", "don’t “café” sœur\n");
    assert_html("a&nbsp b &copy2024 AT&T &notit; &unknown; &ampersand",
                "a\u00A0 b ©2024 AT&T ¬it; &unknown; &ersand\n");
    assert_html("<img alt='a&ampb &amp;c &copy= &copy'>", "a&ampb &c &copy= ©\n");
}

/* Asserts the fields besides title and text as "name=value;". */
static void assert_fields(const char *bytes, const char *expected) {
    struct buffer got = {0};
    const struct content *content =
        extract_fixture_run(FORMAT_AUTO, "a.html", slice_of_string(bytes));
    for (size_t i = 2; i < content->field_count; i++) {
        buffer_append_slice(&got, content->fields[i].name);
        buffer_append_byte(&got, '=');
        buffer_append_slice(&got, content->fields[i].value);
        buffer_append_byte(&got, ';');
    }
    assert_slice(buffer_slice(&got), slice_of_string(expected));
    buffer_release(&got);
}

static void test_html_extract__fields(void **state) {
    (void)state;
    assert_fields("<!doctype html><html lang=de-AT><meta charset=utf-8>"
                  "<META content=' gas,  oil&amp;water ' Name=Keywords><meta name=author content>"
                  "<meta name=description content='a &lt;b&gt; &copy'><title>T</title>"
                  "<meta property='article:published_time' content=2024-02-29T10:00Z>",
                  "lang=de-AT;Keywords=gas,  oil&water;description=a <b> ©;"
                  "article:published_time=2024-02-29T10:00Z;");
    assert_fields("<html xml:lang='fr'><meta http-equiv=refresh content=5><meta name='' content=x>"
                  "<meta itemprop=datePublished content=2024>",
                  "lang=fr;datePublished=2024;");
    assert_fields("<time datetime=2020-01-01>no</time><time pubdate datetime=2021>a</time>"
                  "<time itemprop=dateModified datetime=2022>b</time><time itemprop=x>c</time>",
                  "date=2021;dateModified=2022;");
    assert_fields("<template><meta name=a content=no></template><svg><meta name=b content=yes>",
                  "b=yes;");
    assert_fields("<script><meta name=a content=no></script><!-- <meta name=b content=no> -->", "");
}

static void test_html_extract__many_fields(void **state) {
    (void)state;
    struct buffer page = extract_fixture_repeat("<p>", "<meta name=a content=b>", 5000, "x");
    const struct content *content = extract_fixture_run(FORMAT_HTML, "a", buffer_slice(&page));
    assert_int_equal(content->field_count, 2 + HTML_FIELDS_MAX);
    buffer_release(&page);
}

static void test_html_extract__comments_and_raw_text(void **state) {
    (void)state;
    assert_html("a<![if !IE]>b<![endif]>c<?php echo '>'; ?>d<!doctype x>e", "abc'; ?>de\n");
    assert_html("a<!-->b<!--->c<!-- > --!>d</>e</ x>f<!-- unclosed", "abcdef\n");
    assert_html("1 < 2 <3 & <", "1 < 2 <3 & <\n");
    assert_html("<script>'<!--<script></script>' no </script>yes<script><!--></script>", "yes\n");
    assert_page("<style><p></style><title>t</title>x<title>&lt;no</title>", "t", "x\n");
    assert_html("<textarea>a  <b>&amp;</textarea>c<xmp><i></xmp>", "a  <b>&\nc\n<i>\n");
    assert_html("x<iframe><p>no</p></iframe><noframes>no</noframes>y<plaintext></i>",
                "x\ny\n</i>\n");
}

static void test_html_extract__titles(void **state) {
    (void)state;
    assert_page("<title>A <b>&amp; c</title>x<title>no</title>", "A <b>& c", "x\n");
    assert_page("<svg><title>icon</title></svg><title>T</title>", "T", "icon\n");
    assert_page("<template><title>no</title></template><h1>H</h1>", "H", "");
}

static void test_html_extract__blocks_separate_words(void **state) {
    (void)state;
    assert_html("<p>em<em>pha</em>sis so<wbr>on aus&shy;tria<br>new",
                "emphasis soon aus\u00ADtria\nnew\n");
    assert_html("<ul><li>a<li>b</ul><select><option>c<option>d</select><button>e</button>f",
                "a\nb\nc\nd\ne\nf\n");
    assert_html("<table><tr><td>a<td>b<tr><th>c</table>d<x-tab>e</x-tab>f", "a\nb\nc\nd\ne\nf\n");
    assert_html("a<img>b<img alt=C>d", "a b C d\n");
}

static void test_html_extract__hidden_elements(void **state) {
    (void)state;
    assert_html("a<template><p>no</template>b<video>no</video>c<datalist><option>no</datalist>d",
                "a\nb\nc\nd\n");
    assert_html("<p hidden>no<p>a<div hidden><div>no</div>no</div>b<li hidden>no<li>c",
                "a\nb\nc\n");
    assert_html("<table><tr hidden><td>no<tr><td>a<td HIDDEN=''>no<td>b</table>c", "a\nb\nc\n");
    assert_html("<body hidden>a<div hidden=until-found>b</div><noscript>c</noscript>", "a\nb\nc\n");
    assert_html("<section><div hidden>no</section>yes<img hidden alt=no>", "yes\n");
}

static void test_html_extract__superscripts(void **state) {
    (void)state;
    assert_html("The compressor<sup>1</sup> and the valve<sup><a href='#2'>2</a></sup>s.",
                "The compressor 1 and the valve 2 s.\n");
    assert_html("H<sub>2</sub>O x<sup>2</sup>y 10<sup>6</sup> Smith<sup>a,b</sup> Foo<sup>TM</sup>",
                "H2O x 2 y 10 6 Smith a,b Foo TM\n");
    assert_html("1<sup>st</sup> XIX<sup>e</sup> M<sup>me</sup> n<sup>o</sup> 1<sup>ère</sup>",
                "1st XIXe Mme no 1ère\n");
    assert_html("1<sup><a>a</a></sup> note<sup>[<i>3</i>]</sup>.", "1 a note[3].\n");
}

static void test_html_extract__ruby(void **state) {
    (void)state;
    assert_html("<p>私の<ruby>東<rp>(</rp><rt>とう</rt><rp>)</rp>京<rt>きょう</ruby>と"
                "<ruby>駅<rt>えき</ruby>だ<p>次",
                "私の東京と駅だ\nとうきょう えき\n次\n");
    assert_page("<h1><ruby>駅<rt>えき</ruby></h1>x", "駅", "えき\nx\n");
}

static void test_html_extract__svg_and_math(void **state) {
    (void)state;
    assert_html("<svg><style>no</style><metadata>no</metadata><text>A<tspan>b</tspan></text>"
                "<title>c</title><text><![CDATA[<d>]]></text></svg>e<![CDATA[no]]>",
                "Ab\nc\n<d>\ne\n");
    assert_html("<math><semantics><mi>sin</mi><mi>x</mi><annotation>\\sin x</annotation></math>y",
                "sin x y\n");
    assert_html("<svg><path/><g>a<p>b", "a\nb\n");
}

static void test_html_extract__xhtml(void **state) {
    (void)state;
    assert_html("<html xmlns='http://www.w3.org/1999/xhtml'><head><title/><script src='x'/></head>"
                "<body><p hidden='hidden'/>a<textarea/><b>c</b></body></html>",
                "a\nc\n");
    assert_html("a<script src='x'/>no</script>b", "a\nb\n");
}

static void test_html_extract__text_after_the_end(void **state) {
    (void)state;
    assert_html("<html><body>a</body></html>b<p>c</html>d<!-- e --></html>", "a\nb\nc\nd\n");
    assert_html("text <unfinished", "text\n");
    assert_html("text <a href='unfinished>", "text\n");
}

static void test_html_extract__long_tags(void **state) {
    (void)state;
    struct buffer page = extract_fixture_repeat("<p>before<img src='", "A", 100000,
                                                ">' ALT=\"the alt\">mid<pre data-x=\"");
    struct buffer more = extract_fixture_repeat("", ">", 100000, "\">a  b</pre><script>var x;");
    struct buffer code = extract_fixture_repeat("", "<a b>", 10000, "</script>after");
    buffer_append_slice(&page, buffer_slice(&more));
    buffer_append_slice(&page, buffer_slice(&code));
    assert_extracts("a.html", buffer_slice(&page), "a.html", "before the alt mid\na  b\nafter\n");
    buffer_release(&page);
    buffer_release(&more);
    buffer_release(&code);
}

/* End tags that close nothing, for which all open elements may be searched. */
static void test_html_extract__deep_and_mismatched(void **state) {
    (void)state;
    struct buffer page = extract_fixture_repeat("<title>T</title>", "<div>", 500000, "in");
    struct buffer ends = extract_fixture_repeat("", "</p>", 500000, " out<script>no</script>");
    buffer_append_slice(&page, buffer_slice(&ends));
    assert_extracts("a.html", buffer_slice(&page), "T", "in\nout\n");
    buffer_release(&page);
    buffer_release(&ends);
}

/* Many different attributes, which a parser may compare with each other. */
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
    assert_extracts("a.html", buffer_slice(&page), "a.html", "ab\n");
    buffer_release(&page);
}

/* Tags, text and references in any order: nothing is read past the end, and the text is bounded. */
static void test_html_extract__random_markup(void **state) {
    (void)state;
    static const char *const atoms[] = {"<p>",        "</p>",       "<div hidden>",
                                        "</div>",     "<ruby>",     "<rt>",
                                        "</ruby>",    "<sup>",      "</sup>",
                                        "<table>",    "<tr>",       "<td>",
                                        "<svg>",      "</svg>",     "<math>",
                                        "<title>",    "</title",    "<script>",
                                        "</script",   "<!--",       "-->",
                                        "<![CDATA[",  "]]>",        "&amp",
                                        "&#x",        "&",          "<",
                                        ">",          "'",          "=",
                                        "/",          " ",          "word",
                                        "é",          "<img alt='", "<li>",
                                        "<mi>",       "<a",         "</",
                                        "<!",         "<pre>",      "\n",
                                        "<textarea>", "<h1>",       "</h2>",
                                        "1",          "<select>",   "</li>"};
    struct testing_random random = testing_random();
    for (int round = 0; round < 20000; round++) {
        struct buffer page = {0};
        for (uint32_t more = testing_random_below(&random, 40); more > 0; more--) {
            const char *atom = atoms[testing_random_below(&random, sizeof atoms / sizeof *atoms)];
            assert_int_equal(buffer_append(&page, atom, strlen(atom)), ST_OK);
        }
        uint8_t *exact =
            test_malloc(page.size + 1); /* so that a sanitizer sees reads past either end */
        uint8_t *start = exact + 1;
        if (page.size > 0)
            memcpy(start, page.data, page.size);
        const struct content *content =
            extract_fixture_run(FORMAT_HTML, "a.html", slice_of(start, page.size));
        assert_true(content->text.size + content->title.size <= 4 * page.size + 6);
        test_free(exact);
        buffer_release(&page);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_html_extract__references),
        cmocka_unit_test(test_html_extract__fields),
        cmocka_unit_test(test_html_extract__many_fields),
        cmocka_unit_test(test_html_extract__comments_and_raw_text),
        cmocka_unit_test(test_html_extract__titles),
        cmocka_unit_test(test_html_extract__blocks_separate_words),
        cmocka_unit_test(test_html_extract__hidden_elements),
        cmocka_unit_test(test_html_extract__superscripts),
        cmocka_unit_test(test_html_extract__ruby),
        cmocka_unit_test(test_html_extract__svg_and_math),
        cmocka_unit_test(test_html_extract__xhtml),
        cmocka_unit_test(test_html_extract__text_after_the_end),
        cmocka_unit_test(test_html_extract__long_tags),
        cmocka_unit_test(test_html_extract__deep_and_mismatched),
        cmocka_unit_test(test_html_extract__many_attributes),
        cmocka_unit_test(test_html_extract__random_markup),
    };
    return cmocka_run_group_tests(tests, NULL, extract_fixture_release);
}
