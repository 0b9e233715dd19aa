/* SPDX-License-Identifier: MIT */
/* Parses the command line by a program's tables. */
#include "common/cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/array.h"
#include "common/base/number.h"
#include "common/index/index_path.h"

enum { NAME_MAX_LENGTH = 32 }; /* of an option that may be suggested for a misspelt one */

static const struct cli_option *find_name(const struct cli *cli, const char *name, size_t length) {
    for (const struct cli_option *option = cli->options; !cli_option_is_last(option); option++)
        if (option->name && strlen(option->name) == length &&
            memcmp(option->name, name, length) == 0)
            return option;
    return NULL;
}

static const struct cli_option *find_letter(const struct cli *cli, char letter) {
    for (const struct cli_option *option = cli->options; !cli_option_is_last(option); option++)
        if (option->name && option->letter == letter)
            return option;
    return NULL;
}

static size_t min_size(size_t a, size_t b) {
    return a < b ? a : b;
}

/* The optimal string alignment distance: insertions, deletions, replacements and swaps of
 * neighbours (Damerau, 1964). Strings have at most NAME_MAX_LENGTH bytes. */
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
    for (const struct cli_option *option = cli->options; !cli_option_is_last(option); option++) {
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

int cli_find_command(const struct cli *cli, const char *name) {
    for (int i = 0; cli->commands && cli->commands[i].name; i++)
        if (strcmp(cli->commands[i].name, name) == 0)
            return i;
    return -1;
}

/* Replaces *out by a copy of the path, with "~" expanded. */
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

/* Appends a copy, of a path with "~" expanded. */
static enum status list_append(struct cli_list *list, const char *typed, bool path,
                               struct error *err) {
    char **items = array_reserve(list->items, &list->capacity, list->count + 1, sizeof *items);
    if (!items)
        return error_nomem(err);
    list->items = items;
    items[list->count] = NULL;
    enum status status = ST_OK;
    if (path)
        status = copy_path(&items[list->count], typed, err);
    else if (!(items[list->count] = strdup(typed)))
        status = error_nomem(err);
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
    for (const struct cli_option *option = cli->options; !cli_option_is_last(option); option++) {
        void *target = (unsigned char *)options + option->offset;
        if (option->kind == CLI_PATHS || option->kind == CLI_TEXTS)
            list_release(target);
        if (option->kind != CLI_PATH)
            continue;
        free(*(char **)target);
        *(char **)target = NULL;
    }
}

/* Sets an option to the value `text`, which is NULL if the option takes none. `typed` names the
 * option as the user wrote it. */
static enum status set_option(void *options, const struct cli_option *option, const char *typed,
                              const char *text, struct error *err) {
    unsigned char *target = (unsigned char *)options + option->offset;
    const char *expected = "";
    switch (option->kind) {
    case CLI_FLAG:
        *(bool *)target = true;
        return ST_OK;
    case CLI_SET:
        memcpy(target, &option->value, sizeof option->value);
        return ST_OK;
    case CLI_POINT:
        memcpy(target, &option->pointer, sizeof option->pointer);
        return ST_OK;
    case CLI_CHOICE: {
        int choice = cli_find_choice(option->argument, text);
        if (choice < 0)
            return error_set(err, ST_INVALID, 0, "%s %s: not one of %s", typed, text,
                             option->argument);
        memcpy(target, &choice, sizeof choice);
        return ST_OK;
    }
    case CLI_COUNT: {
        uint64_t count;
        expected = "a whole number up to 4,294,967,295, such as 10";
        if (number_parse_count(&count, text) || count > UINT32_MAX)
            break;
        *(uint32_t *)(void *)target = (uint32_t)count;
        return ST_OK;
    }
    case CLI_SIZE:
        expected = "a size such as 64K, 256M or 1G";
        if (number_parse_size((uint64_t *)(void *)target, text))
            break;
        return ST_OK;
    case CLI_DURATION:
        expected = "a time such as 30s, 15m, 2h or 7d";
        if (number_parse_duration((uint64_t *)(void *)target, text))
            break;
        return ST_OK;
    case CLI_REAL:
        expected = "a number such as 0.75";
        if (number_parse_real((double *)(void *)target, text))
            break;
        return ST_OK;
    case CLI_TEXT:
        *(const char **)(void *)target = text;
        return ST_OK;
    case CLI_PATH:
        return copy_path((char **)(void *)target, text, err);
    case CLI_PATHS:
    case CLI_TEXTS:
        return list_append((struct cli_list *)(void *)target, text, option->kind == CLI_PATHS, err);
    case CLI_HEADING:
        break;
    }
    return error_set(err, ST_INVALID, 0, "%s %s: not %s", typed, text, expected);
}

/* The state of cli_parse(): argv, and the argument being read. */
struct parser {
    const struct cli *cli;
    void *options;
    char **argv;
    int argc;
    int at;
};

static enum status value_missing(const struct cli_option *option, struct error *err) {
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
        if (cli_argument_is_optional(option))
            value = option->default_value;
        else if (parser->at + 1 < parser->argc)
            value = parser->argv[++parser->at];
        else
            return value_missing(option, err);
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
            else if (cli_argument_is_optional(option))
                value = option->default_value;
            else if (parser->at + 1 < parser->argc)
                value = parser->argv[++parser->at];
            else
                return value_missing(option, err);
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
            argv[words++] = word; /* words <= at, so no unread argument is overwritten */
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
