/* SPDX-License-Identifier: MIT */
/* Asserts, temporary folders and files for unit tests. */
#include "tests/support/testing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/array.h"
#include "tests/support/scratch.h"

static struct {
    struct scratch *folders;
    size_t count, capacity;
    struct arena strings;
    pid_t owner; /* the process that removes the folders; a forked child does not */
} state;

void testing_assert_status(enum status status, enum status expected, const struct error *err,
                           const char *call, const char *file, int line) {
    if (status == expected)
        return;
    print_error("%s: status %d, not %d%s%s\n", call, status, expected, err && status ? ": " : "",
                err && status ? err->text : "");
    _fail(file, line);
}

void testing_assert_slice(struct slice actual, struct slice expected, const char *file, int line) {
    if (slice_equal(actual, expected))
        return;
    print_error("\"%.*s\" (%zu bytes), not \"%.*s\" (%zu bytes)\n",
                (int)(actual.size < 200 ? actual.size : 200), (const char *)actual.data,
                actual.size, (int)(expected.size < 200 ? expected.size : 200),
                (const char *)expected.data, expected.size);
    _fail(file, line);
}

static void remove_folders(void) {
    if (state.owner != getpid())
        return;
    for (size_t i = 0; i < state.count; i++)
        scratch_remove(&state.folders[i]);
    free(state.folders);
    arena_release(&state.strings);
}

const char *testing_folder(void) {
    if (!state.owner) {
        state.owner = getpid();
        atexit(remove_folders);
    }
    struct scratch *folders =
        array_reserve(state.folders, &state.capacity, state.count + 1, sizeof *folders);
    assert_non_null(folders);
    state.folders = folders;
    assert_true(scratch_make(&folders[state.count]));
    const char *path = folders[state.count++].path;
    char *copy = arena_copy(&state.strings, path, strlen(path));
    assert_non_null(copy);
    return copy;
}

const char *testing_path(const char *name) {
    char path[sizeof((struct scratch *)0)->path + 256];
    int size = snprintf(path, sizeof path, "%s/%s", testing_folder(), name);
    assert_in_range(size, 1, sizeof path - 1);
    char *copy = arena_copy(&state.strings, path, (size_t)size);
    assert_non_null(copy);
    return copy;
}

void testing_write_file(const char *path, struct slice bytes) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    if (bytes.size) /* an empty slice may have no data, which fwrite() must not be given */
        assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    assert_int_equal(fclose(file), 0);
}

void testing_read_file(struct buffer *out, const char *path) {
    char part[4096];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    for (size_t size; (size = fread(part, 1, sizeof part, file)) > 0;)
        assert_int_equal(buffer_append(out, part, size), ST_OK);
    assert_false(ferror(file));
    fclose(file);
}

struct testing_random testing_random(void) {
    const char *given = getenv("QUERN_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : 20240501;
    print_message("QUERN_SEED=%llu\n", (unsigned long long)seed);
    return (struct testing_random){.state = seed};
}

void testing_random_words(struct buffer *text, struct testing_random *random, uint32_t words,
                          uint32_t vocabulary) {
    double scale = log(vocabulary + 1.0);
    for (uint32_t i = 0; i < words; i++) {
        double fraction = (double)(testing_random_next(random) >> 11) / 9007199254740992.0;
        char word[16];
        int size = snprintf(word, sizeof word, "w%u ", (unsigned)exp(fraction * scale) - 1);
        assert_int_equal(buffer_append(text, word, (size_t)size), ST_OK);
    }
}
