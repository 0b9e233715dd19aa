/* SPDX-License-Identifier: MIT */
/* The main program of every peer. */
#include "bench/peers/peer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/timer.h"

static enum status index_corpus(const char *index, const char *path, struct error *err) {
    struct corpus *corpus = NULL;
    enum status status = corpus_open(&corpus, path, err);
    if (!status)
        status = peer_build(index, corpus, err);
    corpus_close(corpus);
    return status;
}

/* Splits "qid TAB query NEWLINE" in place: the query, or NULL. */
static char *split_query(char *line) {
    char *query = strchr(line, '\t');
    if (!query)
        return NULL;
    *query++ = '\0';
    query[strcspn(query, "\r\n")] = '\0';
    return query;
}

static enum status time_query(double *best, size_t *hits, struct peer *peer, const char *query,
                              struct peer_command command, int repeat, struct error *err) {
    enum status status = peer_search(hits, peer, query, command, err);
    *best = 0;
    for (int i = 0; i < repeat && !status; i++) {
        double start = timer_wall();
        status = peer_search(hits, peer, query, command, err);
        double spent = (timer_wall() - start) * 1e6;
        if (i == 0 || spent < *best)
            *best = spent;
    }
    return status;
}

static enum status search_queries(const char *index, const char *path, struct peer_command command,
                                  int repeat, struct error *err) {
    struct peer *peer = NULL;
    char *line = NULL;
    size_t capacity = 0;
    enum status status = ST_OK;
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set(err, ST_EIO, errno, "open %s", path);
    status = peer_open(&peer, index, err);
    while (!status && getline(&line, &capacity, file) > 0) {
        const char *query = split_query(line);
        double best;
        size_t hits;
        status = query ? time_query(&best, &hits, peer, query, command, repeat, err)
                       : error_set(err, ST_INVALID, 0, "not \"qid TAB query\": %s", line);
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

static struct peer_command parse_command(char **arguments) {
    return (struct peer_command){.limit = strtoul(arguments[0], NULL, 10),
                                 .total = strcmp(arguments[1], "1") == 0};
}

int main(int argc, char **argv) {
    struct error err = {0};
    enum status status = ST_INVALID;
    if (argc == 4 && strcmp(argv[1], "index") == 0)
        status = index_corpus(argv[2], argv[3], &err);
    else if (argc == 3 && strcmp(argv[1], "optimize") == 0)
        status = peer_optimize(argv[2], &err);
    else if (argc == 7 && strcmp(argv[1], "search") == 0)
        status = search_queries(argv[2], argv[3], parse_command(argv + 4), atoi(argv[6]), &err);
    else
        error_set(&err, ST_INVALID, 0,
                  "usage: %s index INDEX CORPUS | optimize INDEX | "
                  "search INDEX QUERIES LIMIT TOTAL REPEAT",
                  argv[0]);
    if (fclose(stdout) != 0 && !status)
        status = error_set(&err, ST_EIO, errno, "write");
    if (status)
        fprintf(stderr, "%s: %s\n", argv[0], err.text);
    return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
