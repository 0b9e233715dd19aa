/* SPDX-License-Identifier: MIT */
/* Finds the terms that match a pattern with characters that no surface form has, such as digits: 2021*,
 * v1.?. Words with such characters are not inflected, so their terms are the words themselves.
 *
 * Only the part of the dictionary with the pattern's first characters is read; of one that begins with a
 * wildcard, all terms.
 *
 * Threads: that of the snapshots. */
#ifndef QUERN_SEARCHER_EXPAND_TERM_MATCHES_H
#define QUERN_SEARCHER_EXPAND_TERM_MATCHES_H

#include "searcher/expand/form_matches.h"

/* Whether a pattern has a character that is no wildcard and in no form. */
bool term_matches_needs(struct slice pattern);

/* Passes all matching terms of one segment after the other to the visitor, as forms that are their own
 * keys and terms. Fails as form_matches() does. */
enum status term_matches(struct form_visitor *visitor, struct pattern *pattern,
                         struct snapshot *const *snapshots, size_t count, struct error *err);

#endif
