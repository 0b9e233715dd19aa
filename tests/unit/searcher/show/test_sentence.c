/* SPDX-License-Identifier: MIT */
/* Sentences of several scripts, abbreviations, and lines that are no wrapped prose. */
#include "searcher/show/sentence.h"
#include "tests/support/testing.h"

/* The text with | where sentences begin, except the first one. */
static void assert_sentences(const char *expected) {
    char text[512], found[512];
    size_t size = 0, at = 0;
    for (const char *from = expected; *from; from++)
        if (*from != '|')
            text[size++] = *from;
    struct text_view view = {.bytes = slice_of(text, size)};
    for (uint64_t offset = 0; offset < size; text_view_step_forward(&offset, &view, size)) {
        uint64_t next = offset;
        text_view_step_forward(&next, &view, size);
        if (offset && !text_view_is_space(&view, offset) && sentence_begins_at(&view, offset))
            found[at++] = '|';
        memcpy(found + at, text + offset, next - offset);
        at += next - offset;
    }
    assert_slice(slice_of(found, at), slice_of_string(expected));
}

static void test_sentence__ends_with_punctuation(void **state) {
    (void)state;
    assert_sentences("Gas flows. |It does! |Does it? |\u201cYes.\u201d |(No.) |\u00c9t\u00e9.");
    assert_sentences("\u00bfWhy? |\u00a1Now! |Wait \u2026 |Then... |So.");
    assert_sentences("It grew by 3.5 percent. |20 of them left.");
    assert_sentences("J. Smith of the U.S. Army, e.g. here, asked Yahoo! about it.");
    assert_sentences("See node.js, v1.2.3 or a.b");
}

static void test_sentence__of_other_scripts(void **state) {
    (void)state;
    assert_sentences("\u6771\u4eac\u3002|\u4eac\u90fd\uff01|\u300c\u90fd\u3002\u300d|"
                     "\u5e81\uff1f\uff01|\u90fd");
    assert_sentences("\u0645\u0631\u062d\u0628\u0627\u061f |\u0646\u0639\u0645. |\u0644\u0627");
    assert_sentences("\u05e9\u05dc\u05d5\u05dd. |\u05db\u05df");
    assert_sentences("\u0928\u092e\u0938\u094d\u0924\u0947\u0964 |\u0939\u093e\u0901");
}

static void test_sentence__lines(void **state) {
    (void)state;
    assert_sentences("Heading\n|The gas\nflows\n\n|on and on");
    assert_sentences("Buy:\n|- gas\n|- oil and\n  water\n|2) sea\n|b. air");
    assert_sentences("A line of prose that was wrapped by an editor at a width of 72\n"
                     "Characters does not end a sentence.");
    assert_sentences("\u2022 gas\n|\u2022 oil");
}

static void test_sentence_start__within_a_range(void **state) {
    (void)state;
    struct text_view view = {.bytes = slice_of_string("One. Two three. Four")};
    assert_int_equal(sentence_start(&view, 9, 0), 5);
    assert_int_equal(sentence_start(&view, 5, 0), 5);
    assert_int_equal(sentence_start(&view, 4, 0), 0);
    assert_true(sentence_start(&view, 9, 6) == SENTENCE_NONE);
    view.offset = 100; /* what is before the view is not known */
    assert_true(sentence_start(&view, 102, 100) == SENTENCE_NONE);
}

static void test_sentence_end__within_a_range(void **state) {
    (void)state;
    struct text_view view = {.bytes = slice_of_string("One. Two three. \n Four ")};
    assert_int_equal(sentence_end(&view, 7, 20, false), 15);
    assert_int_equal(sentence_end(&view, 15, 15, false), 15);
    assert_int_equal(sentence_end(&view, 4, 20, false), 4);
    assert_true(sentence_end(&view, 7, 14, false) == SENTENCE_NONE);
    assert_int_equal(sentence_end(&view, 19, 30, false), 22);
    assert_true(sentence_end(&view, 19, 30, true) == SENTENCE_NONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sentence__ends_with_punctuation),
        cmocka_unit_test(test_sentence__of_other_scripts),
        cmocka_unit_test(test_sentence__lines),
        cmocka_unit_test(test_sentence_start__within_a_range),
        cmocka_unit_test(test_sentence_end__within_a_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
