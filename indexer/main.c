/* SPDX-License-Identifier: MIT */
/* quern-index: indexes documents for quern-search. */
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "common/cli/cli.h"
#include "common/cli/output.h"
#include "common/store/store.h"
#include "indexer/commands.h"
#include "indexer/exit_code.h"
#include "indexer/options.h"
#include "indexer/report.h"
#include "indexer/scan/progress.h"

static const char *const program = "quern-index";

static volatile sig_atomic_t stop; /* the signal that stopped the run, or 0 */

static void on_signal(int number) {
    stop = number;
}

static bool is_writing(enum command command) {
    return command_ingests(command) || command == COMMAND_COMPACT;
}

/* Without SA_RESTART, a read that waits for input ends, and the run with it. With SA_RESETHAND, a
 * second signal does not wait for the commit. Commands that only read may just die. */
static void catch_signals(enum command command) {
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESETHAND};
    for (size_t i = 0; is_writing(command) && i < sizeof signals / sizeof *signals; i++) {
        struct sigaction before;
        /* SIGHUP is ignored under nohup(1), and stays so. */
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
    signal(SIGXFSZ, SIG_IGN);
}

static int close_stdout(int code) {
    struct error err;
    enum status status = output_close(stdout, &err);
    if (status >= 0)
        return code;
    cli_print_message(program, "%s", err.text);
    return EXIT_CODE_IO;
}

/* Prints what --help and similar options ask for; false if none was given. */
static bool print_information(const struct index_options *options) {
    if (options->help)
        cli_print_help(stdout, &index_options_cli);
    else if (options->version)
        printf("%s %s\n", program, QUERN_VERSION);
    else if (options->completion)
        cli_print_completion(stdout, &index_options_cli);
    return options->help || options->version || options->completion;
}

static int run_exit_code(enum status status, const struct index_options *options,
                         const struct progress *progress, bool guard_tripped) {
    if (status == ST_INTERRUPTED && stop)
        return 128 + stop;
    if (status == ST_BUSY && options->lock == LOCK_SKIP)
        return EXIT_CODE_DONE;
    if (!status && (guard_tripped || progress->counts[OUTCOME_FAILED]))
        return EXIT_CODE_PARTLY;
    return exit_code_from_status(status);
}

static int run(const struct index_options *options) {
    struct progress progress;
    progress_init(&progress, program, (enum when)options->progress);
    progress.quiet = options->quiet;
    progress.verbose = options->verbose;
    progress.dry_run = options->dry_run;

    bool guard_tripped;
    struct error err = {0};
    enum status status = commands_run(&guard_tripped, options, &progress, &stop, &err);
    int code = run_exit_code(status, options, &progress, guard_tripped);
    bool reported = !status || status == ST_INTERRUPTED || code == EXIT_CODE_DONE;
    if (command_ingests(options->command))
        progress_end(&progress, !status || status == ST_INTERRUPTED);
    if (!reported)
        cli_print_message(program, "%s", err.text);
    if (options->report) {
        struct error failure;
        if (report_run(options->report, index_options_cli.commands[options->command].name,
                       options->index, code, reported ? NULL : err.text, &progress, time(NULL),
                       &failure)) {
            cli_print_message(program, "%s", failure.text);
            code = code ? code : EXIT_CODE_IO;
        }
    }
    return code;
}

int main(int argc, char **argv) {
    output_sanitize_fds();
    struct index_options options;
    struct error err;
    enum status status = index_options_parse(&options, argc, argv, &err);
    int code = EXIT_CODE_DONE;
    if (status) {
        cli_print_message(program, "%s", err.text);
        code = exit_code_from_status(status);
    } else if (!print_information(&options)) {
        if (options.index_path_note.code)
            cli_print_message(program, "%s", options.index_path_note.text);
        catch_signals(options.command);
        store_guard(program, EXIT_CODE_DAMAGED);
        code = run(&options);
    }
    index_options_release(&options);
    return close_stdout(code);
}
