#include "searcher/batch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/pool.h"
#include "searcher/feed.h"
#include "searcher/run.h"

enum {
    FLUSH_BYTES = 64 * 1024, /* output that is collected before it is written */
    /* Enough to keep the other threads busy while one has a query that takes long. */
    LINES_A_THREAD = 64,
    LINES_MAX = 1024,
    LINES_BYTES = 4 * 1024 * 1024, /* of lines that wait; one may be longer */
};

/* A line on its way from the file to the output. */
struct line {
    struct job job; /* first, so that a job is its line */
    struct batch *batch;
    struct buffer bytes; /* owned */
    char number[24];
    struct slice name, text;
    /* How it was answered. */
    struct printer printer; /* with the answer, owned */
    double milliseconds;
    size_t hits;
    bool found;
    enum status status;
    struct error err;
};

struct batch {
    struct printer *printer;
    const struct indexes *indexes; /* of each thread */
    const struct request *request;
    FILE *timing; /* or NULL */
    struct pool *pool;
    struct line *lines; /* a ring */
    size_t size, first, waiting;
    size_t bytes;    /* of the lines that wait */
    uint64_t number; /* of lines read */
    bool found;
    atomic_bool stop; /* lines that are still waiting need no answer */
};

static enum status answer(struct line *line, const struct indexes *indexes) {
    const struct request *request = line->batch->request;
    struct error *err = &line->err;
    struct query query;
    struct answer answer;
    enum status status = query_parse(&query, indexes->analyzer, line->text, err);
    if (status)
        return status;
    status = ask_query(&answer, &query, indexes, request, err);
    if (!status) {
        answer.name = line->name;
        answer.text = line->text;
        line->milliseconds = answer.milliseconds;
        line->hits = answer.count;
        line->found = ask_found(&answer, request);
        if (line->printer.format)
            status = printer_print(&line->printer, &answer, err);
        answer_release(&answer);
    }
    query_release(&query);
    return status;
}

static void run(struct job *job, unsigned worker) {
    struct line *line = (struct line *)job;
    const struct batch *batch = line->batch;
    line->status = atomic_load(&batch->stop) ? ST_END : answer(line, &batch->indexes[worker]);
}

static enum status flush(struct batch *batch, struct error *err) {
    struct buffer *out = &batch->printer->out;
    enum status status = output_write(STDOUT_FILENO, buffer_slice(out), err);
    buffer_clear(out);
    return status;
}

/* Prints what is the next line's answer; a great one without another copy of it. */
static enum status print(struct batch *batch, struct slice text, struct error *err) {
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

/* Waits for the answer to the line that was read first of those that wait. */
static struct line *wait_first(struct batch *batch) {
    struct line *line = &batch->lines[batch->first];
    pool_wait(batch->pool, &line->job);
    batch->first = (batch->first + 1) % batch->size;
    batch->waiting--;
    batch->bytes -= line->bytes.size;
    return line;
}

static void line_release(struct line *line) {
    printer_release(&line->printer);
    buffer_release(&line->bytes);
}

/* Takes the next answer over. */
static enum status take_first(struct batch *batch, struct error *err) {
    struct line *line = wait_first(batch);
    enum status status = line->status;
    if (status < 0)
        *err = line->err;
    if (!status) {
        batch->found |= line->found;
        if (batch->timing) /* failures show when the file is closed */
            fprintf(batch->timing, "%.*s\t%.1f\t%zu\n", (int)line->name.size,
                    (const char *)line->name.data, line->milliseconds * 1000, line->hits);
        status = print(batch, buffer_slice(&line->printer.out), err);
    }
    line_release(line);
    return status;
}

/* Answers and writes all that was read. */
static enum status settle(struct batch *batch, struct error *err) {
    enum status status = ST_OK;
    while (!status && batch->waiting)
        status = take_first(batch, err);
    return status ? status : flush(batch, err);
}

static enum status put(struct batch *batch, struct slice bytes, struct error *err) {
    batch->number++;
    while (bytes.size && bytes.data[bytes.size - 1] == '\r')
        bytes.size--;
    if (!bytes.size)
        return ST_OK;
    enum status status = ST_OK;
    while (!status && batch->waiting &&
           (batch->waiting == batch->size || batch->bytes + bytes.size > LINES_BYTES))
        status = take_first(batch, err);
    if (status)
        return status;
    struct line *line = &batch->lines[(batch->first + batch->waiting) % batch->size];
    *line = (struct line){.job.run = run, .batch = batch, .printer = *batch->printer};
    line->printer.out = (struct buffer){0};
    if (buffer_append_slice(&line->bytes, bytes))
        return error_nomem(err);
    line->text = buffer_slice(&line->bytes);
    const uint8_t *tab = memchr(line->text.data, '\t', line->text.size);
    if (tab) {
        line->name = slice_of(line->text.data, (size_t)(tab - line->text.data));
        line->text = slice_of(tab + 1, line->text.size - line->name.size - 1);
    } else {
        snprintf(line->number, sizeof line->number, "%" PRIu64, batch->number);
        line->name = slice_of_string(line->number);
    }
    pool_submit(batch->pool, &line->job);
    batch->waiting++;
    batch->bytes += line->bytes.size;
    return ST_OK;
}

/* The first failure in the order of the file, that of reading on being the last. */
static enum status answer_all(struct batch *batch, struct feed *feed, struct error *err) {
    enum status status = ST_OK, read = ST_OK;
    while (!status && read >= 0 && read != ST_END) {
        struct slice bytes;
        bool wait = !batch->waiting && !batch->printer->out.size;
        read = feed_next(&bytes, feed, wait, err);
        if (read == ST_OK)
            status = put(batch, bytes, err);
        else
            status = settle(batch, err);
    }
    return !status && read < 0 ? read : status;
}

static void release(struct batch *batch) {
    atomic_store(&batch->stop, true);
    while (batch->waiting)
        line_release(wait_first(batch));
    free(batch->lines);
    pool_free(batch->pool);
}

static enum status answer_feed(struct batch *batch, struct feed *feed, unsigned threads,
                               struct error *err) {
    batch->size = (size_t)threads * LINES_A_THREAD;
    if (batch->size > LINES_MAX)
        batch->size = LINES_MAX;
    batch->lines = calloc(batch->size, sizeof *batch->lines);
    enum status status = batch->lines ? pool_new(&batch->pool, threads, err) : error_nomem(err);
    if (!status)
        status = answer_all(batch, feed, err);
    if (status < 0) /* the answers before the failure stand */
        flush(batch, NULL);
    release(batch);
    return status;
}

enum status queries_run(struct printer *printer, const struct indexes *indexes, unsigned threads,
                        const struct request *request, struct error *err) {
    struct batch batch = {.printer = printer, .indexes = indexes, .request = request};
    bool is_stdin = strcmp(request->queries, "-") == 0;
    struct feed feed = {.fd = STDIN_FILENO, .name = request->queries};
    if (!is_stdin)
        feed.fd = open(request->queries, O_RDONLY | O_CLOEXEC);
    enum status status = ST_OK;
    if (feed.fd < 0)
        return error_set(err, ST_EIO, errno, "%s: open", request->queries);
    if (request->timing) {
        batch.timing = fopen(request->timing, "we");
        if (!batch.timing)
            status = error_set(err, ST_EIO, errno, "%s: open", request->timing);
    }
    if (!status)
        status = answer_feed(&batch, &feed, threads, err);
    feed_release(&feed);
    if (!is_stdin)
        close(feed.fd);
    struct error failure;
    if (batch.timing && output_close(batch.timing, &failure) < 0 && status >= 0)
        status = error_set(err, failure.code, failure.sys, "%s: write", request->timing);
    if (status < 0)
        return status;
    return batch.found ? ST_OK : ST_END;
}
