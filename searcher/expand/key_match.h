/* SPDX-License-Identifier: MIT */
/* What an automaton says of a key.
 *
 * Automata read the keys of forms in ascending order, and keep their states by the bytes read so
 * far. Of each key they read only what follows the bytes that it shares with the one before, and
 * keys that begin as one of which nothing can match are passed over unread. */
#ifndef QUERN_SEARCHER_EXPAND_KEY_MATCH_H
#define QUERN_SEARCHER_EXPAND_KEY_MATCH_H

#include "common/base/bytes.h"

struct key_match {
    bool matches;
    unsigned edits; /* of a key that matches a word: how many */
    size_t dead;    /* keys that begin with this number of its bytes do not match; 0: may do */
};

/* Where to read on in a key that shares bytes with the one before: at the start of a character. */
static inline size_t key_match_start(struct slice key, size_t shared) {
    while (shared > 0 && shared < key.size && (key.data[shared] & 0xC0) == 0x80)
        shared--;
    return shared;
}

#endif
