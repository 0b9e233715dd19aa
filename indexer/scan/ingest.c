/* SPDX-License-Identifier: MIT */
/* Hands documents to the writer, or in a dry run compares them with the index. */
#include "indexer/scan/ingest.h"

#include <stdio.h>

#include "common/base/clock.h"
#include "common/base/io.h"
#include "common/index/current.h"
#include "indexer/scan/field_mapping.h"

static void index_file_add(struct ingest *ingest, const char *folder, const char *name) {
    char path[PATH_MAX];
    struct stat st;
    if (io_join(path, folder, name, NULL) == ST_OK &&
        ingest->index_file_count < INGEST_INDEX_FILES_MAX && stat(path, &st) == 0)
        ingest->index_files[ingest->index_file_count++] =
            (struct file_identity){st.st_dev, st.st_ino};
}

enum status ingest_init(struct ingest *ingest, struct writer *writer, struct snapshot *dry_run_base,
                        struct progress *progress, const struct ingest_options *options,
                        struct error *err) {
    *ingest = (struct ingest){
        .writer = writer,
        .dry_run_base = dry_run_base,
        .progress = progress,
        .options = options,
        .last_commit_ms = clock_monotonic_ms(),
    };
    char generation[PATH_MAX];
    index_file_add(ingest, options->index, ".");
    index_file_add(ingest, options->index, "CURRENT");
    index_file_add(ingest, options->index, "lock");
    if (current_generation(generation, options->index, NULL) == ST_OK) {
        index_file_add(ingest, generation, ".");
        index_file_add(ingest, generation, "data.mdb");
        index_file_add(ingest, generation, "lock.mdb");
    }
    return changes_new(&ingest->changes, writer, clock_wall_ns(), err);
}

void ingest_release(struct ingest *ingest) {
    changes_free(ingest->changes);
    content_release(&ingest->content);
    path_resolver_release(&ingest->resolver);
    buffer_release(&ingest->bytes);
}

struct snapshot *ingest_snapshot(const struct ingest *ingest) {
    return ingest->writer ? writer_snapshot(ingest->writer) : ingest->dry_run_base;
}

struct file_set ingest_index_files(const struct ingest *ingest) {
    return (struct file_set){ingest->index_files, ingest->index_file_count};
}

void ingest_skip(struct ingest *ingest, struct slice path, bool requested, const char *why) {
    struct error err;
    if (requested) {
        error_set(&err, ST_SKIPPED, 0, "%.*s: cannot be indexed: %s", (int)path.size,
                  (const char *)path.data, why);
        progress_error(ingest->progress, err.text);
    } else {
        progress_count(ingest->progress, OUTCOME_SKIPPED, path, why);
    }
}

enum status ingest_commit(struct ingest *ingest, struct error *err) {
    enum status status = writer_commit(ingest->writer, err);
    ingest->last_commit_ms = clock_monotonic_ms();
    return status;
}

enum status ingest_checkpoint(struct ingest *ingest, struct error *err) {
    if (*ingest->options->stop)
        return error_set(err, ST_INTERRUPTED, 0, "interrupted");
    if (!ingest->writer)
        return ST_OK;
    int64_t now = clock_monotonic_ms();
    if (!writer_needs_commit(ingest->writer) &&
        (uint64_t)(now - ingest->last_commit_ms) < ingest->options->commit_every)
        return ST_OK;
    return ingest_commit(ingest, err);
}

enum status ingest_plan(enum outcome *outcome, struct ingest *ingest, struct slice id,
                        uint64_t content_hash, struct error *err) {
    struct snapshot *snapshot = ingest_snapshot(ingest);
    uint32_t segment, doc;
    struct document known;
    *outcome = OUTCOME_NEW;
    if (!snapshot)
        return ST_OK;
    enum status status = snapshot_find_id(&segment, &doc, &known, snapshot, id, err);
    if (!status)
        *outcome = known.content_hash == content_hash ? OUTCOME_UNCHANGED : OUTCOME_CHANGED;
    return status == ST_NOT_FOUND ? ST_OK : status;
}

const char *ingest_error_reason(const struct error *err, struct slice path) {
    size_t length = strlen(err->text);
    bool named = length > path.size + 2 && memcmp(err->text, path.data, path.size) == 0;
    return named ? err->text + path.size + 2 : err->text;
}

enum outcome ingest_outcome(enum writer_outcome outcome) {
    static const enum outcome outcomes[] = {[WRITER_ADDED] = OUTCOME_NEW,
                                            [WRITER_REPLACED] = OUTCOME_CHANGED,
                                            [WRITER_UNCHANGED] = OUTCOME_UNCHANGED};
    return outcomes[outcome];
}

enum status ingest_count(struct ingest *ingest, struct slice id, enum status status,
                         enum outcome outcome, struct error *err) {
    if (status == ST_SKIPPED) {
        struct error why; /* the id may be what is too long */
        error_set(&why, status, 0, "%.*s: cannot be indexed: %s",
                  (int)(id.size < 200 ? id.size : 200), (const char *)id.data,
                  ingest_error_reason(err, id));
        progress_count(ingest->progress, OUTCOME_FAILED, id, why.text);
    } else if (!status) {
        progress_count(ingest->progress, outcome, id, NULL);
    }
    return status < 0 ? status : ST_OK;
}

enum status ingest_document(struct ingest *ingest, const struct source_document *source,
                            struct error *err) {
    enum outcome outcome = OUTCOME_FAILED;
    struct field_value values[FIELD_MAPPING_VALUES_MAX];
    struct index_document document;
    enum status status;
    field_mapping_run(&document, values, source);
    if (ingest->writer) {
        enum writer_outcome done;
        status = writer_add(&done, ingest->writer, &document, err);
        if (!status)
            outcome = ingest_outcome(done);
    } else {
        status = ingest_plan(&outcome, ingest, source->id, index_document_hash(&document), err);
    }
    return ingest_count(ingest, source->id, status, outcome, err);
}

enum status ingest_remove(struct ingest *ingest, struct slice id, struct error *err) {
    uint32_t segment, doc;
    struct document known;
    enum status status = ST_NOT_FOUND;
    if (ingest->writer)
        status = writer_remove(ingest->writer, id, err);
    else if (ingest->dry_run_base)
        status = snapshot_find_id(&segment, &doc, &known, ingest->dry_run_base, id, err);
    if (!status)
        progress_count(ingest->progress, OUTCOME_REMOVED, id, NULL);
    return status == ST_NOT_FOUND ? ST_OK : status;
}

enum status ingest_remove_deleted(struct ingest *ingest, struct error *err) {
    size_t count;
    const struct deleted_entry *deleted = changes_deleted(&count, ingest->changes);
    enum status status = ST_OK;
    for (size_t i = 0; !status && i < count; i++) {
        if (deleted[i].document)
            status = ingest_remove(ingest, deleted[i].path, err);
        /* The document and the record go in one commit. */
        if (!status && ingest->writer)
            status = writer_put_file(ingest->writer, deleted[i].key, slice_of(NULL, 0), err);
        if (!status)
            status = ingest_checkpoint(ingest, err);
    }
    return status;
}
