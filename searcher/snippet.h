/* The passages of a document that show best why it was found.
 *
 * The text is analyzed as it was for the index, so exactly the words that matched are marked; words
 * that the query has in phrases only where the phrase stands. Of all windows of SNIPPET_SPAN bytes
 * the one wins whose distinct matched words weigh most; a word weighs 1 / (1 + log2 f) when the
 * text has it f times, for want of its idf: what is rare in the document tells more. A tie goes to
 * the window with more matches, then to the first. It is filled up to SNIPPET_SIZE characters of
 * context, in whole words. Further snippets count half what earlier ones show already, and never
 * overlap them.
 *
 * When one snippet is wanted, reading stops at the first window that has all words; in any case
 * after SNIPPET_SCAN bytes.
 *
 *     struct snippet_finder finder;
 *     snippet_finder_init(&finder, analyzer, query, &err);
 *     snippet_find(snippets, &count, 1, &finder, text, &arena, &err);    // for each document
 *     snippet_finder_release(&finder);
 *
 * Threads: a finder belongs to one thread, and so does its analyzer. */
#ifndef QUERN_SEARCHER_SNIPPET_H
#define QUERN_SEARCHER_SNIPPET_H

#include <stdbool.h>

#include "common/analyzer.h"
#include "common/bytes.h"
#include "common/status.h"
#include "searcher/query.h"

enum {
    SNIPPET_MAX = 16,           /* snippets of a document */
    SNIPPET_SPAN = 140,         /* bytes from the first to the last match that decides */
    SNIPPET_SIZE = 180,         /* characters (code points) shown */
    SNIPPET_SCAN = 256 * 1024,  /* bytes of a text that are looked at */
    SNIPPET_MATCHES = 8 * 1024, /* matches, likewise */
    SNIPPET_PHRASE = 32,        /* words of a phrase that are compared */
};

struct snippet_mark {
    uint32_t start, end; /* bytes [start, end) of the snippet's text */
};

struct snippet {
    struct slice text; /* valid UTF-8 if the document's was; each run of white space is one space */
    struct snippet_mark *marks; /* in order, apart from each other */
    size_t count;
    bool cut_before; /* the document has more text there */
    bool cut_after;
};

struct snippet_term;
struct snippet_match;

struct snippet_finder {
    struct analyzer *analyzer;  /* borrowed */
    const struct query *query;  /* borrowed */
    struct snippet_term *terms; /* the query's distinct terms that are not excluded, sorted */
    size_t count;
    uint64_t filter;               /* a bit for each of them */
    size_t missing;                /* of these, how many the text at hand has not shown yet */
    struct snippet_match *matches; /* of the text at hand, in order */
    size_t match_count;
};

/* Fails only when memory is out. */
enum status snippet_finder_init(struct snippet_finder *finder, struct analyzer *analyzer,
                                const struct query *query, struct error *err);
void snippet_finder_release(struct snippet_finder *finder);

/* Fills snippets[0 .. *count - 1], *count <= max <= SNIPPET_MAX, in the order of the text; without
 * any match, the beginning of the text; of an empty text, none. What they point to is owned by
 * `arena`. */
enum status snippet_find(struct snippet *snippets, size_t *count, size_t max,
                         struct snippet_finder *finder, struct slice text, struct arena *arena,
                         struct error *err);

#endif
