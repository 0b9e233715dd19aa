#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "searcher/eval/search.h"
#include "tests/support/oracle.h"
#include "tests/support/test_index.h"
#include "tests/support/testing.h"

/* Documents as they should be in an index: number i has the id "d<i>". */
struct paper {
    char *title, *text;
    bool live;
};

struct papers {
    struct paper *all;
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
static void write_paper(struct paper *paper, struct testing_random *random, uint32_t words,
                        uint32_t vocabulary) {
    free(paper->title);
    free(paper->text);
    uint32_t title = testing_random_below(random, 3) ? testing_random_below(random, 5) : 0;
    paper->title = random_text(random, title, vocabulary);
    paper->text = random_text(random, testing_random_below(random, 2 * words + 1), vocabulary);
    paper->live = true;
}

static struct papers papers_new(struct testing_random *random, uint32_t count, uint32_t words,
                                uint32_t vocabulary) {
    struct papers papers = {.count = count, .vocabulary = vocabulary};
    papers.all = calloc(count + 1ul, sizeof *papers.all);
    assert_non_null(papers.all);
    for (uint32_t i = 0; i < count; i++)
        write_paper(&papers.all[i], random, words, vocabulary);
    return papers;
}

static void papers_free(struct papers *papers) {
    for (uint32_t i = 0; i < papers->count; i++) {
        free(papers->all[i].title);
        free(papers->all[i].text);
    }
    free(papers->all);
}

static void id_of(char id[16], uint32_t number) {
    snprintf(id, 16, "d%u", (unsigned)number);
}

static void add_paper(struct writer *writer, const struct papers *papers, uint32_t number,
                      enum writer_outcome expected) {
    char id[16];
    id_of(id, number);
    test_index_add(writer, id, papers->all[number].title, papers->all[number].text, expected);
}

static void commit(struct writer *writer) {
    struct error err;
    assert_ok(writer_commit(writer, &err), &err);
}

/* Indexes the papers `first`, `first + step`, ... that are live, in so many commits. With `order`,
 * paper i is order[i]. */
static const char *index_papers(const struct papers *papers, uint32_t first, uint32_t step,
                                uint32_t commits, const uint32_t *order) {
    const char *path = testing_path("index");
    struct writer *writer = test_index_writer(path);
    uint32_t batch = papers->count / commits + 1;
    for (uint32_t i = first; i < papers->count; i += step) {
        uint32_t number = order ? order[i] : i;
        if (papers->all[number].live)
            add_paper(writer, papers, number, WRITER_ADDED);
        if ((i + 1) % batch == 0)
            commit(writer);
    }
    commit(writer);
    writer_close(writer);
    return path;
}

/* Removes, replaces and brings back `changes` papers, in a few commits. */
static void change_papers(struct papers *papers, const char *path, struct testing_random *random,
                          uint32_t words, uint32_t changes) {
    struct error err;
    struct writer *writer = test_index_writer(path);
    for (uint32_t i = 0; i < changes; i++) {
        uint32_t number = testing_random_below(random, papers->count);
        struct paper *paper = &papers->all[number];
        char id[16];
        id_of(id, number);
        if (paper->live && testing_random_below(random, 2)) {
            assert_ok(writer_remove(writer, slice_of_string(id), &err), &err);
            paper->live = false;
        } else {
            bool live = paper->live;
            char *before = strdup(paper->text);
            write_paper(paper, random, words, papers->vocabulary);
            enum writer_outcome outcome;
            struct document document = {.id = slice_of_string(id),
                                        .title = slice_of_string(paper->title),
                                        .text = slice_of_string(paper->text)};
            assert_ok(writer_add(writer, &document, &outcome, &err), &err);
            if (!live || strcmp(before, paper->text) != 0)
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

struct desk {
    struct snapshot *snapshots[INDEXES_MAX];
    size_t count;
    struct analyzer *analyzer;
    struct oracle *oracle;
    uint32_t *papers; /* by the oracle's number, the paper's */
};

static void desk_open(struct desk *desk, const char *const *paths, size_t count) {
    struct error err;
    struct writer_options options = test_index_options();
    *desk = (struct desk){.count = count};
    assert_ok(analyzer_new(&desk->analyzer, &options.analysis, &err), &err);
    desk->oracle = oracle_new(desk->analyzer);
    uint32_t documents = 0;
    for (size_t i = 0; i < count; i++) {
        assert_ok(snapshot_open(&desk->snapshots[i], paths[i], &err), &err);
        oracle_add_snapshot(desk->oracle, desk->snapshots[i]);
        documents += (uint32_t)catalog_total_documents(&desk->snapshots[i]->catalog);
    }
    desk->papers = malloc((documents + 1ul) * sizeof *desk->papers);
    assert_non_null(desk->papers);
    uint32_t *next = desk->papers;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < desk->snapshots[i]->catalog.segment_count; k++) {
            struct segment *segment = &desk->snapshots[i]->segments[k];
            for (uint32_t doc = 0; doc < segment->info.documents; doc++) {
                struct document document;
                char id[16] = {0};
                assert_ok(segment_document(&document, segment, doc, &err), &err);
                memcpy(id, document.id.data, document.id.size);
                *next++ = (uint32_t)strtoul(id + 1, NULL, 10);
            }
        }
}

static void desk_open_one(struct desk *desk, const char *path) {
    desk_open(desk, &path, 1);
}

static void desk_close(struct desk *desk) {
    for (size_t i = 0; i < desk->count; i++)
        snapshot_close(desk->snapshots[i]);
    oracle_free(desk->oracle);
    analyzer_free(desk->analyzer);
    free(desk->papers);
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
                          const struct papers *papers) {
    const char *words = papers->all[testing_random_below(random, papers->count)].text;
    uint32_t count = 2 + testing_random_below(random, 3);
    assert_int_equal(buffer_append_byte(text, '"'), ST_OK);
    if (!*words || !testing_random_below(random, 4)) {
        for (uint32_t i = 0; i < count; i++) {
            append_word(text, random, papers->vocabulary);
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
                         const struct papers *papers) {
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
            append_phrase(text, random, papers);
        else
            append_word(text, random, papers->vocabulary);
        assert_int_equal(buffer_append_byte(text, ' '), ST_OK);
    }
    assert_int_equal(buffer_append_byte(text, '\0'), ST_OK);
}

/* One clause at least of each kind that the sign may say: required ones, optional ones and excluded
 * ones, words and phrases, in any order. */
static void mixed_query(struct buffer *text, struct testing_random *random,
                        const struct papers *papers) {
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
            append_phrase(text, random, papers);
        else if (sign == 2)
            testing_random_words(text, random, 1, 20 * papers->vocabulary);
        else
            append_word(text, random, sign == 0 ? 8 : papers->vocabulary);
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

static void search(struct results *results, struct desk *desk, const struct query *query,
                   const struct search_options *options) {
    struct error err;
    assert_ok(search_run(results, desk->snapshots, desk->count, query, options, &err), &err);
}

static void parse(struct query *query, struct desk *desk, const char *text) {
    struct error err;
    assert_ok(query_parse(query, desk->analyzer, slice_of_string(text), &err), &err);
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
static void check_query(struct desk *desk, const struct query *query,
                        struct search_options options) {
    struct oracle_answer answer;
    struct results pruned, other;
    oracle_search(&answer, desk->oracle, query, options.mode, options.k1, options.b);
    search(&pruned, desk, query, &options);
    oracle_check(&answer, &pruned, &options, desk->snapshots);
    options.exhaustive = true;
    search(&other, desk, query, &options);
    oracle_check(&answer, &other, &options, desk->snapshots);
    assert_same_hits(&pruned, &other);
    results_release(&other);
    options.exhaustive = false;
    options.count = true;
    search(&other, desk, query, &options);
    oracle_check(&answer, &other, &options, desk->snapshots);
    assert_same_hits(&pruned, &other);
    assert_true(other.exact);
    results_release(&other);
    options.limit = 0;
    search(&other, desk, query, &options);
    oracle_check(&answer, &other, &options, desk->snapshots);
    assert_true(other.exact);
    results_release(&other);
    results_release(&pruned);
    oracle_answer_release(&answer);
}

static void check_random_queries(struct desk *desk, const struct papers *papers,
                                 struct testing_random *random, unsigned count) {
    struct buffer text = {0};
    for (unsigned i = 0; i < count; i++) {
        if (testing_random_below(random, 3))
            random_query(&text, random, papers);
        else
            mixed_query(&text, random, papers);
        struct search_options options = random_options(random);
        struct query query;
        parse(&query, desk, (const char *)text.data);
        check_query(desk, &query, options);
        query_release(&query);
    }
    buffer_release(&text);
}

/* The live documents are the papers, each once, with their words. */
static void check_live(struct desk *desk, const struct papers *papers) {
    uint64_t live = 0, found = 0;
    for (uint32_t i = 0; i < papers->count; i++)
        live += papers->all[i].live;
    for (size_t i = 0; i < desk->count; i++) {
        struct error err;
        struct buffer text = {0};
        struct snapshot *snapshot = desk->snapshots[i];
        for (size_t k = 0; k < snapshot->catalog.segment_count; k++)
            for (uint32_t doc = 0; doc < snapshot->segments[k].info.documents; doc++) {
                if (segment_is_deleted(&snapshot->segments[k], doc))
                    continue;
                struct hit hit = {.index = (uint32_t)i, .segment = (uint32_t)k, .doc = doc};
                uint32_t number = desk->papers[oracle_doc_number(desk->snapshots, &hit)];
                assert_true(number < papers->count && papers->all[number].live);
                buffer_clear(&text);
                assert_ok(segment_text(&text, &snapshot->segments[k], doc, &err), &err);
                assert_slice(buffer_slice(&text), slice_of_string(papers->all[number].text));
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
    struct papers papers = papers_new(random, shape->documents, shape->words, shape->vocabulary);
    const char *path = index_papers(&papers, 0, 1, shape->commits, NULL);
    if (shape->changes)
        change_papers(&papers, path, random, shape->words, shape->changes);
    struct desk desk;
    desk_open_one(&desk, path);
    check_live(&desk, &papers);
    check_random_queries(&desk, &papers, random, shape->queries);
    desk_close(&desk);
    papers_free(&papers);
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

/* Scores of all matching documents by the paper's number, -1: does not match. */
static double *scores_of(struct desk *desk, const struct papers *papers, const char *text,
                         struct search_options options) {
    double *scores = malloc((papers->count + 1ul) * sizeof *scores);
    assert_non_null(scores);
    for (uint32_t i = 0; i < papers->count; i++)
        scores[i] = -1;
    struct query query;
    struct results results;
    parse(&query, desk, text);
    options.limit = papers->count;
    options.offset = 0;
    search(&results, desk, &query, &options);
    for (size_t i = 0; i < results.count; i++)
        scores[desk->papers[oracle_doc_number(desk->snapshots, &results.hits[i])]] =
            results.hits[i].score;
    results_release(&results);
    query_release(&query);
    return scores;
}

/* Any query gives any paper the same score in both, to the last bit. */
static void check_same_scores(struct desk *a, struct desk *b, const struct papers *papers,
                              struct testing_random *random, unsigned queries) {
    struct buffer text = {0};
    for (unsigned i = 0; i < queries; i++) {
        random_query(&text, random, papers);
        struct search_options options = random_options(random);
        double *x = scores_of(a, papers, (const char *)text.data, options);
        double *y = scores_of(b, papers, (const char *)text.data, options);
        assert_memory_equal(x, y, papers->count * sizeof *x);
        free(x);
        free(y);
    }
    buffer_release(&text);
}

static void test_search_run__does_not_depend_on_order_or_segments(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct papers papers = papers_new(&random, 3000, 15, 300);
    uint32_t *order = malloc(papers.count * sizeof *order);
    assert_non_null(order);
    for (uint32_t i = 0; i < papers.count; i++) {
        uint32_t other = testing_random_below(&random, i + 1);
        order[i] = order[other];
        order[other] = i;
    }
    struct desk plain, shuffled;
    desk_open_one(&plain, index_papers(&papers, 0, 1, 1, NULL));
    desk_open_one(&shuffled, index_papers(&papers, 0, 1, 11, order));
    assert_int_equal(plain.snapshots[0]->catalog.segment_count, 1);
    assert_true(shuffled.snapshots[0]->catalog.segment_count > 1);
    check_same_scores(&plain, &shuffled, &papers, &random, 200);
    desk_close(&plain);
    desk_close(&shuffled);
    free(order);
    papers_free(&papers);
}

static void test_search_run__compacted_is_as_new(void **state) {
    (void)state;
    struct error err;
    struct testing_random random = testing_random();
    struct papers papers = papers_new(&random, 2000, 15, 200);
    const char *path = index_papers(&papers, 0, 1, 7, NULL);
    change_papers(&papers, path, &random, 15, 900);
    struct writer *writer = test_index_writer(path);
    assert_ok(writer_compact(writer, &err), &err);
    writer_close(writer);
    struct desk compacted, fresh;
    desk_open_one(&compacted, path);
    desk_open_one(&fresh, index_papers(&papers, 0, 1, 1, NULL));
    assert_int_equal(compacted.snapshots[0]->catalog.segment_count, 1);
    check_same_scores(&compacted, &fresh, &papers, &random, 200);
    desk_close(&compacted);
    desk_close(&fresh);
    papers_free(&papers);
}

/* Pages one after the other, to the end, are the whole: many segments and indexes, some of whose
 * documents are gone. */
static void check_pages(struct desk *desk, const struct query *query, struct search_options options,
                        uint32_t page) {
    struct results all, part;
    options.limit = 100000;
    options.offset = 0;
    options.exhaustive = true;
    search(&all, desk, query, &options);
    assert_true(all.exact);
    assert_int_equal(all.total, all.count);
    options.limit = page;
    options.exhaustive = false;
    for (; options.offset <= all.count + page; options.offset += page) {
        options.count = options.offset / page % 2;
        search(&part, desk, query, &options);
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
    struct papers papers = papers_new(&random, 12000, 20, 600);
    const char *paths[3];
    /* The second index has one segment; what is changed in one of them is one more there. */
    for (uint32_t i = 0; i < 3; i++)
        paths[i] = index_papers(&papers, i, 3, i == 1 ? 1 : 6, NULL);
    for (uint32_t i = 0; i < 3; i++) {
        struct error err;
        struct writer *writer = test_index_writer(paths[i]);
        for (uint32_t number = i; number < papers.count; number += 3) {
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
    struct desk desk;
    desk_open(&desk, paths, 3);
    check_random_queries(&desk, &papers, &random, 60);
    static const uint32_t limits[] = {100, 300, 1000};
    struct buffer text = {0};
    for (unsigned i = 0; i < 120; i++) {
        struct search_options options = random_options(&random);
        struct query query;
        if (i % 2)
            random_query(&text, &random, &papers);
        else
            mixed_query(&text, &random, &papers);
        parse(&query, &desk, (const char *)text.data);
        check_pages(&desk, &query, options, limits[testing_random_below(&random, 3)]);
        query_release(&query);
    }
    static const char *const texts[] = {"w300 w2", "w150 w7 w0", "+w20 w300", "\"w0 w1\" w500 -w9"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct query query;
        parse(&query, &desk, texts[i]);
        check_pages(&desk, &query, (struct search_options){.mode = QUERY_ANY, .k1 = 1.2, .b = 0.75},
                    10);
        query_release(&query);
    }
    buffer_release(&text);
    desk_close(&desk);
    papers_free(&papers);
}

static void test_search_run__takes_several_indexes_as_one(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct papers papers = papers_new(&random, 2500, 15, 200);
    struct desk one, several;
    const char *paths[3];
    for (uint32_t i = 0; i < 3; i++)
        paths[i] = index_papers(&papers, i, 3, i + 1, NULL);
    desk_open(&several, paths, 3);
    desk_open_one(&one, index_papers(&papers, 0, 1, 1, NULL));
    check_same_scores(&one, &several, &papers, &random, 100);
    check_random_queries(&several, &papers, &random, 100);
    desk_close(&one);
    desk_close(&several);
    papers_free(&papers);
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
    struct desk desk;
    struct query query;
    struct results results;
    desk_open_one(&desk, path);
    parse(&query, &desk, "rare frequent");
    struct search_options options = {.mode = QUERY_ANY, .limit = 1, .k1 = 1.2, .b = 0.75};
    check_query(&desk, &query, options);
    search(&results, &desk, &query, &options);
    assert_false(results.exact);
    assert_int_equal(results.total, 1);
    results_release(&results);
    query_release(&query);
    desk_close(&desk);
}

static void test_search_run__calls_no_part_the_whole(void **state) {
    (void)state;
    check_part(0, 3000);
    check_part(0, 9000);
    check_part(9000, 200);
}

static void test_search_run__empty(void **state) {
    (void)state;
    struct papers papers = {0};
    struct desk desk;
    desk_open_one(&desk, index_papers(&papers, 0, 1, 1, NULL));
    const char *const texts[] = {"", "w0", "w0 w1", "\"w0 w1\" +w2", "-w0"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (int mode = QUERY_RELAXED; mode <= QUERY_ANY; mode++) {
            struct query query;
            parse(&query, &desk, texts[i]);
            check_query(&desk, &query,
                        (struct search_options){
                            .mode = (enum query_mode)mode, .limit = 10, .k1 = 1.2, .b = 0.75});
            query_release(&query);
        }
    desk_close(&desk);
}

/* The arithmetic of one hit. */
static void check_explanation(struct desk *desk, const struct query *query,
                              const struct results *results, const struct hit *hit) {
    struct error err;
    struct explanations explanations;
    uint32_t doc = oracle_doc_number(desk->snapshots, hit);
    assert_ok(search_explain(&explanations, results, hit, &err), &err);
    double sum = 0;
    size_t clauses = 0;
    for (size_t i = 0; i < query->count; i++) {
        if (query->clauses[i].occur == OCCUR_MUST_NOT)
            continue;
        const struct explanation *explanation = &explanations.clauses[clauses++];
        assert_ptr_equal(explanation->clause, &query->clauses[i]);
        assert_int_equal(explanation->frequency,
                         oracle_frequency(desk->oracle, &query->clauses[i], doc));
        sum += explanation->contribution;
    }
    assert_int_equal(explanations.count, clauses);
    assert_true(explanations.score == sum);
    assert_true(explanations.score == hit->score);
    assert_int_equal(explanations.length, oracle_length(desk->oracle, doc));
    explanations_release(&explanations);
}

static void test_search_explain__sums_to_the_score(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    struct papers papers = papers_new(&random, 1500, 20, 100);
    struct desk desk;
    const char *paths[2];
    for (uint32_t i = 0; i < 2; i++)
        paths[i] = index_papers(&papers, i, 2, 3, NULL);
    desk_open(&desk, paths, 2);
    struct buffer text = {0};
    for (unsigned i = 0; i < 150; i++) {
        random_query(&text, &random, &papers);
        struct search_options options = random_options(&random);
        options.limit = 10;
        options.offset %= 30; /* or there is nothing to explain */
        struct query query;
        struct results results;
        parse(&query, &desk, (const char *)text.data);
        search(&results, &desk, &query, &options);
        for (size_t k = 0; k < results.count; k++)
            check_explanation(&desk, &query, &results, &results.hits[k]);
        results_release(&results);
        query_release(&query);
    }
    buffer_release(&text);
    desk_close(&desk);
    papers_free(&papers);
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
        cmocka_unit_test(test_search_explain__sums_to_the_score),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
