/* SPDX-License-Identifier: MIT */
/* The ignore rules that apply in one folder of a tree: a stack with a layer for each folder down to
 * it, which a walk pushes and pops as it enters and leaves folders.
 *
 * The first file with a verdict decides: for each folder from the deepest up, its .quernignore,
 * then its .gitignore. At the root of a git repository .git/info/exclude comes last, and no
 * .gitignore above it applies, because git's rules end there (gitignore(5)). A walk that begins
 * inside a repository reads the files of all folders from its root down. git's core.excludesFile is
 * not read, because it depends on the user, and the same folder must give the same documents to
 * every user.
 *
 * A file of this name that is not regular, such as a link, has no rules, as in git; neither has a
 * forbidden one. If any other cannot be read, is binary or is larger than 1 MiB, it is unknown what
 * it excludes: ST_INVALID, and the folder must not be walked.
 *
 * Threads: a stack belongs to one thread at a time. */
#ifndef QUERN_INDEXER_SOURCE_IGNORE_STACK_H
#define QUERN_INDEXER_SOURCE_IGNORE_STACK_H

#include "indexer/source/file.h"

struct ignore_stack;

/* For a walk that begins at the folder `root`. The forbidden files, a borrowed set, are not opened.
 * ST_INVALID: rules above the root cannot be read. ST_NOMEM. */
enum status ignore_stack_new(struct ignore_stack **out, const char *root, struct file_set forbidden,
                             struct error *err);
void ignore_stack_free(struct ignore_stack *stack);

/* The names in a folder that matter to ignore_stack_push(). */
struct ignore_names {
    bool quern, git, repository;
};
/* Notes a name of a folder if it matters. */
void ignore_names_add(struct ignore_names *names, const char *name);

/* Enters a folder that is open as `directory`; its path begins with the root's and has `path_size`
 * bytes. ST_INVALID: its rules cannot be read, and *err names the file relative to the folder.
 * ST_NOMEM. After a failure nothing was pushed. */
enum status ignore_stack_push(struct ignore_stack *stack, int directory, size_t path_size,
                              struct ignore_names names, struct error *err);
void ignore_stack_pop(struct ignore_stack *stack);

/* Sets *ignored to whether the rules exclude this path in the folder that was entered last.
 * ST_NOMEM. */
enum status ignore_stack_match(bool *ignored, struct ignore_stack *stack, struct slice path,
                               bool is_directory);

#endif
