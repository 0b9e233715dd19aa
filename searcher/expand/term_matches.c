/* SPDX-License-Identifier: MIT */
/* Compares the terms of dictionaries with a pattern. */
#include "searcher/expand/term_matches.h"

#include "common/segment/dictionary.h"
#include "common/text/unicode.h"

bool term_matches_needs(struct slice pattern) {
    static const uint32_t classes = 1u << CLASS_LETTER | 1u << CLASS_HEBREW | 1u << CLASS_EXTEND |
                                    1u << CLASS_APOSTROPHE | 1u << CLASS_MID_LETTER;
    for (size_t at = 0; at < pattern.size;) {
        struct unicode_char next = unicode_decode(pattern.data + at, pattern.size - at);
        bool wildcard = next.code_point == '*' || next.code_point == '?';
        if (!wildcard && !(classes >> unicode_class(next.code_point) & 1))
            return true;
        at += next.size;
    }
    return false;
}

static bool has_prefix(struct slice term, struct slice prefix) {
    return term.size >= prefix.size &&
           (!prefix.size || memcmp(term.data, prefix.data, prefix.size) == 0);
}

static enum status take(struct form_visitor *visitor, struct slice term,
                        const struct term_entry *entry, struct error *err) {
    struct surface_form form = {
        .key = term, .form = term, .term = term, .count = entry->occurrences};
    enum status status = visitor->take(visitor, &form, 0);
    return status == ST_NOMEM ? error_nomem(err) : status;
}

static enum status search(struct form_visitor *visitor, struct pattern *pattern,
                          const struct segment *segment, struct error *err) {
    uint8_t bytes[FIELD_TERM_MAX];
    struct slice prefix = field_term_join(bytes, SCHEMA_ALL, pattern_prefix(pattern));
    struct dictionary_cursor cursor;
    enum status status = dictionary_cursor_open(&cursor, segment->txn, segment->info.id, err);
    if (status)
        return status;
    status = dictionary_cursor_seek(&cursor, prefix, err);
    while (!status && !(status = dictionary_cursor_next(&cursor, err))) {
        struct slice term = slice_of(cursor.term, cursor.term_size);
        if (!has_prefix(term, prefix))
            break;
        term = slice_after(term, FIELD_TERM_HEAD);
        if (term.size && term.size <= SURFACE_FORM_MAX && pattern_match(pattern, term, 0).matches)
            status = take(visitor, term, &cursor.entry, err);
    }
    dictionary_cursor_close(&cursor);
    return status == ST_END || status == ST_NOT_FOUND ? ST_OK : status;
}

enum status term_matches(struct form_visitor *visitor, struct pattern *pattern,
                         struct snapshot *const *snapshots, size_t count, struct error *err) {
    enum status status = ST_OK;
    for (size_t i = 0; i < count && !status; i++)
        for (size_t k = 0; k < snapshots[i]->catalog.segment_count && !status; k++)
            status = search(visitor, pattern, &snapshots[i]->segments[k], err);
    return status;
}
