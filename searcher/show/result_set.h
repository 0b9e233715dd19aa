/* SPDX-License-Identifier: MIT */
/* The results of a search as they are shown: hits with their documents, passages and arithmetic,
 * copied out of the index so that it can be closed before anything is printed. */
#ifndef QUERN_SEARCHER_SHOW_RESULT_SET_H
#define QUERN_SEARCHER_SHOW_RESULT_SET_H

#include "common/index/snapshot.h"
#include "common/text/analyzer.h"
#include "searcher/eval/explain.h"
#include "searcher/query/query.h"
#include "searcher/show/file_place.h"
#include "searcher/show/hit_fields.h"
#include "searcher/show/snippet.h"

struct result_hit {
    uint32_t rank; /* from 1, counting those that the offset leaves out */
    double score;
    uint32_t part;     /* as in struct hit */
    size_t word_count; /* of the query's words, how many it has; 0 unless wanted */
    bool has_all;      /* all of them; likewise */
    struct slice id;
    struct slice title;
    struct snippet_mark *title_marks; /* the query's words in it, if passages are wanted */
    size_t title_mark_count;
    bool title_cut;           /* only its beginning is stored */
    struct hit_field *fields; /* those wanted that it has, in the order of their numbers */
    size_t field_count;
    struct hit_field sort_value; /* the one that it is sorted by; count 0: it has none */
    struct snippet *snippets;
    size_t snippet_count;
    struct file_place *places; /* of the first mark of each, or of its start; NULL unless wanted */
    struct file_place title_place; /* if no passage has marks, but the title has */
    struct explanations why;       /* count 0 unless wanted */
};

/* The most frequent values of a field, and how many documents have each. */
struct result_facet {
    struct slice name;
    struct facet_value *values;
    size_t count;
};

struct result_set {
    struct arena arena;        /* owns the hits, their texts and snippets */
    struct slice query_id;     /* in a batch, else empty; borrowed */
    struct slice query;        /* the query as typed, borrowed */
    const char *note;          /* how the query was read, or NULL; borrowed */
    struct slice did_you_mean; /* a query that was probably meant, or empty; borrowed */
    double milliseconds;       /* the search alone */
    struct result_hit *hits;
    size_t count;
    bool sorted; /* by the values of a field, not by score */
    struct result_facet *facets;
    size_t facet_count;
    uint64_t total; /* matching documents; a lower bound unless exact */
    bool exact;
    size_t word_count; /* of the query */
    /* As in struct results. */
    bool all_first;
    uint32_t part_count;
    uint64_t with_all;
    double score_bound; /* no score is higher */
    bool relaxed;       /* there are two parts, but no document has all words */
    uint64_t documents; /* in all indexes searched */
    int64_t updated;    /* seconds since 1970; of the index that is least up to date */
    bool update_failed; /* the last run of quern-index on one of them failed */
};

/* Whether the title has the query's words and no passage has any. */
bool result_hit_is_title_best(const struct result_hit *hit);

enum result_fields { RESULT_FIELDS_NONE, RESULT_FIELDS_DATE, RESULT_FIELDS_ALL };

/* What to load for each hit besides the stored document. */
struct result_options {
    enum result_fields fields;
    const struct sort_order *sort;      /* that of the search */
    const struct facet_request *facets; /* likewise */
    size_t snippets;                    /* passages, at most SNIPPET_MAX */
    bool places;                        /* where these are in their files */
    bool why;                           /* the arithmetic of its score */
    bool word_count;                    /* how many of the query's words it has */
    size_t query_words;                 /* query_word_count() */
    uint32_t first_rank;                /* of the best hit: 1 if none were left out before it */
};

/* Fills *results, except query_id, query, note, did_you_mean and milliseconds, from what search_run() found in
 * these snapshots. The analyzer is that of the indexes. After a failure there is nothing to
 * release. */
enum status result_set_load(struct result_set *results, const struct results *ranked,
                            struct snapshot *const *snapshots, size_t count,
                            const struct result_options *options, struct analyzer *analyzer,
                            struct error *err);

enum { RESULT_SENTENCE_MAX = 160 }; /* bytes, with its NUL */

/* Writes one sentence about the two parts: "3 documents have all words, 7 more have some". False:
 * all hits are in the first part, so there is nothing to say. */
bool result_set_describe(char sentence[RESULT_SENTENCE_MAX], const struct result_set *results);

void result_set_release(struct result_set *results);

#endif
