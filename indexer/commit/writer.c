#include "indexer/commit/writer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/base/codec.h"
#include "common/segment/segment_writer.h"
#include "indexer/build/segment_builder.h"
#include "indexer/commit/commit.h"
#include "indexer/commit/compact.h"
#include "indexer/commit/generation.h"
#include "indexer/commit/lock.h"
#include "indexer/commit/merge.h"
#include "indexer/commit/pending_ids.h"

/* Each thread has tables of its own: with less memory for it fewer are faster. */
static const uint64_t THREAD_MEMORY = 16 << 20;
/* A transaction puts a quarter of the memory within these bounds: each one waits for the disk. */
static const uint64_t TXN_MIN = 4 << 20, TXN_MAX = 32 << 20;

struct writer {
    char *index;
    int lock;
    bool failed; /* a commit failed: only closing is left */
    uint64_t memory;
    unsigned threads;
    const volatile sig_atomic_t *stop;
    struct pool *pool;               /* NULL: nothing has wanted it yet */
    struct segment_builder *builder; /* likewise */
    struct analyzer_options analysis;
    struct store *store;
    struct snapshot *snapshot; /* what the last commit left */
    struct catalog catalog;    /* what the next commit will say */
    struct chunk_sink sink;
    /* The batch. */
    uint32_t segment_id; /* its id, while the builder is open */
    struct pending_ids pending_ids;
    struct buffered_changes changes;
    bool run_times_changed; /* writer_set_run_times() was called */
    /* The document that comes in parts. */
    struct document partial;
    struct buffer partial_names;
    uint32_t partial_doc;
    struct writer_counts counts;
};

static enum status settings_differ(const char *index, const char *what, const char *has,
                                   const char *wants, struct error *err) {
    return error_set(err, ST_SETTINGS, 0,
                     "%s: made with other settings (%s%s; now %s); leave these options out, or "
                     "index into another folder with -i",
                     index, what, has, wants);
}

/* The first commit of a new index: its settings. */
static enum status write_settings(struct store *store, const struct writer_options *options,
                                  const char *fingerprint, struct error *err) {
    struct catalog catalog = {
        .next_segment = 1, .keep_text = options->keep_text, .committed_at = (int64_t)time(NULL)};
    catalog.fingerprint = strdup(fingerprint);
    catalog.stemmer = strdup(options->analysis.stemmer);
    enum status status = ST_OK;
    if (!catalog.fingerprint || !catalog.stemmer ||
        buffer_append_slice(&catalog.stopwords, options->analysis.stopwords))
        status = error_nomem(err);
    struct chunk_sink sink = {.store = store};
    struct buffered_changes no_changes = {0};
    if (!status)
        status = commit_changes(&sink, &catalog, &no_changes, err);
    catalog_release(&catalog);
    return status;
}

/* What an index made with these settings is stamped with. */
static enum status fingerprint_of(char fingerprint[ANALYZER_FINGERPRINT_SIZE],
                                  const struct analyzer_options *analysis, struct error *err) {
    struct analyzer *analyzer;
    enum status status = analyzer_new(&analyzer, analysis, err);
    if (status)
        return status;
    snprintf(fingerprint, ANALYZER_FINGERPRINT_SIZE, "%s", analyzer_fingerprint(analyzer));
    analyzer_free(analyzer);
    return ST_OK;
}

static enum status create(struct writer *writer, const struct writer_options *options,
                          struct error *err) {
    char path[GENERATION_PATH_MAX], fingerprint[ANALYZER_FINGERPRINT_SIZE];
    const char *name;
    enum status status = fingerprint_of(fingerprint, &options->analysis, err);
    if (status)
        return status;
    generation_sweep(writer->index, NULL); /* only a killed creation was there */
    status = generation_next(writer->index, path, &name, err);
    if (!status)
        status = store_create(path, err);
    if (!status)
        status = store_open(&writer->store, path, STORE_WRITE, err);
    if (!status)
        status = write_settings(writer->store, options, fingerprint, err);
    return status ? status : generation_publish(writer->index, name, err);
}

static enum status open_store(struct writer *writer, const char *path, struct error *err) {
    enum status status = store_open(&writer->store, path, STORE_WRITE, err);
    return status == ST_NOT_FOUND ? current_missing(writer->index, path, err) : status;
}

/* Names the setting that differs. ST_OK if none does: then the program is another version. */
static enum status analysis_differs(const struct writer *writer,
                                    const struct analyzer_options *wanted, struct error *err) {
    const struct catalog *catalog = &writer->catalog;
    if (strcmp(catalog->stemmer, wanted->stemmer) != 0)
        return settings_differ(writer->index, "stemmer ", catalog->stemmer, wanted->stemmer, err);
    if (!slice_equal(buffer_slice(&catalog->stopwords), wanted->stopwords))
        return settings_differ(writer->index,
                               "stop words: ", catalog->stopwords.size ? "a list" : "none",
                               wanted->stopwords.size ? "a different list" : "none", err);
    return ST_OK;
}

/* Takes the settings of the index and compares them with those asked for. */
static enum status take_settings(struct writer *writer, const struct writer_options *options,
                                 struct error *err) {
    const struct catalog *catalog = &writer->catalog;
    struct analyzer_options *analysis = &writer->analysis;
    char fingerprint[ANALYZER_FINGERPRINT_SIZE];
    if (options->keep_text_given && options->keep_text != catalog->keep_text)
        return settings_differ(writer->index, "", catalog->keep_text ? "text kept" : "no text kept",
                               options->keep_text ? "text kept" : "no text kept", err);
    if (options->analysis_given) {
        enum status status = fingerprint_of(fingerprint, &options->analysis, err);
        if (!status && strcmp(fingerprint, catalog->fingerprint) != 0)
            status = analysis_differs(writer, &options->analysis, err);
        if (status)
            return status;
    }
    *analysis = (struct analyzer_options){.stopwords = buffer_slice(&catalog->stopwords)};
    snprintf(analysis->stemmer, sizeof analysis->stemmer, "%s", catalog->stemmer);
    enum status status = fingerprint_of(fingerprint, analysis, err);
    if (!status && strcmp(fingerprint, catalog->fingerprint) != 0)
        status = error_set(err, ST_SETTINGS, 0,
                           "%s: made by another version of quern (%s; now %s); index into another "
                           "folder with -i",
                           writer->index, catalog->fingerprint, fingerprint);
    return status;
}

/* Shows the writer what the last commit left. */
static enum status renew_snapshot(struct writer *writer, struct error *err) {
    snapshot_close(writer->snapshot);
    writer->snapshot = NULL;
    return snapshot_open_store(&writer->snapshot, writer->store, err);
}

static enum status drop_orphans(struct writer *writer, struct error *err) {
    enum status status =
        generation_drop_orphans(writer->store, &writer->catalog, writer->stop, err);
    /* A snapshot from before would keep their pages from being used by the next batch. */
    return status ? status : renew_snapshot(writer, err);
}

enum status writer_open(struct writer **out, const char *index,
                        const struct writer_options *options, struct error *err) {
    char path[GENERATION_PATH_MAX];
    struct writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return error_nomem(err);
    writer->lock = -1;
    writer->memory = options->memory;
    writer->stop = options->stop;
    writer->threads = options->threads ? options->threads : 1;
    if (writer->threads > options->memory / THREAD_MEMORY)
        writer->threads = (unsigned)(options->memory / THREAD_MEMORY) + 1;
    writer->index = strdup(index);
    enum status status = writer->index ? ST_OK : error_nomem(err);
    if (!status && options->create)
        status = generation_make_index(index, err);
    if (!status) /* before the lock, whose file has no business in a folder of somebody else */
        status = current_generation(index, path, sizeof path, err);
    if (status == ST_NOT_FOUND && options->create)
        status = generation_check_folder(index, err);
    if (!status)
        status = lock_acquire(&writer->lock, index, err);
    if (!status)
        status = current_generation(index, path, sizeof path, err);
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
        status = take_settings(writer, options, err);
    if (!status && !created) /* the current one can be read: what else there is is left over */
        generation_sweep(index, strrchr(path, '/') + 1);
    if (!status)
        status = drop_orphans(writer, err);
    writer->sink.store = writer->store;
    uint64_t max_bytes = writer->memory / 4;
    writer->sink.max_txn_bytes = max_bytes < TXN_MIN   ? TXN_MIN
                                 : max_bytes > TXN_MAX ? TXN_MAX
                                                       : max_bytes;
    if (status) {
        writer_close(writer);
        return status;
    }
    *out = writer;
    return ST_OK;
}

/* Drops the batch: what of it is in the store belongs to nobody. */
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
    buffer_release(&writer->partial_names);
    store_close(writer->store);
    lock_release(writer->lock);
    free(writer->index);
    free(writer);
}

/* What the id means at this moment: the newest document of the batch, else that of the last commit.
 */
struct id_state {
    struct pending_id *item; /* NULL: the batch does not know the id */
    bool committed;          /* a live document of the last commit has it */
    uint32_t segment, doc;
    uint64_t content_hash;
};

static enum status find_id(struct writer *writer, uint64_t hash, struct slice id,
                           struct id_state *state, struct error *err) {
    *state = (struct id_state){.item = pending_ids_find(&writer->pending_ids, hash, id)};
    if (state->item) {
        state->content_hash = state->item->content_hash;
        return ST_OK;
    }
    struct document document;
    uint32_t segment;
    enum status status =
        snapshot_find_id(writer->snapshot, id, &segment, &state->doc, &document, err);
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

/* Marks the document that has the id for removal, and remembers what the id means now. */
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

/* Threads are started when there is work for them. */
static enum status require_pool(struct writer *writer, struct error *err) {
    return writer->pool ? ST_OK : pool_new(&writer->pool, writer->threads, err);
}

/* Makes what a merge works with: all of the memory, so the builder gives back what it keeps for the
 * next batch. */
static enum status prepare_merge(struct writer *writer, struct merge_options *options,
                                 struct error *err) {
    enum status status = require_pool(writer, err);
    segment_builder_free(writer->builder);
    writer->builder = NULL;
    *options = (struct merge_options){.pool = writer->pool, .memory = writer->memory};
    return status;
}

/* Bytes that wait for the commit outside of the builder. */
static uint64_t external_memory(const struct writer *writer) {
    return pending_ids_memory(&writer->pending_ids) + writer->changes.records.capacity +
           writer->changes.deletion_capacity * sizeof *writer->changes.deletions;
}

static enum status open_segment(struct writer *writer, struct error *err) {
    enum status status = require_pool(writer, err);
    if (!status && !writer->builder) {
        struct segment_builder_options options = {.analysis = writer->analysis,
                                                  .keep_text = writer->catalog.keep_text,
                                                  .memory = writer->memory,
                                                  .pool = writer->pool,
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

uint64_t writer_content_hash(struct slice title, struct slice text) {
    return document_hash(hash64(text.data, text.size, hash64(title.data, title.size, 0)));
}

static enum status check_document(const struct document *document, struct error *err) {
    if (!document->id.size)
        return error_set(err, ST_SKIPPED, 0, "a document without an id");
    if (document->id.size > DOCUMENT_ID_MAX)
        return error_set(err, ST_SKIPPED, 0, "an id of %zu bytes; at most %d are possible",
                         document->id.size, DOCUMENT_ID_MAX);
    if (document->title.size > DOC_BATCH_TITLE_MAX)
        return error_set(err, ST_SKIPPED, 0, "a title of %zu bytes; at most %d are possible",
                         document->title.size, DOC_BATCH_TITLE_MAX);
    /* A word has a byte at least. */
    if (document->text.size > DOCUMENT_TOKENS_MAX - DOC_BATCH_TITLE_MAX)
        return error_set(err, ST_SKIPPED, 0, "a text of %zu bytes; at most %d are possible",
                         document->text.size, DOCUMENT_TOKENS_MAX - DOC_BATCH_TITLE_MAX);
    return ST_OK;
}

enum status writer_add(struct writer *writer, const struct document *document,
                       enum writer_outcome *outcome, struct error *err) {
    struct id_state state;
    uint64_t hash = id_index_hash(document->id);
    enum status status = check_document(document, err);
    if (!status)
        status = find_id(writer, hash, document->id, &state, err);
    if (status)
        return status;
    struct document stored = *document;
    stored.content_hash = writer_content_hash(document->title, document->text);
    if (exists(&state) && state.content_hash == stored.content_hash) {
        *outcome = WRITER_UNCHANGED;
        return ST_OK;
    }
    *outcome = exists(&state) ? WRITER_REPLACED : WRITER_ADDED;
    uint32_t doc;
    status = open_segment(writer, err);
    if (!status)
        status = segment_builder_add(writer->builder, &stored, &doc, err);
    return status ? status
                  : supersede(writer, &state, hash, document->id, doc, stored.content_hash, err);
}

enum status writer_begin_document(struct writer *writer, const struct document *document,
                                  struct error *err) {
    enum status status = check_document(document, err);
    if (!status)
        status = open_segment(writer, err);
    buffer_clear(&writer->partial_names);
    if (!status && (buffer_append_slice(&writer->partial_names, document->id) ||
                    buffer_append_slice(&writer->partial_names, document->title)))
        status = error_nomem(err);
    if (status)
        return status;
    const uint8_t *names = writer->partial_names.data;
    writer->partial = *document;
    writer->partial.id = slice_of(names, document->id.size);
    writer->partial.title = slice_of(names + document->id.size, document->title.size);
    return segment_builder_begin_document(writer->builder, &writer->partial, &writer->partial_doc,
                                          err);
}

enum status writer_add_part(struct writer *writer, struct slice part, struct error *err) {
    return segment_builder_add_part(writer->builder, part, err);
}

enum status writer_end_document(struct writer *writer, bool whole, enum writer_outcome *outcome,
                                struct error *err) {
    const struct document *document = &writer->partial;
    uint64_t hash = id_index_hash(document->id);
    struct id_state state;
    enum status status = segment_builder_end_document(writer->builder, document, err);
    if (!status)
        status = find_id(writer, hash, document->id, &state, err);
    if (status)
        return status;
    *outcome = exists(&state) ? WRITER_REPLACED : WRITER_ADDED;
    if (!whole) /* what came of it is there, and is removed by the commit that would show it */
        return buffered_changes_delete(&writer->changes, writer->segment_id, writer->partial_doc)
                   ? error_nomem(err)
                   : ST_OK;
    return supersede(writer, &state, hash, document->id, writer->partial_doc,
                     document->content_hash, err);
}

enum status writer_remove(struct writer *writer, struct slice id, struct error *err) {
    struct id_state state;
    uint64_t hash = id_index_hash(id);
    enum status status = find_id(writer, hash, id, &state, err);
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

static enum status append_segment(struct catalog *catalog, const struct segment_info *info) {
    struct segment_info *segments =
        realloc(catalog->segments, (catalog->segment_count + 1) * sizeof *segments);
    if (!segments)
        return ST_NOMEM;
    catalog->segments = segments;
    segments[catalog->segment_count++] = *info;
    return ST_OK;
}

static enum status flush(struct writer *writer, struct error *err) {
    struct segment_info info = {0};
    enum status status = segment_builder_finish(writer->builder, &info, err);
    if (!status && append_segment(&writer->catalog, &info))
        status = error_nomem(err);
    writer->counts.segments_flushed++;
    writer->counts.bytes_flushed += info.bytes;
    return status;
}

static void count_merge(struct writer *writer, const struct segment_info *info) {
    writer->counts.merges++;
    writer->counts.bytes_merged += info->bytes;
}

static enum status merge_while_many(struct writer *writer, struct error *err) {
    static const struct buffered_changes no_changes;
    struct merge_options options;
    size_t first, count;
    enum status status = ST_OK;
    bool merged = false;
    while (!status && merge_policy_choose(&writer->catalog, &first, &count)) {
        struct segment_info info = {.id = writer->catalog.next_segment++};
        status = prepare_merge(writer, &options, err);
        writer->sink.stop = writer->stop;
        if (!status)
            status =
                merge_write(&info, &writer->sink, writer->snapshot, first, count, &options, err);
        writer->sink.stop = NULL;
        if (status)
            break;
        count_merge(writer, &info);
        struct segment_info *segments = writer->catalog.segments;
        segments[first] = info;
        memmove(segments + first + 1, segments + first + count,
                (writer->catalog.segment_count - first - count) * sizeof *segments);
        writer->catalog.segment_count -= count - 1;
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
        !writer->changes.records.size && !writer->run_times_changed)
        return ST_OK;
    writer->catalog.committed_at = (int64_t)time(NULL);
    enum status status = has_documents(writer) ? flush(writer, err) : ST_OK;
    if (!status)
        status = commit_changes(&writer->sink, &writer->catalog, &writer->changes, err);
    if (!status) {
        /* Released, not kept: what they hold counts in writer_needs_commit(). */
        pending_ids_release(&writer->pending_ids);
        buffered_changes_release(&writer->changes);
        writer->run_times_changed = false;
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

enum status writer_put_meta(struct writer *writer, const char *name, struct slice value,
                            struct error *err) {
    return buffered_changes_put(&writer->changes, TABLE_META, slice_of_string(name), value)
               ? error_nomem(err)
               : ST_OK;
}

void writer_set_run_times(struct writer *writer, int64_t completed, int64_t failed) {
    if (completed)
        writer->catalog.completed_at = completed;
    if (failed)
        writer->catalog.failed_at = failed;
    writer->run_times_changed = true;
}

enum status writer_compact(struct writer *writer, struct error *err) {
    char path[GENERATION_PATH_MAX], old[GENERATION_PATH_MAX];
    const char *name;
    enum status status = current_generation(writer->index, old, sizeof old, err);
    if (!status)
        status = generation_next(writer->index, path, &name, err);
    if (status)
        return status;
    struct segment_info info = {0};
    struct merge_options options;
    status = prepare_merge(writer, &options, err);
    if (!status)
        status = compact_write(&info, path, writer->snapshot, &options, writer->stop, err);
    if (status) {
        generation_sweep(writer->index, strrchr(old, '/') + 1);
        return status;
    }
    count_merge(writer, &info);
    /* When this fails it is not certain which generation is the current one after a crash. Both
     * stay; the next run sweeps. */
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
