/* SPDX-License-Identifier: MIT */
/* Passes documents and lists on to the writers of a segment's parts. */
#include "common/segment/segment_writer.h"

#include <stdlib.h>

#include "common/base/array.h"
#include "common/field/schema.h"
#include "common/segment/norm.h"
#include "common/segment/term_entry.h"

/* What is held of each text field takes about a sixteenth of what is held of documents. */
enum { FIELD_NORMS_DIVISOR = 64 };

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
    columns_writer_init(&writer->columns, sink, id);
    form_writer_init(&writer->forms, sink, id);
    return doc_store_writer_init(&writer->docs, sink, id, SEGMENT_TEXT_LEVEL) ? error_nomem(err)
                                                                              : ST_OK;
}

void segment_writer_release(struct segment_writer *writer) {
    doc_store_writer_release(&writer->docs);
    dictionary_writer_release(&writer->dictionary);
    postings_writer_release(&writer->postings);
    columns_writer_release(&writer->columns);
    form_writer_release(&writer->forms);
    spool_release(&writer->norms);
    spool_release(&writer->hashes);
    segment_info_release(&writer->info);
    for (size_t i = 0; i < writer->field_norm_count; i++)
        spool_release(&writer->field_norms[i].norms);
    free(writer->field_norms);
    free(writer->all_norms);
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
    if (!status)
        status = columns_writer_add(&writer->columns, *doc, document->values, document->value_count,
                                    err);
    if (status)
        return status;
    writer->info.length += document->length;
    return doc_store_writer_add(&writer->docs, document, text, err);
}

/* The norms of a field; NULL: out of memory. There are few fields. */
static struct segment_field_norms *require_field_norms(struct segment_writer *writer,
                                                       uint16_t field) {
    size_t at = 0;
    while (at < writer->field_norm_count && writer->field_norms[at].field < field)
        at++;
    if (at < writer->field_norm_count && writer->field_norms[at].field == field)
        return &writer->field_norms[at];
    struct segment_field_norms *all =
        array_reserve(writer->field_norms, &writer->field_norm_capacity,
                      writer->field_norm_count + 1, sizeof *all);
    if (!all)
        return NULL;
    writer->field_norms = all;
    memmove(all + at + 1, all + at, (writer->field_norm_count - at) * sizeof *all);
    writer->field_norm_count++;
    all[at] = (struct segment_field_norms){
        .field = field,
        .norms = {.folder = writer->norms.folder, .limit = writer->memory / FIELD_NORMS_DIVISOR}};
    return &all[at];
}

/* Appends zeros until there are `count` norms. */
static enum status fill_norms(struct segment_field_norms *norms, uint32_t count,
                              struct error *err) {
    static const uint8_t zeros[4096];
    enum status status = ST_OK;
    while (norms->count < count && !status) {
        uint32_t left = count - norms->count;
        uint32_t size = left < sizeof zeros ? left : (uint32_t)sizeof zeros;
        status = spool_append(&norms->norms, zeros, size, err);
        norms->count += size;
    }
    return status;
}

enum status segment_writer_add_norm(struct segment_writer *writer, uint16_t field, uint32_t doc,
                                    uint8_t norm, struct error *err) {
    if (!norm)
        return ST_OK;
    struct segment_field_norms *norms = require_field_norms(writer, field);
    if (!norms)
        return error_nomem(err);
    enum status status = fill_norms(norms, doc, err);
    norms->count++;
    norms->documents++;
    return status ? status : spool_append(&norms->norms, &norm, sizeof norm, err);
}

uint64_t segment_writer_memory(const struct segment_writer *writer) {
    uint64_t bytes = writer->norms.memory.capacity + writer->hashes.memory.capacity +
                     columns_writer_memory(&writer->columns);
    for (size_t i = 0; i < writer->field_norm_count; i++)
        bytes += writer->field_norms[i].norms.memory.capacity;
    return bytes;
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

/* Every token is an occurrence of a list, so the lengths of a field need not be known. */
static void count_tokens(struct segment_writer *writer, uint16_t field, uint64_t occurrences) {
    for (size_t i = 0; field != SCHEMA_ALL && i < writer->field_norm_count; i++)
        if (writer->field_norms[i].field == field)
            writer->field_norms[i].length += occurrences;
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
        count_tokens(writer, field_term_field(term), entry.occurrences);
    }
    return ST_OK;
}

enum status segment_writer_add_form(struct segment_writer *writer, const struct surface_form *form,
                                    struct error *err) {
    return form_writer_add(&writer->forms, form, err);
}

enum status segment_writer_find_term(struct segment_writer *writer, uint16_t field,
                                     struct slice term, struct error *err) {
    struct chunk_sink *sink = writer->sink;
    struct term_entry entry;
    enum status status = dictionary_writer_flush(&writer->dictionary, err);
    if (!status && !sink->txn)
        status = store_begin(&sink->txn, sink->store, true, err);
    if (status)
        return status;
    uint8_t bytes[FIELD_TERM_MAX];
    return dictionary_find(&entry, sink->txn, writer->info.id, field_term_join(bytes, field, term),
                           err);
}

enum status segment_writer_norms(const struct field_norms **norms, struct segment_writer *writer,
                                 struct error *err) {
    struct field_norms *all = calloc(writer->field_norm_count + 2, sizeof *all);
    free(writer->all_norms);
    writer->all_norms = all;
    *norms = all;
    if (!all)
        return error_nomem(err);
    const void *data = NULL;
    enum status status = spool_read(&data, &writer->norms, err);
    all[0] = (struct field_norms){SCHEMA_ALL, data};
    for (size_t i = 0; i < writer->field_norm_count && !status; i++) {
        struct segment_field_norms *field = &writer->field_norms[i];
        status = fill_norms(field, writer->docs.document_count, err);
        if (!status)
            status = spool_read(&data, &field->norms, err);
        all[i + 1] = (struct field_norms){field->field, data};
    }
    return status;
}

/* Writes norms in chunks; of a field, without the zeros at the end of each chunk. */
static enum status write_chunks(struct chunk_writer *chunks, const uint8_t *norms, uint32_t count,
                                bool of_field, struct error *err) {
    enum status status = ST_OK;
    for (uint32_t done = 0; done < count && !status; done += NORM_CHUNK) {
        uint32_t size = count - done < NORM_CHUNK ? count - done : (uint32_t)NORM_CHUNK;
        while (of_field && size > 1 && !norms[done + size - 1])
            size--;
        uint64_t address;
        status = chunk_writer_add(&address, chunks, norms + done, size, err);
        if (!status)
            status = chunk_writer_flush(chunks, err);
    }
    return status;
}

static enum status write_norms(struct segment_writer *writer, struct error *err) {
    struct segment_info *info = &writer->info;
    struct chunk_writer documents, fields;
    const struct field_norms *norms;
    uint32_t count = writer->docs.document_count;
    chunk_writer_init(&documents, writer->sink, info->id, STREAM_NORMS);
    chunk_writer_init(&fields, writer->sink, info->id, STREAM_FIELD_NORMS);
    enum status status = segment_writer_norms(&norms, writer, err);
    if (!status)
        status = write_chunks(&documents, norms[0].norms, count, false, err);
    for (size_t i = 0; i < writer->field_norm_count && !status; i++) {
        struct segment_field_norms *from = &writer->field_norms[i];
        struct segment_field *field = segment_info_require_field(info, from->field);
        if (!field)
            status = error_nomem(err);
        if (status)
            break;
        field->documents = from->documents;
        field->length = from->length;
        field->has_norms = true;
        field->norms_chunk = fields.chunk;
        status = write_chunks(&fields, norms[i + 1].norms, count, true, err);
    }
    info->chunks[STREAM_NORMS] = documents.chunk;
    info->chunks[STREAM_FIELD_NORMS] = fields.chunk;
    chunk_writer_release(&documents);
    chunk_writer_release(&fields);
    return status;
}

enum status segment_writer_merge_column(struct segment_writer *writer, uint16_t field,
                                        enum field_type type,
                                        const struct column_merge_input *inputs, size_t count,
                                        struct error *err) {
    const struct column_merge_options options = {.memory = writer->memory / 4,
                                                 .folder = writer->norms.folder};
    return column_merge(&writer->columns, field, type, inputs, count, writer->docs.document_count,
                        &options, err);
}

static enum status write_columns(struct segment_writer *writer, struct error *err) {
    struct columns_writer *columns = &writer->columns;
    enum status status = columns_writer_finish(columns, writer->docs.document_count, err);
    columns_writer_chunks(writer->info.chunks, columns);
    for (size_t i = 0; i < columns->count && !status; i++) {
        const struct columns_writer_field *from = &columns->fields[i];
        struct segment_field *field =
            from->documents ? segment_info_require_field(&writer->info, from->number) : NULL;
        if (from->documents && !field)
            return error_nomem(err);
        if (!field)
            continue;
        field->documents = from->documents;
        field->column = from->info;
    }
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
        status = form_writer_flush(&writer->forms, err);
    if (!status)
        status = write_norms(writer, err);
    if (!status)
        status = write_columns(writer, err);
    if (!status)
        status = write_ids(writer, err);
    writer->info.documents = writer->docs.document_count;
    writer->info.terms = writer->dictionary.term_count;
    writer->info.text_bytes = writer->docs.text_bytes;
    writer->info.bytes = writer->sink->bytes - writer->sink_bytes;
    writer->info.chunks[STREAM_POSTINGS] = writer->postings.postings.chunk;
    writer->info.chunks[STREAM_SKIPS] = writer->postings.skips.chunk;
    writer->info.chunks[STREAM_POSITIONS] = writer->postings.positions.chunk;
    writer->info.chunks[STREAM_FORMS] = writer->forms.blocks.chunk;
    writer->info.chunks[STREAM_FORM_INDEX] = writer->forms.index.chunk;
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
