/* SPDX-License-Identifier: MIT */
/* Reads, decodes and hashes a file block by block. */
#include "indexer/extract/text_stream.h"

#include "common/text/unicode.h"
#include "indexer/extract/plain_text.h"

enum { BLOCK_SIZE = 256 * 1024 }; /* bytes read at a time */

static enum status changed(const struct text_stream *stream, struct error *err) {
    return error_set(err, ST_SKIPPED, 0, "%s: changed while being read", stream->file.path);
}

static void remove_prefix(struct buffer *buffer, size_t size) {
    if (size > 0)
        memmove(buffer->data, buffer->data + size, buffer->size - size);
    buffer->size -= size;
}

/* Drops white space at the start, until there is anything else. */
static void skip_leading_space(struct text_stream *stream) {
    if (stream->skipping_space)
        remove_prefix(&stream->text, plain_text_leading_space(buffer_slice(&stream->text)));
    stream->skipping_space = stream->skipping_space && stream->text.size == 0;
}

/* Reads the next `size` bytes. */
static enum status read_exactly(struct text_stream *stream, size_t size, struct error *err) {
    size_t before = stream->bytes.size;
    enum status status = file_read_next(&stream->bytes, &stream->file, size, err);
    if (!status && stream->bytes.size - before < size)
        status = changed(stream, err);
    return status;
}

/* Reads and decodes a block, or sets `ended`. */
static enum status decode_block(struct text_stream *stream, struct error *err) {
    if (stream->stop && *stream->stop)
        return error_set(err, ST_INTERRUPTED, 0, "interrupted");
    uint64_t size = (uint64_t)stream->file.state.st_size, at = stream->file.offset;
    uint64_t left = at < size ? size - at : 0;
    enum status status = read_exactly(stream, left < BLOCK_SIZE ? (size_t)left : BLOCK_SIZE, err);
    if (status)
        return status;
    size_t used;
    stream->ended = left <= BLOCK_SIZE;
    if (charset_decode_piece(&stream->text, &used, &stream->counts, buffer_slice(&stream->bytes),
                             stream->charset, stream->ended))
        return error_nomem(err);
    remove_prefix(&stream->bytes, used);
    skip_leading_space(stream);
    return ST_OK;
}

/* Starts at the beginning again and reads the title, so that the text is next. */
static enum status rewind_text(struct text_stream *stream, struct error *err) {
    struct content *content = &stream->content;
    enum status status = file_rewind(&stream->file, err);
    buffer_clear(&stream->bytes);
    if (!status)
        status = read_exactly(stream, stream->bom_size, err);
    buffer_clear(&stream->bytes);
    buffer_clear(&stream->text);
    stream->returned = 0;
    stream->counts = (struct charset_counts){0};
    stream->skipping_space = true;
    stream->ended = false;
    while (!status && !stream->ended && stream->text.size <= PLAIN_TEXT_TITLE_MAX)
        status = decode_block(stream, err);
    if (status)
        return status;
    struct slice heading = plain_text_heading(buffer_slice(&stream->text));
    content_clear(content);
    content_add_title(content, heading);
    if (content_finish(content, slice_of_string(stream->file.path)))
        return error_nomem(err);
    remove_prefix(&stream->text, heading.size);
    stream->skipping_space = true;
    skip_leading_space(stream);
    hash_state_reset(stream->hash, 0);
    return ST_OK;
}

/* The size of the next piece; 0: more text must be decoded first. */
static size_t piece_size(const struct text_stream *stream) {
    if (!stream->ended && stream->text.size < TEXT_STREAM_PIECE_SIZE)
        return 0;
    return unicode_split(buffer_slice(&stream->text), TEXT_STREAM_PIECE_SIZE, !stream->ended);
}

static enum status next_piece(struct slice *piece, struct text_stream *stream, struct error *err) {
    if (stream->returned > 0)
        remove_prefix(&stream->text, stream->returned);
    stream->returned = piece_size(stream);
    while (stream->returned == 0 && !stream->ended) {
        enum status status = decode_block(stream, err);
        if (status)
            return status;
        stream->returned = piece_size(stream);
    }
    *piece = slice_of(stream->text.data, stream->returned);
    hash_state_update(stream->hash, piece->data, piece->size);
    return piece->size > 0 ? ST_OK : ST_END;
}

enum status text_stream_open(struct text_stream *stream, const struct file_request *request,
                             const volatile sig_atomic_t *stop, struct error *err) {
    *stream = (struct text_stream){.stop = stop};
    enum status status = file_open(&stream->file, request, err);
    if (status)
        return status;
    stream->hash = hash_state_new();
    status = stream->hash ? file_read_head(&stream->bytes, &stream->file, err) : error_nomem(err);
    if (status)
        text_stream_close(stream);
    else
        stream->charset = charset_of_bom(&stream->bom_size, buffer_slice(&stream->bytes));
    return status;
}

void text_stream_close(struct text_stream *stream) {
    file_close(&stream->file);
    content_release(&stream->content);
    hash_state_free(stream->hash);
    buffer_release(&stream->bytes);
    buffer_release(&stream->text);
}

struct slice text_stream_head(const struct text_stream *stream) {
    return buffer_slice(&stream->bytes);
}

/* Hashes all of the text in the assumed encoding. */
static enum status hash_all(struct text_stream *stream, struct error *err) {
    struct slice piece;
    enum status status = rewind_text(stream, err);
    while (!status)
        status = next_piece(&piece, stream, err);
    return status == ST_END ? ST_OK : status;
}

static uint64_t hash_title(const struct text_stream *stream) {
    return hash64(stream->content.title.data, stream->content.title.size, 0);
}

enum status text_stream_prepare(struct text_stream *stream, struct error *err) {
    enum status status = hash_all(stream, err);
    enum charset guess = stream->bom_size ? stream->charset : charset_guess(&stream->counts);
    if (!status && guess != stream->charset) {
        stream->charset = guess;
        status = hash_all(stream, err);
    }
    if (status)
        return status;
    stream->text_hash = hash_state_digest(stream->hash);
    uint64_t title_hash = hash_title(stream);
    status = rewind_text(stream, err);
    return status || hash_title(stream) == title_hash ? status : changed(stream, err);
}

enum status text_stream_next(struct slice *piece, struct text_stream *stream, struct error *err) {
    enum status status = next_piece(piece, stream, err);
    if (status == ST_END && hash_state_digest(stream->hash) != stream->text_hash)
        status = changed(stream, err);
    return status;
}
