/* Documents to postings, in memory: a hash table of terms, each with its chain of occurrences.
 *
 * An occurrence costs one to three bytes in a chain of slices that belongs to its term (slices that
 * double in size from one arena: Lucene's ByteBlockPool, Tantivy's expull). Nothing is allocated
 * for an occurrence, and a token of a word seen before finds its term through the analyzer's cached_term_id,
 * without hashing.
 *
 *     inverter_add_field(&position, &length, inverter, analyzer, doc, value, &err);      as often
 *     inverter_sort(inverter, &err);
 *     for (uint32_t i = 0; i < inverter_term_count(inverter); i++)
 *         inverter_postings(&postings, inverter, i);
 *     inverter_clear(inverter, analyzer);
 *
 * Threads: one thread to an inverter; a sorted one may be read by many. */
#ifndef QUERN_INDEXER_BUILD_INVERTER_H
#define QUERN_INDEXER_BUILD_INVERTER_H

#include "common/text/analyzer.h"
#include "indexer/build/posting_buffer.h"

struct inverter;

/* `memory`: how much it must be able to hold. Address space for twice as much is taken at once, or
 * for less where there is less (`ulimit -v`); inverter_room() reports it. `share`: how much of it
 * is likely to be used; large pages are worth their waste from some size on. */
enum status inverter_new(struct inverter **out, uint64_t memory, uint64_t share, struct error *err);
void inverter_free(struct inverter *inverter);

/* Analyzes a field of document `doc`, or a part of one, and adds its words as occurrences. They are
 * counted from *position on, which becomes the position after them, and added to *length. `doc` and
 * positions never decrease. The analyzer is the same for all documents between two inverter_clear().
 * ST_LIMIT: the value may not fit (inverter_room()); nothing was changed. After ST_NOMEM only
 * clearing is left. */
enum status inverter_add_field(uint32_t *position, uint32_t *length, struct inverter *inverter,
                               struct analyzer *analyzer, uint32_t doc, struct slice value,
                               struct error *err);

/* Bytes in use, with those that inverter_sort() will take. */
uint64_t inverter_memory(const struct inverter *inverter);
/* How many bytes of text fit in any case. */
uint64_t inverter_room(const struct inverter *inverter);

/* Puts the terms in order of their bytes. Nothing may be added before inverter_clear(). */
enum status inverter_sort(struct inverter *inverter, struct error *err);
uint32_t inverter_term_count(const struct inverter *inverter);
/* The i-th term in order; valid until inverter_clear(). */
struct slice inverter_term(const struct inverter *inverter, uint32_t i);

/* Its chain. */
struct inverter_postings {
    struct posting_buffer_reader reader;
    const uint8_t *extents;
    uint32_t link;  /* where the slice at hand ends */
    uint32_t last;  /* where the chain ends */
    uint32_t level; /* of the slice */
};
void inverter_postings(struct inverter_postings *postings, const struct inverter *inverter,
                       uint32_t i);

/* Forgets everything, the analyzer's memos too, and gives back the memory. */
void inverter_clear(struct inverter *inverter, struct analyzer *analyzer);

#endif
