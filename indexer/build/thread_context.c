/* SPDX-License-Identifier: MIT */
/* Creates, uses, measures and frees the context of a thread. */
#include "indexer/build/thread_context.h"

/* Of a thread's memory, for surface forms: the 16th part. */
enum { FORMS_DIVISOR = 16 };

enum status thread_context_prepare(struct thread_context *context, struct error *err) {
    enum status status = ST_OK;
    if (!context->analyzer)
        status = analyzer_new(&context->analyzer, context->analysis, err);
    if (!status) {
        analyzer_limit_cache(context->analyzer, context->share / 8);
        context->forms.sink.take = form_runs_take;
        context->forms.spool.folder = context->temp_folder;
        context->forms.spool.limit = context->share / FORMS_DIVISOR;
        analyzer_count_forms(context->analyzer, &context->forms.sink);
    }
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
    form_runs_release(&context->forms);
    block_store_compressor_release(&context->compressor);
    keyword_folder_release(&context->folder);
}

struct thread_usage thread_context_usage(const struct thread_context *context) {
    return (struct thread_usage){.memory = inverter_memory(context->inverter) +
                                           analyzer_memory(context->analyzer) +
                                           form_runs_memory(&context->forms),
                                 .room = inverter_room(context->inverter)};
}

struct forms_job {
    struct job job;
    struct thread_context *context;
    enum status status;
    struct error err;
};

static void run_forms_job(struct job *job, unsigned worker) {
    struct forms_job *forms = (struct forms_job *)job;
    (void)worker;
    forms->status = analyzer_flush_forms(forms->context->analyzer, &forms->err);
}

enum status thread_contexts_write_forms(struct thread_context *contexts, unsigned count,
                                        struct pool *pool, struct segment_writer *writer,
                                        struct error *err) {
    struct forms_job jobs[POOL_MAX_THREADS];
    struct form_runs *all[POOL_MAX_THREADS];
    size_t used = 0;
    for (unsigned i = 0; i < count; i++) {
        if (!contexts[i].analyzer)
            continue;
        jobs[used] = (struct forms_job){.job.run = run_forms_job, .context = &contexts[i]};
        all[used] = &contexts[i].forms;
        pool_submit(pool, &jobs[used++].job);
    }
    enum status status = ST_OK;
    for (size_t i = 0; i < used; i++) {
        pool_wait(pool, &jobs[i].job);
        if (status || !jobs[i].status)
            continue;
        status = jobs[i].status;
        if (err)
            *err = jobs[i].err;
    }
    return status ? status : form_runs_merge(all, used, writer, err);
}

void thread_context_discard_forms(struct thread_context *context) {
    if (!context->analyzer)
        return;
    analyzer_discard_forms(context->analyzer);
    form_runs_release(&context->forms);
}
