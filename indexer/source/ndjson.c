/* SPDX-License-Identifier: MIT */
/* Reads NDJSON: lines through line_reader, each of them through json. */
#include "indexer/source/ndjson.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/array.h"
#include "common/base/codec.h"
#include "common/base/line_reader.h"
#include "indexer/source/decompressor.h"
#include "indexer/source/json.h"

_Static_assert((int)LINE_READER_PADDING >= (int)JSON_PADDING, "records are parsed in the lines");

enum { TITLE_INDEX, TEXT_INDEX, FIRST_OTHER_INDEX }; /* in ndjson.fields */

/* Members that are read as fields unless the user declares others. */
static const struct {
    const char *name, *members;
} default_fields[] = {
    {"date", "date"},          {"author", "author"},         {"description", "description"},
    {"lang", "lang,language"}, {"tag", "tag,tags,keywords"},
};

/* Lists "a,b" split at their commas. */
struct path_list {
    const char **paths; /* NULL after the last one; owned */
    size_t count, capacity;
};

/* What a path of json_members.fields is read for. */
struct path_target {
    struct slice name; /* of the field */
    bool declared;
};

struct ndjson {
    struct record_source base;
    struct decompressor *input;
    struct line_reader line_reader;
    struct json *json;
    char *name;
    bool stream;
    struct arena names; /* of members and fields */
    struct path_list id_paths, title_paths, text_paths, field_paths;
    struct path_target *targets; /* of field_paths; owned */
    size_t target_capacity;
    struct field *fields; /* of the document returned last; owned */
    size_t field_capacity;
    struct field_problem *problems; /* owned */
    size_t problem_capacity;
    struct buffer id; /* of a record that has none */
    bool started;     /* a line that is not blank was seen */
    bool recognized;  /* a record with title, text or a declared field was seen */
    /* The records before that one, and how many bytes of them were returned:
     *     record = id:string line:varint count:varint (path:varint value:string)*count */
    struct buffer deferred;
    size_t deferred_offset;
    struct field *deferred_fields; /* of the one returned last; owned */
    size_t deferred_capacity;
    struct buffer first_members;           /* of the first of them */
    struct source_document first_document; /* follows the deferred ones; no id once returned */
};

static struct ndjson *ndjson_of(struct record_source *source) {
    return (struct ndjson *)source;
}

static enum status add_path(struct path_list *list, const char *path) {
    const char **paths =
        array_reserve(list->paths, &list->capacity, list->count + 2, sizeof *paths);
    if (!paths)
        return ST_NOMEM;
    list->paths = paths;
    list->paths[list->count++] = path;
    list->paths[list->count] = NULL;
    return ST_OK;
}

/* Adds the members of a list, or those of `otherwise` when none are given. */
static enum status add_paths(struct path_list *list, struct ndjson *ndjson, struct slice given,
                             const char *otherwise) {
    if (!given.size)
        given = slice_of_string(otherwise);
    char *remaining = arena_copy(&ndjson->names, given.data, given.size);
    enum status status = remaining ? ST_OK : ST_NOMEM;
    while (!status && remaining)
        status = add_path(list, strsep(&remaining, ","));
    return status;
}

static enum status add_field_paths(struct ndjson *ndjson, struct slice name, struct slice members,
                                   bool declared) {
    struct path_list *list = &ndjson->field_paths;
    size_t i = list->count;
    const char *copy = arena_copy(&ndjson->names, name.data, name.size);
    if (!copy || add_paths(list, ndjson, members, copy))
        return ST_NOMEM;
    struct path_target *targets =
        array_reserve(ndjson->targets, &ndjson->target_capacity, list->count, sizeof *targets);
    if (!targets)
        return ST_NOMEM;
    ndjson->targets = targets;
    for (; i < list->count; i++)
        targets[i] = (struct path_target){slice_of(copy, name.size), declared};
    return ST_OK;
}

static bool is_declared(const struct record_fields *fields, struct slice name) {
    for (size_t i = 0; i < fields->other_count; i++)
        if (slice_equal(fields->others[i].name, name))
            return true;
    return false;
}

static enum status add_fields(struct ndjson *ndjson, const struct record_fields *fields) {
    enum status status = ST_OK;
    for (size_t i = 0; !status && i < fields->other_count; i++)
        status = add_field_paths(ndjson, fields->others[i].name, fields->others[i].members, true);
    for (size_t i = 0; !status && i < sizeof default_fields / sizeof *default_fields; i++) {
        struct slice name = slice_of_string(default_fields[i].name);
        if (!is_declared(fields, name))
            status =
                add_field_paths(ndjson, name, slice_of_string(default_fields[i].members), false);
    }
    return status;
}

static enum status open_parser(struct ndjson *ndjson, const struct record_fields *fields,
                               struct error *err) {
    if (add_paths(&ndjson->id_paths, ndjson, fields->id, "id") ||
        add_paths(&ndjson->title_paths, ndjson, fields->title, FIELD_TITLE) ||
        add_paths(&ndjson->text_paths, ndjson, fields->text, FIELD_TEXT) ||
        add_fields(ndjson, fields))
        return error_nomem(err);
    struct json_members members = {ndjson->id_paths.paths, ndjson->title_paths.paths,
                                   ndjson->text_paths.paths, ndjson->field_paths.paths};
    return json_new(&ndjson->json, &members, err);
}

static void ndjson_close(struct record_source *source) {
    struct ndjson *ndjson = ndjson_of(source);
    line_reader_release(&ndjson->line_reader);
    decompressor_close(ndjson->input);
    json_free(ndjson->json);
    free(ndjson->id_paths.paths);
    free(ndjson->title_paths.paths);
    free(ndjson->text_paths.paths);
    free(ndjson->field_paths.paths);
    free(ndjson->targets);
    free(ndjson->fields);
    free(ndjson->problems);
    free(ndjson->deferred_fields);
    arena_release(&ndjson->names);
    buffer_release(&ndjson->id);
    buffer_release(&ndjson->deferred);
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

static uint64_t content_hash(const struct source_document *document) {
    struct slice title = source_document_field(document, FIELD_TITLE);
    struct slice text = source_document_field(document, FIELD_TEXT);
    uint64_t hash = hash64(text.data, text.size, hash64(title.data, title.size, 0));
    for (size_t i = FIRST_OTHER_INDEX; i < document->field_count; i++) {
        const struct field *field = &document->fields[i];
        hash = hash64(field->name.data, field->name.size, hash);
        hash = hash64(field->value.data, field->value.size, hash);
    }
    return hash;
}

static enum status make_id(struct ndjson *ndjson, struct source_document *document) {
    const char *name = ndjson->stream ? "-" : ndjson->name;
    char suffix[24];
    int size;
    if (ndjson->stream)
        size =
            snprintf(suffix, sizeof suffix, "#%016llx", (unsigned long long)content_hash(document));
    else
        size = snprintf(suffix, sizeof suffix, "#%llu", line_number(ndjson));
    buffer_clear(&ndjson->id);
    enum status status = buffer_append(&ndjson->id, name, strlen(name));
    if (!status)
        status = buffer_append(&ndjson->id, suffix, (size_t)size);
    document->id = buffer_slice(&ndjson->id);
    return status;
}

static bool has_value(const struct json_record *record, size_t path) {
    for (size_t i = 0; i < record->value_count; i++)
        if (record->values[i].path == path)
            return true;
    return false;
}

/* Makes the document of a record. *has_content: it has a title, a text or a declared field, of any
 * value. */
static enum status make_document(struct source_document *document, bool *has_content,
                                 struct ndjson *ndjson, const struct json_record *record) {
    struct field_problem *problems = array_reserve(ndjson->problems, &ndjson->problem_capacity,
                                                   record->problem_count + 1, sizeof *problems);
    if (!problems)
        return ST_NOMEM;
    ndjson->problems = problems;
    struct field *fields = array_reserve(ndjson->fields, &ndjson->field_capacity,
                                         FIRST_OTHER_INDEX + record->value_count, sizeof *fields);
    if (!fields)
        return ST_NOMEM;
    ndjson->fields = fields;
    *has_content = record->has_content;
    fields[TITLE_INDEX] = (struct field){slice_of_string(FIELD_TITLE), record->title};
    fields[TEXT_INDEX] = (struct field){slice_of_string(FIELD_TEXT), record->text};
    for (size_t i = 0; i < record->value_count; i++) {
        const struct path_target *target = &ndjson->targets[record->values[i].path];
        fields[FIRST_OTHER_INDEX + i] = (struct field){target->name, record->values[i].text};
        *has_content = *has_content || target->declared;
    }
    bool declared = false;
    size_t problem_count = 0;
    for (size_t i = 0; i < record->problem_count; i++) {
        const struct path_target *target = &ndjson->targets[record->problems[i].path];
        declared = declared || target->declared;
        if (target->declared || has_value(record, record->problems[i].path))
            problems[problem_count++] =
                (struct field_problem){target->name, record->problems[i].what};
    }
    *has_content = *has_content || declared;
    *document = (struct source_document){.id = record->id,
                                         .place = slice_of_string(ndjson->name),
                                         .line = line_number(ndjson),
                                         .fields = fields,
                                         .field_count = FIRST_OTHER_INDEX + record->value_count,
                                         .problems = problems,
                                         .problem_count = problem_count};
    return record->id.size == 0 ? make_id(ndjson, document) : ST_OK;
}

/* Reads a record. *has_content as in make_document(). */
static enum status next_record(struct source_document *document, struct json_record *record,
                               struct slice *line, bool *has_content, struct ndjson *ndjson,
                               struct error *err) {
    struct error why;
    enum status status = next_line(line, ndjson, err);
    if (!status && !ndjson->started)
        status = check_layout(ndjson, *line, err);
    if (status)
        return status;
    ndjson->started = true;
    status = json_parse(record, ndjson->json, *line, &why);
    if (status == ST_INVALID)
        return error_set(err, ST_SKIPPED, 0, "%s:%llu: %s", ndjson->name, line_number(ndjson),
                         why.text);
    if (status || make_document(document, has_content, ndjson, record))
        return error_nomem(err);
    return ST_OK;
}

static enum status defer_record(struct ndjson *ndjson, const struct source_document *document,
                                const struct json_record *record, struct slice line) {
    struct buffer *deferred = &ndjson->deferred;
    bool first = deferred->size == 0;
    enum status status = buffer_append_string(deferred, document->id);
    if (!status)
        status = buffer_append_varint(deferred, document->line);
    if (!status)
        status = buffer_append_varint(deferred, record->value_count);
    for (size_t i = 0; !status && i < record->value_count; i++) {
        status = buffer_append_varint(deferred, record->values[i].path);
        if (!status)
            status = buffer_append_string(deferred, record->values[i].text);
    }
    return status || !first ? status
                            : json_list_members(&ndjson->first_members, ndjson->json, line);
}

/* Returns the next deferred record. */
static enum status next_deferred(struct source_document *document, struct ndjson *ndjson) {
    struct reader reader = reader_of(ndjson->deferred.data + ndjson->deferred_offset,
                                     ndjson->deferred.size - ndjson->deferred_offset);
    struct slice id = reader_string(&reader);
    uint64_t line = reader_varint(&reader);
    size_t count = (size_t)reader_varint(&reader);
    struct field *fields = array_reserve(ndjson->deferred_fields, &ndjson->deferred_capacity,
                                         count + 1, sizeof *fields);
    if (!fields)
        return ST_NOMEM;
    ndjson->deferred_fields = fields;
    for (size_t i = 0; i < count; i++) {
        size_t path = (size_t)reader_varint(&reader);
        fields[i] = (struct field){ndjson->targets[path].name, reader_string(&reader)};
    }
    ndjson->deferred_offset = (size_t)(reader.next - ndjson->deferred.data);
    *document = (struct source_document){.id = id,
                                         .place = slice_of_string(ndjson->name),
                                         .line = line,
                                         .fields = fields,
                                         .field_count = count};
    return ST_OK;
}

static enum status append_field_name(struct buffer *out, const char *name) {
    enum status status = out->size ? buffer_append(out, " or ", 4) : ST_OK;
    return status ? status : buffer_append(out, name, strlen(name));
}

/* "title", or "subject or body". */
static enum status append_field_names(struct buffer *out, const struct ndjson *ndjson) {
    const struct path_list *lists[] = {&ndjson->title_paths, &ndjson->text_paths};
    enum status status = ST_OK;
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; !status && k < lists[i]->count; k++)
            status = append_field_name(out, lists[i]->paths[k]);
    for (size_t i = 0; !status && i < ndjson->field_paths.count; i++)
        if (ndjson->targets[i].declared)
            status = append_field_name(out, ndjson->field_paths.paths[i]);
    return status;
}

static enum status refuse_unrecognized(const struct ndjson *ndjson, const char *which,
                                       struct error *err) {
    struct buffer fields = {0};
    if (append_field_names(&fields, ndjson)) {
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

/* Reads on to the first record with a title, a text or a declared field. */
static enum status read_until_recognized(struct ndjson *ndjson, struct error *err) {
    struct json_record record;
    struct slice line;
    while (!ndjson->recognized && ndjson->deferred.size < NDJSON_DEFERRED_MAX) {
        struct source_document *document = &ndjson->first_document;
        enum status status =
            next_record(document, &record, &line, &ndjson->recognized, ndjson, err);
        if (status == ST_END && ndjson->deferred.size > 0)
            return refuse_unrecognized(ndjson, "no record", err);
        if (status)
            return status;
        if (!ndjson->recognized && defer_record(ndjson, document, &record, line))
            return error_nomem(err);
    }
    return ndjson->recognized ? ST_OK
                              : refuse_unrecognized(ndjson, "none of the first records", err);
}

static enum status ndjson_next(struct source_document *document, struct record_source *source,
                               struct error *err) {
    struct ndjson *ndjson = ndjson_of(source);
    struct json_record record;
    struct slice line;
    bool has_content;
    if (!ndjson->recognized) {
        enum status status = read_until_recognized(ndjson, err);
        if (status)
            return status;
    }
    if (ndjson->deferred_offset < ndjson->deferred.size)
        return next_deferred(document, ndjson) ? error_nomem(err) : ST_OK;
    if (ndjson->first_document.id.size > 0) {
        *document = ndjson->first_document;
        ndjson->first_document = (struct source_document){0};
        return ST_OK;
    }
    return next_record(document, &record, &line, &has_content, ndjson, err);
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
