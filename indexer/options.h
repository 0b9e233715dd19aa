/* SPDX-License-Identifier: MIT */
/* Parses and checks the command line of quern-index. */
#ifndef QUERN_INDEXER_OPTIONS_H
#define QUERN_INDEXER_OPTIONS_H

#include <stdbool.h>

#include "common/cli/cli.h"
#include "common/cli/output.h"
#include "common/index/index_path.h"
#include "common/text/analyzer.h"
#include "indexer/commit/index_settings.h"
#include "indexer/scan/delete_guard.h"
#include "indexer/scan/sources.h"

enum command {
    COMMAND_ADD,
    COMMAND_UPDATE,
    COMMAND_REMOVE,
    COMMAND_STATUS,
    COMMAND_CHECK,
    COMMAND_COMPACT,
    COMMAND_ADOPT,
};

/* True for the commands that add and remove documents, which are the first ones: they show progress,
 * commit, and have a dry run. */
static inline bool command_ingests(enum command command) {
    return command <= COMMAND_REMOVE;
}

enum lock_mode {
    LOCK_FAIL, /* name the holder, exit with 75 */
    LOCK_SKIP, /* exit with 0 silently */
    LOCK_WAIT,
};

struct index_options {
    enum command command;
    char **arguments; /* after the command; borrowed from argv */
    int argument_count;

    char *index_given;            /* --index, or NULL */
    char index[PATH_MAX];         /* by index_path_find() */
    struct error index_path_note; /* a folder that index_path_find() ignored */
    bool dry_run, quiet, verbose, nul_separated, no_ignore, one_file_system, no_store;
    char *files_from;
    int format; /* enum format */
    const char *id_field, *title_field, *text_field, *date_field;
    struct cli_list field_texts; /* of --field */
    const char *language, *stemmer;
    char *stopwords_file;
    uint64_t max_size; /* bytes */
    struct ranking_change ranking;
    const char *max_delete_text, *lock_text;
    uint64_t commit_every; /* milliseconds */
    uint64_t memory;       /* bytes */
    uint32_t threads;
    char *report;
    int progress; /* enum when */
    bool help, version, completion;

    /* Computed from the members above. */
    struct delete_limit max_delete;
    enum lock_mode lock;
    uint64_t lock_wait;               /* milliseconds; UINT64_MAX: without limit */
    struct analyzer_options analysis; /* borrows its stop words from `stopwords` */
    bool analysis_given;
    /* The code of the language of documents that say none, if the index has several; LANGUAGE_GUESS_CODE;
     * or empty: its first one. */
    struct slice document_language;
    bool analysis_of_documents; /* this is all that --lang names, if the index has several */
    struct buffer stopwords;
    struct buffer fields; /* declared by --date-field and --field (declared_field.h) */
};

extern const struct cli index_options_cli;

/* Parses argv, which must outlive *options, and finds the index. With help, version or completion
 * set, nothing else is checked. ST_INVALID: the message says what is wrong. ST_NOT_FOUND, ST_EIO:
 * the file of stop words cannot be read. ST_NOT_FOUND, ST_LIMIT: index_path_find(). ST_NOMEM.
 * index_options_release() is to be called in any case. */
enum status index_options_parse(struct index_options *options, int argc, char **argv,
                                struct error *err);
void index_options_release(struct index_options *options);

/* Whether the run changes how searches rank. */
static inline bool index_options_change_ranking(const struct index_options *options) {
    return options->ranking.k1 || options->ranking.b || options->ranking.boosts;
}

/* A source with these options, but without kind and path. */
struct source index_options_source(const struct index_options *options);

#endif
