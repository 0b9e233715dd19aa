/* Newline-delimited JSON, one document a line, packed or not: lines + json.
 *
 *     struct ndjson *ndjson;
 *     struct document document;
 *     ndjson_open(&ndjson, descriptor, "/srv/tickets.ndjson.zst", &options, &err);
 *     while ((status = ndjson_next(&document, ndjson, &err)) >= 0 && status != ST_END)
 *         if (status == ST_OK)
 *             add(&document);
 *         else
 *             warn(err.text);
 *     ndjson_close(ndjson);
 *
 * Empty lines, a byte order mark at the start and carriage returns at line ends are passed over.
 *
 * Two mistakes would look like an index that lacks what it should have, so they end the source:
 * JSON in another layout, which begins with an array or with an object that goes on in the next
 * line after a bracket or a comma; and records of which none has a member that is title or text.
 * Until the first one that has such a member, records are held back as ids. Later ones without are
 * documents without words.
 * Threads: a source belongs to one thread at a time. */
#ifndef QUERN_INDEXER_SOURCE_NDJSON_H
#define QUERN_INDEXER_SOURCE_NDJSON_H

#include "common/segment/document.h"
#include "indexer/source/json.h"
#include "indexer/source/line_reader.h"

enum { NDJSON_DEFERRED_MAX = 1 << 20 }; /* bytes of ids that are held back before giving up */

struct ndjson_options {
    struct json_fields fields;
    bool stream;     /* the input has no name of its own: another run may read something else */
    size_t max_line; /* as in lines.h */
    const volatile sig_atomic_t *stop; /* as in lines.h */
};

struct ndjson;

/* The names that are looked for unless others are given: "id", "title" and "text". */
extern const struct json_fields ndjson_default_fields;

/* Reads from a descriptor, which stays the caller's and outlives the source. `name` is what ids of
 * records without one begin with and what messages call the source. ST_NOMEM; failures of
 * json_new(). */
enum status ndjson_open(struct ndjson **out, int descriptor, const char *name,
                        const struct ndjson_options *options, struct error *err);
void ndjson_close(struct ndjson *ndjson);

/* The next record: its id, title and text, borrowed until the next call, and all else 0. One
 * without an id, or with an empty one, gets "name#line"; in a stream, "-#" and 16 hexadecimal
 * digits, the hash64() of its text seeded with that of its title, so that another stream does not
 * replace it and the same one changes nothing.
 *
 * ST_END: no more. ST_SKIPPED: this record is no document, *err says "name:line: why"; go on.
 * ST_INVALID: a mistake as above, *err says what to do. That and other failures, which are those of
 * line_reader_next(), end the source. */
enum status ndjson_next(struct document *document, struct ndjson *ndjson, struct error *err);

/* Bytes of the file read so far: for progress. */
uint64_t ndjson_consumed(const struct ndjson *ndjson);

#endif
