/* SPDX-License-Identifier: MIT */
/* Finds words that differ from a given one by at most two edits: a character inserted, left out or
 * replaced, or two neighbours exchanged. This is the distance of Damerau and Levenshtein, in which
 * exchanged characters may have others inserted or left out between them: `ca` and `abc` have
 * distance 2.
 *
 *     struct edit_automaton *automaton;
 *     edit_automaton_new(&automaton, slice_of_string("pipline"), 1);
 *     edit_automaton_match(automaton, key, 0).edits
 *
 * After n characters of a key, only characters n - 2 to n + 2 of the word matter, and which of them
 * equal the next one: 5 bits. So one automaton with fewer than 128 states, sets of positions
 * relative to n, serves all words (K. Schulz, S. Mihov, "Fast string correction with Levenshtein
 * automata", 2002; they call it universal). Its transitions are computed when they are first
 * needed, and a character then costs two look-ups.
 *
 * Threads: an automaton belongs to one thread at a time. */
#ifndef QUERN_SEARCHER_EXPAND_EDIT_AUTOMATON_H
#define QUERN_SEARCHER_EXPAND_EDIT_AUTOMATON_H

#include "common/base/status.h"
#include "searcher/expand/key_match.h"

enum { EDIT_AUTOMATON_EDITS_MAX = 2 };

struct edit_automaton;

/* `word` is folded as keys are. ST_LIMIT: it has more characters than any key. ST_NOMEM. */
enum status edit_automaton_new(struct edit_automaton **out, struct slice word, unsigned edits);
void edit_automaton_free(struct edit_automaton *automaton);

/* Compares a key of 1 to SURFACE_FORM_MAX bytes. It begins with `shared` bytes of the key before,
 * none of whose prefixes up to there was dead. */
struct key_match edit_automaton_match(struct edit_automaton *automaton, struct slice key,
                                      size_t shared);

/* Whether any key that is >= `first` and <= `end` may match; `end` NULL: there is no end. The next key
 * is then to be compared from its start. */
bool edit_automaton_may_match(struct edit_automaton *automaton, struct slice first,
                              const struct slice *end);

#endif
