#include "common/verify.h"

#include <stdlib.h>

#include "common/codec.h"
#include "common/ids.h"
#include "common/norm.h"
#include "common/postings.h"

/* The segment being walked, and what has been counted of it. */
struct walk {
    struct segment *segment;
    struct verify_counts *counts;
    uint32_t *words;         /* how many occurrences each document has */
    struct buffer positions; /* of one posting */
};

static enum status wrong(const struct walk *walk, struct error *err, const char *what) {
    enum status status = segment_status(walk->segment, err);
    return status ? status
                  : error_set(err, ST_CORRUPT, 0, "segment %u: %s", walk->segment->info.id, what);
}

static enum status wrong_term(const struct walk *walk, struct error *err,
                              const struct dictionary_cursor *cursor, const char *what) {
    enum status status = segment_status(walk->segment, err);
    return status
               ? status
               : error_set(err, ST_CORRUPT, 0, "segment %u, term %.*s: %s", walk->segment->info.id,
                           (int)cursor->term_size, (const char *)cursor->term, what);
}

static bool bounds_hold(const struct impact impacts[IMPACT_COUNT], uint32_t frequency,
                        uint8_t norm) {
    for (unsigned i = 0; i < IMPACT_COUNT; i++)
        if ((impacts[i].frequency >= frequency || impacts[i].frequency == IMPACT_MANY) &&
            impacts[i].norm <= norm)
            return true;
    return false;
}

/* Every posting of a term: orders, positions, bounds, totals. */
static enum status walk_postings(struct walk *walk, const struct dictionary_cursor *cursor,
                                 struct error *err) {
    struct chunk_reader *chunks = &walk->segment->chunks;
    const struct term_entry *entry = &cursor->entry;
    uint64_t documents = 0, occurrences = 0;
    uint32_t next_doc = 0;
    struct postings_block block;
    struct positions_reader positions;
    struct norm_reader norms = {.chunks = chunks};
    for (uint32_t number = 0; number < postings_blocks(entry); number++) {
        struct impact impacts[IMPACT_COUNT];
        bool bounded = entry->documents >= POSTINGS_BLOCK;
        if (bounded) {
            const uint8_t *skip =
                chunk_read(chunks, STREAM_SKIPS, skip_address(entry->skips + number), SKIP_SIZE);
            if (!skip)
                return wrong_term(walk, err, cursor, "a skip entry is missing");
            skip_impacts(skip, impacts);
        }
        if (!postings_block_load(&block, chunks, entry, number) ||
            !postings_block_frequencies(&block, chunks))
            return wrong_term(walk, err, cursor, "damaged postings");
        for (uint32_t i = 0; i < block.count; i++) {
            if (block.docs[i] < next_doc || block.docs[i] >= walk->segment->info.documents)
                return wrong_term(walk, err, cursor, "documents out of order");
            next_doc = block.docs[i] + 1;
        }
        positions_reader_init(&positions, chunks, entry, &block);
        for (uint32_t i = 0; i < block.count; i++) {
            uint32_t doc = block.docs[i], frequency = block.frequencies[i];
            uint8_t norm = norm_reader_norm(&norms, doc);
            if (segment_status(walk->segment, NULL))
                return wrong_term(walk, err, cursor, "norms are missing");
            if (bounded && (!bounds_hold(impacts, frequency, norm) ||
                            !bounds_hold(entry->impacts, frequency, norm)))
                return wrong_term(walk, err, cursor, "a posting passes its bound");
            buffer_clear(&walk->positions);
            if (buffer_reserve(&walk->positions, frequency * sizeof(uint32_t)))
                return error_nomem(err);
            uint32_t *places = (uint32_t *)(void *)walk->positions.data;
            if (!positions_reader_read(&positions, i, places))
                return wrong_term(walk, err, cursor, "positions are missing");
            for (uint32_t k = 1; k < frequency; k++)
                if (places[k] <= places[k - 1])
                    return wrong_term(walk, err, cursor, "positions out of order");
            walk->words[doc] += frequency;
            occurrences += frequency;
        }
        documents += block.count;
    }
    if (documents != entry->documents || occurrences != entry->occurrences)
        return wrong_term(walk, err, cursor, "its totals do not fit its postings");
    walk->counts->postings += documents;
    walk->counts->occurrences += occurrences;
    return ST_OK;
}

static enum status walk_terms(struct walk *walk, struct error *err) {
    struct dictionary_cursor cursor;
    uint8_t before[DICTIONARY_TERM_MAX];
    size_t before_size = 0;
    uint64_t terms = 0, postings = walk->counts->postings;
    enum status status =
        dictionary_cursor_open(&cursor, walk->segment->txn, walk->segment->info.id, err);
    if (status)
        return status;
    while (!(status = dictionary_cursor_next(&cursor, err))) {
        struct slice term = slice_of(cursor.term, cursor.term_size);
        struct term_entry found;
        if (terms && slice_compare(slice_of(before, before_size), term) >= 0)
            status = wrong_term(walk, err, &cursor, "terms out of order");
        if (!status)
            status = segment_find_term(walk->segment, term, &found, err);
        if (status == ST_NOT_FOUND || (!status && (found.documents != cursor.entry.documents ||
                                                   found.postings != cursor.entry.postings ||
                                                   found.positions != cursor.entry.positions)))
            status = wrong_term(walk, err, &cursor, "is not found again by look-up");
        if (!status)
            status = walk_postings(walk, &cursor, err);
        if (status)
            break;
        memcpy(before, term.data, term.size);
        before_size = term.size;
        terms++;
    }
    dictionary_cursor_close(&cursor);
    if (status != ST_END)
        return status;
    walk->counts->terms += terms;
    if (terms != walk->segment->info.terms)
        return wrong(walk, err, "the catalog counts other terms than there are");
    if (walk->counts->postings - postings != walk->segment->info.postings)
        return wrong(walk, err, "the catalog counts other postings than there are");
    return ST_OK;
}

static enum status walk_document(struct walk *walk, uint32_t doc, struct buffer *text,
                                 struct error *err) {
    struct segment *segment = walk->segment;
    struct document document;
    struct docs_text where;
    enum status status = segment_record(segment, doc, &document, &where, err);
    if (status)
        return status;
    const uint8_t *norm = norms_between(&segment->chunks, doc, doc + 1);
    if (!norm)
        return wrong(walk, err, "norms are missing");
    if (*norm != norm_of_length(document.length) || walk->words[doc] != document.length)
        return error_set(err, ST_CORRUPT, 0, "segment %u, document %u: its length does not fit",
                         segment->info.id, doc);
    struct ids_match match;
    uint32_t found = UINT32_MAX;
    bool is_found = false;
    if (ids_find(&match, &segment->chunks, segment->info.documents, ids_hash(document.id)))
        while (!is_found && ids_next(&match, &found))
            is_found = found == doc;
    if (!is_found)
        return error_set(err, ST_CORRUPT, 0, "segment %u, document %u: its id is not found again",
                         segment->info.id, doc);
    if (!where.kept)
        return ST_OK;
    buffer_clear(text);
    return segment_text_at(segment, where, text, err);
}

static enum status walk_documents(struct walk *walk, struct error *err) {
    struct segment *segment = walk->segment;
    struct buffer text = {0};
    uint64_t length = 0;
    uint32_t removed = 0;
    enum status status = ST_OK;
    for (uint32_t doc = 0; doc < segment->info.documents && !status; doc++) {
        status = walk_document(walk, doc, &text, err);
        length += walk->words[doc];
        removed += segment_is_removed(segment, doc);
    }
    buffer_release(&text);
    if (!status)
        status = segment_status(segment, err);
    if (!status && length != segment->info.length)
        status = wrong(walk, err, "the catalog counts other words than there are");
    if (!status && removed != segment->info.removed)
        status = wrong(walk, err, "the catalog counts other removed documents than there are");
    walk->counts->documents += segment->info.documents - segment->info.removed;
    return status;
}

/* Every page of every chunk, those included that nothing points to. */
static enum status walk_chunks(struct walk *walk, struct error *err) {
    struct chunk_reader *chunks = &walk->segment->chunks;
    for (unsigned stream = 0; stream < STREAM_COUNT; stream++)
        for (uint32_t number = 0; number < chunks->chunks[stream]; number++) {
            uint64_t address = chunk_address(number, CHUNK_HEAD);
            uint32_t size = chunk_left(chunks, stream, address);
            if (!size || !chunk_read(chunks, stream, address, size))
                return wrong(walk, err, "a chunk is missing");
            walk->counts->bytes += CHUNK_HEAD + size;
        }
    return ST_OK;
}

static enum status walk_segment(struct segment *segment, struct verify_counts *counts,
                                struct error *err) {
    struct walk walk = {.segment = segment, .counts = counts};
    size_t documents = segment->info.documents + (size_t)1;
    walk.words = calloc(documents, sizeof *walk.words);
    enum status status = walk.words ? ST_OK : error_nomem(err);
    if (!status)
        status = walk_chunks(&walk, err);
    if (!status)
        status = walk_terms(&walk, err);
    if (!status)
        status = walk_documents(&walk, err);
    free(walk.words);
    buffer_release(&walk.positions);
    counts->segments++;
    return status;
}

enum status verify_snapshot(struct snapshot *snapshot, struct verify_counts *counts,
                            struct error *err) {
    *counts = (struct verify_counts){0};
    enum status status = ST_OK;
    for (size_t i = 0; i < snapshot->catalog.count && !status; i++)
        status = walk_segment(&snapshot->segments[i], counts, err);
    return status;
}
