/* SPDX-License-Identifier: MIT */
/* Counts ranges of positions. */
#include "searcher/score/near.h"

/* The number of the first occurrence from `next` on that begins at `from` or later: steps double, then
 * halve. */
static size_t seek(const struct near_element *element, size_t next, uint64_t from) {
    size_t step = 1, low = next, high = next;
    while (high < element->count && element->starts[high] < from) {
        low = high + 1;
        high += step;
        step *= 2;
    }
    high = high < element->count ? high : element->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (element->starts[middle] < from)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The end of the shortest range that begins at `from` or later and has as many of each element as
 * needed, wherever it begins; sets each element's next occurrence to its first from `from` on. 0: there
 * is none. */
static uint64_t find_end(struct near_element *elements, size_t count, uint64_t from) {
    uint64_t end = 0;
    for (size_t i = 0; i < count; i++) {
        struct near_element *element = &elements[i];
        element->next = seek(element, element->next, from);
        if (element->count - element->next < element->needed)
            return 0;
        uint64_t last = element->starts[element->next + element->needed - 1];
        if (last + element->width > end)
            end = last + element->width;
    }
    return end;
}

void near_begin(struct near_walk *walk, struct near_element *elements, size_t count,
                uint64_t length) {
    *walk = (struct near_walk){.elements = elements, .count = count, .length = length};
    for (size_t i = 0; i < count; i++)
        elements[i].next = 0;
}

bool near_next(struct near_walk *walk) {
    uint64_t from = walk->end, end;
    while ((end = find_end(walk->elements, walk->count, from)) > from + walk->length)
        from = end - walk->length;
    if (!end)
        return false;
    walk->end = end;
    for (size_t i = 0; i < walk->count; i++) {
        struct near_element *element = &walk->elements[i];
        if (end >= element->width)
            element->next = seek(element, element->next, end - element->width + 1);
    }
    return true;
}

uint32_t near_first(const struct near_walk *walk) {
    uint32_t first = UINT32_MAX;
    for (size_t i = 0; i < walk->count; i++) {
        const struct near_element *element = &walk->elements[i];
        uint32_t start = element->starts[element->next - element->needed];
        first = start < first ? start : first;
    }
    return first;
}

bool near_is_found(struct near_element *elements, size_t count, uint64_t length) {
    struct near_walk walk;
    near_begin(&walk, elements, count, length);
    return near_next(&walk);
}

uint32_t near_count(struct near_element *elements, size_t count, uint64_t length) {
    struct near_walk walk;
    uint32_t found = 0;
    near_begin(&walk, elements, count, length);
    while (near_next(&walk))
        found++;
    return found;
}
