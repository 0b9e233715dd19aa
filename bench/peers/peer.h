/* What a peer is: an engine that indexes a corpus and answers queries, behind these functions.
 * peer.c holds main(), which is the same for all of them, and so is what is timed:
 *
 *     NAME index INDEX CORPUS.ndjson|-
 *     NAME optimize INDEX
 *     NAME search INDEX QUERIES.tsv LIMIT REPEAT
 *
 * `index` builds with one thread. `search` reads lines "qid TAB class TAB words" and prints
 * "qid TAB microseconds TAB hits" for each: the best of REPEAT runs after one that warms up, from
 * the words to the ranked numbers of the best LIMIT documents, in this process, by one thread. */
#ifndef QUERN_BENCH_PEERS_PEER_H
#define QUERN_BENCH_PEERS_PEER_H

#ifdef __cplusplus
extern "C" {
#endif

#include <stddef.h>

#include "bench/peers/corpus.h"

enum peer_mode {
    PEER_ALL,    /* documents with all words; the classes "all" and "term" */
    PEER_ANY,    /* documents with at least one of them */
    PEER_PHRASE, /* documents with the words next to each other in this order */
};

struct peer;

/* Builds a new index at `index`, which must not exist, in the engine's own best setting for bulk
 * loading: word positions, English stemming, no stop words, no text stored. */
enum status peer_build(const char *index, struct corpus *corpus, struct error *err);

/* Brings a finished index into the engine's smallest form. */
enum status peer_optimize(const char *index, struct error *err);

/* Opens an index for searching; *out is the caller's to close. */
enum status peer_open(struct peer **out, const char *index, struct error *err);

/* Ranks by BM25 and counts the hits, at most `limit`. `words` are separated by single spaces. */
enum status peer_search(size_t *hits, struct peer *peer, enum peer_mode mode, const char *words,
                        size_t limit, struct error *err);

/* NULL is fine. */
void peer_close(struct peer *peer);

#ifdef __cplusplus
}
#endif

#endif
