/* SPDX-License-Identifier: MIT */
/* Reads the items of a manual page and compares them with a program's tables. */
#include "tests/support/man_page.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/testing.h"

/* Whether the item is that of the option: ".It Fl c , Fl -name Ns = Ns Ar VALUE". */
static bool describes_option(const char *item, const struct cli_option *option) {
    char name[64], letter[16];
    snprintf(name, sizeof name, "Fl -%s", option->name);
    snprintf(letter, sizeof letter, ".It Fl %c ", option->letter ? option->letter : '-');
    const char *at = strstr(item, name);
    if (!at || !strchr(" \n", at[strlen(name)]))
        return false;
    bool has_letter = strncmp(item, ".It Fl -", 8) != 0;
    return has_letter == (option->letter != 0) &&
           (!has_letter || strncmp(item, letter, strlen(letter)) == 0) &&
           (strstr(item, " = Ns ") != NULL) == (option->argument != NULL);
}

/* Whether the item is that of the command: ".It Cm name". */
static bool describes_command(const char *item, const struct cli_command *command) {
    size_t size = strlen(command->name);
    return strncmp(item, ".It Cm ", 7) == 0 && strncmp(item + 7, command->name, size) == 0 &&
           strchr(" \n", item[7 + size]);
}

void man_page_check(const char *path, const struct cli *cli) {
    char line[512];
    size_t described = 0, options = 0, described_commands = 0, commands = 0;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        size_t known = 0;
        for (const struct cli_option *option = cli->options; !cli_option_is_last(option); option++)
            known += option->name && describes_option(line, option);
        if (strncmp(line, ".It Fl ", 7) == 0 && known != 1)
            fail_msg("%s: not an option of the table: %s", path, line);
        described += known;
        for (const struct cli_command *c = cli->commands; c && c->name; c++)
            described_commands += describes_command(line, c);
    }
    fclose(file);
    for (const struct cli_option *option = cli->options; !cli_option_is_last(option); option++)
        options += option->name != NULL;
    for (const struct cli_command *c = cli->commands; c && c->name; c++)
        commands++;
    assert_int_equal(described, options);
    assert_int_equal(described_commands, commands);
}
