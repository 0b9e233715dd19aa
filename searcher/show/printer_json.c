/* JSON, one object a line; its members are a contract (quern-search(1)), "v" its version. */
#include <inttypes.h>

#include "common/base/utf8.h"
#include "searcher/show/printer.h"

enum { JSON_VERSION = 1 };

/* A string of any bytes; what is not UTF-8 reads as U+FFFD. */
static void print_string(struct printer *printer, struct slice text) {
    printer_text(printer, "\"");
    printer_escaped(printer, text, ESCAPE_JSON);
    printer_text(printer, "\"");
}

/* ,"name":"text" */
static void print_member(struct printer *printer, const char *name, struct slice text) {
    printer_printf(printer, ",\"%s\":", name);
    print_string(printer, text);
}

/* ,"name_bytes":"hexadecimal", when the string cannot carry the bytes */
static void print_bytes(struct printer *printer, const char *name, struct slice bytes) {
    if (escape_is_utf8(bytes))
        return;
    printer_printf(printer, ",\"%s_bytes\":\"", name);
    for (size_t i = 0; i < bytes.size; i++)
        printer_printf(printer, "%02x", bytes.data[i]);
    printer_text(printer, "\"");
}

static size_t count_characters(struct slice text) {
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += !utf8_is_continuation(text.data[i]);
    return count;
}

/* Marks count code points, which is what most languages index strings by. */
static void print_snippet(struct printer *printer, const struct snippet *snippet) {
    printer_text(printer, "{\"text\":");
    print_string(printer, snippet->text);
    printer_text(printer, ",\"marks\":[");
    size_t characters = 0;
    uint32_t at = 0;
    for (size_t i = 0; i < snippet->count; i++) {
        struct snippet_mark mark = snippet->marks[i];
        characters += count_characters(slice_of(snippet->text.data + at, mark.start - at));
        size_t start = characters;
        characters +=
            count_characters(slice_of(snippet->text.data + mark.start, mark.end - mark.start));
        printer_printf(printer, "%s[%zu,%zu]", i ? "," : "", start, characters);
        at = mark.end;
    }
    printer_printf(printer, "],\"cut\":[%s,%s]}", snippet->cut_before ? "true" : "false",
                   snippet->cut_after ? "true" : "false");
}

static void print_why(struct printer *printer, const struct explanations *why) {
    printer_printf(
        printer,
        ",\"why\":{\"k1\":%.17g,\"b\":%.17g,\"documents\":%" PRIu64
        ",\"average_length\":%.17g,\"length\":%" PRIu32 ",\"norm_length\":%.17g,\"clauses\":[",
        why->k1, why->b, why->documents, why->average_length, why->length, why->norm_length);
    for (size_t i = 0; i < why->count; i++) {
        const struct explanation *clause = &why->clauses[i];
        printer_text(printer, i ? ",{\"clause\":" : "{\"clause\":");
        print_string(printer, clause->typed);
        printer_printf(
            printer, ",\"documents\":%" PRIu64 ",\"idf\":%.17g,\"tf\":%" PRIu32 ",\"score\":%.17g}",
            clause->documents, clause->idf, clause->frequency, clause->contribution);
    }
    printer_text(printer, "]}");
}

static void json_begin(struct printer *printer, const struct result_set *results) {
    printer_printf(printer, "{\"v\":%d", JSON_VERSION);
    if (results->query_id.size)
        print_member(printer, "qid", results->query_id);
    print_member(printer, "query", results->query);
    if (results->note)
        print_member(printer, "note", slice_of_string(results->note));
    printer_printf(printer,
                   ",\"total\":%" PRIu64 ",\"exact\":%s,\"relaxed\":%s,\"took_ms\":%.3f"
                   ",\"documents\":%" PRIu64 ",\"updated\":%" PRId64 ",\"hits\":[",
                   results->total, results->exact ? "true" : "false",
                   results->relaxed ? "true" : "false", results->milliseconds, results->documents,
                   results->updated);
}

static void json_hit(struct printer *printer, const struct result_set *results,
                     const struct result_hit *hit) {
    printer_printf(printer, "%s{\"rank\":%" PRIu32, hit == results->hits ? "" : ",", hit->rank);
    print_member(printer, "id", hit->id);
    print_bytes(printer, "id", hit->id);
    printer_text(printer, ",\"score\":");
    printer_score(printer, hit->score);
    print_member(printer, "title", hit->title);
    if (hit->title_cut)
        printer_text(printer, ",\"title_cut\":true");
    if (hit->mtime)
        printer_printf(printer, ",\"mtime\":%" PRId64, hit->mtime);
    if (hit->size)
        printer_printf(printer, ",\"size\":%" PRIu64, hit->size);
    printer_text(printer, ",\"snippets\":[");
    for (size_t i = 0; i < hit->snippet_count; i++) {
        printer_text(printer, i ? "," : "");
        print_snippet(printer, &hit->snippets[i]);
    }
    printer_text(printer, "]");
    if (hit->why.count)
        print_why(printer, &hit->why);
    printer_text(printer, "}");
}

static void json_end(struct printer *printer, const struct result_set *results) {
    (void)results;
    printer_text(printer, "]}\n");
}

const struct printer_format printer_json = {.begin = json_begin, .hit = json_hit, .end = json_end};
