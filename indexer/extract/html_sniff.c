/* SPDX-License-Identifier: MIT */
/* Looks for a page's doctype and the declaration of its encoding. */
#include "indexer/extract/html_sniff.h"

#include <strings.h>

#include "indexer/extract/html_elements.h"
#include "indexer/source/charset_labels.h"

enum {
    PRESCAN = 1024,             /* bytes in which a <meta> outside of the head counts, too */
    DECLARATION_MAX = 4 * 1024, /* bytes within which a page must begin */
};

static struct slice after_space(struct slice bytes) {
    while (bytes.size > 0 && html_is_space(bytes.data[0]))
        bytes = slice_after(bytes, 1);
    return bytes;
}

static bool is_word(struct slice bytes, const char *word) {
    return bytes.size == strlen(word) &&
           strncasecmp((const char *)bytes.data, word, bytes.size) == 0;
}

/* The bytes after the first occurrence of the word in any letter case; empty without one. */
static struct slice after_word(struct slice bytes, const char *word) {
    size_t size = strlen(word);
    for (size_t i = 0; i + size <= bytes.size; i++)
        if (strncasecmp((const char *)bytes.data + i, word, size) == 0)
            return slice_after(bytes, i + size);
    return slice_after(bytes, bytes.size);
}

/* The value at the start of the bytes: in quotes, or up to white space or `;`. Empty if its quote
 * is not closed. */
static struct slice read_value(struct slice bytes) {
    uint8_t first = bytes.size > 0 ? bytes.data[0] : 0;
    if (first == '"' || first == '\'') {
        bytes = slice_after(bytes, 1);
        const uint8_t *end = bytes.size > 0 ? memchr(bytes.data, first, bytes.size) : NULL;
        return slice_of(bytes.data, end ? (size_t)(end - bytes.data) : 0);
    }
    size_t size = 0;
    while (size < bytes.size && !html_is_space(bytes.data[size]) && bytes.data[size] != ';')
        size++;
    return slice_of(bytes.data, size);
}

/* The label of a `key = label` in the bytes, or an empty slice. */
static struct slice find_value(struct slice bytes, const char *key) {
    while ((bytes = after_word(bytes, key)).size > 0) {
        struct slice next = after_space(bytes);
        if (next.size > 0 && next.data[0] == '=')
            return read_value(after_space(slice_after(next, 1)));
    }
    return slice_of(NULL, 0);
}

/* The label to decode with; empty for an unknown one. */
static struct slice known(struct slice label) {
    const struct charset_encoding *encoding = charset_find(label);
    if (!encoding)
        return slice_of(NULL, 0);
    bool utf16 = !encoding->converter && (encoding->charset == CHARSET_UTF16_LITTLE ||
                                          encoding->charset == CHARSET_UTF16_BIG);
    return utf16 ? slice_of_string("utf-8") : label;
}

static struct slice charset_of_meta(struct slice attributes) {
    struct slice value, equivalent;
    if (html_attribute_find(&value, attributes, "charset"))
        return known(value);
    if (html_attribute_find(&equivalent, attributes, "http-equiv") &&
        is_word(equivalent, "content-type") && html_attribute_find(&value, attributes, "content"))
        return known(find_value(value, "charset"));
    return slice_of(NULL, 0);
}

static bool belongs_to_head(struct slice name) {
    static const char *const names[] = {"html", "head",   "title", "base",     "link",
                                        "meta", "script", "style", "noscript", "template"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_word(name, names[i]))
            return true;
    return false;
}

static struct slice charset_of_xml(struct slice bytes) {
    if (bytes.size < 5 || memcmp(bytes.data, "<?xml", 5) != 0)
        return slice_of(NULL, 0);
    const uint8_t *end = memchr(bytes.data, '>', bytes.size);
    size_t size = end ? (size_t)(end - bytes.data) : 0;
    return known(find_value(slice_of(bytes.data, size), "encoding"));
}

/* The label of the first <meta> that has one: among all tags, even inside script and style, or
 * among the tags that a parser finds in the head. */
static struct slice find_meta(struct slice bytes, bool in_head) {
    struct html_tokenizer tokenizer = {.bytes = bytes};
    struct html_token token;
    while (html_tokenizer_next(&token, &tokenizer)) {
        if (token.type != HTML_START)
            continue;
        if (is_word(token.text, "meta")) {
            struct slice label = charset_of_meta(token.attributes);
            if (label.size > 0)
                return label;
        }
        if (in_head && !belongs_to_head(token.text))
            break;
        if (in_head)
            html_tokenizer_enter(&tokenizer, &token, html_element_find(token.text)->content_model);
    }
    return slice_of(NULL, 0);
}

struct slice html_sniff_charset(struct slice bytes) {
    struct slice start = slice_of(bytes.data, bytes.size < PRESCAN ? bytes.size : PRESCAN);
    struct slice label = find_meta(start, false);
    if (label.size == 0 && bytes.size > PRESCAN)
        label = find_meta(bytes, true);
    return label.size > 0 ? label : charset_of_xml(bytes);
}

bool html_sniff_is_html(struct slice bytes) {
    static const char *const starts[] = {"<!doctype html", "<html", "<head", "<body"};
    if (bytes.size > DECLARATION_MAX)
        bytes.size = DECLARATION_MAX;
    if (bytes.size >= 3 && memcmp(bytes.data, "\xEF\xBB\xBF", 3) == 0)
        bytes = slice_after(bytes, 3);
    for (;;) {
        bytes = after_space(bytes);
        bool comment = bytes.size > 4 && memcmp(bytes.data, "<!--", 4) == 0;
        bool declaration = bytes.size > 5 && memcmp(bytes.data, "<?xml", 5) == 0;
        if (!comment && !declaration)
            break;
        bytes = after_word(bytes, comment ? "-->" : "?>");
    }
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        size_t size = strlen(starts[i]);
        if (bytes.size > size && strncasecmp((const char *)bytes.data, starts[i], size) == 0)
            return true;
    }
    return false;
}
