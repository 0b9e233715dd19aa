/* SPDX-License-Identifier: MIT */
/* Decides what becomes of a file, and reads it whole, in pieces or by its records. */
#include "indexer/scan/ingest_file.h"

#include <fcntl.h>

#include "indexer/extract/extract.h"
#include "indexer/extract/text_stream.h"
#include "indexer/scan/ingest_records.h"
#include "indexer/source/record_source.h"

enum { LARGE_TEXT_MIN = 8 * 1024 * 1024 }; /* bytes; larger plain text is read in pieces */

/* A file while it is ingested. */
struct task {
    struct ingest *ingest;
    const struct source *source;
    const struct file_entry *entry;
    enum format format;
    bool has_document; /* the index has a document whose id is the file's path */
    /* What is to be remembered of the file. */
    struct stat state;
    unsigned flags;
};

/* By the name of the file; else, if a link was followed, by that of its target. */
static enum format format_of(const struct source *source, const struct file_entry *entry) {
    enum format format = source->format;
    if (format == FORMAT_AUTO)
        format = extract_format_of_name(entry->path);
    if (format == FORMAT_AUTO && entry->directory == AT_FDCWD)
        format = extract_format_of_name(slice_of_string(entry->name));
    return format;
}

static struct file_request request_of(const struct task *task, uint64_t max_size) {
    return (struct file_request){
        .directory = task->entry->directory,
        .name = task->entry->name,
        .path = (const char *)task->entry->path.data,
        .max_size = max_size,
        .seen = task->entry->st,
        .forbidden = ingest_index_files(task->ingest),
    };
}

static void skip(const struct task *task, const char *why) {
    ingest_skip(task->ingest, task->entry->path, task->entry->requested, why);
}

/* The document that task->state and the content make. */
static struct source_document document_of(const struct task *task, const struct content *content,
                                          enum format format) {
    return (struct source_document){
        .id = task->entry->path,
        .format = format,
        .place = task->entry->path,
        .fields = content->fields,
        .field_count = content->field_count,
        .mtime = task->state.st_mtim.tv_sec,
        .size = (uint64_t)task->state.st_size,
        .lang = task->source->lang,
    };
}

/* Counts a file that could not be read, for the reason `status` with *err. ST_NOT_FOUND: nothing is
 * to be remembered of it; ST_OK: that it is no document. */
static enum status count_unreadable(struct task *task, enum status status, struct error *err) {
    const struct file_entry *entry = task->entry;
    if (status == ST_SKIPPED) {
        skip(task, ingest_error_reason(err, entry->path));
        /* A file that changes in the meantime may yet become a document. */
        if (fstatat(entry->directory, entry->name, &task->state, AT_SYMLINK_NOFOLLOW) != 0 ||
            !file_unchanged(entry->st, &task->state))
            return ST_NOT_FOUND;
        task->flags |= FILE_EMPTY;
        return task->has_document ? ingest_remove(task->ingest, entry->path, err) : ST_OK;
    }
    if (status == ST_EIO || status == ST_INVALID) {
        progress_count(task->ingest->progress, OUTCOME_FAILED, entry->path, err->text);
        return ST_NOT_FOUND;
    }
    if (status == ST_NOT_FOUND && entry->requested) /* it was there a moment ago */
        skip(task, "it was deleted");
    return status;
}

/* Reports what adding a prepared text would do. If the last commit has this very text, documents
 * added since may have replaced it: they are committed, and the answer is that of the new state. */
static enum status plan_stream(enum outcome *outcome, struct task *task, uint64_t content_hash,
                               struct error *err) {
    struct slice id = task->entry->path;
    enum status status = ingest_plan(outcome, task->ingest, id, content_hash, err);
    if (status || !task->ingest->writer || *outcome != OUTCOME_UNCHANGED)
        return status;
    status = ingest_commit(task->ingest, err);
    return status ? status : ingest_plan(outcome, task->ingest, id, content_hash, err);
}

/* Hands the pieces of a prepared text to the writer. The status is the writer's, and *read_status
 * that of reading: ST_END when the text is whole. */
static enum status write_stream(enum outcome *outcome, enum status *read_status, struct task *task,
                                const struct index_document *document, uint64_t content_hash,
                                struct text_stream *stream, struct error *err) {
    struct writer *writer = task->ingest->writer;
    struct slice piece;
    struct error failure;
    enum writer_outcome done;
    uint64_t counted = 0;
    enum status status = writer_begin_document(writer, document, content_hash, err);
    if (status)
        return status;
    while (!status && (*read_status = text_stream_next(&piece, stream, err)) == ST_OK) {
        progress_read(task->ingest->progress, stream->file.offset - counted, 0);
        counted = stream->file.offset;
        status = writer_add_part(writer, piece, err);
    }
    if (status < 0)
        return status;
    enum status ended = writer_end_document(&done, writer, *read_status == ST_END, &failure);
    if (ended) {
        *err = failure;
        return ended;
    }
    if (*read_status == ST_END)
        *outcome = ingest_outcome(done);
    return status;
}

static enum status ingest_text_stream(struct task *task, struct text_stream *stream,
                                      struct error *err) {
    enum outcome outcome = OUTCOME_FAILED;
    enum status status = ST_OK, read_status = text_stream_prepare(stream, err);
    if (!read_status) {
        struct index_document document;
        task->state = stream->file.state;
        struct source_document source = document_of(task, &stream->content, FORMAT_TEXT);
        source.head = text_stream_head(stream);
        status = ingest_map(&document, task->ingest, task->source->fields, &source, err);
        if (status)
            return status;
        uint64_t content_hash = index_document_hash_of_text(&document, stream->text_hash);
        status = plan_stream(&outcome, task, content_hash, err);
        if (!status && task->ingest->writer && outcome != OUTCOME_UNCHANGED)
            status =
                write_stream(&outcome, &read_status, task, &document, content_hash, stream, err);
        else
            progress_read(task->ingest->progress, (uint64_t)task->state.st_size, 0);
    }
    if (status || !read_status || read_status == ST_END)
        return ingest_count(task->ingest, task->entry->path, status, outcome, err);
    if (read_status != ST_SKIPPED)
        return count_unreadable(task, read_status, err);
    /* It changed while it was read: the document that the index has stays. */
    skip(task, ingest_error_reason(err, task->entry->path));
    return ST_NOT_FOUND;
}

/* Ingests a large file if it is plain text. *is_text: it is; else nothing was done. */
static enum status ingest_large_text(bool *is_text, struct task *task,
                                     const struct file_request *request, struct error *err) {
    struct text_stream stream;
    enum status status = text_stream_open(&stream, request, task->ingest->options->stop, err);
    *is_text = true;
    if (status)
        return count_unreadable(task, status, err);
    *is_text = task->format == FORMAT_TEXT ||
               extract_format_of_bytes(text_stream_head(&stream)) == FORMAT_TEXT;
    if (*is_text)
        status = ingest_text_stream(task, &stream, err);
    text_stream_close(&stream);
    return status;
}

/* Indexes the file as one document. Sets task->state to what was read, and FILE_EMPTY in
 * task->flags if there is no document in it. ST_NOT_FOUND: nothing is to be remembered. */
static enum status ingest_whole(struct task *task, struct error *err) {
    struct ingest *ingest = task->ingest;
    struct file_request request = request_of(task, task->source->max_size);
    if (task->entry->st->st_size > LARGE_TEXT_MIN &&
        (task->format == FORMAT_TEXT || task->format == FORMAT_AUTO)) {
        bool is_text;
        enum status status = ingest_large_text(&is_text, task, &request, err);
        if (status || is_text)
            return status;
    }
    enum status status = file_read(&ingest->bytes, &task->state, &request, err);
    if (!status) {
        progress_read(ingest->progress, ingest->bytes.size, 0);
        struct extract_input input = {.bytes = buffer_slice(&ingest->bytes),
                                      .format = task->format,
                                      .name = task->entry->path};
        status = extract_run(&ingest->content, &input, err);
    }
    if (status)
        return count_unreadable(task, status, err);
    struct source_document document = document_of(task, &ingest->content, ingest->content.format);
    return ingest_document(ingest, task->source->fields, &document, err);
}

/* ingest_whole() for a file of records. Records that are appended after the file was opened are for
 * the next run. */
static enum status ingest_record_file(struct task *task, struct error *err) {
    struct file file;
    struct file_request request = request_of(task, UINT64_MAX);
    enum status read_status;
    enum status status = file_open(&file, &request, err);
    if (status)
        return count_unreadable(task, status, err);
    task->state = file.state;
    status = ingest_records(&read_status, task->ingest, task->source, task->format, file.descriptor,
                            request.path, &task->state, err);
    file_close(&file);
    if (!status && task->has_document)
        status = ingest_remove(task->ingest, task->entry->path, err);
    /* What was refused is refused again, and reported again, only when it has changed. */
    if (read_status == ST_INVALID)
        task->flags |= FILE_EMPTY;
    return status || read_status == ST_END || read_status == ST_INVALID ? status : ST_NOT_FOUND;
}

/* Why the file cannot be ingested, or NULL. */
static const char *refusal(const struct task *task, bool has_records) {
    const struct stat *st = task->entry->st;
    if (!S_ISREG(st->st_mode))
        return "not a regular file";
    if (file_set_has(ingest_index_files(task->ingest), st))
        return "part of the index";
    if (!has_records && (uint64_t)st->st_size > task->source->max_size)
        return "larger than --max-size";
    return NULL;
}

static void count_unchanged(const struct task *task, bool empty) {
    if (empty)
        progress_count(task->ingest->progress, OUTCOME_SKIPPED, task->entry->path,
                       "no document, as before");
    else
        progress_count(task->ingest->progress, OUTCOME_UNCHANGED, task->entry->path, NULL);
}

enum status ingest_file(struct ingest *ingest, const struct source *source,
                        const struct file_entry *entry, struct error *err) {
    struct task task = {
        .ingest = ingest,
        .source = source,
        .entry = entry,
        .format = format_of(source, entry),
        .state = *entry->st,
    };
    bool has_records = record_source_has_format(task.format);
    const char *why = refusal(&task, has_records);
    if (why) {
        skip(&task, why);
        return ST_OK;
    }
    struct slice folder, name;
    struct change change;
    path_split(&folder, &name, entry->path);
    enum status status = changes_file(&change, ingest->changes, ingest_snapshot(ingest), name,
                                      entry->st, has_records, err);
    if (status)
        return status;
    /* A user who names a file that is no document wants to know why, each time. */
    bool again = source->reread || (change.empty && entry->requested);
    if (change.kind == CHANGE_NONE && !again) {
        count_unchanged(&task, change.empty);
        return ingest_checkpoint(ingest, err);
    }
    task.has_document = change.document;
    task.flags = entry->flags | (has_records ? FILE_RECORDS : 0);
    status = has_records ? ingest_record_file(&task, err) : ingest_whole(&task, err);
    if (status == ST_NOT_FOUND)
        return ST_OK;
    if (!status)
        status = changes_remember(ingest->changes, name, &task.state, task.flags, err);
    return status ? status : ingest_checkpoint(ingest, err);
}
