/* SPDX-License-Identifier: MIT */
/* Recovers an index whose CURRENT is missing or names a damaged generation: the newest sound
 * generation becomes the current one. */
#ifndef QUERN_INDEXER_ADOPT_H
#define QUERN_INDEXER_ADOPT_H

#include "common/index/current.h"
#include "common/index/verify.h"
#include "indexer/scan/progress.h"

struct adoption {
    char name[GENERATION_NAME_MAX]; /* that CURRENT names now */
    bool already_current;           /* CURRENT named it before: nothing was changed */
    struct verify_counts counts;
};

/* Takes the lock (ST_BUSY names the holder). If CURRENT does not name a sound generation, verifies
 * the generations with verify_snapshot(), the newest first, until one is sound, and durably makes
 * CURRENT name it; damaged ones count as errors in *progress. Any other failure ends the search.
 * Nothing is removed; the next writer_open() does that. ST_NOT_FOUND: there is no index.
 * ST_CORRUPT: no generation is sound. */
enum status adopt(struct adoption *adoption, const char *index, struct progress *progress,
                  struct error *err);

#endif
