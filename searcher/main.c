/* quern-search: words -> query -> ranked documents -> text. */
#include <time.h>
#include <unistd.h>

#include "common/index/index_path.h"
#include "searcher/batch.h"
#include "searcher/indexes.h"
#include "searcher/options.h"
#include "searcher/run.h"
#include "searcher/show/printer.h"

static const struct printer_format *const formats[] = {
    [FORMAT_TERMINAL] = &printer_terminal,
    [FORMAT_LINES] = &printer_lines,
    [FORMAT_IDS] = &printer_ids,
    [FORMAT_COUNT] = &printer_count,
    [FORMAT_JSON] = &printer_json,
    [FORMAT_TREC] = &printer_trec,
    [FORMAT_NONE] = NULL,
};

/* What the user should know beside the hits. */
static void say_notes(const struct answer *answer, const struct query *query) {
    if (query->note)
        cli_print_message(request_cli.program, "%s", query->note);
    if (!answer->relaxed)
        return;
    cli_print_message(request_cli.program,
                      "no document has all %zu words; showing documents with some",
                      query_word_count(query));
}

/* The arguments as one line, for the reader of JSON. */
static enum status join(struct buffer *text, int count, char **words, struct error *err) {
    for (int i = 0; i < count; i++)
        if ((i > 0 && buffer_append_byte(text, ' ')) ||
            buffer_append(text, words[i], strlen(words[i])))
            return error_nomem(err);
    return ST_OK;
}

/* The index is closed before the first byte is printed: a reader that waits for `less` would keep
 * the indexer from reusing space. */
static enum status run_words(struct printer *printer, struct indexes *indexes,
                             const struct request *request, int count, char **words,
                             struct error *err) {
    struct query query;
    struct answer answer = {0};
    struct buffer text = {0};
    enum status status = query_parse_arguments(&query, indexes->analyzer, count, words, err);
    if (status)
        return status;
    status = ask_query(&answer, &query, indexes, request, err);
    indexes_close(indexes, 1);
    bool found = !status && ask_found(&answer, request);
    if (!status && printer->format) {
        say_notes(&answer, &query);
        status = join(&text, count, words, err);
        answer.text = buffer_slice(&text);
        if (!status)
            status = printer_print(printer, &answer, err);
        if (!status)
            status = output_write(STDOUT_FILENO, buffer_slice(&printer->out), err);
        if (status == ST_END)
            status = ST_OK; /* nobody reads on; that is no failure */
    }
    answer_release(&answer);
    query_release(&query);
    buffer_release(&text);
    return !status && !found ? ST_END : status;
}

static enum status search(const struct request *request, int count, char **words,
                          struct error *err) {
    char folder[PATH_MAX];
    struct indexes indexes[REQUEST_THREADS_MAX] = {0};
    unsigned threads = request->threads;
    struct printer printer = {.format = formats[request->format],
                              .tag = request->tag,
                              .now = time(NULL),
                              .color = request->format == FORMAT_TERMINAL &&
                                       output_use_color(STDOUT_FILENO, request->color),
                              .nul = request->nul};
    if (getcwd(folder, sizeof folder))
        printer.folder = slice_of_string(folder);
    struct error note;
    enum status status = indexes_find(&indexes[0], &request->indexes, &note, err);
    if (!status && note.code)
        cli_print_message(request_cli.program, "%s", note.text);
    if (!status) {
        store_guard(request_cli.program, CLI_SEARCH_ERROR);
        status = indexes_open(indexes, &threads, err);
    }
    if (!status)
        status = request->queries ? queries_run(&printer, indexes, threads, request, err)
                                  : run_words(&printer, &indexes[0], request, count, words, err);
    indexes_close(indexes, request->threads);
    printer_release(&printer);
    return status;
}

static bool print_about(const struct request *request) {
    if (request->help)
        cli_print_help(stdout, &request_cli);
    else if (request->version)
        puts("quern-search " QUERN_VERSION);
    else if (request->completion == COMPLETION_BASH)
        cli_print_completion(stdout, &request_cli);
    else
        return false;
    return true;
}

int main(int argc, char **argv) {
    output_sanitize_fds();
    struct request request;
    struct error err = {0};
    bool terminal = output_is_terminal(STDOUT_FILENO);
    if (request_parse(&request, &argc, argv, terminal, &err)) {
        cli_print_message(request_cli.program, "%s", err.text);
        return CLI_SEARCH_ERROR;
    }
    enum status status = ST_OK;
    if (!print_about(&request)) {
        if (argc == 0 && !request.queries) {
            cli_print_usage(stderr, &request_cli);
            request_release(&request);
            return CLI_SEARCH_ERROR;
        }
        status = search(&request, argc, argv, &err);
    }
    enum status closed = output_close(stdout, status < 0 ? NULL : &err);
    if (status >= 0 && closed < 0)
        status = closed;
    if (status < 0 || status == ST_NOT_FOUND)
        cli_print_message(request_cli.program, "%s", err.text);
    request_release(&request);
    return cli_exit_search(status);
}
