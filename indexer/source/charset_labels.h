/* The names of encodings: the labels of the WHATWG Encoding Standard
 * (https://encoding.spec.whatwg.org/#names-and-labels), each with the converter that reads what
 * browsers read. Latin-1 is windows-1252 there, GB 2312 is GB 18030, and so on. Only hz-gb-2312 and
 * replacement are left out, which browsers refuse and glibc lacks. */
#ifndef QUERN_INDEXER_SOURCE_CHARSET_LABELS_H
#define QUERN_INDEXER_SOURCE_CHARSET_LABELS_H

#include "common/base/bytes.h"

/* The encodings that are read without a converter. */
enum charset { CHARSET_UTF8, CHARSET_UTF16_LITTLE, CHARSET_UTF16_BIG, CHARSET_WINDOWS1252 };

struct charset_encoding {
    const char *converter; /* its name for iconv(3), or NULL: */
    enum charset charset;  /* then it is this one */
    const char *labels;    /* in lower case, between spaces */
};

/* The encoding with this label, in any letter case and between any white space, or NULL. Static. */
const struct charset_encoding *charset_find(struct slice label);

#endif
