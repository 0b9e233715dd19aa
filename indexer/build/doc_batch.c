#include "indexer/build/doc_batch.h"

#include <stdlib.h>

enum status worker_prepare(struct worker *worker, struct error *err) {
    enum status status = ST_OK;
    if (!worker->analyzer)
        status = analyzer_new(&worker->analyzer, worker->analysis, err);
    if (!status)
        analyzer_limit_cache(worker->analyzer, worker->share / 8);
    if (!status && !worker->inverter)
        status = inverter_new(&worker->inverter, worker->memory, worker->share, err);
    if (!status && worker->keep_text &&
        block_store_compressor_init(&worker->compressor, SEGMENT_TEXT_LEVEL))
        status = error_nomem(err);
    return status;
}

void worker_release(struct worker *worker) {
    analyzer_free(worker->analyzer);
    inverter_free(worker->inverter);
    block_store_compressor_release(&worker->compressor);
}

struct worker_size worker_size(const struct worker *worker) {
    return (struct worker_size){.memory = inverter_memory(worker->inverter) +
                                          analyzer_memory(worker->analyzer),
                                .room = inverter_room(worker->inverter)};
}

void parcel_clear(struct parcel *parcel, uint32_t first) {
    parcel->job.run = parcel_run;
    parcel->first = first;
    parcel->count = parcel->block_count = 0;
    buffer_release(&parcel->bytes);
    buffer_release(&parcel->packed);
    parcel->status = ST_OK;
}

void parcel_release(struct parcel *parcel) {
    free(parcel->documents);
    free(parcel->blocks);
    buffer_release(&parcel->bytes);
    buffer_release(&parcel->packed);
    *parcel = (struct parcel){0};
}

bool parcel_is_full(const struct parcel *parcel) {
    return parcel->bytes.size >= parcel->most || parcel->count >= PARCEL_DOCUMENTS;
}

/* Copies bytes and gives their place as a slice that begins at NULL. */
static enum status keep(struct parcel *parcel, struct slice *slice) {
    size_t place = parcel->bytes.size;
    enum status status = buffer_append_slice(&parcel->bytes, *slice);
    slice->data = (const uint8_t *)(uintptr_t)place;
    return status;
}

static struct slice kept(const struct parcel *parcel, struct slice place) {
    return slice_of(parcel->bytes.data + (uintptr_t)place.data, place.size);
}

enum status parcel_add(struct parcel *parcel, const struct document *document) {
    if (parcel->count == parcel->capacity) {
        size_t capacity = parcel->capacity ? 2 * parcel->capacity : 64;
        struct parcel_document *documents =
            realloc(parcel->documents, capacity * sizeof *documents);
        if (!documents)
            return ST_NOMEM;
        parcel->documents = documents;
        parcel->capacity = capacity;
    }
    /* At once, as it is given back with each parcel. */
    if (!parcel->bytes.size && buffer_reserve(&parcel->bytes, parcel->most + parcel->most / 8))
        return ST_NOMEM;
    struct parcel_document *next = &parcel->documents[parcel->count];
    *next = (struct parcel_document){.document = *document};
    if (keep(parcel, &next->document.id) || keep(parcel, &next->document.title) ||
        keep(parcel, &next->document.text))
        return ST_NOMEM;
    parcel->count++;
    return ST_OK;
}

struct document parcel_document(const struct parcel *parcel, size_t i) {
    struct document document = parcel->documents[i].document;
    document.id = kept(parcel, document.id);
    document.title = document_stored_title(kept(parcel, document.title));
    document.text = kept(parcel, document.text);
    return document;
}

/* A parcel and who packs its texts. */
struct packing {
    struct parcel *parcel;
    struct worker *worker;
};

/* Packs a block of text that begins with document `first`. */
static enum status pack(void *context, uint32_t first, struct slice raw, struct error *err) {
    const struct packing *packing = context;
    struct parcel *parcel = packing->parcel;
    struct slice packed;
    if (parcel->block_count == parcel->block_capacity) {
        uint32_t capacity = parcel->block_capacity ? 2 * parcel->block_capacity : 64;
        struct parcel_block *blocks = realloc(parcel->blocks, capacity * sizeof *blocks);
        if (!blocks)
            return error_nomem(err);
        parcel->blocks = blocks;
        parcel->block_capacity = capacity;
    }
    if (block_store_compress(&packed, &packing->worker->compressor, raw))
        return error_nomem(err);
    parcel->blocks[parcel->block_count++] = (struct parcel_block){.first = first,
                                                                  .raw_size = (uint32_t)raw.size,
                                                                  .place = parcel->packed.size,
                                                                  .size = packed.size};
    return buffer_append_slice(&parcel->packed, packed) ? error_nomem(err) : ST_OK;
}

static enum status pack_texts(struct parcel *parcel, struct worker *worker, struct error *err) {
    struct packing packing = {parcel, worker};
    const struct text_block_sink blocks = {pack, &packing, &parcel->block_count};
    struct text_packer texts = {0};
    enum status status = ST_OK;
    if (buffer_reserve(&parcel->packed, parcel->bytes.size / 2))
        return error_nomem(err);
    for (size_t i = 0; i < parcel->count && !status; i++) {
        struct parcel_document *next = &parcel->documents[i];
        struct slice text = kept(parcel, next->document.text);
        status = text_packer_begin(&next->where, &texts, &blocks, parcel->first + (uint32_t)i,
                                   text.size, err);
        if (!status)
            status = text_packer_append(&texts, &blocks, text, &next->where, err);
    }
    if (!status)
        status = text_packer_flush(&texts, &blocks, err);
    buffer_release(&texts.block);
    return status;
}

void parcel_run(struct job *job, unsigned number) {
    struct parcel *parcel = (struct parcel *)job;
    struct worker *worker = &parcel->workers[number];
    enum status status = worker_prepare(worker, &parcel->err);
    for (size_t i = 0; i < parcel->count && !status; i++) {
        struct document *document = &parcel->documents[i].document;
        status = inverter_add(worker->inverter, worker->analyzer, parcel->first + (uint32_t)i,
                              kept(parcel, document->title), kept(parcel, document->text),
                              &document->title_length, &document->length, &parcel->err);
    }
    if (!status && worker->keep_text)
        status = pack_texts(parcel, worker, &parcel->err);
    parcel->worker = number;
    if (!status)
        parcel->size = worker_size(worker);
    parcel->status = status;
}
