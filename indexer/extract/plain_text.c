/* SPDX-License-Identifier: MIT */
/* Splits off the heading. */
#include "indexer/extract/plain_text.h"

#include "common/base/ascii.h"

size_t plain_text_leading_space(struct slice utf8) {
    size_t size = 0;
    while (size < utf8.size && ascii_is_space(utf8.data[size]))
        size++;
    return size;
}

struct slice plain_text_heading(struct slice utf8) {
    size_t size = utf8.size <= PLAIN_TEXT_TITLE_MAX ? utf8.size : PLAIN_TEXT_TITLE_MAX + 1;
    const uint8_t *line_end = size > 0 ? memchr(utf8.data, '\n', size) : NULL;
    if (line_end)
        size = (size_t)(line_end - utf8.data);
    return slice_of(utf8.data, size <= PLAIN_TEXT_TITLE_MAX ? size : 0);
}

void plain_text_append(struct content *content, struct slice utf8) {
    size_t blank = plain_text_leading_space(utf8);
    utf8 = slice_of(utf8.data + blank, utf8.size - blank);
    struct slice heading = plain_text_heading(utf8);
    content_heading_begin(content);
    content_add_verbatim(content, heading);
    content_heading_end(content);
    content_add_verbatim(content, slice_of(utf8.data + heading.size, utf8.size - heading.size));
}

void plain_text_extract(struct content *content, const struct extract_input *input) {
    plain_text_append(content, content_decode(content, input, slice_of(NULL, 0)));
}
