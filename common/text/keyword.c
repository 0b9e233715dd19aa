/* SPDX-License-Identifier: MIT */
/* Folds keywords, part by part, as unicode_fold() drops spaces. */
#include "common/text/keyword.h"

#include "common/text/analyzer.h"
#include "common/text/unicode.h"

void keyword_folder_release(struct keyword_folder *folder) {
    buffer_release(&folder->folded);
    buffer_release(&folder->stripped);
}

/* Takes the part up to the next white space or control character, and what follows of these. */
static struct slice take_part(struct slice *text) {
    struct slice part = *text;
    size_t at = 0, space = 0;
    while (at < text->size && !(space = unicode_space_size(slice_after(*text, at))))
        at++;
    part.size = at;
    for (; space; space = at < text->size ? unicode_space_size(slice_after(*text, at)) : 0)
        at += space;
    *text = slice_after(*text, at);
    return part;
}

static enum status fold_part(struct slice *part, struct keyword_folder *folder) {
    enum status status = unicode_fold(&folder->folded, *part, FOLD_PLAIN);
    if (!status)
        status = unicode_strip_marks(&folder->stripped, buffer_slice(&folder->folded));
    if (!status)
        *part = buffer_slice(&folder->stripped);
    return status == ST_INVALID ? ST_OK : status;
}

enum status keyword_fold(struct buffer *term, struct keyword_folder *folder, struct slice keyword) {
    size_t start = term->size;
    enum status status = ST_OK;
    while (!status && keyword.size && term->size - start <= TERM_MAX) {
        struct slice part = take_part(&keyword);
        status = fold_part(&part, folder);
        if (!status && part.size && term->size > start)
            status = buffer_append_byte(term, ' ');
        if (!status)
            status = buffer_append_slice(term, part);
    }
    struct slice whole = slice_of(term->data + start, term->size - start);
    term->size = start + unicode_cut(whole, TERM_MAX).size;
    return status;
}
