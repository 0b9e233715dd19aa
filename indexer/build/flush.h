/* What inverters hold -> the lists of a segment.
 *
 * Each term's chains, of all inverters and of all spills, are taken together in order of documents:
 * every document is in one inverter, but for one that was indexed in parts, of which earlier parts
 * may be in spills. */
#ifndef QUERN_INDEXER_BUILD_FLUSH_H
#define QUERN_INDEXER_BUILD_FLUSH_H

#include "indexer/build/inverter.h"
#include "indexer/build/spill.h"
#include "indexer/build/term_ranges.h"

/* Writes all terms, in order, to a segment that has the documents already; `memory` bytes may be
 * used for lists on their way there, and as many for reading spills. */
enum status flush_inverters(struct inverter *const *inverters, size_t count,
                            const struct spills *spills, uint64_t memory, struct pool *pool,
                            struct segment_writer *writer, struct error *err);

/* Writes what the inverters hold to a new spill, to be followed by inverter_clear(). */
enum status flush_to_spill(struct inverter *const *inverters, size_t count, struct spills *spills,
                           struct pool *pool, struct error *err);

#endif
