/* SPDX-License-Identifier: MIT */
/* The delete guard: if a source lost more files than is likely on purpose, their documents are
 * kept. No state: any number of threads at a time. */
#ifndef QUERN_INDEXER_SCAN_DELETE_GUARD_H
#define QUERN_INDEXER_SCAN_DELETE_GUARD_H

#include "common/base/bytes.h"
#include "common/base/status.h"

enum delete_limit_kind {
    DELETE_PERCENT, /* of the remembered files, but always DELETE_ALLOWANCE */
    DELETE_COUNT,   /* files */
    DELETE_UNLIMITED,
};

/* How many files of a source may be deleted at once. */
struct delete_limit {
    enum delete_limit_kind kind;
    unsigned value;
};

enum { DELETE_ALLOWANCE = 20 }; /* files */

/* What a scan of a source found. */
struct delete_counts {
    uint64_t remembered; /* files that were there at the last scan */
    uint64_t present;    /* files that are there now */
    uint64_t deleted;    /* files of `remembered` that no longer exist */
    bool device_changed; /* files were deleted from a folder that is on another device now */
};

/* ST_LIMIT if the documents of the deleted files must be kept: more files were deleted than the
 * limit allows; or a folder that some were in is on another device now; or `source` is a `folder`
 * in which no file is left. *err says so, and how to remove them. DELETE_UNLIMITED always passes. */
enum status delete_guard_check(const struct delete_counts *counts, const struct delete_limit *limit,
                               struct slice source, bool folder, struct error *err);

#endif
