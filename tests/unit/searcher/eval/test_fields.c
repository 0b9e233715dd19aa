/* SPDX-License-Identifier: MIT */
/* Words in a field are found and scored as if nothing else was indexed, and words in the text
 * wherever the text has them. */
#include "tests/support/testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "searcher/eval/explain.h"
#include "searcher/eval/search.h"
#include "tests/support/index_fixture.h"

enum { DOCUMENTS = 600, VOCABULARY = 12 };

static struct buffer titles[DOCUMENTS], texts[DOCUMENTS], authors[DOCUMENTS];

/* An index, and what it is searched with. */
struct searched {
    struct snapshot *snapshot;
    struct query_context context;
    struct search_scratch *scratch;
};

static struct searched fields, titles_alone;

static void add(struct writer *writer, uint32_t number, struct slice title, struct slice author,
                struct slice text) {
    struct error err;
    char id[16];
    enum writer_outcome outcome;
    struct field_value values[3];
    const struct field_value all[] = {
        {.field = SCHEMA_TITLE, .type = FIELD_TYPE_TEXT, .text = title},
        {.field = SCHEMA_TEXT, .type = FIELD_TYPE_TEXT, .text = text},
        {.field = SCHEMA_AUTHOR, .type = FIELD_TYPE_TEXT, .text = author}};
    struct index_document document = {
        slice_of(id, (size_t)snprintf(id, sizeof id, "%u", (unsigned)number)), values, 0};
    for (size_t i = 0; i < 3; i++)
        if (all[i].text.size)
            values[document.value_count++] = all[i];
    if (document.value_count)
        assert_ok(writer_add(&outcome, writer, &document, &err), &err);
}

static void open_searched(struct searched *searched, const char *path) {
    struct error err;
    struct writer_options options = index_fixture_options();
    assert_ok(snapshot_open(&searched->snapshot, path, &err), &err);
    assert_ok(analyzer_new(&searched->context.analyzer, &options.analysis, &err), &err);
    searched->context.schema = &searched->snapshot->catalog.schema;
    searched->scratch = search_scratch_new();
    assert_non_null(searched->scratch);
}

static void close_searched(struct searched *searched) {
    search_scratch_free(searched->scratch);
    analyzer_free(searched->context.analyzer);
    snapshot_close(searched->snapshot);
}

static int set_up(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    const char *paths[] = {testing_path("fields"), testing_path("titles")};
    struct writer *writer = index_fixture_writer(paths[0]), *other = index_fixture_writer(paths[1]);
    for (uint32_t i = 0; i < DOCUMENTS; i++) {
        if (testing_random_below(&random, 3))
            testing_random_words(&titles[i], &random, 1 + testing_random_below(&random, 6),
                                 VOCABULARY);
        if (!testing_random_below(&random, 4))
            testing_random_words(&authors[i], &random, 1 + testing_random_below(&random, 3),
                                 VOCABULARY);
        if (testing_random_below(&random, 5))
            testing_random_words(&texts[i], &random, 1 + testing_random_below(&random, 20),
                                 VOCABULARY);
        struct slice title = buffer_slice(&titles[i]), nothing = {0};
        add(writer, i, title, buffer_slice(&authors[i]), buffer_slice(&texts[i]));
        add(other, i, nothing, nothing, title);
        if (i == 250 || i == 300)
            index_fixture_commit(writer);
    }
    index_fixture_commit(writer);
    index_fixture_commit(other);
    writer_close(writer);
    writer_close(other);
    open_searched(&fields, paths[0]);
    open_searched(&titles_alone, paths[1]);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    close_searched(&fields);
    close_searched(&titles_alone);
    for (uint32_t i = 0; i < DOCUMENTS; i++) {
        buffer_release(&titles[i]);
        buffer_release(&texts[i]);
        buffer_release(&authors[i]);
    }
    return 0;
}

/* Writes a random query, with this before each of its clauses. */
static void random_query(char *text, size_t size, const char *prefix,
                         struct testing_random *random) {
    size_t at = 0;
    for (uint32_t clauses = 1 + testing_random_below(random, 3); clauses; clauses--) {
        static const char *const signs[] = {"", "", "", "+", "-"};
        at += (size_t)snprintf(text + at, size - at, "%s%s", signs[testing_random_below(random, 5)],
                               prefix);
        uint32_t words = testing_random_below(random, 3) ? 1 : 2;
        for (uint32_t i = 0; i < words; i++)
            at += (size_t)snprintf(text + at, size - at, "%s%sw%u%s", words > 1 && !i ? "\"" : "",
                                   i ? " " : "", (unsigned)testing_random_below(random, VOCABULARY),
                                   words > 1 && i ? "\"" : "");
        at += (size_t)snprintf(text + at, size - at, " ");
    }
}

static void search(struct results *results, struct query *query, const struct searched *searched,
                   const char *text, const struct search_options *options) {
    struct error err;
    assert_ok(query_parse(query, &searched->context, slice_of_string(text), &err), &err);
    assert_ok(search_run(results, searched->scratch, &searched->snapshot, 1, query, options, &err),
              &err);
}

static uint32_t number_of(const struct searched *searched, const struct hit *hit) {
    struct error err;
    struct document document;
    char id[16];
    assert_ok(
        segment_document(&document, &searched->snapshot->segments[hit->segment], hit->doc, &err),
        &err);
    snprintf(id, sizeof id, "%.*s", (int)document.id.size, (const char *)document.id.data);
    return (uint32_t)atoi(id);
}

static void assert_same_results(const char *text, const char *prefixed,
                                const struct search_options *options) {
    struct query queries[2];
    struct results results[2];
    search(&results[0], &queries[0], &fields, prefixed, options);
    search(&results[1], &queries[1], &titles_alone, text, options);
    if (results[0].count != results[1].count)
        fail_msg("%s: %zu, not %zu hits", prefixed, results[0].count, results[1].count);
    if (options->exhaustive || !options->limit)
        assert_int_equal(results[0].total, results[1].total);
    for (size_t i = 0; i < results[0].count; i++) {
        const struct hit *hit = &results[0].hits[i], *expected = &results[1].hits[i];
        if (number_of(&fields, hit) != number_of(&titles_alone, expected) ||
            hit->score != expected->score)
            fail_msg("%s: hit %zu is %u, %.17g, not %u, %.17g", prefixed, i,
                     (unsigned)number_of(&fields, hit), hit->score,
                     (unsigned)number_of(&titles_alone, expected), expected->score);
    }
    for (size_t i = 0; i < 2; i++) {
        results_release(&results[i]);
        query_release(&queries[i]);
    }
}

static void test_search_run__scores_a_field_as_if_alone(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (int round = 0; round < 600; round++) {
        char text[128], prefixed[256];
        struct search_options options = {.mode = (enum query_mode)testing_random_below(&random, 3),
                                         .limit = testing_random_below(&random, 40),
                                         .ranking = {.k1 = 1.2, .b = 0.75},
                                         .exhaustive = testing_random_below(&random, 2)};
        options.count = !options.limit;
        struct testing_random again = random;
        random_query(text, sizeof text, "", &random);
        random_query(prefixed, sizeof prefixed, "title:", &again);
        assert_same_results(text, prefixed, &options);
    }
}

/* How often the text has these words, one after the other. */
static uint32_t count_words(struct slice text, const char *words) {
    uint32_t count = 0;
    char wanted[40];
    size_t size = (size_t)snprintf(wanted, sizeof wanted, "%s ", words);
    for (size_t at = 0; at + size <= text.size; at++)
        count += (at == 0 || text.data[at - 1] == ' ') && memcmp(text.data + at, wanted, size) == 0;
    return count;
}

static void assert_text_hits(const char *words) {
    struct error err;
    char text[64];
    struct query query;
    struct results results;
    const struct search_options options = {
        .mode = QUERY_ALL, .limit = DOCUMENTS, .ranking = {.k1 = 1.2, .b = 0.75}, .count = true};
    uint32_t expected = 0;
    for (uint32_t i = 0; i < DOCUMENTS; i++)
        expected += count_words(buffer_slice(&texts[i]), words) > 0;
    snprintf(text, sizeof text, "text:\"%s\"", words);
    search(&results, &query, &fields, text, &options);
    assert_int_equal(results.count, expected);
    assert_int_equal(results.total, expected);
    for (size_t i = 0; i < results.count; i++) {
        struct explanations why;
        uint32_t number = number_of(&fields, &results.hits[i]);
        assert_ok(explain_hit(&why, &results, &results.hits[i], &err), &err);
        assert_int_equal(why.clauses[0].frequency,
                         count_words(buffer_slice(&texts[number]), words));
        assert_true(why.score == results.hits[i].score);
        explain_release(&why);
    }
    results_release(&results);
    query_release(&query);
}

static void test_search_run__finds_words_of_the_text(void **state) {
    (void)state;
    struct testing_random random = testing_random();
    for (uint32_t i = 0; i < VOCABULARY; i++) {
        char words[32];
        snprintf(words, sizeof words, "w%u", (unsigned)i);
        assert_text_hits(words);
        snprintf(words, sizeof words, "w%u w%u", (unsigned)i,
                 (unsigned)testing_random_below(&random, VOCABULARY));
        assert_text_hits(words);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search_run__scores_a_field_as_if_alone),
        cmocka_unit_test(test_search_run__finds_words_of_the_text),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
