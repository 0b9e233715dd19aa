/* SPDX-License-Identifier: MIT */
/* The formats of record sources, and the way from a format to its functions. */
#include "indexer/source/record_source.h"

#include "indexer/source/ndjson.h"

static const struct {
    enum format format;
    const struct record_source_ops *ops;
} formats[] = {
    {FORMAT_NDJSON, &ndjson_ops},
};

static const struct record_source_ops *find_ops(enum format format) {
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (formats[i].format == format)
            return formats[i].ops;
    return NULL;
}

bool record_source_has_format(enum format format) {
    return find_ops(format) != NULL;
}

enum status record_source_open(struct record_source **out, enum format format, int descriptor,
                               const char *name, const struct record_source_options *options,
                               struct error *err) {
    return find_ops(format)->open(out, descriptor, name, options, err);
}

void record_source_close(struct record_source *source) {
    if (source)
        source->ops->close(source);
}

enum status record_source_next(struct source_document *document, struct record_source *source,
                               struct error *err) {
    return source->ops->next(document, source, err);
}

uint64_t record_source_consumed(const struct record_source *source) {
    return source->ops->consumed(source);
}
