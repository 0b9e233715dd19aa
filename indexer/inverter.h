/* Documents to postings, in memory: a hash table of terms, each with its postings encoded as they
 * come.
 *
 * An occurrence costs one or two bytes in a chain of slices that belongs to its term (slices that
 * double in size from one arena: Lucene's ByteBlockPool, Tantivy's expull). Nothing is allocated
 * for an occurrence, and a token of a word seen before finds its term through the analyzer's memo,
 * without hashing.
 *
 *     slices    := occurrence*
 *     occurrence := varint((position - the one before in this document) << 1 | first of its
 * document) [varint(document - the one before), when it is the first]
 *
 * Threads: one thread to an inverter. */
#ifndef QUERN_INDEXER_INVERTER_H
#define QUERN_INDEXER_INVERTER_H

#include "common/analyzer.h"
#include "common/segment_writer.h"

struct inverter;

enum status inverter_new(struct inverter **out, struct error *err);
void inverter_free(struct inverter *inverter);

/* Analyzes a document's title and text, and adds their words as occurrences in document `doc`,
 * which is greater than any before. Title and text are a word apart, so that no phrase reaches from
 * one into the other. Says how many words they have. The analyzer is the same for all documents
 * between two inverter_clear(). ST_LIMIT: it does not fit behind the documents before; nothing was
 * changed. After ST_NOMEM only clearing is left. */
enum status inverter_add(struct inverter *inverter, struct analyzer *analyzer, uint32_t doc,
                         struct slice title, struct slice text, uint32_t *title_length,
                         uint32_t *length, struct error *err);

/* Bytes in use. */
uint64_t inverter_memory(const struct inverter *inverter);

/* Writes all terms and their postings, in order, to a segment that has the documents already. */
enum status inverter_write(struct inverter *inverter, struct segment_writer *writer,
                           struct error *err);

/* Forgets everything, the analyzer's memos too, and gives back the memory. */
void inverter_clear(struct inverter *inverter, struct analyzer *analyzer);

#endif
