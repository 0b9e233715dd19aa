#include "indexer/extract/content.h"

#include "common/base/ascii.h"
#include "indexer/source/charset.h"

void content_release(struct content *content) {
    buffer_release(&content->title);
    buffer_release(&content->text);
    buffer_release(&content->fields);
    *content = (struct content){0};
}

void content_clear(struct content *content) {
    buffer_clear(&content->title);
    buffer_clear(&content->text);
    buffer_clear(&content->fields);
    content->status = ST_OK;
    content->has_heading = false;
    content->heading_start = content->heading_end = 0;
}

static bool ends_with_space(const struct buffer *buffer) {
    return buffer->size == 0 || ascii_is_space(buffer->data[buffer->size - 1]);
}

static enum status append_collapsed(struct buffer *out, struct slice text) {
    enum status status = buffer_reserve(out, text.size);
    if (status)
        return status;
    uint8_t *to = out->data + out->size;
    bool spaced = ends_with_space(out);
    for (size_t i = 0; i < text.size; i++) {
        bool space = ascii_is_space(text.data[i]);
        if (!space)
            *to++ = text.data[i];
        else if (!spaced)
            *to++ = ' ';
        spaced = space;
    }
    out->size = (size_t)(to - out->data);
    return ST_OK;
}

void content_add_text(struct content *content, struct slice text) {
    if (!content->status && text.size)
        content->status = append_collapsed(&content->text, text);
}

void content_add_verbatim(struct content *content, struct slice text) {
    if (!content->status)
        content->status = buffer_append_slice(&content->text, text);
}

void content_add_title(struct content *content, struct slice text) {
    if (!content->status && text.size)
        content->status = append_collapsed(&content->title, text);
}

static enum status append_terminated(struct buffer *out, struct slice text) {
    enum status status = buffer_reserve(out, text.size + 1);
    for (size_t i = 0; i < text.size && !status; i++)
        if (text.data[i])
            out->data[out->size++] = text.data[i];
    return status ? status : buffer_append_byte(out, '\0');
}

void content_add_field(struct content *content, struct slice name, struct slice value) {
    if (!content->status)
        content->status = append_terminated(&content->fields, name);
    if (!content->status)
        content->status = append_terminated(&content->fields, value);
}

void content_end_block(struct content *content) {
    struct buffer *text = &content->text;
    if (text->size == 0 || text->data[text->size - 1] == '\n' || content->status)
        return;
    if (text->data[text->size - 1] == ' ')
        text->data[text->size - 1] = '\n';
    else
        content->status = buffer_append_byte(text, '\n');
}

void content_heading_begin(struct content *content) {
    if (!content->has_heading)
        content->heading_start = content->text.size;
}

void content_heading_end(struct content *content) {
    size_t end = content->text.size;
    while (end > content->heading_start && ascii_is_space(content->text.data[end - 1]))
        end--;
    if (content->has_heading || end <= content->heading_start)
        return;
    content->heading_end = end;
    content->has_heading = true;
}

static void trim_end(struct buffer *buffer) {
    while (buffer->size > 0 && ascii_is_space(buffer->data[buffer->size - 1]))
        buffer->size--;
}

enum status content_finish(struct content *content) {
    struct buffer *text = &content->text;
    trim_end(&content->title);
    if (content->status || content->title.size > 0 || !content->has_heading)
        return content->status;
    size_t start = content->heading_start, end = content->heading_end;
    content_add_title(content, slice_of(text->data + start, end - start));
    trim_end(&content->title);
    for (size_t i = 0; i < start; i++)
        if (!ascii_is_space(text->data[i]))
            return content->status;
    while (end < text->size && ascii_is_space(text->data[end]))
        end++;
    memmove(text->data, text->data + end, text->size - end);
    text->size -= end;
    return content->status;
}

enum status content_default_title(struct content *content, const char *path) {
    if (content->title.size > 0)
        return ST_OK;
    const char *slash = strrchr(path, '/');
    struct buffer name = {0};
    enum status status = charset_repair(&name, slice_of_string(slash ? slash + 1 : path));
    if (!status)
        content_add_title(content, buffer_slice(&name));
    buffer_release(&name);
    trim_end(&content->title);
    return status ? status : content->status;
}
