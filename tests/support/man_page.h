/* Whether a man page describes exactly the options of a program's table. */
#ifndef QUERN_TESTS_SUPPORT_MAN_PAGE_H
#define QUERN_TESTS_SUPPORT_MAN_PAGE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cli/cli.h"

/* Whether `line`, an item of the list of options, names the option: "Fl -name" and "Fl c". */
static inline int man_page_names(const char *line, const struct cli_option *option) {
    char name[64], letter[8];
    snprintf(name, sizeof name, "Fl -%s", option->name);
    snprintf(letter, sizeof letter, "Fl %c ", option->letter ? option->letter : '-');
    const char *at = strstr(line, name);
    if (!at || !strchr(" \n", at[strlen(name)]))
        return 0;
    return (option->letter != 0) == (strncmp(line, ".It Fl -", 8) != 0) &&
           (!option->letter || strstr(line, letter));
}

/* The number of differences, each told on stderr; -1: there is no such file. */
static inline int man_page_differences(const char *path, const struct cli *cli) {
    FILE *file = fopen(path, "r");
    if (!file)
        return -1;
    int differences = 0;
    size_t found = 0, listed = 0, options = 0;
    char line[512];
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, ".It Fl ", 7) != 0)
            continue;
        listed++;
        int known = 0;
        for (const struct cli_option *o = cli->options; o->name || o->kind == CLI_HEADING; o++)
            known += o->name && man_page_names(line, o);
        found += known == 1;
        if (known != 1) {
            fprintf(stderr, "%s: not in the table: %s", path, line);
            differences++;
        }
    }
    fclose(file);
    for (const struct cli_option *o = cli->options; o->name || o->kind == CLI_HEADING; o++)
        options += o->name != NULL;
    if (found != options) {
        fprintf(stderr, "%s: describes %zu of %zu options\n", path, found, options);
        differences++;
    }
    return differences;
}

#endif
