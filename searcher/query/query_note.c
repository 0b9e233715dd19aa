/* SPDX-License-Identifier: MIT */
/* Collects reasons and writes the note. */
#include "searcher/query/query_note.h"

#include "common/text/unicode.h"

enum {
    REASONS_MAX = 400,  /* bytes of reasons after which no more are added */
    LEFT_OUT_MAX = 100, /* bytes that it repeats of the words left out */
    NAME_MAX_SHOWN = 80 /* bytes of the text in a reason */
};

void query_note_release(struct query_note *note) {
    buffer_release(&note->reasons);
    buffer_release(&note->left_out);
}

static enum status append_string(struct buffer *out, const char *string) {
    return buffer_append(out, string, strlen(string));
}

enum status query_note_append_cut(struct buffer *out, struct slice text, size_t limit) {
    if (text.size <= limit)
        return buffer_append_slice(out, text);
    enum status status = buffer_append(out, text.data, unicode_cluster_before(text, limit));
    return status ? status : append_string(out, "...");
}

enum status query_note_add(struct query_note *note, const char *before, struct slice shown,
                           const char *after) {
    struct buffer *reasons = &note->reasons, reason = {0};
    if (reasons->size > REASONS_MAX)
        return ST_OK;
    enum status status = append_string(&reason, before);
    if (!status)
        status = query_note_append_cut(&reason, shown, NAME_MAX_SHOWN);
    if (!status)
        status = append_string(&reason, after);
    bool known =
        !status && reasons->size && memmem(reasons->data, reasons->size, reason.data, reason.size);
    if (!status && !known && reasons->size)
        status = append_string(reasons, "; ");
    if (!status && !known)
        status = buffer_append_slice(reasons, buffer_slice(&reason));
    buffer_release(&reason);
    return status;
}

enum status query_note_leave_out(struct query_note *note, struct slice word) {
    if (note->left_out.size > LEFT_OUT_MAX)
        return ST_OK;
    enum status status = note->left_out.size ? buffer_append_byte(&note->left_out, ' ') : ST_OK;
    return status ? status : buffer_append_slice(&note->left_out, word);
}

enum status query_note_write(char **text, const struct query_note *note, struct arena *arena,
                             struct slice clauses) {
    struct buffer line = {0};
    *text = NULL;
    if (!note->reasons.size && !note->left_out.size)
        return ST_OK;
    enum status status = append_string(&line, "read as: ");
    if (!status)
        status =
            clauses.size ? buffer_append_slice(&line, clauses) : append_string(&line, "nothing");
    if (!status)
        status = append_string(&line, " (");
    if (!status)
        status = buffer_append_slice(&line, buffer_slice(&note->reasons));
    if (!status && note->left_out.size) {
        status = append_string(&line, note->reasons.size ? "; left out: " : "left out: ");
        if (!status)
            status = query_note_append_cut(&line, buffer_slice(&note->left_out), LEFT_OUT_MAX);
    }
    if (!status)
        status = buffer_append_byte(&line, ')');
    if (!status)
        *text = arena_copy(arena, line.data, line.size);
    buffer_release(&line);
    return status ? status : *text ? ST_OK : ST_NOMEM;
}
