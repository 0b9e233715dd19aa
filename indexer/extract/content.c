/* SPDX-License-Identifier: MIT */
/* Collects title, text and fields, and decides on the title at the end. */
#include "indexer/extract/content.h"

#include <stdlib.h>

#include "common/base/array.h"
#include "common/base/ascii.h"
#include "indexer/source/charset.h"

enum { TITLE_INDEX, TEXT_INDEX, FIRST_ADDED_INDEX }; /* in content.fields */

void content_release(struct content *content) {
    free(content->fields);
    buffer_release(&content->title);
    buffer_release(&content->text);
    arena_release(&content->field_bytes);
    buffer_release(&content->decoded);
    *content = (struct content){0};
}

void content_clear(struct content *content) {
    buffer_clear(&content->title);
    buffer_clear(&content->text);
    arena_release(&content->field_bytes);
    content->field_count = FIRST_ADDED_INDEX;
    content->status = ST_OK;
    content->has_heading = false;
    content->heading_start = content->heading_end = 0;
}

struct slice content_decode(struct content *content, const struct extract_input *input,
                            struct slice declared) {
    struct slice utf8 = {0};
    if (charset_find(input->charset))
        declared = input->charset;
    enum status status = charset_to_utf8(&utf8, &content->decoded, input->bytes, declared);
    if (!content->status)
        content->status = status;
    return status ? slice_of(NULL, 0) : utf8;
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

void content_add_text(struct content *content, struct slice utf8) {
    if (!content->status && utf8.size)
        content->status = append_collapsed(&content->text, utf8);
}

void content_add_verbatim(struct content *content, struct slice utf8) {
    if (!content->status)
        content->status = buffer_append_slice(&content->text, utf8);
}

void content_add_title(struct content *content, struct slice utf8) {
    if (!content->status && utf8.size)
        content->status = append_collapsed(&content->title, utf8);
}

static enum status reserve_fields(struct content *content, size_t count) {
    struct field *fields =
        array_reserve(content->fields, &content->field_capacity, count, sizeof *fields);
    if (fields)
        content->fields = fields;
    return fields ? ST_OK : ST_NOMEM;
}

void content_add_field(struct content *content, struct slice name, struct slice value) {
    if (content->status)
        return;
    const void *name_copy = arena_copy(&content->field_bytes, name.data, name.size);
    const void *value_copy = arena_copy(&content->field_bytes, value.data, value.size);
    content->status =
        name_copy && value_copy ? reserve_fields(content, content->field_count + 1) : ST_NOMEM;
    if (!content->status)
        content->fields[content->field_count++] = (struct field){
            .name = slice_of(name_copy, name.size), .value = slice_of(value_copy, value.size)};
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

/* Without a title, the first heading becomes it. */
static void promote_heading(struct content *content) {
    struct buffer *text = &content->text;
    size_t start = content->heading_start, end = content->heading_end;
    if (content->title.size > 0 || !content->has_heading)
        return;
    content_add_title(content, slice_of(text->data + start, end - start));
    trim_end(&content->title);
    for (size_t i = 0; i < start; i++)
        if (!ascii_is_space(text->data[i]))
            return;
    while (end < text->size && ascii_is_space(text->data[end]))
        end++;
    memmove(text->data, text->data + end, text->size - end);
    text->size -= end;
}

static void title_from_name(struct content *content, struct slice path) {
    const uint8_t *slash = path.size > 0 ? memrchr(path.data, '/', path.size) : NULL;
    if (slash)
        path = slice_after(path, (size_t)(slash - path.data) + 1);
    struct buffer name = {0};
    enum status status = charset_repair(&name, path);
    if (!status)
        content_add_title(content, buffer_slice(&name));
    else
        content->status = status;
    buffer_release(&name);
    trim_end(&content->title);
}

enum status content_finish(struct content *content, struct slice name) {
    trim_end(&content->title);
    if (!content->status)
        promote_heading(content);
    if (!content->status && content->title.size == 0)
        title_from_name(content, name);
    if (!content->status)
        content->status = reserve_fields(content, content->field_count);
    if (content->status)
        return content->status;
    content->fields[TITLE_INDEX] =
        (struct field){slice_of_string(FIELD_TITLE), buffer_slice(&content->title)};
    content->fields[TEXT_INDEX] =
        (struct field){slice_of_string(FIELD_TEXT), buffer_slice(&content->text)};
    return ST_OK;
}
