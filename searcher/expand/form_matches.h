/* SPDX-License-Identifier: MIT */
/* Finds the surface forms whose keys match a pattern or are like a word, in all segments.
 *
 * Forms with the pattern's first characters are adjacent, so those of a prefix are read alone. For
 * anything else the keys of all blocks are read, except blocks in which no key can be near enough
 * to the word.
 *
 * Threads: that of the snapshots. */
#ifndef QUERN_SEARCHER_EXPAND_FORM_MATCHES_H
#define QUERN_SEARCHER_EXPAND_FORM_MATCHES_H

#include "common/index/snapshot.h"
#include "common/text/surface_form.h"
#include "searcher/expand/edit_automaton.h"
#include "searcher/expand/pattern.h"

/* What to look for: one of the two, the other is NULL. */
struct form_matcher {
    struct pattern *pattern;
    struct edit_automaton *automaton;
};

/* Takes matches. */
struct form_visitor {
    bool counts; /* wants forms with their counts; else there are only keys and terms */
    /* Takes a form, valid during the call, and how many edits it is away (of a pattern 0). A failure
     * ends the search and is returned by it: ST_NOMEM, or ST_LIMIT, which is no error. */
    enum status (*take)(struct form_visitor *visitor, const struct surface_form *form,
                        unsigned edits);
};

/* Passes all matching forms of one segment after the other to the visitor. A form may come from
 * several segments. Fails as form_cursor_next() does. */
enum status form_matches(struct form_visitor *visitor, const struct form_matcher *matcher,
                         struct snapshot *const *snapshots, size_t count, struct error *err);

#endif
