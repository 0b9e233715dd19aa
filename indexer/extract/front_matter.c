/* SPDX-License-Identifier: MIT */
/* Finds the end of front matter, and reads its title where a parser cannot. */
#include "indexer/extract/front_matter.h"

#include <strings.h>

#include "common/base/ascii.h"
#include "indexer/extract/toml.h"
#include "indexer/extract/yaml.h"

enum {
    FRONT_MATTER_MAX = 64 * 1024,
    FIELD_NAME_MAX = 100, /* bytes; a list repeats its name, which would multiply a long one */
};

/* The first line, without its newline. */
static struct slice first_line(struct slice text) {
    const uint8_t *end = text.size ? memchr(text.data, '\n', text.size) : NULL;
    return slice_of(text.data, end ? (size_t)(end - text.data) : text.size);
}

static struct slice after_line(struct slice text) {
    size_t size = first_line(text).size;
    return slice_after(text, size + (size < text.size));
}

static bool is_line(struct slice line, const char *expected) {
    size_t size = strlen(expected);
    return line.size >= size && memcmp(line.data, expected, size) == 0 &&
           ascii_trim(slice_after(line, size)).size == 0;
}

static struct slice unquoted(struct slice text) {
    uint8_t quote = text.size >= 2 ? text.data[0] : 0;
    if ((quote == '"' || quote == '\'') && text.data[text.size - 1] == quote)
        return slice_of(text.data + 1, text.size - 2);
    return text;
}

/* The first title that is not empty counts. */
static void set_title(struct content *content, struct slice title) {
    if (content->title.size == 0)
        content_add_title(content, title);
}

/* Adds the lines of broken front matter. */
static void read_lines(struct content *content, struct slice matter) {
    for (; matter.size; matter = after_line(matter)) {
        struct slice line = ascii_trim(first_line(matter));
        if (line.size > 6 && strncasecmp((const char *)line.data, "title:", 6) == 0)
            set_title(content, unquoted(ascii_trim(slice_after(line, 6))));
        else
            content_add_text(content, line);
        content_end_block(content);
    }
}

static void add_field(void *context, struct slice name, struct slice value) {
    struct content *content = context;
    if (name.size == 5 && strncasecmp((const char *)name.data, "title", 5) == 0)
        set_title(content, value);
    else if (name.size <= FIELD_NAME_MAX)
        content_add_field(content, name, value);
}

struct slice front_matter_read(struct content *content, struct slice utf8) {
    bool yaml = is_line(first_line(utf8), "---");
    if (!yaml && !is_line(first_line(utf8), "+++"))
        return utf8;
    struct slice start = after_line(utf8), end = start;
    while (end.size && !is_line(first_line(end), yaml ? "---" : "+++") &&
           !(yaml && is_line(first_line(end), "...")))
        end = after_line(end);
    struct slice matter = slice_of(start.data, (size_t)(end.data - start.data));
    if (!end.size || matter.size > FRONT_MATTER_MAX)
        return utf8;
    size_t title = content->title.size, field_count = content->field_count;
    enum status status = yaml ? yaml_read_fields(matter, add_field, content)
                              : toml_read_fields(matter, add_field, content);
    if (status) { /* drop what was added before the failure */
        content->title.size = title;
        content->field_count = field_count;
    }
    if (status == ST_NOT_FOUND)
        return utf8;
    if (status == ST_INVALID)
        read_lines(content, matter);
    else if (status)
        content->status = status;
    return after_line(end);
}
