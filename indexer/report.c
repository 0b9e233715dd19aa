/* SPDX-License-Identifier: MIT */
/* Formats the results of commands for people, and the line about a run for programs. */
#include "indexer/report.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/io.h"
#include "common/base/number.h"
#include "common/index/index_path.h"
#include "common/text/escape.h"

static void print_name(FILE *out, struct slice name) {
    struct buffer safe = {0};
    if (escape_append(&safe, name, ESCAPE_NAME) == ST_OK)
        fwrite(safe.data, 1, safe.size, out);
    buffer_release(&safe);
}

static void print_time(FILE *out, const char *label, int64_t when, int64_t now) {
    char text[64] = "never", age[NUMBER_TEXT_MAX];
    struct tm local;
    time_t seconds = (time_t)when;
    if (when && localtime_r(&seconds, &local)) {
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local);
        fprintf(out, "%-13s%s, %s ago\n", label, text, number_format_age(age, now - when));
    } else {
        fprintf(out, "%-13s%s\n", label, text);
    }
}

static void print_origin(FILE *out, const struct catalog *catalog, int64_t now) {
    fputs("id           ", out);
    for (size_t i = 0; i < sizeof catalog->id; i++)
        fprintf(out, "%02x", catalog->id[i]);
    fprintf(out, "\nwritten by   quern %s\n", catalog->program);
    print_time(out, "created", catalog->created_at, now);
}

static uint64_t count_lines(struct slice text) {
    uint64_t lines = 0;
    for (size_t i = 0; i < text.size; i++)
        lines += text.data[i] == '\n' || i + 1 == text.size;
    return lines;
}

static void print_sources(FILE *out, const struct sources *sources) {
    if (sources->count == 0)
        fputs("sources      none\n", out);
    for (size_t i = 0; i < sources->count; i++) {
        fputs(i == 0 ? "sources      " : "             ", out);
        print_name(out, sources->items[i].path);
        fputc('\n', out);
    }
}

static const char *type_name(const struct schema_field *field) {
    static const char *const names[] = {[FIELD_TYPE_TEXT] = "text",
                                        [FIELD_TYPE_KEYWORD] = "keyword",
                                        [FIELD_TYPE_NUMBER] = "number",
                                        [FIELD_TYPE_DATE] = "date"};
    bool filter = field->type == FIELD_TYPE_TEXT && !(field->flags & SCHEMA_SEARCHED);
    return filter ? "filter" : names[field->type];
}

/* How many documents have a field, counted as the segments do. */
static uint64_t count_documents(const struct catalog *catalog, uint16_t number) {
    uint64_t documents = 0;
    for (size_t i = 0; i < catalog->segment_count; i++) {
        const struct segment_field *field = segment_info_field(&catalog->segments[i], number);
        documents += field ? field->documents : 0;
    }
    return documents;
}

/* Prints the fields that documents have, and those that were declared. */
static void print_fields(FILE *out, const struct catalog *catalog) {
    char digits[NUMBER_TEXT_MAX];
    const char *label = "fields";
    for (size_t i = 0; i < catalog->schema.count; i++) {
        const struct schema_field *field = &catalog->schema.fields[i];
        uint64_t documents = count_documents(catalog, field->number);
        if (!documents && field->number < SCHEMA_OWN_MIN)
            continue;
        fprintf(out, "%-13s%-15s%-9s%s\n", label, field->name, type_name(field),
                number_format_count(digits, documents));
        label = "";
    }
}

static void print_ranking(FILE *out, const struct catalog *catalog) {
    const struct catalog_ranking *ranking = &catalog->ranking;
    if (!ranking->has_k1 && !ranking->has_b && !ranking->has_boosts)
        return;
    fputs("ranking     ", out);
    if (ranking->has_k1)
        fprintf(out, " k1=%g", ranking->k1);
    if (ranking->has_b)
        fprintf(out, " b=%g", ranking->b);
    if (ranking->has_boosts)
        fputs(ranking->boost_count ? " boost=" : " boost=none", out);
    for (size_t i = 0; i < ranking->boost_count; i++) {
        const struct catalog_boost *boost = &ranking->boosts[i];
        const struct schema_field *field = schema_field(&catalog->schema, boost->field);
        fprintf(out, "%s%s:%g", i ? "," : "", field ? field->name : "?",
                (double)boost->weight / CATALOG_BOOST_UNIT);
    }
    fputc('\n', out);
}

enum status report_status(FILE *out, const char *index, struct snapshot *snapshot,
                          const struct sources *sources, int64_t now, struct error *err) {
    const struct catalog *catalog = &snapshot->catalog;
    struct store_size size;
    enum status status = store_size(&size, snapshot->txn, err);
    if (status)
        return status;
    char shown[PATH_MAX], a[NUMBER_TEXT_MAX], b[NUMBER_TEXT_MAX], c[NUMBER_TEXT_MAX];
    uint64_t documents = catalog_live_documents(catalog);
    fputs("index        ", out);
    print_name(out, slice_of_string(index_path_shorten(shown, index)));
    fputc('\n', out);
    print_origin(out, catalog, now);
    fprintf(out, "documents    %s", number_format_count(a, documents));
    uint64_t deleted = catalog_total_documents(catalog) - documents;
    if (deleted)
        fprintf(out, ", and %s deleted, which `compact` would remove",
                number_format_count(a, deleted));
    fprintf(out, "\ntokens       %s\n", number_format_count(a, catalog_total_length(catalog)));
    fprintf(out, "segments     %s\n", number_format_count(a, catalog->segment_count));
    fprintf(out, "size         %s: %s used, %s reclaimable\n", number_format_size(a, size.file),
            number_format_size(b, size.used), number_format_size(c, size.reclaimable));
    fprintf(out, "text         %s\n", catalog->keep_text ? "kept" : "not kept (--no-store)");
    fprintf(out, "stemmer      %s", catalog->stemmer);
    if (catalog->other_stemmers)
        fprintf(out, "; for other languages: %s", catalog->other_stemmers);
    fputc('\n', out);
    fprintf(out, "stop words   %s\n",
            number_format_count(a, count_lines(buffer_slice(&catalog->stopwords))));
    print_ranking(out, catalog);
    print_fields(out, catalog);
    print_time(out, "last commit", catalog->committed_at, now);
    print_time(out, "last run", catalog->completed_at, now);
    if (catalog->failed_at > catalog->completed_at)
        print_time(out, "failed", catalog->failed_at, now);
    print_sources(out, sources);
    return ST_OK;
}

void report_check(FILE *out, const struct verify_counts *counts) {
    char a[NUMBER_TEXT_MAX], b[NUMBER_TEXT_MAX], c[NUMBER_TEXT_MAX], d[NUMBER_TEXT_MAX],
        e[NUMBER_TEXT_MAX];
    fprintf(out, "sound: %s documents, %s terms, %s postings in %s segments, %s checked\n",
            number_format_count(a, counts->documents), number_format_count(b, counts->terms),
            number_format_count(c, counts->postings), number_format_count(d, counts->segments),
            number_format_size(e, counts->bytes));
    if (counts->orphaned_bytes)
        fprintf(out, "left over from a killed run: %s, which the next run deletes\n",
                number_format_size(a, counts->orphaned_bytes));
    if (counts->pages.leaked)
        fprintf(out, "lost: %s pages of the file, which `compact` frees\n",
                number_format_count(a, counts->pages.leaked));
    if (counts->missing_documents)
        fprintf(out, "without a document: %s of %s remembered files, until they change\n",
                number_format_count(a, counts->missing_documents),
                number_format_count(b, counts->files));
}

void report_adopt(FILE *out, const struct adoption *adoption) {
    if (adoption->already_current) {
        fprintf(out, "nothing to adopt: %s is the current generation\n", adoption->name);
        return;
    }
    fprintf(out, "adopted %s, which is ", adoption->name);
    report_check(out, &adoption->counts);
}

/* escape_append() has escaped control characters; quotes and backslashes remain. */
static enum status append_json(struct buffer *out, const char *text) {
    if (!text)
        return buffer_append(out, "null", 4);
    struct buffer safe = {0};
    enum status status = escape_append(&safe, slice_of_string(text), ESCAPE_NAME);
    if (!status)
        status = buffer_append_byte(out, '"');
    for (size_t i = 0; !status && i < safe.size; i++) {
        if (safe.data[i] == '"' || safe.data[i] == '\\')
            status = buffer_append_byte(out, '\\');
        if (!status)
            status = buffer_append_byte(out, safe.data[i]);
    }
    buffer_release(&safe);
    return status ? status : buffer_append_byte(out, '"');
}

static enum status append_number(struct buffer *out, const char *name, uint64_t number) {
    char text[64];
    int length = snprintf(text, sizeof text, ",\"%s\":%" PRIu64, name, number);
    return buffer_append(out, text, (size_t)length);
}

static enum status append_run(struct buffer *out, const char *command, const char *index,
                              int exit_code, const char *error, const struct progress *progress,
                              int64_t now) {
    static const char *const names[OUTCOME_COUNT] = {
        [OUTCOME_NEW] = "new",
        [OUTCOME_CHANGED] = "changed",
        [OUTCOME_UNCHANGED] = "unchanged",
        [OUTCOME_REMOVED] = "removed",
        [OUTCOME_SKIPPED] = "skipped",
        [OUTCOME_FAILED] = "failed",
    };
    char text[128];
    int64_t elapsed = clock_monotonic_ms() - progress->started;
    int length = snprintf(text, sizeof text, "{\"v\":1,\"time\":%" PRId64 ",\"command\":\"%s\"",
                          now, command);
    enum status status = buffer_append(out, text, (size_t)length);
    if (!status)
        status = buffer_append(out, ",\"index\":", 9);
    if (!status)
        status = append_json(out, index);
    length = snprintf(text, sizeof text,
                      ",\"exit\":%d,\"seconds\":%" PRId64 ".%03d,\"error\":", exit_code,
                      elapsed / 1000, (int)(elapsed % 1000));
    if (!status)
        status = buffer_append(out, text, (size_t)length);
    if (!status)
        status = append_json(out, error);
    for (int i = 0; !status && i < OUTCOME_COUNT; i++)
        status = append_number(out, names[i], progress->counts[i]);
    if (!status)
        status = append_number(out, "misfits", progress->misfits);
    if (!status)
        status = append_number(out, "bytes", progress->bytes);
    return status ? status : buffer_append(out, "}\n", 2);
}

enum status report_run(const char *path, const char *command, const char *index, int exit_code,
                       const char *error, const struct progress *progress, int64_t now,
                       struct error *err) {
    struct buffer line = {0};
    enum status status = ST_OK;
    int file = -1;
    if (append_run(&line, command, index, exit_code, error, progress, now)) {
        status = error_nomem(err);
        goto out;
    }
    file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0) {
        status = error_set(err, ST_EIO, errno, "--report %s", path);
        goto out;
    }
    /* A pipe that its reader closed is no reason to fail. */
    if (io_write(file, buffer_slice(&line)) && errno != EPIPE)
        status = error_set(err, status_from_errno(errno), errno, "--report %s", path);
out:
    if (file >= 0)
        close(file);
    buffer_release(&line);
    return status;
}
