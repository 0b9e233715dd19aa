/* SPDX-License-Identifier: MIT */
/* Passes tokens on to html_text. */
#include "indexer/extract/html.h"

#include <stdlib.h>

#include "indexer/extract/html_sniff.h"
#include "indexer/extract/html_text.h"

static void read_page(struct content *content, struct slice utf8) {
    struct html_text text;
    struct html_tokenizer tokenizer = {.bytes = utf8};
    struct html_token token;
    html_text_init(&text, content);
    while (html_tokenizer_next(&token, &tokenizer)) {
        if (token.type == HTML_TEXT)
            html_text_append(&text, token.text);
        else if (token.type == HTML_START)
            html_tokenizer_enter(&tokenizer, &token, html_text_start_tag(&text, &token));
        else
            html_text_end_tag(&text, token.text);
        tokenizer.foreign = html_text_is_foreign(&text);
    }
    html_text_finish(&text);
}

void html_append(struct content *content, struct slice utf8) {
    if (utf8.size == 0)
        return;
    if (!memchr(utf8.data, 0, utf8.size)) {
        read_page(content, utf8);
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
    read_page(content, slice_of(copy, size));
    free(copy);
}

void html_extract(struct content *content, const struct extract_input *input) {
    html_append(content, content_decode(content, input, html_sniff_charset(input->bytes)));
}
