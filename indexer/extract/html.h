/* HTML and XHTML, however broken, through libxml2's HTML parser (SAX, no tree).
 *
 * Chosen over gumbo 0.10.1, the other parser in Debian 12, by measurement on 412 pages of 26
 * languages (39 MB): 85 against 22 MB/s; gumbo's tree also takes more than 20 s for a million
 * nested tags. libxml2 is slow on two hostile inputs, which html.c keeps from it: deep nesting
 * (time grows with depth times end tags) and tags of very many attributes (with their square).
 *
 * What is kept: the text of all elements but script, style and template, also of noscript; the text
 * alternatives of images. Elements of running text (b, a, span, sub, ...) do not separate words,
 * all others do, unknown ones among them. White space is kept in pre and textarea. The first
 * <title> is the title, the first h1 to h6 the heading. NUL bytes are dropped, as HTML has it. */
#ifndef QUERN_INDEXER_EXTRACT_HTML_H
#define QUERN_INDEXER_EXTRACT_HTML_H

#include "indexer/extract/content.h"

/* Appends what the page says; a fragment will do. Any number of threads at a time. */
void html_extract(struct content *content, struct slice utf8);

/* The encoding that the bytes of a page declare in their first 4 KiB, by <meta> or by <?xml?>;
 * empty: none. Points into `bytes`. */
struct slice html_charset(struct slice bytes);

/* True when bytes begin like a page: behind white space and comments, with a doctype or <html>. */
bool html_looks_like(struct slice bytes);

/* Appends what a character reference such as "&eacute;" or "&#233;" stands for to the text; as it
 * is, if it stands for nothing. */
void html_reference(struct content *content, struct slice reference);

#endif
