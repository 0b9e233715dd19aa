/* SPDX-License-Identifier: MIT */
/* Parses queries. */
#include "searcher/query/query.h"

#include <stdlib.h>

#include "common/base/array.h"
#include "common/text/unicode.h"
#include "searcher/query/quotes.h"

enum {
    SHOWN_MAX = 600,    /* bytes of the query that a note repeats */
    LEFT_OUT_MAX = 100, /* bytes that it repeats of the words left out */
};

/* A term, and the bytes [start, end) of the text that it comes from. */
struct read_term {
    struct query_term term;
    uint32_t start, end;
};

struct parser {
    struct query *query;
    struct analyzer *analyzer;
    size_t capacity;         /* of query->clauses */
    struct read_term *terms; /* of the clause being read; owned */
    size_t terms_capacity;
    struct buffer left_out; /* words that gave no term, separated by blanks */
    size_t bytes;           /* of the text read so far */
    bool closed;            /* the user left a quote open */
    size_t words;           /* in all clauses so far */
    bool cut;               /* text after QUERY_BYTES_MAX was left out */
    bool dropped;           /* words after QUERY_WORDS_MAX were left out */
};

static enum status append_term(size_t *count, struct parser *parser, const struct token *token) {
    struct read_term *terms =
        array_reserve(parser->terms, &parser->terms_capacity, *count + 1, sizeof *terms);
    if (!terms)
        return ST_NOMEM;
    parser->terms = terms;
    char *copy = arena_copy(&parser->query->arena, token->term.data, token->term.size);
    if (!copy)
        return ST_NOMEM;
    parser->terms[(*count)++] = (struct read_term){
        .term = {.term = slice_of(copy, token->term.size), .offset = token->position},
        .start = token->start,
        .end = token->end};
    return ST_OK;
}

/* Puts the terms of `text` into parser->terms, except parts of the term before: c of c#, and single
 * characters of a pair. *complete: QUERY_WORDS_MAX admits all of them. */
static enum status analyze(size_t *count, bool *complete, struct parser *parser,
                           struct slice text) {
    struct token tokens[ANALYZER_BATCH];
    *count = 0;
    *complete = true;
    analyzer_begin(parser->analyzer, text, 0);
    for (size_t n; *complete && (n = analyzer_next(tokens, ANALYZER_BATCH, parser->analyzer)) > 0;)
        for (size_t i = 0; i < n; i++) {
            const struct token *token = &tokens[i];
            struct read_term *last = *count ? &parser->terms[*count - 1] : NULL;
            if (last && token->end <= last->end) {
                last->term.whole |= token->position == last->term.offset;
                continue;
            }
            *complete = *count < QUERY_WORDS_MAX - parser->words;
            if (!*complete)
                break;
            enum status status = append_term(count, parser, token);
            if (status)
                return status;
        }
    for (size_t i = *count; i-- > 0;)
        parser->terms[i].term.offset -= parser->terms[0].term.offset;
    return analyzer_status(parser->analyzer);
}

static enum status add_clause(struct parser *parser, const struct query_clause *clause) {
    struct query *query = parser->query;
    struct query_clause *clauses =
        array_reserve(query->clauses, &parser->capacity, query->count + 1, sizeof *clauses);
    if (!clauses)
        return ST_NOMEM;
    query->clauses = clauses;
    query->clauses[query->count++] = *clause;
    parser->words += clause->count;
    return ST_OK;
}

/* Adds a clause for `text`, which is a word or the text between two quotes. */
static enum status read_clause(struct parser *parser, enum occur occur, struct slice text,
                               bool quoted) {
    struct arena *arena = &parser->query->arena;
    size_t count;
    bool complete;
    enum status status = analyze(&count, &complete, parser, text);
    if (status)
        return status;
    if (!complete) {
        parser->dropped = true;
        /* The beginning of an excluded phrase would exclude more documents than the phrase. */
        if (count == 0 || occur == OCCUR_MUST_NOT)
            return ST_OK;
    }
    if (count == 0) {
        if (parser->left_out.size && buffer_append_byte(&parser->left_out, ' '))
            return ST_NOMEM;
        return buffer_append_slice(&parser->left_out, text);
    }
    size_t quote = quoted ? 1 : 0;
    char *typed = arena_alloc(arena, text.size + 2 * quote);
    struct query_term *terms = arena_alloc(arena, count * sizeof *terms);
    if (!typed || !terms)
        return ST_NOMEM;
    if (quoted)
        typed[0] = typed[text.size + 1] = '"';
    memcpy(typed + quote, text.data, text.size);
    for (size_t i = 0; i < count; i++) {
        const struct read_term *term = &parser->terms[i];
        terms[i] = term->term;
        terms[i].typed = slice_of(typed + quote + term->start, term->end - term->start);
    }
    struct query_clause clause = {.occur = occur,
                                  .quoted = quoted,
                                  .typed = slice_of(typed, text.size + 2 * quote),
                                  .terms = terms,
                                  .count = count};
    return add_clause(parser, &clause);
}

/* Takes as much of the text as QUERY_BYTES_MAX still admits, cut at white space if possible. */
static struct slice admit(struct parser *parser, struct slice text) {
    size_t left = QUERY_BYTES_MAX - parser->bytes;
    if (text.size > left) {
        parser->cut = true;
        size_t cut = left;
        while (cut > 0 && !unicode_space_size(slice_after(text, cut)))
            cut--;
        text = unicode_cut(text, cut ? cut : left);
    }
    parser->bytes += text.size;
    return text;
}

static enum occur read_sign(struct slice text, size_t *at) {
    uint8_t first = text.data[*at];
    if (first != '-' && first != '+')
        return OCCUR_DEFAULT;
    ++*at;
    return first == '-' ? OCCUR_MUST_NOT : OCCUR_MUST;
}

/* Reads clauses:
 *
 *     query  = (space | clause)*
 *     clause = sign? (phrase | word)
 *     sign   = "+" | "-"               ; after white space or at the start
 *     phrase = quote character* quote? ; without the second, up to the end
 *     word   = character+              ; no white space, and no quotes but single ones */
static enum status read_query(struct parser *parser, struct slice text) {
    enum { SPACE, WORD, PHRASE } last = SPACE;
    struct quotes quotes;
    text = admit(parser, text);
    quotes_init(&quotes, text);
    for (size_t at = 0; at < text.size;) {
        size_t space = unicode_space_size(slice_after(text, at));
        if (space) {
            at += space;
            last = SPACE;
            continue;
        }
        enum occur occur = last == SPACE ? read_sign(text, &at) : OCCUR_DEFAULT;
        if (at == text.size || unicode_space_size(slice_after(text, at)))
            continue; /* a lone sign means nothing */
        struct quoted quoted;
        struct slice clause;
        bool phrase = quotes_open(&quoted, &quotes, at, last == WORD);
        if (phrase) {
            clause = quoted.text;
            at = quoted.end;
            parser->closed |= quoted.unclosed;
        } else {
            size_t start = at;
            while (at < text.size && !unicode_space_size(slice_after(text, at)) &&
                   !quotes_size_at(&quotes, at))
                at++;
            clause = slice_of(text.data + start, at - start);
        }
        last = phrase ? PHRASE : WORD;
        if (!phrase && !clause.size) {
            at += quotes_size_at(&quotes, at); /* a quote that opens nothing */
            continue;
        }
        enum status status = read_clause(parser, occur, clause, phrase);
        if (status)
            return status;
    }
    return ST_OK;
}

static bool has_space(struct slice text) {
    for (size_t at = 0; at < text.size; at++)
        if (unicode_space_size(slice_after(text, at)))
            return true;
    return false;
}

static bool has_quote(struct slice text) {
    struct quotes quotes;
    quotes_init(&quotes, text);
    for (size_t at = 0; at < text.size; at++)
        if (quotes_size_at(&quotes, at))
            return true;
    return false;
}

/* Reads one of several arguments. */
static enum status read_argument(struct parser *parser, struct slice text) {
    if (!has_space(text) || has_quote(text))
        return read_query(parser, text);
    text = admit(parser, text);
    size_t at = 0;
    enum occur occur = text.size ? read_sign(text, &at) : OCCUR_DEFAULT;
    return text.size ? read_clause(parser, occur, slice_after(text, at), true) : ST_OK;
}

static enum status append_cut(struct buffer *out, struct slice text, size_t limit) {
    if (text.size <= limit)
        return buffer_append_slice(out, text);
    enum status status = buffer_append(out, text.data, unicode_cluster_before(text, limit));
    return status ? status : buffer_append(out, "...", 3);
}

static enum status append_string(struct buffer *out, const char *string) {
    return buffer_append(out, string, strlen(string));
}

/* Appends the clauses as they were read, in the user's spelling. */
static enum status append_clauses(struct buffer *out, const struct query *query) {
    static const char *const signs[] = {
        [OCCUR_DEFAULT] = "", [OCCUR_MUST] = "+", [OCCUR_MUST_NOT] = "-"};
    enum status status = query->count ? ST_OK : append_string(out, "nothing");
    for (size_t i = 0; !status && i < query->count; i++) {
        if (out->size > SHOWN_MAX)
            return append_string(out, " ...");
        if (i > 0)
            status = buffer_append_byte(out, ' ');
        if (!status)
            status = append_string(out, signs[query->clauses[i].occur]);
        if (!status)
            status = append_cut(out, query->clauses[i].typed, SHOWN_MAX);
    }
    return status;
}

static bool only_excludes(const struct query *query) {
    for (size_t i = 0; i < query->count; i++)
        if (query->clauses[i].occur != OCCUR_MUST_NOT)
            return false;
    return query->count > 0;
}

size_t query_word_count(const struct query *query) {
    size_t words = 0;
    for (size_t i = 0; i < query->count; i++)
        if (query->clauses[i].occur != OCCUR_MUST_NOT)
            words += query->clauses[i].quoted ? 1 : query->clauses[i].count;
    return words;
}

bool query_has_few_words(const struct query *query) {
    size_t clauses = 0;
    bool optional = false;
    for (size_t i = 0; i < query->count; i++) {
        clauses += query->clauses[i].occur != OCCUR_MUST_NOT;
        optional |= query->clauses[i].occur == OCCUR_DEFAULT;
    }
    return optional && clauses <= QUERY_FEW_CLAUSES && query_word_count(query) > 1;
}

/* Sets query->note to "read as: CLAUSES (reason; reason)" if there is a reason. */
static enum status write_note(struct parser *parser) {
    struct query *query = parser->query;
    const char *reasons[5];
    size_t count = 0;
    if (parser->closed)
        reasons[count++] = "closed a quote";
    if (only_excludes(query))
        reasons[count++] = "words to exclude alone match nothing";
    if (parser->dropped)
        reasons[count++] = "words after the first 1,024 are left out";
    if (parser->cut)
        reasons[count++] = "text after the first 64 KiB is left out";
    if (parser->left_out.size)
        reasons[count++] = "left out: ";
    if (!count)
        return ST_OK;

    struct buffer note = {0};
    enum status status = append_string(&note, "read as: ");
    if (!status)
        status = append_clauses(&note, query);
    for (size_t i = 0; !status && i < count; i++) {
        status = append_string(&note, i == 0 ? " (" : "; ");
        if (!status)
            status = append_string(&note, reasons[i]);
    }
    if (!status && parser->left_out.size)
        status = append_cut(&note, buffer_slice(&parser->left_out), LEFT_OUT_MAX);
    if (!status)
        status = buffer_append_byte(&note, ')');
    if (!status) {
        query->note = arena_copy(&query->arena, note.data, note.size);
        status = query->note ? ST_OK : ST_NOMEM;
    }
    buffer_release(&note);
    return status;
}

/* The end of both ways of reading. */
static enum status finish(struct parser *parser, enum status status, struct error *err) {
    if (!status)
        status = write_note(parser);
    free(parser->terms);
    buffer_release(&parser->left_out);
    if (status) {
        query_release(parser->query);
        return error_nomem(err);
    }
    return ST_OK;
}

enum status query_parse(struct query *query, struct analyzer *analyzer, struct slice text,
                        struct error *err) {
    *query = (struct query){0};
    struct parser parser = {.query = query, .analyzer = analyzer};
    return finish(&parser, read_query(&parser, text), err);
}

enum status query_parse_arguments(struct query *query, struct analyzer *analyzer, int count,
                                  char *const *arguments, struct error *err) {
    *query = (struct query){0};
    struct parser parser = {.query = query, .analyzer = analyzer};
    enum status status = ST_OK;
    if (count == 1)
        status = read_query(&parser, slice_of_string(arguments[0]));
    for (int i = 0; !status && count > 1 && i < count; i++)
        status = read_argument(&parser, slice_of_string(arguments[i]));
    return finish(&parser, status, err);
}

void query_release(struct query *query) {
    free(query->clauses);
    arena_release(&query->arena);
    *query = (struct query){0};
}
