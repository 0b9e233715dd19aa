/* SPDX-License-Identifier: MIT */
/* The interface of a peer, an engine that indexes a corpus and answers queries. peer.c has the
 * main() of all of them, so the same work is timed:
 *
 *     NAME index INDEX CORPUS.ndjson|-
 *     NAME optimize INDEX
 *     NAME search INDEX QUERIES.tsv LIMIT TOTAL REPEAT
 *
 * `index` builds on one thread. `search` reads lines "qid TAB query" and prints "qid TAB
 * microseconds TAB hits" for each: the best of REPEAT runs after a warm-up, on one thread of this
 * process, from the query to the ranked numbers of the best LIMIT documents (0: none) and, if TOTAL
 * is 1, the exact number of matches. */
#ifndef QUERN_BENCH_PEERS_PEER_H
#define QUERN_BENCH_PEERS_PEER_H

#ifdef __cplusplus
extern "C" {
#endif

#include <stdbool.h>
#include <stddef.h>

#include "bench/peers/corpus.h"

struct peer;

/* What a search returns of the matching documents. */
struct peer_command {
    size_t limit; /* the best of them, ranked by BM25; 0: none */
    bool total;   /* their exact number */
};

/* Builds an index at `index`, which must not exist, with the engine's best settings for bulk
 * loading: word positions, English stemming, no stop words, no text stored. */
enum status peer_build(const char *index, struct corpus *corpus, struct error *err);

/* Brings an index into the engine's most compact form. */
enum status peer_optimize(const char *index, struct error *err);

/* Opens an index for searching; the caller closes *out. */
enum status peer_open(struct peer **out, const char *index, struct error *err);

/* Answers a query of clauses separated by spaces; a clause is a word or a "quoted phrase". A clause
 * after a + is required, one after a - excluded. The others add to the score, and one of them must
 * match if none is required. *hits is the total, or else the number of ranked documents. */
enum status peer_search(size_t *hits, struct peer *peer, const char *query,
                        struct peer_command command, struct error *err);

/* May be NULL. */
void peer_close(struct peer *peer);

#ifdef __cplusplus
}
#endif

#endif
