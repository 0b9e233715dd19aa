/* SPDX-License-Identifier: MIT */
/* Stores runs of surface forms, and merges them by a heap. */
#include "indexer/build/form_runs.h"

#include <stdlib.h>

#include "common/base/array.h"
#include "common/base/codec.h"

static uint8_t *put_bytes(uint8_t *out, struct slice bytes) {
    *out++ = (uint8_t)bytes.size;
    memcpy(out, bytes.data, bytes.size);
    return out + bytes.size;
}

static enum status end_run(struct form_runs *runs) {
    uint64_t *ends = array_reserve(runs->ends, &runs->capacity, runs->count + 1, sizeof *ends);
    if (!ends)
        return ST_NOMEM;
    runs->ends = ends;
    ends[runs->count++] = runs->size;
    return ST_OK;
}

enum status form_runs_take(struct form_sink *sink, const struct surface_form *form) {
    struct form_runs *runs = (struct form_runs *)sink;
    if (!form)
        return end_run(runs);
    uint8_t bytes[4 + 3 * SURFACE_FORM_MAX + VARINT_MAX], *end = put_bytes(bytes, form->key);
    bool marked = !slice_equal(form->key, form->form);
    end = put_bytes(end, marked ? form->form : slice_of(form->key.data, 0));
    size_t kept = 0;
    while (kept < form->term.size && kept < form->key.size &&
           form->term.data[kept] == form->key.data[kept])
        kept++;
    *end++ = (uint8_t)kept;
    end = put_bytes(end, slice_of(form->term.data, kept < form->term.size ? form->term.size : 0));
    end = put_varint(end, form->count);
    size_t size = (size_t)(end - bytes);
    runs->size += size;
    return spool_append(&runs->spool, bytes, size, &sink->err);
}

uint64_t form_runs_memory(const struct form_runs *runs) {
    return runs->spool.memory.capacity + runs->capacity * sizeof *runs->ends;
}

void form_runs_release(struct form_runs *runs) {
    struct form_runs empty = {.sink = runs->sink,
                              .spool = {.folder = runs->spool.folder, .limit = runs->spool.limit}};
    spool_release(&runs->spool);
    free(runs->ends);
    *runs = empty;
}

/* A run being read. */
struct run_reader {
    struct reader bytes;
    struct surface_form form; /* the current one */
};

static struct slice read_bytes(struct reader *bytes) {
    size_t size = reader_u8(bytes);
    return slice_of(reader_bytes(bytes, size), size);
}

/* Steps to the next form. False: there is none. */
static bool next_form(struct run_reader *run) {
    struct surface_form *form = &run->form;
    if (!reader_remaining(&run->bytes))
        return false;
    form->key = read_bytes(&run->bytes);
    form->form = read_bytes(&run->bytes);
    if (!form->form.size)
        form->form = form->key;
    struct slice kept = slice_of(form->key.data, reader_u8(&run->bytes));
    form->term = read_bytes(&run->bytes);
    if (!form->term.size)
        form->term = kept;
    form->count = reader_varint(&run->bytes);
    return !run->bytes.bad;
}

/* Moves the reader at the root of a heap of `count` down to its place. */
static void sift_down(struct run_reader **heap, size_t count) {
    struct run_reader *moved = heap[0];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count &&
            surface_form_compare(&heap[child + 1]->form, &heap[child]->form) < 0)
            child++;
        if (surface_form_compare(&moved->form, &heap[child]->form) <= 0)
            break;
        heap[at] = heap[child];
    }
    heap[at] = moved;
}

static int compare_readers(const void *a, const void *b) {
    const struct run_reader *const *x = a, *const *y = b;
    return surface_form_compare(&(*x)->form, &(*y)->form);
}

/* Merges the runs of a heap; equal forms become one. */
static enum status merge(struct run_reader **heap, size_t count, struct segment_writer *writer,
                         struct error *err) {
    struct surface_form form = {0};
    enum status status = ST_OK;
    while (count && !status) {
        struct surface_form *next = &heap[0]->form;
        if (form.count && surface_form_compare(&form, next) == 0) {
            form.count += next->count;
        } else {
            if (form.count)
                status = segment_writer_add_form(writer, &form, err);
            form = *next;
        }
        if (!next_form(heap[0]))
            heap[0] = heap[--count];
        if (count)
            sift_down(heap, count);
    }
    return form.count && !status ? segment_writer_add_form(writer, &form, err) : status;
}

enum status form_runs_merge(struct form_runs *const *all, size_t count,
                            struct segment_writer *writer, struct error *err) {
    size_t runs = 0, opened = 0;
    for (size_t i = 0; i < count; i++)
        runs += all[i]->count;
    struct run_reader *readers = calloc(runs + 1, sizeof *readers);
    struct run_reader **heap = calloc(runs + 1, sizeof *heap);
    enum status status = readers && heap ? ST_OK : error_nomem(err);
    for (size_t i = 0; i < count && !status; i++) {
        const void *data;
        if (!all[i]->count)
            continue;
        status = spool_read(&data, &all[i]->spool, err);
        for (size_t run = 0, at = 0; run < all[i]->count && !status; at = all[i]->ends[run++]) {
            struct run_reader *reader = &readers[opened];
            reader->bytes = reader_of((const uint8_t *)data + at, all[i]->ends[run] - at);
            if (next_form(reader))
                heap[opened++] = reader;
        }
    }
    if (!status && opened) {
        qsort(heap, opened, sizeof(struct run_reader *), compare_readers);
        status = merge(heap, opened, writer, err);
    }
    free(heap);
    free(readers);
    return status;
}
