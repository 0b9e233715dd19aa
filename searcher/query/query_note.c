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

/* Appends at most `limit` bytes of the text, and then "...". */
static enum status append_cut(struct buffer *out, struct slice text, size_t limit) {
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
        status = append_cut(&reason, shown, NAME_MAX_SHOWN);
    if (!status)
        status = append_string(&reason, after);
    for (size_t i = 0; i < reason.size; i++)
        if (reason.data[i] == '(' || reason.data[i] == ')')
            reason.data[i] = ' ';
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
    struct buffer *words = &note->left_out;
    size_t before = words->size;
    if (before > LEFT_OUT_MAX || !word.size)
        return ST_OK;
    enum status status = before ? buffer_append_byte(words, ' ') : ST_OK;
    size_t start = words->size;
    for (size_t i = 0; i < word.size && !status; i++)
        if (word.data[i] != '(')
            status = buffer_append_byte(words, word.data[i]);
    if (words->size == start) /* nothing else was in it */
        words->size = before;
    return status;
}

bool query_note_is_empty(const struct query_note *note) {
    return !note->reasons.size && !note->left_out.size;
}

enum status query_note_write(char **text, const struct query_note *note, struct arena *arena,
                             struct slice query) {
    struct buffer line = {0};
    *text = NULL;
    if (query_note_is_empty(note))
        return ST_OK;
    enum status status = append_string(&line, "read as: ");
    if (!status)
        status = append_cut(&line, query, QUERY_NOTE_SHOWN_MAX);
    if (!status)
        status = append_string(&line, " (");
    if (!status)
        status = buffer_append_slice(&line, buffer_slice(&note->reasons));
    if (!status && note->left_out.size) {
        status = append_string(&line, note->reasons.size ? "; left out: " : "left out: ");
        if (!status)
            status = append_cut(&line, buffer_slice(&note->left_out), LEFT_OUT_MAX);
    }
    if (!status)
        status = buffer_append_byte(&line, ')');
    if (!status)
        *text = arena_copy(arena, line.data, line.size);
    buffer_release(&line);
    return status ? status : *text ? ST_OK : ST_NOMEM;
}
