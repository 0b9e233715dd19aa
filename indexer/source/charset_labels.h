/* SPDX-License-Identifier: MIT */
/* The labels of the WHATWG Encoding Standard (https://encoding.spec.whatwg.org/#names-and-labels),
 * each with the converter that decodes as browsers do: Latin-1 as windows-1252, GB 2312 as GB
 * 18030, and so on. The labels of hz-gb-2312 and replacement are missing, which browsers refuse and
 * glibc lacks. */
#ifndef QUERN_INDEXER_SOURCE_CHARSET_LABELS_H
#define QUERN_INDEXER_SOURCE_CHARSET_LABELS_H

#include "common/base/bytes.h"

/* The encodings that charset.c decodes itself. */
enum charset { CHARSET_UTF8, CHARSET_UTF16_LITTLE, CHARSET_UTF16_BIG, CHARSET_WINDOWS1252 };

struct charset_encoding {
    const char *converter; /* its name for iconv(3), or NULL */
    enum charset charset;  /* without a converter */
    const char *labels;    /* in lower case, separated by spaces */
};

/* The encoding with this label, in any letter case and surrounded by any white space, or NULL.
 * Static. */
const struct charset_encoding *charset_find(struct slice label);

#endif
