/* SPDX-License-Identifier: MIT */
/* Patterns of words: `*` stands for any characters, or none, and `?` for one.
 *
 *     struct pattern *pattern;
 *     pattern_new(&pattern, slice_of_string("p?pe*"));
 *     pattern_match(pattern, key, 0).matches
 *
 * A pattern is a nondeterministic automaton, with a state for each of its characters, whose sets of
 * states are bits (Shift-And: R. Baeza-Yates, G. Gonnet, "A new approach to text searching", 1992):
 * a character of a key costs a few operations for each 64 characters of the pattern, whatever stars
 * it has.
 *
 * Threads: a pattern belongs to one thread at a time. */
#ifndef QUERN_SEARCHER_EXPAND_PATTERN_H
#define QUERN_SEARCHER_EXPAND_PATTERN_H

#include "common/base/status.h"
#include "common/form/form_block.h"
#include "searcher/expand/key_match.h"

struct pattern;

/* `text` is folded as keys are. ST_LIMIT: it has more characters than any key. ST_NOMEM. */
enum status pattern_new(struct pattern **out, struct slice text);
void pattern_free(struct pattern *pattern);

/* The bytes before the first `*` or `?`, with which all keys begin that match. */
struct slice pattern_prefix(const struct pattern *pattern);

/* Compares a key of 1 to SURFACE_FORM_MAX bytes. It begins with `shared` bytes of the key before,
 * none of whose prefixes up to there was dead. */
struct key_match pattern_match(struct pattern *pattern, struct slice key, size_t shared);

/* Two neighbouring bytes without which no key matches, and the bytes after the last `*` or `?`, with
 * which all keys end that match. False: the pattern does not begin with a star, so that beginnings of
 * keys are dead, or it has no character. */
bool pattern_probe(struct form_probe *probe, struct slice *end, const struct pattern *pattern);

#endif
