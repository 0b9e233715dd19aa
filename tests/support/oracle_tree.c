/* SPDX-License-Identifier: MIT */
/* Evaluates trees document by document. */
#include "tests/support/oracle_tree.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "common/segment/norm.h"

/* The title and the text of a document. */
struct stored {
    char *title, *text;
};

struct oracle_forms {
    struct stored *documents;
    uint32_t count;
};

static char *copy_of(const struct buffer *bytes) {
    char *copy = calloc(bytes->size + 1, 1);
    assert_non_null(copy);
    if (bytes->size)
        memcpy(copy, bytes->data, bytes->size);
    return copy;
}

struct oracle_forms *oracle_forms_new(struct searcher_fixture *searcher) {
    struct error err;
    struct oracle_forms *forms = calloc(1, sizeof *forms);
    struct buffer bytes = {0};
    assert_non_null(forms);
    forms->documents = calloc(oracle_count(searcher->oracle) + 1ul, sizeof *forms->documents);
    assert_non_null(forms->documents);
    for (size_t i = 0; i < searcher->count; i++)
        for (size_t k = 0; k < searcher->snapshots[i]->catalog.segment_count; k++) {
            struct segment *segment = &searcher->snapshots[i]->segments[k];
            for (uint32_t doc = 0; doc < segment->info.documents; doc++) {
                struct stored *stored = &forms->documents[forms->count++];
                struct document document;
                assert_ok(segment_document(&document, segment, doc, &err), &err);
                buffer_clear(&bytes);
                assert_int_equal(buffer_append_slice(&bytes, document.title), ST_OK);
                stored->title = copy_of(&bytes);
                buffer_clear(&bytes);
                assert_ok(segment_text(&bytes, segment, doc, &err), &err);
                stored->text = copy_of(&bytes);
            }
        }
    buffer_release(&bytes);
    return forms;
}

void oracle_forms_free(struct oracle_forms *forms) {
    for (uint32_t i = 0; i < forms->count; i++) {
        free(forms->documents[i].title);
        free(forms->documents[i].text);
    }
    free(forms->documents);
    free(forms);
}

/* What a query is evaluated with. */
struct evaluation {
    const struct oracle *oracle;
    const struct oracle_forms *forms;
    const struct ranking *ranking;
    enum query_mode mode;
    double tolerance;
    uint32_t count; /* documents */
};

/* What a clause is in each document. */
struct outcome {
    bool *matches;
    double *scores;
};

static struct outcome outcome_new(const struct evaluation *evaluation, bool matches) {
    struct outcome outcome = {.matches = malloc(evaluation->count + 1ul),
                              .scores = calloc(evaluation->count + 1ul, sizeof(double))};
    assert_true(outcome.matches && outcome.scores);
    memset(outcome.matches, matches, evaluation->count + 1ul);
    return outcome;
}

static void outcome_free(struct outcome *outcome) {
    free(outcome->matches);
    free(outcome->scores);
}

/* A word or a phrase: numbers of terms, and their offsets. */
struct element {
    uint32_t words[16], offsets[16], width;
    size_t count;
};

static struct element element_of(const struct oracle *oracle, const struct query_term *terms,
                                 size_t count) {
    struct element element = {.count = count, .width = 1};
    assert_true(count <= 16);
    for (size_t i = 0; i < count; i++) {
        element.words[i] = oracle_term(oracle, terms[i].term);
        element.offsets[i] = terms[i].offset;
        if (element.offsets[i] + 1 > element.width)
            element.width = element.offsets[i] + 1;
    }
    return element;
}

/* Whether the element begins at a position and ends before `end`. */
static bool is_at(const struct oracle_text *text, const struct element *element, size_t at,
                  size_t end) {
    for (size_t i = 0; i < element->count; i++)
        if (at + element->offsets[i] >= end ||
            text->words[at + element->offsets[i]] != element->words[i])
            return false;
    return true;
}

static uint32_t count_in(const struct oracle_text *text, const struct element *element, size_t from,
                         size_t end) {
    uint32_t count = 0;
    for (size_t at = from; at + element->width <= end; at++)
        count += is_at(text, element, at, end);
    return count;
}

static bool are_equal(const struct element *a, const struct element *b) {
    return a->count == b->count && memcmp(a->words, b->words, a->count * sizeof *a->words) == 0 &&
           memcmp(a->offsets, b->offsets, a->count * sizeof *a->offsets) == 0;
}

/* Counts ranges that have all elements, none sharing a position with another: the one that ends
 * first, then the next one after it. */
static uint32_t count_near(const struct oracle_text *text, const struct element *elements,
                           size_t count, uint32_t distance, size_t from, size_t end) {
    size_t length = distance, begin = from;
    uint32_t found = 0;
    for (size_t i = 0; i < count; i++)
        length += elements[i].width;
    for (size_t last = from; last < end; last++) {
        size_t first = last + 1 > begin + length ? last + 1 - length : begin;
        bool all = true;
        for (size_t i = 0; i < count && all; i++) {
            uint32_t needed = 0;
            for (size_t k = 0; k < count; k++)
                needed += are_equal(&elements[i], &elements[k]);
            all = count_in(text, &elements[i], first, last + 1) >= needed;
        }
        if (all) {
            found++;
            begin = last + 1;
        }
    }
    return found;
}

enum { ELEMENTS_MAX = 8 };

/* What is counted: elements, of which several are near each other. */
struct counted {
    struct element elements[ELEMENTS_MAX];
    size_t count;
    uint32_t distance;
};

static uint32_t count_range(const struct oracle_text *text, const struct counted *counted,
                            size_t from, size_t end) {
    return counted->count == 1
               ? count_in(text, counted->elements, from, end)
               : count_near(text, counted->elements, counted->count, counted->distance, from, end);
}

/* How often a document has it in a field. */
static uint32_t count_field(const struct oracle_text *text, const struct counted *counted,
                            uint16_t field) {
    if (field == SCHEMA_TITLE)
        return count_range(text, counted, 0, text->title_size);
    uint32_t all = count_range(text, counted, 0, text->size);
    return field == SCHEMA_TEXT ? all - count_range(text, counted, 0, text->title_size) : all;
}

static double title_delta(const struct ranking *ranking) {
    for (size_t i = 0; ranking->boosts && i < ranking->boosts->count; i++)
        if (ranking->boosts->items[i].field == SCHEMA_TITLE)
            return ranking->boosts->items[i].sixteenths / 16.0 - 1;
    return 0;
}

/* Documents with the field, and its average length. */
struct statistics {
    double documents, average;
};

static struct statistics statistics_of(const struct evaluation *evaluation, uint16_t field) {
    struct statistics statistics = {0};
    double delta = title_delta(evaluation->ranking), length = 0;
    for (uint32_t doc = 0; doc < evaluation->count; doc++) {
        struct oracle_text text = oracle_text(evaluation->oracle, doc);
        bool in_title = field == SCHEMA_TITLE;
        statistics.documents += !in_title || text.title_length > 0;
        length += in_title ? text.title_length : text.length + delta * text.title_length;
    }
    statistics.average = statistics.documents > 0 ? length / statistics.documents : 0;
    return statistics;
}

static double k_of(const struct evaluation *evaluation, const struct oracle_text *text,
                   uint16_t field, double average) {
    const struct ranking *ranking = evaluation->ranking;
    double b = ranking->b, length = norm_length(norm_of_length(text->title_length));
    if (field != SCHEMA_TITLE)
        length = norm_length(norm_of_length(text->length)) + title_delta(ranking) * length;
    double k = ranking->k1 * (average > 0 ? 1 - b + b * length / average : 1);
    return k > ranking->k1 * (1 - b) ? k : ranking->k1 * (1 - b);
}

/* The idf of what is counted: the sum of those of all words. */
static double idf_of(const struct evaluation *evaluation, const struct counted *counted,
                     uint16_t field, double documents) {
    double idf = 0;
    for (size_t i = 0; i < counted->count; i++)
        for (size_t k = 0; k < counted->elements[i].count; k++) {
            struct counted word = {.count = 1};
            word.elements[0] = (struct element){.count = 1, .width = 1};
            word.elements[0].words[0] = counted->elements[i].words[k];
            double df = 0;
            for (uint32_t doc = 0; doc < evaluation->count; doc++) {
                struct oracle_text text = oracle_text(evaluation->oracle, doc);
                df += count_field(&text, &word, field == SCHEMA_TITLE ? field : SCHEMA_ALL) > 0;
            }
            idf += log(1 + (documents - df + 0.5) / (df + 0.5));
        }
    return idf;
}

/* Scores words of which each alternative counts, with the lowest of their idfs. */
static struct outcome score(struct evaluation *evaluation, const struct counted *alternatives,
                            size_t count, uint16_t field, double boost) {
    struct outcome outcome = outcome_new(evaluation, false);
    struct statistics statistics = statistics_of(evaluation, field);
    double idf = count ? INFINITY : 0, delta = title_delta(evaluation->ranking);
    for (size_t i = 0; i < count; i++) {
        double own = idf_of(evaluation, &alternatives[i], field, statistics.documents);
        idf = own < idf ? own : idf;
    }
    evaluation->tolerance += 1e-6 * idf * boost;
    for (uint32_t doc = 0; doc < evaluation->count; doc++) {
        struct oracle_text text = oracle_text(evaluation->oracle, doc);
        double tf = 0, all = 0;
        for (size_t i = 0; i < count; i++) {
            double here = count_field(&text, &alternatives[i], field);
            all += here;
            tf += here;
            if (field == SCHEMA_ALL && here > 0)
                tf += delta * count_field(&text, &alternatives[i], SCHEMA_TITLE);
        }
        outcome.matches[doc] = all > 0;
        if (tf > 0)
            outcome.scores[doc] =
                boost * idf * tf / (tf + k_of(evaluation, &text, field, statistics.average));
    }
    return outcome;
}

enum { ALTERNATIVES_MAX = 16 };

/* Adds an alternative that is unlike the others. */
static void add_alternative(struct counted *alternatives, size_t *count,
                            const struct counted *added) {
    for (size_t i = 0; i < *count; i++) {
        size_t same = 0;
        while (same < added->count &&
               are_equal(&alternatives[i].elements[same], &added->elements[same]))
            same++;
        if (same == added->count)
            return;
    }
    assert_true(*count < ALTERNATIVES_MAX);
    alternatives[(*count)++] = *added;
}

/* The words of a clause in a language, of which 0 is the first. */
static struct element element_in(const struct oracle *oracle, const struct query_clause *clause,
                                 size_t language) {
    bool has = language > 0 && clause->language_count > 0;
    return element_of(oracle, has ? clause->languages[language - 1].terms : clause->terms,
                      clause->count);
}

/* The words of a clause in each language, or what they stand for besides. */
static struct outcome score_words(struct evaluation *evaluation, const struct query_clause *clause,
                                  double boost) {
    struct counted alternatives[ALTERNATIVES_MAX];
    size_t count = 0;
    for (size_t i = 0; i <= clause->language_count; i++) {
        struct counted counted = {.count = 1};
        counted.elements[0] = element_in(evaluation->oracle, clause, i);
        add_alternative(alternatives, &count, &counted);
    }
    for (size_t i = 0; i < clause->other_count; i++) {
        const struct query_reading *reading = &clause->others[i];
        struct counted counted = {.count = 1};
        counted.elements[0] = element_of(evaluation->oracle, reading->terms, reading->count);
        assert_true(count < ALTERNATIVES_MAX);
        alternatives[count++] = counted;
    }
    return score(evaluation, alternatives, count, clause->field, boost);
}

static struct outcome score_near(struct evaluation *evaluation, const struct query_clause *clause,
                                 double boost) {
    struct counted alternatives[ALTERNATIVES_MAX];
    size_t count = 0, languages = 0;
    assert_true(clause->child_count <= ELEMENTS_MAX);
    for (size_t i = 0; i < clause->child_count; i++)
        if (clause->children[i].language_count > languages)
            languages = clause->children[i].language_count;
    for (size_t i = 0; i <= languages; i++) {
        struct counted counted = {.count = clause->child_count, .distance = clause->distance};
        for (size_t k = 0; k < clause->child_count; k++)
            counted.elements[k] = element_in(evaluation->oracle, &clause->children[k], i);
        add_alternative(alternatives, &count, &counted);
    }
    return score(evaluation, alternatives, count, clause->children->field, boost);
}

/* A pattern: each term is an alternative. A split word in QUERY_ANY has them as words of their own. */
static struct outcome score_terms(struct evaluation *evaluation, const struct query_clause *clause,
                                  double boost) {
    struct counted *alternatives = calloc(clause->count + 1, sizeof *alternatives);
    assert_non_null(alternatives);
    for (size_t i = 0; i < clause->count; i++) {
        alternatives[i].count = 1;
        alternatives[i].elements[0] = element_of(evaluation->oracle, &clause->terms[i], 1);
        alternatives[i].elements[0].offsets[0] = 0;
        alternatives[i].elements[0].width = 1;
    }
    struct outcome outcome = score(evaluation, alternatives, clause->count, clause->field, boost);
    free(alternatives);
    return outcome;
}

/* Whether the words are in the text, in a row, as they were typed. */
static bool has_form(const char *text, const struct query_clause *clause) {
    for (; *text; text += strcspn(text, " "), text += strspn(text, " ")) {
        const char *word = text;
        size_t i = 0;
        for (uint32_t offset = 0; i < clause->count; i++, offset++) {
            for (; offset < clause->terms[i].offset; offset++) {
                word += strcspn(word, " ");
                word += strspn(word, " ");
            }
            size_t size = strcspn(word, " ");
            if (size != clause->terms[i].typed.size || !size ||
                strncasecmp(word, (const char *)clause->terms[i].typed.data, size) != 0)
                break;
            word += size;
            word += strspn(word, " ");
        }
        if (i == clause->count)
            return true;
    }
    return false;
}

static struct outcome score_exact(struct evaluation *evaluation, const struct query_clause *clause,
                                  double boost) {
    struct outcome outcome = score_words(evaluation, clause, boost);
    for (uint32_t doc = 0; doc < evaluation->count; doc++) {
        const struct stored *stored = &evaluation->forms->documents[doc];
        bool has = (clause->field != SCHEMA_TEXT && has_form(stored->title, clause)) ||
                   (clause->field != SCHEMA_TITLE && has_form(stored->text, clause));
        outcome.matches[doc] &= has;
    }
    return outcome;
}

static struct outcome evaluate(struct evaluation *evaluation, const struct query_clause *clause,
                               double boost);

static bool is_condition(const struct query_clause *clause) {
    if (clause->kind == CLAUSE_FILTER)
        return true;
    if (clause->kind != CLAUSE_LIST && clause->kind != CLAUSE_AND && clause->kind != CLAUSE_OR)
        return false;
    for (size_t i = 0; i < clause->child_count; i++)
        if (!is_condition(&clause->children[i]))
            return false;
    return true;
}

/* What is excluded is found as with QUERY_ANY, and does not score. */
static struct outcome evaluate_excluded(struct evaluation *evaluation,
                                        const struct query_clause *clause) {
    enum query_mode mode = evaluation->mode;
    double tolerance = evaluation->tolerance;
    evaluation->mode = QUERY_ANY;
    struct outcome outcome = evaluate(evaluation, clause, 1);
    evaluation->mode = mode;
    evaluation->tolerance = tolerance;
    memset(outcome.scores, 0, evaluation->count * sizeof *outcome.scores);
    return outcome;
}

/* A word of a split one. */
struct part_of_word {
    struct query_term term, terms[ALTERNATIVES_MAX];
    struct query_reading languages[ALTERNATIVES_MAX];
};

/* Makes a clause a part of the split word that it is: one of its words, in all languages, or one of
 * the readings that the whole stands for. */
static void take_part(struct query_clause *clause, struct part_of_word *part, size_t number) {
    if (number >= clause->count) {
        const struct query_reading *reading = &clause->others[number - clause->count];
        clause->terms = reading->terms;
        clause->count = reading->count;
        clause->language_count = clause->other_count = 0;
        return;
    }
    part->term = clause->terms[number];
    part->term.offset = 0;
    for (size_t i = 0; i < clause->language_count; i++) {
        part->terms[i] = clause->languages[i].terms[number];
        part->terms[i].offset = 0;
        part->languages[i] = (struct query_reading){&part->terms[i], 1};
    }
    clause->terms = &part->term;
    clause->count = 1;
    clause->languages = part->languages;
    clause->other_count = 0;
}

/* A list of clauses: documents have to match those that are required, and none that is excluded; if
 * none is required, then some other one, except where there are only conditions. */
static struct outcome evaluate_list(struct evaluation *evaluation,
                                    const struct query_clause *clauses, size_t count, double boost,
                                    bool top) {
    struct outcome all = outcome_new(evaluation, true);
    bool *any = calloc(evaluation->count + 1ul, sizeof *any);
    assert_non_null(any);
    bool words = false, required = false, conditions = false;
    for (size_t i = 0; i < count; i++) {
        const struct query_clause *clause = &clauses[i];
        bool condition = is_condition(clause), excluded = clause->occur == OCCUR_MUST_NOT;
        bool must = condition || clause->occur == OCCUR_MUST || evaluation->mode != QUERY_ANY;
        conditions |= condition;
        words |= !condition && !excluded;
        required |= !condition && !excluded && must;
        bool splits = clause->kind == CLAUSE_WORDS && !clause->quoted && clause->count > 1 &&
                      clause->occur == OCCUR_DEFAULT && evaluation->mode == QUERY_ANY;
        size_t parts = splits ? clause->count + clause->other_count : 1;
        for (size_t part = 0; part < parts; part++) {
            struct query_clause alone = *clause;
            struct part_of_word split;
            if (splits)
                take_part(&alone, &split, part);
            struct outcome one = excluded ? evaluate_excluded(evaluation, &alone)
                                          : evaluate(evaluation, &alone, boost);
            for (uint32_t doc = 0; doc < evaluation->count; doc++) {
                all.matches[doc] &= excluded ? !one.matches[doc] : one.matches[doc] || !must;
                any[doc] |= !excluded && !condition && one.matches[doc];
                all.scores[doc] += one.matches[doc] ? one.scores[doc] : 0;
            }
            outcome_free(&one);
        }
    }
    bool needs_any = !required && (words || (top && !conditions));
    for (uint32_t doc = 0; doc < evaluation->count; doc++)
        all.matches[doc] &= any[doc] || !needs_any;
    free(any);
    return all;
}

static struct outcome evaluate_operands(struct evaluation *evaluation,
                                        const struct query_clause *clause, double boost) {
    bool all = clause->kind == CLAUSE_AND;
    struct outcome outcome = outcome_new(evaluation, all);
    for (size_t i = 0; i < clause->child_count; i++) {
        const struct query_clause *child = &clause->children[i];
        bool excluded = child->occur == OCCUR_MUST_NOT;
        struct outcome one =
            excluded ? evaluate_excluded(evaluation, child) : evaluate(evaluation, child, boost);
        for (uint32_t doc = 0; doc < evaluation->count; doc++) {
            bool matches = one.matches[doc] != excluded;
            outcome.matches[doc] =
                all ? outcome.matches[doc] && matches : outcome.matches[doc] || matches;
            outcome.scores[doc] += matches ? one.scores[doc] : 0;
        }
        outcome_free(&one);
    }
    return outcome;
}

static struct outcome evaluate(struct evaluation *evaluation, const struct query_clause *clause,
                               double boost) {
    struct outcome outcome;
    boost *= clause->boost;
    switch (clause->kind) {
    case CLAUSE_WORDS:
        return score_words(evaluation, clause, boost);
    case CLAUSE_PATTERN:
    case CLAUSE_FUZZY:
        return score_terms(evaluation, clause, boost);
    case CLAUSE_EXACT:
        return score_exact(evaluation, clause, boost);
    case CLAUSE_NEAR:
        return score_near(evaluation, clause, boost);
    case CLAUSE_LIST:
        return evaluate_list(evaluation, clause->children, clause->child_count, boost, false);
    case CLAUSE_AND:
    case CLAUSE_OR:
        return evaluate_operands(evaluation, clause, boost);
    case CLAUSE_FILTER:
        break;
    }
    outcome = outcome_new(evaluation, false);
    for (uint32_t doc = 0; doc < evaluation->count; doc++)
        outcome.matches[doc] = oracle_meets(evaluation->oracle, doc, clause->filter);
    return outcome;
}

/* Leaves out the hits of `before`, if it is not NULL. */
static void search(struct oracle_answer *answer, struct evaluation *evaluation,
                   const struct query *query, enum query_mode mode,
                   const struct oracle_answer *before) {
    evaluation->mode = mode;
    evaluation->tolerance = 0;
    struct outcome outcome = evaluate_list(evaluation, query->clauses, query->count, 1, true);
    *answer = (struct oracle_answer){.tolerance = evaluation->tolerance};
    answer->scores = calloc(evaluation->count + 1ul, sizeof *answer->scores);
    answer->hits = calloc(evaluation->count + 1ul, sizeof *answer->hits);
    assert_true(answer->scores && answer->hits);
    for (uint32_t doc = 0; doc < evaluation->count; doc++) {
        bool matches = outcome.matches[doc] && !oracle_is_deleted(evaluation->oracle, doc) &&
                       (!before || before->scores[doc] < 0);
        answer->scores[doc] = matches ? outcome.scores[doc] : -1;
        if (matches)
            answer->hits[answer->count++] =
                (struct oracle_hit){.score = outcome.scores[doc], .doc = doc};
    }
    oracle_rank(answer);
    outcome_free(&outcome);
}

void oracle_tree_search(struct oracle_answer *answer, const struct oracle *oracle,
                        const struct oracle_forms *forms, const struct query *query,
                        enum query_mode mode, const struct ranking *ranking) {
    struct evaluation evaluation = {
        .oracle = oracle, .forms = forms, .ranking = ranking, .count = oracle_count(oracle)};
    bool all_first = mode == QUERY_BEST && query_has_few_words(query);
    enum query_mode first = mode == QUERY_ALL || all_first ? QUERY_ALL : QUERY_ANY;
    search(answer, &evaluation, query, first, NULL);
    if (!all_first)
        return;
    struct oracle_answer some;
    search(&some, &evaluation, query, QUERY_ANY, answer);
    answer->all_first = true;
    answer->with_all = answer->count;
    if (some.tolerance > answer->tolerance)
        answer->tolerance = some.tolerance;
    for (size_t i = 0; i < some.count; i++) {
        answer->hits[answer->count++] = some.hits[i];
        answer->scores[some.hits[i].doc] = some.hits[i].score;
    }
    oracle_answer_release(&some);
}
