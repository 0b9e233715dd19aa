/* SPDX-License-Identifier: MIT */
/* Ingests files and streams whose records are documents. */
#ifndef QUERN_INDEXER_SCAN_INGEST_RECORDS_H
#define QUERN_INDEXER_SCAN_INGEST_RECORDS_H

#include "indexer/scan/ingest.h"
#include "indexer/scan/sources.h"

/* Ingests all records of an open file, whose state is `st`; messages call it `name`. *read_status
 * says how reading ended: ST_END, at the end; ST_INVALID, the file was refused as a whole; with any
 * other failure before the end, and the records before it stay. All but the end was reported. */
enum status ingest_records(enum status *read_status, struct ingest *ingest,
                           const struct source *source, enum format format, int descriptor,
                           const char *name, const struct stat *st, struct error *err);

/* The same for a stream, in the source's format if it is one of records, else NDJSON. */
enum status ingest_stream(struct ingest *ingest, const struct source *source, int descriptor,
                          const char *name, struct error *err);

#endif
