#include "indexer/writer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/codec.h"
#include "common/segment_writer.h"
#include "indexer/batch.h"
#include "indexer/generation.h"
#include "indexer/inverter.h"
#include "indexer/lock.h"
#include "indexer/merge.h"
#include "indexer/publish.h"

struct writer {
    char *index;
    int lock;
    bool failed; /* a commit failed: only closing is left */
    uint64_t memory;
    struct store *store;
    struct snapshot *snapshot; /* what the last commit left */
    struct catalog catalog;    /* what the next commit will say */
    struct analyzer *analyzer;
    struct inverter *inverter;
    struct chunk_sink sink;
    /* The batch. */
    struct segment_writer segment;
    bool segment_open;
    struct batch batch;
    struct pending pending;
    bool stamped; /* writer_stamp_run() was called */
    struct writer_counts counts;
};

static enum status settings_differ(struct error *err, const char *index, const char *has,
                                   const char *wants) {
    return error_set(err, ST_SETTINGS, 0,
                     "%s: made with other settings (%s; now %s); leave these options out, or index "
                     "into another folder with -i",
                     index, has, wants);
}

/* The first commit of a new index: its settings. */
static enum status write_settings(struct store *store, const struct writer_options *options,
                                  const struct analyzer *analyzer, struct error *err) {
    struct catalog catalog = {
        .next_segment = 1, .keep_text = options->keep_text, .committed = (int64_t)time(NULL)};
    catalog.analysis = strdup(analyzer_stamp(analyzer));
    catalog.stemmer = strdup(options->analysis.stemmer);
    enum status status = ST_OK;
    if (!catalog.analysis || !catalog.stemmer ||
        buffer_append_slice(&catalog.stopwords, options->analysis.stopwords))
        status = error_nomem(err);
    struct chunk_sink sink = {.store = store};
    struct pending nothing = {0};
    if (!status)
        status = publish(&sink, &catalog, &nothing, err);
    catalog_release(&catalog);
    return status;
}

static enum status create(struct writer *writer, const struct writer_options *options,
                          struct error *err) {
    char name[GENERATION_NAME], path[GENERATION_PATH];
    enum status status = analyzer_new(&writer->analyzer, &options->analysis, err);
    if (status)
        return status;
    generation_sweep(writer->index, NULL);
    status = generation_next(writer->index, name, path, err);
    if (!status)
        status = store_create(path, err);
    if (!status)
        status = store_open(&writer->store, path, STORE_WRITE, err);
    if (!status)
        status = write_settings(writer->store, options, writer->analyzer, err);
    return status ? status : snapshot_publish(writer->index, name, err);
}

static enum status open_store(struct writer *writer, const char *path, struct error *err) {
    enum status status = store_open(&writer->store, path, STORE_WRITE, err);
    if (status == ST_NOT_FOUND)
        status =
            error_set(err, ST_CORRUPT, 0, "%s: the generation is missing; rebuild the index", path);
    return status;
}

/* Makes the analyzer of the index and compares its settings with those asked for. */
static enum status take_settings(struct writer *writer, const struct writer_options *options,
                                 struct error *err) {
    const struct catalog *catalog = &writer->catalog;
    struct analysis analysis = {.stopwords = buffer_slice(&catalog->stopwords)};
    snprintf(analysis.stemmer, sizeof analysis.stemmer, "%s", catalog->stemmer);
    if (options->keep_text_given && options->keep_text != catalog->keep_text)
        return settings_differ(err, writer->index,
                               catalog->keep_text ? "text kept" : "no text kept",
                               options->keep_text ? "text kept" : "no text kept");
    enum status status;
    if (options->analysis_given) {
        struct analyzer *wanted;
        status = analyzer_new(&wanted, &options->analysis, err);
        if (status)
            return status;
        if (strcmp(analyzer_stamp(wanted), catalog->analysis) != 0)
            status = settings_differ(err, writer->index, catalog->analysis, analyzer_stamp(wanted));
        analyzer_free(wanted);
        if (status)
            return status;
    }
    if (writer->analyzer)
        return ST_OK;
    status = analyzer_new(&writer->analyzer, &analysis, err);
    if (!status && strcmp(analyzer_stamp(writer->analyzer), catalog->analysis) != 0)
        status = error_set(err, ST_SETTINGS, 0,
                           "%s: made by another version of quern (%s; now %s); index into another "
                           "folder with -i",
                           writer->index, catalog->analysis, analyzer_stamp(writer->analyzer));
    return status;
}

/* Shows the writer what the last commit left. */
static enum status renew_snapshot(struct writer *writer, struct error *err) {
    snapshot_close(writer->snapshot);
    writer->snapshot = NULL;
    return snapshot_of_store(&writer->snapshot, writer->store, err);
}

static enum status drop_orphans(struct writer *writer, struct error *err) {
    enum status status = generation_drop_orphans(writer->store, &writer->catalog, err);
    /* A snapshot from before would keep their pages from being used by the next batch. */
    return status ? status : renew_snapshot(writer, err);
}

enum status writer_open(struct writer **out, const char *index,
                        const struct writer_options *options, struct error *err) {
    char path[GENERATION_PATH];
    struct writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return error_nomem(err);
    writer->lock = -1;
    writer->memory = options->memory;
    writer->index = strdup(index);
    enum status status = writer->index ? ST_OK : error_nomem(err);
    if (!status && options->create)
        status = generation_make_index(index, err);
    else if (!status && access(index, F_OK) && errno == ENOENT)
        status = error_set(err, ST_NOT_FOUND, 0, "no index at %s", index);
    if (!status)
        status = lock_take(&writer->lock, index, err);
    if (!status)
        status = snapshot_generation(index, path, sizeof path, err);
    if (!status) {
        status = open_store(writer, path, err);
        if (!status)
            generation_sweep(index, strrchr(path, '/') + 1);
    } else if (status == ST_NOT_FOUND && options->create) {
        status = create(writer, options, err);
    }
    if (!status)
        status = renew_snapshot(writer, err);
    if (!status && catalog_copy(&writer->catalog, &writer->snapshot->catalog))
        status = error_nomem(err);
    if (!status)
        status = take_settings(writer, options, err);
    if (!status)
        status = inverter_new(&writer->inverter, err);
    if (!status)
        status = drop_orphans(writer, err);
    writer->sink.store = writer->store;
    if (status) {
        writer_close(writer);
        return status;
    }
    *out = writer;
    return ST_OK;
}

/* Drops the batch: what of it is in the store belongs to nobody. */
static void drop_batch(struct writer *writer) {
    if (writer->segment_open)
        segment_writer_release(&writer->segment);
    writer->segment_open = false;
    chunk_sink_abort(&writer->sink);
}

void writer_close(struct writer *writer) {
    if (!writer)
        return;
    drop_batch(writer);
    snapshot_close(writer->snapshot);
    inverter_free(writer->inverter);
    analyzer_free(writer->analyzer);
    catalog_release(&writer->catalog);
    batch_release(&writer->batch);
    pending_release(&writer->pending);
    store_close(writer->store);
    lock_release(writer->lock);
    free(writer->index);
    free(writer);
}

/* What the id means at this moment: the newest document of the batch, else that of the last commit.
 */
struct known {
    struct batch_item *item; /* NULL: the batch does not know the id */
    bool committed;          /* a live document of the last commit has it */
    uint32_t segment, doc;
    uint64_t content_hash;
};

static enum status look_up(struct writer *writer, uint64_t hash, struct slice id,
                           struct known *known, struct error *err) {
    *known = (struct known){.item = batch_find(&writer->batch, hash, id)};
    if (known->item) {
        known->content_hash = known->item->content_hash;
        return ST_OK;
    }
    struct document document;
    uint32_t segment;
    enum status status = snapshot_find(writer->snapshot, id, &segment, &known->doc, &document, err);
    if (status == ST_NOT_FOUND)
        return ST_OK;
    if (status)
        return status;
    known->committed = true;
    known->segment = writer->snapshot->catalog.segments[segment].id;
    known->content_hash = document.content_hash;
    return ST_OK;
}

static bool is_there(const struct known *known) {
    return known->committed || (known->item && known->item->doc != (uint32_t)BATCH_REMOVED);
}

/* Marks the document that has the id for removal, and remembers what the id means now. */
static enum status supersede(struct writer *writer, const struct known *known, uint64_t hash,
                             struct slice id, uint32_t doc, uint64_t content_hash,
                             struct error *err) {
    if (known->committed && pending_remove(&writer->pending, known->segment, known->doc))
        return error_nomem(err);
    if (!known->item)
        return batch_put(&writer->batch, hash, id, doc, content_hash) ? error_nomem(err) : ST_OK;
    if (known->item->doc != (uint32_t)BATCH_REMOVED &&
        pending_remove(&writer->pending, writer->segment.info.id, known->item->doc))
        return error_nomem(err);
    known->item->doc = doc;
    known->item->content_hash = content_hash;
    return ST_OK;
}

static enum status open_segment(struct writer *writer, struct error *err) {
    if (writer->segment_open)
        return ST_OK;
    enum status status =
        segment_writer_open(&writer->segment, &writer->sink, writer->catalog.next_segment++, err);
    writer->segment_open = true;
    return status;
}

/* The title as it is stored: cut at a code point. */
static struct slice stored_title(struct slice title) {
    size_t size = title.size;
    if (size > DOCUMENT_TITLE_MAX) {
        size = DOCUMENT_TITLE_MAX;
        while (size && (title.data[size] & 0xc0) == 0x80)
            size--;
    }
    return slice_of(title.data, size);
}

uint64_t writer_content_hash(struct slice title, struct slice text) {
    return hash64(text.data, text.size, hash64(title.data, title.size, 0));
}

enum status writer_add(struct writer *writer, const struct document *document,
                       enum writer_outcome *outcome, struct error *err) {
    if (!document->id.size)
        return error_set(err, ST_SKIPPED, 0, "a document without an id");
    if (document->id.size > DOCUMENT_ID_MAX)
        return error_set(err, ST_SKIPPED, 0, "an id of %zu bytes; at most %d are possible",
                         document->id.size, DOCUMENT_ID_MAX);
    struct known known;
    uint64_t hash = ids_hash(document->id);
    enum status status = look_up(writer, hash, document->id, &known, err);
    if (status)
        return status;
    struct document stored = *document;
    stored.content_hash = writer_content_hash(document->title, document->text);
    if (is_there(&known) && known.content_hash == stored.content_hash) {
        *outcome = WRITER_UNCHANGED;
        return ST_OK;
    }
    *outcome = is_there(&known) ? WRITER_REPLACED : WRITER_NEW;
    status = open_segment(writer, err);
    if (status)
        return status;
    uint32_t doc = writer->segment.docs.documents;
    status = inverter_add(writer->inverter, writer->analyzer, doc, document->title, document->text,
                          &stored.title_length, &stored.length, err);
    if (status == ST_LIMIT && doc) {
        /* It may fit when the documents before it are out of the way. */
        status = writer_commit(writer, err);
        return status ? status : writer_add(writer, document, outcome, err);
    }
    if (status == ST_LIMIT)
        return error_set(err, ST_SKIPPED, 0, "%.*s: too large to be indexed in one piece",
                         (int)(document->id.size < 200 ? document->id.size : 200),
                         (const char *)document->id.data);
    if (status)
        return status;
    stored.title = stored_title(document->title);
    stored.has_text = writer->catalog.keep_text;
    status = segment_writer_add(&writer->segment, &stored, &doc, err);
    return status ? status
                  : supersede(writer, &known, hash, document->id, doc, stored.content_hash, err);
}

enum status writer_remove(struct writer *writer, struct slice id, struct error *err) {
    struct known known;
    uint64_t hash = ids_hash(id);
    enum status status = look_up(writer, hash, id, &known, err);
    if (status)
        return status;
    if (!is_there(&known))
        return ST_NOT_FOUND;
    return supersede(writer, &known, hash, id, (uint32_t)BATCH_REMOVED, 0, err);
}

bool writer_due(const struct writer *writer) {
    uint64_t used = inverter_memory(writer->inverter) + batch_memory(&writer->batch) +
                    writer->pending.records.capacity +
                    writer->pending.capacity * sizeof *writer->pending.removals;
    if (writer->segment_open)
        used += writer->segment.norms.capacity +
                writer->segment.item_capacity * sizeof *writer->segment.items;
    /* Flushing sorts the terms and fills a chunk for each stream beside all that. */
    return used >= writer->memory - writer->memory / 8 ||
           writer->pending.records.size >= STORE_TXN_BYTES / 4;
}

static enum status append_segment(struct catalog *catalog, const struct catalog_segment *info) {
    struct catalog_segment *segments =
        realloc(catalog->segments, (catalog->count + 1) * sizeof *segments);
    if (!segments)
        return ST_NOMEM;
    catalog->segments = segments;
    segments[catalog->count++] = *info;
    return ST_OK;
}

static enum status flush(struct writer *writer, struct error *err) {
    struct catalog_segment info = {0};
    enum status status = inverter_write(writer->inverter, &writer->segment, err);
    if (!status)
        status = segment_writer_finish(&writer->segment, &info, err);
    segment_writer_release(&writer->segment);
    writer->segment_open = false;
    if (!status && append_segment(&writer->catalog, &info))
        status = error_nomem(err);
    writer->counts.segments_flushed++;
    writer->counts.bytes_flushed += info.bytes;
    return status;
}

/* Writes segments [first, first + count) of the last commit as one through `sink`. */
static enum status merge(struct writer *writer, struct chunk_sink *sink, uint32_t id, size_t first,
                         size_t count, struct catalog_segment *info, struct error *err) {
    struct segment_writer merged;
    enum status status = segment_writer_open(&merged, sink, id, err);
    if (!status)
        status = merge_segments(&merged, writer->snapshot->segments + first, count, err);
    if (!status)
        status = segment_writer_finish(&merged, info, err);
    segment_writer_release(&merged);
    writer->counts.merges++;
    writer->counts.bytes_merged += info->bytes;
    return status;
}

static enum status merge_while_many(struct writer *writer, struct error *err) {
    static const struct pending nothing;
    size_t first, count;
    enum status status = ST_OK;
    bool merged = false;
    while (!status && merge_choose(&writer->catalog, &first, &count)) {
        struct catalog_segment info = {0};
        status =
            merge(writer, &writer->sink, writer->catalog.next_segment++, first, count, &info, err);
        if (status)
            break;
        struct catalog_segment *segments = writer->catalog.segments;
        segments[first] = info;
        memmove(segments + first + 1, segments + first + count,
                (writer->catalog.count - first - count) * sizeof *segments);
        writer->catalog.count -= count - 1;
        status = publish(&writer->sink, &writer->catalog, &nothing, err);
        if (!status)
            status = renew_snapshot(writer, err);
        merged = true;
    }
    return status || !merged ? status : drop_orphans(writer, err);
}

enum status writer_commit(struct writer *writer, struct error *err) {
    if (writer->failed)
        return error_set(err, ST_EIO, 0, "%s: an earlier commit failed", writer->index);
    if (!writer->segment_open && !writer->pending.count && !writer->pending.records.size &&
        !writer->stamped)
        return ST_OK;
    writer->catalog.committed = (int64_t)time(NULL);
    enum status status = writer->segment_open ? flush(writer, err) : ST_OK;
    if (!status)
        status = publish(&writer->sink, &writer->catalog, &writer->pending, err);
    if (!status) {
        inverter_clear(writer->inverter, writer->analyzer);
        /* Released, not kept: what they hold counts in writer_due(). */
        batch_release(&writer->batch);
        pending_release(&writer->pending);
        writer->stamped = false;
        writer->counts.commits++;
        status = renew_snapshot(writer, err);
    }
    if (!status)
        status = merge_while_many(writer, err);
    if (status) {
        drop_batch(writer);
        writer->failed = true;
    }
    return status;
}

struct snapshot *writer_snapshot(struct writer *writer) {
    return writer->snapshot;
}

enum status writer_put_file(struct writer *writer, struct slice key, struct slice value,
                            struct error *err) {
    return pending_record(&writer->pending, TABLE_FILE, key, value) ? error_nomem(err) : ST_OK;
}

enum status writer_put_meta(struct writer *writer, const char *name, struct slice value,
                            struct error *err) {
    return pending_record(&writer->pending, TABLE_META, slice_of_string(name), value)
               ? error_nomem(err)
               : ST_OK;
}

void writer_stamp_run(struct writer *writer, int64_t completed, int64_t failed) {
    if (completed)
        writer->catalog.completed = completed;
    if (failed)
        writer->catalog.failed = failed;
    writer->stamped = true;
}

/* Copies the records that are not the catalog's business: what is remembered of files and sources.
 */
static enum status copy_table(struct writer *writer, struct chunk_sink *sink,
                              enum store_table table, struct error *err) {
    struct store_cursor *cursor;
    struct slice key, value;
    enum status status = store_cursor_open(&cursor, writer->snapshot->txn, table, err);
    if (status)
        return status;
    status = store_cursor_seek(cursor, slice_of("", 1), &key, &value, err);
    while (!status) {
        if (table != TABLE_META || (!slice_equal(key, slice_of_string("catalog")) &&
                                    !slice_equal(key, slice_of_string("stamp"))))
            status = chunk_sink_put(sink, table, key, value, err);
        if (!status)
            status = store_cursor_next(cursor, &key, &value, err);
    }
    store_cursor_close(cursor);
    return status == ST_END ? ST_OK : status;
}

/* Fills the new generation: not synced until all of it is there, as nobody can see it before. */
static enum status compact_into(struct writer *writer, const char *path, struct error *err) {
    static const struct pending nothing;
    struct store *store = NULL;
    struct catalog catalog = {0};
    enum status status = store_create(path, err);
    if (!status)
        status = store_open(&store, path, STORE_WRITE_FRESH, err);
    struct chunk_sink sink = {.store = store};
    if (!status && catalog_copy(&catalog, &writer->catalog))
        status = error_nomem(err);
    catalog.next_segment = 2;
    if (!status && catalog.count) {
        struct catalog_segment info = {0};
        status = merge(writer, &sink, 1, 0, catalog.count, &info, err);
        catalog.segments[0] = info;
        catalog.count = 1;
    }
    if (!status)
        status = copy_table(writer, &sink, TABLE_FILE, err);
    if (!status)
        status = copy_table(writer, &sink, TABLE_META, err);
    if (!status)
        status = publish(&sink, &catalog, &nothing, err);
    if (!status)
        status = store_sync(store, err);
    chunk_sink_abort(&sink);
    catalog_release(&catalog);
    store_close(store);
    return status;
}

enum status writer_compact(struct writer *writer, struct error *err) {
    char name[GENERATION_NAME], path[GENERATION_PATH], old[GENERATION_PATH];
    enum status status = snapshot_generation(writer->index, old, sizeof old, err);
    if (!status)
        status = generation_next(writer->index, name, path, err);
    if (status)
        return status;
    status = compact_into(writer, path, err);
    if (status) {
        generation_sweep(writer->index, strrchr(old, '/') + 1);
        return status;
    }
    /* When this fails it is not certain which generation is the current one after a crash. Both
     * stay; the next run sweeps. */
    status = snapshot_publish(writer->index, name, err);
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
    writer->failed = status != ST_OK;
    return status;
}

const struct writer_counts *writer_counts(const struct writer *writer) {
    return &writer->counts;
}
