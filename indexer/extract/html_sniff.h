/* What the bytes of a page say before they are decoded: that they are HTML, and in which encoding.
 * No state: any number of threads at a time. */
#ifndef QUERN_INDEXER_EXTRACT_HTML_SNIFF_H
#define QUERN_INDEXER_EXTRACT_HTML_SNIFF_H

#include "common/base/bytes.h"

/* The label of the encoding that the bytes of a page declare, or nothing: by a <meta> in their
 * first 1,024 bytes or in the head of the page, however long, else by <?xml?>. As in browsers
 * (HTML Standard, 13.2.3.2) an unknown label counts as none, and UTF-16, which the declaration
 * itself is not in, means UTF-8. Points into `bytes` or is static. */
struct slice html_sniff_charset(struct slice bytes);

/* True when bytes begin like a page: after white space and comments, with a doctype or <html>. */
bool html_sniff_is_html(struct slice bytes);

#endif
