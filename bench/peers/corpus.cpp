/* SPDX-License-Identifier: MIT */
/* Reads NDJSON with simdjson. */
#include "bench/peers/corpus.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>

#include <simdjson.h>

namespace ondemand = simdjson::ondemand;

struct corpus {
    FILE *file = nullptr;
    std::string path;
    unsigned long line_number = 0;
    char *line = nullptr;
    size_t capacity = 0;
    ondemand::parser parser;
    std::string id;
    std::string body;

    ~corpus() {
        free(line);
        if (file && file != stdin)
            fclose(file);
    }
};

enum status corpus_open(struct corpus **out, const char *path, struct error *err) {
    struct corpus *corpus = new (std::nothrow) struct corpus;
    if (!corpus)
        return error_nomem(err);
    corpus->path = path;
    corpus->file = corpus->path == "-" ? stdin : fopen(path, "re");
    if (!corpus->file) {
        int sys = errno;
        delete corpus;
        return error_set(err, ST_EIO, sys, "open %s", path);
    }
    *out = corpus;
    return ST_OK;
}

/* Decodes corpus->line. A missing title or text counts as empty; the id is required. */
static simdjson::error_code decode(struct corpus *corpus, size_t size) {
    ondemand::document document;
    ondemand::object object;
    simdjson::error_code code =
        corpus->parser.iterate(corpus->line, size, corpus->capacity).get(document);
    if (code)
        return code;
    if ((code = document.get_object().get(object)))
        return code;
    std::string_view id, title, text;
    if ((code = object["id"].get_string().get(id)))
        return code;
    /* The parser keeps every unescaped string until the next iterate(). */
    if ((code = object["title"].get_string().get(title)) && code != simdjson::NO_SUCH_FIELD)
        return code;
    if ((code = object["text"].get_string().get(text)) && code != simdjson::NO_SUCH_FIELD)
        return code;
    corpus->id.assign(id);
    corpus->body.assign(title);
    corpus->body.push_back('\n');
    corpus->body.append(text);
    return simdjson::SUCCESS;
}

enum status corpus_next(struct corpus_document *out, struct corpus *corpus, struct error *err) {
    ssize_t size = getline(&corpus->line, &corpus->capacity, corpus->file);
    if (size < 0) {
        if (ferror(corpus->file))
            return error_set(err, ST_EIO, errno, "read %s", corpus->path.c_str());
        return ST_END;
    }
    corpus->line_number++;
    /* simdjson reads up to SIMDJSON_PADDING bytes past the text. */
    if (corpus->capacity < (size_t)size + simdjson::SIMDJSON_PADDING) {
        size_t capacity = 2 * (size_t)size + simdjson::SIMDJSON_PADDING;
        char *line = (char *)realloc(corpus->line, capacity);
        if (!line)
            return error_nomem(err);
        corpus->line = line;
        corpus->capacity = capacity;
    }
    simdjson::error_code code = decode(corpus, (size_t)size);
    if (code)
        return error_set(err, ST_INVALID, 0, "%s:%lu: %s", corpus->path.c_str(),
                         corpus->line_number, simdjson::error_message(code));
    out->id = corpus->id.data();
    out->id_size = corpus->id.size();
    out->body = corpus->body.data();
    out->body_size = corpus->body.size();
    return ST_OK;
}

void corpus_close(struct corpus *corpus) {
    delete corpus;
}
