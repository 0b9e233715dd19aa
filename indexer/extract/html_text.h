/* SPDX-License-Identifier: MIT */
/* Tags and text -> the text that a browser shows, in the order of the page.
 *
 *     struct html_text text;
 *     html_text_init(&text, &content);
 *     html_text_start_tag(&text, &start);
 *     html_text_append(&text, utf8);
 *     html_text_end_tag(&text, name); ...
 *     html_text_finish(&text);
 *
 * Elements end where the tree construction of the HTML Standard (13.2.6) ends them, but no tree is
 * built: there is a stack of at most 512 open elements, as many as browsers nest, and a tag costs
 * at most one pass over it. Nothing is moved: text that a browser shows in front of a table,
 * because it cannot be in one, stays where it is. In XHTML (`xmlns` on html) "/>" ends any element.
 *
 * - Elements of running text (b, a, span, sub, ...) do not separate words; all others do.
 * - Hidden are script, style, template, elements with the attribute `hidden` (except html and body,
 *   and `hidden=until-found`), and fallbacks for browsers that lack a feature: the content of
 *   iframe, audio, video, canvas and noframes. No script is run, so noscript is shown.
 * - An image is replaced by its text alternative, as words of its own.
 * - A superscript is a word of its own: a footnote mark (compressor<sup>1</sup>), an exponent or a
 *   trade mark. Small letters that are not a link continue the word before it if that is a number,
 *   a Roman numeral or a single letter: 1<sup>st</sup>, XIX<sup>e</sup>, M<sup>me</sup>.
 * - Ruby text (rt), the pronunciation of words, comes after the block that contains the ruby, as
 *   words of its own, so that the words it annotates stay whole. */
#ifndef QUERN_INDEXER_EXTRACT_HTML_TEXT_H
#define QUERN_INDEXER_EXTRACT_HTML_TEXT_H

#include "indexer/extract/content.h"
#include "indexer/extract/html_elements.h"

enum { HTML_TEXT_MAX_DEPTH = 512 };

struct html_text {
    struct content *content;
    unsigned in_hidden, in_verbatim, in_ruby_text; /* numbers of open elements of a kind */
    bool xml;                                      /* the page is XHTML */
    bool in_title;
    bool has_title; /* another <title> is hidden */
    enum {
        SUPERSCRIPT_NONE,
        SUPERSCRIPT_OPEN, /* has no text yet, which decides */
        SUPERSCRIPT_JOINED,
        SUPERSCRIPT_SEPARATE
    } superscript;
    bool separate_next; /* the next word does not continue the one before */
    struct buffer ruby_text, scratch;
    size_t depth;
    struct html_open_element {
        const struct html_element *element;
        struct slice name;
        uint32_t flags;                   /* of the element, as flags_here() changed them */
    } open_elements[HTML_TEXT_MAX_DEPTH]; /* the first `depth` of them */
};

/* A <title> becomes the title of the content unless it has one. The content and the names of start
 * tags are borrowed until html_text_finish(). */
void html_text_init(struct html_text *text, struct content *content);

/* Returns what the element contains, for html_tokenizer_enter(). */
enum html_content_model html_text_start_tag(struct html_text *text, const struct html_token *start);
void html_text_end_tag(struct html_text *text, struct slice name);
/* Adds text, whose references have been replaced. */
void html_text_append(struct html_text *text, struct slice utf8);

/* True in svg and math: the tokenizer must know. */
bool html_text_is_foreign(const struct html_text *text);

/* Closes all elements and ends the block. Another page or fragment may follow. */
void html_text_close_all(struct html_text *text);
/* The same, and releases the memory. */
void html_text_finish(struct html_text *text);

#endif
