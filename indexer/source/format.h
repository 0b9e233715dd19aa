/* SPDX-License-Identifier: MIT */
/* The formats of what is indexed. */
#ifndef QUERN_INDEXER_SOURCE_FORMAT_H
#define QUERN_INDEXER_SOURCE_FORMAT_H

/* The numbers are stored in the list of sources: new ones come last. */
enum format {
    FORMAT_AUTO, /* by name, then by content */
    FORMAT_TEXT,
    FORMAT_HTML,
    FORMAT_MARKDOWN,
    FORMAT_NDJSON, /* many documents, for record_source.h */
    FORMAT_COUNT,
};

#endif
