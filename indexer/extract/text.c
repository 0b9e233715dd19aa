#include "indexer/extract/text.h"

void text_extract(struct content *content, struct slice utf8) {
    const uint8_t *at = utf8.data, *end = utf8.data + utf8.size;
    while (at < end && (*at == ' ' || (*at >= '\t' && *at <= '\r')))
        at++;
    const uint8_t *line_end = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
    size_t size = (size_t)((line_end ? line_end : end) - at);
    content_heading_begin(content);
    if (size <= TEXT_TITLE_MAX) {
        content_verbatim(content, slice_of(at, size));
        content_heading_end(content);
        at += size;
    }
    content_verbatim(content, slice_of(at, (size_t)(end - at)));
}
