/* SPDX-License-Identifier: MIT */
/* Finds and steps through blocks of surface forms. */
#include "common/form/form_cursor.h"

#include "common/form/form_writer.h"

/* An entry of the index. */
struct index_entry {
    uint64_t address;
    uint32_t size;
    struct slice key;
    uint64_t next; /* address of the entry after it */
};

static enum status fail(const struct form_cursor *cursor, enum status status, struct error *err) {
    const struct chunk_reader *chunks = cursor->chunks;
    if (status == ST_NOMEM)
        return error_nomem(err);
    if (!chunks->status)
        return error_set(err, ST_CORRUPT, 0, "segment %u: damaged forms of words", chunks->segment);
    if (err)
        *err = chunks->error;
    return chunks->status;
}

/* Reads the entry at an address, or ST_END. */
static enum status read_entry(struct index_entry *entry, const struct form_cursor *cursor,
                              uint64_t address, struct error *err) {
    struct chunk_reader *chunks = cursor->chunks;
    if (address >> 16 == chunks->chunk_counts[STREAM_FORM_INDEX])
        return ST_END;
    const uint8_t *bytes = chunk_read(chunks, STREAM_FORM_INDEX, address, FORM_INDEX_HEAD);
    if (!bytes)
        return fail(cursor, ST_CORRUPT, err);
    uint32_t size = FORM_INDEX_HEAD + bytes[8];
    bytes = chunk_read(chunks, STREAM_FORM_INDEX, address, size);
    if (!bytes)
        return fail(cursor, ST_CORRUPT, err);
    *entry = (struct index_entry){.address = get_u48(bytes),
                                  .size = get_u16(bytes + 6),
                                  .key = slice_of(bytes + FORM_INDEX_HEAD, bytes[8]),
                                  .next = address + size};
    if (size == chunk_bytes_left(chunks, STREAM_FORM_INDEX, address))
        entry->next = chunk_address((uint32_t)(address >> 16) + 1, CHUNK_HEADER_SIZE);
    return ST_OK;
}

/* Reads the entry of the next block that is wanted, or ST_END. */
static enum status next_entry(struct index_entry *entry, const struct form_cursor *cursor,
                              struct error *err) {
    struct form_filter *filter = cursor->filter;
    enum status status = read_entry(entry, cursor, cursor->entry, err);
    while (!status && filter) {
        struct index_entry after;
        status = read_entry(&after, cursor, entry->next, err);
        if (status < 0 || filter->wants(filter, entry->key, status ? NULL : &after.key))
            return status < 0 ? status : ST_OK;
        *entry = after;
    }
    return status;
}

static enum status open_block(struct form_cursor *cursor, const struct index_entry *entry,
                              struct error *err) {
    const uint8_t *block = chunk_read(cursor->chunks, STREAM_FORMS, entry->address, entry->size);
    if (!block)
        return fail(cursor, ST_CORRUPT, err);
    enum status status = form_block_decoder_open(&cursor->decoder, slice_of(block, entry->size));
    cursor->entry = entry->next;
    return status ? fail(cursor, status, err) : ST_OK;
}

void form_cursor_open(struct form_cursor *cursor, struct chunk_reader *chunks) {
    *cursor = (struct form_cursor){.chunks = chunks, .entry = chunk_address(0, CHUNK_HEADER_SIZE)};
}

void form_cursor_close(struct form_cursor *cursor) {
    form_block_decoder_release(&cursor->decoder);
}

/* Opens the next block that is wanted, or ST_END. */
static enum status open_next_block(struct form_cursor *cursor, struct error *err) {
    struct index_entry entry;
    enum status status = next_entry(&entry, cursor, err);
    return status ? status : open_block(cursor, &entry, err);
}

enum status form_cursor_next_block(struct form_cursor *cursor, enum status status,
                                   struct error *err) {
    if (status == ST_END) {
        status = open_next_block(cursor, err);
        if (status)
            return status;
        status = form_block_decoder_next(&cursor->decoder);
    }
    return status ? fail(cursor, status, err) : ST_OK;
}

enum status form_cursor_find(struct form_cursor *cursor, const struct form_probe *probe,
                             struct error *err) {
    enum status status;
    while ((status = form_block_decoder_find(&cursor->decoder, probe)) == ST_END) {
        status = open_next_block(cursor, err);
        if (status)
            return status;
    }
    return status ? fail(cursor, status, err) : ST_OK;
}

enum status form_cursor_skip(struct form_cursor *cursor, size_t size, struct error *err) {
    enum status status = form_block_decoder_skip(&cursor->decoder, size);
    return status ? fail(cursor, status, err) : form_cursor_next(cursor, err);
}

enum status form_cursor_seek(struct form_cursor *cursor, struct slice key, struct error *err) {
    /* The last block whose first key is less: the one before the first block that begins with the
     * key may end with it. Blocks are few, so their entries are read one after the other. */
    struct index_entry entry, last;
    uint64_t address = chunk_address(0, CHUNK_HEADER_SIZE);
    enum status status = read_entry(&entry, cursor, address, err);
    if (status)
        return status;
    do {
        last = entry;
        status = read_entry(&entry, cursor, last.next, err);
    } while (!status && slice_compare(entry.key, key) < 0);
    if (status == ST_OK || status == ST_END)
        status = open_block(cursor, &last, err);
    do {
        if (!status)
            status = form_cursor_next(cursor, err);
    } while (!status && slice_compare(form_cursor_key(cursor), key) < 0);
    cursor->decoder.key_shared = 0;
    return status;
}

enum status form_cursor_term(struct surface_form *form, struct form_cursor *cursor,
                             struct error *err) {
    enum status status = form_block_decoder_term(form, &cursor->decoder);
    return status ? fail(cursor, status, err) : ST_OK;
}

enum status form_cursor_form(struct surface_form *form, struct form_cursor *cursor,
                             struct error *err) {
    enum status status = form_block_decoder_term(form, &cursor->decoder);
    if (!status)
        status = form_block_decoder_form(form, &cursor->decoder);
    if (!status)
        status = form_block_decoder_count(form, &cursor->decoder);
    return status ? fail(cursor, status, err) : ST_OK;
}
