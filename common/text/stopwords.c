/* SPDX-License-Identifier: MIT */
/* Reads, folds and sorts stop words. */
#include "common/text/stopwords.h"

#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "common/base/array.h"
#include "common/base/ascii.h"

/* Not ascii_is_space(): vertical tab and form feed belong to a word, as the hash of the words is
 * part of an index's fingerprint and must not change. */
static bool is_blank(uint8_t byte) {
    return byte == ' ' || byte == '\t' || byte == '\r';
}

static struct slice trim_blanks(struct slice line) {
    while (line.size && is_blank(line.data[line.size - 1]))
        line.size--;
    while (line.size && is_blank(*line.data))
        line = slice_after(line, 1);
    return line;
}

static int compare_words(const void *a, const void *b) {
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* Sorts the words, drops duplicates, and hashes the words with the newline after each. */
static void sort_and_hash(struct stopwords *stopwords) {
    if (!stopwords->count)
        return;
    struct slice *words = stopwords->words;
    qsort(words, stopwords->count, sizeof *words, compare_words);
    size_t kept = 0;
    for (size_t i = 0; i < stopwords->count; i++) {
        if (kept && slice_equal(words[kept - 1], words[i]))
            continue;
        words[kept++] = words[i];
        stopwords->hash = XXH64(words[i].data, words[i].size + 1, stopwords->hash);
    }
    stopwords->count = kept;
}

/* Adds a folded word. Its copy has a newline after it for sort_and_hash(). */
static enum status add_word(struct stopwords *stopwords, size_t *capacity, struct buffer *folded) {
    enum status status = buffer_append_byte(folded, '\n');
    if (status)
        return status;
    struct slice *words =
        array_reserve(stopwords->words, capacity, stopwords->count + 1, sizeof *words);
    if (!words)
        return ST_NOMEM;
    stopwords->words = words;
    const void *copy = arena_copy(&stopwords->arena, folded->data, folded->size);
    if (!copy)
        return ST_NOMEM;
    words[stopwords->count++] = slice_of(copy, folded->size - 1);
    return ST_OK;
}

enum status stopwords_init(struct stopwords *stopwords, struct slice lines, enum unicode_fold fold,
                           struct error *err) {
    enum status status = ST_OK;
    struct buffer folded = {0};
    size_t capacity = 0;
    *stopwords = (struct stopwords){0};
    for (size_t number = 1; !status && lines.size; number++) {
        struct slice line = trim_blanks(ascii_take_line(&lines));
        status = unicode_fold(&folded, line, fold);
        if (status == ST_INVALID)
            error_set(err, status, 0, "stop words: line %zu is not UTF-8", number);
        else if (!status && folded.size)
            status = add_word(stopwords, &capacity, &folded);
    }
    buffer_release(&folded);
    if (!status)
        sort_and_hash(stopwords);
    else
        stopwords_release(stopwords);
    return status == ST_NOMEM ? error_nomem(err) : status;
}

void stopwords_release(struct stopwords *stopwords) {
    free(stopwords->words);
    arena_release(&stopwords->arena);
    *stopwords = (struct stopwords){0};
}

bool stopwords_has(const struct stopwords *stopwords, struct slice folded) {
    return stopwords->count && bsearch(&folded, stopwords->words, stopwords->count,
                                       sizeof *stopwords->words, compare_words);
}
