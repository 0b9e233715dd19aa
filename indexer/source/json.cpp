/* SPDX-License-Identifier: MIT */
/* The only user of simdjson. No exception leaves this file. */
#include <memory>
#include <new>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

extern "C" {
#include "indexer/source/charset.h"
#include "indexer/source/json.h"
}

using namespace simdjson;

static_assert(JSON_PADDING >= SIMDJSON_PADDING, "simdjson reads this far past a record");

namespace {

/* A path, and what the current record has there. */
struct member {
    std::string_view path;
    bool present;
    const char *problem; /* what a value is that the member cannot have, or NULL */
    std::vector<std::string_view> values;
};

enum list { ID, TITLE, TEXT, FIELDS, LIST_COUNT };

/* A path that leads into the current object or array, and its names from there on. */
struct inner_path {
    size_t member;
    std::string_view rest;
};

/* The paths that end at the current value, and those that lead into it. */
struct level {
    std::vector<size_t> leaves;
    std::vector<inner_path> inner;
};

} // namespace

struct json {
    ondemand::parser parser;
    std::vector<member> members; /* of all lists, one after the other */
    size_t first[LIST_COUNT + 1] = {};
    std::vector<inner_path> whole_paths; /* of all members */
    level levels[JSON_DEPTH_MAX + 1];
    std::string title, text; /* joined values */
    std::vector<json_value> values;
    std::vector<json_problem> problems;
    buffer repaired = {};
};

namespace {

constexpr const char *nouns[] = {"id", "title", "text"};
constexpr const char *nested = "an array within an array, or an object in one";

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

/* How the walk came to a value. */
struct place {
    size_t depth;       /* of the innermost object */
    bool in_array;      /* anywhere below the record */
    size_t array_depth; /* arrays around the value within the member that holds it */
};

/* Goes through an object, and collects the values of the members that paths name. */
class walk {
  public:
    explicit walk(json &json) : json_(json) {
    }

    error_code object(ondemand::object object, const std::vector<inner_path> &paths, place at) {
        level &level = json_.levels[at.depth];
        for (auto result : object) {
            ondemand::field field;
            std::string_view name;
            if (error_code error = std::move(result).get(field))
                return error;
            if (error_code error = field.unescaped_key().get(name))
                return error;
            level.leaves.clear();
            level.inner.clear();
            for (const inner_path &path : paths)
                select(level, path, name, at.in_array);
            if (level.leaves.empty() && level.inner.empty())
                continue;
            if (error_code error = value(field.value(), level, {at.depth, at.in_array, 0}))
                return error;
        }
        return SUCCESS;
    }

  private:
    /* Adds the path to the level if the member `name` is its end, or on its way. */
    void select(level &level, const inner_path &path, std::string_view name, bool in_array) {
        size_t size = name.size();
        if (path.rest.size() < size || path.rest.compare(0, size, name) != 0)
            return;
        if (path.rest.size() > size) {
            if (path.rest[size] == '.')
                level.inner.push_back({path.member, path.rest.substr(size + 1)});
            return;
        }
        member &member = json_.members[path.member];
        member.present = true;
        if (!in_array) { /* the last one of this name counts */
            member.values.clear();
            member.problem = nullptr;
        }
        level.leaves.push_back(path.member);
    }

    bool is_field(size_t index) const {
        return index >= json_.first[FIELDS];
    }

    void refuse(const level &level, const char *of_field, const char *otherwise) {
        for (size_t leaf : level.leaves)
            json_.members[leaf].problem = is_field(leaf) ? of_field : otherwise;
    }

    void add_scalar(const level &level, std::string_view text, ondemand::json_type type,
                    const place &at) {
        for (size_t leaf : level.leaves) {
            member &member = json_.members[leaf];
            bool is_id = leaf < json_.first[TITLE];
            if (is_id && (at.in_array || type == ondemand::json_type::boolean))
                member.problem = at.in_array ? "an array" : "true or false";
            else if (is_field(leaf) && !text.empty() && member.values.size() == JSON_VALUES_MAX)
                member.problem = "too many values";
            else if (!text.empty())
                member.values.push_back(text);
        }
    }

    error_code value(ondemand::value value, level &level, place at) {
        ondemand::json_type type;
        if (error_code error = value.type().get(type))
            return error;
        if (!is_nested(type)) {
            std::string_view text;
            if (error_code error = read_scalar(text, value, type))
                return error;
            add_scalar(level, text, type, at);
            return SUCCESS;
        }
        if (at.depth + at.array_depth == JSON_DEPTH_MAX) {
            refuse(level, "nested too deeply", "nested too deeply");
            for (const inner_path &path : level.inner)
                json_.members[path.member].problem = "nested too deeply";
            return SUCCESS;
        }
        if (type == ondemand::json_type::array)
            return array(value, level, at);
        refuse(level, "an object, not a value", at.array_depth ? nested : "an object");
        ondemand::object object;
        if (level.inner.empty())
            return SUCCESS;
        if (error_code error = value.get_object().get(object))
            return error;
        return this->object(object, level.inner, {at.depth + 1 + at.array_depth, at.in_array, 0});
    }

    error_code array(ondemand::value value, level &level, place at) {
        for (size_t leaf : level.leaves) {
            if (leaf < json_.first[TITLE])
                json_.members[leaf].problem = "an array";
            else if (!is_field(leaf) && at.array_depth > 0)
                json_.members[leaf].problem = nested;
        }
        ondemand::array array;
        if (error_code error = value.get_array().get(array))
            return error;
        for (auto result : array) {
            ondemand::value element;
            if (error_code error = std::move(result).get(element))
                return error;
            if (error_code error =
                    this->value(element, level, {at.depth, true, at.array_depth + 1}))
                return error;
        }
        return SUCCESS;
    }

    json &json_;
};

error_code read_members(json &json, const char *data, size_t size) {
    for (member &member : json.members) {
        member.present = false;
        member.problem = nullptr;
        member.values.clear();
    }
    ondemand::document document;
    ondemand::object object;
    if (error_code error = json.parser.iterate(data, size, size + JSON_PADDING).get(document))
        return error;
    if (error_code error = document.get_object().get(object))
        return error;
    if (error_code error = walk(json).object(object, json.whole_paths, {0, false, 0}))
        return error;
    const char *remaining; /* there is a location only if something follows */
    return document.current_location().get(remaining) ? SUCCESS : TRAILING_CONTENT;
}

/* The values of a list's members: those of one member are joined by newlines, and the members by
 * the separator. */
slice join_values(std::string &joined, const json &json, list list, const char *separator) {
    size_t count = 0;
    const std::string_view *only = nullptr;
    for (size_t i = json.first[list]; i < json.first[list + 1]; i++)
        for (const std::string_view &value : json.members[i].values)
            if (count++ == 0)
                only = &value;
    if (count <= 1)
        return only ? slice_of_view(*only) : slice{nullptr, 0};
    joined.clear();
    for (size_t i = json.first[list]; i < json.first[list + 1]; i++) {
        const char *between = separator;
        for (const std::string_view &value : json.members[i].values) {
            if (!joined.empty())
                joined += between;
            joined += value;
            between = "\n";
        }
    }
    return slice_of_view(joined);
}

slice first_value(const json &json, list list) {
    for (size_t i = json.first[list]; i < json.first[list + 1]; i++)
        if (!json.members[i].values.empty())
            return slice_of_view(json.members[i].values[0]);
    return slice{nullptr, 0};
}

void fill(json_record *out, json &json) {
    out->id = first_value(json, ID);
    out->title = join_values(json.title, json, TITLE, " ");
    out->text = join_values(json.text, json, TEXT, "\n");
    out->has_content = false;
    for (size_t i = json.first[TITLE]; i < json.first[FIELDS]; i++)
        out->has_content = out->has_content || json.members[i].present;
    json.values.clear();
    json.problems.clear();
    size_t first = json.first[FIELDS];
    for (size_t i = first; i < json.members.size(); i++) {
        for (const std::string_view &value : json.members[i].values)
            json.values.push_back({i - first, slice_of_view(value)});
        if (json.members[i].problem)
            json.problems.push_back({i - first, json.members[i].problem});
    }
    out->values = json.values.data();
    out->value_count = json.values.size();
    out->problems = json.problems.data();
    out->problem_count = json.problems.size();
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
    error_code code = read_members(json, data, bytes.size);
    if (code == UTF8_ERROR || code == STRING_ERROR) {
        buffer &repaired = json.repaired;
        buffer_clear(&repaired);
        if (charset_repair(&repaired, bytes) || buffer_reserve(&repaired, JSON_PADDING))
            return error_nomem(err);
        memset(repaired.data + repaired.size, 0, JSON_PADDING);
        repair_escapes(repaired.data, repaired.data + repaired.size);
        data = reinterpret_cast<const char *>(repaired.data);
        code = read_members(json, data, repaired.size);
    }
    if (code == MEMALLOC)
        return error_nomem(err);
    if (code)
        return error_set(err, ST_INVALID, 0, "not a JSON object: %s", reason_of(code));
    for (int list = ID; list < FIELDS; list++)
        for (size_t i = json.first[list]; i < json.first[list + 1]; i++)
            if (json.members[i].problem)
                return error_set(err, ST_INVALID, 0, "the %s is %s", nouns[list],
                                 json.members[i].problem);
    fill(out, json);
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

namespace {

status create(json **out, const json_members *members, error *err) {
    const char *const *lists[] = {members->id, members->title, members->text, members->fields};
    std::unique_ptr<json> made(new json);
    for (size_t list = 0; list < LIST_COUNT; list++) {
        made->first[list] = made->members.size();
        for (const char *const *path = lists[list]; *path; path++)
            made->members.push_back({*path, false, nullptr, {}});
        size_t count = made->members.size() - made->first[list];
        if (list < FIELDS && count > JSON_NAMES_MAX)
            return error_set(err, ST_INVALID, 0, "%zu names for the %s; at most %d are possible",
                             count, nouns[list], JSON_NAMES_MAX);
    }
    made->first[LIST_COUNT] = made->members.size();
    for (size_t i = 0; i < made->members.size(); i++)
        made->whole_paths.push_back({i, made->members[i].path});
    *out = made.release();
    return ST_OK;
}

} // namespace

extern "C" status json_new(json **out, const json_members *members, error *err) {
    *out = nullptr;
    try {
        return create(out, members, err);
    } catch (const std::bad_alloc &) {
        return error_nomem(err);
    }
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
