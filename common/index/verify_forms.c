/* SPDX-License-Identifier: MIT */
/* Verifies the surface forms of a segment. */
#include "common/form/form_cursor.h"
#include "common/form/form_writer.h"
#include "common/index/verify_private.h"

/* A form in the middle of the table. */
struct last_form {
    uint8_t key[SURFACE_FORM_MAX], form[SURFACE_FORM_MAX], term[SURFACE_FORM_MAX];
    size_t key_size, form_size, term_size;
};

/* Another version of Unicode may strip other marks, so only forms without any are certain. */
static bool has_its_key(const struct surface_form *form) {
    for (size_t i = 0; i < form->form.size; i++)
        if (form->form.data[i] >= 0x80)
            return true;
    return slice_equal(form->key, form->form);
}

static enum status check_form(struct last_form *last, struct verifier *verifier,
                              const struct surface_form *form, struct error *err) {
    struct surface_form before = {.key = slice_of(last->key, last->key_size),
                                  .form = slice_of(last->form, last->form_size),
                                  .term = slice_of(last->term, last->term_size)};
    if (surface_form_compare(&before, form) >= 0)
        return verify_fail(verifier, "forms of words are not in order", err);
    if (!has_its_key(form))
        return verify_fail(verifier, "a form of a word has a wrong key", err);
    struct term_entry entry;
    enum status status = segment_find_term(&entry, verifier->segment, SCHEMA_ALL, form->term, err);
    if (status == ST_NOT_FOUND)
        return verify_fail(verifier, "a form of a word has a term that no document has", err);
    memcpy(last->key, form->key.data, form->key.size);
    memcpy(last->form, form->form.data, form->form.size);
    memcpy(last->term, form->term.data, form->term.size);
    last->key_size = form->key.size;
    last->form_size = form->form.size;
    last->term_size = form->term.size;
    return status;
}

enum status verify_forms(struct verifier *verifier, struct error *err) {
    struct form_cursor cursor;
    struct surface_form form;
    struct last_form last = {.key_size = 0};
    form_cursor_open(&cursor, &verifier->segment->chunks);
    enum status status;
    while (!(status = form_cursor_next(&cursor, err))) {
        status = form_cursor_form(&form, &cursor, err);
        if (!status)
            status = check_form(&last, verifier, &form, err);
        if (!status && cursor.decoder.next == cursor.decoder.count &&
            !form_block_decoder_is_at_end(&cursor.decoder))
            status = verify_fail(verifier, "a block of forms of words is longer than it says", err);
        if (status)
            break;
    }
    form_cursor_close(&cursor);
    return status == ST_END ? ST_OK : status;
}
