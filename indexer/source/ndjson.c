#include "indexer/source/ndjson.h"

#include <stdio.h>
#include <stdlib.h>

_Static_assert((int)LINES_PADDING >= (int)JSON_PADDING, "records are parsed where the lines lie");

struct ndjson {
    struct lines *lines;
    struct json *json;
    char *name;
    struct buffer id; /* of a record that has none */
};

static const char *const id_names[] = {"id", NULL};
static const char *const title_names[] = {"title", NULL};
static const char *const text_names[] = {"text", NULL};
const struct json_fields ndjson_fields = {id_names, title_names, text_names};

enum status ndjson_open(struct ndjson **out, const char *path, const char *name,
                        const struct ndjson_options *options, struct error *err) {
    *out = NULL;
    enum status status = ST_OK;
    struct lines_options lines_options = {
        .separator = '\n', .max_line = options->max_line, .stop = options->stop};
    struct ndjson *ndjson = calloc(1, sizeof *ndjson);
    if (!ndjson)
        return error_nomem(err);
    ndjson->name = strdup(name);
    if (!ndjson->name) {
        status = error_nomem(err);
        goto out;
    }
    if ((status = json_new(&ndjson->json, &options->fields, err)))
        goto out;
    status = lines_open(&ndjson->lines, path, name, &lines_options, err);
out:
    if (status)
        ndjson_close(ndjson);
    else
        *out = ndjson;
    return status;
}

void ndjson_close(struct ndjson *ndjson) {
    if (!ndjson)
        return;
    lines_close(ndjson->lines);
    json_free(ndjson->json);
    buffer_release(&ndjson->id);
    free(ndjson->name);
    free(ndjson);
}

static bool is_blank(struct slice line) {
    for (size_t i = 0; i < line.size; i++)
        if (line.data[i] != ' ' && line.data[i] != '\t' && line.data[i] != '\r')
            return false;
    return true;
}

static enum status make_id(struct slice *id, struct ndjson *ndjson, uint64_t line) {
    char suffix[24];
    int size = snprintf(suffix, sizeof suffix, "#%llu", (unsigned long long)line);
    buffer_clear(&ndjson->id);
    enum status status = buffer_append(&ndjson->id, ndjson->name, strlen(ndjson->name));
    if (!status)
        status = buffer_append(&ndjson->id, suffix, (size_t)size);
    *id = buffer_slice(&ndjson->id);
    return status;
}

enum status ndjson_next(struct document *document, struct ndjson *ndjson, struct error *err) {
    struct slice line;
    uint64_t number;
    do {
        enum status status = lines_next(&line, ndjson->lines, err);
        if (status)
            return status;
        number = lines_number(ndjson->lines);
        if (number == 1 && line.size >= 3 && memcmp(line.data, "\xEF\xBB\xBF", 3) == 0)
            line = slice_of(line.data + 3, line.size - 3);
    } while (is_blank(line));

    struct json_record record;
    struct error why;
    enum status status = json_parse(&record, ndjson->json, line, &why);
    if (status == ST_INVALID)
        return error_set(err, ST_SKIPPED, 0, "%s:%llu: %s", ndjson->name,
                         (unsigned long long)number, why.text);
    if (status)
        return error_nomem(err);
    *document = (struct document){.id = record.id, .title = record.title, .text = record.text};
    if (record.id.size == 0 && make_id(&document->id, ndjson, number))
        return error_nomem(err);
    return ST_OK;
}

uint64_t ndjson_consumed(const struct ndjson *ndjson) {
    return lines_consumed(ndjson->lines);
}
