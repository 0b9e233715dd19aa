/* What is shown of a search: results with their documents, passages and arithmetic, copied out of
 * the index so that it can be closed before anything is printed. */
#ifndef QUERN_SEARCHER_SHOW_RESULTS_H
#define QUERN_SEARCHER_SHOW_RESULTS_H

#include "common/index/snapshot.h"
#include "common/text/analyzer.h"
#include "searcher/eval/search.h"
#include "searcher/query/query.h"
#include "searcher/show/snippet.h"

struct answer_hit {
    uint32_t rank; /* from 1, those left out by the offset counted */
    double score;
    struct slice id;
    struct slice title;
    bool title_cut; /* the document's has more words than are kept of it */
    int64_t mtime;  /* as in struct document */
    uint64_t size;
    struct snippet *snippets;
    size_t snippet_count;
    struct explanations why; /* count 0 when it was not asked for */
};

struct answer {
    struct arena arena;  /* owns what slices point to */
    struct slice name;   /* of a query of a batch, borrowed; empty: the only query */
    struct slice text;   /* the query as typed, borrowed */
    const char *note;    /* query->note, borrowed; or NULL */
    double milliseconds; /* that the search took */
    struct answer_hit *hits;
    size_t count;
    uint64_t total; /* matching documents; a lower bound unless exact */
    bool exact;
    bool relaxed;
    uint64_t documents; /* that were searched */
    int64_t updated; /* seconds since 1970: when the least recent of the indexes was up to date */
    bool failed;     /* the last run of quern-index on one of them went wrong */
};

/* What to load for each hit beside what is stored of the document. */
struct answer_options {
    size_t snippets; /* passages, at most SNIPPET_MAX */
    bool why;
};

/* Fills *answer, but for name, text and milliseconds, from the results of search_run() with the
 * same arguments. The analyzer is that of the indexes. After a failure there is nothing to
 * release. */
enum status answer_load(struct answer *answer, const struct results *results,
                        struct snapshot *const *snapshots, size_t count, const struct query *query,
                        const struct search_options *search, const struct answer_options *options,
                        struct analyzer *analyzer, struct error *err);
void answer_release(struct answer *answer);

#endif
