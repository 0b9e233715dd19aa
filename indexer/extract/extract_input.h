/* SPDX-License-Identifier: MIT */
/* A document as it was found: its bytes, and what is known of them without looking inside. All that
 * a file, an attachment of a mail or a member of an archive has to say fits into it. */
#ifndef QUERN_INDEXER_EXTRACT_EXTRACT_INPUT_H
#define QUERN_INDEXER_EXTRACT_EXTRACT_INPUT_H

#include "common/base/bytes.h"
#include "indexer/source/format.h"

/* Everything is borrowed. Only `bytes` is needed; the other members may be empty. */
struct extract_input {
    struct slice bytes;
    enum format format;
    struct slice name;    /* path or file name: names the format and, at worst, the title */
    struct slice charset; /* label of the encoding that something outside of the bytes declares */
};

#endif
