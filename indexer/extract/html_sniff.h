/* SPDX-License-Identifier: MIT */
/* Reads from bytes that are not decoded yet whether they are HTML, and in which encoding.
 *
 * Threads: everything here is stateless. */
#ifndef QUERN_INDEXER_EXTRACT_HTML_SNIFF_H
#define QUERN_INDEXER_EXTRACT_HTML_SNIFF_H

#include "common/base/bytes.h"

/* The label of the encoding that a page declares, or an empty slice: in a <meta> among its first
 * 1,024 bytes or in its head, however long, or else in <?xml?>. As in browsers (HTML Standard,
 * 13.2.3.2), unknown labels are ignored, and UTF-16, which the declaration itself is not in, means
 * UTF-8. Points into `bytes`, or is static. */
struct slice html_sniff_charset(struct slice bytes);

/* True if the bytes begin like a page: after white space and comments, with a doctype or <html>. */
bool html_sniff_is_html(struct slice bytes);

#endif
