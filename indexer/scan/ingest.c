/* SPDX-License-Identifier: MIT */
/* Hands documents to the writer, or in a dry run compares them with the index. */
#include "indexer/scan/ingest.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/base/clock.h"
#include "common/base/io.h"
#include "common/index/current.h"
#include "indexer/scan/declared_field.h"

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
    if (!writer && (dry_run_base ? schema_copy(&ingest->schema, &dry_run_base->catalog.schema)
                                 : schema_init(&ingest->schema)))
        return error_nomem(err);
    const struct snapshot *snapshot = ingest_snapshot(ingest);
    return changes_new(&ingest->changes, writer, snapshot ? snapshot->catalog.hash_seed : 0,
                       clock_wall_ns(), err);
}

void ingest_release(struct ingest *ingest) {
    changes_free(ingest->changes);
    content_release(&ingest->content);
    schema_release(&ingest->schema);
    field_mapping_release(&ingest->mapping);
    language_guess_free(ingest->guess);
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

static const struct schema *schema_of(const struct ingest *ingest) {
    return ingest->writer ? writer_schema(ingest->writer) : &ingest->schema;
}

enum status ingest_declare(struct ingest *ingest, struct slice declared, struct error *err) {
    struct reader list = reader_of(declared.data, declared.size);
    struct declared_field field;
    enum status status = ST_OK;
    while (!status && declared_field_next(&field, &list)) {
        enum field_type type;
        uint8_t flags;
        uint16_t number;
        status = declared_field_resolve(&type, &flags, &field, schema_of(ingest), err);
        if (!status && ingest->writer)
            status = writer_add_field(&number, ingest->writer, field.name, type, flags, err);
        else if (!status && schema_add(&number, &ingest->schema, field.name, type, flags))
            status = error_nomem(err);
    }
    return status;
}

/* Makes what guesses languages when a document is the first one to need it. */
static enum status prepare_guess(struct ingest *ingest, struct slice lang, struct error *err) {
    const struct snapshot *snapshot = ingest_snapshot(ingest);
    struct analyzer_options analysis;
    if (ingest->guess || !snapshot || !slice_equal(lang, slice_of_string(LANGUAGE_GUESS_CODE)))
        return ST_OK;
    enum status status = catalog_analysis(&analysis, &snapshot->catalog);
    return status ? status : language_guess_new(&ingest->guess, &analysis, err);
}

enum status ingest_map(struct index_document *document, struct ingest *ingest,
                       struct slice declared, const struct source_document *source,
                       struct error *err) {
    enum status status = prepare_guess(ingest, source->lang, err);
    if (status)
        return status;
    ingest->mapping.guess = ingest->guess;
    return field_mapping_run(document, &ingest->mapping, schema_of(ingest), declared, source)
               ? error_nomem(err)
               : ST_OK;
}

/* Counts a value that did not fit, and reports the first one of its field. */
static void count_misfit(struct ingest *ingest, const struct source_document *source,
                         const struct misfit *misfit) {
    uint8_t *told = &ingest->misfits_told[misfit->field / 8],
            bit = (uint8_t)(1 << misfit->field % 8);
    struct error text;
    char line[24] = "", quoted[80] = "";
    struct slice value = unicode_cut(misfit->value, 60);
    if (source->line)
        snprintf(line, sizeof line, ":%" PRIu64, source->line);
    if (value.size)
        snprintf(quoted, sizeof quoted, ": \"%.*s%s\"", (int)value.size, (const char *)value.data,
                 value.size < misfit->value.size ? "..." : "");
    error_set(&text, ST_SKIPPED, 0, "%.*s%s: field \"%s\": %s%s; indexed without it (told once)",
              (int)source->place.size, (const char *)source->place.data, line,
              schema_field(schema_of(ingest), misfit->field)->name, misfit->why, quoted);
    progress_misfit(ingest->progress, *told & bit ? NULL : text.text);
    *told |= bit;
}

enum status ingest_document(struct ingest *ingest, struct slice declared,
                            const struct source_document *source, struct error *err) {
    enum outcome outcome = OUTCOME_FAILED;
    struct index_document document;
    enum status status = ingest_map(&document, ingest, declared, source, err);
    if (!status && ingest->writer) {
        enum writer_outcome done;
        status = writer_add(&done, ingest->writer, &document, err);
        if (!status)
            outcome = ingest_outcome(done);
    } else if (!status) {
        status = ingest_plan(&outcome, ingest, source->id, index_document_hash(&document), err);
    }
    bool told = !status && outcome != OUTCOME_UNCHANGED;
    for (size_t i = 0; told && i < ingest->mapping.misfit_count; i++)
        count_misfit(ingest, source, &ingest->mapping.misfits[i]);
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
