/* SPDX-License-Identifier: MIT */
/* Merges the terms of inverters and spilled runs, and writes them as lists or as another run. */
#include "indexer/build/flush.h"

#include <stdlib.h>

enum {
    RANGE_BYTES = 1 << 19, /* about how much of the inverters' memory makes a range */
    RANGES_MAX = 1024,
};

/* Terms [at, end) of an inverter. */
struct inverter_range {
    uint32_t at, end;
    struct slice term; /* number `at`; empty: there is none */
    uint8_t bytes[FIELD_TERM_MAX];
};

/* The terms of several sources, in order: of a range of each inverter, and all terms of each run. */
struct term_iterator {
    struct inverter *const *inverters;
    size_t count; /* of inverters */
    struct spill_reader *spills;
    size_t spill_count;
    struct inverter_range *ranges; /* of each inverter */
    /* The current term, and the readers of its postings. */
    struct slice term;
    uint8_t bytes[UINT8_MAX];
    struct inverter_postings *postings;
    struct posting_buffer_reader **readers;
    size_t reader_count;
};

static enum status term_iterator_init(struct term_iterator *terms,
                                      struct inverter *const *inverters, size_t count,
                                      struct error *err) {
    *terms = (struct term_iterator){.inverters = inverters, .count = count};
    terms->ranges = calloc(count + 1, sizeof *terms->ranges);
    terms->postings = calloc(count + 1, sizeof *terms->postings);
    return terms->ranges && terms->postings ? ST_OK : error_nomem(err);
}

static void term_iterator_release(struct term_iterator *terms) {
    for (size_t i = 0; i < terms->spill_count; i++)
        spill_reader_close(&terms->spills[i]);
    free(terms->spills);
    free(terms->ranges);
    free(terms->postings);
    free(terms->readers);
}

/* Opens the spilled runs, if any. */
static enum status term_iterator_open(struct term_iterator *terms, const struct spills *spills,
                                      uint64_t memory, struct error *err) {
    size_t runs = spills ? spills->run_count : 0;
    terms->readers = calloc(terms->count + runs + 1, sizeof(struct posting_buffer_reader *));
    terms->spills = calloc(runs + 1, sizeof *terms->spills);
    if (!terms->readers || !terms->spills)
        return error_nomem(err);
    for (size_t i = 0; i < runs; i++) {
        terms->spill_count++;
        enum status status = spill_reader_open(&terms->spills[i], spills, i, memory, err);
        if (status)
            return status;
    }
    return ST_OK;
}

static void read_term(struct term_iterator *terms, size_t inverter) {
    struct inverter_range *range = &terms->ranges[inverter];
    range->term = range->at < range->end
                      ? inverter_term(range->bytes, terms->inverters[inverter], range->at)
                      : slice_of(NULL, 0);
}

static void set_range(struct term_iterator *terms, size_t inverter, uint32_t begin, uint32_t end) {
    terms->ranges[inverter].at = begin;
    terms->ranges[inverter].end = end;
    read_term(terms, inverter);
}

/* Steps to the smallest remaining term and opens its postings. Those of spilled runs come first,
 * because they hold earlier parts of a document. False: no term remains. */
static bool term_iterator_next(struct term_iterator *terms) {
    bool found = false;
    for (size_t i = 0; i < terms->spill_count; i++) {
        struct slice term = terms->spills[i].term;
        if (term.size && (!found || slice_compare(term, terms->term) < 0)) {
            terms->term = term;
            found = true;
        }
    }
    for (size_t i = 0; i < terms->count; i++) {
        struct slice term = terms->ranges[i].term;
        if (term.size && (!found || slice_compare(term, terms->term) < 0)) {
            terms->term = term;
            found = true;
        }
    }
    terms->reader_count = 0;
    if (found) {
        memcpy(terms->bytes, terms->term.data, terms->term.size);
        terms->term.data = terms->bytes;
    }
    for (size_t i = 0; found && i < terms->spill_count; i++)
        if (slice_equal(terms->spills[i].term, terms->term))
            terms->readers[terms->reader_count++] = &terms->spills[i].postings;
    for (size_t i = 0; found && i < terms->count; i++) {
        if (!slice_equal(terms->ranges[i].term, terms->term))
            continue;
        inverter_postings(&terms->postings[i], terms->inverters[i], terms->ranges[i].at++);
        terms->readers[terms->reader_count++] = &terms->postings[i].reader;
        read_term(terms, i);
    }
    return found;
}

/* Steps the spilled runs past the current term, all of whose postings were read. */
static enum status term_iterator_end_term(struct term_iterator *terms, struct error *err) {
    for (size_t i = terms->spill_count; i-- > 0;) {
        struct spill_reader *spill = &terms->spills[i];
        bool here = false;
        for (size_t k = 0; k < terms->reader_count; k++)
            here |= terms->readers[k] == &spill->postings;
        enum status status = here ? spill_reader_next(spill, err) : ST_OK;
        if (status)
            return status;
    }
    return ST_OK;
}

/* The reader with the next posting of the term, the first reader among equals. NULL: no posting
 * remains. */
static struct posting_buffer_reader *term_iterator_posting(const struct term_iterator *terms) {
    struct posting_buffer_reader *next = terms->readers[0];
    for (size_t i = 1; i < terms->reader_count; i++)
        if (terms->readers[i]->doc < next->doc)
            next = terms->readers[i];
    return next->doc == POSTING_BUFFER_END ? NULL : next;
}

static enum status encode_term(struct term_iterator *terms, struct postings_encoder *encoder,
                               struct error *err) {
    enum status status = ST_OK;
    uint32_t doc = POSTING_BUFFER_END, position = 0;
    postings_encoder_begin(encoder, terms->term);
    for (struct posting_buffer_reader *postings;
         !status && (postings = term_iterator_posting(terms));) {
        uint32_t value = postings->position;
        if (postings->doc == doc) {
            value -= position;
        } else {
            position = 0;
            doc = postings->doc;
            status = postings_encoder_add_document(encoder, doc, err);
        }
        do {
            if (!status)
                status = postings_encoder_add_value(encoder, value, err);
            position += value;
        } while (posting_buffer_next_occurrence(&value, postings) && !status);
    }
    return status ? status : postings_encoder_end(encoder, err);
}

/* The terms of all inverters, divided into ranges: range i has the terms [bounds[i][k],
 * bounds[i+1][k]) of inverter k. */
struct flush {
    struct inverter *const *inverters;
    size_t count;
    uint32_t *bounds;
    const struct spills *spills; /* with any, there is only one range */
    uint64_t memory;             /* bytes for reading them */
};

static enum status encode_terms(struct term_iterator *terms, struct postings_encoder *encoder,
                                struct error *err) {
    enum status status = ST_OK;
    while (!status && term_iterator_next(terms)) {
        status = encode_term(terms, encoder, err);
        if (!status)
            status = term_iterator_end_term(terms, err);
    }
    return status;
}

static enum status encode_range(void *context, size_t number, struct postings_encoder *encoder,
                                unsigned worker, struct error *err) {
    const struct flush *flush = context;
    (void)worker;
    struct term_iterator terms;
    enum status status = term_iterator_init(&terms, flush->inverters, flush->count, err);
    if (!status)
        status = term_iterator_open(&terms, flush->spills, flush->memory, err);
    for (size_t k = 0; !status && k < flush->count; k++)
        set_range(&terms, k, flush->bounds[number * flush->count + k],
                  flush->bounds[(number + 1) * flush->count + k]);
    if (!status)
        status = encode_terms(&terms, encoder, err);
    term_iterator_release(&terms);
    return status;
}

/* The first term of an inverter that is not less than `term`. */
static uint32_t lower_bound(const struct inverter *inverter, struct slice term) {
    uint8_t bytes[FIELD_TERM_MAX];
    uint32_t low = 0, high = inverter_term_count(inverter);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (slice_compare(inverter_term(bytes, inverter, middle), term) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Divides the terms of the inverter with the most terms evenly, and the others at the same
 * terms. */
static enum status partition(size_t *ranges, struct flush *flush, struct error *err) {
    const struct inverter *largest = flush->inverters[0];
    uint64_t memory = 0;
    for (size_t k = 0; k < flush->count; k++) {
        memory += inverter_memory(flush->inverters[k]);
        if (inverter_term_count(flush->inverters[k]) > inverter_term_count(largest))
            largest = flush->inverters[k];
    }
    uint32_t terms = inverter_term_count(largest);
    *ranges = flush->spills->run_count ? 1 : (size_t)(memory / RANGE_BYTES) + 1;
    if (*ranges > RANGES_MAX)
        *ranges = RANGES_MAX;
    if (*ranges > terms)
        *ranges = terms ? terms : 1;
    flush->bounds = calloc((*ranges + 1) * flush->count, sizeof *flush->bounds);
    if (!flush->bounds)
        return error_nomem(err);
    uint8_t bytes[FIELD_TERM_MAX];
    for (size_t i = 1; i < *ranges; i++) {
        struct slice first =
            inverter_term(bytes, largest, (uint32_t)(i * (uint64_t)terms / *ranges));
        for (size_t k = 0; k < flush->count; k++)
            flush->bounds[i * flush->count + k] = lower_bound(flush->inverters[k], first);
    }
    for (size_t k = 0; k < flush->count; k++)
        flush->bounds[*ranges * flush->count + k] = inverter_term_count(flush->inverters[k]);
    return ST_OK;
}

struct sort_job {
    struct job job;
    struct inverter *inverter;
    enum status status;
    struct error err;
};

static void run_sort_job(struct job *job, unsigned worker) {
    struct sort_job *sorting = (struct sort_job *)job;
    (void)worker;
    sorting->status = inverter_sort(sorting->inverter, &sorting->err);
}

static enum status sort_all(struct inverter *const *inverters, size_t count, struct pool *pool,
                            struct error *err) {
    struct sort_job *jobs = calloc(count, sizeof *jobs);
    if (!jobs)
        return error_nomem(err);
    for (size_t k = 0; k < count; k++) {
        jobs[k].job.run = run_sort_job;
        jobs[k].inverter = inverters[k];
        pool_submit(pool, &jobs[k].job);
    }
    enum status status = ST_OK;
    for (size_t k = 0; k < count; k++) {
        pool_wait(pool, &jobs[k].job);
        if (jobs[k].status && !status) {
            status = jobs[k].status;
            if (err)
                *err = jobs[k].err;
        }
    }
    free(jobs);
    return status;
}

enum status flush_inverters(struct inverter *const *inverters, size_t count,
                            const struct spills *spills, uint64_t memory, struct pool *pool,
                            struct segment_writer *writer, struct error *err) {
    struct flush flush = {
        .inverters = inverters, .count = count, .spills = spills, .memory = memory};
    struct term_ranges ranges = {.encode = encode_range, .context = &flush, .memory = memory};
    enum status status = sort_all(inverters, count, pool, err);
    if (!status)
        status = partition(&ranges.count, &flush, err);
    if (!status)
        status = term_ranges_write(&ranges, pool, writer, err);
    free(flush.bounds);
    return status;
}

enum status flush_to_spill(struct inverter *const *inverters, size_t count, struct spills *spills,
                           struct pool *pool, struct error *err) {
    struct term_iterator terms = {0};
    struct spill_writer writer;
    enum status status = sort_all(inverters, count, pool, err);
    if (!status)
        status = term_iterator_init(&terms, inverters, count, err);
    if (!status)
        status = term_iterator_open(&terms, NULL, 0, err);
    for (size_t k = 0; !status && k < count; k++)
        set_range(&terms, k, 0, inverter_term_count(inverters[k]));
    if (status) {
        term_iterator_release(&terms);
        return status;
    }
    status = spill_writer_begin(&writer, spills, err);
    while (!status && term_iterator_next(&terms)) {
        status = spill_writer_begin_term(&writer, terms.term, err);
        for (struct posting_buffer_reader *postings;
             !status && (postings = term_iterator_posting(&terms));)
            status = spill_writer_add_posting(&writer, postings, err);
        if (!status)
            status = spill_writer_end_term(&writer, err);
    }
    if (!status)
        status = spill_writer_end(&writer, err);
    spill_writer_release(&writer);
    term_iterator_release(&terms);
    return status;
}
