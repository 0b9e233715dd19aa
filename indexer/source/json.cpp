/* SPDX-License-Identifier: MIT */
/* The only user of simdjson. No exception leaves this file. */
#include <new>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <utility>

extern "C" {
#include "indexer/source/charset.h"
#include "indexer/source/json.h"
}

using namespace simdjson;

static_assert(JSON_PADDING >= SIMDJSON_PADDING, "simdjson reads this far past a record");

namespace {

/* The values of the id, the title or the text, one for each of its names. */
struct member {
    const char *noun;
    const char *separator;
    const char *const *names = nullptr;
    bool present = false;
    std::string_view values[JSON_FIELDS_MAX] = {};
    std::string arrays[JSON_FIELDS_MAX] = {}; /* the joined elements of an array */
    std::string joined = {};                  /* the joined values */
};

} // namespace

struct json {
    ondemand::parser parser;
    member members[3] = {{"id", ""}, {"title", " "}, {"text", "\n"}};
    buffer repaired = {};
};

namespace {

const char *reason_of(error_code error) {
    switch (error) {
    case EMPTY:
        return "there is nothing";
    case UNCLOSED_STRING:
        return "a string is not closed";
    case UNESCAPED_CHARS:
        return "a control character within a string";
    case STRING_ERROR:
        return "a bad escape within a string";
    case TAPE_ERROR:
    case INCOMPLETE_ARRAY_OR_OBJECT:
        return "a comma, colon, quote or bracket is missing or misplaced";
    case INCORRECT_TYPE:
        return "something else";
    case TRAILING_CONTENT:
        return "something follows it";
    default:
        return error_message(error);
    }
}

slice slice_of_view(std::string_view view) {
    return slice_of(view.data(), view.size());
}

/* The value of a string; any other scalar as it is written; null is empty. */
error_code read_scalar(std::string_view &out, ondemand::value value, ondemand::json_type type) {
    if (type == ondemand::json_type::string)
        return value.get_string().get(out);
    out = value.raw_json_token();
    size_t last = out.find_last_not_of(" \t\r\n");
    out = out.substr(0, last == std::string_view::npos ? 0 : last + 1);
    bool known = type == ondemand::json_type::null      ? out == "null"
                 : type == ondemand::json_type::boolean ? out == "true" || out == "false"
                                                        : !out.empty();
    if (type == ondemand::json_type::null)
        out = {};
    return known ? SUCCESS : TAPE_ERROR;
}

bool is_nested(ondemand::json_type type) {
    return type == ondemand::json_type::array || type == ondemand::json_type::object;
}

/* Sets `kind`, in words, if the value is of a type that the member cannot have. */
error_code read_member(const char *&kind, member &member, size_t index, ondemand::value value) {
    ondemand::json_type type;
    if (error_code error = value.type().get(type))
        return error;
    bool is_id = !*member.separator;
    if (type == ondemand::json_type::object ||
        (is_id && (type == ondemand::json_type::array || type == ondemand::json_type::boolean))) {
        kind = type == ondemand::json_type::object  ? "an object"
               : type == ondemand::json_type::array ? "an array"
                                                    : "true or false";
        return SUCCESS;
    }
    if (type != ondemand::json_type::array)
        return read_scalar(member.values[index], value, type);

    ondemand::array array;
    if (error_code error = value.get_array().get(array))
        return error;
    std::string &all = member.arrays[index];
    all.clear();
    for (auto result : array) {
        ondemand::value element;
        std::string_view view;
        if (error_code error = std::move(result).get(element))
            return error;
        if (error_code error = element.type().get(type))
            return error;
        if (is_nested(type)) {
            kind = "an array within an array, or an object in one";
            return SUCCESS;
        }
        if (error_code error = read_scalar(view, element, type))
            return error;
        if (!all.empty() && !view.empty())
            all += '\n';
        all += view;
    }
    member.values[index] = all;
    return SUCCESS;
}

/* Reads the values of all members. If one has a type that it cannot have, sets `bad_member` and
 * `kind`. */
error_code read_members(const member *&bad_member, const char *&kind, json &json, const char *data,
                        size_t size) {
    for (member &member : json.members) {
        member.present = false;
        for (std::string_view &value : member.values)
            value = {};
    }
    ondemand::document document;
    ondemand::object object;
    if (error_code error = json.parser.iterate(data, size, size + JSON_PADDING).get(document))
        return error;
    if (error_code error = document.get_object().get(object))
        return error;
    for (auto result : object) {
        ondemand::field field;
        std::string_view name;
        if (error_code error = std::move(result).get(field))
            return error;
        if (error_code error = field.unescaped_key().get(name))
            return error;
        for (member &member : json.members)
            for (size_t i = 0; member.names[i]; i++)
                if (name == member.names[i]) {
                    error_code error = read_member(kind, member, i, field.value());
                    bad_member = &member;
                    member.present = true;
                    if (error || kind)
                        return error;
                    goto next; /* a value can be read only once: a name belongs to one member */
                }
    next:;
    }
    const char *remaining; /* there is a location only if something follows */
    return document.current_location().get(remaining) ? SUCCESS : TRAILING_CONTENT;
}

slice join_values(member &member) {
    const std::string_view *only = nullptr;
    size_t count = 0;
    for (const std::string_view &value : member.values)
        if (!value.empty() && count++ == 0)
            only = &value;
    if (count <= 1 || !*member.separator)
        return only ? slice_of_view(*only) : slice{nullptr, 0};
    member.joined.clear();
    for (const std::string_view &value : member.values) {
        if (!member.joined.empty() && !value.empty())
            member.joined += member.separator;
        member.joined += value;
    }
    return slice_of_view(member.joined);
}

/* The code unit of the \u escape at `at`, or 0 if there is none. */
uint32_t escaped_unit(const uint8_t *at, const uint8_t *end) {
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
        return 0;
    uint32_t unit = 0;
    for (int i = 2; i < 6; i++) {
        uint8_t digit = at[i] | 0x20;
        if (digit >= '0' && digit <= '9')
            unit = unit * 16 + (digit - '0');
        else if (digit >= 'a' && digit <= 'f')
            unit = unit * 16 + (digit - 'a' + 10);
        else
            return 0;
    }
    return unit;
}

/* Replaces unpaired surrogates, which JSON can spell and UTF-8 cannot encode, by U+FFFD. */
void repair_escapes(uint8_t *at, const uint8_t *end) {
    while (at < end && (at = static_cast<uint8_t *>(memchr(at, '\\', end - at)))) {
        uint32_t unit = escaped_unit(at, end);
        if (unit >= 0xD800 && unit < 0xE000) {
            uint32_t low = escaped_unit(at + 6, end);
            if (unit < 0xDC00 && low >= 0xDC00 && low < 0xE000)
                at += 6;
            else
                memcpy(at + 2, "FFFD", 4);
        }
        at += unit ? 6 : 2;
    }
}

status parse(json_record *out, json &json, slice bytes, error *err) {
    const char *data = reinterpret_cast<const char *>(bytes.data);
    const member *bad_member = nullptr;
    const char *kind = nullptr;
    error_code code = read_members(bad_member, kind, json, data, bytes.size);
    if (code == UTF8_ERROR || code == STRING_ERROR) {
        buffer &repaired = json.repaired;
        buffer_clear(&repaired);
        if (charset_repair(&repaired, bytes) || buffer_reserve(&repaired, JSON_PADDING))
            return error_nomem(err);
        memset(repaired.data + repaired.size, 0, JSON_PADDING);
        repair_escapes(repaired.data, repaired.data + repaired.size);
        data = reinterpret_cast<const char *>(repaired.data);
        code = read_members(bad_member, kind, json, data, repaired.size);
    }
    if (code == MEMALLOC)
        return error_nomem(err);
    if (code)
        return error_set(err, ST_INVALID, 0, "not a JSON object: %s", reason_of(code));
    if (kind)
        return error_set(err, ST_INVALID, 0, "the %s is %s", bad_member->noun, kind);
    out->id = join_values(json.members[0]);
    out->title = join_values(json.members[1]);
    out->text = join_values(json.members[2]);
    out->has_content = json.members[1].present || json.members[2].present;
    return ST_OK;
}

error_code list_names(std::string &names, json &json, slice bytes) {
    constexpr size_t enough = 200;
    const char *data = reinterpret_cast<const char *>(bytes.data);
    ondemand::document document;
    ondemand::object object;
    if (error_code error =
            json.parser.iterate(data, bytes.size, bytes.size + JSON_PADDING).get(document))
        return error;
    if (error_code error = document.get_object().get(object))
        return error;
    for (auto result : object) {
        ondemand::field field;
        std::string_view name;
        if (error_code error = std::move(result).get(field))
            return error;
        if (error_code error = field.unescaped_key().get(name))
            return error;
        names += names.empty() ? "" : ", ";
        if (names.size() + name.size() > enough) {
            names += "...";
            break;
        }
        names += name;
    }
    return SUCCESS;
}

} // namespace

extern "C" status json_new(json **out, const json_fields *fields, error *err) {
    *out = nullptr;
    const char *const *lists[] = {fields->id, fields->title, fields->text};
    json *json = new (std::nothrow) struct json;
    if (!json)
        return error_nomem(err);
    for (size_t i = 0; i < 3; i++) {
        size_t count = 0;
        while (lists[i][count])
            count++;
        if (count > JSON_FIELDS_MAX) {
            error_set(err, ST_INVALID, 0, "%zu names for the %s; at most %d are possible", count,
                      json->members[i].noun, JSON_FIELDS_MAX);
            json_free(json);
            return ST_INVALID;
        }
        json->members[i].names = lists[i];
    }
    *out = json;
    return ST_OK;
}

extern "C" void json_free(json *json) {
    if (json)
        buffer_release(&json->repaired);
    delete json;
}

extern "C" status json_parse(json_record *out, json *json, slice bytes, error *err) {
    try {
        return parse(out, *json, bytes, err);
    } catch (const std::bad_alloc &) {
        return error_nomem(err);
    } catch (const std::exception &exception) {
        return error_set(err, ST_INVALID, 0, "not a JSON object: %s", exception.what());
    }
}

extern "C" status json_list_members(buffer *out, json *json, slice bytes) {
    try {
        std::string names;
        if (list_names(names, *json, bytes) == MEMALLOC)
            return ST_NOMEM;
        return buffer_append(out, names.data(), names.size());
    } catch (const std::exception &) {
        return ST_NOMEM;
    }
}
