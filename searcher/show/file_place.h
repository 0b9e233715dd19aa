/* SPDX-License-Identifier: MIT */
/* The lines of files that passages came from, so that an editor can go there.
 *
 *     struct file_view file = {0};
 *     if (file_view_open(&file, snapshot, document.id, &err) == ST_OK)
 *         file_view_find(&place, &file, text.size, snippet.text, snippet.marks[0], snippet.offset);
 *     file_view_close(&file);
 *
 * The index stores the text that was extracted, not lines. So the file itself is read, if it has
 * the size and the time that the index remembers. Text that is stored as it is in the file, that of
 * plain text and source code, ends where the file ends, so the place follows from that of the
 * passage, in files of any size; what is found there is compared. Any other text is looked for, in
 * files up to FILE_VIEW_MAX: where most of the passage is found from its first mark on, with markup
 * in between. So a passage of Markdown or HTML has a place, and what is compressed or in another
 * encoding usually has none.
 *
 * Threads: a view belongs to one thread, that of its snapshot. */
#ifndef QUERN_SEARCHER_SHOW_FILE_PLACE_H
#define QUERN_SEARCHER_SHOW_FILE_PLACE_H

#include "common/index/snapshot.h"

enum { FILE_VIEW_MAX = 16 * 1024 * 1024 }; /* bytes of a file that is searched */

/* Both from 1; the column counts bytes, as grep, ripgrep and vim do. line 0: it is not known. */
struct file_place {
    uint64_t line, column;
};

/* Start with {0}; a view may be opened again for another file. */
struct file_view {
    int descriptor; /* valid while `open` */
    bool open;
    bool loaded; /* `bytes` has the whole file */
    uint64_t size;
    struct buffer bytes; /* owned */
};

/* Opens the file whose path is the id. ST_NOT_FOUND: the id is not that of a file, or the file is
 * not there as it was indexed. Errors: those of reading the index. */
enum status file_view_open(struct file_view *file, const struct snapshot *snapshot, struct slice id,
                           struct error *err);
/* Closes the file; the view keeps its memory for the next one. */
void file_view_close(struct file_view *file);
void file_view_release(struct file_view *file);

/* Sets *place to where the passage from byte `from` on is in the file, or to 0. `text_size`: that of
 * the whole stored text, in which this is byte `offset`; 0: the passage is not of the text. What
 * cannot be read is not found. ST_NOMEM. */
enum status file_view_find(struct file_place *place, struct file_view *file, uint64_t text_size,
                           uint64_t offset, struct slice passage, size_t from);

#endif
