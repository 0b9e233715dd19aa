/* SPDX-License-Identifier: MIT */
/* Records the occurrences of terms in extents of memory. */
#include "common/base/codec.h"
#include "common/field/schema.h"
#include "indexer/build/inverter_private.h"

enum {
    /* What a document can add to the extents for each of its bytes, if no single character becomes
     * several words: a word has at least two bytes, or three for the two forms of one (c#), and a
     * new word takes an extent of 12 bytes. */
    EXTENTS_PER_BYTE = 8,
    /* What a batch of tokens can add: a new term and a new extent each. */
    EXTENTS_PER_STEP = ANALYZER_BATCH * (12 + 16388),
};

/* Adds a term that the index does not have. Returns its number plus 1, or 0 if out of memory. */
static uint32_t add_term(struct inverter *inverter, uint32_t hash, size_t slot, uint16_t field,
                         uint32_t string) {
    bool full = inverter->term_count == inverter->term_capacity;
    if (full && inverter_grow(inverter))
        return 0;
    uint32_t first = (uint32_t)inverter->extents_used;
    inverter->extents_used += extent_sizes[0];
    uint32_t number = inverter->term_count++;
    inverter->terms[number] = (struct term){.hash = hash,
                                            .string_offset = string,
                                            .doc = UINT32_MAX,
                                            .first = first,
                                            .next = first,
                                            .link = first + extent_sizes[0] - LINK_SIZE,
                                            .field = field};
    if (full)
        hash_index_insert(&inverter->index, hash, number);
    else
        hash_index_put(&inverter->index, slot, number);
    return number + 1;
}

/* Returns the number of a term, new or known, plus 1, or 0 if out of memory. */
static uint32_t find_term(struct inverter *inverter, uint16_t field, struct slice bytes) {
    uint32_t hash = (uint32_t)hash64(bytes.data, bytes.size, field), number;
    size_t slot;
    for (bool more = hash_index_first(&number, &slot, &inverter->index, hash); more;
         more = hash_index_next(&number, &slot, &inverter->index)) {
        const struct term *term = &inverter->terms[number];
        if (term->hash == hash && term->field == field &&
            slice_equal(inverter_string(inverter, term->string_offset), bytes))
            return number + 1;
    }
    if (inverter->strings_size - inverter->strings_used < 1 + bytes.size &&
        inverter_grow_strings(inverter))
        return 0;
    uint32_t string = (uint32_t)inverter->strings_used;
    inverter->strings[string] = (uint8_t)bytes.size;
    memcpy(inverter->strings + string + 1, bytes.data, bytes.size);
    inverter->strings_used += 1 + bytes.size;
    return add_term(inverter, hash, slot, field, string);
}

/* The same for the term of a searched field with the word of term `all`, which is one of
 * SCHEMA_ALL: two such terms are equal if they have the same string. */
static uint32_t find_twin(struct inverter *inverter, uint16_t field, uint32_t all) {
    uint32_t string = inverter->terms[all].string_offset, number;
    uint64_t product = ((uint64_t)string << 16 | field) * 0x9E3779B97F4A7C15;
    uint32_t hash = (uint32_t)(product >> 32);
    size_t slot;
    for (bool more = hash_index_first(&number, &slot, &inverter->index, hash); more;
         more = hash_index_next(&number, &slot, &inverter->index)) {
        const struct term *term = &inverter->terms[number];
        if (term->string_offset == string && term->field == field)
            return number + 1;
    }
    return add_term(inverter, hash, slot, field, string);
}

static inline uint32_t new_extent(struct inverter *inverter, struct term *term) {
    if (term->level + 1 < EXTENT_LEVELS)
        term->level++;
    uint32_t extent = (uint32_t)inverter->extents_used;
    inverter->extents_used += extent_sizes[term->level];
    put_u32(inverter->extents + term->link, extent);
    term->link = extent + extent_sizes[term->level] - LINK_SIZE;
    return extent;
}

/* Appends a code, in a new extent if it does not fit into the current one. */
static void put_code_across(struct inverter *inverter, struct term *term, uint64_t code,
                            unsigned size) {
    if (term->link - term->next < size) {
        if (term->next < term->link)
            inverter->extents[term->next] = POSTING_BUFFER_EXTENT_END;
        term->next = new_extent(inverter, term);
    }
    for (unsigned i = 0; i < size; i++)
        inverter->extents[term->next++] = (uint8_t)(code >> 8 * i);
}

/* Writes the codes of an occurrence and returns where they end. Always writes 16 bytes. */
static inline uint8_t *put_codes(uint8_t *out, struct term *term, uint32_t doc, uint32_t position) {
    bool first = term->doc != doc;
    uint64_t head = (uint64_t)(position - (first ? 0 : term->position)) << 1 | first;
    unsigned size_class = posting_buffer_size_class(head);
    put_u64(out, head << 2 | size_class);
    out += posting_buffer_code_size(size_class);
    term->position = position;
    if (first) {
        uint64_t gap = (uint32_t)(doc - term->doc);
        size_class = posting_buffer_size_class(gap);
        put_u64(out, gap << 2 | size_class);
        out += posting_buffer_code_size(size_class);
        term->doc = doc;
    }
    return out;
}

static void put_occurrence_across(struct inverter *inverter, struct term *term, uint32_t doc,
                                  uint32_t position) {
    uint8_t codes[24];
    const uint8_t *end = put_codes(codes, term, doc, position);
    for (const uint8_t *code = codes; code < end;) {
        unsigned size = posting_buffer_code_size(*code & 3);
        put_code_across(inverter, term, get_u64(code), size);
        code += size;
    }
}

static inline void put_occurrence(struct inverter *inverter, struct term *term, uint32_t doc,
                                  uint32_t position) {
    if (term->link - term->next < 2 * sizeof(uint64_t)) {
        put_occurrence_across(inverter, term, doc, position);
        return;
    }
    uint8_t *out = inverter->extents + term->next;
    term->next += (uint32_t)(put_codes(out, term, doc, position) - out);
}

/* Records a batch of tokens under terms with these numbers plus 1, in two passes that prefetch the
 * terms and the ends of their extents: a single pass would wait for memory twice per token. A token's
 * position is that in the text plus `offset`, modulo 2^32. */
static void put_tokens(struct inverter *inverter, uint32_t doc, const struct token *tokens,
                       const uint32_t *numbers, size_t count, uint32_t offset) {
    for (size_t i = 0; i < count; i++)
        __builtin_prefetch(inverter->extents + inverter->terms[numbers[i] - 1].next, 1);
    for (size_t i = 0; i < count; i++)
        put_occurrence(inverter, &inverter->terms[numbers[i] - 1], doc,
                       tokens[i].position + offset);
}

/* Sets the numbers plus 1 of the terms of the tokens, of which the analyzer keeps those of
 * SCHEMA_ALL. False: out of memory. */
static inline bool find_all(uint32_t *numbers, struct inverter *inverter,
                            const struct token *tokens, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t number = *tokens[i].cached_term_id;
        if (!number) {
            number = find_term(inverter, SCHEMA_ALL, tokens[i].term);
            if (!number)
                return false;
            *tokens[i].cached_term_id = number;
        }
        numbers[i] = number;
        __builtin_prefetch(&inverter->terms[number - 1], 1);
    }
    return true;
}

/* Makes the numbers those of the field's terms: from those of SCHEMA_ALL if it is `searched`. */
static bool find_own(uint32_t *numbers, struct inverter *inverter, uint16_t field, bool searched,
                     const struct token *tokens, size_t count) {
    for (size_t i = 0; i < count; i++) {
        numbers[i] = searched ? find_twin(inverter, field, numbers[i] - 1)
                              : find_term(inverter, field, tokens[i].term);
        if (!numbers[i])
            return false;
    }
    return true;
}

uint64_t inverter_room(const struct inverter *inverter) {
    uint64_t taken = inverter->extents_used + 2 * EXTENTS_PER_STEP + POSTING_BUFFER_SLACK;
    return taken < inverter->extents_size ? (inverter->extents_size - taken) / EXTENTS_PER_BYTE : 0;
}

static bool has_room(const struct inverter *inverter, uint64_t size) {
    return size <= inverter_room(inverter) && size <= UINT32_MAX / 4;
}

static bool step_has_room(const struct inverter *inverter) {
    return inverter->extents_size - inverter->extents_used >= EXTENTS_PER_STEP;
}

static enum status too_large(struct error *err) {
    return error_set(err, ST_LIMIT, 0, "the text is too large");
}

enum status inverter_add_text(struct token_count *all, struct inverter *inverter,
                              struct analyzer *analyzer, uint32_t doc, struct slice text,
                              struct error *err) {
    struct token tokens[ANALYZER_BATCH];
    uint32_t numbers[ANALYZER_BATCH];
    if (!has_room(inverter, text.size))
        return too_large(err);
    analyzer_set_counting(analyzer, true);
    analyzer_begin(analyzer, text, all->position);
    for (size_t count; (count = analyzer_next(tokens, ANALYZER_BATCH, analyzer)) > 0;) {
        if (!step_has_room(inverter) || !find_all(numbers, inverter, tokens, count))
            return error_nomem(err);
        put_tokens(inverter, doc, tokens, numbers, count, 0);
        all->length += (uint32_t)count;
    }
    all->position = analyzer_position(analyzer);
    return analyzer_failure(analyzer, err);
}

enum status inverter_add_field(struct token_count *all, struct token_count *own,
                               struct inverter *inverter, struct analyzer *analyzer, uint32_t doc,
                               uint16_t field, struct slice value, struct error *err) {
    struct token tokens[ANALYZER_BATCH];
    uint32_t numbers[ANALYZER_BATCH];
    if (!has_room(inverter, 2 * (uint64_t)value.size))
        return too_large(err);
    uint32_t offset = own->position - (all ? all->position : own->position);
    analyzer_set_counting(analyzer, all != NULL);
    analyzer_begin(analyzer, value, all ? all->position : own->position);
    for (size_t count; (count = analyzer_next(tokens, ANALYZER_BATCH, analyzer)) > 0;) {
        if (all) {
            if (!step_has_room(inverter) || !find_all(numbers, inverter, tokens, count))
                return error_nomem(err);
            put_tokens(inverter, doc, tokens, numbers, count, 0);
            all->length += (uint32_t)count;
        }
        if (!step_has_room(inverter) ||
            !find_own(numbers, inverter, field, all != NULL, tokens, count))
            return error_nomem(err);
        put_tokens(inverter, doc, tokens, numbers, count, offset);
        own->length += (uint32_t)count;
    }
    if (all)
        all->position = analyzer_position(analyzer);
    own->position = analyzer_position(analyzer) + offset;
    return analyzer_failure(analyzer, err);
}

enum status inverter_add_keyword(struct inverter *inverter, uint32_t doc, uint16_t field,
                                 uint32_t position, struct slice term, struct error *err) {
    if (!has_room(inverter, term.size + 2)) /* as if white space was around it */
        return too_large(err);
    uint32_t number = find_term(inverter, field, term);
    if (!number)
        return error_nomem(err);
    struct term *found = &inverter->terms[number - 1];
    if (found->doc != doc)
        put_occurrence(inverter, found, doc, position);
    return ST_OK;
}
