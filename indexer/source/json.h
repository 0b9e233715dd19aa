/* One JSON object (RFC 8259) -> the id, the title and the text in it. The C face of simdjson, whose
 * C++ ends here.
 *
 *     struct json *json;
 *     json_new(&json, &fields, &err);
 *     status = json_parse(&record, json, line, &err);
 *     json_free(json);
 *
 * Only what is asked for is looked at closely: the object must be whole, its strings closed and its
 * brackets matched, but a malformed number in a field that nobody named passes.
 * Threads: a parser belongs to one thread at a time. */
#ifndef QUERN_INDEXER_SOURCE_JSON_H
#define QUERN_INDEXER_SOURCE_JSON_H

#include "common/base/bytes.h"
#include "common/base/status.h"

enum {
    JSON_PADDING = 64,   /* bytes behind a record that the parser may read */
    JSON_FIELDS_MAX = 8, /* names for each of id, title and text */
};

/* Names of members, each list ended by NULL. Of the ids, the first in the list that the record has
 * counts; titles and texts are joined in the order of the list, texts with a newline, titles with a
 * space. Borrowed by the parser. */
struct json_fields {
    const char *const *id;
    const char *const *title;
    const char *const *text;
};

/* Well-formed UTF-8, valid until the next json_parse(). A member that is missing or null is empty.
 */
struct json_record {
    struct slice id; /* a string, or a number as it is written */
    struct slice title;
    struct slice text; /* a string, a number, true or false as written, or an array of these */
    bool has_content;  /* it has a member that is title or text, of any value */
};

struct json;

/* ST_INVALID: more than JSON_FIELDS_MAX names in a list. ST_NOMEM. */
enum status json_new(struct json **out, const struct json_fields *fields, struct error *err);
void json_free(struct json *json);

/* `bytes` is the record, with JSON_PADDING readable bytes behind it. Bytes that are no UTF-8 become
 * U+FFFD. ST_INVALID: no JSON object, or a value of a kind that it cannot have; *err says why, in
 * words, without naming the record. ST_NOMEM. */
enum status json_parse(struct json_record *out, struct json *json, struct slice bytes,
                       struct error *err);

/* Appends the names of the record's members for a message: "key, Subject, Body", cut short after
 * about 200 bytes. `bytes` is a record that json_parse() took. ST_NOMEM. */
enum status json_list_members(struct buffer *out, struct json *json, struct slice bytes);

#endif
