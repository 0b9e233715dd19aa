/* SPDX-License-Identifier: MIT */
/* Makes filters of options. Folders alone are values of the field `folder`, of which each is one list;
 * beside patterns, or if the terms of long paths would be cut, they become patterns, too. */
#include "searcher/query/restriction.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "common/base/glob.h"
#include "common/field/date.h"
#include "common/index/index_path.h"
#include "common/text/analyzer.h"

bool restriction_is_given(const struct restriction *restriction) {
    return restriction->path.count || restriction->ext.count || restriction->type.count ||
           restriction->lang.count || restriction->since || restriction->until;
}

/* "ext:pdf,odt" in the arena. */
static enum status set_typed(struct query_filter *filter, struct arena *arena, const char *name,
                             const struct slice *texts, size_t count) {
    struct buffer typed = {0};
    enum status status = buffer_append(&typed, name, strlen(name));
    for (size_t i = 0; !status && i < count; i++) {
        status = buffer_append_byte(&typed, i ? ',' : ':');
        if (!status)
            status = buffer_append_slice(&typed, texts[i]);
    }
    const char *copy = status ? NULL : arena_copy(arena, typed.data, typed.size);
    filter->typed = slice_of(copy, typed.size);
    buffer_release(&typed);
    return copy ? ST_OK : ST_NOMEM;
}

static enum status add_values(struct query_filter *filters, size_t *count, struct arena *arena,
                              const struct schema_field *field, const struct cli_list *list,
                              struct error *err) {
    if (!list->count)
        return ST_OK;
    struct slice *texts = arena_alloc(arena, list->count * sizeof *texts);
    if (!texts)
        return error_nomem(err);
    for (size_t i = 0; i < list->count; i++)
        texts[i] = slice_of_string(list->items[i]);
    struct query_filter *filter = &filters[*count];
    enum status status = query_filter_values_of(filter, arena, field, texts, list->count, false);
    if (status == ST_NOT_FOUND)
        return error_set(err, ST_INVALID, 0, "--%s: needs a value", field->name);
    if (status || set_typed(filter, arena, field->name, texts, list->count))
        return error_nomem(err);
    ++*count;
    return ST_OK;
}

/* One value of --path. */
struct place {
    enum { PLACE_FOLDER, PLACE_FILE, PLACE_PATTERN } kind;
    struct buffer path; /* of a folder or file, with a NUL in its size */
    const char *typed;
};

static enum status find_place(struct place *place, const char *typed, struct error *err) {
    struct stat info;
    char *real = realpath(typed, NULL);
    *place = (struct place){.typed = typed};
    if (!real && glob_is_pattern(slice_of_string(typed))) {
        place->kind = PLACE_PATTERN;
        return ST_OK;
    }
    if (!real)
        return index_path_normalize(&place->path, typed, err);
    if (stat(real, &info) == 0 && !S_ISDIR(info.st_mode))
        place->kind = PLACE_FILE;
    enum status status = buffer_append(&place->path, real, strlen(real) + 1);
    free(real);
    return status ? error_nomem(err) : ST_OK;
}

static struct slice place_path(const struct place *place) {
    return slice_of(place->path.data, place->path.size - 1);
}

/* The patterns that one filter collects. */
struct patterns {
    struct arena *arena;
    struct slice *items; /* in the arena */
    size_t count;
};

/* Adds the escaped text and what follows it. */
static enum status add_pattern(struct patterns *patterns, struct slice text, const char *after) {
    struct buffer pattern = {0};
    enum status status = glob_append_escaped(&pattern, text);
    if (!status)
        status = buffer_append(&pattern, after, strlen(after));
    const char *copy = status ? NULL : arena_copy(patterns->arena, pattern.data, pattern.size);
    if (copy)
        patterns->items[patterns->count++] = slice_of(copy, pattern.size);
    buffer_release(&pattern);
    return copy ? ST_OK : ST_NOMEM;
}

/* Adds a pattern as it is typed, and below the current folder if it is relative. */
static enum status add_typed_pattern(struct patterns *patterns, const char *typed,
                                     struct error *err) {
    char current[PATH_MAX];
    if (add_pattern(patterns, (struct slice){0}, typed))
        return error_nomem(err);
    if (typed[0] == '/' || typed[0] == '*')
        return ST_OK;
    enum status status = index_path_current_folder(current, typed, err);
    if (status)
        return status;
    struct slice folder = slice_of_string(current);
    for (bool up; (up = strncmp(typed, "../", 3) == 0) || strncmp(typed, "./", 2) == 0;) {
        typed += up ? 3 : 2;
        while (up && folder.size > 0 && folder.data[--folder.size] != '/')
            continue;
    }
    if (folder.size == 1) /* the root */
        folder.size = 0;
    struct buffer below = {0};
    status = buffer_append_byte(&below, '/');
    if (!status)
        status = buffer_append(&below, typed, strlen(typed) + 1);
    if (!status)
        status = add_pattern(patterns, folder, (const char *)below.data);
    buffer_release(&below);
    return status ? error_nomem(err) : ST_OK;
}

static enum status add_place(struct patterns *patterns, const struct place *place,
                             struct error *err) {
    if (place->kind == PLACE_PATTERN)
        return add_typed_pattern(patterns, place->typed, err);
    struct slice path = place_path(place);
    if (path.size == 1) /* the root */
        path.size = 0;
    enum status status = add_pattern(patterns, path, place->kind == PLACE_FILE ? "" : "/*");
    if (!status && place->kind == PLACE_FILE)
        status = add_pattern(patterns, path, "#*"); /* the records in it */
    return status ? error_nomem(err) : ST_OK;
}

static enum status make_path_filter(struct query_filter *filter, struct arena *arena,
                                    const struct place *places, size_t count,
                                    const struct schema *schema, struct error *err) {
    struct slice *paths = arena_alloc(arena, count * sizeof *paths);
    struct patterns patterns = {.arena = arena,
                                .items = arena_alloc(arena, 2 * count * sizeof *patterns.items)};
    bool folders = true;
    if (!paths || !patterns.items)
        return error_nomem(err);
    for (size_t i = 0; i < count; i++)
        folders &= places[i].kind == PLACE_FOLDER && places[i].path.size <= TERM_MAX;
    enum status status = ST_OK;
    for (size_t i = 0; i < count && !status; i++)
        if (folders)
            paths[i] = place_path(&places[i]);
        else
            status = add_place(&patterns, &places[i], err);
    if (status)
        return status;
    if (folders)
        status = query_filter_values_of(filter, arena, schema_field(schema, SCHEMA_FOLDER), paths,
                                        count, true);
    else
        *filter = (struct query_filter){
            .kind = QUERY_FILTER_ID, .values = patterns.items, .value_count = patterns.count};
    for (size_t i = 0; i < count; i++)
        paths[i] = slice_of_string(places[i].typed);
    if (status || set_typed(filter, arena, "path", paths, count))
        return error_nomem(err);
    return ST_OK;
}

static enum status add_paths(struct query_filter *filters, size_t *count, struct arena *arena,
                             const struct cli_list *list, const struct schema *schema,
                             struct error *err) {
    if (!list->count)
        return ST_OK;
    struct place *places = calloc(list->count, sizeof *places);
    enum status status = places ? ST_OK : error_nomem(err);
    for (size_t i = 0; i < list->count && !status; i++)
        status = *list->items[i] ? find_place(&places[i], list->items[i], err)
                                 : error_set(err, ST_INVALID, 0, "--path: needs a value");
    if (!status)
        status = make_path_filter(&filters[*count], arena, places, list->count, schema, err);
    for (size_t i = 0; places && i < list->count; i++)
        buffer_release(&places[i].path);
    free(places);
    *count += !status;
    return status;
}

/* Reads the date of an option as a range: of a time ago, only its first second. */
static enum status parse_date(struct date_range *range, const char *option, const char *text,
                              int64_t now, struct error *err) {
    bool ago;
    if (date_parse_query(range, &ago, slice_of_string(text), now))
        return error_set(
            err, ST_INVALID, 0,
            "--%s=%.100s: is no date; write one like 2021-06-01, 2021, 7d or yesterday", option,
            text);
    if (ago)
        range->end = range->first + 1;
    return ST_OK;
}

static enum status add_dates(struct query_filter *filters, size_t *count, struct arena *arena,
                             const struct restriction *restriction, int64_t now,
                             struct error *err) {
    struct date_range since = {INT64_MIN, 0}, until = {0, INT64_MAX};
    enum status status = ST_OK;
    if (restriction->since)
        status = parse_date(&since, "since", restriction->since, now, err);
    if (!status && restriction->until)
        status = parse_date(&until, "until", restriction->until, now, err);
    if (status || (!restriction->since && !restriction->until))
        return status;
    if (since.first >= until.end)
        return error_set(err, ST_INVALID, 0, "--since=%.100s: is after --until=%.100s",
                         restriction->since, restriction->until);
    struct query_filter *filter = &filters[*count];
    *filter = (struct query_filter){
        .kind = QUERY_FILTER_RANGE,
        .field = SCHEMA_DATE,
        .range = {since.first, restriction->until ? until.end - 1 : INT64_MAX}};
    struct buffer range = {0};
    const char *ends[] = {restriction->since ? restriction->since : "", "..",
                          restriction->until ? restriction->until : ""};
    for (size_t i = 0; i < 3 && !status; i++)
        status = buffer_append(&range, ends[i], strlen(ends[i]));
    struct slice text = buffer_slice(&range);
    if (!status)
        status = set_typed(filter, arena, "date", &text, 1);
    buffer_release(&range);
    *count += !status;
    return status ? error_nomem(err) : ST_OK;
}

enum status restriction_filters(struct query_filter filters[RESTRICTION_FILTERS_MAX], size_t *count,
                                struct arena *arena, const struct restriction *restriction,
                                const struct schema *schema, int64_t now, struct error *err) {
    const struct {
        uint16_t field;
        const struct cli_list *values;
    } keywords[] = {{SCHEMA_EXT, &restriction->ext},
                    {SCHEMA_TYPE, &restriction->type},
                    {SCHEMA_LANG, &restriction->lang}};
    *count = 0;
    enum status status = add_paths(filters, count, arena, &restriction->path, schema, err);
    for (size_t i = 0; !status && i < sizeof keywords / sizeof *keywords; i++)
        status = add_values(filters, count, arena, schema_field(schema, keywords[i].field),
                            keywords[i].values, err);
    if (!status)
        status = add_dates(filters, count, arena, restriction, now, err);
    return status;
}
