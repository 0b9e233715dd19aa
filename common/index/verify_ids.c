/* SPDX-License-Identifier: MIT */
/* Verifies document ids: look-ups find them, and no two documents have the same.
 *
 * The candidates of a look-up share 16 bits of their hash and a page. Whoever chooses the ids can
 * make thousands share them, so documents are not compared with each other: once the last candidate
 * of such a group is reached, the group is sorted by further bits of the hashes, and documents that
 * share these as well are sorted by their ids. */
#include <stdlib.h>

#include "common/base/array.h"
#include "common/index/verify_private.h"
#include "common/segment/id_index.h"

/* A document whose id may occur twice. */
struct suspect {
    uint32_t doc, tag; /* tag: from verifier->token_counts */
    struct slice id;   /* set by check_same_tag() */
};

static int compare_numbers(uint32_t x, uint32_t y) {
    return (x > y) - (x < y);
}

static int compare_tags(const void *a, const void *b) {
    const struct suspect *x = a, *y = b;
    return x->tag != y->tag ? compare_numbers(x->tag, y->tag) : compare_numbers(x->doc, y->doc);
}

static int compare_ids(const void *a, const void *b) {
    const struct suspect *x = a, *y = b;
    int order = slice_compare(x->id, y->id);
    return order ? order : compare_numbers(x->doc, y->doc);
}

/* Documents with equal tags have different ids. */
static enum status check_same_tag(struct verifier *verifier, struct suspect *suspects, size_t count,
                                  struct error *err) {
    struct arena ids = {0};
    enum status status = ST_OK;
    for (size_t i = 0; i < count && !status; i++) {
        struct document document;
        status = segment_document(&document, verifier->segment, suspects[i].doc, err);
        if (status)
            break;
        const char *id = arena_copy(&ids, document.id.data, document.id.size);
        if (!id)
            status = error_nomem(err);
        suspects[i].id = slice_of(id, document.id.size);
    }
    if (!status)
        qsort(suspects, count, sizeof *suspects, compare_ids);
    for (size_t i = 1; i < count && !status; i++)
        if (slice_equal(suspects[i - 1].id, suspects[i].id))
            status = verify_document_fail(verifier, suspects[i - 1].doc,
                                          "its id is also that of another document", err);
    arena_release(&ids);
    return status;
}

/* All candidates for a hash that are not deleted have different ids. */
static enum status check_group(struct verifier *verifier, uint64_t hash, struct error *err) {
    struct segment *segment = verifier->segment;
    struct suspect *suspects = NULL;
    size_t count = 0, capacity = 0;
    struct id_index_match match;
    uint32_t doc;
    enum status status = ST_OK;
    bool found = id_index_find(&match, &segment->chunks, segment->info.documents, hash);
    while (found && id_index_next(&doc, &match)) {
        if (doc >= segment->info.documents || segment_is_deleted(segment, doc))
            continue;
        struct suspect *grown = array_reserve(suspects, &capacity, count + 1, sizeof *suspects);
        if (!grown) {
            status = error_nomem(err);
            break;
        }
        suspects = grown;
        suspects[count++] = (struct suspect){.doc = doc, .tag = verifier->token_counts[doc]};
    }
    if (!status && count)
        qsort(suspects, count, sizeof *suspects, compare_tags);
    for (size_t first = 0, next; first < count && !status; first = next) {
        for (next = first + 1; next < count && suspects[next].tag == suspects[first].tag;)
            next++;
        if (next - first > 1)
            status = check_same_tag(verifier, suspects + first, next - first, err);
    }
    free(suspects);
    return status;
}

/* No larger segment has the id; smaller ones look up their own ids. */
static enum status check_other_segments(struct verifier *verifier, uint32_t doc,
                                        struct error *err) {
    struct segment *segment = verifier->segment;
    for (size_t i = 0; i < verifier->snapshot->catalog.segment_count; i++) {
        struct segment *other = &verifier->snapshot->segments[i];
        struct document document;
        uint32_t found;
        if (other->info.documents < segment->info.documents ||
            (other->info.documents == segment->info.documents && other <= segment))
            continue;
        enum status status =
            segment_find_id(&found, &document, other, buffer_slice(&verifier->id), err);
        if (!status)
            return verify_document_fail(verifier, doc, "its id is also that of another document",
                                        err);
        if (status == ST_NOT_FOUND)
            status = segment_status(other, err);
        if (status)
            return status;
    }
    return ST_OK;
}

enum status verify_id(struct verifier *verifier, uint32_t doc, bool live, struct error *err) {
    struct segment *segment = verifier->segment;
    uint64_t hash = id_index_hash(segment->info.hash_seed, buffer_slice(&verifier->id));
    struct id_index_match match;
    uint32_t found = 0;
    if (!id_index_find(&match, &segment->chunks, segment->info.documents, hash))
        return verify_document_fail(verifier, doc, "its id is not found again", err);
    bool first = match.doc == doc;
    id_index_seek(&match, doc);
    if (!id_index_next(&found, &match) || found != doc)
        return verify_document_fail(verifier, doc, "its id is not found again", err);
    verifier->token_counts[doc] = (uint32_t)(hash >> 16);
    enum status status = ST_OK;
    if (!first && !match.found)
        status = check_group(verifier, hash, err);
    return status || !live ? status : check_other_segments(verifier, doc, err);
}

enum status verify_id_pages(struct verifier *verifier, struct error *err) {
    struct segment *segment = verifier->segment;
    uint64_t ids, pages = id_index_page_count(segment->info.documents);
    if (!id_index_entry_count(&ids, &segment->chunks, segment->info.documents))
        return segment_status(segment, err);
    if (ids != segment->info.documents ||
        pages * ID_INDEX_ENTRY_SIZE != verifier->stream_bytes[STREAM_ID_INDEX])
        return verify_fail(verifier, "the number of ids is not that of documents", err);
    return ST_OK;
}
