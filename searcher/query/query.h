/* SPDX-License-Identifier: MIT */
/* Reads what the user typed as a tree of clauses. Every text is a query; where the reader had to guess,
 * it leaves a note.
 *
 *     query    = clause*                          ; a list, with the operator of the mode
 *     clause   = "+"? or
 *     or       = and ("OR" and)*
 *     and      = near ("AND" near)*
 *     near     = operand (("NEAR" ("/" digit+)?) operand)*
 *     operand  = ("NOT" | "-")* primary           ; excluded, if their number is odd
 *     primary  = prefix? "(" query ")" boost?
 *              | prefix? "="? phrase fuzzy? boost?
 *              | prefix? "="? word                ; with its suffix (query_word.h)
 *     prefix   = name ":"                         ; of a field, or "*" for all (field_prefix.h)
 *     phrase   = quote character* quote           ; of any language (quotes.h)
 *     word     = character+                       ; no white space, and no quotes but single ones
 *     fuzzy    = "~" digit*
 *     boost    = "^" number
 *
 * Signs, prefixes and operators are such only after white space, a parenthesis or an operator, or at
 * the start, and operators only between things that they can join; elsewhere they are text. A
 * parenthesis opens a group in the same places, and is a part of a word within one, as is its
 * counterpart: `printf(3)`. A quote or parenthesis that is not closed ends with the query, and one that
 * closes nothing is text.
 *
 * - A word with `*` or `?` between or beside letters is a pattern, unless there is nothing but a
 *   question mark at its end. `~` after a word is `~1`.
 * - After the name of a keyword come whole values, of which those between commas are alternatives;
 *   after that of a number or date, a range (range.h); signs in and after values belong to them.
 * - `~` after a phrase, and NEAR, make all its words NEAR each other; so it joins words and phrases of
 *   one field. A chain has the greatest of its distances.
 * - A word that the analyzer splits (`multi-agent`, `node.js`) is a clause of several terms, and one that
 *   it drops (a stop word, a lone symbol) is nothing.
 * - Lists without signs and weights inside of lists are part of these; so are lists with nothing
 *   but exclusions, and excluded lists, whose clauses are all excluded. An excluded list that has signs
 *   inside means what it means in QUERY_ANY, in all modes. */
#ifndef QUERN_SEARCHER_QUERY_QUERY_H
#define QUERN_SEARCHER_QUERY_QUERY_H

#include "searcher/query/query_clause.h"

/* Reads one query. ST_NOMEM: there is nothing to release. */
enum status query_parse(struct query *query, const struct query_context *context, struct slice text,
                        struct error *err);

/* Reads the arguments of a command line. A single argument is a whole query; of several, one that
 * contains white space is a phrase, unless it has quotes of its own or begins with a parenthesis. */
enum status query_parse_arguments(struct query *query, const struct query_context *context,
                                  int count, char *const *arguments, struct error *err);

#endif
