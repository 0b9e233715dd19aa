/* SPDX-License-Identifier: MIT */
/* Reads, extends and replaces the file of hashes. */
#include "searcher/seen_ids.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/base/array.h"
#include "common/base/ascii.h"
#include "common/base/clock.h"
#include "common/base/codec.h"
#include "common/base/io.h"
#include "common/index/index_path.h"

enum {
    MAGIC_SIZE = 8,
    HEAD_SIZE = MAGIC_SIZE + 8,
    FILE_SIZE_MAX = HEAD_SIZE + 8 * SEEN_IDS_MAX + 8,
    POLL_NS = 20 * 1000 * 1000,
    SLOTS_MIN = 64,
};

static const char magic[MAGIC_SIZE + 1] = "QUERNEW1";

bool seen_ids_is_name(const char *name) {
    size_t size = strlen(name);
    if (!size || size > SEEN_NAME_MAX || name[0] == '.')
        return false;
    for (; *name; name++)
        if (!ascii_is_letter((uint8_t)*name) && !ascii_is_digit((uint8_t)*name) &&
            !strchr("_-.", *name))
            return false;
    return true;
}

/* Creates a folder and those above it. */
static enum status make_folders(const char *path, struct error *err) {
    char part[PATH_MAX];
    for (size_t size = 1; path[size - 1]; size++) {
        if (path[size] && path[size] != '/')
            continue;
        memcpy(part, path, size);
        part[size] = '\0';
        if (mkdir(part, 0700) && errno != EEXIST)
            return error_set(err, status_from_errno(errno), errno, "create %s", part);
    }
    return ST_OK;
}

/* .NAME.SUFFIX beside the file, which no name can be. */
static enum status path_beside(char path[PATH_MAX], const struct seen_ids *seen, const char *suffix,
                               struct error *err) {
    const char *name = seen->path + strlen(seen->folder) + 1;
    int size = snprintf(path, PATH_MAX, "%s/.%s.%s", seen->folder, name, suffix);
    return size < PATH_MAX ? ST_OK : error_set(err, ST_LIMIT, 0, "%.100s...: too long", seen->path);
}

static enum status take_lock(struct seen_ids *seen, const char *name, struct error *err) {
    char path[PATH_MAX];
    enum status status = path_beside(path, seen, "lock", err);
    if (status)
        return status;
    seen->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (seen->lock < 0)
        return error_set(err, status_from_errno(errno), errno, "open %s", path);
    seen->locked = true;
    for (int64_t start = clock_monotonic_ms(); flock(seen->lock, LOCK_EX | LOCK_NB);) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return error_set(err, ST_EIO, errno, "lock %s", path);
        if (clock_monotonic_ms() - start > SEEN_WAIT_MS)
            return error_set(err, ST_BUSY, 0,
                             "--new=%s: another search of this name is running; nothing is shown",
                             name);
        nanosleep(&(struct timespec){.tv_nsec = POLL_NS}, NULL);
    }
    return ST_OK;
}

/* Whether the hash is there; *slot is where its search ended. */
static bool find(size_t *slot, const struct seen_ids *seen, uint64_t hash) {
    uint32_t item;
    for (bool more = hash_index_first(&item, slot, &seen->index, hash); more;
         more = hash_index_next(&item, slot, &seen->index))
        if (seen->hashes[item] == hash)
            return true;
    return false;
}

/* Makes a table with room for `count` hashes. ST_NOMEM. */
static enum status index_hashes(struct seen_ids *seen, size_t count) {
    size_t slots = SLOTS_MIN;
    while (slots < 2 * count)
        slots *= 2;
    uint32_t *table = calloc(slots, sizeof *table);
    if (!table)
        return ST_NOMEM;
    free(seen->index.slots);
    seen->index = (struct hash_index){table, slots - 1};
    for (size_t i = 0; i < seen->count; i++)
        hash_index_insert(&seen->index, seen->hashes[i], (uint32_t)i);
    return ST_OK;
}

/* Reads the file. ST_NOT_FOUND: there is none. */
static enum status read_file(struct buffer *bytes, const char *path, struct error *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT)
        return ST_NOT_FOUND;
    if (fd < 0)
        return error_set(err, ST_EIO, errno, "open %s", path);
    enum status status = ST_OK;
    for (ssize_t n = 1; n > 0 && !status && bytes->size <= FILE_SIZE_MAX;) {
        size_t room = bytes->size < 4096 ? 4096 : bytes->size;
        if (buffer_reserve(bytes, room)) {
            status = error_nomem(err);
            break;
        }
        n = read(fd, bytes->data + bytes->size, room);
        if (n > 0)
            bytes->size += (size_t)n;
        else if (n < 0 && errno == EINTR)
            n = 1;
        else if (n < 0)
            status = error_set(err, ST_EIO, errno, "read %s", path);
    }
    close(fd);
    return status;
}

static bool is_whole(struct slice bytes) {
    return bytes.size >= HEAD_SIZE + 8 && bytes.size <= FILE_SIZE_MAX && bytes.size % 8 == 0 &&
           memcmp(bytes.data, magic, MAGIC_SIZE) == 0 &&
           get_u64(bytes.data + bytes.size - 8) == hash64(bytes.data, bytes.size - 8, 0);
}

static enum status load(struct seen_ids *seen, struct error *err) {
    struct buffer bytes = {0};
    enum status status = read_file(&bytes, seen->path, err);
    if (status == ST_NOT_FOUND) {
        status = getrandom(&seen->seed, sizeof seen->seed, 0) == sizeof seen->seed
                     ? ST_OK
                     : error_set(err, ST_EIO, errno, "read random bytes");
    } else if (!status && !is_whole(buffer_slice(&bytes))) {
        status = error_set(err, ST_CORRUPT, 0,
                           "%s: damaged; remove it, and all documents are new again", seen->path);
    } else if (!status) {
        size_t count = (bytes.size - HEAD_SIZE - 8) / 8;
        seen->seed = get_u64(bytes.data + MAGIC_SIZE);
        seen->hashes = malloc((count + 1) * sizeof *seen->hashes);
        if (!seen->hashes)
            status = error_nomem(err);
        seen->capacity = count;
        for (; !status && seen->count < count; seen->count++)
            seen->hashes[seen->count] = get_u64(bytes.data + HEAD_SIZE + 8 * seen->count);
    }
    buffer_release(&bytes);
    return !status && index_hashes(seen, seen->count + 1) ? error_nomem(err) : status;
}

enum status seen_ids_open(struct seen_ids *seen, const char *name, struct error *err) {
    char state[PATH_MAX];
    enum status status = index_path_state(state, err);
    if (!status)
        status = io_join(seen->folder, state, "new", err);
    if (!status)
        status = io_join(seen->path, seen->folder, name, err);
    if (!status)
        status = make_folders(seen->folder, err);
    if (!status)
        status = take_lock(seen, name, err);
    return status ? status : load(seen, err);
}

void seen_ids_close(struct seen_ids *seen) {
    if (seen->locked)
        close(seen->lock);
    free(seen->hashes);
    free(seen->index.slots);
    *seen = (struct seen_ids){0};
}

bool seen_ids_is_new(const void *seen, struct slice id) {
    const struct seen_ids *ids = seen;
    size_t slot;
    return !find(&slot, ids, hash64(id.data, id.size, ids->seed));
}

enum status seen_ids_add(struct seen_ids *seen, struct slice id, struct error *err) {
    uint64_t hash = hash64(id.data, id.size, seen->seed);
    size_t slot;
    if (find(&slot, seen, hash))
        return ST_OK;
    uint64_t *hashes =
        array_reserve(seen->hashes, &seen->capacity, seen->count + 1, sizeof *seen->hashes);
    if (!hashes)
        return error_nomem(err);
    seen->hashes = hashes;
    hashes[seen->count] = hash;
    hash_index_put(&seen->index, slot, (uint32_t)seen->count++);
    return 2 * seen->count > seen->index.mask && index_hashes(seen, 2 * seen->count)
               ? error_nomem(err)
               : ST_OK;
}

static enum status encode(struct buffer *bytes, const struct seen_ids *seen) {
    size_t first = seen->count > SEEN_IDS_MAX ? seen->count - SEEN_IDS_MAX : 0;
    enum status status = buffer_append(bytes, magic, MAGIC_SIZE);
    if (!status)
        status = buffer_append_u64(bytes, seen->seed);
    for (size_t i = first; i < seen->count && !status; i++)
        status = buffer_append_u64(bytes, seen->hashes[i]);
    return status ? status : buffer_append_u64(bytes, hash64(bytes->data, bytes->size, 0));
}

/* Writes a file whose bytes are on the disk when this returns. */
static enum status write_file(const char *path, struct slice bytes, struct error *err) {
    /* Remove what a killed run left there, whatever kind of file it is. */
    if (unlink(path) && errno != ENOENT)
        return error_set(err, status_from_errno(errno), errno, "remove %s", path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return error_set(err, status_from_errno(errno), errno, "create %s", path);
    enum status status = io_write(fd, bytes);
    if (!status && fsync(fd))
        status = status_from_errno(errno);
    if (status)
        error_set(err, status, errno, "write %s", path);
    close(fd);
    return status;
}

enum status seen_ids_save(struct seen_ids *seen, struct error *err) {
    char draft[PATH_MAX];
    struct buffer bytes = {0};
    enum status status = path_beside(draft, seen, "new", err);
    if (!status && encode(&bytes, seen))
        status = error_nomem(err);
    if (!status)
        status = write_file(draft, buffer_slice(&bytes), err);
    if (!status && rename(draft, seen->path))
        status = error_set(err, status_from_errno(errno), errno, "rename %s", draft);
    if (!status)
        status = io_sync_folder(seen->folder, err);
    buffer_release(&bytes);
    return status;
}
