/* SPDX-License-Identifier: MIT */
/* The passages of a document that show best why it was found.
 *
 * Positions in the index say where the words of the query are, and so which window of words is the
 * best one, however long the document is (snippet_window.h). A window has up to
 * SNIPPET_WINDOW_WORDS words, or as many more as SNIPPET_WINDOW_BYTES bytes of this text hold on
 * average: in scripts without spaces a word is a pair of characters. Context is added up to
 * SNIPPET_COLUMNS columns of a terminal, in sentences or words (passage.h). Every word in a passage
 * that matched is marked, those of a phrase only where the phrase occurs, and exact words only in
 * their form. Passages and marks begin and end between grapheme clusters (UAX #29), and passages
 * never overlap. They are in the order of the text, also where that is written from right to left.
 *
 * The text before the last passage is read once, to count its words (offsets.h).
 *
 *     struct snippet_finder finder;
 *     snippet_finder_init(&finder, analyzer, &results.plans[0], &err);
 *     snippet_finder_seek(&finder, &hit, &err);                           // in document order
 *     snippet_mark_title(&marks, &mark_count, &finder, &document, &arena, &err);
 *     snippet_find(snippets, &count, 1, &finder, &document, text, &arena, &err);
 *     snippet_finder_release(&finder);
 *
 * Threads: a finder belongs to one thread, and so does its analyzer. */
#ifndef QUERN_SEARCHER_SHOW_SNIPPET_H
#define QUERN_SEARCHER_SHOW_SNIPPET_H

#include "searcher/eval/search.h"
#include "searcher/show/offsets.h"
#include "searcher/show/snippet_window.h"

enum {
    SNIPPET_MAX = 16,           /* snippets of a document */
    SNIPPET_WINDOW_WORDS = 24,  /* length of a window where words are long */
    SNIPPET_WINDOW_BYTES = 140, /* the same where words are short */
    SNIPPET_COLUMNS = 180,      /* shown, unless a single cluster has more */
};

struct snippet_mark {
    uint32_t start, end; /* bytes [start, end) of the snippet's text */
};

struct snippet {
    struct slice text; /* valid UTF-8 if the document's is; each run of white space is one space */
    struct snippet_mark *marks; /* in order, never adjacent */
    size_t count;
    bool cut_before; /* the document has more text before it */
    bool cut_after;
    bool begins_sentence, ends_sentence; /* it does not begin, or end, within one */
    uint64_t offset; /* in the text: of the first mark, or of the passage if it has none */
};

struct snippet_finder {
    struct analyzer *analyzer; /* borrowed; that of the index */
    struct occurrences occurrences;
    struct snippet_window_chooser chooser;
    struct text_source source;
    struct segment *segment; /* of the last document; borrowed */
    /* Of the last document: */
    struct snippet_window windows[SNIPPET_MAX];
    size_t window_count;
    struct word_offsets *words; /* the query's words in and around the windows, ascending; owned */
    size_t word_count, word_capacity;
};

/* The plan must outlive the finder. ST_NOMEM: there is nothing to release. */
enum status snippet_finder_init(struct snippet_finder *finder, struct analyzer *analyzer,
                                const struct plan *plan, struct error *err);
void snippet_finder_release(struct snippet_finder *finder);

/* Prepares for hits in these documents of the plan's segment `ordinal`, in ascending order, as
 * occurrences_expect() does. */
enum status snippet_finder_expect(struct snippet_finder *finder, size_t ordinal,
                                  const uint32_t *docs, size_t count, struct error *err);

/* Goes to a hit, whose words the next functions find. Hits come in document order. Errors: those of
 * reading the index, ST_NOMEM. */
enum status snippet_finder_seek(struct snippet_finder *finder, const struct hit *hit,
                                struct error *err);

/* Sets the marks of the hit's title, which are bytes of document->title. To be called before
 * snippet_find(). ST_NOMEM. */
enum status snippet_mark_title(struct snippet_mark **marks, size_t *count,
                               struct snippet_finder *finder, const struct document *document,
                               struct arena *arena, struct error *err);

/* Fills snippets[0 .. *count - 1], *count <= max <= SNIPPET_MAX, in the order of the text. If the
 * text has none of the query's words, the beginning of the text is the only snippet; if it is empty
 * or not kept, there is none. `document` and `text` are the hit's, from segment_record(). `arena`
 * owns what the snippets point to. Errors: those of reading the index, ST_NOMEM. */
enum status snippet_find(struct snippet *snippets, size_t *count, size_t max,
                         struct snippet_finder *finder, const struct document *document,
                         struct text_location text, struct arena *arena, struct error *err);

#endif
