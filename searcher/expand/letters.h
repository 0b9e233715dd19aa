/* SPDX-License-Identifier: MIT */
/* The different characters of a pattern or a word, numbered from 1. An automaton has a row for each of
 * them, and row 0 for all others. */
#ifndef QUERN_SEARCHER_EXPAND_LETTERS_H
#define QUERN_SEARCHER_EXPAND_LETTERS_H

#include <stddef.h>
#include <stdint.h>

#include "common/text/surface_form.h"

enum { LETTERS_MAX = SURFACE_FORM_MAX }; /* no key has more */

/* Starts as {0}. */
struct letters {
    size_t count;
    uint32_t codes[LETTERS_MAX + 1];
    /* Letters whose codes have the same low byte are a list. */
    uint8_t first[256];
    uint8_t next[LETTERS_MAX + 1];
};

/* The number of a character, or 0. */
static inline size_t letters_find(const struct letters *letters, uint32_t code) {
    size_t number = letters->first[code & 0xFF];
    while (number && letters->codes[number] != code)
        number = letters->next[number];
    return number;
}

/* The number of a character, which is added if it is new; at most LETTERS_MAX are. */
size_t letters_add(struct letters *letters, uint32_t code);

#endif
