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
    keyword_folder_release(&context->folder);
}

struct thread_usage thread_context_usage(const struct thread_context *context) {
    return (struct thread_usage){.memory = inverter_memory(context->inverter) +
                                           analyzer_memory(context->analyzer),
                                 .room = inverter_room(context->inverter)};
}
