/* SPDX-License-Identifier: MIT */
/* Makes random documents and queries. */
#include "tests/support/corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/index_fixture.h"

static char *random_text(struct testing_random *random, uint32_t words, uint32_t vocabulary) {
    struct buffer text = {0};
    testing_random_words(&text, random, words, vocabulary);
    assert_int_equal(buffer_append_byte(&text, '\0'), ST_OK);
    return (char *)text.data;
}

/* Lengths are evenly distributed up to twice `words`; some documents have no title. */
static void write_doc(struct corpus_doc *source, struct testing_random *random, uint32_t words,
                      uint32_t vocabulary) {
    free(source->title);
    free(source->text);
    uint32_t title = testing_random_below(random, 3) ? testing_random_below(random, 5) : 0;
    source->title = random_text(random, title, vocabulary);
    source->text = random_text(random, testing_random_below(random, 2 * words + 1), vocabulary);
    source->live = true;
}

struct corpus corpus_new(struct testing_random *random, uint32_t count, uint32_t words,
                         uint32_t vocabulary) {
    struct corpus corpus = {.count = count, .vocabulary = vocabulary};
    corpus.all = calloc(count + 1ul, sizeof *corpus.all);
    assert_non_null(corpus.all);
    for (uint32_t i = 0; i < count; i++)
        write_doc(&corpus.all[i], random, words, vocabulary);
    return corpus;
}

void corpus_rewrite(struct corpus *corpus, uint32_t number, struct testing_random *random,
                    uint32_t words) {
    write_doc(&corpus->all[number], random, words, corpus->vocabulary);
}

void corpus_free(struct corpus *corpus) {
    for (uint32_t i = 0; i < corpus->count; i++) {
        free(corpus->all[i].title);
        free(corpus->all[i].text);
    }
    free(corpus->all);
}

void corpus_id(char id[16], uint32_t number) {
    snprintf(id, 16, "d%u", (unsigned)number);
}

static void add_doc(struct writer *writer, const struct corpus *corpus, uint32_t number,
                    enum writer_outcome expected) {
    char id[16];
    corpus_id(id, number);
    index_fixture_add(writer, id, corpus->all[number].title, corpus->all[number].text, expected);
}

static void commit(struct writer *writer) {
    struct error err;
    assert_ok(writer_commit(writer, &err), &err);
}

const char *corpus_index(const struct corpus *corpus, uint32_t first, uint32_t step,
                         uint32_t commits, const uint32_t *order) {
    const char *path = testing_path("index");
    struct writer *writer = index_fixture_writer(path);
    uint32_t batch = corpus->count / commits + 1;
    for (uint32_t i = first; i < corpus->count; i += step) {
        uint32_t number = order ? order[i] : i;
        if (corpus->all[number].live)
            add_doc(writer, corpus, number, WRITER_ADDED);
        if ((i + 1) % batch == 0)
            commit(writer);
    }
    commit(writer);
    writer_close(writer);
    return path;
}

void corpus_change(struct corpus *corpus, const char *path, struct testing_random *random,
                   uint32_t words, uint32_t changes) {
    struct error err;
    struct writer *writer = index_fixture_writer(path);
    for (uint32_t i = 0; i < changes; i++) {
        uint32_t number = testing_random_below(random, corpus->count);
        struct corpus_doc *source = &corpus->all[number];
        char id[16];
        corpus_id(id, number);
        if (source->live && testing_random_below(random, 2)) {
            assert_ok(writer_remove(writer, slice_of_string(id), &err), &err);
            source->live = false;
        } else {
            bool live = source->live;
            char *before = strdup(source->text);
            write_doc(source, random, words, corpus->vocabulary);
            enum writer_outcome outcome;
            struct document document = {.id = slice_of_string(id),
                                        .title = slice_of_string(source->title),
                                        .text = slice_of_string(source->text)};
            assert_ok(index_fixture_write(&outcome, writer, &document, &err), &err);
            if (!live || strcmp(before, source->text) != 0)
                assert_int_equal(outcome, live ? WRITER_REPLACED : WRITER_ADDED);
            free(before);
        }
        if (testing_random_below(random, changes) < 3)
            commit(writer);
    }
    commit(writer);
    writer_close(writer);
}

/* Appends a word: usually one as frequent as in the documents, else a very frequent, rare or
 * unknown one. */
static void append_word(struct buffer *text, struct testing_random *random, uint32_t vocabulary) {
    char word[16];
    uint32_t kind = testing_random_below(random, 10);
    if (kind < 6) {
        testing_random_words(text, random, 1, vocabulary);
        text->size--; /* the space */
        return;
    }
    uint32_t limit = kind < 8 ? 3 : vocabulary;
    int size = snprintf(word, sizeof word, kind == 9 ? "x%u" : "w%u",
                        (unsigned)testing_random_below(random, limit));
    assert_int_equal(buffer_append(text, word, (size_t)size), ST_OK);
}

/* Appends a phrase, usually one that some document has. */
static void append_phrase(struct buffer *text, struct testing_random *random,
                          const struct corpus *corpus) {
    const char *words = corpus->all[testing_random_below(random, corpus->count)].text;
    uint32_t count = 2 + testing_random_below(random, 3);
    assert_int_equal(buffer_append_byte(text, '"'), ST_OK);
    if (!*words || !testing_random_below(random, 4)) {
        for (uint32_t i = 0; i < count; i++) {
            append_word(text, random, corpus->vocabulary);
            assert_int_equal(buffer_append_byte(text, ' '), ST_OK);
        }
    } else {
        const char *from = words + testing_random_below(random, (uint32_t)strlen(words)), *end;
        while (from > words && from[-1] != ' ')
            from--;
        for (end = from; *end && count; end++)
            count -= *end == ' ';
        assert_int_equal(buffer_append(text, from, (size_t)(end - from)), ST_OK);
    }
    assert_int_equal(buffer_append_byte(text, '"'), ST_OK);
}

void corpus_random_query(struct buffer *text, struct testing_random *random,
                         const struct corpus *corpus) {
    uint32_t kind = testing_random_below(random, 8);
    uint32_t count = kind == 0 || kind == 4            ? 1
                     : kind == 7                       ? 1 + testing_random_below(random, 40)
                     : testing_random_below(random, 4) ? 2 + testing_random_below(random, 3)
                                                       : 2 + testing_random_below(random, 7);
    buffer_clear(text);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t sign = kind >= 5 ? testing_random_below(random, 4) : 3;
        if (sign < 2)
            assert_int_equal(buffer_append_byte(text, sign ? '-' : '+'), ST_OK);
        if (kind == 4 || (kind >= 5 && !testing_random_below(random, 4)))
            append_phrase(text, random, corpus);
        else
            append_word(text, random, corpus->vocabulary);
        assert_int_equal(buffer_append_byte(text, ' '), ST_OK);
    }
    assert_int_equal(buffer_append_byte(text, '\0'), ST_OK);
}

void corpus_mixed_query(struct buffer *text, struct testing_random *random,
                        const struct corpus *corpus) {
    static const char signs[] = {'+', ' ', '-'};
    uint32_t count = 3 + testing_random_below(random, 5),
             phrase = testing_random_below(random, count);
    uint32_t first = testing_random_below(random, 3);
    buffer_clear(text);
    for (uint32_t i = 0; i < count; i++) {
        /* Few clauses are excluded, as otherwise few documents match. */
        uint32_t sign = i < 3 ? (first + i) % 3 : testing_random_below(random, 2);
        assert_int_equal(buffer_append_byte(text, (uint8_t)signs[sign]), ST_OK);
        if (i == phrase || !testing_random_below(random, 4))
            append_phrase(text, random, corpus);
        else if (sign == 2)
            testing_random_words(text, random, 1, 20 * corpus->vocabulary);
        else
            append_word(text, random, sign == 0 ? 8 : corpus->vocabulary);
        assert_int_equal(buffer_append_byte(text, ' '), ST_OK);
    }
    assert_int_equal(buffer_append_byte(text, '\0'), ST_OK);
}
