#include "indexer/extract/text.h"

size_t text_blank(struct slice utf8) {
    size_t size = 0;
    while (size < utf8.size && content_is_space(utf8.data[size]))
        size++;
    return size;
}

struct slice text_heading(struct slice utf8) {
    size_t size = utf8.size <= TEXT_TITLE_MAX ? utf8.size : TEXT_TITLE_MAX + 1;
    const uint8_t *line_end = size > 0 ? memchr(utf8.data, '\n', size) : NULL;
    if (line_end)
        size = (size_t)(line_end - utf8.data);
    return slice_of(utf8.data, size <= TEXT_TITLE_MAX ? size : 0);
}

void text_extract(struct content *content, struct slice utf8) {
    size_t blank = text_blank(utf8);
    utf8 = slice_of(utf8.data + blank, utf8.size - blank);
    struct slice heading = text_heading(utf8);
    content_heading_begin(content);
    content_verbatim(content, heading);
    content_heading_end(content);
    content_verbatim(content, slice_of(utf8.data + heading.size, utf8.size - heading.size));
}
