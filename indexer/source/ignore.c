/* SPDX-License-Identifier: MIT */
/* Parses ignore files and matches patterns without backtracking over more than one star. */
#include "indexer/source/ignore.h"

#include <ctype.h>
#include <stdlib.h>

#include "common/base/array.h"
#include "common/base/ascii.h"

struct rule {
    char *pattern;       /* without `!`, and without a slash at either end */
    bool negated;        /* began with `!` */
    bool directory_only; /* ended with a slash */
    bool anchored;       /* has a slash: matched against the path, not the name alone */
};

struct ignore {
    struct arena arena;
    struct rule *rules;
    size_t count, capacity;
};

static const struct character_class {
    const char *name;
    int (*has)(int);
} classes[] = {{"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank}, {"cntrl", iscntrl},
               {"digit", isdigit}, {"graph", isgraph}, {"lower", islower}, {"print", isprint},
               {"punct", ispunct}, {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit}};

/* Matches a byte against the class of this name. False: there is no such class. */
static bool match_class(bool *matched, const char *name, size_t size, unsigned char byte) {
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (strlen(classes[i].name) == size && memcmp(classes[i].name, name, size) == 0) {
            *matched |= classes[i].has(byte) != 0;
            return true;
        }
    }
    return false;
}

/* Matches a byte against the set that begins at `at`, after its `[`. Returns the position after the
 * `]`, or NULL if no byte can match: there is no `]`, or an unknown class. */
static const char *match_set(bool *matched, const char *at, unsigned char byte) {
    bool negated = *at == '!' || *at == '^';
    at += negated;
    *matched = false;
    const char *end = at; /* the next `]`, found once for all classes that could end there */
    for (const char *first = at; *at && (*at != ']' || at == first);) {
        if (at[0] == '[' && at[1] == ':') {
            if (end < at + 2)
                end = strchr(at + 2, ']');
            if (!end)
                return NULL;
            if (end[-1] == ':' && end > at + 2) {
                if (!match_class(matched, at + 2, (size_t)(end - at - 3), byte))
                    return NULL;
                at = end + 1;
                continue;
            }
        }
        at += *at == '\\' && at[1];
        unsigned char low = (unsigned char)*at++, high = low;
        if (at[0] == '-' && at[1] && at[1] != ']') {
            at += at[1] == '\\' && at[2] ? 2 : 1;
            high = (unsigned char)*at++;
        }
        *matched |= low <= byte && byte <= high;
    }
    *matched = *matched != negated;
    return *at ? at + 1 : NULL;
}

/* Matches one byte against the pattern, which does not begin with a star. Returns the position
 * after what matched, or NULL. */
static const char *match_byte(const char *pattern, unsigned char byte) {
    if (*pattern == '?')
        return pattern + 1;
    if (*pattern == '[') {
        bool matched;
        const char *after = match_set(&matched, pattern + 1, byte);
        return after && matched ? after : NULL;
    }
    if (*pattern == '\\' && !*++pattern)
        return NULL;
    return (unsigned char)*pattern == byte ? pattern + 1 : NULL;
}

/* True when the pattern up to `pattern_end` matches the name up to its end. When a byte does not
 * match, only the last star needs to take one more: everything between two stars was matched as far
 * left as possible, so an earlier star never has to be tried again. */
static bool match_name(const char *pattern, const char *pattern_end, const char *name,
                       const char *name_end) {
    const char *star = NULL, *resume = NULL;
    while (name < name_end) {
        if (pattern < pattern_end && *pattern == '*') {
            star = ++pattern;
            resume = name;
            continue;
        }
        const char *after =
            pattern < pattern_end ? match_byte(pattern, (unsigned char)*name) : NULL;
        if (after) {
            pattern = after;
            name++;
        } else if (star) {
            pattern = star;
            name = ++resume;
        } else {
            return false;
        }
    }
    while (pattern < pattern_end && *pattern == '*')
        pattern++;
    return pattern == pattern_end;
}

/* The end of a name in a pattern: a slash outside of any set. NULL: a set that no byte matches, so
 * the pattern matches nothing. */
static const char *name_end(const char *pattern) {
    while (pattern && *pattern && *pattern != '/') {
        bool matched, quotes = *pattern == '\\' && pattern[1];
        pattern = *pattern == '[' ? match_set(&matched, pattern + 1, 0) : pattern + 1 + quotes;
    }
    return pattern;
}

/* True for two or more stars and nothing else. */
static bool spans_folders(const char *pattern, const char *pattern_end) {
    return pattern_end - pattern >= 2 && strspn(pattern, "*") >= (size_t)(pattern_end - pattern);
}

/* match_name() one level up: names between slashes replace bytes, and `**` replaces `*`. */
bool ignore_glob(const char *pattern, const char *path) {
    const char *star = NULL, *resume = NULL;
    while (*path) {
        const char *pattern_end = name_end(pattern);
        if (!pattern_end)
            return false;
        const char *path_end = path + strcspn(path, "/");
        const char *pattern_next = pattern_end + (*pattern_end == '/');
        const char *path_next = path_end + (*path_end == '/');
        if (spans_folders(pattern, pattern_end)) {
            star = pattern = pattern_next;
            resume = path;
        } else if (*pattern && match_name(pattern, pattern_end, path, path_end)) {
            pattern = pattern_next;
            path = path_next;
        } else if (star) {
            pattern = star;
            path = resume = resume + strcspn(resume, "/");
            if (*path)
                path = ++resume;
        } else {
            return false;
        }
    }
    return !*pattern;
}

/* Like git, strips spaces at the end of a line, except after a backslash. */
static size_t trimmed_size(const char *line, size_t size) {
    size_t kept = 0;
    if (size > 0 && line[size - 1] == '\r')
        size--;
    for (size_t i = 0; i < size; i++) {
        bool quoted = line[i] == '\\';
        i += quoted;
        if (quoted || line[i] != ' ')
            kept = i + 1;
    }
    return kept < size ? kept : size;
}

/* Removes backslashes before slashes, which have no effect but would hide where names end. */
static void unquote_slashes(char *pattern) {
    char *out = pattern;
    for (const char *in = pattern; *in; in++) {
        if (in[0] == '\\' && in[1] == '/')
            continue;
        if (in[0] == '\\' && in[1])
            *out++ = *in++;
        *out++ = *in;
    }
    *out = '\0';
}

static enum status parse_line(struct ignore *ignore, const char *line, size_t size) {
    struct rule rule = {0};
    size = trimmed_size(line, size);
    if (size > 0 && *line == '#')
        return ST_OK;
    if (size > 0 && *line == '!') {
        rule.negated = true;
        line++;
        size--;
    }
    if (size > 0 && line[size - 1] == '/') {
        rule.directory_only = true;
        size--;
    }
    rule.anchored = size > 0 && memchr(line, '/', size);
    if (size > 0 && *line == '/') {
        line++;
        size--;
    }
    if (size == 0 || line[size - 1] == '/' || memchr(line, '\0', size))
        return ST_OK; /* matches nothing */
    rule.pattern = arena_copy(&ignore->arena, line, size);
    if (!rule.pattern)
        return ST_NOMEM;
    unquote_slashes(rule.pattern);
    struct rule *rules =
        array_reserve(ignore->rules, &ignore->capacity, ignore->count + 1, sizeof *rules);
    if (!rules)
        return ST_NOMEM;
    ignore->rules = rules;
    ignore->rules[ignore->count++] = rule;
    return ST_OK;
}

enum status ignore_parse(struct ignore **out, struct slice bytes) {
    *out = NULL;
    if (bytes.size >= 3 && memcmp(bytes.data, "\xEF\xBB\xBF", 3) == 0)
        bytes = slice_after(bytes, 3);
    struct ignore *ignore = calloc(1, sizeof *ignore);
    enum status status = ignore ? ST_OK : ST_NOMEM;
    while (bytes.size > 0 && !status) {
        struct slice line = ascii_take_line(&bytes);
        status = parse_line(ignore, (const char *)line.data, line.size);
    }
    if (status)
        ignore_free(ignore);
    else
        *out = ignore;
    return status;
}

void ignore_free(struct ignore *ignore) {
    if (!ignore)
        return;
    arena_release(&ignore->arena);
    free(ignore->rules);
    free(ignore);
}

enum ignore_verdict ignore_match(const struct ignore *ignore, const char *path, bool is_directory) {
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    for (size_t i = ignore->count; i-- > 0;) {
        const struct rule *rule = &ignore->rules[i];
        if (rule->directory_only && !is_directory)
            continue;
        if (ignore_glob(rule->pattern, rule->anchored ? path : name))
            return rule->negated ? IGNORE_KEEP : IGNORE_SKIP;
    }
    return IGNORE_NONE;
}
