#include "indexer/extract/extract.h"

#include <strings.h>

#include "indexer/extract/html.h"
#include "indexer/extract/html_sniff.h"
#include "indexer/extract/markdown.h"
#include "indexer/extract/plain_text.h"
#include "indexer/source/charset.h"

static const struct format_info {
    enum format format;
    const char *name;
    const char *extensions[6];
    void (*extract)(struct content *content, struct slice utf8);
} formats[] = {
    {FORMAT_AUTO, "auto", {NULL}, NULL},
    {FORMAT_TEXT, "text", {".txt", ".text"}, plain_text_extract},
    {FORMAT_HTML, "html", {".html", ".htm", ".xhtml"}, html_extract},
    {FORMAT_MARKDOWN, "markdown", {".md", ".markdown"}, markdown_extract},
    {FORMAT_NDJSON, "ndjson", {".ndjson", ".jsonl"}, plain_text_extract},
};

enum { FORMAT_COUNT = sizeof formats / sizeof *formats };

void extract_release(struct extract *extract) {
    content_release(&extract->content);
    buffer_release(&extract->scratch);
}

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
                return formats[i].format;
    return FORMAT_AUTO;
}

enum format extract_format_of_name(const char *path) {
    struct slice name = slice_of_string(path);
    bool packed = true;
    if (ends_with(name, ".gz"))
        name.size -= 3;
    else if (ends_with(name, ".zst"))
        name.size -= 4;
    else
        packed = false;
    enum format format = format_of_extension(name);
    return packed && format != FORMAT_NDJSON ? FORMAT_AUTO : format;
}

enum format extract_format_of_bytes(struct slice bytes) {
    return html_sniff_is_html(bytes) ? FORMAT_HTML : FORMAT_TEXT;
}

bool extract_format_parse(enum format *format, const char *name) {
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (strcmp(formats[i].name, name) == 0) {
            *format = formats[i].format;
            return true;
        }
    return false;
}

enum status extract_run(struct extract *extract, enum format format, const char *path,
                        struct slice bytes, struct error *err) {
    struct content *content = &extract->content;
    content_clear(content);
    if (format == FORMAT_AUTO)
        format = extract_format_of_name(path);
    if (format == FORMAT_AUTO)
        format = extract_format_of_bytes(bytes);
    struct slice utf8, declared = {0};
    if (format == FORMAT_HTML)
        declared = html_sniff_charset(bytes);
    if (charset_to_utf8(&utf8, &extract->scratch, bytes, declared))
        return error_nomem(err);
    if (format == FORMAT_MARKDOWN && utf8.size > MARKDOWN_MAX)
        format = FORMAT_TEXT;
    formats[format].extract(content, utf8);
    if (content_finish(content) || content_default_title(content, path))
        return error_nomem(err);
    return ST_OK;
}
