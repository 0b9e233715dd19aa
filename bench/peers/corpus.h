/* The documents of an NDJSON file, one after the other, for every peer alike: what decoding costs
 * is part of everybody's index time, so all of them decode with simdjson, as quern does. */
#ifndef QUERN_BENCH_PEERS_CORPUS_H
#define QUERN_BENCH_PEERS_CORPUS_H

#ifdef __cplusplus
extern "C" {
#endif

#include <stddef.h>

#include "common/base/status.h"

struct corpus;

struct corpus_document {
    const char *id;
    size_t id_size;
    const char *body; /* title, newline, text: the one field that is indexed */
    size_t body_size;
};

/* Opens `path`, "-" for standard input. *out is the caller's to close. */
enum status corpus_open(struct corpus **out, const char *path, struct error *err);

/* The next document, or ST_END. What *out borrows is valid until the next call. A line that is not
 * an object with a string "id" is an error: a benchmark must not leave out documents in silence. */
enum status corpus_next(struct corpus_document *out, struct corpus *corpus, struct error *err);

/* NULL is fine. */
void corpus_close(struct corpus *corpus);

#ifdef __cplusplus
}
#endif

#endif
