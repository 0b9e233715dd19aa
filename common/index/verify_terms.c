/* SPDX-License-Identifier: MIT */
/* Verifies the dictionary and the posting lists of a segment. */
#include "common/base/codec.h"
#include "common/index/verify_private.h"
#include "common/segment/norm.h"
#include "common/segment/positions.h"
#include "common/segment/postings.h"
#include "common/segment/term_entry.h"
#include "common/simd/cpu.h"

static struct slice term_of(const struct dictionary_cursor *cursor) {
    return field_term_term(slice_of(cursor->term, cursor->term_size));
}

static enum status term_fail(const struct verifier *verifier,
                             const struct dictionary_cursor *cursor, const char *what,
                             struct error *err) {
    enum status status = segment_status(verifier->segment, err);
    struct slice term = term_of(cursor);
    const struct schema_field *field =
        schema_field(&verifier->snapshot->catalog.schema, verifier->field.number);
    return status ? status
                  : error_set(err, ST_CORRUPT, 0, "segment %u, term %s%s%.*s: %s",
                              verifier->segment->info.id, field ? field->name : "",
                              field ? ":" : "", (int)term.size, (const char *)term.data, what);
}

/* A decoded block as impacts bound it. Unused postings have the frequency 0 and the longest
 * document, which any impact bounds. */
struct scored {
    uint8_t frequencies[POSTINGS_BLOCK]; /* at most IMPACT_FREQUENCY_MAX */
    uint8_t norms[POSTINGS_BLOCK];
};

CPU_CLONES static bool bounds_hold(const struct impact impacts[IMPACT_COUNT],
                                   const struct scored *scored) {
    uint8_t hold = 1;
    for (unsigned i = 0; i < POSTINGS_BLOCK; i++) {
        uint8_t frequency = scored->frequencies[i], norm = scored->norms[i], bounded = 0;
        for (unsigned k = 0; k < IMPACT_COUNT; k++)
            bounded |= (uint8_t)((impacts[k].frequency >= frequency) & (impacts[k].norm <= norm));
        hold &= bounded;
    }
    return hold;
}

static enum status check_bounds(struct verifier *verifier, const struct dictionary_cursor *cursor,
                                const struct postings_block *block, uint32_t number,
                                struct norm_reader *norms, struct error *err) {
    const struct term_entry *entry = &cursor->entry;
    struct impact impacts[IMPACT_COUNT];
    struct scored scored;
    const uint8_t *skip =
        chunk_read(&verifier->segment->chunks, STREAM_SKIPS,
                   postings_skip_address(entry->skips + number), POSTINGS_SKIP_SIZE);
    if (!skip)
        return term_fail(verifier, cursor, "a skip entry is missing", err);
    memset(scored.frequencies, 0, sizeof scored.frequencies);
    memset(scored.norms, UINT8_MAX, sizeof scored.norms);
    for (uint32_t i = 0; i < block->count; i++) {
        uint32_t frequency = block->frequencies[i];
        scored.frequencies[i] =
            frequency < IMPACT_FREQUENCY_MAX ? (uint8_t)frequency : IMPACT_FREQUENCY_MAX;
        scored.norms[i] = norm_reader_norm(norms, block->docs[i]);
    }
    postings_skip_impacts(impacts, skip);
    if (segment_status(verifier->segment, NULL))
        return term_fail(verifier, cursor, "norms are missing", err);
    return bounds_hold(impacts, &scored) && bounds_hold(entry->impacts, &scored)
               ? ST_OK
               : term_fail(verifier, cursor, "a posting exceeds its bound", err);
}

/* Reads the positions of a posting piece by piece: each is greater than the previous one. */
static enum status check_posting(struct verifier *verifier, const struct dictionary_cursor *cursor,
                                 struct positions_reader *reader, uint32_t index,
                                 uint32_t frequency, struct error *err) {
    uint32_t values[POSITIONS_PIECE_VALUES];
    uint64_t position = 0;
    uint32_t done = 0;
    do {
        uint32_t count = frequency - done < POSITIONS_PIECE_VALUES
                             ? frequency - done
                             : (uint32_t)POSITIONS_PIECE_VALUES;
        if (!positions_reader_read_values(values, reader, index, count))
            return term_fail(verifier, cursor, "positions are missing", err);
        bool ascending = true;
        for (uint32_t i = 0; i < count; i++) {
            position += values[i];
            ascending &= values[i] || !(done + i); /* only the first may be 0 */
        }
        if (!ascending || position > UINT32_MAX)
            return term_fail(verifier, cursor, "positions out of order", err);
        done += count;
    } while (done < frequency);
    return ST_OK;
}

static enum status check_positions(struct verifier *verifier,
                                   const struct dictionary_cursor *cursor,
                                   const struct postings_block *block, struct error *err) {
    uint64_t occurrences = 0;
    for (uint32_t i = 0; i < block->count; i++)
        occurrences += block->frequencies[i];
    struct field_tally *tally = &verifier->field;
    /* Before time is spent on them. */
    if (occurrences > tally->length - tally->occurrences)
        return term_fail(verifier, cursor, "the catalog's count of tokens is wrong", err);
    tally->occurrences += occurrences;
    struct positions_reader reader;
    positions_reader_init(&reader, &verifier->segment->chunks, &cursor->entry, block);
    for (uint32_t i = 0; i < block->count; i++) {
        enum status status =
            check_posting(verifier, cursor, &reader, i, block->frequencies[i], err);
        if (status)
            return status;
        if (tally->tokens)
            tally->tokens[block->docs[i]] += block->frequencies[i];
    }
    return ST_OK;
}

/* Verifies all postings of a term: orders, positions, bounds and totals. */
static enum status walk_postings(struct verifier *verifier, const struct dictionary_cursor *cursor,
                                 struct error *err) {
    struct chunk_reader *chunks = &verifier->segment->chunks;
    const struct term_entry *entry = &cursor->entry;
    uint64_t documents = 0, before = verifier->field.occurrences;
    uint32_t next_doc = 0;
    struct postings_block block;
    struct norm_reader norms = {.chunks = chunks, .source = entry->norms};
    for (uint32_t number = 0; number < postings_block_count(entry); number++) {
        if (!postings_block_load(&block, chunks, entry, number) ||
            !postings_block_frequencies(&block, chunks))
            return term_fail(verifier, cursor, "damaged postings", err);
        bool ordered = block.docs[0] >= next_doc;
        for (uint32_t i = 1; i < block.count; i++)
            ordered &= block.docs[i] > block.docs[i - 1];
        next_doc = block.docs[block.count - 1] + 1;
        if (!ordered || next_doc > verifier->segment->info.documents || !next_doc)
            return term_fail(verifier, cursor, "documents out of order", err);
        enum status status = ST_OK;
        if (entry->documents >= POSTINGS_BLOCK)
            status = check_bounds(verifier, cursor, &block, number, &norms, err);
        if (!status)
            status = check_positions(verifier, cursor, &block, err);
        if (status)
            return status;
        documents += block.count;
    }
    if (documents != entry->documents || verifier->field.occurrences - before != entry->occurrences)
        return term_fail(verifier, cursor, "its totals do not match its postings", err);
    verifier->counts->postings += documents;
    return ST_OK;
}

/* A look-up finds the block, and the term in it. */
static enum status look_up(struct verifier *verifier, const struct dictionary_cursor *cursor,
                           struct error *err) {
    struct term_entry found;
    enum status status =
        segment_find_term(&found, verifier->segment, verifier->field.number, term_of(cursor), err);
    if (status == ST_NOT_FOUND || (!status && (found.documents != cursor->entry.documents ||
                                               found.postings != cursor->entry.postings ||
                                               found.positions != cursor->entry.positions)))
        return term_fail(verifier, cursor, "is not found again by look-up", err);
    return status;
}

static enum status walk_term(struct verifier *verifier, const struct dictionary_cursor *cursor,
                             struct error *err) {
    if (cursor->entry.documents >= POSTINGS_BLOCK) {
        if (cursor->entry.skips != verifier->skips)
            return term_fail(verifier, cursor, "its skip entries are not where they should be",
                             err);
        verifier->skips += term_entry_skip_count(cursor->entry.documents);
    }
    enum status status = walk_postings(verifier, cursor, err);
    if (status || !verifier->field.is_searched)
        return status;
    const char *what;
    status = verify_within_all(&what, verifier, term_of(cursor), &cursor->entry, err);
    return status == ST_CORRUPT ? term_fail(verifier, cursor, what, err) : status;
}

/* The last term of a field is followed by the first of the next. */
static enum status enter_field(struct verifier *verifier, const struct dictionary_cursor *cursor,
                               struct error *err) {
    uint16_t field = field_term_field(slice_of(cursor->term, cursor->term_size));
    if (!term_of(cursor).size)
        return verify_fail(verifier, "has a term without a field", err);
    if (field == verifier->field.number)
        return ST_OK;
    enum status status = verify_end_field(verifier, err);
    return status ? status : verify_begin_field(verifier, field, err);
}

/* The cursor refuses terms that do not ascend, or that share fewer bytes with the previous term
 * than they could, which look-ups rely on. So if the first and the last term of a block are found,
 * all are. */
enum status verify_terms(struct verifier *verifier, struct error *err) {
    struct dictionary_cursor cursor;
    const struct segment_info *info = &verifier->segment->info;
    uint64_t terms = 0, postings = verifier->counts->postings;
    bool first = true;
    enum status status = dictionary_cursor_open(&cursor, verifier->segment->txn, info->id, err);
    if (status)
        return status;
    verify_begin_field(verifier, SCHEMA_ALL, err);
    while (!status && !(status = dictionary_cursor_next(&cursor, err))) {
        bool last = !cursor.remaining.size;
        status = enter_field(verifier, &cursor, err);
        cursor.entry.norms = segment_norms(verifier->segment, verifier->field.number);
        if (!status && (first || last))
            status = look_up(verifier, &cursor, err);
        if (!status)
            status = walk_term(verifier, &cursor, err);
        verifier->field.terms++;
        first = last;
        terms++;
    }
    dictionary_cursor_close(&cursor);
    if (status != ST_END)
        return status;
    status = verify_end_field(verifier, err);
    if (!status)
        status = verify_all_fields(verifier, err);
    if (status)
        return status;
    verifier->counts->terms += terms;
    verifier->counts->occurrences += info->length;
    if (terms != info->terms)
        return verify_fail(verifier, "the catalog's count of terms is wrong", err);
    if (verifier->counts->postings - postings != info->postings)
        return verify_fail(verifier, "the catalog's count of postings is wrong", err);
    if (verifier->skips * POSTINGS_SKIP_SIZE != verifier->stream_bytes[STREAM_SKIPS])
        return verify_fail(verifier, "the number of skip entries is wrong", err);
    return ST_OK;
}
