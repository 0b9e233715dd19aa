/* SPDX-License-Identifier: MIT */
/* Measures what each stage of indexing costs one thread.
 *
 *     stages CORPUS.ndjson [DOCUMENTS]
 *
 * A stage is a pass over all documents that goes one step further than the one before, or a part of
 * such a pass; the table says which figures are differences of two passes. Passes take turns,
 * ROUNDS times, and the least time of each counts. Except for reading and decoding, documents are
 * in memory, and they become one segment, however much memory that takes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/timer.h"
#include "common/base/array.h"
#include "common/base/number.h"
#include "common/text/tokenizer.h"
#include "indexer/build/segment_builder.h"
#include "indexer/commit/commit.h"
#include "indexer/commit/generation.h"
#include "indexer/commit/merge.h"
#include "indexer/commit/writer.h"
#include "indexer/source/decompressor.h"
#include "indexer/source/record_source.h"
#include "indexer/source/stream.h"
#include "tests/support/scratch.h"

enum { ROUNDS = 3, QUARTERS = 4, MEMORY = 256 << 20 };

static const struct analyzer_options analysis = {.stemmer = "english"};

/* The passes that are timed. */
enum pass {
    PASS_NONE, /* takes no time */
    PASS_READ,
    PASS_DECODE,   /* and read */
    PASS_TOKENIZE, /* documents in memory, as all below */
    PASS_ANALYZE,  /* and tokenize */
    PASS_INVERT,   /* and analyze */
    PASS_RECORDS,
    PASS_FLUSH,
    PASS_COMMIT,
    PASS_TEXTS, /* and records */
    PASS_MERGE,
    PASS_WRITER, /* everything from reading on */
    PASS_COUNT,
};

struct cost {
    double cpu, wall; /* seconds */
};

struct scratch_store {
    struct store *store;
    struct chunk_sink sink;
    struct catalog catalog;
};

struct bench {
    const char *path;
    uint64_t max_lines; /* of the corpus */
    const char *folder; /* for everything that is written */
    struct arena arena; /* holds the documents' bytes */
    struct document *documents;
    uint8_t *title_norms; /* of each document */
    size_t count, capacity;
    uint64_t input_size, token_count;
    struct pool *pool;
    struct scratch_store quarters; /* the documents as QUARTERS segments, and the merged ones */
    struct cost best[PASS_COUNT];
};

static struct cost cost_now(void) {
    return (struct cost){timer_cpu(), timer_wall()};
}

/* The time since *last, which is set to now. */
static struct cost cost_since(struct cost *last) {
    struct cost now = cost_now(), spent = {now.cpu - last->cpu, now.wall - last->wall};
    *last = now;
    return spent;
}

static void keep_best(struct cost *best, struct cost cost) {
    if (best->wall == 0 || cost.cpu < best->cpu)
        best->cpu = cost.cpu;
    if (best->wall == 0 || cost.wall < best->wall)
        best->wall = cost.wall;
}

/* A store in a new generation of the scratch folder. */
static enum status scratch_store_open(struct scratch_store *scratch, const struct bench *bench,
                                      struct error *err) {
    char path[PATH_MAX];
    const char *name;
    *scratch = (struct scratch_store){.catalog = {.next_segment = 1}};
    scratch->catalog.fingerprint = strdup("bench");
    scratch->catalog.stemmer = strdup(analysis.stemmer);
    if (!scratch->catalog.fingerprint || !scratch->catalog.stemmer)
        return error_nomem(err);
    enum status status = generation_next(path, &name, bench->folder, err);
    if (!status)
        status = store_create(path, err);
    if (!status)
        status = store_open(&scratch->store, path, STORE_WRITE, err);
    scratch->sink.store = scratch->store;
    return status;
}

static void scratch_store_close(struct scratch_store *scratch) {
    chunk_sink_abort(&scratch->sink);
    store_close(scratch->store);
    catalog_release(&scratch->catalog);
}

static enum status scratch_store_publish(struct scratch_store *scratch, struct segment_info *info,
                                         struct error *err) {
    static const struct buffered_changes no_changes;
    struct catalog *catalog = &scratch->catalog;
    if (catalog_put_segment(catalog, catalog->segment_count, 0, info))
        return error_nomem(err);
    return commit_changes(&scratch->sink, catalog, &no_changes, err);
}

static enum status pass_read(struct bench *bench, struct error *err) {
    struct decompressor *decompressor;
    struct line_reader lines;
    struct slice line;
    int input;
    enum status status = stream_open(&input, bench->path, (struct file_set){0}, err);
    if (status)
        return status;
    status = decompressor_open(&decompressor, input, bench->path, NULL, err);
    if (status) {
        close(input);
        return status;
    }
    struct line_source source = decompressor_line_source(decompressor);
    line_reader_init(&lines, &source,
                     &(struct line_reader_options){.name = bench->path,
                                                   .max_line = RECORD_MAX_SIZE,
                                                   .block_size = DECOMPRESSOR_BLOCK_SIZE});
    bench->input_size = 0;
    for (uint64_t i = 0; i < bench->max_lines && status >= 0 && status != ST_END; i++) {
        status = line_reader_next(&line, &lines, err);
        if (!status)
            bench->input_size += line.size + 1;
    }
    line_reader_release(&lines);
    decompressor_close(decompressor);
    close(input);
    return status < 0 ? status : ST_OK;
}

/* Calls `visit`, unless it is NULL, with every document. */
static enum status pass_decode(struct bench *bench, void *context,
                               enum status (*visit)(void *context, const struct document *document,
                                                    struct error *err),
                               struct error *err) {
    struct record_source_options options = {0};
    struct record_source *source;
    struct source_document record;
    int input;
    enum status status = stream_open(&input, bench->path, (struct file_set){0}, err);
    if (status)
        return status;
    status = record_source_open(&source, FORMAT_NDJSON, input, bench->path, &options, err);
    if (status) {
        close(input);
        return status;
    }
    for (uint64_t i = 0; i < bench->max_lines && status >= 0 && status != ST_END; i++) {
        status = record_source_next(&record, source, err);
        if (status || !visit)
            continue;
        struct document document = {.id = record.id,
                                    .title = source_document_field(&record, FIELD_TITLE),
                                    .text = source_document_field(&record, FIELD_TEXT)};
        status = visit(context, &document, err);
    }
    record_source_close(source);
    close(input);
    return status < 0 ? status : ST_OK;
}

static bool copy_slice(struct arena *arena, struct slice *slice) {
    const char *bytes = arena_copy(arena, slice->data, slice->size);
    *slice = slice_of(bytes, slice->size);
    return bytes != NULL;
}

/* The document as the writer takes it; `values` holds its values. */
static struct index_document indexed(struct field_value values[2],
                                     const struct document *document) {
    values[0] = (struct field_value){
        .field = SCHEMA_TITLE, .type = FIELD_TYPE_TEXT, .text = document->title};
    values[1] =
        (struct field_value){.field = SCHEMA_TEXT, .type = FIELD_TYPE_TEXT, .text = document->text};
    return (struct index_document){document->id, values, 2};
}

static enum status keep_document(void *context, const struct document *document,
                                 struct error *err) {
    struct bench *bench = context;
    struct document *documents =
        array_reserve(bench->documents, &bench->capacity, bench->count + 1, sizeof *documents);
    if (!documents)
        return error_nomem(err);
    bench->documents = documents;
    struct document *next = &bench->documents[bench->count++];
    *next = *document;
    struct field_value values[2];
    struct index_document source = indexed(values, document);
    next->content_hash = index_document_hash(&source);
    return copy_slice(&bench->arena, &next->id) && copy_slice(&bench->arena, &next->title) &&
                   copy_slice(&bench->arena, &next->text)
               ? ST_OK
               : error_nomem(err);
}

static void tokenize(struct slice text) {
    struct tokenizer tokenizer;
    struct word words[ANALYZER_BATCH];
    tokenizer_begin(&tokenizer, text);
    while (tokenizer_next(words, ANALYZER_BATCH, &tokenizer) > 0)
        ;
}

static void pass_tokenize(const struct bench *bench) {
    for (size_t i = 0; i < bench->count; i++) {
        tokenize(bench->documents[i].title);
        tokenize(bench->documents[i].text);
    }
}

static uint64_t analyze(struct analyzer *analyzer, struct slice text) {
    struct token tokens[ANALYZER_BATCH];
    uint64_t total = 0;
    analyzer_begin(analyzer, text, 0);
    for (size_t count; (count = analyzer_next(tokens, ANALYZER_BATCH, analyzer)) > 0;)
        total += count;
    return total;
}

static enum status pass_analyze(struct bench *bench, struct error *err) {
    struct analyzer *analyzer;
    enum status status = analyzer_new(&analyzer, &analysis, err);
    if (status)
        return status;
    bench->token_count = 0;
    for (size_t i = 0; i < bench->count; i++)
        bench->token_count += analyze(analyzer, bench->documents[i].title) +
                              analyze(analyzer, bench->documents[i].text);
    analyzer_free(analyzer);
    return ST_OK;
}

/* Stores the records, and the texts if wanted, of the documents in [first, end). */
static enum status write_documents(struct segment_writer *segment, const struct bench *bench,
                                   size_t first, size_t end, bool texts, struct error *err) {
    enum status status = ST_OK;
    for (size_t i = first; i < end && !status; i++) {
        struct document document = bench->documents[i];
        uint32_t doc;
        document.title = document_stored_title(document.title);
        document.has_text = texts;
        status = segment_writer_add(&doc, segment, &document, err);
        if (!status)
            status =
                segment_writer_add_norm(segment, SCHEMA_TITLE, doc, bench->title_norms[i], err);
    }
    return status;
}

/* Makes a segment of the documents in [first, end) and commits it. */
static enum status build_segment(struct scratch_store *scratch, struct bench *bench, size_t first,
                                 size_t end, struct cost costs[PASS_COUNT], struct error *err) {
    static const struct spills nothing;
    struct segment_writer segment;
    struct segment_info info = {0};
    struct analyzer *analyzer = NULL;
    struct inverter *inverter = NULL;
    struct cost last = cost_now();
    enum status status = analyzer_new(&analyzer, &analysis, err);
    if (!status)
        status = inverter_new(&inverter, MEMORY, MEMORY, err);
    for (size_t i = first; i < end && !status; i++) {
        struct document *document = &bench->documents[i];
        struct token_count all = {0}, title = {0};
        uint32_t id = (uint32_t)(i - first);
        status = inverter_add_field(&all, &title, inverter, analyzer, id, SCHEMA_TITLE,
                                    document->title, err);
        bench->title_norms[i] = norm_of_length(title.length);
        document->title_length = title.position;
        document->text_position = all.position = document_text_position(title.position);
        if (!status)
            status = inverter_add_text(&all, inverter, analyzer, id, document->text, err);
        document->length = all.length;
    }
    costs[PASS_INVERT] = cost_since(&last);
    if (status)
        goto out;
    status = segment_writer_open(&segment, &scratch->sink, scratch->catalog.next_segment++,
                                 UINT64_MAX, err);
    if (!status)
        status = write_documents(&segment, bench, first, end, false, err);
    costs[PASS_RECORDS] = cost_since(&last);
    if (!status)
        status = flush_inverters(&inverter, 1, &nothing, MEMORY / 8, bench->pool, &segment, err);
    if (!status)
        status = segment_writer_finish(&info, &segment, err);
    segment_writer_release(&segment);
    inverter_clear(inverter, analyzer);
    costs[PASS_FLUSH] = cost_since(&last);
    if (!status)
        status = scratch_store_publish(scratch, &info, err);
    costs[PASS_COMMIT] = cost_since(&last);
out:
    inverter_free(inverter);
    analyzer_free(analyzer);
    return status;
}

static enum status pass_build(struct bench *bench, struct error *err) {
    struct scratch_store scratch;
    struct cost costs[PASS_COUNT] = {0};
    enum status status = scratch_store_open(&scratch, bench, err);
    if (!status)
        status = build_segment(&scratch, bench, 0, bench->count, costs, err);
    for (int pass = 0; pass < PASS_COUNT; pass++)
        if (costs[pass].wall > 0)
            keep_best(&bench->best[pass], costs[pass]);
    scratch_store_close(&scratch);
    return status;
}

static enum status pass_texts(struct bench *bench, struct error *err) {
    struct scratch_store scratch;
    struct segment_writer segment;
    enum status status = scratch_store_open(&scratch, bench, err);
    if (!status) {
        struct cost last = cost_now();
        status = segment_writer_open(&segment, &scratch.sink, 1, UINT64_MAX, err);
        if (!status)
            status = write_documents(&segment, bench, 0, bench->count, true, err);
        keep_best(&bench->best[PASS_TEXTS], cost_since(&last));
        segment_writer_release(&segment);
    }
    scratch_store_close(&scratch);
    return status;
}

static enum status make_quarters(struct bench *bench, struct error *err) {
    struct cost costs[PASS_COUNT];
    enum status status = scratch_store_open(&bench->quarters, bench, err);
    for (size_t i = 0; i < QUARTERS && !status; i++)
        status = build_segment(&bench->quarters, bench, bench->count * i / QUARTERS,
                               bench->count * (i + 1) / QUARTERS, costs, err);
    return status;
}

/* The merged segment is not committed, so that the next round finds the quarters again. */
static enum status pass_merge(struct bench *bench, struct error *err) {
    struct scratch_store *scratch = &bench->quarters;
    struct snapshot *snapshot;
    struct segment_info info = {.id = scratch->catalog.next_segment++};
    struct merge_options options = {.pool = bench->pool, .memory = UINT64_MAX};
    struct cost last = cost_now();
    enum status status = snapshot_open_store(&snapshot, scratch->store, err);
    if (status)
        return status;
    status = merge_adjacent(&info, &scratch->sink, snapshot, 0, QUARTERS, &options, err);
    if (!status)
        status = chunk_sink_commit(&scratch->sink, err);
    segment_info_release(&info);
    snapshot_close(snapshot);
    keep_best(&bench->best[PASS_MERGE], cost_since(&last));
    return status;
}

static enum status add_to_writer(void *context, const struct document *document,
                                 struct error *err) {
    enum writer_outcome outcome;
    struct field_value values[2];
    struct index_document source = indexed(values, document);
    return writer_add(&outcome, context, &source, err);
}

static enum status pass_writer(struct bench *bench, struct error *err) {
    /* Ample memory, as the documents are one segment in the other passes too. */
    struct writer_options options = {.analysis = analysis,
                                     .analysis_given = true,
                                     .create = true,
                                     .memory = UINT64_C(1) << 36,
                                     .threads = 1};
    struct writer *writer;
    struct scratch index;
    snprintf(index.path, sizeof index.path, "%.240s/index", bench->folder);
    enum status status = writer_open(&writer, index.path, &options, err);
    if (status)
        return status;
    struct cost last = cost_now();
    status = pass_decode(bench, writer, add_to_writer, err);
    if (!status)
        status = writer_commit(writer, err);
    keep_best(&bench->best[PASS_WRITER], cost_since(&last));
    writer_close(writer);
    scratch_remove(&index);
    return status;
}

static enum status run_round(struct bench *bench, struct error *err) {
    struct cost last = cost_now();
    enum status status = pass_read(bench, err);
    keep_best(&bench->best[PASS_READ], cost_since(&last));
    if (!status)
        status = pass_decode(bench, NULL, NULL, err);
    keep_best(&bench->best[PASS_DECODE], cost_since(&last));
    pass_tokenize(bench);
    keep_best(&bench->best[PASS_TOKENIZE], cost_since(&last));
    if (!status)
        status = pass_analyze(bench, err);
    keep_best(&bench->best[PASS_ANALYZE], cost_since(&last));
    if (!status)
        status = pass_build(bench, err);
    if (!status)
        status = pass_texts(bench, err);
    if (!status)
        status = pass_merge(bench, err);
    return status ? status : pass_writer(bench, err);
}

static struct cost cost_difference(struct cost a, struct cost b) {
    return (struct cost){a.cpu - b.cpu, a.wall - b.wall};
}

static void print_row(const struct bench *bench, const char *stage, struct cost cost,
                      const char *how) {
    printf("| %s | %.3f | %.0f | %.1f | %.3f | %s |\n", stage, cost.cpu,
           (double)bench->input_size / 1e6 / cost.cpu, cost.cpu * 1e9 / (double)bench->token_count,
           cost.wall, how);
}

static void print_table(const struct bench *bench) {
    static const struct {
        const char *stage;
        enum pass pass, less;
        const char *how;
    } rows[] = {
        {"read", PASS_READ, PASS_NONE, "alone"},
        {"decode", PASS_DECODE, PASS_READ, "read and decode, less read"},
        {"tokenize", PASS_TOKENIZE, PASS_NONE, "alone, from memory as all below"},
        {"analyze", PASS_ANALYZE, PASS_TOKENIZE, "tokenize and analyze, less tokenize"},
        {"invert", PASS_INVERT, PASS_ANALYZE, "tokenize to invert, less tokenize and analyze"},
        {"store records", PASS_RECORDS, PASS_NONE, "alone"},
        {"flush", PASS_FLUSH, PASS_NONE, "alone: sort, encode, place, commit on the way, clear"},
        {"commit", PASS_COMMIT, PASS_NONE,
         "alone: the last transaction; those before are in flush"},
    };
    char documents[NUMBER_TEXT_MAX], words[NUMBER_TEXT_MAX];
    struct cost sum = {0};
    printf("%s documents, %.1f MB of NDJSON, %s words; one thread, best of %d rounds.\n\n",
           number_format_count(documents, bench->count), (double)bench->input_size / 1e6,
           number_format_count(words, bench->token_count), ROUNDS);
    printf("| stage | CPU s | MB/s | ns a word | wall s | measured |\n");
    printf("|---|---:|---:|---:|---:|---|\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cost cost = cost_difference(bench->best[rows[i].pass], bench->best[rows[i].less]);
        sum.cpu += cost.cpu;
        sum.wall += cost.wall;
        print_row(bench, rows[i].stage, cost, rows[i].how);
    }
    print_row(bench, "sum", sum, "of the rows above");
    print_row(bench, "the writer", bench->best[PASS_WRITER],
              "all that by way of writer.h: with ids looked up, contents hashed, batches copied");
    print_row(bench, "store texts",
              cost_difference(bench->best[PASS_TEXTS], bench->best[PASS_RECORDS]),
              "records and texts, less records; not in the sum");
    print_row(bench, "merge", bench->best[PASS_MERGE],
              "alone: 4 segments of a quarter each, no texts; not in the sum");
}

static enum status run(struct bench *bench, struct error *err) {
    enum status status = pool_new(&bench->pool, 1, err);
    if (!status)
        status = pass_decode(bench, bench, keep_document, err);
    if (!status && bench->count < QUARTERS)
        status = error_set(err, ST_INVALID, 0, "%s: too few documents", bench->path);
    bench->title_norms = calloc(bench->count + 1, sizeof *bench->title_norms);
    if (!status && !bench->title_norms)
        status = error_nomem(err);
    if (!status)
        status = make_quarters(bench, err);
    for (int i = 0; i < ROUNDS && !status; i++)
        status = run_round(bench, err);
    scratch_store_close(&bench->quarters);
    pool_free(bench->pool);
    free(bench->documents);
    free(bench->title_norms);
    arena_release(&bench->arena);
    return status;
}

int main(int argc, char **argv) {
    struct bench bench = {.max_lines = UINT64_MAX};
    struct error err;
    struct scratch scratch;
    if (argc < 2 || argc > 3 || (argc == 3 && number_parse_count(&bench.max_lines, argv[2]))) {
        fprintf(stderr, "usage: stages CORPUS.ndjson [DOCUMENTS]\n");
        return 2;
    }
    bench.path = argv[1];
    if (!scratch_make(&scratch)) {
        perror(scratch.path);
        return 1;
    }
    bench.folder = scratch.path;
    enum status status = run(&bench, &err);
    scratch_remove(&scratch);
    if (status) {
        fprintf(stderr, "stages: %s\n", err.text);
        return 1;
    }
    print_table(&bench);
    return 0;
}
