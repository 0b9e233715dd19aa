/* SPDX-License-Identifier: MIT */
/* Prints for people: title, path and date, passages, and a summary. */
#include <inttypes.h>
#include <time.h>

#include "common/base/number.h"
#include "searcher/show/printer.h"

static const char bold[] = "\x1b[1m", dim[] = "\x1b[2m";

static void print_date(struct printer *printer, int64_t seconds) {
    time_t when = (time_t)seconds;
    struct tm date;
    char text[32];
    if (localtime_r(&when, &date) && strftime(text, sizeof text, "%Y-%m-%d", &date))
        printer_text(printer, text);
}

static const int64_t *find_date(const struct result_hit *hit) {
    for (size_t i = 0; i < hit->field_count; i++)
        if (hit->fields[i].number == SCHEMA_DATE)
            return &hit->fields[i].keys[0];
    return NULL;
}

/* Dots stand where the passage begins or ends within a sentence. */
static void print_snippet(struct printer *printer, const struct snippet *snippet) {
    bool cut_before = snippet->cut_before && !snippet->begins_sentence;
    bool cut_after = snippet->cut_after && !snippet->ends_sentence;
    printer_text(printer, cut_before ? "  ... " : "  ");
    printer_marked(printer, snippet->text, snippet->marks, snippet->count, NULL);
    printer_text(printer, cut_after ? " ...\n" : "\n");
}

/* A score in its own column. Zeros after the point of a score below 0.1 do not count as digits. */
static void print_share(struct printer *printer, double score) {
    printer_printf(printer, "  %#*.*g  ", PRINTER_SCORE_DIGITS + 4, PRINTER_SCORE_DIGITS, score);
}

/* A line for two words that are neighbours in the query, if they are near each other here. */
static void print_pair(struct printer *printer, const struct explanations *why,
                       const struct pair_explanation *pair) {
    if (!pair->near)
        return;
    print_share(printer, pair->contribution);
    printer_escaped(printer, pair->first, ESCAPE_TEXT);
    printer_text(printer, " near ");
    printer_escaped(printer, pair->second, ESCAPE_TEXT);
    printer_printf(printer, ": %g * idf %.4f, for %" PRIu32 " adjacent and %" PRIu32 " near\n",
                   why->nearness, pair->idf, pair->adjacent, pair->near);
}

/* One line per clause: the formula of search.h with its figures. */
static void print_why(struct printer *printer, const struct explanations *why) {
    char count[NUMBER_TEXT_MAX], documents[NUMBER_TEXT_MAX];
    for (size_t i = 0; i < why->count; i++) {
        const struct explanation *clause = &why->clauses[i];
        print_share(printer, clause->contribution);
        printer_escaped(printer, clause->typed, ESCAPE_TEXT);
        if (!clause->matches) {
            printer_text(printer, ": not in this document\n");
            continue;
        }
        printer_printf(printer,
                       ": idf %.4f (in %s of %s documents) * tf %.10g / (%.10g + %g * (1 - %g + %g "
                       "* %.10g / %.2f))\n",
                       clause->idf, number_format_count(count, clause->documents),
                       number_format_count(documents, clause->collection), clause->frequency,
                       clause->frequency, why->k1, why->b, why->b, clause->length,
                       clause->average_length);
    }
    for (size_t i = 0; i < why->pair_count; i++)
        print_pair(printer, why, &why->pairs[i]);
    print_share(printer, why->score);
    printer_printf(printer, "the sum; the document has %s words, counted as %.10g\n",
                   number_format_count(count, why->length), why->norm_length);
}

/* The line between the documents with all words and those with some. */
static void print_border(struct printer *printer, const struct result_set *results) {
    char sentence[RESULT_SENTENCE_MAX];
    if (!result_set_describe(sentence, results))
        return;
    printer_style(printer, dim);
    printer_printf(printer, "%s:", sentence);
    printer_style(printer, printer_plain);
    printer_text(printer, "\n\n");
}

/* The second line of a hit: its id, unless that is the first line, its date, and what else it is
 * sorted by. */
static void print_particulars(struct printer *printer, const struct result_hit *hit) {
    const int64_t *date = find_date(hit);
    bool has_value = hit->sort_value.count && hit->sort_value.number != SCHEMA_DATE;
    const char *separator = "";
    if (!hit->title.size && !date && !has_value)
        return;
    printer_style(printer, dim);
    if (hit->title.size) {
        printer_id(printer, hit->id, ESCAPE_NAME);
        separator = "  ";
    }
    if (date) {
        printer_text(printer, separator);
        print_date(printer, *date);
        separator = "  ";
    }
    if (has_value) {
        printer_text(printer, separator);
        printer_escaped(printer, hit->sort_value.name, ESCAPE_TEXT);
        printer_text(printer, ": ");
        printer_sort_value(printer, hit);
    }
    printer_style(printer, printer_plain);
    printer_text(printer, "\n");
}

static void terminal_hit(struct printer *printer, const struct result_set *results,
                         const struct result_hit *hit) {
    if (hit->part && (hit == results->hits || !hit[-1].part))
        print_border(printer, results);
    if (hit->title.size) {
        bool linked = printer_link_begin(printer, hit->id);
        printer_marked(printer, hit->title, hit->title_marks, hit->title_mark_count, bold);
        printer_link_end(printer, linked);
        printer_text(printer, hit->title_cut ? " ..." : "");
    } else {
        printer_style(printer, bold);
        printer_id(printer, hit->id, ESCAPE_NAME);
        printer_style(printer, printer_plain);
    }
    printer_text(printer, "\n");
    print_particulars(printer, hit);
    for (size_t i = 0; i < hit->snippet_count; i++)
        print_snippet(printer, &hit->snippets[i]);
    if (hit->why.count)
        print_why(printer, &hit->why);
    printer_text(printer, "\n");
}

/* A line for each value, with its count before it. */
static void print_facet(struct printer *printer, const struct result_facet *facet) {
    char count[NUMBER_TEXT_MAX];
    printer_style(printer, bold);
    printer_escaped(printer, facet->name, ESCAPE_TEXT);
    printer_style(printer, printer_plain);
    printer_text(printer, "\n");
    for (size_t i = 0; i < facet->count; i++) {
        printer_printf(printer, "%11s  ", number_format_count(count, facet->values[i].count));
        printer_escaped(printer, facet->values[i].shown, ESCAPE_TEXT);
        printer_text(printer, "\n");
    }
    printer_text(printer, "\n");
}

static void terminal_end(struct printer *printer, const struct result_set *results) {
    for (size_t i = 0; i < results->facet_count; i++)
        print_facet(printer, &results->facets[i]);
    char shown[NUMBER_TEXT_MAX], total[NUMBER_TEXT_MAX], age[NUMBER_TEXT_MAX];
    printer_style(printer, dim);
    if (results->total == 0)
        printer_printf(printer, "none of %s documents",
                       number_format_count(total, results->documents));
    else
        printer_printf(printer, "%s of %s%s document%s", number_format_count(shown, results->count),
                       results->exact ? "" : "at least ",
                       number_format_count(total, results->total), results->total == 1 ? "" : "s");
    printer_printf(printer, ", %.*f ms", results->milliseconds < 9.95 ? 1 : 0,
                   results->milliseconds);
    if (results->updated)
        printer_printf(printer, ", index %s old",
                       number_format_age(age, printer->now - results->updated));
    if (results->update_failed)
        printer_text(printer, ", its last update failed");
    printer_style(printer, printer_plain);
    printer_text(printer, "\n");
}

const struct printer_format printer_terminal = {.shows_passages = true,
                                                .shows_why = true,
                                                .fields = RESULT_FIELDS_DATE,
                                                .shows_facets = true,
                                                .shows_parts = true,
                                                .hit = terminal_hit,
                                                .end = terminal_end};
