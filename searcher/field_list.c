/* SPDX-License-Identifier: MIT */
/* Adds up what the segments have of each field. */
#include "searcher/field_list.h"

#include <inttypes.h>

#include "common/base/number.h"

/* The text has no lists of its own that would say which documents have it. */
static uint64_t count_documents(const struct indexes *indexes, const struct schema_field *field) {
    uint64_t documents = 0;
    for (size_t i = 0; i < indexes->count; i++) {
        const struct catalog *catalog = &indexes->snapshots[i]->catalog;
        uint16_t number = schema_same_field(&catalog->schema, field);
        if (number == SCHEMA_TEXT)
            documents += catalog_total_documents(catalog);
        for (size_t k = 0; k < catalog->segment_count; k++) {
            const struct segment_field *has = segment_info_field(&catalog->segments[k], number);
            documents += has ? has->documents : 0;
        }
    }
    return documents;
}

static void print_field(FILE *out, const struct schema_field *field, uint64_t documents,
                        enum field_list_format format, bool first) {
    static const char *const types[] = {[FIELD_TYPE_TEXT] = "text",
                                        [FIELD_TYPE_KEYWORD] = "keyword",
                                        [FIELD_TYPE_NUMBER] = "number",
                                        [FIELD_TYPE_DATE] = "date"};
    char count[NUMBER_TEXT_MAX];
    switch (format) {
    case FIELD_LIST_LINES:
        fprintf(out, "%s\t%s\t%" PRIu64 "\n", field->name, types[field->type], documents);
        break;
    case FIELD_LIST_TABLE:
        fprintf(out, "%-20s %-8s %15s\n", field->name, types[field->type],
                number_format_count(count, documents));
        break;
    case FIELD_LIST_JSON:
        fprintf(out, "%s{\"name\":\"%s\",\"type\":\"%s\",\"documents\":%" PRIu64 "}",
                first ? "" : ",", field->name, types[field->type], documents);
        break;
    }
}

void field_list_print(FILE *out, const struct schema *schema, const struct indexes *indexes,
                      enum field_list_format format) {
    if (format == FIELD_LIST_JSON)
        fputs("{\"v\":1,\"fields\":[", out);
    for (size_t i = 0; i < schema->count; i++)
        print_field(out, &schema->fields[i], count_documents(indexes, &schema->fields[i]), format,
                    i == 0);
    if (format == FIELD_LIST_JSON)
        fputs("]}\n", out);
}
