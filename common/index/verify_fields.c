/* SPDX-License-Identifier: MIT */
/* Verifies the lists of each field against its norms, its totals and the words of all fields. */
#include "common/index/verify_private.h"
#include "common/segment/norm.h"
#include "common/segment/postings.h"

enum status verify_begin_field(struct verifier *verifier, uint16_t number, struct error *err) {
    const struct segment_info *info = &verifier->segment->info;
    const struct segment_field *field = segment_info_field(info, number);
    const struct schema_field *declared = schema_field(&verifier->snapshot->catalog.schema, number);
    struct field_tally *tally = &verifier->field;
    *tally = (struct field_tally){.number = number, .length = UINT64_MAX};
    if (number == SCHEMA_ALL) {
        tally->length = info->length;
        tally->tokens = verifier->token_counts;
        return ST_OK;
    }
    bool is_text = declared && declared->type == FIELD_TYPE_TEXT;
    if (!is_text && (!declared || declared->type != FIELD_TYPE_KEYWORD))
        return verify_fail(verifier, "there are terms of a field that has none", err);
    if (is_text != (field && field->has_norms))
        return verify_fail(verifier, "norms of a field are missing", err);
    if (!is_text)
        return ST_OK;
    tally->is_searched = declared->flags & SCHEMA_SEARCHED;
    tally->length = field->length;
    tally->tokens = verifier->field_token_counts;
    memset(tally->tokens, 0, info->documents * sizeof *tally->tokens);
    verifier->fields_with_norms++;
    return ST_OK;
}

static enum status check_norms(struct verifier *verifier, struct error *err) {
    struct segment *segment = verifier->segment;
    const struct field_tally *tally = &verifier->field;
    const struct segment_field *field = segment_info_field(&segment->info, tally->number);
    struct norm_reader norms = {.chunks = &segment->chunks,
                                .source = segment_norms(segment, tally->number)};
    uint32_t documents = 0;
    for (uint32_t doc = 0; doc < segment->info.documents; doc++) {
        documents += tally->tokens[doc] > 0;
        if (norm_reader_norm(&norms, doc) != norm_of_length(tally->tokens[doc]))
            return verify_document_fail(verifier, doc, "the length of a field is wrong", err);
    }
    return documents == field->documents
               ? ST_OK
               : verify_fail(verifier, "the catalog's count of documents with a field is wrong",
                             err);
}

enum status verify_end_field(struct verifier *verifier, struct error *err) {
    const struct field_tally *tally = &verifier->field;
    if (!tally->tokens) {
        const struct segment_field *field =
            segment_info_field(&verifier->segment->info, tally->number);
        /* Further folders are above those of documents. */
        if (!field || (tally->number == SCHEMA_FOLDER ? tally->terms < field->column.values
                                                      : tally->terms != field->column.values))
            return verify_fail(verifier, "the terms of a keyword are not its values", err);
        return ST_OK;
    }
    if (tally->number == SCHEMA_ALL) { /* compared with the documents later */
        verifier->occurrences = tally->occurrences;
        return ST_OK;
    }
    enum status status = check_norms(verifier, err);
    return status || tally->occurrences == tally->length
               ? status
               : verify_fail(verifier, "the catalog's count of tokens in a field is wrong", err);
}

enum status verify_all_fields(struct verifier *verifier, struct error *err) {
    const struct segment_info *info = &verifier->segment->info;
    size_t count = 0;
    for (size_t i = 0; i < info->field_count; i++)
        count += info->fields[i].has_norms;
    return count == verifier->fields_with_norms
               ? ST_OK
               : verify_fail(verifier, "the terms of a field are missing", err);
}

/* A list that is read in order of documents. */
struct walk {
    struct chunk_reader *chunks;
    const struct term_entry *entry;
    uint32_t number; /* of the block that comes next */
    struct postings_block block;
};

/* The frequency in a document that is greater than the last one; 0: the list does not have it, or is
 * damaged. */
static uint32_t frequency_in(struct walk *walk, uint32_t doc) {
    while (!walk->number || walk->block.docs[walk->block.count - 1] < doc)
        if (walk->number == postings_block_count(walk->entry) ||
            !postings_block_load(&walk->block, walk->chunks, walk->entry, walk->number++))
            return 0;
    uint32_t at = postings_block_search(&walk->block, doc);
    return walk->block.docs[at] == doc && postings_block_frequencies(&walk->block, walk->chunks)
               ? walk->block.frequencies[at]
               : 0;
}

enum status verify_within_all(const char **what, struct verifier *verifier, struct slice term,
                              const struct term_entry *entry, struct error *err) {
    struct chunk_reader *chunks = &verifier->segment->chunks;
    struct term_entry all;
    *what = "is not as often among the words of all fields";
    enum status status = segment_find_term(&all, verifier->segment, SCHEMA_ALL, term, err);
    if (status)
        return status == ST_NOT_FOUND ? ST_CORRUPT : status;
    struct walk own = {.chunks = chunks, .entry = entry}, walk = {.chunks = chunks, .entry = &all};
    for (; own.number < postings_block_count(entry); own.number++) {
        if (!postings_block_load(&own.block, chunks, entry, own.number) ||
            !postings_block_frequencies(&own.block, chunks))
            return ST_CORRUPT;
        for (uint32_t i = 0; i < own.block.count; i++)
            if (frequency_in(&walk, own.block.docs[i]) < own.block.frequencies[i])
                return ST_CORRUPT;
    }
    return ST_OK;
}
