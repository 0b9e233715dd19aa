/* SPDX-License-Identifier: MIT */
/* The documents of an NDJSON file, one after the other, for all peers. Decoding is part of the
 * index time of every engine, so all of them decode with simdjson, as quern does. */
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

/* Opens `path`; "-" is standard input. The caller closes *out. */
enum status corpus_open(struct corpus **out, const char *path, struct error *err);

/* The next document, whose bytes are valid until the next call, or ST_END. ST_INVALID: the line is
 * not an object with a string "id", since a benchmark must not skip documents silently. */
enum status corpus_next(struct corpus_document *out, struct corpus *corpus, struct error *err);

/* May be NULL. */
void corpus_close(struct corpus *corpus);

#ifdef __cplusplus
}
#endif

#endif
