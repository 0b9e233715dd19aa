/* SPDX-License-Identifier: MIT */
/* Maps title, text, time and size. */
#include "indexer/scan/field_mapping.h"

void field_mapping_run(struct index_document *document,
                       struct field_value values[FIELD_MAPPING_VALUES_MAX],
                       const struct source_document *source) {
    size_t count = 0;
    struct slice title = source_document_field(source, FIELD_TITLE);
    struct slice text = source_document_field(source, FIELD_TEXT);
    if (title.size)
        values[count++] =
            (struct field_value){.field = SCHEMA_TITLE, .type = FIELD_TYPE_TEXT, .text = title};
    if (text.size)
        values[count++] =
            (struct field_value){.field = SCHEMA_TEXT, .type = FIELD_TYPE_TEXT, .text = text};
    if (source->mtime)
        values[count++] = (struct field_value){
            .field = SCHEMA_DATE, .type = FIELD_TYPE_DATE, .key = source->mtime};
    if (source->size)
        values[count++] =
            (struct field_value){.field = SCHEMA_SIZE,
                                 .type = FIELD_TYPE_NUMBER,
                                 .key = field_value_key_of_number((double)source->size)};
    *document = (struct index_document){source->id, values, count};
}
