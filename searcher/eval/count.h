/* SPDX-License-Identifier: MIT */
/* How many documents match. */
#ifndef QUERN_SEARCHER_EVAL_COUNT_H
#define QUERN_SEARCHER_EVAL_COUNT_H

#include "searcher/eval/match.h"

/* The exact number of the segment's documents that match. The match is used up. */
uint64_t count_matches(struct match *match);

#endif
