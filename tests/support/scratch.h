/* SPDX-License-Identifier: MIT */
/* Temporary folders, for tests and benchmarks. Tests use testing_folder(), which also removes
 * them. */
#ifndef QUERN_TESTS_SUPPORT_SCRATCH_H
#define QUERN_TESTS_SUPPORT_SCRATCH_H

#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct scratch {
    char path[256];
};

/* Makes a folder below $TMPDIR or /tmp; false, with errno set, if that fails. */
static inline bool scratch_make(struct scratch *scratch) {
    const char *parent = getenv("TMPDIR");
    snprintf(scratch->path, sizeof scratch->path, "%s/quern-test-XXXXXX",
             parent && *parent ? parent : "/tmp");
    return mkdtemp(scratch->path) != NULL;
}

static inline int scratch_remove_one(const char *path, const struct stat *stat, int kind,
                                     struct FTW *level) {
    (void)stat;
    (void)kind;
    (void)level;
    return remove(path);
}

/* Removes the folder and everything in it. */
static inline void scratch_remove(const struct scratch *scratch) {
    nftw(scratch->path, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
