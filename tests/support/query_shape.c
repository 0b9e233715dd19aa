/* SPDX-License-Identifier: MIT */
/* Walks over clauses. */
#include "tests/support/query_shape.h"

#include <inttypes.h>
#include <stdio.h>

#include "tests/support/testing.h"

struct shape {
    struct buffer *out;
    const struct schema *schema;
    int64_t now;
};

static void append(struct buffer *out, const char *text) {
    assert_int_equal(buffer_append(out, text, strlen(text)), ST_OK);
}

static void append_key(const struct shape *shape, enum field_type type, int64_t key) {
    char text[40];
    if (key == INT64_MIN || key == INT64_MAX)
        return;
    if (type == FIELD_TYPE_DATE)
        snprintf(text, sizeof text, "%" PRId64, key - shape->now);
    else
        snprintf(text, sizeof text, "%.17g", field_value_number_of_key(key));
    append(shape->out, text);
}

static void append_filter(const struct shape *shape, const struct query_filter *filter) {
    struct buffer *out = shape->out;
    const struct schema_field *field = schema_field(shape->schema, filter->field);
    append(out, field->name);
    append(out, filter->kind == QUERY_FILTER_RANGE ? "[" : "=");
    for (size_t i = 0; i < filter->value_count; i++) {
        append(out, i ? "|" : "");
        assert_int_equal(buffer_append_slice(out, filter->values[i]), ST_OK);
    }
    if (filter->kind != QUERY_FILTER_RANGE)
        return;
    append_key(shape, field->type, filter->range.min);
    append(out, ",");
    append_key(shape, field->type, filter->range.max);
    append(out, "]");
}

static void append_terms(struct buffer *out, const struct query_clause *clause) {
    append(out, clause->count > 1 ? "(" : "");
    for (size_t i = 0; i < clause->count; i++) {
        char offset[16];
        const struct query_term *term = &clause->terms[i];
        append(out, i ? " " : "");
        assert_int_equal(buffer_append_slice(out, term->term), ST_OK);
        snprintf(offset, sizeof offset, "@%u", term->offset);
        append(out, i && term->offset != term[-1].offset + 1 ? offset : "");
    }
    append(out, clause->count > 1 ? ")" : "");
}

static void append_clause(const struct shape *shape, const struct query_clause *clause) {
    static const char *const signs[] = {"", "+", "-"};
    static const char *const names[] = {
        [CLAUSE_EXACT] = "=", [CLAUSE_AND] = "AND", [CLAUSE_OR] = "OR", [CLAUSE_NEAR] = "NEAR/"};
    struct buffer *out = shape->out;
    char number[32];
    append(out, signs[clause->occur]);
    if (clause->kind == CLAUSE_FILTER) {
        append_filter(shape, clause->filter);
        return;
    }
    if (clause->field != SCHEMA_ALL && !clause->child_count) {
        append(out, schema_field(shape->schema, clause->field)->name);
        append(out, ":");
    }
    bool is_form = clause->kind == CLAUSE_PATTERN || clause->kind == CLAUSE_FUZZY;
    bool is_list = clause->kind == CLAUSE_LIST;
    append(out, is_form ? "<" : is_list ? "[" : names[clause->kind] ? names[clause->kind] : "");
    if (is_form)
        assert_int_equal(buffer_append_slice(out, clause->pattern), ST_OK);
    append(out, is_form ? ">" : "");
    append_terms(out, clause);
    snprintf(number, sizeof number, "%s%u", clause->kind == CLAUSE_FUZZY ? "~" : "",
             clause->distance);
    append(out, clause->distance || clause->kind == CLAUSE_NEAR ? number : "");
    append(out, clause->child_count && !is_list ? "(" : "");
    for (size_t i = 0; i < clause->child_count; i++) {
        append(out, !i ? "" : is_list ? " " : ", ");
        append_clause(shape, &clause->children[i]);
    }
    append(out, is_list ? "]" : clause->child_count ? ")" : "");
    snprintf(number, sizeof number, "^%g", clause->boost);
    append(out, clause->boost == 1 ? "" : number);
}

void query_shape_append(struct buffer *out, const struct query *query, int64_t now) {
    struct shape shape = {.out = out, .schema = query->schema, .now = now};
    for (size_t i = 0; i < query->count; i++) {
        append(out, i ? " " : "");
        append_clause(&shape, &query->clauses[i]);
    }
}

static bool filters_equal(const struct query_filter *a, const struct query_filter *b) {
    if (!a || !b)
        return a == b;
    if (a->kind != b->kind || a->field != b->field || a->value_count != b->value_count ||
        a->range.min != b->range.min || a->range.max != b->range.max)
        return false;
    for (size_t i = 0; i < a->value_count; i++)
        if (!slice_equal(a->values[i], b->values[i]))
            return false;
    return true;
}

static bool clauses_equal(const struct query_clause *a, const struct query_clause *b,
                          size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct query_clause *x = &a[i], *y = &b[i];
        if (x->kind != y->kind || x->occur != y->occur || x->quoted != y->quoted ||
            x->boost != y->boost || x->field != y->field || x->count != y->count ||
            x->distance != y->distance || x->child_count != y->child_count ||
            !slice_equal(x->pattern, y->pattern) || !filters_equal(x->filter, y->filter))
            return false;
        for (size_t k = 0; k < x->count; k++)
            if (!slice_equal(x->terms[k].term, y->terms[k].term) ||
                x->terms[k].offset != y->terms[k].offset || x->terms[k].whole != y->terms[k].whole)
                return false;
        if (!clauses_equal(x->children, y->children, x->child_count))
            return false;
    }
    return true;
}

bool query_shape_equals(const struct query *a, const struct query *b) {
    return a->count == b->count && clauses_equal(a->clauses, b->clauses, a->count);
}
