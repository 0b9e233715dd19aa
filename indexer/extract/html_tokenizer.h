/* SPDX-License-Identifier: MIT */
/* HTML -> tags and text, by the tokenization of the HTML Standard, 13.2.5
 * (https://html.spec.whatwg.org/#tokenization). Comments and doctypes are skipped, parse errors are
 * not reported, and attributes are parsed on request.
 *
 *     struct html_tokenizer tokenizer = {.bytes = utf8};
 *     while (html_tokenizer_next(&token, &tokenizer))
 *         if (token.type == HTML_START)
 *             html_tokenizer_enter(&tokenizer, &token, content model of this element);
 *
 * Every byte is looked at a bounded number of times, and nothing is allocated. Slices point into
 * the input, those of character references into the token. */
#ifndef QUERN_INDEXER_EXTRACT_HTML_TOKENIZER_H
#define QUERN_INDEXER_EXTRACT_HTML_TOKENIZER_H

#include "common/base/ascii.h"
#include "indexer/extract/html_reference.h"

/* What an element contains, and so what follows its start tag. */
enum html_content_model {
    HTML_DATA,       /* tags, text and references */
    HTML_RCDATA,     /* text and references up to the end tag: title, textarea */
    HTML_RAW_TEXT,   /* text up to the end tag: style, xmp, ... */
    HTML_SCRIPT,     /* the same, but a comment in the script may hide the end tag */
    HTML_PLAIN_TEXT, /* text up to the end of the page */
};

struct html_tokenizer {
    struct slice bytes; /* without NUL bytes */
    bool foreign;       /* set by the caller: in svg or math, where CDATA sections are text */
    /* Private. */
    size_t offset;
    enum html_content_model content_model;
    struct slice raw_element; /* name of the element whose end tag ends the content */
};

enum html_token_type { HTML_TEXT, HTML_START, HTML_END };

struct html_token {
    enum html_token_type type;
    struct slice text;       /* HTML_TEXT: some text; else the tag's name, in any letter case */
    struct slice attributes; /* of a tag: for html_attribute_find() */
    bool self_closing;       /* HTML_START: it ends in "/>" */
    uint8_t expansion[HTML_REFERENCE_MAX];
};

/* The next token. False at the end, where a tag that is not closed is dropped. */
bool html_tokenizer_next(struct html_token *token, struct html_tokenizer *tokenizer);

/* To be called after an HTML_START: sets what the element contains. */
void html_tokenizer_enter(struct html_tokenizer *tokenizer, const struct html_token *start,
                          enum html_content_model content_model);

/* The value of the first attribute with this name, given in lower case, references not replaced.
 * False: there is none. */
bool html_attribute_find(struct slice *value, struct slice attributes, const char *name);

/* HTML's white space, which ends the names of tags and attributes. Unlike ASCII's, it does not
 * include the vertical tab. */
static inline bool html_is_space(uint8_t byte) {
    return ascii_is_space(byte) && byte != '\v';
}

#endif
