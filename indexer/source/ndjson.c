/* SPDX-License-Identifier: MIT */
/* Reads NDJSON: lines through line_reader, each of them through json. */
#include "indexer/source/ndjson.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/codec.h"
#include "common/base/line_reader.h"
#include "indexer/source/decompressor.h"
#include "indexer/source/json.h"

_Static_assert((int)LINE_READER_PADDING >= (int)JSON_PADDING, "records are parsed in the lines");

/* A list "a,b" split at its commas, for json_new(). */
struct name_list {
    char *text;
    const char *names[JSON_FIELDS_MAX + 2]; /* one more than allowed, which json_new() refuses */
};

struct ndjson {
    struct record_source base;
    struct decompressor *input;
    struct line_reader line_reader;
    struct json *json;
    char *name;
    bool stream;
    struct name_list id_names, title_names, text_names;
    struct json_fields json_fields;
    struct field fields[2]; /* of the record last read: title and text */
    struct buffer id;       /* of a record that has none */
    bool started;           /* a line that is not blank was seen */
    bool recognized;        /* a record with title or text was seen */
    /* Ids of the records before that one, strings of codec.h, and how many bytes were returned. */
    struct buffer deferred_ids;
    size_t deferred_offset;
    struct buffer first_members;           /* of the first of them */
    struct source_document first_document; /* follows the deferred ones; no id once returned */
};

static struct ndjson *ndjson_of(struct record_source *source) {
    return (struct ndjson *)source;
}

/* Fills *list and returns its names in *names; those of `otherwise` when none are given. */
static enum status split_names(struct name_list *list, const char *const **names,
                               struct slice given, const char *otherwise) {
    list->text = given.size ? strndup((const char *)given.data, given.size) : strdup(otherwise);
    if (!list->text)
        return ST_NOMEM;
    size_t count = 0;
    for (char *remaining = list->text; remaining && count <= JSON_FIELDS_MAX;)
        list->names[count++] = strsep(&remaining, ",");
    *names = list->names;
    return ST_OK;
}

static enum status open_parser(struct ndjson *ndjson, const struct record_fields *fields,
                               struct error *err) {
    if (split_names(&ndjson->id_names, &ndjson->json_fields.id, fields->id, "id") ||
        split_names(&ndjson->title_names, &ndjson->json_fields.title, fields->title, FIELD_TITLE) ||
        split_names(&ndjson->text_names, &ndjson->json_fields.text, fields->text, FIELD_TEXT))
        return error_nomem(err);
    return json_new(&ndjson->json, &ndjson->json_fields, err);
}

static void ndjson_close(struct record_source *source) {
    struct ndjson *ndjson = ndjson_of(source);
    line_reader_release(&ndjson->line_reader);
    decompressor_close(ndjson->input);
    json_free(ndjson->json);
    free(ndjson->id_names.text);
    free(ndjson->title_names.text);
    free(ndjson->text_names.text);
    buffer_release(&ndjson->id);
    buffer_release(&ndjson->deferred_ids);
    buffer_release(&ndjson->first_members);
    free(ndjson->name);
    free(ndjson);
}

static enum status ndjson_open(struct record_source **out, int descriptor, const char *name,
                               const struct record_source_options *options, struct error *err) {
    *out = NULL;
    struct ndjson *ndjson = calloc(1, sizeof *ndjson);
    if (!ndjson)
        return error_nomem(err);
    ndjson->base.ops = &ndjson_ops;
    ndjson->stream = options->stream;
    ndjson->name = strdup(name);
    enum status status = ndjson->name ? ST_OK : error_nomem(err);
    if (!status)
        status = open_parser(ndjson, &options->fields, err);
    if (!status)
        status = decompressor_open(&ndjson->input, descriptor, name, options->stop, err);
    if (status) {
        ndjson_close(&ndjson->base);
        return status;
    }
    struct line_source lines = decompressor_line_source(ndjson->input);
    line_reader_init(&ndjson->line_reader, &lines,
                     &(struct line_reader_options){
                         .name = ndjson->name,
                         .max_line = options->max_size ? options->max_size : RECORD_MAX_SIZE,
                         .block_size = DECOMPRESSOR_BLOCK_SIZE,
                     });
    *out = &ndjson->base;
    return ST_OK;
}

static unsigned long long line_number(const struct ndjson *ndjson) {
    return (unsigned long long)line_reader_line_number(&ndjson->line_reader);
}

/* The line without JSON's white space at its ends, which unlike ASCII's has no \v and no \f. */
static struct slice trim_blanks(struct slice line) {
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
        enum status status = line_reader_next(line, &ndjson->line_reader, err);
        if (status)
            return status;
        if (line_number(ndjson) == 1 && line->size >= 3 &&
            memcmp(line->data, "\xEF\xBB\xBF", 3) == 0)
            *line = slice_after(*line, 3);
        *line = trim_blanks(*line);
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

static enum status make_id(struct ndjson *ndjson, struct source_document *document,
                           const struct json_record *record) {
    const char *name = ndjson->stream ? "-" : ndjson->name;
    char suffix[24];
    int size;
    if (ndjson->stream)
        size =
            snprintf(suffix, sizeof suffix, "#%016llx",
                     (unsigned long long)hash64(record->text.data, record->text.size,
                                                hash64(record->title.data, record->title.size, 0)));
    else
        size = snprintf(suffix, sizeof suffix, "#%llu", line_number(ndjson));
    buffer_clear(&ndjson->id);
    enum status status = buffer_append(&ndjson->id, name, strlen(name));
    if (!status)
        status = buffer_append(&ndjson->id, suffix, (size_t)size);
    document->id = buffer_slice(&ndjson->id);
    return status;
}

/* Reads a record. *has_content: it has a member that is title or text. */
static enum status next_record(struct source_document *document, struct slice *line,
                               bool *has_content, struct ndjson *ndjson, struct error *err) {
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
        return error_set(err, ST_SKIPPED, 0, "%s:%llu: %s", ndjson->name, line_number(ndjson),
                         why.text);
    if (status)
        return error_nomem(err);
    ndjson->fields[0] = (struct field){slice_of_string(FIELD_TITLE), record.title};
    ndjson->fields[1] = (struct field){slice_of_string(FIELD_TEXT), record.text};
    *document =
        (struct source_document){.id = record.id, .fields = ndjson->fields, .field_count = 2};
    *has_content = record.has_content;
    return record.id.size == 0 && make_id(ndjson, document, &record) ? error_nomem(err) : ST_OK;
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
    if (append_field_names(&fields, &ndjson->json_fields)) {
        buffer_release(&fields);
        return error_nomem(err);
    }
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
        struct source_document *document = &ndjson->first_document;
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

static enum status ndjson_next(struct source_document *document, struct record_source *source,
                               struct error *err) {
    struct ndjson *ndjson = ndjson_of(source);
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
        *document = (struct source_document){.id = reader_string(&reader)};
        ndjson->deferred_offset = (size_t)(reader.next - ndjson->deferred_ids.data);
        return ST_OK;
    }
    if (ndjson->first_document.id.size > 0) {
        *document = ndjson->first_document;
        ndjson->first_document = (struct source_document){0};
        return ST_OK;
    }
    return next_record(document, &line, &has_content, ndjson, err);
}

static uint64_t ndjson_consumed(const struct record_source *source) {
    return decompressor_consumed(((const struct ndjson *)source)->input);
}

const struct record_source_ops ndjson_ops = {
    .open = ndjson_open,
    .next = ndjson_next,
    .consumed = ndjson_consumed,
    .close = ndjson_close,
};
