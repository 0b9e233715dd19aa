/* What a peer is: an engine that indexes a corpus and answers queries, behind these functions.
 * peer.c holds main(), which is the same for all of them, and so is what is timed:
 *
 *     NAME index INDEX CORPUS.ndjson|-
 *     NAME optimize INDEX
 *     NAME search INDEX QUERIES.tsv LIMIT TOTAL REPEAT
 *
 * `index` builds with one thread. `search` reads lines "qid TAB query" and prints
 * "qid TAB microseconds TAB hits" for each: the best of REPEAT runs after one that warms up, from
 * the query to the ranked numbers of the best LIMIT documents (0: none) and, when TOTAL is 1, the
 * exact number of all that match, in this process, by one thread. */
#ifndef QUERN_BENCH_PEERS_PEER_H
#define QUERN_BENCH_PEERS_PEER_H

#ifdef __cplusplus
extern "C" {
#endif

#include <stdbool.h>
#include <stddef.h>

#include "bench/peers/corpus.h"

struct peer;

/* What is asked for of the documents that match a query. */
struct peer_command {
    size_t limit; /* so many of them, ranked by BM25; 0: none */
    bool total;   /* how many there are, exactly */
};

/* Builds a new index at `index`, which must not exist, in the engine's own best setting for bulk
 * loading: word positions, English stemming, no stop words, no text stored. */
enum status peer_build(const char *index, struct corpus *corpus, struct error *err);

/* Brings a finished index into the engine's smallest form. */
enum status peer_optimize(const char *index, struct error *err);

/* Opens an index for searching; *out is the caller's to close. */
enum status peer_open(struct peer **out, const char *index, struct error *err);

/* Answers a query of clauses separated by spaces, a clause being a word or a "quoted phrase": those
 * behind a + are required, those behind a - excluded; the others add to the score, and one of them
 * must match when none is required. *hits is the total or else how many documents were ranked. */
enum status peer_search(size_t *hits, struct peer *peer, const char *query,
                        struct peer_command command, struct error *err);

/* NULL is fine. */
void peer_close(struct peer *peer);

#ifdef __cplusplus
}
#endif

#endif
