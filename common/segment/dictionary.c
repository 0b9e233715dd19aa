/* SPDX-License-Identifier: MIT */
/* Writes terms into front-coded blocks, and scans these. */
#include "common/segment/dictionary.h"

#include <assert.h>

#include "common/base/codec.h"
#include "common/store/keys.h"

enum {
    ENTRY_MAX = 2 + DICTIONARY_TERM_MAX + 4 * VARINT_MAX, /* bytes of the longest entry */
};

/* The first term of a block, if the block is one of the segment's. */
static bool first_term(struct slice *term, struct slice key, uint32_t segment) {
    uint32_t owner;
    return keys_split_dict(&owner, term, key) && owner == segment && term->size;
}

static uint32_t block_checksum(struct slice key, const uint8_t *value, size_t size) {
    return checksum(value, size, hash64(key.data, key.size, 0));
}

void dictionary_writer_init(struct dictionary_writer *writer, struct chunk_sink *sink,
                            uint32_t segment) {
    *writer = (struct dictionary_writer){.sink = sink, .segment = segment};
}

void dictionary_writer_release(struct dictionary_writer *writer) {
    buffer_release(&writer->key);
    buffer_release(&writer->value);
    buffer_release(&writer->last);
}

enum status dictionary_writer_flush(struct dictionary_writer *writer, struct error *err) {
    if (!writer->value.size)
        return ST_OK;
    struct slice key = buffer_slice(&writer->key);
    uint32_t sum = block_checksum(key, writer->value.data, writer->value.size);
    if (buffer_append_u32(&writer->value, sum))
        return error_nomem(err);
    enum status status =
        chunk_sink_put(writer->sink, TABLE_DICT, key, buffer_slice(&writer->value), err);
    buffer_clear(&writer->value);
    return status;
}

static size_t common_prefix(struct slice a, struct slice b) {
    size_t end = a.size < b.size ? a.size : b.size, size = 0;
    while (size < end && a.data[size] == b.data[size])
        size++;
    return size;
}

static uint8_t *put_payload(uint8_t *next, struct dictionary_writer *writer,
                            const struct term_entry *entry) {
    uint64_t extra = entry->occurrences - entry->documents;
    next = put_varint(next, (uint64_t)entry->documents << 1 | !extra);
    if (extra)
        next = put_varint(next, extra - 1);
    if (entry->documents >= POSTINGS_BLOCK) {
        for (unsigned i = 0; i < IMPACT_COUNT; i++) {
            *next++ = entry->impacts[i].frequency;
            *next++ = entry->impacts[i].norm;
        }
    }
    if (entry->documents == 1) {
        next = put_varint(next, entry->doc);
        if (!extra)
            return put_varint(next, entry->position);
    } else {
        next = put_varint(next, entry->postings - writer->postings);
        writer->postings = entry->postings;
    }
    next = put_varint(next, entry->positions - writer->positions);
    writer->positions = entry->positions;
    return next;
}

static enum status begin_block(struct dictionary_writer *writer, struct slice term,
                               const struct term_entry *entry, struct error *err) {
    struct key key;
    buffer_clear(&writer->key);
    if (buffer_append_slice(&writer->key, keys_dict(&key, writer->segment, term)))
        return error_nomem(err);
    /* The first term's addresses, where it has any, are the block's base; later ones only grow. */
    if (entry->postings)
        writer->postings = entry->postings;
    if (entry->positions)
        writer->positions = entry->positions;
    uint8_t head[VARINT_MAX + 12];
    uint8_t *next = put_varint(head, entry->skips);
    put_u48(next, writer->postings);
    put_u48(next + 6, writer->positions);
    next += 12;
    return buffer_append(&writer->value, head, (size_t)(next - head)) ? error_nomem(err) : ST_OK;
}

enum status dictionary_writer_add(struct dictionary_writer *writer, struct slice term,
                                  const struct term_entry *entry, struct error *err) {
    assert(term.size && term.size <= DICTIONARY_TERM_MAX);
    enum status status;
    if (writer->value.size &&
        writer->key.size + writer->value.size + ENTRY_MAX + 4 > DICTIONARY_BLOCK_MAX) {
        status = dictionary_writer_flush(writer, err);
        if (status)
            return status;
    }
    uint8_t bytes[ENTRY_MAX];
    uint8_t *next = bytes;
    if (!writer->value.size) {
        status = begin_block(writer, term, entry, err);
        if (status)
            return status;
    } else {
        struct slice last = buffer_slice(&writer->last);
        size_t shared = common_prefix(last, term);
        assert(shared < term.size &&
               (shared == last.size || term.data[shared] > last.data[shared]));
        *next++ = (uint8_t)shared;
        *next++ = (uint8_t)(term.size - shared);
        memcpy(next, term.data + shared, term.size - shared);
        next += term.size - shared;
    }
    next = put_payload(next, writer, entry);
    buffer_clear(&writer->last);
    if (buffer_append(&writer->value, bytes, (size_t)(next - bytes)) ||
        buffer_append_slice(&writer->last, term))
        return error_nomem(err);
    writer->term_count++;
    return ST_OK;
}

/* The numbers that the next payload of a block is relative to. */
struct address_base {
    uint64_t skips, postings, positions;
};

static struct reader open_block_value(struct address_base *base, struct slice key,
                                      struct slice value) {
    struct reader reader = {.bad = true};
    if (value.size < 4)
        return reader;
    size_t size = value.size - 4;
    if (get_u32(value.data + size) != block_checksum(key, value.data, size))
        return reader;
    reader = reader_of(value.data, size);
    base->skips = reader_varint(&reader);
    base->postings = reader_u48(&reader);
    base->positions = reader_u48(&reader);
    return reader;
}

static void read_payload(struct term_entry *entry, struct reader *reader,
                         struct address_base *base) {
    uint64_t head = reader_varint(reader);
    entry->documents = (uint32_t)(head >> 1);
    if (head >> 33 || !entry->documents)
        reader->bad = true;
    entry->occurrences = entry->documents;
    if (!(head & 1))
        entry->occurrences += reader_varint(reader) + 1;
    if (entry->documents >= POSTINGS_BLOCK) {
        const uint8_t *bytes = reader_bytes(reader, 2 * IMPACT_COUNT);
        for (unsigned i = 0; bytes && i < IMPACT_COUNT; i++)
            entry->impacts[i] =
                (struct impact){.frequency = bytes[2 * i], .norm = bytes[2 * i + 1]};
        entry->skips = base->skips;
        base->skips += term_entry_skip_count(entry->documents);
    }
    if (entry->documents == 1) {
        entry->doc = reader_varint32(reader);
        entry->frequency = (uint32_t)entry->occurrences;
        if (entry->occurrences == 1) {
            entry->position = reader_varint32(reader);
            return;
        }
    } else {
        base->postings += reader_varint(reader);
        entry->postings = base->postings;
    }
    base->positions += reader_varint(reader);
    entry->positions = base->positions;
}

static enum status damaged(uint32_t segment, struct slice key, struct error *err) {
    return error_set(err, ST_CORRUPT, 0,
                     "segment %u: damaged dictionary block, whose key has %u bytes", segment,
                     (unsigned)key.size);
}

/* Scans a block without building its terms. `matched` is how many leading bytes the target shares
 * with the previous term, which is smaller than the target. A term that shares more bytes than that
 * with its predecessor is smaller as well; one that shares fewer is greater, as are all after
 * it. */
static enum status scan_block(struct term_entry *entry, struct reader *reader,
                              struct address_base *base, struct slice first, struct slice target) {
    size_t matched = common_prefix(first, target);
    struct term_entry passed;
    if (matched == first.size && matched == target.size) {
        read_payload(entry, reader, base);
        return ST_OK;
    }
    read_payload(&passed, reader, base);
    while (reader->next < reader->end) {
        size_t shared = reader_u8(reader);
        size_t suffix_size = reader_u8(reader);
        const uint8_t *suffix = reader_bytes(reader, suffix_size);
        if (!suffix)
            break;
        if (shared < matched)
            return ST_NOT_FOUND;
        if (shared == matched) {
            size_t left = target.size - matched;
            size_t same =
                common_prefix(slice_of(suffix, suffix_size), slice_of(target.data + matched, left));
            if (same == left && same == suffix_size) {
                read_payload(entry, reader, base);
                return ST_OK;
            }
            if (same == left || (same < suffix_size && suffix[same] > target.data[matched + same]))
                return ST_NOT_FOUND;
            matched += same;
        }
        read_payload(&passed, reader, base);
    }
    return ST_NOT_FOUND;
}

enum status dictionary_find(struct term_entry *entry, struct store_txn *txn, uint32_t segment,
                            struct slice term, struct error *err) {
    if (!term.size || term.size > DICTIONARY_TERM_MAX)
        return ST_NOT_FOUND;
    struct key target;
    struct slice key, value, first;
    enum status status =
        store_floor(&key, &value, txn, TABLE_DICT, keys_dict(&target, segment, term), err);
    if (status)
        return status;
    if (!first_term(&first, key, segment))
        return ST_NOT_FOUND;
    struct address_base base;
    struct reader reader = open_block_value(&base, key, value);
    *entry = (struct term_entry){0};
    if (!reader.bad)
        status = scan_block(entry, &reader, &base, first, term);
    return reader.bad ? damaged(segment, key, err) : status;
}

enum status dictionary_cursor_open(struct dictionary_cursor *cursor, struct store_txn *txn,
                                   uint32_t segment, struct error *err) {
    *cursor = (struct dictionary_cursor){.txn = txn, .segment = segment};
    return store_cursor_open(&cursor->cursor, txn, TABLE_DICT, err);
}

void dictionary_cursor_close(struct dictionary_cursor *cursor) {
    store_cursor_close(cursor->cursor);
    cursor->cursor = NULL;
}

/* Moves to the block with the smallest key >= `from`; from the current one to the next if `from` is
 * empty. */
static enum status open_block_at(struct dictionary_cursor *cursor, struct slice from,
                                 struct error *err) {
    struct slice value, first;
    enum status status = from.size
                             ? store_cursor_seek(&cursor->key, &value, cursor->cursor, from, err)
                             : store_cursor_next(&cursor->key, &value, cursor->cursor, err);
    if (status)
        return status;
    if (!first_term(&first, cursor->key, cursor->segment))
        return ST_END;
    struct address_base base;
    struct reader reader = open_block_value(&base, cursor->key, value);
    if (reader.bad || first.size > DICTIONARY_TERM_MAX)
        return damaged(cursor->segment, cursor->key, err);
    cursor->remaining = slice_of(reader.next, reader_remaining(&reader));
    cursor->at_first_term = true;
    cursor->skips = base.skips;
    cursor->postings = base.postings;
    cursor->positions = base.positions;
    return ST_OK;
}

static enum status next_block(struct dictionary_cursor *cursor, struct error *err) {
    struct key key;
    struct slice from = {0};
    if (!cursor->key.data)
        from = keys_first_of_segment(&key, TABLE_DICT, cursor->segment);
    return open_block_at(cursor, from, err);
}

/* Keeps the first, third, fifth ... of `count` strings. */
static void keep_every_second(struct buffer *strings, size_t count) {
    struct reader reader = reader_of(strings->data, strings->size);
    strings->size = 0;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *string = reader.next;
        reader_string(&reader);
        size_t size = i % 2 ? 0 : (size_t)(reader.next - string);
        memmove(strings->data + strings->size, string, size);
        strings->size += size;
    }
}

enum status dictionary_sample(struct buffer *terms, size_t *count, size_t max_count,
                              struct store_txn *txn, uint32_t segment, struct error *err) {
    struct dictionary_cursor cursor;
    enum status status = dictionary_cursor_open(&cursor, txn, segment, err);
    if (status)
        return status;
    *count = 0;
    size_t step = 1;
    for (size_t block = 0; !(status = next_block(&cursor, err)); block++) {
        if (block % step)
            continue;
        if (*count == max_count) {
            keep_every_second(terms, *count);
            *count /= 2;
            step *= 2;
        }
        struct slice first;
        if (first_term(&first, cursor.key, segment) && buffer_append_string(terms, first)) {
            status = error_nomem(err);
            break;
        }
        ++*count;
    }
    dictionary_cursor_close(&cursor);
    return status == ST_END ? ST_OK : status;
}

enum status dictionary_cursor_seek(struct dictionary_cursor *cursor, struct slice term,
                                   struct error *err) {
    struct key target;
    struct slice key, value, first;
    /* It is in the last block whose first term is <= `term`, or begins the block after that. */
    enum status status = store_floor(&key, &value, cursor->txn, TABLE_DICT,
                                     keys_dict(&target, cursor->segment, term), err);
    if (status < 0)
        return status;
    if (!status && first_term(&first, key, cursor->segment))
        status = open_block_at(cursor, key, err);
    else
        status = ST_OK;
    while (!status && !(status = dictionary_cursor_next(cursor, err)))
        if (slice_compare(slice_of(cursor->term, cursor->term_size), term) >= 0)
            break;
    cursor->positioned = !status;
    return status == ST_END ? ST_OK : status;
}

/* Whether the term of `shared` bytes of the previous one and this suffix is greater than it and
 * shares no further byte with it. scan_block() relies on both. */
static bool is_next(const struct dictionary_cursor *cursor, size_t shared, const uint8_t *suffix,
                    size_t suffix_size) {
    return suffix_size && shared + suffix_size <= DICTIONARY_TERM_MAX &&
           (shared == cursor->term_size ||
            (shared < cursor->term_size && suffix[0] > cursor->term[shared]));
}

enum status dictionary_cursor_next(struct dictionary_cursor *cursor, struct error *err) {
    if (cursor->positioned) {
        cursor->positioned = false;
        return ST_OK;
    }
    if (!cursor->remaining.size) {
        enum status status = next_block(cursor, err);
        if (status)
            return status;
    }
    struct reader reader = reader_of(cursor->remaining.data, cursor->remaining.size);
    if (cursor->at_first_term) {
        struct slice term;
        if (!first_term(&term, cursor->key, cursor->segment) ||
            slice_compare(term, slice_of(cursor->term, cursor->term_size)) <= 0)
            return damaged(cursor->segment, cursor->key, err);
        cursor->term_size = term.size;
        memcpy(cursor->term, term.data, term.size);
        cursor->at_first_term = false;
    } else {
        size_t shared = reader_u8(&reader);
        size_t suffix_size = reader_u8(&reader);
        const uint8_t *suffix = reader_bytes(&reader, suffix_size);
        if (!suffix || !is_next(cursor, shared, suffix, suffix_size))
            return damaged(cursor->segment, cursor->key, err);
        memcpy(cursor->term + shared, suffix, suffix_size);
        cursor->term_size = shared + suffix_size;
    }
    struct address_base base = {cursor->skips, cursor->postings, cursor->positions};
    cursor->entry = (struct term_entry){0};
    read_payload(&cursor->entry, &reader, &base);
    if (reader.bad)
        return damaged(cursor->segment, cursor->key, err);
    cursor->skips = base.skips;
    cursor->postings = base.postings;
    cursor->positions = base.positions;
    cursor->remaining = slice_of(reader.next, reader_remaining(&reader));
    return ST_OK;
}

enum { FIND_STEPS = 16 }; /* about what a look-up costs */

enum status dictionary_cursor_find(struct dictionary_cursor *cursor, struct slice term,
                                   struct error *err) {
    enum status status = ST_OK;
    if (!term.size || term.size > DICTIONARY_TERM_MAX)
        return ST_NOT_FOUND;
    for (unsigned step = 0; cursor->term_size && step < FIND_STEPS; step++) {
        int order = slice_compare(slice_of(cursor->term, cursor->term_size), term);
        if (order >= 0)
            return order ? ST_NOT_FOUND : ST_OK;
        status = dictionary_cursor_next(cursor, err);
        if (status == ST_END)
            cursor->term_size = 0;
        if (status)
            return status == ST_END ? ST_NOT_FOUND : status;
    }
    cursor->term_size = 0;
    status = dictionary_cursor_seek(cursor, term, err);
    if (!status && !cursor->positioned)
        cursor->term_size = 0;
    cursor->positioned = false;
    if (status)
        return status;
    bool found = slice_equal(slice_of(cursor->term, cursor->term_size), term);
    return found ? ST_OK : ST_NOT_FOUND;
}
