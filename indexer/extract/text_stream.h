/* SPDX-License-Identifier: MIT */
/* A plain-text file of any size -> its title and its text in pieces, in a few MiB of memory.
 *
 *     struct text_stream stream;
 *     text_stream_open(&stream, &request, stop, &err);
 *     text_stream_prepare(&stream, &err);
 *     begin(stream.content.fields, stream.text_hash);
 *     while ((status = text_stream_next(&piece, &stream, &err)) == ST_OK)
 *         add(piece);
 *     end(status == ST_END);
 *     text_stream_close(&stream);
 *
 * The title, and all pieces together, are byte for byte those of extract_run() with FORMAT_TEXT.
 *
 * The file is read twice, because its last byte may decide its encoding (charset.h), and because
 * the hash that the index compares with covers all of it. The second pass must give the same hash.
 * Then every byte had its value at the moment between the passes, so the text is the file as it was
 * at that moment, even if it grows all the time: bytes beyond its size when it was opened are not
 * read, and are left for the next run.
 *
 * Threads: a stream belongs to one thread at a time. */
#ifndef QUERN_INDEXER_EXTRACT_TEXT_STREAM_H
#define QUERN_INDEXER_EXTRACT_TEXT_STREAM_H

#include <signal.h>

#include "common/base/codec.h"
#include "indexer/extract/content.h"
#include "indexer/source/charset.h"
#include "indexer/source/file.h"

enum {
    TEXT_STREAM_PIECE_SIZE = 1024 * 1024, /* bytes of text in a piece, roughly */
};

struct text_stream {
    struct file file;       /* file.state: its identity, size and times, to be remembered */
    struct content content; /* after text_stream_prepare(): the title; its text is empty */
    uint64_t text_hash;     /* after text_stream_prepare(): hash64() of the text */
    /* Private. */
    const volatile sig_atomic_t *stop;
    enum charset charset;
    size_t bom_size; /* bytes of the byte order mark */
    struct charset_counts counts;
    struct hash_state *hash;
    struct buffer bytes; /* read, not yet decoded */
    struct buffer text;  /* decoded; text[0, returned) is the last piece */
    size_t returned;
    bool skipping_space; /* only white space was seen, which is dropped */
    bool ended;          /* everything is decoded */
};

/* Opens the file, with the failures of file_read(); ST_SKIPPED also means that it is binary. Only
 * an open stream must be closed. Once *stop (`stop` may be NULL) is set, the functions below return
 * ST_INTERRUPTED. */
enum status text_stream_open(struct text_stream *stream, const struct file_request *request,
                             const volatile sig_atomic_t *stop, struct error *err);
void text_stream_close(struct text_stream *stream);

/* The first CHARSET_PROBE_SIZE bytes of the file, or all of it, not decoded. Valid until
 * text_stream_prepare(). */
struct slice text_stream_head(const struct text_stream *stream);

/* The first pass: reads the whole file for its encoding, title and hash. ST_SKIPPED: it has become
 * shorter. ST_EIO, ST_NOMEM, ST_INTERRUPTED. */
enum status text_stream_prepare(struct text_stream *stream, struct error *err);

/* The second pass: the next piece of the text, split by unicode_split(), never empty, valid until
 * the next call. ST_END: there are no more. ST_SKIPPED: the file has changed since the first pass,
 * and all pieces must be discarded. ST_EIO, ST_NOMEM, ST_INTERRUPTED. */
enum status text_stream_next(struct slice *piece, struct text_stream *stream, struct error *err);

#endif
