/* SPDX-License-Identifier: MIT */
/* Shows queries in one line, and compares them. */
#ifndef QUERN_TESTS_SUPPORT_QUERY_SHAPE_H
#define QUERN_TESTS_SUPPORT_QUERY_SHAPE_H

#include "searcher/query/query.h"

/* Appends the clauses:
 *
 *     +title:gas -(oil rig@2)      a required term, an excluded phrase with the offset of its second
 *                                  term, shown where it does not follow from the first
 *     ext=pdf|odt size[1,2]        filters; seconds of dates are counted from `now`
 *     <p?pe> <pipline>~1 =gas      a pattern, a fuzzy word, an exact word
 *     OR(a, AND(b, -c))^2          operators, with a weight
 *     NEAR/5(a, b) [a +b]          words that are near, a list in a list */
void query_shape_append(struct buffer *out, const struct query *query, int64_t now);

/* Whether both mean the same, however they were typed. */
bool query_shape_equals(const struct query *a, const struct query *b);

#endif
