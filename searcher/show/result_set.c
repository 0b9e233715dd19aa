/* SPDX-License-Identifier: MIT */
/* Loads the documents and passages of hits, in the order in which the index stores them. */
#include "searcher/show/result_set.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/number.h"
#include "common/field/schema.h"

static enum status copy(struct slice *to, struct arena *arena, struct slice from,
                        struct error *err) {
    char *data = arena_copy(arena, from.data, from.size);
    if (!data)
        return error_nomem(err);
    *to = slice_of(data, from.size);
    return ST_OK;
}

/* Sets what is the same for all hits. */
static void load_summary(struct result_set *results, const struct results *ranked,
                         struct snapshot *const *snapshots, size_t count) {
    results->total = ranked->total;
    results->exact = ranked->exact;
    results->all_first = ranked->all_first;
    results->part_count = ranked->part_count;
    results->with_all = ranked->with_all;
    results->score_bound = ranked->plans[0].score_bound;
    results->relaxed = ranked->part_count > 1 && !ranked->with_all && ranked->total;
    for (size_t i = 0; i < count; i++) {
        const struct catalog *catalog = &snapshots[i]->catalog;
        /* A run that finds nothing new does not commit, yet the index is up to date. */
        int64_t updated = catalog->committed_at;
        if (catalog->completed_at > updated)
            updated = catalog->completed_at;
        if (i == 0 || updated < results->updated)
            results->updated = updated;
        results->update_failed |= catalog->failed_at > catalog->completed_at;
        results->documents += catalog_live_documents(catalog);
    }
}

/* Whether only the beginning of the title was stored: title_length counts all of its words. */
static bool is_title_cut(struct slice title, uint32_t title_length, struct analyzer *analyzer) {
    struct token words[ANALYZER_BATCH];
    if (!document_title_may_be_cut(title))
        return false;
    analyzer_begin(analyzer, title, 0);
    while (analyzer_next_positions(words, ANALYZER_BATCH, analyzer))
        ;
    return analyzer_position(analyzer) < title_length;
}

/* What loading the hits of one result set needs. */
struct loader {
    struct result_set *results;
    const struct results *ranked;
    const struct result_options *options;
    struct analyzer *analyzer;
    struct snippet_finder finders[RESULT_PARTS]; /* {0} unless there are snippets to find */
    struct field_loader fields;
    struct file_view file;
};

/* Loads the fields that are wanted, and the value that the hit is sorted by. */
static enum status load_fields(struct loader *loader, struct result_hit *to, const struct hit *hit,
                               struct slice texts, const struct snapshot *snapshot,
                               struct error *err) {
    const struct result_options *options = loader->options;
    struct segment *segment = &snapshot->segments[hit->segment];
    struct arena *arena = &loader->results->arena;
    uint16_t only = options->fields == RESULT_FIELDS_DATE ? SCHEMA_DATE : 0;
    enum status status = ST_OK;
    if (options->fields != RESULT_FIELDS_NONE)
        status = field_loader_load(&to->fields, &to->field_count, &loader->fields, snapshot,
                                   segment, hit->doc, texts, only, arena, err);
    if (!status && hit->has_value)
        status = field_loader_load_value(&to->sort_value, &loader->fields, snapshot, segment,
                                         options->sort->field->name, hit->value, arena, err);
    return status;
}

/* Finds the query's words in the title and the passages. */
static enum status load_passages(struct loader *loader, struct result_hit *to,
                                 const struct hit *hit, const struct document *document,
                                 struct text_location text, struct error *err) {
    struct arena *arena = &loader->results->arena;
    struct snippet_finder *finder = &loader->finders[hit->part];
    size_t max = loader->options->snippets;
    to->snippets = arena_alloc(arena, max * sizeof *to->snippets);
    if (!to->snippets)
        return error_nomem(err);
    enum status status = snippet_finder_seek(finder, hit, err);
    if (!status)
        status = snippet_mark_title(&to->title_marks, &to->title_mark_count, finder, document,
                                    arena, err);
    if (!status)
        status =
            snippet_find(to->snippets, &to->snippet_count, max, finder, document, text, arena, err);
    return status;
}

bool result_hit_is_title_best(const struct result_hit *hit) {
    for (size_t i = 0; i < hit->snippet_count; i++)
        if (hit->snippets[i].count)
            return false;
    return hit->title_mark_count > 0;
}

/* Finds the lines of the passages in the hit's file. */
static enum status load_places(struct loader *loader, struct result_hit *to,
                               const struct snapshot *snapshot, uint64_t text_size,
                               struct error *err) {
    struct arena *arena = &loader->results->arena;
    struct file_view *file = &loader->file;
    size_t size = (to->snippet_count + 1) * sizeof *to->places;
    to->places = arena_alloc(arena, size);
    if (!to->places)
        return error_nomem(err);
    memset(to->places, 0, size);
    enum status status = file_view_open(file, snapshot, to->id, err);
    if (status)
        return status == ST_NOT_FOUND ? ST_OK : status;
    if (result_hit_is_title_best(to))
        status = file_view_find(&to->title_place, file, 0, 0, to->title, to->title_marks[0].start);
    for (size_t i = 0; i < to->snippet_count && !status; i++) {
        const struct snippet *snippet = &to->snippets[i];
        status = file_view_find(&to->places[i], file, text_size, snippet->offset, snippet->text,
                                snippet->count ? snippet->marks[0].start : 0);
    }
    file_view_close(file);
    return status ? error_nomem(err) : ST_OK;
}

static enum status load_hit(struct loader *loader, const struct hit *hit,
                            const struct snapshot *snapshot, struct error *err) {
    struct segment *segment = &snapshot->segments[hit->segment];
    struct result_hit *to = &loader->results->hits[hit - loader->ranked->hits];
    struct arena *arena = &loader->results->arena;
    struct document document;
    struct text_location text;
    enum status status = segment_record(&document, &text, segment, hit->doc, err);
    if (!status)
        status = copy(&to->id, arena, document.id, err);
    if (!status)
        status = copy(&to->title, arena, document.title, err);
    struct slice fields = {0};
    if (!status && loader->options->fields == RESULT_FIELDS_ALL)
        status = copy(&fields, arena, document.fields, err);
    if (status)
        return status;
    document.title = to->title;
    to->title_cut = is_title_cut(to->title, document.title_length, loader->analyzer);
    if (loader->options->snippets)
        status = load_passages(loader, to, hit, &document, text, err);
    if (!status && loader->options->places)
        status = load_places(loader, to, snapshot, text.stored ? text.size : 0, err);
    if (!status && loader->options->word_count) {
        bool has_all = loader->ranked->all_first && hit->part == 0;
        status = explain_word_count(&to->word_count, loader->ranked, hit, err);
        to->has_all = has_all || to->word_count == loader->options->query_words;
    }
    if (!status && loader->options->why)
        status = explain_hit(&to->why, loader->ranked, hit, err);
    if (!status)
        status = load_fields(loader, to, hit, fields, snapshot, err);
    return status;
}

static int compare_documents(const void *a, const void *b) {
    const struct hit *x = *(const struct hit *const *)a, *y = *(const struct hit *const *)b;
    if (x->index != y->index)
        return x->index < y->index ? -1 : 1;
    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    return x->doc < y->doc ? -1 : 1;
}

/* The hits in document order, so that each block of records is decompressed once. */
static enum status sort_by_document(const struct hit ***out, const struct results *ranked,
                                    struct arena *arena, struct error *err) {
    *out = arena_alloc(arena, (ranked->count + 1) * sizeof **out);
    if (!*out)
        return error_nomem(err);
    for (size_t i = 0; i < ranked->count; i++)
        (*out)[i] = &ranked->hits[i];
    qsort(*out, ranked->count, sizeof **out, compare_documents);
    return ST_OK;
}

/* Prepares the finder of a hit, if that is the first one of its part in its segment, for all of
 * these. `hits` are those from it on, in document order. */
static enum status expect_hits(struct loader *loader, const struct hit *const *hits, size_t count,
                               struct error *err) {
    const struct hit *first = hits[0];
    struct snippet_finder *finder = &loader->finders[first->part];
    if (!loader->options->snippets || finder->occurrences.ordinal == first->ordinal)
        return ST_OK;
    size_t found = 0;
    uint32_t *docs = malloc(count * sizeof *docs);
    if (!docs)
        return error_nomem(err);
    for (size_t i = 0; i < count && hits[i]->ordinal == first->ordinal; i++)
        if (hits[i]->part == first->part)
            docs[found++] = hits[i]->doc;
    enum status status = snippet_finder_expect(finder, first->ordinal, docs, found, err);
    free(docs);
    return status;
}

static enum status load_hits(struct loader *loader, struct snapshot *const *snapshots,
                             struct error *err) {
    struct result_set *results = loader->results;
    const struct results *ranked = loader->ranked;
    const struct hit **order = NULL;
    results->hits = arena_alloc(&results->arena, (ranked->count + 1) * sizeof *results->hits);
    if (!results->hits)
        return error_nomem(err);
    for (; results->count < ranked->count; results->count++)
        results->hits[results->count] =
            (struct result_hit){.rank = loader->options->first_rank + (uint32_t)results->count,
                                .score = ranked->hits[results->count].score,
                                .part = ranked->hits[results->count].part};
    enum status status = ST_OK;
    for (uint32_t i = 0; !status && i < ranked->part_count; i++)
        if (loader->options->snippets && ranked->count)
            status =
                snippet_finder_init(&loader->finders[i], loader->analyzer, &ranked->plans[i], err);
    if (!status)
        status = sort_by_document(&order, ranked, &results->arena, err);
    for (size_t i = 0; !status && i < ranked->count; i++) {
        status = expect_hits(loader, order + i, ranked->count - i, err);
        if (!status)
            status = load_hit(loader, order[i], snapshots[order[i]->index], err);
    }
    return status;
}

static enum status load_facet(struct result_facet *to, const struct facet *facet, const char *name,
                              struct arena *arena, struct error *err) {
    *to = (struct result_facet){.count = facet->count};
    to->values = arena_alloc(arena, (facet->count + 1) * sizeof *to->values);
    if (!to->values)
        return error_nomem(err);
    enum status status = copy(&to->name, arena, slice_of_string(name), err);
    for (size_t i = 0; i < facet->count && !status; i++) {
        to->values[i] = facet->values[i];
        status = copy(&to->values[i].term, arena, facet->values[i].term, err);
        if (!status)
            status = copy(&to->values[i].shown, arena, facet->values[i].shown, err);
    }
    return status;
}

static enum status load_facets(struct result_set *results, const struct results *ranked,
                               const struct facet_request *requests, struct error *err) {
    results->facets =
        arena_alloc(&results->arena, (ranked->facet_count + 1) * sizeof *results->facets);
    if (!results->facets)
        return error_nomem(err);
    enum status status = ST_OK;
    for (; results->facet_count < ranked->facet_count && !status; results->facet_count++) {
        size_t i = results->facet_count;
        status = load_facet(&results->facets[i], &ranked->facets[i], requests[i].field->name,
                            &results->arena, err);
    }
    return status;
}

enum status result_set_load(struct result_set *results, const struct results *ranked,
                            struct snapshot *const *snapshots, size_t count,
                            const struct result_options *options, struct analyzer *analyzer,
                            struct error *err) {
    struct loader loader = {
        .results = results, .ranked = ranked, .options = options, .analyzer = analyzer};
    *results = (struct result_set){0};
    load_summary(results, ranked, snapshots, count);
    results->word_count = options->query_words;
    results->sorted = options->sort && options->sort->field;
    enum status status = load_hits(&loader, snapshots, err);
    if (!status)
        status = load_facets(results, ranked, options->facets, err);
    field_loader_release(&loader.fields);
    file_view_release(&loader.file);
    for (uint32_t i = 0; i < RESULT_PARTS; i++)
        snippet_finder_release(&loader.finders[i]);
    if (status)
        result_set_release(results);
    return status;
}

bool result_set_describe(char sentence[RESULT_SENTENCE_MAX], const struct result_set *results) {
    char all[NUMBER_TEXT_MAX], more[NUMBER_TEXT_MAX];
    if (results->part_count < 2 || results->total <= results->with_all)
        return false;
    uint64_t some = results->total - results->with_all;
    if (results->with_all)
        snprintf(sentence, RESULT_SENTENCE_MAX, "%s document%s all words, %s%s more %s some",
                 number_format_count(all, results->with_all),
                 results->with_all == 1 ? " has" : "s have", results->exact ? "" : "at least ",
                 number_format_count(more, some), some == 1 ? "has" : "have");
    else
        snprintf(sentence, RESULT_SENTENCE_MAX,
                 "no document has all %zu words; showing documents with some", results->word_count);
    return true;
}

void result_set_release(struct result_set *results) {
    for (size_t i = 0; i < results->count; i++)
        explain_release(&results->hits[i].why);
    arena_release(&results->arena);
    *results = (struct result_set){0};
}
