/* Front matter: what a Markdown file says about itself before its text, in YAML between
 * lines of `---` (the last one may be `...`) or in TOML between lines of `+++`.
 *
 * Its title becomes the title; every other value that is a scalar, and every scalar in a list of
 * them, becomes a field of the content, in the order of the file, under the name that it has there;
 * what is nested deeper is left out. Nothing of it is text. What cannot be parsed is text like
 * other text, but for a line that starts with `title:`, and gives no fields. What is not closed, or
 * no mapping, is Markdown: `---` is a rule there.
 *
 * Bounds: a front matter of more than 64 KiB is text, and one that is nested too deep is broken.
 * Values whose name is longer than 100 bytes are left out, and aliases of YAML are not followed. So
 * the fields take 3.4 MB at most: 103 bytes for each two bytes of a list. */
#ifndef QUERN_INDEXER_EXTRACT_FRONT_MATTER_H
#define QUERN_INDEXER_EXTRACT_FRONT_MATTER_H

#include "indexer/extract/content.h"

/* Takes the front matter, if there is any, and returns the text that follows it. */
struct slice front_matter_read(struct content *content, struct slice utf8);

#endif
