/* SPDX-License-Identifier: MIT */
/* Prints result sets in one of the output formats. A printer collects what a format prints, so that
 * a result set takes one write(). Nothing of a document reaches a terminal or a pipe unescaped
 * (escape.h), except ids that end in NUL (-0), which are raw.
 *
 * A new format is a file printer_NAME.c, its declaration below, and a row in the table of options
 * (searcher/options.c) that selects it.
 *
 *     struct printer printer = {.format = &printer_tsv};
 *     printer_print(&printer, &results, &err);          // any number of times
 *     output_write(1, buffer_slice(&printer.out), &err);
 *     printer_release(&printer);
 *
 * Threads: a printer belongs to one thread. */
#ifndef QUERN_SEARCHER_SHOW_PRINTER_H
#define QUERN_SEARCHER_SHOW_PRINTER_H

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/text/escape.h"
#include "searcher/show/result_set.h"

struct printer;

/* An output format: what it needs, and what it prints before the hits, for each of them, and after
 * them. Each function may be NULL. */
struct printer_format {
    bool shows_passages;
    bool shows_places;         /* in which lines of its file a passage is */
    bool shows_why;            /* the arithmetic of the scores, if that is wanted */
    enum result_fields fields; /* which of a hit's fields it shows */
    bool shows_facets;
    bool shows_words; /* how many of the query's words a hit has */
    bool shows_parts; /* which hits have all words; else a line on stderr says so */
    bool counts_only; /* the total alone; no hits have to be found */
    bool silent;      /* the exit code is all */
    void (*begin)(struct printer *, const struct result_set *);
    void (*hit)(struct printer *, const struct result_set *, const struct result_hit *);
    void (*end)(struct printer *, const struct result_set *);
};

/* Digits of a score and of a clause's share of it. Scores are multiples of one power of 2, by less
 * than 2^31, so this many digits tell any two of them apart. A TREC run adds to some of them. */
enum { PRINTER_SCORE_DIGITS = 11, PRINTER_TREC_DIGITS = 12 };

extern const struct printer_format printer_terminal; /* for people */
extern const struct printer_format printer_tsv;      /* score or sort value TAB id TAB title */
extern const struct printer_format printer_ids;      /* id */
extern const struct printer_format printer_count;    /* the number of matching documents */
extern const struct printer_format printer_line;     /* path:line:column: passage */
extern const struct printer_format printer_template; /* the user's template for each hit */
extern const struct printer_format printer_trec;     /* query_id Q0 id rank score tag */
extern const struct printer_format printer_json;     /* one object per line */
extern const struct printer_format printer_none;     /* nothing */

struct printer {
    const struct printer_format *format;
    struct slice folder;  /* ids below it are shown relative to it, unless it is empty */
    const char *run_tag;  /* of printer_trec */
    const char *template; /* of printer_template (printer_template.h), valid */
    int64_t now;          /* seconds since 1970, for the age of the index */
    unsigned columns;     /* of the terminal; 0: it is none */
    bool color;
    const char *link_host; /* what names a file links to it on this host (OSC 8); NULL: no links */
    bool nul;              /* ids end in NUL and are raw */
    struct buffer out;     /* printed and not yet written; owned */
    enum status status;    /* the first failure of the functions below: ST_NOMEM */
};

/* Appends the result set to printer->out. Lines, ids and counts begin with its query id, if any. */
enum status printer_print(struct printer *printer, const struct result_set *results,
                          struct error *err);
void printer_release(struct printer *printer);

extern const char printer_plain[]; /* ends any style */

/* For formats. A failure is kept in printer->status. */
void printer_bytes(struct printer *printer, struct slice bytes);
void printer_text(struct printer *printer, const char *text);
void printer_escaped(struct printer *printer, struct slice text, enum escape mode);
void printer_printf(struct printer *printer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void printer_score(struct printer *printer, double score);
/* A date in UTC, as 2021-06-01T12:30:05Z. */
void printer_date(struct printer *printer, int64_t seconds);
/* A number with as many digits as tell it apart from any other. */
void printer_number(struct printer *printer, double number);
/* Value `i` of a field. */
void printer_value(struct printer *printer, const struct hit_field *field, size_t i,
                   enum escape mode);
/* The value that the hit is sorted by; nothing if it has none. */
void printer_sort_value(struct printer *printer, const struct result_hit *hit);
/* Text with marks, which are highlighted if printer->color; the rest has this style or NULL. */
void printer_marked(struct printer *printer, struct slice text, const struct snippet_mark *marks,
                    size_t count, const char *style);
/* Begin and end a terminal's style, if printer->color. */
void printer_style(struct printer *printer, const char *style);
/* What is printed between these is a link to the file of this id, if the id is the path of one. */
bool printer_link_begin(struct printer *printer, struct slice id);
void printer_link_end(struct printer *printer, bool begun);
/* The title, with an ellipsis if only its beginning is stored. */
void printer_title(struct printer *printer, const struct result_hit *hit);
/* The id, relative to printer->folder if it is a path below that, as a link if that is wanted. ./
 * precedes a relative name that would otherwise be read as an option. */
void printer_id(struct printer *printer, struct slice id, enum escape mode);

#endif
