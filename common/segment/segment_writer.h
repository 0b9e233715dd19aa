/* SPDX-License-Identifier: MIT */
/* Writes a segment: first its documents in order, then its terms in ascending order, then the
 * surface forms of its words.
 *
 *     segment_writer_open(&writer, &sink, id, memory, &err);
 *     segment_writer_add(&doc, &writer, &document, &err);     for every document
 *     segment_writer_add_norm(&writer, field, doc, norm, &err);      and each of its text fields
 *     segment_writer_add_lists(&writer, lists, &err);         for all lists of postings_encoder
 *     segment_writer_add_form(&writer, &form, &err);          for all forms in order
 *     segment_writer_finish(&info, &writer, &err);
 *     segment_writer_release(&writer);
 *
 * Everything goes through the sink at once, in transactions of bounded size, and is invisible until
 * a catalog names the segment. 9 bytes of each document are held until the end, and one more for each
 * text field that any document has: in memory, or past a limit in temporary files. So are the values
 * of keywords, but always in memory (columns_writer.h).
 *
 * Failures are those of chunk_sink_put() and of temporary files (spool.h), ST_NOMEM, and ST_LIMIT:
 * more than 2^32 - 2 documents, or a limit of one of the parts.
 *
 * Threads: a writer belongs to one thread at a time. */
#ifndef QUERN_COMMON_SEGMENT_SEGMENT_WRITER_H
#define QUERN_COMMON_SEGMENT_SEGMENT_WRITER_H

#include "common/base/spool.h"
#include "common/column/column_merge.h"
#include "common/form/form_writer.h"
#include "common/segment/dictionary.h"
#include "common/segment/doc_store.h"
#include "common/segment/id_index.h"
#include "common/segment/postings_writer.h"
#include "common/segment/segment.h"

/* The level of zstd for texts. For 292 MB of enwiki: MB, seconds of CPU to compress all, and
 * microseconds to decompress a block, as a snippet must; the best of five rounds on a shared
 * machine, on which rounds differ by a tenth and more.
 *
 *     level   blocks of 32 KiB      40 KiB               48 KiB               60 KiB
 *     1       124.0  1.59  30       122.9  1.45  33      122.1  1.39  42      121.4  1.32  46
 *     2       122.3  1.60  31       121.0  1.51  37      120.1  1.47  44      119.2  1.45  50
 *     3       119.6  1.93  31       118.1  1.91  40      117.1  1.80  44      115.9  1.83  48
 *
 * Indexing these texts with one thread takes about 7 seconds of CPU in all. */
enum { SEGMENT_TEXT_LEVEL = 2 };

/* The norms of a text field, of the documents up to the last one that has it. */
struct segment_field_norms {
    uint16_t field;
    uint32_t count;     /* of norms */
    uint32_t documents; /* with another norm than 0 */
    uint64_t length;    /* of the lists added so far: the sum of their occurrences */
    struct spool norms;
};

struct segment_writer {
    struct chunk_sink *sink;
    uint64_t sink_bytes; /* bytes that the sink had put before */
    struct segment_info info;
    struct doc_store_writer docs;
    struct dictionary_writer dictionary;
    struct postings_writer postings;
    struct columns_writer columns;
    struct form_writer forms;
    struct spool norms;                      /* one of each document */
    struct spool hashes;                     /* id_index_hash() of each document */
    struct segment_field_norms *field_norms; /* by ascending number */
    size_t field_norm_count, field_norm_capacity;
    struct field_norms *all_norms; /* of segment_writer_norms() */
    uint64_t memory;
};

/* The caller then sets writer->info.hash_seed, unless it is 0. Holds about `memory` bytes at most of documents and of ids being sorted. UINT64_MAX: no temporary
 * files are made, and the caller limits segment_writer_memory(). */
enum status segment_writer_open(struct segment_writer *writer, struct chunk_sink *sink, uint32_t id,
                                uint64_t memory, struct error *err);
void segment_writer_release(struct segment_writer *writer);

/* Adds a document and sets *doc to its number. Its text is stored if has_text is set. */
enum status segment_writer_add(uint32_t *doc, struct segment_writer *writer,
                               const struct document *document, struct error *err);
/* The same for a document whose text was stored already, by the functions below. */
enum status segment_writer_add_stored(uint32_t *doc, struct segment_writer *writer,
                                      const struct document *document,
                                      const struct text_location *text, struct error *err);

/* Store the text of the document that is added next, in parts of at least `size` bytes in all: the
 * first sets *location, the second adds to its size. */
enum status segment_writer_begin_text(struct text_location *location, struct segment_writer *writer,
                                      size_t size, struct error *err);
enum status segment_writer_append_text(struct text_location *location,
                                       struct segment_writer *writer, struct slice part,
                                       struct error *err);
/* Prepares for blocks of texts that are compressed already: sets *base to the number of the first
 * one. */
enum status segment_writer_begin_text_blocks(uint32_t *base, struct segment_writer *writer,
                                             struct error *err);
/* Adds such a block; the text of document `first` begins it. */
enum status segment_writer_add_text_block(struct segment_writer *writer, uint32_t first,
                                          uint32_t raw_size, struct slice compressed,
                                          struct error *err);

/* Sets the norm of a text field of a document that was added, in ascending order of documents; of the
 * others it is 0. */
enum status segment_writer_add_norm(struct segment_writer *writer, uint16_t field, uint32_t doc,
                                    uint8_t norm, struct error *err);

/* Merges the columns of a field, in ascending order of numbers, after all documents were added, which
 * have no values then. */
enum status segment_writer_merge_column(struct segment_writer *writer, uint16_t field,
                                        enum field_type type,
                                        const struct column_merge_input *inputs, size_t count,
                                        struct error *err);

/* How many documents were added. */
static inline uint32_t segment_writer_document_count(const struct segment_writer *writer) {
    return writer->docs.document_count;
}

/* Writes encoded lists in the order of their terms. The next call may continue a list. The encoder
 * had the norms of segment_writer_norms(). */
enum status segment_writer_add_lists(struct segment_writer *writer, struct slice lists,
                                     struct error *err);
/* Sets *norms to those of all documents, as postings_encoder.fields has them, after the last one was
 * added; valid until the release. */
enum status segment_writer_norms(const struct field_norms **norms, struct segment_writer *writer,
                                 struct error *err);
/* Adds a surface form, greater than the last one, after all lists. */
enum status segment_writer_add_form(struct segment_writer *writer, const struct surface_form *form,
                                    struct error *err);
/* Whether there is a list of a field's term, after all lists were added. ST_NOT_FOUND: there is
 * none. */
enum status segment_writer_find_term(struct segment_writer *writer, uint16_t field,
                                     struct slice term, struct error *err);

/* Bytes of memory held of documents. */
uint64_t segment_writer_memory(const struct segment_writer *writer);

/* Writes the remaining parts and sets *info, which describes the segment to a catalog and belongs to
 * the caller. The sink's transaction remains open. */
enum status segment_writer_finish(struct segment_info *info, struct segment_writer *writer,
                                  struct error *err);

#endif
