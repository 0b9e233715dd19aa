/* SPDX-License-Identifier: MIT */
/* Grows random trees. */
#include "tests/support/random_tree.h"

#include <ctype.h>
#include <string.h>

enum { DEPTH_MAX = 6 };

/* What a tree grows from. */
struct grower {
    struct query *query;
    struct testing_random *random;
    const struct typed_corpus *corpus;
    struct analyzer *analyzer;
    uint32_t leaves;    /* that may still be made */
    uint32_t languages; /* of the query, besides the first */
};

static uint32_t below(struct grower *grower, uint32_t limit) {
    return testing_random_below(grower->random, limit);
}

/* Appends a word of the vocabulary, as it is written in texts. */
static void append_word(struct buffer *text, struct testing_random *random, uint32_t number) {
    static const char *const endings[] = {"", "s", "ing", "ed"};
    char digits[16], word[32] = "k";
    snprintf(digits, sizeof digits, "%u", (unsigned)number);
    if (number % 3 != 1) {
        snprintf(word, sizeof word, "w%s", digits);
    } else {
        size_t size = 1;
        for (const char *digit = digits; *digit; digit++) {
            word[size++] = "aeiou"[(*digit - '0') % 5];
            word[size++] = *digit < '5' ? 'l' : 'm';
        }
        snprintf(word + size, sizeof word - size, "r%s", endings[testing_random_below(random, 4)]);
    }
    assert_int_equal(buffer_append(text, word, strlen(word)), ST_OK);
}

/* The text with words in the place of w0, w1, ... */
static char *inflect(const char *text, struct testing_random *random) {
    struct buffer words = {0};
    while (*text) {
        if (*text == 'w' && isdigit((unsigned char)text[1])) {
            append_word(&words, random, (uint32_t)strtoul(text + 1, (char **)&text, 10));
        } else {
            assert_int_equal(buffer_append_byte(&words, (uint8_t)*text++), ST_OK);
        }
    }
    assert_int_equal(buffer_append_byte(&words, '\0'), ST_OK);
    return (char *)words.data;
}

void random_tree_inflect(struct typed_corpus *corpus, struct testing_random *random) {
    for (uint32_t i = 0; i < corpus->words.count; i++) {
        struct corpus_doc *doc = &corpus->words.all[i];
        char *title = inflect(doc->title, random), *text = inflect(doc->text, random);
        free(doc->title);
        free(doc->text);
        doc->title = title;
        doc->text = text;
    }
}

static void *allocate(struct grower *grower, size_t size) {
    void *memory = arena_alloc(&grower->query->arena, size);
    assert_non_null(memory);
    memset(memory, 0, size);
    return memory;
}

/* A word that is more often one of the frequent ones, and may be none. */
static struct slice random_word(struct grower *grower) {
    struct buffer word = {0};
    uint32_t number = (uint32_t)testing_random_bits(grower->random, 31);
    number %= grower->corpus->words.vocabulary + 2;
    append_word(&word, grower->random, number);
    char *copy = arena_copy(&grower->query->arena, word.data, word.size);
    assert_non_null(copy);
    struct slice slice = slice_of(copy, word.size);
    buffer_release(&word);
    return slice;
}

static struct query_term random_term(struct grower *grower, uint32_t offset) {
    struct query_term term = {.typed = random_word(grower), .offset = offset};
    struct token token;
    analyzer_begin(grower->analyzer, term.typed, 0);
    assert_int_equal(analyzer_next(&token, 1, grower->analyzer), 1);
    char *copy = arena_copy(&grower->query->arena, token.term.data, token.term.size);
    assert_non_null(copy);
    term.term = slice_of(copy, token.term.size);
    return term;
}

static uint16_t random_field(struct grower *grower) {
    static const uint16_t fields[] = {SCHEMA_TITLE, SCHEMA_TEXT};
    return below(grower, 3) ? SCHEMA_ALL : fields[below(grower, 2)];
}

/* Other terms for some of a clause's words, in as many languages as the query has. */
static void grow_languages(struct query_clause *clause, struct grower *grower) {
    if (below(grower, 4))
        return;
    clause->language_count = grower->languages;
    clause->languages = allocate(grower, grower->languages * sizeof *clause->languages);
    for (size_t i = 0; i < clause->language_count; i++) {
        struct query_term *terms = allocate(grower, clause->count * sizeof *terms);
        memcpy(terms, clause->terms, clause->count * sizeof *terms);
        for (size_t k = 0; k < clause->count; k++)
            if (below(grower, 2))
                terms[k].term = random_term(grower, 0).term;
        clause->languages[i] = (struct query_reading){terms, clause->count};
    }
}

/* Words in a row, at offsets with a gap now and then. */
static void grow_words(struct query_clause *clause, struct grower *grower, uint32_t most) {
    uint32_t offset = 0;
    clause->count = 1 + below(grower, most);
    clause->quoted = below(grower, 2);
    clause->terms = allocate(grower, clause->count * sizeof *clause->terms);
    for (size_t i = 0; i < clause->count; i++) {
        clause->terms[i] = random_term(grower, offset);
        offset += below(grower, 10) ? 1 : 2;
    }
    clause->typed = slice_of_string(clause->field == SCHEMA_ALL     ? "words"
                                    : clause->field == SCHEMA_TITLE ? "title:words"
                                                                    : "text:words");
    grow_languages(clause, grower);
}

/* Other words that count as these. */
static void grow_others(struct query_clause *clause, struct grower *grower) {
    clause->other_count = 1 + below(grower, 2);
    clause->others = allocate(grower, clause->other_count * sizeof *clause->others);
    for (size_t i = 0; i < clause->other_count; i++) {
        struct query_reading *other = &clause->others[i];
        other->count = 1 + below(grower, 2);
        other->terms = allocate(grower, other->count * sizeof *other->terms);
        for (size_t k = 0; k < other->count; k++)
            other->terms[k] = random_term(grower, (uint32_t)k);
    }
}

/* The terms of a pattern, each once. */
static void grow_pattern(struct query_clause *clause, struct grower *grower) {
    uint32_t count = below(grower, 8) ? below(grower, 6) : 40;
    clause->terms = allocate(grower, (count + 1) * sizeof *clause->terms);
    for (uint32_t i = 0; i < count; i++) {
        struct query_term term = random_term(grower, 0);
        bool known = false;
        for (size_t k = 0; k < clause->count; k++)
            known |= slice_equal(clause->terms[k].term, term.term);
        if (!known)
            clause->terms[clause->count++] = term;
    }
    clause->typed = slice_of_string("pattern*");
}

static void grow_filter(struct query_clause *clause, struct grower *grower) {
    struct query_filter *filter = allocate(grower, sizeof *filter);
    *filter = typed_corpus_filter(&grower->query->arena, grower->random, grower->corpus);
    clause->filter = filter;
    clause->boost = 1;
}

static void grow_near(struct query_clause *clause, struct grower *grower) {
    static const uint32_t distances[] = {0, 1, 3, 10, UINT32_MAX};
    clause->distance = distances[below(grower, 5)];
    clause->child_count = 2 + below(grower, 2);
    clause->children = allocate(grower, clause->child_count * sizeof *clause->children);
    for (size_t i = 0; i < clause->child_count; i++) {
        struct query_clause *child = &clause->children[i];
        *child = (struct query_clause){.kind = CLAUSE_WORDS, .boost = 1, .field = clause->field};
        if (i > 0 && below(grower, 6) == 0)
            *child = clause->children[i - 1];
        else
            grow_words(child, grower, below(grower, 3) ? 1 : 2);
    }
    clause->typed = clause->children->typed;
}

static void grow(struct query_clause *clause, struct grower *grower, unsigned depth);

static void grow_children(struct query_clause *clause, struct grower *grower, unsigned depth,
                          size_t count) {
    clause->child_count = count;
    clause->children = allocate(grower, clause->child_count * sizeof *clause->children);
    for (size_t i = 0; i < clause->child_count; i++) {
        grow(&clause->children[i], grower, depth + 1);
        if (clause->kind != CLAUSE_LIST && clause->children[i].occur == OCCUR_MUST)
            clause->children[i].occur = OCCUR_DEFAULT;
    }
}

static enum clause_kind random_kind(struct grower *grower, unsigned depth) {
    static const enum clause_kind leaves[] = {CLAUSE_WORDS, CLAUSE_WORDS,   CLAUSE_WORDS,
                                              CLAUSE_WORDS, CLAUSE_PATTERN, CLAUSE_FUZZY,
                                              CLAUSE_NEAR,  CLAUSE_EXACT,   CLAUSE_FILTER};
    static const enum clause_kind groups[] = {CLAUSE_LIST, CLAUSE_AND, CLAUSE_OR, CLAUSE_AND,
                                              CLAUSE_OR};
    bool group = depth < DEPTH_MAX && grower->leaves > 2 && below(grower, 5) < 2;
    return group ? groups[below(grower, 5)] : leaves[below(grower, 9)];
}

static void grow(struct query_clause *clause, struct grower *grower, unsigned depth) {
    static const double boosts[] = {0.01, 0.5, 2, 1000};
    *clause = (struct query_clause){.kind = random_kind(grower, depth),
                                    .boost = below(grower, 4) ? 1 : boosts[below(grower, 4)],
                                    .field = random_field(grower)};
    uint32_t sign = below(grower, 8);
    clause->occur = sign == 0 ? OCCUR_MUST : sign == 1 ? OCCUR_MUST_NOT : OCCUR_DEFAULT;
    grower->leaves -= grower->leaves > 0;
    switch (clause->kind) {
    case CLAUSE_WORDS:
    case CLAUSE_EXACT:
        grow_words(clause, grower, below(grower, 3) ? 1 : 3);
        if (below(grower, 8) == 0)
            grow_others(clause, grower);
        break;
    case CLAUSE_PATTERN:
    case CLAUSE_FUZZY:
        grow_pattern(clause, grower);
        break;
    case CLAUSE_FILTER:
        grow_filter(clause, grower);
        break;
    case CLAUSE_NEAR:
        grow_near(clause, grower);
        break;
    case CLAUSE_LIST:
        grow_children(clause, grower, depth, 1 + below(grower, 3));
        break;
    case CLAUSE_AND:
    case CLAUSE_OR:
        grow_children(clause, grower, depth, 2 + below(grower, 3));
        break;
    }
}

void random_tree_query(struct query *query, struct testing_random *random,
                       const struct typed_corpus *corpus, struct analyzer *analyzer) {
    *query = (struct query){.schema = &corpus->schema};
    struct grower grower = {.query = query,
                            .random = random,
                            .corpus = corpus,
                            .analyzer = analyzer,
                            .leaves = 4 + testing_random_below(random, 16),
                            .languages = 1 + testing_random_below(random, 2)};
    query->count = 1 + testing_random_below(random, 4);
    query->clauses = calloc(query->count, sizeof *query->clauses);
    assert_non_null(query->clauses);
    for (size_t i = 0; i < query->count; i++)
        grow(&query->clauses[i], &grower, 0);
}

static void show(FILE *out, const struct query_clause *clause) {
    static const char *const names[] = {
        [CLAUSE_WORDS] = "WORDS", [CLAUSE_FILTER] = "FILTER", [CLAUSE_PATTERN] = "PATTERN",
        [CLAUSE_FUZZY] = "FUZZY", [CLAUSE_EXACT] = "EXACT",   [CLAUSE_NEAR] = "NEAR",
        [CLAUSE_LIST] = "LIST",   [CLAUSE_AND] = "AND",       [CLAUSE_OR] = "OR"};
    static const char *const signs[] = {
        [OCCUR_DEFAULT] = "", [OCCUR_MUST] = "+", [OCCUR_MUST_NOT] = "-"};
    fprintf(out, "%s%s", signs[clause->occur], names[clause->kind]);
    if (clause->field != SCHEMA_ALL)
        fprintf(out, ":%s", clause->field == SCHEMA_TITLE ? "title" : "text");
    if (clause->kind == CLAUSE_NEAR)
        fprintf(out, "/%u", (unsigned)clause->distance);
    if (clause->filter)
        fprintf(out, ":%u", (unsigned)clause->filter->kind);
    fprintf(out, "(%s", clause->quoted ? "\"" : "");
    for (size_t i = 0; i < clause->count; i++)
        fprintf(out, "%s%.*s", i ? " " : "", (int)clause->terms[i].term.size,
                (const char *)clause->terms[i].term.data);
    for (size_t i = 0; i < clause->child_count; i++) {
        fprintf(out, "%s", i ? ", " : "");
        show(out, &clause->children[i]);
    }
    fprintf(out, clause->boost == 1 ? ")" : ")^%g", clause->boost);
}

void random_tree_show(FILE *out, const struct query *query, enum query_mode mode) {
    static const char *const modes[] = {
        [QUERY_BEST] = "best", [QUERY_ALL] = "all", [QUERY_ANY] = "any"};
    fprintf(out, "%s: ", modes[mode]);
    for (size_t i = 0; i < query->count; i++) {
        fprintf(out, "%s", i ? ", " : "");
        show(out, &query->clauses[i]);
    }
    fprintf(out, "\n");
}
