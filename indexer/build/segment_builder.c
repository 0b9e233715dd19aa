#include "indexer/build/segment_builder.h"

#include <assert.h>
#include <stdlib.h>

#include "common/text/unicode.h"

enum {
    /* What one thread needs beside its tables: its stack, compression, lists that are encoded. */
    THREAD_RESERVE = 4 << 20,
    THREAD_LEAST = 1 << 20, /* of it, however little memory there is */
    /* What there is in any case: the program, a chunk for each stream, compression, sorting. */
    RESERVE = 40 << 20,
    TRAVELLING = 8, /* the part of the memory for documents that are with the workers: an eighth */
    /* What a byte of a document takes until it is in the segment: in its parcel, packed, inverted.
     */
    PER_BYTE = 3,
};

struct intake {
    struct intake_options options;
    struct buffer stopwords; /* options.analysis borrows from it */
    struct pool *pool;
    struct worker *workers;
    struct worker_size *sizes; /* of workers, after the parcels that were taken back */
    unsigned threads;

    struct segment_writer segment;
    bool open;
    uint32_t documents; /* given numbers so far */
    uint64_t held;      /* bytes: intake_hold() */
    struct spills spills;

    /* Parcels: [taken, sent) are with the workers, the next one is being filled. */
    struct parcel *ring;
    size_t slots;
    uint64_t taken, sent;
    uint64_t with_workers; /* bytes of those parcels */
    enum status status;    /* the first failure of a parcel; its text is in `err` */
    struct error err;

    /* The document that comes in parts. */
    struct text_location where;
    uint32_t title_length, length, position;
};

enum status intake_new(struct intake **out, const struct intake_options *options,
                       struct error *err) {
    struct intake *intake = calloc(1, sizeof *intake);
    if (!intake)
        return error_nomem(err);
    intake->options = *options;
    if (!options->words)
        intake->options.words = DOCUMENT_TOKENS_MAX;
    intake->spills.folder = options->folder;
    intake->pool = options->pool;
    intake->threads = pool_thread_count(options->pool);
    intake->slots = 2 * (size_t)intake->threads;
    intake->workers = calloc(intake->threads, sizeof *intake->workers);
    intake->sizes = calloc(intake->threads, sizeof *intake->sizes);
    intake->ring = calloc(intake->slots, sizeof *intake->ring);
    if (!intake->workers || !intake->sizes || !intake->ring ||
        buffer_append_slice(&intake->stopwords, options->analysis.stopwords)) {
        intake_free(intake);
        return error_nomem(err);
    }
    intake->options.analysis.stopwords = buffer_slice(&intake->stopwords);
    for (unsigned i = 0; i < intake->threads; i++) {
        intake->workers[i] = (struct worker){.analysis = &intake->options.analysis,
                                             .memory = options->memory,
                                             .share = options->memory / intake->threads,
                                             .keep_text = options->keep_text};
        intake->sizes[i].room = UINT64_MAX;
    }
    uint64_t most = options->memory / 64;
    for (size_t i = 0; i < intake->slots; i++) {
        intake->ring[i].workers = intake->workers;
        intake->ring[i].most = most < PARCEL_BYTES ? (size_t)most : PARCEL_BYTES;
    }
    *out = intake;
    return ST_OK;
}

void intake_free(struct intake *intake) {
    if (!intake)
        return;
    intake_drop(intake);
    for (unsigned i = 0; intake->workers && i < intake->threads; i++)
        worker_release(&intake->workers[i]);
    for (size_t i = 0; intake->ring && i < intake->slots; i++)
        parcel_release(&intake->ring[i]);
    free(intake->workers);
    free(intake->sizes);
    free(intake->ring);
    buffer_release(&intake->stopwords);
    free(intake);
}

bool intake_is_open(const struct intake *intake) {
    return intake->open;
}

static struct parcel *filling(struct intake *intake) {
    return &intake->ring[intake->sent % intake->slots];
}

enum status intake_open(struct intake *intake, struct chunk_sink *sink, uint32_t id,
                        struct error *err) {
    assert(!intake->open);
    enum status status = segment_writer_open(&intake->segment, sink, id, UINT64_MAX, err);
    intake->open = true;
    intake->documents = 0;
    intake->status = ST_OK;
    parcel_clear(filling(intake), 0);
    return status;
}

/* Stores what a parcel holds of its documents. */
static enum status store(struct intake *intake, const struct parcel *parcel, struct error *err) {
    struct segment_writer *segment = &intake->segment;
    uint32_t base = 0, doc;
    enum status status = ST_OK;
    if (intake->options.keep_text)
        status = doc_store_writer_end_text_block(&base, &segment->docs, err);
    for (size_t i = 0; i < parcel->block_count && !status; i++) {
        const struct parcel_block *block = &parcel->blocks[i];
        status =
            block_store_writer_copy(&segment->docs.text_blocks, block->first, block->raw_size,
                                    slice_of(parcel->packed.data + block->place, block->size), err);
    }
    for (size_t i = 0; i < parcel->count && !status; i++) {
        struct document document = parcel_document(parcel, i);
        struct text_location where = parcel->documents[i].where;
        where.block += base;
        segment->docs.text_bytes += where.size;
        document.has_text = where.stored;
        status = segment_writer_add_stored(&doc, segment, &document, &where, err);
    }
    return status;
}

/* Takes the oldest parcel back from the workers. */
static void take(struct intake *intake) {
    struct parcel *parcel = &intake->ring[intake->taken++ % intake->slots];
    pool_wait(intake->pool, &parcel->job);
    intake->with_workers -= parcel->bytes.size;
    if (!intake->status) {
        intake->err = parcel->err;
        intake->status = parcel->status ? parcel->status : store(intake, parcel, &intake->err);
        intake->sizes[parcel->worker] = parcel->size;
    }
    parcel_clear(parcel, 0);
}

static void take_all(struct intake *intake) {
    while (intake->taken < intake->sent)
        take(intake);
}

/* Gives the parcel that was filled to the workers; the next is ready to be filled then. */
static void send(struct intake *intake) {
    struct parcel *parcel = filling(intake);
    if (!parcel->count)
        return;
    pool_submit(intake->pool, &parcel->job);
    intake->sent++;
    intake->with_workers += parcel->bytes.size;
    /* One thread has nothing to gain from parcels that wait. */
    size_t most = intake->threads > 1 ? intake->slots - 1 : 0;
    while (intake->sent - intake->taken > most ||
           (intake->sent - intake->taken > 1 &&
            intake->with_workers > intake->options.memory / TRAVELLING))
        take(intake);
    parcel_clear(filling(intake), intake->documents);
}

/* Sends what there is and takes all of it back. */
static enum status drain(struct intake *intake, struct error *err) {
    send(intake);
    take_all(intake);
    parcel_clear(filling(intake), intake->documents);
    if (intake->status)
        *err = intake->err;
    return intake->status;
}

/* A long text in the parts that unicode_split() makes of it. */
static enum status add_in_parts(struct intake *intake, const struct document *document,
                                uint32_t *doc, struct error *err) {
    struct slice left = document->text;
    enum status status = intake_begin(intake, document, doc, err);
    while (!status && left.size) {
        size_t size = unicode_split(left, PARCEL_BYTES, false);
        status = intake_part(intake, slice_of(left.data, size), err);
        left = slice_after(left, size);
    }
    return status ? status : intake_end(intake, document, err);
}

enum status intake_add(struct intake *intake, const struct document *document, uint32_t *doc,
                       struct error *err) {
    if (document->text.size > PARCEL_TEXT_MAX)
        return add_in_parts(intake, document, doc, err);
    if (parcel_add(filling(intake), document))
        return error_nomem(err);
    *doc = intake->documents++;
    if (parcel_is_full(filling(intake)))
        send(intake);
    if (intake->status)
        *err = intake->err;
    return intake->status;
}

/* Bytes of documents that the inverters do not have yet, as far as is known. */
static uint64_t coming(const struct intake *intake) {
    return intake->with_workers + intake->ring[intake->sent % intake->slots].bytes.size;
}

/* True when every inverter has room for all of these and one more document. */
static bool has_room(const struct intake *intake) {
    uint64_t least = UINT64_MAX;
    for (unsigned i = 0; i < intake->threads; i++)
        if (intake->sizes[i].room < least)
            least = intake->sizes[i].room;
    return least >= coming(intake) + PARCEL_TITLE_MAX + PARCEL_TEXT_MAX;
}

static uint64_t used(const struct intake *intake) {
    uint64_t bytes = intake->held + PER_BYTE * coming(intake);
    for (unsigned i = 0; i < intake->threads; i++)
        bytes += intake->sizes[i].memory;
    if (intake->open)
        bytes += segment_writer_memory(&intake->segment);
    return bytes;
}

void intake_hold(struct intake *intake, uint64_t bytes) {
    intake->held = bytes;
}

static bool has_memory(const struct intake *intake) {
    uint64_t memory = intake->options.memory;
    uint64_t reserve = RESERVE + (uint64_t)intake->threads * THREAD_RESERVE;
    uint64_t most = memory / 4 + (intake->threads - 1) * (uint64_t)THREAD_LEAST;
    if (reserve > most)
        reserve = most;
    return used(intake) < memory - reserve && has_room(intake);
}

/* What parcels on their way will take is guessed, and known once they are back. */
bool intake_is_full(struct intake *intake) {
    if (!intake->spills.count && !has_memory(intake))
        take_all(intake);
    return intake->spills.count || intake->status || !has_memory(intake);
}

static void clear_inverters(struct intake *intake) {
    for (unsigned i = 0; i < intake->threads; i++) {
        struct worker *worker = &intake->workers[i];
        if (!worker->inverter)
            continue;
        inverter_clear(worker->inverter, worker->analyzer);
        intake->sizes[i] = worker_size(worker);
    }
}

/* The inverters that were made; returns how many. */
static size_t inverters(const struct intake *intake, struct inverter **all) {
    size_t count = 0;
    for (unsigned i = 0; i < intake->threads; i++)
        if (intake->workers[i].inverter)
            all[count++] = intake->workers[i].inverter;
    return count;
}

/* Makes room in the midst of a document. */
static enum status spill(struct intake *intake, struct error *err) {
    struct inverter *all[POOL_MAX_THREADS];
    size_t count = inverters(intake, all);
    enum status status = flush_to_spill(all, count, &intake->spills, intake->pool, err);
    clear_inverters(intake);
    return status;
}

enum status intake_part(struct intake *intake, struct slice part, struct error *err) {
    struct worker *worker = &intake->workers[0];
    enum status status = ST_OK;
    if (!has_memory(intake))
        status = spill(intake, err);
    if (!status)
        status = inverter_add_part(worker->inverter, worker->analyzer, intake->documents - 1, part,
                                   &intake->position, &intake->length, err);
    intake->sizes[0] = worker_size(worker);
    if (!status && intake->position > intake->options.words)
        return error_set(err, ST_SKIPPED, 0, "more than %u words", intake->options.words);
    if (!status && intake->options.keep_text)
        status = doc_store_writer_append_text(&intake->segment.docs, part, &intake->where, err);
    return status;
}

enum status intake_begin(struct intake *intake, const struct document *document, uint32_t *doc,
                         struct error *err) {
    struct worker *worker = &intake->workers[0];
    enum status status = drain(intake, err);
    if (!status)
        status = worker_prepare(worker, err);
    if (status)
        return status;
    *doc = intake->documents++;
    intake->title_length = intake->length = 0;
    intake->where = (struct text_location){0};
    status = inverter_add_part(worker->inverter, worker->analyzer, *doc, document->title,
                               &intake->title_length, &intake->length, err);
    intake->position = document_text_position(intake->title_length);
    if (!status && intake->options.keep_text)
        status = doc_store_writer_begin_text(&intake->where, &intake->segment.docs, TEXT_BLOCK_SIZE,
                                             err);
    return status;
}

enum status intake_end(struct intake *intake, const struct document *document, struct error *err) {
    struct document stored = *document;
    uint32_t doc;
    stored.title = document_stored_title(document->title);
    stored.title_length = intake->title_length;
    stored.length = intake->length;
    stored.has_text = intake->options.keep_text;
    enum status status =
        segment_writer_add_stored(&doc, &intake->segment, &stored, &intake->where, err);
    parcel_clear(filling(intake), intake->documents);
    return status;
}

enum status intake_finish(struct intake *intake, struct segment_info *info, struct error *err) {
    struct inverter *all[POOL_MAX_THREADS];
    enum status status = drain(intake, err);
    size_t count = inverters(intake, all);
    if (!status && count)
        status = flush_inverters(all, count, &intake->spills, intake->options.memory / 8,
                                 intake->pool, &intake->segment, err);
    if (!status)
        status = segment_writer_finish(info, &intake->segment, err);
    intake_drop(intake);
    return status;
}

void intake_drop(struct intake *intake) {
    if (!intake->open)
        return;
    if (intake->taken < intake->sent)
        intake->status = ST_INTERRUPTED; /* nothing more is stored */
    take_all(intake);
    segment_writer_release(&intake->segment);
    spills_release(&intake->spills);
    clear_inverters(intake);
    intake->open = false;
}
