/* SPDX-License-Identifier: MIT */
/* The map: how much address space a store claims, and how it gets more.
 *
 * LMDB reads the file through one mapping, and replacing it takes away the pages under every open
 * transaction of the process. So the first map is large enough to stay, as address space costs
 * nothing: MAP_PREFERRED, or, where the process may not have that much (`ulimit -v`, sanitizers),
 * the largest power of two that leaves as much again free, but never less than the file needs. If
 * it is still too small, for the next transaction or for what another process has written, it is
 * replaced once no transaction of this process is open; until then store_begin() returns ST_BUSY.
 * Every process chooses for itself and ignores the size that LMDB keeps in the file. */
#include <sys/mman.h>

#include "common/store/store_private.h"

static const uint64_t MAP_PREFERRED = UINT64_C(1) << 40;
static const uint64_t MAP_SLACK = UINT64_C(16) << 20;
/* Besides what is put, a write transaction copies pages, splits them and writes its list of freed
 * ones. */
static const uint64_t MAP_PER_TXN = 2 * (uint64_t)STORE_TXN_BYTES + (UINT64_C(16) << 20);

static bool address_space_has(uint64_t size) {
    void *address = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (address == MAP_FAILED)
        return false;
    munmap(address, size);
    return true;
}

uint64_t store_map_size(uint64_t file, enum store_mode mode) {
    uint64_t minimum = mode == STORE_READ ? file + MAP_SLACK : file + MAP_PER_TXN + MAP_SLACK;
    uint64_t size = MAP_PREFERRED;
    while (size < minimum)
        size *= 2;
    while (!address_space_has(2 * size))
        if ((size /= 2) < minimum)
            return minimum;
    return size;
}

/* Bytes of the file up to its last page. */
static uint64_t used_size(const struct store *store, const MDB_envinfo *info) {
    return (info->me_last_pgno + 1) * (uint64_t)store->page_size;
}

enum status store_map_replace(struct store *store, struct error *err) {
    if (store->open_count > 1)
        return error_set(err, ST_BUSY, 0,
                         "%s: the index outgrew the address space that this process set aside for "
                         "it; run again, and raise `ulimit -v`",
                         store->path);
    STORE_IN_LMDB(store);
    MDB_envinfo info;
    mdb_env_info(store->env, &info);
    uint64_t size = store_map_size(used_size(store, &info), store->mode);
    int code = mdb_env_set_mapsize(store->env, size);
    if (code) {
        store->failed = true; /* the old map is gone by now */
        return store_fail(store, code, "cannot map it again", err);
    }
    return ST_OK;
}

enum status store_map_reserve(struct store *store, struct error *err) {
    MDB_envinfo info;
    mdb_env_info(store->env, &info);
    if (used_size(store, &info) + MAP_PER_TXN <= info.me_mapsize)
        return ST_OK;
    return store_map_replace(store, err);
}
