/* The ignore rules that have a say at one place of a tree: a stack that a walk pushes to and pops
 * from as it enters and leaves folders.
 *
 * They are, in this order, until one has a verdict: for each folder from the deepest up, its
 * .quernignore, then its .gitignore. At the root of a git repository .git/info/exclude is asked
 * last, and no .gitignore further up is: what git says ends there (gitignore(5)). A walk that
 * begins below the root of its repository reads the files of the folders from there down. What
 * depends on the user who runs git, core.excludesFile, has no say: the same folder must give the
 * same documents to every user.
 *
 * What is no regular file, such as a link, has no rules, as in git; nor has a forbidden file. Where
 * any other cannot be read, is binary or has more than 1 MiB, nothing is known of what it leaves
 * out: ST_INVALID, and the folder must not be walked.
 *
 * Threads: a stack belongs to one thread at a time. */
#ifndef QUERN_INDEXER_SOURCE_IGNORE_STACK_H
#define QUERN_INDEXER_SOURCE_IGNORE_STACK_H

#include "indexer/source/file.h"

struct ignore_stack;

/* For a walk that begins at the folder `root`. The forbidden files are not opened; the set is
 * borrowed. ST_INVALID: rules above the root cannot be read. ST_NOMEM. */
enum status ignore_stack_new(struct ignore_stack **out, const char *root, struct file_set forbidden,
                             struct error *err);
void ignore_stack_free(struct ignore_stack *stack);

/* Which names in a folder matter to ignore_stack_push(). */
struct ignore_names {
    bool quern, git, repository;
};
/* Looks at one name of a folder. */
void ignore_names_add(struct ignore_names *names, const char *name);

/* Enters a folder that is open as `directory`; `path_size` is the size of its path, which begins
 * with the root's. ST_INVALID: its rules cannot be read; *err names the file relative to the
 * folder. ST_NOMEM. After either nothing is to be popped. */
enum status ignore_stack_push(struct ignore_stack *stack, int directory, size_t path_size,
                              struct ignore_names names, struct error *err);
void ignore_stack_pop(struct ignore_stack *stack);

/* Whether the rules leave out this path in the folder that was entered last. *ignored. ST_NOMEM. */
enum status ignore_stack_match(bool *ignored, struct ignore_stack *stack, struct slice path,
                               bool is_directory);

#endif
