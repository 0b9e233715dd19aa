/* SPDX-License-Identifier: MIT */
/* Compares the forms of segments with a pattern or a word. */
#include "searcher/expand/form_matches.h"

#include "common/form/form_cursor.h"

struct filter {
    struct form_filter base;
    struct edit_automaton *automaton;
};

static bool wants(struct form_filter *base, struct slice first, const struct slice *end) {
    struct filter *filter = (struct filter *)base;
    return edit_automaton_may_match(filter->automaton, first, end);
}

static inline struct key_match match(const struct form_matcher *matcher, struct slice key,
                                     size_t shared) {
    return matcher->pattern ? pattern_match(matcher->pattern, key, shared)
                            : edit_automaton_match(matcher->automaton, key, shared);
}

static inline bool has_prefix(struct slice key, struct slice prefix) {
    return !prefix.size ||
           (key.size >= prefix.size && memcmp(key.data, prefix.data, prefix.size) == 0);
}

static enum status take(struct form_visitor *visitor, struct form_cursor *cursor, unsigned edits,
                        struct error *err) {
    struct surface_form form = {0};
    enum status status = visitor->counts ? form_cursor_form(&form, cursor, err)
                                         : form_cursor_term(&form, cursor, err);
    if (!status)
        status = visitor->take(visitor, &form, edits);
    return status == ST_NOMEM ? error_nomem(err) : status;
}

static enum status search(struct form_visitor *visitor, const struct form_matcher *matcher,
                          struct form_cursor *cursor, struct error *err) {
    struct slice prefix = {0};
    if (matcher->pattern)
        prefix = pattern_prefix(matcher->pattern);
    enum status status =
        prefix.size ? form_cursor_seek(cursor, prefix, err) : form_cursor_next(cursor, err);
    size_t shared = 0;
    while (!status && has_prefix(form_cursor_key(cursor), prefix)) {
        struct key_match found = match(matcher, form_cursor_key(cursor), shared);
        if (found.matches)
            status = take(visitor, cursor, found.edits, err);
        if (!status)
            status = found.dead ? form_cursor_skip(cursor, found.dead, err)
                                : form_cursor_next(cursor, err);
        shared = form_cursor_shared(cursor);
    }
    return status;
}

static inline bool has_end(struct slice key, struct slice end) {
    return key.size >= end.size && memcmp(key.data + key.size - end.size, end.data, end.size) == 0;
}

/* The same for a pattern with a probe. Keys that fail it are not compared, so those that pass share
 * nothing that was. */
static enum status search_probed(struct form_visitor *visitor, struct pattern *pattern,
                                 const struct form_probe *probe, struct slice end,
                                 struct form_cursor *cursor, struct error *err) {
    enum status status;
    while (!(status = form_cursor_find(cursor, probe, err))) {
        struct slice key = form_cursor_key(cursor);
        if (!has_end(key, end) || !pattern_match(pattern, key, 0).matches)
            continue;
        status = take(visitor, cursor, 0, err);
        if (status)
            break;
    }
    return status;
}

enum status form_matches(struct form_visitor *visitor, const struct form_matcher *matcher,
                         struct snapshot *const *snapshots, size_t count, struct error *err) {
    struct filter filter = {.base.wants = wants, .automaton = matcher->automaton};
    struct form_probe probe;
    struct slice end;
    bool probed = matcher->pattern && pattern_probe(&probe, &end, matcher->pattern);
    enum status status = ST_OK;
    for (size_t i = 0; i < count && status >= 0; i++)
        for (size_t k = 0; k < snapshots[i]->catalog.segment_count && status >= 0; k++) {
            struct form_cursor cursor;
            form_cursor_open(&cursor, &snapshots[i]->segments[k].chunks);
            cursor.filter = matcher->automaton ? &filter.base : NULL;
            status = probed ? search_probed(visitor, matcher->pattern, &probe, end, &cursor, err)
                            : search(visitor, matcher, &cursor, err);
            form_cursor_close(&cursor);
        }
    return status < 0 ? status : ST_OK;
}
