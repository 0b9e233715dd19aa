/* SPDX-License-Identifier: MIT */
/* Sorts and counts by looking at every value of every hit. */
#include "tests/support/oracle_fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/support/testing.h"

/* What a document is sorted by; NULL: it has no value. */
static const struct field_value *sort_value(const struct oracle *oracle, uint32_t doc,
                                            const struct sort_order *order) {
    size_t count;
    const struct field_value *best = NULL, *values = oracle_values(&count, oracle, doc);
    for (size_t i = 0; i < count; i++) {
        const struct field_value *value = &values[i];
        if (value->field != order->field->number)
            continue;
        int compared = !best ? 0
                       : value->type == FIELD_TYPE_KEYWORD
                           ? slice_compare(value->term, best->term)
                           : (value->key > best->key) - (value->key < best->key);
        if (!best || (order->descending ? compared > 0 : compared < 0))
            best = value;
    }
    return best;
}

/* Of a document with the number `doc`. */
struct sorted_value {
    const struct field_value *value;
    uint32_t doc;
    bool descending;
};

static int compare_sorted(const void *a, const void *b) {
    const struct sorted_value *x = a, *y = b;
    int order = 0;
    if (!x->value || !y->value)
        order = (x->value == NULL) - (y->value == NULL);
    else if (x->value->type == FIELD_TYPE_KEYWORD)
        order = slice_compare(x->value->term, y->value->term);
    else
        order = (x->value->key > y->value->key) - (x->value->key < y->value->key);
    if (x->value && y->value && x->descending)
        order = -order;
    return order ? order : x->doc < y->doc ? -1 : 1;
}

void oracle_sort(struct oracle_answer *answer, const struct oracle *oracle,
                 const struct sort_order *order) {
    if (answer->all_first && answer->with_all)
        answer->count = answer->with_all;
    struct sorted_value *values = malloc((answer->count + 1) * sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < answer->count; i++) {
        uint32_t doc = answer->hits[i].doc;
        values[i] = (struct sorted_value){.doc = doc, .descending = order->descending};
        if (order->field)
            values[i].value = sort_value(oracle, doc, order);
    }
    qsort(values, answer->count, sizeof *values, compare_sorted);
    for (size_t i = 0; i < answer->count; i++)
        answer->hits[i] = (struct oracle_hit){.doc = values[i].doc};
    free(values);
}

void oracle_check_sorted(const struct oracle_answer *answer, const struct results *results,
                         const struct search_options *options, struct snapshot *const *snapshots) {
    size_t left = answer->count > options->offset ? answer->count - options->offset : 0;
    assert_int_equal(results->count, left < options->limit ? left : options->limit);
    assert_true(results->total <= answer->count);
    if (results->exact)
        assert_int_equal(results->total, answer->count);
    for (size_t i = 0; i < results->count; i++)
        assert_int_equal(oracle_doc_number(snapshots, &results->hits[i]),
                         answer->hits[options->offset + i].doc);
}

/* A value as it is compared, and how many hits have it. */
struct counted {
    char term[64];
    uint64_t count;
};

static void set_term(struct counted *counted, const struct field_value *value) {
    struct tm date;
    time_t seconds = (time_t)value->key;
    *counted = (struct counted){.count = 1};
    if (value->type == FIELD_TYPE_KEYWORD) {
        assert_true(value->term.size < sizeof counted->term);
        memcpy(counted->term, value->term.data, value->term.size);
    } else {
        assert_non_null(gmtime_r(&seconds, &date));
        snprintf(counted->term, sizeof counted->term, "%04d", date.tm_year + 1900);
    }
}

static int compare_terms(const void *a, const void *b) {
    const struct counted *x = a, *y = b;
    return strcmp(x->term, y->term);
}

static int compare_counts(const void *a, const void *b) {
    const struct counted *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->term, y->term);
}

/* Appends the values of a document, each once; returns how many. */
static size_t append_values(struct counted *counted, const struct oracle *oracle, uint32_t doc,
                            uint16_t field) {
    size_t values, count = 0;
    const struct field_value *value = oracle_values(&values, oracle, doc);
    for (; values > 0; values--, value++) {
        bool seen = false;
        if (value->field != field)
            continue;
        set_term(&counted[count], value);
        for (size_t i = 0; i < count; i++)
            seen |= strcmp(counted[i].term, counted[count].term) == 0;
        count += !seen;
    }
    return count;
}

void oracle_check_facet(const struct oracle_answer *answer, const struct oracle *oracle,
                        const struct facet *facet, const struct facet_request *request) {
    size_t capacity = 1, count = 0, distinct = 0;
    for (size_t i = 0; i < answer->count; i++) {
        size_t values;
        oracle_values(&values, oracle, answer->hits[i].doc);
        capacity += values;
    }
    struct counted *counted = calloc(capacity, sizeof *counted);
    assert_non_null(counted);
    for (size_t i = 0; i < answer->count; i++)
        count +=
            append_values(counted + count, oracle, answer->hits[i].doc, request->field->number);
    qsort(counted, count, sizeof *counted, compare_terms);
    for (size_t i = 0; i < count; i++) {
        if (!i || strcmp(counted[i].term, counted[distinct - 1].term) != 0)
            counted[distinct++] = counted[i];
        else
            counted[distinct - 1].count++;
    }
    qsort(counted, distinct, sizeof *counted, compare_counts);
    assert_int_equal(facet->count, distinct < request->limit ? distinct : request->limit);
    for (size_t i = 0; i < facet->count; i++) {
        assert_slice(facet->values[i].term, slice_of_string(counted[i].term));
        assert_int_equal(facet->values[i].count, counted[i].count);
    }
    free(counted);
}
