/* SPDX-License-Identifier: MIT */
/* Counts the documents that match. */
#ifndef QUERN_SEARCHER_EVAL_COUNT_H
#define QUERN_SEARCHER_EVAL_COUNT_H

#include "searcher/match/match.h"

/* The exact number of documents of the segment that match. The match cannot be used again. */
uint64_t count_matches(struct match *match);

#endif
