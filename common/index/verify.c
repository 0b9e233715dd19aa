/* SPDX-License-Identifier: MIT */
/* Verifies a whole snapshot, segment by segment. */
#include "common/index/verify.h"

#include <stdlib.h>

#include "common/base/codec.h"
#include "common/index/verify_private.h"

enum status verify_fail(const struct verifier *verifier, const char *what, struct error *err) {
    enum status status = segment_status(verifier->segment, err);
    return status
               ? status
               : error_set(err, ST_CORRUPT, 0, "segment %u: %s", verifier->segment->info.id, what);
}

enum status verify_document_fail(const struct verifier *verifier, uint32_t doc, const char *what,
                                 struct error *err) {
    enum status status = segment_status(verifier->segment, err);
    return status ? status
                  : error_set(err, ST_CORRUPT, 0, "segment %u, document %u: %s",
                              verifier->segment->info.id, (unsigned)doc, what);
}

/* Reads every page of every chunk, including those that nothing points to. */
static enum status walk_streams(struct verifier *verifier, struct error *err) {
    struct chunk_reader *chunks = &verifier->segment->chunks;
    for (unsigned stream = 0; stream < STREAM_COUNT; stream++)
        for (uint32_t number = 0; number < chunks->chunk_counts[stream]; number++) {
            uint64_t address = chunk_address(number, CHUNK_HEADER_SIZE);
            uint32_t size = chunk_bytes_left(chunks, stream, address);
            if (!size || !chunk_read(chunks, stream, address, size))
                return verify_fail(verifier, "a chunk is missing", err);
            verifier->stream_bytes[stream] += size;
            verifier->counts->bytes += CHUNK_HEADER_SIZE + size;
        }
    return ST_OK;
}

static enum status check_fields(const struct verifier *verifier, struct error *err) {
    const struct segment_info *info = &verifier->segment->info;
    for (size_t i = 0; i < info->field_count; i++)
        if (!schema_field(&verifier->snapshot->catalog.schema, info->fields[i].number))
            return verify_fail(verifier, "the catalog lists a field that the index does not have",
                               err);
    return ST_OK;
}

static enum status walk_segment(struct verify_counts *counts, struct snapshot *snapshot,
                                size_t number, struct error *err) {
    struct verifier verifier = {
        .snapshot = snapshot, .segment = &snapshot->segments[number], .counts = counts};
    size_t documents = verifier.segment->info.documents;
    enum status status = check_fields(&verifier, err);
    if (!status)
        status = walk_streams(&verifier, err);
    /* There is one byte for each document, so the size of the file bounds the memory taken
     * below. */
    if (!status && verifier.stream_bytes[STREAM_NORMS] != documents)
        status = verify_fail(&verifier, "the catalog's count of documents is wrong", err);
    if (!status) {
        verifier.token_counts = calloc(documents + 1, sizeof *verifier.token_counts);
        verifier.field_token_counts = calloc(documents + 1, sizeof *verifier.field_token_counts);
        verifier.hash = hash_state_new();
        status = verifier.token_counts && verifier.field_token_counts && verifier.hash
                     ? ST_OK
                     : error_nomem(err);
    }
    if (!status)
        status = verify_terms(&verifier, err);
    if (!status)
        status = verify_columns(&verifier, err);
    if (!status)
        status = verify_forms(&verifier, err);
    if (!status)
        status = verify_documents(&verifier, err);
    free(verifier.token_counts);
    free(verifier.field_token_counts);
    hash_state_free(verifier.hash);
    buffer_release(&verifier.id);
    counts->segments++;
    return status;
}

enum status verify_snapshot(struct verify_counts *counts, struct snapshot *snapshot,
                            struct error *err) {
    *counts = (struct verify_counts){0};
    /* Who does not know all of an index cannot tell what is damage. */
    enum status status =
        catalog_check_writable(&snapshot->catalog, store_txn_path(snapshot->txn), err);
    /* Before the segments, as all else relies on LMDB's look-ups; and soon, as it needs the newest commit. */
    if (!status)
        status = store_pages_check(&counts->pages, snapshot->txn, err);
    for (size_t i = 0; i < snapshot->catalog.segment_count && !status; i++)
        status = walk_segment(counts, snapshot, i, err);
    return status ? status : verify_tables(counts, snapshot, err);
}
