/* SPDX-License-Identifier: MIT */
/* Makes values that repeat, cluster, come several at a time or are missing. */
#include "tests/support/typed_corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text/keyword.h"
#include "tests/support/index_fixture.h"

enum { VALUES_MAX = 24 };

/* The fields that documents may have, in the order of the schema. Own fields have no number. */
static const struct typed_field {
    const char *name;
    enum field_type type;
    uint16_t number;
    uint32_t missing; /* in percent */
    uint32_t values;  /* of a document, at most */
} fields[] = {
    {"ext", FIELD_TYPE_KEYWORD, SCHEMA_EXT, 10, 1}, {"date", FIELD_TYPE_DATE, SCHEMA_DATE, 5, 1},
    {"size", FIELD_TYPE_NUMBER, SCHEMA_SIZE, 0, 1}, {"tag", FIELD_TYPE_KEYWORD, SCHEMA_TAG, 30, 4},
    {"price", FIELD_TYPE_NUMBER, 0, 50, 2},         {"due", FIELD_TYPE_DATE, 0, 70, 3},
    {"color", FIELD_TYPE_KEYWORD, 0, 95, 1},
};

enum { FIELDS = sizeof fields / sizeof *fields };

static struct slice random_keyword(struct arena *arena, struct testing_random *random) {
    static const char *const words[] = {"pdf", "PDF", "md",     "html",      "HTML",      "txt",
                                        "Öl",  "ol",  "energy", "North Sea", "north  sea"};
    char text[16];
    uint32_t kind = testing_random_below(random, 20);
    if (kind)
        snprintf(text, sizeof text, "%s", words[(uint32_t)testing_random_bits(random, 8) % 11]);
    else
        snprintf(text, sizeof text, "Value %u", (unsigned)testing_random_bits(random, 10));
    char *copy = arena_copy(arena, text, strlen(text));
    assert_non_null(copy);
    return slice_of_string(copy);
}

static struct slice fold(struct arena *arena, struct slice keyword) {
    struct buffer term = {0};
    struct keyword_folder folder = {0};
    assert_int_equal(keyword_fold(&term, &folder, keyword), ST_OK);
    char *copy = arena_copy(arena, term.data, term.size);
    assert_non_null(copy);
    struct slice folded = slice_of(copy, term.size);
    buffer_release(&term);
    keyword_folder_release(&folder);
    return folded;
}

static int64_t random_key(struct testing_random *random, enum field_type type, uint32_t number) {
    if (type == FIELD_TYPE_DATE) {
        /* Documents are roughly in the order of their dates, over some forty years. */
        int64_t day = 86400, start = number * day / 4;
        uint32_t kind = testing_random_below(random, 20);
        if (!kind)
            start = (int64_t)testing_random_bits(random, 31) - 1000000000;
        return start + testing_random_below(random, 30) * day;
    }
    double magnitude = (double)testing_random_bits(random, 20);
    uint32_t kind = testing_random_below(random, 10);
    return field_value_key_of_number(kind == 0   ? -magnitude
                                     : kind == 1 ? magnitude / 100
                                     : kind == 2 ? magnitude * 1e12
                                                 : magnitude);
}

static bool has_value(const struct typed_document *document, const struct field_value *value) {
    for (size_t i = 0; i < document->count; i++) {
        const struct field_value *other = &document->values[i];
        if (other->field == value->field && other->key == value->key &&
            slice_equal(other->term, value->term))
            return true;
    }
    return false;
}

static void make_values(struct typed_corpus *corpus, uint32_t number,
                        struct testing_random *random) {
    struct typed_document *document = &corpus->documents[number];
    free(document->values);
    document->values = calloc(VALUES_MAX, sizeof *document->values);
    assert_non_null(document->values);
    document->count = 0;
    for (size_t i = 0; i < FIELDS; i++) {
        const struct schema_field *field =
            schema_find(&corpus->schema, slice_of_string(fields[i].name));
        uint32_t count = 1 + testing_random_below(random, fields[i].values);
        if (testing_random_below(random, 100) < fields[i].missing)
            continue;
        for (uint32_t k = 0; k < count; k++) {
            struct field_value value = {.field = field->number, .type = field->type};
            if (field->type == FIELD_TYPE_KEYWORD) {
                value.text = random_keyword(&corpus->arena, random);
                value.term = fold(&corpus->arena, value.text);
            } else {
                value.key = random_key(random, field->type, number);
            }
            if (!has_value(document, &value))
                document->values[document->count++] = value;
        }
    }
}

struct typed_corpus typed_corpus_new(struct testing_random *random, uint32_t count, uint32_t words,
                                     uint32_t vocabulary) {
    struct typed_corpus corpus = {.words = corpus_new(random, count, words, vocabulary)};
    assert_int_equal(schema_init(&corpus.schema), ST_OK);
    for (size_t i = 0; i < FIELDS; i++) {
        uint16_t number;
        assert_int_equal(
            schema_add(&number, &corpus.schema, slice_of_string(fields[i].name), fields[i].type, 0),
            ST_OK);
    }
    corpus.documents = calloc(count + 1ul, sizeof *corpus.documents);
    assert_non_null(corpus.documents);
    for (uint32_t i = 0; i < count; i++)
        make_values(&corpus, i, random);
    return corpus;
}

void typed_corpus_free(struct typed_corpus *corpus) {
    for (uint32_t i = 0; i < corpus->words.count; i++)
        free(corpus->documents[i].values);
    free(corpus->documents);
    corpus_free(&corpus->words);
    schema_release(&corpus->schema);
    arena_release(&corpus->arena);
}

/* Adds or replaces a document. */
static void write_document(struct writer *writer, const struct typed_corpus *corpus,
                           uint32_t number) {
    const struct corpus_doc *words = &corpus->words.all[number];
    const struct typed_document *document = &corpus->documents[number];
    struct field_value values[VALUES_MAX + 2];
    size_t count = 0;
    char id[16];
    corpus_id(id, number);
    if (*words->title)
        values[count++] = (struct field_value){
            .field = SCHEMA_TITLE, .type = FIELD_TYPE_TEXT, .text = slice_of_string(words->title)};
    values[count++] = (struct field_value){
        .field = SCHEMA_TEXT, .type = FIELD_TYPE_TEXT, .text = slice_of_string(words->text)};
    for (size_t i = 0; i < document->count; i++) {
        values[count] = document->values[i];
        const struct schema_field *field = schema_field(&corpus->schema, values[count].field);
        const struct schema_field *own =
            schema_find(writer_schema(writer), slice_of_string(field->name));
        values[count++].field = own->number;
    }
    assert_int_equal(index_document_sort(values, count), ST_OK);
    struct index_document added = {
        .id = slice_of_string(id), .values = values, .value_count = count};
    enum writer_outcome outcome;
    struct error err;
    assert_ok(writer_add(&outcome, writer, &added, &err), &err);
}

static void commit(struct writer *writer) {
    struct error err;
    assert_ok(writer_commit(writer, &err), &err);
}

/* Adds the own fields of the corpus, in an order that depends on `first`. */
static void add_fields(struct writer *writer, uint32_t first) {
    for (size_t i = 0; i < FIELDS; i++) {
        const struct typed_field *field = &fields[(i + first) % FIELDS];
        uint16_t number;
        struct error err;
        assert_ok(
            writer_add_field(&number, writer, slice_of_string(field->name), field->type, 0, &err),
            &err);
    }
}

const char *typed_corpus_index(struct typed_corpus *corpus, uint32_t first, uint32_t step,
                               uint32_t commits) {
    const char *path = testing_path("index");
    struct writer *writer = index_fixture_writer(path);
    uint32_t batch = corpus->words.count / commits + 1;
    add_fields(writer, first);
    for (uint32_t i = first; i < corpus->words.count; i += step) {
        if (corpus->words.all[i].live)
            write_document(writer, corpus, i);
        if ((i + 1) % batch < step)
            commit(writer);
    }
    commit(writer);
    writer_close(writer);
    return path;
}

void typed_corpus_change(struct typed_corpus *corpus, const char *path,
                         struct testing_random *random, uint32_t first, uint32_t step,
                         uint32_t words, uint32_t changes) {
    struct error err;
    struct writer *writer = index_fixture_writer(path);
    for (uint32_t i = 0; i < changes; i++) {
        uint32_t number = testing_random_below(random, corpus->words.count);
        number = number / step * step + first;
        if (number >= corpus->words.count)
            continue;
        struct corpus_doc *source = &corpus->words.all[number];
        char id[16];
        corpus_id(id, number);
        if (source->live && testing_random_below(random, 2)) {
            assert_ok(writer_remove(writer, slice_of_string(id), &err), &err);
            source->live = false;
        } else {
            corpus_rewrite(&corpus->words, number, random, words);
            make_values(corpus, number, random);
            write_document(writer, corpus, number);
        }
        if (testing_random_below(random, changes) < 3)
            commit(writer);
    }
    commit(writer);
    writer_close(writer);
}

void typed_corpus_teach(struct searcher_fixture *searcher, struct typed_corpus *corpus) {
    uint32_t doc = 0;
    searcher->schema = &corpus->schema;
    for (size_t i = 0; i < searcher->count; i++) {
        const struct catalog *catalog = &searcher->snapshots[i]->catalog;
        uint64_t end = doc + catalog_total_documents(catalog);
        for (; doc < end; doc++) {
            uint32_t number = searcher->numbers[doc];
            char id[16];
            corpus_id(id, number);
            char *copy = arena_copy(&corpus->arena, id, strlen(id));
            assert_non_null(copy);
            if (!oracle_is_deleted(searcher->oracle, doc))
                oracle_set_values(searcher->oracle, doc, slice_of_string(copy),
                                  corpus->documents[number].values,
                                  corpus->documents[number].count);
        }
    }
}

const struct schema_field *typed_corpus_field(struct testing_random *random,
                                              const struct typed_corpus *corpus, unsigned types) {
    for (;;) {
        const struct typed_field *field = &fields[testing_random_below(random, FIELDS)];
        if (types >> field->type & 1)
            return schema_find(&corpus->schema, slice_of_string(field->name));
    }
}

/* A value that a document may have. */
static const struct field_value *random_value(struct testing_random *random,
                                              const struct typed_corpus *corpus, uint16_t field) {
    for (unsigned tries = 0; tries < 200; tries++) {
        const struct typed_document *document =
            &corpus->documents[testing_random_below(random, corpus->words.count)];
        for (size_t i = 0; i < document->count; i++)
            if (document->values[i].field == field)
                return &document->values[i];
    }
    return NULL;
}

static struct query_filter values_filter(struct arena *arena, struct testing_random *random,
                                         const struct typed_corpus *corpus,
                                         const struct schema_field *field) {
    uint32_t count = testing_random_below(random, 3) ? 1 : 1 + testing_random_below(random, 4);
    struct slice *terms = arena_alloc(arena, count * sizeof *terms);
    assert_non_null(terms);
    for (uint32_t i = 0; i < count; i++) {
        const struct field_value *value = random_value(random, corpus, field->number);
        bool known = value && testing_random_below(random, 10);
        terms[i] = known ? value->term : slice_of_string("unknown");
    }
    return (struct query_filter){
        .kind = QUERY_FILTER_VALUES, .field = field->number, .values = terms, .value_count = count};
}

static struct query_filter range_filter(struct testing_random *random,
                                        const struct typed_corpus *corpus,
                                        const struct schema_field *field) {
    int64_t ends[2] = {INT64_MIN, INT64_MAX};
    for (unsigned i = 0; i < 2; i++) {
        const struct field_value *value = random_value(random, corpus, field->number);
        if (value && testing_random_below(random, 4))
            ends[i] = value->key + (int64_t)testing_random_below(random, 3) - 1;
    }
    return (struct query_filter){.kind = QUERY_FILTER_RANGE,
                                 .field = field->number,
                                 .range = {.min = ends[0], .max = ends[1]}};
}

/* Ids that end in one of some digits. */
static struct query_filter id_filter(struct arena *arena, struct testing_random *random) {
    uint32_t count = 1 + testing_random_below(random, 2);
    struct slice *patterns = arena_alloc(arena, count * sizeof *patterns);
    assert_non_null(patterns);
    for (uint32_t i = 0; i < count; i++) {
        char pattern[16];
        int size = snprintf(pattern, sizeof pattern, "*%u", testing_random_below(random, 20));
        char *copy = arena_copy(arena, pattern, (size_t)size);
        assert_non_null(copy);
        patterns[i] = slice_of(copy, (size_t)size);
    }
    return (struct query_filter){.kind = QUERY_FILTER_ID, .values = patterns, .value_count = count};
}

struct query_filter typed_corpus_filter(struct arena *arena, struct testing_random *random,
                                        const struct typed_corpus *corpus) {
    if (testing_random_below(random, 8) == 0)
        return id_filter(arena, random);
    const struct schema_field *field = typed_corpus_field(random, corpus, UINT32_MAX);
    return field->type == FIELD_TYPE_KEYWORD ? values_filter(arena, random, corpus, field)
                                             : range_filter(random, corpus, field);
}
