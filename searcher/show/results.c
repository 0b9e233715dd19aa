#include "searcher/show/results.h"

#include <stdlib.h>

static enum status copy(struct slice *to, struct arena *arena, struct slice from,
                        struct error *err) {
    char *data = arena_copy(arena, from.data, from.size);
    if (!data)
        return error_nomem(err);
    *to = slice_of(data, from.size);
    return ST_OK;
}

/* What is the same for all hits. */
static void load_summary(struct answer *answer, const struct results *results,
                         struct snapshot *const *snapshots, size_t count) {
    answer->total = results->total;
    answer->exact = results->exact;
    answer->relaxed = results->relaxed;
    for (size_t i = 0; i < count; i++) {
        const struct catalog *catalog = &snapshots[i]->catalog;
        /* A run that finds nothing new commits nothing, yet the index is up to date. */
        int64_t updated = catalog->committed_at;
        if (catalog->completed_at > updated)
            updated = catalog->completed_at;
        if (i == 0 || updated < answer->updated)
            answer->updated = updated;
        answer->failed |= catalog->failed_at > catalog->completed_at;
        answer->documents += catalog_live_documents(catalog);
    }
}

/* Whether words of the title were left out when it was stored: all of them were counted. */
static bool is_cut(struct slice title, uint32_t title_length, struct analyzer *analyzer) {
    struct token words[ANALYZER_BATCH];
    if (!document_title_may_be_cut(title))
        return false;
    analyzer_begin(analyzer, title, 0);
    while (analyzer_next_positions(words, ANALYZER_BATCH, analyzer))
        ;
    return analyzer_position(analyzer) < title_length;
}

/* What is stored of the hit, and passages of its text. */
static enum status load_document(struct answer_hit *to, struct answer *answer,
                                 struct snippet_finder *finder, struct analyzer *analyzer,
                                 struct segment *segment, const struct hit *hit, size_t snippets,
                                 struct error *err) {
    struct document document;
    struct text_location text;
    enum status status = segment_record(&document, &text, segment, hit->doc, err);
    if (!status)
        status = copy(&to->id, &answer->arena, document.id, err);
    if (!status)
        status = copy(&to->title, &answer->arena, document.title, err);
    if (status)
        return status;
    to->title_cut = is_cut(to->title, document.title_length, analyzer);
    to->mtime = document.mtime;
    to->size = document.size;
    if (!snippets)
        return ST_OK;
    to->snippets = arena_alloc(&answer->arena, snippets * sizeof *to->snippets);
    if (!to->snippets)
        return error_nomem(err);
    return snippet_find(to->snippets, &to->snippet_count, snippets, finder, hit, &document, text,
                        &answer->arena, err);
}

static int compare_places(const void *a, const void *b) {
    const struct hit *x = *(const struct hit *const *)a, *y = *(const struct hit *const *)b;
    if (x->index != y->index)
        return x->index < y->index ? -1 : 1;
    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    return x->doc < y->doc ? -1 : 1;
}

/* The hits as they lie in the index: so each block of records is unpacked once, however many of
 * them are in it. */
static enum status in_document_order(const struct hit ***out, const struct results *results,
                                     struct arena *arena, struct error *err) {
    *out = arena_alloc(arena, (results->count + 1) * sizeof **out);
    if (!*out)
        return error_nomem(err);
    for (size_t i = 0; i < results->count; i++)
        (*out)[i] = &results->hits[i];
    qsort(*out, results->count, sizeof **out, compare_places);
    return ST_OK;
}

enum status answer_load(struct answer *answer, const struct results *results,
                        struct snapshot *const *snapshots, size_t count, const struct query *query,
                        const struct search_options *search, const struct answer_options *options,
                        struct analyzer *analyzer, struct error *err) {
    *answer = (struct answer){.note = query->note};
    struct snippet_finder finder = {0};
    enum status status = ST_OK;
    load_summary(answer, results, snapshots, count);
    answer->hits = arena_alloc(&answer->arena, (results->count + 1) * sizeof *answer->hits);
    if (!answer->hits)
        status = error_nomem(err);
    for (; !status && answer->count < results->count; answer->count++)
        answer->hits[answer->count] =
            (struct answer_hit){.rank = search->offset + (uint32_t)answer->count + 1,
                                .score = results->hits[answer->count].score};
    if (!status && options->snippets && results->count)
        status = snippet_finder_init(&finder, analyzer, &results->plan, err);
    const struct hit **order = NULL;
    if (!status)
        status = in_document_order(&order, results, &answer->arena, err);
    for (size_t i = 0; !status && i < results->count; i++) {
        const struct hit *hit = order[i];
        struct segment *segment = &snapshots[hit->index]->segments[hit->segment];
        struct answer_hit *to = &answer->hits[hit - results->hits];
        status = load_document(to, answer, &finder, analyzer, segment, hit, options->snippets, err);
        if (!status && options->why)
            status = search_explain(&to->why, results, hit, err);
    }
    snippet_finder_release(&finder);
    if (status)
        answer_release(answer);
    return status;
}

void answer_release(struct answer *answer) {
    for (size_t i = 0; i < answer->count; i++)
        explanations_release(&answer->hits[i].why);
    arena_release(&answer->arena);
    *answer = (struct answer){0};
}
