/* SPDX-License-Identifier: MIT */
/* Compares intersections with a scan of all documents: every document that could still be among the
 * best is visited, with its score. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/segment/norm.h"
#include "searcher/match/intersection.h"
#include "tests/support/index_fixture.h"

enum { DOCUMENTS = 12000, WORDS = 14, LEVELS_MAX = 6 };

static struct {
    struct snapshot *snapshot;
    struct segment *segment;
    struct term_entry entries[WORDS];
    uint8_t frequencies[DOCUMENTS][WORDS];
    uint8_t norms[DOCUMENTS];
} fixture;

/* The number of documents with the word, of 4,096. */
static const uint32_t densities[WORDS] = {4096, 4000, 3000, 2000, 2000, 1000, 700,
                                          400,  200,  100,  60,   30,   10,   2};

/* Frequencies vary by ranges of 512 documents, so that some blocks have no candidates. */
static uint32_t frequency_in(struct testing_random *random, uint32_t doc, unsigned word) {
    uint32_t drift = (doc / 512 * 2654435761u + word * 40503u) >> 16 & 3;
    uint32_t density = word < 2 || drift == 0 ? densities[word] : densities[word] * drift / 2;
    if (testing_random_below(random, 4096) >= density)
        return 0;
    return testing_random_below(random, 3) ? 1 : 1 + testing_random_below(random, 12);
}

static int set_up(void **state) {
    (void)state;
    struct error err;
    struct testing_random random = testing_random();
    const char *path = testing_path("index");
    struct writer *writer = index_fixture_writer(path);
    struct buffer text = {0};
    for (uint32_t doc = 0; doc < DOCUMENTS; doc++) {
        char id[16];
        uint32_t length = 0;
        buffer_clear(&text);
        for (unsigned word = 0; word < WORDS; word++) {
            uint32_t frequency = frequency_in(&random, doc, word);
            fixture.frequencies[doc][word] = (uint8_t)frequency;
            length += frequency;
            for (; frequency; frequency--)
                assert_int_equal(
                    buffer_append(&text, id, (size_t)snprintf(id, sizeof id, "w%u ", word)), ST_OK);
        }
        uint32_t more = (uint32_t)testing_random_bits(&random, 8); /* so that lengths differ */
        for (uint32_t i = 0; i < more; i++)
            assert_int_equal(buffer_append(&text, "x ", 2), ST_OK);
        assert_int_equal(buffer_append_byte(&text, '\0'), ST_OK);
        fixture.norms[doc] = norm_of_length(length + more);
        snprintf(id, sizeof id, "%u", doc);
        index_fixture_add(writer, id, NULL, (const char *)text.data, WRITER_ADDED);
    }
    buffer_release(&text);
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
    assert_ok(snapshot_open(&fixture.snapshot, path, &err), &err);
    assert_int_equal(fixture.snapshot->catalog.segment_count, 1);
    fixture.segment = &fixture.snapshot->segments[0];
    for (unsigned word = 0; word < WORDS; word++) {
        char term[16];
        snprintf(term, sizeof term, "w%u", word);
        assert_ok(segment_find_term(&fixture.entries[word], fixture.segment, SCHEMA_ALL,
                                    slice_of_string(term), &err),
                  &err);
    }
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    snapshot_close(fixture.snapshot);
    return 0;
}

/* An intersection, and the documents that it visits. */
struct run {
    struct intersection intersection;
    struct intersection_level levels[LEVELS_MAX];
    struct cursor cursors[LEVELS_MAX];
    unsigned words[LEVELS_MAX]; /* by level */
    uint32_t bounds[LEVELS_MAX];
    float weights[LEVELS_MAX]; /* by clause */
    uint32_t clauses;
    uint32_t optional; /* bound of clauses that are not in the intersection */
    struct bm25 bm25;
    struct lengths lengths;
    /* The visitor keeps the `limit` best scores and their threshold; 0: none. */
    uint32_t threshold, limit;
    uint32_t *best; /* scores, ascending */
    uint32_t best_count;
    /* Results. thresholds[doc] is the threshold before a document after `doc` was visited. */
    bool visited[DOCUMENTS];
    uint32_t thresholds[DOCUMENTS];
    uint32_t next; /* after the last document visited */
    unsigned count;
};

/* The score of a document for the clauses that are terms; *phrase_bound: the bound of the
 * others. */
static uint32_t score_of(uint32_t *phrase_bound, const struct run *run, uint32_t doc) {
    uint32_t score = 0, phrases[LEVELS_MAX];
    memset(phrases, 0xff, sizeof phrases);
    for (size_t i = 0; i < run->intersection.count; i++) {
        const struct intersection_level *level = &run->levels[i];
        uint32_t frequency = fixture.frequencies[doc][run->words[i]];
        uint32_t part = bm25_score(run->weights[level->clause],
                                   run->bm25.inverse_k[fixture.norms[doc]], frequency);
        if (level->is_term)
            score += part;
        else if (part < phrases[level->clause])
            phrases[level->clause] = part;
    }
    *phrase_bound = 0;
    for (size_t i = 0; i < LEVELS_MAX; i++)
        *phrase_bound += phrases[i] == UINT32_MAX ? 0 : phrases[i];
    return score;
}

static bool has_all(const struct run *run, uint32_t doc) {
    for (size_t i = 0; i < run->intersection.count; i++)
        if (!fixture.frequencies[doc][run->words[i]])
            return false;
    return true;
}

/* Adds a score. The threshold is the worst of the `limit` best scores, or 1 more, so that equal
 * ones get in or do not. */
static void raise_threshold(struct run *run, uint32_t score) {
    if (run->best_count == run->limit && score <= run->best[0])
        return;
    uint32_t at = 0;
    if (run->best_count == run->limit)
        memmove(run->best, run->best + 1, --run->best_count * sizeof *run->best);
    while (at < run->best_count && run->best[at] < score)
        at++;
    memmove(run->best + at + 1, run->best + at, (run->best_count - at) * sizeof *run->best);
    run->best[at] = score;
    if (++run->best_count == run->limit)
        run->threshold = run->best[0] + run->limit % 2;
}

static void visit(struct intersection *intersection, const uint8_t *slots, unsigned count) {
    struct run *run = intersection->context;
    assert_in_range(count, 1, POSTINGS_BLOCK);
    uint32_t threshold = run->threshold;
    for (unsigned i = 0; i < count; i++) {
        uint8_t slot = slots[i];
        uint32_t doc = intersection_doc(intersection, slot), phrase_bound;
        assert_in_range(doc, run->next, DOCUMENTS - 1);
        assert_true(has_all(run, doc));
        for (size_t k = 0; k < intersection->count; k++) {
            const struct intersection_level *level = &intersection->levels[k];
            assert_int_equal(level->cursor->block.docs[level->block_index[slot]], doc);
        }
        for (; run->next <= doc; run->next++)
            run->thresholds[run->next] = threshold;
        run->visited[doc] = true;
        run->count++;
        if (!intersection->lengths)
            continue;
        assert_int_equal(intersection->scores[slot], score_of(&phrase_bound, run, doc));
        if (run->limit)
            raise_threshold(run, intersection->scores[slot] + phrase_bound);
    }
}

static int compare_levels(const void *a, const void *b) {
    const struct intersection_level *x = a, *y = b;
    uint32_t m = x->cursor->entry.documents, n = y->cursor->entry.documents;
    return m != n ? (m < n ? -1 : 1) : x->cursor < y->cursor ? -1 : 1;
}

/* Prepares `count` words. The first `phrase` of them are one clause, each further one is another.
 * limit == UINT32_MAX: nothing is scored. */
static void run_open(struct run *run, const unsigned *words, size_t count, size_t phrase,
                     const float *weights, uint32_t limit, uint32_t optional) {
    *run = (struct run){.limit = limit == UINT32_MAX ? 0 : limit, .optional = optional};
    bm25_init(&run->bm25, 1.2, 0.75, 40);
    assert_int_equal(
        lengths_init(&run->lengths, &run->bm25, fixture.segment, (struct norm_source){0}, NULL),
        ST_OK);
    run->best = calloc(run->limit + 1ul, sizeof *run->best);
    assert_non_null(run->best);
    for (size_t i = 0; i < count; i++) {
        cursor_init(&run->cursors[i], fixture.segment, &fixture.entries[words[i]]);
        uint32_t clause = i < phrase ? 0 : (uint32_t)(i - (phrase ? phrase - 1 : 0));
        run->weights[clause] = weights[clause];
        run->levels[i] = (struct intersection_level){.cursor = &run->cursors[i],
                                                     .clause = clause,
                                                     .bm25 = &run->bm25,
                                                     .weight = weights[clause],
                                                     .multiplicity = 1,
                                                     .is_term = i >= phrase};
        run->clauses = clause + 1;
    }
    qsort(run->levels, count, sizeof *run->levels, compare_levels);
    for (size_t i = 0; i < count; i++)
        run->words[i] = words[run->levels[i].cursor - run->cursors];
    run->intersection = (struct intersection){.levels = run->levels,
                                              .count = count,
                                              .lengths = limit == UINT32_MAX ? NULL : &run->lengths,
                                              .threshold = run->limit ? &run->threshold : NULL,
                                              .bounds = run->bounds,
                                              .end = DOC_END,
                                              .visit = visit,
                                              .context = run};
}

/* Sets the bounds before each run, as the caller has to. */
static void set_bounds(struct run *run) {
    memset(run->bounds, 0xff, sizeof run->bounds);
    for (size_t i = 0; i < run->intersection.count; i++) {
        const struct intersection_level *level = &run->levels[i];
        uint32_t bound = cursor_list_bound(level->cursor, &run->bm25, level->weight);
        if (bound < run->bounds[level->clause])
            run->bounds[level->clause] = bound;
    }
    run->intersection.remaining_bound = run->optional;
    for (uint32_t i = 0; i < run->clauses; i++)
        run->intersection.remaining_bound += run->bounds[i];
}

/* Runs to the end, pausing whenever the threshold has risen by `step`; returns how often it
 * paused. */
static unsigned run_all(struct run *run, uint32_t step) {
    unsigned pauses = 0;
    set_bounds(run);
    for (uint32_t from = 0; from != DOC_END;) {
        uint32_t stop = step ? run->threshold + step : UINT32_MAX;
        from = intersection_run(&run->intersection, from, stop);
        if (from != DOC_END) {
            assert_true(run->threshold >= stop);
            assert_true(from >= run->next);
            for (uint32_t doc = run->next; doc < from; doc++)
                run->thresholds[doc] = run->threshold;
            run->next = from > run->next ? from : run->next;
            set_bounds(run);
            pauses++;
        }
    }
    for (; run->next < DOCUMENTS; run->next++)
        run->thresholds[run->next] = run->threshold;
    return pauses;
}

/* Asserts that documents left out could not reach the threshold; returns how many there are. */
static unsigned check_visits(const struct run *run) {
    unsigned left_out = 0;
    for (uint32_t doc = 0; doc < DOCUMENTS; doc++) {
        if (run->visited[doc] || !has_all(run, doc))
            continue;
        uint32_t phrase_bound, score = score_of(&phrase_bound, run, doc);
        if (run->intersection.lengths &&
            score + phrase_bound + run->optional < run->thresholds[doc])
            left_out++;
        else
            fail_msg("document %u of score %u + %u + %u is left out at %u", (unsigned)doc,
                     (unsigned)score, (unsigned)phrase_bound, (unsigned)run->optional,
                     (unsigned)run->thresholds[doc]);
    }
    assert_true(run->intersection.pruned || !left_out);
    struct error err;
    assert_ok(segment_status(fixture.segment, &err), &err);
    return left_out;
}

static void run_close(struct run *run) {
    free(run->best);
    free(run);
}

/* Runs and checks one intersection; returns how many documents were left out. */
static unsigned check_run(const unsigned *words, size_t count, size_t phrase, const float *weights,
                          uint32_t limit, uint32_t optional, uint32_t step) {
    struct run *run = malloc(sizeof *run);
    assert_non_null(run);
    run_open(run, words, count, phrase, weights, limit, optional);
    unsigned pauses = run_all(run, step), left_out = check_visits(run);
    if (pauses) { /* without pauses it visits the same documents */
        struct run *other = malloc(sizeof *other);
        assert_non_null(other);
        run_open(other, words, count, phrase, weights, limit, optional);
        run_all(other, 0);
        assert_memory_equal(other->visited, run->visited, sizeof run->visited);
        run_close(other);
    }
    run_close(run);
    return left_out;
}

/* Chooses different words, and weights that are higher for rare words and sum to less than 2^31. */
static size_t random_words(unsigned words[LEVELS_MAX], float weights[LEVELS_MAX],
                           struct testing_random *random) {
    bool taken[WORDS] = {false};
    size_t count = 1 + testing_random_below(random, LEVELS_MAX);
    for (size_t i = 0; i < count; i++) {
        do
            words[i] = testing_random_below(random, WORDS);
        while (taken[words[i]]);
        taken[words[i]] = true;
        weights[i] = (float)((1 << 24) + testing_random_below(random, 1 << 24) + (words[i] << 22));
    }
    return count;
}

static void test_intersection_run__visits_all_without_scores(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    unsigned words[LEVELS_MAX];
    float weights[LEVELS_MAX];
    for (unsigned round = 0; round < 300; round++) {
        size_t count = random_words(words, weights, &random);
        assert_int_equal(check_run(words, count, 0, weights, UINT32_MAX, 0, 0), 0);
    }
}

static void test_intersection_run__scores_all_without_a_threshold(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    unsigned words[LEVELS_MAX];
    float weights[LEVELS_MAX];
    for (unsigned round = 0; round < 300; round++) {
        size_t count = random_words(words, weights, &random);
        assert_int_equal(check_run(words, count, 0, weights, 0, 0, 0), 0);
    }
}

/* The threshold rises with the best scores, with and without other clauses that may add to them. */
static void test_intersection_run__loses_no_document_to_a_rising_threshold(void **state) {
    (void)state;
    static const uint32_t limits[] = {1, 2, 10, 101, 1000};
    struct testing_random random = testing_random();
    unsigned words[LEVELS_MAX], left_out = 0;
    float weights[LEVELS_MAX];
    for (unsigned round = 0; round < 600; round++) {
        size_t count = random_words(words, weights, &random);
        uint32_t limit = limits[testing_random_below(&random, 5)];
        uint32_t optional =
            testing_random_below(&random, 2) ? 0 : testing_random_below(&random, 1 << 24);
        left_out += check_run(words, count, 0, weights, limit, optional, 0);
    }
    assert_true(left_out > 50000);
}

static void test_intersection_run__continues_where_it_stopped(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    unsigned words[LEVELS_MAX], left_out = 0;
    float weights[LEVELS_MAX];
    for (unsigned round = 0; round < 400; round++) {
        size_t count = random_words(words, weights, &random);
        uint32_t step = 1 + (uint32_t)testing_random_bits(&random, 24);
        left_out +=
            check_run(words, count, 0, weights, 1 + testing_random_below(&random, 20), 0, step);
    }
    assert_true(left_out > 10000);
}

/* The words of a phrase select documents, but only the visitor knows its score. */
static void test_intersection_run__finds_documents_of_phrases(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    unsigned words[LEVELS_MAX], left_out = 0;
    float weights[LEVELS_MAX];
    for (unsigned round = 0; round < 1500; round++) {
        size_t count = random_words(words, weights, &random);
        if (count == 1 || count > 4)
            continue;
        size_t phrase = 2 + testing_random_below(&random, (uint32_t)count - 1);
        uint32_t limit =
            testing_random_below(&random, 3) ? 1 + testing_random_below(&random, 4) : 0;
        uint32_t step =
            testing_random_below(&random, 2) ? 0 : 1 + (uint32_t)testing_random_bits(&random, 24);
        left_out += check_run(words, count, phrase, weights, limit, 0, limit ? step : 0);
        check_run(words, count, phrase, weights, UINT32_MAX, 0, 0);
    }
    assert_true(left_out > 1000);
}

/* A run may begin at any document. */
static void test_intersection_run__begins_at_any_document(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    unsigned words[LEVELS_MAX];
    float weights[LEVELS_MAX];
    for (unsigned round = 0; round < 300; round++) {
        size_t count = random_words(words, weights, &random);
        struct run *run = malloc(sizeof *run);
        assert_non_null(run);
        run_open(run, words, count, 0, weights, testing_random_below(&random, 2) ? UINT32_MAX : 0,
                 0);
        set_bounds(run);
        uint32_t from = testing_random_below(&random, DOCUMENTS);
        run->next = from;
        assert_int_equal(intersection_run(&run->intersection, from, UINT32_MAX), DOC_END);
        for (uint32_t doc = from; doc < DOCUMENTS; doc++)
            assert_int_equal(run->visited[doc], has_all(run, doc));
        run_close(run);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intersection_run__visits_all_without_scores),
        cmocka_unit_test(test_intersection_run__scores_all_without_a_threshold),
        cmocka_unit_test(test_intersection_run__loses_no_document_to_a_rising_threshold),
        cmocka_unit_test(test_intersection_run__continues_where_it_stopped),
        cmocka_unit_test(test_intersection_run__finds_documents_of_phrases),
        cmocka_unit_test(test_intersection_run__begins_at_any_document),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
