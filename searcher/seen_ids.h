/* SPDX-License-Identifier: MIT */
/* Which documents were shown under a name before (--new=NAME): a file of hashes of their ids.
 *
 *     struct seen_ids seen = {0};
 *     seen_ids_open(&seen, "alerts", &err);                         waits for other runs
 *     filter.test = seen_ids_is_new, filter.context = &seen;
 *     ... and once the hits were written to standard output:
 *     for each hit: seen_ids_add(&seen, hit->id, &err);
 *     seen_ids_save(&seen, &err);
 *     seen_ids_close(&seen);
 *
 * A document is known by its id: one that has changed is not new. The file is
 * $XDG_STATE_HOME/quern/new/NAME, beside its lock, .NAME.lock; FORMAT.md has its bytes. It is
 * replaced as a whole, by a new file that is complete on disk, so a run that is killed leaves the
 * old state: what it showed is shown again. Of more than SEEN_IDS_MAX ids the oldest are forgotten.
 *
 *     file = "QUERNEW1" seed:u64 hash:u64* checksum:u64  ; the first one shown first
 *     hash = hash64() of an id by the seed, which is random
 *     checksum = hash64() of all bytes before it by 0
 *
 * Threads: one, but any number may call seen_ids_is_new() at a time. */
#ifndef QUERN_SEARCHER_SEEN_IDS_H
#define QUERN_SEARCHER_SEEN_IDS_H

#include <limits.h>

#include "common/base/bytes.h"
#include "common/base/hash_index.h"
#include "common/base/status.h"

enum {
    SEEN_IDS_MAX = 1000 * 1000,
    SEEN_NAME_MAX = 64,   /* bytes of a name */
    SEEN_WAIT_MS = 10000, /* for another run of this name */
};

struct seen_ids {
    char folder[PATH_MAX], path[PATH_MAX]; /* of the file */
    int lock;                              /* valid while `locked` */
    bool locked;
    uint64_t seed;
    uint64_t *hashes; /* the oldest first; owned */
    size_t count, capacity;
    struct hash_index index; /* of `hashes`; its slots are owned */
};

/* Whether a name may be given: letters, digits, '_', '-' and '.', but no '.' at its start. */
bool seen_ids_is_name(const char *name);

/* Start with {0}; close it after failures, too. Opens the state of this name, which is empty if
 * there is none, and creates its folder. ST_BUSY: another run holds it. ST_CORRUPT: it is damaged.
 * ST_NOT_FOUND: there is no home folder. ST_LIMIT, ST_EIO, ST_FULL, ST_NOMEM. */
enum status seen_ids_open(struct seen_ids *seen, const char *name, struct error *err);
void seen_ids_close(struct seen_ids *seen);

/* A test of filters (query_filter.h): whether no document with this id was shown; `seen` is a struct
 * seen_ids. */
bool seen_ids_is_new(const void *seen, struct slice id);

/* Adds an id, unless it is there. ST_NOMEM. */
enum status seen_ids_add(struct seen_ids *seen, struct slice id, struct error *err);

/* Makes the state durable. ST_EIO, ST_FULL, ST_NOMEM: it is as it was. */
enum status seen_ids_save(struct seen_ids *seen, struct error *err);

#endif
