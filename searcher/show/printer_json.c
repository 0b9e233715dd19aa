/* SPDX-License-Identifier: MIT */
/* Prints JSON, one object per line. Its members are a contract (quern-search(1)); "v" is its
 * version. */
#include <inttypes.h>

#include "common/base/utf8.h"
#include "searcher/show/printer.h"

enum { JSON_VERSION = 1 };

/* "text"; bytes that are not UTF-8 read as U+FFFD. */
static void print_string(struct printer *printer, struct slice text) {
    printer_text(printer, "\"");
    printer_escaped(printer, text, ESCAPE_JSON);
    printer_text(printer, "\"");
}

/* ,"name":"text" */
static void print_string_member(struct printer *printer, const char *name, struct slice text) {
    printer_printf(printer, ",\"%s\":", name);
    print_string(printer, text);
}

/* ,"name":"hexadecimal" */
static void print_bytes_member(struct printer *printer, const char *name, struct slice bytes) {
    printer_printf(printer, ",\"%s\":\"", name);
    for (size_t i = 0; i < bytes.size; i++)
        printer_printf(printer, "%02x", bytes.data[i]);
    printer_text(printer, "\"");
}

/* ,"name":true */
static void print_bool_member(struct printer *printer, const char *name, bool value) {
    printer_printf(printer, ",\"%s\":%s", name, value ? "true" : "false");
}

static size_t count_characters(struct slice text) {
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += !utf8_is_continuation(text.data[i]);
    return count;
}

/* ,"name":[[0,3],[7,12]]: marks count code points, which is what most languages index strings by. */
static void print_marks_member(struct printer *printer, const char *name, struct slice text,
                               const struct snippet_mark *marks, size_t count) {
    size_t characters = 0;
    uint32_t at = 0;
    printer_printf(printer, ",\"%s\":[", name);
    for (size_t i = 0; i < count; i++) {
        struct snippet_mark mark = marks[i];
        characters += count_characters(slice_of(text.data + at, mark.start - at));
        size_t start = characters;
        characters += count_characters(slice_of(text.data + mark.start, mark.end - mark.start));
        printer_printf(printer, "%s[%zu,%zu]", i ? "," : "", start, characters);
        at = mark.end;
    }
    printer_text(printer, "]");
}

static void print_snippet(struct printer *printer, const struct snippet *snippet) {
    printer_text(printer, "{\"text\":");
    print_string(printer, snippet->text);
    print_marks_member(printer, "marks", snippet->text, snippet->marks, snippet->count);
    printer_printf(printer, ",\"cut\":[%s,%s]}", snippet->cut_before ? "true" : "false",
                   snippet->cut_after ? "true" : "false");
}

static void print_snippets_member(struct printer *printer, const struct result_hit *hit) {
    printer_text(printer, ",\"snippets\":[");
    for (size_t i = 0; i < hit->snippet_count; i++) {
        printer_text(printer, i ? "," : "");
        print_snippet(printer, &hit->snippets[i]);
    }
    printer_text(printer, "]");
}

static void print_clause(struct printer *printer, const struct explanation *clause) {
    printer_text(printer, "{\"clause\":");
    print_string(printer, clause->typed);
    printer_printf(printer, ",\"documents\":%" PRIu64 ",\"idf\":%.17g", clause->documents,
                   clause->idf);
    if (clause->boost != 1)
        printer_printf(printer, ",\"boost\":%.17g", clause->boost);
    printer_printf(printer, ",\"tf\":%.10g,\"score\":%.17g}", clause->frequency,
                   clause->contribution);
}

static void print_pair(struct printer *printer, const struct pair_explanation *pair) {
    printer_text(printer, "{\"words\":[");
    print_string(printer, pair->first);
    printer_text(printer, ",");
    print_string(printer, pair->second);
    printer_printf(printer,
                   "],\"idf\":%.17g,\"adjacent\":%" PRIu32 ",\"near\":%" PRIu32 ",\"score\":%.17g}",
                   pair->idf, pair->adjacent, pair->near, pair->contribution);
}

static void print_why_member(struct printer *printer, const struct explanations *why) {
    printer_printf(
        printer,
        ",\"why\":{\"k1\":%.17g,\"b\":%.17g,\"documents\":%" PRIu64
        ",\"average_length\":%.17g,\"length\":%" PRIu32 ",\"norm_length\":%.17g,\"clauses\":[",
        why->k1, why->b, why->documents, why->average_length, why->length, why->norm_length);
    for (size_t i = 0; i < why->count; i++) {
        printer_text(printer, i ? "," : "");
        print_clause(printer, &why->clauses[i]);
    }
    printer_text(printer, "]");
    if (why->pair_count) {
        printer_printf(printer, ",\"nearness\":%.17g,\"pairs\":[", why->nearness);
        for (size_t i = 0; i < why->pair_count; i++) {
            printer_text(printer, i ? "," : "");
            print_pair(printer, &why->pairs[i]);
        }
        printer_text(printer, "]");
    }
    printer_text(printer, "}");
}

static void print_value(struct printer *printer, const struct hit_field *field, size_t i) {
    const char *quote = field->type == FIELD_TYPE_NUMBER ? "" : "\"";
    printer_text(printer, quote);
    printer_value(printer, field, i, ESCAPE_JSON);
    printer_text(printer, quote);
}

/* ,"fields":{"date":"2021-06-01T00:00:00Z","tag":["energy","north sea"]} */
static void print_fields_member(struct printer *printer, const struct result_hit *hit) {
    printer_text(printer, ",\"fields\":{");
    for (size_t i = 0; i < hit->field_count; i++) {
        const struct hit_field *field = &hit->fields[i];
        printer_text(printer, i ? "," : "");
        print_string(printer, field->name);
        printer_text(printer, field->count > 1 ? ":[" : ":");
        for (size_t k = 0; k < field->count; k++) {
            printer_text(printer, k ? "," : "");
            print_value(printer, field, k);
        }
        printer_text(printer, field->count > 1 ? "]" : "");
    }
    printer_text(printer, "}");
}

/* ,"facets":{"ext":[{"value":"pdf","count":12}]} */
static void print_facets_member(struct printer *printer, const struct result_set *results) {
    printer_text(printer, ",\"facets\":{");
    for (size_t i = 0; i < results->facet_count; i++) {
        const struct result_facet *facet = &results->facets[i];
        printer_text(printer, i ? "," : "");
        print_string(printer, facet->name);
        printer_text(printer, ":[");
        for (size_t k = 0; k < facet->count; k++) {
            printer_text(printer, k ? ",{\"value\":" : "{\"value\":");
            print_string(printer, facet->values[k].shown);
            printer_printf(printer, ",\"count\":%" PRIu64 "}", facet->values[k].count);
        }
        printer_text(printer, "]");
    }
    printer_text(printer, "}");
}

static void json_begin(struct printer *printer, const struct result_set *results) {
    printer_printf(printer, "{\"v\":%d", JSON_VERSION);
    if (results->query_id.size)
        print_string_member(printer, "qid", results->query_id);
    print_string_member(printer, "query", results->query);
    if (results->note)
        print_string_member(printer, "note", slice_of_string(results->note));
    if (results->did_you_mean.size)
        print_string_member(printer, "did_you_mean", results->did_you_mean);
    printer_printf(printer, ",\"total\":%" PRIu64, results->total);
    print_bool_member(printer, "exact", results->exact);
    print_bool_member(printer, "relaxed", results->relaxed);
    printer_printf(printer, ",\"words\":%zu", results->word_count);
    if (results->part_count > 1)
        printer_printf(printer, ",\"with_all\":%" PRIu64, results->with_all);
    printer_printf(printer, ",\"took_ms\":%.3f", results->milliseconds);
    printer_printf(printer, ",\"documents\":%" PRIu64, results->documents);
    printer_printf(printer, ",\"updated\":%" PRId64, results->updated);
    printer_text(printer, ",\"hits\":[");
}

static void json_hit(struct printer *printer, const struct result_set *results,
                     const struct result_hit *hit) {
    printer_printf(printer, "%s{\"rank\":%" PRIu32, hit == results->hits ? "" : ",", hit->rank);
    print_string_member(printer, "id", hit->id);
    if (!escape_is_utf8(hit->id))
        print_bytes_member(printer, "id_bytes", hit->id);
    if (results->sorted) {
        printer_text(printer, ",\"sort\":");
        if (hit->sort_value.count)
            print_value(printer, &hit->sort_value, 0);
        else
            printer_text(printer, "null");
    } else {
        printer_text(printer, ",\"score\":");
        printer_score(printer, hit->score);
    }
    print_bool_member(printer, "all", hit->has_all);
    printer_printf(printer, ",\"words\":%zu", hit->word_count);
    print_string_member(printer, "title", hit->title);
    if (hit->title_cut)
        print_bool_member(printer, "title_cut", true);
    print_marks_member(printer, "title_marks", hit->title, hit->title_marks, hit->title_mark_count);
    print_fields_member(printer, hit);
    print_snippets_member(printer, hit);
    if (hit->why.count)
        print_why_member(printer, &hit->why);
    printer_text(printer, "}");
}

static void json_end(struct printer *printer, const struct result_set *results) {
    printer_text(printer, "]");
    if (results->facet_count)
        print_facets_member(printer, results);
    printer_text(printer, "}\n");
}

const struct printer_format printer_json = {.shows_passages = true,
                                            .shows_why = true,
                                            .fields = RESULT_FIELDS_ALL,
                                            .shows_facets = true,
                                            .shows_words = true,
                                            .shows_parts = true,
                                            .begin = json_begin,
                                            .hit = json_hit,
                                            .end = json_end};
