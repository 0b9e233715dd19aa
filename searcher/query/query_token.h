/* SPDX-License-Identifier: MIT */
/* Cuts the text of a query into tokens: words, phrases, parentheses and operators. Whatever the text,
 * the tokens are well formed: each parenthesis has its counterpart, and each operator stands
 * between, or before, things that it can join.
 *
 *     struct query_tokens tokens = {.context = context, .note = &note};
 *     status = query_tokens_read(&tokens, text);             any number of times
 *     if (!status) status = query_tokens_end(&tokens);
 *     ... tokens.items ...
 *     query_tokens_release(&tokens);
 *
 * Time: linear in the text. */
#ifndef QUERN_SEARCHER_QUERY_QUERY_TOKEN_H
#define QUERN_SEARCHER_QUERY_QUERY_TOKEN_H

#include "searcher/query/query_clause.h"
#include "searcher/query/query_note.h"
#include "searcher/query/query_word.h"

enum query_token_kind {
    QUERY_TOKEN_WORD,
    QUERY_TOKEN_PHRASE,
    QUERY_TOKEN_OPEN,
    QUERY_TOKEN_CLOSE,
    QUERY_TOKEN_AND,
    QUERY_TOKEN_OR,
    QUERY_TOKEN_NEAR,
    QUERY_TOKEN_NOT,
};

struct query_token {
    enum query_token_kind kind;
    enum occur sign;                  /* before a WORD, a PHRASE or OPEN: "+" or "-" */
    const struct schema_field *field; /* of these: whose name precedes them, or the parentheses */
    bool exact;                       /* "=" before a WORD or a PHRASE */
    bool has_wildcards;               /* of a WORD */
    /* Of a WORD, and of a PHRASE the text between its quotes, without the suffix; of an operator,
     * itself. Borrowed from the text that was read. */
    struct slice text;
    struct slice whole;         /* of a WORD: with the name of its field; else `text` */
    struct query_suffix suffix; /* of a WORD, a PHRASE or CLOSE; of NEAR, its distance */
    uint32_t depth;             /* of the parentheses around it */
};

/* The text between two parentheses, while it is read. */
struct query_group {
    const struct schema_field *field;
    size_t
        open_in_words; /* parentheses that opened within words, as in `printf(3`, and did not close */
};

struct query_tokens {
    const struct query_context *context;
    struct query_note *note;
    struct query_token *items; /* owned */
    size_t count;
    /* Private. */
    size_t capacity;
    struct query_group groups[QUERY_DEPTH_MAX + 1]; /* the first: outside of all parentheses */
    uint32_t depth;                                 /* of open ones */
    size_t too_deep;                                /* open beyond QUERY_DEPTH_MAX */
    size_t bytes;                                   /* of the text read so far */
    size_t unknown_names;                           /* that were compared with those of fields */
};
void query_tokens_release(struct query_tokens *tokens);

/* Adds the tokens of a text, which must stay valid, as if white space preceded it. Quotes do not reach
 * from one text to the next, but parentheses and operators do. ST_NOMEM. */
enum status query_tokens_read(struct query_tokens *tokens, struct slice text);
/* The same for an argument of a command line beside others: one that contains white space, but no
 * quotes, and does not begin with a parenthesis, is a phrase, maybe after a sign and the name of a field. */
enum status query_tokens_read_argument(struct query_tokens *tokens, struct slice text);

/* Closes parentheses, and makes words of what can be no operator. ST_NOMEM. */
enum status query_tokens_end(struct query_tokens *tokens);

#endif
