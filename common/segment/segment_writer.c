/* SPDX-License-Identifier: MIT */
/* Passes documents and lists on to the writers of a segment's parts. */
#include "common/segment/segment_writer.h"

#include "common/segment/norm.h"

enum status segment_writer_open(struct segment_writer *writer, struct chunk_sink *sink, uint32_t id,
                                uint64_t memory, struct error *err) {
    const char *folder = store_path(sink->store);
    *writer = (struct segment_writer){.sink = sink,
                                      .sink_bytes = sink->bytes,
                                      .info.id = id,
                                      .norms = {.folder = folder, .limit = memory / 4},
                                      .hashes = {.folder = folder, .limit = memory / 4},
                                      .memory = memory};
    dictionary_writer_init(&writer->dictionary, sink, id);
    postings_writer_init(&writer->postings, sink, id);
    return doc_store_writer_init(&writer->docs, sink, id, SEGMENT_TEXT_LEVEL) ? error_nomem(err)
                                                                              : ST_OK;
}

void segment_writer_release(struct segment_writer *writer) {
    doc_store_writer_release(&writer->docs);
    dictionary_writer_release(&writer->dictionary);
    postings_writer_release(&writer->postings);
    spool_release(&writer->norms);
    spool_release(&writer->hashes);
    segment_info_release(&writer->info);
}

enum status segment_writer_add_stored(uint32_t *doc, struct segment_writer *writer,
                                      const struct document *document,
                                      const struct text_location *text, struct error *err) {
    *doc = writer->docs.document_count;
    if (*doc == UINT32_MAX - 1)
        return error_set(err, ST_LIMIT, 0, "a segment holds at most 4,294,967,294 documents");
    uint64_t hash = id_index_hash(writer->info.hash_seed, document->id);
    uint8_t norm = norm_of_length(document->length);
    enum status status = spool_append(&writer->hashes, &hash, sizeof hash, err);
    if (!status)
        status = spool_append(&writer->norms, &norm, sizeof norm, err);
    if (status)
        return status;
    writer->info.length += document->length;
    return doc_store_writer_add(&writer->docs, document, text, err);
}

enum status segment_writer_add(uint32_t *doc, struct segment_writer *writer,
                               const struct document *document, struct error *err) {
    struct text_location location = {.stored = false};
    if (document->has_text) {
        enum status status =
            doc_store_writer_add_text(&location, &writer->docs, document->text, err);
        if (status)
            return status;
    }
    return segment_writer_add_stored(doc, writer, document, &location, err);
}

enum status segment_writer_begin_text(struct text_location *location, struct segment_writer *writer,
                                      size_t size, struct error *err) {
    return doc_store_writer_begin_text(location, &writer->docs, size, err);
}

enum status segment_writer_append_text(struct text_location *location,
                                       struct segment_writer *writer, struct slice part,
                                       struct error *err) {
    return doc_store_writer_append_text(location, &writer->docs, part, err);
}

enum status segment_writer_begin_text_blocks(uint32_t *base, struct segment_writer *writer,
                                             struct error *err) {
    return doc_store_writer_end_text_block(base, &writer->docs, err);
}

enum status segment_writer_add_text_block(struct segment_writer *writer, uint32_t first,
                                          uint32_t raw_size, struct slice compressed,
                                          struct error *err) {
    return doc_store_writer_add_text_block(&writer->docs, first, raw_size, compressed, err);
}

enum status segment_writer_add_lists(struct segment_writer *writer, struct slice lists,
                                     struct error *err) {
    while (lists.size) {
        struct slice term;
        struct term_entry entry;
        enum status status = postings_writer_add(&term, &entry, &writer->postings, &lists, err);
        if (status)
            return status;
        if (!term.size) /* the next call continues the list */
            return ST_OK;
        status = dictionary_writer_add(&writer->dictionary, term, &entry, err);
        if (status)
            return status;
        writer->info.postings += entry.documents;
    }
    return ST_OK;
}

enum status segment_writer_norms(const uint8_t **norms, struct segment_writer *writer,
                                 struct error *err) {
    const void *data = NULL;
    enum status status = spool_read(&data, &writer->norms, err);
    *norms = data;
    return status;
}

static enum status write_norms(struct segment_writer *writer, struct error *err) {
    struct chunk_writer chunks;
    const uint8_t *norms;
    chunk_writer_init(&chunks, writer->sink, writer->info.id, STREAM_NORMS);
    enum status status = segment_writer_norms(&norms, writer, err);
    for (uint32_t done = 0; done < writer->docs.document_count && !status;) {
        uint32_t size = writer->docs.document_count - done;
        if (size > NORM_CHUNK)
            size = NORM_CHUNK;
        uint64_t address;
        status = chunk_writer_add(&address, &chunks, norms + done, size, err);
        if (!status)
            status = chunk_writer_flush(&chunks, err);
        done += size;
    }
    writer->info.chunks[STREAM_NORMS] = chunks.chunk;
    chunk_writer_release(&chunks);
    return status;
}

static enum status write_ids(struct segment_writer *writer, struct error *err) {
    const void *hashes;
    enum status status = spool_read(&hashes, &writer->hashes, err);
    if (status)
        return status;
    uint32_t documents = writer->docs.document_count;
    struct id_index_source source = {.hashes = hashes, .count = documents, .documents = documents};
    return id_index_write(writer->info.chunks, writer->sink, writer->info.id, &source,
                          writer->memory / 2, err);
}

enum status segment_writer_finish(struct segment_info *info, struct segment_writer *writer,
                                  struct error *err) {
    enum status status = doc_store_writer_flush(&writer->docs, err);
    if (!status)
        status = dictionary_writer_flush(&writer->dictionary, err);
    if (!status)
        status = postings_writer_flush(&writer->postings, err);
    if (!status)
        status = write_norms(writer, err);
    if (!status)
        status = write_ids(writer, err);
    writer->info.documents = writer->docs.document_count;
    writer->info.terms = writer->dictionary.term_count;
    writer->info.text_bytes = writer->docs.text_bytes;
    writer->info.bytes = writer->sink->bytes - writer->sink_bytes;
    writer->info.chunks[STREAM_POSTINGS] = writer->postings.postings.chunk;
    writer->info.chunks[STREAM_SKIPS] = writer->postings.skips.chunk;
    writer->info.chunks[STREAM_POSITIONS] = writer->postings.positions.chunk;
    writer->info.chunks[STREAM_DOCS] = writer->docs.record_blocks.data.chunk;
    writer->info.chunks[STREAM_DOC_INDEX] = writer->docs.record_blocks.index.chunk;
    writer->info.chunks[STREAM_TEXT] = writer->docs.text_blocks.data.chunk;
    writer->info.chunks[STREAM_TEXT_INDEX] = writer->docs.text_blocks.index.chunk;
    if (status)
        return status;
    *info = writer->info;
    writer->info.fields = NULL;
    writer->info.field_count = 0;
    return ST_OK;
}
