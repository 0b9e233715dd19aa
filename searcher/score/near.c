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

uint32_t near_count(struct near_element *elements, size_t count, uint64_t length) {
    uint32_t found = 0;
    uint64_t after = 0; /* the first position after the last range */
    for (size_t i = 0; i < count; i++)
        elements[i].next = 0;
    for (struct near_element *element; (element = next_element(elements, count));) {
        uint64_t end = (uint64_t)element->starts[element->next++] + element->width;
        uint64_t from = end > length ? end - length : 0;
        if (is_complete(elements, count, from > after ? from : after)) {
            found++;
            after = end;
        }
    }
    return found;
}
