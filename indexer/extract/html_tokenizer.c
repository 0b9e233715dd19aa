/* SPDX-License-Identifier: MIT */
/* Reads tags, comments, scripts and text. */
#include "indexer/extract/html_tokenizer.h"

#include <strings.h>

static struct slice remaining(const struct html_tokenizer *tokenizer) {
    return slice_after(tokenizer->bytes, tokenizer->offset);
}

static bool begins_with(struct slice bytes, const char *prefix) {
    size_t size = strlen(prefix);
    return bytes.size >= size && strncasecmp((const char *)bytes.data, prefix, size) == 0;
}

/* The offset of the first such byte at `from` or later; bytes.size if there is none. */
static size_t find_byte(struct slice bytes, size_t from, uint8_t byte) {
    const uint8_t *found =
        from < bytes.size ? memchr(bytes.data + from, byte, bytes.size - from) : NULL;
    return found ? (size_t)(found - bytes.data) : bytes.size;
}

/* Moves *at over the next attribute. False: the tag has no more, and *at is at its end; *slash: the
 * last byte before it is a slash outside of any attribute. */
static bool next_attribute(struct slice *name, struct slice *value, bool *slash, size_t *at,
                           struct slice bytes) {
    const uint8_t *data = bytes.data;
    size_t size = bytes.size, i = *at;
    *slash = false;
    while (i < size && (html_is_space(data[i]) || data[i] == '/'))
        *slash = data[i++] == '/';
    size_t start = i;
    if (i < size && data[i] != '>')
        i++; /* a name may begin with `=` */
    while (i < size && !html_is_space(data[i]) && !memchr("=>/", data[i], 3))
        i++;
    *at = i;
    *name = slice_of(data + start, i - start);
    *value = slice_of(data + i, 0);
    while (i < size && html_is_space(data[i]))
        i++;
    if (name->size == 0 || i == size || data[i] != '=')
        return name->size > 0;
    for (i++; i < size && html_is_space(data[i]); i++)
        ;
    uint8_t quote = i < size && (data[i] == '"' || data[i] == '\'') ? data[i++] : 0;
    start = i;
    if (quote)
        i = find_byte(bytes, i, quote);
    else
        while (i < size && !html_is_space(data[i]) && data[i] != '>')
            i++;
    *value = slice_of(data + start, i - start);
    *at = i + (quote && i < size);
    return true;
}

bool html_attribute_find(struct slice *value, struct slice attributes, const char *name) {
    struct slice found;
    bool slash;
    size_t size = strlen(name), at = 0;
    while (next_attribute(&found, value, &slash, &at, attributes))
        if (found.size == size && strncasecmp((const char *)found.data, name, size) == 0)
            return true;
    return false;
}

/* Reads the tag whose name starts at `start`. False: the input ends before the tag. */
static bool read_tag(struct html_token *token, struct html_tokenizer *tokenizer, size_t start) {
    struct slice bytes = tokenizer->bytes, name, value;
    size_t at = start;
    while (at < bytes.size && !html_is_space(bytes.data[at]) && bytes.data[at] != '/' &&
           bytes.data[at] != '>')
        at++;
    token->text = slice_of(bytes.data + start, at - start);
    size_t attributes = at;
    while (next_attribute(&name, &value, &token->self_closing, &at, bytes))
        ;
    token->attributes = slice_of(bytes.data + attributes, at - attributes);
    tokenizer->offset = at < bytes.size ? at + 1 : at;
    return at < bytes.size;
}

/* The size of the comment at the start of the bytes. */
static size_t comment_size(struct slice bytes) {
    size_t start = strlen("<!--");
    if (begins_with(slice_after(bytes, start), ">"))
        return start + 1;
    if (begins_with(slice_after(bytes, start), "->"))
        return start + 2;
    for (size_t at = start; (at = find_byte(bytes, at, '-')) < bytes.size; at++) {
        struct slice left = slice_after(bytes, at);
        if (begins_with(left, "-->"))
            return at + 3;
        if (begins_with(left, "--!>"))
            return at + 4;
    }
    return bytes.size;
}

static bool emit_text(struct html_token *token, struct html_tokenizer *tokenizer, size_t size) {
    token->type = HTML_TEXT;
    token->text = slice_of(tokenizer->bytes.data + tokenizer->offset, size);
    tokenizer->offset += size;
    return true;
}

/* Reads markup at a `<`. False: it is skipped, like a comment. */
static bool read_markup(struct html_token *token, struct html_tokenizer *tokenizer) {
    struct slice left = remaining(tokenizer);
    uint8_t next = left.size > 1 ? left.data[1] : 0;
    if (ascii_is_letter(next)) {
        token->type = HTML_START;
        return read_tag(token, tokenizer, tokenizer->offset + 1);
    }
    if (next == '/' && left.size > 2 && ascii_is_letter(left.data[2])) {
        token->type = HTML_END;
        return read_tag(token, tokenizer, tokenizer->offset + 2);
    }
    if (begins_with(left, "<!--")) {
        tokenizer->offset += comment_size(left);
        return false;
    }
    if (tokenizer->foreign && left.size >= 9 && memcmp(left.data, "<![CDATA[", 9) == 0) {
        tokenizer->offset += 9;
        left = remaining(tokenizer);
        const uint8_t *end = memmem(left.data, left.size, "]]>", 3);
        emit_text(token, tokenizer, end ? (size_t)(end - left.data) : left.size);
        tokenizer->offset += end ? 3 : 0;
        return true;
    }
    if (next == '!' || next == '?' || (next == '/' && left.size > 2)) {
        /* A doctype, or a bogus comment of the standard, such as <![endif]> or <?php ?>. */
        size_t end = find_byte(left, 2, '>');
        tokenizer->offset += end < left.size ? end + 1 : end;
        return false;
    }
    return emit_text(token, tokenizer, 1);
}

/* True if the bytes begin with the end tag of the element `name`. */
static bool is_end_tag(struct slice bytes, struct slice name) {
    if (bytes.size < name.size + 3 || bytes.data[1] != '/')
        return false;
    uint8_t after = bytes.data[2 + name.size];
    return (html_is_space(after) || after == '/' || after == '>') &&
           strncasecmp((const char *)bytes.data + 2, (const char *)name.data, name.size) == 0;
}

/* True if `script`, as a tag's whole name, is at the offset. */
static bool is_script_name(struct slice bytes, size_t offset) {
    if (bytes.size < offset + 7)
        return false;
    uint8_t after = bytes.data[offset + 6];
    return (html_is_space(after) || after == '/' || after == '>') &&
           strncasecmp((const char *)bytes.data + offset, "script", 6) == 0;
}

/* The size of a script up to its end tag. After "<!--" in it, a "<script" hides the next
 * "</script"; "-->" ends both. */
static size_t script_size(struct slice bytes) {
    enum { PLAIN, ESCAPED, ESCAPED_TWICE } state = PLAIN;
    for (size_t at = 0; at < bytes.size; at++) {
        struct slice left = slice_after(bytes, at);
        if (*left.data == '-' && state != PLAIN && begins_with(left, "-->")) {
            state = PLAIN;
        } else if (*left.data != '<') {
            continue;
        } else if (state == PLAIN && begins_with(left, "<!--")) {
            state = ESCAPED;
            at++; /* "<!-->" ends it at once */
        } else if (state == ESCAPED && is_script_name(left, 1)) {
            state = ESCAPED_TWICE;
        } else if (begins_with(left, "</") && is_script_name(left, 2)) {
            if (state != ESCAPED_TWICE)
                return at;
            state = ESCAPED;
        }
    }
    return bytes.size;
}

/* The size of the text of an element without tags: up to its end tag, or to the next reference
 * where references are read. */
static size_t run_size(const struct html_tokenizer *tokenizer) {
    struct slice left = remaining(tokenizer);
    if (tokenizer->content_model == HTML_PLAIN_TEXT)
        return left.size;
    if (tokenizer->content_model == HTML_SCRIPT)
        return script_size(left);
    for (size_t at = 0; at < left.size; at++)
        if (left.data[at] == '&'
                ? tokenizer->content_model == HTML_RCDATA
                : left.data[at] == '<' && is_end_tag(slice_after(left, at), tokenizer->raw_element))
            return at;
    return left.size;
}

static bool read_reference(struct html_token *token, struct html_tokenizer *tokenizer) {
    size_t size = html_reference_read(&token->text, token->expansion, remaining(tokenizer), false);
    if (size == 0)
        return emit_text(token, tokenizer, 1);
    token->type = HTML_TEXT;
    tokenizer->offset += size;
    return true;
}

static size_t data_run_size(struct slice bytes) {
    size_t size = 0;
    while (size < bytes.size && bytes.data[size] != '<' && bytes.data[size] != '&')
        size++;
    return size;
}

bool html_tokenizer_next(struct html_token *token, struct html_tokenizer *tokenizer) {
    while (tokenizer->offset < tokenizer->bytes.size) {
        bool data = tokenizer->content_model == HTML_DATA;
        size_t run = data ? data_run_size(remaining(tokenizer)) : run_size(tokenizer);
        if (run > 0)
            return emit_text(token, tokenizer, run);
        if (tokenizer->bytes.data[tokenizer->offset] == '&')
            return read_reference(token, tokenizer);
        tokenizer->content_model = HTML_DATA;
        if (read_markup(token, tokenizer))
            return true;
    }
    return false;
}

void html_tokenizer_enter(struct html_tokenizer *tokenizer, const struct html_token *start,
                          enum html_content_model content_model) {
    tokenizer->content_model = content_model;
    tokenizer->raw_element = start->text;
}
