/* SPDX-License-Identifier: MIT */
/* Parses one JSON object (RFC 8259) into an id, a title, a text and other fields. This is the C
 * interface to simdjson; no C++ is visible beyond it.
 *
 *     struct json *json;
 *     json_new(&json, &members, &err);
 *     status = json_parse(&record, json, line, &err);
 *     json_free(json);
 *
 * Members are named by paths: "author.name" is the member "name" of the object "author", or of each
 * object in an array "author", or a member whose own name has the dot.
 *
 * Only the requested members are validated completely: the object must be whole, its strings closed
 * and its brackets matched, but a malformed number in another member passes.
 *
 * Threads: a parser belongs to one thread at a time. */
#ifndef QUERN_INDEXER_SOURCE_JSON_H
#define QUERN_INDEXER_SOURCE_JSON_H

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/field/field_value.h"

enum {
    JSON_PADDING = 64,   /* bytes after a record that the parser may read */
    JSON_NAMES_MAX = 8,  /* paths of each of id, title and text */
    JSON_DEPTH_MAX = 32, /* objects and arrays, one in the other, in which values are looked for */
    JSON_VALUES_MAX = FIELD_VALUES_MAX, /* values of a path that are read */
};

/* Paths of members, each list ended by NULL. The id is the first one that the record has. Titles
 * and texts are joined in the order of the list, titles with a space, texts with a newline. The
 * same path may be in several lists. Borrowed. */
struct json_members {
    const char *const *id;
    const char *const *title;
    const char *const *text;
    const char *const *fields;
};

/* A value of members->fields[path]: a string, or another scalar as it is written. */
struct json_value {
    size_t path;
    struct slice text;
};

/* A value of members->fields[path] that is none, or that is left out: "an object, not a value". */
struct json_problem {
    size_t path;
    const char *what;
};

/* Well-formed UTF-8, valid until the next json_parse(). Missing members, null and empty strings
 * give no value. */
struct json_record {
    struct slice id; /* a string, or a number as it is written */
    struct slice title;
    struct slice text; /* a string, or another scalar as it is written, or an array of these */
    bool has_content;  /* it has a member that is title or text, of any value */
    /* By path; those of a path in the order of the record, the elements of arrays one by one. Of a
     * member that comes twice, the last one counts. */
    const struct json_value *values;
    size_t value_count;
    const struct json_problem *problems; /* at most one a path */
    size_t problem_count;
};

struct json;

/* ST_INVALID: more than JSON_NAMES_MAX paths of id, title or text. ST_NOMEM. */
enum status json_new(struct json **out, const struct json_members *members, struct error *err);
void json_free(struct json *json);

/* Parses `bytes`, which JSON_PADDING readable bytes follow. Bytes that are not UTF-8 become U+FFFD.
 * ST_INVALID: not a JSON object, or id, title or text has a value of a type that it cannot have;
 * *err gives the reason without naming the record. ST_NOMEM. */
enum status json_parse(struct json_record *out, struct json *json, struct slice bytes,
                       struct error *err);

/* Appends the names of the record's members for a message, such as "key, Subject, Body", cut short
 * after about 200 bytes. json_parse() must have accepted `bytes`. ST_NOMEM. */
enum status json_list_members(struct buffer *out, struct json *json, struct slice bytes);

#endif
