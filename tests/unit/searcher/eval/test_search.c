#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "searcher/eval/explain.h"
#include "tests/support/oracle.h"
#include "tests/support/test_index.h"
#include "tests/support/testing.h"

/* Documents as they should be in an index: number i has the id "d<i>". */
struct source_doc {
    char *title, *text;
    bool live;
};

struct corpus {
    struct source_doc *all;
    uint32_t count;
    uint32_t vocabulary;
};

static char *random_text(struct testing_random *random, uint32_t words, uint32_t vocabulary) {
    struct buffer text = {0};
    testing_random_words(&text, random, words, vocabulary);
    assert_int_equal(buffer_append_byte(&text, '\0'), ST_OK);
    return (char *)text.data;
}

/* Lengths are of all sizes up to twice the mean; some documents have no title, few have nothing. */
static void write_doc(struct source_doc *source, struct testing_random *random, uint32_t words,
                      uint32_t vocabulary) {
    free(source->title);
    free(source->text);
    uint32_t title = testing_random_below(random, 3) ? testing_random_below(random, 5) : 0;
    source->title = random_text(random, title, vocabulary);
    source->text = random_text(random, testing_random_below(random, 2 * words + 1), vocabulary);
    source->live = true;
}

static struct corpus corpus_new(struct testing_random *random, uint32_t count, uint32_t words,
                                uint32_t vocabulary) {
    struct corpus corpus = {.count = count, .vocabulary = vocabulary};
    corpus.all = calloc(count + 1ul, sizeof *corpus.all);
    assert_non_null(corpus.all);
    for (uint32_t i = 0; i < count; i++)
        write_doc(&corpus.all[i], random, words, vocabulary);
    return corpus;
}

static void corpus_free(struct corpus *corpus) {
    for (uint32_t i = 0; i < corpus->count; i++) {
        free(corpus->all[i].title);
        free(corpus->all[i].text);
    }
    free(corpus->all);
}

static void id_of(char id[16], uint32_t number) {
    snprintf(id, 16, "d%u", (unsigned)number);
}

static void add_doc(struct writer *writer, const struct corpus *corpus, uint32_t number,
                    enum writer_outcome expected) {
    char id[16];
    id_of(id, number);
    test_index_add(writer, id, corpus->all[number].title, corpus->all[number].text, expected);
}

static void commit(struct writer *writer) {
    struct error err;
    assert_ok(writer_commit(writer, &err), &err);
}

/* Indexes the corpus `first`, `first + step`, ... that are live, in so many commits. With `order`,
 * source i is order[i]. */
static const char *index_corpus(const struct corpus *corpus, uint32_t first, uint32_t step,
                                uint32_t commits, const uint32_t *order) {
    const char *path = testing_path("index");
    struct writer *writer = test_index_writer(path);
    uint32_t batch = corpus->count / commits + 1;
    for (uint32_t i = first; i < corpus->count; i += step) {
        uint32_t number = order ? order[i] : i;
        if (corpus->all[number].live)
            add_doc(writer, corpus, number, WRITER_ADDED);
        if ((i + 1) % batch == 0)
            commit(writer);
    }
    commit(writer);
    writer_close(writer);
    return path;
}

/* Removes, replaces and brings back `changes` corpus, in a few commits. */
static void change_corpus(struct corpus *corpus, const char *path, struct testing_random *random,
                          uint32_t words, uint32_t changes) {
    struct error err;
    struct writer *writer = test_index_writer(path);
    for (uint32_t i = 0; i < changes; i++) {
        uint32_t number = testing_random_below(random, corpus->count);
        struct source_doc *source = &corpus->all[number];
        char id[16];
        id_of(id, number);
        if (source->live && testing_random_below(random, 2)) {
            assert_ok(writer_remove(writer, slice_of_string(id), &err), &err);
            source->live = false;
        } else {
            bool live = source->live;
            char *before = strdup(source->text);
            write_doc(source, random, words, corpus->vocabulary);
            enum writer_outcome outcome;
            struct document document = {.id = slice_of_string(id),
                                        .title = slice_of_string(source->title),
                                        .text = slice_of_string(source->text)};
            assert_ok(test_index_write(&outcome, writer, &document, &err), &err);
            if (!live || strcmp(before, source->text) != 0)
                assert_int_equal(outcome, live ? WRITER_REPLACED : WRITER_ADDED);
            free(before);
        }
        if (testing_random_below(random, changes) < 3)
            commit(writer);
    }
    commit(writer);
    writer_close(writer);
}

/* Indexes and all that is needed to question them. */
enum { INDEXES_MAX = 4 };

struct test_searcher {
    struct snapshot *snapshots[INDEXES_MAX];
    size_t count;
    struct analyzer *analyzer;
    struct search_scratch *scratch;
    struct oracle *oracle;
    uint32_t *corpus; /* by the oracle's number, the source's */
};

static void searcher_open(struct test_searcher *searcher, const char *const *paths, size_t count) {
    struct error err;
    struct writer_options options = test_index_options();
    *searcher = (struct test_searcher){.count = count, .scratch = search_scratch_new()};
    assert_non_null(searcher->scratch);
    assert_ok(analyzer_new(&searcher->analyzer, &options.analysis, &err), &err);
    searcher->oracle = oracle_new(searcher->analyzer);
    uint32_t documents = 0;
    for (size_t i = 0; i < count; i++) {
        assert_ok(snapshot_open(&searcher->snapshots[i], paths[i], &err), &err);
        oracle_add_snapshot(searcher->oracle, searcher->snapshots[i]);
        documents += (uint32_t)catalog_total_documents(&searcher->snapshots[i]->catalog);
    }
    searcher->corpus = malloc((documents + 1ul) * sizeof *searcher->corpus);
    assert_non_null(searcher->corpus);
    uint32_t *next = searcher->corpus;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < searcher->snapshots[i]->catalog.segment_count; k++) {
            struct segment *segment = &searcher->snapshots[i]->segments[k];
            for (uint32_t doc = 0; doc < segment->info.documents; doc++) {
                struct document document;
                char id[16] = {0};
                assert_ok(segment_document(&document, segment, doc, &err), &err);
                memcpy(id, document.id.data, document.id.size);
                *next++ = (uint32_t)strtoul(id + 1, NULL, 10);
            }
        }
}

static void searcher_open_one(struct test_searcher *searcher, const char *path) {
    searcher_open(searcher, &path, 1);
}

static void searcher_close(struct test_searcher *searcher) {
    for (size_t i = 0; i < searcher->count; i++)
        snapshot_close(searcher->snapshots[i]);
    oracle_free(searcher->oracle);
    analyzer_free(searcher->analyzer);
    search_scratch_free(searcher->scratch);
    free(searcher->corpus);
}

/* Words as frequent as in the documents, some very frequent ones, some rare, some unknown. */
static void append_word(struct buffer *text, struct testing_random *random, uint32_t vocabulary) {
    char word[16];
    uint32_t kind = testing_random_below(random, 10);
    if (kind < 6) {
        testing_random_words(text, random, 1, vocabulary);
        text->size--; /* the space */
        return;
    }
    uint32_t limit = kind < 8 ? 3 : vocabulary;
    int size = snprintf(word, sizeof word, kind == 9 ? "x%u" : "w%u",
                        (unsigned)testing_random_below(random, limit));
    assert_int_equal(buffer_append(text, word, (size_t)size), ST_OK);
}

/* A phrase: mostly words that stand so in a document. */
static void append_phrase(struct buffer *text, struct testing_random *random,
                          const struct corpus *corpus) {
    const char *words = corpus->all[testing_random_below(random, corpus->count)].text;
    uint32_t count = 2 + testing_random_below(random, 3);
    assert_int_equal(buffer_append_byte(text, '"'), ST_OK);
    if (!*words || !testing_random_below(random, 4)) {
        for (uint32_t i = 0; i < count; i++) {
            append_word(text, random, corpus->vocabulary);
            assert_int_equal(buffer_append_byte(text, ' '), ST_OK);
        }
    } else {
        const char *from = words + testing_random_below(random, (uint32_t)strlen(words)), *end;
        while (from > words && from[-1] != ' ')
            from--;
        for (end = from; *end && count; end++)
            count -= *end == ' ';
        assert_int_equal(buffer_append(text, from, (size_t)(end - from)), ST_OK);
    }
    assert_int_equal(buffer_append_byte(text, '"'), ST_OK);
}

/* One word, several, phrases, signs, all of them; the text ends with a NUL. */
static void random_query(struct buffer *text, struct testing_random *random,
                         const struct corpus *corpus) {
    uint32_t kind = testing_random_below(random, 8);
    uint32_t count = kind == 0 || kind == 4            ? 1
                     : kind == 7                       ? 1 + testing_random_below(random, 40)
                     : testing_random_below(random, 4) ? 2 + testing_random_below(random, 3)
                                                       : 2 + testing_random_below(random, 7);
    buffer_clear(text);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t sign = kind >= 5 ? testing_random_below(random, 4) : 3;
        if (sign < 2)
            assert_int_equal(buffer_append_byte(text, sign ? '-' : '+'), ST_OK);
        if (kind == 4 || (kind >= 5 && !testing_random_below(random, 4)))
            append_phrase(text, random, corpus);
        else
            append_word(text, random, corpus->vocabulary);
        assert_int_equal(buffer_append_byte(text, ' '), ST_OK);
    }
    assert_int_equal(buffer_append_byte(text, '\0'), ST_OK);
}

/* One clause at least of each kind that the sign may say: required ones, optional ones and excluded
 * ones, words and phrases, in any order. */
static void mixed_query(struct buffer *text, struct testing_random *random,
                        const struct corpus *corpus) {
    static const char signs[] = {'+', ' ', '-'};
    uint32_t count = 3 + testing_random_below(random, 5),
             phrase = testing_random_below(random, count);
    uint32_t first = testing_random_below(random, 3);
    buffer_clear(text);
    for (uint32_t i = 0; i < count; i++) {
        /* Few are excluded, or little is left. */
        uint32_t sign = i < 3 ? (first + i) % 3 : testing_random_below(random, 2);
        assert_int_equal(buffer_append_byte(text, (uint8_t)signs[sign]), ST_OK);
        if (i == phrase || !testing_random_below(random, 4))
            append_phrase(text, random, corpus);
        else if (sign == 2)
            testing_random_words(text, random, 1, 20 * corpus->vocabulary);
        else
            append_word(text, random, sign == 0 ? 8 : corpus->vocabulary);
        assert_int_equal(buffer_append_byte(text, ' '), ST_OK);
    }
    assert_int_equal(buffer_append_byte(text, '\0'), ST_OK);
}

static struct search_options random_options(struct testing_random *random) {
    static const uint32_t limits[] = {1, 10, 100, 1000};
    static const double k1[] = {0, 0.4, 1.2, 3}, b[] = {0, 0.75, 1};
    bool usual = testing_random_below(random, 2);
    return (struct search_options){
        .mode = (enum query_mode)testing_random_below(random, 3),
        .limit = limits[testing_random_below(random, 4)],
        .offset = testing_random_below(random, 4) ? 0 : (uint32_t)testing_random_bits(random, 13),
        .k1 = usual ? 1.2 : k1[testing_random_below(random, 4)],
        .b = usual ? 0.75 : b[testing_random_below(random, 3)],
    };
}

static void search(struct results *results, struct test_searcher *searcher,
                   const struct query *query, const struct search_options *options) {
    struct error err;
    assert_ok(search_run(results, searcher->scratch, searcher->snapshots, searcher->count, query,
                         options, &err),
              &err);
}

static void parse(struct query *query, struct test_searcher *searcher, const char *text) {
    struct error err;
    assert_ok(query_parse(query, searcher->analyzer, slice_of_string(text), &err), &err);
}

static void assert_same_hits(const struct results *a, const struct results *b) {
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const struct hit *x = &a->hits[i], *y = &b->hits[i];
        assert_true(x->score == y->score && x->index == y->index && x->segment == y->segment &&
                    x->doc == y->doc);
    }
}

/* Every way to run the query gives what the oracle says; pruning and counting change no bit. */
static void check_query(struct test_searcher *searcher, const struct query *query,
                        struct search_options options) {
    struct oracle_answer answer;
    struct results pruned, other;
    oracle_search(&answer, searcher->oracle, query, options.mode, options.k1, options.b);
    search(&pruned, searcher, query, &options);
    oracle_check(&answer, &pruned, &options, searcher->snapshots);
    options.exhaustive = true;
    search(&other, searcher, query, &options);
    oracle_check(&answer, &other, &options, searcher->snapshots);
    assert_same_hits(&pruned, &other);
    results_release(&other);
    options.exhaustive = false;
    options.count = true;
    search(&other, searcher, query, &options);
    oracle_check(&answer, &other, &options, searcher->snapshots);
    assert_same_hits(&pruned, &other);
    assert_true(other.exact);
    results_release(&other);
    options.limit = 0;
    search(&other, searcher, query, &options);
    oracle_check(&answer, &other, &options, searcher->snapshots);
    assert_true(other.exact);
    results_release(&other);
    results_release(&pruned);
    oracle_answer_release(&answer);
}

static void check_random_queries(struct test_searcher *searcher, const struct corpus *corpus,
                                 struct testing_random *random, unsigned count) {
    struct buffer text = {0};
    for (unsigned i = 0; i < count; i++) {
        if (testing_random_below(random, 3))
            random_query(&text, random, corpus);
        else
            mixed_query(&text, random, corpus);
        struct search_options options = random_options(random);
        struct query query;
        parse(&query, searcher, (const char *)text.data);
        check_query(searcher, &query, options);
        query_release(&query);
    }
    buffer_release(&text);
}

/* The live documents are the corpus, each once, with their words. */
static void check_live(struct test_searcher *searcher, const struct corpus *corpus) {
    uint64_t live = 0, found = 0;
    for (uint32_t i = 0; i < corpus->count; i++)
        live += corpus->all[i].live;
    for (size_t i = 0; i < searcher->count; i++) {
        struct error err;
        struct buffer text = {0};
        struct snapshot *snapshot = searcher->snapshots[i];
        for (size_t k = 0; k < snapshot->catalog.segment_count; k++)
            for (uint32_t doc = 0; doc < snapshot->segments[k].info.documents; doc++) {
                if (segment_is_deleted(&snapshot->segments[k], doc))
                    continue;
                struct hit hit = {.index = (uint32_t)i, .segment = (uint32_t)k, .doc = doc};
                uint32_t number = searcher->corpus[oracle_doc_number(searcher->snapshots, &hit)];
                assert_true(number < corpus->count && corpus->all[number].live);
                buffer_clear(&text);
                assert_ok(segment_text(&text, &snapshot->segments[k], doc, &err), &err);
                assert_slice(buffer_slice(&text), slice_of_string(corpus->all[number].text));
                found++;
            }
        buffer_release(&text);
    }
    assert_int_equal(found, live);
}

struct shape {
    uint32_t documents, words, vocabulary, commits, changes;
    unsigned queries;
};

static void check_shape(struct testing_random *random, const struct shape *shape) {
    struct corpus corpus = corpus_new(random, shape->documents, shape->words, shape->vocabulary);
    const char *path = index_corpus(&corpus, 0, 1, shape->commits, NULL);
    if (shape->changes)
        change_corpus(&corpus, path, random, shape->words, shape->changes);
    struct test_searcher searcher;
    searcher_open_one(&searcher, path);
    check_live(&searcher, &corpus);
    check_random_queries(&searcher, &corpus, random, shape->queries);
    searcher_close(&searcher);
    corpus_free(&corpus);
}

static void test_search_run__answers_as_the_oracle(void **state) {
    (void)state;
    static const struct shape shapes[] = {
        {1, 10, 5, 1, 0, 40},       {40, 8, 5, 2, 0, 100},         {300, 30, 50, 2, 0, 100},
        {130, 2000, 5, 1, 0, 60},   {5000, 12, 5, 1, 0, 60},       {2000, 40, 500, 11, 0, 150},
        {6000, 20, 40, 11, 0, 100}, {20000, 25, 5000, 11, 0, 100},
    };
    struct testing_random random = testing_random();
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        check_shape(&random, &shapes[i]);
}

static void test_search_run__sees_no_removed_document(void **state) {
    (void)state;
    static const struct shape shapes[] = {
        {20, 8, 5, 1, 15, 60},
        {500, 20, 50, 2, 100, 100},
        {9000, 10, 300, 11, 1500, 150},
        {3000, 10, 20, 3, 5000, 100},
    };
    struct testing_random random = testing_random();
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        check_shape(&random, &shapes[i]);
}

/* Several chunks of norms and of removed documents, many windows, long lists of skip entries. */
static void test_search_run__finds_the_best_of_many(void **state) {
    (void)state;
    static const struct shape shape = {150000, 4, 400, 1, 3000, 60};
    struct testing_random random = testing_random();
    check_shape(&random, &shape);
}

/* Scores of all matching documents by the source's number, -1: does not match. */
static double *scores_of(struct test_searcher *searcher, const struct corpus *corpus,
                         const char *text, struct search_options options) {
    double *scores = malloc((corpus->count + 1ul) * sizeof *scores);
    assert_non_null(scores);
    for (uint32_t i = 0; i < corpus->count; i++)
        scores[i] = -1;
    struct query query;
    struct results results;
    parse(&query, searcher, text);
    options.limit = corpus->count;
    options.offset = 0;
    search(&results, searcher, &query, &options);
    for (size_t i = 0; i < results.count; i++)
        scores[searcher->corpus[oracle_doc_number(searcher->snapshots, &results.hits[i])]] =
            results.hits[i].score;
    results_release(&results);
    query_release(&query);
    return scores;
}

/* Any query gives any source the same score in both, to the last bit. */
static void check_same_scores(struct test_searcher *a, struct test_searcher *b,
                              const struct corpus *corpus, struct testing_random *random,
                              unsigned queries) {
    struct buffer text = {0};
    for (unsigned i = 0; i < queries; i++) {
        random_query(&text, random, corpus);
        struct search_options options = random_options(random);
        double *x = scores_of(a, corpus, (const char *)text.data, options);
        double *y = scores_of(b, corpus, (const char *)text.data, options);
        assert_memory_equal(x, y, corpus->count * sizeof *x);
        free(x);
        free(y);
    }
    buffer_release(&text);
}

static void test_search_run__does_not_depend_on_order_or_segments(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct corpus corpus = corpus_new(&random, 3000, 15, 300);
    uint32_t *order = malloc(corpus.count * sizeof *order);
    assert_non_null(order);
    for (uint32_t i = 0; i < corpus.count; i++) {
        uint32_t other = testing_random_below(&random, i + 1);
        order[i] = order[other];
        order[other] = i;
    }
    struct test_searcher plain, shuffled;
    searcher_open_one(&plain, index_corpus(&corpus, 0, 1, 1, NULL));
    searcher_open_one(&shuffled, index_corpus(&corpus, 0, 1, 11, order));
    assert_int_equal(plain.snapshots[0]->catalog.segment_count, 1);
    assert_true(shuffled.snapshots[0]->catalog.segment_count > 1);
    check_same_scores(&plain, &shuffled, &corpus, &random, 200);
    searcher_close(&plain);
    searcher_close(&shuffled);
    free(order);
    corpus_free(&corpus);
}

static void test_search_run__compacted_is_as_new(void **state) {
    (void)state;
    struct error err;
    struct testing_random random = testing_random();
    struct corpus corpus = corpus_new(&random, 2000, 15, 200);
    const char *path = index_corpus(&corpus, 0, 1, 7, NULL);
    change_corpus(&corpus, path, &random, 15, 900);
    struct writer *writer = test_index_writer(path);
    assert_ok(writer_compact(writer, &err), &err);
    writer_close(writer);
    struct test_searcher compacted, fresh;
    searcher_open_one(&compacted, path);
    searcher_open_one(&fresh, index_corpus(&corpus, 0, 1, 1, NULL));
    assert_int_equal(compacted.snapshots[0]->catalog.segment_count, 1);
    check_same_scores(&compacted, &fresh, &corpus, &random, 200);
    searcher_close(&compacted);
    searcher_close(&fresh);
    corpus_free(&corpus);
}

/* Pages one after the other, to the end, are the whole: many segments and indexes, some of whose
 * documents are gone. */
static void check_pages(struct test_searcher *searcher, const struct query *query,
                        struct search_options options, uint32_t page) {
    struct results all, part;
    options.limit = 100000;
    options.offset = 0;
    options.exhaustive = true;
    search(&all, searcher, query, &options);
    assert_true(all.exact);
    assert_int_equal(all.total, all.count);
    options.limit = page;
    options.exhaustive = false;
    for (; options.offset <= all.count + page; options.offset += page) {
        options.count = options.offset / page % 2;
        search(&part, searcher, query, &options);
        struct results expected = {.hits = all.hits + options.offset, .count = page};
        if (options.offset >= all.count)
            expected.count = 0;
        else if (all.count - options.offset < page)
            expected.count = all.count - options.offset;
        assert_same_hits(&part, &expected);
        assert_true(part.total <= all.total);
        if (part.exact)
            assert_int_equal(part.total, all.total);
        results_release(&part);
    }
    results_release(&all);
}

static void test_search_run__pages_are_the_whole(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct corpus corpus = corpus_new(&random, 12000, 20, 600);
    const char *paths[3];
    /* The second index has one segment; what is changed in one of them is one more there. */
    for (uint32_t i = 0; i < 3; i++)
        paths[i] = index_corpus(&corpus, i, 3, i == 1 ? 1 : 6, NULL);
    for (uint32_t i = 0; i < 3; i++) {
        struct error err;
        struct writer *writer = test_index_writer(paths[i]);
        for (uint32_t number = i; number < corpus.count; number += 3) {
            char id[16];
            id_of(id, number);
            if (testing_random_below(&random, 5) == 0)
                assert_ok(writer_remove(writer, slice_of_string(id), &err), &err);
            else if (testing_random_below(&random, 20) == 0)
                test_index_add(writer, id, NULL, "w0 w1 w2 w3 w17 w40 w200", WRITER_REPLACED);
        }
        commit(writer);
        writer_close(writer);
    }
    struct test_searcher searcher;
    searcher_open(&searcher, paths, 3);
    check_random_queries(&searcher, &corpus, &random, 60);
    static const uint32_t limits[] = {100, 300, 1000};
    struct buffer text = {0};
    for (unsigned i = 0; i < 120; i++) {
        struct search_options options = random_options(&random);
        struct query query;
        if (i % 2)
            random_query(&text, &random, &corpus);
        else
            mixed_query(&text, &random, &corpus);
        parse(&query, &searcher, (const char *)text.data);
        check_pages(&searcher, &query, options, limits[testing_random_below(&random, 3)]);
        query_release(&query);
    }
    static const char *const texts[] = {"w300 w2", "w150 w7 w0", "+w20 w300", "\"w0 w1\" w500 -w9"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct query query;
        parse(&query, &searcher, texts[i]);
        check_pages(&searcher, &query,
                    (struct search_options){.mode = QUERY_ANY, .k1 = 1.2, .b = 0.75}, 10);
        query_release(&query);
    }
    buffer_release(&text);
    searcher_close(&searcher);
    corpus_free(&corpus);
}

static void test_search_run__takes_several_indexes_as_one(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct corpus corpus = corpus_new(&random, 2500, 15, 200);
    struct test_searcher one, several;
    const char *paths[3];
    for (uint32_t i = 0; i < 3; i++)
        paths[i] = index_corpus(&corpus, i, 3, i + 1, NULL);
    searcher_open(&several, paths, 3);
    searcher_open_one(&one, index_corpus(&corpus, 0, 1, 1, NULL));
    check_same_scores(&one, &several, &corpus, &random, 100);
    check_random_queries(&several, &corpus, &random, 100);
    searcher_close(&one);
    searcher_close(&several);
    corpus_free(&corpus);
}

/* One document with a rare word and a frequent one; behind it so many without words, then so many
 * with the frequent word. The best one found makes the others not worth a look. */
static void check_part(uint32_t without, uint32_t with) {
    struct error err;
    char id[16];
    const char *path = testing_path("index");
    struct writer *writer = test_index_writer(path);
    test_index_add(writer, "d0", NULL, "rare frequent", WRITER_ADDED);
    for (uint32_t i = 1; i <= without + with; i++) {
        id_of(id, i);
        test_index_add(writer, id, NULL, i <= without ? "" : "frequent and other words",
                       WRITER_ADDED);
    }
    assert_ok(writer_commit(writer, &err), &err);
    writer_close(writer);
    struct test_searcher searcher;
    struct query query;
    struct results results;
    searcher_open_one(&searcher, path);
    parse(&query, &searcher, "rare frequent");
    struct search_options options = {.mode = QUERY_ANY, .limit = 1, .k1 = 1.2, .b = 0.75};
    check_query(&searcher, &query, options);
    search(&results, &searcher, &query, &options);
    assert_false(results.exact);
    assert_int_equal(results.total, 1);
    results_release(&results);
    query_release(&query);
    searcher_close(&searcher);
}

static void test_search_run__calls_no_part_the_whole(void **state) {
    (void)state;
    check_part(0, 3000);
    check_part(0, 9000);
    check_part(9000, 200);
}

static void test_search_run__empty(void **state) {
    (void)state;
    struct corpus corpus = {0};
    struct test_searcher searcher;
    searcher_open_one(&searcher, index_corpus(&corpus, 0, 1, 1, NULL));
    const char *const texts[] = {"", "w0", "w0 w1", "\"w0 w1\" +w2", "-w0"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (int mode = QUERY_RELAXED; mode <= QUERY_ANY; mode++) {
            struct query query;
            parse(&query, &searcher, texts[i]);
            check_query(&searcher, &query,
                        (struct search_options){
                            .mode = (enum query_mode)mode, .limit = 10, .k1 = 1.2, .b = 0.75});
            query_release(&query);
        }
    searcher_close(&searcher);
}

/* The arithmetic of one hit. */
static void check_explanation(struct test_searcher *searcher, const struct query *query,
                              const struct results *results, const struct hit *hit) {
    struct error err;
    struct explanations explanations;
    uint32_t doc = oracle_doc_number(searcher->snapshots, hit);
    assert_ok(explain_hit(&explanations, results, hit, &err), &err);
    double sum = 0;
    size_t clauses = 0;
    for (size_t i = 0; i < query->count; i++) {
        if (query->clauses[i].occur == OCCUR_MUST_NOT)
            continue;
        const struct explanation *explanation = &explanations.clauses[clauses++];
        assert_slice(explanation->typed, query->clauses[i].typed);
        assert_int_equal(explanation->frequency,
                         oracle_frequency(searcher->oracle, &query->clauses[i], doc));
        sum += explanation->contribution;
    }
    assert_int_equal(explanations.count, clauses);
    assert_true(explanations.score == sum);
    assert_true(explanations.score == hit->score);
    assert_int_equal(explanations.length, oracle_length(searcher->oracle, doc));
    explain_release(&explanations);
}

static void test_explain_hit__sums_to_the_score(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct corpus corpus = corpus_new(&random, 1500, 20, 100);
    struct test_searcher searcher;
    const char *paths[2];
    for (uint32_t i = 0; i < 2; i++)
        paths[i] = index_corpus(&corpus, i, 2, 3, NULL);
    searcher_open(&searcher, paths, 2);
    struct buffer text = {0};
    for (unsigned i = 0; i < 150; i++) {
        random_query(&text, &random, &corpus);
        struct search_options options = random_options(&random);
        options.limit = 10;
        options.offset %= 30; /* or there is nothing to explain */
        struct query query;
        struct results results;
        parse(&query, &searcher, (const char *)text.data);
        search(&results, &searcher, &query, &options);
        for (size_t k = 0; k < results.count; k++)
            check_explanation(&searcher, &query, &results, &results.hits[k]);
        results_release(&results);
        query_release(&query);
    }
    buffer_release(&text);
    searcher_close(&searcher);
    corpus_free(&corpus);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search_run__answers_as_the_oracle),
        cmocka_unit_test(test_search_run__sees_no_removed_document),
        cmocka_unit_test(test_search_run__finds_the_best_of_many),
        cmocka_unit_test(test_search_run__does_not_depend_on_order_or_segments),
        cmocka_unit_test(test_search_run__compacted_is_as_new),
        cmocka_unit_test(test_search_run__pages_are_the_whole),
        cmocka_unit_test(test_search_run__takes_several_indexes_as_one),
        cmocka_unit_test(test_search_run__calls_no_part_the_whole),
        cmocka_unit_test(test_search_run__empty),
        cmocka_unit_test(test_explain_hit__sums_to_the_score),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
