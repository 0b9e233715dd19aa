/* The elements of HTML: what a browser does with each, as far as its text is concerned.
 *
 * From the HTML Standard: "Tree construction" (13.2.6) for what ends what, "Rendering" (15) for
 * what is shown. */
#ifndef QUERN_INDEXER_EXTRACT_HTML_ELEMENTS_H
#define QUERN_INDEXER_EXTRACT_HTML_ELEMENTS_H

#include "indexer/extract/html_tokenizer.h"

enum {
    /* How its text is shown. Without any of these it is a block: it starts and ends a line. */
    ELEMENT_INLINE = 1 << 0,   /* does not separate words */
    ELEMENT_WORD = 1 << 1,     /* separates words but not lines */
    ELEMENT_HIDDEN = 1 << 2,   /* is not shown */
    ELEMENT_VERBATIM = 1 << 3, /* keeps its white space */
    ELEMENT_TITLE = 1 << 4,
    ELEMENT_HEADING = 1 << 5,
    ELEMENT_RUBY_TEXT = 1 << 6,   /* how a word in a ruby is pronounced */
    ELEMENT_RUBY = 1 << 7,        /* words with readings */
    ELEMENT_SUPERSCRIPT = 1 << 8, /* maybe a footnote mark */
    ELEMENT_LINK = 1 << 9,
    ELEMENT_IMAGE = 1 << 10,
    /* Where it ends. */
    ELEMENT_VOID = 1 << 11,       /* at once */
    ELEMENT_SPECIAL = 1 << 12,    /* end tags of ordinary elements do not reach out of it */
    ELEMENT_SCOPE = 1 << 13,      /* no end tag but a table's reaches out of it */
    ELEMENT_TABLE = 1 << 14,      /* nothing but its own end tag reaches out of it */
    ELEMENT_ENDS_P = 1 << 15,     /* its start ends a paragraph */
    ELEMENT_LI_CROSSES = 1 << 16, /* special, but a list item ends across it */
    ELEMENT_STRUCTURE = 1 << 17,  /* html, head, body: their tags open and close nothing */
    /* Elements that another one of the same kind ends. */
    ELEMENT_P = 1 << 18,
    ELEMENT_LI = 1 << 19,
    ELEMENT_DD = 1 << 20,
    ELEMENT_OPTION = 1 << 21,
    ELEMENT_BUTTON = 1 << 22,
    ELEMENT_CELL = 1 << 23,
    ELEMENT_ROW = 1 << 24,
    ELEMENT_ROW_GROUP = 1 << 25,
    ELEMENT_RUBY_PART = 1 << 26,
    /* Content in svg and math. */
    ELEMENT_FOREIGN = 1 << 27,      /* svg and math, and in open elements what is in them */
    ELEMENT_INTEGRATION = 1 << 28,  /* holds HTML where it is in svg or math */
    ELEMENT_ONLY_FOREIGN = 1 << 29, /* is such an element only there */
    ELEMENT_BREAKS_OUT = 1 << 30,   /* ends svg and math */
};

struct html_element {
    char name[16];
    uint32_t flags;
    enum html_content_model content_model;
};

/* The element with this name in any letter case. Never NULL: all that are not known share one. */
const struct html_element *html_element_find(struct slice name);

#endif
