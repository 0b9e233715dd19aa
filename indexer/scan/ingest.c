#include "indexer/scan/ingest.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/base/io.h"
#include "common/index/current.h"
#include "indexer/extract/text_stream.h"
#include "indexer/source/file.h"
#include "indexer/source/ndjson.h"

enum {
    LARGE_TEXT_MIN = 8 * 1024 * 1024, /* bytes; plain text that is larger goes in pieces */
    RECORD_MAX_MIN = 1 << 20, /* bytes that a record may have however little memory there is */
};

static void index_file_add(struct ingest *ingest, const char *folder, const char *name) {
    char path[PATH_MAX];
    struct stat st;
    if (io_join(path, folder, name, NULL) == ST_OK &&
        ingest->index_file_count < INGEST_INDEX_FILES_MAX && stat(path, &st) == 0)
        ingest->index_files[ingest->index_file_count++] =
            (struct file_identity){st.st_dev, st.st_ino};
}

static int64_t clock_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

enum status ingest_init(struct ingest *ingest, struct writer *writer, struct snapshot *dry_run_base,
                        struct progress *progress, const struct ingest_options *options,
                        struct error *err) {
    *ingest = (struct ingest){
        .writer = writer,
        .dry_run_base = dry_run_base,
        .progress = progress,
        .options = options,
        .last_commit = clock_milliseconds(),
    };
    char generation[PATH_MAX];
    index_file_add(ingest, options->index, ".");
    index_file_add(ingest, options->index, "CURRENT");
    index_file_add(ingest, options->index, "lock");
    if (current_generation(generation, options->index, NULL) == ST_OK) {
        index_file_add(ingest, generation, ".");
        index_file_add(ingest, generation, "data.mdb");
        index_file_add(ingest, generation, "lock.mdb");
    }
    return changes_new(&ingest->changes, writer, clock_now(), err);
}

void ingest_release(struct ingest *ingest) {
    changes_free(ingest->changes);
    content_release(&ingest->content);
    path_resolver_release(&ingest->resolver);
    buffer_release(&ingest->bytes);
}

struct snapshot *ingest_snapshot(const struct ingest *ingest) {
    return ingest->writer ? writer_snapshot(ingest->writer) : ingest->dry_run_base;
}

struct file_set ingest_index_files(const struct ingest *ingest) {
    return (struct file_set){ingest->index_files, ingest->index_file_count};
}

void ingest_skip(struct ingest *ingest, struct slice path, bool requested, const char *why) {
    struct error err;
    if (requested) {
        error_set(&err, ST_SKIPPED, 0, "%.*s: cannot be indexed: %s", (int)path.size,
                  (const char *)path.data, why);
        progress_error(ingest->progress, err.text);
    } else {
        progress_count(ingest->progress, OUTCOME_SKIPPED, path, why);
    }
}

static enum status commit(struct ingest *ingest, struct error *err) {
    enum status status = writer_commit(ingest->writer, err);
    ingest->last_commit = clock_milliseconds();
    return status;
}

enum status ingest_checkpoint(struct ingest *ingest, struct error *err) {
    if (*ingest->options->stop)
        return error_set(err, ST_INTERRUPTED, 0, "interrupted");
    if (!ingest->writer)
        return ST_OK;
    int64_t now = clock_milliseconds();
    if (!writer_needs_commit(ingest->writer) &&
        (uint64_t)(now - ingest->last_commit) < ingest->options->commit_every)
        return ST_OK;
    return commit(ingest, err);
}

/* What adding a document with this content would do to the newest state of the index. */
static enum status plan_document(struct ingest *ingest, struct slice id, uint64_t content_hash,
                                 enum outcome *outcome, struct error *err) {
    struct snapshot *snapshot = ingest_snapshot(ingest);
    uint32_t segment, doc;
    struct document known;
    *outcome = OUTCOME_NEW;
    if (!snapshot)
        return ST_OK;
    enum status status = snapshot_find_id(&segment, &doc, &known, snapshot, id, err);
    if (!status)
        *outcome = known.content_hash == content_hash ? OUTCOME_UNCHANGED : OUTCOME_CHANGED;
    return status == ST_NOT_FOUND ? ST_OK : status;
}

const char *ingest_error_reason(const struct error *err, struct slice path) {
    size_t length = strlen(err->text);
    bool named = length > path.size + 2 && memcmp(err->text, path.data, path.size) == 0;
    return named ? err->text + path.size + 2 : err->text;
}

static const enum outcome outcomes[] = {[WRITER_ADDED] = OUTCOME_NEW,
                                        [WRITER_REPLACED] = OUTCOME_CHANGED,
                                        [WRITER_UNCHANGED] = OUTCOME_UNCHANGED};

/* Counts what became of a document: with ST_SKIPPED it was refused, and *err says why. */
static enum status count_document(struct ingest *ingest, struct slice id, enum status status,
                                  enum outcome outcome, struct error *err) {
    if (status == ST_SKIPPED) {
        struct error why; /* the id may be what is too long */
        error_set(&why, status, 0, "%.*s: cannot be indexed: %s",
                  (int)(id.size < 200 ? id.size : 200), (const char *)id.data,
                  ingest_error_reason(err, id));
        progress_count(ingest->progress, OUTCOME_FAILED, id, why.text);
    } else if (!status) {
        progress_count(ingest->progress, outcome, id, NULL);
    }
    return status < 0 ? status : ST_OK;
}

static enum status ingest_document(struct ingest *ingest, const struct document *found,
                                   struct error *err) {
    struct field fields[] = {{slice_of_string(FIELD_TITLE), found->title},
                             {slice_of_string(FIELD_TEXT), found->text}};
    struct source_document document = {.id = found->id,
                                       .fields = fields,
                                       .field_count = 2,
                                       .mtime = found->mtime,
                                       .size = found->size};
    enum outcome outcome;
    enum status status;
    if (ingest->writer) {
        enum writer_outcome done;
        status = writer_add(&done, ingest->writer, &document, err);
        outcome = status ? OUTCOME_FAILED : outcomes[done];
    } else {
        status = plan_document(ingest, document.id, writer_content_hash(&document), &outcome, err);
    }
    return count_document(ingest, document.id, status, outcome, err);
}

enum status ingest_remove(struct ingest *ingest, struct slice id, struct error *err) {
    uint32_t segment, doc;
    struct document known;
    enum status status = ST_NOT_FOUND;
    if (ingest->writer)
        status = writer_remove(ingest->writer, id, err);
    else if (ingest->dry_run_base)
        status = snapshot_find_id(&segment, &doc, &known, ingest->dry_run_base, id, err);
    if (!status)
        progress_count(ingest->progress, OUTCOME_REMOVED, id, NULL);
    return status == ST_NOT_FOUND ? ST_OK : status;
}

/* Splits "a,b" at the commas. */
struct field_list {
    char *text;
    const char *names[JSON_FIELDS_MAX + 2]; /* one too many is left for json_new() to refuse */
};

static enum status field_list_init(struct field_list *list, const char *const **names,
                                   struct slice given) {
    if (given.size == 0)
        return ST_OK;
    list->text = strndup((const char *)given.data, given.size);
    if (!list->text)
        return ST_NOMEM;
    size_t count = 0;
    for (char *rest = list->text; rest && count <= JSON_FIELDS_MAX;)
        list->names[count++] = strsep(&rest, ",");
    *names = list->names;
    return ST_OK;
}

/* All records of the NDJSON that comes from a descriptor; `st` is NULL for a stream. *read_status says
 * how reading ended: ST_END, at the end; ST_INVALID, it was refused as a whole; else it could not
 * be read, or not to its end, and what came before stays. All but the end is reported. */
static enum status ingest_records(struct ingest *ingest, const struct source *source,
                                  int descriptor, const char *name, const struct stat *st,
                                  enum status *read_status, struct error *err) {
    struct ndjson *ndjson = NULL;
    struct ndjson_options options = {
        .fields = ndjson_default_fields, .stream = !st, .stop = ingest->options->stop};
    uint64_t quarter = ingest->options->memory / 4;
    options.max_line = quarter > LINE_READER_MAX_LINE ? LINE_READER_MAX_LINE
                       : quarter < RECORD_MAX_MIN     ? RECORD_MAX_MIN
                                                      : (size_t)quarter;
    struct field_list lists[3] = {0};
    enum status status = ST_OK;
    *read_status = ST_OK;
    if (field_list_init(&lists[0], &options.fields.id, source->id_field) ||
        field_list_init(&lists[1], &options.fields.title, source->title_field) ||
        field_list_init(&lists[2], &options.fields.text, source->text_field))
        status = error_nomem(err);
    if (!status)
        status = ndjson_open(&ndjson, descriptor, name, &options, err);
    progress_begin_source(ingest->progress, st ? (uint64_t)st->st_size : 0);
    uint64_t consumed = 0;
    while (!status && *read_status >= 0 && *read_status != ST_END) {
        struct document document;
        *read_status = ndjson_next(&document, ndjson, err);
        uint64_t now = ndjson_consumed(ndjson);
        progress_read(ingest->progress, now - consumed, now);
        consumed = now;
        if (*read_status == ST_SKIPPED) {
            progress_error(ingest->progress, err->text);
        } else if (!*read_status) {
            document.mtime = st ? st->st_mtim.tv_sec : 0;
            document.size = document.title.size + document.text.size;
            status = ingest_document(ingest, &document, err);
        }
        if (!status && *read_status >= 0 && *read_status != ST_END)
            status = ingest_checkpoint(ingest, err);
    }
    if (*read_status == ST_EIO || *read_status == ST_CORRUPT || *read_status == ST_INVALID)
        progress_error(ingest->progress, err->text);
    else if (*read_status < 0)
        status = *read_status;
    progress_begin_source(ingest->progress, 0);
    ndjson_close(ndjson);
    for (size_t i = 0; i < 3; i++)
        free(lists[i].text);
    return status;
}

enum status ingest_stream(struct ingest *ingest, int descriptor, const char *name,
                          const struct source *options, struct error *err) {
    enum status read_status;
    return ingest_records(ingest, options, descriptor, name, NULL, &read_status, err);
}

/* Nothing became of a file that could not be read: counts that. ST_NOT_FOUND: nothing is to be
 * remembered of it; ST_OK: that it is no document. */
static enum status count_unreadable(struct ingest *ingest, const struct file_entry *entry,
                                    bool known, struct stat *state, unsigned *flags,
                                    enum status status, struct error *err) {
    if (status == ST_SKIPPED) {
        ingest_skip(ingest, entry->path, entry->requested, ingest_error_reason(err, entry->path));
        /* What changes while we look at it may yet become a document. */
        if (fstatat(entry->directory, entry->name, state, AT_SYMLINK_NOFOLLOW) != 0 ||
            !file_unchanged(entry->st, state))
            return ST_NOT_FOUND;
        *flags |= FILE_EMPTY;
        return known ? ingest_remove(ingest, entry->path, err) : ST_OK;
    }
    if (status == ST_EIO || status == ST_INVALID) {
        progress_count(ingest->progress, OUTCOME_FAILED, entry->path, err->text);
        return ST_NOT_FOUND;
    }
    if (status == ST_NOT_FOUND && entry->requested) /* it was there a moment ago */
        ingest_skip(ingest, entry->path, true, "it vanished");
    return status;
}

/* What adding a surveyed text would do. When the last commit has this very text, the batch may know
 * better: it is committed then, and asked. */
static enum status plan_stream(struct ingest *ingest, struct slice id,
                               const struct text_stream *stream, enum outcome *outcome,
                               struct error *err) {
    enum status status = plan_document(ingest, id, stream->content_hash, outcome, err);
    if (status || !ingest->writer || *outcome != OUTCOME_UNCHANGED)
        return status;
    status = commit(ingest, err);
    return status ? status : plan_document(ingest, id, stream->content_hash, outcome, err);
}

/* Hands the pieces of a surveyed text to the writer. The status says how that went, and *read_status how
 * reading did: ST_END when the text is whole. */
static enum status write_stream(struct ingest *ingest, struct slice id, struct text_stream *stream,
                                enum outcome *outcome, enum status *read_status,
                                struct error *err) {
    struct field title = {slice_of_string(FIELD_TITLE), buffer_slice(&stream->content.title)};
    struct source_document document = {
        .id = id,
        .fields = &title,
        .field_count = 1,
        .mtime = stream->file.state.st_mtim.tv_sec,
        .size = (uint64_t)stream->file.state.st_size,
    };
    struct slice piece;
    struct error failure;
    enum writer_outcome done;
    uint64_t counted = 0;
    enum status status =
        writer_begin_document(ingest->writer, &document, stream->content_hash, err);
    if (status)
        return status;
    while (!status && (*read_status = text_stream_next(&piece, stream, err)) == ST_OK) {
        progress_read(ingest->progress, stream->file.offset - counted, 0);
        counted = stream->file.offset;
        status = writer_add_part(ingest->writer, piece, err);
    }
    if (status < 0)
        return status;
    enum status ended =
        writer_end_document(&done, ingest->writer, *read_status == ST_END, &failure);
    if (ended) {
        *err = failure;
        return ended;
    }
    if (*read_status == ST_END)
        *outcome = outcomes[done];
    return status;
}

/* ingest_single_document() for a large file that may be plain text. *text: it is; else nothing was done. */
static enum status ingest_large_text(struct ingest *ingest, const struct file_request *request,
                                     enum format format, const struct file_entry *entry, bool known,
                                     struct stat *state, unsigned *flags, bool *text,
                                     struct error *err) {
    struct text_stream stream;
    enum outcome outcome = OUTCOME_FAILED;
    enum status status = ST_OK;
    enum status read_status = text_stream_open(&stream, request, ingest->options->stop, err);
    *text = true;
    if (read_status)
        return count_unreadable(ingest, entry, known, state, flags, read_status, err);
    *text =
        format == FORMAT_TEXT || extract_format_of_bytes(text_stream_head(&stream)) == FORMAT_TEXT;
    if (!*text)
        goto out;
    read_status = text_stream_prepare(&stream, err);
    if (!read_status) {
        *state = stream.file.state;
        status = plan_stream(ingest, entry->path, &stream, &outcome, err);
        if (!status && ingest->writer && outcome != OUTCOME_UNCHANGED)
            status = write_stream(ingest, entry->path, &stream, &outcome, &read_status, err);
        else
            progress_read(ingest->progress, (uint64_t)state->st_size, 0);
    }
    if (status || !read_status || read_status == ST_END) {
        status = count_document(ingest, entry->path, status, outcome, err);
    } else if (read_status == ST_SKIPPED) { /* it changed: what the index has of it stays */
        ingest_skip(ingest, entry->path, entry->requested, ingest_error_reason(err, entry->path));
        status = ST_NOT_FOUND;
    } else {
        status = count_unreadable(ingest, entry, known, state, flags, read_status, err);
    }
out:
    text_stream_close(&stream);
    return status;
}

/* By what the file is called; else, where a link was followed, by what that leads to. */
static enum format format_of(const struct source *source, const struct file_entry *entry) {
    enum format format = source->format;
    if (format == FORMAT_AUTO)
        format = extract_format_of_name(entry->path);
    if (format == FORMAT_AUTO && entry->directory == AT_FDCWD)
        format = extract_format_of_name(slice_of_string(entry->name));
    return format;
}

static struct file_request request_of(const struct ingest *ingest, const struct file_entry *entry,
                                      uint64_t max_size) {
    return (struct file_request){
        .directory = entry->directory,
        .name = entry->name,
        .path = (const char *)entry->path.data,
        .max_size = max_size,
        .seen = entry->st,
        .forbidden = ingest_index_files(ingest),
    };
}

/* Reads the file and indexes it as one document. *flags gets FILE_EMPTY when there is none in
 * it. *state is what was read; ST_NOT_FOUND: nothing was, and nothing is to be remembered. */
static enum status ingest_single_document(struct ingest *ingest, const struct source *source,
                                          const struct file_entry *entry, bool known,
                                          struct stat *state, unsigned *flags, struct error *err) {
    struct file_request request = request_of(ingest, entry, source->max_size);
    enum format format = format_of(source, entry);
    if (entry->st->st_size > LARGE_TEXT_MIN && (format == FORMAT_TEXT || format == FORMAT_AUTO)) {
        bool text;
        enum status status =
            ingest_large_text(ingest, &request, format, entry, known, state, flags, &text, err);
        if (status || text)
            return status;
    }
    enum status status = file_read(&ingest->bytes, state, &request, err);
    if (!status) {
        struct extract_input input = {
            .bytes = buffer_slice(&ingest->bytes), .format = format, .name = entry->path};
        progress_read(ingest->progress, ingest->bytes.size, 0);
        status = extract_run(&ingest->content, &input, err);
    }
    if (status)
        return count_unreadable(ingest, entry, known, state, flags, status, err);
    struct document document = {
        .id = entry->path,
        .title = buffer_slice(&ingest->content.title),
        .text = buffer_slice(&ingest->content.text),
        .mtime = state->st_mtim.tv_sec,
        .size = (uint64_t)state->st_size,
    };
    return ingest_document(ingest, &document, err);
}

/* ingest_single_document() for a file whose records are documents. *state is what it was when opened: what
 * is appended later is for the next run. */
static enum status ingest_record_file(struct ingest *ingest, const struct source *source,
                                      const struct file_entry *entry, bool known,
                                      struct stat *state, unsigned *flags, struct error *err) {
    struct file file;
    struct file_request request = request_of(ingest, entry, UINT64_MAX);
    enum status read_status;
    enum status status = file_open(&file, &request, err);
    if (status)
        return count_unreadable(ingest, entry, known, state, flags, status, err);
    *state = file.state;
    status =
        ingest_records(ingest, source, file.descriptor, request.path, state, &read_status, err);
    file_close(&file);
    if (!status && known)
        status = ingest_remove(ingest, entry->path, err);
    /* What was refused is refused again, and reported again, only when it has changed. */
    if (read_status == ST_INVALID)
        *flags |= FILE_EMPTY;
    return status || read_status == ST_END || read_status == ST_INVALID ? status : ST_NOT_FOUND;
}

enum status ingest_file(struct ingest *ingest, const struct source *source,
                        const struct file_entry *entry, struct error *err) {
    struct slice folder, name;
    path_split(entry->path, &folder, &name);
    bool is_record_file = format_of(source, entry) == FORMAT_NDJSON;
    const char *why = NULL;
    if (!S_ISREG(entry->st->st_mode))
        why = "not a regular file";
    else if (file_set_has(ingest_index_files(ingest), entry->st))
        why = "part of the index";
    else if (!is_record_file && (uint64_t)entry->st->st_size > source->max_size)
        why = "larger than --max-size";
    if (why) {
        ingest_skip(ingest, entry->path, entry->requested, why);
        return ST_OK;
    }
    struct change change;
    enum status status = changes_file(ingest->changes, ingest_snapshot(ingest), &change, name,
                                      entry->st, is_record_file, err);
    if (status)
        return status;
    /* Who names a file that no document came of wants to know why, each time. */
    bool again = source->reread || (change.empty && entry->requested);
    if (change.kind == CHANGE_NONE && !again) {
        if (change.empty)
            progress_count(ingest->progress, OUTCOME_SKIPPED, entry->path,
                           "no document, as before");
        else
            progress_count(ingest->progress, OUTCOME_UNCHANGED, entry->path, NULL);
        return ingest_checkpoint(ingest, err);
    }
    unsigned flags = entry->flags | (is_record_file ? FILE_RECORDS : 0);
    struct stat state = *entry->st;
    status = (is_record_file ? ingest_record_file : ingest_single_document)(
        ingest, source, entry, change.document, &state, &flags, err);
    if (status == ST_NOT_FOUND)
        return ST_OK;
    if (!status)
        status = changes_remember(ingest->changes, name, &state, flags, err);
    return status ? status : ingest_checkpoint(ingest, err);
}

enum status ingest_remove_deleted(struct ingest *ingest, struct error *err) {
    size_t count;
    const struct deleted_entry *deleted = changes_deleted(ingest->changes, &count);
    enum status status = ST_OK;
    for (size_t i = 0; !status && i < count; i++) {
        if (deleted[i].document)
            status = ingest_remove(ingest, deleted[i].path, err);
        /* The document and the record go in one commit. */
        if (!status && ingest->writer)
            status = writer_put_file(ingest->writer, deleted[i].key, slice_of(NULL, 0), err);
        if (!status)
            status = ingest_checkpoint(ingest, err);
    }
    return status;
}
