/* SPDX-License-Identifier: MIT */
/* Counts ranges of positions. */
#include "searcher/score/near.h"

/* The element whose next occurrence ends first; NULL: none has a next one. */
static struct near_element *next_element(struct near_element *elements, size_t count) {
    struct near_element *first = NULL;
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < count; i++) {
        struct near_element *element = &elements[i];
        if (element->next == element->count)
            continue;
        uint64_t end = (uint64_t)element->starts[element->next] + element->width;
        if (end < least) {
            least = end;
            first = element;
        }
    }
    return first;
}

/* Whether as many as needed of each element have been passed, all of them from `from` on. */
static bool is_complete(const struct near_element *elements, size_t count, uint64_t from) {
    for (size_t i = 0; i < count; i++)
        if (elements[i].next < elements[i].needed ||
            elements[i].starts[elements[i].next - elements[i].needed] < from)
            return false;
    return true;
}

void near_begin(struct near_walk *walk, struct near_element *elements, size_t count,
                uint64_t length) {
    *walk = (struct near_walk){.elements = elements, .count = count, .length = length};
    for (size_t i = 0; i < count; i++)
        elements[i].next = 0;
}

bool near_next(struct near_walk *walk) {
    for (struct near_element *element; (element = next_element(walk->elements, walk->count));) {
        uint64_t end = (uint64_t)element->starts[element->next++] + element->width;
        uint64_t from = end > walk->length ? end - walk->length : 0;
        if (is_complete(walk->elements, walk->count, from > walk->end ? from : walk->end)) {
            walk->end = end;
            return true;
        }
    }
    return false;
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

uint32_t near_count(struct near_element *elements, size_t count, uint64_t length) {
    struct near_walk walk;
    uint32_t found = 0;
    near_begin(&walk, elements, count, length);
    while (near_next(&walk))
        found++;
    return found;
}
