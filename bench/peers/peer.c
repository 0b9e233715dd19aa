#include "bench/peers/peer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now_microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static enum status index_corpus(const char *index, const char *path, struct error *err) {
    struct corpus *corpus = NULL;
    enum status status = corpus_open(&corpus, path, err);
    if (!status)
        status = peer_build(index, corpus, err);
    corpus_close(corpus);
    return status;
}

/* Splits "qid TAB class TAB words NEWLINE" in place. */
static enum status query_parse(enum peer_mode *mode, char **words, char *line, struct error *err) {
    char *kind = strchr(line, '\t');
    *words = kind ? strchr(kind + 1, '\t') : NULL;
    if (!*words)
        return error_set(err, ST_INVALID, 0, "not \"qid TAB class TAB words\": %s", line);
    *kind++ = '\0';
    *(*words)++ = '\0';
    (*words)[strcspn(*words, "\r\n")] = '\0';
    *mode = PEER_ALL;
    if (strcmp(kind, "any") == 0)
        *mode = PEER_ANY;
    else if (strcmp(kind, "phrase") == 0)
        *mode = PEER_PHRASE;
    else if (strcmp(kind, "all") != 0 && strcmp(kind, "term") != 0)
        return error_set(err, ST_INVALID, 0, "no such class: %s", kind);
    return ST_OK;
}

static enum status query_time(double *best, size_t *hits, struct peer *peer, enum peer_mode mode,
                              const char *words, size_t limit, int repeat, struct error *err) {
    enum status status = peer_search(hits, peer, mode, words, limit, err);
    *best = 0;
    for (int i = 0; i < repeat && !status; i++) {
        double start = now_microseconds();
        status = peer_search(hits, peer, mode, words, limit, err);
        double spent = now_microseconds() - start;
        if (i == 0 || spent < *best)
            *best = spent;
    }
    return status;
}

static enum status search_queries(const char *index, const char *path, size_t limit, int repeat,
                                  struct error *err) {
    struct peer *peer = NULL;
    char *line = NULL;
    size_t capacity = 0;
    enum status status = ST_OK;
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set(err, ST_EIO, errno, "open %s", path);
    status = peer_open(&peer, index, err);
    while (!status && getline(&line, &capacity, file) > 0) {
        enum peer_mode mode;
        char *words;
        double best;
        size_t hits;
        status = query_parse(&mode, &words, line, err);
        if (!status)
            status = query_time(&best, &hits, peer, mode, words, limit, repeat, err);
        if (!status)
            printf("%s\t%.1f\t%zu\n", line, best, hits);
    }
    if (!status && ferror(file))
        status = error_set(err, ST_EIO, errno, "read %s", path);
    peer_close(peer);
    free(line);
    fclose(file);
    return status;
}

int main(int argc, char **argv) {
    struct error err = {0};
    enum status status = ST_INVALID;
    if (argc == 4 && strcmp(argv[1], "index") == 0)
        status = index_corpus(argv[2], argv[3], &err);
    else if (argc == 3 && strcmp(argv[1], "optimize") == 0)
        status = peer_optimize(argv[2], &err);
    else if (argc == 6 && strcmp(argv[1], "search") == 0)
        status = search_queries(argv[2], argv[3], strtoul(argv[4], NULL, 10), atoi(argv[5]), &err);
    else
        error_set(
            &err, ST_INVALID, 0,
            "usage: %s index INDEX CORPUS | optimize INDEX | search INDEX QUERIES LIMIT REPEAT",
            argv[0]);
    if (fclose(stdout) != 0 && !status)
        status = error_set(&err, ST_EIO, errno, "write");
    if (status)
        fprintf(stderr, "%s: %s\n", argv[0], err.text);
    return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
