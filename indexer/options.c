/* SPDX-License-Identifier: MIT */
/* The tables of options and commands, and the checks that a table cannot express. */
#include "indexer/options.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "common/base/number.h"
#include "common/base/pool.h"
#include "indexer/scan/declared_field.h"
#include "indexer/scan/language_guess.h"
#include "indexer/source/file.h"

#define OPTION(name, letter, argument, help, kind, member)                                         \
    CLI_OPTION(name, letter, argument, kind, offsetof(struct index_options, member), help)

static const struct cli_option table[] = {
    OPTION("index", 'i', "DIR", "the index to use", CLI_PATH, index_given),
    OPTION("dry-run", 'n', NULL, "print what would be done and why; change nothing", CLI_FLAG,
           dry_run),
    OPTION("quiet", 'q', NULL, "print only errors", CLI_FLAG, quiet),
    OPTION("verbose", 'v', NULL, "print each file and what was done with it", CLI_FLAG, verbose),
    {.help = "What to index:", .kind = CLI_HEADING},
    OPTION("files-from", 0, "FILE", "index the paths listed in FILE; '-' is stdin", CLI_PATH,
           files_from),
    OPTION("null", '0', NULL, "paths in --files-from end in NUL, not newline", CLI_FLAG,
           nul_separated),
    OPTION("format", 0, "auto|text|html|markdown|ndjson", "format of the files", CLI_CHOICE,
           format),
    OPTION("id-field", 0, "NAME,...", "NDJSON member with the id (id)", CLI_TEXT, id_field),
    OPTION("title-field", 0, "NAME,...", "NDJSON members that form the title (title)", CLI_TEXT,
           title_field),
    OPTION("text-field", 0, "NAME,...", "NDJSON members that form the text (text)", CLI_TEXT,
           text_field),
    OPTION("date-field", 0, "NAME,...", "NDJSON members with the date (date)", CLI_TEXT,
           date_field),
    OPTION("field", 0, "NAME[:TYPE][=MEMBER]",
           "a further field of documents: text, filter, "
           "keyword, number, date",
           CLI_TEXTS, field_texts),
    OPTION("max-size", 0, "SIZE", "skip larger files (64M)", CLI_SIZE, max_size),
    OPTION("no-ignore", 0, NULL, "do not apply .gitignore and .quernignore", CLI_FLAG, no_ignore),
    OPTION("one-file-system", 0, NULL, "stay on the file system of each source", CLI_FLAG,
           one_file_system),
    OPTION("max-delete", 0, "25%|N|none", "keep documents if more files were deleted", CLI_TEXT,
           max_delete_text),
    {.help = "A new index:", .kind = CLI_HEADING},
    OPTION("lang", 0, "CODE,...[,auto]|none", "languages, such as de, ja, ko, th, vi, zh (en)",
           CLI_TEXT, language),
    OPTION("stem", 0, "ALGORITHM", "Snowball stemmer, if not that of --lang", CLI_TEXT, stemmer),
    OPTION("stopwords", 0, "FILE|none", "words not to index, one a line (none)", CLI_PATH,
           stopwords_file),
    OPTION("no-store", 0, NULL, "store no text: smaller, but no snippets", CLI_FLAG, no_store),
    {.help = "How searches rank:", .kind = CLI_HEADING},
    OPTION("k1", 0, "X|default", "BM25: how much repetition counts", CLI_TEXT, ranking.k1),
    OPTION("b", 0, "X|default", "BM25: how much length counts, 0 to 1", CLI_TEXT, ranking.b),
    OPTION("boost", 0, "FIELD:W,...|none|default", "what a word in a field counts; in others, 1",
           CLI_TEXT, ranking.boosts),
    {.help = "The run:", .kind = CLI_HEADING},
    OPTION("lock", 0, "fail|skip|wait[:TIME]", "if another run uses the index (fail)", CLI_TEXT,
           lock_text),
    OPTION("commit-every", 0, "TIME", "commit at least this often (30s)", CLI_DURATION,
           commit_every),
    OPTION("memory", 0, "SIZE", "memory to use (256M)", CLI_SIZE, memory),
    OPTION("threads", 0, "N", "threads to use (one a processor, up to 8)", CLI_COUNT, threads),
    OPTION("report", 0, "FILE", "append a line of JSON about the run to FILE", CLI_PATH, report),
    OPTION("progress", 0, WHEN_CHOICES, "show progress (auto: on a terminal)", CLI_CHOICE,
           progress),
    OPTION("completion", 0, NULL, "print a bash script that completes these options", CLI_FLAG,
           completion),
    OPTION("help", 'h', NULL, "show this", CLI_FLAG, help),
    OPTION("version", 'V', NULL, "show the version", CLI_FLAG, version),
    {0},
};

static const struct cli_command commands[] = {
    [COMMAND_ADD] = {"add", "SOURCE...", "index files, folders, or '-' (NDJSON on stdin)", true},
    [COMMAND_UPDATE] = {"update", NULL, "scan all added sources again", false},
    [COMMAND_REMOVE] = {"remove", "ID|PATH...", "remove documents", false},
    [COMMAND_STATUS] = {"status", NULL, NULL, false},
    [COMMAND_CHECK] = {"check", NULL, NULL, false},
    [COMMAND_COMPACT] = {"compact", NULL, NULL, false},
    [COMMAND_ADOPT] = {"adopt", NULL, "recover when CURRENT is missing or damaged", false},
    {0},
};

const struct cli index_options_cli = {
    .program = "quern-index",
    .usage = "[OPTION...]",
    .about = "Indexes documents for quern-search. Unchanged files are not read again.",
    .commands = commands,
    .options = table,
};

static enum status parse_max_delete(struct index_options *options, struct error *err) {
    const char *text = options->max_delete_text;
    if (strcmp(text, "none") == 0) {
        options->max_delete = (struct delete_limit){.kind = DELETE_UNLIMITED};
        return ST_OK;
    }
    char digits[16];
    size_t length = strlen(text);
    bool share = length > 0 && text[length - 1] == '%';
    length -= share;
    uint64_t value;
    if (length < sizeof digits) {
        memcpy(digits, text, length);
        digits[length] = '\0';
        if (number_parse_count(&value, digits) == ST_OK && value <= (share ? 100 : UINT32_MAX)) {
            options->max_delete.kind = share ? DELETE_PERCENT : DELETE_COUNT;
            options->max_delete.value = (unsigned)value;
            return ST_OK;
        }
    }
    return error_set(err, ST_INVALID, 0,
                     "--max-delete %s: not a share such as 25%%, a number of files, or none", text);
}

static enum status parse_lock(struct index_options *options, struct error *err) {
    const char *text = options->lock_text;
    int choice = cli_find_choice("fail|skip|wait", text);
    options->lock_wait = UINT64_MAX;
    if (choice >= 0) {
        options->lock = (enum lock_mode)choice;
        return ST_OK;
    }
    options->lock = LOCK_WAIT;
    if (strncmp(text, "wait:", 5) == 0 &&
        number_parse_duration(&options->lock_wait, text + 5) == ST_OK)
        return ST_OK;
    return error_set(err, ST_INVALID, 0, "--lock %s: not fail, skip, wait or wait:TIME", text);
}

/* Files of stop words are small; a large one is a mistake that is better caught here. */
static enum status read_stopwords(struct index_options *options, struct error *err) {
    if (!options->stopwords_file || strcmp(options->stopwords_file, "none") == 0)
        return ST_OK;
    const char *path = options->stopwords_file;
    char *resolved = realpath(path, NULL); /* file_read() follows no link */
    if (!resolved)
        return error_set(err, errno == ENOENT ? ST_NOT_FOUND : ST_EIO, errno, "open %s", path);
    struct file_request request = {
        .directory = AT_FDCWD, .name = resolved, .path = path, .max_size = 1024 * 1024};
    enum status status = file_read(&options->stopwords, NULL, &request, err);
    free(resolved);
    options->analysis.stopwords = buffer_slice(&options->stopwords);
    return status == ST_SKIPPED ? ST_INVALID : status;
}

/* Adds the stemmer of a language, unless it is there; `instead` of it another one, if not NULL.
 * *count: stemmers so far. */
static enum status add_language(struct analyzer_options *analysis, size_t *count, const char *code,
                                const char *instead, struct error *err) {
    const char *stemmer = strcmp(code, "none") == 0 ? "none" : analyzer_stemmer_of_language(code);
    if (!stemmer)
        return error_set(err, ST_INVALID, 0,
                         "--lang %s: unknown; use a code such as en or de, or none", code);
    if (instead)
        stemmer = instead;
    for (size_t i = 0; i < *count; i++)
        if (strcmp(analyzer_options_stemmer(analysis, i), stemmer) == 0)
            return ST_OK;
    if (*count == ANALYZER_LANGUAGES_MAX)
        return error_set(err, ST_INVALID, 0, "--lang: at most %d languages",
                         ANALYZER_LANGUAGES_MAX);
    if (strlen(stemmer) >= STEMMER_NAME_SIZE)
        return error_set(err, ST_INVALID, 0, "--stem %s: no such algorithm", stemmer);
    strcpy(*count ? analysis->other_stemmers[*count - 1] : analysis->stemmer, stemmer);
    ++*count;
    return ST_OK;
}

/* Reads --lang: codes of languages, and maybe "auto". */
static enum status parse_languages(struct index_options *options, struct error *err) {
    const char *codes = options->language ? options->language : "en";
    enum status status = ST_OK;
    size_t count = 0, size = 0;
    char code[STEMMER_NAME_SIZE];
    bool guessed = false;
    for (bool more = true; more && !status; more = codes[size] != '\0', codes += size + more) {
        size = strcspn(codes, ",");
        snprintf(code, sizeof code, "%.*s", (int)size, codes);
        if (strcmp(code, LANGUAGE_GUESS_CODE) == 0)
            guessed = true;
        else
            status = add_language(&options->analysis, &count, code, count ? NULL : options->stemmer,
                                  err);
    }
    if (!status && guessed && count < 2)
        return error_set(err, ST_INVALID, 0,
                         "--lang %s: name the languages that there may be, as in en,de,auto",
                         options->language);
    if (guessed) {
        options->document_language = slice_of_string(LANGUAGE_GUESS_CODE);
    } else if (options->language && !options->stemmer && !strchr(options->language, ',')) {
        options->document_language =
            slice_of(options->language, strcspn(options->language, "-_.@"));
        options->analysis_of_documents = true;
    }
    return status;
}

static enum status parse_analysis(struct index_options *options, struct error *err) {
    options->analysis_given = options->stemmer || options->language || options->stopwords_file;
    enum status status = parse_languages(options, err);
    return status ? status : read_stopwords(options, err);
}

/* Adds a declaration to options->fields, which must not contradict the fields that every index
 * has. */
static enum status declare_field(struct index_options *options, const struct schema *built_in,
                                 const char *text, struct error *err) {
    struct declared_field field;
    enum field_type type;
    uint8_t flags;
    enum status status = declared_field_parse(&field, text, err);
    if (!status)
        status = declared_field_resolve(&type, &flags, &field, built_in, err);
    return status ? status : declared_field_append(&options->fields, &field, err);
}

static enum status parse_fields(struct index_options *options, struct error *err) {
    struct schema built_in;
    const char *date = options->date_field;
    struct buffer text = {0}; /* of the --field that --date-field stands for */
    if (schema_init(&built_in))
        return error_nomem(err);
    enum status status = ST_OK;
    if (date && (buffer_append(&text, "date=", 5) || buffer_append(&text, date, strlen(date) + 1)))
        status = error_nomem(err);
    else if (date)
        status = declare_field(options, &built_in, (const char *)text.data, err);
    for (size_t i = 0; !status && i < options->field_texts.count; i++)
        status = declare_field(options, &built_in, options->field_texts.items[i], err);
    schema_release(&built_in);
    buffer_release(&text);
    return status;
}

static enum status parse_command(struct index_options *options, struct error *err) {
    int command = -1;
    if (options->argument_count > 0)
        command = cli_find_command(&index_options_cli, options->arguments[0]);
    if (command >= 0) {
        options->command = (enum command)command;
        options->arguments++;
        options->argument_count--;
    }
    bool takes = commands[options->command].arguments != NULL;
    bool other = options->files_from || index_options_change_ranking(options);
    bool wants = takes && !(options->command == COMMAND_ADD && other);
    if (wants && options->argument_count == 0)
        return error_set(err, ST_INVALID, 0,
                         options->command == COMMAND_REMOVE
                             ? "remove: name the documents, files or folders to remove"
                             : "name a file or a folder to index, or '-' for stdin; "
                               "`quern-index --help` lists all there is");
    if (!takes && options->argument_count > 0)
        return error_set(err, ST_INVALID, 0, "%s: takes no arguments; ./%s names a file or folder",
                         options->arguments[-1], options->arguments[-1]);
    if (index_options_change_ranking(options) && options->command != COMMAND_ADD &&
        options->command != COMMAND_UPDATE)
        return error_set(err, ST_INVALID, 0, "--k1, --b, --boost: work with add and update only");
    const char *only_add = options->files_from          ? "--files-from"
                           : options->field_texts.count ? "--field"
                           : options->date_field        ? "--date-field"
                                                        : NULL;
    if (only_add && options->command != COMMAND_ADD)
        return error_set(err, ST_INVALID, 0, "%s: works with add only", only_add);
    if (options->dry_run && !command_ingests(options->command))
        return error_set(err, ST_INVALID, 0, "--dry-run: works with add, update and remove only");
    return ST_OK;
}

/* With less memory, each document would be a segment of its own. */
static const uint64_t MEMORY_MIN = 1024 * 1024;

/* The number of processors that this process may use, within what is fair to other processes. If
 * the address space is limited (`ulimit -v`), more threads would only divide it. */
static uint32_t processors(void) {
    enum { MAX_THREADS = 8 };
    /* One set has 1,024 bits, and the kernel refuses fewer bits than it has processors. */
    cpu_set_t sets[64];
    struct rlimit space;
    if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY)
        return 1;
    int count = sched_getaffinity(0, sizeof sets, sets) == 0 ? CPU_COUNT_S(sizeof sets, sets) : 1;
    return count < 1 ? 1 : count > MAX_THREADS ? MAX_THREADS : (uint32_t)count;
}

enum status index_options_parse(struct index_options *options, int argc, char **argv,
                                struct error *err) {
    *options = (struct index_options){
        .command = COMMAND_ADD,
        .max_size = FILE_DEFAULT_MAX_SIZE,
        .max_delete_text = "25%",
        .lock_text = "fail",
        .commit_every = 30 * 1000,
        .memory = UINT64_C(256) * 1024 * 1024,
        .arguments = argv,
    };
    enum status status = cli_parse(options, &argc, argv, &index_options_cli, err);
    if (status || options->help || options->version || options->completion)
        return status;
    options->argument_count = argc;
    status = parse_command(options, err);
    if (!status && options->memory < MEMORY_MIN)
        status = error_set(err, ST_INVALID, 0, "--memory: at least 1M is needed");
    if (!status && options->threads == 0)
        options->threads = processors();
    if (!status && options->threads > POOL_MAX_THREADS)
        status = error_set(err, ST_INVALID, 0, "--threads: at most %d", POOL_MAX_THREADS);
    if (!status)
        status = parse_max_delete(options, err);
    if (!status)
        status = parse_lock(options, err);
    if (!status)
        status = parse_fields(options, err);
    struct catalog_ranking ranking = {0};
    if (!status)
        status = index_settings_change_ranking(&ranking, &options->ranking, NULL, err);
    if (!status)
        status = parse_analysis(options, err);
    bool writes = options->command != COMMAND_STATUS && options->command != COMMAND_CHECK;
    if (!status)
        status = index_path_find(options->index, &options->index_path_note, options->index_given,
                                 writes, err);
    return status;
}

void index_options_release(struct index_options *options) {
    cli_release(options, &index_options_cli);
    buffer_release(&options->stopwords);
    buffer_release(&options->fields);
}

struct source index_options_source(const struct index_options *options) {
    const char *id = options->id_field, *title = options->title_field, *text = options->text_field;
    return (struct source){
        .format = (enum format)options->format,
        .no_ignore = options->no_ignore,
        .one_file_system = options->one_file_system,
        .max_size = options->max_size,
        .id_field = slice_of_string(id ? id : ""),
        .title_field = slice_of_string(title ? title : ""),
        .text_field = slice_of_string(text ? text : ""),
        .fields = buffer_slice(&options->fields),
    };
}
