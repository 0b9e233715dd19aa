/* SPDX-License-Identifier: MIT */
/* Compares a passage with the file it came from. */
#include "searcher/show/file_place.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/ascii.h"
#include "common/base/clock.h"
#include "common/index/file_record.h"
#include "common/store/keys.h"

enum {
    PART_SIZE = 64 * 1024,
    COMPARED_MAX = 160,      /* bytes of a passage */
    COMPARED_BEFORE = 40,    /* bytes before the mark */
    COMPARED_MIN = 8,        /* beside the mark: less is too little to be sure */
    CANDIDATES_MAX = 100000, /* places that are compared */
    MARKUP_MAX = 512,        /* bytes of a tag or the target of a link */
    MARKUP_ALL = 2048,       /* bytes of all markup in a passage */
};

/* What the index remembers of the file. ST_NOT_FOUND. */
static enum status find_record(struct file_record *record, const struct snapshot *snapshot,
                               struct slice path, struct error *err) {
    size_t name = path.size;
    while (name > 0 && path.data[name - 1] != '/')
        name--;
    if (name == 0 || name == path.size || path.size >= PATH_MAX)
        return ST_NOT_FOUND;
    struct slice folder = slice_of(path.data, name > 1 ? name - 1 : 1), payload;
    uint64_t hash = file_record_folder(snapshot->catalog.hash_seed, folder);
    struct key bytes;
    struct slice key = keys_file(&bytes, hash, slice_after(path, name));
    if (!key.size)
        return ST_NOT_FOUND;
    enum status status = store_get_checksummed(&payload, snapshot->txn, TABLE_FILE, key, err);
    if (!status && (!file_record_decode(record, payload) || !file_record_is_document(record)))
        status = ST_NOT_FOUND;
    return status;
}

enum status file_view_open(struct file_view *file, const struct snapshot *snapshot, struct slice id,
                           struct error *err) {
    struct file_record record;
    struct stat st;
    char path[PATH_MAX];
    if (!id.size || id.data[0] != '/' || memchr(id.data, '\0', id.size))
        return ST_NOT_FOUND;
    enum status status = find_record(&record, snapshot, id, err);
    if (status)
        return status;
    memcpy(path, id.data, id.size);
    path[id.size] = '\0';
    /* Not waiting for the writer of a pipe that has taken the file's place. */
    file->descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file->descriptor < 0)
        return ST_NOT_FOUND;
    file->open = true;
    file->loaded = false;
    int64_t mtime = 0;
    bool same = fstat(file->descriptor, &st) == 0 && S_ISREG(st.st_mode);
    if (same)
        mtime = (int64_t)st.st_mtim.tv_sec * CLOCK_NS_PER_S + st.st_mtim.tv_nsec;
    if (!same || (uint64_t)st.st_size != record.size || mtime != record.mtime) {
        file_view_close(file);
        return ST_NOT_FOUND;
    }
    file->size = record.size;
    return ST_OK;
}

void file_view_close(struct file_view *file) {
    if (file->open)
        close(file->descriptor);
    file->open = false;
}

void file_view_release(struct file_view *file) {
    file_view_close(file);
    buffer_release(&file->bytes);
    *file = (struct file_view){0};
}

/* Fills the buffer with `size` bytes at `offset`, or with fewer: at the end, or where it cannot be
 * read. ST_NOMEM. */
static enum status read_at(struct file_view *file, uint64_t offset, size_t size) {
    buffer_clear(&file->bytes);
    file->loaded = false;
    if (buffer_reserve(&file->bytes, size))
        return ST_NOMEM;
    while (file->bytes.size < size) {
        ssize_t n = pread(file->descriptor, file->bytes.data + file->bytes.size,
                          size - file->bytes.size, (off_t)(offset + file->bytes.size));
        if (n <= 0)
            break; /* what is missing is not found */
        file->bytes.size += (size_t)n;
    }
    return ST_OK;
}

static bool is_space(uint8_t byte) {
    return byte <= ' ';
}

/* How many bytes of the passage are at the start of `text`, where any white space stands for one
 * space. */
static size_t count_equal(struct slice passage, struct slice text) {
    size_t at = 0;
    for (size_t i = 0; i < passage.size; i++) {
        if (passage.data[i] != ' ') {
            if (at == text.size || text.data[at++] != passage.data[i])
                return i;
            continue;
        }
        if (at == text.size || !is_space(text.data[at]))
            return i;
        while (at < text.size && is_space(text.data[at]))
            at++;
    }
    return passage.size;
}

/* How many bytes at the end of `before` are those that the text ends with. */
static size_t count_before(struct slice before, struct slice text) {
    size_t count = 0, at = text.size;
    for (; count < before.size && count < COMPARED_BEFORE; count++) {
        uint8_t byte = before.data[before.size - 1 - count];
        if (at == 0 || (byte == ' ' ? !is_space(text.data[at - 1]) : text.data[at - 1] != byte))
            break;
        at--;
        while (byte == ' ' && at > 0 && is_space(text.data[at - 1]))
            at--;
    }
    return count;
}

/* The place of byte `offset` of a file, whose bytes before it are read in parts. */
static enum status count_lines(struct file_place *place, struct file_view *file, uint64_t offset) {
    uint64_t line = 1, line_start = 0;
    for (uint64_t at = 0; at < offset;) {
        uint64_t size = offset - at < PART_SIZE ? offset - at : PART_SIZE;
        if (!file->loaded && read_at(file, at, (size_t)size))
            return ST_NOMEM;
        const uint8_t *part = file->loaded ? file->bytes.data + at : file->bytes.data;
        if (!file->loaded && file->bytes.size < size)
            return ST_OK;
        for (const uint8_t *next = part, *end = part + size;
             (next = memchr(next, '\n', (size_t)(end - next))) != NULL; line++)
            line_start = at + (uint64_t)(++next - part);
        at += size;
    }
    *place = (struct file_place){line, offset - line_start + 1};
    return ST_OK;
}

/* The size of markup at the start of the text, which no reader sees; 0: there is none. */
static size_t markup_size(struct slice text) {
    const uint8_t *end;
    size_t most = text.size < MARKUP_MAX ? text.size : MARKUP_MAX;
    switch (text.data[0]) {
    case '*':
    case '_':
    case '`':
    case '~':
    case '[':
    case '\\':
    case '|':
    case '#':
    case '>':
        return 1;
    case '<':
        end = memchr(text.data, '>', most);
        return end ? (size_t)(end - text.data) + 1 : 0;
    case ']':
        end = most > 1 && text.data[1] == '(' ? memchr(text.data, ')', most) : text.data;
        return end ? (size_t)(end - text.data) + 1 : 1;
    default:
        return 0;
    }
}

/* How many bytes of the passage are at the start of the text, apart from markup and white space
 * there. */
static size_t count_with_markup(struct slice passage, struct slice text) {
    size_t at = 0;
    if (text.size > COMPARED_MAX + MARKUP_ALL)
        text.size = COMPARED_MAX + MARKUP_ALL;
    for (size_t i = 0; i < passage.size; i++) {
        if (passage.data[i] == ' ')
            continue;
        while (at < text.size && text.data[at] != passage.data[i]) {
            struct slice rest = slice_after(text, at);
            size_t skipped = is_space(text.data[at]) ? 1 : markup_size(rest);
            if (!skipped)
                return i;
            at += skipped;
        }
        if (at++ >= text.size)
            return i;
    }
    return passage.size;
}

/* Looks for the passage in the whole file, which is loaded: sets *offset to where its byte `from` is.
 * False: nothing is similar enough. */
static bool search(uint64_t *offset, struct slice text, struct slice passage, size_t from) {
    struct slice before = slice_of(passage.data, from), after = slice_after(passage, from);
    size_t word = 0, best = 0;
    if (after.size > COMPARED_MAX)
        after.size = COMPARED_MAX;
    while (word < after.size && !is_space(after.data[word]) && word < COMPARED_MIN)
        word++;
    if (!word)
        return false;
    const uint8_t *at = text.data, *end = text.data + text.size;
    for (unsigned i = 0; i < CANDIDATES_MAX; i++, at++) {
        at = memmem(at, (size_t)(end - at), after.data, word);
        if (!at)
            break;
        size_t found = count_with_markup(after, slice_of(at, (size_t)(end - at)));
        size_t all = found + count_before(before, slice_of(text.data, (size_t)(at - text.data)));
        if (all <= best)
            continue;
        best = all;
        *offset = (uint64_t)(at - text.data);
        if (found == after.size && (all == passage.size || all - found == COMPARED_BEFORE))
            break; /* nothing is more similar */
    }
    return best >= word + COMPARED_MIN || best == passage.size;
}

/* Whether the passage is in the file with its byte `from` at `offset`. */
static enum status is_at(bool *result, struct file_view *file, uint64_t offset,
                         struct slice passage, size_t from) {
    struct slice before = slice_of(passage.data, from), after = slice_after(passage, from);
    uint64_t start = offset > COMPARED_MAX ? offset - COMPARED_MAX : 0;
    if (after.size > COMPARED_MAX)
        after.size = COMPARED_MAX;
    if (before.size > COMPARED_BEFORE)
        before = slice_after(before, before.size - COMPARED_BEFORE);
    if (read_at(file, start, 3 * COMPARED_MAX))
        return ST_NOMEM;
    struct slice found = buffer_slice(&file->bytes);
    size_t at = (size_t)(offset - start);
    *result = at <= found.size && count_equal(after, slice_after(found, at)) == after.size &&
              count_before(before, slice_of(found.data, at)) == before.size;
    return ST_OK;
}

enum status file_view_find(struct file_place *place, struct file_view *file, uint64_t text_size,
                           uint64_t offset, struct slice passage, size_t from) {
    *place = (struct file_place){0};
    bool found = false;
    if (text_size > offset && text_size <= file->size) {
        uint64_t at = file->size - text_size + offset;
        if (is_at(&found, file, at, passage, from))
            return ST_NOMEM;
        if (found)
            return count_lines(place, file, at);
    }
    if (file->size > FILE_VIEW_MAX)
        return ST_OK;
    if (!file->loaded && read_at(file, 0, (size_t)file->size))
        return ST_NOMEM;
    file->loaded = file->bytes.size == file->size;
    uint64_t at;
    return search(&at, buffer_slice(&file->bytes), passage, from) ? count_lines(place, file, at)
                                                                  : ST_OK;
}
