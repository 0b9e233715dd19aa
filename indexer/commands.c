/* SPDX-License-Identifier: MIT */
/* One function for each command, and what they share: opening, locking, committing. */
#include "indexer/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/base/array.h"
#include "common/base/clock.h"
#include "common/index/verify.h"
#include "indexer/adopt.h"
#include "indexer/commit/generation.h"
#include "indexer/report.h"
#include "indexer/scan/ingest_records.h"
#include "indexer/scan/scan.h"
#include "indexer/source/kernel_fs.h"
#include "indexer/source/stream.h"

enum { LOCK_POLL_MS = 200, CHECK_ATTEMPTS = 100 };

/* An input that `add` reads once, to its end. */
struct stream_input {
    const char *name;
    int descriptor;
};

/* A command while it runs. */
struct command_run {
    const struct index_options *options;
    struct progress *progress;
    const volatile sig_atomic_t *stop;
    bool create;               /* make the index if there is none */
    struct writer *writer;     /* NULL in a dry run */
    struct snapshot *snapshot; /* of a dry run, and of commands that only read */
    struct adoption adoption;
    struct sources sources;
    struct sources named;        /* by `add` */
    size_t existing_count;       /* of those named */
    struct stream_input *inputs; /* streams named by `add` */
    size_t input_count, input_capacity;
    struct ingest_options ingest_options;
    struct ingest ingest;
};

static void run_release(struct command_run *run) {
    ingest_release(&run->ingest);
    sources_release(&run->sources);
    sources_release(&run->named);
    snapshot_close(run->snapshot);
    writer_close(run->writer);
    /* After the index: closing a descriptor of its lock.mdb would drop its locks. */
    for (size_t i = 0; i < run->input_count; i++)
        close(run->inputs[i].descriptor);
    free(run->inputs);
}

static enum status no_index(const struct index_options *options, struct error *err) {
    char shown[PATH_MAX];
    index_path_shorten(shown, options->index);
    bool given = options->index_given != NULL;
    return error_set(err, ST_NOT_FOUND, 0,
                     "no index at %s; create one with: quern-index%s%s ~/notes", shown,
                     given ? " -i " : "", given ? shown : "");
}

static enum status open_snapshot(struct command_run *run, struct error *err) {
    enum status status = snapshot_open(&run->snapshot, run->options->index, err);
    return status == ST_NOT_FOUND ? no_index(run->options, err) : status;
}

/* Tries something that takes the lock, again and again as long as --lock allows. */
static enum status wait_for_lock(struct command_run *run,
                                 enum status (*attempt)(struct command_run *, struct error *),
                                 struct error *err) {
    const struct index_options *options = run->options;
    int64_t started = clock_monotonic_ms();
    for (;;) {
        enum status status = attempt(run, err);
        if (status == ST_NOT_FOUND)
            return no_index(options, err);
        if (status != ST_BUSY || options->lock != LOCK_WAIT ||
            (uint64_t)(clock_monotonic_ms() - started) >= options->lock_wait)
            return status;
        struct timespec pause = {0, LOCK_POLL_MS * 1000000L};
        nanosleep(&pause, NULL);
        if (*run->stop)
            return error_set(err, ST_INTERRUPTED, 0, "interrupted while waiting for the index");
    }
}

static enum status try_writer(struct command_run *run, struct error *err) {
    const struct index_options *options = run->options;
    struct writer_options writer_options = {
        .analysis = options->analysis,
        .analysis_given = options->analysis_given,
        .analysis_of_documents = options->analysis_of_documents,
        .keep_text = !options->no_store,
        .keep_text_given = options->no_store,
        .create = run->create,
        .memory = options->memory,
        .threads = options->threads,
        .stop = run->stop,
    };
    return writer_open(&run->writer, options->index, &writer_options, err);
}

static enum status try_adopt(struct command_run *run, struct error *err) {
    return adopt(&run->adoption, run->options->index, run->progress, err);
}

/* Checks whether an index could be made there. */
static enum status check_new(const char *index, struct error *err) {
    return access(index, F_OK) == 0 ? generation_check_folder(index, err) : ST_OK;
}

/* Opens the index to change it, or, in a dry run, to compare with it. */
static enum status open_index(struct command_run *run, bool create, struct error *err) {
    enum status status;
    run->create = create;
    if (run->options->dry_run) {
        status = open_snapshot(run, err);
        if (status == ST_NOT_FOUND && create)
            status = check_new(run->options->index, err);
    } else {
        status = wait_for_lock(run, try_writer, err);
    }
    if (status)
        return status;
    run->ingest_options = (struct ingest_options){
        .index = run->options->index,
        .max_delete = run->options->max_delete,
        .commit_every = run->options->commit_every,
        .memory = run->options->memory,
        .stop = run->stop,
    };
    status = ingest_init(&run->ingest, run->writer, run->snapshot, run->progress,
                         &run->ingest_options, err);
    if (!status)
        status = sources_read(&run->sources, ingest_snapshot(&run->ingest), err);
    return status;
}

/* Commits, even if the run was interrupted; a run that failed leaves its earlier commits. */
static enum status commit_run(struct command_run *run, enum status status, struct error *err) {
    if (!run->writer || (status && status != ST_INTERRUPTED))
        return status;
    int64_t now = time(NULL);
    bool whole = !status && !run->ingest.guard_tripped;
    writer_set_run_times(run->writer, whole ? now : 0, whole ? 0 : now);
    struct error failure;
    enum status committed = writer_commit(run->writer, &failure);
    if (!committed)
        return status;
    *err = failure;
    return committed;
}

/* Opens a stream, or reports why it cannot. This happens before the index is opened, so that a
 * descriptor that the user names is not one of the index. */
static enum status open_stream_input(struct command_run *run, const char *word, struct error *err) {
    struct stream_input input = {.name = word};
    struct stream_input *inputs =
        array_reserve(run->inputs, &run->input_capacity, run->input_count + 1, sizeof *inputs);
    if (!inputs)
        return error_nomem(err);
    run->inputs = inputs;
    enum status status = stream_open(&input.descriptor, word, (struct file_set){0}, err);
    if (status)
        progress_error(run->progress, err->text);
    else
        run->inputs[run->input_count++] = input;
    return ST_OK;
}

/* The reason why nothing at the path can be a source, or NULL. */
static const char *why_not_a_source(struct slice path, const struct stat *st) {
    if (S_ISSOCK(st->st_mode))
        return "a socket";
    if (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode))
        return "a device";
    char *target = realpath((const char *)path.data, NULL);
    bool kernel_path =
        kernel_fs_has_path(path) || (target && kernel_fs_has_path(slice_of_string(target)));
    free(target);
    return kernel_path ? "in a kernel file system" : NULL;
}

/* Adds what an argument of `add` names to the sources or the streams, or reports that it can be
 * neither. */
static enum status add_argument(struct command_run *run, struct path_resolver *resolver,
                                const char *word, struct error *err) {
    struct source source = index_options_source(run->options);
    struct stat own, st;
    struct buffer path = {0};
    bool changed;
    enum status status = path_resolve_parent(&path, resolver, word, err);
    if (status && !path.size)
        goto out;
    source.path = buffer_slice(&path);
    source.kind = SOURCE_FILE;
    status = ST_OK;
    if (stat((const char *)path.data, &st) == 0) {
        if (S_ISFIFO(st.st_mode)) {
            status = open_stream_input(run, word, err);
            goto out;
        }
        const char *why = why_not_a_source(source.path, &st);
        if (why) {
            error_set(err, ST_SKIPPED, 0, "%s: cannot be indexed: %s", word, why);
            progress_error(run->progress, err->text);
            goto out;
        }
        run->existing_count++;
        if (S_ISDIR(st.st_mode))
            source.kind = SOURCE_FOLDER;
    }
    if (lstat((const char *)path.data, &own) == 0 && S_ISLNK(own.st_mode))
        source.kind = SOURCE_LINK;
    status = sources_add(&changed, &run->named, &source, err);
out:
    buffer_release(&path);
    return status;
}

static enum status add_arguments(struct command_run *run, struct error *err) {
    struct path_resolver resolver = {0};
    enum status status = ST_OK;
    for (int i = 0; !status && i < run->options->argument_count; i++) {
        const char *word = run->options->arguments[i];
        status = stream_descriptor(word) >= 0 ? open_stream_input(run, word, err)
                                              : add_argument(run, &resolver, word, err);
    }
    path_resolver_release(&resolver);
    return status;
}

/* Remembers for `update` the named sources that exist. */
static enum status remember_sources(struct command_run *run, struct error *err) {
    bool changed, any = false;
    enum status status = ST_OK;
    for (size_t i = 0; !status && i < run->named.count; i++) {
        struct source *source = &run->named.items[i];
        struct stat st;
        if (stat((const char *)source->path.data, &st) != 0)
            continue;
        status = sources_add(&changed, &run->sources, source, err);
        source->reread = changed;
        any = any || changed;
    }
    if (!status && any && run->writer)
        status = sources_write(&run->sources, run->writer, err);
    return status;
}

/* Scans the named sources. One that does not exist is reported, and the next one is scanned. If
 * none exists and there is no `other` input, the last one's failure is returned: ST_NOT_FOUND. */
static enum status scan_named(struct command_run *run, bool other, struct error *err) {
    size_t missing = 0;
    for (size_t i = 0; i < run->named.count; i++) {
        const struct source *source = &run->named.items[i];
        enum status status = scan_source(&run->ingest, source, &run->sources, true, err);
        if (status == ST_NOT_FOUND && (++missing < run->named.count || other))
            progress_error(run->progress, err->text);
        else if (status)
            return status;
    }
    return ST_OK;
}

static enum status change_ranking(struct command_run *run, struct error *err) {
    const struct index_options *options = run->options;
    return run->writer && index_options_change_ranking(options)
               ? writer_change_ranking(run->writer, &options->ranking, err)
               : ST_OK;
}

/* The language of documents that say none; empty: the first one of the index. */
static struct slice document_language(const struct command_run *run) {
    const struct snapshot *snapshot = ingest_snapshot(&run->ingest);
    bool several = snapshot && snapshot->catalog.other_stemmers;
    return several ? run->options->document_language : slice_of(NULL, 0);
}

static enum status run_add(struct command_run *run, struct error *err) {
    const struct index_options *options = run->options;
    struct source source = index_options_source(options);
    enum status status = add_arguments(run, err);
    if (status)
        return status;
    bool other = run->input_count > 0 || options->files_from;
    bool ranking = index_options_change_ranking(options);
    if (run->named.count == 0 && !other && !ranking)
        return ST_OK; /* no argument can be a source, as was reported */
    status = open_index(run, run->existing_count > 0 || other, err);
    if (status == ST_NOT_FOUND && run->named.count && !run->existing_count && !other)
        return error_set(err, ST_NOT_FOUND, ENOENT, "%s",
                         (const char *)run->named.items[0].path.data);
    if (!status) {
        source.lang = document_language(run);
        for (size_t i = 0; i < run->named.count; i++)
            run->named.items[i].lang = source.lang;
        status = ingest_declare(&run->ingest, source.fields, err);
    }
    if (!status)
        status = change_ranking(run, err);
    if (!status)
        status = remember_sources(run, err);
    if (!status)
        status = scan_named(run, other, err);
    for (size_t i = 0; !status && i < run->input_count; i++)
        status = ingest_stream(&run->ingest, &source, run->inputs[i].descriptor,
                               run->inputs[i].name, err);
    if (!status && options->files_from)
        status = scan_list(&run->ingest, options->files_from, options->nul_separated, &source,
                           &run->sources, err);
    return status;
}

static enum status run_update(struct command_run *run, struct error *err) {
    enum status status = open_index(run, false, err);
    if (!status && run->sources.count == 0)
        return error_set(err, ST_NOT_FOUND, 0,
                         "nothing to update: no file or folder was added yet; add one with: "
                         "quern-index ~/notes");
    if (!status)
        status = change_ranking(run, err);
    for (size_t i = 0; !status && i < run->sources.count; i++) {
        const struct source *source = &run->sources.items[i];
        status = scan_source(&run->ingest, source, &run->sources, false, err);
        if (status != ST_NOT_FOUND)
            continue;
        /* A file and its document may come and go; a missing folder is an error. */
        if (source->kind == SOURCE_FILE)
            progress_count(run->progress, OUTCOME_SKIPPED, source->path, "not there");
        else
            progress_error(run->progress, err->text);
        status = ST_OK;
    }
    return status;
}

static enum status run_remove(struct command_run *run, struct error *err) {
    enum status status = open_index(run, false, err);
    size_t before = run->sources.count;
    for (int i = 0; !status && i < run->options->argument_count; i++)
        status = scan_remove(&run->ingest, &run->sources, run->options->arguments[i], err);
    if (!status && run->writer && run->sources.count != before)
        status = sources_write(&run->sources, run->writer, err);
    return status;
}

static enum status run_status(struct command_run *run, struct error *err) {
    enum status status = open_snapshot(run, err);
    if (!status)
        status = sources_read(&run->sources, run->snapshot, err);
    if (!status)
        status = report_status(stdout, run->options->index, run->snapshot, &run->sources,
                               time(NULL), err);
    return status;
}

static enum status run_check(struct command_run *run, struct error *err) {
    struct verify_counts counts;
    enum status status = ST_BUSY;
    /* A commit may come between opening a snapshot and looking at its pages: then it is tried
     * again. */
    for (int i = 0; i < CHECK_ATTEMPTS && status == ST_BUSY; i++) {
        snapshot_close(run->snapshot);
        run->snapshot = NULL;
        status = open_snapshot(run, err);
        if (!status)
            status = verify_snapshot(&counts, run->snapshot, err);
    }
    if (!status)
        status = sources_read(&run->sources, run->snapshot, err);
    if (!status && !run->options->quiet)
        report_check(stdout, &counts);
    return status;
}

static enum status run_compact(struct command_run *run, struct error *err) {
    enum status status = wait_for_lock(run, try_writer, err);
    return status ? status : writer_compact(run->writer, err);
}

static enum status run_adopt(struct command_run *run, struct error *err) {
    enum status status = wait_for_lock(run, try_adopt, err);
    if (!status && !run->options->quiet)
        report_adopt(stdout, &run->adoption);
    return status;
}

static enum status (*const run_functions[])(struct command_run *run, struct error *err) = {
    [COMMAND_ADD] = run_add,       [COMMAND_UPDATE] = run_update, [COMMAND_REMOVE] = run_remove,
    [COMMAND_STATUS] = run_status, [COMMAND_CHECK] = run_check,   [COMMAND_COMPACT] = run_compact,
    [COMMAND_ADOPT] = run_adopt,
};

enum status commands_run(bool *guard_tripped, const struct index_options *options,
                         struct progress *progress, const volatile sig_atomic_t *stop,
                         struct error *err) {
    struct command_run run = {.options = options, .progress = progress, .stop = stop};
    enum status status = run_functions[options->command](&run, err);
    if (command_ingests(options->command))
        status = commit_run(&run, status, err);
    *guard_tripped = run.ingest.guard_tripped;
    run_release(&run);
    return status;
}
