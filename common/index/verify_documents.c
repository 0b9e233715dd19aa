/* The documents of a segment: records, lengths, ids and texts. */
#include "common/base/codec.h"
#include "common/index/verify_private.h"
#include "common/segment/id_index.h"
#include "common/segment/norm.h"

static enum status document_fail(const struct verifier *verifier, uint32_t doc, struct error *err,
                                 const char *what) {
    enum status status = segment_status(verifier->segment, err);
    return status ? status
                  : error_set(err, ST_CORRUPT, 0, "segment %u, document %u: %s",
                              verifier->segment->info.id, (unsigned)doc, what);
}

/* Reads the text and compares its hash, unless that is of a title that was cut since. A removed
 * document may have been given up in the midst of its text, so its hash may differ. */
static enum status walk_text(struct verifier *verifier, uint32_t doc,
                             const struct document *document, struct text_location where, bool live,
                             struct error *err) {
    uint64_t seed = hash64(document->title.data, document->title.size, 0);
    struct slice part = slice_of("", 0);
    enum status status = ST_OK;
    if (where.size)
        status = segment_text_part(&part, verifier->segment, &where, err);
    uint64_t hash;
    if (!where.size) { /* most are of one part */
        hash = hash64(part.data, part.size, seed);
    } else {
        hash_state_reset(verifier->hash, seed);
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
    return !live || document_title_may_be_cut(document->title) ||
                   document_hash(hash) == document->content_hash
               ? ST_OK
               : document_fail(verifier, doc, err, "its text is not the one that was stored");
}

/* Another live document of the segment must not have the id in verifier->id. */
static enum status check_twin(struct verifier *verifier, uint32_t other, struct error *err) {
    struct document document;
    enum status status = segment_document(&document, verifier->segment, other, err);
    if (!status && slice_equal(document.id, buffer_slice(&verifier->id)))
        status = document_fail(verifier, other, err, "its id is that of another document, too");
    return status;
}

/* The id is found where a look-up seeks it, and only there. Of two segments the ids of the smaller
 * one are looked up in the other. */
static enum status walk_id(struct verifier *verifier, uint32_t doc, bool live, struct error *err) {
    struct segment *segment = verifier->segment;
    struct slice id = buffer_slice(&verifier->id);
    struct id_index_match match;
    uint32_t found = UINT32_MAX;
    bool is_found = false;
    enum status status = ST_OK;
    if (id_index_find(&match, &segment->chunks, segment->info.documents, id_index_hash(id)))
        while (!status && id_index_next(&found, &match)) {
            is_found |= found == doc;
            if (live && found < doc && !segment_is_deleted(segment, found))
                status = check_twin(verifier, found, err);
        }
    if (!status && !is_found)
        status = document_fail(verifier, doc, err, "its id is not found again");
    for (size_t i = 0; i < verifier->snapshot->catalog.segment_count && !status && live; i++) {
        struct segment *other = &verifier->snapshot->segments[i];
        struct document document;
        if (other->info.documents < segment->info.documents ||
            (other->info.documents == segment->info.documents && other <= segment))
            continue;
        status = segment_find_id(&found, &document, other, id, err);
        if (!status)
            return document_fail(verifier, doc, err, "its id is that of another document, too");
        status = status == ST_NOT_FOUND ? segment_status(other, err) : status;
    }
    return status;
}

/* *left becomes how many documents of its block follow, *text grows by the size of its text. */
static enum status walk_document(struct verifier *verifier, uint32_t doc, uint32_t *left,
                                 uint64_t *text, struct error *err) {
    struct segment *segment = verifier->segment;
    struct document document;
    struct text_location where;
    enum status status = segment_record(&document, &where, segment, doc, err);
    if (status)
        return status;
    *left = segment->record_reader.left;
    *text += where.size;
    if (!document.id.size)
        return document_fail(verifier, doc, err, "has no id");
    const uint8_t *norm = norm_reader_range(&segment->chunks, doc, doc + 1);
    if (!norm)
        return verify_fail(verifier, err, "norms are missing");
    if (*norm != norm_of_length(document.length) || verifier->token_counts[doc] != document.length)
        return document_fail(verifier, doc, err, "its length does not fit");
    buffer_clear(&verifier->id);
    if (buffer_append_slice(&verifier->id, document.id))
        return error_nomem(err);
    bool live = !segment_is_deleted(segment, doc);
    if (where.stored)
        status = walk_text(verifier, doc, &document, where, live, err);
    return status ? status : walk_id(verifier, doc, live, err);
}

/* The blocks of text, beside what documents say of them. */
static enum status walk_text_blocks(struct verifier *verifier, uint64_t text, struct error *err) {
    struct segment *segment = verifier->segment;
    uint64_t bytes = 0;
    uint32_t count = block_store_count(&segment->chunks, STREAM_TEXT_INDEX);
    for (uint32_t i = 0; i < count; i++) {
        struct block_store_entry entry;
        if (!block_store_read_entry(&entry, &segment->chunks, STREAM_TEXT_INDEX, i))
            return segment_status(segment, err);
        if (entry.first >= segment->info.documents)
            return verify_fail(verifier, err, "a block of text begins with no document");
        bytes += entry.raw_size;
    }
    if (count * (uint64_t)BLOCK_STORE_ENTRY_SIZE != verifier->stream_bytes[STREAM_TEXT_INDEX] ||
        bytes != text || text != segment->info.text_bytes)
        return verify_fail(verifier, err, "the catalog counts other text than there is");
    return ST_OK;
}

static enum status walk_id_pages(struct verifier *verifier, struct error *err) {
    struct segment *segment = verifier->segment;
    uint64_t ids, pages = id_index_page_count(segment->info.documents);
    if (!id_index_entry_count(&ids, &segment->chunks, segment->info.documents))
        return segment_status(segment, err);
    if (ids != segment->info.documents ||
        pages * ID_INDEX_ENTRY_SIZE != verifier->stream_bytes[STREAM_ID_INDEX])
        return verify_fail(verifier, err, "there are other ids than documents");
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
            return verify_fail(verifier, err, "a block of documents begins with another one");
        for (; left && !status; doc++)
            status = walk_document(verifier, doc, &left, &text, err);
    }
    if (!status)
        status = segment_status(segment, err);
    if (!status && (doc != segment->info.documents || blocks * (uint64_t)BLOCK_STORE_ENTRY_SIZE !=
                                                          verifier->stream_bytes[STREAM_DOC_INDEX]))
        status = verify_fail(verifier, err, "the catalog counts other documents than there are");
    if (!status && verifier->occurrences != segment->info.length)
        status = verify_fail(verifier, err, "the catalog counts other words than there are");
    if (!status)
        status = walk_text_blocks(verifier, text, err);
    if (!status)
        status = walk_id_pages(verifier, err);
    verifier->counts->documents += segment->info.documents - segment->info.deleted;
    return status;
}
