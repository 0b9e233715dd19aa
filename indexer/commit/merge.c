#include "indexer/commit/merge.h"

#include <math.h>
#include <stdlib.h>

#include "common/segment/positions_reader.h"
#include "indexer/build/term_ranges.h"
#include "indexer/commit/doc_map.h"

enum {
    RANGE_BYTES = 2 << 20, /* of segments to a range of terms, about */
    RANGES_MAX = 1 << 14,
    BLOCKS_MAX = 1 << 16, /* of a dictionary, to choose where ranges begin */
};

/* One of the segments being merged. */
struct merge_input {
    struct segment *segment;
    struct doc_map map;
};

/* Takes over the compressed blocks of text as they are: possible when no document of them is gone.
 */
static enum status copy_texts(struct segment_writer *writer, struct merge_input *input,
                              uint32_t *block, struct error *err) {
    struct chunk_reader *chunks = &input->segment->chunks;
    enum status status = segment_writer_begin_text_blocks(block, writer, err);
    uint32_t count = block_store_count(chunks, STREAM_TEXT_INDEX);
    for (uint32_t i = 0; i < count && !status; i++) {
        struct block_store_entry entry;
        const uint8_t *packed = NULL;
        if (block_store_read_entry(&entry, chunks, STREAM_TEXT_INDEX, i))
            packed = block_store_compressed(chunks, STREAM_TEXT, &entry);
        if (!packed)
            return segment_status(input->segment, err);
        status = segment_writer_add_text_block(writer, input->map.base + entry.first,
                                               entry.raw_size, slice_of(packed, entry.size), err);
    }
    return status;
}

/* Stores the text of the next document again; *where says where it was and then where it is. */
static enum status copy_text(struct segment_writer *writer, struct segment *segment,
                             struct text_location *where, struct error *err) {
    struct text_location from = *where;
    struct slice part;
    enum status status = segment_writer_begin_text(where, writer, from.size, err);
    while (!status && from.size) {
        status = segment_text_part(&part, segment, &from, err);
        if (!status)
            status = segment_writer_append_text(where, writer, part, err);
    }
    return status;
}

static enum status merge_documents(struct segment_writer *writer, struct merge_input *input,
                                   struct error *err) {
    struct segment *segment = input->segment;
    uint32_t block = 0;
    enum status status =
        doc_map_open(&input->map, segment, segment_writer_document_count(writer), err);
    if (!status && !segment->info.deleted)
        status = copy_texts(writer, input, &block, err);
    for (uint32_t doc = 0; doc < segment->info.documents && !status; doc++) {
        if (doc_map_number(&input->map, doc) == (uint32_t)DOC_MAP_DELETED)
            continue;
        struct document document;
        struct text_location where;
        uint32_t number;
        status = segment_record(&document, &where, segment, doc, err);
        if (!status && segment->info.deleted && where.stored)
            status = copy_text(writer, segment, &where, err);
        else if (!status)
            where.block += block;
        if (!status)
            status = segment_writer_add_stored(&number, writer, &document, &where, err);
    }
    return status ? status : segment_status(segment, err);
}

/* What a thread reads from: a snapshot belongs to one thread. */
struct merge_reader {
    struct snapshot *snapshot; /* owned, but for the first thread's */
    struct segment *segments;  /* those being merged */
    struct dictionary_cursor *terms;
    bool *ended;
};

/* A merge at work on its terms, in ranges that begin with these. */
struct merge {
    struct snapshot *snapshot;
    size_t first, count; /* of its segments */
    struct merge_input *inputs;
    struct merge_reader *readers; /* of each worker */
    unsigned threads;
    struct arena terms;
    struct slice *bounds; /* of range i: [bounds[i], bounds[i + 1]); the outer ones are empty */
    size_t ranges;
};

static enum status open_readers(struct merge *merge, struct error *err) {
    enum status status = ST_OK;
    for (unsigned i = 0; i < merge->threads && !status; i++) {
        struct merge_reader *reader = &merge->readers[i];
        reader->terms = calloc(merge->count + 1, sizeof *reader->terms);
        reader->ended = calloc(merge->count + 1, sizeof *reader->ended);
        if (!reader->terms || !reader->ended)
            return error_nomem(err);
        if (i)
            status = snapshot_open_store(&reader->snapshot, merge->snapshot->store, err);
        else
            reader->snapshot = merge->snapshot;
        if (!status)
            reader->segments = reader->snapshot->segments + merge->first;
    }
    return status;
}

/* Copies values of a posting that has more than can be copied at once, until *left can. */
static enum status add_values(struct postings_encoder *encoder, struct positions_reader *positions,
                              struct segment *segment, uint32_t posting, uint32_t *left,
                              struct error *err) {
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

static enum status add_postings(struct postings_encoder *encoder, const struct merge_input *input,
                                struct segment *segment, const struct term_entry *entry,
                                struct error *err) {
    struct chunk_reader *chunks = &segment->chunks;
    const struct doc_map map = input->map;
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
                status = add_values(encoder, &positions, segment, i, &frequency, err);
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

static enum status advance(struct merge_reader *reader, size_t i, struct slice end,
                           struct error *err) {
    enum status status = dictionary_cursor_next(&reader->terms[i], err);
    reader->ended[i] =
        status == ST_END ||
        (!status && end.size && slice_compare(cursor_term(&reader->terms[i]), end) >= 0);
    return status == ST_END ? ST_OK : status;
}

/* With at most a few dozen inputs a scan for the smallest term is as good as a heap. */
static enum status encode_terms(const struct merge *merge, struct merge_reader *reader,
                                struct slice end, struct postings_encoder *encoder,
                                struct error *err) {
    enum status status = ST_OK;
    uint8_t bytes[DICTIONARY_TERM_MAX];
    while (!status) {
        const struct dictionary_cursor *smallest = NULL;
        for (size_t i = 0; i < merge->count; i++)
            if (!reader->ended[i] && (!smallest || slice_compare(cursor_term(&reader->terms[i]),
                                                                 cursor_term(smallest)) < 0))
                smallest = &reader->terms[i];
        if (!smallest)
            break;
        struct slice term = slice_of(bytes, smallest->term_size);
        memcpy(bytes, smallest->term, term.size);
        postings_encoder_begin(encoder, term);
        for (size_t i = 0; i < merge->count && !status; i++) {
            if (reader->ended[i] || !slice_equal(cursor_term(&reader->terms[i]), term))
                continue;
            status = add_postings(encoder, &merge->inputs[i], &reader->segments[i],
                                  &reader->terms[i].entry, err);
            if (!status)
                status = advance(reader, i, end, err);
        }
        if (!status)
            status = postings_encoder_end(encoder, err);
    }
    return status;
}

static enum status encode_range(void *context, size_t number, struct postings_encoder *encoder,
                                unsigned worker, struct error *err) {
    const struct merge *merge = context;
    struct merge_reader *reader = &merge->readers[worker];
    struct slice begin = merge->bounds[number], end = merge->bounds[number + 1];
    enum status status = ST_OK;
    size_t opened = 0;
    for (; opened < merge->count && !status; opened++) {
        struct segment *segment = &reader->segments[opened];
        struct dictionary_cursor *terms = &reader->terms[opened];
        status = dictionary_cursor_open(terms, segment->txn, segment->info.id, err);
        if (status)
            break;
        if (begin.size)
            status = dictionary_cursor_seek(terms, begin, err);
        if (!status)
            status = advance(reader, opened, end, err);
    }
    if (!status)
        status = encode_terms(merge, reader, end, encoder, err);
    while (opened-- > 0)
        dictionary_cursor_close(&reader->terms[opened]);
    return status;
}

/* Ranges that begin with dictionary blocks of the greatest segment, evenly. */
static enum status partition(struct merge *merge, struct error *err) {
    const struct segment *largest = merge->snapshot->segments + merge->first;
    uint64_t bytes = 0;
    for (size_t i = 0; i < merge->count; i++) {
        const struct segment *segment = merge->snapshot->segments + merge->first + i;
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

static void merge_release(struct merge *merge) {
    for (unsigned i = 0; merge->readers && i < merge->threads; i++) {
        if (i)
            snapshot_close(merge->readers[i].snapshot);
        free(merge->readers[i].terms);
        free(merge->readers[i].ended);
    }
    for (size_t i = 0; merge->inputs && i < merge->count; i++)
        doc_map_release(&merge->inputs[i].map);
    free(merge->readers);
    free(merge->inputs);
    free(merge->bounds);
    arena_release(&merge->terms);
}

enum status merge_write(struct segment_info *info, struct chunk_sink *sink,
                        struct snapshot *snapshot, size_t first, size_t count,
                        const struct merge_options *options, struct error *err) {
    struct pool *pool = options->pool;
    struct segment_writer writer;
    struct merge merge = {.snapshot = snapshot,
                          .first = first,
                          .count = count,
                          .threads = pool_thread_count(pool),
                          .inputs = calloc(count + 1, sizeof *merge.inputs),
                          .readers = calloc(pool_thread_count(pool), sizeof *merge.readers)};
    enum status status = segment_writer_open(&writer, sink, info->id, options->memory / 2, err);
    if (!status)
        status = chunk_sink_check(sink, err);
    if (!status && (!merge.inputs || !merge.readers))
        status = error_nomem(err);
    for (size_t i = 0; i < count && !status; i++) {
        merge.inputs[i].segment = &snapshot->segments[first + i];
        status = merge_documents(&writer, &merge.inputs[i], err);
    }
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
        status = segment_writer_finish(info, &writer, err);
    segment_writer_release(&writer);
    merge_release(&merge);
    return status;
}

static uint64_t live_bytes(const struct segment_info *segment) {
    if (!segment->documents)
        return 0;
    return (uint64_t)((double)segment->bytes * (segment->documents - segment->deleted) /
                      segment->documents);
}

/* Finds the cheapest stretch of neighbours to merge whose ends have at least so many live bytes; of
 * those in between only such ones count as places that are saved. */
static void choose_cheapest(const struct catalog *catalog, uint64_t min_bytes, size_t *first,
                            size_t *count) {
    double best = INFINITY;
    for (size_t i = 0; i < catalog->segment_count; i++) {
        double bytes = (double)live_bytes(&catalog->segments[i]), largest = bytes;
        double saved = 0;
        if (bytes < (double)min_bytes)
            continue;
        for (size_t k = i + 1; k < catalog->segment_count; k++) {
            double more = (double)live_bytes(&catalog->segments[k]);
            bytes += more;
            if (more > largest)
                largest = more;
            if (more < (double)min_bytes)
                continue;
            saved++;
            double cost = (MERGE_POLICY_FLOOR + bytes) / saved * (bytes / (bytes - largest + 1));
            if (cost < best) {
                best = cost;
                *first = i;
                *count = k + 1 - i;
            }
        }
    }
}

static bool has_much_removed(const struct segment_info *segment) {
    return segment->deleted && 4ull * segment->deleted >= segment->documents;
}

bool merge_policy_choose(const struct catalog *catalog, size_t *first, size_t *count) {
    uint64_t largest = 0;
    for (size_t i = 0; i < catalog->segment_count; i++)
        if (live_bytes(&catalog->segments[i]) > largest)
            largest = live_bytes(&catalog->segments[i]);
    size_t large = 0;
    for (size_t i = 0; i < catalog->segment_count; i++)
        large += live_bytes(&catalog->segments[i]) >= largest / MERGE_POLICY_RATIO;
    *count = 0;
    if (large > MERGE_POLICY_LARGE_MAX)
        choose_cheapest(catalog, largest / MERGE_POLICY_RATIO, first, count);
    else if (catalog->segment_count > MERGE_POLICY_SEGMENTS_MAX)
        choose_cheapest(catalog, 0, first, count);
    for (size_t i = 0; i < catalog->segment_count && !*count; i++)
        if (has_much_removed(&catalog->segments[i])) {
            *first = i;
            *count = 1;
        }
    return *count > 0;
}
