/* SPDX-License-Identifier: MIT */
/* Passes tokens on to html_text. */
#include "indexer/extract/html.h"

#include <stdlib.h>
#include <strings.h>

#include "indexer/extract/html_sniff.h"
#include "indexer/extract/html_text.h"

static bool is_name(struct slice name, const char *expected) {
    return name.size == strlen(expected) &&
           strncasecmp((const char *)name.data, expected, name.size) == 0;
}

/* Adds a field, the references in its value replaced. */
static void add_field(struct content *content, struct buffer *scratch, struct slice name,
                      struct slice value) {
    buffer_clear(scratch);
    enum status status = html_reference_append_value(scratch, value);
    if (!content->status)
        content->status = status;
    value = ascii_trim(buffer_slice(scratch));
    name = ascii_trim(name);
    if (name.size && value.size)
        content_add_field(content, name, value);
}

/* Adds what a start tag says of the page. */
static void read_fields(struct content *content, struct buffer *scratch,
                        const struct html_token *start) {
    struct slice at = start->attributes, name, value;
    if (is_name(start->text, "html")) {
        if (html_attribute_find(&value, at, "lang") || html_attribute_find(&value, at, "xml:lang"))
            add_field(content, scratch, slice_of_string("lang"), value);
    } else if (is_name(start->text, "meta")) {
        if ((html_attribute_find(&name, at, "name") || html_attribute_find(&name, at, "property") ||
             html_attribute_find(&name, at, "itemprop")) &&
            html_attribute_find(&value, at, "content"))
            add_field(content, scratch, name, value);
    } else if (is_name(start->text, "time") && html_attribute_find(&value, at, "datetime")) {
        if (html_attribute_find(&name, at, "itemprop"))
            add_field(content, scratch, name, value);
        else if (html_attribute_find(&name, at, "pubdate"))
            add_field(content, scratch, slice_of_string("date"), value);
    }
}

/* `fields` is NULL for a fragment, which has none; else a buffer for the values of attributes. */
static void read_markup(struct content *content, struct buffer *fields, struct slice utf8) {
    struct html_text text;
    struct html_tokenizer tokenizer = {.bytes = utf8};
    struct html_token token;
    size_t first_field = content->field_count;
    html_text_init(&text, content);
    while (html_tokenizer_next(&token, &tokenizer)) {
        if (token.type == HTML_TEXT)
            html_text_append(&text, token.text);
        else if (token.type == HTML_START) {
            enum html_content_model model = html_text_start_tag(&text, &token);
            html_tokenizer_enter(&tokenizer, &token, model);
            bool shown = !text.in_hidden && !html_text_is_foreign(&text);
            if (fields && shown && content->field_count - first_field < HTML_FIELDS_MAX)
                read_fields(content, fields, &token);
        } else
            html_text_end_tag(&text, token.text);
        tokenizer.foreign = html_text_is_foreign(&text);
    }
    html_text_finish(&text);
}

static void read_without_nul(struct content *content, struct buffer *fields, struct slice utf8) {
    if (utf8.size == 0)
        return;
    if (!memchr(utf8.data, 0, utf8.size)) {
        read_markup(content, fields, utf8);
        return;
    }
    uint8_t *copy = malloc(utf8.size);
    if (!copy) {
        content->status = ST_NOMEM;
        return;
    }
    size_t size = 0;
    for (size_t i = 0; i < utf8.size; i++) {
        copy[size] = utf8.data[i];
        size += utf8.data[i] != 0;
    }
    read_markup(content, fields, slice_of(copy, size));
    free(copy);
}

void html_append(struct content *content, struct slice utf8) {
    read_without_nul(content, NULL, utf8);
}

void html_extract(struct content *content, const struct extract_input *input) {
    struct buffer fields = {0};
    read_without_nul(content, &fields,
                     content_decode(content, input, html_sniff_charset(input->bytes)));
    buffer_release(&fields);
}
