/* SPDX-License-Identifier: MIT */
/* Front matter: what a Markdown file says about itself before its text, in YAML between lines of
 * `---` (the last one may be `...`) or in TOML between lines of `+++`.
 *
 * Its title becomes the title. Every other scalar, and every scalar in a list, becomes a field, in
 * the order of the file and under the name it has there; deeper values are left out. None of it is
 * text. Front matter that cannot be parsed is text, except for a line that starts with `title:`,
 * and gives no fields. If it is not closed or not a mapping, it is Markdown, where `---` is a rule.
 *
 * Limits: more than 64 KiB are text, and deep nesting counts as broken. Values with a name of more
 * than 100 bytes are left out, and YAML aliases are not followed. So the fields take 5 MB at most,
 * 150 bytes for every two bytes of a list. */
#ifndef QUERN_INDEXER_EXTRACT_FRONT_MATTER_H
#define QUERN_INDEXER_EXTRACT_FRONT_MATTER_H

#include "indexer/extract/content.h"

/* Reads the front matter, if there is any, and returns the text after it. */
struct slice front_matter_read(struct content *content, struct slice utf8);

#endif
