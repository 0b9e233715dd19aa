/* SPDX-License-Identifier: MIT */
/* Runs queries in the threads of a pool; a ring of lines keeps their order. */
#include "searcher/batch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/line_reader.h"
#include "common/base/pool.h"
#include "searcher/did_you_mean.h"
#include "searcher/run.h"

enum {
    FLUSH_BYTES = 64 * 1024, /* of output collected for one write() */
    /* Enough to keep the other threads busy during one long query. */
    LINES_PER_THREAD = 64,
    LINES_MAX = 1024,
    PENDING_BYTES_MAX = 4 * 1024 * 1024, /* of pending lines; a single one may be longer */
};

/* A line between its reading and its output. */
struct query_line {
    struct job job; /* first, so a pointer to it is one to the line */
    struct query_batch *batch;
    struct buffer bytes; /* owned */
    char number[24];
    struct slice query_id, text;
    /* Set by the job: */
    struct printer printer; /* has the output; owned */
    double milliseconds;
    size_t hits;
    bool found;
    enum status status;
    struct error err;
};

struct query_batch {
    struct printer *printer;
    const struct indexes *indexes; /* one for each thread */
    const struct query_options *options;
    const struct request *request;
    FILE *timing; /* or NULL */
    struct pool *pool;
    struct query_line *lines; /* a ring */
    size_t capacity, first, count;
    size_t pending_bytes; /* of the pending lines */
    uint64_t line_number; /* of lines read */
    bool found;
    atomic_bool cancelled; /* pending lines need not be answered */
};

static enum status answer_line(struct query_line *line, const struct indexes *indexes) {
    const struct query_options *options = line->batch->options;
    struct error *err = &line->err;
    struct query query;
    struct result_set results;
    struct buffer better = {0};
    struct query_context context = line->batch->request->context;
    context.analyzer = indexes->analyzer;
    enum status status = query_parse(&query, &context, line->text, err);
    if (status)
        return status;
    status = run_check(&query, options, err);
    if (!status)
        status = run_prepare(&query, indexes, options, line->batch->request, err);
    if (!status)
        status = run_query(&results, &query, indexes, options, line->batch->request, err);
    bool loaded = !status;
    if (!status && options->format == &printer_json && !options->timing_file)
        status =
            did_you_mean(&better, &query, line->text, indexes, options, line->batch->request, err);
    if (!status) {
        results.did_you_mean = buffer_slice(&better);
        results.query_id = line->query_id;
        results.query = line->text;
        line->milliseconds = results.milliseconds;
        line->hits = results.count;
        line->found = run_found(&results, options);
        status = printer_print(&line->printer, &results, err);
    }
    if (loaded)
        result_set_release(&results);
    buffer_release(&better);
    query_release(&query);
    return status;
}

static void run_line(struct job *job, unsigned worker) {
    struct query_line *line = (struct query_line *)job;
    const struct query_batch *batch = line->batch;
    line->status =
        atomic_load(&batch->cancelled) ? ST_END : answer_line(line, &batch->indexes[worker]);
}

static enum status flush(struct query_batch *batch, struct error *err) {
    struct buffer *out = &batch->printer->out;
    enum status status = output_write(STDOUT_FILENO, buffer_slice(out), err);
    buffer_clear(out);
    return status;
}

/* Prints the output of the next line; a large one without copying it. */
static enum status print_output(struct query_batch *batch, struct slice text, struct error *err) {
    struct buffer *out = &batch->printer->out;
    enum status status = ST_OK;
    if (out->size + text.size >= FLUSH_BYTES)
        status = flush(batch, err);
    if (status)
        return status;
    if (text.size >= FLUSH_BYTES)
        return output_write(STDOUT_FILENO, text, err);
    return buffer_append_slice(out, text) ? error_nomem(err) : ST_OK;
}

/* Waits for the oldest pending line and removes it from the ring. */
static struct query_line *wait_for_first(struct query_batch *batch) {
    struct query_line *line = &batch->lines[batch->first];
    pool_wait(batch->pool, &line->job);
    batch->first = (batch->first + 1) % batch->capacity;
    batch->count--;
    batch->pending_bytes -= line->bytes.size;
    return line;
}

static void line_release(struct query_line *line) {
    printer_release(&line->printer);
    buffer_release(&line->bytes);
}

/* Prints the results of the oldest pending line. */
static enum status collect_first(struct query_batch *batch, struct error *err) {
    struct query_line *line = wait_for_first(batch);
    enum status status = line->status;
    if (status < 0)
        *err = line->err;
    if (!status) {
        batch->found |= line->found;
        if (batch->timing) /* failures show when the file is closed */
            fprintf(batch->timing, "%.*s\t%.1f\t%zu\n", (int)line->query_id.size,
                    (const char *)line->query_id.data, line->milliseconds * 1000, line->hits);
        status = print_output(batch, buffer_slice(&line->printer.out), err);
    }
    line_release(line);
    return status;
}

/* Answers all pending lines and writes the output. */
static enum status drain(struct query_batch *batch, struct error *err) {
    enum status status = ST_OK;
    while (!status && batch->count)
        status = collect_first(batch, err);
    return status ? status : flush(batch, err);
}

static enum status submit(struct query_batch *batch, struct slice bytes, struct error *err) {
    batch->line_number++;
    while (bytes.size && bytes.data[bytes.size - 1] == '\r')
        bytes.size--;
    if (!bytes.size)
        return ST_OK;
    enum status status = ST_OK;
    while (
        !status && batch->count &&
        (batch->count == batch->capacity || batch->pending_bytes + bytes.size > PENDING_BYTES_MAX))
        status = collect_first(batch, err);
    if (status)
        return status;
    struct query_line *line = &batch->lines[(batch->first + batch->count) % batch->capacity];
    *line = (struct query_line){.job.run = run_line, .batch = batch, .printer = *batch->printer};
    line->printer.out = (struct buffer){0};
    if (buffer_append_slice(&line->bytes, bytes))
        return error_nomem(err);
    line->text = buffer_slice(&line->bytes);
    const uint8_t *tab = memchr(line->text.data, '\t', line->text.size);
    if (tab) {
        line->query_id = slice_of(line->text.data, (size_t)(tab - line->text.data));
        line->text = slice_of(tab + 1, line->text.size - line->query_id.size - 1);
    } else {
        snprintf(line->number, sizeof line->number, "%" PRIu64, batch->line_number);
        line->query_id = slice_of_string(line->number);
    }
    pool_submit(batch->pool, &line->job);
    batch->count++;
    batch->pending_bytes += line->bytes.size;
    return ST_OK;
}

/* Returns the first failure in the order of the file; a failed read comes after the lines read
 * before it. */
static enum status answer_all(struct query_batch *batch, struct line_reader *lines,
                              struct error *err) {
    enum status status = ST_OK, read = ST_OK;
    while (!status && read >= 0 && read != ST_END) {
        struct slice bytes;
        bool wait = !batch->count && !batch->printer->out.size;
        read = (wait ? line_reader_next : line_reader_poll)(&bytes, lines, err);
        if (read == ST_OK)
            status = submit(batch, bytes, err);
        else
            status = drain(batch, err);
    }
    return !status && read < 0 ? read : status;
}

static void query_batch_release(struct query_batch *batch) {
    atomic_store(&batch->cancelled, true);
    while (batch->count)
        line_release(wait_for_first(batch));
    free(batch->lines);
    pool_free(batch->pool);
}

static enum status answer_lines(struct query_batch *batch, struct line_reader *lines,
                                unsigned threads, struct error *err) {
    batch->capacity = (size_t)threads * LINES_PER_THREAD;
    if (batch->capacity > LINES_MAX)
        batch->capacity = LINES_MAX;
    batch->lines = calloc(batch->capacity, sizeof *batch->lines);
    enum status status = batch->lines ? pool_new(&batch->pool, threads, err) : error_nomem(err);
    if (!status)
        status = answer_all(batch, lines, err);
    if (status < 0) /* the output before the failure is still written */
        flush(batch, NULL);
    query_batch_release(batch);
    return status;
}

/* The file of queries, or standard input. */
struct query_file {
    int descriptor;
    const char *name;
};

static enum status query_file_read(size_t *got, void *context, uint8_t *data, size_t size,
                                   struct error *err) {
    const struct query_file *file = context;
    ssize_t result;
    do
        result = read(file->descriptor, data, size);
    while (result < 0 && errno == EINTR);
    *got = result < 0 ? 0 : (size_t)result;
    return result < 0 ? error_set(err, ST_EIO, errno, "%s: read", file->name) : ST_OK;
}

/* True when read() would return at once, be it with the end or a failure. */
static bool query_file_is_ready(void *context) {
    const struct query_file *file = context;
    struct pollfd input = {.fd = file->descriptor, .events = POLLIN};
    return poll(&input, 1, 0) != 0;
}

enum status query_batch_run(struct printer *printer, const struct indexes *indexes,
                            unsigned threads, const struct query_options *options,
                            const struct request *request, struct error *err) {
    struct query_batch batch = {
        .printer = printer, .indexes = indexes, .options = options, .request = request};
    bool is_stdin = strcmp(options->query_file, "-") == 0;
    struct query_file file = {.descriptor = STDIN_FILENO, .name = options->query_file};
    if (!is_stdin)
        file.descriptor = open(options->query_file, O_RDONLY | O_CLOEXEC);
    enum status status = ST_OK;
    if (file.descriptor < 0)
        return error_set(err, ST_EIO, errno, "%s: open", options->query_file);
    struct line_reader lines;
    line_reader_init(&lines, &(struct line_source){query_file_read, query_file_is_ready, &file},
                     &(struct line_reader_options){.name = file.name});
    if (options->timing_file) {
        batch.timing = fopen(options->timing_file, "we");
        if (!batch.timing)
            status = error_set(err, ST_EIO, errno, "%s: open", options->timing_file);
    }
    if (!status)
        status = answer_lines(&batch, &lines, threads, err);
    line_reader_release(&lines);
    if (!is_stdin)
        close(file.descriptor);
    struct error failure;
    if (batch.timing && output_close(batch.timing, &failure) < 0 && status >= 0)
        status = error_set(err, failure.code, failure.sys, "%s: write", options->timing_file);
    if (status < 0)
        return status;
    return batch.found ? ST_OK : ST_END;
}
