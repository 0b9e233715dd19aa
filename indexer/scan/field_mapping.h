/* SPDX-License-Identifier: MIT */
/* Turns what a source says of a document, in named fields, into typed values of the schema.
 *
 *     struct field_mapping mapping = {0};
 *     field_mapping_run(&document, &mapping, schema, source->fields, &source_document);
 *     add(&document);
 *     report(mapping.misfits, mapping.misfit_count);
 *     field_mapping_release(&mapping);
 *
 * A record names its fields as the schema does (record_source.h). Of a file, a declared field has
 * the values of the members that it names, in any letter case, and a built-in one those that
 * metadata.h finds, of which "tag" is split at commas; names that mean nothing are dropped. A file
 * also has its name, extension, format, folder with all above it, size and, unless it says another,
 * its time as its date. One name of several says the date, the language and the description: the
 * first one in the table of metadata.h with a value that fits.
 *
 * A document that says no language has that of its source, if the source has one: a certain one, or
 * that which its text is guessed to be in.
 *
 * A value that does not fit its field, such as a price that is not a number, is a misfit, as is one
 * after FIELD_VALUES_MAX of a field: the document has the others. Keywords are cut to what is shown
 * of them (value_table.h).
 *
 * Threads: a mapping belongs to one thread at a time. */
#ifndef QUERN_INDEXER_SCAN_FIELD_MAPPING_H
#define QUERN_INDEXER_SCAN_FIELD_MAPPING_H

#include "indexer/build/index_document.h"
#include "indexer/scan/language_guess.h"
#include "indexer/source/source_document.h"

/* What a document does not have, and why. */
struct misfit {
    uint16_t field;
    const char *why;    /* "not a number" */
    struct slice value; /* empty: `why` says it all */
};

/* Starts as {0}. */
struct field_mapping {
    /* After field_mapping_run(): what the document lacks. Valid until the next call, as long as the
     * source document is. */
    struct misfit *misfits;
    size_t misfit_count;
    struct language_guess
        *guess; /* for documents whose language is "auto"; borrowed, may be NULL */
    /* The other members are private. */
    size_t misfit_capacity;
    const struct schema *schema;
    struct field_value *values;
    size_t count, capacity;
    size_t size;        /* bytes of texts and keywords but the text */
    uint16_t field;     /* of the last value */
    size_t field_count; /* values of it */
    struct buffer path; /* of a file, if it is not UTF-8 */
    struct arena bytes; /* of values that are changed */
    enum status status;
};

void field_mapping_release(struct field_mapping *mapping);

/* Sets *document, which borrows from the mapping and from `source`, until the next call. `declared`
 * are the fields of declared_field.h that the source has. ST_NOMEM. */
enum status field_mapping_run(struct index_document *document, struct field_mapping *mapping,
                              const struct schema *schema, struct slice declared,
                              const struct source_document *source);

#endif
