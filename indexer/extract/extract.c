/* SPDX-License-Identifier: MIT */
/* The table of formats, and the choice among them. */
#include "indexer/extract/extract.h"

#include <strings.h>

#include "indexer/extract/html.h"
#include "indexer/extract/html_sniff.h"
#include "indexer/extract/markdown.h"
#include "indexer/extract/plain_text.h"

/* An extractor adds to the content, where its failures stay. */
static const struct format_info {
    const char *name;
    const char *extensions[6];
    void (*extract)(struct content *content, const struct extract_input *input);
} formats[FORMAT_COUNT] = {
    [FORMAT_AUTO] = {"auto", {NULL}, NULL},
    [FORMAT_TEXT] = {"text", {".txt", ".text"}, plain_text_extract},
    [FORMAT_HTML] = {"html", {".html", ".htm", ".xhtml"}, html_extract},
    [FORMAT_MARKDOWN] = {"markdown", {".md", ".markdown"}, markdown_extract},
    [FORMAT_NDJSON] = {"ndjson", {".ndjson", ".jsonl"}, plain_text_extract},
};

/* `end` begins with a dot. */
static bool ends_with(struct slice name, const char *end) {
    size_t size = strlen(end);
    return name.size >= size && name.data[name.size - size] == (uint8_t)*end &&
           strncasecmp((const char *)name.data + name.size - size, end, size) == 0;
}

static enum format format_of_extension(struct slice name) {
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        for (const char *const *end = formats[i].extensions; *end; end++)
            if (ends_with(name, *end))
                return (enum format)i;
    return FORMAT_AUTO;
}

enum format extract_format_of_name(struct slice path) {
    bool compressed = true;
    if (ends_with(path, ".gz"))
        path.size -= 3;
    else if (ends_with(path, ".zst"))
        path.size -= 4;
    else
        compressed = false;
    enum format format = format_of_extension(path);
    return compressed && format != FORMAT_NDJSON ? FORMAT_AUTO : format;
}

const char *extract_format_name(enum format format) {
    return formats[format].name;
}

enum format extract_format_of_bytes(struct slice bytes) {
    return html_sniff_is_html(bytes) ? FORMAT_HTML : FORMAT_TEXT;
}

enum status extract_run(struct content *content, const struct extract_input *input,
                        struct error *err) {
    enum format format = input->format;
    if (format == FORMAT_AUTO)
        format = extract_format_of_name(input->name);
    if (format == FORMAT_AUTO)
        format = extract_format_of_bytes(input->bytes);
    content_clear(content);
    content->format = format;
    formats[format].extract(content, input);
    return content_finish(content, input->name) ? error_nomem(err) : ST_OK;
}
