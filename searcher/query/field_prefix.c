/* SPDX-License-Identifier: MIT */
/* Reads prefixes, and compares names by the edit distance that exchanges neighbours at most once. */
#include "searcher/query/field_prefix.h"

#include "common/base/ascii.h"
#include "common/text/unicode.h"

static size_t min3(size_t a, size_t b, size_t c) {
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* The distance of two names of at most SCHEMA_NAME_SIZE_MAX bytes. */
static size_t distance(struct slice a, struct slice b) {
    size_t rows[3][SCHEMA_NAME_SIZE_MAX + 1];
    for (size_t k = 0; k <= b.size; k++)
        rows[0][k] = k;
    for (size_t i = 1; i <= a.size; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t k = 1; k <= b.size; k++) {
            row[k] =
                min3(row[k - 1] + 1, above[k] + 1, above[k - 1] + (a.data[i - 1] != b.data[k - 1]));
            bool exchanged =
                i > 1 && k > 1 && a.data[i - 1] == b.data[k - 2] && a.data[i - 2] == b.data[k - 1];
            if (exchanged && second[k - 2] + 1 < row[k])
                row[k] = second[k - 2] + 1;
        }
    }
    return rows[a.size % 3][b.size];
}

const struct schema_field *field_prefix_guess(const struct schema *schema, struct slice name) {
    char lower[SCHEMA_NAME_SIZE_MAX];
    for (size_t i = 0; i < name.size; i++)
        lower[i] = (char)ascii_lower(name.data[i]);
    struct slice typed = slice_of(lower, name.size);
    const struct schema_field *meant = NULL;
    size_t limit = name.size > 4 ? 3 : name.size > 2 ? 2 : 1; /* the least that is not near */
    for (size_t i = 0; i < schema->count; i++) {
        struct slice known = slice_of_string(schema->fields[i].name);
        size_t longer = known.size > typed.size ? known.size - typed.size : typed.size - known.size;
        size_t far = longer < limit ? distance(typed, known) : limit;
        if (far < limit) {
            limit = far;
            meant = &schema->fields[i];
        }
    }
    return meant;
}

static bool is_value(struct slice text) {
    if (!text.size || text.data[0] == ':' || unicode_space_size(text))
        return false;
    return text.data[0] != '/' || text.size == 1 || text.data[1] != '/';
}

bool field_prefix_find(struct slice *name, struct slice text) {
    size_t size = 0;
    if (text.size > 1 && text.data[0] == '*' && text.data[1] == ':') {
        *name = slice_of(text.data, 1);
        return is_value(slice_after(text, 2));
    }
    while (size < text.size && size <= SCHEMA_NAME_SIZE_MAX &&
           (ascii_is_letter(text.data[size]) || ascii_is_digit(text.data[size]) ||
            text.data[size] == '_' || text.data[size] == '-'))
        size++;
    *name = slice_of(text.data, size);
    return size > 0 && size <= SCHEMA_NAME_SIZE_MAX && ascii_is_letter(text.data[0]) &&
           size < text.size && text.data[size] == ':' && is_value(slice_after(text, size + 1));
}
