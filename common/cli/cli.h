/* The command line: ONE table of options for each program, from which come the parser, --help, bash
 * completion and the test of the man page.
 *
 *     struct options { char *index; uint32_t limit; enum when color; bool help; };
 *
 *     #define AT(member) offsetof(struct options, member)
 *     static const struct cli_option table[] = {
 *         CLI_OPTION("index", 'i', "DIR", CLI_PATH, AT(index), "the index to use"),
 *         CLI_OPTION("limit", 'n', "N", CLI_COUNT, AT(limit), "show so many"),
 *         CLI_GROUP("Output"),
 *         CLI_OPTION("color", 0, "auto|always|never", CLI_CHOICE, AT(color), "use colour"),
 *         CLI_OPTION("help", 'h', NULL, CLI_FLAG, AT(help), "show this"),
 *         {0},
 *     };
 *     static const struct cli cli = {.program = "quern-x", .usage = "[OPTION...] WORD...",
 *                                    .about = "Does x.", .options = table};
 *
 *     struct options options = {.limit = 10};
 *     if (cli_parse(&options, &argc, argv, &cli, &err))
 *         return cli_print_message(cli.program, "%s", err.text), 2;
 *     // argv[0 .. argc - 1] are the words
 *     cli_release(&options, &cli);
 *
 * The rules: `--name=VALUE` or `--name VALUE`; `-n VALUE` or `-nVALUE`; flags bundle (`-lc`); `--`
 * ends options; `-` alone is a word; names are never abbreviated; an option given twice: the last
 * counts. */
#ifndef QUERN_COMMON_CLI_CLI_H
#define QUERN_COMMON_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/base/status.h"

/* What an option writes, and where: an object of this type at `offset` of the options structure. */
enum cli_kind {
    CLI_FLAG,   /* bool: true */
    CLI_SET,    /* int or an enum: `value` */
    CLI_POINT,  /* const void *: `pointer` */
    CLI_CHOICE, /* int or an enum: which of the words in `argument`, "auto|always|never", from 0 */
    CLI_COUNT,  /* uint32_t: a whole number */
    CLI_SIZE,   /* uint64_t, bytes: 64K, 256M, 1G */
    CLI_DURATION, /* uint64_t, milliseconds: 30s, 15m, 2h, 7d */
    CLI_REAL,     /* double: 0.75 */
    CLI_TEXT,     /* const char *: borrowed from argv */
    CLI_PATH,     /* char *: owned; "~" and "~/..." are expanded (index_path_expand()) */
    CLI_PATHS,    /* struct cli_list of such paths: every use adds one */
    CLI_HEADING,  /* no option: `help` heads the options below it in --help */
};

struct cli_option {
    const char *name;     /* without the dashes; NULL and no heading: the end of the table */
    char letter;          /* short form, or 0 */
    const char *argument; /* what --help calls it; NULL: takes none; "[TAG]": optional, needs `=` */
    const char *help;     /* one line, no capital, no full stop */
    enum cli_kind kind;
    size_t offset;
    int value;                 /* of CLI_SET */
    const void *pointer;       /* of CLI_POINT */
    const char *default_value; /* the value of an optional argument that is left out */
};

#define CLI_OPTION(name_, letter_, argument_, kind_, offset_, help_)                               \
    {                                                                                              \
        .name = (name_), .letter = (letter_), .argument = (argument_), .kind = (kind_),            \
        .offset = (offset_), .help = (help_)                                                       \
    }
/* Without an argument: puts `value` into an int or an enum. */
#define CLI_CONSTANT(name_, letter_, offset_, value_, help_)                                       \
    {                                                                                              \
        .name = (name_), .letter = (letter_), .kind = CLI_SET, .offset = (offset_),                \
        .value = (value_), .help = (help_)                                                         \
    }
/* Without an argument: makes a pointer to a constant object point to `object`. */
#define CLI_OBJECT(name_, letter_, offset_, object_, help_)                                        \
    {                                                                                              \
        .name = (name_), .letter = (letter_), .kind = CLI_POINT, .offset = (offset_),              \
        .pointer = (object_), .help = (help_)                                                      \
    }
/* A text that may be left out, which then is `default_value`. */
#define CLI_OPTIONAL(name_, letter_, argument_, offset_, otherwise_, help_)                        \
    {                                                                                              \
        .name = (name_), .letter = (letter_), .argument = (argument_), .kind = CLI_TEXT,           \
        .offset = (offset_), .default_value = (otherwise_), .help = (help_)                        \
    }
#define CLI_GROUP(help_)                                                                           \
    { .kind = CLI_HEADING, .help = (help_) }

/* Start with {0}; all of it is owned. */
struct cli_list {
    char **items;
    size_t count;
};

struct cli {
    const char *program;
    const char *usage;    /* lines behind the program's name, separated by newlines */
    const char *about;    /* a sentence or two below it */
    const char *commands; /* "add|update": words that may stand first, for completion; or NULL */
    const struct cli_option *options;
    bool dash_words; /* behind the first word, `-x` is a word; else short options work anywhere */
};

/* Reads the arguments argv[1 .. *argc - 1] into *options (whose defaults the caller has filled in)
 * and leaves the *argc words in argv[0 ..] in order. ST_INVALID: err->text says which and what to
 * do. The paths in *options are NULL or allocated before; cli_release() is due in any case. */
enum status cli_parse(void *options, int *argc, char **argv, const struct cli *cli,
                      struct error *err);

/* Frees the paths in *options and sets them to NULL. */
void cli_release(void *options, const struct cli *cli);

/* Which of the words "a|b|c" `text` is, from 0, or -1. */
int cli_find_choice(const char *words, const char *text);

/* The text of --help; a short "usage:" to follow a mistake; a script that bash sources. */
void cli_print_help(FILE *out, const struct cli *cli);
void cli_print_usage(FILE *out, const struct cli *cli);
void cli_print_completion(FILE *out, const struct cli *cli);

/* Writes "PROGRAM: MESSAGE" and a newline to stderr in one piece, whatever is unsafe in it escaped.
 */
void cli_print_message(const char *program, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Exit codes. quern-search: as grep. quern-index: 0, 1, else those of sysexits.h. */
enum cli_exit {
    CLI_SEARCH_HITS = 0,
    CLI_SEARCH_NONE = 1,
    CLI_SEARCH_ERROR = 2,

    CLI_INDEX_DONE = 0,
    CLI_INDEX_PARTLY = 1,    /* done, but some documents failed or the delete guard held */
    CLI_INDEX_USAGE = 64,    /* EX_USAGE */
    CLI_INDEX_DAMAGED = 65,  /* EX_DATAERR */
    CLI_INDEX_NO_INPUT = 66, /* EX_NOINPUT: no source, no index */
    CLI_INDEX_LIMIT = 70,    /* EX_SOFTWARE: a documented limit is exceeded */
    CLI_INDEX_MEMORY = 71,   /* EX_OSERR */
    CLI_INDEX_EXISTS = 73,   /* EX_CANTCREAT: no index can be made among other files */
    CLI_INDEX_IO = 74,       /* EX_IOERR: also disk full */
    CLI_INDEX_BUSY = 75,     /* EX_TEMPFAIL */
    CLI_INDEX_CONFIG = 78,   /* EX_CONFIG: the index was made with other settings */
};

/* The exit code that a status ends the program with. (After ST_INTERRUPTED, main() knows the signal
 * and exits with 128 + its number; 130 here.) */
int cli_exit_search(enum status status);
int cli_exit_index(enum status status);

#endif
