/* SPDX-License-Identifier: MIT */
/* Verifies the documents of a segment: records, lengths, ids and texts. */
#include "common/base/codec.h"
#include "common/index/verify_private.h"
#include "common/segment/norm.h"

/* Reads the text and compares its hash. That of a deleted document is not compared, as indexing it
 * may have been abandoned in the middle of its text. */
static enum status walk_text(struct verifier *verifier, uint32_t doc,
                             const struct document *document, struct text_location where, bool live,
                             struct error *err) {
    struct slice part = slice_of("", 0);
    enum status status = ST_OK;
    if (where.size)
        status = segment_text_part(&part, verifier->segment, &where, err);
    uint64_t hash;
    if (!where.size) { /* most texts are in one part */
        hash = hash64(part.data, part.size, 0);
    } else {
        hash_state_reset(verifier->hash, 0);
        hash_state_update(verifier->hash, part.data, part.size);
        while (!status && where.size) {
            status = segment_text_part(&part, verifier->segment, &where, err);
            if (!status)
                hash_state_update(verifier->hash, part.data, part.size);
        }
        hash = hash_state_digest(verifier->hash);
    }
    if (status)
        return status;
    return !live || document_has_text_hash(document->content_hash, hash)
               ? ST_OK
               : verify_document_fail(verifier, doc, "its text does not match its hash", err);
}

/* Sets *left to the number of documents that follow in the block, and adds the size of the text to
 * *text. */
static enum status walk_document(uint32_t *left, uint64_t *text, struct verifier *verifier,
                                 uint32_t doc, struct error *err) {
    struct segment *segment = verifier->segment;
    struct document document;
    struct text_location where;
    enum status status = segment_record(&document, &where, segment, doc, err);
    if (status)
        return status;
    *left = segment->record_reader.left;
    *text += where.size;
    if (!document.id.size)
        return verify_document_fail(verifier, doc, "has no id", err);
    const uint8_t *norm = norm_reader_range(&segment->chunks, doc, doc + 1);
    if (!norm)
        return verify_fail(verifier, "norms are missing", err);
    if (*norm != norm_of_length(document.length) || verifier->token_counts[doc] != document.length)
        return verify_document_fail(verifier, doc, "its length is wrong", err);
    buffer_clear(&verifier->id);
    if (buffer_append_slice(&verifier->id, document.id))
        return error_nomem(err);
    bool live = !segment_is_deleted(segment, doc);
    if (where.stored)
        status = walk_text(verifier, doc, &document, where, live, err);
    return status ? status : verify_id(verifier, doc, live, err);
}

/* Compares the blocks of text with what the documents say of them. */
static enum status walk_text_blocks(struct verifier *verifier, uint64_t text, struct error *err) {
    struct segment *segment = verifier->segment;
    uint64_t bytes = 0;
    uint32_t count = block_store_count(&segment->chunks, STREAM_TEXT_INDEX);
    for (uint32_t i = 0; i < count; i++) {
        struct block_store_entry entry;
        if (!block_store_read_entry(&entry, &segment->chunks, STREAM_TEXT_INDEX, i))
            return segment_status(segment, err);
        if (entry.first >= segment->info.documents)
            return verify_fail(verifier, "a block of text begins at no document", err);
        bytes += entry.raw_size;
    }
    if (count * (uint64_t)BLOCK_STORE_ENTRY_SIZE != verifier->stream_bytes[STREAM_TEXT_INDEX] ||
        bytes != text || text != segment->info.text_bytes)
        return verify_fail(verifier, "the catalog's count of text is wrong", err);
    return ST_OK;
}

enum status verify_documents(struct verifier *verifier, struct error *err) {
    struct segment *segment = verifier->segment;
    uint32_t blocks = block_store_count(&segment->chunks, STREAM_DOC_INDEX), doc = 0;
    uint64_t text = 0;
    enum status status = ST_OK;
    for (uint32_t i = 0; i < blocks && !status; i++) {
        struct block_store_entry entry;
        uint32_t left = 1;
        if (!block_store_read_entry(&entry, &segment->chunks, STREAM_DOC_INDEX, i))
            return segment_status(segment, err);
        if (entry.first != doc)
            return verify_fail(verifier, "a block of documents begins at the wrong one", err);
        for (; left && !status; doc++)
            status = walk_document(&left, &text, verifier, doc, err);
    }
    if (!status)
        status = segment_status(segment, err);
    if (!status && (doc != segment->info.documents || blocks * (uint64_t)BLOCK_STORE_ENTRY_SIZE !=
                                                          verifier->stream_bytes[STREAM_DOC_INDEX]))
        status = verify_fail(verifier, "the catalog's count of documents is wrong", err);
    if (!status && verifier->occurrences != segment->info.length)
        status = verify_fail(verifier, "the catalog's count of tokens is wrong", err);
    if (!status)
        status = walk_text_blocks(verifier, text, err);
    if (!status)
        status = verify_id_pages(verifier, err);
    verifier->counts->documents += segment->info.documents - segment->info.deleted;
    return status;
}
