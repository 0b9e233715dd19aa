#include "indexer/merge.h"

#include <stdlib.h>

enum {
    GONE = -1,             /* as a document number: removed */
    MERGE_LISTS = 1 << 20, /* bytes of encoded lists that are placed together */
};

/* One of the segments being merged. */
struct input {
    struct segment *segment;
    uint32_t base; /* number that its document 0 gets, when none is removed */
    uint32_t *map; /* old number -> new one or GONE, when some are; owned */
    struct dictionary_cursor terms;
    bool open; /* the cursor is to be closed */
    bool ended;
};

static uint32_t renumber(const struct input *input, uint32_t doc) {
    return input->map ? input->map[doc] : input->base + doc;
}

/* Takes over the compressed blocks of text as they are: possible when no document of them is gone.
 */
static enum status copy_texts(struct segment_writer *writer, struct input *input, uint32_t *block,
                              struct error *err) {
    struct chunk_reader *chunks = &input->segment->chunks;
    enum status status = docs_writer_align(&writer->docs, block, err);
    uint32_t count = blocks_count(chunks, STREAM_TEXT_INDEX);
    for (uint32_t i = 0; i < count && !status; i++) {
        struct blocks_entry entry;
        const uint8_t *packed = NULL;
        if (blocks_entry(chunks, STREAM_TEXT_INDEX, i, &entry))
            packed = blocks_packed(chunks, STREAM_TEXT, &entry);
        if (!packed)
            return segment_status(input->segment, err);
        status = blocks_writer_copy(&writer->docs.texts, input->base + entry.first, entry.raw_size,
                                    slice_of(packed, entry.size), err);
    }
    writer->docs.text_bytes += input->segment->info.text_bytes;
    return status;
}

static enum status merge_documents(struct segment_writer *writer, struct input *input,
                                   struct error *err) {
    struct segment *segment = input->segment;
    struct buffer text = {0};
    uint32_t block = 0;
    enum status status = ST_OK;
    input->base = writer->docs.documents;
    if (segment->info.removed) {
        input->map = malloc(segment->info.documents * sizeof *input->map);
        if (!input->map)
            return error_nomem(err);
    } else {
        status = copy_texts(writer, input, &block, err);
    }
    for (uint32_t doc = 0; doc < segment->info.documents && !status; doc++) {
        if (input->map) {
            input->map[doc] = (uint32_t)GONE;
            if (segment_is_removed(segment, doc))
                continue;
        }
        struct document document;
        struct docs_text where;
        uint32_t number;
        status = segment_record(segment, doc, &document, &where, err);
        if (!status && input->map && where.kept) {
            buffer_clear(&text);
            status = segment_text_at(segment, where, &text, err);
            document.text = buffer_slice(&text);
            if (!status)
                status = segment_writer_add(writer, &document, &number, err);
        } else if (!status) {
            where.block += block;
            status = segment_writer_add_stored(writer, &document, &where, &number, err);
        }
        if (!status && input->map)
            input->map[doc] = number;
    }
    buffer_release(&text);
    return status ? status : segment_status(segment, err);
}

static enum status add_postings(struct postings_encoder *encoder, struct input *input,
                                struct error *err) {
    struct chunk_reader *chunks = &input->segment->chunks;
    const struct term_entry *entry = &input->terms.entry;
    uint32_t blocks = postings_blocks(entry);
    struct postings_block block;
    struct positions_reader positions;
    for (uint32_t number = 0; number < blocks; number++) {
        if (!postings_block_load(&block, chunks, entry, number) ||
            !postings_block_frequencies(&block, chunks))
            return segment_status(input->segment, err);
        positions_reader_init(&positions, chunks, entry, &block);
        for (uint32_t i = 0; i < block.count; i++) {
            if (block.docs[i] >= input->segment->info.documents)
                return error_set(err, ST_CORRUPT, 0, "segment %u: a posting of no document",
                                 input->segment->info.id);
            uint32_t doc = renumber(input, block.docs[i]);
            uint32_t frequency = block.frequencies[i];
            if (doc == (uint32_t)GONE)
                continue;
            uint32_t *place = postings_encoder_add(encoder, doc, frequency, err);
            if (!place)
                return err->code;
            if (!positions_reader_read(&positions, i, place))
                return segment_status(input->segment, err);
            for (uint32_t k = frequency; --k > 0;)
                place[k] -= place[k - 1];
        }
    }
    return ST_OK;
}

static struct slice input_term(const struct input *input) {
    return slice_of(input->terms.term, input->terms.term_size);
}

static enum status advance(struct input *input, struct error *err) {
    enum status status = dictionary_cursor_next(&input->terms, err);
    input->ended = status == ST_END;
    return input->ended ? ST_OK : status;
}

/* With at most a few dozen inputs a scan for the smallest term is as good as a heap. */
static enum status merge_terms(struct segment_writer *writer, struct input *inputs, size_t count,
                               struct error *err) {
    struct postings_encoder encoder = {.norms = segment_writer_norms(writer)};
    enum status status = ST_OK;
    uint8_t bytes[DICTIONARY_TERM_MAX];
    while (!status) {
        const struct input *least = NULL;
        for (size_t i = 0; i < count; i++)
            if (!inputs[i].ended &&
                (!least || slice_compare(input_term(&inputs[i]), input_term(least)) < 0))
                least = &inputs[i];
        if (!least || encoder.lists.size >= MERGE_LISTS) {
            status = segment_writer_lists(writer, buffer_slice(&encoder.lists), err);
            buffer_clear(&encoder.lists);
        }
        if (!least || status)
            break;
        struct slice term = slice_of(bytes, least->terms.term_size);
        memcpy(bytes, least->terms.term, term.size);
        status = postings_encoder_begin(&encoder, term, err);
        for (size_t i = 0; i < count && !status; i++) {
            if (inputs[i].ended || !slice_equal(input_term(&inputs[i]), term))
                continue;
            status = add_postings(&encoder, &inputs[i], err);
            if (!status)
                status = advance(&inputs[i], err);
        }
        if (!status)
            status = postings_encoder_end(&encoder, err);
    }
    postings_encoder_release(&encoder);
    return status;
}

enum status merge_segments(struct segment_writer *writer, struct segment *segments, size_t count,
                           struct error *err) {
    struct input *inputs = calloc(count + 1, sizeof *inputs);
    if (!inputs)
        return error_nomem(err);
    enum status status = ST_OK;
    for (size_t i = 0; i < count && !status; i++) {
        inputs[i].segment = &segments[i];
        status = merge_documents(writer, &inputs[i], err);
        if (!status)
            status =
                dictionary_cursor_open(&inputs[i].terms, segments[i].txn, segments[i].info.id, err);
        inputs[i].open = !status;
        if (!status)
            status = advance(&inputs[i], err);
    }
    if (!status)
        status = merge_terms(writer, inputs, count, err);
    for (size_t i = 0; i < count; i++) {
        if (inputs[i].open)
            dictionary_cursor_close(&inputs[i].terms);
        free(inputs[i].map);
    }
    free(inputs);
    return status;
}

static uint64_t live_bytes(const struct catalog_segment *segment) {
    if (!segment->documents)
        return 0;
    return (uint64_t)((double)segment->bytes * (segment->documents - segment->removed) /
                      segment->documents);
}

static unsigned tier_of(const struct catalog_segment *segment) {
    unsigned tier = 0;
    for (uint64_t bytes = live_bytes(segment); bytes >= MERGE_FLOOR; bytes /= 4)
        tier++;
    return tier;
}

/* A stretch of neighbours of this tier and lower ones, up to the MERGE_WIDTH-th of the tier itself:
 * the lower ones before and between them rise by it, too, so that none is left behind for good. */
static bool choose_tier(const struct catalog *catalog, unsigned tier, size_t *first,
                        size_t *count) {
    size_t start = 0, found = 0;
    for (size_t i = 0; i < catalog->count; i++) {
        unsigned other = tier_of(&catalog->segments[i]);
        if (other > tier) {
            start = i + 1;
            found = 0;
        } else if (other == tier && ++found == MERGE_WIDTH) {
            *first = start;
            *count = i + 1 - start;
            return true;
        }
    }
    return false;
}

/* The MERGE_WIDTH neighbours that are the smallest together. */
static void choose_cheapest(const struct catalog *catalog, size_t *first, size_t *count) {
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i + MERGE_WIDTH <= catalog->count; i++) {
        uint64_t bytes = 0;
        for (size_t k = i; k < i + MERGE_WIDTH; k++)
            bytes += live_bytes(&catalog->segments[k]);
        if (bytes < least) {
            least = bytes;
            *first = i;
        }
    }
    *count = MERGE_WIDTH;
}

bool merge_choose(const struct catalog *catalog, size_t *first, size_t *count) {
    for (unsigned tier = 0; tier < 32; tier++)
        if (choose_tier(catalog, tier, first, count))
            return true;
    for (size_t i = 0; i < catalog->count; i++) {
        const struct catalog_segment *segment = &catalog->segments[i];
        if (segment->removed && 4ull * segment->removed >= segment->documents) {
            *first = i;
            *count = 1;
            return true;
        }
    }
    if (catalog->count <= MERGE_MOST)
        return false;
    choose_cheapest(catalog, first, count);
    return true;
}
