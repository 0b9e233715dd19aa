/* SPDX-License-Identifier: MIT */
/* Turns documents into postings, in memory: a hash table of terms, each with its posting buffer.
 *
 * An occurrence costs one to three bytes in the extents of its term, which double in size (Lucene's
 * ByteBlockPool, Tantivy's ExpUnrolledLinkedList). Recording one allocates nothing. A token of a
 * word seen before finds its term through the term id that the analyzer caches, without hashing.
 *
 *     inverter_add_field(&position, &length, inverter, analyzer, doc, value, &err);   every field
 *     inverter_sort(inverter, &err);
 *     for (uint32_t i = 0; i < inverter_term_count(inverter); i++)
 *         inverter_postings(&postings, inverter, i);
 *     inverter_clear(inverter, analyzer);
 *
 * Threads: one at a time, but many may read a sorted inverter. */
#ifndef QUERN_INDEXER_BUILD_INVERTER_H
#define QUERN_INDEXER_BUILD_INVERTER_H

#include "common/text/analyzer.h"
#include "indexer/build/posting_buffer.h"

struct inverter;

/* `memory`: bytes that the inverter must be able to hold. It reserves address space for twice as
 * much, or for less where less is available (`ulimit -v`); inverter_room() takes that into account.
 * `share`: how much of it is likely to be used; with enough, large pages are worth their waste. */
enum status inverter_new(struct inverter **out, uint64_t memory, uint64_t share, struct error *err);
void inverter_free(struct inverter *inverter);

/* Analyzes a field of document `doc`, or a part of one, and records its tokens. They are numbered
 * from *position on, which becomes the position after them; their number is added to *length.
 * Neither `doc` nor positions decrease. The analyzer is the same until inverter_clear(). ST_LIMIT:
 * the value may not fit (inverter_room()); nothing was changed. After ST_NOMEM only
 * inverter_clear() may be called. */
enum status inverter_add_field(uint32_t *position, uint32_t *length, struct inverter *inverter,
                               struct analyzer *analyzer, uint32_t doc, struct slice value,
                               struct error *err);

/* Bytes in use, including those that inverter_sort() will need. */
uint64_t inverter_memory(const struct inverter *inverter);
/* How many bytes of text are sure to fit. */
uint64_t inverter_room(const struct inverter *inverter);

/* Sorts the terms by their bytes. Nothing may be added until inverter_clear(). */
enum status inverter_sort(struct inverter *inverter, struct error *err);
uint32_t inverter_term_count(const struct inverter *inverter);
/* The i-th term in order, valid until inverter_clear(), and its postings. */
struct slice inverter_term(const struct inverter *inverter, uint32_t i);

struct inverter_postings {
    struct posting_buffer_reader reader;
    const uint8_t *extents;
    uint32_t link;  /* offset where the current extent ends */
    uint32_t last;  /* offset where the postings end */
    uint32_t level; /* of the current extent */
};
void inverter_postings(struct inverter_postings *postings, const struct inverter *inverter,
                       uint32_t i);

/* Removes all terms, resets the analyzer's cached term ids, and returns memory to the system. */
void inverter_clear(struct inverter *inverter, struct analyzer *analyzer);

#endif
