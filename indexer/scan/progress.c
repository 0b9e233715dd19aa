/* SPDX-License-Identifier: MIT */
/* Prints progress, errors and the summary. */
#include "indexer/scan/progress.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/number.h"
#include "common/cli/cli.h"
#include "common/text/escape.h"

enum { REDRAW_MS = 100, ETA_AFTER_MS = 2000, LINE_MAX_BYTES = 256 };

static const char *const done_words[OUTCOME_COUNT] = {
    [OUTCOME_NEW] = "added",       [OUTCOME_CHANGED] = "changed", [OUTCOME_UNCHANGED] = "unchanged",
    [OUTCOME_REMOVED] = "removed", [OUTCOME_SKIPPED] = "skipped", [OUTCOME_FAILED] = "failed",
};

static const char *const planned_words[OUTCOME_COUNT] = {
    [OUTCOME_NEW] = "would add",       [OUTCOME_CHANGED] = "would change",
    [OUTCOME_UNCHANGED] = "unchanged", [OUTCOME_REMOVED] = "would remove",
    [OUTCOME_SKIPPED] = "skip",        [OUTCOME_FAILED] = "would fail",
};

void progress_init(struct progress *progress, const char *program, enum when when) {
    *progress = (struct progress){.program = program, .started = clock_monotonic_ms()};
    progress->redrawn = progress->source_started = progress->started;
    progress->show_summary = output_is_terminal(STDERR_FILENO) || when == WHEN_ALWAYS;
    progress->show_line =
        when == WHEN_ALWAYS || (when == WHEN_AUTO && output_is_ansi_terminal(STDERR_FILENO));
}

static void erase(struct progress *progress) {
    if (progress->line_drawn)
        fputs("\r\033[K", stderr);
    progress->line_drawn = false;
}

/* Prints a line such as "added /home/ann/notes/a.md" or "skipped /home/ann/x.bin: binary". */
static void print_document(struct progress *progress, enum outcome outcome, struct slice name,
                           const char *why) {
    const char *const *words = progress->dry_run ? planned_words : done_words;
    FILE *out = progress->dry_run ? stdout : stderr;
    struct buffer line = {0};
    if (buffer_append_slice(&line, slice_of_string(words[outcome])) ||
        buffer_append_byte(&line, ' ') || escape_append(&line, name, ESCAPE_NAME) ||
        (why && (buffer_append(&line, ": ", 2) ||
                 escape_append(&line, slice_of_string(why), ESCAPE_NAME))) ||
        buffer_append_byte(&line, '\n'))
        line.size = 0;
    if (out == stderr)
        erase(progress);
    fwrite(line.data, 1, line.size, out);
    buffer_release(&line);
}

static void count_reason(struct progress *progress, const char *why) {
    for (size_t i = 0; i < PROGRESS_REASONS_MAX; i++) {
        struct progress_reason *reason = &progress->reasons[i];
        bool last = i + 1 == PROGRESS_REASONS_MAX;
        if (!reason->why[0])
            snprintf(reason->why, sizeof reason->why, "%s", last ? "other" : why);
        if (last || strncmp(reason->why, why, sizeof reason->why - 1) == 0) {
            reason->count++;
            return;
        }
    }
}

void progress_error(struct progress *progress, const char *text) {
    if (++progress->counts[OUTCOME_FAILED] > PROGRESS_ERRORS_SHOWN_MAX)
        return;
    erase(progress);
    cli_print_message(progress->program, "%s", text);
}

void progress_misfit(struct progress *progress, const char *text) {
    progress->misfits++;
    if (!text || progress->quiet)
        return;
    erase(progress);
    cli_print_message(progress->program, "%s", text);
}

void progress_count(struct progress *progress, enum outcome outcome, struct slice name,
                    const char *why) {
    if (outcome == OUTCOME_FAILED) {
        progress_error(progress, why);
        return;
    }
    progress->counts[outcome]++;
    if (outcome == OUTCOME_SKIPPED)
        count_reason(progress, why);
    if (progress->verbose || (progress->dry_run && outcome != OUTCOME_UNCHANGED))
        print_document(progress, outcome, name, why);
}

static uint64_t documents(const struct progress *progress) {
    return progress->counts[OUTCOME_NEW] + progress->counts[OUTCOME_CHANGED] +
           progress->counts[OUTCOME_UNCHANGED];
}

static void redraw(struct progress *progress) {
    int64_t now = clock_monotonic_ms();
    if (now - progress->redrawn < REDRAW_MS)
        return;
    progress->redrawn = now;
    progress->line_drawn = true;
    int64_t elapsed = now - progress->started, since = now - progress->source_started;
    char count[NUMBER_TEXT_MAX], read[NUMBER_TEXT_MAX], rate[NUMBER_TEXT_MAX],
        left[NUMBER_TEXT_MAX];
    char line[LINE_MAX_BYTES];
    int length = snprintf(line, sizeof line, "\r%s documents, %s, %s/s",
                          number_format_count(count, documents(progress)),
                          number_format_size(read, progress->bytes),
                          number_format_size(rate, (uint64_t)((double)progress->bytes * 1000 /
                                                              (double)(elapsed + 1))));
    if (progress->source_total && progress->source_done && since > ETA_AFTER_MS && length > 0) {
        double share = (double)progress->source_done / (double)progress->source_total;
        if (share > 1)
            share = 1;
        int64_t seconds = (int64_t)((double)since / 1000 * (1 - share) / share);
        snprintf(line + length, sizeof line - (size_t)length, ", %.0f%%, %s left", share * 100,
                 number_format_age(left, seconds));
    }
    fputs(line, stderr);
    fputs("\033[K", stderr);
    fflush(stderr);
}

void progress_begin_source(struct progress *progress, uint64_t total) {
    progress->source_done = 0;
    progress->source_total = total;
    progress->source_started = clock_monotonic_ms();
}

void progress_read(struct progress *progress, uint64_t bytes, uint64_t done) {
    progress->bytes += bytes;
    progress->source_done = done;
    if (progress->show_line && !progress->quiet)
        redraw(progress);
}

/* Appends ", 12 words" to the text. */
static void append_count(char *text, size_t size, uint64_t number, const char *words) {
    char digits[NUMBER_TEXT_MAX];
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s %s", used ? ", " : "",
             number_format_count(digits, number), words);
}

static void append_misfits(char *text, size_t size, uint64_t misfits) {
    if (misfits)
        append_count(text, size, misfits,
                     misfits == 1 ? "value did not fit its field"
                                  : "values did not fit their field");
}

static void print_summary(const struct progress *progress) {
    const uint64_t *counts = progress->counts;
    char text[LINE_MAX_BYTES] = "";
    if (progress->dry_run) {
        append_count(text, sizeof text, counts[OUTCOME_NEW], "documents would be added");
        append_count(text, sizeof text, counts[OUTCOME_CHANGED], "changed");
        append_count(text, sizeof text, counts[OUTCOME_REMOVED], "removed");
        append_count(text, sizeof text, counts[OUTCOME_SKIPPED], "skipped");
        append_misfits(text, sizeof text, progress->misfits);
        printf("%s\n", text);
        return;
    }
    append_count(text, sizeof text, counts[OUTCOME_NEW], "new");
    append_count(text, sizeof text, counts[OUTCOME_CHANGED], "changed");
    append_count(text, sizeof text, counts[OUTCOME_REMOVED], "removed");
    append_count(text, sizeof text, counts[OUTCOME_FAILED], "failed");
    append_misfits(text, sizeof text, progress->misfits);
    int64_t elapsed = clock_monotonic_ms() - progress->started;
    fprintf(stderr, "indexed %s in %" PRId64 ".%d s\n", text, elapsed / 1000,
            (int)(elapsed % 1000 / 100));
    for (size_t i = 0; progress->verbose && i < PROGRESS_REASONS_MAX && progress->reasons[i].why[0];
         i++)
        fprintf(stderr, "skipped %s: %s\n", number_format_count(text, progress->reasons[i].count),
                progress->reasons[i].why);
}

void progress_end(struct progress *progress, bool summarize) {
    erase(progress);
    uint64_t failed = progress->counts[OUTCOME_FAILED];
    char digits[NUMBER_TEXT_MAX];
    if (failed > PROGRESS_ERRORS_SHOWN_MAX)
        cli_print_message(progress->program, "... and %s more",
                          number_format_count(digits, failed - PROGRESS_ERRORS_SHOWN_MAX));
    if (summarize && !progress->quiet &&
        (progress->show_summary || progress->verbose || progress->dry_run))
        print_summary(progress);
}
