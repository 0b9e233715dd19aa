/* Newline-delimited JSON, one document a line, packed or not: lines + json.
 *
 *     struct ndjson *ndjson;
 *     struct document document;
 *     ndjson_open(&ndjson, "tickets.ndjson.zst", "/srv/tickets.ndjson.zst", &options, &err);
 *     while ((status = ndjson_next(&document, ndjson, &err)) >= 0 && status != ST_END)
 *         if (status == ST_OK)
 *             add(&document);
 *         else
 *             warn(err.text);
 *     ndjson_close(ndjson);
 *
 * Empty lines, a byte order mark at the start and carriage returns at line ends are passed over.
 * Threads: a source belongs to one thread at a time. */
#ifndef QUERN_INDEXER_SOURCE_NDJSON_H
#define QUERN_INDEXER_SOURCE_NDJSON_H

#include "common/document.h"
#include "indexer/source/json.h"
#include "indexer/source/lines.h"

struct ndjson_options {
    struct json_fields fields;
    size_t max_line;                   /* as in lines.h */
    const volatile sig_atomic_t *stop; /* as in lines.h */
};

struct ndjson;

/* The names that are looked for unless others are given: "id", "title" and "text". */
extern const struct json_fields ndjson_fields;

/* Opens `path`, or standard input for "-". `name` is what ids of records without one begin with and
 * what messages call the source. Failures as of lines_open() and json_new(). */
enum status ndjson_open(struct ndjson **out, const char *path, const char *name,
                        const struct ndjson_options *options, struct error *err);
void ndjson_close(struct ndjson *ndjson);

/* The next record: its id, title and text, borrowed until the next call, and all else 0. One
 * without an id, or with an empty one, gets "name#line". ST_END: no more. ST_SKIPPED: this record
 * is no document, *err says "name:line: why"; go on. Other failures are those of lines_next(), and
 * end the source. */
enum status ndjson_next(struct document *document, struct ndjson *ndjson, struct error *err);

/* Bytes of the file read so far: for progress. */
uint64_t ndjson_consumed(const struct ndjson *ndjson);

#endif
