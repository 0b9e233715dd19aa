#include "common/verify.h"

#include <stdlib.h>

#include "common/codec.h"
#include "common/verify_private.h"

enum status verify_wrong(const struct walk *walk, struct error *err, const char *what) {
    enum status status = segment_status(walk->segment, err);
    return status ? status
                  : error_set(err, ST_CORRUPT, 0, "segment %u: %s", walk->segment->info.id, what);
}

/* Every page of every chunk, those included that nothing points to. */
static enum status walk_streams(struct walk *walk, struct error *err) {
    struct chunk_reader *chunks = &walk->segment->chunks;
    for (unsigned stream = STREAM_COUNT; stream < STREAM_MAX; stream++)
        if (chunks->chunks[stream])
            return verify_wrong(walk, err, "has a stream that the format does not have");
    for (unsigned stream = 0; stream < STREAM_COUNT; stream++)
        for (uint32_t number = 0; number < chunks->chunks[stream]; number++) {
            uint64_t address = chunk_address(number, CHUNK_HEAD);
            uint32_t size = chunk_left(chunks, stream, address);
            if (!size || !chunk_read(chunks, stream, address, size))
                return verify_wrong(walk, err, "a chunk is missing");
            walk->stream_bytes[stream] += size;
            walk->counts->bytes += CHUNK_HEAD + size;
        }
    return ST_OK;
}

static enum status walk_segment(struct snapshot *snapshot, size_t number,
                                struct verify_counts *counts, struct error *err) {
    struct walk walk = {
        .snapshot = snapshot, .segment = &snapshot->segments[number], .counts = counts};
    size_t documents = walk.segment->info.documents + (size_t)1;
    walk.words = calloc(documents, sizeof *walk.words);
    walk.hash = hash_state_new();
    enum status status = walk.words && walk.hash ? ST_OK : error_nomem(err);
    if (!status)
        status = walk_streams(&walk, err);
    if (!status)
        status = verify_terms(&walk, err);
    if (!status)
        status = verify_documents(&walk, err);
    free(walk.words);
    hash_state_free(walk.hash);
    buffer_release(&walk.positions);
    buffer_release(&walk.id);
    counts->segments++;
    return status;
}

enum status verify_snapshot(struct snapshot *snapshot, struct verify_counts *counts,
                            struct error *err) {
    *counts = (struct verify_counts){0};
    /* First, as all else relies on LMDB's look-ups, and soon after the snapshot was opened. */
    enum status status = store_pages_check(&counts->pages, snapshot->txn, err);
    for (size_t i = 0; i < snapshot->catalog.count && !status; i++)
        status = walk_segment(snapshot, i, counts, err);
    return status ? status : verify_tables(snapshot, counts, err);
}
