/* SPDX-License-Identifier: MIT */
/* Turns documents into postings, in memory: a hash table of terms, each with its posting buffer.
 * A term belongs to a field. The words of most text fields are posted twice: among those of all
 * searched fields (SCHEMA_ALL) and in a list of the field's own. Such a pair of terms shares the
 * word's bytes, and the second is found through the first, without hashing or comparing the word.
 *
 * An occurrence costs one to three bytes in the extents of its term, which double in size (Lucene's
 * ByteBlockPool, Tantivy's ExpUnrolledLinkedList). Recording one allocates nothing. A token of a
 * word seen before finds its term through the term id that the analyzer caches, without hashing.
 *
 *     inverter_add_text(&all, inverter, analyzer, doc, text, &err);        and the other values
 *     inverter_sort(inverter, &err);
 *     for (uint32_t i = 0; i < inverter_term_count(inverter); i++)
 *         inverter_postings(&postings, inverter, i);
 *     inverter_clear(inverter, analyzer);
 *
 * Threads: one at a time, but many may read a sorted inverter. */
#ifndef QUERN_INDEXER_BUILD_INVERTER_H
#define QUERN_INDEXER_BUILD_INVERTER_H

#include "common/segment/term_entry.h"
#include "common/text/analyzer.h"
#include "indexer/build/posting_buffer.h"

struct inverter;

/* Where the next token of a document goes, and how many it has so far: among those of all searched
 * fields, or of one field. */
struct token_count {
    uint32_t position;
    uint32_t length;
};

/* `memory`: bytes that the inverter must be able to hold. It reserves address space for twice as
 * much, or for less where less is available (`ulimit -v`); inverter_room() takes that into account.
 * `share`: how much of it is likely to be used; with enough, large pages are worth their waste. */
enum status inverter_new(struct inverter **out, uint64_t memory, uint64_t share, struct error *err);
void inverter_free(struct inverter *inverter);

/* Analyzes a text of document `doc`, or a part of one, and records its tokens under SCHEMA_ALL. They
 * are numbered from all->position on, which becomes the position after them; their number is added
 * to all->length. Neither `doc` nor the positions of a field decrease. The analyzer is the same
 * until inverter_clear(). ST_LIMIT: the value may not fit (inverter_room()); nothing was changed.
 * After ST_NOMEM only inverter_clear() may be called. */
enum status inverter_add_text(struct token_count *all, struct inverter *inverter,
                              struct analyzer *analyzer, uint32_t doc, struct slice text,
                              struct error *err);
/* The same for a value of another text field: records its tokens under the field, from
 * own->position on, and under SCHEMA_ALL as well; not if `all` is NULL, as the field is not
 * searched. Whether it is never changes. */
enum status inverter_add_field(struct token_count *all, struct token_count *own,
                               struct inverter *inverter, struct analyzer *analyzer, uint32_t doc,
                               uint16_t field, struct slice value, struct error *err);
/* Records a term of 1 to TERM_MAX bytes under a field that has no texts, unless the document has it
 * already. It fails in the same way. */
enum status inverter_add_keyword(struct inverter *inverter, uint32_t doc, uint16_t field,
                                 uint32_t position, struct slice term, struct error *err);

/* Bytes in use, including those that inverter_sort() will need. */
uint64_t inverter_memory(const struct inverter *inverter);
/* How many bytes of text are sure to fit; a value that is posted twice counts twice. */
uint64_t inverter_room(const struct inverter *inverter);

/* Sorts the terms by their fields and bytes. Nothing may be added until inverter_clear(). */
enum status inverter_sort(struct inverter *inverter, struct error *err);
uint32_t inverter_term_count(const struct inverter *inverter);
/* Writes the i-th term in order to `bytes`, as the dictionary has it (field_term.h). */
struct slice inverter_term(uint8_t bytes[FIELD_TERM_MAX], const struct inverter *inverter,
                           uint32_t i);

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
