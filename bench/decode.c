/* SPDX-License-Identifier: MIT */
/* Measures what a query does to a posting.
 *
 *     decode [INDEX [ROUNDS]]
 *
 * First the kernels on artificial blocks that stay in the cache: each runs over all of them again
 * and again for a while, and the shortest run counts. Then, if there is an INDEX, the same work
 * through cursors, checks and skip entries as a query has it, on all lists with df >= 128 of the
 * largest segment. Lists are classed by their fraction of the documents. The passes over a class
 * take turns, ROUNDS times (3), and run twice in each turn, so that the second run finds a warm
 * cache. The least CPU time counts. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/decode.h"
#include "bench/timer.h"
#include "common/base/array.h"
#include "common/base/number.h"
#include "common/index/snapshot.h"
#include "common/segment/term_entry.h"
#include "common/simd/bits.h"
#include "searcher/match/intersection.h"
#include "searcher/match/match.h"

#if defined(QUERN_PORTABLE)
#define CODE "portable code"
#elif defined(BITS_SSE2)
#define CODE "code for x86-64, and for x86-64-v3 where the processor has it"
#else
#define CODE "code without special instructions, as there is none for this processor"
#endif

enum {
    RUNS = 2,     /* of a pass in a round */
    FREQUENT = 8, /* the most frequent lists, with which all others are intersected */
};

volatile uint64_t decode_sink;

/* Classes of lists by their fraction of the documents; the last row of a table is of all lists. */
enum { CLASSES = 4, WINDOW = 4096 };

static const struct {
    const char *name;
    uint64_t divisor; /* df > N / divisor */
} classes[CLASSES + 1] = {
    {"more than 1/4", 4}, {"to 1/32", 32}, {"to 1/256", 256}, {"fewer", UINT64_MAX}, {"all", 0},
};

struct posting_list {
    struct term_entry entry;
    float weight;
    uint64_t postings_end, positions_end; /* addresses; 0: unknown so far */
};

/* The passes that are timed. */
enum pass {
    PASS_NONE, /* takes no time */
    PASS_DOCUMENTS,
    PASS_FREQUENCIES, /* and documents */
    PASS_SCORES,      /* and these */
    PASS_WINDOWS,     /* instead */
    PASS_TAILS,       /* documents and frequencies of tails only */
    PASS_POSITIONS,   /* and frequencies */
    PASS_FIND,
    PASS_BOUNDS,  /* and find */
    PASS_SIMILAR, /* intersected with a list about as frequent */
    PASS_SIMILAR_SCORED,
    PASS_FREQUENT, /* with one of the most frequent */
    PASS_FREQUENT_SCORED,
    PASS_COUNT,
};

struct result {
    double cpu;     /* seconds, of the fastest run */
    uint64_t units; /* postings, positions, blocks or candidates */
};

struct bench {
    struct snapshot *snapshot;
    struct segment *segment; /* the largest */
    struct bm25 bm25;
    struct lengths lengths;
    struct posting_list *lists; /* the most frequent first */
    size_t count, capacity;
    size_t ends[CLASSES + 1]; /* of the classes in `lists`; the last is of all */
    uint32_t *positions;      /* room for the positions of any posting */
    struct cursor cursors[2];
    struct intersection intersection;
    /* A window of documents. */
    uint32_t from, scores[WINDOW];
    uint16_t touched[WINDOW + 1];
    unsigned touched_count;
    const uint8_t *window_norms;
    uint64_t rounds;
    struct result results[PASS_COUNT][CLASSES + 1];
};

static struct cursor *open_cursor(struct bench *bench, size_t number) {
    struct cursor *cursor = &bench->cursors[0];
    cursor_init(cursor, bench->segment, &bench->lists[number].entry);
    return cursor;
}

static uint64_t pass_documents(struct bench *bench, size_t number) {
    struct cursor *cursor = open_cursor(bench, number);
    for (uint32_t doc = 0; cursor_advance_shallow(cursor, doc) && cursor_decode_block(cursor);)
        doc = cursor->decoded_last + 1;
    return cursor->entry.documents;
}

static uint64_t pass_frequencies(struct bench *bench, size_t number) {
    struct cursor *cursor = open_cursor(bench, number);
    for (uint32_t doc = 0; cursor_advance_shallow(cursor, doc) && cursor_decode_block(cursor) &&
                           cursor_decode_frequencies(cursor);)
        doc = cursor->decoded_last + 1;
    return cursor->entry.documents;
}

/* Scores as a query of one word does. */
static uint64_t pass_scores(struct bench *bench, size_t number) {
    struct cursor *cursor = open_cursor(bench, number);
    const struct postings_block *block = &cursor->block;
    float inverses[POSTINGS_BLOCK];
    uint32_t scores[POSTINGS_BLOCK];
    for (uint32_t doc = 0; cursor_advance_shallow(cursor, doc) && cursor_decode_block(cursor) &&
                           cursor_decode_frequencies(cursor);) {
        for (uint32_t i = 0; i < block->count; i++)
            inverses[i] = lengths_inverse_k(&bench->lengths, block->docs[i]);
        for (uint32_t i = block->count; i % BM25_LANES; i++)
            inverses[i] = 0;
        bm25_scores(scores, bench->lists[number].weight, inverses, block->frequencies,
                    block->count);
        doc = cursor->decoded_last + 1;
    }
    return cursor->entry.documents;
}

/* Adds the scores of postings [i, end) of a block to the window, as disjunction.c does. */
static void add_postings(struct bench *bench, const struct postings_block *block, float weight,
                         uint32_t i, uint32_t end) {
    const uint32_t *docs = block->docs;
    float inverses[POSTINGS_BLOCK + BM25_LANES];
    uint32_t scores[POSTINGS_BLOCK + BM25_LANES];
    uint32_t count = end - i;
    for (uint32_t k = 0; k < count; k++)
        inverses[k] = bench->bm25.inverse_k[bench->window_norms[docs[i + k] - bench->from]];
    for (uint32_t k = count; k % BM25_LANES; k++)
        inverses[k] = 0;
    bm25_scores(scores, weight, inverses, block->frequencies + i, count);
    unsigned touched = bench->touched_count;
    for (uint32_t k = 0; k < count; k++) {
        uint32_t at = docs[i + k] - bench->from, before = bench->scores[at];
        bench->scores[at] = before + scores[k] + !before;
        bench->touched[touched] = (uint16_t)at;
        touched += !before;
    }
    bench->touched_count = touched;
}

/* Adds the list's scores in the window of the cursor's document. */
static void add_window(struct bench *bench, struct cursor *cursor, float weight) {
    bench->from = cursor->doc / WINDOW * WINDOW;
    uint32_t end = bench->from + WINDOW, documents = bench->segment->info.documents;
    bench->window_norms =
        norm_reader_range(&bench->segment->chunks, bench->from, end < documents ? end : documents);
    while (cursor->doc < end) {
        uint32_t begin = cursor->block_index, stop = cursor->block.count;
        if (!bench->window_norms || !cursor_decode_frequencies(cursor)) {
            cursor->doc = DOC_END;
            return;
        }
        if (cursor->decoded_last >= end)
            stop = postings_block_search(&cursor->block, end);
        add_postings(bench, &cursor->block, weight, begin, stop);
        if (stop < cursor->block.count) {
            cursor->block_index = stop;
            cursor->doc = cursor->block.docs[stop];
        } else {
            cursor_next_block(cursor);
        }
    }
}

static uint64_t pass_windows(struct bench *bench, size_t number) {
    struct cursor *cursor = open_cursor(bench, number);
    cursor_start(cursor);
    while (cursor->doc != DOC_END) {
        add_window(bench, cursor, bench->lists[number].weight);
        for (unsigned i = 0; i < bench->touched_count; i++)
            bench->scores[bench->touched[i]] = 0;
        bench->touched_count = 0;
    }
    return cursor->entry.documents;
}

static uint64_t pass_positions(struct bench *bench, size_t number) {
    struct cursor *cursor = open_cursor(bench, number);
    struct chunk_reader *chunks = &bench->segment->chunks;
    for (uint32_t doc = 0; cursor_advance_shallow(cursor, doc) && cursor_decode_block(cursor) &&
                           cursor_decode_frequencies(cursor);) {
        struct positions_reader *reader = &cursor->positions;
        positions_reader_init(reader, chunks, &cursor->entry, &cursor->block);
        for (uint32_t i = 0; i < cursor->block.count; i++)
            if (!positions_reader_read(bench->positions, reader, i))
                return 0;
        doc = cursor->decoded_last + 1;
    }
    return cursor->entry.occurrences;
}

/* Postings after the last whole block, which are coded in another way. */
static uint64_t pass_tails(struct bench *bench, size_t number) {
    const struct term_entry *entry = &bench->lists[number].entry;
    uint32_t count = entry->documents % POSTINGS_BLOCK;
    if (count)
        postings_block_load(&bench->cursors[0].block, &bench->segment->chunks, entry,
                            postings_block_count(entry) - 1);
    return count;
}

static uint64_t pass_find(struct bench *bench, size_t number) {
    struct cursor *cursor = open_cursor(bench, number);
    for (uint32_t doc = 0; cursor_advance_shallow(cursor, doc);)
        doc = cursor->shallow_last + 1;
    return postings_block_count(&bench->lists[number].entry);
}

static uint64_t pass_bounds(struct bench *bench, size_t number) {
    struct cursor *cursor = open_cursor(bench, number);
    uint64_t sum = 0;
    for (uint32_t doc = 0; cursor_advance_shallow(cursor, doc); doc = cursor->shallow_last + 1)
        sum += cursor_block_bound(cursor, &bench->bm25, bench->lists[number].weight);
    decode_sink = sum;
    return postings_block_count(&bench->lists[number].entry);
}

static void visit(struct intersection *intersection, const uint8_t *slots, unsigned count) {
    uint64_t *sum = intersection->context;
    if (intersection->lengths)
        for (unsigned i = 0; i < count; i++)
            *sum += intersection->scores[slots[i]];
    *sum += count;
}

/* Intersects two lists; returns the number of candidates, which is that of the rarer list. */
static uint64_t intersect(struct bench *bench, size_t number, size_t other, bool scored) {
    const struct posting_list *lists[] = {&bench->lists[number], &bench->lists[other]};
    struct intersection_level levels[2];
    uint32_t bounds[2];
    uint64_t sum = 0;
    struct intersection *intersection = &bench->intersection;
    for (uint32_t i = 0; i < 2; i++) {
        /* Half of the weight each, so that no sum exceeds the maximum of a score. */
        float weight = lists[i]->weight / 2;
        struct cursor *cursor = &bench->cursors[i];
        cursor_init(cursor, bench->segment, &lists[i]->entry);
        levels[i].cursor = cursor;
        levels[i].clause = i;
        levels[i].weight = weight;
        levels[i].bm25 = &bench->bm25;
        levels[i].own_lengths = NULL;
        levels[i].multiplicity = 1;
        levels[i].is_term = true;
        bounds[i] = cursor_list_bound(cursor, &bench->bm25, weight);
    }
    intersection->levels = levels;
    intersection->count = 2;
    intersection->end = DOC_END;
    intersection->lengths = scored ? &bench->lengths : NULL;
    intersection->bounds = bounds;
    intersection->remaining_bound = bounds[0] + bounds[1];
    intersection->visit = visit;
    intersection->context = &sum;
    intersection_run(intersection, 0, UINT32_MAX);
    decode_sink = sum;
    return lists[0]->entry.documents;
}

static uint64_t pass_similar(struct bench *bench, size_t number) {
    return number ? intersect(bench, number, number - 1, false) : 0;
}

static uint64_t pass_similar_scored(struct bench *bench, size_t number) {
    return number ? intersect(bench, number, number - 1, true) : 0;
}

static uint64_t pass_frequent(struct bench *bench, size_t number) {
    return number < FREQUENT ? 0 : intersect(bench, number, number % FREQUENT, false);
}

static uint64_t pass_frequent_scored(struct bench *bench, size_t number) {
    return number < FREQUENT ? 0 : intersect(bench, number, number % FREQUENT, true);
}

static uint64_t (*const passes[PASS_COUNT])(struct bench *bench, size_t number) = {
    [PASS_DOCUMENTS] = pass_documents, [PASS_FREQUENCIES] = pass_frequencies,
    [PASS_SCORES] = pass_scores,       [PASS_WINDOWS] = pass_windows,
    [PASS_TAILS] = pass_tails,         [PASS_POSITIONS] = pass_positions,
    [PASS_FIND] = pass_find,           [PASS_BOUNDS] = pass_bounds,
    [PASS_SIMILAR] = pass_similar,     [PASS_SIMILAR_SCORED] = pass_similar_scored,
    [PASS_FREQUENT] = pass_frequent,   [PASS_FREQUENT_SCORED] = pass_frequent_scored,
};

static void run_class(struct bench *bench, enum pass pass, unsigned row) {
    struct result *result = &bench->results[pass][row];
    double start = timer_cpu();
    uint64_t units = 0;
    for (size_t i = row ? bench->ends[row - 1] : 0; i < bench->ends[row]; i++)
        units += passes[pass](bench, i);
    double cpu = timer_cpu() - start;
    if (!result->units || cpu < result->cpu)
        result->cpu = cpu;
    result->units = units;
}

static void run_passes(struct bench *bench) {
    for (uint64_t i = 0; i < bench->rounds * CLASSES; i++)
        for (unsigned k = 0; k < (PASS_COUNT - 1) * RUNS; k++)
            run_class(bench, (enum pass)(1 + k / RUNS), (unsigned)(i % CLASSES));
    for (unsigned i = 0; i < PASS_COUNT * CLASSES; i++) {
        struct result *all = &bench->results[i / CLASSES][CLASSES];
        all->cpu += bench->results[i / CLASSES][i % CLASSES].cpu;
        all->units += bench->results[i / CLASSES][i % CLASSES].units;
    }
}

static enum status append_list(struct bench *bench, const struct term_entry *entry,
                               struct error *err) {
    struct posting_list *lists =
        array_reserve(bench->lists, &bench->capacity, bench->count + 1, sizeof *lists);
    if (!lists)
        return error_nomem(err);
    bench->lists = lists;
    double idf = bm25_idf(bench->segment->info.documents, entry->documents);
    bench->lists[bench->count++] = (struct posting_list){
        .entry = *entry, .weight = (float)ldexp(idf, bm25_scale_exponent(idf))};
    return ST_OK;
}

/* A list ends where that of the next term with a list begins. */
static void end_list(struct bench *bench, uint64_t postings, uint64_t positions) {
    if (!bench->count)
        return;
    struct posting_list *list = &bench->lists[bench->count - 1];
    if (!list->postings_end)
        list->postings_end = postings;
    if (!list->positions_end)
        list->positions_end = positions;
}

static uint64_t stream_end(struct chunk_reader *chunks, enum stream stream) {
    uint64_t last = chunk_address(chunks->chunk_counts[stream] - 1, CHUNK_HEADER_SIZE);
    return last + chunk_bytes_left(chunks, stream, last);
}

static int compare_lists(const void *a, const void *b) {
    uint32_t x = ((const struct posting_list *)a)->entry.documents,
             y = ((const struct posting_list *)b)->entry.documents;
    return (x < y) - (x > y);
}

static enum status read_lists(struct bench *bench, struct error *err) {
    struct dictionary_cursor terms;
    const struct term_entry *entry = &terms.entry;
    enum status status =
        dictionary_cursor_open(&terms, bench->segment->txn, bench->segment->info.id, err);
    if (status)
        return status;
    while (!status && !(status = dictionary_cursor_next(&terms, err))) {
        uint16_t field = field_term_field(slice_of(terms.term, terms.term_size));
        terms.entry.norms = segment_norms(bench->segment, field);
        end_list(bench, entry->documents > 1 ? entry->postings : 0,
                 entry->occurrences > 1 ? entry->positions : 0);
        if (entry->documents >= POSTINGS_BLOCK)
            status = append_list(bench, entry, err);
    }
    dictionary_cursor_close(&terms);
    if (status != ST_END)
        return status;
    if (!bench->count)
        return error_set(err, ST_INVALID, 0, "no term is in 128 documents of a segment");
    end_list(bench, stream_end(&bench->segment->chunks, STREAM_POSTINGS),
             stream_end(&bench->segment->chunks, STREAM_POSITIONS));
    qsort(bench->lists, bench->count, sizeof *bench->lists, compare_lists);
    return ST_OK;
}

/* Finds the ends of the classes, and allocates room for the positions of any posting. */
static enum status prepare(struct bench *bench, struct error *err) {
    uint64_t max_frequency = 1;
    size_t end = 0;
    for (size_t i = 0; i < bench->count; i++) {
        const struct term_entry *entry = &bench->lists[i].entry;
        uint64_t frequency = entry->occurrences - entry->documents + 1; /* an upper bound */
        if (frequency > max_frequency)
            max_frequency = frequency;
    }
    for (unsigned row = 0; row < CLASSES; row++) {
        uint64_t min_documents = bench->segment->info.documents / classes[row].divisor;
        while (end < bench->count && bench->lists[end].entry.documents > min_documents)
            end++;
        bench->ends[row] = end;
    }
    bench->ends[CLASSES] = bench->count;
    bench->positions = malloc(max_frequency * sizeof *bench->positions);
    return bench->positions ? ST_OK : error_nomem(err);
}

static struct segment *largest(const struct snapshot *snapshot) {
    struct segment *segment = NULL;
    for (size_t i = 0; i < snapshot->catalog.segment_count; i++)
        if (!segment || snapshot->segments[i].info.postings > segment->info.postings)
            segment = &snapshot->segments[i];
    return segment;
}

static enum status measure(struct bench *bench, const char *path, struct error *err) {
    enum status status = snapshot_open(&bench->snapshot, path, err);
    if (status)
        return status;
    bench->segment = largest(bench->snapshot);
    if (!bench->segment)
        return error_set(err, ST_INVALID, 0, "%s: no documents", path);
    const struct segment_info *info = &bench->segment->info;
    bm25_init(&bench->bm25, 1.2, 0.75, (double)info->length / info->documents);
    if (lengths_init(&bench->lengths, &bench->bm25, bench->segment,
                     segment_norms(bench->segment, SCHEMA_ALL), NULL))
        return error_nomem(err);
    status = read_lists(bench, err);
    if (!status)
        status = prepare(bench, err);
    if (!status)
        run_passes(bench);
    return status ? status : segment_status(bench->segment, err);
}

static void print_sizes(const struct bench *bench, unsigned row) {
    char lists[NUMBER_TEXT_MAX], postings[NUMBER_TEXT_MAX];
    uint64_t documents = 0, occurrences = 0, tails = 0, bytes = 0, position_bytes = 0;
    size_t first = row && row < CLASSES ? bench->ends[row - 1] : 0;
    for (size_t i = first; i < bench->ends[row]; i++) {
        const struct posting_list *list = &bench->lists[i];
        documents += list->entry.documents;
        occurrences += list->entry.occurrences;
        tails += list->entry.documents % POSTINGS_BLOCK;
        bytes += chunk_distance(list->entry.postings, list->postings_end);
        position_bytes += chunk_distance(list->entry.positions, list->positions_end);
    }
    printf("| %s | %s | %s |", classes[row].name,
           number_format_count(lists, bench->ends[row] - first),
           number_format_count(postings, documents));
    if (documents)
        printf(" %.1f | %.2f | %.2f | %.2f |\n", 100 * (double)tails / (double)documents,
               (double)bytes / (double)documents, (double)occurrences / (double)documents,
               (double)position_bytes / (double)occurrences);
    else
        printf(" | | | |\n");
}

/* A column of cells: the nanoseconds of a pass per unit, less those of another pass; or, if a unit
 * has integers, how many of them are decoded in a nanosecond. */
struct column {
    const char *title;
    enum pass pass, less;
    unsigned integers;
};

static void print_cell(const struct bench *bench, const struct column *column, unsigned row) {
    struct result result = bench->results[column->pass][row];
    double nanoseconds = (result.cpu - bench->results[column->less][row].cpu) * 1e9;
    if (!result.units)
        printf(" |");
    else if (column->integers)
        printf(" %.2f |", (double)(column->integers * result.units) / nanoseconds);
    else
        printf(" %.2f |", nanoseconds / (double)result.units);
}

/* Prints a table; a column without a title ends the list. */
static void print_columns(const struct bench *bench, const char *what,
                          const struct column *columns) {
    printf("\n| %s |", what);
    for (const struct column *column = columns; column->title; column++)
        printf(" %s |", column->title);
    printf("\n|---|");
    for (const struct column *column = columns; column->title; column++)
        printf("---:|");
    for (unsigned row = 0; row <= CLASSES; row++) {
        printf("\n| %s |", classes[row].name);
        for (const struct column *column = columns; column->title; column++)
            print_cell(bench, column, row);
    }
    printf("\n");
}

static void print_index(const struct bench *bench) {
    static const struct column decoding[] = {
        {"documents", .pass = PASS_DOCUMENTS},
        {"and frequencies", .pass = PASS_FREQUENCIES},
        {"scored", .pass = PASS_SCORES},
        {"added up in windows", .pass = PASS_WINDOWS},
        {"in tails, documents and frequencies", .pass = PASS_TAILS},
        {"documents: G integers/s", .pass = PASS_DOCUMENTS, .integers = 1},
        {"and frequencies: G integers/s", .pass = PASS_FREQUENCIES, .integers = 2},
        {NULL},
    };
    static const struct column others[] = {
        {"a position", .pass = PASS_POSITIONS, .less = PASS_FREQUENCIES},
        {"a block found", .pass = PASS_FIND},
        {"and its bound", .pass = PASS_BOUNDS, .less = PASS_FIND},
        {NULL},
    };
    static const struct column intersections[] = {
        {"with one as frequent", .pass = PASS_SIMILAR},
        {"and scored", .pass = PASS_SIMILAR_SCORED},
        {"with a most frequent one", .pass = PASS_FREQUENT},
        {"and scored", .pass = PASS_FREQUENT_SCORED},
        {NULL},
    };
    char documents[NUMBER_TEXT_MAX], rounds[NUMBER_TEXT_MAX];
    printf("\nThe largest segment: %s documents; best of %s rounds.\n\n",
           number_format_count(documents, bench->segment->info.documents),
           number_format_count(rounds, bench->rounds));
    printf("| documents with the word | lists | postings | in tails, %% | bytes a posting "
           "| positions a posting | bytes a position |\n");
    printf("|---|---:|---:|---:|---:|---:|---:|\n");
    for (unsigned row = 0; row <= CLASSES; row++)
        print_sizes(bench, row);
    print_columns(bench, "ns a posting", decoding);
    print_columns(bench, "ns", others);
    print_columns(bench, "intersect: ns a candidate", intersections);
}

static int run_index(const char *path, uint64_t rounds) {
    struct error err;
    struct bench *bench = calloc(1, sizeof *bench);
    enum status status = error_nomem(&err);
    if (bench) {
        bench->rounds = rounds;
        status = measure(bench, path, &err);
        if (!status)
            print_index(bench);
        snapshot_close(bench->snapshot);
        free(bench->lists);
        free(bench->positions);
    }
    free(bench);
    if (status)
        fprintf(stderr, "decode: %s\n", err.text);
    return status != ST_OK;
}

int main(int argc, char **argv) {
    uint64_t rounds = 3;
    if (argc > 3 || (argc == 3 && (number_parse_count(&rounds, argv[2]) || !rounds))) {
        fprintf(stderr, "usage: decode [INDEX [ROUNDS]]\n");
        return 2;
    }
    printf("This is %s.\n\n", CODE);
    int failed = decode_kernels();
    return argc > 1 && !failed ? run_index(argv[1], rounds) : failed;
}
