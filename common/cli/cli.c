#include "common/cli/cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/number.h"
#include "common/index/index_path.h"
#include "common/text/escape.h"

enum {
    NAME_MAX_LENGTH = 32, /* of an option, for the search for a similar one */
    HELP_COLUMN = 28,     /* where --help starts to explain */
};

static bool option_is_last(const struct cli_option *option) {
    return !option->name && option->kind != CLI_HEADING;
}

static bool argument_is_optional(const struct cli_option *option) {
    return option->argument && option->argument[0] == '[';
}

static const struct cli_option *find_name(const struct cli *cli, const char *name, size_t length) {
    for (const struct cli_option *option = cli->options; !option_is_last(option); option++)
        if (option->name && strlen(option->name) == length &&
            memcmp(option->name, name, length) == 0)
            return option;
    return NULL;
}

static const struct cli_option *find_letter(const struct cli *cli, char letter) {
    for (const struct cli_option *option = cli->options; !option_is_last(option); option++)
        if (option->name && option->letter == letter)
            return option;
    return NULL;
}

static size_t min_size(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours
 * (Damerau 1964). Strings of up to NAME_MAX_LENGTH bytes. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length) {
    size_t rows[3][NAME_MAX_LENGTH + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_length; j++)
        last[j] = before[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t replaced = last[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = min_size(replaced, min_size(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = min_size(row[j], before[j - 2] + 1);
        }
        size_t *spare = before;
        before = last;
        last = row;
        row = spare;
    }
    return last[b_length];
}

static enum status unknown_option(const struct cli *cli, const char *name, size_t length,
                                  struct error *err) {
    const char *nearest = NULL;
    size_t best = length / 3 + 1; /* a third of the letters may be wrong */
    for (const struct cli_option *option = cli->options; !option_is_last(option); option++) {
        size_t option_length = option->name ? strlen(option->name) : 0;
        if (!option_length || option_length > NAME_MAX_LENGTH || length > NAME_MAX_LENGTH)
            continue;
        size_t d = distance(name, length, option->name, option_length);
        bool begins = length >= 3 && length < option_length && !memcmp(name, option->name, length);
        if (begins || d < best || (d == best && !nearest)) {
            nearest = option->name;
            best = begins ? 0 : d;
        }
    }
    if (nearest)
        return error_set(err, ST_INVALID, 0, "--%.*s: no such option; did you mean --%s?",
                         (int)length, name, nearest);
    return error_set(err, ST_INVALID, 0, "--%.*s: no such option; see %s --help", (int)length, name,
                     cli->program);
}

int cli_find_choice(const char *words, const char *text) {
    size_t length = strlen(text);
    for (int i = 0;; i++) {
        size_t size = strcspn(words, "|");
        if (size == length && memcmp(words, text, size) == 0)
            return i;
        if (!words[size])
            return -1;
        words += size + 1;
    }
}

/* An owned copy of a path, as it was meant. */
static enum status copy_path(char **out, const char *typed, struct error *err) {
    char path[PATH_MAX];
    enum status status = index_path_expand(path, typed, err);
    if (status)
        return status;
    char *copy = strdup(path);
    if (!copy)
        return error_nomem(err);
    free(*out);
    *out = copy;
    return ST_OK;
}

static enum status list_append(struct cli_list *list, const char *typed, struct error *err) {
    char **items = realloc(list->items, (list->count + 1) * sizeof *items);
    if (!items)
        return error_nomem(err);
    list->items = items;
    items[list->count] = NULL;
    enum status status = copy_path(&items[list->count], typed, err);
    list->count += !status;
    return status;
}

static void list_release(struct cli_list *list) {
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct cli_list){0};
}

void cli_release(void *options, const struct cli *cli) {
    for (const struct cli_option *option = cli->options; !option_is_last(option); option++) {
        void *place = (unsigned char *)options + option->offset;
        if (option->kind == CLI_PATHS)
            list_release(place);
        if (option->kind != CLI_PATH)
            continue;
        free(*(char **)place);
        *(char **)place = NULL;
    }
}

/* Stores `text`, NULL when the option takes none, at its place. `typed` names the option as the
 * user wrote it. */
static enum status set_option(void *options, const struct cli_option *option, const char *typed,
                              const char *text, struct error *err) {
    unsigned char *place = (unsigned char *)options + option->offset;
    const char *expected = "";
    switch (option->kind) {
    case CLI_FLAG:
        *(bool *)place = true;
        return ST_OK;
    case CLI_SET:
        memcpy(place, &option->value, sizeof option->value);
        return ST_OK;
    case CLI_POINT:
        memcpy(place, &option->pointer, sizeof option->pointer);
        return ST_OK;
    case CLI_CHOICE: {
        int choice = cli_find_choice(option->argument, text);
        if (choice < 0)
            return error_set(err, ST_INVALID, 0, "%s %s: not one of %s", typed, text,
                             option->argument);
        memcpy(place, &choice, sizeof choice);
        return ST_OK;
    }
    case CLI_COUNT: {
        uint64_t count;
        expected = "a whole number up to 4,294,967,295, such as 10";
        if (number_parse_count(&count, text) || count > UINT32_MAX)
            break;
        *(uint32_t *)(void *)place = (uint32_t)count;
        return ST_OK;
    }
    case CLI_SIZE:
        expected = "a size such as 64K, 256M or 1G";
        if (number_parse_size((uint64_t *)(void *)place, text))
            break;
        return ST_OK;
    case CLI_DURATION:
        expected = "a time such as 30s, 15m, 2h or 7d";
        if (number_parse_duration((uint64_t *)(void *)place, text))
            break;
        return ST_OK;
    case CLI_REAL:
        expected = "a number such as 0.75";
        if (number_parse_real((double *)(void *)place, text))
            break;
        return ST_OK;
    case CLI_TEXT:
        *(const char **)(void *)place = text;
        return ST_OK;
    case CLI_PATH:
        return copy_path((char **)(void *)place, text, err);
    case CLI_PATHS:
        return list_append((struct cli_list *)(void *)place, text, err);
    case CLI_HEADING:
        break;
    }
    return error_set(err, ST_INVALID, 0, "%s %s: not %s", typed, text, expected);
}

/* What reading goes through: argv, and how far it is. */
struct parser {
    const struct cli *cli;
    void *options;
    char **argv;
    int argc;
    int at;
};

static enum status missing(const struct cli_option *option, struct error *err) {
    return error_set(err, ST_INVALID, 0, "--%s: needs a value; write --%s=%s", option->name,
                     option->name, option->argument);
}

/* --name, --name=value, --name value */
static enum status parse_long(struct parser *parser, struct error *err) {
    const char *typed = parser->argv[parser->at], *name = typed + 2;
    size_t length = strcspn(name, "=");
    const char *value = name[length] ? name + length + 1 : NULL;
    const struct cli_option *option = find_name(parser->cli, name, length);
    if (!option)
        return unknown_option(parser->cli, name, length, err);
    if (!option->argument && value)
        return error_set(err, ST_INVALID, 0, "--%s: takes no value", option->name);
    if (option->argument && !value) {
        if (argument_is_optional(option))
            value = option->default_value;
        else if (parser->at + 1 < parser->argc)
            value = parser->argv[++parser->at];
        else
            return missing(option, err);
    }
    char as_typed[NAME_MAX_LENGTH + 3];
    snprintf(as_typed, sizeof as_typed, "--%s", option->name);
    return set_option(parser->options, option, as_typed, value, err);
}

/* -l, -lc, -n5, -n 5 */
static enum status parse_short(struct parser *parser, struct error *err) {
    for (const char *letter = parser->argv[parser->at] + 1; *letter; letter++) {
        const struct cli_option *option = find_letter(parser->cli, *letter);
        if (!option)
            return error_set(
                err, ST_INVALID, 0,
                "-%s: no such option; see %s --help, or put -- before a word that begins with -",
                letter, parser->cli->program);
        const char *value = NULL;
        if (option->argument) {
            if (letter[1])
                value = letter + 1;
            else if (argument_is_optional(option))
                value = option->default_value;
            else if (parser->at + 1 < parser->argc)
                value = parser->argv[++parser->at];
            else
                return missing(option, err);
        }
        char as_typed[] = {'-', option->letter, 0};
        enum status status = set_option(parser->options, option, as_typed, value, err);
        if (status || option->argument)
            return status;
    }
    return ST_OK;
}

enum status cli_parse(void *options, int *argc, char **argv, const struct cli *cli,
                      struct error *err) {
    struct parser parser = {.cli = cli, .options = options, .argv = argv, .argc = *argc, .at = 1};
    int words = 0;
    bool ended = false;
    for (; parser.at < parser.argc; parser.at++) {
        char *word = argv[parser.at];
        bool dash = word[0] == '-' && word[1] != '\0';
        bool is_long = dash && word[1] == '-';
        if (ended || !dash || (!is_long && words && cli->dash_words)) {
            argv[words++] = word; /* words <= at, so nothing unread is overwritten */
            continue;
        }
        if (is_long && !word[2]) {
            ended = true;
            continue;
        }
        enum status status = is_long ? parse_long(&parser, err) : parse_short(&parser, err);
        if (status)
            return status;
    }
    *argc = words;
    return ST_OK;
}

void cli_print_usage(FILE *out, const struct cli *cli) {
    const char *lead = "usage:";
    for (const char *line = cli->usage; *line;) {
        size_t length = strcspn(line, "\n");
        fprintf(out, "%-6s %s %.*s\n", lead, cli->program, (int)length, line);
        lead = "";
        line += length + (line[length] != '\0');
    }
}

void cli_print_help(FILE *out, const struct cli *cli) {
    cli_print_usage(out, cli);
    fprintf(out, "\n%s\n\n", cli->about);
    for (const struct cli_option *option = cli->options; !option_is_last(option); option++) {
        if (option->kind == CLI_HEADING) {
            fprintf(out, "\n%s\n", option->help);
            continue;
        }
        char left[128];
        const char *argument = option->argument ? option->argument : "";
        bool optional = argument_is_optional(option);
        const char *equals = *argument && !optional ? "=" : "";
        /* "[TAG]" shows as --trec[=TAG] */
        snprintf(left, sizeof left, "  %c%c%c --%s%s%s%s", option->letter ? '-' : ' ',
                 option->letter ? option->letter : ' ', option->letter ? ',' : ' ', option->name,
                 equals, optional ? "[=" : "", optional ? argument + 1 : argument);
        if (strlen(left) < HELP_COLUMN)
            fprintf(out, "%-*s%s\n", HELP_COLUMN, left, option->help);
        else
            fprintf(out, "%s\n%*s%s\n", left, HELP_COLUMN, "", option->help);
    }
}

static void print_words(FILE *out, const char *words) {
    for (; *words; words++)
        fputc(*words == '|' ? ' ' : *words, out);
}

void cli_print_completion(FILE *out, const struct cli *cli) {
    /* bash breaks words at '=', so the value of --color=a is a word of its own behind "=". */
    fprintf(out,
            "_%.*s_%s() {\n"
            "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=\n"
            "    [ \"$word\" = = ] && word= || [ \"$before\" != = ] ||\n"
            "        before=${COMP_WORDS[COMP_CWORD-2]}\n"
            "    case $before in\n",
            (int)strcspn(cli->program, "-"), cli->program, strchr(cli->program, '-') + 1);
    for (const struct cli_option *option = cli->options; !option_is_last(option); option++) {
        if (option->kind != CLI_CHOICE)
            continue;
        fprintf(out, "    --%s) words=\"", option->name);
        print_words(out, option->argument);
        fputs("\" ;;\n", out);
    }
    fputs("    esac\n    case $words$word in\n    -*) words=\"", out);
    for (const struct cli_option *option = cli->options; !option_is_last(option); option++)
        if (option->name)
            fprintf(out, "%s--%s", option == cli->options ? "" : " ", option->name);
    fputs("\" ;;\n    esac\n", out);
    if (cli->commands) {
        fputs("    [ -n \"$words\" ] || [ \"$COMP_CWORD\" != 1 ] || words=\"", out);
        print_words(out, cli->commands);
        fputs("\"\n", out);
    }
    fprintf(out,
            "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
            "}\n"
            "complete -o default -F _%.*s_%s %s\n",
            (int)strcspn(cli->program, "-"), cli->program, strchr(cli->program, '-') + 1,
            cli->program);
}

void cli_print_message(const char *program, const char *format, ...) {
    char text[2048];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (length < 0)
        return;
    struct slice message = slice_of(text, min_size((size_t)length, sizeof text - 1));
    struct buffer line = {0};
    if (buffer_append(&line, program, strlen(program)) || buffer_append(&line, ": ", 2) ||
        escape_append(&line, message, ESCAPE_NAME) || buffer_append_byte(&line, '\n'))
        fprintf(stderr, "%s: out of memory\n", program);
    else
        fwrite(line.data, 1, line.size, stderr);
    buffer_release(&line);
}

int cli_exit_search(enum status status) {
    switch (status) {
    case ST_OK:
        return CLI_SEARCH_HITS;
    case ST_END:
        return CLI_SEARCH_NONE;
    default:
        return CLI_SEARCH_ERROR;
    }
}

int cli_exit_index(enum status status) {
    switch (status) {
    case ST_OK:
    case ST_END:
        return CLI_INDEX_DONE;
    case ST_SKIPPED:
        return CLI_INDEX_PARTLY;
    case ST_NOT_FOUND:
        return CLI_INDEX_NO_INPUT;
    case ST_NOMEM:
        return CLI_INDEX_MEMORY;
    case ST_EIO:
    case ST_FULL:
        return CLI_INDEX_IO;
    case ST_CORRUPT:
        return CLI_INDEX_DAMAGED;
    case ST_INVALID:
        return CLI_INDEX_USAGE;
    case ST_BUSY:
        return CLI_INDEX_BUSY;
    case ST_SETTINGS:
        return CLI_INDEX_CONFIG;
    case ST_LIMIT:
        return CLI_INDEX_LIMIT;
    case ST_EXISTS:
        return CLI_INDEX_EXISTS;
    case ST_INTERRUPTED:
        return 128 + 2; /* as a shell reports SIGINT */
    }
    return CLI_INDEX_LIMIT;
}
