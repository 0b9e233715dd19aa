/* SPDX-License-Identifier: MIT */
/* Looks up ids, passes documents to the segment builder, and commits, merges and compacts. */
#include "indexer/commit/writer.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/segment/segment_writer.h"
#include "indexer/build/segment_builder.h"
#include "indexer/commit/commit.h"
#include "indexer/commit/compact.h"
#include "indexer/commit/generation.h"
#include "indexer/commit/index_settings.h"
#include "indexer/commit/lock.h"
#include "indexer/commit/merge.h"
#include "indexer/commit/merge_policy.h"
#include "indexer/commit/pending_ids.h"

/* Each thread has tables of its own, so with less memory per thread fewer threads are faster. */
static const uint64_t THREAD_MEMORY = 16 << 20;
/* Of a segment: its documents take 9 bytes each and its tokens about one, so that it keeps the limits
 * of merges. */
static const uint64_t SEGMENT_MEMORY_MAX = UINT64_C(8) << 30;
/* A transaction writes a quarter of the memory, within these bounds, because each one waits for the
 * disk. */
static const uint64_t TXN_MIN = 4 << 20, TXN_MAX = 32 << 20;

/* With more segments, a writer merges before anything else. */
enum { OPEN_SEGMENTS_MAX = 4 * MERGE_POLICY_SEGMENTS_MAX };

struct writer {
    char *index;
    int lock;
    bool failed; /* a commit failed; the writer can only be closed */
    uint64_t memory;
    unsigned threads;
    const struct merge_limits *limits;
    const volatile sig_atomic_t *stop;
    struct pool *pool;               /* NULL until needed */
    struct segment_builder *builder; /* NULL until needed */
    struct analyzer_options analysis;
    struct store *store;
    struct snapshot *snapshot; /* of the last commit */
    struct catalog catalog;    /* of the next commit */
    struct chunk_sink sink;
    /* The uncommitted batch. */
    uint32_t segment_id; /* of its segment, while the builder is active */
    struct pending_ids pending_ids;
    struct buffered_changes changes;
    bool catalog_changed; /* by writer_set_run_times(), _add_field() or _change_ranking() */
    /* The document whose text comes in parts. */
    struct buffer partial_id;
    uint64_t partial_hash; /* its content hash */
    uint32_t partial_doc;
    struct writer_counts counts;
};

static enum status create(struct writer *writer, const struct writer_options *options,
                          struct error *err) {
    char path[PATH_MAX], fingerprint[FINGERPRINT_SIZE];
    const char *name;
    enum status status = index_settings_fingerprint(fingerprint, &options->analysis, err);
    if (status)
        return status;
    generation_sweep(writer->index, NULL); /* there is only what a killed creation left */
    status = generation_next(path, &name, writer->index, err);
    if (!status)
        status = store_create(path, err);
    if (!status)
        status = store_open(&writer->store, path, STORE_WRITE, err);
    if (!status)
        status = index_settings_write(writer->store, &options->analysis, options->keep_text,
                                      options->hash_seed, fingerprint, err);
    return status ? status : generation_publish(writer->index, name, err);
}

static enum status open_store(struct writer *writer, const char *path, struct error *err) {
    enum status status = store_open(&writer->store, path, STORE_WRITE, err);
    return status == ST_NOT_FOUND ? current_missing(writer->index, path, err) : status;
}

/* Reads the settings of the index and compares them with those asked for. */
static enum status take_settings(struct writer *writer, const struct writer_options *options,
                                 struct error *err) {
    const struct catalog *catalog = &writer->catalog;
    enum status status = ST_OK;
    if (options->keep_text_given)
        status = index_settings_check_text(catalog, writer->index, options->keep_text, err);
    if (!status && options->analysis_given)
        status = index_settings_check_analysis(catalog, writer->index, &options->analysis,
                                               options->analysis_of_documents, err);
    return status ? status : index_settings_read(&writer->analysis, catalog, writer->index, err);
}

/* Opens a snapshot of the last commit. */
static enum status renew_snapshot(struct writer *writer, struct error *err) {
    snapshot_close(writer->snapshot);
    writer->snapshot = NULL;
    return snapshot_open_store(&writer->snapshot, writer->store, err);
}

static enum status drop_orphans(struct writer *writer, struct error *err) {
    enum status status =
        generation_drop_orphans(writer->store, &writer->catalog, writer->stop, err);
    if (status && status != ST_INTERRUPTED)
        return status;
    /* An older snapshot would keep their pages from being reused by the next batch. */
    enum status renewed = renew_snapshot(writer, err);
    return renewed ? renewed : status;
}

static enum status merge_while_many(struct writer *writer, struct error *err);

enum status writer_open(struct writer **out, const char *index,
                        const struct writer_options *options, struct error *err) {
    char path[PATH_MAX];
    struct writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return error_nomem(err);
    writer->lock = -1;
    writer->memory = options->memory;
    writer->limits = options->limits ? options->limits : &merge_policy_limits;
    writer->stop = options->stop;
    writer->threads = options->threads ? options->threads : 1;
    if (writer->threads > options->memory / THREAD_MEMORY)
        writer->threads = (unsigned)(options->memory / THREAD_MEMORY) + 1;
    writer->index = strdup(index);
    enum status status = writer->index ? ST_OK : error_nomem(err);
    if (!status && options->create)
        status = generation_make_index(index, err);
    if (!status) /* before the lock, whose file does not belong in somebody else's folder */
        status = current_generation(path, index, err);
    if (status == ST_NOT_FOUND && options->create)
        status = generation_check_folder(index, err);
    if (!status)
        status = lock_acquire(&writer->lock, index, err);
    if (!status)
        status = current_generation(path, index, err);
    bool created = status == ST_NOT_FOUND && options->create;
    if (created)
        status = create(writer, options, err);
    else if (!status)
        status = open_store(writer, path, err);
    if (!status)
        status = renew_snapshot(writer, err);
    if (!status)
        status = store_pages_check_rewritten(writer->snapshot->txn, err);
    if (!status && catalog_copy(&writer->catalog, &writer->snapshot->catalog))
        status = error_nomem(err);
    if (!status)
        status = catalog_check_writable(&writer->catalog, index, err);
    if (!status)
        status = take_settings(writer, options, err);
    if (!status && !created) /* the current generation is readable, so all others are left over */
        generation_sweep(index, strrchr(path, '/') + 1);
    if (!status)
        status = drop_orphans(writer, err);
    writer->sink.store = writer->store;
    uint64_t max_bytes = writer->memory / 4;
    writer->sink.max_txn_bytes = max_bytes < TXN_MIN   ? TXN_MIN
                                 : max_bytes > TXN_MAX ? TXN_MAX
                                                       : max_bytes;
    /* Runs that were interrupted before they merged could leave more segments than a catalog has
     * room for. */
    if (!status && writer->catalog.segment_count > OPEN_SEGMENTS_MAX)
        status = merge_while_many(writer, err);
    if (status) {
        writer_close(writer);
        return status;
    }
    *out = writer;
    return ST_OK;
}

/* Drops the batch. What is already in the store belongs to no segment. */
static void abort_batch(struct writer *writer) {
    if (writer->builder)
        segment_builder_abort(writer->builder);
    chunk_sink_abort(&writer->sink);
}

void writer_close(struct writer *writer) {
    if (!writer)
        return;
    abort_batch(writer);
    snapshot_close(writer->snapshot);
    segment_builder_free(writer->builder);
    pool_free(writer->pool);
    catalog_release(&writer->catalog);
    pending_ids_release(&writer->pending_ids);
    buffered_changes_release(&writer->changes);
    buffer_release(&writer->partial_id);
    store_close(writer->store);
    lock_release(writer->lock);
    free(writer->index);
    free(writer);
}

/* The current document of an id: of the batch if it knows the id, else of the last commit. */
struct id_state {
    struct pending_id *item; /* NULL: the batch does not know the id */
    bool committed;          /* the id has a live document in the last commit */
    uint32_t segment, doc;
    uint64_t content_hash;
};

static enum status find_id(struct id_state *state, struct writer *writer, uint64_t hash,
                           struct slice id, struct error *err) {
    *state = (struct id_state){.item = pending_ids_find(&writer->pending_ids, hash, id)};
    if (state->item) {
        state->content_hash = state->item->content_hash;
        return ST_OK;
    }
    struct document document;
    uint32_t segment;
    enum status status =
        snapshot_find_id(&segment, &state->doc, &document, writer->snapshot, id, err);
    if (status == ST_NOT_FOUND)
        return ST_OK;
    if (status)
        return status;
    state->committed = true;
    state->segment = writer->snapshot->catalog.segments[segment].id;
    state->content_hash = document.content_hash;
    return ST_OK;
}

static bool exists(const struct id_state *state) {
    return state->committed || (state->item && state->item->doc != (uint32_t)PENDING_ID_DELETED);
}

/* Marks the current document of the id for deletion, and remembers the new one. */
static enum status supersede(struct writer *writer, const struct id_state *state, uint64_t hash,
                             struct slice id, uint32_t doc, uint64_t content_hash,
                             struct error *err) {
    if (state->committed && buffered_changes_delete(&writer->changes, state->segment, state->doc))
        return error_nomem(err);
    if (!state->item)
        return pending_ids_add(&writer->pending_ids, hash, id, doc, content_hash) ? error_nomem(err)
                                                                                  : ST_OK;
    if (state->item->doc != (uint32_t)PENDING_ID_DELETED &&
        buffered_changes_delete(&writer->changes, writer->segment_id, state->item->doc))
        return error_nomem(err);
    state->item->doc = doc;
    state->item->content_hash = content_hash;
    return ST_OK;
}

/* Starts the threads when they are first needed. */
static enum status require_pool(struct writer *writer, struct error *err) {
    return writer->pool ? ST_OK : pool_new(&writer->pool, writer->threads, err);
}

/* Prepares for a merge. It may use all of the memory, so the builder is freed. */
static enum status prepare_merge(struct merge_options *options, struct writer *writer,
                                 struct error *err) {
    enum status status = require_pool(writer, err);
    segment_builder_free(writer->builder);
    writer->builder = NULL;
    *options = (struct merge_options){.pool = writer->pool, .memory = writer->memory};
    return status;
}

/* Bytes that are held until the commit, besides those of the builder. */
static uint64_t external_memory(const struct writer *writer) {
    return pending_ids_memory(&writer->pending_ids) + buffered_changes_memory(&writer->changes);
}

static enum status open_segment(struct writer *writer, struct error *err) {
    enum status status = require_pool(writer, err);
    if (!status && !writer->builder) {
        uint64_t memory = writer->memory < SEGMENT_MEMORY_MAX ? writer->memory : SEGMENT_MEMORY_MAX;
        struct segment_builder_options options = {.analysis = writer->analysis,
                                                  .schema = &writer->catalog.schema,
                                                  .keep_text = writer->catalog.keep_text,
                                                  .memory = memory,
                                                  .pool = writer->pool,
                                                  .hash_seed = writer->catalog.hash_seed,
                                                  .folder = writer->index};
        status = segment_builder_new(&writer->builder, &options, err);
    }
    if (status)
        return status;
    segment_builder_set_external_memory(writer->builder, external_memory(writer));
    if (segment_builder_is_active(writer->builder))
        return ST_OK;
    writer->segment_id = writer->catalog.next_segment++;
    return segment_builder_begin(writer->builder, &writer->sink, writer->segment_id, err);
}

enum status writer_add(enum writer_outcome *outcome, struct writer *writer,
                       const struct index_document *document, struct error *err) {
    struct id_state state;
    uint64_t hash = id_index_hash(writer->catalog.hash_seed, document->id);
    enum status status = index_document_check(document, err);
    if (!status)
        status = find_id(&state, writer, hash, document->id, err);
    if (status)
        return status;
    uint64_t content_hash = index_document_hash(document);
    if (exists(&state) && state.content_hash == content_hash) {
        *outcome = WRITER_UNCHANGED;
        return ST_OK;
    }
    *outcome = exists(&state) ? WRITER_REPLACED : WRITER_ADDED;
    uint32_t doc;
    status = open_segment(writer, err);
    if (!status)
        status = segment_builder_add(&doc, writer->builder, document, content_hash, err);
    return status ? status : supersede(writer, &state, hash, document->id, doc, content_hash, err);
}

enum status writer_begin_document(struct writer *writer, const struct index_document *document,
                                  uint64_t content_hash, struct error *err) {
    enum status status = index_document_check(document, err);
    if (!status)
        status = open_segment(writer, err);
    buffer_clear(&writer->partial_id);
    if (!status && buffer_append_slice(&writer->partial_id, document->id))
        status = error_nomem(err);
    writer->partial_hash = content_hash;
    return status ? status
                  : segment_builder_begin_document(&writer->partial_doc, writer->builder, document,
                                                   content_hash, err);
}

enum status writer_add_part(struct writer *writer, struct slice part, struct error *err) {
    return segment_builder_add_part(writer->builder, part, err);
}

enum status writer_end_document(enum writer_outcome *outcome, struct writer *writer, bool whole,
                                struct error *err) {
    struct slice id = buffer_slice(&writer->partial_id);
    uint64_t hash = id_index_hash(writer->catalog.hash_seed, id);
    struct id_state state;
    enum status status = segment_builder_end_document(writer->builder, err);
    if (!status)
        status = find_id(&state, writer, hash, id, err);
    if (status)
        return status;
    *outcome = exists(&state) ? WRITER_REPLACED : WRITER_ADDED;
    if (!whole) /* the part added is deleted by the commit that would show it */
        return buffered_changes_delete(&writer->changes, writer->segment_id, writer->partial_doc)
                   ? error_nomem(err)
                   : ST_OK;
    return supersede(writer, &state, hash, id, writer->partial_doc, writer->partial_hash, err);
}

enum status writer_remove(struct writer *writer, struct slice id, struct error *err) {
    struct id_state state;
    uint64_t hash = id_index_hash(writer->catalog.hash_seed, id);
    enum status status = find_id(&state, writer, hash, id, err);
    if (status)
        return status;
    if (!exists(&state))
        return ST_NOT_FOUND;
    return supersede(writer, &state, hash, id, (uint32_t)PENDING_ID_DELETED, 0, err);
}

static bool has_documents(const struct writer *writer) {
    return writer->builder && segment_builder_is_active(writer->builder);
}

bool writer_needs_commit(const struct writer *writer) {
    if (writer->changes.records.size >= STORE_TXN_BYTES / 4)
        return true;
    if (!has_documents(writer))
        return external_memory(writer) >= writer->memory / 2;
    segment_builder_set_external_memory(writer->builder, external_memory(writer));
    return segment_builder_is_full(writer->builder);
}

static enum status flush(struct writer *writer, struct error *err) {
    struct segment_info info = {0};
    enum status status = segment_builder_finish(&info, writer->builder, err);
    writer->counts.segments_flushed++;
    writer->counts.bytes_flushed += info.bytes;
    if (!status && catalog_put_segment(&writer->catalog, writer->catalog.segment_count, 0, &info))
        status = error_nomem(err);
    return status;
}

static void count_merge(struct writer *writer, uint64_t bytes) {
    writer->counts.merges++;
    writer->counts.bytes_merged += bytes;
}

static enum status merge_while_many(struct writer *writer, struct error *err) {
    static const struct buffered_changes no_changes;
    struct merge_options options;
    size_t first, count;
    enum status status = ST_OK;
    bool merged = false;
    while (!status && merge_policy_choose(&first, &count, &writer->catalog, writer->limits)) {
        struct segment_info info = {.id = writer->catalog.next_segment++,
                                    .hash_seed = writer->catalog.hash_seed};
        status = prepare_merge(&options, writer, err);
        writer->sink.stop = writer->stop;
        if (!status)
            status =
                merge_adjacent(&info, &writer->sink, writer->snapshot, first, count, &options, err);
        writer->sink.stop = NULL;
        if (status)
            break;
        count_merge(writer, info.bytes);
        if (catalog_put_segment(&writer->catalog, first, count, &info))
            return error_nomem(err);
        status = commit_changes(&writer->sink, &writer->catalog, &no_changes, err);
        if (!status)
            status = renew_snapshot(writer, err);
        merged = true;
    }
    return status || !merged ? status : drop_orphans(writer, err);
}

enum status writer_commit(struct writer *writer, struct error *err) {
    if (writer->failed)
        return error_set(err, ST_EIO, 0, "%s: an earlier commit failed", writer->index);
    if (!has_documents(writer) && !writer->changes.deletion_count &&
        !writer->changes.records.size && !writer->catalog_changed)
        return ST_OK;
    writer->catalog.committed_at = (int64_t)time(NULL);
    enum status status = has_documents(writer) ? flush(writer, err) : ST_OK;
    if (!status)
        status = commit_changes(&writer->sink, &writer->catalog, &writer->changes, err);
    if (!status) {
        /* Freed, not only cleared: writer_needs_commit() counts their memory. */
        pending_ids_release(&writer->pending_ids);
        buffered_changes_release(&writer->changes);
        writer->catalog_changed = false;
        writer->counts.commits++;
        status = renew_snapshot(writer, err);
    }
    if (!status)
        status = merge_while_many(writer, err);
    if (status)
        abort_batch(writer);
    writer->failed = status && status != ST_INTERRUPTED;
    return status;
}

struct snapshot *writer_snapshot(struct writer *writer) {
    return writer->snapshot;
}

enum status writer_put_file(struct writer *writer, struct slice key, struct slice value,
                            struct error *err) {
    return buffered_changes_put(&writer->changes, TABLE_FILE, key, value) ? error_nomem(err)
                                                                          : ST_OK;
}

enum status writer_put_meta(struct writer *writer, struct slice key, struct slice value,
                            struct error *err) {
    return buffered_changes_put(&writer->changes, TABLE_META, key, value) ? error_nomem(err)
                                                                          : ST_OK;
}

const struct schema *writer_schema(const struct writer *writer) {
    return &writer->catalog.schema;
}

enum status writer_add_field(uint16_t *number, struct writer *writer, struct slice name,
                             enum field_type type, uint8_t flags, struct error *err) {
    struct schema *schema = &writer->catalog.schema;
    size_t count = schema->count;
    enum status status = schema_add(number, schema, name, type, flags);
    writer->catalog_changed |= schema->count > count;
    switch (status) {
    case ST_NOMEM:
        return error_nomem(err);
    case ST_EXISTS:
        return error_set(err, status, 0, "field \"%.*s\": the index has it with another type",
                         (int)name.size, (const char *)name.data);
    case ST_INVALID:
        return error_set(
            err, status, 0,
            "\"%.*s\": no name of a field; one has a letter from a to z, then letters, "
            "digits, _ and -",
            (int)(name.size < 100 ? name.size : 100), (const char *)name.data);
    case ST_LIMIT:
        return error_set(err, status, 0, "%s: has too many fields", writer->index);
    default:
        return status;
    }
}

void writer_set_run_times(struct writer *writer, int64_t completed, int64_t failed) {
    if (completed)
        writer->catalog.completed_at = completed;
    if (failed)
        writer->catalog.failed_at = failed;
    writer->catalog_changed = true;
}

enum status writer_change_ranking(struct writer *writer, const struct ranking_change *change,
                                  struct error *err) {
    writer->catalog_changed = true;
    return index_settings_change_ranking(&writer->catalog.ranking, change, &writer->catalog.schema,
                                         err);
}

enum status writer_compact(struct writer *writer, struct error *err) {
    char path[PATH_MAX], old[PATH_MAX];
    const char *name;
    enum status status = current_generation(old, writer->index, err);
    if (!status)
        status = generation_next(path, &name, writer->index, err);
    if (status)
        return status;
    uint64_t bytes;
    struct merge_options options;
    status = prepare_merge(&options, writer, err);
    if (!status)
        status = compact_write(&bytes, path, writer->snapshot, writer->limits, &options,
                               writer->stop, err);
    if (status) {
        generation_sweep(writer->index, strrchr(old, '/') + 1);
        return status;
    }
    count_merge(writer, bytes);
    /* If this fails, it is uncertain which generation is current after a crash. Both stay, and the
     * next run removes the other one. */
    status = generation_publish(writer->index, name, err);
    if (status)
        return status;
    snapshot_close(writer->snapshot);
    writer->snapshot = NULL;
    store_close(writer->store);
    writer->store = NULL;
    generation_sweep(writer->index, name);
    status = open_store(writer, path, err);
    writer->sink.store = writer->store;
    if (!status)
        status = renew_snapshot(writer, err);
    catalog_release(&writer->catalog);
    if (!status && catalog_copy(&writer->catalog, &writer->snapshot->catalog))
        status = error_nomem(err);
    writer->analysis.stopwords = buffer_slice(&writer->catalog.stopwords);
    writer->failed = status != ST_OK;
    return status;
}

const struct writer_counts *writer_counts(const struct writer *writer) {
    return &writer->counts;
}
