/* SPDX-License-Identifier: MIT */
/* Calls libexttextcat. */
#include "indexer/scan/language_guess.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/text/unicode.h"

/* Debian's libexttextcat-2.0-0 and libexttextcat-data. */
#define LIBRARY "libexttextcat-2.0.so.0"
#define MODELS  "/usr/share/libexttextcat/"

enum {
    SAMPLE_MAX = 400, /* bytes that are looked at, */
    TITLE_MAX = 100,  /* of a title at most these */
};

struct language_guess {
    void *library;
    void *classifier;
    char *(*classify)(void *classifier, const char *text, size_t size);
    void (*done)(void *classifier);
};

/* Appends a line for each model of a language: its file, and the code that it stands for. */
static enum status list_models(struct buffer *list, const char *code) {
    static const char *const variants[] = {"", "-Latn", "-Cyrl", "-Hans", "-Hant"};
    enum status status = ST_OK;
    for (size_t i = 0; i < sizeof variants / sizeof *variants && !status; i++) {
        char path[100], line[100];
        snprintf(path, sizeof path, MODELS "%s%s.lm", code, variants[i]);
        if (access(path, R_OK) != 0)
            continue;
        int size = snprintf(line, sizeof line, "%s%s.lm %s\n", code, variants[i], code);
        status = buffer_append(list, line, (size_t)size);
    }
    return status;
}

/* The same for all codes of the index's languages. */
static enum status list_all_models(struct buffer *list, const struct analyzer_options *analysis) {
    enum status status = ST_OK;
    for (size_t i = 0; *analyzer_options_stemmer(analysis, i) && !status; i++) {
        const char *codes = analyzer_codes_of_stemmer(analyzer_options_stemmer(analysis, i));
        char code[STEMMER_NAME_SIZE];
        for (int used; !status && sscanf(codes, "%31s%n", code, &used) == 1; codes += used)
            status = list_models(list, code);
    }
    return status;
}

/* Loads the models of the list, which the library reads from a file. */
static void *load_models(void *(*init)(const char *list, const char *folder), struct slice list) {
    char path[40];
    int file = memfd_create("languages", MFD_CLOEXEC);
    if (file < 0)
        return NULL;
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    bool written = write(file, list.data, list.size) == (ssize_t)list.size;
    void *classifier = written ? init(path, MODELS) : NULL;
    close(file);
    return classifier;
}

enum status language_guess_new(struct language_guess **out, const struct analyzer_options *analysis,
                               struct error *err) {
    struct language_guess *guess = calloc(1, sizeof *guess);
    struct buffer list = {0};
    *out = guess;
    if (!guess || list_all_models(&list, analysis)) {
        language_guess_free(guess);
        buffer_release(&list);
        *out = NULL;
        return error_nomem(err);
    }
    guess->library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (guess->library) {
        /* POSIX has dlsym() return functions as objects. */
        void *(*init)(const char *, const char *);
        *(void **)&init = dlsym(guess->library, "special_textcat_Init");
        *(void **)&guess->classify = dlsym(guess->library, "textcat_Classify");
        *(void **)&guess->done = dlsym(guess->library, "textcat_Done");
        if (init && guess->classify && guess->done && list.size)
            guess->classifier = load_models(init, buffer_slice(&list));
    }
    buffer_release(&list);
    if (guess->classifier)
        return ST_OK;
    language_guess_free(guess);
    *out = NULL;
    return error_set(err, ST_SETTINGS, 0,
                     "--lang=auto: needs libexttextcat with its data; install it with: apt install "
                     "libexttextcat-2.0-0");
}

void language_guess_free(struct language_guess *guess) {
    if (!guess)
        return;
    if (guess->classifier)
        guess->done(guess->classifier);
    if (guess->library)
        dlclose(guess->library);
    free(guess);
}

struct slice language_guess_text(struct language_guess *guess, struct slice title,
                                 struct slice text) {
    char sample[SAMPLE_MAX + 8] = {0}; /* the library may read a character beyond the text */
    struct slice parts[] = {unicode_cut(title, TITLE_MAX), text};
    size_t size = 0;
    for (size_t i = 0; i < 2; i++) {
        struct slice part = unicode_cut(parts[i], SAMPLE_MAX - size);
        if (!part.size)
            continue;
        memcpy(sample + size, part.data, part.size);
        size += part.size;
        if (i == 0)
            sample[size++] = ' ';
    }
    /* "[de][en]", the best first, or a word without brackets. */
    const char *found = guess->classify(guess->classifier, sample, size);
    size = found && *found == '[' ? strcspn(found + 1, "]") : 0;
    return slice_of(size ? found + 1 : NULL, size);
}
