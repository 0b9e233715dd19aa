/* SPDX-License-Identifier: MIT */
/* Callbacks of md4c. */
#include "indexer/extract/markdown.h"

#include <md4c.h>

#include "indexer/extract/front_matter.h"
#include "indexer/extract/html.h"
#include "indexer/extract/html_text.h"
#include "indexer/extract/plain_text.h"

enum { NOWHERE = -1 };

struct markdown_reader {
    struct content *content;
    struct html_text *block; /* the current block: text, and HTML within it */
    struct buffer html;      /* the current HTML block */
    bool in_code, in_html;
    ptrdiff_t hidden_from; /* where the text of an open hidden element starts, or NOWHERE */
    const struct html_element *hidden;
    uint64_t target_bytes, max_target_bytes; /* of links, so far and at most */
};

/* No element reaches out of a block of Markdown. */
static void end_block(struct markdown_reader *reader) {
    html_text_close_all(reader->block);
    reader->hidden_from = NOWHERE;
}

static int on_enter_block(MD_BLOCKTYPE type, void *detail, void *context) {
    struct markdown_reader *reader = context;
    (void)detail;
    end_block(reader);
    reader->in_code = type == MD_BLOCK_CODE;
    reader->in_html = type == MD_BLOCK_HTML;
    if (type == MD_BLOCK_H)
        content_heading_begin(reader->content);
    return reader->content->status;
}

static int on_leave_block(MD_BLOCKTYPE type, void *detail, void *context) {
    struct markdown_reader *reader = context;
    (void)detail;
    if (type == MD_BLOCK_H)
        content_heading_end(reader->content);
    if (type == MD_BLOCK_HTML) {
        html_append(reader->content, buffer_slice(&reader->html));
        buffer_clear(&reader->html);
    }
    reader->in_code = reader->in_html = false;
    end_block(reader);
    return reader->content->status;
}

/* Every reference link repeats its target, so a file of n bytes can expand to n^2. */
static int on_enter_span(MD_SPANTYPE type, void *detail, void *context) {
    struct markdown_reader *reader = context;
    if (type == MD_SPAN_A) {
        const MD_SPAN_A_DETAIL *link = detail;
        reader->target_bytes += link->href.size + link->title.size;
    } else if (type == MD_SPAN_IMG) {
        const MD_SPAN_IMG_DETAIL *image = detail;
        reader->target_bytes += image->src.size + image->title.size;
    }
    return reader->target_bytes > reader->max_target_bytes
               ? -1
               : 0; /* md4c ignores positive values here */
}

static int on_leave_span(MD_SPANTYPE type, void *detail, void *context) {
    (void)type, (void)detail, (void)context;
    return 0;
}

/* Removes the text of a hidden element at its end tag. An element that is never closed is prose
 * about a tag and hides nothing. True: the tag is that of a hidden element, or is inside of one. */
static bool skip_hidden(struct markdown_reader *reader, const struct html_token *tag) {
    const struct html_element *element = html_element_find(tag->text);
    if (reader->hidden_from != NOWHERE) {
        if (tag->type == HTML_END && element == reader->hidden) {
            reader->content->text.size = (size_t)reader->hidden_from;
            reader->hidden_from = NOWHERE;
        }
        return true;
    }
    if (!(element->flags & (ELEMENT_HIDDEN | ELEMENT_TITLE)) ||
        (element->flags & (ELEMENT_INLINE | ELEMENT_ONLY_FOREIGN)))
        return false;
    if (tag->type == HTML_START && !(element->flags & ELEMENT_TITLE)) {
        reader->hidden_from = (ptrdiff_t)reader->content->text.size;
        reader->hidden = element;
    }
    return true;
}

/* A tag, comment or declaration within a paragraph. */
static void add_tag(struct markdown_reader *reader, struct slice markup) {
    struct html_tokenizer tokenizer = {.bytes = markup};
    struct html_token token;
    if (!html_tokenizer_next(&token, &tokenizer) || token.type == HTML_TEXT ||
        skip_hidden(reader, &token))
        return;
    if (token.type == HTML_START)
        html_text_start_tag(reader->block, &token);
    else
        html_text_end_tag(reader->block, token.text);
}

/* Adds "&name;" or "&#1;", as text if it is unknown. */
static void add_reference(struct markdown_reader *reader, struct slice reference) {
    uint8_t expansion[HTML_REFERENCE_MAX];
    struct slice text;
    bool whole = html_reference_read(&text, expansion, reference, false) == reference.size;
    html_text_append(reader->block, whole ? text : reference);
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *data, MD_SIZE size, void *context) {
    struct markdown_reader *reader = context;
    struct content *content = reader->content;
    struct slice text = slice_of(data, size);
    switch (type) {
    case MD_TEXT_NULLCHAR:
        html_text_append(reader->block, slice_of_string("\uFFFD"));
        break;
    case MD_TEXT_BR:
    case MD_TEXT_SOFTBR:
        content_end_block(content);
        break;
    case MD_TEXT_ENTITY:
        add_reference(reader, text);
        break;
    case MD_TEXT_HTML:
        if (!reader->in_html)
            add_tag(reader, text);
        else if (!content->status)
            content->status = buffer_append_slice(&reader->html, text);
        break;
    default:
        if (reader->in_code)
            content_add_verbatim(content, text);
        else
            html_text_append(reader->block, text);
    }
    return content->status;
}

/* Copies a body without a newline at its end and adds one: md4c 0.4.8 reads beyond the end without
 * it. */
static enum status end_line(struct slice *body, struct buffer *copy) {
    if (body->size == 0 || body->data[body->size - 1] == '\n')
        return ST_OK;
    enum status status = buffer_reserve(copy, body->size + 1);
    if (!status)
        status = buffer_append_slice(copy, *body);
    if (!status)
        status = buffer_append_byte(copy, '\n');
    *body = buffer_slice(copy);
    return status;
}

void markdown_extract(struct content *content, const struct extract_input *input) {
    struct slice utf8 = content_decode(content, input, slice_of(NULL, 0));
    if (utf8.size > MARKDOWN_MAX) {
        plain_text_append(content, utf8);
        return;
    }
    struct slice body = front_matter_read(content, utf8);
    struct buffer copy = {0};
    enum status status = end_line(&body, &copy);
    if (status && !content->status)
        content->status = status;
    struct html_text block;
    struct markdown_reader reader = {.content = content,
                                     .block = &block,
                                     .hidden_from = NOWHERE,
                                     .max_target_bytes = 16 * (uint64_t)utf8.size + 1024 * 1024};
    const MD_PARSER parser = {.flags = MD_DIALECT_GITHUB,
                              .enter_block = on_enter_block,
                              .leave_block = on_leave_block,
                              .enter_span = on_enter_span,
                              .leave_span = on_leave_span,
                              .text = on_text};
    html_text_init(&block, content);
    size_t before = content->text.size;
    bool fits = body.size <= UINT32_MAX; /* MD_SIZE */
    int result = 0;
    if (fits && !content->status)
        result = md_parse((const MD_CHAR *)body.data, (MD_SIZE)body.size, &parser, &reader);
    html_text_finish(&block);
    buffer_release(&reader.html);
    if (!fits || reader.target_bytes > reader.max_target_bytes) {
        content->text.size = before;
        content->has_heading = false;
        plain_text_append(content, body);
    } else if (result && !content->status) {
        content->status = ST_NOMEM; /* md4c itself fails only for lack of memory */
    }
    buffer_release(&copy);
}
