/* SPDX-License-Identifier: MIT */
/* Corrects the text of a query, and tries it. */
#include "searcher/did_you_mean.h"

#include "common/text/tokenizer.h"
#include "searcher/expand/query_correct.h"
#include "searcher/run.h"

enum { TEXT_MAX = 600 }; /* bytes of a query that people can compare with another */

struct corrections {
    struct query_correction items[QUERY_CORRECT_MAX];
    size_t count;
};

static const struct query_correction *find(const struct corrections *corrections,
                                           struct slice typed) {
    for (size_t i = 0; i < corrections->count; i++)
        if (slice_equal(corrections->items[i].typed, typed))
            return &corrections->items[i];
    return NULL;
}

/* Appends the text with all words corrected but those that may be names of fields. */
static enum status correct(struct buffer *better, struct slice text,
                           const struct corrections *corrections) {
    struct tokenizer tokenizer;
    struct word word;
    size_t done = 0;
    enum status status = ST_OK;
    tokenizer_begin(&tokenizer, text);
    while (!status && tokenizer_next(&word, 1, &tokenizer)) {
        struct slice typed = slice_of(text.data + word.start, word.end - word.start);
        const struct query_correction *correction = find(corrections, typed);
        bool named = word.end < text.size && text.data[word.end] == ':';
        if (!correction || named || word.start < done)
            continue;
        status = buffer_append(better, text.data + done, word.start - done);
        if (!status)
            status = buffer_append_slice(better, correction->better);
        done = word.end;
    }
    return status ? status : buffer_append_slice(better, slice_after(text, done));
}

enum status did_you_mean(struct buffer *better, struct query *query, struct slice text,
                         const struct indexes *indexes, const struct query_options *options,
                         const struct request *request, struct error *err) {
    struct corrections corrections;
    struct query corrected;
    buffer_clear(better);
    if (text.size > TEXT_MAX)
        return ST_OK;
    enum status status = query_correct(corrections.items, &corrections.count, query,
                                       indexes->analyzer, indexes->snapshots, indexes->count, err);
    if (status || !corrections.count)
        return status;
    if (correct(better, text, &corrections))
        return error_nomem(err);
    if (slice_equal(buffer_slice(better), text)) {
        buffer_clear(better);
        return ST_OK;
    }
    struct query_context context = request->context;
    context.analyzer = indexes->analyzer;
    bool found = false;
    status = query_parse(&corrected, &context, buffer_slice(better), err);
    if (status)
        return status;
    status = run_prepare(&corrected, indexes, options, request, err);
    if (!status)
        status = run_finds(&found, &corrected, indexes, options, request, err);
    query_release(&corrected);
    if (!found)
        buffer_clear(better);
    return status;
}

enum status did_you_mean_join(struct buffer *text, int count, char *const *arguments) {
    enum status status = ST_OK;
    buffer_clear(text);
    for (int i = 0; i < count && !status; i++) {
        const char *argument = arguments[i];
        bool quoted = count > 1 && strpbrk(argument, " \t\n") && !strchr(argument, '"');
        if (i > 0)
            status = buffer_append_byte(text, ' ');
        if (!status && quoted && (*argument == '+' || *argument == '-'))
            status = buffer_append_byte(text, (uint8_t)*argument++);
        if (!status && quoted)
            status = buffer_append_byte(text, '"');
        if (!status)
            status = buffer_append(text, argument, strlen(argument));
        if (!status && quoted)
            status = buffer_append_byte(text, '"');
    }
    return status;
}
