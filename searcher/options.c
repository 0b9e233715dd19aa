#include "searcher/options.h"

#include "searcher/show/snippet.h"

#define AT(member) offsetof(struct request, member)

static const struct cli_option table[] = {
    CLI_OPTION("index", 'i', "DIR", CLI_PATHS, AT(indexes),
               "search this index; several are searched as one"),
    CLI_OPTION("limit", 'n', "N", CLI_COUNT, AT(limit), "show the best N documents (10)"),
    CLI_OPTION("offset", 0, "N", CLI_COUNT, AT(offset), "leave out the first N of these"),

    CLI_GROUP("Matching"),
    CLI_CONSTANT("all", 0, AT(mode), QUERY_ALL,
                 "all words must match, even if no document has all"),
    CLI_CONSTANT("any", 0, AT(mode), QUERY_ANY, "any of the words is enough"),
    CLI_OPTION("k1", 0, "X", CLI_REAL, AT(k1), "BM25: how much repetition counts (1.2)"),
    CLI_OPTION("b", 0, "X", CLI_REAL, AT(b), "BM25: how much length counts, 0 to 1 (0.75)"),

    CLI_GROUP("Output"),
    CLI_CONSTANT("ids", 'l', AT(format), FORMAT_IDS, "print only ids (paths), one a line"),
    CLI_OPTION("null", '0', NULL, CLI_FLAG, AT(nul), "print only ids, raw, each ended by a NUL"),
    CLI_CONSTANT("count", 'c', AT(format), FORMAT_COUNT, "print only how many documents match"),
    CLI_CONSTANT("quiet", 'q', AT(format), FORMAT_NONE, "print nothing; the exit code says it"),
    CLI_CONSTANT("json", 0, AT(format), FORMAT_JSON, "print one JSON object"),
    CLI_CONSTANT("tsv", 0, AT(format), FORMAT_LINES,
                 "print lines of score, id, title (default in pipes)"),
    CLI_OPTION("snippets", 's', "N", CLI_COUNT, AT(snippets),
               "show N passages of each document (1)"),
    CLI_OPTION("total", 0, NULL, CLI_FLAG, AT(total), "also count all matches exactly"),
    CLI_OPTION("why", 0, NULL, CLI_FLAG, AT(why), "show how each score comes about"),
    CLI_OPTION("color", 0, WHEN_CHOICES, CLI_CHOICE, AT(color), "colour; auto: on a terminal"),

    CLI_GROUP("Batches"),
    CLI_OPTION("queries", 0, "FILE", CLI_PATH, AT(queries),
               "answer each line: [ID TAB] QUERY; -: standard input"),
    CLI_OPTIONAL("trec", 0, "[TAG]", AT(tag), "quern", "print a TREC run named TAG (quern)"),
    CLI_OPTION("timing", 0, "FILE", CLI_PATH, AT(timing),
               "write to FILE: ID, microseconds, hits of each query"),
    CLI_OPTION("repeat", 0, "N", CLI_COUNT, AT(repeat), "time the best of N runs (1)"),
    CLI_OPTION("threads", 0, "N", CLI_COUNT, AT(threads), "answer lines in N threads (1)"),
    CLI_OPTION("exhaustive", 0, NULL, CLI_FLAG, AT(exhaustive),
               "score every match, to check the shortcuts"),

    CLI_GROUP("About"),
    CLI_OPTION("help", 'h', NULL, CLI_FLAG, AT(help), "print this"),
    CLI_OPTION("version", 0, NULL, CLI_FLAG, AT(version), "print the version"),
    CLI_OPTION("completion", 0, "bash", CLI_CHOICE, AT(completion), "print a script for bash"),
    {0},
};

const struct cli request_cli = {
    .program = "quern-search",
    .usage = "[-i INDEX]... [OPTION...] WORD...\n[-i INDEX]... [OPTION...] --queries=FILE",
    .about = "Shows the documents of an index that answer the words best. \"Two words\" are a\n"
             "phrase, -word excludes, +word is required. Short options stand before the words.",
    .options = table,
    .dash_words = true,
};

static enum status refuse(struct error *err, const char *what) {
    return error_set(err, ST_INVALID, 0, "%s; see quern-search --help", what);
}

static enum status check(const struct request *request, int words, struct error *err) {
    bool automatic = request->format == FORMAT_AUTO;
    if (!(request->k1 >= 0))
        return refuse(err, "--k1: cannot be below 0");
    if (!(request->b >= 0 && request->b <= 1))
        return refuse(err, "--b: must lie between 0 and 1");
    if (request->snippets != REQUEST_SNIPPETS_AUTO && request->snippets > SNIPPET_MAX)
        return error_set(err, ST_INVALID, 0, "--snippets %u: at most %d", request->snippets,
                         SNIPPET_MAX);
    if (request->limit > REQUEST_HITS_MAX || request->offset > REQUEST_HITS_MAX)
        return error_set(err, ST_INVALID, 0, "--limit, --offset: at most %d", REQUEST_HITS_MAX);
    if (request->repeat == 0)
        return refuse(err, "--repeat: at least 1");
    if (request->threads == 0)
        return refuse(err, "--threads: at least 1");
    if (request->threads > REQUEST_THREADS_MAX)
        return error_set(err, ST_INVALID, 0, "--threads: %d is the most", REQUEST_THREADS_MAX);
    if (request->nul && !automatic && request->format != FORMAT_IDS)
        return refuse(err, "--null: prints ids, no other format");
    if (request->tag && !automatic)
        return refuse(err, "--trec: is a format of its own");
    if (request->why &&
        (request->tag || request->nul || !(automatic || request->format == FORMAT_JSON)))
        return refuse(err, "--why: goes with --json or the format for people");
    if (request->queries && words)
        return refuse(err, "--queries: the queries stand in the file, not among the arguments");
    if (request->queries && request->nul)
        return refuse(err, "--null: cannot tell the queries of a batch apart");
    if (request->timing && !request->queries)
        return refuse(err, "--timing: needs --queries");
    if (request->threads > 1 && !request->queries)
        return refuse(err, "--threads: needs --queries");
    return ST_OK;
}

enum status request_parse(struct request *request, int *argc, char **argv, bool terminal,
                          struct error *err) {
    *request = (struct request){.limit = 10,
                                .k1 = 1.2,
                                .b = 0.75,
                                .snippets = REQUEST_SNIPPETS_AUTO,
                                .repeat = 1,
                                .threads = 1,
                                .completion = COMPLETION_NONE};
    enum status status = cli_parse(request, argc, argv, &request_cli, err);
    if (!status)
        status = check(request, *argc, err);
    if (status) {
        request_release(request);
        return status;
    }
    if (request->nul)
        request->format = FORMAT_IDS;
    else if (request->tag)
        request->format = FORMAT_TREC;
    else if (request->format == FORMAT_AUTO)
        request->format =
            request->why || (terminal && !request->queries) ? FORMAT_TERMINAL : FORMAT_LINES;
    bool shows = request->format == FORMAT_TERMINAL || request->format == FORMAT_JSON;
    if (!shows)
        request->snippets = 0;
    else if (request->snippets == REQUEST_SNIPPETS_AUTO)
        request->snippets = 1;
    return ST_OK;
}

void request_release(struct request *request) {
    cli_release(request, &request_cli);
}
