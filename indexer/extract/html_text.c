/* SPDX-License-Identifier: MIT */
/* Keeps the stack of open elements, and adds what they show. */
#include "indexer/extract/html_text.h"

#include <strings.h>

#include "common/base/ascii.h"
#include "common/base/utf8.h"

enum { TABLE_PARTS = ELEMENT_CELL | ELEMENT_ROW | ELEMENT_ROW_GROUP };

void html_text_init(struct html_text *text, struct content *content) {
    memset(text, 0, offsetof(struct html_text, open_elements));
    text->content = content;
    text->has_title = content->title.size > 0;
}

bool html_text_is_foreign(const struct html_text *text) {
    uint32_t flags = text->depth > 0 ? text->open_elements[text->depth - 1].flags : 0;
    return (flags & ELEMENT_FOREIGN) && !(flags & ELEMENT_INTEGRATION);
}

/* Keeps the first failure. */
static void keep_status(struct html_text *text, enum status status) {
    if (!text->content->status)
        text->content->status = status;
}

static void end_block(struct html_text *text) {
    if (text->in_hidden)
        return;
    content_end_block(text->content);
    text->separate_next = false;
    if (text->ruby_text.size == 0 || text->in_ruby_text)
        return;
    content_add_text(text->content, buffer_slice(&text->ruby_text));
    content_end_block(text->content);
    buffer_clear(&text->ruby_text);
}

static bool is_word_byte(uint8_t byte) {
    return ascii_is_digit(byte) || ascii_is_letter(byte) || byte >= 0x80;
}

/* True if the text ends in a word that a superscript of letters continues: 1st, XIXe, Mme. */
static bool ends_in_ordinal(struct slice utf8) {
    size_t start = utf8.size, letters = 0, numerals = 0;
    if (start > 0 && ascii_is_digit(utf8.data[start - 1]))
        return true;
    while (start > 0 && is_word_byte(utf8.data[start - 1]) && letters <= 16) {
        uint8_t byte = utf8.data[--start];
        letters += !utf8_is_continuation(byte);
        numerals += byte < 0x80 && strchr("IVXLCDM", byte) != NULL;
    }
    return letters == 1 || (letters > 0 && letters == numerals && letters <= 16);
}

/* The first byte of a superscript that is not white space decides what it is. */
static void begin_superscript(struct html_text *text, uint8_t first) {
    bool letter = (first >= 'a' && first <= 'z') || first >= 0x80;
    bool joined = letter && ends_in_ordinal(buffer_slice(&text->content->text));
    text->superscript = joined ? SUPERSCRIPT_JOINED : SUPERSCRIPT_SEPARATE;
    text->separate_next = !joined;
}

void html_text_append(struct html_text *text, struct slice utf8) {
    struct content *content = text->content;
    if (text->in_hidden || utf8.size == 0)
        return;
    if (text->in_title) {
        content_add_title(content, utf8);
        return;
    }
    if (text->in_ruby_text) {
        keep_status(text, buffer_append_slice(&text->ruby_text, utf8));
        return;
    }
    uint8_t first = utf8.data[0];
    if (text->superscript == SUPERSCRIPT_OPEN && !ascii_is_space(first))
        begin_superscript(text, first);
    const struct buffer *before = &content->text;
    if (text->separate_next && is_word_byte(first) && before->size > 0 &&
        is_word_byte(before->data[before->size - 1]))
        content_add_text(content, slice_of_string(" "));
    text->separate_next = false;
    if (text->in_verbatim)
        content_add_verbatim(content, utf8);
    else
        content_add_text(content, utf8);
}

/* Appends the text alternative of an image, or a space if it has none. */
static void append_alternative(struct html_text *text, struct slice attributes) {
    struct slice value;
    if (!html_attribute_find(&value, attributes, "alt"))
        value = slice_of(NULL, 0);
    buffer_clear(&text->scratch);
    keep_status(text, buffer_append_byte(&text->scratch, ' '));
    keep_status(text, html_reference_append_value(&text->scratch, value));
    keep_status(text, buffer_append_byte(&text->scratch, ' '));
    html_text_append(text, buffer_slice(&text->scratch));
}

static void push(struct html_text *text, const struct html_element *element, struct slice name,
                 uint32_t flags) {
    text->open_elements[text->depth++] = (struct html_open_element){element, name, flags};
    if (!(flags & (ELEMENT_INLINE | ELEMENT_WORD)))
        end_block(text);
    if ((flags & ELEMENT_HEADING) && !text->in_hidden)
        content_heading_begin(text->content);
    if (flags & ELEMENT_WORD)
        html_text_append(text, slice_of_string(" "));
    if (flags & ELEMENT_SUPERSCRIPT)
        text->superscript = SUPERSCRIPT_OPEN;
    if ((flags & ELEMENT_RUBY) && text->ruby_text.size > 0)
        keep_status(text, buffer_append_byte(&text->ruby_text, ' '));
    text->in_hidden += (flags & ELEMENT_HIDDEN) != 0;
    text->in_verbatim += (flags & ELEMENT_VERBATIM) != 0;
    text->in_ruby_text += (flags & ELEMENT_RUBY_TEXT) != 0;
    text->in_title = text->in_title || (flags & ELEMENT_TITLE);
}

static void pop(struct html_text *text) {
    uint32_t flags = text->open_elements[--text->depth].flags;
    text->in_hidden -= (flags & ELEMENT_HIDDEN) != 0;
    text->in_verbatim -= (flags & ELEMENT_VERBATIM) != 0;
    text->in_ruby_text -= (flags & ELEMENT_RUBY_TEXT) != 0;
    if (flags & ELEMENT_TITLE) {
        text->in_title = false;
        text->has_title = text->content->title.size > 0;
        return;
    }
    if ((flags & ELEMENT_HEADING) && !text->in_hidden)
        content_heading_end(text->content);
    if (flags & ELEMENT_SUPERSCRIPT) {
        text->separate_next = text->superscript == SUPERSCRIPT_SEPARATE;
        text->superscript = SUPERSCRIPT_NONE;
    }
    if (flags & ELEMENT_WORD)
        html_text_append(text, slice_of_string(" "));
    if (!(flags & (ELEMENT_INLINE | ELEMENT_WORD)))
        end_block(text);
}

static void pop_to(struct html_text *text, size_t depth) {
    while (text->depth > depth)
        pop(text);
}

/* True if an open element has one of these flags. */
static bool is_in(const struct html_text *text, uint32_t flags) {
    for (size_t i = text->depth; i > 0; i--)
        if (text->open_elements[i - 1].flags & flags)
            return true;
    return false;
}

/* Closes the innermost open element with a flag of `kind`, and the elements in it, unless one of
 * them has a flag of `barrier`. */
static void close_kind(struct html_text *text, uint32_t kind, uint32_t barrier) {
    for (size_t i = text->depth; i > 0; i--) {
        uint32_t flags = text->open_elements[i - 1].flags;
        if (flags & kind) {
            pop_to(text, i - 1);
            return;
        }
        if ((flags & barrier) && !((flags & ELEMENT_LI_CROSSES) && (barrier & ELEMENT_LI_CROSSES)))
            return;
    }
}

/* Closes the elements that the start of this one ends. */
static void close_before(struct html_text *text, uint32_t flags) {
    if (flags & (ELEMENT_LI | ELEMENT_DD))
        close_kind(text, flags & (ELEMENT_LI | ELEMENT_DD), ELEMENT_SPECIAL | ELEMENT_LI_CROSSES);
    if (flags & ELEMENT_ENDS_P)
        close_kind(text, ELEMENT_P, ELEMENT_SCOPE | ELEMENT_BUTTON);
    if (flags & ELEMENT_BUTTON)
        close_kind(text, ELEMENT_BUTTON, ELEMENT_SCOPE);
    if (flags & ELEMENT_OPTION)
        close_kind(text, ELEMENT_OPTION, ELEMENT_SPECIAL);
    if ((flags & ELEMENT_RUBY_PART) && is_in(text, ELEMENT_RUBY))
        close_kind(text, ELEMENT_RUBY_PART, ELEMENT_RUBY | ELEMENT_SPECIAL);
    if (flags & TABLE_PARTS)
        close_kind(text, flags & TABLE_PARTS, ELEMENT_TABLE);
    if ((flags & ELEMENT_HEADING) && text->depth > 0 &&
        (text->open_elements[text->depth - 1].flags & ELEMENT_HEADING))
        pop(text);
}

static bool is_hidden(const struct html_token *start) {
    struct slice value;
    return start->attributes.size > 0 && html_attribute_find(&value, start->attributes, "hidden") &&
           !(value.size == 11 && strncasecmp((const char *)value.data, "until-found", 11) == 0);
}

/* The flags of an element in this place: a title in svg is not the title of the page. */
static uint32_t flags_here(const struct html_text *text, const struct html_element *element,
                           const struct html_token *start, bool foreign) {
    uint32_t flags = element->flags;
    if (foreign && (flags & ELEMENT_TITLE))
        flags = ELEMENT_INTEGRATION;
    if (foreign) {
        flags &= ~(uint32_t)(ELEMENT_SPECIAL | ELEMENT_SCOPE | ELEMENT_VOID);
        flags |= ELEMENT_FOREIGN;
        if (flags & ELEMENT_INTEGRATION)
            flags |= ELEMENT_SPECIAL | ELEMENT_SCOPE;
    } else if (flags & ELEMENT_ONLY_FOREIGN)
        flags = 0;
    if ((flags & ELEMENT_TITLE) && text->has_title)
        flags ^= ELEMENT_TITLE | ELEMENT_HIDDEN;
    if (is_hidden(start))
        flags |= ELEMENT_HIDDEN;
    return flags;
}

enum html_content_model html_text_start_tag(struct html_text *text,
                                            const struct html_token *start) {
    const struct html_element *element = html_element_find(start->text);
    bool foreign = html_text_is_foreign(text);
    while (foreign && (element->flags & ELEMENT_BREAKS_OUT)) {
        pop(text);
        foreign = html_text_is_foreign(text);
    }
    uint32_t flags = flags_here(text, element, start, foreign);
    if (!foreign)
        close_before(text, flags);
    if ((flags & ELEMENT_STRUCTURE) || ((flags & TABLE_PARTS) && !is_in(text, ELEMENT_TABLE))) {
        struct slice ignored;
        text->xml = text->xml || html_attribute_find(&ignored, start->attributes, "xmlns");
        end_block(text);
        return HTML_DATA;
    }
    if ((flags & ELEMENT_LINK) && text->superscript == SUPERSCRIPT_OPEN) {
        text->superscript = SUPERSCRIPT_SEPARATE;
        text->separate_next = true;
    }
    if (flags & ELEMENT_IMAGE) {
        if (!(flags & ELEMENT_HIDDEN))
            append_alternative(text, start->attributes);
        return HTML_DATA;
    }
    if (text->depth == HTML_TEXT_MAX_DEPTH)
        pop(text);
    push(text, element, start->text, flags);
    bool ends =
        (flags & ELEMENT_VOID) || (start->self_closing && (text->xml || (flags & ELEMENT_FOREIGN)));
    if (ends)
        pop(text);
    return foreign || ends ? HTML_DATA : element->content_model;
}

static bool is_same(const struct html_open_element *open, const struct html_element *element,
                    struct slice name) {
    return open->element == element && open->name.size == name.size &&
           strncasecmp((const char *)open->name.data, (const char *)name.data, name.size) == 0;
}

/* The flags of elements that an end tag in them cannot close. */
static uint32_t barrier_of(uint32_t flags) {
    if (flags & (ELEMENT_TABLE | TABLE_PARTS))
        return ELEMENT_TABLE;
    if (flags & ELEMENT_P)
        return ELEMENT_SCOPE | ELEMENT_BUTTON;
    return flags & ELEMENT_SPECIAL ? ELEMENT_SCOPE : ELEMENT_SPECIAL;
}

void html_text_end_tag(struct html_text *text, struct slice name) {
    const struct html_element *element = html_element_find(name);
    uint32_t barrier = barrier_of(element->flags);
    for (size_t i = text->depth; i > 0; i--) {
        const struct html_open_element *open = &text->open_elements[i - 1];
        bool heading = element->flags & open->flags & ELEMENT_HEADING;
        if (heading || is_same(open, element, name)) {
            pop_to(text, i - 1);
            return;
        }
        if (open->flags & barrier)
            break;
    }
    if (!(element->flags & (ELEMENT_INLINE | ELEMENT_WORD | ELEMENT_HIDDEN)))
        end_block(text); /* </p> and </br> act as empty elements, and for others it does no harm */
}

void html_text_close_all(struct html_text *text) {
    pop_to(text, 0);
    end_block(text);
}

void html_text_finish(struct html_text *text) {
    html_text_close_all(text);
    buffer_release(&text->ruby_text);
    buffer_release(&text->scratch);
}
