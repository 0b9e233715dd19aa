/* What is shown of a search: results with their documents, passages and arithmetic, copied out of
 * the index so that it can be closed before anything is printed. */
#ifndef QUERN_SEARCHER_SHOW_RESULT_SET_H
#define QUERN_SEARCHER_SHOW_RESULT_SET_H

#include "common/index/snapshot.h"
#include "common/text/analyzer.h"
#include "searcher/eval/search.h"
#include "searcher/query/query.h"
#include "searcher/show/snippet.h"

struct result_hit {
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

struct result_set {
    struct arena arena;    /* owns what slices point to */
    struct slice query_id; /* of a query of a batch, borrowed; empty: the only query */
    struct slice query;    /* the query as typed, borrowed */
    const char *note;      /* query->note, borrowed; or NULL */
    double milliseconds;   /* that the search took */
    struct result_hit *hits;
    size_t count;
    uint64_t total; /* matching documents; a lower bound unless exact */
    bool exact;
    bool relaxed;
    uint64_t documents; /* that were searched */
    int64_t updated; /* seconds since 1970: when the least recent of the indexes was up to date */
    bool update_failed; /* the last run of quern-index on one of them went wrong */
};

/* What to load for each hit besides the stored document. */
struct result_options {
    size_t snippets;     /* passages, at most SNIPPET_MAX */
    bool why;            /* the arithmetic of its score */
    uint32_t first_rank; /* of the best hit: 1 if none were left out before it */
};

/* Fills *results, except query_id, query, note and milliseconds, from what search_run() found in the
 * same snapshots. The analyzer is that of the indexes. After a failure there is nothing to release.
 */
enum status result_set_load(struct result_set *results, const struct results *ranked,
                            struct snapshot *const *snapshots, size_t count,
                            const struct result_options *options, struct analyzer *analyzer,
                            struct error *err);
void result_set_release(struct result_set *results);

#endif
