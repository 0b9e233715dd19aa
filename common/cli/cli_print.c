/* SPDX-License-Identifier: MIT */
/* Prints the texts that come from a program's tables: usage, help, completion; and messages. */
#include "common/cli/cli.h"

#include <stdarg.h>
#include <string.h>

#include "common/text/escape.h"

enum {
    HELP_COLUMN = 28,    /* where the explanations of options start */
    COMMAND_COLUMN = 18, /* and those of commands, after the program's name and options */
};

/* Writes a command as the usage shows it: "[add] SOURCE...". */
static void show_command(char *out, size_t size, const struct cli_command *command) {
    const char *arguments = command->arguments ? command->arguments : "";
    snprintf(out, size, "%s%s%s%s%s", command->is_default ? "[" : "", command->name,
             command->is_default ? "]" : "", *arguments ? " " : "", arguments);
}

/* Prints a command, or several without help on one line; returns the last one printed. */
static const struct cli_command *print_command(FILE *out, const struct cli_command *command) {
    char shown[64];
    show_command(shown, sizeof shown, command);
    if (command->help) {
        fprintf(out, "%-*s%s\n", COMMAND_COLUMN, shown, command->help);
        return command;
    }
    fputs(shown, out);
    for (; command[1].name && !command[1].help; command++)
        fprintf(out, "|%s", command[1].name);
    fputc('\n', out);
    return command;
}

void cli_print_usage(FILE *out, const struct cli *cli) {
    const char *lead = "usage:";
    for (const struct cli_command *command = cli->commands; command && command->name; command++) {
        fprintf(out, "%-6s %s %s ", lead, cli->program, cli->usage);
        command = print_command(out, command);
        lead = "";
    }
    for (const char *line = cli->commands ? "" : cli->usage; *line;) {
        size_t length = strcspn(line, "\n");
        fprintf(out, "%-6s %s %.*s\n", lead, cli->program, (int)length, line);
        lead = "";
        line += length + (line[length] != '\0');
    }
}

void cli_print_help(FILE *out, const struct cli *cli) {
    cli_print_usage(out, cli);
    fprintf(out, "\n%s\n\n", cli->about);
    for (const struct cli_option *option = cli->options; !cli_option_is_last(option); option++) {
        if (option->kind == CLI_HEADING) {
            fprintf(out, "\n%s\n", option->help);
            continue;
        }
        char left[128];
        const char *argument = option->argument ? option->argument : "";
        bool optional = cli_argument_is_optional(option);
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

/* Prints the words of "a|b|c", separated by spaces. */
static void print_words(FILE *out, const char *words) {
    for (; *words; words++)
        fputc(*words == '|' ? ' ' : *words, out);
}

void cli_print_completion(FILE *out, const struct cli *cli) {
    /* bash splits words at '=', so the value of --color=a is a word of its own after "=". */
    fprintf(out,
            "_%.*s_%s() {\n"
            "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=\n"
            "    [ \"$word\" = = ] && word= || [ \"$before\" != = ] ||\n"
            "        before=${COMP_WORDS[COMP_CWORD-2]}\n"
            "    case $before in\n",
            (int)strcspn(cli->program, "-"), cli->program, strchr(cli->program, '-') + 1);
    for (const struct cli_option *option = cli->options; !cli_option_is_last(option); option++) {
        if (option->kind != CLI_CHOICE)
            continue;
        fprintf(out, "    --%s) words=\"", option->name);
        print_words(out, option->argument);
        fputs("\" ;;\n", out);
    }
    fputs("    esac\n    case $words$word in\n    -*) words=\"", out);
    for (const struct cli_option *option = cli->options; !cli_option_is_last(option); option++)
        if (option->name)
            fprintf(out, "%s--%s", option == cli->options ? "" : " ", option->name);
    fputs("\" ;;\n    esac\n", out);
    if (cli->commands) {
        fputs("    [ -n \"$words\" ] || [ \"$COMP_CWORD\" != 1 ] || words=\"", out);
        for (const struct cli_command *command = cli->commands; command->name; command++)
            fprintf(out, "%s%s", command == cli->commands ? "" : " ", command->name);
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
    struct slice message =
        slice_of(text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
    struct buffer line = {0};
    if (buffer_append(&line, program, strlen(program)) || buffer_append(&line, ": ", 2) ||
        escape_append(&line, message, ESCAPE_NAME) || buffer_append_byte(&line, '\n'))
        fprintf(stderr, "%s: out of memory\n", program);
    else
        fwrite(line.data, 1, line.size, stderr);
    buffer_release(&line);
}
