/* SPDX-License-Identifier: MIT */
/* Prints for people: title, path and date, passages, and a summary. */
#include <inttypes.h>
#include <time.h>

#include "common/base/number.h"
#include "searcher/show/printer.h"

enum {
    INDENT = 2,       /* columns before a passage */
    COLUMNS_MIN = 24, /* of a terminal whose lines are worth breaking */
};

static const char bold[] = "\x1b[1m", dim[] = "\x1b[2m", match[] = "\x1b[1;31m";

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

/* A passage while it is printed. */
struct passage_writer {
    struct printer *printer;
    const struct snippet *snippet;
    size_t mark;      /* the first one that does not end before what is printed next */
    bool highlighted; /* the style of a mark is on */
    unsigned columns; /* of a line; 0: lines are not broken */
    unsigned column;  /* that the next character goes to */
    struct buffer measured;
};

static unsigned columns_of(struct slice text) {
    unsigned columns = 0;
    for (size_t at = 0; at < text.size;) {
        struct unicode_char next = unicode_decode(text.data + at, text.size - at);
        columns += unicode_columns(next.code_point);
        at += next.size;
    }
    return columns;
}

static bool has_right_to_left(struct slice text) {
    for (size_t at = 0; at < text.size;) {
        struct unicode_char next = unicode_decode(text.data + at, text.size - at);
        if (next.code_point >= 0x80 && unicode_is_right_to_left(next.code_point))
            return true;
        at += next.size;
    }
    return false;
}

static void set_highlight(struct passage_writer *writer, bool on) {
    if (writer->highlighted != on)
        printer_style(writer->printer, on ? match : printer_plain);
    writer->highlighted = on;
}

/* Prints bytes [at, end) of the passage. */
static void print_marked(struct passage_writer *writer, size_t at, size_t end) {
    const struct snippet *snippet = writer->snippet;
    while (at < end) {
        while (writer->mark < snippet->count && snippet->marks[writer->mark].end <= at)
            writer->mark++;
        bool marked = writer->mark < snippet->count && snippet->marks[writer->mark].start <= at;
        size_t stop = end;
        if (writer->mark < snippet->count)
            stop = marked ? snippet->marks[writer->mark].end : snippet->marks[writer->mark].start;
        if (stop > end)
            stop = end;
        set_highlight(writer, marked);
        printer_escaped(writer->printer, slice_of(snippet->text.data + at, stop - at), ESCAPE_TEXT);
        at = stop;
    }
}

/* Makes room for what has this many columns: begins a line, unless it fits into this one. Else, a
 * space is printed if one is before it. */
static void make_room(struct passage_writer *writer, unsigned columns, bool spaced) {
    if (writer->columns && writer->column > INDENT &&
        writer->column + spaced + columns > writer->columns) {
        bool highlighted = writer->highlighted;
        set_highlight(writer, false);
        printer_printf(writer->printer, "\n%*s", INDENT, "");
        if (!spaced)
            set_highlight(writer, highlighted);
        writer->column = INDENT;
    } else if (spaced) {
        printer_text(writer->printer, " ");
        writer->column++;
    }
    writer->column += columns;
}

/* Characters that do not begin a line in Chinese and Japanese. */
static bool begins_no_line(uint32_t code) {
    return (code >= 0x3001 && code <= 0x3002) || code == 0x300d || code == 0x300f ||
           code == 0x3011 || code == 0xff01 || code == 0xff09 || code == 0xff0c || code == 0xff0e ||
           code == 0xff1f || code == 0x30fc;
}

/* The end of what is never broken at `at`: a word, or a wide character with what belongs to it. */
static size_t unit_end(struct slice text, size_t at) {
    struct unicode_char next = unicode_decode(text.data + at, text.size - at);
    bool wide = unicode_columns(next.code_point) > 1;
    for (at += next.size; at < text.size && text.data[at] != ' '; at += next.size) {
        next = unicode_decode(text.data + at, text.size - at);
        unsigned columns = unicode_columns(next.code_point);
        if (columns > 1 ? !begins_no_line(next.code_point) : wide && columns)
            break;
    }
    return at;
}

/* The columns of a part of the passage as it is printed. */
static unsigned measure(struct passage_writer *writer, struct slice text) {
    if (!writer->columns)
        return 0;
    buffer_clear(&writer->measured);
    if (escape_append(&writer->measured, text, ESCAPE_TEXT))
        writer->printer->status = ST_NOMEM;
    return columns_of(buffer_slice(&writer->measured));
}

/* Dots stand where the passage begins or ends within a sentence, and before each but the first. On
 * a terminal, lines end between words, unless the passage is written from right to left: then the
 * terminal breaks it, because each line of ours would be given a direction of its own. */
static void print_snippet(struct printer *printer, const struct snippet *snippet, bool first) {
    struct slice text = snippet->text;
    struct passage_writer writer = {.printer = printer, .snippet = snippet, .column = INDENT};
    if (printer->columns >= COLUMNS_MIN && !has_right_to_left(text))
        writer.columns = printer->columns;
    bool spaced = snippet->cut_before && !(first && snippet->begins_sentence);
    bool cut_after = snippet->cut_after && !snippet->ends_sentence;
    printer_printf(printer, "%*s%s", INDENT, "", spaced ? "..." : "");
    writer.column += spaced ? 3 : 0;
    for (size_t at = 0; at < text.size;) {
        if (text.data[at] == ' ') {
            set_highlight(&writer, false);
            spaced = true;
            at++;
            continue;
        }
        size_t end = unit_end(text, at);
        unsigned more = end == text.size && cut_after ? 4 : 0; /* the dots stay with a word */
        make_room(&writer, measure(&writer, slice_of(text.data + at, end - at)) + more, spaced);
        print_marked(&writer, at, end);
        spaced = false;
        at = end;
    }
    set_highlight(&writer, false);
    printer_text(printer, cut_after ? " ...\n" : "\n");
    buffer_release(&writer.measured);
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
        printer_text(printer, ": ");
        if (clause->boost != 1)
            printer_printf(printer, "boost %g * ", clause->boost);
        printer_printf(printer,
                       "idf %.4f (in %s of %s documents) * tf %.10g / (%.10g + %g * (1 - %g + %g "
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
        /* After a name from right to left, its numbers would be, too. */
        if (printer->columns && has_right_to_left(hit->id))
            printer_text(printer, "\u200e");
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
        print_snippet(printer, &hit->snippets[i], i == 0);
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
