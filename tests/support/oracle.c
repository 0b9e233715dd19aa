/* SPDX-License-Identifier: MIT */
/* Searches by looking at every word of every document. */
#include "tests/support/oracle.h"

#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/array.h"
#include "common/segment/norm.h"
#include "tests/support/testing.h"

#define GAP     0          /* a position without a word */
#define UNKNOWN UINT32_MAX /* a word that no document has */

struct oracle_document {
    size_t start, end;     /* in oracle->words */
    size_t title_end;      /* the words of the title come first */
    uint32_t length;       /* words in it that are not gaps */
    uint32_t title_length; /* those of the title */
    bool deleted;
    struct slice id; /* the values and this: oracle_set_values() */
    const struct field_value *values;
    size_t value_count;
};

struct oracle {
    struct analyzer *analyzer;
    uint32_t *words; /* the term at each position of all documents */
    size_t word_count, word_capacity;
    struct oracle_document *documents;
    uint32_t count;
    size_t capacity;
    uint64_t length, title_length;
    struct arena arena;
    struct slice *terms; /* a hash table of the terms' bytes, open addressing */
    uint32_t *numbers;   /* of them, from 1 */
    size_t term_count, table_size;
};

struct oracle *oracle_new(struct analyzer *analyzer) {
    struct oracle *oracle = calloc(1, sizeof *oracle);
    assert_non_null(oracle);
    oracle->analyzer = analyzer;
    return oracle;
}

void oracle_free(struct oracle *oracle) {
    free(oracle->words);
    free(oracle->documents);
    free(oracle->terms);
    free(oracle->numbers);
    arena_release(&oracle->arena);
    free(oracle);
}

/* The slot of the term in the table, or the free slot for it. */
static size_t find_slot(const struct oracle *oracle, struct slice term) {
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < term.size; i++)
        hash = (hash ^ term.data[i]) * 1099511628211u;
    size_t at = hash & (oracle->table_size - 1);
    while (oracle->terms[at].size && !slice_equal(oracle->terms[at], term))
        at = (at + 1) & (oracle->table_size - 1);
    return at;
}

static void grow_table(struct oracle *oracle) {
    struct oracle old = *oracle;
    oracle->table_size = old.table_size ? 4 * old.table_size : 1024;
    oracle->terms = calloc(oracle->table_size, sizeof *oracle->terms);
    oracle->numbers = calloc(oracle->table_size, sizeof *oracle->numbers);
    assert_true(oracle->terms && oracle->numbers);
    for (size_t i = 0; i < old.table_size; i++) {
        if (!old.terms[i].size)
            continue;
        size_t at = find_slot(oracle, old.terms[i]);
        oracle->terms[at] = old.terms[i];
        oracle->numbers[at] = old.numbers[i];
    }
    free(old.terms);
    free(old.numbers);
}

static uint32_t term_number(const struct oracle *oracle, struct slice term) {
    uint32_t number = oracle->table_size ? oracle->numbers[find_slot(oracle, term)] : 0;
    return number ? number : UNKNOWN;
}

static uint32_t intern(struct oracle *oracle, struct slice term) {
    if (2 * oracle->term_count >= oracle->table_size)
        grow_table(oracle);
    size_t at = find_slot(oracle, term);
    if (!oracle->numbers[at]) {
        char *copy = arena_copy(&oracle->arena, term.data, term.size);
        assert_non_null(copy);
        oracle->terms[at] = slice_of(copy, term.size);
        oracle->numbers[at] = (uint32_t)++oracle->term_count;
    }
    return oracle->numbers[at];
}

/* Puts the word at its position, and gaps before it. */
static void add_word_at(struct oracle *oracle, struct oracle_document *text, uint32_t position,
                        uint32_t word) {
    size_t end = text->start + position + 1;
    oracle->words =
        array_reserve(oracle->words, &oracle->word_capacity, end, sizeof *oracle->words);
    assert_non_null(oracle->words);
    while (oracle->word_count < end)
        oracle->words[oracle->word_count++] = GAP;
    oracle->words[end - 1] = word;
    text->end = end;
    text->length++;
}

static void add_words(struct oracle *oracle, struct oracle_document *text, struct slice bytes,
                      uint32_t position) {
    struct token token;
    analyzer_begin(oracle->analyzer, bytes, position);
    while (analyzer_next(&token, 1, oracle->analyzer))
        add_word_at(oracle, text, token.position, intern(oracle, token.term));
    assert_int_equal(analyzer_status(oracle->analyzer), ST_OK);
}

uint32_t oracle_add(struct oracle *oracle, struct slice title, struct slice text) {
    oracle->documents = array_reserve(oracle->documents, &oracle->capacity, oracle->count + 1u,
                                      sizeof *oracle->documents);
    assert_non_null(oracle->documents);
    struct oracle_document *added = &oracle->documents[oracle->count];
    *added = (struct oracle_document){.start = oracle->word_count, .end = oracle->word_count};
    add_words(oracle, added, title, 0);
    uint32_t words = analyzer_position(oracle->analyzer);
    added->title_end = oracle->word_count;
    added->title_length = added->length;
    oracle->title_length += added->length;
    /* A title without words leaves no gap: a phrase cannot begin before the text. */
    add_words(oracle, added, text, words ? words + 1 : 0);
    oracle->length += added->length;
    return oracle->count++;
}

void oracle_add_snapshot(struct oracle *oracle, struct snapshot *snapshot) {
    struct error err;
    struct buffer title = {0}, text = {0};
    for (size_t i = 0; i < snapshot->catalog.segment_count; i++) {
        struct segment *segment = &snapshot->segments[i];
        for (uint32_t doc = 0; doc < segment->info.documents; doc++) {
            struct document document;
            assert_ok(segment_document(&document, segment, doc, &err), &err);
            assert_true(document.has_text && document.title.size < DOCUMENT_TITLE_MAX);
            buffer_clear(&title);
            assert_int_equal(buffer_append_slice(&title, document.title), ST_OK);
            buffer_clear(&text);
            assert_ok(segment_text(&text, segment, doc, &err), &err);
            uint32_t added = oracle_add(oracle, buffer_slice(&title), buffer_slice(&text));
            assert_int_equal(oracle->documents[added].length, document.length);
            oracle->documents[added].deleted = segment_is_deleted(segment, doc);
        }
    }
    buffer_release(&title);
    buffer_release(&text);
}

struct oracle_text oracle_text(const struct oracle *oracle, uint32_t doc) {
    const struct oracle_document *document = &oracle->documents[doc];
    return (struct oracle_text){.words = oracle->words + document->start,
                                .size = document->end - document->start,
                                .title_size = document->title_end - document->start,
                                .length = document->length,
                                .title_length = document->title_length,
                                .id = document->id};
}

uint32_t oracle_count(const struct oracle *oracle) {
    return oracle->count;
}

uint32_t oracle_term(const struct oracle *oracle, struct slice term) {
    return term_number(oracle, term);
}

bool oracle_is_deleted(const struct oracle *oracle, uint32_t doc) {
    return oracle->documents[doc].deleted;
}

uint32_t oracle_length(const struct oracle *oracle, uint32_t doc) {
    return oracle->documents[doc].length;
}

static uint32_t count_word(const struct oracle *oracle, uint32_t doc, uint32_t word, bool title) {
    const struct oracle_document *text = &oracle->documents[doc];
    uint32_t count = 0;
    for (size_t i = text->start; i < (title ? text->title_end : text->end); i++)
        count += oracle->words[i] == word;
    return count;
}

/* Counts positions where words[k] follows the first word at the offset of term k, for all k. */
static uint32_t count_phrase(const struct oracle *oracle, uint32_t doc, const uint32_t *words,
                             const struct query_clause *clause, bool title) {
    const struct oracle_document *text = &oracle->documents[doc];
    uint32_t count = 0;
    size_t end = title ? text->title_end : text->end;
    for (size_t i = text->start; i < end; i++) {
        size_t k = 0;
        while (k < clause->count && i + clause->terms[k].offset < end &&
               oracle->words[i + clause->terms[k].offset] == words[k])
            k++;
        count += k == clause->count;
    }
    return count;
}

static uint32_t *words_of(const struct oracle *oracle, const struct query_clause *clause) {
    uint32_t *words = malloc(clause->count * sizeof *words);
    assert_non_null(words);
    for (size_t i = 0; i < clause->count; i++)
        words[i] = term_number(oracle, clause->terms[i].term);
    return words;
}

uint32_t oracle_frequency(const struct oracle *oracle, const struct query_clause *clause,
                          uint32_t doc) {
    uint32_t *words = words_of(oracle, clause);
    uint32_t count = count_phrase(oracle, doc, words, clause, false);
    free(words);
    return count;
}

/* The clause's frequency in each document, and in its title; returns its idf. */
static double count_clause(uint32_t *frequencies, uint32_t *titles, const struct oracle *oracle,
                           const struct query_clause *clause) {
    double idf = 0;
    uint32_t *words = words_of(oracle, clause);
    for (size_t i = 0; i < clause->count; i++) {
        double document_frequency = 0;
        for (uint32_t doc = 0; doc < oracle->count; doc++) {
            frequencies[doc] = count_word(oracle, doc, words[i], false);
            titles[doc] = count_word(oracle, doc, words[i], true);
            document_frequency += frequencies[doc] > 0;
        }
        idf += log(1 + (oracle->count - document_frequency + 0.5) / (document_frequency + 0.5));
    }
    for (uint32_t doc = 0; doc < oracle->count && clause->count > 1; doc++) {
        frequencies[doc] = count_phrase(oracle, doc, words, clause, false);
        titles[doc] = count_phrase(oracle, doc, words, clause, true);
    }
    free(words);
    return idf;
}

static int compare_hits(const void *a, const void *b) {
    const struct oracle_hit *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->doc < y->doc ? -1 : 1;
}

/* The weight of the title minus 1. */
static double title_delta(const struct ranking *ranking) {
    for (size_t i = 0; ranking->boosts && i < ranking->boosts->count; i++)
        if (ranking->boosts->items[i].field == SCHEMA_TITLE)
            return ranking->boosts->items[i].sixteenths / 16.0 - 1;
    return 0;
}

/* K of a document, by the weighted lengths. */
static double k_of(const struct oracle *oracle, const struct ranking *ranking, uint32_t doc) {
    const struct oracle_document *text = &oracle->documents[doc];
    double delta = title_delta(ranking), b = ranking->b;
    double average =
        ((double)oracle->length + delta * (double)oracle->title_length) / oracle->count;
    double length = norm_length(norm_of_length(text->length)) +
                    delta * norm_length(norm_of_length(text->title_length));
    double k = ranking->k1 * (average > 0 ? 1 - b + b * length / average : 1);
    return k > ranking->k1 * (1 - b) ? k : ranking->k1 * (1 - b);
}

/* What two words that are neighbours in the query add to the score of a document. */
static double near_score(const struct oracle *oracle, const struct ranking *ranking, uint32_t doc,
                         uint32_t first, uint32_t second, double idf) {
    const struct oracle_document *text = &oracle->documents[doc];
    double near = 0, adjacent = 0;
    for (size_t i = text->start; i < text->end; i++) {
        bool found = false;
        for (size_t k = i < text->start + 8 ? text->start : i - 8; k <= i + 8 && k < text->end; k++)
            found |= oracle->words[k] == second;
        near += oracle->words[i] == first && found;
        adjacent +=
            oracle->words[i] == first && i + 1 < text->end && oracle->words[i + 1] == second;
    }
    double k = k_of(oracle, ranking, doc), score = 0;
    if (adjacent > 0)
        score += ranking->nearness * idf * adjacent / (adjacent + k);
    if (near > 0)
        score += ranking->nearness * idf * near / (near + k);
    return score;
}

static double document_frequency(const struct oracle *oracle, uint32_t word) {
    double count = 0;
    for (uint32_t doc = 0; doc < oracle->count; doc++)
        count += count_word(oracle, doc, word, false) > 0;
    return count;
}

/* Adds to the best 100 hits how near the words of the query are, and sorts these again. */
static void add_nearness(struct oracle_answer *answer, const struct oracle *oracle,
                         const struct query *query, bool any, const struct ranking *ranking) {
    enum { PAIRS = 64, BEST = 100 };
    uint32_t pairs[PAIRS][2], before = UNKNOWN;
    size_t pair_count = 0, best = answer->count < BEST ? answer->count : BEST;
    for (size_t i = 0; i < query->count; i++) {
        const struct query_clause *clause = &query->clauses[i];
        if (clause->occur == OCCUR_MUST_NOT)
            continue;
        bool split = any && clause->occur == OCCUR_DEFAULT && !clause->quoted;
        for (size_t k = 0; k < clause->count; k++) {
            uint32_t word = term_number(oracle, clause->terms[k].term);
            bool is_new = (k == 0 || split) && before != UNKNOWN && word != UNKNOWN;
            for (size_t p = 0; p < pair_count; p++)
                is_new &= pairs[p][0] != before || pairs[p][1] != word;
            if (is_new && before != word && pair_count < PAIRS) {
                pairs[pair_count][0] = before;
                pairs[pair_count++][1] = word;
            }
            before = word;
        }
    }
    for (size_t p = 0; p < pair_count; p++) {
        double x = document_frequency(oracle, pairs[p][0]),
               y = document_frequency(oracle, pairs[p][1]), df = x > y ? x : y;
        double idf = log(1 + (oracle->count - df + 0.5) / (df + 0.5));
        answer->tolerance += 1e-6 * idf;
        for (size_t i = 0; i < best; i++)
            answer->hits[i].score +=
                near_score(oracle, ranking, answer->hits[i].doc, pairs[p][0], pairs[p][1], idf);
    }
    /* The engine may see a tie where scores differ by less than it computes. With boosts it may also
     * see a difference where there is a tie, as it adds up lengths as floats. */
    for (size_t i = 0; pair_count && best < answer->count && i < answer->count; i++) {
        double distance = fabs(answer->scores[answer->hits[i].doc] - answer->hits[best].score);
        bool is_unsure = distance > 0 || (ranking->boosts && i != best);
        answer->ambiguous |= is_unsure && distance <= 2 * answer->tolerance;
    }
    for (size_t i = 0; i < best; i++)
        answer->scores[answer->hits[i].doc] = answer->hits[i].score;
    qsort(answer->hits, best, sizeof *answer->hits, compare_hits);
}

/* Which kinds of a query's clauses a document has. */
struct found {
    bool any, all, excluded;
};

void oracle_set_values(struct oracle *oracle, uint32_t doc, struct slice id,
                       const struct field_value *values, size_t count) {
    struct oracle_document *document = &oracle->documents[doc];
    document->id = id;
    document->values = values;
    document->value_count = count;
}

const struct field_value *oracle_values(size_t *count, const struct oracle *oracle, uint32_t doc) {
    *count = oracle->documents[doc].value_count;
    return oracle->documents[doc].values;
}

static bool matches_id(const struct query_filter *filter, struct slice id) {
    char text[64] = {0};
    if (id.size)
        memcpy(text, id.data, id.size);
    for (size_t i = 0; i < filter->value_count; i++)
        if (fnmatch((const char *)filter->values[i].data, text, 0) == 0)
            return true;
    return false;
}

/* Whether the document meets the condition of a filter. */
static bool meets(const struct oracle_document *document, const struct query_filter *filter) {
    if (filter->kind == QUERY_FILTER_ID)
        return matches_id(filter, document->id);
    for (size_t i = 0; i < document->value_count; i++) {
        const struct field_value *value = &document->values[i];
        if (value->field != filter->field)
            continue;
        if (filter->kind == QUERY_FILTER_RANGE && value->key >= filter->range.min &&
            value->key <= filter->range.max)
            return true;
        for (size_t k = 0; filter->kind == QUERY_FILTER_VALUES && k < filter->value_count; k++)
            if (slice_equal(value->term, filter->values[k]))
                return true;
    }
    return false;
}

bool oracle_meets(const struct oracle *oracle, uint32_t doc, const struct query_filter *filter) {
    return meets(&oracle->documents[doc], filter);
}

void oracle_rank(struct oracle_answer *answer) {
    qsort(answer->hits, answer->count, sizeof *answer->hits, compare_hits);
}

/* Leaves out the hits of `before`, if it is not NULL. */
static void search(struct oracle_answer *answer, const struct oracle *oracle,
                   const struct query *query, bool any, const struct ranking *ranking,
                   const struct oracle_answer *before) {
    *answer = (struct oracle_answer){0};
    answer->scores = calloc(oracle->count + 1ul, sizeof *answer->scores);
    answer->hits = calloc(oracle->count + 1ul, sizeof *answer->hits);
    struct found *found = calloc(oracle->count + 1ul, sizeof *found);
    uint32_t *frequencies = calloc(oracle->count + 1ul, sizeof *frequencies);
    uint32_t *titles = calloc(oracle->count + 1ul, sizeof *titles);
    assert_true(answer->scores && answer->hits && found && frequencies && titles);
    for (uint32_t doc = 0; doc < oracle->count; doc++)
        found[doc].all = true;
    bool required = false, only_filters = false, scored = false;
    size_t part = 0; /* of a split word that counts as its parts */
    for (size_t i = 0; i < query->count;) {
        const struct query_clause *clause = &query->clauses[i];
        bool excluded = clause->occur == OCCUR_MUST_NOT;
        bool must = clause->occur == OCCUR_MUST || (clause->occur == OCCUR_DEFAULT && !any);
        if (clause->filter) {
            for (uint32_t doc = 0; doc < oracle->count; doc++)
                found[doc].excluded |= meets(&oracle->documents[doc], clause->filter) == excluded;
            only_filters = true;
            i++;
            continue;
        }
        scored |= !excluded;
        struct query_clause split;
        if (any && clause->occur == OCCUR_DEFAULT && !clause->quoted && clause->count > 1) {
            size_t parts = clause->count;
            split = (struct query_clause){.terms = &clause->terms[part++], .count = 1};
            clause = &split;
            i += part == parts;
            part = part == parts ? 0 : part;
        } else {
            i++;
        }
        double idf = count_clause(frequencies, titles, oracle, clause);
        required |= must;
        if (!excluded)
            answer->tolerance += 1e-6 * idf;
        for (uint32_t doc = 0; doc < oracle->count; doc++) {
            double tf = frequencies[doc];
            if (tf == 0) {
                found[doc].all &= !must;
                continue;
            }
            found[doc].any |= !excluded;
            found[doc].excluded |= excluded;
            tf += title_delta(ranking) * titles[doc];
            if (!excluded && tf > 0)
                answer->scores[doc] += idf * tf / (tf + k_of(oracle, ranking, doc));
        }
    }
    only_filters &= !scored;
    for (uint32_t doc = 0; doc < oracle->count; doc++) {
        bool matches = found[doc].all && (found[doc].any || required || only_filters) &&
                       !found[doc].excluded && !oracle->documents[doc].deleted &&
                       (!before || before->scores[doc] < 0);
        if (matches)
            answer->hits[answer->count++] =
                (struct oracle_hit){.score = answer->scores[doc], .doc = doc};
        else
            answer->scores[doc] = -1;
    }
    qsort(answer->hits, answer->count, sizeof *answer->hits, compare_hits);
    if (ranking->nearness > 0)
        add_nearness(answer, oracle, query, any, ranking);
    free(found);
    free(frequencies);
    free(titles);
}

void oracle_search(struct oracle_answer *answer, const struct oracle *oracle,
                   const struct query *query, enum query_mode mode, const struct ranking *ranking) {
    size_t plain = 0, clauses = 0;
    for (size_t i = 0; i < query->count; i++) {
        if (query->clauses[i].filter)
            continue;
        plain += query->clauses[i].occur == OCCUR_DEFAULT;
        clauses += query->clauses[i].occur != OCCUR_MUST_NOT;
    }
    bool all_first = mode == QUERY_BEST && plain && clauses <= 4 && query_word_count(query) > 1;
    search(answer, oracle, query, mode != QUERY_ALL && !all_first, ranking, NULL);
    if (all_first) {
        struct oracle_answer some;
        search(&some, oracle, query, true, ranking, answer);
        answer->ambiguous |= some.ambiguous;
        answer->all_first = true;
        answer->with_all = answer->count;
        if (some.tolerance > answer->tolerance)
            answer->tolerance = some.tolerance;
        for (size_t i = 0; i < some.count; i++) {
            uint32_t doc = some.hits[i].doc;
            answer->hits[answer->count++] = some.hits[i];
            answer->scores[doc] = some.scores[doc];
        }
        oracle_answer_release(&some);
    }
}

void oracle_answer_release(struct oracle_answer *answer) {
    free(answer->hits);
    free(answer->scores);
    *answer = (struct oracle_answer){0};
}

uint32_t oracle_doc_number(struct snapshot *const *snapshots, const struct hit *hit) {
    uint32_t number = hit->doc;
    for (uint32_t i = 0; i <= hit->index; i++) {
        const struct catalog *catalog = &snapshots[i]->catalog;
        for (size_t k = 0; k < (i < hit->index ? catalog->segment_count : hit->segment); k++)
            number += catalog->segments[k].documents;
    }
    return number;
}

void oracle_check(const struct oracle_answer *answer, const struct results *results,
                  const struct search_options *options, struct snapshot *const *snapshots) {
    size_t left = answer->count > options->offset ? answer->count - options->offset : 0;
    size_t total = answer->count, wanted = (size_t)options->offset + options->limit;
    assert_int_equal(results->all_first, answer->all_first);
    if (!options->limit)
        wanted = answer->with_all ? 0 : 1;
    if (answer->all_first && answer->with_all >= wanted)
        total = answer->with_all; /* nobody looked further */
    else if (answer->all_first && answer->with_all < results->plans[0].documents)
        assert_int_equal(results->part_count, 2);
    assert_int_equal(results->count, left < options->limit ? left : options->limit);
    assert_true(results->total <= total);
    if (results->exact)
        assert_int_equal(results->total, total);
    if (results->part_count > 1)
        assert_int_equal(results->with_all, answer->with_all);
    uint32_t before = 0;
    for (size_t i = 0; i < results->count; i++) {
        const struct hit *hit = &results->hits[i];
        const struct oracle_hit *expected = &answer->hits[options->offset + i];
        uint32_t doc = oracle_doc_number(snapshots, hit);
        double score = answer->scores[doc];
        if (answer->ambiguous)
            continue;
        bool first = !answer->all_first || options->offset + i < answer->with_all;
        assert_int_equal(hit->part, first ? 0 : 1);
        if (fabs(hit->score - score) > answer->tolerance ||
            fabs(hit->score - expected->score) > answer->tolerance)
            fail_msg("rank %zu: document %u, score %.9f, which the oracle gives %.9f; it has "
                     "document %u, score %.9f there",
                     options->offset + i, (unsigned)doc, hit->score, score, (unsigned)expected->doc,
                     expected->score);
        if (i > 0 && hit[-1].part == hit->part) {
            assert_true(hit->score <= hit[-1].score);
            assert_true(hit->score < hit[-1].score || doc > before);
        }
        before = doc;
    }
}
