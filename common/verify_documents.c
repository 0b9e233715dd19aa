/* The documents of a segment: records, lengths, ids and texts. */
#include "common/codec.h"
#include "common/ids.h"
#include "common/norm.h"
#include "common/verify_private.h"

static enum status wrong_document(const struct walk *walk, uint32_t doc, struct error *err,
                                  const char *what) {
    enum status status = segment_status(walk->segment, err);
    return status ? status
                  : error_set(err, ST_CORRUPT, 0, "segment %u, document %u: %s",
                              walk->segment->info.id, (unsigned)doc, what);
}

/* Whether the title may be shorter than the one that was hashed. */
static bool may_be_cut(struct slice title) {
    enum { CODE_POINT_MAX = 4 };
    return title.size + CODE_POINT_MAX > DOCUMENT_TITLE_MAX;
}

/* Reads the text. A document that is not live may have been given up in the midst of its text. */
static enum status walk_text(struct walk *walk, uint32_t doc, const struct document *document,
                             struct docs_text where, bool live, struct error *err) {
    uint64_t seed = hash64(document->title.data, document->title.size, 0);
    struct slice part = slice_of("", 0);
    enum status status = ST_OK;
    if (where.size)
        status = segment_text_part(walk->segment, &where, &part, err);
    uint64_t hash;
    if (!where.size) { /* most are of one part */
        hash = hash64(part.data, part.size, seed);
    } else {
        hash_state_begin(walk->hash, seed);
        hash_state_add(walk->hash, part.data, part.size);
        while (!status && where.size) {
            status = segment_text_part(walk->segment, &where, &part, err);
            if (!status)
                hash_state_add(walk->hash, part.data, part.size);
        }
        hash = hash_state_value(walk->hash);
    }
    if (status)
        return status;
    return !live || may_be_cut(document->title) || document_hash(hash) == document->content_hash
               ? ST_OK
               : wrong_document(walk, doc, err, "its text is not the one that was stored");
}

/* Whether another document of the segment, a live one, has the id in walk->id. */
static enum status is_twin(struct walk *walk, uint32_t other, struct error *err) {
    struct document document;
    enum status status = segment_document(walk->segment, other, &document, err);
    if (!status && slice_equal(document.id, buffer_slice(&walk->id)))
        status = wrong_document(walk, other, err, "its id is that of another document, too");
    return status;
}

/* The id is found where a look-up seeks it, and only there. Every other segment would do; those
 * with more documents are asked, so that most ids are asked for in few. */
static enum status walk_id(struct walk *walk, uint32_t doc, bool live, struct error *err) {
    struct segment *segment = walk->segment;
    struct slice id = buffer_slice(&walk->id);
    struct ids_match match;
    uint32_t found = UINT32_MAX;
    bool is_found = false;
    enum status status = ST_OK;
    if (ids_find(&match, &segment->chunks, segment->info.documents, ids_hash(id)))
        while (!status && ids_next(&match, &found)) {
            is_found |= found == doc;
            if (live && found < doc && !segment_is_removed(segment, found))
                status = is_twin(walk, found, err);
        }
    if (!status && !is_found)
        status = wrong_document(walk, doc, err, "its id is not found again");
    for (size_t i = 0; i < walk->snapshot->catalog.count && !status && live; i++) {
        struct segment *other = &walk->snapshot->segments[i];
        struct document document;
        if (other->info.documents < segment->info.documents ||
            (other->info.documents == segment->info.documents && other <= segment))
            continue;
        status = segment_find_id(other, id, &found, &document, err);
        if (!status)
            return wrong_document(walk, doc, err, "its id is that of another document, too");
        status = status == ST_NOT_FOUND ? segment_status(other, err) : status;
    }
    return status;
}

/* *left becomes how many documents of its block follow, *text grows by the size of its text. */
static enum status walk_document(struct walk *walk, uint32_t doc, uint32_t *left, uint64_t *text,
                                 struct error *err) {
    struct segment *segment = walk->segment;
    struct document document;
    struct docs_text where;
    enum status status = segment_record(segment, doc, &document, &where, err);
    if (status)
        return status;
    *left = segment->records.left;
    *text += where.size;
    if (!document.id.size)
        return wrong_document(walk, doc, err, "has no id");
    const uint8_t *norm = norms_between(&segment->chunks, doc, doc + 1);
    if (!norm)
        return verify_wrong(walk, err, "norms are missing");
    if (*norm != norm_of_length(document.length) || walk->words[doc] != document.length)
        return wrong_document(walk, doc, err, "its length does not fit");
    buffer_clear(&walk->id);
    if (buffer_append_slice(&walk->id, document.id))
        return error_nomem(err);
    bool live = !segment_is_removed(segment, doc);
    if (where.kept)
        status = walk_text(walk, doc, &document, where, live, err);
    return status ? status : walk_id(walk, doc, live, err);
}

/* The blocks of text, beside what documents say of them. */
static enum status walk_text_blocks(struct walk *walk, uint64_t text, struct error *err) {
    struct segment *segment = walk->segment;
    uint64_t bytes = 0;
    uint32_t count = blocks_count(&segment->chunks, STREAM_TEXT_INDEX);
    for (uint32_t i = 0; i < count; i++) {
        struct blocks_entry entry;
        if (!blocks_entry(&segment->chunks, STREAM_TEXT_INDEX, i, &entry))
            return segment_status(segment, err);
        if (entry.first >= segment->info.documents)
            return verify_wrong(walk, err, "a block of text begins with no document");
        bytes += entry.raw_size;
    }
    if (count * (uint64_t)BLOCKS_ENTRY != walk->stream_bytes[STREAM_TEXT_INDEX] || bytes != text ||
        text != segment->info.text_bytes)
        return verify_wrong(walk, err, "the catalog counts other text than there is");
    return ST_OK;
}

static enum status walk_id_pages(struct walk *walk, struct error *err) {
    struct segment *segment = walk->segment;
    uint64_t ids, pages = ids_pages(segment->info.documents);
    if (!ids_count(&ids, &segment->chunks, segment->info.documents))
        return segment_status(segment, err);
    if (ids != segment->info.documents || pages * IDS_ENTRY != walk->stream_bytes[STREAM_ID_INDEX])
        return verify_wrong(walk, err, "there are other ids than documents");
    return ST_OK;
}

enum status verify_documents(struct walk *walk, struct error *err) {
    struct segment *segment = walk->segment;
    uint32_t blocks = blocks_count(&segment->chunks, STREAM_DOC_INDEX), doc = 0;
    uint64_t text = 0;
    enum status status = ST_OK;
    for (uint32_t i = 0; i < blocks && !status; i++) {
        struct blocks_entry entry;
        uint32_t left = 1;
        if (!blocks_entry(&segment->chunks, STREAM_DOC_INDEX, i, &entry))
            return segment_status(segment, err);
        if (entry.first != doc)
            return verify_wrong(walk, err, "a block of documents begins with another one");
        for (; left && !status; doc++)
            status = walk_document(walk, doc, &left, &text, err);
    }
    if (!status)
        status = segment_status(segment, err);
    if (!status && (doc != segment->info.documents ||
                    blocks * (uint64_t)BLOCKS_ENTRY != walk->stream_bytes[STREAM_DOC_INDEX] ||
                    walk->stream_bytes[STREAM_NORMS] != segment->info.documents))
        status = verify_wrong(walk, err, "the catalog counts other documents than there are");
    if (!status && walk->occurrences != segment->info.length)
        status = verify_wrong(walk, err, "the catalog counts other words than there are");
    if (!status)
        status = walk_text_blocks(walk, text, err);
    if (!status)
        status = walk_id_pages(walk, err);
    walk->counts->documents += segment->info.documents - segment->info.removed;
    return status;
}
