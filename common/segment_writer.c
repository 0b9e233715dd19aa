#include "common/segment_writer.h"

#include <stdlib.h>

#include "common/norm.h"

enum status segment_writer_open(struct segment_writer *writer, struct chunk_sink *sink, uint32_t id,
                                struct error *err) {
    *writer = (struct segment_writer){.sink = sink, .sink_bytes = sink->bytes, .info.id = id};
    dictionary_writer_init(&writer->dictionary, sink, id);
    postings_writer_init(&writer->postings, sink, id);
    return docs_writer_init(&writer->docs, sink, id, SEGMENT_LEVEL) ? error_nomem(err) : ST_OK;
}

void segment_writer_release(struct segment_writer *writer) {
    docs_writer_release(&writer->docs);
    dictionary_writer_release(&writer->dictionary);
    postings_writer_release(&writer->postings);
    buffer_release(&writer->norms);
    free(writer->items);
    writer->items = NULL;
}

enum status segment_writer_add_stored(struct segment_writer *writer,
                                      const struct document *document, const struct docs_text *text,
                                      uint32_t *doc, struct error *err) {
    *doc = writer->docs.documents;
    if (*doc == UINT32_MAX - 1)
        return error_set(err, ST_LIMIT, 0, "a segment holds at most 4,294,967,294 documents");
    if (*doc == writer->item_capacity) {
        size_t capacity = writer->item_capacity ? 2 * writer->item_capacity : 1024;
        struct ids_item *items = realloc(writer->items, capacity * sizeof *items);
        if (!items)
            return error_nomem(err);
        writer->items = items;
        writer->item_capacity = capacity;
    }
    writer->items[*doc] = (struct ids_item){.hash = ids_hash(document->id), .doc = *doc};
    if (buffer_append_byte(&writer->norms, norm_of_length(document->length)))
        return error_nomem(err);
    writer->info.length += document->length;
    return docs_writer_add(&writer->docs, document, text, err);
}

enum status segment_writer_add(struct segment_writer *writer, const struct document *document,
                               uint32_t *doc, struct error *err) {
    struct docs_text where = {.kept = false};
    if (document->has_text) {
        enum status status = docs_writer_text(&writer->docs, document->text, &where, err);
        if (status)
            return status;
    }
    return segment_writer_add_stored(writer, document, &where, doc, err);
}

enum status segment_writer_lists(struct segment_writer *writer, struct slice lists,
                                 struct error *err) {
    while (lists.size) {
        struct slice term;
        struct term_entry entry;
        enum status status = postings_writer_put(&writer->postings, &lists, &term, &entry, err);
        if (status)
            return status;
        if (!term.size) /* the list goes on in the next ones */
            return ST_OK;
        status = dictionary_writer_add(&writer->dictionary, term, &entry, err);
        if (status)
            return status;
        writer->info.postings += entry.documents;
    }
    return ST_OK;
}

static enum status write_norms(struct segment_writer *writer, struct error *err) {
    struct chunk_writer norms;
    chunk_writer_init(&norms, writer->sink, writer->info.id, STREAM_NORMS);
    enum status status = ST_OK;
    for (size_t done = 0; done < writer->norms.size && !status;) {
        size_t size = writer->norms.size - done;
        if (size > NORM_CHUNK)
            size = NORM_CHUNK;
        uint64_t address;
        status = chunk_writer_add(&norms, writer->norms.data + done, (uint32_t)size, &address, err);
        if (!status)
            status = chunk_writer_flush(&norms, err);
        done += size;
    }
    writer->info.chunks[STREAM_NORMS] = norms.chunk;
    chunk_writer_release(&norms);
    return status;
}

enum status segment_writer_finish(struct segment_writer *writer, struct catalog_segment *info,
                                  struct error *err) {
    enum status status = docs_writer_flush(&writer->docs, err);
    if (!status)
        status = dictionary_writer_flush(&writer->dictionary, err);
    if (!status)
        status = postings_writer_flush(&writer->postings, err);
    if (!status)
        status = write_norms(writer, err);
    uint32_t documents = writer->docs.documents;
    if (!status)
        status = ids_write(writer->sink, writer->info.id, writer->items, documents, documents,
                           writer->info.chunks, err);
    writer->info.documents = documents;
    writer->info.terms = writer->dictionary.terms;
    writer->info.text_bytes = writer->docs.text_bytes;
    writer->info.bytes = writer->sink->bytes - writer->sink_bytes;
    writer->info.chunks[STREAM_POSTINGS] = writer->postings.postings.chunk;
    writer->info.chunks[STREAM_SKIPS] = writer->postings.skips.chunk;
    writer->info.chunks[STREAM_POSITIONS] = writer->postings.positions.chunk;
    writer->info.chunks[STREAM_DOCS] = writer->docs.records.data.chunk;
    writer->info.chunks[STREAM_DOC_INDEX] = writer->docs.records.index.chunk;
    writer->info.chunks[STREAM_TEXT] = writer->docs.texts.data.chunk;
    writer->info.chunks[STREAM_TEXT_INDEX] = writer->docs.texts.index.chunk;
    *info = writer->info;
    return status;
}
