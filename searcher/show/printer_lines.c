/* The formats that are a line a hit. */
#include <inttypes.h>

#include "searcher/show/printer.h"

static void print_name(struct printer *printer, const struct answer *answer) {
    if (!answer->name.size)
        return;
    printer_escaped(printer, answer->name, ESCAPE_NAME);
    printer_text(printer, "\t");
}

static void line_hit(struct printer *printer, const struct answer *answer,
                     const struct answer_hit *hit) {
    print_name(printer, answer);
    printer_score(printer, hit->score);
    printer_text(printer, "\t");
    printer_id(printer, hit->id, ESCAPE_NAME);
    printer_text(printer, "\t");
    printer_title(printer, hit);
    printer_text(printer, "\n");
}

const struct printer_format printer_lines = {.hit = line_hit};

static void id_hit(struct printer *printer, const struct answer *answer,
                   const struct answer_hit *hit) {
    print_name(printer, answer);
    printer_id(printer, hit->id, ESCAPE_NAME);
    printer_bytes(printer, slice_of(printer->nul ? "\0" : "\n", 1));
}

const struct printer_format printer_ids = {.hit = id_hit};

static void count_end(struct printer *printer, const struct answer *answer) {
    print_name(printer, answer);
    printer_write(printer, "%" PRIu64 "\n", answer->total);
}

const struct printer_format printer_count = {.end = count_end};

/* The format that trec_eval reads; it splits at white space and ignores the rank. */
static void trec_hit(struct printer *printer, const struct answer *answer,
                     const struct answer_hit *hit) {
    struct slice name = answer->name.size ? answer->name : slice_of_string("1");
    printer_escaped(printer, name, ESCAPE_WORD);
    printer_text(printer, " Q0 ");
    printer_escaped(printer, hit->id, ESCAPE_WORD);
    printer_write(printer, " %" PRIu32 " ", hit->rank);
    printer_score(printer, hit->score);
    printer_text(printer, " ");
    printer_escaped(printer, slice_of_string(printer->tag), ESCAPE_WORD);
    printer_text(printer, "\n");
}

const struct printer_format printer_trec = {.hit = trec_hit};
