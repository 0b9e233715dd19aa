#include "indexer/source/ndjson.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/codec.h"

_Static_assert((int)LINE_READER_PADDING >= (int)JSON_PADDING,
               "records are parsed where the lines lie");

struct ndjson {
    struct line_reader *line_reader;
    struct json *json;
    char *name;
    struct ndjson_options options;
    struct buffer id; /* of a record that has none */
    bool started;     /* a line that is not blank was seen */
    bool recognized;  /* ... and a record with title or text */
    /* Ids of the records before that one, strings of codec.h, and how far they were given out. */
    struct buffer deferred_ids;
    size_t deferred_offset;
    struct buffer first_members;    /* members of the first of them */
    struct document first_document; /* comes after those held; without an id: none waits */
};

static const char *const id_names[] = {"id", NULL};
static const char *const title_names[] = {"title", NULL};
static const char *const text_names[] = {"text", NULL};
const struct json_fields ndjson_default_fields = {id_names, title_names, text_names};

enum status ndjson_open(struct ndjson **out, int descriptor, const char *name,
                        const struct ndjson_options *options, struct error *err) {
    *out = NULL;
    enum status status = ST_OK;
    struct line_reader_options line_reader_options = {
        .separator = '\n', .max_line = options->max_line, .stop = options->stop};
    struct ndjson *ndjson = calloc(1, sizeof *ndjson);
    if (!ndjson)
        return error_nomem(err);
    ndjson->options = *options;
    ndjson->name = strdup(name);
    if (!ndjson->name) {
        status = error_nomem(err);
        goto out;
    }
    if ((status = json_new(&ndjson->json, &options->fields, err)))
        goto out;
    status = line_reader_open(&ndjson->line_reader, descriptor, name, &line_reader_options, err);
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
    line_reader_close(ndjson->line_reader);
    json_free(ndjson->json);
    buffer_release(&ndjson->id);
    buffer_release(&ndjson->deferred_ids);
    buffer_release(&ndjson->first_members);
    free(ndjson->name);
    free(ndjson);
}

static struct slice trim(struct slice line) {
    static const char blanks[] = " \t\r";
    while (line.size > 0 && memchr(blanks, line.data[line.size - 1], sizeof blanks - 1))
        line.size--;
    while (line.size > 0 && memchr(blanks, line.data[0], sizeof blanks - 1))
        line = slice_after(line, 1);
    return line;
}

/* The next line that is not blank. */
static enum status next_line(struct slice *line, struct ndjson *ndjson, struct error *err) {
    do {
        enum status status = line_reader_next(line, ndjson->line_reader, err);
        if (status)
            return status;
        if (line_reader_line_number(ndjson->line_reader) == 1 && line->size >= 3 &&
            memcmp(line->data, "\xEF\xBB\xBF", 3) == 0)
            *line = slice_after(*line, 3);
        *line = trim(*line);
    } while (line->size == 0);
    return ST_OK;
}

/* JSON in another layout must not come in by those of its lines that happen to be records. */
static enum status check_layout(const struct ndjson *ndjson, struct slice first,
                                struct error *err) {
    if (first.data[0] == '[')
        return error_set(err, ST_INVALID, 0,
                         "%s: a JSON array, not one object a line; nothing of it was indexed; "
                         "convert it with: jq -c '.[]'",
                         ndjson->name);
    if (first.data[0] == '{' && memchr("{[,", first.data[first.size - 1], 3))
        return error_set(err, ST_INVALID, 0,
                         "%s: JSON over several lines, not one object a line; nothing of it was "
                         "indexed; convert it with: jq -c .",
                         ndjson->name);
    return ST_OK;
}

static enum status make_id(struct ndjson *ndjson, struct document *document) {
    const char *name = ndjson->options.stream ? "-" : ndjson->name;
    char suffix[24];
    int size;
    if (ndjson->options.stream)
        size = snprintf(
            suffix, sizeof suffix, "#%016llx",
            (unsigned long long)hash64(document->text.data, document->text.size,
                                       hash64(document->title.data, document->title.size, 0)));
    else
        size = snprintf(suffix, sizeof suffix, "#%llu",
                        (unsigned long long)line_reader_line_number(ndjson->line_reader));
    buffer_clear(&ndjson->id);
    enum status status = buffer_append(&ndjson->id, name, strlen(name));
    if (!status)
        status = buffer_append(&ndjson->id, suffix, (size_t)size);
    document->id = buffer_slice(&ndjson->id);
    return status;
}

/* Reads a record. *has_content: it has a member that is title or text. */
static enum status next_record(struct document *document, struct slice *line, bool *has_content,
                               struct ndjson *ndjson, struct error *err) {
    struct json_record record;
    struct error why;
    enum status status = next_line(line, ndjson, err);
    if (!status && !ndjson->started)
        status = check_layout(ndjson, *line, err);
    if (status)
        return status;
    ndjson->started = true;
    status = json_parse(&record, ndjson->json, *line, &why);
    if (status == ST_INVALID)
        return error_set(err, ST_SKIPPED, 0, "%s:%llu: %s", ndjson->name,
                         (unsigned long long)line_reader_line_number(ndjson->line_reader),
                         why.text);
    if (status)
        return error_nomem(err);
    *document = (struct document){.id = record.id, .title = record.title, .text = record.text};
    *has_content = record.has_content;
    return record.id.size == 0 && make_id(ndjson, document) ? error_nomem(err) : ST_OK;
}

static enum status defer_record(struct ndjson *ndjson, struct slice id, struct slice line) {
    bool first = ndjson->deferred_ids.size == 0;
    enum status status = buffer_append_string(&ndjson->deferred_ids, id);
    return status || !first ? status
                            : json_list_members(&ndjson->first_members, ndjson->json, line);
}

/* "title", or "subject or body". */
static enum status append_field_names(struct buffer *out, const struct json_fields *fields) {
    const char *const *lists[] = {fields->title, fields->text};
    enum status status = ST_OK;
    for (size_t i = 0; i < 2; i++)
        for (const char *const *name = lists[i]; !status && *name; name++) {
            if (out->size > 0)
                status = buffer_append(out, " or ", 4);
            if (!status)
                status = buffer_append(out, *name, strlen(*name));
        }
    return status;
}

static enum status refuse_unrecognized(const struct ndjson *ndjson, const char *which,
                                       struct error *err) {
    struct buffer fields = {0};
    if (append_field_names(&fields, &ndjson->options.fields))
        return error_nomem(err);
    error_set(err, ST_INVALID, 0,
              "%s: %s has a member %.*s; the first one has %.*s; nothing was indexed; name the "
              "right ones with --title-field and --text-field",
              ndjson->name, which, (int)fields.size, (const char *)fields.data,
              (int)ndjson->first_members.size, (const char *)ndjson->first_members.data);
    buffer_release(&fields);
    return ST_INVALID;
}

/* Reads on to the first record with title or text. */
static enum status read_until_recognized(struct ndjson *ndjson, struct error *err) {
    struct slice line;
    while (!ndjson->recognized && ndjson->deferred_ids.size < NDJSON_DEFERRED_MAX) {
        struct document *document = &ndjson->first_document;
        enum status status = next_record(document, &line, &ndjson->recognized, ndjson, err);
        if (status == ST_END && ndjson->deferred_ids.size > 0)
            return refuse_unrecognized(ndjson, "no record", err);
        if (status)
            return status;
        if (!ndjson->recognized && defer_record(ndjson, document->id, line))
            return error_nomem(err);
    }
    return ndjson->recognized ? ST_OK
                              : refuse_unrecognized(ndjson, "none of the first records", err);
}

enum status ndjson_next(struct document *document, struct ndjson *ndjson, struct error *err) {
    struct slice line;
    bool has_content;
    if (!ndjson->recognized) {
        enum status status = read_until_recognized(ndjson, err);
        if (status)
            return status;
    }
    if (ndjson->deferred_offset < ndjson->deferred_ids.size) {
        struct reader reader = reader_of(ndjson->deferred_ids.data + ndjson->deferred_offset,
                                         ndjson->deferred_ids.size - ndjson->deferred_offset);
        *document = (struct document){.id = reader_string(&reader)};
        ndjson->deferred_offset = (size_t)(reader.next - ndjson->deferred_ids.data);
        return ST_OK;
    }
    if (ndjson->first_document.id.size > 0) {
        *document = ndjson->first_document;
        ndjson->first_document = (struct document){0};
        return ST_OK;
    }
    return next_record(document, &line, &has_content, ndjson, err);
}

uint64_t ndjson_consumed(const struct ndjson *ndjson) {
    return line_reader_consumed(ndjson->line_reader);
}
