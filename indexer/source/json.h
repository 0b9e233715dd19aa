/* SPDX-License-Identifier: MIT */
/* Parses one JSON object (RFC 8259) into an id, a title and a text. This is the C interface to
 * simdjson; no C++ is visible beyond it.
 *
 *     struct json *json;
 *     json_new(&json, &fields, &err);
 *     status = json_parse(&record, json, line, &err);
 *     json_free(json);
 *
 * Only the requested members are validated completely: the object must be whole, its strings closed
 * and its brackets matched, but a malformed number in another member passes.
 *
 * Threads: a parser belongs to one thread at a time. */
#ifndef QUERN_INDEXER_SOURCE_JSON_H
#define QUERN_INDEXER_SOURCE_JSON_H

#include "common/base/bytes.h"
#include "common/base/status.h"

enum {
    JSON_PADDING = 64,   /* bytes after a record that the parser may read */
    JSON_FIELDS_MAX = 8, /* names of each of id, title and text */
};

/* Names of members, each list ended by NULL. The id is the first one that the record has. Titles
 * and texts are joined in the order of the list, titles with a space, texts with a newline.
 * Borrowed. */
struct json_fields {
    const char *const *id;
    const char *const *title;
    const char *const *text;
};

/* Well-formed UTF-8, valid until the next json_parse(). Missing members and null are empty. */
struct json_record {
    struct slice id; /* a string, or a number as it is written */
    struct slice title;
    struct slice text; /* a string, or another scalar as it is written, or an array of these */
    bool has_content;  /* it has a member that is title or text, of any value */
};

struct json;

/* ST_INVALID: more than JSON_FIELDS_MAX names in a list. ST_NOMEM. */
enum status json_new(struct json **out, const struct json_fields *fields, struct error *err);
void json_free(struct json *json);

/* Parses `bytes`, which JSON_PADDING readable bytes follow. Bytes that are not UTF-8 become U+FFFD.
 * ST_INVALID: not a JSON object, or a member has a value of a type that it cannot have; *err gives
 * the reason without naming the record. ST_NOMEM. */
enum status json_parse(struct json_record *out, struct json *json, struct slice bytes,
                       struct error *err);

/* Appends the names of the record's members for a message, such as "key, Subject, Body", cut short
 * after about 200 bytes. json_parse() must have accepted `bytes`. ST_NOMEM. */
enum status json_list_members(struct buffer *out, struct json *json, struct slice bytes);

#endif
