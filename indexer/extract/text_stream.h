/* A plain-text file of any size -> its title and its text in pieces, in a few MiB of memory.
 *
 *     struct text_stream stream;
 *     text_stream_open(&stream, &request, stop, &err);
 *     text_stream_prepare(&stream, &err);
 *     begin(buffer_slice(&stream.content.title), stream.content_hash);
 *     while ((status = text_stream_next(&piece, &stream, &err)) == ST_OK)
 *         add(piece);
 *     end(status == ST_END);
 *     text_stream_close(&stream);
 *
 * Title and text, the pieces in a row, are byte for byte those of extract_run() with FORMAT_TEXT.
 *
 * The file is read twice: which encoding it is in only its last byte may tell (charset.h), and the
 * hash that tells a document from what the index has of it already is that of all of it. The second
 * reading must give the same hash. Then each byte was what it is before the moment between the two
 * and after it, so that the text is the file as it was at that moment, even when the file grows all
 * the time: what is behind the size that it had when it was opened is not read, and is for the next
 * run.
 *
 * Threads: a stream belongs to one thread at a time. */
#ifndef QUERN_INDEXER_EXTRACT_TEXT_STREAM_H
#define QUERN_INDEXER_EXTRACT_TEXT_STREAM_H

#include <signal.h>

#include "common/base/codec.h"
#include "common/segment/document.h"
#include "indexer/extract/content.h"
#include "indexer/source/charset.h"
#include "indexer/source/file.h"

enum {
    TEXT_STREAM_PIECE_SIZE = 1024 * 1024, /* bytes of text that a piece is cut from, or some more */
};

struct text_stream {
    struct file file;       /* file.state: what to remember of the file */
    struct content content; /* its title, once surveyed */
    uint64_t content_hash;  /* once surveyed: document_hash() of title and text */
    /* The rest is the stream's own. */
    const volatile sig_atomic_t *stop;
    enum charset charset;
    size_t mark_size; /* bytes of the byte order mark */
    struct charset_counts tally;
    struct hash_state *hash;
    struct buffer bytes; /* read and not decoded */
    struct buffer text;  /* decoded; text[0, returned) was handed out */
    size_t returned;
    bool skipping_space; /* white space is dropped, nothing else was seen yet */
    bool ended;          /* all is decoded */
};

/* Opens the file, with the failures of file_read(): ST_SKIPPED also when it is binary. Only then is
 * it to be closed. When `stop` (may be NULL) is set, the functions below end with ST_INTERRUPTED.
 */
enum status text_stream_open(struct text_stream *stream, const struct file_request *request,
                             const volatile sig_atomic_t *stop, struct error *err);
void text_stream_close(struct text_stream *stream);

/* The first CHARSET_PROBE_SIZE bytes of the file as they are, or all. Valid until the survey. */
struct slice text_stream_head(const struct text_stream *stream);

/* Reads the file to its end once: the title and the hash are known then. ST_SKIPPED: it became
 * shorter meanwhile. ST_EIO, ST_NOMEM, ST_INTERRUPTED. */
enum status text_stream_prepare(struct text_stream *stream, struct error *err);

/* The next piece of the surveyed text, never empty, valid until the next call. It is
 * unicode_split() of the text, about TEXT_STREAM_PIECE_SIZE bytes.
 * ST_END: that was all. ST_SKIPPED: the text is not what was surveyed; what was given is worth
 * nothing. ST_EIO, ST_NOMEM, ST_INTERRUPTED. */
enum status text_stream_next(struct slice *piece, struct text_stream *stream, struct error *err);

#endif
