/* SPDX-License-Identifier: MIT */
/* The elements of HTML: how a browser shows the text of each, and where each ends, from "Rendering"
 * (15) and "Tree construction" (13.2.6) of the HTML Standard. */
#ifndef QUERN_INDEXER_EXTRACT_HTML_ELEMENTS_H
#define QUERN_INDEXER_EXTRACT_HTML_ELEMENTS_H

#include "indexer/extract/html_tokenizer.h"

enum {
    /* How the text is shown. Without any of these it is a block, which starts and ends a line. */
    ELEMENT_INLINE = 1 << 0,   /* does not separate words */
    ELEMENT_WORD = 1 << 1,     /* separates words but not lines */
    ELEMENT_HIDDEN = 1 << 2,   /* is not shown */
    ELEMENT_VERBATIM = 1 << 3, /* keeps its white space */
    ELEMENT_TITLE = 1 << 4,
    ELEMENT_HEADING = 1 << 5,
    ELEMENT_RUBY_TEXT = 1 << 6,   /* the pronunciation of words in a ruby */
    ELEMENT_RUBY = 1 << 7,        /* words with their pronunciation */
    ELEMENT_SUPERSCRIPT = 1 << 8, /* may be a footnote mark */
    ELEMENT_LINK = 1 << 9,
    ELEMENT_IMAGE = 1 << 10,
    /* Where the element ends. */
    ELEMENT_VOID = 1 << 11,       /* at once */
    ELEMENT_SPECIAL = 1 << 12,    /* no end tag of an ordinary element closes it from inside */
    ELEMENT_SCOPE = 1 << 13,      /* of end tags inside, only a table's closes it */
    ELEMENT_TABLE = 1 << 14,      /* of end tags inside, only its own closes it */
    ELEMENT_ENDS_P = 1 << 15,     /* its start ends a paragraph */
    ELEMENT_LI_CROSSES = 1 << 16, /* special, but a new list item closes the last one across it */
    ELEMENT_STRUCTURE = 1 << 17,  /* html, head, body: their tags neither open nor close anything */
    /* Elements that another one of the same kind closes. */
    ELEMENT_P = 1 << 18,
    ELEMENT_LI = 1 << 19,
    ELEMENT_DD = 1 << 20,
    ELEMENT_OPTION = 1 << 21,
    ELEMENT_BUTTON = 1 << 22,
    ELEMENT_CELL = 1 << 23,
    ELEMENT_ROW = 1 << 24,
    ELEMENT_ROW_GROUP = 1 << 25,
    ELEMENT_RUBY_PART = 1 << 26,
    /* In svg and math. */
    ELEMENT_FOREIGN = 1 << 27, /* svg and math themselves; of open elements, also those in them */
    ELEMENT_INTEGRATION = 1 << 28,  /* contains HTML again */
    ELEMENT_ONLY_FOREIGN = 1 << 29, /* has its other flags only there */
    ELEMENT_BREAKS_OUT = 1 << 30,   /* closes svg and math */
};

struct html_element {
    char name[16];
    uint32_t flags;
    enum html_content_model content_model;
};

/* The element with this name in any letter case. Never NULL: all unknown names share one. */
const struct html_element *html_element_find(struct slice name);

#endif
