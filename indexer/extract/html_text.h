/* Tags and text -> the text that a browser shows, in the order of the page.
 *
 *     struct html_text text;
 *     html_text_init(&text, &content);
 *     html_text_start_tag(&text, &start), html_text_append(&text, utf8), html_text_end_tag(&text, name) ...
 *     html_text_finish(&text);
 *
 * Where an element ends is found as by the tree construction of the HTML Standard, 13.2.6, but no
 * tree is built: there is a stack of at most 512 open elements, as many as browsers nest, and no
 * tag costs more than a look through it. Nothing is moved: text that a browser puts in front of a
 * table, since it cannot be in one, stays in its place. In XHTML (`xmlns` on html) "/>" ends any
 * element.
 *
 * What is shown:
 * - Elements of running text (b, a, span, sub, ...) do not separate words, all others do.
 * - Not shown are script, style, template, elements with the attribute `hidden` (but not html and
 *   body, nor with `hidden=until-found`), and what is there for browsers that lack something: the
 *   content of iframe, audio, video, canvas, noframes. No script is run, so noscript is shown.
 * - An image is its text alternative, as words of its own.
 * - A superscript is a word of its own: a footnote mark (compressor<sup>1</sup>), an exponent or a
 *   trade mark. Only small letters in it that are no link continue the word before, if that is a
 *   number, a Roman numeral or a single letter: 1<sup>st</sup>, XIX<sup>e</sup>, M<sup>me</sup>.
 * - The readings in a ruby (rt) come after the block that the ruby is in, as words of their own, so
 *   that the words which they interrupt stay whole. */
#ifndef QUERN_INDEXER_EXTRACT_HTML_TEXT_H
#define QUERN_INDEXER_EXTRACT_HTML_TEXT_H

#include "indexer/extract/content.h"
#include "indexer/extract/html_elements.h"

enum { HTML_TEXT_MAX_DEPTH = 512 };

struct html_text {
    struct content *content;
    unsigned in_hidden, in_verbatim, in_ruby_text; /* open elements that are so */
    bool xml;                                      /* the page is XHTML */
    bool in_title;
    bool has_title; /* the next one is not shown */
    enum {
        SUPERSCRIPT_NONE,
        SUPERSCRIPT_OPEN,
        SUPERSCRIPT_JOINED,
        SUPERSCRIPT_SEPARATE
    } superscript;
    bool separate_next; /* the next word does not go on with the one before */
    struct buffer ruby_text, scratch;
    size_t depth;
    struct html_open_element {
        const struct html_element *element;
        struct slice name;
        uint32_t flags;                   /* the element's, as it is used here */
    } open_elements[HTML_TEXT_MAX_DEPTH]; /* the first `depth` of them */
};

/* A <title> becomes the title of the content unless that has one. */
void html_text_init(struct html_text *text, struct content *content);

/* Returns what the element holds, for html_tokenizer_enter(). */
enum html_content_model html_text_start_tag(struct html_text *text, const struct html_token *start);
void html_text_end_tag(struct html_text *text, struct slice name);
/* Text in UTF-8, without references. */
void html_text_append(struct html_text *text, struct slice utf8);

/* True in svg and math, for the tokenizer. */
bool html_text_is_foreign(const struct html_text *text);

/* Closes all elements and ends the block. More may follow, as from the start. */
void html_text_close_all(struct html_text *text);
/* The same, and frees what it holds. */
void html_text_finish(struct html_text *text);

#endif
