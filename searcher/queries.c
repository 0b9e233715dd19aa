#include "searcher/queries.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "searcher/ask.h"

enum { FLUSH_BYTES = 64 * 1024 }; /* output that is collected before it is written */

struct batch {
    struct printer *printer;
    const struct indexes *indexes;
    const struct request *request;
    FILE *timing; /* or NULL */
    uint64_t line;
    bool found;
};

static enum status flush(struct batch *batch, size_t at_least, struct error *err) {
    struct printer *printer = batch->printer;
    if (printer->out.size < at_least)
        return ST_OK;
    enum status status = output_write(STDOUT_FILENO, buffer_slice(&printer->out), err);
    buffer_clear(&printer->out);
    return status;
}

static enum status answer_line(struct batch *batch, struct slice line, struct error *err) {
    char number[24];
    struct slice name, text = line;
    const uint8_t *tab = memchr(line.data, '\t', line.size);
    if (tab) {
        name = slice_of(line.data, (size_t)(tab - line.data));
        text = slice_of(tab + 1, line.size - name.size - 1);
    } else {
        snprintf(number, sizeof number, "%" PRIu64, batch->line);
        name = slice_of_string(number);
    }

    struct query query;
    struct answer answer;
    enum status status = query_parse(&query, batch->indexes->analyzer, text, err);
    if (status)
        return status;
    status = ask_query(&answer, &query, batch->indexes, batch->request, err);
    if (!status) {
        answer.name = name;
        answer.text = text;
        batch->found |= ask_found(&answer, batch->request);
        if (batch->timing) /* failures show when the file is closed */
            fprintf(batch->timing, "%.*s\t%.1f\t%zu\n", (int)name.size, (const char *)name.data,
                    answer.milliseconds * 1000, answer.count);
        if (batch->printer->format)
            status = printer_print(batch->printer, &answer, err);
        answer_release(&answer);
    }
    query_release(&query);
    return status ? status : flush(batch, FLUSH_BYTES, err);
}

static enum status read_lines(struct batch *batch, FILE *file, struct error *err) {
    char *line = NULL;
    size_t capacity = 0;
    enum status status = ST_OK;
    for (ssize_t length; !status && (length = getline(&line, &capacity, file)) >= 0;) {
        size_t size = (size_t)length;
        batch->line++;
        while (size && (line[size - 1] == '\n' || line[size - 1] == '\r'))
            size--;
        if (size)
            status = answer_line(batch, slice_of(line, size), err);
    }
    if (!status && ferror(file))
        status = error_set(err, ST_EIO, errno, "%s: read", batch->request->queries);
    free(line);
    return status ? status : flush(batch, 0, err);
}

enum status queries_run(struct printer *printer, const struct indexes *indexes,
                        const struct request *request, struct error *err) {
    struct batch batch = {.printer = printer, .indexes = indexes, .request = request};
    bool is_stdin = strcmp(request->queries, "-") == 0;
    FILE *file = is_stdin ? stdin : fopen(request->queries, "re");
    enum status status = ST_OK;
    if (!file)
        return error_set(err, ST_EIO, errno, "%s: open", request->queries);
    if (request->timing) {
        batch.timing = fopen(request->timing, "we");
        if (!batch.timing)
            status = error_set(err, ST_EIO, errno, "%s: open", request->timing);
    }
    if (!status)
        status = read_lines(&batch, file, err);
    if (!is_stdin)
        fclose(file);
    if (batch.timing && output_close(batch.timing, NULL) < 0 && status >= 0)
        status = error_set(err, ST_EIO, errno, "%s: write", request->timing);
    if (status < 0)
        return status;
    return batch.found ? ST_OK : ST_END;
}
