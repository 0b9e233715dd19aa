/* SPDX-License-Identifier: MIT */
/* Writes the postings held by inverters as the lists of a segment.
 *
 * The postings of each term, from all inverters and all spilled runs, are merged in order of
 * documents. A document is in one inverter only, unless it was indexed in parts: its earlier parts
 * may be in spilled runs. */
#ifndef QUERN_INDEXER_BUILD_FLUSH_H
#define QUERN_INDEXER_BUILD_FLUSH_H

#include "indexer/build/inverter.h"
#include "indexer/build/spill.h"
#include "indexer/build/term_ranges.h"

/* Writes all terms, in order, to a segment that already has its documents. Up to `memory` bytes are
 * used for lists that wait to be written, and as many to read spilled runs. Either function sorts
 * the inverters, which only inverter_clear() undoes. */
enum status flush_inverters(struct inverter *const *inverters, size_t count,
                            const struct spills *spills, uint64_t memory, struct pool *pool,
                            struct segment_writer *writer, struct error *err);

/* Writes the postings of the inverters as a new run; the caller then clears the inverters. */
enum status flush_to_spill(struct inverter *const *inverters, size_t count, struct spills *spills,
                           struct pool *pool, struct error *err);

#endif
