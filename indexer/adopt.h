/* The way back when CURRENT is lost or names what is damaged: the newest sound generation becomes
 * the current one. */
#ifndef QUERN_INDEXER_ADOPT_H
#define QUERN_INDEXER_ADOPT_H

#include "common/index/current.h"
#include "common/index/verify.h"
#include "indexer/scan/progress.h"

struct adoption {
    char name[GENERATION_NAME_MAX]; /* the generation that CURRENT names now */
    bool already_current;           /* it did so before: nothing was changed */
    struct verify_counts counts;
};

/* Takes the lock (ST_BUSY names the holder). When CURRENT names no generation that is there and
 * sound, verifies the generations as verify_snapshot() does, the newest first, until one is sound,
 * and makes CURRENT name that one, durably; those found damaged before count as trouble. Any other
 * failure ends it. Nothing is removed; the next writer_open() does that. ST_NOT_FOUND: there is no
 * index; ST_CORRUPT: no generation is sound. */
enum status adopt(struct adoption *adoption, const char *index, struct progress *progress,
                  struct error *err);

#endif
