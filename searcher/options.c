/* SPDX-License-Identifier: MIT */
/* The table of options of quern-search, and the checks that a table cannot express. */
#include "searcher/options.h"

#include <math.h>

#include "searcher/plan/plan.h"
#include "searcher/seen_ids.h"
#include "searcher/show/printer_template.h"
#include "searcher/show/snippet.h"

#define AT(member)     offsetof(struct query_options, member)
#define FILTER(member) AT(restriction.member)

static const struct cli_option table[] = {
    CLI_OPTION("index", 'i', "DIR", CLI_PATHS, AT(indexes),
               "search this index; several are searched as one"),
    CLI_OPTION("limit", 'n', "N", CLI_COUNT, AT(limit), "show the best N documents (10)"),
    CLI_OPTION("offset", 0, "N", CLI_COUNT, AT(offset), "leave out the first N of these"),

    CLI_GROUP("Matching"),
    CLI_CONSTANT("all", 0, AT(mode), QUERY_ALL, "only documents with all words, however few"),
    CLI_CONSTANT("any", 0, AT(mode), QUERY_ANY, "any of the words is enough: by score alone"),
    CLI_OPTION("strict", 0, NULL, CLI_FLAG, AT(strict),
               "fail where a query has to be guessed: \"read as:\""),
    CLI_OPTION("stopwords", 0, "auto|none", CLI_CHOICE, AT(stopwords),
               "leave out those of the language, or none"),
    CLI_OPTION("synonyms", 0, "FILE", CLI_PATH, AT(synonyms),
               "words also stand for others: lines of gas, petrol"),
    CLI_OPTION("field", 'f', "NAME", CLI_TEXT, AT(field), "search words in this field"),
    CLI_OPTION("boost", 0, "NAME:X,...", CLI_TEXT, AT(boost),
               "how much words in fields count, as title:2; or none"),
    CLI_OPTION("expand", 0, NULL, CLI_FLAG, AT(expand), "add words that the best documents have"),
    CLI_OPTION("like", 0, "ID", CLI_TEXT, AT(like), "documents like this one"),
    CLI_OPTION("k1", 0, "X", CLI_REAL, AT(k1), "BM25: how much repetition counts; by default 1.35"),
    CLI_OPTION("b", 0, "X", CLI_REAL, AT(b),
               "BM25: how much length counts, 0 to 1; by default 0.7"),
    CLI_OPTION("nearness", 0, "X", CLI_REAL, AT(nearness),
               "how much words close together count, 0 to 1 (0.1)"),

    CLI_GROUP("Filters, each of them repeatable"),
    CLI_OPTION("path", 0, "PATH", CLI_PATHS, FILTER(path),
               "only in this folder, this file, or like this pattern"),
    CLI_OPTION("ext", 0, "EXT", CLI_TEXTS, FILTER(ext), "only files with this extension: pdf,odt"),
    CLI_OPTION("type", 0, "TYPE", CLI_TEXTS, FILTER(type), "only documents of this format"),
    CLI_OPTION("lang", 0, "CODE", CLI_TEXTS, FILTER(lang), "only documents in this language"),
    CLI_OPTION("since", 0, "DATE", CLI_TEXT, FILTER(since),
               "not before this date: 2021-06, 7d, today"),
    CLI_OPTION("until", 0, "DATE", CLI_TEXT, FILTER(until), "not after this date"),

    CLI_GROUP("Output"),
    CLI_OPTION("sort", 0, "FIELD[:asc|desc]", CLI_TEXT, AT(sort),
               "in the order of this field, or by score"),
    CLI_OPTION("facet", 0, "FIELD[:N]", CLI_TEXTS, AT(facets),
               "count the documents with each value"),
    CLI_OPTION("new", 0, "NAME", CLI_TEXT, AT(new_name),
               "show only what was never shown under NAME"),
    CLI_OBJECT("ids", 'l', AT(format), &printer_ids, "print only ids (paths), one per line"),
    CLI_OPTION("null", '0', NULL, CLI_FLAG, AT(nul), "print only ids, raw, each ended by a NUL"),
    CLI_OBJECT("count", 'c', AT(format), &printer_count, "print only how many documents match"),
    CLI_OBJECT("quiet", 'q', AT(format), &printer_none, "print nothing; only set the exit code"),
    CLI_OBJECT("json", 0, AT(format), &printer_json, "print one JSON object"),
    CLI_OBJECT("tsv", 0, AT(format), &printer_tsv,
               "print lines of score, id, title (default in pipes)"),
    CLI_OBJECT("line", 'H', AT(format), &printer_line,
               "print passages as path:line:column: passage"),
    CLI_OPTION("format", 0, "TEMPLATE", CLI_TEXT, AT(template),
               "print each as in '%s\\t%p\\n': score, path; %t title"),
    CLI_OPTION("snippets", 's', "N", CLI_COUNT, AT(snippets),
               "show N passages of each document (1)"),
    CLI_OPTION("total", 0, NULL, CLI_FLAG, AT(total), "also count all matches exactly"),
    CLI_OPTION("why", 0, NULL, CLI_FLAG, AT(why), "explain each score"),
    CLI_OPTION("why-not", 0, "ID", CLI_TEXT, AT(why_not),
               "say what of the query this document has"),
    CLI_OPTION("color", 0, WHEN_CHOICES, CLI_CHOICE, AT(color), "colour; auto: on a terminal"),
    CLI_OPTION("hyperlink", 0, WHEN_CHOICES, CLI_CHOICE, AT(hyperlink),
               "link names to files; auto: on a terminal"),

    CLI_GROUP("Batches"),
    CLI_OPTION("queries", 0, "FILE", CLI_PATH, AT(query_file),
               "answer each line: [ID TAB] QUERY; -: standard input"),
    CLI_OPTIONAL("trec", 0, "[TAG]", AT(run_tag), "quern", "print a TREC run named TAG (quern)"),
    CLI_OPTION("timing", 0, "FILE", CLI_PATH, AT(timing_file),
               "write to FILE: ID, microseconds, hits of each query"),
    CLI_OPTION("repeat", 0, "N", CLI_COUNT, AT(repeat), "time the best of N runs (1)"),
    CLI_OPTION("threads", 0, "N", CLI_COUNT, AT(threads), "answer lines in N threads (1)"),
    CLI_OPTION("exhaustive", 0, NULL, CLI_FLAG, AT(exhaustive),
               "score every match, to check the shortcuts"),

    CLI_GROUP("About"),
    CLI_OPTION("field-list", 0, NULL, CLI_FLAG, AT(field_list),
               "print the fields that documents have"),
    CLI_OPTION("help", 'h', NULL, CLI_FLAG, AT(help), "print this"),
    CLI_OPTION("version", 0, NULL, CLI_FLAG, AT(version), "print the version"),
    CLI_OPTION("completion", 0, "bash", CLI_CHOICE, AT(completion), "print a script for bash"),
    {0},
};

const struct cli query_options_cli = {
    .program = "quern-search",
    .usage = "[-i DIR]... [OPTION...] WORD...\n[-i DIR]... [OPTION...] --queries=FILE",
    .about = "Shows the documents of an index that match the words best. \"Two words\" are a\n"
             "phrase, -word excludes, +word is required. Short options go before the words.\n"
             "Also: AND, OR, NOT, NEAR/5, ( ), pipe*, p?pe, pipline~1, =word, title:word.",
    .options = table,
    .dash_words = true,
};

static enum status refuse(struct error *err, const char *what) {
    return error_set(err, ST_INVALID, 0, "%s; see quern-search --help", what);
}

static enum status check_combinations(const struct query_options *options, int words,
                                      struct error *err) {
    bool automatic = !options->format;
    if (options->k1 < 0)
        return refuse(err, "--k1: cannot be below 0");
    if (options->b < 0 || options->b > 1)
        return refuse(err, "--b: must be between 0 and 1");
    if (!(options->nearness >= 0 && options->nearness <= 1))
        return refuse(err, "--nearness: must be between 0 and 1");
    if (options->snippets != QUERY_SNIPPETS_AUTO && options->snippets > SNIPPET_MAX)
        return error_set(err, ST_INVALID, 0, "--snippets %u: at most %d", options->snippets,
                         SNIPPET_MAX);
    if (options->limit > QUERY_HITS_MAX || options->offset > QUERY_HITS_MAX)
        return error_set(err, ST_INVALID, 0, "--limit, --offset: at most %d", QUERY_HITS_MAX);
    if (options->repeat == 0)
        return refuse(err, "--repeat: at least 1");
    if (options->threads == 0)
        return refuse(err, "--threads: at least 1");
    if (options->threads > QUERY_THREADS_MAX)
        return error_set(err, ST_INVALID, 0, "--threads: at most %d", QUERY_THREADS_MAX);
    if (options->nul && !automatic && options->format != &printer_ids)
        return refuse(err, "--null: prints ids, no other format");
    if (options->run_tag && !automatic)
        return refuse(err, "--trec: is a format of its own");
    if (options->template && (!automatic || options->run_tag || options->nul))
        return refuse(err, "--format: is a format of its own");
    if (options->why && (options->template || options->run_tag || options->nul ||
                         !(automatic || options->format->shows_why)))
        return refuse(err, "--why: works with --json or the format for terminals");
    if (options->field_list && (words || options->query_file))
        return refuse(err, "--field-list: lists fields and searches nothing");
    if (options->facets.count && (options->template || options->run_tag || options->nul ||
                                  !(automatic || options->format->shows_facets)))
        return refuse(err, "--facet: works with --json or the format for terminals");
    if (options->sort && (options->run_tag || options->why))
        return refuse(err, "--sort: leaves no scores for --trec or --why");
    if (options->new_name && !seen_ids_is_name(options->new_name))
        return error_set(err, ST_INVALID, 0,
                         "--new: a name has 1 to %d letters, digits and - _ . (not the first)",
                         SEEN_NAME_MAX);
    if (options->new_name && (options->query_file || options->format == &printer_count ||
                              options->format == &printer_none))
        return refuse(err, "--new: needs one query, and a format that shows documents");
    if (options->sort && (options->expand || options->like))
        return refuse(err, "--sort: the order of a field leaves nothing to --expand and --like");
    if (options->expand && options->like)
        return refuse(err, "--expand: --like takes words from a document already");
    if (options->why_not &&
        (!automatic || options->run_tag || options->nul || options->query_file || options->sort ||
         options->like || options->expand))
        return refuse(err,
                      "--why-not: looks at one document and one query, in a format of its own");
    if (options->query_file && words)
        return refuse(err, "--queries: the queries are in the file, not among the arguments");
    if (options->query_file && options->nul)
        return refuse(err, "--null: cannot tell the queries of a batch apart");
    if (options->timing_file && !options->query_file)
        return refuse(err, "--timing: needs --queries");
    if (options->threads > 1 && !options->query_file)
        return refuse(err, "--threads: needs --queries");
    return ST_OK;
}

enum status query_options_parse(struct query_options *options, int *argc, char **argv,
                                bool terminal, struct error *err) {
    *options = (struct query_options){.limit = 10,
                                      .k1 = NAN,
                                      .b = NAN,
                                      .nearness = RANKING_NEARNESS,
                                      .snippets = QUERY_SNIPPETS_AUTO,
                                      .repeat = 1,
                                      .threads = 1,
                                      .completion = COMPLETION_NONE};
    bool template_passages = false;
    enum status status = cli_parse(options, argc, argv, &query_options_cli, err);
    if (!status)
        status = check_combinations(options, *argc, err);
    if (!status && options->template)
        status = template_check(&template_passages, options->template, err);
    if (status) {
        query_options_release(options);
        return status;
    }
    if (options->nul)
        options->format = &printer_ids;
    else if (options->run_tag)
        options->format = &printer_trec;
    else if (options->template)
        options->format = &printer_template;
    else if (!options->format)
        options->format =
            options->why || options->facets.count || (terminal && !options->query_file)
                ? &printer_terminal
                : &printer_tsv;
    if (!options->format->shows_passages || (options->template && !template_passages))
        options->snippets = 0;
    else if (options->snippets == QUERY_SNIPPETS_AUTO)
        options->snippets = 1;
    return ST_OK;
}

void query_options_release(struct query_options *options) {
    cli_release(options, &query_options_cli);
}
