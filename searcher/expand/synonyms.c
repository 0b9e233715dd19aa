/* SPDX-License-Identifier: MIT */
/* Reads tables of synonyms, and looks words of queries up. */
#include "searcher/expand/synonyms.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/array.h"
#include "common/base/codec.h"
#include "common/base/line_reader.h"
#include "searcher/query/query.h"

/* What the words of a line stand for. */
struct synonym_group {
    struct query_reading *readings;
    size_t count;
};

/* A word and a group that it stands for. */
struct synonym_word {
    uint64_t hash;
    struct query_reading reading; /* the word itself */
    const struct synonym_group *group;
};

/* A word of a line: its readings in the languages of the index, in which they differ. */
struct line_word {
    struct query_reading readings[ANALYZER_LANGUAGES_MAX];
    size_t count;
};

struct line {
    struct synonyms *synonyms;
    struct analyzer *analyzer;
    struct synonyms_reporter *reporter;
    const char *path;
    uint64_t number;
    struct line_word words[SYNONYMS_WORDS_MAX];
    size_t count;
};

/* Reports the line, which is left out. */
static enum status refuse(const struct line *line, const char *what) {
    struct error sentence;
    error_set(&sentence, ST_SKIPPED, 0, "%s:%llu: %s; the line is left out", line->path,
              (unsigned long long)line->number, what);
    line->reporter->warn(line->reporter, sentence.text);
    return ST_SKIPPED;
}

static bool is_blank(uint8_t byte) {
    return byte == ' ' || byte == '\t' || byte == '\r';
}

static struct slice trim(struct slice text) {
    while (text.size && is_blank(text.data[0]))
        text = slice_after(text, 1);
    while (text.size && is_blank(text.data[text.size - 1]))
        text.size--;
    return text;
}

/* Quotes around a phrase mean nothing here. */
static struct slice unquote(struct slice text) {
    bool quoted = text.size > 1 && text.data[0] == '"' && text.data[text.size - 1] == '"';
    return quoted ? slice_of(text.data + 1, text.size - 2) : text;
}

static struct slice without_comment(struct slice text) {
    for (size_t at = 0; at < text.size; at++)
        if (text.data[at] == '#' && (at == 0 || is_blank(text.data[at - 1])))
            text.size = at;
    return text;
}

static uint64_t hash_reading(const struct query_term *terms, size_t count) {
    uint64_t hash = 0;
    for (size_t i = 0; i < count; i++)
        hash = hash64(terms[i].term.data, terms[i].term.size, hash + terms[i].offset);
    return hash;
}

static bool is_same(const struct query_reading *reading, const struct query_term *terms,
                    size_t count) {
    if (reading->count != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (reading->terms[i].offset != terms[i].offset ||
            !slice_equal(reading->terms[i].term, terms[i].term))
            return false;
    return true;
}

/* Adds a copy of the terms, in the arena of the table, to the readings of a word. */
static enum status add_reading(struct line_word *word, struct arena *arena,
                               const struct query_term *terms, size_t count) {
    for (size_t i = 0; i < word->count; i++)
        if (is_same(&word->readings[i], terms, count))
            return ST_OK;
    struct query_reading *reading = &word->readings[word->count++];
    reading->terms = arena_alloc(arena, count * sizeof *reading->terms);
    reading->count = count;
    if (!reading->terms)
        return ST_NOMEM;
    for (size_t i = 0; i < count; i++) {
        struct query_term *term = &reading->terms[i];
        *term = terms[i];
        term->term.data = (uint8_t *)arena_copy(arena, term->term.data, term->term.size);
        term->typed.data = (uint8_t *)arena_copy(arena, term->typed.data, term->typed.size);
        if (!term->term.data || !term->typed.data)
            return ST_NOMEM;
    }
    return ST_OK;
}

/* Adds the word that a clause has to the line. */
static enum status add_clause(struct line *line, const struct query_clause *clause) {
    struct arena *arena = &line->synonyms->arena;
    struct line_word *word = &line->words[line->count++];
    word->count = 0;
    enum status status = add_reading(word, arena, clause->terms, clause->count);
    for (size_t i = 0; i < clause->language_count && !status; i++)
        status = add_reading(word, arena, clause->languages[i].terms, clause->languages[i].count);
    return status;
}

/* Adds a word to the line. ST_SKIPPED: it is none. */
static enum status read_word(struct line *line, struct slice text) {
    struct query_context context = {.analyzer = line->analyzer};
    struct query query;
    struct buffer quoted = {0};
    if (line->count == SYNONYMS_WORDS_MAX)
        return refuse(line, "more than 256 words");
    enum status status = buffer_append_byte(&quoted, '"');
    if (!status)
        status = buffer_append_slice(&quoted, text);
    if (!status)
        status = buffer_append_byte(&quoted, '"');
    if (!status)
        status = query_parse(&query, &context, buffer_slice(&quoted), NULL);
    buffer_release(&quoted);
    if (status)
        return status;
    if (query.count != 1 || query.clauses[0].kind != CLAUSE_WORDS)
        status = refuse(line, text.size ? "one of the words is none" : "a word is missing");
    else
        status = add_clause(line, &query.clauses[0]);
    query_release(&query);
    return status;
}

/* Adds words separated by commas. */
static enum status read_words(struct line *line, struct slice text) {
    enum status status = ST_OK;
    while (!status) {
        const uint8_t *comma = memchr(text.data, ',', text.size);
        size_t size = comma ? (size_t)(comma - text.data) : text.size;
        status = read_word(line, unquote(trim(slice_of(text.data, size))));
        if (!comma)
            break;
        text = slice_after(text, size + 1);
    }
    return status;
}

static enum status index_words(struct synonyms *synonyms) {
    size_t size = 64;
    while (size < 2 * synonyms->capacity)
        size *= 2;
    free(synonyms->slots);
    synonyms->slots = calloc(size, sizeof *synonyms->slots);
    if (!synonyms->slots)
        return ST_NOMEM;
    synonyms->index = (struct hash_index){.slots = synonyms->slots, .mask = size - 1};
    for (size_t i = 0; i < synonyms->count; i++)
        hash_index_insert(&synonyms->index, synonyms->words[i].hash, (uint32_t)i);
    return ST_OK;
}

/* Lets a word stand for a group. */
static enum status add_word(struct synonyms *synonyms, const struct query_reading *word,
                            const struct synonym_group *group) {
    if (synonyms->count == synonyms->capacity) {
        struct synonym_word *words =
            array_reserve(synonyms->words, &synonyms->capacity, synonyms->count + 1, sizeof *words);
        if (!words)
            return ST_NOMEM;
        synonyms->words = words;
        if (index_words(synonyms))
            return ST_NOMEM;
    }
    uint64_t hash = hash_reading(word->terms, word->count);
    synonyms->words[synonyms->count] =
        (struct synonym_word){.hash = hash, .reading = *word, .group = group};
    hash_index_insert(&synonyms->index, hash, (uint32_t)synonyms->count++);
    return ST_OK;
}

/* Adds what was read: words from `first_meaning` on are those that the others stand for. */
static enum status add_line(const struct line *line, size_t words, size_t first_meaning) {
    struct arena *arena = &line->synonyms->arena;
    size_t count = 0;
    for (size_t i = first_meaning; i < line->count; i++)
        count += line->words[i].count;
    struct synonym_group *group = arena_alloc(arena, sizeof *group);
    struct query_reading *readings = arena_alloc(arena, count * sizeof *readings);
    if (!group || !readings)
        return ST_NOMEM;
    *group = (struct synonym_group){.readings = readings};
    for (size_t i = first_meaning; i < line->count; i++)
        for (size_t k = 0; k < line->words[i].count; k++)
            readings[group->count++] = line->words[i].readings[k];
    enum status status = ST_OK;
    for (size_t i = 0; i < words; i++)
        for (size_t k = 0; k < line->words[i].count && !status; k++)
            status = add_word(line->synonyms, &line->words[i].readings[k], group);
    return status;
}

static enum status read_line(struct line *line, struct slice text) {
    text = trim(without_comment(text));
    line->count = 0;
    if (!text.size)
        return ST_OK;
    const uint8_t *arrow = memmem(text.data, text.size, "=>", 2);
    if (!arrow) {
        enum status status = read_words(line, text);
        if (!status && line->count < 2)
            status = refuse(line, "a single word has no synonyms");
        return status ? status : add_line(line, line->count, 0);
    }
    size_t at = (size_t)(arrow - text.data);
    struct slice meaning = slice_after(text, at + 2);
    if (memmem(meaning.data, meaning.size, "=>", 2))
        return refuse(line, "more than one =>");
    enum status status = read_words(line, slice_of(text.data, at));
    size_t words = line->count;
    if (!status)
        status = read_words(line, meaning);
    return status ? status : add_line(line, words, words);
}

static enum status read_file(size_t *got, void *context, uint8_t *data, size_t size,
                             struct error *err) {
    const int *descriptor = context;
    ssize_t result;
    do
        result = read(*descriptor, data, size);
    while (result < 0 && errno == EINTR);
    *got = result < 0 ? 0 : (size_t)result;
    return result < 0 ? error_set(err, ST_EIO, errno, "read") : ST_OK;
}

enum status synonyms_load(struct synonyms *synonyms, const char *path, struct analyzer *analyzer,
                          struct synonyms_reporter *reporter, struct error *err) {
    struct line *line = malloc(sizeof *line);
    if (!line)
        return error_nomem(err);
    *line = (struct line){
        .synonyms = synonyms, .analyzer = analyzer, .reporter = reporter, .path = path};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        free(line);
        return error_set(err, ST_EIO, errno, "%s: open", path);
    }
    struct line_reader reader;
    line_reader_init(&reader, &(struct line_source){.read = read_file, .context = &descriptor},
                     &(struct line_reader_options){.name = path, .max_line = SYNONYMS_LINE_MAX});
    enum status status = ST_OK;
    while (status >= 0 && status != ST_END) {
        struct slice text;
        status = line_reader_next(&text, &reader, err);
        line->number = line_reader_line_number(&reader);
        if (status == ST_SKIPPED)
            refuse(line, "more than 64 KiB");
        else if (!status && (status = read_line(line, text)) == ST_NOMEM)
            error_nomem(err);
    }
    line_reader_release(&reader);
    close(descriptor);
    free(line);
    return status < 0 ? status : ST_OK;
}

void synonyms_release(struct synonyms *synonyms) {
    free(synonyms->words);
    free(synonyms->slots);
    arena_release(&synonyms->arena);
    *synonyms = (struct synonyms){0};
}

/* Whether the clause has the reading already. */
static bool has_reading(const struct query_clause *clause, const struct query_reading *reading) {
    if (is_same(reading, clause->terms, clause->count))
        return true;
    for (size_t i = 0; i < clause->language_count; i++)
        if (is_same(reading, clause->languages[i].terms, clause->languages[i].count))
            return true;
    for (size_t i = 0; i < clause->other_count; i++)
        if (is_same(&clause->others[i], reading->terms, reading->count))
            return true;
    return false;
}

/* Adds the readings of one group. */
static enum status add_group(struct query *query, struct query_clause *clause, size_t *left,
                             const struct synonym_group *group) {
    size_t room = clause->other_count + group->count;
    struct query_reading *others = arena_alloc(&query->arena, room * sizeof *others);
    if (!others)
        return ST_NOMEM;
    if (clause->other_count)
        memcpy(others, clause->others, clause->other_count * sizeof *others);
    clause->others = others;
    for (size_t i = 0; i < group->count && *left; i++)
        if (!has_reading(clause, &group->readings[i])) {
            clause->others[clause->other_count++] = group->readings[i];
            --*left;
        }
    return ST_OK;
}

/* Adds what these terms stand for. */
static enum status expand_terms(struct query *query, struct query_clause *clause, size_t *left,
                                const struct synonyms *synonyms, const struct query_term *terms,
                                size_t count) {
    uint64_t hash = hash_reading(terms, count);
    size_t slot;
    uint32_t item;
    for (bool more = hash_index_first(&item, &slot, &synonyms->index, hash); more;
         more = hash_index_next(&item, &slot, &synonyms->index)) {
        const struct synonym_word *word = &synonyms->words[item];
        if (word->hash == hash && is_same(&word->reading, terms, count) &&
            add_group(query, clause, left, word->group))
            return ST_NOMEM;
    }
    return ST_OK;
}

/* Adds what the words stand for in any language. */
static enum status expand_words(struct query *query, struct query_clause *clause, size_t *left,
                                const struct synonyms *synonyms) {
    enum status status = expand_terms(query, clause, left, synonyms, clause->terms, clause->count);
    for (size_t i = 0; i < clause->language_count && !status; i++)
        status = expand_terms(query, clause, left, synonyms, clause->languages[i].terms,
                              clause->languages[i].count);
    return status;
}

/* The depth of a query is bounded. */
static enum status expand_clauses(struct query *query, struct query_clause *clauses, size_t count,
                                  size_t *left, const struct synonyms *synonyms) {
    enum status status = ST_OK;
    for (size_t i = 0; i < count && !status; i++) {
        struct query_clause *clause = &clauses[i];
        if (clause->occur == OCCUR_MUST_NOT || clause->kind == CLAUSE_NEAR)
            continue;
        status = clause->kind == CLAUSE_WORDS
                     ? expand_words(query, clause, left, synonyms)
                     : expand_clauses(query, clause->children, clause->child_count, left, synonyms);
    }
    return status;
}

enum status synonyms_expand(struct query *query, const struct synonyms *synonyms,
                            struct error *err) {
    size_t left = SYNONYMS_READINGS_MAX;
    if (!synonyms->count)
        return ST_OK;
    return expand_clauses(query, query->clauses, query->count, &left, synonyms) ? error_nomem(err)
                                                                                : ST_OK;
}
