#include "searcher/topk.h"

#include <stdbool.h>
#include <stdlib.h>

enum status topk_init(struct topk *topk, size_t limit) {
    *topk = (struct topk){.limit = limit, .least = limit ? 0 : UINT32_MAX};
    topk->entries = malloc((limit + 1) * sizeof *topk->entries);
    return topk->entries ? ST_OK : ST_NOMEM;
}

void topk_release(struct topk *topk) {
    free(topk->entries);
    *topk = (struct topk){0};
}

static bool is_worse(const struct topk_entry *a, const struct topk_entry *b) {
    if (a->score != b->score)
        return a->score < b->score;
    if (a->segment != b->segment)
        return a->segment > b->segment;
    return a->doc > b->doc;
}

static void sift_up(struct topk_entry *entries, size_t at) {
    struct topk_entry moving = entries[at];
    while (at && is_worse(&moving, &entries[(at - 1) / 2])) {
        entries[at] = entries[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    entries[at] = moving;
}

static void sift_down(struct topk_entry *entries, size_t count) {
    struct topk_entry moving = entries[0];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && is_worse(&entries[child + 1], &entries[child]))
            child++;
        if (!is_worse(&entries[child], &moving))
            break;
        entries[at] = entries[child];
    }
    entries[at] = moving;
}

void topk_push(struct topk *topk, uint32_t score, uint32_t segment, uint32_t doc) {
    if (score < topk->least)
        return;
    struct topk_entry entry = {.score = score, .segment = segment, .doc = doc};
    if (topk->count < topk->limit) {
        topk->entries[topk->count] = entry;
        sift_up(topk->entries, topk->count++);
    } else {
        topk->entries[0] = entry;
        sift_down(topk->entries, topk->count);
    }
    if (topk->count == topk->limit)
        topk->least = topk->entries[0].score + 1;
}

static int compare(const void *a, const void *b) {
    return is_worse(a, b) ? 1 : is_worse(b, a) ? -1 : 0;
}

void topk_sort(struct topk *topk) {
    qsort(topk->entries, topk->count, sizeof *topk->entries, compare);
}
