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
#include "searcher/expand/key_match.h"

struct pattern;

/* `text` is folded as keys are. ST_LIMIT: no key has so many characters. ST_NOMEM. */
enum status pattern_new(struct pattern **out, struct slice text);
void pattern_free(struct pattern *pattern);

/* The bytes before the first `*` or `?`, with which all keys begin that match. */
struct slice pattern_prefix(const struct pattern *pattern);

/* Compares a key of 1 to SURFACE_FORM_MAX bytes. It begins with `shared` bytes of the key before,
 * none of whose prefixes up to there was dead. */
struct key_match pattern_match(struct pattern *pattern, struct slice key, size_t shared);

/* Two neighbouring bytes without which no key matches: a test of 16 bytes at a time for patterns that
 * begin with a star, for which no beginning of a key is dead. */
typedef uint8_t u8x16 __attribute__((vector_size(16)));
enum { PATTERN_PROBE_ROOM = 17 }; /* bytes after a key that are read, whatever they are */
struct pattern_probe {
    u8x16 first, second;
    u8x16 any; /* all ones: there is no second */
};

/* Sets *probe, or returns false: the pattern does not begin with a star, or has no character. */
bool pattern_probe_init(struct pattern_probe *probe, const struct pattern *pattern);

/* False: the key, after which PATTERN_PROBE_ROOM bytes may be read, does not match. */
static inline bool pattern_probe_may_match(const struct pattern_probe *probe, struct slice key) {
    for (size_t at = 0; at < key.size; at += sizeof(u8x16)) {
        u8x16 here, next;
        memcpy(&here, key.data + at, sizeof here);
        memcpy(&next, key.data + at + 1, sizeof next);
        u8x16 equal = (u8x16)(here == probe->first) & ((u8x16)(next == probe->second) | probe->any);
        uint64_t halves[2];
        memcpy(halves, &equal, sizeof halves);
        if (halves[0] | halves[1])
            return true;
    }
    return false;
}

#endif
