/* SPDX-License-Identifier: MIT */
/* The command line. One table of options and one of commands per program feed the parser, --help,
 * the completion for bash and the test of the manual page.
 *
 *     struct options { char *index; uint32_t limit; enum when color; bool help; };
 *
 *     #define AT(member) offsetof(struct options, member)
 *     static const struct cli_option table[] = {
 *         CLI_OPTION("index", 'i', "DIR", CLI_PATH, AT(index), "the index to use"),
 *         CLI_OPTION("limit", 'n', "N", CLI_COUNT, AT(limit), "show N results"),
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
 * Options are written `--name=VALUE` or `--name VALUE`, `-n VALUE` or `-nVALUE`; flags may be
 * bundled (`-lc`). `--` ends the options, and `-` alone is a word. Names are never abbreviated. If
 * an option is given twice, the last one counts. */
#ifndef QUERN_COMMON_CLI_CLI_H
#define QUERN_COMMON_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/base/status.h"

/* The type of the object that an option sets, at `offset` in the structure of options. */
enum cli_kind {
    CLI_FLAG,   /* bool: true */
    CLI_SET,    /* int or an enum: `value` */
    CLI_POINT,  /* const void *: `pointer` */
    CLI_CHOICE, /* int or an enum: the number, from 0, of a word in `argument`, such as "yes|no" */
    CLI_COUNT,  /* uint32_t: a whole number */
    CLI_SIZE,   /* uint64_t, bytes: 64K, 256M, 1G */
    CLI_DURATION, /* uint64_t, milliseconds: 30s, 15m, 2h, 7d */
    CLI_REAL,     /* double: 0.75 */
    CLI_TEXT,     /* const char *: borrowed from argv */
    CLI_TEXTS,    /* struct cli_list of texts: every use adds one */
    CLI_PATH,     /* char *: owned; "~" and "~/..." are expanded (index_path_expand()) */
    CLI_PATHS,    /* struct cli_list of such paths: every use adds one */
    CLI_HEADING,  /* no option: `help` is a heading in --help */
};

struct cli_option {
    const char *name;     /* without the dashes; NULL and no heading: the end of the table */
    char letter;          /* short form, or 0 */
    const char *argument; /* its name in --help; NULL: takes none; "[TAG]": optional, needs `=` */
    const char *help;     /* one line, no capital, no full stop */
    enum cli_kind kind;
    size_t offset;
    int value;                 /* of CLI_SET */
    const void *pointer;       /* of CLI_POINT */
    const char *default_value; /* the value of an optional argument that is left out */
};

/* The end of a table. */
static inline bool cli_option_is_last(const struct cli_option *option) {
    return !option->name && option->kind != CLI_HEADING;
}

static inline bool cli_argument_is_optional(const struct cli_option *option) {
    return option->argument && option->argument[0] == '[';
}

#define CLI_OPTION(name_, letter_, argument_, kind_, offset_, help_)                               \
    {                                                                                              \
        .name = (name_), .letter = (letter_), .argument = (argument_), .kind = (kind_),            \
        .offset = (offset_), .help = (help_)                                                       \
    }
/* An option without an argument that sets an int or an enum to `value`. */
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
#define CLI_OPTIONAL(name_, letter_, argument_, offset_, default_, help_)                          \
    {                                                                                              \
        .name = (name_), .letter = (letter_), .argument = (argument_), .kind = CLI_TEXT,           \
        .offset = (offset_), .default_value = (default_), .help = (help_)                          \
    }
#define CLI_GROUP(help_)                                                                           \
    { .kind = CLI_HEADING, .help = (help_) }

/* Paths or texts, in the order in which they were given. Starts as {0}; they are owned. */
struct cli_list {
    char **items;
    size_t count, capacity;
};

/* A command: the first argument may be its name. */
struct cli_command {
    const char *name;      /* NULL: the end of the table */
    const char *arguments; /* in the usage: "ID|PATH..."; NULL: takes none */
    const char *help; /* one line; NULL: shares its line with the commands after it without one */
    bool is_default;  /* the name may be left out */
};

struct cli {
    const char *program;
    /* What follows the program's name in the usage: lines, separated by newlines. With commands,
     * the text before each of them. */
    const char *usage;
    const char *about;                  /* a sentence or two below the usage */
    const struct cli_command *commands; /* a command is known by its index here; NULL: none */
    const struct cli_option *options;
    bool dash_words; /* after the first word, `-x` is a word; false: it is an option anywhere */
};

/* Reads the arguments argv[1 .. *argc - 1] into *options, where the caller has set the defaults,
 * and moves the words to argv[0 ..] in order; *argc becomes their number. Paths in *options must be
 * NULL or from malloc(). The caller calls cli_release() after failures too. ST_INVALID: an argument
 * is wrong. ST_NOMEM; ST_NOT_FOUND and ST_LIMIT of index_path_expand(). */
enum status cli_parse(void *options, int *argc, char **argv, const struct cli *cli,
                      struct error *err);

/* Frees the paths in *options and sets them to NULL. */
void cli_release(void *options, const struct cli *cli);

/* The number of the word `text` in `words`, such as "a|b|c", from 0; -1: it is not there. */
int cli_find_choice(const char *words, const char *text);

/* The index of the command of this name in cli->commands, or -1. */
int cli_find_command(const struct cli *cli, const char *name);

/* Print the text of --help, a short "usage:", and a script that bash sources. */
void cli_print_help(FILE *out, const struct cli *cli);
void cli_print_usage(FILE *out, const struct cli *cli);
void cli_print_completion(FILE *out, const struct cli *cli);

/* Writes "PROGRAM: MESSAGE" and a newline to stderr in one piece, with unsafe characters
 * escaped. */
void cli_print_message(const char *program, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
