#include "indexer/build/flush.h"

#include <stdlib.h>

enum {
    RANGE_BYTES = 1 << 19, /* of inverters' memory to a range, about */
    RANGES_MAX = 1024,
};

/* The terms of some sources, [at, end) of each inverter's, all of each spill's, in order. */
struct walk {
    struct inverter *const *inverters;
    size_t count; /* of inverters */
    struct spill_reader *spills;
    size_t spill_count;
    uint32_t *at, *end; /* for each inverter */
    /* The chains of the term at hand; those of inverters are in `chains`. */
    struct slice term;
    struct inverter_chain *chains;
    struct chain **open;
    size_t open_count;
};

static enum status walk_init(struct walk *walk, struct inverter *const *inverters, size_t count,
                             struct error *err) {
    *walk = (struct walk){.inverters = inverters, .count = count};
    walk->at = calloc(count + 1, sizeof *walk->at);
    walk->end = calloc(count + 1, sizeof *walk->end);
    walk->chains = calloc(count + 1, sizeof *walk->chains);
    return walk->at && walk->end && walk->chains ? ST_OK : error_nomem(err);
}

static void walk_release(struct walk *walk) {
    for (size_t i = 0; i < walk->spill_count; i++)
        spill_close(&walk->spills[i]);
    free(walk->spills);
    free(walk->at);
    free(walk->end);
    free(walk->chains);
    free(walk->open);
}

/* Makes room for the chains of a term in every source. */
static enum status walk_prepare(struct walk *walk, const struct spills *spills, uint64_t memory,
                                struct error *err) {
    size_t runs = spills ? spills->count : 0;
    walk->open = calloc(walk->count + runs + 1, sizeof(struct chain *));
    walk->spills = calloc(runs + 1, sizeof *walk->spills);
    if (!walk->open || !walk->spills)
        return error_nomem(err);
    for (size_t i = 0; i < runs; i++) {
        walk->spill_count++;
        enum status status = spill_open(&walk->spills[i], spills, i, memory, err);
        if (status)
            return status;
    }
    return ST_OK;
}

/* Steps to the least term and opens its chains: of spills first, as earlier parts of a document are
 * there. False: there is none. */
static bool walk_next(struct walk *walk) {
    bool found = false;
    for (size_t i = 0; i < walk->spill_count; i++) {
        struct slice term = walk->spills[i].term;
        if (term.size && (!found || slice_compare(term, walk->term) < 0)) {
            walk->term = term;
            found = true;
        }
    }
    for (size_t i = 0; i < walk->count; i++) {
        if (walk->at[i] == walk->end[i])
            continue;
        struct slice term = inverter_term(walk->inverters[i], walk->at[i]);
        if (!found || slice_compare(term, walk->term) < 0) {
            walk->term = term;
            found = true;
        }
    }
    walk->open_count = 0;
    for (size_t i = 0; found && i < walk->spill_count; i++)
        if (slice_equal(walk->spills[i].term, walk->term))
            walk->open[walk->open_count++] = &walk->spills[i].chain;
    for (size_t i = 0; found && i < walk->count; i++) {
        if (walk->at[i] == walk->end[i] ||
            !slice_equal(inverter_term(walk->inverters[i], walk->at[i]), walk->term))
            continue;
        inverter_chain(&walk->chains[i], walk->inverters[i], walk->at[i]++);
        walk->open[walk->open_count++] = &walk->chains[i].chain;
    }
    return found;
}

/* Behind the term at hand, all of whose chains were read. The term may be that of a spill, which
 * is overwritten: it is compared before. */
static enum status walk_step(struct walk *walk, struct error *err) {
    for (size_t i = walk->spill_count; i-- > 0;) {
        struct spill_reader *spill = &walk->spills[i];
        bool here = false;
        for (size_t k = 0; k < walk->open_count; k++)
            here |= walk->open[k] == &spill->chain;
        enum status status = here ? spill_next(spill, err) : ST_OK;
        if (status)
            return status;
    }
    return ST_OK;
}

/* The chain whose posting is the next of the term, the first of equal ones; NULL: none is left. */
static struct chain *walk_chain(const struct walk *walk) {
    struct chain *next = walk->open[0];
    for (size_t i = 1; i < walk->open_count; i++)
        if (walk->open[i]->doc < next->doc)
            next = walk->open[i];
    return next->doc == CHAIN_END ? NULL : next;
}

static enum status encode_term(struct walk *walk, struct postings_encoder *encoder,
                               struct error *err) {
    enum status status = ST_OK;
    uint32_t doc = CHAIN_END, position = 0;
    postings_encoder_begin(encoder, walk->term);
    for (struct chain *chain; !status && (chain = walk_chain(walk));) {
        uint32_t value = chain->position;
        if (chain->doc == doc) {
            value -= position;
        } else {
            position = 0;
            doc = chain->doc;
            status = postings_encoder_add_document(encoder, doc, err);
        }
        do {
            if (!status)
                status = postings_encoder_add_value(encoder, value, err);
            position += value;
        } while (chain_more(chain, &value) && !status);
    }
    return status ? status : postings_encoder_end(encoder, err);
}

/* The terms of all inverters in ranges: range i has [bounds[i][k], bounds[i + 1][k]) of the k-th
 * one's. */
struct flush {
    struct inverter *const *inverters;
    size_t count;
    uint32_t *bounds;
    const struct spills *spills; /* when there are any, there is one range */
    uint64_t memory;             /* for reading them */
};

static enum status encode_walk(struct walk *walk, struct postings_encoder *encoder,
                               struct error *err) {
    enum status status = ST_OK;
    while (!status && walk_next(walk)) {
        status = encode_term(walk, encoder, err);
        if (!status)
            status = walk_step(walk, err);
    }
    return status;
}

static enum status encode_range(void *context, size_t number, struct postings_encoder *encoder,
                                unsigned worker, struct error *err) {
    const struct flush *flush = context;
    (void)worker;
    struct walk walk;
    enum status status = walk_init(&walk, flush->inverters, flush->count, err);
    if (!status)
        status = walk_prepare(&walk, flush->spills, flush->memory, err);
    for (size_t k = 0; !status && k < flush->count; k++) {
        walk.at[k] = flush->bounds[number * flush->count + k];
        walk.end[k] = flush->bounds[(number + 1) * flush->count + k];
    }
    if (!status)
        status = encode_walk(&walk, encoder, err);
    walk_release(&walk);
    return status;
}

/* The first term of an inverter that is not less than `term`. */
static uint32_t lower_bound(const struct inverter *inverter, struct slice term) {
    uint32_t low = 0, high = inverter_terms(inverter);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (slice_compare(inverter_term(inverter, middle), term) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Ranges of equally many terms of the inverter that has most of them. */
static enum status divide(struct flush *flush, size_t *ranges, struct error *err) {
    const struct inverter *most = flush->inverters[0];
    uint64_t memory = 0;
    for (size_t k = 0; k < flush->count; k++) {
        memory += inverter_memory(flush->inverters[k]);
        if (inverter_terms(flush->inverters[k]) > inverter_terms(most))
            most = flush->inverters[k];
    }
    uint32_t terms = inverter_terms(most);
    *ranges = flush->spills->count ? 1 : (size_t)(memory / RANGE_BYTES) + 1;
    if (*ranges > RANGES_MAX)
        *ranges = RANGES_MAX;
    if (*ranges > terms)
        *ranges = terms ? terms : 1;
    flush->bounds = calloc((*ranges + 1) * flush->count, sizeof *flush->bounds);
    if (!flush->bounds)
        return error_nomem(err);
    for (size_t i = 1; i < *ranges; i++)
        for (size_t k = 0; k < flush->count; k++)
            flush->bounds[i * flush->count + k] =
                lower_bound(flush->inverters[k],
                            inverter_term(most, (uint32_t)(i * (uint64_t)terms / *ranges)));
    for (size_t k = 0; k < flush->count; k++)
        flush->bounds[*ranges * flush->count + k] = inverter_terms(flush->inverters[k]);
    return ST_OK;
}

struct sorting {
    struct job job;
    struct inverter *inverter;
    enum status status;
    struct error err;
};

static void sort(struct job *job, unsigned worker) {
    struct sorting *sorting = (struct sorting *)job;
    (void)worker;
    sorting->status = inverter_sort(sorting->inverter, &sorting->err);
}

static enum status sort_all(struct inverter *const *inverters, size_t count, struct pool *pool,
                            struct error *err) {
    struct sorting *jobs = calloc(count, sizeof *jobs);
    if (!jobs)
        return error_nomem(err);
    for (size_t k = 0; k < count; k++) {
        jobs[k].job.run = sort;
        jobs[k].inverter = inverters[k];
        pool_submit(pool, &jobs[k].job);
    }
    enum status status = ST_OK;
    for (size_t k = 0; k < count; k++) {
        pool_wait(pool, &jobs[k].job);
        if (jobs[k].status && !status) {
            status = jobs[k].status;
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
    struct ranges ranges = {.encode = encode_range, .context = &flush, .memory = memory};
    enum status status = sort_all(inverters, count, pool, err);
    if (!status)
        status = divide(&flush, &ranges.count, err);
    if (!status)
        status = ranges_write(&ranges, pool, writer, err);
    free(flush.bounds);
    return status;
}

enum status flush_to_spill(struct inverter *const *inverters, size_t count, struct spills *spills,
                           struct pool *pool, struct error *err) {
    struct walk walk = {0};
    struct spill_writer writer;
    enum status status = sort_all(inverters, count, pool, err);
    if (!status)
        status = walk_init(&walk, inverters, count, err);
    if (!status)
        status = walk_prepare(&walk, NULL, 0, err);
    for (size_t k = 0; !status && k < count; k++)
        walk.end[k] = inverter_terms(inverters[k]);
    if (status) {
        walk_release(&walk);
        return status;
    }
    status = spill_begin(&writer, spills, err);
    while (!status && walk_next(&walk)) {
        status = spill_term(&writer, walk.term, err);
        for (struct chain *chain; !status && (chain = walk_chain(&walk));)
            status = spill_posting(&writer, chain, err);
        if (!status)
            status = spill_end_term(&writer, err);
    }
    if (!status)
        status = spill_end(&writer, err);
    spill_writer_release(&writer);
    walk_release(&walk);
    return status;
}
