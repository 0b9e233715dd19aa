/* SPDX-License-Identifier: MIT */
/* Creates, uses, measures and frees the context of a thread. */
#include "indexer/build/thread_context.h"

enum status thread_context_prepare(struct thread_context *context, struct error *err) {
    enum status status = ST_OK;
    if (!context->analyzer)
        status = analyzer_new(&context->analyzer, context->analysis, err);
    if (!status)
        analyzer_limit_cache(context->analyzer, context->share / 8);
    if (!status && !context->inverter)
        status = inverter_new(&context->inverter, context->memory, context->share, err);
    if (!status && context->keep_text &&
        block_store_compressor_init(&context->compressor, SEGMENT_TEXT_LEVEL))
        status = error_nomem(err);
    return status;
}

void thread_context_release(struct thread_context *context) {
    analyzer_free(context->analyzer);
    inverter_free(context->inverter);
    block_store_compressor_release(&context->compressor);
}

struct thread_usage thread_context_usage(const struct thread_context *context) {
    return (struct thread_usage){.memory = inverter_memory(context->inverter) +
                                           analyzer_memory(context->analyzer),
                                 .room = inverter_room(context->inverter)};
}

enum status thread_context_invert_values(struct document *record, uint32_t *position,
                                         struct thread_context *context, uint32_t doc,
                                         const struct index_document *document, struct error *err) {
    enum status status = ST_OK;
    *position = record->length = record->title_length = 0;
    for (size_t i = 0; i < document->value_count && !status; i++) {
        const struct field_value *value = &document->values[i];
        if (value->field != SCHEMA_TITLE)
            continue;
        status = inverter_add_field(position, &record->length, context->inverter, context->analyzer,
                                    doc, value->text, err);
        record->title_length = *position;
        *position = index_document_next(0, *position);
    }
    return status;
}

enum status thread_context_invert_text(struct document *record, uint32_t *position,
                                       struct thread_context *context, uint32_t doc,
                                       struct slice text, struct error *err) {
    return inverter_add_field(position, &record->length, context->inverter, context->analyzer, doc,
                              text, err);
}
