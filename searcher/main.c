/* SPDX-License-Identifier: MIT */
/* quern-search: parses the options, opens the indexes, and prints the results of one query or a
 * batch. */
#include <time.h>
#include <unistd.h>

#include "common/index/index_path.h"
#include "searcher/batch.h"
#include "searcher/did_you_mean.h"
#include "searcher/field_list.h"
#include "searcher/indexes.h"
#include "searcher/options.h"
#include "searcher/request.h"
#include "searcher/run.h"
#include "searcher/seen_ids.h"
#include "searcher/show/printer.h"
#include "searcher/why_not.h"

/* The exit codes are those of grep(1). */
enum { EXIT_HITS = 0, EXIT_NO_HITS = 1, EXIT_ERROR = 2 };

/* Reports on stderr how the query was read and answered, as far as the format does not. */
static void report_notes(const struct result_set *results, const struct query *query,
                         const struct printer_format *format) {
    char sentence[RESULT_SENTENCE_MAX];
    if (results->note)
        cli_print_message(query_options_cli.program, "%s", results->note);
    if (query->warning)
        cli_print_message(query_options_cli.program, "%s", query->warning);
    if (results->did_you_mean.size)
        cli_print_message(query_options_cli.program, "did you mean: %.*s",
                          (int)results->did_you_mean.size,
                          (const char *)results->did_you_mean.data);
    if (!format->shows_parts && result_set_describe(sentence, results))
        cli_print_message(query_options_cli.program, "%s", sentence);
}

/* The arguments as one line, for JSON. */
static enum status join_arguments(struct buffer *text, int count, char **words, struct error *err) {
    for (int i = 0; i < count; i++)
        if ((i > 0 && buffer_append_byte(text, ' ')) ||
            buffer_append(text, words[i], strlen(words[i])))
            return error_nomem(err);
    return ST_OK;
}

/* Remembers that these hits were shown. */
static enum status remember(struct seen_ids *seen, const struct result_set *results,
                            struct error *err) {
    enum status status = ST_OK;
    for (size_t i = 0; i < results->count && !status; i++)
        status = seen_ids_add(seen, results->hits[i].id, err);
    return status ? status : seen_ids_save(seen, err);
}

/* Looks for a query that was probably meant. */
static enum status suggest(struct buffer *better, struct query *query,
                           const struct indexes *indexes, const struct query_options *options,
                           const struct request *request, int count, char **words,
                           struct error *err) {
    struct buffer text = {0};
    enum status status = did_you_mean_join(&text, count, words);
    if (status)
        error_nomem(err);
    else
        status = did_you_mean(better, query, buffer_slice(&text), indexes, options, request, err);
    buffer_release(&text);
    return status;
}

/* Closes the index before printing: while `less` waits for the user, an open reader would keep the
 * indexer from reusing space. */
static enum status run_arguments(struct printer *printer, struct indexes *indexes,
                                 const struct query_options *options, const struct request *request,
                                 struct seen_ids *seen, int count, char **words,
                                 struct error *err) {
    char sentence[RUN_SENTENCE_MAX];
    struct query query;
    struct result_set results = {0};
    struct buffer text = {0}, better = {0};
    struct query_context context = request->context;
    context.analyzer = indexes->analyzer;
    enum status status = query_parse_arguments(&query, &context, count, words, err);
    if (status)
        return status;
    status = run_check(&query, options, err);
    if (!status)
        status = run_prepare(&query, indexes, options, request, err);
    if (!status)
        status = run_query(&results, &query, indexes, options, request, err);
    if (!status && !printer->format->silent)
        status = suggest(&better, &query, indexes, options, request, count, words, err);
    results.did_you_mean = buffer_slice(&better);
    indexes_close(indexes, 1);
    bool found = !status && run_found(&results, options);
    if (!status && !printer->format->silent && (found || !options->new_name)) {
        report_notes(&results, &query, printer->format);
        if (!found && run_describe_excluded(sentence, &query))
            cli_print_message(query_options_cli.program, "%s", sentence);
        status = join_arguments(&text, count, words, err);
        results.query = buffer_slice(&text);
        if (!status)
            status = printer_print(printer, &results, err);
        if (!status)
            status = output_write(STDOUT_FILENO, buffer_slice(&printer->out), err);
        if (!status && options->new_name) /* now they have been shown */
            status = remember(seen, &results, err);
        if (status == ST_END)
            status = ST_OK; /* a closed pipe is no failure */
    }
    result_set_release(&results);
    query_release(&query);
    buffer_release(&text);
    buffer_release(&better);
    return !status && !found ? ST_END : status;
}

static void warn_of_line(struct synonyms_reporter *reporter, const char *sentence) {
    (void)reporter;
    cli_print_message(query_options_cli.program, "%s", sentence);
}

static enum status load_synonyms(struct request *request, struct synonyms *synonyms,
                                 const struct query_options *options, struct analyzer *analyzer,
                                 struct error *err) {
    struct synonyms_reporter reporter = {warn_of_line};
    request->synonyms = synonyms;
    return synonyms_load(synonyms, options->synonyms, analyzer, &reporter, err);
}

/* Prints how one document answers the query. */
static enum status run_why_not(const struct indexes *indexes, const struct query_options *options,
                               const struct request *request, int count, char **words,
                               struct error *err) {
    struct query query;
    struct buffer out = {0};
    struct query_context context = request->context;
    bool found = false;
    context.analyzer = indexes->analyzer;
    enum status status = query_parse_arguments(&query, &context, count, words, err);
    if (status)
        return status;
    status = run_check(&query, options, err);
    if (!status)
        status = run_prepare(&query, indexes, options, request, err);
    if (!status)
        status = why_not_report(&out, &found, &query, indexes, options, request, err);
    if (!status && query.note)
        cli_print_message(query_options_cli.program, "%s", query.note);
    if (!status)
        status = output_write(STDOUT_FILENO, buffer_slice(&out), err);
    if (status == ST_END)
        status = ST_OK; /* a closed pipe is no failure */
    query_release(&query);
    buffer_release(&out);
    return !status && !found ? ST_END : status;
}

static void list_fields(const struct schema *schema, const struct indexes *indexes,
                        const struct query_options *options) {
    enum field_list_format format = options->format == &printer_json       ? FIELD_LIST_JSON
                                    : options->format == &printer_terminal ? FIELD_LIST_TABLE
                                                                           : FIELD_LIST_LINES;
    field_list_print(stdout, schema, indexes, format);
}

/* Whether there is anything to do without words. */
static bool needs_no_words(const struct query_options *options) {
    return options->query_file || options->field_list || options->like ||
           restriction_is_given(&options->restriction);
}

static enum status search(const struct query_options *options, int count, char **words,
                          struct error *err) {
    char folder[PATH_MAX], shown[PATH_MAX], host[HOST_NAME_MAX + 1] = "";
    struct indexes indexes[QUERY_THREADS_MAX] = {0};
    unsigned threads = options->threads;
    struct printer printer = {.format = options->format,
                              .run_tag = options->run_tag,
                              .template = options->template,
                              .now = time(NULL),
                              .columns = output_columns(STDOUT_FILENO),
                              .color = output_use_color(STDOUT_FILENO, options->color),
                              .nul = options->nul};
    if (output_use_hyperlinks(STDOUT_FILENO, options->hyperlink) &&
        gethostname(host, sizeof host - 1) == 0)
        printer.link_host = host;
    if (getcwd(folder, sizeof folder))
        printer.folder = slice_of_string(folder);
    struct error note;
    struct seen_ids seen = {0};
    enum status status = indexes_find(&indexes[0], &note, &options->indexes, err);
    if (!status && options->new_name)
        status = seen_ids_open(&seen, options->new_name, err);
    if (!status && note.code)
        cli_print_message(query_options_cli.program, "%s", note.text);
    if (!status) {
        store_guard(query_options_cli.program, EXIT_ERROR);
        status = indexes_open(indexes, &threads, err);
    }
    if (!status && indexes[0].other_unicode)
        cli_print_message(query_options_cli.program,
                          "%s: made with another version of Unicode; words with new characters "
                          "may be missed until it is made again",
                          index_path_shorten(shown, indexes[0].other_unicode));
    struct schema schema = {0};
    struct request request = {0};
    if (!status)
        status = indexes_schema(&schema, &indexes[0], err);
    if (!status)
        status = request_init(&request, options, &schema, &indexes[0].snapshots[0]->catalog,
                              printer.now, err);
    if (!status && options->new_name)
        request_add_test(&request, seen_ids_is_new, &seen);
    struct synonyms synonyms = {0};
    if (!status && options->synonyms)
        status = load_synonyms(&request, &synonyms, options, indexes[0].analyzer, err);
    if (!status && options->field_list)
        list_fields(&schema, &indexes[0], options);
    else if (!status && options->why_not)
        status = run_why_not(&indexes[0], options, &request, count, words, err);
    else if (!status)
        status =
            options->query_file
                ? query_batch_run(&printer, indexes, threads, options, &request, err)
                : run_arguments(&printer, &indexes[0], options, &request, &seen, count, words, err);
    synonyms_release(&synonyms);
    indexes_close(indexes, options->threads);
    request_release(&request);
    schema_release(&schema);
    printer_release(&printer);
    seen_ids_close(&seen);
    return status;
}

static bool print_about(const struct query_options *options) {
    if (options->help)
        cli_print_help(stdout, &query_options_cli);
    else if (options->version)
        puts("quern-search " QUERN_VERSION);
    else if (options->completion == COMPLETION_BASH)
        cli_print_completion(stdout, &query_options_cli);
    else
        return false;
    return true;
}

static int exit_code(enum status status) {
    return status == ST_OK ? EXIT_HITS : status == ST_END ? EXIT_NO_HITS : EXIT_ERROR;
}

int main(int argc, char **argv) {
    output_sanitize_fds();
    struct query_options options;
    struct error err = {0};
    bool terminal = output_is_terminal(STDOUT_FILENO);
    if (query_options_parse(&options, &argc, argv, terminal, &err)) {
        cli_print_message(query_options_cli.program, "%s", err.text);
        return EXIT_ERROR;
    }
    enum status status = ST_OK;
    if (!print_about(&options)) {
        if (argc == 0 && !needs_no_words(&options)) {
            cli_print_usage(stderr, &query_options_cli);
            query_options_release(&options);
            return EXIT_ERROR;
        }
        status = search(&options, argc, argv, &err);
    }
    enum status closed = output_close(stdout, status < 0 ? NULL : &err);
    if (status >= 0 && closed < 0)
        status = closed;
    if (status < 0 || status == ST_NOT_FOUND)
        cli_print_message(query_options_cli.program, "%s", err.text);
    query_options_release(&options);
    return exit_code(status);
}
