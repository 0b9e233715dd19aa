/* SPDX-License-Identifier: MIT */
/* Compares a manual page with the tables of a program's options and commands. */
#ifndef QUERN_TESTS_SUPPORT_MAN_PAGE_H
#define QUERN_TESTS_SUPPORT_MAN_PAGE_H

#include "common/cli/cli.h"

/* Asserts that the mdoc page at `path` has an item for every option and every command of the
 * tables, with its letter and its argument, and no item for any other option. */
void man_page_check(const char *path, const struct cli *cli);

#endif
