/* SPDX-License-Identifier: MIT */
/* Passes batches of documents through threads and puts a segment together. */
#include "indexer/build/segment_builder.h"

#include <assert.h>
#include <stdlib.h>

#include "common/text/unicode.h"

enum {
    /* What a thread needs besides its tables: its stack, compression, lists being encoded. */
    THREAD_RESERVE = 4 << 20,
    THREAD_RESERVE_MIN = 1 << 20, /* of it, however little memory there is */
    /* What is always needed: the program, a chunk for each stream, compression, sorting. */
    RESERVE = 40 << 20,
    IN_FLIGHT_DIVISOR = 8, /* documents in flight may use an eighth of the memory */
    /* What a byte of a document takes until it is in the segment: in its batch, compressed,
     * inverted. */
    MEMORY_PER_BYTE = 3,
};

struct segment_builder {
    struct segment_builder_options options;
    struct buffer stopwords; /* options.analysis borrows from it */
    struct pool *pool;
    struct thread_context *contexts;
    struct thread_usage *usage; /* of each context, as of the last batch collected from it */
    unsigned thread_count;

    struct segment_writer segment;
    bool active;
    uint32_t document_count;  /* documents numbered so far */
    uint64_t external_memory; /* bytes, from segment_builder_set_external_memory() */
    struct spills spills;

    /* Batches [collected, submitted) are in flight; the next one is being filled. */
    struct doc_batch *ring;
    size_t slot_count;
    uint64_t collected, submitted;
    uint64_t bytes_in_flight; /* of these batches */
    enum status status;       /* the first failure of a batch, which `err` describes */
    struct error err;

    /* The document whose text comes in parts. */
    struct doc_batch partial; /* alone in a batch, without its text */
    struct token_count all;   /* of the parts so far */
};

enum status segment_builder_new(struct segment_builder **out,
                                const struct segment_builder_options *options, struct error *err) {
    struct segment_builder *builder = calloc(1, sizeof *builder);
    if (!builder)
        return error_nomem(err);
    builder->options = *options;
    if (!options->max_tokens)
        builder->options.max_tokens = DOCUMENT_TOKENS_MAX;
    builder->spills.folder = options->folder;
    builder->pool = options->pool;
    builder->thread_count = pool_thread_count(options->pool);
    builder->slot_count = 2 * (size_t)builder->thread_count;
    builder->contexts = calloc(builder->thread_count, sizeof *builder->contexts);
    builder->usage = calloc(builder->thread_count, sizeof *builder->usage);
    builder->ring = calloc(builder->slot_count, sizeof *builder->ring);
    if (!builder->contexts || !builder->usage || !builder->ring ||
        buffer_append_slice(&builder->stopwords, options->analysis.stopwords)) {
        segment_builder_free(builder);
        return error_nomem(err);
    }
    builder->options.analysis.stopwords = buffer_slice(&builder->stopwords);
    for (unsigned i = 0; i < builder->thread_count; i++) {
        builder->contexts[i] =
            (struct thread_context){.analysis = &builder->options.analysis,
                                    .temp_folder = options->folder,
                                    .memory = options->memory,
                                    .share = options->memory / builder->thread_count,
                                    .keep_text = options->keep_text};
        builder->usage[i].room = UINT64_MAX;
    }
    uint64_t max_bytes = options->memory / 64;
    for (size_t i = 0; i < builder->slot_count; i++) {
        builder->ring[i].contexts = builder->contexts;
        builder->ring[i].schema = options->schema;
        builder->ring[i].max_bytes =
            max_bytes < DOC_BATCH_BYTES_MAX ? (size_t)max_bytes : DOC_BATCH_BYTES_MAX;
    }
    builder->partial.schema = options->schema;
    *out = builder;
    return ST_OK;
}

void segment_builder_free(struct segment_builder *builder) {
    if (!builder)
        return;
    segment_builder_abort(builder);
    for (unsigned i = 0; builder->contexts && i < builder->thread_count; i++)
        thread_context_release(&builder->contexts[i]);
    for (size_t i = 0; builder->ring && i < builder->slot_count; i++)
        doc_batch_release(&builder->ring[i]);
    free(builder->contexts);
    free(builder->usage);
    free(builder->ring);
    buffer_release(&builder->stopwords);
    doc_batch_release(&builder->partial);
    free(builder);
}

bool segment_builder_is_active(const struct segment_builder *builder) {
    return builder->active;
}

static struct doc_batch *current_batch(struct segment_builder *builder) {
    return &builder->ring[builder->submitted % builder->slot_count];
}

enum status segment_builder_begin(struct segment_builder *builder, struct chunk_sink *sink,
                                  uint32_t id, struct error *err) {
    assert(!builder->active);
    enum status status = segment_writer_open(&builder->segment, sink, id, UINT64_MAX, err);
    builder->segment.info.hash_seed = builder->options.hash_seed;
    builder->active = true;
    builder->document_count = 0;
    builder->status = ST_OK;
    doc_batch_clear(current_batch(builder), 0);
    return status;
}

/* Stores a document of a batch, whose text is stored already. */
static enum status store_document(struct segment_writer *segment, const struct doc_batch *batch,
                                  size_t i, const struct text_location *location,
                                  struct error *err) {
    const struct doc_batch_entry *entry = &batch->entries[i];
    struct document record = doc_batch_record(batch, i);
    uint32_t doc;
    record.has_text = location->stored;
    enum status status = segment_writer_add_stored(&doc, segment, &record, location, err);
    for (size_t k = 0; k < entry->length_count && !status; k++) {
        const struct field_length *length = &batch->lengths[entry->first_length + k];
        status = segment_writer_add_norm(segment, length->field, doc,
                                         norm_of_length(length->length), err);
    }
    return status;
}

/* Stores the documents of a batch. */
static enum status store_batch(struct segment_builder *builder, const struct doc_batch *batch,
                               struct error *err) {
    struct segment_writer *segment = &builder->segment;
    uint32_t base = 0;
    enum status status = ST_OK;
    if (builder->options.keep_text)
        status = segment_writer_begin_text_blocks(&base, segment, err);
    for (size_t i = 0; i < batch->block_count && !status; i++) {
        const struct doc_batch_block *block = &batch->blocks[i];
        status = segment_writer_add_text_block(
            segment, block->first, block->raw_size,
            slice_of(batch->compressed.data + block->offset, block->size), err);
    }
    for (size_t i = 0; i < batch->count && !status; i++) {
        struct text_location location = batch->entries[i].location;
        location.block += base;
        status = store_document(segment, batch, i, &location, err);
    }
    return status;
}

/* Waits for the oldest batch in flight and stores it. */
static void collect_oldest(struct segment_builder *builder) {
    struct doc_batch *batch = &builder->ring[builder->collected++ % builder->slot_count];
    pool_wait(builder->pool, &batch->job);
    builder->bytes_in_flight -= doc_batch_size(batch);
    if (!builder->status) {
        builder->err = batch->err;
        builder->status =
            batch->status ? batch->status : store_batch(builder, batch, &builder->err);
        builder->usage[batch->thread] = batch->usage;
    }
    doc_batch_clear(batch, 0);
}

static void collect_all(struct segment_builder *builder) {
    while (builder->collected < builder->submitted)
        collect_oldest(builder);
}

/* Submits the current batch, and prepares the next one to be filled. */
static void submit_current(struct segment_builder *builder) {
    struct doc_batch *batch = current_batch(builder);
    if (!batch->count)
        return;
    pool_submit(builder->pool, &batch->job);
    builder->submitted++;
    builder->bytes_in_flight += doc_batch_size(batch);
    /* A single thread gains nothing from batches that wait. */
    size_t max_in_flight = builder->thread_count > 1 ? builder->slot_count - 1 : 0;
    while (builder->submitted - builder->collected > max_in_flight ||
           (builder->submitted - builder->collected > 1 &&
            builder->bytes_in_flight > builder->options.memory / IN_FLIGHT_DIVISOR))
        collect_oldest(builder);
    doc_batch_clear(current_batch(builder), builder->document_count);
}

/* Submits the current batch and collects all batches. */
static enum status flush_batches(struct segment_builder *builder, struct error *err) {
    submit_current(builder);
    collect_all(builder);
    doc_batch_clear(current_batch(builder), builder->document_count);
    if (builder->status && err)
        *err = builder->err;
    return builder->status;
}

/* Adds a long text in the parts that unicode_split() makes of it. */
static enum status add_in_parts(uint32_t *doc, struct segment_builder *builder,
                                const struct index_document *document, uint64_t content_hash,
                                struct error *err) {
    struct slice left = index_document_string(document, SCHEMA_TEXT);
    enum status status = segment_builder_begin_document(doc, builder, document, content_hash, err);
    while (!status && left.size) {
        size_t size = unicode_split(left, DOC_BATCH_BYTES_MAX, false);
        status = segment_builder_add_part(builder, slice_of(left.data, size), err);
        left = slice_after(left, size);
    }
    return status ? status : segment_builder_end_document(builder, err);
}

enum status segment_builder_add(uint32_t *doc, struct segment_builder *builder,
                                const struct index_document *document, uint64_t content_hash,
                                struct error *err) {
    if (index_document_string(document, SCHEMA_TEXT).size > DOC_BATCH_TEXT_MAX)
        return add_in_parts(doc, builder, document, content_hash, err);
    if (doc_batch_add(current_batch(builder), document, content_hash))
        return error_nomem(err);
    *doc = builder->document_count++;
    if (doc_batch_is_full(current_batch(builder)))
        submit_current(builder);
    if (builder->status && err)
        *err = builder->err;
    return builder->status;
}

/* Bytes of documents that are not yet inverted, as far as is known. */
static uint64_t bytes_not_inverted(const struct segment_builder *builder) {
    return builder->bytes_in_flight +
           doc_batch_size(&builder->ring[builder->submitted % builder->slot_count]);
}

/* True if every inverter has room for all of these and one more document. */
static bool has_room(const struct segment_builder *builder) {
    uint64_t min_room = UINT64_MAX;
    for (unsigned i = 0; i < builder->thread_count; i++)
        if (builder->usage[i].room < min_room)
            min_room = builder->usage[i].room;
    return min_room >=
           bytes_not_inverted(builder) + 2 * INDEX_DOCUMENT_VALUES_MAX + DOC_BATCH_TEXT_MAX;
}

static uint64_t used_memory(const struct segment_builder *builder) {
    uint64_t bytes = builder->external_memory + MEMORY_PER_BYTE * bytes_not_inverted(builder);
    for (unsigned i = 0; i < builder->thread_count; i++)
        bytes += builder->usage[i].memory;
    if (builder->active)
        bytes += segment_writer_memory(&builder->segment);
    return bytes;
}

void segment_builder_set_external_memory(struct segment_builder *builder, uint64_t bytes) {
    builder->external_memory = bytes;
}

static bool fits_memory(const struct segment_builder *builder) {
    uint64_t memory = builder->options.memory;
    uint64_t reserve = RESERVE + (uint64_t)builder->thread_count * THREAD_RESERVE;
    uint64_t max_reserve = memory / 4 + (builder->thread_count - 1) * (uint64_t)THREAD_RESERVE_MIN;
    if (reserve > max_reserve)
        reserve = max_reserve;
    return used_memory(builder) < memory - reserve && has_room(builder);
}

/* The memory for batches in flight is an estimate, until they are collected. */
bool segment_builder_is_full(struct segment_builder *builder) {
    if (!builder->spills.run_count && !fits_memory(builder))
        collect_all(builder);
    return builder->spills.run_count || builder->status || !fits_memory(builder);
}

static void clear_inverters(struct segment_builder *builder) {
    for (unsigned i = 0; i < builder->thread_count; i++) {
        struct thread_context *context = &builder->contexts[i];
        if (!context->inverter)
            continue;
        inverter_clear(context->inverter, context->analyzer);
        builder->usage[i] = thread_context_usage(context);
    }
}

static void discard_forms(struct segment_builder *builder) {
    for (unsigned i = 0; i < builder->thread_count; i++)
        thread_context_discard_forms(&builder->contexts[i]);
}

/* Lists the inverters in use and returns their number. */
static size_t list_inverters(struct inverter **all, const struct segment_builder *builder) {
    size_t count = 0;
    for (unsigned i = 0; i < builder->thread_count; i++)
        if (builder->contexts[i].inverter)
            all[count++] = builder->contexts[i].inverter;
    return count;
}

/* Makes room in the middle of a document. */
static enum status spill_inverters(struct segment_builder *builder, struct error *err) {
    struct inverter *all[POOL_MAX_THREADS];
    size_t count = list_inverters(all, builder);
    enum status status = flush_to_spill(all, count, &builder->spills, builder->pool, err);
    clear_inverters(builder);
    return status;
}

enum status segment_builder_add_part(struct segment_builder *builder, struct slice part,
                                     struct error *err) {
    struct thread_context *context = &builder->contexts[0];
    enum status status = ST_OK;
    if (!fits_memory(builder))
        status = spill_inverters(builder, err);
    if (!status)
        status = inverter_add_text(&builder->all, context->inverter, context->analyzer,
                                   builder->document_count - 1, part, err);
    builder->usage[0] = thread_context_usage(context);
    if (!status && builder->all.position > builder->options.max_tokens)
        return error_set(err, ST_SKIPPED, 0, "more than %u words", builder->options.max_tokens);
    if (!status && builder->options.keep_text)
        status = segment_writer_append_text(&builder->partial.entries[0].location,
                                            &builder->segment, part, err);
    return status;
}

enum status segment_builder_begin_document(uint32_t *doc, struct segment_builder *builder,
                                           const struct index_document *document,
                                           uint64_t content_hash, struct error *err) {
    struct thread_context *context = &builder->contexts[0];
    struct doc_batch *partial = &builder->partial;
    enum status status = flush_batches(builder, err);
    if (!status)
        status = thread_context_prepare(context, err);
    if (status)
        return status;
    *doc = builder->document_count++;
    doc_batch_clear(partial, *doc);
    if (doc_batch_add_values(partial, document, content_hash))
        return error_nomem(err);
    doc_batch_end_adding(partial);
    status = doc_batch_invert_values(&builder->all, partial, 0, context, err);
    doc_batch_end_inverting(partial);
    if (!status && builder->options.keep_text)
        status = segment_writer_begin_text(&partial->entries[0].location, &builder->segment,
                                           TEXT_BLOCK_SIZE, err);
    return status;
}

enum status segment_builder_end_document(struct segment_builder *builder, struct error *err) {
    struct doc_batch *partial = &builder->partial;
    partial->entries[0].record.length = builder->all.length;
    enum status status =
        store_document(&builder->segment, partial, 0, &partial->entries[0].location, err);
    doc_batch_clear(current_batch(builder), builder->document_count);
    return status;
}

enum status segment_builder_finish(struct segment_info *info, struct segment_builder *builder,
                                   struct error *err) {
    struct inverter *all[POOL_MAX_THREADS];
    enum status status = flush_batches(builder, err);
    size_t count = list_inverters(all, builder);
    if (!status && count)
        status = flush_inverters(all, count, &builder->spills, builder->options.memory / 8,
                                 builder->pool, &builder->segment, err);
    if (!status)
        status = thread_contexts_write_forms(builder->contexts, builder->thread_count,
                                             builder->pool, &builder->segment, err);
    if (!status)
        status = segment_writer_finish(info, &builder->segment, err);
    segment_builder_abort(builder);
    return status;
}

void segment_builder_abort(struct segment_builder *builder) {
    if (!builder->active)
        return;
    if (builder->collected < builder->submitted)
        builder->status = ST_INTERRUPTED; /* so that nothing more is stored */
    collect_all(builder);
    segment_writer_release(&builder->segment);
    spills_release(&builder->spills);
    discard_forms(builder);
    clear_inverters(builder);
    builder->active = false;
}
