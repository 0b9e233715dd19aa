/* SPDX-License-Identifier: MIT */
/* Keywords to terms: one definition for documents and queries.
 *
 * A keyword is a whole value, such as an extension, a tag or a folder. Its term is the value without
 * regard to case and accents, as the analyzer folds a word, but neither split nor stemmed; white
 * space at its ends does not count, and any inside of it is one space.
 *
 * Threads: everything here is stateless. */
#ifndef QUERN_COMMON_TEXT_KEYWORD_H
#define QUERN_COMMON_TEXT_KEYWORD_H

#include "common/base/bytes.h"
#include "common/base/status.h"

/* A folder for the work on one keyword after the other. Starts as {0}. */
struct keyword_folder {
    struct buffer folded, stripped; /* of a part */
};
void keyword_folder_release(struct keyword_folder *folder);

/* Appends the term of a keyword, at most TERM_MAX bytes (analyzer.h): nothing if it has none. Parts
 * between white space that are not UTF-8 stay as they are. ST_NOMEM. */
enum status keyword_fold(struct buffer *term, struct keyword_folder *folder, struct slice keyword);

#endif
