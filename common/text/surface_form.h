/* SPDX-License-Identifier: MIT */
/* A surface form: a word as it stands in texts, folded but not stemmed. Search by prefix, wildcard
 * or edit distance, and suggestions for misspelt words, walk these, because stems are no words. */
#ifndef QUERN_COMMON_TEXT_SURFACE_FORM_H
#define QUERN_COMMON_TEXT_SURFACE_FORM_H

#include "common/base/bytes.h"

enum { SURFACE_FORM_MAX = 245 }; /* bytes of a form and of its key; longer words are left out */

struct surface_form {
    struct slice key;  /* the form without marks (unicode_strip_marks()) */
    struct slice form; /* equal to the key in most languages */
    struct slice term; /* that it is indexed as */
    uint64_t count;    /* occurrences */
};

/* Forms are ordered by their keys, then by themselves, then by their terms: a form of several
 * languages may have one in each. */
static inline int surface_form_compare(const struct surface_form *a, const struct surface_form *b) {
    int order = slice_compare(a->key, b->key);
    if (!order)
        order = slice_compare(a->form, b->form);
    return order ? order : slice_compare(a->term, b->term);
}

#endif
