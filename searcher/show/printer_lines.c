/* SPDX-License-Identifier: MIT */
/* Prints the formats of lines: TSV, ids, count, passages with their lines, TREC. */
#include <inttypes.h>

#include "searcher/show/printer.h"

static void print_query_id(struct printer *printer, const struct result_set *results) {
    if (!results->query_id.size)
        return;
    printer_escaped(printer, results->query_id, ESCAPE_NAME);
    printer_text(printer, "\t");
}

static void tsv_hit(struct printer *printer, const struct result_set *results,
                    const struct result_hit *hit) {
    print_query_id(printer, results);
    if (results->sorted)
        printer_sort_value(printer, hit);
    else
        printer_score(printer, hit->score);
    printer_text(printer, "\t");
    printer_id(printer, hit->id, ESCAPE_NAME);
    printer_text(printer, "\t");
    printer_title(printer, hit);
    printer_text(printer, "\n");
}

const struct printer_format printer_tsv = {.hit = tsv_hit};

static void id_hit(struct printer *printer, const struct result_set *results,
                   const struct result_hit *hit) {
    print_query_id(printer, results);
    printer_id(printer, hit->id, ESCAPE_NAME);
    printer_bytes(printer, slice_of(printer->nul ? "\0" : "\n", 1));
}

const struct printer_format printer_ids = {.hit = id_hit};

static void count_end(struct printer *printer, const struct result_set *results) {
    print_query_id(printer, results);
    printer_printf(printer, "%" PRIu64 "\n", results->total);
}

const struct printer_format printer_count = {.counts_only = true, .end = count_end};

/* A line that an editor can follow. */
static void print_place(struct printer *printer, const struct result_set *results,
                        const struct result_hit *hit, struct file_place place) {
    print_query_id(printer, results);
    printer_id(printer, hit->id, ESCAPE_NAME);
    if (place.line)
        printer_printf(printer, ":%" PRIu64 ":%" PRIu64, place.line, place.column);
    printer_text(printer, ": ");
}

static void line_hit(struct printer *printer, const struct result_set *results,
                     const struct result_hit *hit) {
    if (result_hit_is_title_best(hit) || !hit->snippet_count) {
        print_place(printer, results, hit, hit->title_place);
        printer_marked(printer, hit->title, hit->title_marks, hit->title_mark_count, NULL);
        printer_text(printer, hit->title_cut ? " ...\n" : "\n");
        return;
    }
    for (size_t i = 0; i < hit->snippet_count; i++) {
        const struct snippet *snippet = &hit->snippets[i];
        print_place(printer, results, hit, hit->places[i]);
        printer_marked(printer, snippet->text, snippet->marks, snippet->count, NULL);
        printer_text(printer, "\n");
    }
}

const struct printer_format printer_line = {
    .shows_passages = true, .shows_places = true, .hit = line_hit};

/* For trec_eval, which splits at white space, ignores the rank and sorts by score. So where the
 * answer may have two parts, more is added in the first one than a document of the second can
 * score, whether or not there is a second. */
static double trec_score(const struct result_set *results, const struct result_hit *hit) {
    bool first = results->all_first && hit->part == 0;
    return first ? hit->score + 1.1 * results->score_bound : hit->score;
}

static void trec_hit(struct printer *printer, const struct result_set *results,
                     const struct result_hit *hit) {
    struct slice query_id = results->query_id.size ? results->query_id : slice_of_string("1");
    printer_escaped(printer, query_id, ESCAPE_WORD);
    printer_text(printer, " Q0 ");
    printer_escaped(printer, hit->id, ESCAPE_WORD);
    printer_printf(printer, " %" PRIu32 " %.*g ", hit->rank, PRINTER_TREC_DIGITS,
                   trec_score(results, hit));
    printer_escaped(printer, slice_of_string(printer->run_tag), ESCAPE_WORD);
    printer_text(printer, "\n");
}

const struct printer_format printer_trec = {.hit = trec_hit};
