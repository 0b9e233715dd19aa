/* SPDX-License-Identifier: MIT */
/* Records that can grow: items with a tag and a length, so that a reader skips what it does not know.
 *
 *     record = item*
 *     item   = tag:varint payload:string     ; tags ascend, each occurs once
 *
 * A later version adds items with new tags. A program that must not miss one of them is kept out by
 * a feature of the catalog (catalog.h).
 *
 *     struct tagged_reader items = tagged_reader_of(record);
 *     while (tagged_next(&items))
 *         if (items.tag == TAG_SIZE)
 *             size = tagged_varint(&items);
 *     if (items.bad || !tagged_has(&items, TAG_SIZE)) ...     damaged */
#ifndef QUERN_COMMON_BASE_TAGGED_H
#define QUERN_COMMON_BASE_TAGGED_H

#include "common/base/codec.h"

enum { TAGGED_KNOWN_MAX = 63 }; /* the greatest tag that tagged_has() can tell of */

struct tagged_reader {
    struct reader rest;
    uint64_t tag; /* of the current item; 0 before the first, which has a greater one */
    struct slice payload;
    uint64_t seen; /* bit i: there was an item with tag i */
    bool bad;      /* the record is damaged, or a payload was not what the caller read it as */
};

static inline struct tagged_reader tagged_reader_of(struct slice record) {
    struct tagged_reader items = {.rest = reader_of(record.data, record.size)};
    return items;
}

/* Steps to the next item. False: there is none, or the record is bad. */
static inline bool tagged_next(struct tagged_reader *items) {
    if (items->bad || !reader_remaining(&items->rest))
        return false;
    uint64_t tag = reader_varint(&items->rest);
    items->payload = reader_string(&items->rest);
    items->bad = items->rest.bad || tag <= items->tag;
    items->tag = tag;
    if (tag <= TAGGED_KNOWN_MAX)
        items->seen |= UINT64_C(1) << tag;
    return !items->bad;
}

static inline bool tagged_has(const struct tagged_reader *items, unsigned tag) {
    return items->seen >> tag & 1;
}

/* The payload as one number. */
static inline uint64_t tagged_varint(struct tagged_reader *items) {
    struct reader reader = reader_of(items->payload.data, items->payload.size);
    uint64_t number = reader_varint(&reader);
    items->bad |= reader.bad || reader_remaining(&reader);
    return number;
}

/* The same, of a number that is at most `max`. */
static inline uint64_t tagged_varint_max(struct tagged_reader *items, uint64_t max) {
    uint64_t number = tagged_varint(items);
    items->bad |= number > max;
    return number > max ? 0 : number;
}

static inline uint64_t tagged_u64(struct tagged_reader *items) {
    if (items->payload.size != 8) {
        items->bad = true;
        return 0;
    }
    return get_u64(items->payload.data);
}

/* Append an item. */
static inline enum status tagged_append(struct buffer *record, unsigned tag, struct slice payload) {
    enum status status = buffer_append_varint(record, tag);
    return status ? status : buffer_append_string(record, payload);
}

static inline enum status tagged_append_varint(struct buffer *record, unsigned tag,
                                               uint64_t number) {
    uint8_t payload[VARINT_MAX];
    return tagged_append(record, tag,
                         slice_of(payload, (size_t)(put_varint(payload, number) - payload)));
}

static inline enum status tagged_append_u64(struct buffer *record, unsigned tag, uint64_t number) {
    uint8_t payload[8];
    put_u64(payload, number);
    return tagged_append(record, tag, slice_of(payload, sizeof payload));
}

#endif
