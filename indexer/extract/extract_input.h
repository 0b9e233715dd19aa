/* SPDX-License-Identifier: MIT */
/* A document as it was found: its bytes, and what is known of them without looking inside. All that
 * a file, an attachment of a mail or a member of an archive has to say fits into it. */
#ifndef QUERN_INDEXER_EXTRACT_EXTRACT_INPUT_H
#define QUERN_INDEXER_EXTRACT_EXTRACT_INPUT_H

#include "common/base/bytes.h"

enum format {
    FORMAT_AUTO, /* by name, then by content */
    FORMAT_TEXT,
    FORMAT_HTML,
    FORMAT_MARKDOWN,
    FORMAT_NDJSON, /* many documents: for record sources; extract_run() reads it as text */
};

/* Everything is borrowed. Only `bytes` is needed; the other members may be empty. */
struct extract_input {
    struct slice bytes;
    enum format format;
    struct slice name;    /* path or file name: names the format and, at worst, the title */
    struct slice charset; /* label of the encoding that something outside of the bytes declares */
};

#endif
