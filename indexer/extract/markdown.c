#include "indexer/extract/markdown.h"

#include <md4c.h>

#include "indexer/extract/front_matter.h"
#include "indexer/extract/html.h"
#include "indexer/extract/html_text.h"
#include "indexer/extract/text.h"

enum { NOWHERE = -1 };

struct reading {
    struct content *content;
    struct html_text *inlines; /* of the block that we are in: what is not HTML is text in it */
    struct buffer html;        /* the HTML block that we are in */
    bool in_code, in_html;
    ptrdiff_t hidden_from; /* where the text of a hidden element starts, or NOWHERE */
    const struct html_element *hidden;
    uint64_t targets, targets_max; /* bytes of link targets met, and how many are believed */
};

/* No element reaches out of a block of Markdown. */
static void end_block(struct reading *reading) {
    html_text_close(reading->inlines);
    reading->hidden_from = NOWHERE;
}

static int on_enter_block(MD_BLOCKTYPE type, void *detail, void *context) {
    struct reading *reading = context;
    (void)detail;
    end_block(reading);
    reading->in_code = type == MD_BLOCK_CODE;
    reading->in_html = type == MD_BLOCK_HTML;
    if (type == MD_BLOCK_H)
        content_heading_begin(reading->content);
    return reading->content->status;
}

static int on_leave_block(MD_BLOCKTYPE type, void *detail, void *context) {
    struct reading *reading = context;
    (void)detail;
    if (type == MD_BLOCK_H)
        content_heading_end(reading->content);
    if (type == MD_BLOCK_HTML) {
        html_extract(reading->content, buffer_slice(&reading->html));
        buffer_clear(&reading->html);
    }
    reading->in_code = reading->in_html = false;
    end_block(reading);
    return reading->content->status;
}

/* A reference link repeats its target each time, so a file of n bytes can have n^2 of them. */
static int on_enter_span(MD_SPANTYPE type, void *detail, void *context) {
    struct reading *reading = context;
    if (type == MD_SPAN_A) {
        const MD_SPAN_A_DETAIL *link = detail;
        reading->targets += link->href.size + link->title.size;
    } else if (type == MD_SPAN_IMG) {
        const MD_SPAN_IMG_DETAIL *image = detail;
        reading->targets += image->src.size + image->title.size;
    }
    return reading->targets > reading->targets_max ? -1 : 0; /* md4c overlooks positive ones here */
}

static int on_leave_span(MD_SPANTYPE type, void *detail, void *context) {
    (void)type, (void)detail, (void)context;
    return 0;
}

/* The text of a hidden element is taken back at its end tag: one that is never closed is a word of
 * the author's about a tag, which hides nothing. True: the tag was of such an element. */
static bool take_hidden(struct reading *reading, const struct html_token *tag) {
    const struct html_element *element = html_element(tag->text);
    if (reading->hidden_from != NOWHERE) {
        if (tag->type == HTML_END && element == reading->hidden) {
            reading->content->text.size = (size_t)reading->hidden_from;
            reading->hidden_from = NOWHERE;
        }
        return true;
    }
    if (!(element->flags & (ELEMENT_HIDDEN | ELEMENT_TITLE)) ||
        (element->flags & (ELEMENT_INLINE | ELEMENT_ONLY_FOREIGN)))
        return false;
    if (tag->type == HTML_START && !(element->flags & ELEMENT_TITLE)) {
        reading->hidden_from = (ptrdiff_t)reading->content->text.size;
        reading->hidden = element;
    }
    return true;
}

/* A tag, comment or declaration within a paragraph. */
static void take_tag(struct reading *reading, struct slice markup) {
    struct html_tokenizer tokenizer = {.bytes = markup};
    struct html_token token;
    if (!html_tokenizer_next(&token, &tokenizer) || token.type == HTML_TEXT ||
        take_hidden(reading, &token))
        return;
    if (token.type == HTML_START)
        html_text_start(reading->inlines, &token);
    else
        html_text_end(reading->inlines, token.text);
}

/* "&name;" or "&#1;"; one that stands for nothing is text. */
static void take_reference(struct reading *reading, struct slice reference) {
    uint8_t room[HTML_REFERENCE_SIZE];
    struct slice text;
    bool whole = html_reference_read(&text, room, reference, false) == reference.size;
    html_text_append(reading->inlines, whole ? text : reference);
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *data, MD_SIZE size, void *context) {
    struct reading *reading = context;
    struct content *content = reading->content;
    struct slice text = slice_of(data, size);
    switch (type) {
    case MD_TEXT_NULLCHAR:
        html_text_append(reading->inlines, slice_of_string("\uFFFD"));
        break;
    case MD_TEXT_BR:
    case MD_TEXT_SOFTBR:
        content_break(content);
        break;
    case MD_TEXT_ENTITY:
        take_reference(reading, text);
        break;
    case MD_TEXT_HTML:
        if (!reading->in_html)
            take_tag(reading, text);
        else if (!content->status)
            content->status = buffer_append_slice(&reading->html, text);
        break;
    default:
        if (reading->in_code)
            content_verbatim(content, text);
        else
            html_text_append(reading->inlines, text);
    }
    return content->status;
}

/* The body with a newline at its end, in a copy if it has none: md4c 0.4.8 reads beyond the end of
 * a document without one (its pull requests 167 and 168 came later). */
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

void markdown_extract(struct content *content, struct slice utf8) {
    struct slice body = front_matter_take(content, utf8);
    struct buffer copy = {0};
    enum status status = end_line(&body, &copy);
    if (status && !content->status)
        content->status = status;
    struct html_text inlines;
    struct reading reading = {.content = content,
                              .inlines = &inlines,
                              .hidden_from = NOWHERE,
                              .targets_max = 16 * (uint64_t)utf8.size + 1024 * 1024};
    const MD_PARSER parser = {.flags = MD_DIALECT_GITHUB,
                              .enter_block = on_enter_block,
                              .leave_block = on_leave_block,
                              .enter_span = on_enter_span,
                              .leave_span = on_leave_span,
                              .text = on_text};
    html_text_init(&inlines, content);
    size_t before = content->text.size;
    bool fits = body.size <= UINT32_MAX; /* MD_SIZE */
    int result = 0;
    if (fits && !content->status)
        result = md_parse((const MD_CHAR *)body.data, (MD_SIZE)body.size, &parser, &reading);
    html_text_finish(&inlines);
    buffer_release(&reading.html);
    if (!fits || reading.targets > reading.targets_max) {
        content->text.size = before;
        content->has_heading = false;
        text_extract(content, body);
    } else if (result && !content->status) {
        content->status = ST_NOMEM; /* md4c fails by itself for want of memory only */
    }
    buffer_release(&copy);
}
