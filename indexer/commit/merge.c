/* SPDX-License-Identifier: MIT */
/* Merges documents one segment after the other, and postings by ranges of terms. */
#include "indexer/commit/merge.h"

#include <stdlib.h>

#include "common/segment/positions.h"
#include "common/segment/term_entry.h"
#include "indexer/build/term_ranges.h"
#include "indexer/commit/doc_map.h"
#include "indexer/commit/merge_forms.h"

enum {
    RANGE_BYTES = 2 << 20, /* about how many bytes of the segments make a range of terms */
    RANGES_MAX = 1 << 14,
    BLOCKS_MAX = 1 << 16, /* of a dictionary, sampled to choose where ranges begin */
};

/* Copies the compressed blocks of text as they are, which works if no document of the segment is
 * deleted. */
static enum status copy_texts(uint32_t *block, struct segment_writer *writer,
                              struct segment *segment, uint32_t base, struct error *err) {
    struct chunk_reader *chunks = &segment->chunks;
    enum status status = segment_writer_begin_text_blocks(block, writer, err);
    uint32_t count = block_store_count(chunks, STREAM_TEXT_INDEX);
    for (uint32_t i = 0; i < count && !status; i++) {
        struct block_store_entry entry;
        const uint8_t *compressed = NULL;
        if (block_store_read_entry(&entry, chunks, STREAM_TEXT_INDEX, i))
            compressed = block_store_compressed(chunks, STREAM_TEXT, &entry);
        if (!compressed)
            return segment_status(segment, err);
        status = segment_writer_add_text_block(writer, base + entry.first, entry.raw_size,
                                               slice_of(compressed, entry.size), err);
    }
    return status;
}

/* Stores the text of the next document again. *location is where it was, and then where it is. */
static enum status copy_text(struct segment_writer *writer, struct segment *segment,
                             struct text_location *location, struct error *err) {
    struct text_location from = *location;
    struct slice part;
    enum status status = segment_writer_begin_text(location, writer, from.size, err);
    while (!status && from.size) {
        status = segment_text_part(&part, segment, &from, err);
        if (!status)
            status = segment_writer_append_text(location, writer, part, err);
    }
    return status;
}

/* Adds the documents of a segment and initialises its map. */
static enum status merge_documents(struct doc_map *map, struct segment_writer *writer,
                                   struct segment *segment, struct error *err) {
    uint32_t block = 0;
    enum status status = doc_map_init(map, segment, segment_writer_document_count(writer), err);
    if (!status && !segment->info.deleted)
        status = copy_texts(&block, writer, segment, map->base, err);
    for (uint32_t doc = 0; doc < segment->info.documents && !status; doc++) {
        if (doc_map_number(map, doc) == (uint32_t)DOC_MAP_DELETED)
            continue;
        struct document document;
        struct text_location location;
        uint32_t number;
        status = segment_record(&document, &location, segment, doc, err);
        if (!status && segment->info.deleted && location.stored)
            status = copy_text(writer, segment, &location, err);
        else if (!status)
            location.block += block;
        if (!status)
            status = segment_writer_add_stored(&number, writer, &document, &location, err);
    }
    return status ? status : segment_status(segment, err);
}

/* Copies the norms of the text fields of a segment. */
static enum status merge_norms(const struct doc_map *map, struct segment_writer *writer,
                               struct segment *segment, struct error *err) {
    enum status status = ST_OK;
    for (size_t i = 0; i < segment->info.field_count && !status; i++) {
        const struct segment_field *field = &segment->info.fields[i];
        struct norm_reader norms = {.chunks = &segment->chunks,
                                    .source = segment_norms(segment, field->number)};
        if (!field->has_norms)
            continue;
        for (uint32_t doc = 0; doc < segment->info.documents && !status; doc++) {
            uint32_t number = doc_map_number(map, doc);
            uint8_t norm = norm_reader_norm(&norms, doc);
            if (number != (uint32_t)DOC_MAP_DELETED)
                status = segment_writer_add_norm(writer, field->number, number, norm, err);
        }
    }
    return status ? status : segment_status(segment, err);
}

static uint32_t map_number(const void *map, uint32_t doc) {
    return doc_map_number(map, doc);
}

/* Merges the columns of all fields that an input has. */
static enum status merge_columns(const struct doc_map *maps, struct segment_writer *writer,
                                 const struct merge_input *inputs, size_t count,
                                 struct error *err) {
    const struct schema *schema = &inputs[count - 1].snapshot->catalog.schema;
    struct column_merge_input *columns = calloc(count, sizeof *columns);
    enum status status = columns ? ST_OK : error_nomem(err);
    for (size_t i = 0; i < schema->count && !status; i++) {
        uint16_t number = schema->fields[i].number;
        bool any = false;
        for (size_t k = 0; k < count; k++) {
            struct segment *segment = &inputs[k].snapshot->segments[inputs[k].segment];
            const struct segment_field *field = segment_info_field(&segment->info, number);
            bool has = field && field->column.entries;
            columns[k] = (struct column_merge_input){.chunks = &segment->chunks,
                                                     .info = has ? &field->column : NULL,
                                                     .documents = segment->info.documents,
                                                     .number = map_number,
                                                     .map = &maps[k]};
            any |= has;
        }
        if (any)
            status = segment_writer_merge_column(writer, number, schema->fields[i].type, columns,
                                                 count, err);
    }
    free(columns);
    return status;
}

/* An input as seen by one thread: a snapshot belongs to one thread. */
struct merge_reader {
    struct snapshot *snapshot; /* owned; NULL: the caller or an earlier reader owns it */
    struct segment *segment;
    struct dictionary_cursor terms;
    bool ended; /* no term of the range remains */
};

/* The merge of the terms, divided into ranges. */
struct merge {
    const struct merge_input *inputs;
    struct doc_map *maps; /* of each input */
    size_t count;
    struct merge_reader *readers; /* for each thread one of each input */
    unsigned threads;
    struct arena terms;
    struct slice *bounds; /* range i: [bounds[i], bounds[i+1]); the outer bounds are empty */
    size_t ranges;
};

static struct segment *input_segment(const struct merge_input *input) {
    return &input->snapshot->segments[input->segment];
}

/* Opens the readers of a thread other than the first. Adjacent inputs of the same snapshot share
 * one. */
static enum status open_thread_readers(struct merge *merge, struct merge_reader *readers,
                                       struct error *err) {
    struct snapshot *snapshot = NULL;
    for (size_t i = 0; i < merge->count; i++) {
        const struct merge_input *input = &merge->inputs[i];
        if (!i || input->snapshot != input[-1].snapshot) {
            enum status status = snapshot_open_store(&snapshot, input->snapshot->store, err);
            if (status)
                return status;
            readers[i].snapshot = snapshot;
        }
        readers[i].segment = &snapshot->segments[input->segment];
    }
    return ST_OK;
}

static enum status open_readers(struct merge *merge, struct error *err) {
    enum status status = ST_OK;
    for (size_t i = 0; i < merge->count; i++)
        merge->readers[i].segment = input_segment(&merge->inputs[i]);
    for (unsigned thread = 1; thread < merge->threads && !status; thread++)
        status = open_thread_readers(merge, merge->readers + thread * merge->count, err);
    return status;
}

/* Copies values of a posting, POSTINGS_VALUES_MAX at a time, until the remaining *left values can be
 * copied at once. */
static enum status add_values(uint32_t *left, struct postings_encoder *encoder,
                              struct positions_reader *positions, struct segment *segment,
                              uint32_t posting, struct error *err) {
    for (; *left > POSTINGS_VALUES_MAX; *left -= POSTINGS_VALUES_MAX) {
        uint32_t *values;
        enum status status =
            postings_encoder_add_values(&values, encoder, POSTINGS_VALUES_MAX, err);
        if (status)
            return status;
        if (!positions_reader_read_values(values, positions, posting, POSTINGS_VALUES_MAX))
            return segment_status(segment, err);
    }
    return ST_OK;
}

static enum status add_postings(struct postings_encoder *encoder, const struct doc_map *from,
                                struct segment *segment, const struct term_entry *entry,
                                struct error *err) {
    struct chunk_reader *chunks = &segment->chunks;
    const struct doc_map map = *from;
    const uint32_t blocks = postings_block_count(entry), documents = segment->info.documents;
    struct postings_block block;
    struct positions_reader positions;
    for (uint32_t number = 0; number < blocks; number++) {
        if (!postings_block_load(&block, chunks, entry, number) ||
            !postings_block_frequencies(&block, chunks))
            return segment_status(segment, err);
        positions_reader_init(&positions, chunks, entry, &block);
        for (uint32_t i = 0; i < block.count; i++) {
            uint32_t frequency = block.frequencies[i];
            if (block.docs[i] >= documents)
                return error_set(err, ST_CORRUPT, 0, "segment %u: a posting of no document",
                                 segment->info.id);
            uint32_t doc = doc_map_number(&map, block.docs[i]);
            if (doc == (uint32_t)DOC_MAP_DELETED)
                continue;
            enum status status = postings_encoder_add_document(encoder, doc, err);
            if (!status && frequency > POSTINGS_VALUES_MAX)
                status = add_values(&frequency, encoder, &positions, segment, i, err);
            uint32_t *values;
            if (!status)
                status = postings_encoder_add_values(&values, encoder, frequency, err);
            if (status)
                return status;
            if (!positions_reader_read_values(values, &positions, i, frequency))
                return segment_status(segment, err);
        }
    }
    return ST_OK;
}

static struct slice cursor_term(const struct dictionary_cursor *cursor) {
    return slice_of(cursor->term, cursor->term_size);
}

static enum status advance(struct merge_reader *reader, struct slice end, struct error *err) {
    enum status status = dictionary_cursor_next(&reader->terms, err);
    reader->ended = status == ST_END ||
                    (!status && end.size && slice_compare(cursor_term(&reader->terms), end) >= 0);
    return status == ST_END ? ST_OK : status;
}

/* With at most a few dozen inputs, scanning for the smallest term is as fast as a heap. */
static enum status encode_terms(const struct merge *merge, struct merge_reader *readers,
                                struct slice end, struct postings_encoder *encoder,
                                struct error *err) {
    enum status status = ST_OK;
    uint8_t bytes[DICTIONARY_TERM_MAX];
    while (!status) {
        const struct dictionary_cursor *smallest = NULL;
        for (size_t i = 0; i < merge->count; i++)
            if (!readers[i].ended && (!smallest || slice_compare(cursor_term(&readers[i].terms),
                                                                 cursor_term(smallest)) < 0))
                smallest = &readers[i].terms;
        if (!smallest)
            break;
        struct slice term = slice_of(bytes, smallest->term_size);
        memcpy(bytes, smallest->term, term.size);
        postings_encoder_begin(encoder, term);
        for (size_t i = 0; i < merge->count && !status; i++) {
            struct merge_reader *reader = &readers[i];
            if (reader->ended || !slice_equal(cursor_term(&reader->terms), term))
                continue;
            reader->terms.entry.norms = segment_norms(reader->segment, field_term_field(term));
            status =
                add_postings(encoder, &merge->maps[i], reader->segment, &reader->terms.entry, err);
            if (!status)
                status = advance(reader, end, err);
        }
        if (!status)
            status = postings_encoder_end(encoder, err);
    }
    return status;
}

static enum status encode_range(void *context, size_t number, struct postings_encoder *encoder,
                                unsigned worker, struct error *err) {
    const struct merge *merge = context;
    struct merge_reader *readers = merge->readers + worker * merge->count;
    struct slice begin = merge->bounds[number], end = merge->bounds[number + 1];
    enum status status = ST_OK;
    size_t opened = 0;
    for (; opened < merge->count && !status; opened++) {
        struct segment *segment = readers[opened].segment;
        struct dictionary_cursor *terms = &readers[opened].terms;
        status = dictionary_cursor_open(terms, segment->txn, segment->info.id, err);
        if (status)
            break;
        if (begin.size)
            status = dictionary_cursor_seek(terms, begin, err);
        if (!status)
            status = advance(&readers[opened], end, err);
    }
    if (!status)
        status = encode_terms(merge, readers, end, encoder, err);
    while (opened-- > 0)
        dictionary_cursor_close(&readers[opened].terms);
    return status;
}

/* Divides the terms evenly into ranges, which begin with blocks of the largest dictionary. */
static enum status partition(struct merge *merge, struct error *err) {
    const struct segment *largest = input_segment(&merge->inputs[0]);
    uint64_t bytes = 0;
    for (size_t i = 0; i < merge->count; i++) {
        const struct segment *segment = input_segment(&merge->inputs[i]);
        bytes += segment->info.bytes;
        if (segment->info.terms > largest->info.terms)
            largest = segment;
    }
    size_t ranges = (size_t)(bytes / RANGE_BYTES) + 1;
    struct buffer keys = {0};
    size_t count = 0;
    enum status status =
        dictionary_sample(&keys, &count, BLOCKS_MAX, largest->txn, largest->info.id, err);
    merge->ranges = ranges > RANGES_MAX ? RANGES_MAX : ranges;
    if (merge->ranges > count)
        merge->ranges = count ? count : 1;
    merge->bounds = calloc(merge->ranges + 1, sizeof *merge->bounds);
    if (!status && !merge->bounds)
        status = error_nomem(err);
    struct reader reader = reader_of(keys.data, keys.size);
    for (size_t block = 0, range = 1; !status && range < merge->ranges; block++) {
        struct slice term = reader_string(&reader);
        if (block < range * count / merge->ranges)
            continue;
        const char *copy = arena_copy(&merge->terms, term.data, term.size);
        if (copy)
            merge->bounds[range++] = slice_of(copy, term.size);
        else
            status = error_nomem(err);
    }
    buffer_release(&keys);
    return status;
}

static enum status write_forms(struct segment_writer *writer, const struct merge *merge,
                               struct error *err) {
    struct segment **segments = calloc(merge->count, sizeof(struct segment *));
    if (!segments)
        return error_nomem(err);
    for (size_t i = 0; i < merge->count; i++)
        segments[i] = merge->readers[i].segment;
    enum status status = merge_forms(writer, segments, merge->count, err);
    free(segments);
    return status;
}

static void merge_release(struct merge *merge) {
    for (size_t i = 0; merge->readers && i < merge->threads * merge->count; i++)
        snapshot_close(merge->readers[i].snapshot);
    for (size_t i = 0; merge->maps && i < merge->count; i++)
        doc_map_release(&merge->maps[i]);
    free(merge->readers);
    free(merge->maps);
    free(merge->bounds);
    arena_release(&merge->terms);
}

enum status merge_write(struct segment_info *info, struct chunk_sink *sink,
                        const struct merge_input *inputs, size_t count,
                        const struct merge_options *options, struct error *err) {
    struct pool *pool = options->pool;
    struct segment_writer writer;
    struct merge merge = {.inputs = inputs,
                          .maps = calloc(count, sizeof *merge.maps),
                          .count = count,
                          .readers = calloc(pool_thread_count(pool) * count, sizeof *merge.readers),
                          .threads = pool_thread_count(pool)};
    enum status status = segment_writer_open(&writer, sink, info->id, options->memory / 2, err);
    writer.info.hash_seed = info->hash_seed;
    if (!status)
        status = chunk_sink_check(sink, err);
    if (!status && (!merge.maps || !merge.readers))
        status = error_nomem(err);
    for (size_t i = 0; i < count && !status; i++)
        status = merge_documents(&merge.maps[i], &writer, input_segment(&inputs[i]), err);
    for (size_t i = 0; i < count && !status; i++)
        status = merge_norms(&merge.maps[i], &writer, input_segment(&inputs[i]), err);
    if (!status)
        status = merge_columns(merge.maps, &writer, inputs, count, err);
    if (!status)
        status = partition(&merge, err);
    if (!status)
        status = open_readers(&merge, err);
    struct term_ranges ranges = {.count = merge.ranges,
                                 .encode = encode_range,
                                 .context = &merge,
                                 .memory = options->memory / 4};
    if (!status)
        status = term_ranges_write(&ranges, pool, &writer, err);
    if (!status)
        status = write_forms(&writer, &merge, err);
    if (!status)
        status = segment_writer_finish(info, &writer, err);
    segment_writer_release(&writer);
    merge_release(&merge);
    return status;
}

enum status merge_adjacent(struct segment_info *info, struct chunk_sink *sink,
                           struct snapshot *snapshot, size_t first, size_t count,
                           const struct merge_options *options, struct error *err) {
    struct merge_input *inputs = calloc(count, sizeof *inputs);
    if (!inputs)
        return error_nomem(err);
    for (size_t i = 0; i < count; i++)
        inputs[i] = (struct merge_input){snapshot, first + i};
    enum status status = merge_write(info, sink, inputs, count, options, err);
    free(inputs);
    return status;
}
